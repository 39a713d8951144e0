"""Change the law that the register goes by: propose packs and calendars, confirm by another person, withdraw; settle.

Who may: accounts of the register's operator and of bodies with a mandate, each with a key of its own; one proposes,
another confirms (threat D5), one withdraws what nobody confirmed. A dispute is settled by an account of the operator or
of a body that licenses. In a demo nobody has to sign, and it still takes two steps.

What is checked here under the lock is checked again from the log whenever the law is looked up (`store.laws`). An
activation counts from its instant on and never for what came before; nothing takes it back: going back is a new pack.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ytterby.chain.party import OPERATOR
from ytterby.law.book import LawBook
from ytterby.law.pack import Pack
from ytterby.law.trust import Confidence
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, check_key, party_of_key, signed_record
from ytterby.shell.site.law_packs import placed
from ytterby.shell.site.register import Register
from ytterby.shell.store.laws import (
    ACTIVATION,
    DROPPING,
    PROPOSAL,
    SETTLED_BY,
    SETTLEMENT,
    Laws,
    Proposal,
    fold,
    may_say,
    stored_laws,
)
from ytterby.shell.store.models import LogHead
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import IN_FORCE, PROPOSED, stored_rights
from ytterby.terms.instant import read_instant, write_instant
from ytterby.terms.problem import Problem, refuse
from ytterby.terms.record_text import record_text

BYTES_MAX = 5_000_000  # more than fifteen times all packaged packs
TEXT_MAX = 2_000  # characters of a reason, or of a source
ID_BYTES = 8
SHORTEST = 8  # characters of a digest that name a proposal


@dataclass(frozen=True, slots=True)
class LawChange:
    """What came of it: digest of the proposal's or settlement's record, its state, from when, the log's size."""

    problems: tuple[Problem, ...]
    size: int
    id: str = ""
    state: str = ""
    start: datetime | None = None


def propose_law(
    register: Register,
    packs: Sequence[Pack],
    *,
    start: datetime,
    calendars: Mapping[str, str] | None = None,
    reason: str = "",
    going_back: str = "",
    file_of: Callable[[str], str] = str,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> LawChange:
    """Propose that packs, each added or in place of the one of its id, and tables of calendars hold from an instant on.

    `going_back` says why a pack that knows less than the one before it is meant; `file_of` tells the file of a pack.
    """
    moment, tables = at or now(), dict(calendars or {})
    fields = {
        "id": secrets.token_hex(ID_BYTES),
        "from": write_instant(start),
        "reason": reason.strip(),
        "going_back": going_back.strip(),
        "packs": [{"id": pack.id, "digest": pack.digest, "content": dict(pack.content)} for pack in packs],
        "calendars": tables,
    }
    if problems := list(_unfit_to_store(fields)):
        return LawChange(tuple(problems), register.size)
    record = signed_record(register, Registrable(PROPOSAL, str(fields["id"]), fields), by)
    new = Proposal(
        index=-1,
        digest="",
        id=str(fields["id"]),
        start=start,
        packs=tuple(packs),
        calendars=tables,
        reason="",
        going_back=going_back.strip(),
        by=str(record.fields["by"]),
        at=moment,
    )

    def check() -> None:
        laws = stored_laws(register)
        _check_speaker(register, record, by, moment)
        _check_instant(start, moment, refuse("law.in_the_past", "", write_instant(start)))
        if problems := list(_not_to_propose(laws, new)) or _misfits(laws, new, file_of):
            raise RefusedRight(*problems)

    return _enter(register, record, moment, check)


def activate_law(
    register: Register, which: str, *, by: PrivateKey | None = None, at: datetime | None = None
) -> LawChange:
    """Confirm what another account proposed; it holds from the instant that the proposal states. `which` is the
    beginning of its digest.
    """
    moment = at or now()
    found = _named(stored_laws(register), which)
    if found is None:
        return LawChange((refuse("law.unknown_proposal", "", which),), register.size)
    signer = by.name if by is not None else ""
    record = signed_record(register, Registrable(ACTIVATION, found.digest, _of(found)), by)

    def check() -> None:
        laws = stored_laws(register)
        _check_speaker(register, record, by, moment)
        _check_state(laws.proposals[found.digest], which)
        if signer and signer == found.by:
            raise RefusedRight(refuse("law.same_person", "", which))
        _check_instant(found.start, moment, refuse("law.too_late", "", write_instant(found.start)))
        if problems := _misfits(laws, found, str):
            raise RefusedRight(*problems)

    return _enter(register, record, moment, check)


def withdraw_law(
    register: Register, which: str, *, by: PrivateKey | None = None, at: datetime | None = None
) -> LawChange:
    """Withdraw a proposal that nobody confirmed; what was confirmed stays."""
    moment = at or now()
    found = _named(stored_laws(register), which)
    if found is None:
        return LawChange((refuse("law.unknown_proposal", "", which),), register.size)
    record = signed_record(register, Registrable(DROPPING, found.digest, _of(found)), by)

    def check() -> None:
        _check_speaker(register, record, by, moment)
        _check_state(stored_laws(register).proposals[found.digest], which)

    return _enter(register, record, moment, check)


def settle_dispute(
    register: Register,
    dispute: str,
    reading: str,
    *,
    source: str,
    confidence: Confidence = Confidence.READ,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> LawChange:
    """Enter that a dispute is settled on a reading; it is known since the day of its acceptance. Another entry corrects
    it and takes nothing away.

    Raises:
        ValueError: a confidence that no officer can state.
    """
    if confidence not in SETTLED_BY:
        raise ValueError(f"{confidence} is not what an officer can say of a reading")
    moment = at or now()
    if not source.strip() or len(source) > TEXT_MAX:
        return LawChange((refuse("law.source_missing", "", source, limit=TEXT_MAX),), register.size)
    fields = {"id": dispute, "reading": reading, "source": source.strip(), "confidence": confidence.value}
    if not _is_text(fields):
        return LawChange((refuse("law.source_missing", "", "", limit=TEXT_MAX),), register.size)
    record = signed_record(register, Registrable(SETTLEMENT, dispute, fields), by)

    def check() -> None:
        laws = stored_laws(register)
        _check_speaker(register, record, by, moment)
        law, problems = fold(laws.in_force(_not_before_the_log(moment)), laws.settled())
        problems = problems or list(_not_to_settle(law.book, record, moment))
        if problems:
            raise RefusedRight(*problems)

    return _enter(register, record, moment, check)


# What refuses


def _unfit_to_store(fields: Mapping[str, object]) -> Iterator[Problem]:
    """Yield why the log cannot hold a proposal: it says nothing, or more than a record may, or is no text."""
    if not fields["packs"] and not fields["calendars"]:
        yield refuse("law.nothing_new", "", "")
    elif not _is_text(fields):
        yield refuse("pack.unreadable", "", "", why="half a character (a lone surrogate)")
    elif len(record_text(dict(fields)).encode()) > BYTES_MAX:
        yield refuse("law.too_large", "", len(record_text(dict(fields)).encode()), limit=BYTES_MAX)
    for name in ("reason", "going_back"):
        if len(str(fields[name])) > TEXT_MAX:
            yield refuse("law.reason_too_long", "", len(str(fields[name])), limit=TEXT_MAX)


def _is_text(fields: Mapping[str, object]) -> bool:
    try:
        record_text(dict(fields)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_speaker(register: Register, record: Registrable, by: PrivateKey | None, at: datetime) -> None:
    """Refuse whoever may not say this; the caller holds the lock."""

    def may(key: PrivateKey) -> bool:
        rights = stored_rights(register)
        party = party_of_key(rights, key)
        return party is not None and may_say(rights, record.kind, party, _not_before_the_log(at).date())

    refused = refuse("law.may_not_settle") if record.kind == SETTLEMENT else refuse("law.may_not_change")
    check_key(register, by, may, needed=refuse("law.account_needed"), refused=refused)


def _check_state(found: Proposal, which: str) -> None:
    if found.state != PROPOSED:
        is_in_force = found.state == IN_FORCE
        raise RefusedRight(
            refuse("law.confirmed_already", "", which) if is_in_force else refuse("law.withdrawn_already", "", which)
        )


def _check_instant(start: datetime, at: datetime, problem: Problem) -> None:
    """Refuse an instant that has passed; the caller holds the lock."""
    if start < _not_before_the_log(at):
        raise RefusedRight(problem)


def _not_before_the_log(at: datetime) -> datetime:
    """Return when an entry will be accepted: never before the last one (a clock set back)."""
    last, _ = read_instant(LogHead.objects.values_list("accepted_at", flat=True).get(id=1))
    return at if last is None else max(at, last)


def _not_to_propose(laws: Laws, new: Proposal) -> Iterator[Problem]:
    """Yield what makes a proposal one too many, or a step back that nobody says is meant."""
    waiting = [one for one in laws.proposals.values() if one.state == PROPOSED and one.says == new.says]
    if waiting:
        yield refuse("law.proposed_already", "", waiting[0].digest[:SHORTEST])
        return
    before = laws.in_force(new.start)
    entered = {pack.id: pack for one in before for pack in one.packs}
    is_same = all(pack.id in entered and entered[pack.id].digest == pack.digest for pack in new.packs)
    if is_same and not new.calendars:
        yield refuse("law.nothing_new", "", ", ".join(pack.id for pack in new.packs))
        return
    held = fold(before)[0].book.packs
    for pack in new.packs:
        old = held.get(pack.id)
        if old is not None and pack.knows[1] < old.knows[1] and not new.going_back:
            yield refuse("law.older", "/knows/to", pack.knows[1], pack=pack.id, held=old.knows[1])
        for one in laws.confirmed():
            later = next((other for other in one.packs if other.id == pack.id and one.start > new.start), None)
            if later is not None and later.knows[1] < pack.knows[1] and not new.going_back:
                instant = write_instant(one.start)
                yield refuse("law.overtaken", "/knows/to", later.knows[1], pack=pack.id, start=instant)


def _misfits(laws: Laws, new: Proposal, file_of: Callable[[str], str]) -> list[Problem]:
    """Return where a proposal does not fit what will be in force at its instant, or at a later one that is confirmed
    already, each problem with its file; nothing where it fits all of them.
    """
    confirmed = [one for one in laws.confirmed() if one.digest != new.digest]
    for instant in sorted({new.start, *(one.start for one in confirmed if one.start > new.start)}):
        # What is confirmed later holds over what begins at the same instant.
        beside = [one for one in confirmed if one.start <= instant]
        over = [one for one in beside if one.start > new.start]
        under = [one for one in beside if one.start <= new.start]
        _, problems = fold([*under, new, *over])
        if problems:
            return [placed(problem, file_of) if "#" in problem.where.pointer else problem for problem in problems]
    return []


def _not_to_settle(book: LawBook, record: Registrable, at: datetime) -> Iterator[Problem]:
    """Yield why a dispute cannot be settled so."""
    name, reading = str(record.fields["id"]), str(record.fields["reading"])
    dispute = book.disputes.get(name)
    if dispute is None:
        yield refuse("law.unknown_dispute", "", name, known=", ".join(sorted(book.disputes)) or "-")
        return
    day = _not_before_the_log(at).date()
    known = [one for one, (_, trust) in dispute.readings.items() if trust.is_known(day)]
    if reading not in known:
        yield refuse("law.unknown_reading", "", reading, dispute=name, known=", ".join(known))
        return
    held = dispute.settlement_known(day)
    said = record.fields["source"], record.fields["confidence"]
    if held is not None and (held.reading, held.trust.source, held.trust.confidence.value) == (reading, *said):
        yield refuse("law.settled_already", "", name, reading=reading)


# Entering


def _of(found: Proposal) -> dict[str, str]:
    return {"id": found.digest, "of": found.digest}


def _named(laws: Laws, which: str) -> Proposal | None:
    text = which.lower()
    found = [one for digest, one in laws.proposals.items() if len(text) >= SHORTEST and digest.startswith(text)]
    return found[0] if len(found) == 1 else None


def _enter(register: Register, record: Registrable, at: datetime, check: Callable[[], None]) -> LawChange:
    try:
        size = register_documents([record], OPERATOR, at, check=check)
    except RefusedRight as refused:
        return LawChange(refused.problems, register.size)
    publish_or_leave(register)
    laws = stored_laws(register, size)
    if record.kind == SETTLEMENT:
        return LawChange((), size, laws.settlements[-1].digest, IN_FORCE)
    key = str(record.fields["id"])
    one = next(one for one in laws.proposals.values() if key in {one.id, one.digest})
    return LawChange((), size, one.digest, one.state, one.start)
