"""Flags of conduct (C1 to C4, V1)."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from ytterby.screening.flag import Figure, FlagRule, Grade, Judged, graded, ratio, robust_z, unknown
from ytterby.screening.flag_facts import FlagInput, Paper
from ytterby.screening.flag_tables import FlagTables


def splitting(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """C1: the sum of applications of the last days, each within the limit of the general licence, over that limit.

    One application within it splits nothing.
    """
    del tables
    facts = given.conduct
    if facts.on is None or facts.applications is None or facts.general_limit_kg is None:
        return unknown(
            *([] if facts.applications is not None and facts.on is not None else ["applications"]),
            *([] if facts.general_limit_kg is not None else ["general_limit"]),
        )
    since = facts.on - timedelta(days=rule.parameters["days"])
    small = [one.kg for one in facts.applications if since < one.on <= facts.on and one.kg <= facts.general_limit_kg]
    value = ratio(Fraction(sum(small, Decimal(0))), Fraction(facts.general_limit_kg))
    figures = (Figure("ratio", value, value, value),)
    return Judged(graded(rule.limits["ratio"], value, value), figures, (), {"count": str(len(small))})


def late_change(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """C2: changes of consignee, route or use in the last ten working days."""
    del tables
    facts = given.conduct
    if facts.changes is None or facts.window_start is None or facts.on is None:
        return unknown("changes")
    count = Fraction(sum(facts.window_start <= day <= facts.on for day in facts.changes))
    return Judged(graded(rule.limits["count"], count, count), (Figure("count", count, count, count),))


def price(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """C3: robust z of the logarithm of the unit value beside the same goods in the month, either way."""
    del tables
    facts = given.conduct
    others = [one for one in facts.prices or () if one > 0]
    has_prices = len(others) >= rule.parameters["least_prices"]
    if facts.unit_value is None or not has_prices:
        return unknown(*(["unit_value"] if facts.unit_value is None else []), *([] if has_prices else ["prices"]))
    if facts.unit_value <= 0:
        return Judged(Grade.STRONG, (), (), {"price": format(facts.unit_value, "f")})
    z = abs(Fraction(robust_z(facts.unit_value, others, Decimal(rule.parameters["least_spread"]))))
    return Judged(graded(rule.limits["z"], z, z), (Figure("z", z, z, z),))


def documents(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """C4: whether two documents name another party or use, or quantities more than the limit apart."""
    del tables
    papers = given.conduct.papers
    if papers is None:
        return unknown("documents")
    pairs = list(combinations(papers, 2))
    odd = sorted({f"{a.kind} / {b.kind}" for a, b in pairs if _differ(a, b)})
    apart = [share for a, b in pairs if (share := _apart(a, b)) is not None]
    figures = tuple(Figure("share", one, one, one) for one in [max(apart, default=None)] if one is not None)
    if odd:
        return Judged(Grade.STRONG, figures, (), {"documents": "; ".join(odd)})
    if apart and max(apart) > rule.limits["share"].weak:
        return Judged(Grade.WEAK, figures)
    is_compared = bool(apart) or any(_are_told(a.party, b.party) or _are_told(a.use_code, b.use_code) for a, b in pairs)
    return Judged(Grade.NONE, figures) if is_compared else unknown("documents")


def _are_told(first: str | None, second: str | None) -> bool:
    return first is not None and second is not None


def _differ(first: Paper, second: Paper) -> bool:
    pairs = ((first.party, second.party), (first.use_code, second.use_code))
    return any(_are_told(a, b) and a != b for a, b in pairs)


def _apart(first: Paper, second: Paper) -> Fraction | None:
    """Return the difference of two quantities over the larger one; None where one is not told."""
    if first.kg is None or second.kg is None:
        return None
    most = max(abs(first.kg), abs(second.kg))
    return abs(Fraction(first.kg - second.kg)) / Fraction(most) if most else Fraction(0)


def past_conduct(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """V1: the share of due verifications that are missing, or of reports that were corrected after a challenge; the
    larger one. Where nothing was due nothing is known.
    """
    del tables
    facts = given.conduct
    shares = [
        Fraction(part, whole)
        for part, whole in (
            (facts.verifications_missing, facts.verifications_due),
            (facts.reports_corrected, facts.reports),
        )
        if part is not None and whole
    ]
    if not shares:
        return unknown("verifications")
    most = max(shares)
    return Judged(graded(rule.limits["share"], most, most), (Figure("share", most, most, most),))
