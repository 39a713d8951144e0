"""Who works in the office, folded from records of the log (`licence.office_roster`), now or before an entry.

A record says of an account that it is there or away (`presence`), in which team it works and what it is able to
(`post`), or that it has a conflict with a party (`conflict`). Who may say what is checked again here; a record that
does not hold has no effect, and the doctor names it (threats D3, O3).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ytterby.chain.party import OPERATOR
from ytterby.licence.office_roster import Conflict, Post, Presence, Roster, Said, said_problems
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.rights import KINDS as RIGHTS_KINDS
from ytterby.shell.store.rights import Record, Rights, rights_by_index, signature_flaw, stored_records

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

PRESENCE, POST, CONFLICT = "presence", "post", "conflict"
OFFICE_KINDS = (PRESENCE, POST, CONFLICT)
UNREADABLE = (KeyError, TypeError, ValueError, msgspec.ValidationError)
ROSTERS_KEPT = 8
_kept = Kept[Roster](ROSTERS_KEPT)

Json = dict[str, Any]


def roster_fields(said: Said) -> Json:
    """Return what the record of something said about an account holds, before it is signed."""
    return {**msgspec.to_builtins(said), "id": said.account}


def read_said(fields: Mapping[str, Any]) -> Said:
    """Return what a record says about an account.

    Raises:
        msgspec.ValidationError: it is none of these.
    """
    names = ("kind", "account", "is_present", "team", "able", "party", "text", "is_over")
    said: Said = msgspec.convert({name: fields[name] for name in names if name in fields}, Presence | Post | Conflict)
    return said


def roster_from(register: "Register", size: int | None = None) -> tuple[Roster, list[tuple[int, str]]]:
    """Return the roster as the log gives it, now or before an entry, and the records that have no effect."""
    roster, flaws = Roster(), []
    rights_at = rights_by_index(register)
    for record in stored_records(size, kinds=OFFICE_KINDS):
        try:
            said = read_said(record.fields)
            what = speaker_problem(rights_at(record.number), register, record, said, roster)
        except UNREADABLE as error:
            what, said = f"it cannot be read: {type(error).__name__}", None
        if what is not None or said is None:
            flaws.append((record.number, what or ""))
            continue
        party = rights_at(record.number).accounts()[said.account].party
        roster = roster.after(said, party)
    return roster, flaws


def speaker_problem(rights: Rights, register: "Register", record: Record, said: Said, roster: Roster) -> str | None:
    """Return what is wrong with a record about an account; None when nothing is."""
    by, accounts = str(record.fields.get("by", "")), rights.accounts()
    if said.account not in accounts:
        return "it is about no account that was in force"
    if by not in accounts:
        if not register.is_demo:
            return "it is by no account that was in force"
    elif not register.is_demo and (flaw := signature_flaw(accounts[by].key, register.id, record.kind, record.fields)):
        return flaw
    is_operator = by in accounts and accounts[by].party == OPERATOR
    problems = said_problems(said, by, is_operator=is_operator or (register.is_demo and not by), roster=roster)
    return f"the rules do not allow it: {problems[0].code}" if problems else None


def stored_roster(register: "Register") -> Roster:
    """Return who works in the office now."""
    return roster_from(register)[0]


def kept_roster(register: "Register", size: int) -> Roster:
    """Return who worked in the office at a log size, worked out anew only where somebody said something or rights
    changed. Nobody changes it.
    """
    return kept_by(_kept, (*OFFICE_KINDS, *RIGHTS_KINDS), size, lambda: roster_at(register, size))


def roster_at(register: "Register", index: int) -> Roster:
    """Return who worked in the office before an entry of the log."""
    return roster_from(register, index)[0]
