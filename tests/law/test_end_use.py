"""Descriptions of end uses: what is named, missing and vague; the sentence; hints that guess nothing."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import content_of
from ytterby.law.end_use import TEXT_MAX, Told, read_end_use, unknown_elements, weigh_end_use
from ytterby.law.pack_reader import read_pack
from ytterby.shell.site.end_use_answer import end_use_json, use_words
from ytterby.shell.site.law_packs import packaged_law

BOOK = packaged_law()
RULES = BOOK.end_uses["CN-end-use"]
ELEMENTS = tuple(RULES.elements)
WHOLE = {
    "function": "rotor magnet",
    "product": "the traction motor of a passenger car",
    "position": "the rotor",
    "model": "EM-57",
    "maker": "Example Antriebe GmbH",
    "country": "Germany",
}


def weigh(value):
    told, problems = read_end_use(value)
    assert told is not None, problems
    return weigh_end_use(told, RULES, use_words())


def vague_words(found):
    return [(one.element, one.word, one.place) for one in found.vague]


def test_what_names_everything_is_concrete_and_becomes_one_sentence_in_each_language():
    found = weigh(WHOLE)
    assert found.is_concrete
    assert found.sentence["en"] == (
        "The goods serve as rotor magnet, are built into the traction motor of a passenger car, sit at the rotor, "
        "model EM-57, made by Example Antriebe GmbH, in Germany."
    )
    assert found.sentence["zh"].startswith("所购货物用作rotor magnet，装入")
    assert found.sentence["zh"].endswith("。")


def test_each_language_takes_its_own_words_and_says_which_are_not_translated():
    found = weigh({**WHOLE, "function": {"en": "rotor magnet", "zh": "转子磁体"}, "country": {"zh": "德国"}})
    assert "用作转子磁体" in found.sentence["zh"]
    assert "serve as rotor magnet" in found.sentence["en"]
    assert found.untranslated["en"] == ("country",)
    assert found.untranslated["zh"] == ()


@pytest.mark.parametrize("name", ELEMENTS)
def test_what_is_left_out_is_missing_and_asked_about(name):
    found = weigh({key: value for key, value in WHOLE.items() if key != name})
    assert found.missing == (name,)
    assert set(found.questions) == {name}
    assert found.questions[name]["en"].endswith("?")
    assert found.questions[name]["zh"].endswith("？")
    assert not found.is_concrete


@pytest.mark.parametrize(
    ("name", "text", "word", "place"),
    [
        ("product", "motors", "motors", 1),
        ("product", "Motors.", "Motors", 1),
        ("product", "pumps, motors, etc.", "motors", 8),
        ("product", "电机", "电机", 1),
        ("function", "industrial use", "industrial use", 1),
        ("maker", "TBD", "TBD", 1),
        ("model", "EM-57 and various others", "various", 11),
        ("country", "待定", "待定", 1),
        ("product", "乘用车电机等产品", "等产品", 6),
    ],
)
def test_a_word_that_says_too_little_is_found_with_its_place(name, text, word, place):
    assert (name, word, place) in vague_words(weigh({**WHOLE, name: text}))


@pytest.mark.parametrize("text", ["the seat motor of a passenger car", "industrial robot arm R-9", "乘用车驱动电机"])
def test_a_kind_of_thing_inside_a_concrete_name_is_not_vague(text):
    assert weigh({**WHOLE, "product": text}).vague == ()


def test_a_text_names_what_stands_after_a_cue_or_a_label_and_nothing_else():
    found = weigh("Used as rotor magnets in the traction motor, model EM-57.2, made by Example Antriebe GmbH, etc.")
    assert {name: value[""] for name, value in found.named.items()} == {
        "function": "rotor magnets",
        "product": "traction motor",
        "model": "EM-57.2",
        "maker": "Example Antriebe GmbH",
    }
    assert found.missing == ("position", "country")
    assert vague_words(found) == [("", "etc", 92)]
    labelled = weigh("Function: rotor magnet\nProduct: seat motor\n型号：S-3；国别：西班牙")
    assert {name: value[""] for name, value in labelled.named.items()} == {
        "function": "rotor magnet",
        "product": "seat motor",
        "model": "S-3",
        "country": "西班牙",
    }
    assert weigh("magnets for our customers").named == {}


def test_a_product_is_never_guessed_and_a_hint_names_its_word():
    (hint,) = weigh({**WHOLE, "product": "smartphone"}).hints
    assert (hint.code, hint.word) == ("smartphone", "smartphone")
    assert weigh({**WHOLE, "product": "flux capacitor"}).hints == ()
    # A word that says too little is no reason to think of a product.
    assert weigh({"function": "industrial use"}).hints == ()
    assert [one.code for one in weigh("智能手机的扬声器").hints] == ["smartphone"]


def test_an_answer_leads_each_word_to_its_source():
    told, _ = read_end_use({"product": "motors"})
    found = end_use_json(BOOK, told, RULES, "zh")
    assert all(row["source"] and row["confidence"] == "practice" for row in found["missing"] + found["vague"])
    assert found["concrete"] is False


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("x" * (TEXT_MAX + 1), "end_use.too_long"),
        ({"product": "x" * 400}, "end_use.too_long"),
        ({"product": 3}, "end_use.kind"),
        ({"product": {"fr": "moteur"}}, "end_use.kind"),
        ([], "end_use.kind"),
        (None, "end_use.kind"),
    ],
)
def test_what_cannot_be_read_is_refused(value, code):
    told, problems = read_end_use(value)
    assert told is None
    assert [problem.code for problem in problems] == [code]


def test_an_element_that_the_rules_do_not_have_is_named():
    told, _ = read_end_use({"colour": "red"})
    assert [problem.code for problem in unknown_elements(told, RULES)] == ["end_use.unknown_element"]


VALUES = st.fixed_dictionaries({}, optional=dict.fromkeys(ELEMENTS, st.text(min_size=1, max_size=30)))


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(ELEMENTS), st.text(min_size=1, max_size=20).filter(str.strip))
def test_naming_more_never_makes_anything_missing_that_was_not(values, name, text):
    before, after = weigh(values), weigh({**values, name: text})
    assert set(after.missing) <= set(before.missing)
    assert name not in after.missing


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_the_order_of_what_is_named_changes_nothing(values):
    assert weigh(values) == weigh(dict(reversed(values.items())))


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_place_is_where_the_word_stands(values):
    for one in weigh(values).vague:
        said = values[one.element].strip()
        assert said[one.place - 1 : one.place - 1 + len(one.word)] == one.word


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_nothing_that_json_brings_raises(value):
    told, problems = read_end_use(value)
    assert (told is None) == bool(problems)
    if told is not None and not unknown_elements(told, RULES):
        weigh_end_use(told, RULES, use_words())


@pytest.mark.parametrize("text", ["in the " * 280, "as " * 600, ":" * TEXT_MAX, "type type: " * 180, "等" * TEXT_MAX])
def test_a_text_of_cues_alone_takes_bounded_time(text):
    start = process_time()
    weigh(text[:TEXT_MAX])
    assert process_time() - start < 2


def test_a_text_and_fields_together_are_both_looked_through():
    found = weigh_end_use(Told({"product": {"": "seat motor"}}, "made by Example GmbH, various"), RULES)
    assert found.named.keys() == {"product", "maker"}
    assert [one.word for one in found.vague] == ["various"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda rules: rules["elements"].clear(), "pack.kind"),
        (lambda rules: rules["elements"].append(dict(rules["elements"][0])), "pack.twice"),
        (lambda rules: rules["elements"][0]["phrase"].update(en="no place for it"), "pack.kind"),
        (lambda rules: rules["vague"][0].update(where="somewhere"), "pack.choice"),
        (lambda rules: rules["vague"][0]["words"].append("Various"), "pack.twice"),
    ],
)
def test_bad_rules_are_refused_with_the_pack(spoil, code):
    content = content_of("cn-dossier")
    spoil(content["end_use"])
    assert code in [problem.code for problem in read_pack(content)[1]]
