"""Plans and draws of samples, worked out from records of the log; a record that does not hold has no effect.

A plan holds when it was entered before its period was over, signed by the office, and none was there for the same
period and unit. A draw holds when it is what its plan, its seed and its frame give, and the plan's entry lies before
the log size of the frame: so whoever drew had nothing to choose.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from ytterby.balance.sampling_plan import Drawn, Plan, Unit, check_plan, draw, wrong_with_record
from ytterby.shell.store.inquiries import UNREADABLE, speaker_flaw
from ytterby.shell.store.reading.known import known_on
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.rights import Record, rights_by_index, stored_records

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

PLAN, DRAW = "sample_plan", "sample_draw"


@dataclass(frozen=True)
class Held:
    """A plan with its record (digest, number in the log), and its draw once there is one."""

    plan: Plan
    record: str
    entry: int
    frame_size: int | None = None
    frame: tuple[Unit, ...] | None = None
    drawn: tuple[Drawn, ...] | None = None
    draw_entry: int | None = None


@dataclass
class Samples:
    """Plans and draws by period and unit, and records without effect."""

    by_key: dict[str, Held] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)


def stored_samples(register: "Register", size: int | None = None) -> Samples:
    """Return what the log gives, now or at a log size."""
    samples, rights_at = Samples(), rights_by_index(register)
    for record in stored_records(size, kinds=(PLAN, DRAW)):
        try:
            flaw = None
            if not register.is_demo:
                day = date.fromisoformat(record.fields["on"])
                flaw = speaker_flaw(rights_at(record.number), register.id, record.kind, record.fields, day)
            flaw = flaw or (_plan if record.kind == PLAN else _draw)(samples, record)
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            samples.flaws.append((record.number, flaw))
    return samples


def _plan(samples: Samples, record: Record) -> str | None:
    plan = msgspec.convert(record.fields["plan"], Plan)
    key = f"{plan.period} {plan.unit}"
    if key in samples.by_key:
        return "a plan for the same period was there before"
    if problems := check_plan(plan, date.fromisoformat(record.fields["registered_at"][:10])):
        return f"the rules do not allow it: {problems[0].code}"
    samples.by_key[key] = Held(plan, record.digest, record.number)
    return None


def _draw(samples: Samples, record: Record) -> str | None:
    fields = record.fields
    key, held = next(((k, h) for k, h in samples.by_key.items() if h.record == fields["of"]), ("", None))
    if held is None or held.drawn is not None:
        return "it draws by no plan, or a second time"
    seed = bytes.fromhex(fields["seed"])
    frame = msgspec.convert(fields["frame"], tuple[Unit, ...])
    day = date.fromisoformat(held.plan.frame_day)
    if not held.entry < fields["frame_size"] == known_on(OPERATOR_VIEWER, day).size <= record.number:
        return "its frame is not what was known at the end of the plan's day"
    drawn = draw(held.plan, seed, frame)
    if wrong := wrong_with_record(held.plan, frame, drawn, fields["drawn"], fields["digest"]):
        return wrong[0]
    samples.by_key[key] = replace(
        held, frame_size=fields["frame_size"], frame=frame, drawn=drawn, draw_entry=record.number
    )
    return None
