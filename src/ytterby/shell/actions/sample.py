"""Draw at random which plants or lots are visited: first a plan with the digest of a seed, later the draw.

The plan is a record of the log from before the period is over; the frame is what is known at the end of the plan's
frame day, after it. So nobody who fixed plan and seed knew what they would meet, and nothing is left to choose when the
draw is made; one plan counts for a period and kind of unit. Both records are closed until they are handed out, since a
plant that knows is no sample. Who may: the office.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec

from ytterby.balance.sampling_plan import (
    SEED_BYTES,
    Drawn,
    Plan,
    Stratum,
    check_draw,
    check_plan,
    draw,
    plan_digest,
    seed_digest,
)
from ytterby.chain.party import OPERATOR
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, signed_record
from ytterby.shell.actions.signed_word import check_speaker
from ytterby.shell.site.register import Register
from ytterby.shell.store.reading.known import known_on
from ytterby.shell.store.reading.sampling import frame_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.samples import DRAW, PLAN, stored_samples
from ytterby.terms.problem import Problem, refuse


@dataclass(frozen=True, slots=True)
class SampleChange:
    """What came of it: the period, the digest of plan and frame once it is drawn, what was drawn, the log's size."""

    problems: tuple[Problem, ...]
    size: int
    key: str = ""
    digest: str = ""
    drawn: tuple[Drawn, ...] = ()


def make_seed() -> bytes:
    """Return a new seed, for whoever commits a plan to keep."""
    return secrets.token_bytes(SEED_BYTES)


def commit_plan(
    register: Register,
    *,
    period: str,
    unit: str,
    size: str,
    strata: tuple[Stratum, ...],
    frame_day: date,
    seed: bytes,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> SampleChange:
    """Enter a plan with the digest of its seed; the seed itself goes nowhere."""
    moment = at or now()
    plan = Plan(period, unit, size, frame_day.isoformat(), strata, seed_digest(seed))
    if problems := check_plan(plan, moment.date()):
        return SampleChange(tuple(problems), register.size)
    key = f"{period} {unit}"
    fields = {"id": key, "plan": msgspec.to_builtins(plan)}
    return _enter(register, Registrable(PLAN, key, fields), by, moment, SampleChange((), 0, key))


def draw_sample(
    register: Register,
    *,
    period: str,
    unit: str,
    seed: bytes,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> SampleChange:
    """Draw by the plan of a period, and enter seed, frame and sample."""
    moment, key = at or now(), f"{period} {unit}"
    held = stored_samples(register).by_key.get(key)
    if held is None:
        return SampleChange((refuse("sample.not_committed", "", key),), register.size)
    day = date.fromisoformat(held.plan.frame_day)
    if moment.date() <= day:
        return SampleChange((refuse("sample.too_early", "", day),), register.size)
    known = known_on(OPERATOR_VIEWER, day)
    frame = frame_of(OPERATOR_VIEWER, held.plan, known=known)
    problems = check_draw(held.plan, seed, frame)
    if problems:
        return SampleChange(tuple(problems), register.size, key)
    drawn, digest = draw(held.plan, seed, frame), plan_digest(held.plan, frame)
    fields = {
        "id": key,
        "of": held.record,
        "seed": seed.hex(),
        "frame_size": known.size,
        "frame": msgspec.to_builtins(frame),
        "digest": digest,
        "drawn": [one.row for one in drawn],
    }
    return _enter(register, Registrable(DRAW, key, fields), by, moment, SampleChange((), 0, key, digest, drawn))


def _enter(
    register: Register, row: Registrable, by: PrivateKey | None, at: datetime, made: SampleChange
) -> SampleChange:
    """Enter a record as said by the office; `made` is what comes of it, but for the log's size."""
    said = row._replace(fields={**row.fields, "party": "", "on": at.date().isoformat()})
    record = signed_record(register, said, by)

    def check() -> None:
        check_speaker(register, record, by, at.date())
        held = stored_samples(register).by_key.get(row.key)
        if row.kind == PLAN and held is not None:
            raise RefusedRight(refuse("sample.committed_already", "", row.key))
        if row.kind == DRAW and held is not None and held.drawn is not None:
            raise RefusedRight(refuse("sample.drawn_already", "", row.key))

    try:
        size = register_documents([record], OPERATOR, at, check=check)
    except RefusedRight as refused:
        return SampleChange(refused.problems, register.size, row.key)
    publish_or_leave(register)
    return replace(made, size=size)
