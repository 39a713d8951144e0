"""Draw which decisions by rule of a month people look at again, and enter what came of it.

The draw is the register's own: its frame is the log's, its seed is drawn when the month is over, and a month is drawn
once (as the sample of suppressed hits, `judge_hit.draw_sample`). A result is a signed record of somebody of the office
who had no part in the case (threats D1, D3); in a demo whoever holds the folder says who speaks.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ytterby.chain.party import OPERATOR
from ytterby.licence.audit import AuditResult, AuditSample, draw_sample, result_problems
from ytterby.screening.suppressed_sample import SEED_BYTES
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.draw_down import spoken_record
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.site.register import Register
from ytterby.shell.store.audits import RESULT, SAMPLE, audited_of, auditor_of, frame_at, stored_audits
from ytterby.shell.store.case_speakers import Speaker, speaker_flaw
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.models import LogHead
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.civil_day import last_day
from ytterby.terms.problem import Problem, refuse

TRIES = 5


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """The sample of a month; nothing was entered where a problem refuses."""

    problems: tuple[Problem, ...]
    size: int
    sample: AuditSample | None = None


@dataclass(frozen=True, slots=True)
class AuditChange:
    """What came of a result."""

    problems: tuple[Problem, ...]
    size: int
    result: AuditResult | None = None


class _Stale(Exception):  # noqa: N818 -- it is no error: it is worked out anew
    """Something came in between."""


def draw_audit(register: Register, month: str, *, at: datetime | None = None) -> AuditDraw:
    """Draw the sample of a month (`2026-11`) that is over; one that was drawn is told again as it was."""
    moment = at or now()
    last = last_day(month)
    if last is None:
        return AuditDraw((refuse("audit.month", "/month", month),), register.size)
    if moment.date() <= last:
        return AuditDraw((refuse("audit.month_not_over", "/month", month),), register.size)
    for _ in range(TRIES):
        known = stored_audits(register).samples.get(month)
        if known is not None:
            return AuditDraw((), register.size, known)
        before = register.size
        frame, shares = frame_at(register, month, before)
        sample = draw_sample(month, secrets.token_bytes(SEED_BYTES), shares, frame)
        record = Registrable(SAMPLE, month, {"id": month, "sample": msgspec.to_builtins(sample)})
        try:
            size = register_documents([record], OPERATOR, moment, check=_unchanged(before))
        except _Stale:
            continue
        publish_or_leave(register)
        return AuditDraw((), size, sample)
    raise RuntimeError(f"the log grew {TRIES} times while a month was drawn")


def _unchanged(size: int) -> Callable[[], None]:
    """Return what makes sure, under the lock, that the log is still of a size."""

    def check() -> None:
        if LogHead.objects.get(id=1).size != size:
            raise _Stale

    return check


def enter_audit_result(
    register: Register, case: str, verdict: str, text: str, speaker: Speaker, *, at: datetime | None = None
) -> AuditChange:
    """Enter what came of looking at a drawn case again: `confirmed` or `wrong`, and why."""
    moment = at or now()
    for _ in range(TRIES):
        result = AuditResult(case, len(stored_audits(register).results.get(case, ())) + 1, verdict, text.strip())
        fields = {"id": case, "result": msgspec.to_builtins(result)}
        record = spoken_record(register, Registrable(RESULT, case, fields), speaker)

        def check(result: AuditResult = result) -> None:
            """Judge it by what the log holds; the caller holds the lock."""
            _judge(register, result, speaker, moment)

        try:
            size = register_documents([record], speaker.party or OPERATOR, moment, check=check)
        except _Stale:
            continue
        except RefusedRight as refused:
            return AuditChange(refused.problems, register.size)
        publish_or_leave(register)
        return AuditChange((), size, result)
    raise RuntimeError(f"the case {case} was judged {TRIES} times while one result was entered")


def _judge(register: Register, result: AuditResult, speaker: Speaker, at: datetime) -> None:
    """Hold a result against the rules.

    Raises:
        RefusedRight: they refuse it.
        _Stale: another result came first.
    """
    rights, audits = stored_rights(register), stored_audits(register)
    if (flaw := speaker_flaw(register, rights, speaker)) is not None:
        raise RefusedRight(flaw)
    size = LogHead.objects.get(id=1).size
    who = auditor_of(register, rights, speaker.account, speaker.party, at.date(), size)
    if problems := result_problems(result, who, audited_of(audits, result.case, stored_case(result.case))):
        raise RefusedRight(*problems)
    if result.n != len(audits.results.get(result.case, ())) + 1:
        raise _Stale
