"""Declared beside realised use: shipped is exact, every claimed kilogram is somewhere, mixtures are fair."""

import random
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import START, Chain, line, world
from chain.test_conservation import SITES, history
from chain.test_sample import WORLD, entries
from ytterby.balance.use import AccountKey, Link, account_uses, shipped_by_use
from ytterby.balance.use_finding import list_use_findings
from ytterby.balance.use_flow import UseFlow, follow_uses, said_of
from ytterby.chain.book import Book, build_book, build_from_bundles
from ytterby.chain.destination import NOT_YET_KNOWN
from ytterby.chain.event import DeclaredUse
from ytterby.chain.order import Bundle
from ytterby.chain.posting import Dispatch, PoolOut, Posting, Step
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.shell.site.packs import use_codes, use_limits

CODES = ("traction_motor_car", "wind_direct", "military", NOT_YET_KNOWN)
LATER = START + timedelta(days=1000)
seeds = st.integers(0, 10**9)
# Where a whole is cut: the parts are exact and come to the last cut.
cuts = st.lists(st.integers(0, 10**6), max_size=4).map(sorted)


def flow_of(book: Book) -> UseFlow:
    return follow_uses(book, use_limits().waste_forms)


def declared_at_random(seed: int) -> list[Bundle]:
    """Return a random history whose shipments, steps and draws name uses at random, some of them several or none."""
    pick = random.Random(seed)

    def uses() -> tuple[DeclaredUse, ...]:
        left, found = Decimal(1), []
        for _ in range(pick.choice((0, 1, 1, 2))):
            share = pick.choice((left, left / 2, left / 4))
            user = pick.choice((None, None, *(f"party:{site}" for site in SITES)))
            found.append(DeclaredUse(share, pick.choice(CODES), user))
            left -= share
        return tuple(found)

    def with_uses(posting: Posting) -> Posting:
        return (
            msgspec.structs.replace(posting, uses=uses()) if isinstance(posting, Dispatch | Step | PoolOut) else posting
        )

    return [bundle._replace(postings=tuple(map(with_uses, bundle.postings))) for bundle in history(seed).bundles]


def shipped(amount: Decimal, uses: list[DeclaredUse], mass: float) -> Book:
    chain = Chain()
    chain.source("maker", line("a", str(amount), Nd=mass, Dy=mass / 7))
    chain.ship("maker", "user", line("a", str(amount)), uses=uses, document="d")
    return chain.book()


# What was shipped


@given(cuts, st.decimals("0.001", 10**6, places=3), st.floats(1e-6, 1e6))
def test_declared_and_open_are_what_was_shipped_exactly(ends, amount, mass):
    parts = [Decimal(end - start) / 10**6 for start, end in pairwise([0, *ends])]
    uses = [DeclaredUse(share, code) for share, code in zip(parts, CODES, strict=False)]
    (table,) = shipped_by_use(shipped(amount, uses, mass)).values()
    by_use = table.by_use.values()
    assert sum((row.amounts["KGM"] for row in by_use), Fraction(0)) == table.whole.amounts["KGM"] == Fraction(amount)
    assert sum((row.net_kg for row in by_use), Fraction(0)) == table.whole.net_kg
    for element in ("Nd", "Dy"):
        assert sum((row.element_kg[element] for row in by_use), Fraction(0)) == table.whole.element_kg[element]
    assert table.whole.element_kg["Nd"] == Fraction(mass)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_of_any_history_declared_and_open_are_what_was_shipped_exactly(seed):
    for table in shipped_by_use(build_from_bundles(declared_at_random(seed), world(*SITES))).values():
        for unit, whole in table.whole.amounts.items():
            assert sum(row.amounts.get(unit, Fraction(0)) for row in table.by_use.values()) == whole
        for element, whole in table.whole.element_kg.items():
            assert sum(row.element_kg.get(element, Fraction(0)) for row in table.by_use.values()) == whole


def test_pieces_are_counted_and_weigh_nothing_where_their_mass_is_not_known():
    chain = Chain()
    chain.source("maker", line("m", 100, unit="H87", Nd=10))
    chain.ship("maker", "user", line("m", 80, unit="H87"), uses=[DeclaredUse(Decimal("0.25"), "hdd")], document="d")
    chain.ship("maker", "user", line("m", 20, unit="H87"), document="e")
    ((link, table),) = shipped_by_use(chain.book()).items()
    assert link == Link("party:maker", "party:user", 2026)
    assert table.whole.amounts == {"H87": 100}
    assert {code: row.amounts["H87"] for code, row in table.by_use.items()} == {"hdd": 20, NOT_YET_KNOWN: 80}
    assert table.whole.net_kg is None


def test_what_was_called_back_or_went_to_oneself_was_not_shipped():
    chain = Chain()
    chain.source("maker", line("a", 100, Nd=10))
    chain.ship("maker", "user", line("a", 40), document="d")
    chain.void("maker", line("a", 40), document="d")
    chain.add(Dispatch, "maker", lines=(line("a", 10),), to_site="user", to_holder="party:maker", to_owner=None,
              document="own")  # fmt: skip
    assert shipped_by_use(chain.book()) == {}


# What came of it


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_every_kilogram_under_a_claim_is_told_waste_lost_or_at_rest(seed):
    book = build_from_bundles(declared_at_random(seed), world(*SITES))
    flow = flow_of(book)
    sums = {claim: np.zeros(len(ELEMENTS)) for claim in flow.declared}
    for telling in flow.tellings:
        sums[telling.claim] = sums[telling.claim] + telling.mass_kg
    for rest in flow.rests:
        if rest.carried.wants_use:
            sums[rest.carried.claim] = sums[rest.carried.claim] + rest.mass_kg
    for ended in (flow.waste_kg, flow.lost_kg):
        for claim, kg in ended.items():
            sums[claim] = sums[claim] + kg
    for claim, declared in flow.declared.items():
        assert sums[claim] == pytest.approx(declared.mass_kg, rel=1e-9, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_no_kilogram_waits_under_two_claims(seed):
    book = build_from_bundles(declared_at_random(seed), world(*SITES))
    at_rest: dict[int, float] = {}
    for rest in flow_of(book).rests:
        if rest.carried.wants_use:
            at_rest[rest.node] = at_rest.get(rest.node, 0.0) + float(rest.mass_kg.sum())
    for index, kg in at_rest.items():
        node = book.nodes[index]
        assert kg <= float((node.mass_kg * node.left_weight).sum()) * (1 + 1e-9) + 1e-9 or node.left < 0


@settings(max_examples=60, deadline=None)
@given(seeds, seeds)
def test_accounts_and_findings_are_a_matter_of_the_set(seed, other):
    bundles = declared_at_random(seed)
    shuffled = bundles.copy()
    random.Random(other).shuffle(shuffled)
    told = [
        list_use_findings(build_from_bundles(order, world(*SITES)), at=LATER, codes=use_codes(), limits=use_limits())
        for order in (bundles, shuffled)
    ]
    assert told[0] == told[1]


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_what_is_proven_is_never_more_than_what_was_traced(seed):
    book = build_from_bundles(declared_at_random(seed), world(*SITES))
    for account in account_uses(book, flow_of(book), at=LATER, limits=use_limits()):
        for code, proven in account.otherwise.items():
            assert code != account.key.use_code
            traced = account.realised_kg[code]
            assert (proven.mass_kg <= traced * (1 + 1e-9) + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(CODES[:3]), st.floats(1, 100)), min_size=1, max_size=4),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.permutations(range(4)),
)
def test_a_pool_whose_draws_keep_to_what_was_declared_proves_nothing_whatever_the_order(charges, parts, order):
    chain = Chain()
    for number, (code, kg) in enumerate(charges):
        lot = f"lot-{number}"
        chain.source("maker", line(lot, 100, Nd=kg))
        chain.ship("maker", "user", line(lot, 100), uses=[DeclaredUse(Decimal(1), code)], document=lot)
        chain.receive("user", "maker", line(lot, 100), document=lot)
        chain.charge("user", "tank", line(lot, 100))
    for number in order:
        if number < len(charges) and parts[number] > 0.01:
            code, kg = charges[number]
            drawn = line(f"m-{number}", 10, Nd=kg * parts[number])
            chain.draw("user", "tank", drawn, uses=[DeclaredUse(Decimal(1), code)])
    book = chain.book()
    accounts = account_uses(book, flow_of(book), at=LATER, limits=use_limits())
    assert all(account.difference("Nd").size_kg <= 1e-6 for account in accounts)


@pytest.mark.parametrize("mass", [0.1, 0.7, 1.1, 2.3, 5.9, 7.7, 10.1, 33.3])
def test_thirds_of_a_shipment_leave_nothing_over_that_would_be_unknown_when_it_is_sent_on(mass):
    chain = Chain()
    third = Decimal(1) / 3
    chain.source("maker", line("a", 90, Nd=mass, Dy=mass / 7))
    uses = [DeclaredUse(third, "hdd"), DeclaredUse(third, "lift"), DeclaredUse(third, "e_bike")]
    chain.ship("maker", "user", line("a", 90), uses=uses, document="d")
    chain.receive("user", "maker", line("a", 90), document="d")
    chain.ship("user", "plant", line("a", 70), uses=[DeclaredUse(Decimal(1), NOT_YET_KNOWN)], document="e")
    flow = flow_of(chain.book())
    assert sorted(claim.use_code for claim in flow.declared) == ["e_bike", "hdd", "lift"]
    assert flow.unnarrowed == []


def test_an_account_says_what_came_true_what_did_not_and_what_is_open():
    chain = Chain()
    chain.source("maker", line("m", 100, unit="H87", Nd=10, u=0.01))
    chain.ship("maker", "user", line("m", 100, unit="H87"), uses=[DeclaredUse(Decimal(1), "hdd")], document="d")
    chain.receive("user", "maker", line("m", 100, unit="H87"), document="d")
    for pieces, code in ((50, "hdd"), (20, "military")):
        made = [line(f"p-{code}", 1, unit="H87")]
        chain.step("user", [line("m", pieces, unit="H87")], made, uses=[DeclaredUse(Decimal(1), code)])
    chain.lose("user", line("m", 5, unit="H87"))
    book = chain.book()
    (account,) = account_uses(book, flow_of(book), at=LATER, limits=use_limits())
    nd = POSITION["Nd"]
    assert account.key == AccountKey("party:maker", "party:user", "user", 2026, "hdd", "")
    assert {code: kg[nd] for code, kg in account.realised_kg.items()} == pytest.approx({"hdd": 5.0, "military": 2.0})
    assert (account.lost_kg[nd], account.open_kg[nd]) == pytest.approx((0.5, 2.5))
    difference = account.difference("Nd")
    assert difference == pytest.approx((2.0, 0.2, 0.02, 100.0))
    assert account.difference("Dy") == (0.0, 0.0, 0.0, 0.0)


def test_systematic_errors_of_one_laboratory_cancel_between_what_came_and_what_was_told():
    def accounts(group: str) -> float:
        chain = Chain()
        for lot, code in (("a", "hdd"), ("b", "lift")):
            chain.source("maker", _assayed(lot, 50.0, "laboratory"))
            chain.ship("maker", "user", line(lot, 100), uses=[DeclaredUse(Decimal(1), code)], document=lot)
            chain.receive("user", "maker", line(lot, 100), document=lot)
        chain.charge("user", "tank", line("a", 100), line("b", 100))
        for code, kg in (("hdd", 40.0), ("lift", 60.0)):
            chain.draw("user", "tank", _assayed(f"m-{code}", kg, group), uses=[DeclaredUse(Decimal(1), code)])
        book = chain.book()
        found = account_uses(book, flow_of(book), at=LATER, limits=use_limits())
        (one,) = (account for account in found if account.otherwise)
        return one.difference("Nd").sd_kg

    # d(R - U) = (0.5 x 60 - 0.5 x 40) 2 % of a common draw bias, and nothing of a common bias of the claims.
    assert accounts("other laboratory") == pytest.approx(0.2)
    assert accounts("laboratory") == pytest.approx(0.2)


def _assayed(lot: str, kg: float, group: str):
    one = line(lot, 100, Nd=kg)
    content = one.content
    by_group = {group: content.mass_kg * 0.02}
    return msgspec.structs.replace(
        one, content=type(content)(content.mass_kg, content.random_kg, by_group, assumed=False)
    )


def test_what_is_not_yet_known_is_not_said():
    uses = (DeclaredUse(Decimal("0.25"), "hdd", "e"), DeclaredUse(Decimal("0.5"), NOT_YET_KNOWN))
    assert said_of(uses) == {("hdd", "e"): 0.25}
    assert said_of(()) == {}


def test_of_the_sample_three_motors_came_true_and_nothing_is_a_finding():
    book = build_book(entries(), WORLD)
    flow = flow_of(book)
    (account,) = account_uses(book, flow, at=LATER, limits=use_limits())
    kg = 0.045 * 0.2316015
    nd = POSITION["Nd"]
    assert account.declared.mass_kg[nd] == pytest.approx(20_000 * kg, rel=1e-9)
    assert account.realised_kg["traction_motor_car"][nd] == pytest.approx(144 * kg, rel=1e-9)
    assert account.open_kg[nd] == pytest.approx((20_000 - 144) * kg, rel=1e-9)
    assert list_use_findings(book, at=LATER, codes=use_codes(), limits=use_limits()) == ()
