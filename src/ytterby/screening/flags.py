"""All red flags of an application, and their order: which applications are looked at first, and what is asked.

R = 1 - prod(1 - w s) over the flags that are known; unknown ones are left out of it and listed as questions. Flags
order a queue and ask; none of them refuses, and no sum of them does.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ytterby.screening import flag_conduct, flag_demand, flag_end_user, flag_route, flag_use
from ytterby.screening.flag import Flag, FlagRule, Grade, Judged, Limit, Words
from ytterby.screening.flag_facts import SUBJECTS, FlagInput
from ytterby.screening.flag_tables import FlagTables

Formula = Callable[[FlagInput, FlagRule, FlagTables], Judged]
FORMULAS: Mapping[str, Formula] = {
    one.__name__: one
    for one in (
        flag_demand.bill_of_materials,
        flag_demand.capacity,
        flag_demand.own_history,
        flag_demand.stock_cover,
        flag_demand.unexplained_balance,
        flag_end_user.new_end_user,
        flag_end_user.consignee_role,
        flag_end_user.business_line,
        flag_end_user.military_tie,
        flag_end_user.contact_elsewhere,
        flag_end_user.shared_identity,
        flag_end_user.owned_by_listed,
        flag_route.transshipment,
        flag_route.detour,
        flag_route.surge,
        flag_route.refused_elsewhere,
        flag_use.use_and_item,
        flag_use.grade_and_use,
        flag_use.vague_text,
        flag_conduct.splitting,
        flag_conduct.late_change,
        flag_conduct.price,
        flag_conduct.documents,
        flag_conduct.past_conduct,
    )
}


class FlagRules(NamedTuple):
    """All flags as dated data, and what each input is called."""

    rules: tuple[FlagRule, ...]
    inputs: Mapping[str, Words]

    def on(self, day: date, *, known: date) -> tuple[FlagRule, ...]:
        """Return the flags that count on a day, as known on another."""
        return tuple(one for one in self.rules if one.effective <= day and one.published <= known)


def judge_flags(given: FlagInput, rules: Iterable[FlagRule], tables: FlagTables) -> tuple[Flag, ...]:
    """Return every flag of an application, in the order of the rules."""
    return tuple(Flag(rule, FORMULAS[rule.formula](given, rule, tables)) for rule in rules)


def combined(flags: Iterable[Flag], settled: Collection[str] = ()) -> Fraction:
    """Return R, from 0 to 1, exact and whatever the order; flags that are unknown are left out, and those that were
    answered or overridden with a reason (`settled`, by id).
    """
    calm = Fraction(1)
    for one in flags:
        if one.s is not None and one.rule.id not in settled:
            calm *= 1 - Fraction(one.weight) * Fraction(one.s)
    return 1 - calm


def questions(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return the flags that ask: those that are raised, the loudest first, then those that are unknown."""
    asking = [one for one in flags if one.asks]
    return tuple(
        sorted(asking, key=lambda one: (-one.weight * one.s if one.s is not None else Decimal(1), one.rule.id))
    )


def parse_flag_rules(content: Mapping[str, Any]) -> FlagRules:
    """Return the flags that flag_rules.yaml holds.

    Raises:
        ValueError: a flag stands twice, its formula or an input is unknown, or a weight lies outside 0 to 1.
        KeyError: something is missing.
    """
    rules = tuple(_rule(row, content) for row in content["flags"])
    if len({one.id for one in rules}) < len(rules):
        raise ValueError("two flags have one id")
    for one in rules:
        weights = (one.weight_strong, one.weight_weak or one.weight_strong)
        if one.formula not in FORMULAS or one.subject not in SUBJECTS or not all(0 < w <= 1 for w in weights):
            raise ValueError(f"{one.id} has a formula, a subject or a weight that is none")
        if unknown_inputs := set(one.needs) - set(content["inputs"]):
            raise ValueError(f"{one.id} needs {sorted(unknown_inputs)}, which have no name")
        apart = [limit for limit in one.limits.values() if limit.strong != limit.weak]
        if any((limit.strong < limit.weak) != limit.is_under for limit in apart):
            raise ValueError(f"{one.id} has a weak limit beyond its strong one")
    return FlagRules(rules, content["inputs"])


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(Decimal(row["strong"]), Decimal(row["weak"]), row.get("is_under", False))


def _rule(row: Mapping[str, Any], content: Mapping[str, Any]) -> FlagRule:
    weights, dated = row["weights"], {**content, **row}
    return FlagRule(
        id=row["id"],
        subject=row["subject"],
        formula=row["formula"],
        title=row["title"],
        figure=row["figure"],
        limits={name: _limit(one) for name, one in row["limits"].items()},
        weight_strong=Decimal(weights["strong"]),
        weight_weak=Decimal(weights["weak"]) if "weak" in weights else None,
        parameters=row.get("parameters", {}),
        needs=tuple(row["needs"]),
        question=row["question"],
        source=row["source"],
        confidence=dated["confidence"],
        published=date.fromisoformat(dated["published"]),
        effective=date.fromisoformat(dated["effective"]),
    )


def loudest(flags: Iterable[Flag]) -> Grade:
    """Return the gravest grade among flags that are known; not raised where none is."""
    grades = {one.judged.grade for one in flags}
    return next((grade for grade in (Grade.STRONG, Grade.WEAK) if grade in grades), Grade.NONE)
