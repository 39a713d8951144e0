"""Packs: what is refused, with file, place and cure; digests; what is not in the code; what changed."""

import json
import re
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import codes_of, content_of, pack_of
from ytterby.law.book import make_book
from ytterby.law.pack import pack_digest
from ytterby.law.pack_diff import diff_packs
from ytterby.law.pack_reader import read_pack
from ytterby.shell.site.law_packs import (
    law_of,
    packaged_law,
    packaged_packs,
    read_folder,
    read_pack_text,
)

ROOM = Path(str(files("ytterby.law")))
CODE = sorted(ROOM.rglob("*.py"))


def pack_with(**sections):
    """Return the content of a small pack."""
    return {
        "schema": "ytterby-pack/1",
        "id": "own",
        "group": "own",
        "title": {"en": "Own", "zh": "自有"},
        "knows": {"from": "2026-01-01", "to": "2026-12-31"},
        **sections,
    }


def rule(**fields):
    words = {"en": "text", "zh": "文本"}
    return {
        "id": "OWN-1",
        "title": words,
        "text": words,
        "published": "2026-01-01",
        "effective": "2026-02-01",
        "governs": "exit",
        "source": "gazette",
        "confidence": "read",
        **fields,
    }


def period(first, last, **fields):
    return {"from": first, "to": last, "source": "gazette", "confidence": "read", **fields}


def part(**fields):
    return {"n": 1, "how": "contains", "what": {"en": "oxide", "zh": "氧化物"}, "forms": ["oxide"], **fields}


def item(**fields):
    words = {"en": "oxide", "zh": "氧化物"}
    return {
        "code": "0A001",
        "rule": "OWN-1",
        "elements": ["Dy"],
        "text": words,
        "parts": [part()],
        "source": "gazette",
        "confidence": "read",
        **fields,
    }


def owed(**fields):
    due = {
        "day": 10,
        "months_after": 1,
        "counts": "calendar_days",
        "published": "2026-01-01",
        "effective": "2026-02-01",
    }
    return {
        "id": "OWN-return",
        "title": {"en": "return", "zh": "报表"},
        "text": {"en": "text", "zh": "文本"},
        "published": "2026-01-01",
        "effective": "2026-02-01",
        "kinds": ["mine"],
        "countries": ["XZ"],
        "every": "quarter",
        "basis": "law",
        "due": [{**due, "source": "gazette", "confidence": "read"}],
        "source": "gazette",
        "confidence": "read",
        **fields,
    }


def due(**fields):
    return [{**owed()["due"][0], **fields}]


def draw(**fields):
    row = {name: value for name, value in owed().items() if name not in {"kinds", "every", "basis", "due"}}
    row |= {"id": "OWN-quota", "kind": "mining", "sites": ["mine"], "made": ["oxide"], "unit": "t_reo"}
    return {**row, "entered": [], "not_counted": [], **fields}


# The packaged packs


@pytest.mark.parametrize("path", sorted(ROOM.joinpath("packs").glob("*.yaml")), ids=lambda path: path.name)
def test_every_packaged_pack_is_good_as_a_pack_from_outside_would_have_to_be(path):
    pack, problems = read_pack_text(path.read_text(encoding="utf-8"))
    assert problems == []
    assert pack is not None
    assert pack.id == path.stem


def test_the_packaged_packs_fit_together():
    assert make_book(packaged_packs())[1] == []
    assert set(packaged_law().rules) == {
        *("CN-18", "CN-56", "CN-57", "CN-61.1", "CN-61.2", "CN-61.3", "CN-62", "CN-46-2024", "CN-1-2026"),
        *("CN-control-list", "CN-dual-use", "US-DFARS-7052", "EU-CRMA-28", "EU-CRMA-29"),
        *("CN-O785.8-digging", "CN-O785.8-beneficiation", "CN-O785.8-separation", "CN-O785.10", "CN-O785.11"),
        *("CN-O785.13", "CN-O785.14", "CN-O71-entry"),
    }


def test_each_item_has_the_list_it_should_and_none_was_lost():
    items = packaged_law().items
    assert len([code for code in items if code.startswith("1C9")]) == 36
    unread = {code for code, row in items.items() if any(part.how == "unread" for part in row.parts)}
    assert unread == {"1C911.a", "1C913.a"}


def test_no_country_statute_or_statutory_limit_stands_in_the_code_of_the_room():
    places = (
        r"\b(CN|US|EU|JP|IR|KP|RU|DE|[Cc]hin(a|ese)|[Jj]apan(ese)?|[Ii]ran|Russian?|Korean?|Europe(an)?|American?)\b"
    )
    bodies = r"\b(MOFCOM|GACC?|MIIT|DFARS|CRMA|NDAA|DoD|EAR99|Brussels|Beijing|Washington)\b"
    statutes = (
        r"\b(Announcement|Order|Regulation|Decree|Directive) \(?\d|\b[0-9][A-E][0-9]{3}\b|\b(785|792|252\.225|1252)\b"
    )
    limits = r"(?<![\w.])(0\.1|0\.001|0\.2|45|60)(?![\w.])"
    # An example in a docstring may show what a code looks like, of a list that nobody has.
    found = [
        f"{path.name}:{number}: {match.group()}"
        for path in CODE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for pattern in (places, bodies, statutes, limits)
        if (match := re.search(pattern, line.replace("1A001", "")))
    ]
    assert found == []


# Bad packs


@pytest.mark.parametrize(
    ("sections", "code", "where"),
    [
        ({"rules": [rule(effective="2025-12-31")]}, "pack.dates_reversed", "/rules/0/effective"),
        ({"rules": [rule(effective=None)]}, "pack.effective_unclear", "/rules/0/effective"),
        ({"rules": [rule(known_since="2025-12-31")]}, "pack.known_before_published", "/rules/0/known_since"),
        (
            {"rules": [rule(suspended=[period("2026-05-02", "2026-05-01")])]},
            "pack.dates_reversed",
            "/rules/0/suspended/0/to",
        ),
        (
            {"rules": [rule(suspended=[period("2026-05-01", "2026-05-09"), period("2026-05-09", None)])]},
            "pack.periods_overlap",
            "/rules/0/suspended/1",
        ),
        ({"rules": [rule(effective="2026-02-30")]}, "pack.kind", "/rules/0/effective"),
        ({"rules": [rule(confidence="sure")]}, "pack.choice", "/rules/0/confidence"),
        ({"rules": [rule(colour="red")]}, "pack.unknown_field", "/rules/0/colour"),
        ({"rules": [rule(), rule()]}, "pack.twice", "/rules/1/id"),
        ({"rules": [rule(when={"fact": "to"})]}, "pack.kind", "/rules/0/when"),
        ({"rules": [rule(when={"all": []})]}, "pack.kind", "/rules/0/when/all"),
        ({"rules": [rule(when={"fact": "x", "at_least": 0.1})]}, "pack.kind", "/rules/0/when/at_least"),
        ({"items": [item(elements=["Xx"])]}, "pack.unknown_element", "/items/0/elements/0"),
        ({"items": [item(elements=["Fe"])]}, "pack.unknown_element", "/items/0/elements/0"),
        ({"items": [item(parts=[part(forms=["soup"])])]}, "pack.choice", "/items/0/parts/0/forms/0"),
        (
            {"items": [item(parts=[part(how="system", closed_list=["Dy-Qq"])])]},
            "pack.unknown_element",
            "/items/0/parts/0/closed_list/0",
        ),
        (
            {"items": [item(parts=[part(how="system", closed_list=["Dy-Fe", "Fe-Dy"])])]},
            "pack.contradiction",
            "/items/0/parts/0/closed_list/1",
        ),
        ({"items": [item(parts=[part(how="system")])]}, "pack.contradiction", "/items/0/parts/0"),
        ({"knows": {"from": "2026-02-01", "to": "2026-01-01"}}, "pack.dates_reversed", "/knows/to"),
        ({"schema": "other/1"}, "pack.choice", "/schema"),
        ({"flow_returns": [owed(kinds=[])]}, "pack.kind", "/flow_returns/0/kinds"),
        ({"flow_returns": [owed(due=[])]}, "pack.kind", "/flow_returns/0/due"),
        ({"flow_returns": [owed(every="week")]}, "pack.choice", "/flow_returns/0/every"),
        ({"flow_returns": [owed(basis="guess")]}, "pack.choice", "/flow_returns/0/basis"),
        ({"flow_returns": [owed(countries=["Terra"])]}, "pack.kind", "/flow_returns/0/countries/0"),
        ({"flow_returns": [owed(effective=None)]}, "pack.kind", "/flow_returns/0/effective"),
        ({"flow_returns": [owed(effective="2025-12-31")]}, "pack.dates_reversed", "/flow_returns/0/effective"),
        ({"flow_returns": [owed(until="2026-02-01")]}, "pack.dates_reversed", "/flow_returns/0/until"),
        (
            {"flow_returns": [owed(known_since="2025-12-31")]},
            "pack.known_before_published",
            "/flow_returns/0/known_since",
        ),
        (
            {"flow_returns": [owed(suspended=[period("2026-05-01", "2026-05-09"), period("2026-05-09", None)])]},
            "pack.periods_overlap",
            "/flow_returns/0/suspended/1",
        ),
        ({"flow_returns": [owed(), owed()]}, "pack.twice", "/flow_returns/1/id"),
        ({"flow_returns": [owed(due=due(day=0))]}, "pack.kind", "/flow_returns/0/due/0/day"),
        ({"flow_returns": [owed(due=due(day=32))]}, "pack.kind", "/flow_returns/0/due/0/day"),
        ({"flow_returns": [owed(due=due(months_after=-1))]}, "pack.kind", "/flow_returns/0/due/0/months_after"),
        ({"flow_returns": [owed(due=due(counts="working_days"))]}, "pack.choice", "/flow_returns/0/due/0/counts"),
        ({"flow_returns": [owed(due=due(until="2026-01-31"))]}, "pack.dates_reversed", "/flow_returns/0/due/0/until"),
        ({"flow_returns": [owed(due=due() + due())]}, "pack.dates_reversed", "/flow_returns/0/due/1/effective"),
        (
            {"flow_returns": [owed(due=due(effective="2025-12-31"))]},
            "pack.dates_reversed",
            "/flow_returns/0/due/0/effective",
        ),
        ({"quotas": [draw(unit="t")]}, "pack.choice", "/quotas/0/unit"),
        ({"quotas": [draw(made="oxide")]}, "pack.kind", "/quotas/0/made"),
        ({"quotas": [draw(), draw()]}, "pack.twice", "/quotas/1/id"),
    ],
)
def test_a_bad_pack_is_refused_with_the_place(sections, code, where):
    assert (code, where) in codes_of(pack_with(**sections))


def test_an_empty_suspension_meets_no_other():
    rows = [period("2026-05-01", "2026-05-09"), period("2026-05-05", "2026-05-05", is_last_included=False)]
    assert codes_of(pack_with(rules=[rule(suspended=rows)])) == []


def test_guidance_that_speaks_twice_of_the_same_goods_contradicts_itself():
    words = {"en": "free", "zh": "不属于"}
    entry = {"rule": "OWN-1", "forms": ["catalyst"], "basis": "guidance", "text": words}
    entry |= {"source": "gazette", "confidence": "read"}
    rows = [entry | {"id": "a"}, entry | {"id": "b"}]
    assert ("pack.contradiction", "/guidance/1") in codes_of(pack_with(rules=[rule()], guidance=rows))


def test_a_settled_reading_must_be_one_of_the_readings():
    words = {"en": "?", "zh": "？"}
    trust = {"source": "gazette", "confidence": "read"}
    dispute = {"id": "d", "text": words, "settled_by": words, "readings": [{"id": "a", "text": words, **trust}]}
    dispute["settled"] = {"reading": "b", "by": "officer", **trust}
    assert ("pack.unknown_reference", "/disputes/0/settled/reading") in codes_of(pack_with(disputes=[dispute]))


def test_all_problems_come_at_once():
    sections = {
        "rules": [rule(effective="2025-12-31", known_since="2025-01-01")],
        "items": [item(elements=["Xx", "Yy"])],
    }
    assert len(codes_of(pack_with(**sections))) == 4


@pytest.mark.parametrize(
    ("sections", "where"),
    [
        ({"items": [item(rule="NONE")], "rules": [rule()]}, "own#/items/0/rule"),
        ({"rules": [rule(when={"fact": "nothing", "in": ["x"]})]}, "own#/rules/0/when"),
        ({"rules": [rule(when={"fact": "to", "at_least": "1"})]}, "own#/rules/0/when"),
        ({"rules": [rule(readings=[{"dispute": "none", "id": "a"}])]}, "own#/rules/0/readings/0/dispute"),
        ({"rules": [rule()], "items": [item(parts=[part(limit="none")])]}, "own#/items/0/parts/0/limit"),
    ],
)
def test_a_name_that_no_pack_holds_is_refused(sections, where):
    _, problems = make_book([*packaged_packs(), pack_of(pack_with(**sections))])
    assert [(one.code, one.where.pointer) for one in problems] == [("pack.unknown_reference", where)]


@pytest.mark.parametrize(
    ("sections", "code", "where"),
    [
        ({"flow_returns": [owed(kinds=["mines"])]}, "pack.choice", "own#/flow_returns/0/kinds"),
        ({"quotas": [draw(made=["soup"])]}, "pack.choice", "own#/quotas/0/made"),
        ({"quotas": [draw(not_counted=["nowhere"])]}, "pack.choice", "own#/quotas/0/not_counted"),
        (
            {"flow_returns": [owed(readings=[{"dispute": "none", "id": "a"}])]},
            "pack.unknown_reference",
            "own#/flow_returns/0/readings/0/dispute",
        ),
        ({"flow_returns": [owed(), owed(id="OWN-too")]}, "pack.contradiction", "own#/flow_returns/1"),
        ({"flow_returns": [owed(countries=[])]}, "pack.contradiction", "own#/flow_returns/0"),
        ({"quotas": [draw(countries=["XA"])]}, "pack.contradiction", "own#/quotas/0"),
    ],
)
def test_words_of_nobody_and_what_another_entry_says_already_are_refused(sections, code, where):
    """Of two entries about the same sites and days nobody could tell which of them governs."""
    _, problems = make_book([*packaged_packs(), pack_of(pack_with(**sections))])
    found = {(one.code, one.where.pointer) for one in problems}
    assert (code, where) in found or (code, where.replace("own#", "sample-flow#")) in found


def test_entries_that_follow_one_another_or_rest_on_another_basis_fit():
    rows = [owed(until="2026-05-01"), owed(id="OWN-later", effective="2026-05-01"), owed(id="OWN-b", basis="practice")]
    assert make_book([*packaged_packs(), pack_of(pack_with(flow_returns=rows))])[1] == []


def test_two_packs_may_not_hold_the_same_rule():
    content = content_of("us-dfars-7052")
    content["id"] = "another"
    _, problems = make_book([*packaged_packs(), pack_of(content)])
    assert {problem.code for problem in problems} == {"pack.in_two_packs"}


# From a folder


def test_a_folder_adds_packs_and_replaces_those_of_the_same_id(tmp_path):
    content = content_of("cn-18")
    content["parameters"]["heavy-trace"]["value"] = "0.2"
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(json.dumps(pack_with(rules=[rule()])), encoding="utf-8")
    book, problems = law_of(tmp_path)
    assert problems == []
    assert str(book.parameters["heavy-trace"].value) == "0.2"
    assert "OWN-1" in book.rules


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "pack.unreadable"),
        ("a: &x 1\nb: *x\n", "pack.anchor"),
        ("a: 1\na: 2\n", "pack.twice"),
        ("[" * 60 + "]" * 60, "pack.nesting"),
        ("!!python/object/apply:os.system ['true']", "pack.unreadable"),
        ("", "pack.kind"),
        ("just words", "pack.kind"),
        ("\x00", "pack.unreadable"),
        ("2026-01-05: 2026-01-05", "pack.unknown_field"),
        ("a: 2026-99-99", "pack.unreadable"),
        ("n: 0x" + "f" * 5000, "pack.too_large"),
        ("n: 0x" + "f" * 2900, "pack.unknown_field"),
        ("x: " + "9" * 600_000, "pack.too_large"),
    ],
)
def test_a_file_that_is_no_pack_is_a_problem_with_its_file(tmp_path, text, code):
    """Threat X5: anchors, nesting, length and depth have limits before anything is built."""
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    packs, problems = read_folder(tmp_path)
    assert packs == []
    assert code in {problem.code for problem in problems}
    assert all(problem.where.file.endswith("bad.yaml") for problem in problems)


@pytest.mark.parametrize(
    "text", ["[" * 400_000, "a: {" * 90_000, "".join(f"k{n}: 1\n" for n in range(40_000)), "- 1\n" * 90_000]
)
def test_a_large_file_of_nothing_takes_bounded_time(text):
    """Threat X5."""
    begun = process_time()
    pack, problems = read_pack_text(text)
    assert pack is None
    assert problems
    # Two orders of magnitude more than it takes: a bomb takes minutes.
    assert process_time() - begun < 60


def test_bytes_that_are_no_text_are_a_problem(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    assert [problem.code for problem in read_folder(tmp_path)[1]] == ["pack.unreadable"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(VALUES)
def test_no_content_raises_an_exception(content):
    pack, problems = read_pack(content)
    assert (pack is None) == bool(problems)


def places(node, here=()):
    """Yield the way to every value of a content."""
    yield here
    rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in rows:
        yield from places(value, (*here, key))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(("cn-bans", "us-dfars-7052", "cn-57-61-62", "facts", "cn-flow")), st.data(), VALUES)
def test_a_pack_with_one_value_spoilt_loads_or_says_why(name, data, value):
    content = content_of(name)
    way = data.draw(st.sampled_from([way for way in places(content) if way]))
    holder = content
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = value
    pack, problems = read_pack(content)
    assert (pack is None) == bool(problems)
    if pack is not None:
        make_book([*packaged_packs(), pack])


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=120))
def test_no_text_raises_an_exception(text):
    pack, problems = read_pack_text(text)
    assert (pack is None) == bool(problems)


# Digest and difference


def test_the_digest_depends_on_what_a_pack_says_and_on_nothing_else():
    content = content_of("cn-bans")
    assert pack_digest(content) == pack_digest(dict(reversed(content.items())))
    content["rules"][0]["effective"] = "2024-12-04"
    assert pack_digest(content) != pack_of(content_of("cn-bans")).digest


def test_the_difference_names_entries_and_both_values():
    old, content = pack_of(content_of("cn-18")), content_of("cn-18")
    content["parameters"]["heavy-trace"]["value"] = "0.2"
    gone = content["items"].pop(0)
    content["rules"][0]["suspended"] = [period("2027-01-01", None)]
    new = pack_of(content)
    changes = {(one.kind, one.place): (one.old, one.new) for one in diff_packs({"cn-18": old}, {"cn-18": new})}
    assert changes == {
        ("changed", ("parameters", "heavy-trace", "value")): ("0.1", "0.2"),
        ("removed", ("items", gone["code"])): (gone, None),
        ("added", ("rules", "CN-18", "suspended")): (None, [period("2027-01-01", None)]),
    }


def test_the_difference_of_returns_and_quotas_names_the_entry_and_the_due_day():
    old, content = pack_of(content_of("cn-flow")), content_of("cn-flow")
    content["flow_returns"][0]["due"][0]["day"] = 15
    gone = content["quotas"].pop(0)
    changes = diff_packs({"cn-flow": old}, {"cn-flow": pack_of(content)})
    assert [(one.kind, one.place) for one in changes] == [
        ("changed", ("flow_returns", "CN-flow-return", "due", "2025-08-22", "day")),
        ("removed", ("quotas", gone["id"])),
    ]
    assert (changes[0].old, changes[0].new) == (10, 15)


def test_the_order_of_entries_is_no_difference():
    old, content = pack_of(content_of("cn-18")), content_of("cn-18")
    content["items"].reverse()
    assert diff_packs({"cn-18": old}, {"cn-18": pack_of(content)}) == []


def test_a_pack_that_only_one_side_holds_is_one_change():
    packs = {pack.id: pack for pack in packaged_packs()}
    rest = {name: pack for name, pack in packs.items() if name != "eu-crma"}
    assert [(one.pack, one.kind) for one in diff_packs(rest, packs)] == [("eu-crma", "added")]
