"""What is asked of a lot, at any log size, is answered as from the submitted bytes read whole."""

import pytest

from shell.cli.conftest import run
from ytterby.chain import build_book
from ytterby.chain.book import Book
from ytterby.shell.actions.capture import capture
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading import book as books
from ytterby.shell.store.reading.book import book_of, lot_book
from ytterby.shell.store.reading.entries import accepted_entries
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.lots import list_lots, match_lots, near_lots
from ytterby.shell.store.reading.traces import lot_destination, lot_origin, lot_trace
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.reading.waiting import known_derived


@pytest.fixture
def sizes(register, part_of) -> list[int]:
    """The sample, event by event, out of order; every log size at the end of a submission."""
    found = []
    for number in (3, 0, 1, 2, 7, 4, 5, 8, 9, 6, 10, 11, 13, 12, 14, 15, 16, 17, 18, 19):
        found.append(capture(register, part_of(number), submitter="operator").size)
    return found


def from_bytes(viewer: Viewer, size: int) -> Book:
    """Return the book as it comes out of the submitted documents."""
    return build_book(accepted_entries(viewer, Known(size)), world_at(size))


def answers(viewer: Viewer, lots: list[str], size: int) -> list[object]:
    known = Known(size)
    found: list[object] = []
    for lot in lots:
        for element in ("Nd", "Dy"):
            found.append(lot_trace(viewer, lot, direction="back", element=element, known=known))
            found.append(lot_trace(viewer, lot, direction="forward", element=element, known=known))
        found.append(lot_origin(viewer, lot, known=known))
        found.append(lot_destination(viewer, lot, known=known))
    return found


def test_every_answer_about_a_lot_is_that_of_the_whole_book_of_what_was_known_then(sizes, monkeypatch):
    derive_to(sizes[-1])
    viewer = OPERATOR_VIEWER
    for size in (*sizes[::4], sizes[-1]):
        whole = from_bytes(viewer, size)
        lots = sorted(whole.parcels_of)
        ours = answers(viewer, lots, size)
        with monkeypatch.context() as patch:
            patch.setattr("ytterby.shell.store.reading.traces.lot_book", lambda *_, whole=whole, **__: whole)
            assert ours == answers(viewer, lots, size)
        assert set(lots) == {row["lot"] for row in list_lots(viewer, known=Known(size))["lots"]}
        assert {lot for lot in lots if match_lots(viewer, lot, known=Known(size)) == [lot]} == set(lots)


def test_the_whole_book_comes_from_postings_as_it_comes_from_documents(sizes):
    for size in sizes:
        kept, read = book_of(OPERATOR_VIEWER, Known(size)), from_bytes(OPERATOR_VIEWER, size)
        assert [(n.key, n.parents, n.mass_kg.tobytes()) for n in kept.nodes] == [
            (n.key, n.parents, n.mass_kg.tobytes()) for n in read.nodes
        ]
        assert kept.findings == read.findings
        assert kept.unsettled == read.unsettled


def test_a_lot_that_a_party_may_not_see_is_one_that_does_not_exist(sizes):
    known = known_at(OPERATOR_VIEWER, None)
    stranger = Viewer("https://nobody.example/x")
    (lot,) = match_lots(OPERATOR_VIEWER, "KR-C-0418", known=known)
    assert match_lots(stranger, "KR-C-0418", known=known) == []
    assert near_lots(stranger, "KR-C-0419", known=known) == []
    assert near_lots(OPERATOR_VIEWER, "KR-C-0419", known=known)[0] == "KR-C-0418"
    with pytest.raises(KeyError):
        lot_trace(stranger, lot, direction="back", element="Nd", known=known)


def test_cells_that_are_rewritten_while_they_are_read_are_not_mixed_with_older_ones(register, part_of, monkeypatch):
    """A capture comes in the middle of an answer: the answer is still that of the log size it names."""
    size = capture(register, part_of(*range(8)), submitter="operator").size
    (lot,) = match_lots(OPERATOR_VIEWER, "KR-C-0418", known=Known(size))
    before = from_bytes(OPERATOR_VIEWER, size)
    derive_to(size)
    read, interruptions = books.book_of_descendants, []

    def interrupted(*args):
        if not interruptions:
            interruptions.append(derive_to(capture(register, part_of(*range(8, 14)), submitter="operator").size))
        return read(*args)

    monkeypatch.setattr(books, "book_of_descendants", interrupted)
    part = lot_book(OPERATOR_VIEWER, lot, Known(size), is_back=False)
    assert interruptions
    assert interruptions[0] > size
    assert [(n.key, n.left) for n in part.parcels_of[lot]] == [(n.key, n.left) for n in before.parcels_of[lot]]


def test_a_question_waits_for_what_is_not_derived_or_says_how_far_it_is(register, part_of, monkeypatch):
    first = capture(register, part_of(0, 1), submitter="operator").size
    derive_to(first)
    last = capture(register, part_of(2, 3), submitter="operator").size
    head = known_at(OPERATOR_VIEWER, None)
    assert known_derived(OPERATOR_VIEWER, head, patience_seconds=0) == Known(first, last)
    found = run("lot", "list", "--data", register.data, "--no-wait", "--json")
    assert found.json["as_of_size"] == first
    assert f"after log size {first} is still being derived ({last - first} entries)" in found.err
    assert known_derived(OPERATOR_VIEWER, head, patience_seconds=60) == Known(last)
    found = run("lot", "list", "--data", register.data, "--no-wait", "--json")
    assert (found.json["as_of_size"], found.err) == (last, "")


def test_a_page_says_how_much_is_still_being_derived(register, part_of, monkeypatch):
    from django.test import Client

    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    forget_failures()
    client = Client(headers={"host": "localhost"})
    client.post("/en/sign-in/", {"name": "demo", "password": make_demo_password(register.keys)})
    derive_to(capture(register, part_of(0, 1), submitter="operator").size)
    capture(register, part_of(2, 3), submitter="operator")
    monkeypatch.setattr("ytterby.shell.portal.moment.PATIENCE_SECONDS", 0.0)
    page = client.get("/en/lots/")
    assert b"Later entries that are still being derived: 2." in page.content
    assert "尚在推导" in client.get("/zh-hans/lots/").content.decode()
    monkeypatch.undo()
    assert b"being derived" not in client.get("/en/lots/").content
