"""The fold of all filings: whatever a record holds, reading it never fails, and what does not hold changes nothing."""

from copy import deepcopy

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licence.filings import (
    IMPORTER,
    LUMEN,
    OFFICE,
    ORDER,
    ORIEL,
    RULES,
    SECOND,
    STRANGER,
    file,
    invitation,
    order,
    paper,
    profile,
    release,
    report,
    retransfer,
    said,
    signed,
    statement,
    use,
    validated,
    visit,
)
from ytterby.licence.delivery_report import RetransferDecision
from ytterby.licence.end_use_statement import AlarmEnd, Repudiation, ShippingAlarm, statement_digest
from ytterby.licence.end_user_validation import ValidationConfirmation, ValidationWithdrawal
from ytterby.licence.filed import ENTRIES, KIND_OF, KINDS, STRUCTS, Filed, enter, key_of
from ytterby.licence.filing import day_of, document_problems, span_problems, text_problems
from ytterby.licence.invitation import InvitationEnd, InvitationRequest

DIGEST = statement_digest(statement())
# One filing of each kind that holds in this order, with who files it.
STORY = (
    (InvitationRequest("q1", "Lumen", "XB", "our customer"), ORIEL),
    (invitation(request="q1"), OFFICE),
    (use(), ""),
    (invitation("i2", "t2", IMPORTER), OFFICE),
    (InvitationEnd("i2", "withdrawn", "wrong town"), OFFICE),
    (profile(), LUMEN),
    (release(), LUMEN),
    (signed(), LUMEN),
    (paper(nonce="1" * 32), ORIEL),
    (order(), ORIEL),
    (report(), ORIEL),
    (ShippingAlarm("a1", "forged", "the stamp", DIGEST, ORDER), ORIEL),
    (AlarmEnd("a1", "it is theirs"), OFFICE),
    (Repudiation(DIGEST, "taken_back", "no longer"), LUMEN),
    (retransfer(), LUMEN),
    (RetransferDecision("r1", "granted", "same use"), OFFICE),
    (visit(), OFFICE),
    (validated(), OFFICE),
    (ValidationConfirmation("w1"), SECOND),
    (ValidationWithdrawal("w1", "the plant was sold"), OFFICE),
)


def told(until=None):
    filed = Filed()
    for one, party in STORY[:until]:
        assert file(filed, one, party) == [], one
    return filed


def test_the_story_has_every_kind_and_each_kind_has_its_rules():
    told()
    assert {KIND_OF[type(one)] for one, _ in STORY} == set(KINDS) == set(STRUCTS) == set(ENTRIES)


@pytest.mark.parametrize("number", range(len(STORY)))
def test_each_filing_is_read_back_from_its_record_as_it_was(number):
    one = STORY[number][0]
    assert msgspec.convert(msgspec.to_builtins(one), STRUCTS[KIND_OF[type(one)]]) == one
    assert key_of(one)


@pytest.mark.parametrize("number", range(len(STORY)))
def test_nobody_else_files_it(number):
    """Every filing, from every party but whoever may: refused, and nothing changes (threats C2, X3)."""
    one, right = STORY[number]
    kind = KIND_OF[type(one)]
    also = {
        "invitation_request": {OFFICE, LUMEN, IMPORTER, STRANGER}, "invitation_use": {LUMEN},
        "shipping_alarm": {LUMEN, OFFICE}, "end_use_visit": {LUMEN}, "delivery_report": {IMPORTER},
        "end_use_statement": {OFFICE} if right == ORIEL else set(),
    }  # fmt: skip
    may = {right} | also.get(kind, set())
    before = told(number)
    for party in {OFFICE, ORIEL, LUMEN, IMPORTER, STRANGER, ""} - may:
        filed = deepcopy(before)
        assert file(filed, one, party), (kind, party)
        assert filed == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=20)
    | st.sampled_from(["", "\ud800", "\x00", "1e99", "-1", "9" * 40, "2026-13-45", "A" * 5000, "https://x y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_record_makes_reading_fail(data):
    """A fuzz of all readers: one place of a filing that holds is replaced by any JSON."""
    number = data.draw(st.integers(0, len(STORY) - 1))
    one, party = STORY[number]
    fields = msgspec.to_builtins(one)
    place, names = fields, list(fields)
    while True:
        name = data.draw(st.sampled_from(names))
        inner = place[name]
        if isinstance(inner, dict) and inner and data.draw(st.booleans()):
            place, names = inner, list(inner)
            continue
        break
    place[name] = data.draw(JSON)
    filed = BEFORE[number]
    try:
        changed = msgspec.convert(fields, type(one))
    except (msgspec.ValidationError, UnicodeEncodeError):
        return
    filed = deepcopy(filed)
    problems = enter(filed, KIND_OF[type(one)], changed, said(party), RULES)
    assert bool(problems) == (filed == BEFORE[number])
    assert all(one.code.count(".") == 1 for one in problems)


BEFORE = [told(number) for number in range(len(STORY))]


@given(st.permutations(range(len(STORY))))
def test_in_whatever_order_records_come_none_makes_another_fail(numbers):
    """Records out of order have no effect where they do not hold, and nothing raises."""
    filed = Filed()
    held = [number for number in numbers if not file(filed, *STORY[number])]
    again = Filed()
    assert all(file(again, *STORY[number]) == [] for number in held)
    assert again == filed


def test_texts_documents_and_days_have_their_limits():
    assert [day_of(text) is None for text in ("2026-03-01", "20260301", "2026-W09-7", "2026-02-30")] == [
        False, True, True, True,
    ]  # fmt: skip
    for more in (0, 1):
        refused = bool(more)
        assert bool(document_problems(["ab" * 32] * (50 + more))) == refused
        assert bool(text_problems({"text": "x" * (4_000 + more)})) == refused
    assert not span_problems("2026-03-01", "2026-03-01")
    assert [one.code for one in text_problems({"text": "x" * 4_001})] == ["filed.too_long"]


def test_a_filing_that_no_database_holds_is_refused():
    assert file(Filed(), order(number="PO\x00"), ORIEL) == ["filed.form"]
    assert file(Filed(), profile(text="\ud800"), LUMEN) == ["filed.form"]
