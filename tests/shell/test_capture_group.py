"""Group commit: many callers at once, each answered as if it had been alone."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shell.shipments import shipments
from ytterby.proof.receipt import verify_receipt
from ytterby.shell.actions import capture_group
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.capture_group import GroupCommitter, NotTaken
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.publish import published_size
from ytterby.shell.actions.settle import NotSettled
from ytterby.shell.site.packs import limits, packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.models import EventRecord, LogEntry, Submission
from ytterby.shell.store.reading.entries import accepted_entries
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

KESTREL, NORRVIK, TAMARACK = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27", "34"))
AT = datetime(2026, 1, 2, tzinfo=UTC)


def together(register, documents):
    """Capture (document, submitter) pairs as one group, in this order; return results or exceptions in order."""
    told = [None] * len(documents)
    committer = GroupCommitter(register)

    def call(number, document, submitter):
        try:
            told[number] = committer.capture(document, submitter=submitter, at=AT)
        except Exception as error:
            told[number] = error
        finally:
            connections.close_all()

    callers = []
    # The committer begins when all have come, so that they are one group and their order is known.
    committer._is_open = True
    for number, pair in enumerate(documents):
        callers.append(threading.Thread(target=call, args=(number, *pair)))
        callers[-1].start()
        while len(committer._queue) <= number:
            pass
    with committer:
        for caller in callers:
            caller.join()
    return told


def one_by_one(register, documents):
    return [capture(register, document, submitter=submitter, at=AT) for document, submitter in documents]


def said(result):
    """Return what must be equal: all but salts, receipts' ids and signatures."""
    return (
        result.outcome,
        result.events,
        result.problems,
        result.entries,
        result.size,
        result.arrival["at"],
        result.outcome_receipt["at"],
        [entry["digest"] for entry in result.outcome_receipt["entries"]],
    )


@pytest.fixture
def groups(monkeypatch):
    """The sizes of the groups that were committed."""
    sizes = []
    inner = GroupCommitter._commit

    def commit(self, group):
        sizes.append(len(group))
        inner(self, group)

    monkeypatch.setattr(GroupCommitter, "_commit", commit)
    return sizes


def test_callers_that_come_together_are_one_group_and_each_ends_at_its_own_size(register, part_of, groups):
    base = register.size
    results = together(register, [(part_of(n), "operator") for n in (0, 1, 2, 3)])
    assert groups == [4]
    assert [result.size for result in results] == [base + n for n in (1, 2, 3, 4)]
    assert [result.entries for result in results] == [[base + n] for n in range(4)]
    # Each size can be asked at (`--known-at`).
    for result in results:
        known = known_at(OPERATOR_VIEWER, result.size)
        assert known.size == result.size
        assert len(accepted_entries(OPERATOR_VIEWER, known)) == result.size - base
    key = register.receipt_key.public
    assert all(verify_receipt(r.arrival, key) and verify_receipt(r.outcome_receipt, key) for r in results)
    assert len({result.arrival["id"] for result in results}) == 4
    # After the stop everything is stored, signed and published.
    assert published_size(register) == register.size
    assert not Submission.objects.filter(outcome_receipt__isnull=True).exists()
    assert verify_log(register)["failures"] == []


def test_a_refused_document_does_not_hurt_its_neighbours(register, part_of):
    bad = part_of(1).replace(b'"KGM"', b'"KG"')
    results = together(register, [(part_of(0), KESTREL), (bad, KESTREL), (part_of(2), NORRVIK), (b"{", KESTREL)])
    assert [result.outcome for result in results] == ["accepted", "refused", "refused", "refused"]
    assert EventRecord.objects.count() == 1
    assert verify_log(register)["failures"] == []


def test_of_two_equal_documents_in_one_group_one_is_accepted_and_one_is_known(register, part_of, groups):
    results = together(register, [(part_of(0), KESTREL), (part_of(0), KESTREL), (part_of(0), "operator")])
    assert groups == [3]
    assert [result.outcome for result in results] == ["accepted", "known", "accepted"]
    assert results[1].size == results[0].size


def test_a_correction_in_the_same_group_ends_what_came_before_it(register, part_of, tmp_path):
    """The error declaration of the sample ends the first weighing, in one group or alone."""
    documents = [(part_of(n), "operator") for n in (0, 1, 2, 3, 4, 5, 6, 7)]
    grouped = [said(result) for result in together(register, documents)]
    derive_to(register.size)
    digest = derived_digest(1)
    other = make_register(tmp_path / "other", origin="other.invalid/log", demo=True)
    import_directory(other, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    alone = [said(result) for result in one_by_one(other, documents)]
    assert [row[:3] for row in grouped] == [row[:3] for row in alone]
    derive_to(other.size)
    assert derived_digest(1) == digest


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder for each register of a property test."""
    base, count = tmp_path_factory.mktemp("groups"), iter(range(10_000))
    return lambda: base / str(next(count))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 19), min_size=1, max_size=3, unique=True),
            st.sampled_from(["operator", KESTREL, NORRVIK, TAMARACK]),
            st.sampled_from(["as it is", "as it is", "as it is", "another unit", "another disposition"]),
        ),
        min_size=2,
        max_size=10,
    )
)
def test_a_group_is_decided_as_its_documents_alone(part_of, folders, chosen):
    """Outcomes, problems, times, log numbers and what is derived are those of the same documents one by one."""
    change = {
        "as it is": lambda raw: raw,
        "another unit": lambda raw: raw.replace(b'"KGM"', b'"KG"'),
        "another disposition": lambda raw: raw.replace(b'"in_progress"', b'"inactive"'),
    }
    documents = [(change[how](part_of(*numbers)), party) for numbers, party, how in chosen]
    told = []
    for capture_all in (one_by_one, together):
        made = make_register(folders(), origin="test.invalid/log", demo=True, at=AT - timedelta(days=1))
        import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT - timedelta(days=1))
        results = [said(result) for result in capture_all(made, documents)]
        assert verify_log(made)["failures"] == []
        derive_to(made.size)
        ends = list(LogEntry.objects.order_by("index").values_list("batch_end", "accepted_at"))
        told.append((results, ends, derived_digest(1)))
        connections.close_all()
    assert told[0] == told[1]


def test_a_document_that_breaks_its_group_fails_alone(register, sample, monkeypatch):
    documents = shipments(sample, 5, size=1)
    inner = capture_group.decide

    def decide(head, reads):
        if any(b"000000000003" in read.reads[0].raw for read in reads):
            raise OperationalError("no such luck")
        return inner(head, reads)

    monkeypatch.setattr(capture_group, "decide", decide)
    results = together(register, [(document, "operator") for document in documents])
    failed = results.pop(3)
    assert [result.outcome for result in results] == ["accepted"] * 4
    # It has arrived, its caller holds the receipt, and it is decided later.
    assert isinstance(failed, NotSettled)
    row = Submission.objects.get(receipt_id=failed.arrival["id"])
    assert row.state == "arrived"
    from ytterby.shell.actions.work import work_once

    assert work_once(register).settled[row.receipt_id].outcome == "accepted"
    assert verify_log(register)["failures"] == []


def test_a_document_that_cannot_be_read_for_a_defect_fails_alone(register, sample, monkeypatch):
    documents = shipments(sample, 3, size=1)
    inner = capture_group.read_submission

    def read(submission, document, moment):
        if document == documents[1]:
            raise RuntimeError("a defect")
        return inner(submission, document, moment)

    monkeypatch.setattr(capture_group, "read_submission", read)
    first, second, third = together(register, [(document, "operator") for document in documents])
    assert (first.outcome, third.outcome) == ("accepted", "accepted")
    assert isinstance(second, RuntimeError)


def test_when_nothing_can_be_stored_every_caller_is_told_and_nothing_is_there(register, sample, monkeypatch):
    def full(head, submissions):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(capture_group, "enter_arrivals", full)
    results = together(register, [(document, "operator") for document in shipments(sample, 3, size=1)])
    assert [type(result) for result in results] == [OperationalError] * 3
    assert Submission.objects.count() == 0


def test_a_worker_that_was_faster_is_believed(register, part_of, monkeypatch):
    from ytterby.shell.actions.work import work_once

    inner = GroupCommitter._decide

    def decide(self, group, reads):
        work_once(register, at=AT)
        return inner(self, group, reads)

    monkeypatch.setattr(GroupCommitter, "_decide", decide)
    (result,) = together(register, [(part_of(0), KESTREL)])
    assert (result.outcome, EventRecord.objects.count()) == ("accepted", 1)
    assert verify_log(register)["failures"] == []


def test_many_clients_in_a_loop_are_all_answered(register, sample, groups):
    clients, each = 8, 12
    documents = shipments(sample, clients * each, size=1)
    random.Random(3).shuffle(documents)
    results = []

    def client(share):
        for document in share:
            results.append(committer.capture(document, submitter="operator"))
        connections.close_all()

    with GroupCommitter(register) as committer:
        threads = [threading.Thread(target=client, args=(documents[n::clients],)) for n in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(results) == clients * each
    assert {result.outcome for result in results} == {"accepted"}
    assert sorted(index for result in results for index in result.entries) == list(
        range(register.size - clients * each, register.size)
    )
    assert len(groups) < clients * each, "nothing was committed together"
    assert max(groups) <= limits().group_documents
    assert verify_log(register)["failures"] == []


def test_no_group_is_larger_than_the_limit(register, sample, groups, monkeypatch):
    small = replace(limits(), group_documents=3)
    monkeypatch.setattr(capture_group, "limits", lambda: small)
    together(register, [(document, "operator") for document in shipments(sample, 7, size=1)])
    assert groups == [3, 3, 1]


def test_who_comes_after_the_stop_or_with_a_long_document_is_sent_away(register, part_of):
    committer = GroupCommitter(register)
    with committer, pytest.raises(ValueError, match="alone"):
        committer.capture(b" " * (limits().settle_at_once_bytes + 1), submitter=KESTREL)
    with pytest.raises(NotTaken):
        committer.capture(part_of(0), submitter=KESTREL)
    assert Submission.objects.count() == 0


def test_receipts_that_were_handed_out_before_they_were_stored_come_out_the_same(register, part_of):
    """A kill between answer and storing loses no receipt: whoever works next signs the same bytes."""
    from ytterby.shell.store.outcome import whole_outcome

    (result,) = together(register, [(part_of(0), KESTREL)])
    Submission.objects.update(outcome_receipt=None)
    from ytterby.shell.actions.work import work_once

    assert work_once(register).signed == 1
    assert whole_outcome(Submission.objects.get()) == result.outcome_receipt
