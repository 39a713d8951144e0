"""Screens a party under all its names, its identifiers and what else is known of it, and says what came of each.

A record of it pins what it hangs on: digests of the index, of rarity, tables and rules, version of the scorer, id of
the thresholds. The same pins and the same party give the same answer, bit for bit.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.identifier_check import is_identifying, normalise_identifier
from ytterby.screening.name_index import KINDS
from ytterby.screening.scoring_rules import Band, Thresholds
from ytterby.screening.screener import HITS_MOST, Hit, Screener
from ytterby.screening.support import NO_FACTS, Facts, Said, Support, support_of
from ytterby.screening.trace import Trace


@dataclass(frozen=True, slots=True)
class Screened:
    """A party as it is screened: under every name, with identifiers (kind and value) and facts."""

    schema: EntrySchema
    names: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...] = ()
    facts: Facts = NO_FACTS


@dataclass(frozen=True, slots=True)
class Pins:
    """What a screening hangs on."""

    index: str
    rarity: str
    tables: str
    rules: str
    scorer: str
    thresholds: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a party may be. `name`: which of the party's names was like `listed_name`; empty where only an
    identifier says so. `is_short`: one word or consonants only, which always deserves a look.
    """

    key: str
    list: str
    band: Band
    score: float
    name: str
    listed_name: str
    listed_kind: NameKind | None
    identifiers: tuple[tuple[str, str], ...]
    support: Support
    is_short: bool
    hit: Hit | None = field(compare=False, repr=False)

    @property
    def trace(self) -> Trace | None:
        """How its score came about, worked out when it is read; None where only an identifier says so."""
        return None if self.hit is None else self.hit.trace()

    @property
    def rank(self) -> tuple[object, ...]:
        """Where it stands in the queue: identifiers first, then bands, then what else supports it."""
        return (not self.identifiers, _BANDS[self.band], -self.support.balance, -self.score, self.key)


_BANDS = {band: place for place, band in enumerate(Band)}


def screen_party(
    party: Screened,
    screener: Screener,
    thresholds: Thresholds,
    *,
    identifiers: Mapping[tuple[str, str], Sequence[str]],
    facts_of: Callable[[str], Facts],
) -> list[Candidate]:
    """Return the entries that a party may be, best first, at most 20.

    `identifiers`: which keys bear an identifier (`identifier_index`); `facts_of`: what a list says of a key.
    """
    best: dict[str, tuple[Hit, str, bool]] = {}
    for name in party.names:
        folded = screener.fold(name, is_person=party.schema is EntrySchema.PERSON)
        is_short = folded.is_abjad or (len(folded.words) < 2 and len(folded.han) < 3)
        for hit in screener.screen(name, party.schema):
            key = screener.index.keys[hit.bearer]
            if key not in best or hit.score > best[key][0].score:
                best[key] = (hit, name, is_short)
    same = _same_identifiers(party, identifiers)
    found = [
        _candidate(key, best.get(key), same.get(key, ()), party, screener, thresholds, facts_of)
        for key in sorted({*best, *same})
    ]
    return sorted(found, key=lambda one: one.rank)[:HITS_MOST]


def _same_identifiers(
    party: Screened, identifiers: Mapping[tuple[str, str], Sequence[str]]
) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind, value in party.identifiers:
        plain = normalise_identifier(kind, value)
        for key in identifiers.get((kind, plain), ()) if is_identifying(kind, plain) else ():
            found[key] = (*found.get(key, ()), (kind, plain))
    return found


def _candidate(
    key: str,
    best: tuple[Hit, str, bool] | None,
    same: tuple[tuple[str, str], ...],
    party: Screened,
    screener: Screener,
    thresholds: Thresholds,
    facts_of: Callable[[str], Facts],
) -> Candidate:
    support = support_of(party.facts, facts_of(key))
    index = screener.index
    if best is None:
        # Keys stand in order.
        place = bisect_left(index.keys, key)
        return Candidate(key, index.lists[place], Band.ALERT, 0.0, "", "", None, same, support, False, None)
    hit, name, is_short = best
    kind = KINDS[int(index.kinds[hit.name])]
    band = Band.ALERT if same else thresholds.band(hit.group, hit.score)
    if band is Band.ALERT and kind is NameKind.WEAK and not same and not _is_supported(support):
        # A name of low quality never stands alone.
        band = Band.REVIEW
    listed = index.texts[hit.name]
    return Candidate(key, index.lists[hit.bearer], band, hit.score, name, listed, kind, same, support, is_short, hit)


def _is_supported(support: Support) -> bool:
    return Said.SUPPORTS in (support.country, support.born, support.address)


def pins_of(screener: Screener, thresholds: Thresholds) -> Pins:
    """Return what a screening by these hangs on."""
    index, scoring = screener.index, screener.scoring
    version = screener.version
    return Pins(index.digest, screener.rarity.digest, index.tables_digest, scoring.digest, version, thresholds.set_id)
