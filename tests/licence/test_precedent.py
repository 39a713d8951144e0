"""Precedents: which earlier decisions are like a case, and in which order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.licence.precedent import NEAREST, Asked, Composition, Precedent, alike, nearest

N42SH = Composition("magnet", {"Nd": Decimal("29"), "Dy": Decimal("2.5")})
N52 = Composition("magnet", {"Nd": Decimal("30")})


def asked(composition=N42SH, user="u", use="ev"):
    return Asked((composition,), frozenset({user}), use)


def decided(case, like, day="2025-01-01", outcome="granted"):
    return Precedent(case, like, outcome, day)


def near(*precedents, of=None, case="mine", before="2026-01-01"):
    return [(one.case, one.alike) for one in nearest(of or asked(), precedents, case=case, before=before).found]


def test_the_end_user_weighs_more_than_the_goods_and_those_more_than_the_use():
    rows = [
        decided("use", asked(N52, "x")),
        decided("goods", asked(N42SH, "x", "wind")),
        decided("user", asked(N52, "u", "wind")),
        decided("all", asked()),
    ]
    assert near(*rows) == [
        ("all", ("end_user", "composition", "use")),
        ("user", ("end_user",)),
        ("goods", ("composition",)),
    ]


def test_of_those_as_near_the_latest_comes_first():
    rows = [decided("old", asked(), "2024-01-01"), decided("new", asked(), "2025-06-01")]
    assert [case for case, _ in near(*rows)] == ["new", "old"]


def test_neither_itself_nor_what_was_decided_on_the_day_or_later_is_a_precedent():
    rows = [decided("mine", asked()), decided("later", asked(), "2026-01-01")]
    section = nearest(asked(), rows, case="mine", before="2026-01-01")
    assert (section.found, section.looked_at, section.status) == ((), 0, "done")


def test_three_are_shown_of_all_that_were_looked_at():
    rows = [decided(str(number), asked()) for number in range(9)]
    section = nearest(asked(), rows, case="mine", before="2026-01-01")
    assert (len(section.found), section.looked_at) == (NEAREST, 9)


@pytest.mark.parametrize(("dy", "like"), [("3.0", True), ("3.01", False), ("2.0", True), ("1.99", False)])
def test_half_a_percent_is_the_same(dy, like):
    other = Composition("magnet", {"Nd": Decimal("29"), "Dy": Decimal(dy)})
    assert N42SH.is_like(other) is like


def test_goods_of_another_form_or_without_a_composition_are_like_none():
    assert not N42SH.is_like(Composition("alloy", N42SH.elements))
    assert not Composition("magnet", {}).is_like(Composition("magnet", {}))
    # A trace that only one of them states is within the half percent.
    assert N42SH.is_like(Composition("magnet", {**N42SH.elements, "Tb": Decimal("0.5")}))
    assert not N42SH.is_like(Composition("magnet", {**N42SH.elements, "Tb": Decimal("0.6")}))


compositions = st.builds(
    Composition,
    st.sampled_from(["magnet", "alloy"]),
    st.dictionaries(st.sampled_from(["Nd", "Dy", "Tb"]), st.decimals("0", "35", places=1), max_size=3),
)
things = st.builds(
    Asked,
    st.lists(compositions, max_size=2).map(tuple),
    st.frozensets(st.sampled_from("uvw"), max_size=2),
    st.sampled_from(["", "ev", "wind"]),
)


@given(things, things)
def test_likeness_holds_both_ways(one, other):
    assert alike(one, other) == alike(other, one)


def test_no_use_is_not_the_same_use():
    assert alike(asked(N52, "x", ""), asked(N42SH, "y", "")) == ()
