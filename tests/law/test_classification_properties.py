"""What holds of every classification: more never frees, order never counts, a lift on the first day changes nothing."""

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import content_of, pack_of, with_pack
from ytterby.law.book import make_book
from ytterby.law.classification import Classifier
from ytterby.law.form import FORMS, MAGNET_TYPES
from ytterby.law.goods import FIELDS, read_goods
from ytterby.law.symbol import SYMBOLS
from ytterby.matter.element import ELEMENTS
from ytterby.shell.site.law_packs import packaged_law, packaged_packs
from ytterby.terms.jsontext import decode

DAYS = st.dates(date(2025, 3, 1), date(2027, 3, 1))
PERCENT = st.decimals(0, 12, places=3)
ELEMENTS_OF = st.dictionaries(st.sampled_from((*ELEMENTS, "Fe", "Co", "B", "Al")), PERCENT, max_size=6)
GOODS = st.fixed_dictionaries(
    {"form": st.sampled_from(FORMS), "elements": ELEMENTS_OF},
    optional={
        "magnet_type": st.sampled_from(MAGNET_TYPES),
        "built_in": st.booleans(),
        "system": st.sets(st.sampled_from(sorted(SYMBOLS)), min_size=1, max_size=3).map("-".join),
    },
)
RANK = {"not_controlled": 0, "ask": 1, "unknown": 1, "disputed": 2, "controlled": 3}


def goods_of(value):
    goods, problems = read_goods(value)
    assert goods is not None, problems
    return goods


def seen(found):
    return found.answer, found.codes, found.candidates, found.by


@settings(deadline=None, max_examples=150)
@given(PERCENT, PERCENT, st.decimals(0, 1, places=3), DAYS)
def test_more_dysprosium_never_makes_a_magnet_freer(dy, more, u, on):
    classifier = Classifier(packaged_law(), on=on, known=packaged_law().known_to)

    def answer(content):
        elements = {"Nd": Decimal(29), "Dy": content}
        goods = {"form": "magnet", "magnet_type": "NdFeB", "elements": elements, "u": {"Dy": u}}
        return RANK[classifier.classify(goods_of(goods)).answer]

    assert answer(dy + more) >= answer(dy)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(("oxide", "compound", "magnet", "flake", "swarf", "phosphor")),
    st.sampled_from(ELEMENTS),
    ELEMENTS_OF,
    PERCENT,
    DAYS,
)
def test_more_of_any_rare_earth_never_frees_goods_whose_list_is_open(form, element, elements, more, on):
    classifier = Classifier(packaged_law(), on=on, known=packaged_law().known_to)
    # A composition of nothing at all is unknown; any other says what is there.
    elements = {"Fe": Decimal(1)} | elements
    goods = {"form": form, "magnet_type": "NdFeB", "elements": elements}
    before = classifier.classify(goods_of(goods))
    goods["elements"] = elements | {element: elements.get(element, Decimal(0)) + more}
    after = classifier.classify(goods_of(goods))
    assert (before.answer != "not_controlled") <= (after.answer != "not_controlled")
    assert set(before.codes) <= set(after.codes)


@settings(deadline=None, max_examples=150)
@given(GOODS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_elements_of_systems_and_of_packs_changes_nothing(goods, on, shuffler):
    shuffled = dict(shuffler.sample(list(goods.items()), len(goods)))
    rows = list(goods["elements"].items())
    shuffled["elements"] = dict(shuffler.sample(rows, len(rows)))
    if "system" in goods:
        parts = goods["system"].split("-")
        shuffled["system"] = "-".join(shuffler.sample(parts, len(parts)))
    packs = list(packaged_packs())
    book, problems = make_book(shuffler.sample(packs, len(packs)))
    assert not problems
    here = Classifier(packaged_law(), on=on, known=packaged_law().known_to).classify(goods_of(goods))
    there = Classifier(book, on=on, known=book.known_to).classify(goods_of(shuffled))
    assert seen(here) == seen(there)


@pytest.fixture(scope="module")
def lifted_book():
    """The packaged law, one rule suspended and lifted on each of many days."""
    content = content_of("cn-18")
    days = ("2025-05-01", "2026-01-15", "2026-11-20")
    trust = {"source": "a test", "confidence": "read"}
    content["rules"][0]["suspended"] = [{"from": d, "to": d, "is_last_included": False, **trust} for d in days]
    return with_pack(content)


@settings(deadline=None, max_examples=100)
@given(goods=GOODS, on=DAYS | st.sampled_from([date(2025, 5, 1), date(2026, 1, 15), date(2026, 11, 20)]))
def test_suspending_and_lifting_on_the_same_day_changes_nothing(lifted_book, goods, on):
    before = Classifier(packaged_law(), on=on, known=packaged_law().known_to).classify(goods_of(goods))
    after = Classifier(lifted_book, on=on, known=lifted_book.known_to).classify(goods_of(goods))
    assert seen(before) == seen(after)


@settings(deadline=None, max_examples=150)
@given(GOODS, DAYS, DAYS)
def test_every_answer_is_one_of_the_five_and_says_why(goods, on, known):
    found = Classifier(packaged_law(), on=on, known=known).classify(goods_of(goods))
    assert found.answer in RANK
    assert found.reasons
    assert bool(found.codes) == (found.answer in {"controlled", "disputed"})
    assert bool(found.readings) <= bool(found.settled_by)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8) | st.sampled_from(sorted(SYMBOLS)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(JSON | st.dictionaries(st.sampled_from((*FIELDS, "x")), JSON | ELEMENTS_OF, max_size=6))
def test_no_goods_raise_an_exception(value):
    goods, problems = read_goods(value)
    assert (goods is None) == bool(problems)
    if goods is not None:
        Classifier(packaged_law(), on=date(2026, 1, 15), known=date(2026, 1, 15)).classify(goods)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_raise_an_exception(raw):
    value, problems = decode(raw)
    if not problems:
        read_goods(value)


def test_a_bad_composition_is_refused_with_every_reason_and_its_place():
    goods = {
        "form": "magnetic",
        "elements": {"Dy": Decimal(70), "Nd": Decimal(50), "Qq": 1, "Fe": -1, "Tb": "2"},
        "u": {"Sm": 1},
        "system": "Dy/Fe",
        "built_in": "yes",
        "hs": "85-05",
        "colour": "grey",
    }
    _, problems = read_goods(goods)
    assert {(problem.code, problem.where.pointer) for problem in problems} == {
        ("goods.choice", "/form"),
        ("goods.over_whole", "/elements"),
        ("goods.unknown_element", "/elements/Qq"),
        ("goods.negative", "/elements/Fe"),
        ("goods.kind", "/elements/Tb"),
        ("goods.u_without_element", "/u/Sm"),
        ("goods.system", "/system"),
        ("goods.kind", "/built_in"),
        ("goods.hs", "/hs"),
        ("goods.unknown_field", "/colour"),
    }


def test_contents_of_a_hundred_percent_are_good():
    assert read_goods({"form": "alloy", "elements": {"Dy": Decimal("80.0"), "Fe": Decimal("20.0")}})[0] is not None


def test_random_orders_of_one_pack_have_one_digest():
    content = content_of("facts")
    rows = list(content.items())
    digests = {pack_of(dict(random.Random(seed).sample(rows, len(rows)))).digest for seed in range(20)}
    assert len(digests) == 1
