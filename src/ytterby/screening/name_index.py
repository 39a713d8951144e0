"""All names of lists, or of parties, folded once and ready to be searched, as plain arrays.

A *record* is what is compared: the words of a name in Latin letters, or its Han characters two by two. A name with Han
characters has both. Records stand in the order of what they say, so that the order of entries changes nothing.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise

import numpy as np

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.folding import FoldedName, fold_name
from ytterby.screening.name_tables import NameTables
from ytterby.screening.postings import NO_POSTINGS, Postings, build_postings, written_for_keys
from ytterby.screening.rarity import Rarity, make_rarity
from ytterby.screening.sound import skeleton_of, sound_of
from ytterby.screening.word_list import TextArray, WordList

CHUNK = 100_000
LENGTH_MAX = 32_000
# Bits of a record.
IS_HAN, IS_ABJAD, IS_READ, IS_WEAK, IS_PERSON, IS_BODY = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True, slots=True)
class Bearer:
    """One that bears names: an entry of a list or a party. `key` is unique among all, `list` of which list it is."""

    key: str
    list: str
    schema: EntrySchema
    names: tuple[tuple[str, NameKind], ...]


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Names ready to be searched. Per bearer: `keys`, `lists`; per name: `texts`, `bearers`, `kinds`; per record:
    `names`, `bits`, `lengths`, and its words `words[starts[r] : starts[r + 1]]`; per word: `vocabulary`, `weights`.

    `digest` is of what was indexed, `rarity_digest` and `tables_digest` of what it was indexed with.
    """

    keys: TextArray
    lists: TextArray
    texts: TextArray
    bearers: np.ndarray
    kinds: np.ndarray
    names: np.ndarray
    bits: np.ndarray
    lengths: np.ndarray
    starts: np.ndarray
    words: np.ndarray
    vocabulary: WordList
    weights: np.ndarray
    postings: Postings
    digest: str
    rarity_digest: str
    tables_digest: str

    def words_of(self, record: int) -> list[int]:
        """Return the places of a record's words in the vocabulary."""
        found: list[int] = self.words[self.starts[record] : self.starts[record + 1]].tolist()
        return found


def han_pairs(han: str) -> tuple[str, ...]:
    """Return Han characters two by two, with marks of their ends: what is compared of a name in Han."""
    marked = f"<{han}>"
    return tuple(marked[place : place + 2] for place in range(len(marked) - 1))


def records_of(folded: FoldedName) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Return the records of a name: bits and words."""
    if folded.words:
        yield IS_ABJAD * folded.is_abjad | IS_READ * folded.is_read, folded.words
    if folded.han:
        yield IS_HAN, han_pairs(folded.han)


def schema_bits(schema: EntrySchema) -> int:
    """Return whether one of this schema may be a person, a body, or either."""
    if schema is EntrySchema.PERSON:
        return IS_PERSON
    return IS_PERSON | IS_BODY if schema is EntrySchema.LEGAL_ENTITY else IS_BODY


@dataclass(slots=True)
class _Folded:
    """Records as they are gathered: words by the order in which they were first met, and how many bearers have each."""

    place_of: dict[str, int] = field(default_factory=dict)
    counts: "array[int]" = field(default_factory=lambda: array("i"))
    names: "array[int]" = field(default_factory=lambda: array("i"))
    bits: "array[int]" = field(default_factory=lambda: array("B"))
    lengths: "array[int]" = field(default_factory=lambda: array("h"))
    starts: "array[int]" = field(default_factory=lambda: array("q", [0]))
    words: "array[int]" = field(default_factory=lambda: array("i"))

    def gather(self, bearers: Iterable[Bearer], tables: NameTables) -> int:
        """Fold the names of bearers, and return how many bearers there are."""
        name = total = 0
        for bearer in bearers:
            is_person = bearer.schema is EntrySchema.PERSON
            bits = schema_bits(bearer.schema)
            said: set[int] = set()
            for text, kind in bearer.names:
                weak = IS_WEAK if kind is NameKind.WEAK else 0
                for own, words in records_of(fold_name(text, tables, is_person=is_person)):
                    places = [self._place(word) for word in words]
                    self._keep(name, bits | weak | own, words, places)
                    said.update(places)
                name += 1
            for place in said:
                self.counts[place] += 1
            total += 1
        return total

    def _place(self, word: str) -> int:
        place = self.place_of.get(word)
        if place is None:
            place = self.place_of[word] = len(self.place_of)
            self.counts.append(0)
        return place

    def _keep(self, name: int, bits: int, words: Sequence[str], places: Sequence[int]) -> None:
        self.names.append(name)
        self.bits.append(bits)
        self.lengths.append(min(sum(map(len, words)), LENGTH_MAX))
        self.words.extend(places)
        self.starts.append(len(self.words))

    def rarity(self, total: int, beside: Iterable[Bearer], tables: NameTables) -> Rarity:
        """Return how rare words are among these bearers and others, whose words are counted and not kept."""
        counts = Counter(dict(zip(self.place_of, self.counts, strict=True)))
        for bearer in beside:
            is_person = bearer.schema is EntrySchema.PERSON
            folded = (fold_name(text, tables, is_person=is_person) for text, _ in bearer.names)
            counts.update({word for name in folded for _, words in records_of(name) for word in words})
            total += 1
        return make_rarity(counts, total)


def build_index(
    bearers: Iterable[Bearer], tables: NameTables, rarity: Rarity | None = None, *, beside: Iterable[Bearer] = ()
) -> tuple[NameIndex, Rarity]:
    """Return the index of all names of these bearers, and the rarity it was weighed by.

    Where no rarity is given it is that of these bearers and of those `beside` them, who are counted and not indexed.
    Who may be a person or a body is folded as a body.

    Raises:
        ValueError: two bearers have one key.
    """
    ordered = sorted(bearers, key=lambda one: one.key)
    if any(one.key == other.key for one, other in pairwise(ordered)):
        raise ValueError("two bearers have one key")
    folded = _Folded()
    total = folded.gather(ordered, tables)
    rarity = folded.rarity(total, beside, tables) if rarity is None else rarity
    spelled = sorted(folded.place_of, key=lambda word: word.encode("utf-8", "surrogatepass"))
    in_order = np.empty(len(spelled), dtype=np.int32)
    for place, word in enumerate(spelled):
        in_order[folded.place_of[word]] = place
    name_counts = np.fromiter((len(one.names) for one in ordered), np.int64, len(ordered))
    index = NameIndex(
        keys=TextArray.of(one.key for one in ordered),
        lists=TextArray.of(one.list for one in ordered),
        texts=TextArray.of(text for one in ordered for text, _ in one.names),
        bearers=np.repeat(np.arange(len(ordered), dtype=np.int32), name_counts),
        kinds=np.array([_KINDS[kind] for one in ordered for _, kind in one.names], dtype=np.uint8),
        names=np.frombuffer(folded.names, dtype=np.int32),
        bits=np.frombuffer(folded.bits, dtype=np.uint8),
        lengths=np.frombuffer(folded.lengths, dtype=np.int16),
        starts=np.frombuffer(folded.starts, dtype=np.int64),
        words=in_order[np.frombuffer(folded.words, dtype=np.int32)],
        vocabulary=WordList.of(spelled),
        weights=np.zeros(0, dtype=np.int16),
        postings=NO_POSTINGS,
        digest=_digest(ordered),
        rarity_digest="",
        tables_digest=tables.digest,
    )
    index = replace(index, postings=build_postings(_chunks_of(index, spelled)))
    return weigh(index, rarity), rarity


_KINDS = {kind: place for place, kind in enumerate(NameKind)}
KINDS = tuple(NameKind)


def _chunks_of(index: NameIndex, spelled: Sequence[str]) -> Callable[[], Iterator[list[str]]]:
    """Return how to go through an index's records as they are written for keys."""
    bones = [skeleton_of(sound_of(word)) for word in spelled]

    def chunks() -> Iterator[list[str]]:
        for start in range(0, len(index.names), CHUNK):
            stop = min(start + CHUNK, len(index.names))
            yield [_written(index, record, spelled, bones) for record in range(start, stop)]

    return chunks


def _written(index: NameIndex, record: int, spelled: Sequence[str], bones: Sequence[str]) -> str:
    words = index.words_of(record)
    if index.bits[record] & IS_HAN:
        return written_for_keys([spelled[place] for place in words])
    return written_for_keys([spelled[place] for place in words], [bones[place] for place in words])


def weigh(index: NameIndex, rarity: Rarity) -> NameIndex:
    """Return the index with its words weighed by a rarity; nothing is folded again."""
    texts = index.vocabulary.texts
    weights = np.fromiter((rarity.weight(texts[place]) for place in range(len(texts))), np.int16, len(texts))
    return replace(index, weights=weights, rarity_digest=rarity.digest)


def _digest(ordered: Sequence[Bearer]) -> str:
    whole = sha256(b"ytterby/names/index/v1\x00")
    for one in ordered:
        said = "\x00".join(
            (one.key, one.list, one.schema.value, *(f"{kind.value}\x01{text}" for text, kind in one.names))
        )
        whole.update(sha256(said.encode("utf-8", "surrogatepass")).digest())
    return whole.hexdigest()
