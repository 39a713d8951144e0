"""Findings: what does not add up, of whatever kind, in one shape.

A finding names who is concerned, how large it is and what would settle it; never a culprit that the data cannot
single out. Kinds are codes of the catalogue, which holds the sentence and what would settle it.
"""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from ytterby.balance.closure import StepClosure, close_steps
from ytterby.balance.mirror import DIFFERS, MirrorState, judge_pairs
from ytterby.balance.single_test import SingleTests, plant_years, single_tests
from ytterby.chain.book import Book
from ytterby.chain.ledger import BookFinding
from ytterby.chain.mirror_pair import Pair
from ytterby.terms.problem import Problem, finding

# Events that a finding of many names at most, of each kind.
EVENTS_MAX = 16


class Phrase(NamedTuple):
    """A part of a sentence: a code of its group in the words of the trade, and what it quotes."""

    group: str
    code: str
    facts: Mapping[str, str]


class Hypothesis(NamedTuple):
    """What would explain a finding, in one class of causes that cannot be told apart; kg over the finding's months."""

    causes: tuple[Phrase, ...]
    size_kg: float
    sd_kg: float
    statistic: float


class Finding(NamedTuple):
    """One thing to look into. `problem` carries the code and the facts that its sentence quotes.

    Of what months say also: `months` (first and last), `rate` of false alarms in a plant-year at which it was named,
    `hypotheses` (the likeliest first, at most three), `paper` that would settle it, and `classes`: parties of which the
    data cannot tell which one it is.
    """

    id: str
    problem: Problem
    parties: tuple[str, ...]
    lot: str
    site: str
    element: str | None
    size_kg: float | None
    sd_kg: float | None
    statistic: float | None
    events: tuple[bytes, ...]
    months: tuple[str, ...] = ()
    rate: float | None = None
    hypotheses: tuple[Hypothesis, ...] = ()
    paper: Phrase | None = None
    classes: tuple[tuple[str, ...], ...] = ()


class Listed(NamedTuple):
    """Findings of single deliveries and steps, and how many of them chance alone brings."""

    findings: tuple[Finding, ...]
    expected_false_alarms: float


def list_findings(book: Book, *, rate: float | None = None) -> tuple[Finding, ...]:
    """Return all findings of a book: what it could not reconcile, deliveries that differ, steps that do not close.

    `rate`: false alarms in a plant-year that deliveries, and steps, may bring; without it three sd are the limit.
    """
    return listed_findings(book, rate=rate).findings


def listed_findings(book: Book, *, rate: float | None = None) -> Listed:
    """Return the same, with the number of false alarms to expect."""
    allowed = None if rate is None else rate * plant_years(book)
    states, closures = judge_pairs(book), close_steps(book)
    compared = [state for state in states if state.d is not None]
    deliveries = single_tests(sum(state.tests for state in compared), allowed)
    steps = single_tests(sum(closure.z is not None for closure in closures), allowed)
    chance = {key for state in compared if not _is_beyond(state.d, deliveries) for key in _keys(state)}
    found = [_of_book(one) for one in book.findings if (one.code, one.lot, one.site) not in chance]
    found += [_of_mirror(s) for s in compared if s.state == DIFFERS and _is_beyond(s.d, deliveries)]
    found += [_of_step(closure) for closure in closures if _is_open(closure) and _is_beyond(closure.z, steps)]
    return Listed(tuple(found), deliveries.expected_false_alarms + steps.expected_false_alarms)


def _keys(state: MirrorState) -> tuple[tuple[str, str, str], ...]:
    """Return the book's own finding on a delivery, which is chance where its difference is."""
    return (("receipt.beyond_shipment", state.pair.lot, state.pair.to_site),)


def _is_beyond(score: float | None, tests: SingleTests) -> bool:
    return score is not None and abs(score) > tests.limit


def _is_open(closure: StepClosure) -> bool:
    """A gain over inputs of unknown content is explained by the finding on those inputs; a loss is not."""
    return closure.verdict == "loss" or (closure.verdict == "gain" and not closure.step.inputs_unknown)


def figure(kg: float, digits: int = 4) -> str:
    """Return kilograms to some significant digits, without an exponent."""
    return format(Decimal(f"{kg:.{digits}g}"), "f")


def finding_id(*parts: str) -> str:
    """Return the short name of a finding, the same whenever it is found."""
    return "F-" + sha256("\x00".join(parts).encode()).hexdigest()[:8]


_BOOK: Mapping[str, Problem] = {
    problem.code: problem
    for problem in (
        finding("lot.not_created"),
        finding("lot.changed_site"),
        finding("lot.made_twice"),
        finding("lot.used_beyond_held"),
        finding("lot.unit_differs"),
        finding("input.younger"),
        finding("receipt.implied"),
        finding("receipt.after_use"),
        finding("receipt.before_shipment"),
        finding("receipt.without_shipment"),
        finding("receipt.beyond_shipment"),
        finding("stock.differs"),
        finding("stock.not_counted"),
        finding("pool.overdrawn"),
        finding("correction.unequal"),
        finding("correction.waiting"),
        finding("lot.number_reused"),
    )
}


def _of_book(one: BookFinding) -> Finding:
    template = _BOOK[one.code]
    problem = Problem(template.code, template.where, one.lot, dict(one.facts), template.severity)
    return Finding(
        finding_id(one.code, one.lot, one.site),
        problem,
        one.parties,
        one.lot,
        one.site,
        None,
        None,
        None,
        None,
        one.events,
    )


def _of_mirror(state: MirrorState) -> Finding:
    pair = state.pair
    assert pair.sent is not None, "a delivery differs only where both sides spoke"
    sent, received = f"{state.sent} {state.unit}", f"{state.received} {state.unit}"
    d = "-" if state.d is None else f"{state.d:.2f}"
    problem = finding("mirror.differs", "", pair.lot, sent=sent, received=received, d=d, document=pair.document or "-")
    is_mass = state.unit == "KGM" or state.compared == "element"
    return Finding(
        id=finding_id("mirror.differs", pair.lot, pair.to_site, pair.document or ""),
        problem=problem,
        parties=(pair.from_holder, pair.to_holder),
        lot=pair.lot,
        site=pair.to_site,
        element=state.element,
        size_kg=state.difference if is_mass else None,
        sd_kg=state.u if is_mass else None,
        statistic=state.d,
        events=(pair.sent.digest, *(half.digest for half in pair.received)),
        months=_months_of(pair),
    )


def _months_of(pair: Pair) -> tuple[str, ...]:
    """Return the first and last month, UTC, in which a delivery was told of."""
    assert pair.sent is not None, "a delivery differs only where both sides spoke"
    months = sorted(f"{at:%Y-%m}" for at in (pair.sent.at, *(half.at for half in pair.received)))
    return (months[0], months[-1])


def _of_step(closure: StepClosure) -> Finding:
    step = closure.step
    facts = {
        "element": closure.element,
        "difference": f"{abs(closure.difference_kg):.6g}",
        "u": "-" if closure.u_kg is None else f"{closure.u_kg:.3g}",
        "z": "-" if closure.z is None else f"{closure.z:.2f}",
    }
    name = step.run or step.event_id or ""
    problem = (
        finding("step.loss", "", name, **facts)
        if closure.verdict == "loss"
        else finding("step.gain", "", name, **facts)
    )
    return Finding(
        id=finding_id(problem.code, step.digest.hex(), closure.element),
        problem=problem,
        parties=(step.holder,),
        lot="",
        site=step.site,
        element=closure.element,
        size_kg=closure.difference_kg,
        sd_kg=closure.u_kg,
        statistic=closure.z,
        events=(step.digest,),
    )
