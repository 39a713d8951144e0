"""Whether parties may be dealt with as far as lists tell: passed, alerts, or not checked, with the reasons.

It fails closed (threat D6): where a list that must be screened against is missing, stale or held back, where a party
was not screened in the version that stands now or against the lists that stand now, the answer is *not checked*,
whatever else was found. Hits that people cleared are suppressed, and counted; whatever else hit is an alert. Nothing
here says that a party is listed: that is an opinion of people (`disposition`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ytterby.screening.disposition import Disposition, Outcome
from ytterby.screening.hit import Band, Hit
from ytterby.screening.screened_party import ScreenedParty, party_digest


class Answer(StrEnum):
    """What `check` answers."""

    PASSED = "passed"
    ALERTS = "alerts"
    NOT_CHECKED = "not_checked"


class Gap(StrEnum):
    """Why a party counts as not checked."""

    NO_PARTIES = "no_parties"
    NO_LISTS = "no_lists"  # no list must be screened against: nothing was checked
    LIST_MISSING = "list_missing"
    LIST_STALE = "list_stale"
    NOT_SCREENED = "not_screened"
    PARTY_CHANGED = "party_changed"
    LIST_CHANGED = "list_changed"
    SCREENED_TOO_LONG_AGO = "screened_too_long_ago"


@dataclass(frozen=True, slots=True)
class ListStanding:
    """A list that must be screened against: the digest of its snapshot in force, None where it has none."""

    list: str
    snapshot: str | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Screening:
    """What the last screening of one party found: its version, the snapshots by list, how old it is, and the hits."""

    party_digest: str
    snapshots: Mapping[str, str]
    age_hours: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason for `not_checked`: which gap, of which party or list."""

    gap: Gap
    party: str = ""
    list: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The answer with its reasons: what is missing, which hits stand, which were suppressed by a clearance."""

    answer: Answer
    missing: tuple[Missing, ...]
    alerts: tuple[Hit, ...]
    suppressed: tuple[Hit, ...]
    reviews: tuple[Hit, ...]


def check(
    parties: Sequence[ScreenedParty],
    lists: Sequence[ListStanding],
    screened: Mapping[str, Screening],
    dispositions: Mapping[str, Disposition],
    *,
    on: date,
    hours_most: int | None = None,
    with_review: bool = False,
) -> Check:
    """Return whether these parties (with their owners, as the caller names them) may be dealt with.

    `screened` by party, `dispositions` by number of the hit. Hits of the band `review` are alerts only `with_review`,
    which goods that ask for it set; else they are named apart. `hours_most`: how old the last screening may be.
    """
    missing = [*_list_gaps(lists), *([] if parties else [Missing(Gap.NO_PARTIES)])]
    for party in parties:
        missing += _party_gaps(party, lists, screened.get(party.id), hours_most)
    hits = [hit for party in parties if party.id in screened for hit in screened[party.id].hits]
    hits = list({hit.number: hit for hit in hits}.values())
    cleared = {hit.number for hit in hits if _is_cleared(dispositions.get(hit.number), on)}
    standing = [hit for hit in hits if hit.number not in cleared]
    alerts = [hit for hit in standing if with_review or _must_be_disposed(hit, dispositions)]
    chosen = {hit.number for hit in alerts}
    answer = Answer.NOT_CHECKED if missing else Answer.ALERTS if alerts else Answer.PASSED
    return Check(
        answer=answer,
        missing=tuple(missing),
        alerts=_ranked(alerts),
        suppressed=_ranked(hit for hit in hits if hit.number in cleared),
        reviews=_ranked(hit for hit in standing if hit.number not in chosen),
    )


def _list_gaps(lists: Sequence[ListStanding]) -> Iterable[Missing]:
    if not lists:
        yield Missing(Gap.NO_LISTS)
    for one in lists:
        if one.snapshot is None:
            yield Missing(Gap.LIST_MISSING, list=one.list)
        elif one.is_stale:
            yield Missing(Gap.LIST_STALE, list=one.list)


def _party_gaps(
    party: ScreenedParty, lists: Sequence[ListStanding], found: Screening | None, hours_most: int | None
) -> Iterable[Missing]:
    if found is None:
        yield Missing(Gap.NOT_SCREENED, party.id)
        return
    if found.party_digest != party_digest(party):
        yield Missing(Gap.PARTY_CHANGED, party.id)
    for one in lists:
        if one.snapshot is not None and found.snapshots.get(one.list) != one.snapshot:
            yield Missing(Gap.LIST_CHANGED, party.id, one.list)
    if hours_most is not None and found.age_hours > hours_most:
        yield Missing(Gap.SCREENED_TOO_LONG_AGO, party.id)


def _is_cleared(disposition: Disposition | None, on: date) -> bool:
    return disposition is not None and disposition.outcome(on) is Outcome.CLEARED


def _must_be_disposed(hit: Hit, dispositions: Mapping[str, Disposition]) -> bool:
    """Tell whether a hit stands in the way: an alert, or one of the review band of which somebody said something."""
    return hit.band is Band.ALERT or bool(dispositions.get(hit.number, Disposition()).opinions)


def _ranked(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.party, hit.list, hit.entry)))
