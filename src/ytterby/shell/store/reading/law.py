"""The law that the register goes by: which packs are in force is a function of the log and of an instant.

In force are the packaged packs and, over them, those that two people activated up to a log size and whose instant has
come; disputes are read as officers settled them up to that size. Without an instant it is the one at which the last
entry of that size was accepted, so that the same log gives the same answer whenever it is asked; whoever asks for now
hands the present instant in. Which day governs a transaction is another question, which the book itself answers.

Who may read: everybody who is signed in. Law is public, and so is who proposed and who confirmed it, by the number of
the account and never by name.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from math import inf

from ytterby.law.book import LawBook
from ytterby.law.calendar import Calendar
from ytterby.law.clock_rule import ClockRule
from ytterby.law.pack_diff import diff_packs
from ytterby.shell.site.calendars import clock_rules_beside
from ytterby.shell.site.law_change_words import change_json
from ytterby.shell.site.law_packs import packaged_packs
from ytterby.shell.site.register import current_register
from ytterby.shell.store.laws import KINDS, Law, Laws, Proposal, SettledEntry, fold, stored_laws
from ytterby.shell.store.log_marks import accepted_before, kept_by
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.rights import IN_FORCE, PROPOSED
from ytterby.shell.store.rights import KINDS as RIGHTS_KINDS
from ytterby.terms.instant import read_instant, write_instant
from ytterby.terms.problem import Problem

# Of a change of law those concerned are told beside every page of law for so long.
NOTICE = timedelta(days=90)
# A proposal that nobody confirmed before its instant can no longer be confirmed.
LAPSED = "lapsed"
LAWS_KEPT, BOOKS_KEPT = 8, 16
_laws_kept = Kept[Laws](LAWS_KEPT)
_books_kept = Kept[tuple[Law, tuple[Problem, ...]]](BOOKS_KEPT)
# At which instant is asked; None for that of the last entry of the log size.
Instant = datetime | None


class LawUnfitError(ValueError):
    """The packs in force do not fit together, as a version with other packaged packs can make it; `problems` say where.

    Nothing is answered by half a law: packs that fit have to be proposed and activated.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"the packs in force do not fit together: {problems[0].code} {problems[0].where.pointer}")
        self.problems = problems


def law_at(viewer: Viewer, known: Known, at: Instant = None) -> LawBook:
    """Return the book of law that is in force at an instant, as known at a log size.

    Raises:
        LawUnfitError: the packs in force do not fit together.
    """
    return _law_at(viewer, known, at).book


def calendars_at(viewer: Viewer, known: Known, at: Instant = None) -> Mapping[str, Calendar]:
    """Return the calendars that hold at an instant, by name.

    Raises:
        LawUnfitError: the packs in force do not fit together.
    """
    return _law_at(viewer, known, at).calendars


def clock_rules_at(viewer: Viewer, known: Known, at: Instant = None) -> Mapping[str, ClockRule]:
    """Return the rules of clocks that hold at an instant, by name.

    Raises:
        LawUnfitError: the packs in force do not fit together.
    """
    return clock_rules_beside(law_at(viewer, known, at))


def books_of(viewer: Viewer, known: Known, which: str) -> tuple[LawBook, LawBook]:
    """Return the law as it will be at the instant of a proposal (its digest, or the beginning of it), without it and
    with it; as known at a log size, with all that was settled and confirmed up to it.

    Raises:
        KeyError: no proposal, or several, are called so.
        LawUnfitError: one of them does not fit together.
    """
    laws = _laws(viewer, known)
    found = _called(laws, which)
    beside = [one for one in laws.in_force(found.start) if one is not found]
    with_it = sorted((*beside, found), key=lambda one: (one.start, _rank(one)))
    return _book(viewer, laws, beside).book, _book(viewer, laws, with_it).book


def _rank(one: Proposal) -> float:
    """Return the place of a proposal among those of one instant: what is confirmed later holds over the others."""
    return one.closed_index if one.state == IN_FORCE else inf


def changes_of_law(viewer: Viewer, known: Known, at: Instant = None, *, language: str = "en") -> Json:
    """Return every proposal, the latest first, with where it stands and what it changes in plain words, and every
    settlement with its source. `law` is the digest of what is in force, None where that does not fit together.
    """
    laws, instant = _laws(viewer, known), _instant(known, at)
    rows = [_proposal_json(laws, one, instant, language) for one in laws.proposals.values()]
    try:
        book = law_at(viewer, known, at)
    except LawUnfitError:
        # Who is to put that right needs the list.
        book = None
    return {
        "as_of_size": known.size,
        "law": None if book is None else book.digest,
        "proposals": rows[::-1],
        "settlements": [_settlement_json(one, book, language) for one in reversed(laws.settlements)],
    }


def law_notices(viewer: Viewer, known: Known, at: Instant = None) -> list[Json]:
    """Return proposals that wait for a second person, and what was activated within 90 days, the next one first."""
    laws, instant = _laws(viewer, known), _instant(known, at)
    rows = [_head_json(one, instant) for one in sorted(laws.proposals.values(), key=lambda one: one.start)]
    since = write_instant(instant - NOTICE)
    return [row for row in rows if row["state"] == PROPOSED or (row["state"] == IN_FORCE and row["from"] > since)]


def changes_ahead(viewer: Viewer, known: Known, at: Instant = None) -> list[Proposal]:
    """Return the proposals whose instant has not come, whether they wait for a second person or not, the next first."""
    instant = _instant(known, at)
    states = {PROPOSED, IN_FORCE}
    rows = [one for one in _laws(viewer, known).proposals.values() if one.state in states and one.start > instant]
    return sorted(rows, key=lambda one: (one.start, one.index))


# Replay and fold, each kept while it is asked for


def _laws(viewer: Viewer, known: Known) -> Laws:
    """Return what the log gives at a log size; replayed anew only where a record of law came in."""
    del viewer
    return kept_by(_laws_kept, (*KINDS, *RIGHTS_KINDS), known.size, lambda: stored_laws(current_register(), known.size))


def _law_at(viewer: Viewer, known: Known, at: Instant) -> Law:
    laws = _laws(viewer, known)
    return _book(viewer, laws, laws.in_force(_instant(known, at)) if laws.proposals else [])


def _book(viewer: Viewer, laws: Laws, proposals: list[Proposal]) -> Law:
    settled = laws.settlements
    key = (register_id(viewer), tuple(one.digest for one in proposals), tuple(one.digest for one in settled))
    law, problems = _books_kept.get(key, lambda: _folded(proposals, settled))
    if problems:
        raise LawUnfitError(problems)
    return law


def _folded(proposals: list[Proposal], settled: list[SettledEntry]) -> tuple[Law, tuple[Problem, ...]]:
    law, problems = fold(proposals, [one.settled for one in settled])
    return law, tuple(problems)


def _instant(known: Known, at: Instant) -> datetime:
    """Return the instant at which is asked: the one handed in, and never before the last entry was accepted."""
    last = read_instant(accepted_before(known.size))[0] or datetime.min.replace(tzinfo=UTC)
    return last if at is None else max(at, last)


def _called(laws: Laws, which: str) -> Proposal:
    found = [one for digest, one in laws.proposals.items() if which and digest.startswith(which.lower())]
    if len(found) != 1:
        raise KeyError(which)
    return found[0]


# What is told of it


def _head_json(one: Proposal, instant: datetime) -> Json:
    is_lapsed = one.state == PROPOSED and one.start < instant
    return {
        "id": one.digest,
        "state": LAPSED if is_lapsed else one.state,
        "from": write_instant(one.start),
        "has_come": one.state == IN_FORCE and one.start <= instant,
        "packs": [{"id": pack.id, "digest": pack.digest} for pack in one.packs],
        "calendars": sorted(one.calendars),
    }


def _proposal_json(laws: Laws, one: Proposal, instant: datetime, language: str) -> Json:
    return {
        **_head_json(one, instant),
        "reason": one.reason or None,
        "going_back": one.going_back or None,
        "proposed_by": one.by or None,
        "proposed_at": write_instant(one.at),
        "closed_by": one.closed_by or None,
        "closed_at": None if one.closed_at is None else write_instant(one.closed_at),
        "index": one.index,
        "changes": _changes(laws, one, language),
    }


def _changes(laws: Laws, one: Proposal, language: str) -> list[Json]:
    """Return what a proposal changes: its own packs beside those that they take the place of."""
    beside = [other for other in laws.confirmed() if (other.start, _rank(other)) < (one.start, _rank(one))]
    held = {pack.id: pack for packs in (packaged_packs(), *(other.packs for other in beside)) for pack in packs}
    old = {pack.id: held[pack.id] for pack in one.packs if pack.id in held}
    return [change_json(change, language) for change in diff_packs(old, {pack.id: pack for pack in one.packs})]


def _settlement_json(one: SettledEntry, book: LawBook | None, language: str) -> Json:
    name, settlement = one.settled
    dispute = None if book is None else book.disputes.get(name)
    reading = None if dispute is None else dispute.readings.get(settlement.reading)
    return {
        "id": one.digest,
        "dispute": name,
        "text": None if dispute is None else dispute.text[language],
        "reading": settlement.reading,
        "reading_text": None if reading is None else reading[0][language],
        "by": settlement.by or None,
        "at": write_instant(one.at),
        "source": settlement.trust.source,
        "confidence": settlement.trust.confidence.value,
        "confidence_note": None,
        "known_since": settlement.trust.known_since.isoformat(),
        "holds": dispute is not None and dispute.settlement_known(date.max) == settlement,
        "index": one.number,
    }
