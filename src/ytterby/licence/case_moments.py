"""The events of a case as moments of its clocks: each with the phase and the holder that the case came to by it."""

from datetime import datetime

from ytterby.licence.case import Case
from ytterby.licence.case_clock import Moment
from ytterby.licence.transition import TransitionTable


def moments_of(case: Case, table: TransitionTable) -> tuple[Moment, ...]:
    """Return the moments of a case in the order of its events, by the table of its kind."""
    found: list[Moment] = []
    for event, name in zip(case.events, case.states, strict=True):
        state, step = table.states[name], event.step
        found.append(
            Moment(
                verb=event.verb,
                at=datetime.fromisoformat(event.at),
                phase=state.phase,
                holder=state.holder,
                id=str(getattr(step, "id", getattr(step, "query", getattr(step, "work", "")))),
                reason=str(getattr(step, "reason", "")),
                body=str(getattr(step, "body", "")),
            )
        )
    return tuple(found)
