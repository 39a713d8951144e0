"""Screens a name against an index of names: candidates, alignment, score, and the best name of each entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ytterby.screening.alignment import Likeness, Others, Side, align
from ytterby.screening.entry import EntrySchema
from ytterby.screening.folding import FoldedName, fold_name
from ytterby.screening.name_index import (
    IS_ABJAD,
    IS_BODY,
    IS_HAN,
    IS_PERSON,
    IS_WEAK,
    NameIndex,
    han_pairs,
    word_weight,
)
from ytterby.screening.name_tables import NameTables
from ytterby.screening.pinyin import is_pinyin
from ytterby.screening.postings import find_names, written_for_keys
from ytterby.screening.rarity import ONE, Rarity
from ytterby.screening.repair import Repair
from ytterby.screening.score import ScoreRule, add_up, score, score_pairs
from ytterby.screening.sound import hear

CANDIDATES = 24
HITS_MOST = 20
WORDS_REMEMBERED = 200_000


class Group(StrEnum):
    """What a query is, and so by which rule and threshold it is judged."""

    PERSON = "person"
    BODY = "body"
    HAN = "han"


@dataclass(frozen=True, slots=True)
class Scoring:
    """How names are scored: rules and likeness of each group; `read` and `weak` are factors on the score of a Latin
    reading of Han characters and of a weak name. `version`: of the scorer, `digest`: of the rules.
    """

    rules: Mapping[Group, ScoreRule]
    likeness: Mapping[Group, Likeness]
    read: float
    weak: float
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry whose best name is like the query: `bearer` and `name` are places in the index."""

    bearer: int
    name: int
    score: float
    group: Group
    record: int


class Screener:
    """Screens names against one index, by one rarity and one scoring; what it keeps in memory is bounded."""

    def __init__(self, index: NameIndex, tables: NameTables, rarity: Rarity, scoring: Scoring) -> None:
        self.index, self.tables, self.rarity, self.scoring = index, tables, rarity, scoring
        self._repair = Repair(tables, rarity.knows)
        self._common = frozenset(word for words in tables.han_words.values() for word in words)
        bits = np.asarray(index.bits)
        self._persons = (bits & IS_PERSON > 0) & (bits & IS_HAN == 0)
        self._bodies = (bits & IS_BODY > 0) & (bits & IS_HAN == 0)
        self._han_persons = (bits & IS_PERSON > 0) & (bits & IS_HAN > 0)
        self._han_bodies = (bits & IS_BODY > 0) & (bits & IS_HAN > 0)
        self._listed: dict[int, tuple[str, float, bool]] = {}

    def screen(self, name: str, schema: EntrySchema) -> list[Hit]:
        """Return the entries whose names are like this one, best first, at most 20."""
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
        group = Group.PERSON if is_person else Group.HAN if folded.han else Group.BODY
        if folded.words:
            records, found = self.score_words(folded, is_person=is_person)
            if folded.is_read:
                found = (found * self.scoring.read).round(4)
            self._keep(scores, records, found, group)
        if folded.han:
            records, found = self.score_han(folded.han, is_person=is_person)
            self._keep(scores, records, found, group)

    def _keep(self, scores: dict[int, Hit], records: np.ndarray, found: np.ndarray, group: Group) -> None:
        """Keep of each entry its best name; a weak one counts less."""
        names = self.index.names[records]
        weak = self.index.bits[records] & IS_WEAK > 0
        if weak.any():
            found = np.where(weak, (found * self.scoring.weak).round(4), found)
        bearers = self.index.bearers[names].tolist()
        for record, bearer, own, value in zip(records.tolist(), bearers, names.tolist(), found.tolist(), strict=True):
            before = scores.get(bearer)
            if value > 0.0 and (before is None or (value, -own) > (before.score, -before.name)):
                scores[bearer] = Hit(bearer, own, value, group, record)

    # Words

    def side(self, folded: FoldedName, rule: ScoreRule, *, is_person: bool) -> Side:
        """Return a query's words with their weights."""
        weights = [self._weight(word, rule) for word in folded.words]
        known = [self.rarity.knows(word) for word in folded.words]
        pinyin = [not is_person and is_pinyin(word, self.tables.syllables) for word in folded.words]
        return Side(folded.words, np.array(weights), np.array(known), np.array(pinyin), folded.is_abjad)

    def _weight(self, word: str, rule: ScoreRule) -> float:
        return rule.floor + (1.0 - rule.floor) * word_weight(word, self.rarity, self._common) / ONE

    def score_words(self, folded: FoldedName, *, is_person: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return candidate records for words and their scores."""
        bones = [hear(word).skeleton for word in folded.words]
        written = written_for_keys(() if folded.is_abjad else folded.words, bones if folded.is_abjad else ())
        wanted = self._persons if is_person else self._bodies
        records = find_names(self.index.postings, written, self.index.lengths, wanted, most=CANDIDATES)
        if not len(records):
            return records, np.zeros(0)
        group = Group.PERSON if is_person else Group.BODY
        rule = self.scoring.rules[group]
        side = self.side(folded, rule, is_person=is_person)
        others = self.others(records, rule, is_person=is_person)
        alignment = align(side, others, self.scoring.likeness[group])
        return records, score(add_up(alignment, side, others.weights), rule)

    def others(self, records: np.ndarray, rule: ScoreRule, *, is_person: bool) -> Others:
        """Return the words of records with their weights, to be aligned."""
        index = self.index
        rows = [index.words_of(record) for record in records.tolist()]
        width = max(map(len, rows))
        words = np.full((len(rows), width), -1, dtype=np.int64)
        weights = np.zeros((len(rows), width))
        column: dict[int, int] = {}
        spelled: list[str] = []
        pinyin: list[bool] = []
        values: list[float] = []
        for row, places in enumerate(rows):
            for at, place in enumerate(places):
                found = column.get(place)
                if found is None:
                    found = column[place] = len(spelled)
                    text, value, is_syllables = self._word(place)
                    spelled.append(text)
                    values.append(rule.floor + (1.0 - rule.floor) * value)
                    pinyin.append(is_syllables and not is_person)
                words[row, at] = found
                weights[row, at] = values[found]
        abjad = index.bits[records] & IS_ABJAD > 0
        return Others(spelled, words, weights, abjad, np.array(pinyin))

    def _word(self, place: int) -> tuple[str, float, bool]:
        found = self._listed.get(place)
        if found is None:
            if len(self._listed) >= WORDS_REMEMBERED:
                self._listed.clear()
            text = self.index.vocabulary.texts[place]
            found = (text, int(self.index.weights[place]) / ONE, is_pinyin(text, self.tables.syllables))
            self._listed[place] = found
        return found

    # Han

    def score_han(self, han: str, *, is_person: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return candidate records for Han characters and their scores."""
        pairs = han_pairs(han)
        wanted = self._han_persons if is_person else self._han_bodies
        written = written_for_keys(pairs)
        records = find_names(self.index.postings, written, self.index.lengths, wanted, most=CANDIDATES)
        rule = self.scoring.rules[Group.HAN]
        query = {pair: self._weight(pair, rule) for pair in pairs}
        found = np.zeros(len(records))
        for row, record in enumerate(records.tolist()):
            listed = {}
            for place in self.index.words_of(record):
                text, value, _ = self._word(place)
                listed[text] = rule.floor + (1.0 - rule.floor) * value
            found[row] = score_pairs(query, listed, rule)
        return records, found
