"""Screens a name against an index of names: candidates, alignment, score, and the best name of each entry."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ytterby.screening.alignment import Others, Side, align
from ytterby.screening.entry import EntrySchema
from ytterby.screening.folding import FoldedName, fold_name
from ytterby.screening.group import Group
from ytterby.screening.name_index import (
    IS_ABJAD,
    IS_BODY,
    IS_HAN,
    IS_PERSON,
    IS_READ,
    IS_WEAK,
    NameIndex,
    han_pairs,
)
from ytterby.screening.name_tables import NameTables
from ytterby.screening.pinyin import is_pinyin
from ytterby.screening.postings import find_names, written_for_keys
from ytterby.screening.rarity import ONE, Rarity
from ytterby.screening.repair import Repair
from ytterby.screening.score import SCORE_DIGITS, ScoreRule, add_up, score, score_pairs
from ytterby.screening.scoring_rules import Scoring
from ytterby.screening.sound import hear
from ytterby.screening.trace import HanTrace, Trace, Traced, WordTrace

Fold = Callable[[str, bool], FoldedName]
CANDIDATES = 20
HITS_MOST = 20
WORDS_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry whose best name is like the query: `bearer` and `name` are places in the index."""

    bearer: int
    name: int
    score: float
    group: Group
    traced: Traced = field(compare=False, repr=False)
    row: int = field(compare=False, repr=False)

    def trace(self) -> Trace:
        """Return how the score came about."""
        return self.traced.trace(self.row)


@dataclass(frozen=True, slots=True)
class Scored:
    """Records and their scores, and how they came about."""

    records: np.ndarray
    scores: np.ndarray
    group: Group
    traced: Traced


class Screener:
    """Screens names against one index, by one rarity and one scoring; what it keeps in memory is bounded."""

    def __init__(
        self, index: NameIndex, tables: NameTables, rarity: Rarity, scoring: Scoring, second: Fold | None = None
    ) -> None:
        """Take what to search, and where there is one a second opinion on how a queried name reads."""
        self._second = second
        self.index, self.tables, self.rarity, self.scoring = index, tables, rarity, scoring
        self._repair = Repair(tables, rarity.knows)
        bits = np.asarray(index.bits)
        self._persons = (bits & IS_PERSON > 0) & (bits & IS_HAN == 0)
        self._bodies = (bits & IS_BODY > 0) & (bits & IS_HAN == 0)
        self._han_persons = (bits & IS_PERSON > 0) & (bits & IS_HAN > 0)
        self._han_bodies = (bits & IS_BODY > 0) & (bits & IS_HAN > 0)
        self._has_han = np.zeros(len(index.keys), dtype=bool)
        self._has_han[index.bearers[index.names[bits & IS_HAN > 0]]] = True
        self._listed: dict[int, tuple[str, float, bool]] = {}

    @property
    def version(self) -> str:
        """The version of the scorer, and whether a second opinion was asked."""
        return self.scoring.version if self._second is None else f"{self.scoring.version}+second"

    def screen(self, name: str, schema: EntrySchema) -> list[Hit]:
        """Return the entries whose names are like this one, best first, at most 20.

        Of a schema that says neither, the name is taken for a person's and for a body's.
        """
        scores: dict[int, Hit] = {}
        if schema is not EntrySchema.PERSON:
            self._screen_as(name, scores, is_person=False)
        if schema in (EntrySchema.PERSON, EntrySchema.LEGAL_ENTITY):
            self._screen_as(name, scores, is_person=True)
        keys = self.index.keys
        return sorted(scores.values(), key=lambda hit: (-hit.score, keys.raw(hit.bearer)))[:HITS_MOST]

    def fold(self, name: str, *, is_person: bool) -> FoldedName:
        """Return what is compared of a queried name."""
        return fold_name(name, self.tables, is_person=is_person, repair=self._repair)

    def _screen_as(self, name: str, scores: dict[int, Hit], *, is_person: bool) -> None:
        folded = self.fold(name, is_person=is_person)
        self._screen_folded(folded, scores, is_person=is_person)
        if self._second is not None and (other := self._second(name, is_person)).words != folded.words:
            self._screen_folded(other, scores, is_person=is_person)

    def _screen_folded(self, folded: FoldedName, scores: dict[int, Hit], *, is_person: bool) -> None:
        group = Group.PERSON if is_person else Group.HAN if folded.han else Group.BODY
        if folded.words and (found := self.score_words(folded, is_person=is_person)):
            self._keep(scores, found, group, is_read=folded.is_read)
        if folded.han and (found := self.score_han(folded.han, is_person=is_person)):
            self._keep(scores, found, group, is_read=False)

    def _keep(self, kept: dict[int, Hit], found: Scored, group: Group, *, is_read: bool) -> None:
        """Keep of each entry its best name; a weak one counts less, and so does a reading of Han."""
        names = self.index.names[found.records]
        bits = self.index.bits[found.records]
        own = np.where(bits & IS_WEAK > 0, self.scoring.weak, 1.0)
        if is_read:
            # Who is listed in Han is compared in Han: a reading of it says nothing more.
            own = np.where(self._has_han[self.index.bearers[names]], 0.0, own * self.scoring.read)
        else:
            own = np.where(bits & IS_READ > 0, own * self.scoring.read, own)
        power = self.scoring.rules[group].power
        raised = power / self.scoring.rules[found.group].power
        # On the scale of the query's group: words of a reading are scored as those of a body, and judged as Han.
        values = (np.power(found.scores, raised) * np.power(own, power)).round(SCORE_DIGITS).tolist()
        bearers = self.index.bearers[names].tolist()
        for row, (bearer, name, value) in enumerate(zip(bearers, names.tolist(), values, strict=True)):
            before = kept.get(bearer)
            if value > 0.0 and (before is None or (value, -name) > (before.score, -before.name)):
                kept[bearer] = Hit(bearer, name, value, group, found.traced, row)

    # Words

    def side(self, folded: FoldedName, rule: ScoreRule, *, is_person: bool) -> Side:
        """Return a query's words with their weights."""
        weights = [self._weight(word, rule) for word in folded.words]
        known = [self.rarity.knows(word) for word in folded.words]
        pinyin = [not is_person and is_pinyin(word, self.tables.syllables) for word in folded.words]
        return Side(folded.words, np.array(weights), np.array(known), np.array(pinyin), folded.is_abjad)

    def _weight(self, word: str, rule: ScoreRule) -> float:
        return rule.floor + (1.0 - rule.floor) * self._capped(word, self.rarity.weight(word) / ONE)

    def _capped(self, word: str, weight: float) -> float:
        """Return the weight of a word: of places and words of the trade not more than their limit.

        They tell one firm from another less than lists say, which name few of the firms that bear them.
        """
        if word in self.tables.common_words:
            return min(weight, self.scoring.common_words)
        return min(weight, self.scoring.common_pairs) if word in self.tables.common_pairs else weight

    def score_words(self, folded: FoldedName, *, is_person: bool) -> Scored | None:
        """Return candidate records for words and their scores; None without any."""
        bones = [hear(word).skeleton for word in folded.words] if folded.is_abjad else ()
        written = written_for_keys(() if folded.is_abjad else folded.words, bones)
        wanted = self._persons if is_person else self._bodies
        records = find_names(self.index.postings, written, self.index.lengths, wanted, most=CANDIDATES)
        if not len(records):
            return None
        group = Group.PERSON if is_person else Group.BODY
        rule = self.scoring.rules[group]
        side = self.side(folded, rule, is_person=is_person)
        others = self.others(records, rule, is_person=is_person)
        alignment = align(side, others, self.scoring.likeness[group])
        scores = score(add_up(alignment, side, others.weights), rule)
        return Scored(records, scores, group, WordTrace(side, others, alignment))

    def others(self, records: np.ndarray, rule: ScoreRule, *, is_person: bool) -> Others:
        """Return the words of records with their weights, to be aligned."""
        index = self.index
        starts = index.starts[records]
        lengths = index.starts[records + 1] - starts
        before = np.cumsum(lengths) - lengths
        flat = index.words[np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))]
        places, columns = np.unique(flat, return_inverse=True)
        listed = [self._word(place) for place in places.tolist()]
        values = rule.floor + (1.0 - rule.floor) * np.array([value for _, value, _ in listed])
        is_there = np.arange(int(lengths.max()))[None, :] < lengths[:, None]
        words = np.full(is_there.shape, -1, dtype=np.int64)
        weights = np.zeros(is_there.shape)
        words[is_there] = columns
        weights[is_there] = values[columns]
        abjad = index.bits[records] & IS_ABJAD > 0
        pinyin = np.array([is_syllables and not is_person for _, _, is_syllables in listed])
        return Others([text for text, _, _ in listed], words, weights, abjad, pinyin)

    def _word(self, place: int) -> tuple[str, float, bool]:
        found = self._listed.get(place)
        if found is None:
            if len(self._listed) >= WORDS_REMEMBERED:
                self._listed.clear()
            text = self.index.vocabulary.texts[place]
            weight = self._capped(text, int(self.index.weights[place]) / ONE)
            found = (text, weight, is_pinyin(text, self.tables.syllables))
            self._listed[place] = found
        return found

    # Han

    def score_han(self, han: str, *, is_person: bool) -> Scored | None:
        """Return candidate records for Han characters and their scores; None without any."""
        pairs = han_pairs(han)
        wanted = self._han_persons if is_person else self._han_bodies
        written = written_for_keys(pairs)
        records = find_names(self.index.postings, written, self.index.lengths, wanted, most=CANDIDATES)
        if not len(records):
            return None
        rule = self.scoring.rules[Group.HAN]
        query = {pair: self._weight(pair, rule) for pair in pairs}
        listed = []
        for record in records.tolist():
            words = [self._word(place) for place in self.index.words_of(record)]
            listed.append({text: rule.floor + (1.0 - rule.floor) * value for text, value, _ in words})
        scores = np.array([score_pairs(query, one, rule) for one in listed])
        return Scored(records, scores, Group.HAN, HanTrace(query, listed))
