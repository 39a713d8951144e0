"""The state of a delivery as it is told to its two sides: at the first report and at the close of its month, in words,
never a figure.

Once shipper and receiver have each named the other under the same document number, the state is judged on what was
known then and told to both. It stays until the month of the delivery is closed, the later of both sides' months in UTC;
then both are told the state as known at the log size of the close, and that stays until the month is closed again. So
nobody finds the other's figure by correcting its own until they match (threat C3): when a month is closed is not for
either side to say. A correction counts in the book and for the auditor at once, and here not.

A side that speaks by month names no lots, so that its half meets whatever the other side reports of the product: of a
product of which anything was told, no other lot is told where a month's is among them. Else the same figure could be
asked for again under the name of another month, or of a lot.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from ytterby.balance.finding import Finding, finding_id
from ytterby.balance.mirror import DIFFERS, judge_pairs
from ytterby.chain.book import build_from_bundles
from ytterby.chain.correction import apply_corrections
from ytterby.chain.event import Entry
from ytterby.chain.mirror_pair import Pair
from ytterby.chain.order import Bundle
from ytterby.chain.period import Month, is_period_lot
from ytterby.chain.posting import Dispatch, Posting, Receipt
from ytterby.chain.postings import postings_of
from ytterby.chain.world import World
from ytterby.terms.identifier import product_class
from ytterby.terms.problem import finding


class Delivery(NamedTuple):
    """One lot of one delivery between two parties: what a state is told of."""

    document: str
    shipper: str
    receiver: str
    lot: str


class Report(NamedTuple):
    """An accepted event that may be a half of a delivery, with the log size at the end of its submission."""

    size: int
    entry: Entry


class Closing(NamedTuple):
    """That a month was closed, with the log size that was judged."""

    month: Month
    size: int


class Answer(NamedTuple):
    """What is told of a delivery: its state (matched or differs), and at the close of which month; None at the first
    report.
    """

    state: str
    closed: Month | None = None


class _Judged(NamedTuple):
    """The state of a delivery at some log size, and its month then."""

    state: str
    month: Month


Group = tuple[str, str, str]
WorldOf = Callable[[int], World]


def told_answers(
    reports: Iterable[Report], world_of: WorldOf, closings: Sequence[Closing] = ()
) -> dict[Delivery, Answer]:
    """Return what is told of each delivery of which both sides have spoken.

    `reports` are all events in which either side named the other, also those declared wrong since; `world_of` gives
    the world as registered at a log size: a product registered anew later changes no answer that was given. `closings`
    are the months that were closed, in order of the closes.
    """
    groups: dict[Group, list[Report]] = {}
    for report in reports:
        group = _group_of(report, world_of(report.size))
        if group is not None:
            groups.setdefault(group, []).append(report)
    told: dict[Delivery, Answer] = {}
    for group, own in groups.items():
        first = _first_answers(group, own, world_of)
        told |= {key: Answer(state) for key, state in first.items()}
        told |= _answers_at_close(group, own, world_of, closings, first)
    return told


def _group_of(report: Report, world: World) -> Group | None:
    """Return document, shipper and receiver of a half; None where the event is none, or does not name all three."""
    # What an error declaration ends says the same but for the declaration.
    entry = report.entry
    plain = Entry(msgspec.structs.replace(entry.event, error=None), entry.submitter, entry.index)
    for posting in postings_of(plain, world)[0]:
        if not _is_spoken_for(posting, world):
            continue
        if isinstance(posting, Dispatch) and posting.document and posting.to_holder:
            return posting.document, posting.holder, posting.to_holder
        if isinstance(posting, Receipt) and posting.document and posting.from_holder:
            return posting.document, posting.from_holder, posting.holder
    return None


def _is_spoken_for(posting: Posting, world: World) -> bool:
    """Tell whether a side itself spoke: who submitted holds the goods, or may speak for a site of who does; else
    somebody could answer in another's name before the other did.
    """
    operator = world.directory.operator_of(posting.site, posting.at.date())
    return posting.holder in {posting.submitter, operator}


def _first_answers(group: Group, reports: Sequence[Report], world_of: WorldOf) -> dict[Delivery, str]:
    """Judge the deliveries of a group at the end of each submission, and keep the first answer for each lot."""
    own: dict[Delivery, str] = {}
    for size in sorted({report.size for report in reports}):
        now = {key: judged.state for key, judged in _judge(group, reports, size, world_of(size)).items()}
        own |= {key: word for key, word in now.items() if not any(_may_be_the_same(key, one) for one in own)}
    return own


def _answers_at_close(
    group: Group, reports: Sequence[Report], world_of: WorldOf, closings: Sequence[Closing], first: Iterable[Delivery]
) -> dict[Delivery, Answer]:
    """Judge the deliveries that were told of once more at each close of their month; the latest close counts.

    A lot of which nothing was told at its first report is told of at no close: it may be the same goods under
    another name.
    """
    own: dict[Delivery, Answer] = {}
    months = {_month_of(report.entry.event.at) for report in reports}
    for closing in closings:
        if closing.month not in months:
            continue
        now = _judge(group, reports, closing.size, world_of(closing.size))
        own |= {
            key: Answer(now[key].state, closing.month)
            for key in first
            if key in now and now[key].month == closing.month
        }
    return own


def _judge(group: Group, reports: Iterable[Report], size: int, world: World) -> dict[Delivery, _Judged]:
    """Return the state of each lot of a group as known at a log size, where both sides have spoken."""
    counting = apply_corrections(r.entry for r in reports if r.size <= size).entries
    bundles = {e.event.digest: Bundle(e.event.digest, postings_of(e, world)[0]) for e in counting}
    kinds = {type(posting) for bundle in bundles.values() for posting in bundle.postings}
    if not {Dispatch, Receipt} <= kinds:
        return {}
    now: dict[Delivery, _Judged] = {}
    for state in judge_pairs(build_from_bundles(bundles.values(), world)):
        if state.pair.sent is not None and state.pair.received:
            key = Delivery(*group, state.pair.lot)
            one = _Judged(state.state, _later_month(state.pair))
            other = now.get(key, one)
            is_off = DIFFERS in {one.state, other.state}
            now[key] = _Judged(DIFFERS if is_off else one.state, max(one.month, other.month))
    return now


def _later_month(pair: Pair) -> Month:
    """Return the later of both sides' months, UTC."""
    halves = (*pair.sent_parts, *pair.received)
    return _month_of(max(half.at for half in halves))


def _month_of(at: datetime) -> Month:
    utc = at.astimezone(UTC)
    return Month(utc.year, utc.month)


def _may_be_the_same(delivery: Delivery, told: Delivery) -> bool:
    """Tell whether what one lot of a group's delivery says may be what was told of another already."""
    if delivery.lot == told.lot:
        return True
    is_by_month = is_period_lot(delivery.lot) or is_period_lot(told.lot)
    return is_by_month and product_class(delivery.lot) == product_class(told.lot)


def told_finding(delivery: Delivery, answer: Answer, site: str) -> Finding:
    """Return what either side is told of a delivery that differs: that it does, when, and nothing of how much."""
    if answer.closed is None:
        problem = finding("mirror.told_differs", "", delivery.lot, document=delivery.document)
    else:
        month = str(answer.closed)
        problem = finding("mirror.told_differs_at_close", "", delivery.lot, document=delivery.document, month=month)
    return Finding(
        # The same delivery is the same finding, whenever it is told of.
        id=finding_id("mirror.told_differs", *delivery),
        problem=problem,
        parties=(delivery.shipper, delivery.receiver),
        lot=delivery.lot,
        site=site,
        element=None,
        size_kg=None,
        sd_kg=None,
        statistic=None,
        events=(),
    )


def as_told(one: Finding) -> Finding:
    """Return a finding of a party's own book in words that hold there: what others reported it does not know."""
    if one.problem.code != "lot.not_created":
        return one
    facts = one.problem.facts
    problem = finding("lot.not_sent", "", one.lot, amount=facts["amount"], unit=facts["unit"])
    return one._replace(problem=problem)
