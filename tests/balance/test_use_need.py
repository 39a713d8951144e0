"""Arrivals beside what declared uses can consume: unknown where a figure is missing, least figures where goods are."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from ytterby.balance.use_need import UseNeed, UsePlan, judge_needs
from ytterby.chain.book import Book
from ytterby.chain.event import DeclaredUse
from ytterby.chain.posting import Line
from ytterby.matter.mass import MassUncertainty
from ytterby.shell.site.packs import use_codes, use_limits

UNTIL = date(2026, 6, 1)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def arrived(*deliveries: tuple[str, float, str | None], user: str | None = None, scale: str = "") -> Book:
    """Return a book in which the user was sent so many kilograms of a form under a use."""
    chain = Chain()
    for number, (code, kg, form) in enumerate(deliveries):
        lot = f"lot-{number}"
        chain.source("maker", msgspec.structs.replace(line(lot, kg, Nd=kg * 0.3), form=form))
        weighed = msgspec.structs.replace(
            line(lot, kg), mass_u=MassUncertainty(0.0, {scale or lot: kg * 0.01}, assumed=False)
        )
        chain.ship("maker", "user", weighed, uses=[DeclaredUse(Decimal(1), code, user)], document=lot)
    return chain.book()


def judge(book: Book, *plans: UsePlan) -> tuple[UseNeed, ...]:
    return judge_needs(book, plans, use_codes(), use_limits(), until=UNTIL)


def plan(units: str, code: str = "hdd", **rest: object) -> UsePlan:
    return UsePlan("party:user", code, Decimal(units), *YEAR, **rest)


def test_the_ratio_is_an_interval_and_both_limits_hold():
    # A thousand drives take 25 g x 1.3 = 32.5 kg at most, 15 g x 1.25 = 18.75 kg usually.
    (need,) = judge(arrived(("hdd", 65.1, "magnet")), plan("1000"))
    assert (need.ratio_low, need.ratio_mid) == pytest.approx((65.1 / 32.5, 65.1 / 18.75))
    assert (need.verdict, need.excess_kg) == ("strong", pytest.approx(65.1 - 18.75))
    verdicts = [judge(arrived(("hdd", kg, "magnet")), plan("1000"))[0].verdict for kg in (65, 28.2, 28.1)]
    assert verdicts == ["weak", "weak", "neither"]


def test_stock_counts_and_safety_stock_does_not():
    (need,) = judge(arrived(("hdd", 65, "magnet")), plan("1000", stock_kg=Decimal(5), safety_kg=Decimal(10)))
    assert need.ratio_low == pytest.approx(60 / 32.5)


def test_without_units_the_ratio_is_unknown_and_never_zero():
    (need,) = judge(arrived(("hdd", 65, "magnet")))
    assert (need.verdict, need.ratio_low, need.ratio_mid, need.excess_kg) == ("unknown", None, None, None)
    assert float(need.arrivals.magnet_kg) == 65


@pytest.mark.parametrize("code", ["loudspeaker", "military", "nowhere listed"])
def test_without_a_figure_for_the_use_the_ratio_is_unknown(code):
    (need,) = judge(arrived((code, 65, "magnet")), plan("1000", code))
    assert (need.verdict, need.ratio_low, need.ratio_mid) == ("unknown", None, None)


def test_a_use_with_a_middle_figure_only_can_be_weak_and_not_strong():
    (need,) = judge(arrived(("wind_geared_medium", 10_000, "magnet")), plan("1", "wind_geared_medium"))
    assert (need.verdict, need.ratio_low, need.ratio_mid) == ("weak", None, pytest.approx(10_000 / 200))


def test_goods_in_other_forms_do_not_count_and_leave_a_ratio_within_the_limits_unknown():
    (need,) = judge(arrived(("hdd", 10, "magnet"), ("hdd", 90, "alloy")), plan("1000"))
    assert (need.verdict, float(need.arrivals.other_kg)) == ("unknown", 90)
    (need,) = judge(arrived(("hdd", 66, "magnet"), ("hdd", 90, None)), plan("1000"))
    assert need.verdict == "strong"


def test_pieces_of_unknown_mass_leave_a_ratio_within_the_limits_unknown():
    chain = Chain()
    pieces = Line(lot="m", amount=Decimal(100), unit="H87", form="magnet", content=line("x", 1, Nd=10).content)
    chain.source("maker", pieces)
    chain.ship("maker", "user", line("m", 100, unit="H87"), uses=[DeclaredUse(Decimal(1), "hdd")], document="d")
    (need,) = judge(chain.book(), plan("1000"))
    assert (need.verdict, need.ratio_low, need.arrivals.unweighed) == ("unknown", None, 1)


def test_what_was_called_back_did_not_arrive():
    chain = Chain()
    chain.source("maker", msgspec.structs.replace(line("m", 60, Nd=20), form="magnet"))
    chain.ship("maker", "user", line("m", 60), uses=[DeclaredUse(Decimal(1), "hdd")], document="d")
    chain.void("maker", line("m", 60), document="d")
    assert judge(chain.book()) == ()


def test_a_count_is_exact_whatever_is_said_of_its_weighing():
    chain = Chain()
    error = MassUncertainty(5.0, {}, assumed=False)
    pieces = Line("m", Decimal(100), "H87", Decimal(60), error, form="magnet", piece_mass_kg=Decimal("0.6"),
                  content=line("x", 1, Nd=18).content)  # fmt: skip
    chain.source("maker", pieces)
    sent = msgspec.structs.replace(line("m", 100, unit="H87"), mass_u=error)
    chain.ship("maker", "user", sent, uses=[DeclaredUse(Decimal(1), "hdd")], document="d")
    (need,) = judge(chain.book())
    assert (float(need.arrivals.magnet_kg), need.arrivals.sd_kg) == (60.0, 0.0)


def test_goods_for_another_end_user_or_on_other_days_do_not_count():
    assert judge(arrived(("hdd", 65, "magnet"), user="party:else")) == ()
    late = UsePlan("party:user", "hdd", Decimal(1000), date(2026, 2, 1), date(2027, 1, 1))
    (need,) = judge(arrived(("hdd", 65, "magnet")), late)
    assert (need.ratio_low, need.verdict) == (0.0, "neither")


def test_what_a_plan_does_not_cover_today_is_listed_as_unknown_beside_it():
    old = UsePlan("party:user", "hdd", Decimal(1000), date(2026, 1, 1), date(2026, 2, 1))
    assert [need.verdict for need in judge(arrived(("hdd", 65.1, "magnet")), old)] == ["strong", "unknown"]


def test_a_shared_scale_adds_linearly():
    apart = judge(arrived(("hdd", 30, "magnet"), ("hdd", 40, "magnet")), plan("1000"))[0]
    together = judge(arrived(("hdd", 30, "magnet"), ("hdd", 40, "magnet"), scale="one"), plan("1000"))[0]
    assert apart.arrivals.sd_kg == pytest.approx(0.5)
    assert together.arrivals.sd_kg == pytest.approx(0.7)


@pytest.mark.parametrize(
    "bad", [plan("-1"), plan("1", stock_kg=Decimal(-1)), UsePlan("e", "hdd", Decimal(1), UNTIL, YEAR[0])]
)
def test_an_impossible_plan_is_an_error(bad):
    with pytest.raises(ValueError, match="plan"):
        judge(arrived(), bad)


@given(st.floats(0.001, 1000), st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_units_never_raise_the_ratio_and_the_least_is_never_above_the_middle(kg, units, more):
    book = arrived(("hdd", round(kg, 3) or 0.001, "magnet"))
    (few,), (many,) = judge(book, plan(str(units))), judge(book, plan(str(units + more)))
    assert many.ratio_mid <= few.ratio_mid
    assert few.ratio_low <= few.ratio_mid
