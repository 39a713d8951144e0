"""A month of a simulated plant goes in as XLSX and comes out the same."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from plant_month import PlantMonth
from ytterby.chain.spreadsheet import Settings
from ytterby.shell.actions.capture import ACCEPTED, KNOWN, REFUSED, capture
from ytterby.shell.actions.columns import own_columns, remember_columns
from ytterby.shell.actions.convert import settings_for
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.packs import door_tables, sheet_tables
from ytterby.shell.spreadsheets.format import CSV_TYPE, XLSX_TYPE
from ytterby.shell.spreadsheets.writing import write_csv, write_xlsx
from ytterby.shell.store.models import EventRecord, Registration, Submission

NORRVIK = "https://id.gs1.org/417/9520000010027"
KESTREL = "https://id.gs1.org/417/9520000010010"
AT = datetime(2026, 4, 2, 9, tzinfo=UTC)


def stored(register, party=NORRVIK):
    from ytterby.chain.spreadsheet.writing_out import StoredEvent
    from ytterby.shell.store.reading.event_texts import submitted_events
    from ytterby.shell.store.reading.known import Known
    from ytterby.shell.store.reading.viewer import Viewer

    return [
        StoredEvent(one.read.raw, one.read.prefixes, one.read.digest)
        for one in submitted_events(Viewer(party), Known(register.size))
    ]


def written(register):
    from ytterby.chain.spreadsheet.writing_out import events_as_rows

    return events_as_rows(stored(register), sheet_tables(), door_tables())


def taken_in(register, document, media_type=XLSX_TYPE, party=NORRVIK, **rest):
    return capture(register, document, submitter=party, media_type=media_type, name="march.xlsx", at=AT, **rest)


def test_a_month_of_a_plant_goes_in_as_xlsx_and_comes_out_the_same(register):
    month = PlantMonth(seed=7)
    result = taken_in(register, month.xlsx())
    assert (result.outcome, [p for p in result.problems if p.severity != "remark"]) == (ACCEPTED, [])
    assert result.events == month.events > 30
    out = written(register)
    assert out.left_out == ()
    digests = {bytes(digest) for digest in EventRecord.objects.values_list("digest", flat=True)}
    # What comes out goes in again as the same events: byte-equal canonical JSON, which is what a digest is of.
    for document, media_type in (
        (write_xlsx([out.table], sheet_tables(), "zh"), XLSX_TYPE),
        (write_csv(out.table, sheet_tables(), "en"), CSV_TYPE),
    ):
        again = taken_in(register, document, media_type)
        assert (again.outcome, again.events) == (KNOWN, 0)
    assert {event.digest for event in stored(register)} == digests
    # The sums of the rows are those of the plant.
    sums: dict[str, Decimal] = {}
    names = {"class_created": "drawn"}
    for row in out.table.rows:
        step = str(row["step"])
        step = {"in": "charged", "out": "drawn"}.get(str(row.get("side")), names.get(step, step))
        sums[step] = sums.get(step, Decimal(0)) + Decimal(row["quantity"])
    assert sums == month.totals


def test_the_same_month_twice_is_known_and_verifies(register):
    document = PlantMonth(seed=3, days=9).xlsx()
    assert taken_in(register, document).outcome == ACCEPTED
    assert taken_in(register, document).outcome == KNOWN
    assert verify_log(register)["failures"] == []
    submission = Submission.objects.order_by("id").first()
    kept = json.loads(submission.converter)
    assert (kept["converter"], kept["party"]) == ("ytterby-sheet/1", NORRVIK)
    # What was submitted is what is stored.
    import zlib

    assert zlib.decompress(submission.document) == document


def test_verify_finds_a_derived_document_that_the_converter_does_not_make(register):
    import zlib

    taken_in(register, PlantMonth(seed=3, days=9).xlsx())
    row = Submission.objects.get()
    text = zlib.decompress(row.derived)
    Submission.objects.update(derived=zlib.compress(text.replace(b'"KGM"', b'"TNE"', 1)))
    said = [failure["what"] for failure in verify_log(register)["failures"]]
    assert any("gives another document" in what for what in said)
    assert any("the outcome receipt" in what for what in said)


def test_verify_finds_settings_that_were_changed(register):
    taken_in(register, PlantMonth(seed=3, days=9).xlsx())
    row = Submission.objects.get()
    Submission.objects.update(converter=row.converter.replace('"zone": ""', '"zone": "+02:00"'))
    assert any("the arrival receipt" in one["what"] for one in verify_log(register)["failures"])
    Submission.objects.update(converter=None)
    assert any("is not whole" in one["what"] for one in verify_log(register)["failures"])


def test_verify_says_when_a_converter_is_no_longer_at_hand(register, monkeypatch):
    taken_in(register, PlantMonth(seed=3, days=9).xlsx())
    receipt = Submission.objects.get().receipt_id
    assert verify_log(register)["not_at_hand"] == []
    monkeypatch.setattr("ytterby.shell.actions.verify_conversion.CONVERTER", "ytterby-sheet/2")
    found = verify_log(register)
    assert (found["ok"], found["not_at_hand"]) == (True, [receipt])


HEADER = "环节;日期;时区;场所;产品;批号;数量（kg）;形态"


def sheet(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join((header, *rows)).encode("gb18030")


def test_a_mistake_of_the_rights_is_told_at_its_cell(register):
    """Threat P3: a party speaks for its own sites alone."""
    document = sheet("开采;2026-03-05 08:00;+08:00;9520000010010;09520000000011;A-1;12,5;矿石")
    result = taken_in(register, document, CSV_TYPE)
    assert result.outcome == REFUSED
    (problem,) = [p for p in result.problems if p.code == "speaker.not_allowed"]
    assert (problem.where.sheet, problem.where.row, problem.where.column) == ("march.xlsx", 2, "D")
    kept = json.loads(Submission.objects.get().problems)
    assert {"sheet": "march.xlsx", "row": 2, "column": "D"}.items() <= next(
        one for one in kept if one["code"] == "speaker.not_allowed"
    ).items()
    assert taken_in(register, document, CSV_TYPE, party=KESTREL).outcome == ACCEPTED
    assert verify_log(register)["failures"] == []


def test_own_names_of_columns_are_remembered_by_an_accepted_capture_and_pinned(register):
    header = HEADER.replace("数量（kg）", "净重（公斤）_X")
    document = sheet("开采;2026-03-05 08:00;+08:00;9520000010010;09520000000011;A-1;12,5;矿石", header=header)
    own = {"净重（公斤）_X": "Quantity [kg]"}
    assert taken_in(register, document, CSV_TYPE, party=KESTREL).outcome == REFUSED
    assert own_columns(KESTREL) == {}
    settings = settings_for(register, KESTREL, own=own)
    assert taken_in(register, document, CSV_TYPE, party=KESTREL, settings=settings).outcome == ACCEPTED
    assert own_columns(KESTREL) == {"events": own}
    assert own_columns(NORRVIK) == {}
    # Remembered: nothing needs to be said again. Another meaning later does not change what was accepted.
    assert taken_in(register, document, CSV_TYPE, party=KESTREL).outcome == KNOWN
    assert remember_columns(register, KESTREL, "events", {"净重（公斤）_X": "Quantity [t]"}, at=AT) == []
    assert verify_log(register)["failures"] == []
    assert Registration.objects.filter(kind="columns").count() == 2


def test_what_names_no_column_is_not_remembered(register):
    found = remember_columns(register, KESTREL, "events", {"Menge": "Mange [kg]", "": "Lot"}, at=AT)
    assert [problem.code for problem in found] == ["columns.unknown", "columns.name"]
    assert own_columns(KESTREL) == {}


def test_what_is_read_again_is_the_derived_document(register):
    """Proofs, corrections and the book read what was derived, not the bytes of the workbook."""
    from ytterby.shell.store.reading.book import book_of
    from ytterby.shell.store.reading.entries import _decoded, accepted_entries
    from ytterby.shell.store.reading.known import Known
    from ytterby.shell.store.reading.log import event_proof
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
    from ytterby.shell.store.stored_original import own_submissions

    taken_in(register, PlantMonth(seed=3, days=9).xlsx())
    _decoded.clear()
    known = Known(register.size)
    entries = accepted_entries(OPERATOR_VIEWER, known)
    event_id = entries[0].event.event_id
    assert event_proof(OPERATOR_VIEWER, event_id, known=known)["event"]["eventID"] == event_id
    assert list(own_submissions({NORRVIK: [event_id]})[NORRVIK].originals) == [event_id]
    assert any(node.lot.endswith("/KR-00") for node in book_of(OPERATOR_VIEWER, known).nodes)


def test_settings_of_somebody_else_are_not_taken(register):
    """Threat P3: the party comes from the credential, never from what is handed in with the document."""
    document = sheet("开采;2026-03-05 08:00;+08:00;9520000010010;09520000000011;A-1;12,5;矿石")
    taken_in(register, document, CSV_TYPE, party=KESTREL, settings=Settings(party=NORRVIK, base="https://evil.example"))
    kept = json.loads(Submission.objects.get().converter)
    assert (kept["party"], kept["base"]) == (KESTREL, register.base)


@pytest.mark.parametrize("document", [b"PK\x03\x04rest", b"", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_workbook_is_refused_with_a_receipt(register, document):
    """Threat X5."""
    result = taken_in(register, document)
    assert result.outcome == REFUSED
    assert result.arrival["length"] == len(document)
    assert verify_log(register)["failures"] == []
