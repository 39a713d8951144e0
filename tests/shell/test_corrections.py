"""Corrections in full, one test for each sentence of the rule; and after each the derived cells are the whole book.

Threat P5: corrections add; both versions stay, and what was known before can be asked for.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shell.histories import AT, digest_of, document_of, whole_cells
from shell.register_copy import forget_answers
from ytterby.chain.book import build_from_bundles
from ytterby.chain.excerpt import cells_of_book
from ytterby.shell.actions.capture import CaptureResult, capture
from ytterby.shell.actions.doctor import examine
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.postings import bundles_of, counting
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import EventRecord
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import Known, known_at, known_on
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

Json = dict[str, Any]
MINE, PLANT = "https://id.gs1.org/414/9520000010010", "https://id.gs1.org/414/9520000010027"
KESTREL, NORRVIK = (site.replace("/414/", "/417/") for site in (MINE, PLANT))
ORE = "https://id.gs1.org/01/09520000000011/10/ORE"
METAL = "https://id.gs1.org/01/09520000000110/10/METAL"


def named(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


def made(number: int | None = 1, kg: float = 100, day: int = 1, lot: str = ORE, **more: Any) -> Json:
    event: Json = {
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "eventTime": f"2025-03-{day:02d}T00:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "bizLocation": {"id": MINE},
        "quantityList": [{"epcClass": lot, "quantity": kg, "uom": "KGM"}],
        "ilmd": {"ree:lot": lot, "ree:assay": [{"ree:element": "Nd", "ree:milligramPerKilogram": 100000}]},
    }
    return {**event, **({"eventID": named(number)} if number is not None else {}), **more}


def used(number: int, kg: float = 60, day: int = 5, site: str = MINE) -> Json:
    return {
        "type": "TransformationEvent",
        "eventID": named(number),
        "eventTime": f"2025-03-{day:02d}T00:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "bizLocation": {"id": site},
        "inputQuantityList": [{"epcClass": ORE, "quantity": kg, "uom": "KGM"}],
        "outputQuantityList": [{"epcClass": METAL, "quantity": 5, "uom": "KGM"}],
    }


def wrong(event: Json, *correctives: int, reason: str = "incorrect_data", on: int = 1) -> Json:
    declared: Json = {"declarationTime": f"2025-04-{on:02d}T00:00:00Z", "reason": reason}
    if correctives:
        declared["correctiveEventIDs"] = [named(number) for number in correctives]
    return {**event, "errorDeclaration": declared}


def tell(register: Register, *events: Json, by: str = KESTREL, at: datetime = AT) -> CaptureResult:
    return capture(register, json.dumps(document_of(list(events))).encode(), submitter=by, at=at)


def codes(result: CaptureResult) -> list[str]:
    return [problem.code for problem in result.problems]


def mass_kg(lot: str = ORE, size: int | None = None) -> float:
    """Return the neodymium made of a lot."""
    book = book_of(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, size))
    if lot not in book.parcels_of:
        return 0.0
    return float(sum(parcel.mass_kg.sum() for parcel in book.made(lot)))


def found(code: str) -> list[Json]:
    rows = list_findings(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None))["findings"]
    return [row for row in rows if row["kind"] == code]


@pytest.fixture(autouse=True)
def same_as_whole(register):
    """Whatever a test did: the cells are the whole book, at every size asked for, and the register is sound."""
    yield
    derive_to(register.size)
    assert derived_digest(1) == digest_of(*whole_cells(register.size))
    for size in {*EventRecord.objects.values_list("submission__size_after", flat=True)}:
        rows = counting(1, size).values_list("digest", "submitter", "body")
        book = build_from_bundles(bundles_of(rows).values(), world_at(size))
        assert cells_of_book(book) == whole_cells(size)
    forget_answers()
    assert examine(register)["unsound"] == []


def test_a_declaration_that_differs_from_a_stored_original_is_refused_naming_the_field(register):
    tell(register, made())
    result = tell(register, wrong(made(kg=90)))
    assert (result.outcome, codes(result)) == ("refused", ["correction.not_equal"])
    assert result.problems[0].facts["fields"] == "quantityList"
    assert mass_kg() == 10


def test_it_must_come_from_the_party_that_submitted_the_original(register):
    tell(register, made())
    result = tell(register, wrong(made()), by="operator")
    assert (result.outcome, codes(result)) == ("accepted", ["correction.original_unknown"])
    assert mass_kg() == 10


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_corrective_events_of_the_same_document_may_stand_before_or_after_it(register, order):
    events = (made(), wrong(made(), 2), made(2, 80))
    result = tell(register, *(events[n] for n in order))
    assert (result.outcome, codes(result)) == ("accepted", [])
    assert mass_kg() == 8


def test_corrective_events_may_be_stored_events_of_that_party(register):
    tell(register, made(), made(2, 80, lot=ORE + "2"))
    assert codes(tell(register, wrong(made(), 2))) == []
    assert found("correction.waiting") == []


def test_one_that_names_an_event_not_yet_known_is_accepted_with_a_remark_and_judged_again_when_it_arrives(register):
    tell(register, made())
    assert codes(tell(register, wrong(made(), 2))) == ["correction.corrective_unknown"]
    assert mass_kg() == 0
    assert [row["parties"] for row in found("correction.waiting")] == [[[KESTREL]]]
    # Somebody else's event of that name is not the one.
    tell(register, made(2, 70), by="operator")
    assert found("correction.waiting")
    tell(register, made(2, 80))
    assert found("correction.waiting") == []


def test_an_original_that_comes_after_its_equal_declaration_is_born_ended(register):
    assert codes(tell(register, wrong(made()))) == ["correction.original_unknown"]
    result = tell(register, made())
    assert (result.outcome, codes(result)) == ("accepted", ["correction.came_before"])
    assert mass_kg() == 0
    assert mass_kg(size=result.size) == 0


def test_an_original_that_comes_after_an_unequal_declaration_counts_with_a_remark_and_a_finding(register):
    tell(register, wrong(made(kg=90)))
    assert found("correction.unequal") == []
    result = tell(register, made())
    assert (result.outcome, codes(result)) == ("accepted", ["correction.came_before_unequal"])
    assert mass_kg() == 10
    assert len(found("correction.unequal")) == 1


def test_an_unequal_declaration_is_made_good_by_an_equal_one(register):
    tell(register, wrong(made(kg=90)))
    tell(register, made())
    assert codes(tell(register, wrong(made()))) == ["correction.second"]
    assert mass_kg() == 0


def test_a_second_declaration_of_the_same_event_is_stored_remarked_and_has_no_effect(register):
    tell(register, made(), wrong(made()))
    size = register.size
    result = tell(register, wrong(made(), reason="did_not_occur", on=2))
    assert (result.outcome, codes(result)) == ("accepted", ["correction.second"])
    assert register.size == size + 1
    assert mass_kg() == 0


def test_a_corrective_event_may_itself_be_declared_wrong(register):
    tell(register, made(), wrong(made(), 2), made(2, 80))
    assert codes(tell(register, wrong(made(2, 80), 3), made(3, 70))) == []
    assert mass_kg() == 7
    tell(register, wrong(made(3, 70), reason="did_not_occur"))
    assert mass_kg() == 0


def test_what_did_not_occur_leaves_those_who_used_it_with_undeclared_inputs_and_a_finding(register):
    tell(register, made())
    tell(register, used(2, site=PLANT), by=NORRVIK)
    assert found("lot.not_created") == []
    result = tell(register, wrong(made(), reason="did_not_occur"))
    assert result.outcome == "accepted"
    (row,) = found("lot.not_created")
    assert row["parties"] == [[NORRVIK]]
    book = book_of(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    assert {part.origin.kind for node in book.nodes if node.lot == ORE for part in node.sources} == {"undeclared"}
    (step,) = book.steps
    assert step.inputs_unknown
    # The user sees it in its own book, too: as goods that nobody sent, since whether others made them is theirs to say.
    from ytterby.shell.store.reading.viewer import Viewer

    own = list_findings(Viewer(NORRVIK), known=known_at(OPERATOR_VIEWER, None))["findings"]
    assert [one["kind"] for one in own] == ["lot.not_sent"]


def test_an_event_without_event_id_cannot_be_declared_wrong(register):
    tell(register, made(None))
    result = tell(register, wrong(made(None)))
    assert (result.outcome, codes(result)) == ("accepted", ["correction.without_event_id"])
    assert mass_kg() == 10
    assert tell(register, made(None)).outcome == "known"


def test_two_originals_of_one_party_with_one_event_id_are_refused_and_of_two_parties_are_two(register):
    tell(register, made())
    result = tell(register, made(kg=90))
    assert (result.outcome, codes(result)) == ("refused", ["event.id_reused"])
    assert tell(register, made(kg=90, lot=ORE + "2"), by="operator").outcome == "accepted"
    tell(register, wrong(made(kg=90, lot=ORE + "2")), by="operator")
    assert (mass_kg(), mass_kg(ORE + "2")) == (10, 0)


def test_what_two_parties_said_in_the_same_words_counts_until_both_call_it_wrong(register):
    tell(register, made())
    assert tell(register, made(), by="operator").outcome == "accepted"
    assert mass_kg() == 10
    tell(register, wrong(made()))
    assert mass_kg() == 10
    tell(register, wrong(made()), by="operator")
    assert mass_kg() == 0


def test_a_corrective_event_may_be_earlier_than_anything_known(register):
    tell(register, made(), used(2))
    derive_to(register.size)
    earlier = made(3, 120, eventTime="1999-01-01T00:00:00Z")
    assert codes(tell(register, wrong(made(), 3), earlier)) == []
    assert mass_kg() == 12


def test_the_effect_is_an_end_and_what_was_known_in_between_stays_answerable(register):
    """Threat P5: two months later, by log size and by day."""
    first = tell(register, made(), at=AT)
    derive_to(register.size)
    between = AT + timedelta(days=30)
    tell(register, used(2), at=between)
    last = tell(register, wrong(made(), 3), made(3, 80), at=AT + timedelta(days=61))
    assert [mass_kg(size=size) for size in (first.size, last.size - 2, last.size)] == [10, 10, 8]
    for days, kg in ((0, 10), (30, 10), (60, 10), (61, 8)):
        assert mass_kg(size=known_on(OPERATOR_VIEWER, (AT + timedelta(days=days)).date()).size) == kg
    # Both versions stay, with who said so and when.
    rows = EventRecord.objects.filter(event_id=named(1)).order_by("log_index")
    assert list(rows.values_list("submitter", "is_original")) == [(KESTREL, True), (KESTREL, False)]


def test_a_finding_before_a_correction_can_be_asked_for_after_it(register):
    """Threat P5."""
    before = tell(register, made(kg=10), used(2)).size
    tell(register, wrong(made(kg=10), 3), made(3, 100))
    kinds = [
        {row["kind"] for row in list_findings(OPERATOR_VIEWER, known=Known(size))["findings"]}
        for size in (before, register.size)
    ]
    assert "lot.used_beyond_held" in kinds[0]
    assert "lot.used_beyond_held" not in kinds[1]


def test_late_events_in_the_middle_of_a_history_are_as_if_they_had_come_in_time(register):
    tell(register, made(kg=10, day=1), used(2, day=9))
    derive_to(register.size)
    assert found("lot.used_beyond_held")
    result = tell(register, made(3, 90, day=5))
    assert result.outcome == "accepted"
    assert found("lot.used_beyond_held") == []
    assert mass_kg() == 10


def test_a_lot_made_again_years_later_is_two_makings_and_takes_go_to_the_older_first(register):
    tell(register, made(kg=100))
    later = [
        {**made(2, 50), "eventTime": "2025-12-01T00:00:00Z"},
        {**used(3, 120), "eventTime": "2025-12-20T00:00:00Z"},
    ]
    tell(register, {**made(1001, 70, lot=ORE + "-Y"), "eventTime": "2020-01-01T00:00:00Z"})
    tell(register, *later)
    assert found("lot.number_reused") == []
    tell(register, {**made(1002, 30, lot=ORE + "-Y"), "eventTime": "2024-06-01T00:00:00Z"})
    (row,) = found("lot.number_reused")
    assert (row["parties"], row["facts"]) == ([[KESTREL]], {"before": "2020-01-01", "again": "2024-06-01"})
    book = book_of(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    older, younger = (parcel for parcel in book.parcels_of[ORE] if parcel.is_made)
    assert (older.at < younger.at, older.left, younger.left) == (True, 0, 30)
    (step,) = book.steps
    assert [book.nodes[parent].key for parent in step.parents] == [older.key, younger.key]


def test_days_are_those_of_the_event_and_not_of_the_telling(register):
    assert tell(register, made(), at=datetime(2026, 6, 1, tzinfo=UTC)).outcome == "accepted"
    assert mass_kg() == 10
