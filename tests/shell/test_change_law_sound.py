"""Records that change the law, replayed: one field changed, a row edited, a record that no action would make.

Threats D5, O1, O3: nothing is in force that two did not put in force, and what does not hold is named.
"""

import copy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shell.changed_law import (
    AT,
    DISPUTE,
    PACK,
    START,
    changed,
    key_of,
    knows_to,
    newer,
    on,
    propose,
    staffed_register,
)
from shell.register_copy import forget_answers
from shell.tampering import flipped, named
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.change_law import settle_dispute
from ytterby.shell.actions.log import verify_log
from ytterby.shell.store.laws import ACTIVATION, KINDS, PROPOSAL, SETTLEMENT, laws_from_log, stored_laws
from ytterby.shell.store.models import LogEntry, Registration
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import rights_by_index, stored_records


@pytest.fixture
def real(tmp_path):
    return staffed_register(tmp_path)


def replayed(register, records):
    rows = dict(LogEntry.objects.values_list("index", "accepted_at"))
    told = [(record, rows[record.number]) for record in records]
    return laws_from_log(told, rights_by_index(register), register_id=register.id, is_demo=register.is_demo)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_one_record_puts_in_force_what_two_did_not(real, data):
    """Threats D5, O3: whatever one field of the log's records is changed to, or whichever of them is left out."""
    if not stored_laws(real).proposals:
        changed(real, [newer()])
        propose(real, [newer(to="2026-12-09")], by="lee", start=START + timedelta(days=3))
        settle_dispute(real, DISPUTE, "ended", source="n", by=key_of("lee"), at=AT)
    honest = {one.digest: one.says for one in stored_laws(real).confirmed()}
    records = copy.deepcopy(list(stored_records(kinds=KINDS)))
    number = data.draw(st.integers(0, len(records) - 1))
    record = records[number]
    if data.draw(st.booleans()):
        del records[number]
    else:
        name = data.draw(st.sampled_from(sorted(record.fields)))
        other = copy.deepcopy(record.fields["packs"][:0] if name == "packs" else None)
        values = [
            "ann",
            "bo",
            "lee",
            "kim",
            "",
            records[-1].digest,
            records[2].digest,
            "2026-11-05T00:00:00.000Z",
            other,
        ]
        records[number] = record._replace(fields={**record.fields, name: data.draw(st.sampled_from(values))})
    found = replayed(real, records)
    assert {one.digest: one.says for one in found.confirmed()}.items() <= honest.items()
    assert {one.settled.settlement.reading for one in found.settlements} <= {"ended"}


def test_records_of_another_register_give_nothing_here(real):
    """Threat O1: a signature is over the register too."""
    changed(real, [newer()])
    assert not settle_dispute(real, DISPUTE, "ended", source="n", by=key_of("lee"), at=AT).problems
    rows = [(record, "2026-10-01T12:00:00.000Z") for record in stored_records(kinds=KINDS)]
    found = laws_from_log(rows, rights_by_index(real), register_id="another", is_demo=False)
    assert (found.proposals, found.settlements, len(found.flaws)) == ({}, [], 3)


@pytest.mark.parametrize("kind", [PROPOSAL, ACTIVATION, SETTLEMENT])
@pytest.mark.parametrize("column", ["document", "digest", "salt", "key"])
def test_a_changed_row_is_named(real, kind, column):
    """Threat O3."""
    changed(real, [newer()])
    assert not settle_dispute(real, DISPUTE, "ended", source="n", by=key_of("lee"), at=AT).problems
    row = Registration.objects.get(kind=kind)
    value = getattr(row, column)
    value = flipped(value if isinstance(value, str) else bytes(value))
    Registration.objects.filter(log_index=row.log_index).update(**{column: value})
    forget_answers()
    assert "log.registrations" in named(real)
    assert not verify_log(real)["ok"]
    if column == "document":
        # One bit of a text may leave it no JSON at all.
        assert named(real) & {"law.replay", "store.readable"}


def test_a_pack_whose_digest_is_not_that_of_what_it_says_has_no_effect(register):
    """Threat D5: in a demo too, where nobody signs."""
    number = changed(register, [newer()], at=on(1))
    row = Registration.objects.get(kind=PROPOSAL)
    text = row.document.replace("2026-12-05", "2026-12-06")
    assert text != row.document
    Registration.objects.filter(log_index=row.log_index).update(document=text)
    forget_answers()
    assert number not in stored_laws(register).proposals
    assert knows_to(START) == "2026-11-24"
    (flaw, after) = stored_laws(register).flaws
    assert "is not that of what it says" in flaw[1]
    assert "nobody proposed" in after[1]
    assert {"law.replay", "log.registrations"} <= named(register)


@pytest.mark.parametrize("mistake", ["self-approved", "late", "backdated", "twice", "unread", "digest"])
def test_a_record_written_past_the_actions_has_no_effect_and_is_named(register, mistake):
    """Threats D5, O3: whoever owns the database appends records that no action would make."""
    made = propose(register, at=on(1), start=on(9))
    (proposal,) = stored_records(kinds=(PROPOSAL,))

    def append(kind, fields, at):
        register_documents([Registrable(kind, fields["id"], fields)], OPERATOR, at)

    fields = {name: value for name, value in proposal.fields.items() if name != "registered_at"}
    confirm = {"id": made.id, "of": made.id, "by": ""}
    if mistake == "self-approved":
        append(PROPOSAL, {**fields, "id": "x", "by": "eve", "from": "2026-10-20T00:00:00.000Z"}, on(2))
        own = list(stored_records(kinds=(PROPOSAL,)))[-1].digest
        append(ACTIVATION, {"id": own, "of": own, "by": "eve"}, on(2))
    elif mistake == "late":
        append(ACTIVATION, confirm, on(10))
    elif mistake == "backdated":
        append(PROPOSAL, {**fields, "id": "x", "from": "2026-01-01T00:00:00.000Z"}, on(2))
    elif mistake == "twice":
        append(ACTIVATION, confirm, on(2))
        append(ACTIVATION, {**confirm, "id": "again"}, on(3))
    elif mistake == "unread":
        append(PROPOSAL, {**fields, "id": "x", "packs": [{"id": PACK}]}, on(2))
    else:
        packs = [{**fields["packs"][0], "digest": "sha256:" + "0" * 64}]
        append(PROPOSAL, {**fields, "id": "x", "packs": packs}, on(2))
    assert len(stored_laws(register).flaws) == 1
    assert named(register) == {"law.replay"}
    assert len(stored_laws(register).confirmed()) == (mistake == "twice")
