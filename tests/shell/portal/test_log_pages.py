"""The log and its events, on a register that has captured the first events of the sample chain."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from shell.portal.reader import Page

AT = datetime(2025, 4, 23, 12, tzinfo=UTC)
SHIPPED, RECEIVED = "urn:uuid:5ecb6462-a66d-5f61-821c-22cd57cf94a8", "urn:uuid:02ed9f34-89f3-5821-8c1e-008a56a9262e"


@pytest.fixture
def captured(register, password, part_of):
    """Return a signed-in browser before a register with seven events in two submissions, and the sizes between."""
    from django.test import Client

    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.site.packs import packaged_text

    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    first = capture(register, part_of(0, 1, 2, 3, 4), submitter="operator", at=AT)
    second = capture(register, part_of(5, 6), submitter="operator", at=AT)
    client = Client(headers={"host": "localhost"})
    client.post("/en/sign-in/", {"name": "demo", "password": password})
    return client, first.size, second.size


def test_the_log_shows_its_signed_head_and_every_entry(captured):
    client, _, size = captured
    page = Page(client.get("/en/log/"))
    checkpoint = client.get("/en/log/checkpoint").content.decode()
    origin, stated, root = checkpoint.split("\n")[:3]
    assert (origin, int(stated)) == ("demo.ytterby.invalid/log", size)
    assert root in page.text
    assert "unwitnessed" in page.text
    rows = list(csv.DictReader(io.StringIO(client.get("/en/log.csv").content.decode("utf-8-sig"))))
    assert [int(row["index"]) for row in rows] == list(range(size))
    assert len([a for _, a in page.tags if "data-row" in a]) == size


def test_the_log_offers_the_sizes_at_which_the_register_can_be_asked(captured):
    client, first, second = captured
    hrefs = Page(client.get("/en/log/")).hrefs
    assert f"/en/lots/?known_at={first}" in hrefs
    assert f"/en/lots/?known_at={second}" in hrefs
    assert f"/en/lots/?known_at={first - 1}" not in hrefs


def test_the_log_as_known_earlier_ends_there(captured):
    client, first, _ = captured
    page = Page(client.get(f"/en/log/?known_at={first}"))
    assert len([a for _, a in page.tags if "data-row" in a]) == first


def test_an_event_is_shown_as_it_was_said_with_both_receipts(captured):
    client, _, _ = captured
    page = Page(client.get(f"/en/events/{SHIPPED}/"))
    assert '"quantity": 11000' in page.text
    assert "Arrival, signed" in page.text
    assert "Outcome accepted" in page.text
    assert json.loads(client.get(f"/en/events/{SHIPPED}/event.json").content)["eventID"] == SHIPPED


def test_the_proof_of_an_event_holds_without_the_register(captured, register):
    from ytterby.proof.event_proof import EventProof, verify_event_proof

    client, _, _ = captured
    fields = json.loads(client.get(f"/en/events/{SHIPPED}/proof.json").content)
    proof = EventProof.from_json(fields)
    assert verify_event_proof(proof, register.origin, [register.log_key.public]) is None
    other = EventProof.from_json({**fields, "digest": "00" * 32})
    assert verify_event_proof(other, register.origin, [register.log_key.public]) is not None


def test_original_and_error_declaration_of_one_event_are_both_found(captured):
    client, _, _ = captured
    rows = list(csv.DictReader(io.StringIO(client.get("/en/log.csv").content.decode("utf-8-sig"))))
    digests = [row["digest"] for row in rows if row["event_id"] == RECEIVED]
    assert len(set(digests)) == 2
    said = ["declares an earlier event wrong" in Page(client.get(f"/en/events/{d}/")).text for d in digests]
    assert said == [False, True]


def test_an_event_does_not_exist_before_it_was_accepted(captured):
    client, first, second = captured
    corrected = "urn:uuid:51e90b09-4b81-520e-856e-1d30ff0d16c8"
    assert client.get(f"/en/events/{corrected}/?known_at={second}").status_code == 200
    assert client.get(f"/en/events/{corrected}/?known_at={first}").status_code == 404
    assert client.get("/en/events/urn:uuid:nothing/proof.json").status_code == 404


def test_the_pages_answer_what_the_readings_answer(captured):
    """The mismatch of the first receipt is there before its correction, and gone after it."""
    client, first, second = captured
    before = json.loads(client.get(f"/en/deliveries.json?known_at={first}").content)
    after = json.loads(client.get(f"/en/deliveries.json?known_at={second}").content)
    assert [(p["received"], p["state"]) for p in before["pairs"]] == [("10594", "differs")]
    assert [(p["received"], p["state"]) for p in after["pairs"]] == [("10994", "matched")]
    assert "differs" in Page(client.get(f"/en/deliveries/?known_at={first}")).text
    assert client.get("/zh-hans/lots/KR-C-0418/?element=Dy").status_code == 200
