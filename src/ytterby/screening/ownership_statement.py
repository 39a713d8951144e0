"""Statements of ownership as CSV or JSON, read with every problem by row and field.

Stakes: `owner, owned, lo, hi, on, source`, percent; an empty `lo` is 0 and an empty `hi` 100, since an unknown stake is
any. Listed parties: `party, list, since, until, source`. JSON is a list of such rows, or an object with `stakes` and,
where it shall be held to, the list `parties` of all who may be named.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, TypeVar

from ytterby.screening.ownership import ListedParty, Stake
from ytterby.screening.ownership_rule import WHOLE, millionths, percent_of
from ytterby.terms.problem import Problem, pointer, refuse

STAKE_COLUMNS = ("owner", "owned", "lo", "hi", "on", "source")
LISTED_COLUMNS = ("party", "list", "since", "until", "source")
NEEDED = {STAKE_COLUMNS: ("owner", "owned", "on"), LISTED_COLUMNS: ("party", "list")}
NAME_MAX, ROWS_MAX, PROBLEMS_MAX = 300, 2_000_000, 100

# Six decimals at most, so that sums are exact; no exponent, which could ask for a number that fills the memory.
_PERCENT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")

Row = Mapping[str, Any]
T = TypeVar("T")


class Statements(NamedTuple):
    """What a file states: stakes, and all who may be named where it lists them; nothing of a row that is wrong."""

    stakes: tuple[Stake, ...]
    parties: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_statements(text: str) -> Statements:
    """Return the stakes of a text."""
    problems: list[Problem] = []
    document = _document(text, problems)
    given = document.get("parties") if isinstance(document, dict) else None
    rows = document.get("stakes") if isinstance(document, dict) else document
    parties = [str(one) for one in given] if isinstance(given, list) else []
    stakes = list(_read(text, rows, STAKE_COLUMNS, _stake, problems))
    if isinstance(given, list):
        known = set(parties)
        for one in stakes:
            for field, name in (("owner", one.owner), ("owned", one.owned)):
                if name not in known:
                    at = pointer(one.row, field)
                    problems.append(refuse("ownership.unknown_party", at, name, row=one.row, field=field))
    return Statements(tuple(stakes), tuple(parties), _shortened(problems))


def read_listed(text: str) -> tuple[tuple[ListedParty, ...], tuple[Problem, ...]]:
    """Return the listed parties of a text."""
    problems: list[Problem] = []
    document = _document(text, problems)
    rows = document.get("listed") if isinstance(document, dict) else document
    found = tuple(_read(text, rows, LISTED_COLUMNS, _listed, problems))
    return found, _shortened(problems)


def sum_problems(stakes: Iterable[Stake]) -> tuple[Problem, ...]:
    """Return a problem for each party of which stakes that count on one day come to more than the whole."""
    by_owned: dict[str, list[Stake]] = {}
    for one in stakes:
        by_owned.setdefault(one.owned, []).append(one)
    problems = []
    for owned, rows in sorted(by_owned.items()):
        total = sum(one.lo for one in rows)
        if total > WHOLE:
            places = " ".join(one.row for one in rows if one.row)
            last = rows[-1].row
            total_text, owners = percent_of(total), len(rows)
            problems.append(
                refuse(
                    "ownership.sum_over_whole", pointer(last, "lo"), owned, total=total_text, rows=places, owners=owners
                )
            )
    return _shortened(problems)


def read_share(text: str, at: str, row: str, field: str, problems: list[Problem]) -> int:
    """Return a percentage in millionths of a percent; 0 with a problem where it is none."""
    if not _PERCENT.fullmatch(text):
        problems.append(refuse("ownership.not_a_share", at, text, row=row, field=field))
        return 0
    value = Decimal(text)
    if value > 100:
        problems.append(refuse("ownership.over_whole", at, text, row=row, field=field))
        return 0
    return millionths(value)


def read_stake(row: Row, number: str, at: Callable[[str], str], problems: list[Problem]) -> Stake | None:
    """Return the stake of a row; None where something is wrong with it."""
    before = len(problems)
    owner, owned = (_name(row, field, number, at(field), problems) for field in ("owner", "owned"))
    if owner and owner == owned:
        problems.append(refuse("ownership.itself", at("owned"), owned, row=number))
    lo_text, hi_text = _text(row, "lo") or "0", _text(row, "hi") or "100"
    lo, hi = (
        read_share(text, at(field), number, field, problems) for field, text in (("lo", lo_text), ("hi", hi_text))
    )
    if len(problems) == before and hi < lo:
        problems.append(refuse("ownership.reversed", at("hi"), hi_text, row=number, lo=lo_text))
    on = _day(row, "on", number, at("on"), problems)
    if on is None and not _text(row, "on"):
        problems.append(refuse("ownership.not_a_day", at("on"), "", row=number, field="on"))
    if len(problems) > before or on is None:
        return None
    return Stake(owner, owned, lo, hi, on, _text(row, "source"), number)


def stake_fields(stake: Stake) -> dict[str, str]:
    """Return what `read_stake` reads, shares in percent."""
    return {
        "owner": stake.owner,
        "owned": stake.owned,
        "lo": format(percent_of(stake.lo), "f"),
        "hi": format(percent_of(stake.hi), "f"),
        "on": stake.on.isoformat(),
        "source": stake.source,
    }


def _stake(row: Row, number: str, problems: list[Problem]) -> Stake | None:
    return read_stake(row, number, partial(pointer, number), problems)


def _listed(row: Row, number: str, problems: list[Problem]) -> ListedParty | None:
    before, at = len(problems), partial(pointer, number)
    party, of = (_name(row, field, number, at(field), problems) for field in ("party", "list"))
    since, until = (_day(row, field, number, at(field), problems) for field in ("since", "until"))
    if since and until and until <= since:
        problems.append(refuse("ownership.until_before_since", at("until"), until, row=number, since=since))
    return None if len(problems) > before else ListedParty(party, of, since, until, _text(row, "source"))


def _document(text: str, problems: list[Problem]) -> Any:
    """Return what a JSON text holds; None for CSV, and where it cannot be read."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", "?")
        problems.append(refuse("ownership.not_json", "", "", line=line))
        return []


def _read(
    text: str,
    rows: Any,
    columns: tuple[str, ...],
    read: Callable[[Row, str, list[Problem]], T | None],
    problems: list[Problem],
) -> Iterator[T]:
    """Yield what each row says, of JSON rows or of the text as CSV."""
    for count, (number, row) in enumerate(_rows(text, rows, columns, problems)):
        if count >= ROWS_MAX:
            problems.append(refuse("ownership.too_many", "", "", most=ROWS_MAX))
            return
        if (found := read(row, number, problems)) is not None:
            yield found


def _rows(text: str, rows: Any, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    if rows is None:
        yield from _csv_rows(text, columns, problems)
        return
    for number, row in enumerate(rows if isinstance(rows, list) else [rows]):
        if isinstance(row, dict):
            yield str(number), row
        else:
            problems.append(refuse("ownership.not_a_row", pointer(number), row, known=", ".join(columns)))


def _csv_rows(text: str, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    if text.lstrip()[:1] == "{":
        problems.append(refuse("ownership.not_a_row", "", "", known=", ".join(columns)))
        return
    # A control character would let the reader of CSV raise, or a name hide what stands behind it.
    reader = csv.DictReader(text.replace("\0", "\ufffd").splitlines())
    try:
        header = tuple(name.strip() for name in reader.fieldnames or ())
        missing = [name for name in NEEDED[columns] if name not in header]
        if missing:
            problems.append(refuse("ownership.columns", "", " ".join(missing), known=", ".join(columns)))
            return
        reader.fieldnames = header
        for row in reader:
            yield str(reader.line_num), row
    except csv.Error:
        problems.append(refuse("ownership.not_a_row", pointer(reader.line_num), "", known=", ".join(columns)))


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""


def _name(row: Row, field: str, number: str, at: str, problems: list[Problem]) -> str:
    name = _text(row, field)
    if not name or len(name) > NAME_MAX or not name.isprintable():
        problems.append(refuse("ownership.no_name", at, name, row=number, field=field, most=NAME_MAX))
        return ""
    return name


def _day(row: Row, field: str, number: str, at: str, problems: list[Problem]) -> date | None:
    text = _text(row, field)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(refuse("ownership.not_a_day", at, text, row=number, field=field))
        return None


def _shortened(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the first problems, with one more that says how many were left out."""
    if len(problems) <= PROBLEMS_MAX:
        return tuple(problems)
    more = len(problems) - PROBLEMS_MAX
    return (*problems[:PROBLEMS_MAX], refuse("ownership.more", "", "", count=more))
