"""Import files of a list: read them, store bytes, entries and snapshot, and enter a signed record, in one transaction.

Who may: an account of the register's operator or of a licensing body, with its own key; in a demo whoever holds the
folder. Reading takes seconds and no lock; under the lock it is only looked whether somebody entered anything about
lists meanwhile, and then what it is compared with is taken anew. A file that takes many off a list, changes many, is
older than what is in force, has findings, or comes by an importer that never ran on a real file waits for a release
(`actions.release_list`); until then what was in force stays (threat D6).
"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.proof.key import PrivateKey
from ytterby.screening.entry import entry_digest, members_text, text_digest
from ytterby.screening.entry_text import entry_text
from ytterby.screening.list_diff import ListDiff, diff_members
from ytterby.screening.list_rule import hold_reasons
from ytterby.screening.list_state import ListState, ListStates
from ytterby.screening.lists.gathering import ListFile, one_line
from ytterby.screening.lists.reading import FORMATS, ReadList, files_digest
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, check_key, party_of_key, signed_record
from ytterby.shell.lists.file_reading import read_files
from ytterby.shell.lists.tables import list_rules
from ytterby.shell.site.register import Register
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import ListedFile as StoredFile
from ytterby.shell.store.models import ListedText, ListMembers
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.store.screening_lists import (
    KEEPERS,
    LIST_SNAPSHOT,
    last_list_record,
    members_of,
    packed_members,
    stored_list_states,
)
from ytterby.terms.problem import Problem, Severity, is_refused, problem_fields, refuse

TRIES = 4
# Problems that a record keeps; the command tells all.
KEPT_MOST = 60
NAME_MOST = 120
IN_FORCE, HELD, REFUSED = "in_force", "held", "refused"


@dataclass(frozen=True, slots=True)
class ListImported:
    """What came of it: in force, held with reasons, or refused. `record` is the digest of the import's record.

    `size` is the log's size afterwards; counts are beside what was in force before.
    """

    state: str
    problems: tuple[Problem, ...]
    size: int
    record: str = ""
    snapshot: str = ""
    format: str = ""
    published: date | None = None
    entries: int = 0
    names: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    holds: tuple[str, ...] = ()


class _Overtaken(Exception):  # noqa: N818 -- it ends a transaction; what follows is another try
    """Somebody else entered something about lists meanwhile."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What the files come to, ready to be stored."""

    files: Sequence[ListFile]
    read: ReadList
    texts: Mapping[str, str]
    members: Mapping[str, str]
    snapshot: str


def import_list(
    register: Register,
    files: Sequence[ListFile],
    *,
    list_id: str,
    format_id: str = "",
    published: date | None = None,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> ListImported:
    """Import files as a snapshot of a list, or say why not. The same files again say that nothing has changed."""
    at = at or now()
    problems = list(_check_asked(files, list_id, format_id, published, at))
    if problems:
        return ListImported(REFUSED, tuple(problems), register.size)
    try:
        check_keeper(register, by, at)
        read = read_files(files, list_id=list_id, format_id=format_id, published=published)
        if is_refused(read.problems):
            return ListImported(REFUSED, read.problems, register.size, format=read.format)
        rule = list_rules().of(list_id, at.date())
        if rule is not None and read.format not in rule.formats:
            # Another list's file would be in force under this one's name, and everybody on this one be cleared.
            wrong = refuse("list.not_of_this_list", "", list_id, format=read.format, formats=", ".join(rule.formats))
            return ListImported(REFUSED, (wrong, *read.problems), register.size, format=read.format)
        return _enter(register, list_id, _made(files, read), by, at)
    except RefusedRight as refused:
        return ListImported(REFUSED, refused.problems, register.size)


def check_keeper(register: Register, by: PrivateKey | None, at: datetime) -> str:
    """Return for whom a key keeps lists; in a demo nobody signs.

    Raises:
        RefusedRight: there is no key, or its account may not.
    """
    found = [OPERATOR]

    def may(key: PrivateKey) -> bool:
        rights = stored_rights(register)
        party = party_of_key(rights, key)
        found[0] = party or ""
        return party is not None and rights.is_office(party, KEEPERS, at.date())

    check_key(register, by, may, needed=refuse("list.account_needed"), refused=refuse("list.not_an_account"))
    return found[0]


def _check_asked(
    files: Sequence[ListFile], list_id: str, format_id: str, published: date | None, at: datetime
) -> list[Problem]:
    rules = list_rules()
    problems = []
    if not rules.knows(list_id):
        problems.append(refuse("list.unknown_list", "", list_id, known=", ".join(rules.ids)))
    if format_id and format_id not in FORMATS:
        problems.append(refuse("list.unknown_format", "", format_id, known=", ".join(FORMATS)))
    if not files:
        problems.append(refuse("list.no_file"))
    if published is not None and published > at.date():
        problems.append(refuse("list.published_later", "", published.isoformat(), today=at.date().isoformat()))
    return problems


def _made(files: Sequence[ListFile], read: ReadList) -> _Made:
    members, texts = {}, {}
    for entry in read.entries:
        digest = entry_digest(entry)
        members[entry.id] = digest
        texts[digest] = entry_text(entry)
    return _Made(files, read, texts, members, text_digest(members_text(members.items())))


def _enter(register: Register, list_id: str, made: _Made, by: PrivateKey | None, at: datetime) -> ListImported:
    rows = [(sha256(file.raw).hexdigest(), zlib.compress(file.raw), len(file.raw)) for file in made.files]
    for _ in range(TRIES):
        last = last_list_record()
        states = stored_list_states(register, last + 1)
        diff, fields = _fields(states, list_id, made, at)
        fields["party"] = check_keeper(register, by, at)
        record = signed_record(register, Registrable(LIST_SNAPSHOT, fields["id"], fields), by)

        def check(last: int = last) -> None:
            """Store beside the record what it names; the caller holds the lock."""
            check_keeper(register, by, at)
            if last_list_record() != last:
                raise _Overtaken
            _store(made, rows)

        try:
            size = register_documents([record], OPERATOR, at, check=check)
        except _Overtaken:
            continue
        publish_or_leave(register)
        return _told(register, list_id, made, diff, fields, size)
    raise RefusedRight(refuse("list.contended", "", list_id))


def _fields(states: ListStates, list_id: str, made: _Made, at: datetime) -> tuple[ListDiff, dict[str, Any]]:
    """Return what changed beside what is in force, and what the record says."""
    state = states.by_list.get(list_id) or ListState(list_id)
    base, read = state.in_force, made.read
    was = members_of(base.snapshot) if base is not None else {}
    if base is not None and len(was) != base.entries:
        # What is in force cannot be read: nothing may be compared with it, and nothing takes its place unseen.
        raise RefusedRight(refuse("list.in_force_unreadable", "", list_id))
    diff = diff_members(was, made.members)
    published = read.published
    holds = hold_reasons(
        list_rules().limits_on(at.date()),
        before=diff.before,
        removed=len(diff.removed),
        changed=len(diff.changed),
        is_older=bool(base and base.published and published and published < base.published),
        has_findings=any(problem.severity is Severity.FINDING for problem in read.problems),
        is_untried=FORMATS[read.format].is_from_documentation and not _was_released(state, read),
    )
    number = len(state.snapshots) + 1
    return diff, {
        "id": f"{list_id} {number}",
        "list": list_id,
        "number": number,
        "published": published.isoformat() if published else None,
        "files": [
            {"name": one_line(file.name)[-NAME_MOST:], "sha256": sha256(file.raw).hexdigest(), "bytes": len(file.raw)}
            for file in made.files
        ],
        "file_digest": files_digest(made.files),
        "snapshot": made.snapshot,
        "format": read.format,
        "version": read.version,
        "entries": len(made.members),
        "names": sum(len(entry.names) for entry in read.entries),
        "before": base.record if base is not None else None,
        "added": len(diff.added),
        "changed": len(diff.changed),
        "removed": len(diff.removed),
        "holds": list(holds),
        "counts": dict(Counter(problem.code for problem in read.problems)),
        "problems": [problem_fields(problem) for problem in read.problems[:KEPT_MOST]],
    }


def _was_released(state: ListState, read: ReadList) -> bool:
    """Tell whether somebody has released what this importer made of this list before."""
    return any(
        one.record in state.releases and (one.format, one.version) == (read.format, read.version)
        for one in state.snapshots
    )


def _store(made: _Made, files: Sequence[tuple[str, bytes, int]]) -> None:
    """Store what is not there yet; the caller holds the lock."""
    have = {digest for (digest,) in rows_among(StoredFile, ("sha256",), "sha256", [row[0] for row in files])}
    new = {row[0]: row for row in files if row[0] not in have}
    insert_rows(StoredFile, ("sha256", "content", "length"), list(new.values()))
    known = {digest for (digest,) in rows_among(ListedText, ("digest",), "digest", list(made.texts))}
    texts = [(digest, text) for digest, text in made.texts.items() if digest not in known]
    insert_rows(ListedText, ("digest", "document"), texts)
    if not ListMembers.objects.filter(snapshot=made.snapshot).exists():
        insert_rows(ListMembers, ("snapshot", "members"), [(made.snapshot, packed_members(made.members))])


def _told(
    register: Register, list_id: str, made: _Made, diff: ListDiff, fields: Mapping[str, Any], size: int
) -> ListImported:
    snapshots = stored_list_states(register, size).by_list[list_id].snapshots
    record = next(one for one in reversed(snapshots) if one.snapshot == made.snapshot)
    return ListImported(
        HELD if fields["holds"] else IN_FORCE,
        made.read.problems,
        size,
        record=record.record,
        snapshot=made.snapshot,
        format=made.read.format,
        published=made.read.published,
        entries=fields["entries"],
        names=fields["names"],
        added=len(diff.added),
        changed=len(diff.changed),
        removed=len(diff.removed),
        holds=tuple(fields["holds"]),
    )
