"""Screen registered parties against the lists that stand: a run, recorded with its hits and what its scores hang on.

By itself it does what is missing: where nobody was screened yet, or the scorer, its rules or thresholds are others,
everybody against everything; else those that are new or changed against everything, and everybody against the entries
that changed. Nothing is recorded where nothing is missing. Who may: the register's operator, and by its hand whoever
imports a list. It clears nobody: what it finds people dispose of (`judge_hit`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from ytterby.chain.party import OPERATOR
from ytterby.screening.entry import entry_at, key_of
from ytterby.screening.hit import Band, Ground, Hit
from ytterby.screening.party_screening import Candidate, Pins
from ytterby.screening.reasons import reasons_of
from ytterby.screening.run import ScreeningRun, run_fields
from ytterby.screening.screened_party import ScreenedParty, party_digest
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import Progress, nothing_to_tell
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.listed_names import ListedNames, listed_names
from ytterby.shell.store.reading.screening import Registered, list_digests, registered_parties
from ytterby.shell.store.reading.screening_lists import screened_lists
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.screenings import RUN, stored_screenings
from ytterby.terms.record_text import record_text

KEY_DIGITS = 16
TOLD_EVERY = 200


@dataclass(frozen=True, slots=True)
class ScreeningDone:
    """What was done: parties against all entries, parties against changed ones, entries that changed; hits found by
    these runs; the log's size afterwards.
    """

    size: int
    whole: int = 0
    by_difference: int = 0
    entries: int = 0
    changed: int = 0
    hits: int = 0


def screen_parties(
    register: Register, *, is_whole: bool = False, at: datetime | None = None, tell: Progress = nothing_to_tell
) -> ScreeningDone:
    """Screen whoever has to be screened; `is_whole`: everybody against everything.

    Raises:
        LookupError: a list in force cannot be read; nobody can be screened.
    """
    return _screen_after(stored_screenings(register).runs, register, is_whole, at or now(), tell)


def screen_again(
    register: Register, *, at: datetime | None = None, tell: Progress = nothing_to_tell
) -> ScreeningDone | None:
    """Screen by what changed, where parties are screened in this register already; None where nobody was.

    Raises:
        LookupError: a list in force cannot be read.
    """
    runs = stored_screenings(register).runs
    return _screen_after(runs, register, False, at or now(), tell) if runs else None


def _screen_after(
    runs: Sequence[ScreeningRun], register: Register, is_whole: bool, at: datetime, tell: Progress
) -> ScreeningDone:
    """Screen whoever has to be screened after these runs."""
    known = known_at(OPERATOR_VIEWER, None)
    names = listed_names(OPERATOR_VIEWER, register, known, at.date())
    parties = registered_parties(OPERATOR_VIEWER, known)
    this = _run(names, known, at)
    last = next((run for run in reversed(runs) if run.parties is None and run.compared is None), None)
    if is_whole or last is None or (last.scorer, last.thresholds) != (this.scorer, this.thresholds):
        found = _screen(names, parties.values(), tell)
        _record(register, [_with(this, found)])
        size = known_at(OPERATOR_VIEWER, None).size
        return ScreeningDone(size, len(parties), 0, len(names.digests), 0, len(found))
    return _what_is_missing(register, names, parties, runs, this, tell)


def _scorer(pins: Pins) -> str:
    return f"{pins.scorer} {pins.rules[:KEY_DIGITS]} {pins.tables[:KEY_DIGITS]}"


def _what_is_missing(
    register: Register,
    names: ListedNames,
    parties: dict[str, Registered],
    runs: Sequence[ScreeningRun],
    this: ScreeningRun,
    tell: Progress,
) -> ScreeningDone:
    """Screen parties that no whole run has seen as they are, and all others against what changed."""
    seen = _seen(parties, runs)
    new = [one for id_, one in parties.items() if id_ not in seen]
    changed = _changed(names, runs)
    new_runs, hits = [], 0
    if changed:
        found = _screen(names.of_entries(changed), [parties[id_] for id_ in seen], tell)
        compared: dict[str, list[str]] = {}
        for key in changed:
            list_id, entry = entry_at(key)
            compared.setdefault(list_id, []).append(entry)
        said = {list_id: tuple(sorted(entries)) for list_id, entries in compared.items()}
        new_runs.append(_with(this, found, compared=said))
        hits += len(found)
    elif runs and runs[-1].lists != this.lists:
        # A list that came empty, or whose entries were all there: nothing to compare, and yet another state of lists.
        new_runs.append(_with(this, [], compared={}))
    if new:
        found = _screen(names, new, tell)
        new_runs.append(_with(this, found, parties=tuple(sorted(one.party.id for one in new))))
        hits += len(found)
    if new_runs:
        _record(register, new_runs)
    by_difference = len(parties) - len(new) if changed else 0
    size = known_at(OPERATOR_VIEWER, None).size
    return ScreeningDone(size, len(new), by_difference, len(names.digests), len(changed), hits)


def _seen(parties: Mapping[str, Registered], runs: Iterable[ScreeningRun]) -> set[str]:
    """Return the parties that some whole run has seen as they are."""
    at: dict[str, int] = {}
    for run in runs:
        if run.compared is None:
            at |= dict.fromkeys(parties if run.parties is None else run.parties, run.size)
    return {id_ for id_, one in parties.items() if one.index < at.get(id_, -1)}


def _changed(names: ListedNames, runs: Sequence[ScreeningRun]) -> list[str]:
    """Return the keys of the entries that are new, changed or gone since the last run that all parties took part in."""
    last = next(run for run in reversed(runs) if run.parties is None)
    before = {
        key_of(one.list_id, id_): said
        for one in screened_lists(OPERATOR_VIEWER, Known(last.size))
        for id_, said in one.members.items()
    }
    return sorted(key for key in before.keys() | names.digests.keys() if before.get(key) != names.digests.get(key))


def _screen(names: ListedNames, parties: Iterable[Registered], tell: Progress) -> list[Hit]:
    """Return the hits of parties, in order of party."""
    hits, rows = [], sorted(parties, key=lambda one: one.party.id)
    for done, one in enumerate(rows, 1):
        for candidate in names.screen(one.party):
            # An identifier hits whatever the name; else what is clear is none.
            if candidate.identifiers or candidate.band.value != CLEAR:
                hits.append(_hit(one.party, candidate, names))
        if done % TOLD_EVERY == 0 or done == len(rows):
            tell(done, len(rows))
    return hits


CLEAR = "clear"


def _hit(party: ScreenedParty, one: Candidate, names: ListedNames) -> Hit:
    list_id, entry = entry_at(one.key)
    return Hit(
        party=party.id,
        party_digest=party_digest(party),
        list=list_id,
        entry=entry,
        entry_digest=names.digests[one.key],
        ground=Ground.IDENTIFIER if one.identifiers else Ground.NAME,
        band=Band.ALERT if one.identifiers else Band(one.band.value),
        score=one.score,
        name=one.name or party.names[0],
        listed_name=one.listed_name or names.entries[one.key].names[0].text,
        reasons=tuple(reasons_of(one)),
    )


def _run(names: ListedNames, known: Known, at: datetime) -> ScreeningRun:
    """Return what all runs of one moment share."""
    pins = names.pins
    return ScreeningRun(
        at=at,
        size=known.size,
        parties=None,
        lists=dict(list_digests(OPERATOR_VIEWER, names.lists)),
        scorer=_scorer(pins),
        weights=pins.rarity,
        thresholds=pins.thresholds,
        hits=(),
    )


def _with(
    this: ScreeningRun,
    hits: Sequence[Hit],
    *,
    parties: tuple[str, ...] | None = None,
    compared: dict[str, tuple[str, ...]] | None = None,
) -> ScreeningRun:
    return msgspec.structs.replace(this, hits=tuple(hits), parties=parties, compared=compared)


def _record(register: Register, runs: Sequence[ScreeningRun]) -> None:
    """Enter runs in one transaction, in this order."""
    documents = []
    for run in runs:
        fields = run_fields(run)
        key = f"run {sha256(record_text(fields).encode()).hexdigest()[:KEY_DIGITS]}"
        documents.append(Registrable(RUN, key, {"id": key, **fields}))
    register_documents(documents, OPERATOR, runs[0].at)
    publish_or_leave(register)
