"""Documents that goods need no licence: bound to goods, signed, good until something changes, challenged by customs."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.licence.evidence import Freeing, LineLaw
from ytterby.licence.not_controlled import (
    Ask,
    Challenge,
    Exit,
    FactsNow,
    Find,
    NotControlled,
    Take,
    challenge_problems,
    challenge_state,
    document_fields,
    document_problems,
    exit_problems,
    law_standing,
    open_document,
    read_document,
    read_said,
    said_fields,
    signed_document,
    still_holds,
)
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.proof.note import NoteError

REPORT, ON = "a" * 64, date(2026, 11, 24)
KEY = PrivateKey.from_seed(KeyUse.LICENCE, "test.invalid/log", bytes(32))
FREED = Freeing("trace", ("Dy", "Tb"), "0.02", "0.005", "0.1", "2", REPORT)
LAW = LineLaw(
    1, "not_controlled", by="practice", reasons=("CN-18#1C905.a#below_limit", "CN-18##text"), freeing=(FREED,)
)
DOCUMENT = NotControlled(
    number="N-1", case="C-1", line=1, procedure="CN-procedure", holder="party:a", bound="lots", subjects=("lot-1",),
    name="magnets", form="magnet", composition={"Nd": "31"}, goods="g", source=("lot-1 party:a site",),
    freeing=(FREED,), rules=("CN-18",), by="practice", law=law_standing(LAW), on="2026-11-24", report=REPORT,
    issued_at="2026-11-24T08:00:00Z", issued_by="account:1",
)  # fmt: skip
NOW = FactsNow("g", ("lot-1 party:a site",), DOCUMENT.law)


def test_it_holds_while_nothing_changes():
    assert still_holds(DOCUMENT, NOW) == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"goods": "other"}, "composition_changed"),
        ({"goods": None}, "composition_unknown"),
        ({"source": ("lot-1 party:b site",)}, "source_changed"),
        ({"source": None}, "source_unknown"),
        ({"law": "other"}, "law_changed"),
        ({"law": None}, "law_unknown"),
        ({"challenge": "open"}, "challenged"),
        ({"challenge": "upheld"}, "found_controlled"),
    ],
)
def test_it_ends_with_composition_source_law_or_a_challenge(change, why):
    assert still_holds(DOCUMENT, msgspec.structs.replace(NOW, **change)) == (why,)


def test_what_is_not_known_is_never_as_before():
    assert still_holds(DOCUMENT, FactsNow()) == ("composition_unknown", "source_unknown", "law_unknown")


@pytest.mark.parametrize(
    "other",
    [
        {"answer": "controlled"},
        {"by": "law"},
        {"reasons": ("CN-57#x#text",)},
        {"freeing": (msgspec.structs.replace(FREED, limit="0.2"),)},
        {"freeing": ()},
    ],
)
def test_law_stands_otherwise_when_answer_basis_rule_or_limit_do(other):
    assert law_standing(msgspec.structs.replace(LAW, **other)) != law_standing(LAW)


@pytest.mark.parametrize(
    "same",
    [{"line": 7}, {"freeing": (msgspec.structs.replace(FREED, value="0.03", u="0.001", report="b" * 64),)},
     {"reasons": ("CN-18##text", "CN-18#1C905.a#other_sentence")}, {"declared_code": "x"}],
)  # fmt: skip
def test_law_stands_as_before_where_only_the_goods_or_a_sentence_differ(same):
    assert law_standing(msgspec.structs.replace(LAW, **same)) == law_standing(LAW)


@pytest.mark.parametrize(
    ("law", "change", "code"),
    [
        ({"answer": "controlled"}, {}, "not_controlled.answer"),
        ({"answer": "ask"}, {}, "not_controlled.answer"),
        ({}, {"subjects": ()}, "not_controlled.no_subject"),
        ({}, {"report": ""}, "not_controlled.no_report"),
        ({}, {"report": "A" * 64}, "not_controlled.no_report"),
        ({}, {"rules": ()}, "not_controlled.no_rule"),
    ],
)
def test_nothing_is_issued_that_law_does_not_free_or_nobody_tested(law, change, code):
    found = document_problems(msgspec.structs.replace(DOCUMENT, **change), msgspec.structs.replace(LAW, **law))
    assert [one.code for one in found] == [code]
    assert document_problems(DOCUMENT, LAW) == []


# The note


def test_a_note_is_opened_by_the_registers_key_alone():
    note = signed_document("register-1", DOCUMENT, KEY)
    assert open_document(note, "register-1", [KEY.public]) == DOCUMENT
    for keys, register in (
        ([PrivateKey.from_seed(KeyUse.LICENCE, KEY.name, b"1" * 32).public], "register-1"),
        ([PrivateKey.from_seed(KeyUse.RECEIPT, KEY.name, bytes(32)).public], "register-1"),
        ([KEY.public], "register-2"),
        ([], "register-1"),
    ):
        with pytest.raises(NoteError):
            open_document(note, register, keys)


def test_a_note_that_was_touched_is_none():
    note = signed_document("r", DOCUMENT, KEY)
    for changed in (note.replace("0.02", "0.01"), note.replace("party:a", "party:b"), note + "x", ""):
        with pytest.raises(NoteError):
            open_document(changed, "r", [KEY.public])


def test_what_the_key_signed_for_another_purpose_is_no_document():
    from ytterby.proof.note import sign_note

    for text in ("hello\n", "ytterby/not-controlled/v1\nr\n{}\n", "ytterby/not-controlled/v1\nr\n[]\n"):
        with pytest.raises(NoteError):
            open_document(sign_note(text, KEY, use=KeyUse.LICENCE), "r", [KEY.public])
    with pytest.raises(ValueError):
        signed_document("r", DOCUMENT, PrivateKey.from_seed(KeyUse.RECEIPT, KEY.name, bytes(32)))


@settings(max_examples=30)
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_name_says_it_is_read_back(name, subject):
    one = msgspec.structs.replace(DOCUMENT, name=name, subjects=(subject,))
    assert open_document(signed_document("r", one, KEY), "r", [KEY.public]) == one
    assert read_document(document_fields(one)) == one


# Challenges


def asked(**changes):
    return msgspec.structs.replace(Ask("Q1", "is it free of dysprosium?", "2026-12-01"), **changes)


SAMPLE = Take("Q1", "lot-1", "S-1", "0.05", "seal 7")
RESULT = Find("Q1", "stands", "as stated", REPORT, {"Dy": ("0.02", "0.004")})


def challenged(samples=(SAMPLE,), result=None):
    return {"Q1": Challenge(asked(), "2026-11-24T09:00:00Z", "account:c", list(samples), result)}


def codes(held, said):
    return [one.code for one in challenge_problems(DOCUMENT, held, said, ON)]


@pytest.mark.parametrize(
    ("held", "said", "code"),
    [
        ({}, asked(text=" "), "not_controlled.no_text"),
        ({}, asked(text="x" * 2001), "not_controlled.no_text"),
        ({}, asked(due="2026-11-23"), "not_controlled.due"),
        ({}, asked(due="soon"), "not_controlled.due"),
        ({}, asked(id=""), "not_controlled.challenge_id"),
        (challenged(result=RESULT), asked(), "not_controlled.challenge_id"),
        (challenged(), asked(id="Q2"), "not_controlled.challenged"),
        ({}, SAMPLE, "not_controlled.no_challenge"),
        (challenged(result=RESULT), SAMPLE, "not_controlled.answered"),
        (challenged(()), msgspec.structs.replace(SAMPLE, subject="lot-2"), "not_controlled.other_goods"),
        (challenged(()), msgspec.structs.replace(SAMPLE, mass_kg="0"), "not_controlled.sample_mass"),
        (challenged(()), msgspec.structs.replace(SAMPLE, mass_kg="-1"), "not_controlled.sample_mass"),
        (challenged(), SAMPLE, "not_controlled.sample_label"),
        (challenged([msgspec.structs.replace(SAMPLE, label=str(n)) for n in range(50)]), SAMPLE,
         "not_controlled.too_many_samples"),
        ({}, RESULT, "not_controlled.no_challenge"),
        (challenged(()), RESULT, "not_controlled.no_sample"),
        (challenged(result=RESULT), RESULT, "not_controlled.answered"),
        (challenged(), msgspec.structs.replace(RESULT, outcome="maybe"), "not_controlled.outcome"),
        (challenged(), msgspec.structs.replace(RESULT, text=""), "not_controlled.no_text"),
        (challenged(), msgspec.structs.replace(RESULT, report="x"), "not_controlled.no_report"),
        (challenged(), msgspec.structs.replace(RESULT, content={"Dy": ("a", "0")}), "not_controlled.figure"),
    ],
)  # fmt: skip
def test_what_customs_say_has_its_order_and_its_figures(held, said, code):
    assert codes(held, said) == [code]


def test_a_challenge_goes_from_question_to_sample_to_result():
    assert codes({}, asked()) == []
    assert codes({}, asked(due="2026-11-24")) == []
    assert codes(challenged(()), SAMPLE) == []
    assert codes(challenged(), RESULT) == []
    assert codes(challenged(result=RESULT), asked(id="Q2")) == []


def test_a_challenge_has_a_clock_of_its_own():
    one = challenged()["Q1"]
    assert [one.is_overdue(date(2026, 12, day)) for day in (1, 2)] == [False, True]
    assert not challenged(result=RESULT)["Q1"].is_overdue(date(2027, 1, 1))


def test_one_that_found_the_goods_controlled_outweighs_all():
    upheld = challenged(result=msgspec.structs.replace(RESULT, outcome="controlled"))["Q1"]
    answered, opened = challenged(result=RESULT)["Q1"], challenged()["Q1"]
    assert [one.state for one in (upheld, answered, opened)] == ["upheld", "answered", "open"]
    assert challenge_state([answered, opened, upheld]) == "upheld"
    assert challenge_state([answered, opened]) == "open"
    assert challenge_state([answered]) == challenge_state([]) == ""


@pytest.mark.parametrize("said", [asked(), SAMPLE, RESULT])
def test_what_was_said_is_read_back(said):
    assert read_said(said_fields(said)) == said


# Exits


def leaving(**changes):
    return msgspec.structs.replace(Exit("D-1", 1, 0, "10", "KGM", "2026-11-24T08:00:00Z"), **changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": "0"}, "not_controlled.quantity"),
        ({"quantity": "1e3"}, "not_controlled.quantity"),
        ({"declaration": " "}, "not_controlled.declaration"),
        ({"line": 0}, "not_controlled.declaration"),
        ({"seq": -1}, "not_controlled.declaration"),
    ],
)
def test_an_exit_has_a_quantity_and_a_declaration(change, code):
    assert [one.code for one in exit_problems({}, leaving(**change))] == [code]


def test_the_same_exit_is_one_and_another_in_its_place_is_refused():
    counted = {leaving().key: leaving()}
    assert exit_problems(counted, leaving(at="2026-11-25T08:00:00Z")) == []
    assert [one.code for one in exit_problems(counted, leaving(quantity="11"))] == ["not_controlled.counted_otherwise"]
    assert exit_problems(counted, leaving(seq=1)) == []
