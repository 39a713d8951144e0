"""Vectors of the kinds `working days` (due dates, CSV) and `casework` (its `sla` part) of `ytterby conform`.

Of a casework file's other keys nothing is computed yet: they are told, and agreement speaks of `sla` alone.
"""

import csv
from typing import Any

Json = dict[str, Any]
HEADING = "calendar,received,working_days"
ROWS = "working_days"
CASEWORK_KEYS = ("sla", "drawdown", "combine", "approve")
BUILT = ("sla",)


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


def is_casework_vector(document: Any) -> bool:
    """Tell whether a document is a vector of casework: any of its keys, each a list of cases."""
    if not isinstance(document, dict):
        return False
    held = [document[key] for key in CASEWORK_KEYS if key in document]
    return bool(held) and all(isinstance(one, list) and all(isinstance(c, dict) for c in one) for one in held)


def run_casework(document: Json) -> Json:
    """Return for each key that is built its cases in order: name, and what was computed."""
    from ytterby.law.clock_vector import compute_sla
    from ytterby.shell.site.calendars import clock_rules, zone_of

    rule = clock_rules()["conform"]
    return {
        key: [{"name": case.get("name"), "computed": compute_sla(case, rule, zone_of)} for case in document[key]]
        for key in BUILT
        if key in document
    }


def expected_of_casework(document: Json) -> Json:
    """Return what the cases of the keys that are built expect."""
    return {
        key: [{"name": case.get("name"), "computed": case.get("expect", {})} for case in document[key]]
        for key in BUILT
        if document.get(key)
    }


def not_built(document: Json) -> list[str]:
    """Return the keys of a file of which nothing is computed yet."""
    return [key for key in CASEWORK_KEYS if key in document and key not in BUILT]
