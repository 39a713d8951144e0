"""Use findings on small books: goods used as declared give none, each way of not doing so gives its own."""

import random
import re
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balance.use_chain import (
    CAR,
    DAY,
    LATE,
    OPEN,
    WIND,
    build,
    codes,
    deliver,
    delivered,
    found,
    magnets,
    traders,
    use,
)  # fmt: skip
from chain.chain_of import START, Chain, line
from ytterby.balance.finding import figure
from ytterby.balance.use_need import UsePlan
from ytterby.chain.book import build_from_bundles
from ytterby.chain.posting import Line
from ytterby.shell.site.packs import use_limits
from ytterby.shell.wording import LANGUAGES, sentence
from ytterby.terms.problem import Problem, Severity, Where

# Told as declared, told otherwise, not told


def test_a_use_that_came_true_is_no_finding_however_old():
    chain = delivered(use(CAR))
    build(chain, use(CAR))
    assert codes(chain, LATE) == []


def test_goods_that_nobody_has_used_yet_are_no_finding():
    assert codes(delivered(use(CAR)), LATE) == []


def test_a_use_swapped_is_found_with_its_parties_kilograms_and_events():
    chain = delivered(use(CAR))
    build(chain, use(CAR), pieces=70)
    build(chain, use("military"), pieces=30)
    (one,) = found(chain)
    assert one.problem.code == "use.realised_otherwise"
    assert one.parties == ("party:maker", "party:user")
    assert (one.site, one.element) == ("user", "Nd")
    assert one.size_kg == pytest.approx(3.0)
    assert one.sd_kg == pytest.approx(0.03)
    assert one.statistic == pytest.approx(100.0)
    facts = one.problem.facts
    assert (facts["use"], facts["told"], facts["period"], facts["kg"]) == (CAR, "military", "2026", "3")
    assert one.events == (chain.bundles[1].digest, chain.bundles[4].digest)


def test_a_count_of_exact_goods_has_an_infinite_score():
    chain = delivered(use(CAR), Nd=10)
    build(chain, use("military"), pieces=1)
    (one,) = found(chain)
    assert (one.size_kg, one.sd_kg, one.statistic) == (pytest.approx(0.1), 0.0, float("inf"))


def test_the_element_of_largest_mass_beyond_the_limit_is_named():
    chain = delivered(use(CAR), Nd=10, Dy=1, u=0.5)
    build(chain, use("military"))
    assert codes(chain) == []
    chain = delivered(use(CAR), Nd=1, Dy=10, u=0.2)
    build(chain, use("military"))
    assert [one.element for one in found(chain)] == ["Dy"]


def test_a_product_without_a_use_is_a_finding_once_it_has_lain_longer_than_the_limit():
    chain = delivered(use(CAR))
    build(chain)
    days = use_limits().untold_days
    made = START + timedelta(hours=4)
    assert codes(chain, made + timedelta(days=days)) == []
    (one,) = found(chain, made + timedelta(days=days, seconds=1))
    assert one.problem.code == "use.untold"
    assert (one.size_kg, one.parties) == (pytest.approx(10.0), ("party:maker", "party:user"))


def test_a_use_told_by_a_later_step_counts_for_the_goods_in_it():
    chain = delivered(use(CAR))
    build(chain, made="rotor")
    chain.step("user", [magnets("rotor", 1)], [magnets("motor", 1)], uses=(use(CAR),))
    assert codes(chain, LATE) == []


def test_a_step_that_names_a_use_for_a_part_leaves_the_rest_to_be_told_later():
    chain = delivered(use(CAR))
    build(chain, use("military", "0.5"), made="motor")
    (one,) = found(chain)
    assert one.size_kg == pytest.approx(5.0)
    chain.step("user", [magnets("motor", 1)], [magnets("car", 1)], uses=(use(CAR),))
    (one,) = found(chain, LATE)
    assert (one.problem.code, one.size_kg) == ("use.realised_otherwise", pytest.approx(5.0))


def test_waste_of_a_process_ends_the_declared_use_and_is_no_finding():
    chain = delivered(use(CAR), Nd=10)
    swarf = Line(lot="swarf", amount=Decimal(2), unit="KGM", form="swarf", content=line("x", 1, Nd=2).content)
    chain.step("user", [magnets("magnet", 100)], [magnets("rotor", 1, Nd=8), swarf])
    chain.step("user", [magnets("rotor", 1)], [magnets("motor", 1)], uses=(use(CAR),))
    chain.ship("user", "other", line("swarf", 2), document="s")
    chain.receive("other", "user", line("swarf", 2), document="s")
    chain.step("other", [line("swarf", 2)], [line("metal", 2, Nd=2)], uses=(use("military"),))
    assert codes(chain, LATE) == []


def test_a_shipment_onward_answers_for_what_the_sender_was_told_and_is_a_claim_of_its_own():
    chain = delivered(use(CAR))
    chain.ship("user", "other", magnets("magnet", 100), uses=(use(WIND),), document="on")
    chain.receive("other", "user", magnets("magnet", 100), document="on")
    chain.step("other", [magnets("magnet", 100)], [magnets("motor", 1)], uses=(use("military"),))
    told = {(f.problem.facts["use"], f.problem.facts["told"], f.parties) for f in found(chain)}
    assert told == {
        (CAR, WIND, ("party:maker", "party:user")),
        (WIND, "military", ("party:user", "party:other")),
    }


def test_not_yet_known_does_not_unsay_what_was_declared():
    chain = delivered(use(CAR))
    chain.ship("user", "other", magnets("magnet", 100), uses=(use(OPEN),), document="on")
    chain.receive("other", "user", magnets("magnet", 100), document="on")
    chain.step("other", [magnets("magnet", 100)], [magnets("motor", 1)], uses=(use("military"),))
    (one,) = found(chain)
    assert (one.problem.facts["use"], one.problem.facts["told"]) == (CAR, "military")
    assert one.parties == ("party:maker", "party:user", "party:other")


def test_goods_once_declared_do_not_become_unknown_by_being_sent_on_as_such():
    chain = delivered(use(CAR))
    chain.ship("user", "other", magnets("magnet", 100), uses=(use(OPEN),), document="on")
    chain.receive("other", "user", magnets("magnet", 100), document="on")
    assert codes(chain, LATE) == []


def test_a_shipment_called_back_declared_nothing():
    chain = Chain()
    chain.source("maker", magnets("magnet", 100, Nd=10))
    chain.ship("maker", "user", magnets("magnet", 100), uses=(use(CAR),), document="d")
    chain.void("maker", magnets("magnet", 100), document="d")
    chain.step("maker", [magnets("magnet", 100)], [magnets("motor", 1)], uses=(use("military"),))
    assert codes(chain, LATE) == []


# End users


def test_a_delivery_to_the_named_end_user_is_no_finding_and_another_end_user_is():
    chain = delivered(use(CAR, end_user="party:other"))
    chain.ship("user", "other", magnets("magnet", 60), uses=(use(CAR, end_user="party:other"),), document="o")
    assert codes(chain, LATE) == []
    chain.ship("user", "mine", magnets("magnet", 40), uses=(use(CAR, end_user="party:mine"),), document="m")
    (one,) = found(chain)
    assert one.problem.code == "use.other_end_user"
    assert one.size_kg == pytest.approx(4.0)
    assert one.parties == ("party:maker", "party:user", "party:other", "party:mine")


def test_a_product_that_never_reaches_the_named_end_user_is_a_finding_after_the_limit():
    chain = delivered(use(CAR, end_user="party:other"))
    build(chain, use(CAR), made="motor")
    assert codes(chain) == []
    (one,) = found(chain, LATE)
    assert (one.problem.code, one.problem.facts["other"]) == ("use.other_end_user", "party:user")
    chain.ship("user", "other", magnets("motor", 1), document="m")
    assert codes(chain, LATE) == []
    chain = delivered(use(CAR, end_user="party:other"))
    build(chain, use(CAR), made="motor")
    chain.ship("user", "mine", magnets("motor", 1), document="m")
    (one,) = found(chain, LATE)
    assert one.problem.facts["other"] == "party:mine"


def test_a_product_in_a_tank_has_no_age():
    chain = delivered(use(CAR, end_user="party:other"))
    build(chain, use(CAR), made="alloy")
    chain.charge("user", "tank", line("alloy", 1, unit="H87"))
    assert codes(chain, LATE) == []


# Not yet known


def test_a_distributor_narrows_when_the_goods_leave_him():
    chain = delivered(use(OPEN))
    chain.ship("user", "other", magnets("magnet", 60), uses=(use(WIND),), document="on", hour=200 * DAY)
    chain.receive("other", "user", magnets("magnet", 60), document="on", hour=200 * DAY + 1)
    limit = START + timedelta(days=use_limits().not_yet_known_days)
    assert codes(chain, limit) == []
    chain = delivered(use(OPEN))
    chain.ship("user", "other", magnets("magnet", 100), uses=(use(WIND),), document="on", hour=DAY)
    assert codes(chain, LATE) == []


@pytest.mark.parametrize("uses", [(), (use(OPEN),)])
def test_goods_that_leave_with_their_use_still_unknown_are_a_finding_at_once(uses):
    chain = delivered(use(OPEN))
    chain.ship("user", "other", magnets("magnet", 40), uses=uses, document="on", hour=DAY)
    (one,) = found(chain)
    assert one.problem.code == "use.not_narrowed"
    assert one.parties == ("party:user", "party:maker", "party:other")
    assert (one.site, one.size_kg) == ("user", pytest.approx(4.0))


def test_a_shipment_that_only_its_receiver_reported_may_still_say_its_use():
    chain = delivered(use(OPEN))
    chain.receive("other", "user", magnets("magnet", 40), document="on", hour=DAY)
    assert codes(chain) == []


def test_goods_that_go_back_or_to_another_site_of_their_holder_need_no_use():
    chain = delivered(use(OPEN))
    chain.ship("user", "maker", magnets("magnet", 40), document="back", hour=DAY)
    chain.ship("user", "shop", magnets("magnet", 60), document="own", hour=DAY + 1)
    chain.bundles[-1] = chain.bundles[-1]._replace(
        postings=tuple(_to_itself(posting) for posting in chain.bundles[-1].postings)
    )
    assert codes(chain) == []


def _to_itself(posting):
    return msgspec.structs.replace(posting, to_holder=posting.holder)


@pytest.mark.parametrize("rule", ["proportional", "fifo", "segregated", "rolling_average"])
@pytest.mark.parametrize("seed", range(10))
def test_what_rounding_leaves_of_an_emptied_tank_is_no_stock(rule, seed):
    pick = random.Random(seed)
    chain, charges = Chain(), [pick.choice([0.1, 0.2, 0.3, 0.7]) for _ in range(3)]
    for number, kg in enumerate(charges):
        deliver(chain, use(OPEN), lot=f"lot-{number}", hour=number * 10, Nd=kg)
        chain.charge("user", "tank", magnets(f"lot-{number}", 100), rule=rule, hour=number * 10 + 3)
    parts = [pick.random() for _ in range(4)]
    for number, part in enumerate(parts):
        drawn = line(f"m-{number}", 10, Nd=sum(charges) * part / sum(parts))
        chain.draw("user", "tank", drawn, rule=rule, uses=(use(CAR),), hour=DAY + number)
    assert codes(chain, LATE) == []


def test_a_use_not_known_for_longer_than_the_limit_is_a_finding_where_the_goods_lie():
    chain = delivered(use(CAR, "0.25"))
    limit = START + timedelta(days=use_limits().not_yet_known_days)
    assert codes(chain, limit) == []
    (one,) = found(chain, limit + timedelta(days=1))
    assert (one.problem.code, one.size_kg, one.site) == ("use.not_yet_known", pytest.approx(7.5), "user")
    assert one.problem.facts["days"] == str(use_limits().not_yet_known_days + 1)


# More than can be consumed


def plan(units: str, code: str = CAR, **rest: object) -> UsePlan:
    return UsePlan("party:user", code, Decimal(units), date(2026, 1, 1), date(2027, 1, 1), **rest)


def two_suppliers(kg: float, code: str = CAR) -> Chain:
    chain = Chain()
    for maker in ("maker", "other"):
        lot = Line(f"m-{maker}", Decimal(str(kg)), "KGM", Decimal(str(kg)), line("x", 1, u_kg=3).mass_u, form="magnet")
        chain.source(maker, lot)
        chain.ship(maker, "user", line(f"m-{maker}", kg, u_kg=3), uses=(use(code),), document=maker)
        chain.receive("user", maker, line(f"m-{maker}", kg, u_kg=3), document=maker)
    return chain


def test_an_end_user_is_judged_over_all_its_suppliers():
    # 100 motors take 100 x 3.0 x 1.3 = 390 kg at most, 100 x 1.7 x 1.25 = 212.5 kg usually.
    assert codes(two_suppliers(391), plans=[plan("100")]) == ["use.beyond_need"]
    (one,) = found(two_suppliers(390), plans=[plan("100")])
    assert (one.problem.code, one.statistic) == ("use.above_need", pytest.approx(780 / 212.5))
    assert one.size_kg == pytest.approx(780 - 212.5)
    assert one.sd_kg == pytest.approx(18**0.5)
    assert one.parties == ("party:user", "party:maker", "party:other")
    assert codes(two_suppliers(159), plans=[plan("100")]) == []
    assert codes(two_suppliers(159), plans=[plan("100", stock_kg=Decimal(1))]) == ["use.above_need"]


def test_a_use_without_the_material_takes_none():
    (one,) = found(two_suppliers(10, "wind_no_magnet"), plans=[plan("5", "wind_no_magnet")])
    assert (one.problem.code, one.statistic) == ("use.beyond_need", float("inf"))


# Traders


def test_stock_of_a_trader_without_a_use_is_found_by_its_age():
    chain = Chain()
    deliver(chain, lot="magnet", to="shop", Nd=10, u=0.01)
    chain.ship("shop", "user", magnets("magnet", 30), uses=(use(CAR),), document="sale", hour=DAY)
    limit = START + timedelta(days=use_limits().trader_stock_days, hours=2)
    assert codes(chain, limit) == []
    (one,) = found(chain, limit + timedelta(days=1))
    assert (one.problem.code, one.site, one.size_kg) == ("use.trader_stock", "shop", pytest.approx(7.0))
    assert one.parties == ("party:shop", "party:maker")
    assert one.sd_kg == pytest.approx(0.07)


def test_stock_of_a_trader_with_a_use_is_no_finding():
    chain = Chain()
    deliver(chain, use(CAR), lot="magnet", to="shop", Nd=10)
    assert codes(chain, LATE) == []


# Laws


@st.composite
def honest(draw: st.DrawFn) -> Chain:
    """A supplier, several customers, whatever uses and quantities: all are used as declared or narrowed in time."""
    chain = Chain()
    for number in range(draw(st.integers(1, 5))):
        code = draw(st.sampled_from([CAR, WIND, "hdd", OPEN]))
        to = draw(st.sampled_from(["user", "other", "shop"]))
        lot = f"lot-{number}"
        mass = {"Nd": draw(st.floats(0.1, 100)), "u": draw(st.sampled_from([0.0, 0.01]))}
        deliver(chain, use(code), lot=lot, hour=number * 10, to=to, **mass)
        made_for = draw(st.sampled_from([CAR, WIND])) if code == OPEN else code
        used = draw(st.integers(0, 100))
        if to == "shop":
            chain.ship("shop", "user", magnets(lot, 100), uses=(use(made_for),), document=f"s-{lot}", hour=100)
            chain.receive("user", "shop", magnets(lot, 100), document=f"s-{lot}", hour=101)
        if used:
            site = "user" if to == "shop" else to
            made = [magnets(f"{lot}-motor", 1)]
            chain.step(site, [magnets(lot, used)], made, uses=(use(made_for),), hour=110, name=lot)
    return chain


@settings(deadline=None, max_examples=60)
@given(honest(), st.randoms(use_true_random=False))
def test_honest_chains_give_no_finding_and_the_order_of_arrival_changes_nothing(chain, pick):
    assert codes(chain) == []
    before = found(chain.book(traders()), LATE)
    pick.shuffle(chain.bundles)
    assert found(build_from_bundles(chain.bundles, traders()), LATE) == before


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 99), st.randoms(use_true_random=False))
def test_a_swap_of_any_part_is_found_whole_in_any_order_of_arrival(pieces, pick):
    chain = delivered(use(CAR))
    build(chain, use("military"), pieces=pieces)
    before = found(chain)
    pick.shuffle(chain.bundles)
    assert found(chain) == before
    assert before[0].size_kg == pytest.approx(pieces / 10)


# Words

FACTS = {
    "site": "Norrvik Separation Works", "shipper": "Skoghall Magnet Company", "customer": "Lindqvist Motor Company",
    "holder": "Baltic Metals Trading", "teller": "Lindqvist Motor Company", "receiver": "Harbour Components",
    "end_user": "Lindqvist Motor Company", "other": "Harbour Components", "supplier": "Skoghall Magnet Company",
    "use": "passenger-car traction motor", "told": "military use", "element": "neodymium", "period": "2026",
    "kg": "1234", "sd": "12.3", "days": "200", "needed": "390", "suppliers": "2", "start": "2026-01-01",
    "end": "2026-12-31",
}  # fmt: skip


KINDS = (
    "use.above_need", "use.beyond_need", "use.not_narrowed", "use.not_yet_known", "use.other_end_user",
    "use.realised_otherwise", "use.trader_stock", "use.untold",
)  # fmt: skip


@pytest.mark.parametrize("code", KINDS)
def test_each_kind_can_be_said_in_sixty_words_without_symbols(code):
    for language in LANGUAGES:
        text, cure = sentence(Problem(code, Where(), "", FACTS, Severity.FINDING), language)
        whole = f"{text} {cure}"
        assert "?" not in whole
        assert not set(whole) & set("=±%<>×σ≤≥–")
        assert all(FACTS[name] in text for name in ("site", "sd", "kg"))
        # Two characters make a Chinese word.
        assert len(re.findall(r"[^\W一-鿿][^\s一-鿿]*", whole)) + len(re.findall(r"[一-鿿]", whole)) / 2 <= 60
        causes = cure.split("：" if language == "zh" else ": ")[1].split("。" if language == "zh" else ".")[0]
        assert 1 <= len(causes.split("、" if language == "zh" else ",")) <= 3


def test_kilograms_have_four_digits_and_no_exponent():
    assert (figure(123456.7), figure(0.000012344), figure(0.0)) == ("123500", "0.00001234", "0")
