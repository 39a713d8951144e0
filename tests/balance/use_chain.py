"""Small chains for tests of uses: a maker sends magnets under declared uses, users build and tell what for."""

from datetime import datetime, timedelta
from decimal import Decimal

from chain.chain_of import START, Chain, line
from ytterby.balance.finding import Finding
from ytterby.balance.use_finding import list_use_findings
from ytterby.chain.book import Book
from ytterby.chain.event import DeclaredUse
from ytterby.chain.party import Directory, Operation, Party, Site
from ytterby.chain.posting import Line
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.shell.site.packs import matter_tables, use_codes, use_limits

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
