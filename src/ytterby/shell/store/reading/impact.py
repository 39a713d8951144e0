"""Whose answer changes by another law, other lists of the named, or corrected goods: lots on hand, products, parties.

Two books are held beside each other over what is registered at a log size, from a day on. A kind of subject that the
register does not keep yet (`NOT_KEPT`) is named in the answer as not covered; to add one, make its subjects beside
those of lots and products (`MAKERS`), and take it off that list.

Who may read: of its own lots, products and lists a party; auditors, tracing bodies and the register's operator all.
Findings of conduct show what others said, so that a party is told none of them here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from ytterby.balance.conduct import conduct_findings
from ytterby.balance.finding import Finding
from ytterby.chain.lot_goods import facts_of
from ytterby.chain.party import Directory, NamedList
from ytterby.law.book import LawBook
from ytterby.law.duty_change import DutyChange, duty_changes
from ytterby.law.impact import Difference, Key, Subject, differing_conduct, goods_key, impact
from ytterby.law.law_change import RuleChange, rule_changes
from ytterby.law.reach import Law
from ytterby.shell.store.derived.deriving import Progress, nothing_to_tell
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading.conduct import ground_of, last_day
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import books_of, changes_ahead
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.lots_on_hand import OnHand, registered_catalogue, stock_of
from ytterby.shell.store.reading.viewer import Viewer

LOT, PRODUCT, PARTY = "lot", "product", "party"
KINDS = (LOT, PRODUCT, PARTY)
# What no register keeps yet.
NOT_KEPT = ("case", "licence", "reservation")
# What is kept, and whose answer no pack or list decides; and what a party is not told.
IN_WORK, OTHER_FORMS, CONDUCT = "goods_in_work", "other_forms", "conduct"
ANSWERS_KEPT = 4
# A lot, who holds it, and what it consists of.
Place = tuple[str, str, Key]


@dataclass(frozen=True, slots=True)
class Question:
    """Two books, the days between which is asked, and lists of the named that would take the place of those of their
    identifiers, or be added.
    """

    old: LawBook
    new: LawBook
    on: date
    until: date = date.max
    lists: tuple[NamedList, ...] = ()

    @property
    def laws(self) -> tuple[Law, Law]:
        """Both books as known on one day: all that either holds."""
        known = max(self.on, self.old.known_to, self.new.known_to)
        return Law(self.old, known), Law(self.new, known)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from other questions: both laws by their digests, days, lists."""
        return (self.old.digest, self.new.digest, self.on, self.until, self.lists)


class Pending(NamedTuple):
    """A change of law that has not come yet: what it is called, the law with it, the day from which it holds or would,
    and the law at that instant without it (None: that of today).
    """

    id: str
    title: str
    book: LawBook
    on: date
    before: LawBook | None = None


class ListChange(NamedTuple):
    """A party whose place on the lists of a name changes (None: no list of the country and day says anything)."""

    party: str
    name: str
    country: str
    since: date
    old: bool | None
    new: bool | None
    source: str


class PartyDuty(NamedTuple):
    """What changes of the duties of a party at one of its sites."""

    party: str
    site: str
    change: DutyChange


class ConductChange(NamedTuple):
    """A finding of conduct that only one law gives, or that they give otherwise."""

    old: Finding | None
    new: Finding | None

    @property
    def finding(self) -> Finding:
        """The finding that there is, the new one first."""
        found = self.new or self.old
        assert found is not None, "one of them differs"
        return found


class Impact(NamedTuple):
    """What changes: rules, goods, conduct, lists; how many subjects were asked about, and what was not."""

    rules: tuple[RuleChange, ...]
    goods: tuple[Difference, ...]
    conduct: tuple[ConductChange, ...]
    lists: tuple[ListChange, ...]
    duties: tuple[PartyDuty, ...]
    on_hand: Mapping[Place, tuple[OnHand, ...]]
    asked: Mapping[str, int]
    not_covered: tuple[tuple[str, int], ...]


def pending_changes(viewer: Viewer, known: Known, at: datetime | None = None) -> list[Pending]:
    """Return the changes of law that were proposed or activated up to a log size and whose instant has not come."""
    found = []
    for one in changes_ahead(viewer, known, at):
        before, book = books_of(viewer, known, one.digest)
        title = ", ".join(dict.fromkeys(pack.id for pack in one.packs))
        found.append(Pending(one.digest, title, book, one.start.date(), before))
    return found


_kept = Kept[Impact](ANSWERS_KEPT)


def impact_of(viewer: Viewer, known: Known, question: Question, *, tell: Progress = nothing_to_tell) -> Impact:
    """Return what changes of what the viewer may read, as known at a log size; kept while it is asked for."""
    key = (register_id(viewer), known.size, viewer, question.key)
    return _kept.get(key, lambda: _impact_of(viewer, known, question, tell))


def _impact_of(viewer: Viewer, known: Known, question: Question, tell: Progress) -> Impact:
    old, new = question.laws
    stock = stock_of(viewer, known, tell=tell)
    on_hand: dict[Place, list[OnHand]] = {}
    for row in stock.rows:
        on_hand.setdefault((row.lot, row.holder, goods_key(row.goods)), []).append(row)
    of_kind = {kind: list(make(viewer, known, question)) for kind, make in MAKERS.items()}
    subjects = [subject for rows in of_kind.values() for subject in rows]
    goods = impact(old, new, subjects, on=question.on, until=question.until, tell=tell)
    directory = world_at(known.size).directory
    changed = _with_lists(directory, question.lists)
    asked = {kind: len({(one.id, one.holder) for one in rows}) for kind, rows in of_kind.items()}
    asked[PARTY] = len(directory.parties) if viewer.reads_all else 1
    beside = {IN_WORK: 0, OTHER_FORMS: stock.other_forms} | ({} if viewer.reads_all else {CONDUCT: 0})
    conduct = _conduct(viewer, known, question, changed)
    judged = {one.finding.parties[0] for one in conduct if one.finding.parties}
    lists = _list_changes(viewer, directory, changed, question)
    return Impact(
        rules=tuple(rule_changes(old, new, on=question.on, until=question.until)),
        goods=tuple(goods),
        conduct=conduct,
        # That a first list names others says something to those whose deeds it judges, and to who asks for itself.
        lists=tuple(one for one in lists if one.old or one.new or one.party in judged or not viewer.reads_all),
        duties=tuple(_duties(viewer, directory, question)),
        on_hand={place: tuple(rows) for place, rows in on_hand.items()},
        asked=asked,
        not_covered=(
            *((kind, 0) for kind in NOT_KEPT),
            *((name, count) for name, count in beside.items() if name != OTHER_FORMS or count),
        ),
    )


# Goods


def _lots(viewer: Viewer, known: Known, question: Question) -> Iterator[Subject]:
    del question  # what is on hand is so at the log size
    for row in stock_of(viewer, known).rows:
        yield Subject(LOT, row.lot, row.holder, row.goods, row.goods, facts_of(row.goods))


def _products(viewer: Viewer, known: Known, question: Question) -> Iterator[Subject]:
    for product, goods in registered_catalogue(viewer, known, question.on):
        if goods is not None:
            yield Subject(PRODUCT, product.id, product.maker, goods, goods, facts_of(goods))


# Kind of subject -> what makes its subjects, of what a viewer may read.
MAKERS: Mapping[str, Callable[[Viewer, Known, Question], Iterator[Subject]]] = {LOT: _lots, PRODUCT: _products}


# Lists


def _with_lists(directory: Directory, lists: Sequence[NamedList]) -> Directory:
    if not lists:
        return directory
    by_id = {one.id: one for one in (*directory.lists, *lists)}
    return replace(directory, lists=tuple(by_id.values()))


def _list_changes(viewer: Viewer, old: Directory, new: Directory, question: Question) -> list[ListChange]:
    """Return whose place on lists changes, on the first day on which it does."""
    if old is new:
        return []
    lists = (*old.lists, *new.lists)
    ends = {day for one in lists for day in (one.start, one.end) if day is not None}
    days = sorted({question.on, *(day for day in ends if question.on < day <= question.until)})
    named = {party for one in lists for party in one.parties}
    parties = (named | old.parties.keys()) if viewer.reads_all else {viewer.party or ""}
    found: dict[tuple[str, str, str], ListChange] = {}
    for day in days:
        for name, country in sorted({(one.name, one.country) for one in lists}):
            before, after = (_named(one, name, country, day) for one in (old, new))
            source = next((one.source for one in question.lists if (one.name, one.country) == (name, country)), "")
            for party in sorted(parties) if before != after else ():
                one = ListChange(party, name, country, day, _is_in(party, before), _is_in(party, after), source)
                # A list that comes or goes says nothing of enterprises of other countries that it does not name.
                is_of = old.parties[party].country == country if party in old.parties else True
                if one.old != one.new and (is_of or one.old or one.new):
                    found.setdefault((party, name, country), one)
    return sorted(found.values(), key=lambda one: (one.party, one.name, one.country))


def _is_in(party: str, named: frozenset[str] | None) -> bool | None:
    return None if named is None else party in named


def _named(directory: Directory, name: str, country: str, day: date) -> frozenset[str] | None:
    """Return who is named on a day; None where no list speaks of it."""
    rows = [one for one in directory.lists if (one.name, one.country) == (name, country) and one.covers(day)]
    return frozenset().union(*(one.parties for one in rows)) if rows else None


# Duties


def _duties(viewer: Viewer, directory: Directory, question: Question) -> Iterator[PartyDuty]:
    """Yield what changes at each site, for whoever runs it on the day from which it does."""
    old, new = question.laws
    places = {(one.kind, one.country) for one in directory.sites.values()}
    by_place: dict[tuple[str, str], list[DutyChange]] = {}
    for one in duty_changes(old, new, places, on=question.on, until=question.until):
        by_place.setdefault((one.kind, one.country), []).append(one)
    for site in directory.sites.values():
        for change in by_place.get((site.kind, site.country), ()):
            party = site.operator_on(change.since)
            if party is not None and (viewer.reads_all or party == viewer.party):
                yield PartyDuty(party, site.id, change)


# Conduct


def _conduct(viewer: Viewer, known: Known, question: Question, directory: Directory) -> tuple[ConductChange, ...]:
    """Return the findings that differ; nothing is worked out where no rule of conduct and no list does."""
    old, new = question.laws
    day = last_day(viewer, known)
    is_asked = question.lists or differing_conduct(old, new)
    if not viewer.reads_all or day is None or not is_asked:
        return ()
    known_on = max(day, old.known)
    ground = ground_of(viewer, known, day)
    before = {one.id: one for one in conduct_findings(old.book, ground, known=known_on)}
    after = {one.id: one for one in conduct_findings(new.book, ground._replace(directory=directory), known=known_on)}
    return tuple(
        ConductChange(before.get(id_), after.get(id_))
        for id_ in sorted(before.keys() | after.keys())
        if _said(before.get(id_)) != _said(after.get(id_))
    )


def _said(one: Finding | None) -> tuple[object, ...]:
    return () if one is None else (one.problem.code, one.problem.facts.get("status"), one.problem.facts.get("times"))
