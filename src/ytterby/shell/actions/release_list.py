"""Release an import that waits, and take an entry that vanished off its list: what only a person may say.

Who may: an account of the register's operator or of a licensing body with its own key; a release by another account
than the one that imported (threat D1). In a demo nobody signs, and the two are two steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ytterby.chain.party import OPERATOR
from ytterby.proof.key import PrivateKey
from ytterby.screening.list_diff import diff_members
from ytterby.screening.list_state import ListSnapshotRecord, ListState, SnapshotState
from ytterby.screening.lists.gathering import one_line
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.import_list import check_keeper
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, signed_record
from ytterby.shell.site.register import Register
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.screening_lists import (
    LIST_DELISTING,
    LIST_RELEASE,
    last_list_record,
    members_of,
    stored_list_states,
)
from ytterby.terms.problem import Problem, refuse

TEXT_MOST = 2_000
SHORTEST = 8  # characters of a digest that name an import


@dataclass(frozen=True, slots=True)
class ListJudged:
    """What came of it; `record` is the import that is in force now, or was to be. `vanished` counts what vanished."""

    problems: tuple[Problem, ...]
    size: int
    list_id: str = ""
    record: str = ""
    vanished: int = 0


def release_list(
    register: Register,
    which: str,
    *,
    reason: str,
    delisted: Mapping[str, str] | None = None,
    by: PrivateKey | None = None,
    party: str = "",
    at: datetime | None = None,
) -> ListJudged:
    """Let an import that waits be in force, or say why not. `which` is the beginning of its digest.

    `delisted`: of the entries that it lacks those that are off the list, each with the act; all others vanish, and are
    screened still. `party` is who says so in a demo, where nobody signs.
    """
    at, delisted = at or now(), {one_line(entry): one_line(act) for entry, act in (delisted or {}).items()}
    plain = reason.strip()
    if not plain or len(plain) > TEXT_MOST:
        return ListJudged((refuse("list.reason_missing", "", "", most=TEXT_MOST),), register.size)
    found = named_import(register, which)
    if found is None:
        return ListJudged((refuse("list.unknown_import", "", which),), register.size)
    fields = {
        "id": found.record,
        "of": found.record,
        "list": found.list,
        "reason": plain,
        "delisted": delisted,
    }

    def check(state: ListState, signer: str) -> None:
        """Check that it still waits, that another imported, and what is said to be delisted."""
        now_at = state.state_of(found)
        if now_at is not SnapshotState.HELD:
            raise RefusedRight(refuse("list.not_held", "", which, state=now_at.value))
        if signer and signer == found.speaker:
            raise RefusedRight(refuse("list.same_person"))
        was = members_of(state.in_force.snapshot) if state.in_force is not None else {}
        gone = {*diff_members(was, members_of(found.snapshot)).removed, *state.vanished}
        for entry, act in delisted.items():
            if entry not in gone or not act:
                raise RefusedRight(refuse("list.not_vanished", "", entry, list=found.list))

    result = _judge(register, found.list, Registrable(LIST_RELEASE, found.record, fields), check, by, party, at)
    return _with_record(result, found.record)


def delist_entry(
    register: Register,
    list_id: str,
    entry: str,
    *,
    act: str,
    by: PrivateKey | None = None,
    party: str = "",
    at: datetime | None = None,
) -> ListJudged:
    """Take an entry that vanished off its list, by an act that is named, or say why not."""
    entry, plain = one_line(entry), act.strip()
    if not plain or len(plain) > TEXT_MOST:
        return ListJudged((refuse("list.act_missing", "", "", most=TEXT_MOST),), register.size)
    state = stored_list_states(register).by_list.get(list_id)
    if state is None:
        return ListJudged((refuse("list.never_imported", "", list_id),), register.size)
    gone = state.vanished.get(entry)
    # An entry may vanish again after it came back: each time is a record of its own.
    key = f"{list_id} {entry} {gone.since if gone else ''}"
    fields = {"id": key, "list": list_id, "entry": entry, "act": plain}

    def check(state: ListState, signer: str) -> None:
        del signer
        if entry not in state.vanished:
            raise RefusedRight(refuse("list.not_vanished", "", entry, list=list_id))

    return _judge(register, list_id, Registrable(LIST_DELISTING, key, fields), check, by, party, at or now())


def named_import(register: Register, which: str) -> ListSnapshotRecord | None:
    """Return the one import whose record's or snapshot's digest begins so; of a snapshot the latest import."""
    text = which.strip().lower()
    if len(text) < SHORTEST:
        return None
    records = stored_list_states(register).by_record.values()
    found = [one for one in records if one.record.startswith(text)]
    if not found:
        same = [one for one in records if one.snapshot.startswith(text)]
        found = same[-1:] if len({(one.list, one.snapshot) for one in same}) == 1 else []
    return found[0] if len(found) == 1 else None


def _judge(
    register: Register,
    list_id: str,
    row: Registrable,
    check_state: Callable[[ListState, str], None],
    by: PrivateKey | None,
    party: str,
    at: datetime,
) -> ListJudged:
    def check() -> None:
        """Check who may, and what stands in the log now; the caller holds the lock."""
        check_keeper(register, by, at)
        state = stored_list_states(register, last_list_record() + 1).by_list[list_id]
        check_state(state, by.name if by is not None else "")

    try:
        said_by = check_keeper(register, by, at)
        fields = {**row.fields, "party": (party or OPERATOR) if by is None else said_by}
        record = signed_record(register, row._replace(fields=fields), by)
        size = register_documents([record], OPERATOR, at, check=check)
    except RefusedRight as refused:
        return ListJudged(refused.problems, register.size, list_id)
    publish_or_leave(register)
    state = stored_list_states(register, size).by_list[list_id]
    in_force = state.in_force.record if state.in_force is not None else ""
    return ListJudged((), size, list_id, in_force, len(state.vanished))


def _with_record(result: ListJudged, record: str) -> ListJudged:
    return ListJudged(result.problems, result.size, result.list_id, record, result.vanished)
