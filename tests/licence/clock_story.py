"""A case told shortly: what happened when, and the clocks of a pack over it."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from ytterby.law.procedure import Procedure
from ytterby.licence.case_clock import CaseClocks, Moment, Timekeeping, keep_time, read_case_clocks
from ytterby.shell.site.calendars import calendars, zone_of
from ytterby.shell.site.law_packs import calendars_beside, law_of, packaged_law

PACKS = Path(__file__).resolve().parents[1] / "law" / "packs"
# Which phase and whose turn a case comes to by a command, as the table of an individual licence tells it.
AFTER = {
    "begin": ("none", "applicant"),
    "submit": ("received", "officer"),
    "notify_missing": ("supplement", "applicant"),
    "supply": ("received", "officer"),
    "send_back": ("none", "applicant"),
    "not_accept": ("not_accepted", "applicant"),
    "pass_on": ("pre_check", "province"),
    "accept": ("review", "officer"),
    "propose": ("review", "signer"),
    "grant": ("granted", "officer"),
    "refuse": ("refused", "applicant"),
    "reopen": ("review", "officer"),
    "appeal": ("review", "officer"),
    "issue": ("delivered", "applicant"),
    "ask_amendment": ("amending", "officer"),
    "amend": ("delivered", "applicant"),
    "withdraw": ("ended", "applicant"),
}


def instant(text: str, offset: str) -> datetime:
    return datetime.fromisoformat(f"{text}{offset}")


def story(*told: str, offset: str = "+08:00") -> list[Moment]:
    """Read `2025-09-26T10:00 verb [id [reason or body]]`, one a line; a verb without a phase stays where it is."""
    found: list[Moment] = []
    phase, holder = "none", "applicant"
    for line in told:
        at, verb, *more = line.split()
        phase, holder = AFTER.get(verb, (phase, holder))
        name, reason = [*more, "", ""][:2]
        body = reason if verb == "open_work" else ""
        found.append(Moment(verb, instant(at, offset), phase, holder, name, "" if body else reason, body))
    return found


def phases_of(procedure: Procedure) -> dict[str, str]:
    assert procedure.casework is not None
    return {phase.value: state for phase, state in procedure.casework.phases.items()}


@cache
def cn(kind: str = "individual") -> Timekeeping:
    procedure = packaged_law().procedures["CN-procedure"]
    return keep_time(procedure, phases_of(procedure), calendars(), zone_of, kind=kind)


@cache
def other(folder: str, procedure: str) -> Timekeeping:
    book, problems = law_of(PACKS / folder)
    assert problems == []
    found = book.procedures[procedure]
    return keep_time(found, phases_of(found), calendars_beside(PACKS / folder)[0], zone_of, kind="individual")


def clocks(told: list[Moment], as_of: str, keeping: Timekeeping | None = None, offset: str = "+08:00") -> CaseClocks:
    return read_case_clocks(told, keeping or cn(), as_of=instant(as_of, offset))


def due(found: CaseClocks, clock: str) -> date | None:
    run = found.last_run(clock)
    return run.reading.due if run else None


def day(found: CaseClocks, clock: str) -> int:
    run = found.last_run(clock)
    return run.reading.day if run else -1


# Friday; the National Day week follows it, with working days on Sunday the 28th and on Saturday 11 October.
SUBMITTED = "2025-09-26T10:00 submit"
ACCEPTED = "2025-09-29T09:00 accept"


def cn_story(*more: str):
    return story("2025-09-25T09:00 begin", SUBMITTED, *more)
