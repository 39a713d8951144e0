"""Audits of decisions by rule that do not hold: samples whose frame is not the log's, results of whoever may give none
(threats D3, O3).
"""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.audits import frame_at, stored_audits
from ytterby.terms.problem import finding


def unsound_audits(register: Register) -> Iterator[Unsound]:
    """Name each record of an audit that was entered and does not hold when it is gone through again."""
    audits = stored_audits(register)
    for index, what in audits.flaws:
        yield Unsound(finding("audit.replay"), at_entry(index), what)
    for month, sample in audits.samples.items():
        index = audits.numbers[month]
        if frame_at(register, month, index) != (sample.frame, dict(sample.shares)):
            what = "its frame is not what was decided by rule in the month, or its shares are not those of the law"
            yield Unsound(finding("audit.replay"), at_entry(index), what)
