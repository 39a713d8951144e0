"""Who did what the dated rules of conduct forbid: from postings, directory, indices and returns to findings.

A *deed* is what one enterprise did at one site on one day (UTC, as quotas count): goods entered from outside, used up,
made of what went into the same step or tank, taken over although their making offended a rule; a year's index drawn
on; a month's flow recorded. Its facts are given to each rule about such deeds (`law.conduct`), as of the day of the
deed and as known on another. Yes is a finding; where readings disagree the finding says so.

A fact that nobody recorded is never a breach. Where it is the only one missing the answer is a question: it might be
one. With more of them missing nothing is said. Goods are followed from an unlawful making as the same lot, not through
a step or a tank; and only from a making that is sure.

Findings count per rule, enterprise, site, form (of goods taken over: their maker) and year. Beside kilograms of
rare-earth element stand their standard deviation, the first and the last day, and the events of the first deeds.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from ytterby.balance.finding import EVENTS_MAX, Finding, figure, finding_id
from ytterby.balance.flow_return import FlowReturn, State
from ytterby.balance.quota import Position, Production
from ytterby.balance.reported import Move, Movement
from ytterby.chain.party import Directory
from ytterby.law import conduct as law_of
from ytterby.law.applies import DISPUTED, UNKNOWN, applies
from ytterby.law.book import LawBook
from ytterby.law.condition import Facts, judge
from ytterby.law.conduct import Breach, Conduct, Deed
from ytterby.law.ternary import Ternary
from ytterby.matter.mass import ElementMass, combine
from ytterby.terms.problem import Problem, finding

_RECORDS = {State.MISSING: "missing", State.LATE: "late"}


class Act(NamedTuple):
    """One deed with its facts. `partly` names a fact of which only some values are known; `other` who made the goods;
    `move` what became of them there.
    """

    deed: Deed
    party: str
    site: str
    day: date
    facts: Facts
    events: tuple[bytes, ...]
    content: ElementMass | None = None
    partly: str = ""
    goods: str = ""
    process: str = ""
    lot: str = ""
    other: str = ""
    month: str = ""
    move: Move | None = None


class Judged(NamedTuple):
    """What a rule says of a deed: yes, no, disputed or unknown, and the facts that would settle it."""

    answer: str
    missing: tuple[str, ...] = ()


class Ground(NamedTuple):
    """What conduct is judged by, beside the law: all that was reported, and who is who.

    `processes` names the process of an event's step; `made` are the productions that `positions` count.
    """

    movements: tuple[Movement, ...]
    directory: Directory
    processes: Mapping[bytes, str]
    positions: tuple[Position, ...] = ()
    made: tuple[Production, ...] = ()
    returns: tuple[FlowReturn, ...] = ()


def conduct_findings(law: LawBook, ground: Ground, *, known: date) -> tuple[Finding, ...]:
    """Return the findings of conduct, by kind, then by their short names; `known` is the day whose law is used."""
    judging = _Judging(law, known)
    acts = [*_acts_of_movements(ground), *_acts_of_positions(ground), *_acts_of_returns(ground)]
    for act in acts:
        judging.take(act)
    for act in _takings(ground, judging.unlawful):
        judging.take(act)
    found = [_finding(law.conduct[key.rule], key, acts, known) for key, acts in judging.groups.items()]
    return tuple(sorted(found, key=lambda one: (one.problem.code, one.id)))


# Judging


class _Key(NamedTuple):
    """What is one finding: a rule and how sure it is, who, where, which goods or whose, which year."""

    rule: str
    answer: str
    party: str
    site: str
    goods: str
    other: str
    year: int
    missing: str


class _Making(NamedTuple):
    """That a lot was made against rules: by whom, from which instant's day on, and by which event."""

    party: str
    day: date
    rules: tuple[str, ...]
    events: tuple[bytes, ...]


class _Judging:
    """Asks the rules and gathers what they say."""

    def __init__(self, law: LawBook, known: date) -> None:
        self.law, self.known = law, known
        self.of_deed: dict[Deed, list[Conduct]] = {deed: [] for deed in Deed}
        for one in law.conduct.values():
            self.of_deed[one.deed].append(one)
        self.groups: dict[_Key, list[Act]] = {}
        self.unlawful: dict[str, list[_Making]] = {}
        self._can_hold: dict[tuple[str, tuple[object, ...]], bool] = {}
        self._answers: dict[tuple[str, tuple[object, ...], date], Judged] = {}

    def take(self, act: Act) -> None:
        """Judge a deed by every rule about such deeds."""
        offended = []
        for rule in self.of_deed[act.deed]:
            judged = self._judge(rule, act)
            is_question = judged.answer == UNKNOWN and len(judged.missing) == 1
            if judged.answer in {law_of.YES, DISPUTED} or is_question:
                missing = judged.missing[0] if is_question else ""
                key = _Key(rule.rule, judged.answer, act.party, act.site, act.goods, act.other, act.day.year, missing)
                self.groups.setdefault(key, []).append(act)
            if judged.answer == law_of.YES:
                offended.append(rule.rule)
        if offended and act.lot and act.deed in {Deed.ENTER, Deed.MAKE}:
            making = _Making(act.party, act.day, tuple(offended), act.events)
            self.unlawful.setdefault(act.lot, []).append(making)

    def _judge(self, rule: Conduct, act: Act) -> Judged:
        """Return what a rule says; of a fact that is partly known, what it says whatever the rest is."""
        if not act.partly:
            return self._answer(rule, act.facts, act.day)
        kind = self.law.facts.get(act.partly)
        if kind is None or not kind.values:
            return self._answer(rule, _without(act.facts, act.partly), act.day)
        held = act.facts.get(act.partly, ())
        assert isinstance(held, tuple), "figures are known or not"
        found = [self._answer(rule, {**act.facts, act.partly: (*held, value)}, act.day) for value in kind.values]
        if len({one.answer for one in found}) == 1:
            return found[0]
        missing = [name for one in found for name in one.missing]
        return Judged(UNKNOWN, tuple(dict.fromkeys((act.partly, *missing))))

    def _answer(self, rule: Conduct, facts: Facts, day: date) -> Judged:
        said = tuple(sorted(facts.items(), key=lambda item: item[0]))
        if not self._may_hold(rule, facts, said):
            return Judged(law_of.NO)
        key = (rule.rule, said, day)
        if key not in self._answers:
            found = applies(self.law, rule.rule, facts, on=day, known=self.known)
            self._answers[key] = Judged(found.answer, found.missing)
        return self._answers[key]

    def _may_hold(self, rule: Conduct, facts: Facts, said: tuple[object, ...]) -> bool:
        """Tell whether any version of a rule can hold of these facts, on whatever day: most deeds offend none."""
        key = (rule.rule, said)
        if key not in self._can_hold:
            conditions = [version.condition for version in self.law.rules[rule.rule].versions]
            self._can_hold[key] = any(one is None or judge(one, facts).value is not Ternary.NO for one in conditions)
        return self._can_hold[key]


def _without(facts: Facts, name: str) -> Facts:
    return {key: value for key, value in facts.items() if key != name}


# From what was reported to deeds


def _where(directory: Directory, party: str, site: str, day: date) -> dict[str, tuple[str, ...] | Decimal]:
    """Return what the directory tells of an enterprise at a site on a day."""
    known = directory.sites.get(site)
    if known is None:
        return {}
    facts: dict[str, tuple[str, ...] | Decimal] = {law_of.KIND: (known.kind,)}
    if known.country:
        facts[law_of.PLACE] = (known.country,)
        for name, is_named in directory.named(party, known.country, day).items():
            facts[law_of.NAMED + name] = (law_of.YES if is_named else law_of.NO,)
    return facts


class _Fed(NamedTuple):
    """A form that went into a step or tank: from which instant on, and by which event."""

    at: datetime
    form: str | None
    digest: bytes


def _acts_of_movements(ground: Ground) -> Iterator[Act]:
    fed: dict[str, list[_Fed]] = {}
    for one in ground.movements:
        if one.move is Move.USED:
            fed.setdefault(one.unit_of_process, []).append(_Fed(one.at, one.form, one.digest))
    firsts = {unit: _first_of_each_form(rows) for unit, rows in fed.items()}
    for one in ground.movements:
        if one.move is Move.USED:
            yield _act(ground, Deed.USE, one)
        elif one.origin and one.move in {Move.MADE, Move.RECEIVED}:
            yield _act(ground, Deed.ENTER, one, {law_of.ENTERED: (one.origin,)})
        elif one.move is Move.MADE and one.unit_of_process:
            yield _making(ground, one, [row for row in firsts.get(one.unit_of_process, ()) if row.at <= one.at])


def _first_of_each_form(rows: Iterable[_Fed]) -> list[_Fed]:
    found: dict[str | None, _Fed] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.digest)):
        found.setdefault(row.form, row)
    return list(found.values())


def _making(ground: Ground, one: Movement, fed: list[_Fed]) -> Act:
    """Return the deed of making, with the forms that went into the same step, or into the tank until then."""
    forms = tuple(sorted({row.form for row in fed if row.form is not None}))
    more: dict[str, tuple[str, ...] | Decimal] = {law_of.FEED: forms} if forms else {}
    is_partly = bool(forms) and any(row.form is None for row in fed)
    act = _act(ground, Deed.MAKE, one, more)
    events = tuple(dict.fromkeys((*(row.digest for row in fed), one.digest)))
    return act._replace(events=events, partly=law_of.FEED if is_partly else "")


def _act(ground: Ground, deed: Deed, one: Movement, more: Mapping[str, tuple[str, ...] | Decimal] | None = None) -> Act:
    day = one.at.date()
    facts = {**_where(ground.directory, one.key.party, one.key.site, day), **(more or {})}
    process = ground.processes.get(one.digest, "")
    if one.form:
        facts[law_of.FORM] = (one.form,)
    if process and deed in {Deed.USE, Deed.MAKE}:
        facts[law_of.PROCESS] = (process,)
    return Act(
        deed=deed,
        party=one.key.party,
        site=one.key.site,
        day=day,
        facts=facts,
        events=(one.digest,),
        content=one.content if one.is_known else None,
        goods=one.form or "",
        process=process,
        lot=one.lot,
        move=one.move,
    )


def _takings(ground: Ground, unlawful: Mapping[str, list[_Making]]) -> Iterator[Act]:
    """Yield what others than its maker did with a lot after a making that offended rules: took it in, used it, sent it
    on.
    """
    for one in ground.movements:
        if one.move not in {Move.RECEIVED, Move.USED, Move.SHIPPED}:
            continue
        day = one.at.date()
        makings = [m for m in unlawful.get(one.lot, ()) if m.day <= day and m.party != one.key.party]
        if not makings:
            continue
        rules = tuple(sorted({rule for making in makings for rule in making.rules}))
        act = _act(ground, Deed.TAKE, one, {law_of.MAKING: rules})
        yield act._replace(other=makings[0].party, events=(*makings[0].events, one.digest), goods="")


def _acts_of_positions(ground: Ground) -> Iterator[Act]:
    """Yield a deed for each year of which an index was allotted: production over it, with its u. Of one that is not yet
    allotted nothing can be said.
    """
    for one in ground.positions:
        if one.quota is None or one.produced is None:
            continue
        own = [term for term in ground.made if _is_of(term, one)]
        if not own:
            continue
        last = max(own, key=lambda term: (term.movement.at, term.movement.digest)).movement
        site = last.key.site
        day = (one.exhaustion.day if one.exhaustion is not None and one.is_exceeded else None) or last.at.date()
        facts = _where(ground.directory, one.party, site, day)
        tonnes = one.quota.tonnes_reo
        facts[law_of.QUOTA] = (one.kind,)
        # What is made on an index of nothing is beyond it whatever its u.
        facts[law_of.SHARE] = Decimal(repr(one.produced.tonnes)) / tonnes if tonnes else Decimal("Infinity")
        facts[law_of.SHARE_U] = Decimal(repr(one.produced.u_tonnes)) / tonnes if tonnes else Decimal(0)
        yield Act(
            deed=Deed.INDEX,
            party=one.party,
            site=site,
            day=day,
            facts=facts,
            events=tuple(dict.fromkeys(term.movement.digest for term in own)),
            content=combine([(term.sign, term.content) for term in own]),
            goods=one.kind,
            month=str(one.year),
        )


def _is_of(term: Production, position: Position) -> bool:
    key = term.movement.key
    return (key.party, key.month.year, term.kind) == (position.party, position.year, position.kind)


def _acts_of_returns(ground: Ground) -> Iterator[Act]:
    """Yield a deed for each period of a site whose flow was due and was entered late, or not."""
    for one in ground.returns:
        for site in one.sites:
            if not site.is_owed or site.state not in _RECORDS or site.due_day is None:
                continue
            facts = _where(ground.directory, one.party, site.site, site.due_day)
            facts[law_of.RECORD] = (_RECORDS[site.state],)
            yield Act(Deed.RECORD, one.party, site.site, site.due_day, facts, (), month=str(one.period))


# Findings


def _finding(conduct: Conduct, key: _Key, acts: list[Act], known: date) -> Finding:
    acts = sorted(acts, key=lambda act: (act.day, act.lot, act.events))
    problem = _problem(conduct, key, acts, known)
    lots = {act.lot for act in acts}
    events = tuple(dict.fromkeys(digest for act in acts for digest in act.events))
    mass_kg, sd_kg = _size(acts)
    parts = (key.rule, key.party, key.site, key.goods, key.other, str(key.year), key.missing)
    return Finding(
        id=finding_id(problem.code, *parts),
        problem=problem,
        parties=tuple(dict.fromkeys(party for party in (key.party, key.other) if party)),
        lot=lots.pop() if len(lots) == 1 else "",
        site=key.site,
        element=None,
        size_kg=mass_kg,
        sd_kg=sd_kg,
        statistic=None,
        events=events[:EVENTS_MAX],
    )


def _size(acts: Iterable[Act]) -> tuple[float | None, float | None]:
    """Return kg of rare-earth element with its standard deviation; None where a deed moved none or one is not known.

    The same goods may be taken in, used and sent on: they count once, by what most of them did.
    """
    by_move: dict[Move | None, list[Act]] = {}
    for act in acts:
        by_move.setdefault(act.move, []).append(act)
    sizes = [_size_of(rows) for rows in by_move.values()]
    return max(sizes, key=lambda size: -1.0 if size[0] is None else size[0])


def _size_of(acts: Iterable[Act]) -> tuple[float | None, float | None]:
    contents = [act.content for act in acts]
    known = [content for content in contents if content is not None]
    if not known or len(known) < len(contents):
        return None, None
    whole = combine([(1.0, content) for content in known])
    variance = float(np.sum(whole.random_kg**2)) + sum(float(np.sum(sd)) ** 2 for sd in whole.groups.values())
    return float(np.sum(whole.mass_kg)), variance**0.5


def _problem(conduct: Conduct, key: _Key, acts: list[Act], known: date) -> Problem:
    first, last = acts[0], acts[-1]
    mass_kg, sd_kg = _size(acts)
    facts = {
        "site": key.site,
        "party": key.party,
        "rule": key.rule,
        "law": key.rule,
        "article": conduct.article["en"],
        "goods": key.goods,
        "quota": key.goods if conduct.deed is Deed.INDEX else "",
        "process": first.process,
        "other": key.other,
        "day": first.day.isoformat(),
        "last": last.day.isoformat(),
        "known": known.isoformat(),
        "times": str(len(acts)),
        "period": first.month or str(key.year),
        "kg": "-" if mass_kg is None else figure(mass_kg),
        "sd": "-" if sd_kg is None else figure(sd_kg),
        "status": key.answer,
        "missing": key.missing,
    }
    if key.missing:
        return finding("conduct.question", "", "", **facts)
    match conduct.breach:
        case Breach.NOT_NAMED:
            return finding("conduct.not_named", "", "", **facts)
        case Breach.FEED:
            return finding("conduct.feed", "", "", **facts)
        case Breach.PRODUCT:
            return finding("conduct.product", "", "", **facts)
        case Breach.INDEX:
            return finding("conduct.index", "", "", **facts)
        case Breach.NOT_RECORDED:
            return finding("conduct.not_recorded", "", "", **facts)
        case Breach.RECORDED_LATE:
            return finding("conduct.recorded_late", "", "", **facts)
