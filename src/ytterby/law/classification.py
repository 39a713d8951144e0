"""Whether goods are controlled on a day: every item of every rule in force is tried, and what came of it is kept.

In each world (a way to read what is disputed, `dated_rule`) the goods are controlled where an item matches, else
unknown where a list that could name them was not read, else to be asked about, else not controlled. The worlds
together make the answer: where they differ and one says controlled, it is disputed.

Guidance takes goods out of its rule from its day on; before that day they are to be asked about. The tariff code of
goods is never looked at here.

Each rule is judged at the day of the transaction that governs it (`days`). Where that day, or one that a transition
asks for, is not known, what an item of it would hold is unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ytterby.law.applies import followed, governing, settlers, state_reasons
from ytterby.law.book import COVERAGE, LawBook
from ytterby.law.dated_rule import Rule, State, World, joined_state, states_of, worlds_of
from ytterby.law.days import Days, as_days
from ytterby.law.export_leave import FREE, LICENCE, ExportLeave, leave_of
from ytterby.law.goods import Goods
from ytterby.law.item import Doubt, Guidance, Item, Part
from ytterby.law.part_match import Beside, Match, PartMatch, beside_limit, best_match, match_item, side_of
from ytterby.law.presence import Side, presence_of
from ytterby.law.said import Reason, Said
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Trust, Words

CONTROLLED, NOT_CONTROLLED, ASK, DISPUTED, UNKNOWN = "controlled", "not_controlled", "ask", "disputed", "unknown"
LAW, PRACTICE, GUIDANCE = "law", "practice", "guidance"
_WORST = (CONTROLLED, UNKNOWN, ASK, NOT_CONTROLLED)
_ANSWER_OF = {Match.YES: CONTROLLED, Match.ASK: ASK, Match.UNKNOWN: UNKNOWN, Match.NO: NOT_CONTROLLED}


class ReadingAnswer(NamedTuple):
    """What is answered if a dispute is read in one way."""

    dispute: str
    reading: str
    answer: str
    text: Words
    trust: Trust


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer: codes that apply (where disputed: by a reading), codes that may, reasons, and what was tried.

    `beside` are figures beside the limits that hold or free the goods; `settled_by` who may settle what is disputed;
    `missing_days` days of the transaction that would tell; `leave` whether one may file and ship, where rules say so.
    """

    answer: str
    codes: tuple[str, ...]
    candidates: tuple[str, ...]
    by: str
    reasons: tuple[Reason, ...]
    tried: tuple[Reason, ...]
    beside: tuple[Beside, ...]
    readings: tuple[ReadingAnswer, ...]
    settled_by: tuple[Words, ...]
    missing_days: tuple[str, ...] = ()
    leave: ExportLeave | None = None


class _Finding(NamedTuple):
    """What one item, guidance or doubt says, if its rule is in force."""

    rule: str
    code: str
    match: Match
    reason: Reason
    by: str = LAW
    beside: Beside | None = None


class Classifier:
    """Classifies goods by one book, for a transaction of some days (one day stands for all), as known on another."""

    def __init__(self, book: LawBook, *, on: date | Days, known: date) -> None:
        self._book, self._days, self._known = book, as_days(on), known
        self._rules = sorted({item.rule for item in book.items.values()})
        rules = [book.rules[name] for name in self._rules]
        self._worlds = worlds_of(rules, book.disputes, known)
        self._states = [{rule.id: self._state(rule, world) for rule in rules} for world in self._worlds]
        self._elements = {
            rule: frozenset(e for item in book.items.values() if item.rule == rule for e in item.elements)
            for rule in self._rules
        }
        self._shown = {rule.id: self._days.shown(rule.governs) for rule in rules}
        self._is_about_export = bool(rules) and all(rule.means for rule in rules)
        self._items = {rule: [item for item in book.items.values() if item.rule == rule] for rule in self._rules}

    def _state(self, rule: Rule, world: World) -> State:
        return joined_state(states_of(rule, self._days, self._known, world))

    def classify(self, goods: Goods) -> Classification:
        """Return whether goods are controlled, with everything that was tried."""
        findings = [finding for rule in self._rules for finding in self._findings(rule, goods)]
        answers = [_answer(self._in_force(findings, states)) for states in self._states]
        answer = _combined(answers)
        is_open = len(set(answers)) > 1
        active = [one for one in findings if any(_holds(states[one.rule]) for states in self._states)]
        decisive = _decisive(answer, active)
        by = _by(answer, decisive)
        codes = sorted({one.code for one in decisive if one.match is Match.YES and one.code})
        codes = codes if answer in {CONTROLLED, DISPUTED} else []
        candidates = {one.code for one in active if one.match is not Match.NO and one.code}
        if answer == NOT_CONTROLLED:
            # What would match and is in no rule in force: its rule's dates are the reason.
            decisive += [one for one in findings if one not in active and one.match is not Match.NO]
        rest = [one for one in findings if one not in decisive]
        tried = [*(one.reason for one in rest), *self._rules_tried(findings)]
        reasons = dict.fromkeys(self._reasons(decisive)) or dict.fromkeys(tried)
        return Classification(
            answer=answer,
            codes=tuple(codes),
            candidates=tuple(sorted(candidates - set(codes))),
            by=by,
            reasons=tuple(reasons),
            tried=tuple(one for one in dict.fromkeys(tried) if one not in reasons),
            beside=tuple(dict.fromkeys(one.beside for one in findings if one.beside is not None)),
            readings=self._readings(answers) if is_open else (),
            settled_by=settlers(self._worlds, self._book.disputes) if is_open else (),
            missing_days=self._missing_days(active) if answer in {UNKNOWN, DISPUTED} else (),
            leave=leave_of(map(_meant, answers)) if self._is_about_export else None,
        )

    def _missing_days(self, active: list[_Finding]) -> tuple[str, ...]:
        rules = {one.rule for one in active}
        days = (name for states in self._states for rule in sorted(rules) for name in states[rule].missing)
        return tuple(dict.fromkeys(days))

    # What each rule says

    def _findings(self, rule: str, goods: Goods) -> Iterator[_Finding]:
        taken_out = next((one for one in self._book.guidance if one.rule == rule and _is_meant(one, goods)), None)
        if taken_out is not None:
            yield self._guided(taken_out, goods)
            return
        matched = False
        for item in self._items[rule]:
            for finding in self._item_findings(item, goods):
                matched = matched or finding.match is Match.YES
                yield finding
        if not matched:
            yield from self._doubted(rule, goods)

    def _item_findings(self, item: Item, goods: Goods) -> Iterator[_Finding]:
        """Yield the best match of an item's parts, or why none of them is these goods."""
        tried = match_item(item, goods, self._book.parameters)
        if not tried:
            if goods.named & set(item.elements):
                said = Said("other_form", {"form": goods.form})
                yield self._found(item, Match.NO, said, item.trust)
            return
        best = best_match(tried)
        for part, found in tried:
            if found.match is best[1].match and (found is best[1] or found.match is Match.NO):
                yield from self._of_part(item, part, found, goods)

    def _of_part(self, item: Item, part: Part, found: PartMatch, goods: Goods) -> Iterator[_Finding]:
        if found.match is Match.NO and not goods.named & set(item.elements) and found.said.key != "other_magnet_type":
            return
        limit = found.parameter
        if found.match is Match.YES:
            yield self._found(item, Match.YES, part.what, part.trust, LAW, found.beside)
            yield self._found(item, Match.YES, found.said, part.trust, LAW, found.beside)
            if limit is not None:
                yield self._found(item, Match.YES, limit.text, limit.trust, limit.basis)
            return
        # What frees goods, or leaves them in doubt, by a limit is as sure as the limit.
        by, trust = (LAW, part.trust) if limit is None else (limit.basis, limit.trust)
        yield self._found(item, found.match, found.said, trust, by, found.beside)

    def _found(
        self, item: Item, match: Match, text: "Words | Said", trust: Trust, by: str = LAW, beside: Beside | None = None
    ) -> _Finding:
        reason = Reason(item.code, item.rule, self._shown[item.rule], text, trust)
        return _Finding(item.rule, item.code, match, reason, by, beside)

    def _guided(self, guidance: Guidance, goods: Goods) -> _Finding:
        """Return what guidance says: nothing where the goods hold nothing of the rule, ask before its day."""
        day = self._shown[guidance.rule]
        reason = Reason("", guidance.rule, day, guidance.text, guidance.trust)
        if not self._touches(guidance.rule, goods):
            said = Said("element_absent", {"elements": ", ".join(sorted(self._elements[guidance.rule]))})
            return _Finding(
                guidance.rule, "", Match.NO, reason._replace(text=said, trust=self._text_trust(guidance.rule))
            )
        if guidance.effective is not None and self._days.of(self._book.rules[guidance.rule].governs) is None:
            return _Finding(guidance.rule, "", Match.UNKNOWN, reason)
        if guidance.is_given(day, self._known):
            return _Finding(guidance.rule, "", Match.NO, reason, guidance.basis)
        said = Said("before_guidance", {"day": str(guidance.effective)})
        return _Finding(guidance.rule, "", Match.ASK, reason._replace(text=said))

    def _text_trust(self, rule: str) -> Trust:
        return self._book.rules[rule].trust

    def _touches(self, rule: str, goods: Goods) -> bool:
        """Tell whether goods could fall under a rule at all."""
        if not goods.is_composition_known or goods.named & self._elements[rule]:
            return True
        kinds = {
            kind
            for item in self._items[rule]
            for part in item.parts
            if part.how == "always"
            for kind in part.magnet_types
        }
        return goods.magnet_type in kinds

    def _doubted(self, rule: str, goods: Goods) -> Iterator[_Finding]:
        for doubt in self._book.doubts:
            if doubt.rule == rule and _is_meant(doubt, goods):
                finding = self._doubt(doubt, goods)
                if finding is not None:
                    yield finding

    def _doubt(self, doubt: Doubt, goods: Goods) -> _Finding | None:
        parameters = self._book.parameters
        k = parameters[COVERAGE].value
        elements = doubt.elements or self._elements[doubt.rule]
        day = self._shown[doubt.rule]
        reason = Reason("", doubt.rule, day, doubt.text, doubt.trust)
        if not goods.is_composition_known:
            if doubt.needs_element:
                return None
            said = Said("composition_missing")
            return _Finding(doubt.rule, "", Match.UNKNOWN, reason._replace(text=said))
        if all(presence_of(goods, element, k) is Side.BELOW for element in elements):
            return None
        if not doubt.limit or not goods.elements.keys() & set(parameters[doubt.limit].of):
            return _Finding(doubt.rule, "", Match.ASK, reason)
        limit = parameters[doubt.limit]
        beside = beside_limit(goods, limit, k)
        if side_of(beside) is Side.BELOW:
            below = Reason("", doubt.rule, day, limit.text, limit.trust)
            return _Finding(doubt.rule, "", Match.NO, below, limit.basis, beside)
        return _Finding(doubt.rule, "", Match.ASK, reason, LAW, beside)

    # What the worlds make of it

    def _in_force(self, findings: list[_Finding], states: dict[str, State]) -> list[_Finding]:
        found = [one for one in findings if states[one.rule].value is not Ternary.NO]
        # A rule of which nobody knows from which day on it is in force makes a match unknown.
        return [
            one._replace(match=Match.UNKNOWN)
            if one.match is Match.YES and states[one.rule].value is Ternary.UNKNOWN
            else one
            for one in found
        ]

    def _reasons(self, decisive: list[_Finding]) -> Iterator[Reason]:
        for one in decisive:
            yield one.reason
        for rule in sorted({one.rule for one in decisive}):
            yield from governing(self._book.rules[rule], self._days)
            for states in self._states:
                yield from state_reasons(self._book.rules[rule], states[rule], self._shown[rule])

    def _rules_tried(self, findings: list[_Finding]) -> Iterator[Reason]:
        """Yield of each rule that found something its dates, of each other that the goods hold nothing of it."""
        named = {one.rule for one in findings}
        for rule in self._rules:
            if rule in named:
                for states in self._states:
                    yield from state_reasons(self._book.rules[rule], states[rule], self._shown[rule])
                continue
            elements = ", ".join(sorted(self._elements[rule]))
            said = Said("nothing_of_it", {"elements": elements}) if elements else Said("other_goods")
            yield Reason("", rule, self._shown[rule], said, self._text_trust(rule))

    def _readings(self, answers: list[str]) -> tuple[ReadingAnswer, ...]:
        return tuple(ReadingAnswer(*one) for one in followed(self._worlds, answers, self._book.disputes))


def _is_meant(entry: "Guidance | Doubt", goods: Goods) -> bool:
    return goods.form in entry.forms and goods.built_in in entry.built_in


def _meant(answer: str) -> frozenset[str]:
    """Return what an answer in one world means for who exports: listed goods need a licence, what is open may."""
    known = {CONTROLLED: frozenset({LICENCE}), NOT_CONTROLLED: frozenset({FREE})}
    return known.get(answer, frozenset({LICENCE, FREE}))


def _holds(state: State) -> bool:
    return state.value is not Ternary.NO


def _answer(findings: list[_Finding]) -> str:
    answers = {_ANSWER_OF[one.match] for one in findings}
    return next((answer for answer in _WORST if answer in answers), NOT_CONTROLLED)


def _combined(answers: list[str]) -> str:
    found = set(answers)
    if len(found) == 1:
        return answers[0]
    return DISPUTED if CONTROLLED in found else next(answer for answer in _WORST if answer in found)


def _decisive(answer: str, active: list[_Finding]) -> list[_Finding]:
    """Return what the answer rests on: all that match, or what leaves it open, or what freed the goods."""
    wanted = {
        CONTROLLED: {Match.YES},
        DISPUTED: {Match.YES},
        UNKNOWN: {Match.UNKNOWN, Match.YES},
        ASK: {Match.ASK},
        NOT_CONTROLLED: {Match.NO},
    }[answer]
    found = [one for one in active if one.match in wanted]
    if answer != NOT_CONTROLLED:
        return found
    # Guidance or a limit that frees goods says more than the items that speak of something else.
    return [one for one in found if one.by != LAW] or found


def _by(answer: str, decisive: list[_Finding]) -> str:
    """Return what the answer rests on: a free one on guidance or practice where one of its steps does."""
    if answer in {CONTROLLED, DISPUTED, UNKNOWN}:
        return LAW
    said = {one.by for one in decisive}
    if answer == ASK:
        return PRACTICE if said == {PRACTICE} else LAW
    return next((basis for basis in (GUIDANCE, PRACTICE) if basis in said), LAW)
