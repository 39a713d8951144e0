"""Enter something on a licence: reserve, draw, release, correct, confirm an exit, link one that came before it.

Each entry is one record `draw_down` of the log (key: the licence's number), with who says it and what is said: the
record is made and signed before the lock, and what it does follows under the lock from what was entered before it
(`licence.exit.judge_entry`), so that two at once are simply one after the other. Replays are answered as the first time
and enter nothing; what the licence refuses is entered too, and kept under its key. An exit is never refused: where
there is no such licence, or no such line, it is recorded as unlicensed, for an officer to see and to link.

Who may: `store.licence_speakers` (threat Q4). What follows from screening is pinned in the record as one word, and
looked at again under the lock.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from ytterby.licence.draw_down import CONFLICT, OK, Entry, Kind, Line, Share
from ytterby.licence.exit import ISSUED, NO_LICENCE, NOT_DRAWN, Exit, Facts, Outcome, judge_entry
from ytterby.licence.licence import Licence, scaled
from ytterby.licence.refusal import exit_problems, refusal_of, split_warning
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.draw_checks import failed_check
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, signed_record
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker, speaker_flaw
from ytterby.shell.store.casework.ceilings import Counted
from ytterby.shell.store.licence_ledger import (
    answer_of,
    enter_outcome,
    exit_of,
    known_entry,
    said_by,
    share_on,
    shares_on,
)
from ytterby.shell.store.licence_speakers import Said, is_customs_at, role_problem, unknown_licence
from ytterby.shell.store.licences import (
    DRAW_DOWN,
    HeldLicence,
    follow_customs,
    follow_use,
    held_licence,
    line_of,
    stored_lines,
)
from ytterby.shell.store.models import LicenceEntryRow, LicenceLineRow, LogHead, Registration
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.registrations import registered_site
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.civil_day import is_day
from ytterby.terms.problem import Problem, finding, refuse

TRIES = 5
TEXT_MAX, NAME_MAX = 4_000, 200
EVENT = "event"  # by what a party's own event says, and not by an account

Json = dict[str, Any]


class Asked(NamedTuple):
    """What somebody wants entered: on which line of which licence, what, at which place, of whose goods, and why.

    `links` is the record of an exit that came before the licence; `event` the accepted event that says it, `instant`
    when that was, and `corrects` the record that an error declaration of an event takes back.
    """

    licence: str
    line: str
    entry: Entry
    site: str = ""
    owner: str = ""
    text: str = ""
    links: int | None = None
    event: int | None = None
    instant: str = ""
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class DrawDown:
    """What came of it: the code of the entry, of an exit its verdict, what was drawn and what left unlicensed (exact
    decimal text), the record's number in the log, the log's size. Where a problem refuses, the balance is as it was.
    """

    problems: tuple[Problem, ...]
    size: int
    code: str = ""
    verdict: str = ""
    reason: str = ""
    drawn: str = "0"
    unlicensed: str = "0"
    unit: str = ""
    index: int | None = None


class _Stale(Exception):  # noqa: N818 -- it is no error: the record is made anew
    """What the record pins does not hold any more."""


class _Answered(Exception):  # noqa: N818 -- the answer is known, and nothing is entered
    """The same was entered before, or something else under its key."""

    def __init__(self, answer: DrawDown) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass
class _Judged:
    """What was found under the lock, for what is written after the record."""

    held: HeldLicence | None = None
    row: LicenceLineRow | None = None
    outcome: Outcome | None = None
    problems: list[Problem] = field(default_factory=list)
    unlicensed: DrawDown | None = None
    index: int | None = None


def enter_draw_down(
    register: Register, asked: Asked, speaker: Speaker, *, at: datetime | None = None, publishes: bool = True
) -> DrawDown:
    """Enter something on a licence, and return what came of it.

    Who enters many at once `publishes` the log's files once for all of them.
    """
    moment = at or now()
    problems = _form(asked)
    if problems:
        return DrawDown(tuple(problems), register.size)
    for _ in range(TRIES):
        failed = failed_check(held_licence(asked.licence), moment, _counted(asked))
        judged = _Judged()
        try:
            size = _record(register, asked, speaker, judged, moment, failed=failed)
        except _Stale:
            continue
        except _Answered as known:
            return known.answer
        except RefusedRight as refused:
            return DrawDown(refused.problems, register.size)
        if publishes:
            publish_or_leave(register)
        return _answer(judged, size)
    raise RuntimeError(f"screening changed {TRIES} times while one entry was made on {asked.licence}")


def _form(asked: Asked) -> list[Problem]:
    entry, problems = asked.entry, []
    for name, text in (("declaration", entry.declaration), ("licence", asked.licence), ("line", asked.line)):
        if not text.strip() or len(text) > NAME_MAX:
            problems.append(refuse("licence.entry_name", f"/{name}", text, field=name, limit=NAME_MAX))
    if min(entry.seq, entry.line) < 1 or max(entry.seq, entry.line) >= 2**63:
        problems.append(refuse("licence.entry_number", "/seq", entry.seq))
    if not entry.quantity.is_finite() or scaled(entry.quantity) is None:
        problems.append(refuse("licence.quantity_scale", "/quantity", entry.quantity, line=asked.line))
    if not is_day(entry.on):
        problems.append(refuse("licence.entry_day", "/on", entry.on))
    if len(asked.text) > TEXT_MAX:
        problems.append(refuse("licence.text_too_long", "/text", len(asked.text), limit=TEXT_MAX))
    return problems


def _record(register: Register, asked: Asked, speaker: Speaker, judged: _Judged, at: datetime, *, failed: str) -> int:
    record = spoken_record(register, Registrable(DRAW_DOWN, asked.licence, draw_down_fields(asked, failed)), speaker)

    def check() -> None:
        _judge(register, asked, speaker, judged, at, failed=failed)

    def after(first: int) -> None:
        judged.index = first
        if judged.row is not None and judged.outcome is not None:
            enter_outcome(judged.row, asked.entry, judged.outcome, first)
            follow_use(asked.licence, judged.held)

    return register_documents([record], speaker.party, at, check=check, after=after)


def spoken_record(register: Register, row: Registrable, speaker: Speaker) -> Registrable:
    """Return a record with who says it, for which party and by which door, and its signature where a key signs."""
    row = row._replace(fields={**row.fields, "party": speaker.party, "via": speaker.via})
    if speaker.key is not None:
        return signed_record(register, row, speaker.key)
    return row._replace(fields={**row.fields, "by": speaker.account})


def draw_down_fields(asked: Asked, failed: str) -> Json:
    """Return what the record of an entry says, before it is signed."""
    entry = msgspec.to_builtins(asked.entry) | {"quantity": format(asked.entry.quantity, "f")}
    optional = {
        name: value
        for name in ("site", "owner", "text", "links", "event", "instant", "corrects")
        if (value := getattr(asked, name)) not in {"", None}
    }
    return {"id": asked.licence, "line": asked.line, "entry": entry, "failed_check": failed, **optional}


def _judge(register: Register, asked: Asked, speaker: Speaker, judged: _Judged, at: datetime, *, failed: str) -> None:
    """Judge an entry by what the log holds; the caller holds the lock.

    Raises:
        RefusedRight: who speaks is not who it says, may not say it, or there is nothing to say it of.
        _Answered: it was said before.
        _Stale: the check that the record pins came out otherwise by now.
    """
    rights = stored_rights(register)
    flaw = speaker_flaw(register, rights, speaker) if asked.event is None else None
    if flaw is not None:
        raise RefusedRight(flaw)
    size = LogHead.objects.get(id=1).size
    held = _acknowledged(asked.licence)
    if failed_check(held, at, _counted(asked)) != failed:
        raise _Stale
    line = stored_lines(asked.licence).get(asked.line)
    if held is None or line is None:
        _without_licence(register, asked, speaker, held, judged, at)
        return
    said = said_of(asked, speaker.party, at.date())
    problem = role_problem(rights, held.licence, said, size)
    if problem is not None:
        raise RefusedRight(problem)
    room, share = line_of(line, held.licence, held.standing), share_on(line, asked.entry.declaration)
    known = known_entry(line, asked.entry)
    if known is not None:
        raise _Answered(_known_answer(register, known, asked.entry, room, share))
    if asked.links is not None:
        _check_link(asked, held)
    facts = _facts(held, failed=failed)
    outcome = judge_entry(room, share, facts, asked.entry, is_linked=asked.links is not None)
    judged.held, judged.row, judged.outcome = held, line, outcome
    judged.problems = _told(asked.entry, room, share, outcome, held.licence)


def _counted(asked: Asked) -> Counted | None:
    """Return what of an entry ceilings count; None where it lets nothing out that has not left already."""
    entry = asked.entry
    is_out = entry.kind in {Kind.RESERVE, Kind.DRAW, Kind.EXIT} and asked.links is None and entry.quantity > 0
    return Counted(asked.line, entry.declaration, entry.quantity, date.fromisoformat(entry.on)) if is_out else None


def said_of(asked: Asked, party: str, day: date) -> Said:
    """Return what decides who may say an entry."""
    return Said(asked.entry.kind, party, asked.site, asked.owner, day, asked.links is not None)


def _acknowledged(number: str) -> HeldLicence | None:
    held = held_licence(number)
    if held is not None and held.row.status == ISSUED:
        follow_customs(number)
        held = held_licence(number)
    return held


def _facts(held: HeldLicence, *, failed: str) -> Facts:
    licence = held.licence
    # Only where one declaration may have the whole licence is it asked which ones are there.
    lines = list(stored_lines(licence.number).values()) if licence.is_single_use or licence.ends_at_exit else []
    return Facts(
        # Who has not acknowledged it finds it issued, and not active.
        failed_check=failed,
        is_single_use=licence.is_single_use,
        ends_at_exit=licence.ends_at_exit,
        shares=shares_on(lines),
    )


def _told(entry: Entry, line: Line, share: Share, outcome: Outcome, licence: Licence) -> list[Problem]:
    refusal = refusal_of(outcome.code, entry, line, share)
    if refusal is not None:
        return [refusal]
    if outcome.exit is not None:
        return exit_problems(entry, line, outcome.exit)
    if entry.kind is Kind.RESERVE and licence.ends_at_exit and entry.quantity < line.quantity - line.used:
        return [split_warning(entry, line)]
    return []


def _without_licence(
    register: Register, asked: Asked, speaker: Speaker, held: HeldLicence | None, judged: _Judged, at: datetime
) -> None:
    """Judge an entry that no line is there for: an exit is recorded all the same, anything else is refused.

    Raises:
        RefusedRight: it is no exit, or who speaks is no customs body at its own place.
        _Answered: it was recorded before.
    """
    rights, entry = stored_rights(register), asked.entry
    size = LogHead.objects.get(id=1).size
    site = registered_site(asked.site, size) if asked.site else None
    is_exit = entry.kind is Kind.EXIT and asked.links is None
    if not is_exit or not is_customs_at(rights, speaker.party, site, at.date()):
        raise RefusedRight(unknown_licence(asked.licence))
    if held is not None and site is not None and site.country != held.licence.country:
        raise RefusedRight(unknown_licence(asked.licence))
    for record in exits_without_licence(asked.licence):
        said = msgspec.convert(record.fields["entry"], Entry, strict=False)
        if said.key == entry.key and record.fields["line"] == asked.line:
            if said == entry:
                raise _Answered(_not_licensed(entry, register.size, record.number))
            conflict = refuse("licence.same_key", "/seq", entry.seq, declaration=entry.declaration)
            raise _Answered(DrawDown((conflict,), register.size, CONFLICT, index=record.number))
    judged.unlicensed = _not_licensed(entry, 0, None)


def _not_licensed(entry: Entry, size: int, index: int | None) -> DrawDown:
    """Return what comes of an exit that no licence is there for."""
    left = format(entry.quantity, "f")
    facts = {"declaration": entry.declaration, "unit": entry.unit, "drawn": "0", "reason": NO_LICENCE}
    told = finding("licence.unlicensed_exit", "", left, **facts)
    return DrawDown((told,), size, OK, NOT_DRAWN, NO_LICENCE, "0", left, entry.unit, index)


class ExitRecord(NamedTuple):
    """The record of an exit, its number in the log and its fields."""

    number: int
    fields: Mapping[str, Any]


def exits_without_licence(number: str) -> list[ExitRecord]:
    """Return the records of exits on a number that were made when there was no such licence or line."""
    rows = Registration.objects.filter(kind=DRAW_DOWN, key=number).order_by("log_index")
    entered = set(LicenceEntryRow.objects.filter(line__number=number).values_list("log_index", flat=True))
    return [
        ExitRecord(index, json.loads(document))
        for index, document in rows.values_list("log_index", "document")
        if index not in entered
    ]


def _check_link(asked: Asked, held: HeldLicence) -> None:
    """Refuse a link of anything but an exit that came before the licence and was not linked yet.

    Raises:
        RefusedRight: it is none.
    """
    record = next((one for one in exits_without_licence(asked.licence) if one.number == asked.links), None)
    if record is None or record.number > held.row.log_index or _is_linked(asked.licence, record.number):
        raise RefusedRight(refuse("licence.no_exit_to_link", "/links", asked.links))
    said = msgspec.convert(record.fields["entry"], Entry, strict=False)
    if msgspec.structs.replace(said, unit=asked.entry.unit) != asked.entry:
        raise RefusedRight(refuse("licence.no_exit_to_link", "/links", asked.links))


def _is_linked(number: str, index: int) -> bool:
    rows = Registration.objects.filter(kind=DRAW_DOWN, key=number, log_index__gt=index)
    return any(json.loads(text).get("links") == index for text in rows.values_list("document", flat=True))


def _known_answer(register: Register, known: LicenceEntryRow, entry: Entry, line: Line, share: Share) -> DrawDown:
    """Return what an entry was answered the first time; or that its key holds something else."""
    code = answer_of(known, entry)
    refusal = refusal_of(code, entry, line, share)
    if refusal is not None:
        return DrawDown((refusal,), register.size, code, unit=line.unit, index=known.log_index)
    verdict = exit_of(known)
    problems = tuple(exit_problems(said_by(known), line, verdict)) if verdict is not None else ()
    return _with_exit(DrawDown(problems, register.size, code, unit=line.unit, index=known.log_index), verdict)


def _answer(judged: _Judged, size: int) -> DrawDown:
    if judged.unlicensed is not None:
        return replace(judged.unlicensed, size=size, index=judged.index)
    assert judged.outcome is not None, "what is entered was judged"
    assert judged.row is not None, "what is entered was judged"
    made = DrawDown(tuple(judged.problems), size, judged.outcome.code, unit=judged.row.unit, index=judged.index)
    return _with_exit(made, judged.outcome.exit)


def _with_exit(made: DrawDown, judged: Exit | None) -> DrawDown:
    if judged is None:
        return made
    return DrawDown(
        made.problems, made.size, made.code, judged.verdict, judged.reason or judged.flag,
        format(judged.drawn, "f"), format(judged.unlicensed, "f"), made.unit, made.index,
    )  # fmt: skip
