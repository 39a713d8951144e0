"""Licences worked out again from the log and from nothing else, as they were entered (threats D1, D6, O3, Q4).

Each record of a licence, of its status, of what was drawn on it and of what customs answered is gone through in order
of the log: who signed it and what it might say then, the rules of the room, the key. A record that does not hold has
no effect and is named. What comes of it are the rows that the tables must hold: versions, lines, entries. What a record
pins as one word (the check that failed) is taken from it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ytterby.licence.case import SYSTEM
from ytterby.licence.draw_down import ACTIVE, EXHAUSTED, OK, Entry, Kind, Ledger, Line, Share, requantified
from ytterby.licence.exit import ISSUED, Facts, Outcome, judge_entry
from ytterby.licence.exit_event import left_at, owner_of
from ytterby.licence.licence import (
    NEVER,
    Licence,
    licence_problems,
    reissue_problems,
    scaled,
    tolerance_of,
    unscaled,
)
from ytterby.licence.licence_state import AMEND, SUPERSEDE, leads_to
from ytterby.shell.store.case_speakers import DEMO, KEY
from ytterby.shell.store.customs import ANSWER, MESSAGE, KeptRecord, holds_active, standing_by
from ytterby.shell.store.derived.registered import events_at
from ytterby.shell.store.licence_amending import amending_flaw
from ytterby.shell.store.licence_changes import Changes
from ytterby.shell.store.licence_speakers import Said, is_customs_at, is_officer, role_problem, signer_flaw
from ytterby.shell.store.licences import (
    DRAW_DOWN,
    LICENCE,
    STATUS,
    SUPERSEDED,
    customs_standing,
    licence_of,
    licence_table,
)
from ytterby.shell.store.models import LicenceEntryRow, LicenceLineRow, LicenceRow, Registration
from ytterby.shell.store.registrations import registered_site
from ytterby.shell.store.rights import Record, recorded_day, rights_by_index, stored_records

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

KINDS = (LICENCE, STATUS, DRAW_DOWN, MESSAGE, ANSWER)
UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError, msgspec.ValidationError)
EVENT = "event"

Json = dict[str, Any]


class Version(NamedTuple):
    """A version of a licence as its row must say it."""

    number: str
    version: int
    status: str
    customs: str
    log_index: int


class EntryOnLine(NamedTuple):
    """An entry as its row must say it, quantities in millionths."""

    number: str
    line: str
    log_index: int
    kind: str
    declaration: str
    declaration_line: int
    seq: int
    day: str
    asked: int
    code: str
    reason: str
    drawn: int
    reserved: int
    unlicensed: int
    back: int


@dataclass
class _Held:
    """One number while its records are gone through."""

    versions: list[Licence] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    status: str = ISSUED
    lines: dict[str, Ledger] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    customs: list[KeptRecord] = field(default_factory=list)
    unlicensed: dict[int, Json] = field(default_factory=dict)
    linked: set[int] = field(default_factory=set)

    @property
    def licence(self) -> Licence:
        return self.versions[-1]

    def version(self, status: str) -> Version:
        """Return the version that stands as its row must say it."""
        standing = customs_standing(standing_by(self.customs), self.licence.version)
        return Version(self.licence.number, self.licence.version, status, standing, self.indices[-1])

    def follow(self) -> None:
        """Bring the status up to customs and to what was drawn."""
        if not self.versions:
            return
        so_far = standing_by(self.customs)
        taken = not self.licence.needs_acknowledgement or holds_active(so_far, self.licence.version)
        if self.status == ISSUED and taken:
            self.status = ACTIVE
        elif self.status in {ACTIVE, EXHAUSTED} and not taken:
            self.status = ISSUED
        if self.status in {ACTIVE, EXHAUSTED}:
            self.status = EXHAUSTED if self._is_used_up() else ACTIVE

    def _is_used_up(self) -> bool:
        lines = [one.line for one in self.lines.values() if one.line.quantity or one.line.drawn]
        if self.licence.ends_at_exit and any(line.drawn for line in lines):
            return True
        return self.licence.done_when != NEVER and bool(lines) and all(line.is_exhausted for line in lines)

    def facts(self, failed: str) -> Facts:
        licence, shares = self.licence, dict[str, Share]()
        if licence.is_single_use or licence.ends_at_exit:
            shares = self._shares()
        return Facts(
            failed_check=failed,
            is_single_use=licence.is_single_use,
            ends_at_exit=licence.ends_at_exit,
            shares=shares,
        )

    def _shares(self) -> dict[str, Share]:
        found: dict[str, Share] = {}
        for ledger in self.lines.values():
            for name, share in ledger.shares.items():
                had = found.get(name, Share())
                found[name] = Share(
                    had.reserved + share.reserved,
                    had.drawn + share.drawn,
                    had.unlicensed + share.unlicensed,
                    had.back + share.back,
                )
        return found


@dataclass
class LicenceReplay:
    """What the log comes to: versions, lines, entries in order, and records without effect; by number the licence as it
    stands, changes of its status, and exits that came before it and that nobody linked.
    """

    versions: list[Version] = field(default_factory=list)
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    entries: list[EntryOnLine] = field(default_factory=list)
    licences: dict[str, Licence] = field(default_factory=dict)
    changes: dict[str, Changes] = field(default_factory=dict)
    unlinked: dict[str, dict[int, Json]] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)


def replay_licences(register: "Register", *, number: str | None = None, size: int | None = None) -> LicenceReplay:
    """Return what the records of licences, of one alone where it is named, come to up to a log size."""
    return _Replaying(register, number, size).run()


class _Replaying:
    """All records, one after the other."""

    def __init__(self, register: "Register", number: str | None, size: int | None) -> None:
        self.register, self.rights_at = register, rights_by_index(register)
        self.number, self.size = number, size
        self.found, self.held = LicenceReplay(), dict[str, _Held]()

    def run(self) -> LicenceReplay:
        for record in self._records():
            held = self.held.setdefault(str(record.fields.get("id", "")), _Held())
            try:
                flaw = self._take(held, record)
            except UNREADABLE as error:
                flaw = f"it cannot be read: {type(error).__name__}"
            if flaw:
                self.found.flaws.append((record.number, flaw))
            held.follow()
        for number, held in self.held.items():
            self._finish(number, held)
        return self.found

    def _records(self) -> Iterator[Record]:
        if self.number is None:
            yield from stored_records(self.size, kinds=KINDS)
            return
        rows = Registration.objects.filter(kind__in=KINDS, key=self.number)
        rows = rows if self.size is None else rows.filter(log_index__lt=self.size)
        for row in rows.order_by("log_index"):
            yield Record(row.log_index, row.kind, bytes(row.digest).hex(), json.loads(row.document))

    def _take(self, held: _Held, record: Record) -> str | None:
        if record.kind in {MESSAGE, ANSWER}:
            held.customs.append(KeptRecord(record.number, record.kind, record.fields))
            return None
        if record.kind == LICENCE:
            return self._issue(held, record)
        flaw = self._signed(record)
        if flaw:
            return flaw
        return self._change(held, record) if record.kind == STATUS else self._entry(held, record)

    def _signed(self, record: Record) -> str | None:
        via = record.fields["via"]
        if via == EVENT:
            return None  # held against the event itself
        if via == SYSTEM and record.kind == STATUS:
            return None  # held against the case that says it
        if via == DEMO:
            return None if self.register.is_demo else "nobody signed it"
        rights = self.rights_at(record.number)
        if via == KEY:
            return signer_flaw(rights, self.register.id, record.kind, record.fields)
        account = rights.accounts().get(str(record.fields["by"]))
        is_other = account is None or account.party != record.fields["party"]
        return "it is by no account of its party that was in force" if is_other else None

    def _issue(self, held: _Held, record: Record) -> str | None:
        licence = licence_of(record.fields)
        lines = {name: ledger.line for name, ledger in held.lines.items()}
        if held.versions and licence_table().row(held.status, SUPERSEDE) is None:
            return "the one before it was ended"
        before = held.licence.version if held.versions else 0
        problems = licence_problems(licence) or reissue_problems(licence, before, lines)
        if problems:
            return f"the rules do not allow it: {problems[0].code}"
        if held.versions:
            self._supersede(held)
        held.versions.append(licence)
        held.indices.append(record.number)
        held.status = licence_table().begins
        left = dict(held.lines)
        for line in licence.lines:
            left.pop(line.line, None)
            tolerance = unscaled(tolerance_of(licence, line))
            ledger = held.lines.get(line.line)
            if ledger is None:
                ledger = held.lines[line.line] = Ledger(Line(Decimal(0), line.unit, "", ""))
            made = requantified(ledger.line, Decimal(line.quantity), tolerance)
            assert not isinstance(made, str), "it was checked"
            ledger.line = msgspec.structs.replace(
                made, first=licence.valid_from, last=licence.valid_to, restores=frozenset(licence.restores)
            )
            self._add(held, line.line, record.number)
        for name, ledger in left.items():
            ledger.line = msgspec.structs.replace(ledger.line, quantity=Decimal(0), tolerance=Decimal(0))
            self._add(held, name, record.number)
        return None

    def _supersede(self, held: _Held) -> None:
        self.found.versions.append(held.version(SUPERSEDED))

    def _change(self, held: _Held, record: Record) -> str | None:
        fields = record.fields
        if not held.versions or fields["version"] != held.licence.version:
            return "it is of no version that stood"
        if fields["n"] != held.changes.count + 1:
            return "it does not follow the change before"
        if fields["via"] == SYSTEM:
            return self._amending(held, record)
        rights, day = self.rights_at(record.number), recorded_day(record.fields)
        row = licence_table().row(held.status, str(fields["command"]))
        if row is None or row.people == 0:
            return "the table does not allow it"
        party = str(fields["party"])
        may = party == held.licence.holder if "holder" in row.who else is_officer(rights, party, day)
        if not may:
            return "it is by a party that may not say it"
        of = fields.get("of")
        if of is not None:
            first = held.changes.proposals.get(int(of))
            if first is None or first.confirmed_index is not None or first.command != fields["command"]:
                return "it confirms what nobody proposed"
            if first.by == fields["by"]:
                return "it is by the person who proposed"
        held.changes.take(record.number, fields)
        if of is not None or row.people == 1:
            is_amended = bool(held.changes.amended_by(held.licence.version))
            held.status = leads_to(row, str(fields["command"]), is_amended=is_amended)
        return None

    def _amending(self, held: _Held, record: Record) -> str | None:
        """Take in that a case amends the licence, or does so no longer."""
        fields = record.fields
        flaw = amending_flaw(fields, record.number)
        if flaw is not None:
            return flaw
        row = licence_table().row(held.status, str(fields["command"]))
        amended_by = held.changes.amended_by(held.licence.version)
        if amended_by != ("" if fields["command"] == AMEND else fields["case"]):
            return "another case amends it"
        if row is None and fields["command"] == AMEND:
            return "the table does not allow it"
        held.changes.take(record.number, fields)
        if row is not None:
            held.status = row.to
        return None

    def _entry(self, held: _Held, record: Record) -> str | None:
        fields = record.fields
        entry = msgspec.convert(fields["entry"], Entry, strict=False)
        ledger = held.lines.get(str(fields["line"]))
        if not held.versions or ledger is None:
            site = registered_site(str(fields.get("site", "")), record.number)
            if entry.kind is not Kind.EXIT:
                return "it is on no licence"
            if not is_customs_at(
                self.rights_at(record.number), str(fields["party"]), site, recorded_day(record.fields)
            ):
                return "it is by nobody who may confirm an exit"
            held.unlicensed[record.number] = fields
            return None
        links = fields.get("links")
        if links is not None and (links in held.linked or links not in held.unlicensed or links > held.indices[-1]):
            return "it links no exit that came before"
        flaw = self._may_say(held, record, entry)
        if flaw:
            return flaw
        if ledger.known(entry) is not None:
            return "its key was taken"
        line = msgspec.structs.replace(ledger.line, standing=ACTIVE if held.status == EXHAUSTED else held.status)
        facts = held.facts(str(fields["failed_check"]))
        outcome = judge_entry(line, ledger.share(entry.declaration), facts, entry, is_linked=links is not None)
        ledger.apply(entry, outcome.posted)
        held.linked |= {links} if links is not None else set()
        self._add(held, str(fields["line"]), record.number, entry, outcome)
        return None

    def _may_say(self, held: _Held, record: Record, entry: Entry) -> str | None:
        fields = record.fields
        said = Said(
            entry.kind, str(fields["party"]), str(fields.get("site", "")), str(fields.get("owner", "")),
            recorded_day(fields), fields.get("links") is not None,
        )  # fmt: skip
        problem = role_problem(self.rights_at(record.number), held.licence, said, record.number)
        if problem is not None:
            return f"who said it may not: {problem.code}"
        return self._event_flaw(fields, entry) if fields["via"] == EVENT else None

    def _event_flaw(self, fields: Mapping[str, Any], entry: Entry) -> str | None:
        """Return what an entry says otherwise than the event that it follows."""
        for index, event, submitter in events_at([int(fields["event"])]):
            by = owner_of(event) if entry.kind in {Kind.RESERVE, Kind.RELEASE} else submitter
            said = (fields["party"], fields.get("site", ""), fields.get("owner", ""), entry.seq, entry.declaration)
            told = (by, left_at(event), owner_of(event), index, event.declaration)
            takes_back = entry.kind in {Kind.RELEASE, Kind.CORRECT}
            if said != told or fields["id"] != event.licence or takes_back != (event.error is not None):
                return "it is not what the event says that it follows"
            return None
        return "it follows an event that is not there"

    def _add(self, held: _Held, line: str, index: int, entry: Entry | None = None, made: Outcome | None = None) -> None:
        number, ledger = held.licence.number, held.lines[line]
        if entry is None or made is None:
            said = ("licensed", "", 0, held.licence.version, "", _whole(ledger.line.quantity), OK, "", 0, 0, 0, 0)
            self.found.entries.append(EntryOnLine(number, line, index, *said))
            return
        one = made.posted.change
        amounts = (_whole(one.drawn), _whole(one.reserved), _whole(one.unlicensed), _whole(one.back))
        key = (entry.kind.value, entry.declaration, entry.line, entry.seq, entry.on, _whole(entry.quantity))
        self.found.entries.append(EntryOnLine(number, line, index, *key, made.code, made.reason, *amounts))

    def _finish(self, number: str, held: _Held) -> None:
        self.found.unlinked[number] = {k: v for k, v in held.unlicensed.items() if k not in held.linked}
        if not held.versions:
            return
        self.found.licences[number], self.found.changes[number] = held.licence, held.changes
        self.found.versions.append(held.version(held.status))
        for name, ledger in held.lines.items():
            self.found.lines[number, name] = ledger.line


def _whole(quantity: Decimal) -> int:
    found = scaled(quantity)
    assert found is not None, "a quantity is checked before it is entered"
    return found


def stored_rows() -> Iterator[tuple[str, object]]:
    """Yield the rows of the tables as the log must give them: a name for each, and what it says."""
    for row in LicenceRow.objects.order_by("number", "version"):
        yield (
            f"licence {row.number} version {row.version}",
            Version(row.number, row.version, row.status, row.customs, row.log_index),
        )
    for line in LicenceLineRow.objects.order_by("number", "line"):
        yield f"licence {line.number} line {line.line}", line_values(line)
    for one in LicenceEntryRow.objects.select_related("line").order_by("log_index", "line__line"):
        said = EntryOnLine(
            one.line.number, one.line.line, one.log_index, one.kind, one.declaration, one.declaration_line, one.seq,
            one.day, one.asked, one.code, one.reason, one.drawn, one.reserved, one.unlicensed, one.back,
        )  # fmt: skip
        yield f"entry {one.log_index} on licence {one.line.number} line {one.line.line}", said


def line_values(row: Any) -> tuple[object, ...]:
    """Return what a row of a line says."""
    amounts = (row.quantity, row.tolerance, row.drawn, row.reserved, row.free, row.unlicensed)
    return (row.unit, *amounts, bool(row.is_exhausted))


def wanted_rows(found: LicenceReplay) -> Iterator[tuple[str, object]]:
    """Yield the same as the log gives it."""
    for version in sorted(found.versions):
        yield f"licence {version.number} version {version.version}", version
    for (number, name), line in sorted(found.lines.items()):
        amounts = (line.quantity, line.tolerance, line.drawn, line.reserved, line.free, line.unlicensed)
        yield f"licence {number} line {name}", (line.unit, *map(_whole, amounts), line.is_exhausted)
    for one in sorted(found.entries, key=lambda row: (row.log_index, row.line)):
        yield f"entry {one.log_index} on licence {one.number} line {one.line}", one
