"""Sentences that test packs: every shipped one holds, a wrong one says what was found, a bad one what to do."""

from decimal import Decimal
from importlib.resources import files
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import pack_of
from ytterby.law.book import make_book
from ytterby.law.export_leave import MEANINGS
from ytterby.law.law_sentence import judge_sentence, read_sentences
from ytterby.shell.cli.law_test import in_all_languages
from ytterby.shell.site.calendars import calendars
from ytterby.shell.site.law_packs import packaged_law, packaged_packs
from ytterby.shell.site.law_sentences import packaged_sentences, read_sentence_files, read_sentence_text

SHIPPED = sorted(Path(str(files("ytterby.law").joinpath("packs", "tests"))).glob("*.yaml"))
MAGNET = {"form": "magnet", "magnet_type": "SmCo", "elements": {"Sm": "25.5"}}
GOODS = {"given": MAGNET, "on": "2026-01-15", "then": "controlled"}
RULE = {"rule": "CN-61.1", "on": "2026-12-31", "then": "disputed"}
OWED = {"return": {"kind": "separation", "country": "CN", "month": "2026-05"}, "due": "2026-06-10"}
DRAWN = {"quota": {"kind": "mining", "site": "mine", "country": "CN", "form": "concentrate"}}
DRAWN |= {"on": "2026-05-01", "then": "drawn"}
PERIOD = {"calendar": "CN", "from": "2026-11-24", "days": "45", "due": "2027-01-27"}


def verdict(sentence):
    sentences, problems = read_sentences({"schema": "ytterby-law-test/1", "tests": [sentence]})
    assert problems == []
    return judge_sentence(sentences[0], packaged_law(), calendars(), in_all_languages)


def refused(sentence):
    """Return code and pointer of every problem of one sentence, found on reading or on asking."""
    sentences, problems = read_sentences({"schema": "ytterby-law-test/1", "tests": [sentence]})
    problems = problems or judge_sentence(sentences[0], packaged_law(), calendars(), in_all_languages).problems
    return [(one.code, one.where.pointer) for one in problems]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_sentence_holds(path):
    (file,) = read_sentence_files(path)
    assert file.problems == ()
    failed = [verdict(one.content) for one in file.sentences]
    assert [(one.sentence.name, one.differences, one.problems) for one in failed if not one.holds] == []


def test_every_packaged_pack_that_answers_has_its_sentences():
    packs = packaged_law().packs.values()
    answering = {pack.id for pack in packs if pack.rules or pack.flow_returns or pack.quotas}
    assert answering <= {path.stem for path in SHIPPED}
    assert {file.path.name for file in packaged_sentences()} == {path.name for path in SHIPPED}


def spoilt(content):
    """Yield the name of each entry with a content in which it was taken out or says something else."""
    conducted = {row["rule"] for row in content.get("conduct", ())}
    for section in ("items", "guidance", "doubts"):
        for place, row in enumerate(content.get(section, ())):
            yield row.get("id") or row["code"], with_section(content, section, without(content[section], place))
    for place, annex in enumerate(content.get("annexes", ())):
        for at, row in enumerate(annex["entries"]):
            annexes = list(content["annexes"])
            annexes[place] = annex | {"entries": without(annex["entries"], at)}
            yield f"{annex['id']} {row['id']}", with_section(content, "annexes", annexes)
    for place, row in enumerate(content.get("rules", ())):
        later = str(int(row["effective"][:4]) + 10) + row["effective"][4:] if row["effective"] else None
        changes = [{"effective": later, "later": []}] if later else []
        # A rule of conduct without a condition does not load: the loader itself notices that.
        fields = ("suspended", "readings") if row["id"] in conducted else ("suspended", "readings", "when")
        changes += [{field: None} for field in fields if row.get(field)]
        changes += [{field: None} for field in ("share", "means", "transition") if row.get(field)]
        for word in row.get("means", {}):
            changes += [{"means": row["means"] | {word: other}} for other in MEANINGS if other != row["means"][word]]
        if "words" in row and "strictest" not in row:
            changes.append({"words": {"holds": row["words"]["fails"], "fails": row["words"]["holds"]}})
        for at in range(len(row.get("later", ()))):
            changes.append({"later": without(row["later"], at)})
        for change in changes:
            new = {name: value for name, value in (row | change).items() if value is not None or name == "effective"}
            rules = [*content["rules"][:place], new, *content["rules"][place + 1 :]]
            yield f"{row['id']} {next(iter(change))}", with_section(content, "rules", rules)
    for name, row in content.get("parameters", {}).items():
        value = str(3 * Decimal(row["value"]))
        yield name, with_section(content, "parameters", content["parameters"] | {name: row | {"value": value}})


def spoilt_flow(content):
    """Yield the same of entries about returns and quotas: taken out, each word of each list, each day and figure."""
    for section, lists in {"flow_returns": ("kinds",), "quotas": QUOTA_LISTS}.items():
        for place, row in enumerate(content.get(section, ())):
            changes = [(name, without(row[name], at)) for name in lists for at in range(len(row[name]))]
            # A list with no word left does not load, or says nothing: the loader itself notices the first.
            changes = [(name, rows) for name, rows in changes if rows or name in {"entered", "not_counted"}]
            changes.append(("countries", ["XZ"]))
            changes += [("effective", later(row["effective"])), ("until", row["effective"][:8] + "28")]
            if section == "flow_returns":
                changes += [("every", "quarter"), ("basis", "need" if row["basis"] == "law" else "law")]
                for at, due in enumerate(row["due"]):
                    for name, value in (("day", 11), ("months_after", 2), ("effective", later(due["effective"]))):
                        changes.append(("due", [*row["due"][:at], due | {name: value}, *row["due"][at + 1 :]]))
            yield row["id"], with_section(content, section, without(content[section], place))
            for name, value in changes:
                rows = [*content[section][:place], row | {name: value}, *content[section][place + 1 :]]
                yield f"{row['id']} {name} {value}", with_section(content, section, rows)


QUOTA_LISTS = ("sites", "made", "entered", "not_counted")


def later(day):
    return str(int(day[:4]) + 10) + day[4:]


def without(rows, place):
    return [*rows[:place], *rows[place + 1 :]]


def with_section(content, section, rows):
    return {**content, section: rows}


@pytest.mark.parametrize("pack", packaged_packs(), ids=lambda pack: pack.id)
def test_no_entry_of_a_packaged_pack_changes_unnoticed(pack):
    """What no sentence would miss is an opinion: each item, doubt, guidance, limit, date and reading is held by one."""
    sentences = [sentence for file in packaged_sentences() for sentence in file.sentences]
    unnoticed = []
    for name, content in (*spoilt(dict(pack.content)), *spoilt_flow(dict(pack.content))):
        book, problems = make_book([*packaged_packs(), pack_of(content)])
        assert problems == [], name
        found = (judge_sentence(one, book, calendars(), in_all_languages) for one in sentences)
        if all(one.holds for one in found):
            unnoticed.append(name)
    assert unnoticed == []


@pytest.mark.parametrize(
    ("sentence", "differences"),
    [
        (GOODS | {"then": "not_controlled"}, [("then", "not_controlled", "controlled")]),
        (
            GOODS | {"codes": ["1C905.a"], "by": "practice"},
            [("codes", "1C905.a", "1C902.a"), ("by", "practice", "law")],
        ),
        (GOODS | {"codes": []}, [("codes", "-", "1C902.a")]),
        (GOODS | {"because": ["read in the stars", "named whatever"]}, [("because", "read in the stars", "-")]),
        (RULE | {"then": "no"}, [("then", "no", "disputed")]),
        (RULE | {"then": "unknown", "missing": ["to"]}, None),
        (PERIOD | {"due": "2027-01-26"}, [("due", "2027-01-26", "2027-01-27")]),
        (PERIOD | {"sure": "firm"}, [("sure", "firm", "provisional")]),
        (OWED | {"due": "2026-06-11"}, [("due", "2026-06-11", "2026-06-10")]),
        (
            OWED | {"then": "asked", "every": "quarter", "period": "2026-Q2", "by": "CN-flow-magnets"},
            [
                ("then", "asked", "owed"),
                ("every", "quarter", "month"),
                ("period", "2026-Q2", "2026-05"),
                ("by", "CN-flow-magnets", "CN-flow-return"),
            ],
        ),
        (OWED | {"because": "article 15"}, [("because", "article 15", "-")]),
        (
            DRAWN | {"then": "not_drawn", "by": "CN-x"},
            [("then", "not_drawn", "drawn"), ("by", "CN-x", "CN-index-mining")],
        ),
    ],
)
def test_a_sentence_that_does_not_hold_says_what_was_found(sentence, differences):
    facts = {"value_share": "0.02", "produced_in": "DE", "item": "1C905.a"} if "rule" in sentence else None
    found = verdict(sentence if facts is None else sentence | {"facts": facts})
    assert not found.holds
    assert found.reasons
    if differences is not None:
        assert sorted(found.differences) == sorted(differences)


def test_reasons_may_be_quoted_in_either_language_and_by_source():
    assert verdict(GOODS | {"because": ["named whatever its composition", "不论成分均列名", "1c902.a"]}).holds


def test_what_is_not_stated_is_not_compared():
    assert verdict(GOODS).holds
    assert verdict(PERIOD).holds


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ({"on": "2026-01-15"}, ("sentence.kind", "/tests/0")),
        (GOODS | PERIOD, ("sentence.kind", "/tests/0")),
        ("a word", ("sentence.kind", "/tests/0")),
        (GOODS | {"then": "free"}, ("pack.choice", "/tests/0/then")),
        (GOODS | {"when": "2026-01-15"}, ("pack.unknown_field", "/tests/0/when")),
        (GOODS | {"on": "15.1.2026"}, ("pack.kind", "/tests/0/on")),
        (GOODS | {"on": "2019-01-01"}, ("sentence.before_packs", "/tests/0/on")),
        (GOODS | {"given": MAGNET | {"form": "soup"}}, ("goods.choice", "/tests/0/given/form")),
        (GOODS | {"given": MAGNET | {"elements": {"Sm": "much"}}}, ("goods.kind", "/tests/0/given/elements/Sm")),
        (GOODS | {"given": "a magnet"}, ("goods.kind", "/tests/0/given")),
        (GOODS | {"codes": ["9Z999.a"]}, ("pack.unknown_reference", "/tests/0/codes/0")),
        (GOODS | {"group": "mars"}, ("pack.unknown_reference", "/tests/0/group")),
        (RULE | {"rule": "CN-99"}, ("pack.unknown_reference", "/tests/0/rule")),
        (RULE | {"then": "prohibited"}, ("pack.choice", "/tests/0/then")),
        (RULE | {"facts": {"colour": "red"}}, ("law.unknown_fact", "/tests/0/facts/colour")),
        (RULE | {"facts": {"value_share": "half"}}, ("law.fact_value", "/tests/0/facts/value_share")),
        (RULE | {"missing": ["colour"]}, ("pack.unknown_reference", "/tests/0/missing/0")),
        (PERIOD | {"calendar": "Mars"}, ("calendar.unknown", "/tests/0/calendar")),
        (PERIOD | {"days": "many"}, ("sentence.period", "/tests/0/days")),
        (PERIOD | {"days": "0"}, ("sentence.period", "/tests/0/days")),
        (PERIOD | {"days": "9999999"}, ("sentence.period", "/tests/0/days")),
        ({name: value for name, value in PERIOD.items() if name != "due"}, ("pack.missing_field", "/tests/0")),
        ({"return": OWED["return"]}, ("pack.missing_field", "/tests/0")),
        (OWED | {"return": OWED["return"] | {"month": "2026-Q2"}}, ("sentence.month", "/tests/0/return/month")),
        (OWED | {"return": OWED["return"] | {"month": "2019-05"}}, ("sentence.before_packs", "/tests/0/return/month")),
        (OWED | {"return": OWED["return"] | {"kind": "mines"}}, ("pack.choice", "/tests/0/return/kind")),
        (OWED | {"return": "separation"}, ("pack.kind", "/tests/0/return")),
        (OWED | {"every": "week"}, ("pack.choice", "/tests/0/every")),
        (OWED | {"known_on": "2019-01-01"}, ("sentence.before_packs", "/tests/0/known_on")),
        (DRAWN | {"quota": DRAWN["quota"] | {"kind": "melting"}}, ("pack.unknown_reference", "/tests/0/quota/kind")),
        (DRAWN | {"quota": DRAWN["quota"] | {"form": "soup"}}, ("pack.choice", "/tests/0/quota/form")),
        (DRAWN | {"then": "yes"}, ("pack.choice", "/tests/0/then")),
    ],
)
def test_a_bad_sentence_is_refused_with_its_place(sentence, problem):
    assert problem in refused(sentence)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tests: [", "pack.unreadable"),
        ("schema: ytterby-law-test/1\ntests: []", "pack.kind"),
        ("schema: other/1\ntests: []", "pack.choice"),
        ("schema: &a ytterby-law-test/1\ntests: *a", "pack.anchor"),
        ("schema: ytterby-law-test/1\nschema: ytterby-law-test/1\ntests: []", "pack.twice"),
        ("", "pack.kind"),
        ("[" * 60 + "]" * 60, "pack.nesting"),
    ],
)
def test_a_file_that_holds_no_tests_is_a_problem(text, code):
    sentences, problems = read_sentence_text(text)
    assert sentences == ()
    assert code in {problem.code for problem in problems}


def test_words_are_what_was_written_and_not_what_yaml_makes_of_them():
    text = "schema: ytterby-law-test/1\ntests: [{rule: R, on: 2026-01-15, facts: {to: NO}, then: no}]"
    (sentence,), _ = read_sentence_text(text)
    assert dict(sentence.content) == {"rule": "R", "on": "2026-01-15", "facts": {"to": "NO"}, "then": "no"}


VALUES = st.recursive(
    st.text(max_size=12) | st.sampled_from(("2026-01-15", "1C905.a", "no", "45")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from((GOODS, RULE, PERIOD, OWED, DRAWN)), st.data(), VALUES)
def test_a_sentence_with_one_value_spoilt_is_judged_or_says_why(sentence, data, value):
    name = data.draw(st.sampled_from([*sentence, "facts", "codes", "because", "missing", "known_on"]))
    sentences, problems = read_sentences({"schema": "ytterby-law-test/1", "tests": [sentence | {name: value}]})
    assert bool(sentences) != bool(problems)
    for one in sentences:
        judge_sentence(one, packaged_law(), calendars(), in_all_languages)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=120))
def test_no_text_raises_an_exception(text):
    sentences, problems = read_sentence_text(text)
    assert bool(sentences) != bool(problems)


def test_the_example_of_the_documentation_holds():
    page = (Path(__file__).resolve().parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
    head = "    schema: ytterby-law-test/1\n"
    lines = page[page.index(head) :].splitlines()
    example = "\n".join(line[4:] for line in takewhile(lambda line: line.startswith("    "), lines))
    sentences, problems = read_sentence_text(example)
    assert problems == []
    assert [one.kind for one in sentences] == ["given", "rule", "calendar", "return", "quota"]
    assert [verdict(one.content).differences for one in sentences] == [()] * 5
