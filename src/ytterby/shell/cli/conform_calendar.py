"""Vectors of the kind `working days` (due dates, CSV) of `ytterby conform`."""

import csv
from typing import Any

Json = dict[str, Any]
HEADING = "calendar,received,working_days"
ROWS = "working_days"


def is_working_day_text(text: str) -> bool:
    """Tell whether a text is CSV with the heading of due dates."""
    first = text.lstrip().partition("\n")[0].strip()
    return first == HEADING or first.startswith(f"{HEADING},")


def read_working_day_rows(text: str) -> Json:
    """Return the rows of such a text.

    Raises:
        ValueError: a row with more or fewer cells than the heading, or broken CSV.
    """
    try:
        heading, *lines = csv.reader(text.strip().splitlines(), strict=True)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    for number, cells in enumerate(lines, 2):
        if cells and len(cells) != len(heading):
            raise ValueError(f"row {number} has {len(cells)} cells, the heading {len(heading)}")
    return {ROWS: [dict(zip(map(str.strip, heading), map(str.strip, cells), strict=True)) for cells in lines if cells]}


def is_working_day_vector(document: Any) -> bool:
    """Tell whether a document is rows of due dates."""
    rows = document.get(ROWS) if isinstance(document, dict) else None
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and row.keys() >= set(HEADING.split(","))
        and all(isinstance(c, str) for c in row.values())
        for row in rows
    )


def run_working_days(document: Json) -> Any:
    """Return the rows, computed."""
    from ytterby.law.working_day_vector import compute_working_days
    from ytterby.shell.site.calendars import calendars

    return compute_working_days(document[ROWS], calendars())


def expected_of_working_days(document: Json) -> Any:
    """Return what the rows expect."""
    from ytterby.law.working_day_vector import expected_working_days

    return expected_working_days(document[ROWS])


def not_computed_columns(document: Json) -> list[str]:
    """Return the columns that are neither input nor output."""
    from ytterby.law.working_day_vector import INPUTS, OUTPUTS

    return sorted({name for row in document[ROWS] for name in row} - {*INPUTS, *OUTPUTS})
