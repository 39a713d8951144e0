"""The law that a register goes by, worked out from records of the log and from nothing else (as rights are: `rights`).

Four kinds of record: a *proposal* holds packs and tables of calendars whole, so that replay needs nothing beside the
log, and the instant from which they are to hold; an *activation* by another person puts it in force at that instant,
which never lies before it; a *withdrawal* ends a proposal that nobody confirmed; a *settlement* closes a dispute from
its day on. Nothing takes an activation back: going back is another proposal.

Where the register is no demo each record is signed by an account with a key of its own. What was checked when it was
entered is checked again here: the rights of that moment, the signature, two people, the digest of each pack, the
instants. A record that does not hold has no effect, and the doctor names it (threats D5, O3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.calendar import Calendar
from ytterby.law.dated_rule import Settlement
from ytterby.law.pack import Pack
from ytterby.law.pack_reader import read_pack
from ytterby.law.settlement import Settled, with_settlements
from ytterby.law.trust import Confidence, Trust
from ytterby.shell.site.calendars import calendars, calendars_over
from ytterby.shell.site.law_packs import book_with
from ytterby.shell.store.models import LogEntry
from ytterby.shell.store.reading.viewer import CONSULTED, LICENSING, MANDATES
from ytterby.shell.store.rights import (
    IN_FORCE,
    PROPOSED,
    WITHDRAWN,
    Record,
    Rights,
    RightsAt,
    rights_by_index,
    signature_flaw,
    stored_records,
)
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import Problem

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

PROPOSAL, ACTIVATION, DROPPING, SETTLEMENT = "law_proposal", "law_activation", "law_withdrawal", "law_settlement"
KINDS = (PROPOSAL, ACTIVATION, DROPPING, SETTLEMENT)
# Whose accounts may say so, beside the operator's: bodies with any mandate change the law, one that licenses settles.
CHANGES_LAW, SETTLES = frozenset(MANDATES) - {CONSULTED}, frozenset({LICENSING})
# What an officer may say of a reading: it was read, or it is what the office does.
SETTLED_BY = (Confidence.READ, Confidence.PRACTICE)
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """Packs and tables of calendars that are to hold from an instant on, and where that stands.

    `digest` is that of its record. `at` is when it was accepted; `closed_by`, `closed_at` and `closed_index` say who
    confirmed or withdrew it, when, and by which entry of the log. `going_back` is the reason why a pack that knows less
    than the one before it is meant.
    """

    index: int
    digest: str
    id: str
    start: datetime
    packs: tuple[Pack, ...]
    calendars: Mapping[str, str]
    reason: str
    going_back: str
    by: str
    at: datetime
    state: str = PROPOSED
    closed_by: str = ""
    closed_at: datetime | None = None
    closed_index: int = -1

    @property
    def says(self) -> tuple[object, ...]:
        """Return what would change: two proposals that say the same are one."""
        return self.start, tuple(sorted(pack.digest for pack in self.packs)), tuple(sorted(self.calendars.items()))


class SettledEntry(NamedTuple):
    """A settlement with its number in the log, the digest of its record, and when it was accepted."""

    number: int
    digest: str
    settled: Settled
    at: datetime


class Law(NamedTuple):
    """What a register goes by: the book of law, and the calendars beside it."""

    book: LawBook
    calendars: Mapping[str, Calendar]


@dataclass
class Laws:
    """What the log gives: proposals by the digest of their record, settlements, and records without effect."""

    proposals: dict[str, Proposal] = field(default_factory=dict)
    settlements: list[SettledEntry] = field(default_factory=list)
    flaws: list[tuple[int, str]] = field(default_factory=list)

    def confirmed(self) -> list[Proposal]:
        """Return what two people put in force, whether its instant has come or not, in the order of the instants."""
        found = [one for one in self.proposals.values() if one.state == IN_FORCE]
        return sorted(found, key=lambda one: (one.start, one.closed_index))

    def in_force(self, at: datetime) -> list[Proposal]:
        """Return what is in force at an instant, the later over the earlier."""
        return [one for one in self.confirmed() if one.start <= at]

    def settled(self) -> list[Settled]:
        """Return all settlements, in order of the log."""
        return [one.settled for one in self.settlements]


def fold(proposals: Iterable[Proposal], settled: Iterable[Settled] = ()) -> tuple[Law, list[Problem]]:
    """Return the packaged law with these proposals over it, in their order, and where it does not fit together."""
    known, packs = calendars(), list[Pack]()
    for one in proposals:
        packs += one.packs
        if one.calendars:
            known, problems = calendars_over(known, one.calendars)
            if problems:
                return Law(LawBook({}), {}), problems
    book, problems = book_with(packs, known)
    return Law(with_settlements(book, settled), known), problems


def may_say(rights: Rights, kind: str, party: str, day: date) -> bool:
    """Tell whether accounts of a party may enter a kind of record on a day."""
    return rights.is_office(party, SETTLES if kind == SETTLEMENT else CHANGES_LAW, day)


def laws_from_log(
    records: Iterable[tuple[Record, str]], rights_at: RightsAt, *, register_id: str, is_demo: bool
) -> Laws:
    """Return what records of the log, in its order, each with the time of its acceptance, come to."""
    laws = Laws()
    for record, accepted in records:
        enter = {PROPOSAL: _propose, ACTIVATION: _activate, DROPPING: _drop, SETTLEMENT: _settle}[record.kind]
        try:
            at = _instant(accepted)
            flaw = None if is_demo else _speaker_flaw(rights_at(record.number), register_id, record, at.date())
            flaw = flaw or enter(laws, record, at)
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            laws.flaws.append((record.number, flaw))
    return laws


def _speaker_flaw(rights: Rights, register_id: str, record: Record, day: date) -> str | None:
    """Return what is wrong with who signed a record; None when nothing is."""
    account = rights.accounts().get(str(record.fields.get("by", "")))
    if account is None:
        return "it is by no account that was in force"
    if not may_say(rights, record.kind, account.party, day):
        return "it is by an account of nobody who may change the law"
    return signature_flaw(account.key, register_id, record.kind, record.fields)


def _propose(laws: Laws, record: Record, at: datetime) -> str | None:
    fields = record.fields
    start = _instant(fields["from"])
    if start < at:
        return "the instant from which it is to hold lies before it"
    packs = []
    for row in fields["packs"]:
        pack, problems = read_pack(row["content"])
        if pack is None:
            return f"its pack {row['id']} cannot be read: {problems[0].code} at {problems[0].where.pointer}"
        if (pack.id, pack.digest) != (row["id"], row["digest"]):
            return f"the digest of its pack {row['id']} is not that of what it says"
        packs.append(pack)
    tables = {str(name): str(text) for name, text in fields["calendars"].items()}
    if tables and calendars_over(calendars(), tables)[1]:
        return "its calendars cannot be read"
    laws.proposals[record.digest] = Proposal(
        index=record.number,
        digest=record.digest,
        id=str(fields["id"]),
        start=start,
        packs=tuple(packs),
        calendars=tables,
        reason=str(fields["reason"]),
        going_back=str(fields["going_back"]),
        by=str(fields["by"]),
        at=at,
    )
    return None


def _activate(laws: Laws, record: Record, at: datetime) -> str | None:
    wanted, by = laws.proposals.get(str(record.fields["of"])), str(record.fields["by"])
    if wanted is None or wanted.state != PROPOSED:
        return "it confirms what nobody proposed, or what was confirmed or withdrawn before"
    if by and by == wanted.by:
        return "it is by the account that proposed; another has to confirm"
    if wanted.start < at:
        return "the instant from which the law was to hold lies before its confirmation"
    _close(laws, wanted, IN_FORCE, record, at)
    return None


def _drop(laws: Laws, record: Record, at: datetime) -> str | None:
    wanted = laws.proposals.get(str(record.fields["of"]))
    if wanted is None or wanted.state != PROPOSED:
        return "it withdraws what nobody proposed, or what was confirmed or withdrawn before"
    _close(laws, wanted, WITHDRAWN, record, at)
    return None


def _close(laws: Laws, one: Proposal, state: str, record: Record, at: datetime) -> None:
    by = str(record.fields["by"])
    closed = replace(one, state=state, closed_by=by, closed_at=at, closed_index=record.number)
    laws.proposals[one.digest] = closed


def _settle(laws: Laws, record: Record, at: datetime) -> str | None:
    fields = record.fields
    confidence = Confidence(fields["confidence"])
    if confidence not in SETTLED_BY or not fields["source"].strip():
        return "it names no source that was read, and no practice"
    trust = Trust(str(fields["source"]), confidence, "", at.date())
    settled = Settled(str(fields["id"]), Settlement(str(fields["reading"]), str(fields["by"]), trust))
    laws.settlements.append(SettledEntry(record.number, record.digest, settled, at))
    return None


def _instant(text: str) -> datetime:
    """Return the instant that a text names.

    Raises:
        ValueError: it names none.
    """
    found, problems = read_instant(text)
    if found is None:
        raise ValueError(problems[0].code)
    return found


def stored_laws(register: "Register", size: int | None = None) -> Laws:
    """Return what the log gives, now or at a log size."""
    records = list(stored_records(size, kinds=KINDS))
    if not records:
        return Laws()
    rows = LogEntry.objects.filter(index__in=[record.number for record in records])
    accepted = dict(rows.values_list("index", "accepted_at"))
    return laws_from_log(
        ((record, accepted.get(record.number, "")) for record in records),
        rights_by_index(register),
        register_id=register.id,
        is_demo=register.is_demo,
    )
