"""Traders' stock without a use: oldest goods leave first, and the age is that of the holder's first day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chain.chain_of import START, Chain, content, line
from ytterby.balance.trader_stock import TraderStock, trader_stock
from ytterby.balance.use_flow import follow_uses
from ytterby.chain.event import DeclaredUse
from ytterby.chain.party import Directory, Operation, Party, Site
from ytterby.chain.posting import Dispatch
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.matter.element import POSITION
from ytterby.shell.site.packs import matter_tables, use_limits

AT = START + timedelta(days=100)
DAY = 24


def world() -> World:
    sites = {"maker": "magnet", "shop": "trader", "depot": "warehouse", "user": "other"}
    roles = {"party:roled": frozenset({"trader"})}
    parties = {f"party:{s}": Party(f"party:{s}", s) for s in sites}
    parties |= {p: Party(p, p, roles=r) for p, r in roles.items()}
    return World(
        Directory(parties, {s: Site(s, s, kind, "XA", (Operation(f"party:{s}"),)) for s, kind in sites.items()}),
        ProductList(),
        matter_tables(),
    )


def stock(chain: Chain) -> tuple[TraderStock, ...]:
    book = chain.book(world())
    return trader_stock(book, follow_uses(book, use_limits().waste_forms), at=AT)


def buy(chain: Chain, kg: int, day: int, *, to: str = "shop", uses: tuple[DeclaredUse, ...] = ()) -> None:
    chain.source("maker", line("alloy", kg, Nd=kg / 2, u=0.01), hour=day * DAY, name=str(day))
    chain.ship("maker", to, line("alloy", kg), document=f"d{day}", hour=day * DAY + 1, uses=uses)
    chain.receive(to, "maker", line("alloy", kg), document=f"d{day}", hour=day * DAY + 2)


def test_oldest_goods_leave_first_so_that_the_youngest_are_left():
    chain = Chain()
    buy(chain, 100, 10)
    buy(chain, 50, 40)
    chain.ship("shop", "user", line("alloy", 120), document="sale", hour=60 * DAY)
    (left,) = stock(chain)
    assert (left.days, left.net_kg, left.holder, left.supplier) == (59, Decimal(30), "party:shop", "party:maker")
    assert left.since == START + timedelta(days=40, hours=2)
    assert left.content.mass_kg[POSITION["Nd"]] == pytest.approx(15.0)
    assert left.content.u_kg[POSITION["Nd"]] == pytest.approx(0.15)


def test_each_parcel_has_its_own_age_oldest_first():
    chain = Chain()
    buy(chain, 50, 40)
    buy(chain, 100, 10)
    assert [(row.days, row.net_kg) for row in stock(chain)] == [(89, Decimal(100)), (59, Decimal(50))]


def test_goods_that_move_between_the_traders_sites_or_change_owner_keep_their_age():
    chain = Chain()
    buy(chain, 100, 10)
    chain.sell("shop", "party:client", line("alloy", 100), hour=20 * DAY)
    chain.add(Dispatch, "shop", lines=(line("alloy", 100),), to_site="depot", to_holder="party:shop", to_owner=None,
              document="own", hour=30 * DAY)  # fmt: skip
    chain.receive("depot", "shop", line("alloy", 100), document="own", hour=31 * DAY, holder="party:shop")
    assert [(row.site, row.days) for row in stock(chain)] == [("depot", 89)]
    chain = Chain()
    buy(chain, 100, 10)
    chain.sell("shop", "party:client", line("alloy", 100), hour=20 * DAY)
    assert [row.days for row in stock(chain)] == [89]


def test_a_trader_by_role_trades_wherever_the_goods_lie():
    chain = Chain()
    chain.source("maker", line("alloy", 10, Nd=5), hour=DAY)
    chain.ship("maker", "depot", line("alloy", 10), document="d", hour=2 * DAY)
    chain.receive("depot", "maker", line("alloy", 10), document="d", hour=3 * DAY, holder="party:roled")
    assert [(row.holder, row.site, row.days) for row in stock(chain)] == [("party:roled", "depot", 97)]


def test_makers_and_users_hold_no_traders_stock():
    chain = Chain()
    buy(chain, 100, 10, to="user")
    buy(chain, 100, 11, to="depot")
    assert stock(chain) == ()


def test_what_a_trader_made_for_a_use_has_one():
    chain = Chain()
    buy(chain, 100, 10)
    chain.step("shop", [line("alloy", 60)], [line("kit", 60)], uses=[DeclaredUse(Decimal(1), "hdd")], hour=11 * DAY)
    chain.step("shop", [line("alloy", 30)], [line("bare", 30)], hour=12 * DAY)
    assert [(row.lot, row.net_kg) for row in stock(chain)] == [("alloy", Decimal(10)), ("bare", Decimal(30))]


def test_of_goods_declared_in_part_the_rest_is_without_a_use():
    chain = Chain()
    buy(chain, 100, 10, uses=(DeclaredUse(Decimal("0.25"), "hdd"),))
    (row,) = stock(chain)
    assert row.net_kg == Decimal("75.00")
    assert row.content.mass_kg == pytest.approx(content(Nd=37.5).mass_kg)
    chain = Chain()
    buy(chain, 100, 10, uses=(DeclaredUse(Decimal(1), "hdd"),))
    assert stock(chain) == ()
