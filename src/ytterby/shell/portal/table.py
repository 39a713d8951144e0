"""The twins of a page: CSV for spreadsheets, JSON with the keys of the command line, a picture as SVG.

Threat X7: a text cell that a spreadsheet would take for a formula begins with an apostrophe; figures stay figures.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def answer_json(answer: Mapping[str, Any], name: str) -> HttpResponse:
    """Return an answer as JSON, unknown as null, to be read by machines or saved."""
    text = json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return _file(text, "application/json; charset=utf-8", name)


def answer_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], name: str) -> HttpResponse:
    """Return rows as CSV (RFC 4180), UTF-8 with a byte order mark, since spreadsheets else misread Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(pick(row, column)) for column in columns] for row in rows)
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", name)


def answer_svg(drawn: str, name: str) -> HttpResponse:
    """Return a picture as a file to be saved."""
    return _file(drawn, "image/svg+xml; charset=utf-8", name, disposition="attachment")


def file_name_of(text: str, most: int) -> str:
    """Return a text as part of a file's name, at most so long: letters, digits, - _ and . of ASCII alone."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in text)[:most]


def pick(row: Mapping[str, Any], path: str) -> Any:
    """Return the value of a dotted path; None where it leads nowhere."""
    value: Any = row
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        value = " ".join(f"{key}={item}" for key, item in value.items())
    elif isinstance(value, list | tuple):
        value = " ".join(" ".join(map(str, item)) if isinstance(item, list) else str(item) for item in value)
    return neutralise(str(value))


def neutralise(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (threat X7)."""
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


def _file(text: str, media_type: str, name: str, disposition: str = "inline") -> HttpResponse:
    response = HttpResponse(text, content_type=media_type)
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return response
