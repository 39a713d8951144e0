"""Why an entry on a licence was refused, or what is to be said of it, as problems with sentence and cure."""

from ytterby.licence.draw_down import (
    BELOW_USED,
    CONFLICT,
    MORE_THAN_DRAWN,
    NOT_POSITIVE,
    NOTHING_RESERVED,
    OK,
    OVER_DRAW,
    RESERVED_ALREADY,
    UNIT,
    Entry,
    Line,
    Share,
)
from ytterby.licence.exit import CEILING, CHECKS, NOT_ACKNOWLEDGED, SINGLE_USE, STOPPED, Exit
from ytterby.terms.problem import Problem, finding, refuse, remark

_REFUSED = "refused:"


def refusal_of(code: str, entry: Entry, line: Line, share: Share) -> Problem | None:
    """Return the problem of a code; None where it is no refusal."""
    if code == OK:
        return None
    asked, declaration = format(entry.quantity, "f"), entry.declaration
    if code == CONFLICT:
        return refuse("licence.same_key", "/seq", entry.seq, declaration=declaration)
    if code == UNIT:
        return refuse("licence.unit", "/unit", entry.unit, unit=line.unit)
    if code == NOT_POSITIVE:
        return refuse("licence.not_positive", "/quantity", asked)
    if code == RESERVED_ALREADY:
        return refuse("licence.already_reserved", "/declaration", declaration)
    if code == OVER_DRAW:
        facts = {"free": format(line.free, "f"), "unit": line.unit, "reserved": format(share.reserved, "f")}
        return refuse("licence.over_draw", "/quantity", asked, **facts)
    if code == NOTHING_RESERVED:
        return refuse("licence.nothing_reserved", "/declaration", declaration)
    if code in {MORE_THAN_DRAWN, BELOW_USED}:
        return refuse("licence.more_than_drawn", "/quantity", asked, left=format(share.left, "f"), unit=line.unit)
    return closed_problem(code.removeprefix(_REFUSED), entry.on)


def closed_problem(reason: str, day: str) -> Problem:
    """Return the problem of a licence that is not open, by the reason that `exit.gate_of` gives."""
    if reason == "validity":
        return refuse("licence.not_valid", "/on", day)
    if reason == NOT_ACKNOWLEDGED:
        return refuse("licence.not_acknowledged")
    if reason == SINGLE_USE:
        return refuse("licence.single_use")
    if reason == CHECKS:
        return refuse("licence.checks")
    if reason == CEILING:
        return refuse("licence.ceiling")
    if reason == STOPPED:
        return refuse("licence.shipping_stopped")
    return refuse("licence.not_usable", "", reason)


def exit_problems(entry: Entry, line: Line, judged: Exit) -> list[Problem]:
    """Return what is to be told of an exit: what left without a licence, and a draw that a reservation covered."""
    problems = []
    where = {"declaration": entry.declaration, "unit": line.unit}
    if judged.unlicensed > 0:
        facts = {"drawn": format(judged.drawn, "f"), "reason": judged.reason, **where}
        problems.append(finding("licence.unlicensed_exit", "", format(judged.unlicensed, "f"), **facts))
    if judged.flag:
        problems.append(finding("licence.drawn_after", "", format(judged.drawn, "f"), reason=judged.flag, **where))
    return problems


def split_warning(entry: Entry, line: Line) -> Problem:
    """Return the warning that what is not exported at once lapses, before a split of a single use is planned."""
    rest = format(line.quantity - line.used - entry.quantity, "f")
    return remark("licence.split", "/quantity", format(entry.quantity, "f"), rest=rest, unit=line.unit)
