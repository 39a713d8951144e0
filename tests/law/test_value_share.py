"""Shares of value: figures and bounds, their uncertainty, what would settle them, and what is refused of a value."""

import json
from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from law.law_case import codes_of, content_of, day, pack_of
from ytterby.law.applies import applies
from ytterby.law.goods import read_goods
from ytterby.law.goods_facts import facts_of_goods, joined
from ytterby.law.goods_value import PARTS_MAX
from ytterby.law.value_share import share_of
from ytterby.shell.site.law_packs import packaged_law

BOOK = packaged_law()
RULE = BOOK.rules["CN-61.1"]
IN_FORCE = "2027-02-01"
MAGNET = {
    "form": "magnet",
    "magnet_type": "NdFeB",
    "elements": {"Nd": 29, "Dy": 2},
    "u": {"Nd": 0.1, "Dy": 0.05},
    "origin": {"produced_in": "DE"},
}
# Below the last digit that shares are worked out to.
SMALLEST = Decimal("1e-25")
HELD = {"form": "alloy", "system": "Dy-Fe"}
FREE = {"form": "metal", "elements": {"Co": 99.9}}


def part(amount=None, goods=HELD, origin="CN", **fields):
    row = {"goods": goods, **fields}
    if amount is not None:
        row["amount"] = amount
    if origin is not None:
        row["origin"] = {"origin": origin}
    return {name: value for name, value in row.items() if value is not None}


def worth(*parts, amount=100, **fields):
    value = {"currency": "EUR", "price_basis": "EXW", "all_parts_named": True, "parts": list(parts), **fields}
    return value if amount is None else {"amount": amount, **value}


def goods_of(value, **fields):
    text = json.dumps({**MAGNET, **fields, "value": value}, default=float)
    read, problems = read_goods(json.loads(text, parse_float=Decimal))
    assert read is not None, problems
    return read


def told(value, **fields):
    return facts_of_goods(goods_of(value, **fields), RULE, BOOK)


def answered(value, on=IN_FORCE, facts=None, **fields):
    found = told(value, **fields)
    given_facts = facts or {}
    unsettled = found.unsettled - given_facts.keys()
    return applies(
        BOOK, "CN-61.1", joined(given_facts, found, RULE), on=day(on), known=BOOK.known_to, unsettled=unsettled
    )


def problems_of(value, **fields):
    text = json.dumps({**MAGNET, **fields, "value": value}, default=float)
    _, problems = read_goods(json.loads(text, parse_float=Decimal))
    return [(one.code, one.where.pointer) for one in problems]


# Figures


def test_a_share_is_the_value_of_what_counts_over_the_whole():
    facts = told(worth(part(2, u=0.1), part(30, FREE), part(1, origin="MY"), u=1)).facts
    # sqrt(0.1^2 + 0.02^2 * 1^2) / 100: a price of the whole is independent of what its parts cost.
    assert facts["value_share"] == Decimal("0.02")
    assert float(facts["value_share_u"]) == pytest.approx(0.00101980390, rel=1e-8)


def test_of_a_sum_what_counts_is_part_of_what_it_is_divided_by():
    facts = told(worth(part(20, u=2), part(80, FREE, u=4), amount=None)).facts
    # sqrt((0.8 * 2)^2 + (0.2 * 4)^2) / 100; without the correlation it would be 0.0219.
    assert facts["value_share"] == Decimal("0.2")
    assert float(facts["value_share_u"]) == pytest.approx(0.0178885438, rel=1e-8)
    alone = told(worth(part(20, u=2), amount=None)).facts
    assert (alone["value_share"], alone["value_share_u"]) == (1, 0)


def test_an_amount_may_be_a_mass_at_a_price():
    priced = part(goods=HELD, mass_kg=0.02, mass_u_kg=0.001, price_per_kg=100, price_u=3)
    facts = told(worth(priced)).facts
    assert facts["value_share"] == Decimal("0.02")
    # sqrt((100 * 0.001)^2 + (0.02 * 3)^2) / 100
    assert float(facts["value_share_u"]) == pytest.approx(0.00116619, rel=1e-5)


def test_a_share_that_is_the_limit_reaches_it():
    assert answered(worth(part(3), amount=3000)).answer == "yes"
    assert answered(worth(part(1), amount=3)).answer == "yes"
    assert answered(worth(part(2.9999999), amount=3000)).answer == "no"


def test_the_answer_rests_on_origin_and_list():
    assert answered(worth(part(2))).answer == "yes"
    assert answered(worth(part(2, origin="MY"))).answer == "no"
    assert answered(worth(part(2, FREE))).answer == "no"
    assert answered(worth(part(2)), "2026-12-01").answer == "disputed"
    assert answered(worth(part(2)), origin={"produced_in": "CN"}).answer == "no"


def test_goods_that_the_annex_does_not_name_are_not_meant_whatever_their_value():
    free = {"elements": {"Nd": 30}, "u": {"Nd": 0.1}}
    found = answered(worth(part(90)), **free)
    assert (found.answer, found.presumed) == ("no", {})


def test_what_goods_leave_open_is_not_presumed():
    """Whoever asks without goods asks about an item that is meant; goods of an unread list are not taken for that."""
    target = {"form": "target", "magnet_type": None, "elements": {"Tb": 99}, "u": {"Tb": 0.1}}
    found = answered(worth(part(90)), **target)
    assert (found.answer, found.missing) == ("unknown", ("annex_item",))
    assert applies(BOOK, "CN-61.1", {}, on=day(IN_FORCE), known=BOOK.known_to).presumed["annex_item"] == ("yes",)


def test_what_is_stated_counts_before_what_goods_tell():
    facts = {"value_share": Decimal("0.0002")}
    assert answered(worth(part(2, u=0.1)), facts=facts).answer == "no"
    merged = joined(facts, told(worth(part(2, u=0.1))), RULE)
    assert "value_share_u" not in merged
    assert merged["produced_in"] == ("DE",)


def test_a_described_magnet_makes_an_assembly_one_of_the_annex():
    rotor = {"form": "assembly", "magnet_type": None, "elements": {"Fe": 60, "Dy": 0.6}, "u": {"Dy": 0.1}}
    magnet = part(20, {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 29, "Dy": 2}}, origin="JP")
    assert answered(worth(part(2)), **rotor).answer == "unknown"
    assert answered(worth(part(2), magnet), **rotor).answer == "yes"


# Bounds, and what settles them


def test_an_unknown_origin_makes_bounds_and_names_what_would_settle_them():
    found = told(worth(part(2, origin=None), part(1)))
    assert (found.share.bounds.low, found.share.bounds.high) == (Decimal("0.01"), Decimal("0.03"))
    assert found.settles == ()
    found = told(worth(part(2, origin=None), part(0.05)))
    settles = [(one.where, one.kind, one.is_enough) for one in found.settles]
    assert settles == [("/value/parts/0/origin/origin", "origin", True)]
    assert answered(worth(part(2, origin=None), part(0.05))).answer == "unknown"


def test_an_unknown_amount_may_be_all_that_is_left():
    found = told(worth(part(None), part(70, FREE)))
    assert (found.share.bounds.low, found.share.bounds.high) == (0, Decimal("0.3"))
    assert [one.where for one in found.settles] == ["/value/parts/0/amount"]
    assert answered(worth(part(None, FREE), part(70, FREE))).answer == "no"


def test_what_nobody_named_may_count():
    found = told(worth(part(70, FREE), all_parts_named=False))
    assert (found.share.bounds.low, found.share.bounds.high) == (0, Decimal("0.3"))
    assert [(one.where, one.kind) for one in found.settles] == [("/value/all_parts_named", "rest")]
    # What reaches the limit by itself needs no more.
    assert answered(worth(part(2), all_parts_named=False)).answer == "yes"


def test_two_inputs_that_settle_it_only_together_say_so():
    found = told(worth(part(2, origin=None), part(3, {"form": "alloy"})))
    settles = {one.where: one.is_enough for one in found.settles}
    # Either one may turn out to count, and then the limit is reached whatever the other is.
    assert settles == {"/value/parts/0/origin/origin": True, "/value/parts/1/goods": True}
    found = told(worth(part(2, {"form": "alloy"}, origin=None), part(3, {"form": "alloy"}, origin=None)))
    assert {one.where: one.is_enough for one in found.settles} == {
        "/value/parts/0/goods": False,
        "/value/parts/0/origin/origin": False,
        "/value/parts/1/goods": False,
        "/value/parts/1/origin/origin": False,
    }


def test_within_the_uncertainty_only_a_better_figure_settles_it():
    value = worth(part(0.1, u=0.01), part(5, FREE, u=1), u=1)
    found = told(value)
    assert [(one.where, one.kind) for one in found.settles] == [("/value/parts/0/u", "figure")]
    assert answered(value).answer == "unknown"


def test_without_a_whole_nothing_is_known_but_that():
    found = told(worth(part(2), amount=None, all_parts_named=False))
    assert (found.share.bounds.low, found.share.bounds.high, found.share.whole) == (0, 1, None)
    assert "/value/amount" in [one.where for one in found.settles]
    assert answered(worth(part(2), amount=None, all_parts_named=False)).answer == "unknown"


# Properties

AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2)
US = st.decimals(min_value=0, max_value=5, places=2)
KINDS = st.sampled_from((HELD, FREE))
ORIGINS = st.sampled_from(("CN", "MY"))
PARTS = st.lists(st.tuples(AMOUNTS, US, KINDS, ORIGINS), min_size=1, max_size=6)


def numbers(value):
    """Return a value whose decimals are numbers of JSON."""
    return json.loads(json.dumps(value, default=float), parse_float=Decimal)


def with_value(value):
    read, problems = read_goods({**json.loads(json.dumps(MAGNET), parse_float=Decimal), "value": value})
    assert read is not None, problems
    return read


@settings(deadline=None, max_examples=150)
@given(PARTS, st.booleans(), AMOUNTS, US)
def test_the_uncertainty_is_that_of_moving_each_amount_a_little(rows, is_sum, rest, u_whole):
    """The law of propagation by finite differences, of s as a function of all amounts that were stated."""
    parts = [part(a, goods, origin, u=u) for a, u, goods, origin in rows]
    total = sum(a for a, *_ in rows)
    value = worth(*parts, amount=None) if is_sum else worth(*parts, amount=total + rest, u=u_whole)
    share = share_of(with_value(numbers(value)).value, RULE.share, BOOK)
    counts = [goods is HELD and origin == "CN" for _, _, goods, origin in rows]

    def s(amounts, whole):
        return sum(a for a, c in zip(amounts, counts, strict=True) if c) / (sum(amounts) if is_sum else whole)

    amounts, whole, step = [float(a) for a, *_ in rows], float(total + rest), 1e-6
    moved = [
        (s([a + step * (i == j) for j, a in enumerate(amounts)], whole) - s(amounts, whole)) / step * float(rows[i][1])
        for i in range(len(rows))
    ]
    if not is_sum:
        moved.append((s(amounts, whole + step) - s(amounts, whole)) / step * float(u_whole))
    assert share.is_sharp
    assert float(share.bounds.low) == pytest.approx(s(amounts, whole), rel=1e-12)
    expected = sum(one**2 for one in moved) ** 0.5
    assert float(share.bounds.low_u) == pytest.approx(expected, rel=1e-3, abs=1e-9)


@settings(deadline=None, max_examples=200)
@given(PARTS, AMOUNTS, st.data())
def test_bounds_hold_whatever_is_hidden_and_hiding_never_turns_an_answer_round(rows, rest, data):
    parts = [part(a, goods, origin) for a, _, goods, origin in rows]
    whole = worth(*parts, amount=sum(a for a, *_ in rows) + rest)
    hidden = deepcopy(whole)
    for row in hidden["parts"]:
        for field in data.draw(st.sets(st.sampled_from(("amount", "goods", "origin")))):
            row.pop(field, None)
    hidden["all_parts_named"] = data.draw(st.booleans())
    true = share_of(with_value(numbers(whole)).value, RULE.share, BOOK).bounds.low
    bounds = share_of(with_value(numbers(hidden)).value, RULE.share, BOOK).bounds
    assert bounds.low <= true + SMALLEST
    assert true <= bounds.high + SMALLEST
    known, open_answer = (
        applies(BOOK, "CN-61.1", joined({}, facts_of_goods(with_value(numbers(one)), RULE, BOOK), RULE),
                on=day(IN_FORCE), known=BOOK.known_to).answer
        for one in (whole, hidden)
    )  # fmt: skip
    assert open_answer in {known, "unknown"}


@settings(deadline=None, max_examples=100)
@given(PARTS, AMOUNTS, st.data())
def test_whatever_is_said_to_settle_it_is_open_and_knowing_all_of_it_settles(rows, rest, data):
    parts = [part(a, goods, origin) for a, _, goods, origin in rows]
    value = worth(*parts, amount=sum(a for a, *_ in rows) + rest)
    hidden = deepcopy(value)
    for row in hidden["parts"]:
        for field in data.draw(st.sets(st.sampled_from(("amount", "goods", "origin")))):
            row.pop(field, None)
    found = facts_of_goods(with_value(numbers(hidden)), RULE, BOOK)
    assume(found.settles)
    for one in found.settles:
        _, _, _, place, field = one.where.split("/")[:5]
        assert field not in hidden["parts"][int(place)]
        hidden["parts"][int(place)].update({field: value["parts"][int(place)][field]})
        if one.is_enough:
            assert one.kind in {"amount", "composition", "origin"}
    settled = facts_of_goods(with_value(numbers(hidden)), RULE, BOOK)
    assert settled.settles == ()


# What is refused


@pytest.mark.parametrize(
    ("value", "code", "where"),
    [
        (12, "goods.kind", "/value"),
        ({}, "goods.missing_field", "/value"),
        (worth(part(2, currency="USD")), "goods.other_currency", "/value/parts/0/currency"),
        (worth(part(-2)), "goods.negative_value", "/value/parts/0/amount"),
        (worth(part(2), amount=-1), "goods.negative_value", "/value/amount"),
        (worth(part(2), amount=0), "goods.nothing_worth", "/value/amount"),
        (worth(part(0), amount=None), "goods.nothing_worth", "/value/parts"),
        (worth(part(60), part(41)), "goods.parts_over_whole", "/value/parts"),
        (worth(part(60, u=1), part(47, u=1), u=1), "goods.parts_over_whole", "/value/parts"),
        (worth(part("two")), "goods.figure", "/value/parts/0/amount"),
        (worth(part(10**16)), "goods.figure", "/value/parts/0/amount"),
        (worth(part(2), price_basis="EX"), "goods.choice", "/value/price_basis"),
        (worth(part(2, price_basis="later")), "goods.choice", "/value/parts/0/price_basis"),
        (worth(part(2), currency="euro"), "goods.kind", "/value/currency"),
        (worth(part(2, colour="red")), "goods.unknown_field", "/value/parts/0/colour"),
        (worth(part(2), colour="red"), "goods.unknown_field", "/value/colour"),
        (worth(part(2, origin="China")), "goods.place", "/value/parts/0/origin/origin"),
        (worth({"amount": 2, "origin": {"grown_in": "CN"}}), "goods.unknown_field", "/value/parts/0/origin/grown_in"),
        (worth(part(2, {"form": "soup"})), "goods.choice", "/value/parts/0/goods/form"),
        (worth(part(2, {**HELD, "value": {}})), "goods.stands_in_part", "/value/parts/0/goods/value"),
        (worth(part(2, mass_kg=1, price_per_kg=3)), "goods.amount_twice", "/value/parts/0/price_per_kg"),
        (worth({"u": 1}), "goods.u_without_amount", "/value/parts/0/u"),
        (worth({"price_u": 1}), "goods.u_without_amount", "/value/parts/0/price_u"),
        (worth(part(2), amount=None, u=1), "goods.u_without_amount", "/value/u"),
        (worth("a magnet"), "goods.kind", "/value/parts/0"),
        (worth(part(2, what=3)), "goods.kind", "/value/parts/0/what"),
        (worth(part(2), all_parts_named="yes"), "goods.kind", "/value/all_parts_named"),
        ({**worth(), "parts": "none"}, "goods.kind", "/value/parts"),
        (worth(*[part(0)] * (PARTS_MAX + 1)), "goods.too_many_parts", "/value/parts"),
    ],
)
def test_a_bad_value_is_refused_with_its_place(value, code, where):
    assert (code, where) in problems_of(value)


def test_parts_may_exceed_the_whole_within_their_uncertainty():
    assert problems_of(worth(part(60, u=2), part(41, u=2), u=1)) == []
    assert told(worth(part(60, u=2), part(41, u=2), u=1)).share.bounds.high == 1


def test_the_origin_of_goods_may_be_said_in_one_word():
    assert goods_of(worth(), origin="DE").origin == {"origin": ("DE",)}
    assert goods_of(worth(), origin=["DE", "FR"]).origin == {"origin": ("DE", "FR")}
    assert problems_of(worth(), origin=7) == [("goods.kind", "/origin")]


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(allow_nan=True, allow_infinity=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=400)
@given(st.data(), SCRAPS)
def test_a_value_with_anything_in_it_is_read_or_says_why(data, scrap):
    """T: whatever stands in a value, reading it neither raises nor runs away."""
    value = numbers(worth(part(2, u=1, price_basis="FOB"), part(mass_kg=1, price_per_kg=2), u=3))
    place = data.draw(st.sampled_from(("value", "part", "goods", "origin")))
    target = {"value": value, "part": value["parts"][0], "goods": value["parts"][0]["goods"]}.get(
        place, value["parts"][0]["origin"]
    )
    target[data.draw(st.sampled_from([*target, "amount", "u", "mass_kg", "strange"]))] = scrap
    goods, problems = read_goods({"form": "magnet", "value": value})
    assert (goods is None) == bool(problems)
    if goods is not None:
        facts_of_goods(goods, RULE, BOOK)


# What is refused of a pack


def content_with(**fields):
    content = content_of("cn-57-61-62")
    rule = next(row for row in content["rules"] if row["id"] == "CN-61.1")
    rule["share"] |= fields
    return content


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"fact": "to"}, "fact"),
        ({"u": "nothing"}, "u"),
        ({"counts": "CN-99"}, "counts"),
        ({"of": "CN-18"}, "of"),
        ({"member": "use"}, "member"),
        ({"when": {"fact": "user", "in": ["military"]}}, "when"),
    ],
)
def test_a_share_that_names_what_no_pack_holds_is_refused(fields, name):
    from ytterby.law.book import make_book
    from ytterby.shell.site.law_packs import packaged_packs

    _, problems = make_book([*packaged_packs(), pack_of(content_with(**fields))])
    found = [(one.code, one.where.pointer.rpartition("/")[2]) for one in problems]
    assert ("pack.unknown_reference", name) in found


def test_an_annex_is_held_to_what_items_are_held_to():
    content = content_of("cn-57-61-62")
    entries = content["annexes"][0]["entries"]
    entries[0]["elements"] = ["Xx"]
    entries[1]["parts"][0]["forms"] = ["soup"]
    entries.append(entries[2])
    found = {code for code, where in codes_of(content) if where.startswith("/annexes/0/entries/")}
    assert found >= {"pack.unknown_element", "pack.choice", "pack.twice"}


def test_a_form_is_not_before_and_after_a_stage():
    content = content_of("facts")
    content["stages"][1]["before"].append("oxide")
    assert ("pack.contradiction", "/stages/1/before") in codes_of(content)
