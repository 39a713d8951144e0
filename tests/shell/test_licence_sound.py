"""What the doctor makes of licences: sound as they were entered, and each row or record that was changed is named."""

import json
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from shell.licensed import (
    AT,
    CUSTOMS,
    EXPORTER,
    NUMBER,
    OFFICE,
    answer,
    asked,
    balance,
    codes,
    entry,
    issue,
    licence,
    office,
    say,
    with_lines,
)
from shell.tampering import named
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.change_licence import change_licence, confirm_change
from ytterby.shell.actions.doctor.licences import unsound_licences
from ytterby.shell.actions.draw_down import enter_draw_down
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.rights import add_account, confirm_right, withdraw_right
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.case_speakers import Speaker, demo_speaker, key_speaker
from ytterby.shell.store.ledger_triggers import dropping
from ytterby.shell.store.licence_replay import replay_licences
from ytterby.shell.store.models import LicenceLineRow, Registration
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights


@pytest.fixture
def lived(register):
    """A register in which everything happened to a licence once."""
    office(register)
    early = say(register, "exit", "1", decl="d0")
    assert issue(with_lines(licence(needs_acknowledgement=True, tolerance="0.01"), L1="10", L2="5")) == []
    assert say(register, "reserve", "1").code == "refused:not_acknowledged"
    answer()
    say(register, "exit", "1", decl="d0", by=OFFICE, how={"links": early.index})
    say(register, "reserve", "4", seq=2)
    say(register, "exit", "3", seq=3)
    say(register, "correct", "1", seq=4)
    say(register, "returned", "0.5", seq=5)
    say(register, "draw", "99", decl="d2")
    say(register, "exit", "20", decl="d3")
    first = change_licence(register, NUMBER, "suspend", demo_speaker(OFFICE, "ann"), reason="suspended_factors", at=AT)
    confirm_change(register, NUMBER, first.proposal, demo_speaker(OFFICE, "bo"), at=AT)
    say(register, "exit", "2", decl="d4", how={"line": "L2"})
    first = change_licence(register, NUMBER, "reinstate", demo_speaker(OFFICE, "ann"), reason="x", at=AT)
    confirm_change(register, NUMBER, first.proposal, demo_speaker(OFFICE, "bo"), at=AT)
    answer()
    assert issue(with_lines(licence(version=2), L1="20")) == []
    say(register, "exit", "1", decl="d5")
    assert issue(licence("XA-2", exports="one", done_when="first_exit")) == []
    say(register, "exit", "4", decl="d6", how={"number": "XA-2"})
    return register


def test_what_was_entered_is_sound(lived):
    assert named(lived) == set()
    found = replay_licences(lived)
    assert found.flaws == []
    assert [one.status for one in found.versions] == ["superseded", "active", "exhausted"]
    assert balance("L2") == (0, 0, 0, 2)


@contextmanager
def undone():
    """Take everything back that happens within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def unsound(register):
    return {one.problem.code for one in unsound_licences(register)}


STATEMENTS = (
    "UPDATE store_licencelinerow SET drawn = drawn - 1000000, free = free + 1000000 WHERE drawn > 2000000",
    "UPDATE store_licencelinerow SET is_exhausted = NOT is_exhausted",
    "UPDATE store_licenceentryrow SET code = 'ok' WHERE code <> 'ok'",
    "UPDATE store_licenceentryrow SET reserved = 0, drawn = 0 WHERE kind = 'exit' AND drawn > 0",
    "DELETE FROM store_licenceentryrow WHERE kind = 'correct'",
    "UPDATE store_licencerow SET status = 'active' WHERE status = 'exhausted'",
    "UPDATE store_licencerow SET customs = 'acknowledged' WHERE customs <> 'acknowledged'",
    "DELETE FROM store_licencerow WHERE version = 2",
)


def test_a_row_that_was_changed_behind_the_triggers_is_named(lived):
    """Threat O3: an edited row."""
    for statement in STATEMENTS:
        with undone(), connection.cursor() as cursor:
            for drop in dropping(connection.vendor):
                cursor.execute(drop)
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
            assert unsound(lived) == {"licence.rows"}, statement
    assert unsound(lived) == set()


def test_triggers_that_are_gone_are_named(lived):
    with connection.cursor() as cursor:
        for drop in dropping(connection.vendor):
            cursor.execute(drop)
    assert "store.shape" in named(lived)


def forge(register, changes, kind="draw_down"):
    """Enter a record as whoever holds the database could."""
    row = Registration.objects.filter(kind=kind, key=NUMBER).order_by("-log_index")[0]
    fields = {name: value for name, value in json.loads(row.document).items() if name != "registered_at"}
    register_documents([Registrable(kind, NUMBER, {**fields, **changes})], "operator", AT)


FORGED = (
        ({"entry": {"kind": "correct", "declaration": "d5", "seq": 9, "on": "2026-06-01", "quantity": "1",
                    "unit": "KGM", "line": 1}, "party": EXPORTER}, "draw_down"),
        ({"text": "again"}, "draw_down"),  # its key is taken
        ({"links": 3}, "draw_down"),
        ({"via": "event", "event": 1}, "draw_down"),
        ({"via": "session"}, "draw_down"),
        ({"entry": {}}, "draw_down"),
        ({"command": "revoke", "n": 5, "version": 2, "of": None, "reason": "x", "text": "", "party": EXPORTER},
         "licence_status"),
        ({"n": 9}, "licence_status"),
        ({"version": 7}, "licence"),
)  # fmt: skip


def test_a_record_that_does_not_hold_has_no_effect_and_is_named(lived):
    """Threats D1, O3, Q4: a record that SQL could write."""
    before = list(LicenceLineRow.objects.values())
    for changes, kind in FORGED:
        with undone():
            forge(lived, changes, kind)
            assert unsound(lived) == {"licence.replay"}, changes
    assert list(LicenceLineRow.objects.values()) == before


@pytest.fixture
def signed(tmp_path):
    """A register that is no demo: the operator's two, and accounts of exporter, customs and office with their keys."""
    register = make_register(tmp_path / "data", origin="register.example/log", at=AT)
    keys = {
        name: PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))
        for name in ("op1", "op2", "exporter", "customs", "ann", "bo")
    }
    for name in ("op1", "op2"):
        assert not add_account(register, keys[name], name=name, at=AT).problems
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    office(register, by=keys["op1"])
    for right in stored_rights(register).rights():
        assert not confirm_right(register, right.digest, by=keys["op2"], at=AT).problems
    for name, party in {"exporter": EXPORTER, "customs": CUSTOMS, "ann": OFFICE, "bo": OFFICE}.items():
        made = add_account(register, keys[name], name=name, party=party, by=keys["op1"], at=AT)
        assert not confirm_right(register, made.id, by=keys["op2"], at=AT).problems
    assert issue(licence()) == []
    return register, keys


def test_where_it_is_no_demo_accounts_of_the_party_sign(signed):
    """Threats D2, P4, X10."""
    register, keys = signed

    def speak(name):
        return key_speaker(stored_rights(register), keys[name])

    def enter(made, speaker):
        return enter_draw_down(register, asked(made), speaker, at=AT)

    assert codes(enter(entry("reserve", "4"), demo_speaker(EXPORTER))) == ["case.account_needed"]
    assert codes(enter(entry("reserve", "4"), Speaker("exporter", CUSTOMS, "key", keys["exporter"]))) == [
        "case.no_account"
    ]
    forged = PrivateKey.from_seed(KeyUse.OFFICER, "exporter", b"x" * 32)
    assert codes(enter(entry("reserve", "4"), Speaker("exporter", EXPORTER, "key", forged))) == ["case.no_account"]
    assert codes(enter(entry("draw", "4"), speak("exporter"))) == ["licence.not_customs"]
    assert enter(entry("reserve", "4"), speak("exporter")).code == "ok"
    assert enter(entry("exit", "4", seq=2), speak("customs")).verdict == "drawn"
    first = change_licence(register, NUMBER, "revoke", speak("ann"), reason="revoked_factors", at=AT)
    assert codes(confirm_change(register, NUMBER, first.proposal, speak("ann"), at=AT)) == ["licence.same_person"]
    assert confirm_change(register, NUMBER, first.proposal, speak("bo"), at=AT).status == "revoked"
    assert replay_licences(register).flaws == []
    assert named(register) - {"log.published"} == set()
    (right,) = [one for one in stored_rights(register).rights() if one.party == CUSTOMS]
    withdraw_right(register, right.digest, by=keys["op1"], at=AT)
    assert codes(enter(entry("exit", "1", decl="d2"), speak("customs"))) == ["licence.unknown"]
    row = Registration.objects.filter(kind="draw_down").order_by("-log_index")[0]
    fields = json.loads(row.document)
    fields["entry"]["quantity"] = "3"
    row.document = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    row.save()
    assert len(replay_licences(register).flaws) == 1
