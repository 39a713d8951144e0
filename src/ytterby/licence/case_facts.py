"""The facts that a score card asks, from the evidence of a case and what the register knows beside it.

What the evidence says of the goods, of screening, flags, lots and consumption becomes one fact each; a section that was
not gathered gives none, and what nobody knows counts as the card says. Whoever has several end users is judged by the
worst of them. A flag that could not be judged is no flag that is not raised: with one of them the number of open flags
is not known.

Source: section 5.4 (c) of the project's notes on casework for what a card weighs.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ytterby.law.casework_fact import CANDIDATE, CLEAR, LEVELS, NOT_CHECKED
from ytterby.law.casework_rule import ValidationRule
from ytterby.licence.application import Application, Line
from ytterby.licence.evidence import BALANCES, DIFFERS, DOES_NOT, MATCHED, OPEN, UNKNOWN, WHOLE, Evidence, LotOffered
from ytterby.licence.fact_test import Fact, Money
from ytterby.licence.finding import has_candidate
from ytterby.terms.quantity import CONTEXT

_RAISED = ("strong", "weak")


@dataclass(frozen=True, slots=True)
class EndUserStanding:
    """What the register knows of an end user; None: not known. `level` as of `law.casework_fact.LEVELS`."""

    level: str = ""
    visits_passed: int | None = None
    deliveries_confirmed: int | None = None
    reports_overdue: int | None = None
    open_findings: int | None = None
    is_validated: bool | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a case beside its application and evidence. `exporter`: facts of its record, as
    `eligibility.history_facts` tells them; `deviation`: as `deviation_of` says; of watch and control list, whether a
    party is on it; `audited_wrong`: whether a decision by rule for exporter and end user was found wrong. None: not
    known.
    """

    end_users: tuple[EndUserStanding, ...] = ()
    exporter: Mapping[str, Decimal | bool] = field(default_factory=dict)
    deviation: Decimal | None = None
    watch_listed: bool | None = None
    control_listed: bool | None = None
    audited_wrong: bool | None = None


def case_facts(
    application: Application,
    evidence: Evidence,
    beside: Beside,
    on: date,
    settled_flags: Collection[str] = (),
    *,
    validation: ValidationRule | None = None,
) -> dict[str, Fact]:
    """Return the facts of a case on a day. `settled_flags`: `party#use#flag` of those that an officer settled;
    `validation` is what the pack says of validated end users.
    """
    told = {
        **dict(_of_goods(application, evidence)),
        **dict(_of_application(application)),
        **dict(_of_screening(evidence)),
        **dict(_of_flags(evidence, frozenset(settled_flags), let_be(evidence, beside, validation))),
        **dict(_of_lots(evidence)),
        **dict(_of_use(evidence)),
        **dict(_of_end_users(beside.end_users)),
        # Whether the exporter is on a list is not whether any party is.
        **{name: value for name, value in beside.exporter.items() if name != "watch_listed"},
    }
    said = {
        "deviation": beside.deviation,
        "watch_listed": beside.watch_listed,
        "control_listed": beside.control_listed,
        "audited_wrong": beside.audited_wrong,
    }
    return {**told, **{name: value for name, value in said.items() if value is not None}}


def deviation_of(asked: Decimal, past: Iterable[Decimal]) -> Decimal | None:
    """Return how many times the largest quantity of the past one is, all in one unit; None where there is no past."""
    largest = max(past, default=Decimal(0))
    return CONTEXT.divide(asked, largest) if largest else None


def _of_goods(application: Application, evidence: Evidence) -> Iterator[tuple[str, Fact]]:
    """Yield elements and forms where those of every line are known, and the codes that law found."""
    offered: dict[int, list[LotOffered]] = {}
    for lot in evidence.lots.lots:
        offered.setdefault(lot.line, []).append(lot)
    for name, find in (("elements", _elements), ("forms", _forms)):
        found = [find(line, offered.get(line.line, [])) for line in application.lines]
        if found and all(found):
            yield name, frozenset().union(*found)
    if evidence.law.is_done:
        yield "codes", frozenset(code for line in evidence.law.lines for code in line.codes)


def _elements(line: Line, lots: Sequence[LotOffered]) -> frozenset[str]:
    stated = (line.goods or {}).get("elements", {})
    told = {str(name) for name in stated} if isinstance(stated, Mapping) else set()
    return frozenset(told | {name for lot in lots for name, mass in lot.elements.items() if Decimal(mass.kg)})


def _forms(line: Line, lots: Sequence[LotOffered]) -> frozenset[str]:
    stated = (line.goods or {}).get("form", "")
    return frozenset(filter(None, (str(stated), *(lot.form for lot in lots))))


def _of_application(application: Application) -> Iterator[tuple[str, Fact]]:
    named = {
        "destination": application.destination,
        "licence_kind": application.licence_kind,
        "use": str(application.use.get("code", "")),
    }
    yield from ((name, value) for name, value in named.items() if value)
    currencies = {line.currency for line in application.lines}
    if len(currencies) == 1 and "" not in currencies and all(line.value for line in application.lines):
        yield "value", Money(sum((Decimal(line.value) for line in application.lines), Decimal(0)), currencies.pop())


def _of_screening(evidence: Evidence) -> Iterator[tuple[str, Fact]]:
    found = evidence.screening
    if not found.is_done or found.answer == NOT_CHECKED:
        yield "screening", NOT_CHECKED
        return
    yield "screening", CANDIDATE if has_candidate(evidence) else CLEAR
    # Nobody who is on no list is on one of them; what was cleared before is left to who cleared it.
    if not has_candidate(evidence) and not found.suppressed:
        yield "watch_listed", False
        yield "control_listed", False


def let_be(evidence: Evidence, beside: Beside, validation: ValidationRule | None) -> tuple[str, ...]:
    """Return `party#use#flag` of the flags that could not be judged and need not be: those which the pack lets be
    unknown, where every end user of the case is a validated one.

    They are told with the tier, so that nobody takes them for flags which are not raised.
    """
    users = beside.end_users
    if validation is None or not users or not all(one.is_validated is True for one in users):
        return ()
    return tuple(name for name, flag in _unknown_flags(evidence) if flag in validation.unknown_flags)


def _unknown_flags(evidence: Evidence) -> Iterator[tuple[str, str]]:
    for user in evidence.flags.end_users:
        for flag in user.flags:
            if flag.grade == UNKNOWN:
                yield f"{user.party}#{user.use}#{flag.id}", flag.id


def _of_flags(evidence: Evidence, settled: frozenset[str], left: Collection[str]) -> Iterator[tuple[str, Fact]]:
    if not evidence.flags.is_done:
        return
    users = evidence.flags.end_users
    open_ones = [
        flag
        for user in users
        for flag in user.flags
        if flag.grade in _RAISED and f"{user.party}#{user.use}#{flag.id}" not in settled
    ]
    if open_ones or sum(user.unknown for user in users) <= len(left):
        yield "open_flags", Decimal(len(open_ones))


def _of_lots(evidence: Evidence) -> Iterator[tuple[str, Fact]]:
    lots, lines = evidence.lots.lots, evidence.lots.lines
    if any(lot.balance == DOES_NOT or lot.trace == OPEN or lot.mirror == DIFFERS for lot in lots):
        yield "chain_reconciled", False
    elif lots and all((lot.balance, lot.trace, lot.mirror) == (BALANCES, WHOLE, MATCHED) for lot in lots):
        yield "chain_reconciled", True
    if lines and all(line.elements for line in lines):
        masses = (Decimal(need.asked_kg) for line in lines for need in line.elements.values())
        yield "element_mass_kg", sum(masses, Decimal(0))


def _of_use(evidence: Evidence) -> Iterator[tuple[str, Fact]]:
    used = evidence.consumption
    if used.is_done and used.end_users and all(one.ratio for one in used.end_users):
        yield "need_share", max(Decimal(one.ratio) for one in used.end_users)


def _of_end_users(standing: Sequence[EndUserStanding]) -> Iterator[tuple[str, Fact]]:
    """Yield the worst of each thing over all end users; what is not known of one of them is not known."""
    if not standing:
        return
    levels = [one.level for one in standing]
    if all(level in LEVELS for level in levels):
        yield "end_user_level", min(levels, key=LEVELS.index)
    for name, worst in (
        ("visits_passed", min),
        ("deliveries_confirmed", min),
        ("reports_overdue", max),
        ("open_findings", max),
    ):
        figures: list[int | None] = [getattr(one, name) for one in standing]
        known = [figure for figure in figures if figure is not None]
        if len(known) == len(figures):
            yield name, Decimal(worst(known))
    validated = [one.is_validated for one in standing]
    if None not in validated:
        yield "end_user_validated", all(validated)
    elif False in validated:
        yield "end_user_validated", False
