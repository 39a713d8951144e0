import json
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.terms.jsonscan import text_outside_strings
from ytterby.terms.jsontext import PROBLEMS_MAX, decode, is_nested_beyond, read_number


def codes(raw: bytes) -> list[tuple[str, str]]:
    value, problems = decode(raw)
    assert value is None or not problems
    return [(p.code, p.where.pointer) for p in problems]


def test_whole_numbers_are_int_and_others_decimal_with_their_zeros() -> None:
    value, problems = decode(b'{"a":11000,"b":12500.0,"c":[1.50,-0.0,-0,1e3,1.50e1,true,null,"x"]}')
    assert problems == []
    assert value == {"a": 11000, "b": Decimal("12500.0"), "c": [Decimal("1.50"), 0, 0, 1000, 15, True, None, "x"]}
    assert repr(value) == (
        "{'a': 11000, 'b': Decimal('12500.0'), 'c': [Decimal('1.50'), Decimal('0.0'), 0, Decimal('1000'), "
        "Decimal('15.0'), True, None, 'x']}"
    )


MALFORMED = {
    b"": "json.empty",
    b" \r\n\t ": "json.empty",
    b'{"a":[1,2': "json.truncated",
    b'{"a": "unfini': "json.truncated",
    b"tru": "json.truncated",
    b'{"a":1,}': "json.malformed",
    b"[1,]": "json.malformed",
    b"{'a':1}": "json.malformed",
    b"01": "json.malformed",
    b"1.": "json.malformed",
    b"+1": "json.malformed",
    b"// note\n1": "json.malformed",
    b"[1] [2]": "json.malformed",
    b'{"a":1 "b":2}': "json.malformed",
    b'"tab\tin text"': "json.malformed",
    b'"\\x41"': "json.malformed",
    b'{1:"a"}': "json.malformed",
    b'{"mass":NaN}': "json.not_a_number",
    b'{"mass": Infinity}': "json.not_a_number",
    b"[1,-Infinity]": "json.not_a_number",
    b"NaN": "json.not_a_number",
    b'\xef\xbb\xbf{"a":1}': "json.encoding",
    '{"a":1}'.encode("utf-16"): "json.encoding",
    '{"a":1}'.encode("utf-16-le"): "json.encoding",
    '{"a":1}'.encode("utf-16-be"): "json.encoding",
    '{"a":1}'.encode("utf-32"): "json.encoding",
    '{"a":1}'.encode("utf-32-be"): "json.encoding",
    '{"a":"é"}'.encode("latin-1"): "json.encoding",
    '{"a":"稀土"}'.encode("gb18030"): "json.encoding",
    b'{"a":"\xed\xa0\x80"}': "json.encoding",
    b'{"a":"\\ud800"}': "json.surrogate",
    b'{"a":"\\ud800 b"}': "json.surrogate",
    b'{"a":"\\ud800\\u0041"}': "json.surrogate",
    b'{"a":"\\udc00"}': "json.surrogate",
    b'{"\\udc00\\ud800":1}': "json.surrogate",
}


@pytest.mark.parametrize(("raw", "code"), MALFORMED.items(), ids=[repr(k)[:40] for k in MALFORMED])
def test_a_text_that_is_no_json_is_refused_and_says_why(raw: bytes, code: str) -> None:
    assert [c for c, _ in codes(raw)] == [code]


def test_a_malformed_text_is_refused_with_line_and_column() -> None:
    _, (problem,) = decode('{\n "站": 1,\n "稀土": 1 "b": 2\n}'.encode())
    assert problem.code == "json.malformed"
    assert (problem.facts["line"], problem.facts["column"]) == ("3", "10")
    assert "expected" in problem.facts["reason"]
    assert '"稀土": 1' in problem.value
    _, (problem,) = decode(b'{"a":\n "\xe9"}')
    assert (problem.facts["line"], problem.facts["column"], problem.value) == ("2", "3", "0xe9")


OUTSIDE = ["1e999", "1E+999", "-1e999", "1e13", "1000000000001", "1e-10", "0.0000000001", "1e99999999999999999999",
           "1e-999999999",
           "0e-999999999", "0e999999999", "1." + "0" * 30, "9" * 31, "9" * 5000, "9" * 10000 + ".5", "-12345678901234",
           "1234567890123456789012345678901", "1.000000000000000000000000000001", "99999999999999999999"]  # fmt: skip
INSIDE = ["1e12", "1E+12", "1000000000000", "-1000000000000", "1e-9", "0.000000001", "-1e-9", "0", "0.0", "0e0",
          "0." + "0" * 30,
          "1." + "0" * 29, "0.00000000123456789012345678901234567890", "999999999999.123456789012345678"]  # fmt: skip


@pytest.mark.parametrize("text", OUTSIDE, ids=lambda t: t[:20])
def test_a_number_outside_the_limits_is_refused_with_its_place_and_at_once(text: str) -> None:
    start = time.process_time()
    for raw, pointer in ((f'{{"a":[1,{{"b":{text}}}]}}', "/a/1/b"), (f"[\n{text}\n]", "/0"), (text, "")):
        found = codes(raw.encode())
        # A whole number of thousands of digits is not even read: its place is not known.
        assert found == [("json.number_range", "" if len(text) > 4300 and "." not in text else pointer)]
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize("text", INSIDE, ids=lambda t: t[:20])
def test_a_number_at_the_limits_is_read(text: str) -> None:
    for raw in (f'{{"a":[1,{{"b":{text}}}]}}', f"[ {text}]", text):
        assert codes(raw.encode()) == []


def test_digits_in_texts_are_no_numbers() -> None:
    assert codes(b'{"a":"99999999999999","b":["-99999999999999",": 99999999999999"]}') == []


DUPLICATES = {
    b'{"a":1,"a":2}': ["/a"],
    b'{"a":1,"a":1}': ["/a"],
    b'{"a" :1,"a"\n: 2}': ["/a"],
    b'{"a":1,"\\u0061":2}': ["/a"],
    b'{"x":[0,{"b/c":1,"b/c":{"d":":"}}]}': ["/x/1/b~1c"],
    b'{"a":{"q":1,"q":2},"a":{"q":1,"q":2}}': ["/a/q", "/a", "/a/q"],
    b'{"a":":x","b":1,"b":":y"}': ["/b"],
    b'{"a":"\\":","b":1,"b":2}': ["/b"],
    b'{"":1,"":2}': ["/"],
    b'[{"a":1},{"a":1,"a":2}]': ["/1/a"],
    b'{"a":"}{","k":[[],[{"z":0,"z":"\\\\"}]]}': ["/k/1/0/z"],
    b'{"a b":1,"ab":2,"ab":3}': ["/ab"],
    b'{"a":1e5,"b":100000,"b":1}': ["/b"],
    # As long as what is left of it, written out.
    b'{"a":1,"a":1e8}': ["/a"],
}


@pytest.mark.parametrize(("raw", "places"), DUPLICATES.items(), ids=[k.decode() for k in DUPLICATES])
def test_a_key_that_stands_twice_is_refused_with_its_place(raw: bytes, places: list[str]) -> None:
    assert sorted(codes(raw)) == sorted(("json.duplicate_key", place) for place in places)


def test_the_same_key_in_different_objects_is_no_duplicate() -> None:
    assert codes(b'{"a":{"a":1},"b":[{"a":1},{"a":1}],"A":1,"a ":2,"\\u0041\\u0020":"\\"a\\":1"}') == []


def test_every_problem_comes_in_one_run_but_not_more_than_can_be_read() -> None:
    assert codes(b'{"a":1e99,"b":1,"b":2,"c":1e-99}') == [
        ("json.number_range", "/a"), ("json.number_range", "/c"), ("json.duplicate_key", "/b"),
    ]  # fmt: skip
    assert len(codes(b"[" + b",".join([b"1e99"] * 5000) + b"]")) == PROBLEMS_MAX
    assert len(codes(b"[" + b",".join([b'{"a":1,"a":2}'] * 5000) + b"]")) == PROBLEMS_MAX


@pytest.mark.parametrize("shape", ["[{}]", '{{"a":{}}}', '[{{"]":"[",\n"b":{}}}]'], ids=["lists", "objects", "mixed"])
def test_nesting_is_refused_beyond_the_limit_and_never_hurts(shape: str) -> None:
    levels = shape.count("[{") + 1 if shape.startswith("[{{") else 1
    for depth, good in ((64 // levels, True), (64 // levels + 1, False), (5000, False)):
        text = "1"
        for _ in range(depth):
            text = shape.format(text)
        assert codes(text.encode()) == ([] if good else [("json.nesting", "")])
    assert codes(b"[" * 1_000_000) == [("json.nesting", "")]
    assert codes(b'{"a":' * 1_000_000) == [("json.nesting", "")]


def test_the_limit_of_nesting_can_be_given() -> None:
    assert decode(b"[[1]]", depth_max=1)[1][0].code == "json.nesting"
    assert decode(b"[[1],[2]]", depth_max=2)[1] == []


def test_text_outside_strings_is_cut_exactly() -> None:
    raw = b'{"a\\\\":"\\"[","b\\"":[{"c":"}"}]}'
    assert text_outside_strings(raw) == b"{:,:[{:}]}"
    long = b"[" + b",".join([raw] * 50_000) + b"]"
    assert text_outside_strings(long) == b"[" + b",".join([b"{:,:[{:}]}"] * 50_000) + b"]"
    assert is_nested_beyond(long, 3)
    assert not is_nested_beyond(long, 4)


def depth_of(node: object) -> int:
    if isinstance(node, dict):
        return 1 + max(map(depth_of, node.values()), default=0)
    if isinstance(node, list):
        return 1 + max(map(depth_of, node), default=0)
    return 0


TREES = st.recursive(
    st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(-9, 9), st.none(),
              st.sampled_from(['":', '\\":', "{", "]", ": ", " :", "a\\"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4),
                            st.dictionaries(st.text("ab:\\\"{ ", max_size=2), inner, max_size=4)),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(TREES, st.sampled_from([None, 1]), st.booleans(), st.sampled_from([(",", ":"), (" ,\n", "\t: ")]))
def test_what_another_writer_writes_is_read_back(
    tree: object, indent: int | None, is_ascii: bool, marks: tuple[str, str]
) -> None:
    raw = json.dumps(tree, indent=indent, ensure_ascii=is_ascii, separators=marks).encode()
    assert decode(raw) == (tree, [])
    for limit in range(1, depth_of(tree) + 2):
        assert is_nested_beyond(raw, limit) == (depth_of(tree) > limit)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.text('ab:\\" ', max_size=2), TREES), max_size=6), st.booleans())
def test_duplicates_are_found_just_when_there_are_any(members: list[tuple[str, object]], is_ascii: bool) -> None:
    body = ", ".join(f"{json.dumps(k, ensure_ascii=is_ascii)} : {json.dumps(v)}" for k, v in members)
    found = codes(b'{"x":[{' + body.encode() + b"}]}")
    keys = [k for k, _ in members]
    assert len(found) == len(keys) - len(set(keys))
    assert {c for c, _ in found} <= {"json.duplicate_key"}


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from([b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b'"a"', b'"a":', b"1", b"-", b"1.5e",
                         b"1e999",
                         b"NaN", b"null", b"\\ud800", b"\\u0000", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b" ",
                         b"\n", b"\x00", b"0" * 40, b"E5"]),
        st.binary(max_size=3),
    ),
    max_size=20,
).map(b"".join)  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(FRAGMENTS)
def test_no_bytes_raise_and_what_is_read_python_reads_alike(raw: bytes) -> None:
    value, problems = decode(raw)
    if problems:
        assert value is None
        assert all(p.code.startswith("json.") and p.severity == "refuse" for p in problems)
        return
    assert value == json.loads(raw.decode("utf-8"), parse_float=Decimal)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?", fullmatch=True))
def test_a_number_is_read_exactly_or_refused(text: str) -> None:
    exact = Decimal(text)
    value, problems = decode(text.encode())
    in_range = exact == 0 or Decimal("1e-9") <= abs(exact) <= Decimal("1e12")
    if problems:
        assert not in_range or len(exact.as_tuple().digits) > 30 or exact == 0
        return
    assert in_range
    assert value == exact
    assert "E" not in format(Decimal(value), "f")  # type: ignore[arg-type]


def test_a_literal_keeps_its_zeros_at_the_end_and_loses_its_exponent() -> None:
    cases = {"1.50": "1.50", "1.50E+1": "15.0", "1.5e3": "1500", "-0.00": "0.00", "0e3": "0", "2.50e-8": "2.50E-8"}
    assert {text: str(read_number(text)) for text in cases} == cases
