"""Ceilings of a kind of licence: refused before goods leave, recorded and found after (invariant I1, threat Q4)."""

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from shell.licensed import EXPORTER, balance, codes, issue, licence, office, say, size
from shell.offered import OFFICE, application, desk, submitted
from shell.tampering import named
from ytterby.law.licence_kind import Measure, Per
from ytterby.licence.ceiling_terms import CeilingTerm, LineContent
from ytterby.licence.evidence import evidence_digest, evidence_fields
from ytterby.licence.guard import GUARDS
from ytterby.licence.step import Gather, Issue
from ytterby.shell.actions.licence_content import line_contents
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.store.case_speakers import SYSTEM_SPEAKING
from ytterby.shell.store.casework.case_desk import office_at
from ytterby.shell.store.casework.ceilings import beyond_at
from ytterby.shell.store.reading.case_evidence import gather_evidence

D = Decimal
DYSPROSIUM = CeilingTerm("dysprosium", Measure.ELEMENT_MASS, Per.ROLLING_YEAR, "Dy", D(1), "KGM")
CALENDAR = CeilingTerm("calendar", Measure.PRODUCT_MASS, Per.CALENDAR_YEAR, "", D(20), "KGM")
WORTH = CeilingTerm("worth", Measure.VALUE, Per.LICENCE, "", D(1000), "TRC")
# Of one kilogram: 100 g of dysprosium, and worth 50.
CONTENT = LineContent({"Dy": D("0.1")}, D(1), None, D(50), "TRC")


def limited(number="XA-1", quantity="100", *ceilings, content=CONTENT, **changes):
    made = licence(number, quantity, ceilings=ceilings or (DYSPROSIUM,), **changes)
    return msgspec.structs.replace(made, lines=(msgspec.structs.replace(made.lines[0], content=content),))


def take(register, kind, quantity, number="XA-1", **fields):
    return say(register, kind, quantity, how={"number": number}, **fields)


@pytest.fixture
def licensed(register):
    office(register)
    for number in ("XA-1", "XA-2"):
        assert issue(limited(number)) == []
    return register


def test_what_goes_beyond_is_refused_before_and_recorded_with_a_finding_after(licensed):
    assert take(licensed, "reserve", "6").code == "ok"
    assert codes(take(licensed, "reserve", "5", "XA-2", decl="d2")) == ["licence.ceiling"]
    assert codes(take(licensed, "draw", "5", "XA-2", decl="d3")) == ["licence.ceiling"]
    # What a declaration has reserved counts once: it is drawn though the ceiling is full.
    assert take(licensed, "reserve", "4", "XA-2", decl="d4").code == "ok"
    left = take(licensed, "exit", "6", seq=2)
    assert (left.verdict, left.problems) == ("drawn", ())
    beyond = take(licensed, "exit", "7", "XA-2", decl="d4", seq=2)
    assert (beyond.verdict, beyond.drawn, beyond.unlicensed, beyond.reason) == ("drawn_in_part", "4", "3", "ceiling")
    assert codes(beyond)[0] == "licence.unlicensed_exit"
    assert balance(number="XA-2") == (4, 0, 96, 3)
    assert named(licensed) == set()


def test_the_same_again_is_answered_as_the_first_time(licensed):
    first, refused = take(licensed, "exit", "10"), take(licensed, "reserve", "1", decl="d2")
    before = size()
    assert replace(take(licensed, "exit", "10"), size=first.size) == first
    assert (first.verdict, codes(refused)) == ("drawn", ["licence.ceiling"])
    assert codes(take(licensed, "reserve", "1", decl="d2")) == ["licence.ceiling"]
    assert size() == before


def test_what_left_beyond_a_licence_counts_and_what_was_given_up_does_not(licensed):
    assert take(licensed, "reserve", "10").code == "ok"
    assert codes(take(licensed, "reserve", "1", "XA-2", decl="d2")) == ["licence.ceiling"]
    assert say(licensed, "release", how={"number": "XA-1"}, by=EXPORTER, seq=2).code == "ok"
    assert take(licensed, "reserve", "1", "XA-2", decl="d3").code == "ok"
    left = take(licensed, "exit", "12", decl="d5")
    assert (left.verdict, left.unlicensed) == ("not_drawn", "12")
    assert codes(take(licensed, "reserve", "1", "XA-2", decl="d6")) == ["licence.ceiling"]


@pytest.mark.parametrize(
    ("ceiling", "day", "fits"),
    [
        (DYSPROSIUM, "2027-03-01", False),  # 12 months before hold 2026-06-01
        (DYSPROSIUM, "2027-06-02", True),
        (msgspec.structs.replace(CALENDAR, value=D(10)), "2026-12-31", False),
        (msgspec.structs.replace(CALENDAR, value=D(10)), "2027-01-01", True),
        (msgspec.structs.replace(WORTH, value=D(500)), "2027-06-02", True),  # each licence for itself
    ],
)
def test_each_ceiling_counts_its_own_time(register, ceiling, day, fits):
    office(register)
    for number in ("XA-1", "XA-2"):
        assert issue(limited(number, "100", ceiling, valid_to="2027-12-31")) == []
    assert take(register, "reserve", "10").code == "ok"
    found = take(register, "reserve", "1", "XA-2", decl="d2", on=day)
    assert codes(found) == ([] if fits else ["licence.ceiling"])


def test_value_of_one_licence(register):
    office(register)
    assert issue(limited("XA-1", "100", WORTH)) == []
    assert codes(take(register, "reserve", "20.1")) == ["licence.ceiling"]
    assert take(register, "reserve", "20", decl="d2").code == "ok"


def test_what_is_not_known_fits_nowhere(register):
    office(register)
    assert issue(limited("XA-1", "100", WORTH, content=LineContent({"Dy": D("0.1")}, D(1)))) == []
    assert codes(take(register, "reserve", "1")) == ["licence.ceiling"]
    left = take(register, "exit", "1", decl="d2")
    assert (left.verdict, left.reason) == ("not_drawn", "ceiling")
    assert named(register) == set()


def test_other_holders_and_kinds_do_not_count(register):
    office(register)
    assert issue(limited("XA-1", "100", kind="open")) == []
    assert issue(limited("XA-2")) == []
    assert take(register, "reserve", "10").code == "ok"
    assert take(register, "reserve", "10", "XA-2", decl="d2").code == "ok"


# At the issue


def beyond(made, at=None):
    return beyond_at(Issue(made.number, msgspec.to_builtins(made)), size() if at is None else at)


def test_a_licence_is_not_issued_beyond_its_own_ceiling(register):
    assert beyond(limited("XA-1", "20", WORTH)) == ()
    assert beyond(limited("XA-1", "20.1", WORTH)) == ("worth",)
    assert beyond(limited("XA-1", "20.1", WORTH, DYSPROSIUM)) == ("worth", "dysprosium Dy")
    assert beyond(limited("XA-1", "1", WORTH, content=None)) == ("worth",)
    # Of a year's ceiling the room of each year that its days begin may be used.
    assert beyond(limited("XA-1", "20", valid_to="2027-01-01")) == ()
    assert beyond(limited("XA-1", "20", valid_to="2026-12-31")) == ("dysprosium Dy",)
    assert beyond_at(Issue("XA-1", {}), 0) == ()


def test_what_other_licences_may_still_let_out_counts_until_they_have_ended(register):
    office(register)
    assert issue(limited("XA-1", "6")) == []
    before = size()
    assert beyond(limited("XA-2", "4")) == ()
    assert beyond(limited("XA-2", "4.1")) == ("dysprosium Dy",)
    assert beyond(limited("XA-2", "4.1", holder="https://party.example/other")) == ()
    # A new version of the same licence takes the place of the one before.
    assert beyond(limited("XA-1", "10", version=2)) == ()
    assert take(register, "reserve", "6").code == "ok"
    assert take(register, "exit", "2", seq=2).verdict == "drawn"
    assert beyond(limited("XA-2", "4.1")) == ("dysprosium Dy",)
    later = {"valid_from": "2027-06-02", "valid_to": "2027-12-31"}
    assert beyond(limited("XA-2", "10", **later)) == ()  # XA-1 has ended, and what it drew is a year ago
    # As it was known before, so it is judged again (replay).
    assert issue(limited("XA-3", "4")) == []
    assert beyond(limited("XA-2", "4"), at=before) == ()
    assert beyond(limited("XA-2", "4")) == ("dysprosium Dy",)


def test_the_desk_tells_the_guard_what_goes_beyond(register):
    """What replay asks is what was asked at the issue: it sits down at the same desk."""
    made = limited("XA-1", "20.1", WORTH)
    case, step = submitted("C-1", application()), Issue(made.number, msgspec.to_builtins(made))
    told = office_at(desk(), case, step, SYSTEM_SPEAKING)
    assert told.beyond_ceilings == ("worth",)
    assert [one.code for one in GUARDS["within_ceilings"](case, step, told)] == ["case.beyond_ceiling"]
    for kind in ("individual", "open", "general_registration", "amendment"):
        rows = [row for row in transition_table(kind).rows if row.command == "issue"]
        assert rows
        assert all("within_ceilings" in row.guard for row in rows)


def test_what_a_unit_of_a_line_holds_is_what_was_gathered(offered):
    found = gather_evidence(OFFICE, desk(), "C-1", application())
    gathered = Gather(evidence_fields(found), evidence_digest(found))
    held = line_contents(submitted("C-1", application(), "review", gathered))[1]
    assert (held.product_kg, held.element_kg["Dy"], held.value) == (1, D("0.012632800000"), None)
    assert line_contents(submitted("C-1", application()))[1].element_kg is None
