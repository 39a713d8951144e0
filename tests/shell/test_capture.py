"""Capture: receipts, idempotence, refusals without effect, the order of writing, rights."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from postgres import ON_POSTGRESQL
from ytterby.proof.receipt import verify_receipt
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import prove_event, verify_log
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.site.register import (
    RegisterMismatch,
    RegisterMissing,
    current_register,
    make_register,
    open_register,
)
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Submission, Visible
from ytterby.shell.store.reading.entries import accepted_entries, directory
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import known_at, known_on
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

KESTREL, NORRVIK, TAMARACK = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27", "34"))
AT = datetime(2026, 1, 2, tzinfo=UTC)


def codes(result):
    return [(p.code, p.severity.value) for p in result.problems]


def test_both_receipts_are_signed_and_say_what_was_promised(register, part_of):
    """Threat P4: the receipt is for the exact bytes."""
    document = part_of(0, 1)
    result = capture(register, document, submitter=KESTREL, name="april.json", at=AT)
    assert (result.outcome, result.events) == ("accepted", 2)
    key = register.receipt_key.public
    assert verify_receipt(result.arrival, key)
    assert verify_receipt(result.outcome_receipt, key)
    assert result.arrival["sha256"] == sha256(document).hexdigest()
    assert result.arrival["submitter"] == KESTREL
    assert [e["index"] for e in result.outcome_receipt["entries"]] == result.entries
    assert result.size == LogHead.objects.get(id=1).size == result.entries[-1] + 1
    assert not verify_receipt({**result.arrival, "sha256": "00"}, key)


def test_the_same_document_again_is_known_and_enters_nothing(register, part_of):
    first = capture(register, part_of(0, 1), submitter=KESTREL, at=AT)
    again = capture(register, part_of(0, 1), submitter=KESTREL, at=AT)
    assert (again.outcome, again.events, again.entries) == ("known", 0, [])
    assert LogHead.objects.get(id=1).size == first.size
    more = capture(register, part_of(0, 1, 2), submitter=KESTREL, at=AT)
    assert (more.outcome, more.events) == ("accepted", 1)


def test_anothers_document_is_judged_as_if_the_others_were_not_there(register, part_of):
    """Threat C1: idempotence and eventIDs are scoped to the submitting party."""
    capture(register, part_of(8), submitter=NORRVIK, at=AT)
    twin = capture(register, part_of(8), submitter="operator", at=AT)
    assert (twin.outcome, twin.events) == ("accepted", 1)
    assert EventRecord.objects.count() == 2
    entries = [bytes(e) for e in LogEntry.objects.filter(record="event").values_list("entry", flat=True)]
    assert len(set(entries)) == 2


def test_a_refused_document_enters_neither_book_nor_log_and_is_kept(register, part_of):
    size = register.size
    document = part_of(0).replace(b'"uom": "KGM"', b'"uom": "KG"')
    result = capture(register, document, submitter=KESTREL, at=AT)
    assert result.outcome == "refused"
    assert register.size == size
    assert EventRecord.objects.count() == Visible.objects.count() == 0
    kept = Submission.objects.get()
    assert (kept.state, json.loads(kept.problems)[0]["code"]) == ("refused", result.problems[0].code)
    assert verify_receipt(result.outcome_receipt, register.receipt_key.public)
    assert verify_log(register)["ok"]


def test_nobody_speaks_for_anothers_site(register, part_of):
    """Threat P3: an event for another's site is refused and nothing is stored of it."""
    result = capture(register, part_of(0), submitter=NORRVIK, at=AT)
    assert result.outcome == "refused"
    assert EventRecord.objects.count() == 0
    assert capture(register, part_of(0), submitter=KESTREL, at=AT).outcome == "accepted"


def test_a_mandate_lets_a_party_speak_until_it_ends(register, part_of):
    """Threat P3: after the mandate ended its party is refused."""
    site = "https://id.gs1.org/414/9520000010010"
    text = f"mandates: [{{party: '{NORRVIK}', site: '{site}', start: 2025-01-01, end: 2025-04-10}}]"
    assert not import_directory(register, text, at=AT).problems
    assert capture(register, part_of(0), submitter=NORRVIK, at=AT).outcome == "accepted"
    assert capture(register, part_of(1), submitter=NORRVIK, at=AT).outcome == "refused"


def test_an_event_id_names_one_original_of_a_party(register, sample):
    first = sample["epcisBody"]["eventList"][0]
    other = {**first, "disposition": "inactive"}

    def document(event):
        return json.dumps({**sample, "epcisBody": {"eventList": [event]}}).encode()

    assert capture(register, document(first), submitter=KESTREL, at=AT).outcome == "accepted"
    assert capture(register, document(other), submitter=KESTREL, at=AT).outcome == "refused"


def test_an_error_declaration_must_equal_its_stored_original(register, sample, part_of):
    capture(register, part_of(4), submitter=NORRVIK, at=AT)
    wrong = {**sample["epcisBody"]["eventList"][5], "disposition": "in_transit"}
    document = json.dumps({**sample, "epcisBody": {"eventList": [wrong]}}).encode()
    refused = capture(register, document, submitter=NORRVIK, at=AT)
    assert refused.outcome == "refused"
    assert capture(register, part_of(5, 6), submitter=NORRVIK, at=AT).outcome == "accepted"


def test_time_of_acceptance_never_goes_back(register, part_of):
    capture(register, part_of(0), submitter=KESTREL, at=AT)
    capture(register, part_of(1), submitter=KESTREL, at=AT - timedelta(days=100))
    times = list(LogEntry.objects.order_by("index").values_list("accepted_at", flat=True))
    assert times == sorted(times)
    assert verify_log(register)["ok"]


def test_the_register_is_asked_as_of_the_end_of_a_submission(register, part_of):
    base = register.size
    first = capture(register, part_of(0, 1, 2), submitter="operator", at=AT)
    second = capture(register, part_of(3, 4), submitter="operator", at=AT + timedelta(days=1))
    for asked, size in (
        (first.size + 1, first.size),
        (first.size - 1, base),
        (10**9, second.size),
        (None, second.size),
    ):
        assert known_at(OPERATOR_VIEWER, asked).size == size
    assert known_on(OPERATOR_VIEWER, AT.date()).size == first.size
    assert len(accepted_entries(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, first.size))) == 3


def test_a_compressed_document_is_read_and_kept_as_it_came(register, part_of):
    packed = gzip.compress(part_of(0))
    result = capture(register, packed, submitter=KESTREL, at=AT)
    assert result.outcome == "accepted"
    assert result.arrival["sha256"] == sha256(packed).hexdigest()
    assert len(accepted_entries(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))) == 1
    assert verify_log(register)["ok"]


@pytest.mark.parametrize(
    ("document", "media_type", "code"),
    [
        (b"\x1f\x8bnonsense", "application/json", "capture.not_gzip"),
        (gzip.compress(b" " * 60_000_000), "application/json", "capture.unpacks_too_large"),
        (b"<a/>", "application/xml", "capture.media_type"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_receipt(register, document, media_type, code):
    """Threat X5: a bomb is refused before it is unpacked whole."""
    result = capture(register, document, submitter=KESTREL, media_type=media_type, at=AT)
    assert (result.outcome, codes(result)) == ("refused", [(code, "refuse")])
    assert result.arrival["sha256"] == sha256(document).hexdigest()


def test_a_party_reads_its_own_events_and_nothing_else(register, part_of):
    """Threat C5: what only names it, it reads as `chain.disclosure` lists; see test_rights_of_reading."""
    capture(register, part_of(*range(20)), submitter="operator", at=AT)
    known = known_at(OPERATOR_VIEWER, None)
    by_party = {
        p: len(accepted_entries(Viewer(p), known)) for p in (KESTREL, NORRVIK, TAMARACK, "https://nobody.example/x")
    }
    assert by_party[KESTREL] == 4
    assert by_party["https://nobody.example/x"] == 0
    assert 0 < by_party[TAMARACK] < 20
    assert len(accepted_entries(OPERATOR_VIEWER, known)) == 20


def test_two_registers_that_differ_in_others_events_answer_a_party_alike(tmp_path, part_of):
    """Threat C2: answers, codes and texts of a party do not depend on what others submitted."""
    answers = []
    for name, others in (("one", ()), ("two", (8, 9, 10, 11, 12))):
        made = make_register(tmp_path / name, origin="test.invalid/log", demo=True, at=AT)
        from ytterby.shell.site.packs import packaged_text

        import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
        if others:
            capture(made, part_of(*others), submitter="operator", at=AT)
        results = [
            capture(made, part_of(0, 1), submitter=KESTREL, at=AT),
            capture(made, part_of(3).replace(b"11000", b"-1"), submitter=KESTREL, at=AT),
            capture(made, part_of(9), submitter=KESTREL, at=AT),
            capture(made, part_of(2, 3), submitter=KESTREL, at=AT),
        ]
        viewer = Viewer(KESTREL)
        found = list_findings(viewer, known=known_at(viewer, None))["findings"]
        answers.append([(r.outcome, r.events, r.problems) for r in results] + [found])
    assert answers[0] == answers[1]


def test_registered_products_free_of_rare_earths_are_no_finding(register, part_of):
    from ytterby.chain.product import Product

    capture(register, part_of(*range(20)), submitter="operator", at=AT)
    kinds = [f["kind"] for f in list_findings(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None))["findings"]]
    assert kinds.count("lot.not_created") == 2
    for item in ("09520000000240", "09520000000257"):
        product = Product(f"https://id.gs1.org/01/{item}", TAMARACK, is_free_of_rare_earths=True)
        assert not register_product(register, product, submitter=TAMARACK, at=AT).problems
    kinds = [f["kind"] for f in list_findings(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None))["findings"]]
    assert "lot.not_created" not in kinds
    refused = register_product(register, Product("https://id.gs1.org/01/09520000000240", TAMARACK), submitter=KESTREL)
    assert [p.code for p in refused.problems] == ["product.not_the_maker"]
    assert verify_log(register)["ok"]


def test_the_same_registration_again_enters_nothing(register):
    from ytterby.shell.site.packs import packaged_text

    size = register.size
    again = import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    assert (again.size, again.problems) == (size, ())


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "enrolment.not_yaml", ""),
        ("a: [", "enrolment.not_yaml", ""),
        ("{}", "enrolment.empty", ""),
        ("people: []", "enrolment.unknown_field", "/people"),
        ("parties: 3", "enrolment.not_a_list", "/parties"),
        ("parties: [3]", "enrolment.not_a_row", "/parties/0"),
        ("parties: [{name: a}]", "enrolment.missing", "/parties/0/id"),
        ("parties: [{id: 'https://id.gs1.org/417/9520000010011', name: a}]", "identifier.check_digit", "/parties/0/id"),
        ("sites: [{id: 'https://x.example/s', name: a, kind: castle}]", "enrolment.unknown_kind", "/sites/0/kind"),
        (
            "sites: [{id: 'https://x.example/s', name: a, kind: mine, zone: Mars/Olympus}]",
            "enrolment.unknown_zone",
            "/sites/0/zone",
        ),
        (
            "mandates: [{party: operator, site: 'https://x.example/s', start: soon}]",
            "enrolment.not_a_day",
            "/mandates/0/start",
        ),
    ],
)
def test_a_file_of_parties_is_read_whole_or_not_at_all(empty_register, text, code, where):
    size = empty_register.size
    result = import_directory(empty_register, text, at=AT)
    assert (code, where) in [(p.code, p.where.pointer) for p in result.problems]
    assert empty_register.size == size


@pytest.mark.skipif(ON_POSTGRESQL, reason="swaps SQLite's files")
def test_a_folder_without_a_register_and_one_of_another_register_are_told_apart(tmp_path):
    with pytest.raises(RegisterMissing):
        open_register(tmp_path / "nothing")
    first = make_register(tmp_path / "a", origin="a.invalid/log", demo=True)
    second = make_register(tmp_path / "b", origin="b.invalid/log", demo=True)
    assert current_register() == second
    assert open_register(first.data) == first
    (second.data / "register.sqlite3").unlink()
    first_database = (first.data / "register.sqlite3").read_bytes()
    (second.data / "register.sqlite3").write_bytes(first_database)
    with pytest.raises(RegisterMismatch, match="another register"):
        open_register(second.data)
    with pytest.raises(RegisterMismatch, match="keys"):
        open_register(first.data, tmp_path / "b-keys")


def test_keys_lie_apart_and_only_the_service_reads_them(register):
    assert register.keys.stat().st_mode & 0o777 == 0o700
    assert {f.stat().st_mode & 0o777 for f in register.keys.iterdir()} == {0o600}
    assert register.keys not in register.data.parents
    assert register.data not in register.keys.parents


def test_a_demo_is_one_for_ever(tmp_path):
    """Threat O4: demo is a property of the folder; its origin ends in .invalid and no other's does."""
    with pytest.raises(ValueError, match="invalid"):
        make_register(tmp_path / "a", origin="log.example.org", demo=True)
    with pytest.raises(ValueError, match="invalid"):
        make_register(tmp_path / "b", origin="log.invalid", demo=False)
    made = make_register(tmp_path / "c", origin="log.invalid/x", demo=True)
    assert open_register(made.data).is_demo


def test_a_folder_that_holds_something_is_never_made_a_register(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError):
        make_register(tmp_path / "full", origin="log.invalid", demo=True)


def test_the_proof_of_an_event_is_found_by_id_digest_and_number(register, part_of):
    result = capture(register, part_of(0, 1), submitter=KESTREL, at=AT)
    by_number = prove_event(register, result.entries[1])
    record = EventRecord.objects.get(log_index=result.entries[1])
    assert prove_event(register, record.event_id) == prove_event(register, bytes(record.digest).hex()) == by_number
    with pytest.raises(KeyError):
        prove_event(register, "urn:uuid:nothing")


def test_the_directory_is_dated_by_the_log(register):
    before = known_at(OPERATOR_VIEWER, None)
    text = f"parties: [{{id: '{KESTREL}', name: Kestrel Renamed}}]"
    import_directory(register, text, at=AT)
    assert directory(OPERATOR_VIEWER, before).parties[KESTREL].name == "Kestrel Ridge Mining"
    assert directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties[KESTREL].name == "Kestrel Renamed"


def test_the_migrations_make_what_the_models_say(register):
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes" in out.getvalue()


def test_a_register_whose_tables_are_all_there_is_opened_without_going_through_the_migrations(register, monkeypatch):
    from django.core import management

    from ytterby.shell.site.register import open_register
    from ytterby.shell.site.schema import packaged_migrations

    called = []
    monkeypatch.setattr(management, "call_command", lambda *names, **_: called.append(names))
    open_register(register.data)
    assert not called
    monkeypatch.setattr("ytterby.shell.site.schema.packaged_migrations", lambda: packaged_migrations() | {"9999_later"})
    open_register(register.data)
    assert called == [("migrate",)]


@pytest.mark.skipif(ON_POSTGRESQL, reason="SQLite's settings; test_postgresql has the others")
def test_a_database_that_could_lose_what_it_acknowledged_is_refused(register, monkeypatch):
    from django.db import connection

    from ytterby.shell.store.checks import check_sqlite

    assert check_sqlite(None) == []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=OFF")
    assert [problem.id for problem in check_sqlite(None)] == ["ytterby.E002", "ytterby.E002"]
    from ytterby.shell.site import database

    good = database.sqlite_settings

    def deferred(name: str) -> dict[str, Any]:
        made = good(name)
        return {**made, "OPTIONS": {**made["OPTIONS"], "transaction_mode": "DEFERRED"}}

    monkeypatch.setattr(database, "sqlite_settings", deferred)
    with pytest.raises(RegisterMismatch, match="IMMEDIATE"):
        open_register(register.data)


def test_a_lot_is_found_as_people_say_it(register, sample):
    from ytterby.shell.store.reading.lots import match_lots

    text = json.dumps({**sample, "epcisBody": {"eventList": [sample["epcisBody"]["eventList"][0]]}})
    document = text.replace("KR-2025-W14", "W14%2F2=a").encode()
    result = capture(register, document, submitter=KESTREL, at=AT)
    assert result.outcome == "accepted", result.problems
    known = known_at(OPERATOR_VIEWER, None)
    (lot,) = match_lots(OPERATOR_VIEWER, "W14/2=a", known=known)
    assert match_lots(OPERATOR_VIEWER, "2=a", known=known) == match_lots(OPERATOR_VIEWER, lot, known=known) == [lot]
    assert match_lots(OPERATOR_VIEWER, "", known=known) == []


def test_a_document_over_the_limit_is_refused_unread_and_not_kept(register, part_of):
    document = part_of(0) + b" " * 50_000_000
    result = capture(register, document, submitter=KESTREL, at=AT)
    assert (result.outcome, codes(result)) == ("refused", [("document.too_large", "refuse")])
    assert result.arrival["sha256"] == sha256(document).hexdigest()
    assert bytes(Submission.objects.get().document) == b""
    assert verify_log(register)["ok"]
