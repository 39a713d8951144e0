"""Vectors of the kind `casework`, key `drawdown`: a line that takes entries in turn.

Contract: vectors/README.md of this project. Beyond it, for our own vectors: a case may give `tolerance` and `restores`,
an entry any kind of `draw_down.Kind`, and one that is no status and no requantify a `gate`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ytterby.licence.draw_down import ZERO, Entry, Kind, Ledger, Line
from ytterby.licence.exit import judge_exit, post_exit

Json = Mapping[str, Any]
LINE_UNIT, FIRST, LAST = "KGM", "2026-01-01", "2026-12-31"
DIGITS_MAX = 60


def compute_drawdown(cases: Sequence[Json]) -> list[dict[str, Any]]:
    """Return name and outcome of each case, in order.

    Raises:
        ValueError, TypeError, KeyError: a case that cannot be read.
    """
    return [{"name": case.get("name"), "computed": outcome_of(case)} for case in cases]


def outcome_of(case: Json) -> dict[str, Any]:
    """Return the codes of a case's entries, and what is drawn, free and the status after them.

    Raises:
        ValueError, TypeError, KeyError: a case that cannot be read.
    """
    tolerance = quantity_of(case.get("tolerance", 0))
    line = Line(quantity_of(case["qty"]), str(case.get("unit", LINE_UNIT)), FIRST, LAST, tolerance)
    if "restores" in case:
        line = Line(line.quantity, line.unit, FIRST, LAST, tolerance, frozenset(map(str, case["restores"])))
    ledger = Ledger(line)
    codes = [_entered(ledger, entry) for entry in case["entries"]]
    return {
        "codes": codes,
        "drawn": plain(ledger.line.drawn),
        "reserved": plain(ledger.line.reserved),
        "free": plain(ledger.line.free),
        "unlicensed": plain(ledger.line.unlicensed),
        "status": ledger.line.status,
    }


def _entered(ledger: Ledger, row: Json) -> str:
    if row["kind"] == "status":
        return ledger.set_standing(str(row["to"]))
    if row["kind"] == "requantify":
        return ledger.requantify(quantity_of(row["qty"]), ledger.line.tolerance)
    entry = Entry(
        kind=Kind(row["kind"]),
        declaration=str(row["decl"]),
        seq=_whole(row["seq"]),
        on=str(row["at"])[: len(FIRST)],
        quantity=quantity_of(row["qty"]) if "qty" in row else ZERO,
        unit=str(row.get("unit", "")),
        line=_whole(row.get("line", 1)),
    )
    gate = str(row.get("gate", ""))
    if entry.kind is Kind.EXIT and ledger.known(entry) is None:
        share = ledger.share(entry.declaration)
        gate = gate or ledger.line.closed_on(entry.on)
        judged = judge_exit(ledger.line, share, entry.quantity, gate)
        ledger.apply(entry, post_exit(ledger.line, share, judged))
        return f"{judged.verdict}:{judged.reason or judged.flag}".rstrip(":")
    return ledger.enter(entry, gate)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return int(value)


def quantity_of(value: Any) -> Decimal:
    """Return a quantity that is written as a number or as decimal text.

    Raises:
        ValueError, TypeError: it is none, or one of more digits than any quantity has.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise TypeError(f"{value!r} is no quantity")
    try:
        quantity = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no quantity") from None
    if not quantity.is_finite() or len(format(quantity, "f")) > DIGITS_MAX:
        raise ValueError(f"{value!r} is no quantity")
    return quantity


def plain(quantity: Decimal) -> str:
    """Return a quantity as plain text without exponent and without zeros at its end."""
    text = format(quantity, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
