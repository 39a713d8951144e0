"""Screening as it is known: parties in the version that is screened, whether they pass, hits and what was said of them.

Who may read: licensing bodies, auditors and the register's operator. Nobody else: an applicant is never told that a
name was found on a list, and what depends on it says the same either way (threats A5, C7). Of a hit somebody reads the
opinions of others only after giving one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256

from ytterby.chain.party import OPERATOR, Party
from ytterby.screening.check import Check, ListStanding, Screening, check
from ytterby.screening.disposition import Disposition, Opinion, Outcome
from ytterby.screening.entry import EntrySchema
from ytterby.screening.hit import Hit
from ytterby.screening.ownership import latest_stakes
from ytterby.screening.run import screenings_of
from ytterby.screening.screened_party import ScreenedParty
from ytterby.shell.site.register import current_register
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.owners import declared_stakes
from ytterby.shell.store.reading.screening_lists import (
    ListInForce,
    ScreenedList,
    lists_in_force,
    reads_lists,
    screened_lists,
)
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, Viewer
from ytterby.shell.store.rights import KINDS as RIGHTS_KINDS
from ytterby.shell.store.screening_lists import LIST_KINDS, snapshots_there
from ytterby.shell.store.screenings import OFFICES, Screenings, kept_screenings, stored_screenings

READERS = frozenset({AUDIT, LICENSING})
# The age of screenings decides nothing in a list of hits.
NOON = time(12)
PARTY = "party"
REGISTERED_KEPT, DIGESTS_KEPT = 2, 8
_digests = Kept[Mapping[str, str]](DIGESTS_KEPT)


def reads_screening(viewer: Viewer) -> bool:
    """Tell whether anything about hits exists for a viewer."""
    return viewer.party == OPERATOR or bool(viewer.mandates & READERS)


def judges_hits(viewer: Viewer) -> bool:
    """Tell whether people of a viewer may dispose of hits."""
    return viewer.party == OPERATOR or bool(viewer.mandates & OFFICES)


@dataclass(frozen=True, slots=True)
class Registered:
    """A party as it is screened, and the number in the log of the version that stands."""

    party: ScreenedParty
    index: int


_registered = Kept[dict[str, Registered]](REGISTERED_KEPT)


@dataclass(frozen=True, slots=True)
class Alert:
    """A hit with where it stands on a day, how many people have spoken, and whether it is still found.

    `opinions` are those that the reader may see.
    """

    hit: Hit
    outcome: Outcome
    given: int
    is_found: bool
    cleared_until: date | None
    opinions: tuple[Opinion, ...] = ()


def screened_party(viewer: Viewer, party: Party) -> ScreenedParty:
    """Return a registered party as it is screened: under every name that the register knows."""
    del viewer  # who does not screen was given no party
    names = (party.name, party.name_zh, *party.also)
    return ScreenedParty(
        id=party.id,
        schema=EntrySchema.PERSON if party.is_person else EntrySchema.ORGANIZATION,
        names=tuple(dict.fromkeys(name for name in names if name)),
        countries=(party.country,) if party.country else (),
        identifiers=party.identifiers,
        addresses=party.addresses,
        born=party.born,
    )


def registered_parties(viewer: Viewer, known: Known) -> dict[str, Registered]:
    """Return all parties as they are screened, by identifier; nothing to whoever does not screen."""
    if not reads_screening(viewer):
        return {}

    def read() -> dict[str, Registered]:
        rows = Registration.objects.filter(kind=PARTY, log_index__lt=known.size).order_by("log_index")
        index = dict(rows.values_list("key", "log_index"))
        parties = whole_directory(viewer, known).parties
        among = ((id_, one) for id_, one in parties.items() if id_ in index)
        return {id_: Registered(screened_party(viewer, one), index[id_]) for id_, one in among}

    return kept_by(_registered, (PARTY,), known.size, read)


def with_owners(viewer: Viewer, known: Known, parties: Iterable[str], on: date) -> tuple[str, ...]:
    """Return these parties with all who hold a stake in them, directly or through others, in order of being met."""
    owners: dict[str, list[str]] = {}
    for stake in latest_stakes(declared_stakes(viewer, known=known), on):
        if stake.hi > 0:
            owners.setdefault(stake.owned, []).append(stake.owner)
    found, waiting = dict.fromkeys(parties), list(dict.fromkeys(parties))
    while waiting:
        for owner in sorted(owners.get(waiting.pop(), ())):
            if owner not in found:
                found[owner] = None
                waiting.append(owner)
    return tuple(found)


def check_parties(
    viewer: Viewer,
    known: Known,
    parties: Sequence[str],
    at: datetime,
    *,
    hours_most: int | None = None,
    with_review: bool = False,
    with_rows: bool = False,
) -> Check:
    """Return whether parties and their owners may be dealt with as far as lists tell.

    An owner who is not registered has not been screened, so nobody whom it owns passes. `with_rows`: lists whose rows
    are gone since the screening are missing, which is asked before a licence and before goods leave (threat D6).

    Raises:
        PermissionError: the viewer does not screen; an answer without hits would clear everybody.
    """
    if not reads_screening(viewer):
        raise PermissionError("screening is read by those who screen")
    found = kept_screenings(current_register(), known.size)
    registered = registered_parties(viewer, known)
    wanted = with_owners(viewer, known, parties, at.date())
    chosen = [registered[id_].party if id_ in registered else _stranger(id_) for id_ in wanted]
    return check(
        chosen,
        _standings(viewer, known, at, with_rows=with_rows),
        _screened(found, [registered[id_] for id_ in wanted if id_ in registered], at),
        found.dispositions,
        on=at.date(),
        hours_most=hours_most,
        with_review=with_review,
    )


def _stranger(id_: str) -> ScreenedParty:
    return ScreenedParty(id_, EntrySchema.LEGAL_ENTITY, (id_,))


def _screened(found: Screenings, parties: Iterable[Registered], at: datetime) -> dict[str, Screening]:
    return screenings_of(((one.party, one.index) for one in parties), found.runs, at)


def _standings(viewer: Viewer, known: Known, at: datetime, *, with_rows: bool) -> list[ListStanding]:
    """Return the lists that must be screened against, and those that are there beside them."""
    lists = lists_in_force(viewer, known, at)
    try:
        digests = digests_of_lists(viewer, known)
    except LookupError:
        digests = {}  # nobody is cleared by a list that cannot be read
    lost = _lost(lists) if with_rows else frozenset()
    return [
        ListStanding(
            one.list_id,
            None if one.list_id in lost else digests.get(one.list_id),
            one.keeps_from_checking or one.is_stale,
        )
        for one in lists
    ]


def _lost(lists: Iterable[ListInForce]) -> frozenset[str]:
    """Return the lists that have entries and no rows of them."""
    wanted = {one.list_id: one.snapshot.snapshot for one in lists if one.snapshot is not None and one.snapshot.entries}
    there = snapshots_there(set(wanted.values()))
    return frozenset(list_id for list_id, snapshot in wanted.items() if snapshot not in there)


def digests_of_lists(viewer: Viewer, known: Known) -> Mapping[str, str]:
    """Return the digests of all lists that are screened as known at a log size; read anew only where one changed.

    Raises:
        PermissionError: the viewer may not read lists.
        LookupError: a snapshot in force cannot be read.
    """
    if not reads_lists(viewer):
        raise PermissionError("lists are read by those who screen")

    def read() -> Mapping[str, str]:
        return list_digests(viewer, screened_lists(viewer, known))

    return kept_by(_digests, (*LIST_KINDS, *RIGHTS_KINDS), known.size, read)


def list_digests(viewer: Viewer, lists: Iterable[ScreenedList]) -> Mapping[str, str]:
    """Return by list the digest (hex, SHA-256) of what is screened of it: what is in force, and what vanished."""
    del viewer  # who may not read lists was given none
    found = {}
    for one in lists:
        lines = sorted(f"{id_}\x00{digest}\n" for id_, digest in one.members.items())
        found[one.list_id] = sha256(b"ytterby/screened-list/v1\x00" + "".join(lines).encode()).hexdigest()
    return found


def list_alerts(viewer: Viewer, known: Known, on: date) -> list[Alert]:
    """Return every hit that some run found, those that wait for somebody first, the strongest first."""
    return sorted(_alerts(viewer, known, on), key=_rank)


def find_alert(viewer: Viewer, known: Known, which: str, on: date, account: str) -> Alert | None:
    """Return the hit whose number begins so, with the opinions that an account may see; None where there is none."""
    found = [one for one in _alerts(viewer, known, on, account) if one.hit.number.startswith(which.lower())]
    return found[0] if len(found) == 1 else None


WAITING = (Outcome.OPEN, Outcome.LAPSED, Outcome.SECOND_WANTED, Outcome.FURTHER_WANTED, Outcome.MATCH, Outcome.CLEARED)


def _rank(one: Alert) -> tuple[bool, int, float, str]:
    return (not one.is_found, WAITING.index(one.outcome), -one.hit.score, one.hit.number)


def _alerts(viewer: Viewer, known: Known, on: date, account: str = "") -> Iterator[Alert]:
    if not reads_screening(viewer):
        return
    found = stored_screenings(current_register(), known.size)
    registered = registered_parties(viewer, known)
    hit_parties = [registered[id_] for id_ in sorted({hit.party for hit in found.hits.values()}) if id_ in registered]
    screened = _screened(found, hit_parties, datetime.combine(on, NOON, tzinfo=UTC))
    current = {hit.number for one in screened.values() if one.party_digest for hit in one.hits}
    for number, hit in found.hits.items():
        said = found.dispositions.get(number, Disposition())
        yield Alert(
            hit=hit,
            outcome=said.outcome(on),
            given=said.given(on),
            is_found=number in current,
            cleared_until=said.cleared_until(on),
            opinions=said.seen_by(account) if account else (),
        )
