"""Use findings on small books: goods used as declared give none, each way of not doing so gives its own."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import START, Chain, line
from ytterby.balance.finding import Finding
from ytterby.balance.use_finding import figure, list_use_findings
from ytterby.balance.use_need import UsePlan
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.event import DeclaredUse
from ytterby.chain.party import Directory, Operation, Party, Site
from ytterby.chain.posting import Line
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.shell.site.packs import matter_tables, use_codes, use_limits
from ytterby.shell.wording import LANGUAGES, sentence
from ytterby.terms.problem import Problem, Severity, Where

DAY = 24
SOON = START + timedelta(days=30)
LATE = START + timedelta(days=500)
CAR, WIND, OPEN = "traction_motor_car", "wind_direct", "not_yet_known"


def use(code: str = CAR, share: str = "1", end_user: str | None = None) -> DeclaredUse:
    return DeclaredUse(Decimal(share), code, end_user)


def magnets(lot: str, pieces: float, **mass: float) -> Line:
    return line(lot, pieces, unit="H87", **mass)


def delivered(*uses: DeclaredUse, lot: str = "magnet", hour: float = 0, **mass: float) -> Chain:
    """A maker sends a hundred magnets with ten kilograms of neodymium to a user."""
    chain = Chain()
    deliver(chain, *uses, lot=lot, hour=hour, **(mass or {"Nd": 10, "u": 0.01}))
    return chain


def deliver(chain: Chain, *uses: DeclaredUse, lot: str, hour: float = 0, to: str = "user", **mass: float) -> None:
    chain.source("maker", magnets(lot, 100, **mass), hour=hour)
    chain.ship("maker", to, magnets(lot, 100), uses=uses, document=f"d-{lot}", hour=hour + 1)
    chain.receive(to, "maker", magnets(lot, 100), document=f"d-{lot}", hour=hour + 2)


def build(chain: Chain, *uses: DeclaredUse, lot: str = "magnet", pieces: float = 100, **rest: object) -> None:
    """The user builds motors and tells what for."""
    made = rest.pop("made", f"motor-{lot}-{len(chain.bundles)}")
    chain.step("user", [magnets(lot, pieces)], [magnets(made, 1)], uses=uses, **rest)


def traders() -> World:
    """A world in which the shop trades; its party has no role, its site says it."""
    sites = ("mine", "maker", "user", "other", "shop")
    kinds = {"shop": "trader"}
    return World(
        Directory(
            {f"party:{s}": Party(f"party:{s}", s) for s in sites},
            {s: Site(s, s, kinds.get(s, "other"), "XA", (Operation(f"party:{s}"),)) for s in sites},
        ),
        ProductList(),
        matter_tables(),
    )


def found(chain: Chain | Book, at: datetime = SOON, **rest: object) -> tuple[Finding, ...]:
    book = chain if isinstance(chain, Book) else chain.book(traders())
    return list_use_findings(book, at=at, codes=use_codes(), limits=use_limits(), **rest)


def codes(chain: Chain | Book, at: datetime = SOON, **rest: object) -> list[str]:
    return [one.problem.code for one in found(chain, at, **rest)]


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


def test_a_shipment_called_back_declared_nothing():
    chain = Chain()
    chain.source("maker", magnets("magnet", 100, Nd=10))
    chain.ship("maker", "user", magnets("magnet", 100), uses=(use(CAR),), document="d")
    chain.void("maker", magnets("magnet", 100), document="d")
    chain.step("maker", [magnets("magnet", 100)], [magnets("motor", 1)], uses=(use("military"),))
    assert codes(chain, LATE) == []


# Mixed goods


def pooled(told: dict[str, float], u: float = 0.01) -> Chain:
    """Sixty kilograms for cars and forty for wind go into one tank, of which so much is drawn for each use."""
    chain = Chain()
    for lot, code, kg in (("a", CAR, 60), ("b", WIND, 40)):
        chain.source("maker", line(lot, 100, Nd=kg, u=u))
        chain.ship("maker", "user", line(lot, 100), uses=(use(code),), document=lot)
        chain.receive("user", "maker", line(lot, 100), document=lot)
    chain.charge("user", "tank", line("a", 100), line("b", 100))
    for code, kg in told.items():
        chain.draw("user", "tank", line(f"m-{code}", 10, Nd=kg, u=u), uses=(use(code),))
    return chain


@pytest.mark.parametrize(
    "told",
    [{CAR: 60, WIND: 40}, {CAR: 60}, {WIND: 40}, {CAR: 30, WIND: 20}, {CAR: 45, WIND: 30}, {WIND: 40, CAR: 59}],
)
def test_a_pool_of_two_uses_that_may_have_come_true_is_no_finding_in_whatever_order(told):
    assert codes(pooled(told)) == []


def test_a_use_that_nobody_declared_is_proven_whatever_lies_in_the_pool():
    (one, other) = sorted(found(pooled({CAR: 50, WIND: 30, "military": 15})), key=lambda f: f.problem.facts["use"])
    assert {f.problem.code for f in (one, other)} == {"use.realised_otherwise"}
    assert {f.problem.facts["told"] for f in (one, other)} == {"military"}
    assert one.size_kg + other.size_kg == pytest.approx(15.0)
    assert one.size_kg / other.size_kg == pytest.approx(60 / 40)


def test_more_for_one_use_than_was_declared_for_it_is_found_only_beyond_measurement():
    (one,) = found(pooled({CAR: 40, WIND: 60}))
    assert (one.problem.facts["use"], one.problem.facts["told"]) == (CAR, WIND)
    assert one.size_kg == pytest.approx(20.0)
    # dM over the draws: (1 - s) 60 u and s 40 u; over the claims: s (1 - s) 100 u twice, with s = 0.4.
    parts = (0.6 * 60 * 0.01, 0.4 * 40 * 0.01, 0.24 * 100 * 0.01, 0.24 * 100 * 0.01)
    assert one.sd_kg == pytest.approx(sum(p * p for p in parts) ** 0.5)
    assert codes(pooled({CAR: 59, WIND: 41})) == []


def test_the_same_kilogram_is_found_where_measurement_is_good_enough_to_see_it():
    assert codes(pooled({CAR: 59, WIND: 41}, u=1e-4)) == ["use.realised_otherwise"]


def test_own_material_in_the_pool_may_have_gone_anywhere():
    chain = pooled({CAR: 40})
    chain.source("user", line("own", 100, Nd=30))
    chain.charge("user", "tank", line("own", 100))
    chain.draw("user", "tank", line("late", 10, Nd=25), uses=(use("military"),))
    assert codes(chain) == []
    chain.draw("user", "tank", line("later", 10, Nd=15), uses=(use("military"),))
    assert {one.problem.facts["told"] for one in found(chain)} == {"military"}
    assert sum(one.size_kg for one in found(chain)) == pytest.approx(10.0)


def test_a_lot_that_was_declared_for_two_uses_may_be_used_for_either_until_both_are_used_up():
    chain = delivered(use(CAR, "0.6"), use(WIND, "0.4"))
    build(chain, use(CAR), pieces=60)
    assert codes(chain) == []
    build(chain, use(WIND), pieces=40)
    assert codes(chain, LATE) == []
    chain = delivered(use(CAR, "0.6"), use(WIND, "0.4"))
    build(chain, use(WIND), pieces=100)
    (one,) = found(chain)
    assert (one.problem.facts["use"], one.size_kg) == (CAR, pytest.approx(6.0))


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
def test_honest_chains_give_no_finding_and_the_order_of_arrival_changes_nothing(chain, random):
    assert codes(chain) == []
    before = found(chain.book(traders()), LATE)
    random.shuffle(chain.bundles)
    assert found(build_from_bundles(chain.bundles, traders()), LATE) == before


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 99), st.randoms(use_true_random=False))
def test_a_swap_of_any_part_is_found_whole_in_any_order_of_arrival(pieces, random):
    chain = delivered(use(CAR))
    build(chain, use("military"), pieces=pieces)
    before = found(chain)
    random.shuffle(chain.bundles)
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
