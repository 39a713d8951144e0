"""Kills of a process at any moment: every receipt is found, the log is sound, no document is half there."""

import pytest

from shell.kills import EVENTS, SCENARIOS, Kills, Nursery
from shell.one_process import digest_alone
from shell.shipments import shipments
from short_run import fewer
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest

KILLS = fewer(20, 6)
SCENARIO_NAMES = ("capture", "commit_and_tile", "commit_and_answer", "job", "derive", "rebuild", "swap")


def of_shipments(sample):
    """Return the documents of each attempt: few enough that a kill comes early, all fresh."""
    return lambda attempt: shipments(sample, 12, size=EVENTS, start=attempt * 1000)


@pytest.fixture(scope="module")
def nursery():
    """A process that forks the children."""
    with Nursery() as nursery:
        yield nursery


@pytest.mark.parametrize("scenario", SCENARIO_NAMES)
def test_after_a_kill_every_receipt_is_found_and_nothing_is_half_there(register, sample, tmp_path, nursery, scenario):
    """Threat L4: what was receipted is in the log, or is brought there by whoever works next; the doctor says so."""
    assert scenario in SCENARIOS
    kills = Kills(register, scenario, of_shipments(sample), nursery, tmp_path)
    kills.run(KILLS)
    assert kills.survived == KILLS
    assert kills.promised


def test_what_is_derived_after_kills_is_what_is_derived_without(register, sample, tmp_path, nursery):
    from ytterby.shell.site.register import open_register
    from ytterby.shell.store.models import Submission
    from ytterby.shell.store.submitted_text import text_of

    kills = Kills(register, "derive", of_shipments(sample), nursery, tmp_path)
    kills.run(6)
    derive_to(kills.register.size)
    digest = derived_digest(1)
    documents = [text_of(row) for row in Submission.objects.filter(state="accepted").order_by("id")]
    assert digest_alone(tmp_path / "other", documents) == digest
    open_register(kills.register.data)
