"""A customs office's file: what does not fit is refused when it is decided on; what is written is exact."""

import string
from dataclasses import replace as with_

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licence.told import RULES, message, rules, told
from ytterby.licence.customs_content import ToldLine, ToldParty, address_lines, plain_quantity, told_of, told_party
from ytterby.licence.customs_file import file_problems, read_answers, read_batch, write_answers, write_batch
from ytterby.licence.customs_file_rules import read_file_rules
from ytterby.licence.customs_message import CustomsAnswer, Verdict

OFFICE = rules()
LINE = told().lines[0]
HOLDER = told().holder


def problems(**changes):
    return [(one.code, one.where.pointer) for one in file_problems(told(**changes), OFFICE)]


def line(**changes):
    return (msgspec.structs.replace(LINE, **changes),)


def holder(**changes):
    return msgspec.structs.replace(HOLDER, **changes)


def test_a_licence_that_fits_is_written_line_by_line_as_the_docs_say():
    written = write_batch([message(1)], OFFICE)
    assert written.written == ("m1",)
    lines = written.text.splitlines()
    assert lines[0] == "YTC 1"
    assert lines[-1] == "EOF 1"
    assert "QTY 900 KG" in lines
    assert lines.index("LIN L1") < lines.index("QTY 900 KG")
    assert f"END {len(lines) - 3}" in lines


# Attacks of casework 5.7 and 2.6, each named by its field, and the value beside that fits.
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"lines": line(unit="LTR")}, [("customs_file.unit", "/lines/0/unit")]),
        ({"holder": holder(address=("x" * 36,))}, [("customs_file.too_long", "/holder/address/0")]),
        ({"holder": holder(address=("x" * 35,))}, []),
        ({"holder": holder(address=("x",) * 6)}, [("customs_file.too_many", "/holder/address")]),
        ({"holder": holder(address=("x",) * 5)}, []),
        ({"holder": holder(name="示例厂")}, [("customs_file.characters", "/holder/name")]),
        ({"holder": holder(name="Müller")}, [("customs_file.characters", "/holder/name")]),
        ({"holder": holder(name="A\nQTY 9999 KG")}, [("customs_file.characters", "/holder/name")]),
        ({"holder": holder(name="")}, [("customs_file.missing", "/holder/name")]),
        ({"holder": holder(name=" A")}, [("customs_file.blank_at_end", "/holder/name")]),
        ({"holder": holder(name="x" * 36)}, [("customs_file.too_long", "/holder/name")]),
        ({"holder": holder(country="China")}, [("customs_file.country", "/holder/country")]),
        ({"lines": line(unit="H87", quantity="12.5")}, [("customs_file.decimals", "/lines/0/quantity")]),
        ({"lines": line(unit="H87", quantity="12.0")}, []),
        ({"lines": line(quantity="0.3001")}, [("customs_file.decimals", "/lines/0/quantity")]),
        ({"lines": line(quantity="0.300")}, []),
        ({"lines": line(quantity="1e3")}, [("customs_file.quantity", "/lines/0/quantity")]),
        ({"lines": line(quantity="-1")}, [("customs_file.quantity", "/lines/0/quantity")]),
        ({"lines": line(quantity="1234567890.123")}, [("customs_file.digits", "/lines/0/quantity")]),
        ({"lines": line(line="1")}, [("customs_file.line", "/lines/0/line")]),
        ({"lines": line(line="L0")}, [("customs_file.line", "/lines/0/line")]),
        ({"lines": (LINE, LINE)}, [("customs_file.line_twice", "/lines/1/line")]),
        ({"lines": ()}, [("customs_file.missing", "/lines")]),
        ({"lines": tuple(line(line=f"L{n}")[0] for n in range(1, 22))}, [("customs_file.too_many", "/lines")]),
        ({"consignees": (HOLDER,) * 6}, [("customs_file.too_many", "/consignees")]),
        ({"valid_to": "2026-13-01"}, [("customs_file.day", "/valid_to")]),
        ({"valid_to": "20261231"}, [("customs_file.day", "/valid_to")]),
        ({"valid_to": "2026-01-04"}, [("customs_file.day", "/valid_to")]),
        ({"valid_to": "2026-01-05"}, []),
        ({"destination": "x"}, [("customs_file.country", "/destination")]),
        ({"version": 0}, [("customs_file.version", "/version")]),
        ({"version": 10_000}, [("customs_file.version", "/version")]),
        ({"status": "Issued"}, [("customs_file.word", "/status")]),
        ({"tolerance": "some"}, [("customs_file.quantity", "/tolerance")]),
        ({"conditions": ("x" * 61,)}, [("customs_file.too_long", "/conditions/0")]),
        ({"number": "许"}, [("customs_file.characters", "/number")]),
        # Everything at once.
        (
            {"lines": line(unit="XX", quantity="1.5.5"), "destination": ""},
            [
                ("customs_file.country", "/destination"),
                ("customs_file.unit", "/lines/0/unit"),
                ("customs_file.quantity", "/lines/0/quantity"),
            ],
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(changes, found):
    assert problems(**changes) == found


def test_letters_are_spelled_only_where_the_pack_says_so_and_identifiers_never():
    spelling = with_(OFFICE, transliteration={"ü": "ue", "é": "e"})
    said = file_problems(told(holder=holder(name="Müller")), spelling)
    assert [(one.code, one.facts["spelled"], one.severity) for one in said] == [
        ("customs_file.spelled", "Mueller", "remark")
    ]
    (read,), none = read_batch(write_batch([message(1, holder=holder(name="Müller"))], spelling).text, spelling)
    assert (none, read.told.holder.name) == ([], "Mueller")
    assert [p.code for p in file_problems(told(holder=holder(name="Müller ß")), spelling)] == [
        "customs_file.characters"
    ]
    assert [p.code for p in file_problems(told(number="Zü"), spelling)] == ["customs_file.characters"]
    # A spelling that makes the name too long is seen: it is the spelled one that must fit.
    long = "ü" * 18
    assert [p.code for p in file_problems(told(holder=holder(name=long)), spelling) if p.severity == "refuse"] == [
        "customs_file.too_long"
    ]


def test_one_message_that_does_not_fit_never_stops_the_batch():
    """Casework 2.6: an unknown unit is a KeyError for the whole batch."""
    broken = message(3)
    bad = [
        message(2, licence="B", lines=line(unit="XX")),
        msgspec.structs.replace(broken, content={"number": "C"}),
        msgspec.structs.replace(message(4, licence="D"), licence="E"),
    ]
    batch = write_batch([message(1, licence="A"), *bad, message(5, licence="F")], OFFICE)
    assert batch.written == ("m1", "m5")
    assert {id_: [p.code for p in said] for id_, said in batch.left.items()} == {
        "m2": ["customs_file.unit"],
        "m3": ["customs_file.content"],
        "m4": ["customs_file.content"],
    }
    read, none = read_batch(batch.text, OFFICE)
    assert ([one.message.id for one in read], none) == (["m1", "m5"], [])


LETTERS = st.text(alphabet=RULES["characters"], min_size=1, max_size=35).map(str.strip).filter(bool)
QUANTITY = st.decimals(0, 99_999_999, places=3, allow_nan=False).map(lambda d: f"{d:f}")
PARTIES = st.builds(
    ToldParty, LETTERS, LETTERS, st.sampled_from(["CN", "XA"]), st.lists(LETTERS, max_size=5).map(tuple)
)
TOLD = st.builds(
    lambda holder_, consignees, rows, conditions, exports: told(
        holder=holder_,
        consignees=tuple(consignees),
        conditions=tuple(conditions),
        exports=exports,
        lines=tuple(ToldLine(f"L{n}", name, q, u, p, c) for n, (name, q, u, p, c) in enumerate(rows, 1)),
    ),
    PARTIES,
    st.lists(PARTIES, max_size=3),
    st.lists(
        st.tuples(LETTERS, QUANTITY, st.just("KGM"), LETTERS, LETTERS)
        | st.tuples(LETTERS, st.integers(0, 10**6).map(str), st.just("H87"), st.just(""), st.just("")),
        min_size=1,
        max_size=4,
    ),
    st.lists(LETTERS, max_size=3),
    st.sampled_from(["one", "several"]),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TOLD, max_size=3))
def test_what_is_written_is_read_again_exactly(licences):
    messages = [
        message(n, attempt=2, **{name: getattr(one, name) for name in one.__struct_fields__ if name != "number"})
        for n, one in enumerate(licences, 1)
    ]
    messages = [msgspec.structs.replace(one, resends=f"m{one.sequence}") for one in messages]
    batch = write_batch(messages, OFFICE)
    assert batch.left == {}
    read, none = read_batch(batch.text, OFFICE)
    assert none == []
    assert [one.message for one in read] == messages
    assert [one.digest for one in read] == [one.digest for one in messages] == [one.message.digest for one in read]
    assert [one.told for one in read] == [told_of(one.content) for one in messages]


@given(st.data())
def test_a_line_lost_doubled_or_changed_is_never_read_as_sound(data):
    lines = write_batch([message(1), message(2, "suspended")], OFFICE).text.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["lost", "doubled", "cut"]))
    changed = {"lost": [], "doubled": [lines[at]] * 2, "cut": [lines[at][:2]]}[how]
    read, found = read_batch("\n".join(lines[:at] + changed + lines[at + 1 :]) + "\n", OFFICE)
    assert found or [one.message.digest for one in read] != [one.digest for one in read]


@given(st.text(max_size=200) | st.text(alphabet="YTCMSGLIEND 1\n", max_size=200))
def test_whatever_a_file_holds_reading_it_ends_with_problems_and_no_error(text):
    assert read_batch(text, OFFICE)[1]
    assert read_answers(text)[1]
    read_batch("YTC 1\n" + text, OFFICE)
    read_answers("YTA 1\n" + text)


def test_one_unreadable_message_leaves_the_others():
    text = write_batch([message(1), message(2, "suspended"), message(3, "revoked")], OFFICE).text
    read, found = read_batch(text.replace("ACT suspended", "ACT forgiven"), OFFICE)
    assert ([one.message.id for one in read], [p.code for p in found]) == (["m1", "m3"], ["customs_file.action"])
    assert [p.code for p in read_batch(text + "MSG x\n", OFFICE)[1]] == ["customs_file.after_end"]


def test_answers_are_read_again_and_a_bad_line_leaves_the_others():
    answers = [
        CustomsAnswer("m1", Verdict.ACKNOWLEDGED),
        CustomsAnswer("m2", Verdict.REJECTED, ("A1", "B2"), "no such unit"),
        CustomsAnswer("m3", Verdict.REJECTED, ("A1",)),
    ]
    text = write_answers(answers)
    assert text == "YTA 1\nACK m1\nREJ m2 A1,B2 no such unit\nREJ m3 A1\nEOF 3\n"
    assert ([one.answer for one in read_answers(text)[0]], read_answers(text)[1]) == (answers, [])
    read, found = read_answers("YTA 1\r\nACK m1\r\nMAYBE m2\r\nACK m3\r\nEOF 3\r\n")
    assert [(one.answer.message, one.line) for one in read] == [("m1", 2), ("m3", 4)]
    assert [(p.code, p.where.pointer) for p in found] == [("customs_file.answer", "/3")]
    assert [p.code for p in read_answers("YTA 1\nACK m1\nEOF 2\n")[1]] == ["customs_file.count"]
    assert [p.code for p in read_answers("YTA 1\nACK m1\n")[1]] == ["customs_file.cut_off"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name_width": 0}, "customs_rules.count"),
        ({"digits": True}, "customs_rules.count"),
        ({"characters": ""}, "customs_rules.characters"),
        ({"characters": RULES["characters"] + "\n"}, "customs_rules.characters"),
        ({"characters": string.ascii_letters}, "customs_rules.characters_lack"),
        ({"units": {}}, "customs_rules.units"),
        ({"units": {"KGM": {"word": "K G", "decimals": 3}}}, "customs_rules.unit"),
        ({"units": {"KGM": {"word": "KG", "decimals": -1}}}, "customs_rules.unit"),
        ({"units": {c: {"word": "KG", "decimals": 1} for c in ("KGM", "58")}}, "customs_rules.unit"),
        ({"transliteration": {"ü": "ü"}}, "customs_rules.spelling"),
        ({"transliteration": {"ab": "c"}}, "customs_rules.spelling"),
        ({"transliteration": "none"}, "customs_rules.transliteration"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(changes, code):
    found, said = read_file_rules({**RULES, **changes}, "/customs")
    assert (found, [p.code for p in said]) == (None, [code])
    assert said[0].where.pointer.startswith("/customs/")


def test_an_address_is_broken_at_commas_and_never_within_a_word():
    assert address_lines("1 Long Road, Industrial Park, Baotou, Inner Mongolia", 35) == (
        "1 Long Road, Industrial Park",
        "Baotou, Inner Mongolia",
    )
    assert address_lines("a" * 36, 35) == ("a" * 36,)
    assert address_lines("one\ntwo, three\n", 35) == ("one", "two, three")
    party = told_party("p", " A ", "CN", ["1 Long Road, Baotou", "another"], 12)
    assert party == ToldParty("p", "A", "CN", ("1 Long Road", "Baotou"))


@pytest.mark.parametrize(
    ("text", "plain"), [("900.00", "900"), ("0.10", "0.1"), ("100", "100"), ("0.0", "0"), ("1E2", "100")]
)
def test_a_quantity_has_one_way_of_writing(text, plain):
    assert plain_quantity(text) == plain
