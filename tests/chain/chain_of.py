"""Small chains for tests: postings without documents, in a few words each."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.event import DeclaredUse
from ytterby.chain.order import Bundle
from ytterby.chain.party import Directory, Operation, Party, Site, make_directory
from ytterby.chain.posting import (
    Dispatch,
    Line,
    Loss,
    Pack,
    PoolIn,
    PoolOut,
    Posting,
    Receipt,
    Source,
    Step,
    StockTake,
    TitleTransfer,
    Void,
)
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.matter.mass import ElementMass, MassUncertainty
from ytterby.shell.site.packs import matter_tables

START = datetime(2026, 1, 1, tzinfo=UTC)


def directory(*sites: str, customs: Sequence[str] = ()) -> Directory:
    """Return a directory in which site S is run by party S."""
    return make_directory(
        [Party(f"party:{s}", s) for s in (*sites, *customs)],
        [
            Site(s, s, "customs" if s in customs else "other", "XA", (Operation(f"party:{s}"),))
            for s in (*sites, *customs)
        ],
    )


def world(*sites: str, products: ProductList | None = None, customs: Sequence[str] = ()) -> World:
    """Return a world of these sites."""
    return World(directory(*sites, customs=customs), products or ProductList(), matter_tables())


def content(u: float = 0.0, **mass_kg: float) -> ElementMass:
    """Return element masses, each with the same relative random uncertainty u."""
    mass = np.zeros(len(ELEMENTS))
    for element, kg in mass_kg.items():
        mass[POSITION[element]] = kg
    return ElementMass(mass_kg=mass, random_kg=mass * u, groups={}, assumed=False)


def line(
    lot: str, amount: float | str | None = "1", *, unit: str = "KGM", u_kg: float = 0.0, u: float = 0.0, **mass: float
) -> Line:
    """Return a line of a lot; element masses as keywords make it assayed."""
    exact = None if amount is None else Decimal(str(amount))
    return Line(
        lot=lot,
        amount=exact,
        unit=unit,
        net_kg=exact if unit == "KGM" else None,
        mass_u=MassUncertainty(random_kg=u_kg, groups={}, assumed=False),
        content=content(u, **mass) if mass else None,
    )


class Chain:
    """Postings one after another, an hour apart unless a time is given."""

    def __init__(self) -> None:
        self.bundles: list[Bundle] = []
        self.hour = 0

    def add(
        self, kind: type[Posting], site: str, *, hour: float | None = None, name: str = "", **fields: object
    ) -> bytes:
        """Add one posting; return its digest, which follows from its content."""
        self.hour += 1
        at = START + timedelta(hours=self.hour if hour is None else hour)
        digest = hashlib.sha256(f"{kind.__name__}|{site}|{at}|{name}|{fields}".encode()).digest()
        head = {
            "digest": digest,
            "event_id": f"event:{len(self.bundles)}",
            "at": at,
            "site": site,
            "holder": fields.pop("holder", f"party:{site}"),
            "owner": fields.pop("owner", ""),
            "submitter": f"party:{site}",
        }
        self.bundles.append(Bundle(digest, (kind(**head, **fields),)))
        return digest

    def source(self, site: str, *lines: Line, **rest: object) -> bytes:
        return self.add(Source, site, lines=lines, origin=rest.pop("origin", "extraction"), **rest)

    def step(self, site: str, inputs: Iterable[Line], outputs: Iterable[Line], **rest: object) -> bytes:
        return self.add(Step, site, inputs=tuple(inputs), outputs=tuple(outputs), **rest)

    def ship(
        self,
        site: str,
        to: str,
        *lines: Line,
        document: str | None = None,
        uses: Sequence[DeclaredUse] = (),
        **rest: object,
    ) -> bytes:
        return self.add(
            Dispatch,
            site,
            lines=lines,
            to_site=to,
            to_holder=f"party:{to}",
            to_owner=rest.pop("to_owner", f"party:{to}"),
            document=document,
            uses=tuple(uses),
            **rest,
        )

    def receive(
        self, site: str, source: str | None, *lines: Line, document: str | None = None, **rest: object
    ) -> bytes:
        holder = f"party:{source}" if source else None
        return self.add(Receipt, site, lines=lines, from_site=source, from_holder=holder, document=document, **rest)

    def charge(self, site: str, pool: str, *lines: Line, rule: str = "proportional", **rest: object) -> bytes:
        return self.add(PoolIn, site, pool=pool, rule=rule, lines=lines, **rest)

    def draw(self, site: str, pool: str, *lines: Line, rule: str = "proportional", **rest: object) -> bytes:
        return self.add(PoolOut, site, pool=pool, rule=rule, lines=lines, **rest)

    def count(self, site: str, *lines: Line, **rest: object) -> bytes:
        return self.add(StockTake, site, lines=lines, **rest)

    def lose(self, site: str, *lines: Line, **rest: object) -> bytes:
        return self.add(Loss, site, lines=lines, **rest)

    def sell(self, site: str, to: str, *lines: Line, **rest: object) -> bytes:
        return self.add(TitleTransfer, site, lines=lines, to_owner=to, **rest)

    def void(self, site: str, *lines: Line, document: str | None = None, **rest: object) -> bytes:
        return self.add(Void, site, lines=lines, document=document, **rest)

    def pack(self, site: str, container: str, *lines: Line, **rest: object) -> bytes:
        return self.add(Pack, site, container=container, lines=lines, **rest)

    def book(self, in_world: World | None = None) -> Book:
        """Return the book of what was added."""
        return build_from_bundles(self.bundles, in_world or world("mine", "plant", "maker", "user"))


def findings(book: Book) -> list[tuple[str, str, str]]:
    """Return code, lot and site of each finding."""
    return [(f.code, f.lot, f.site) for f in book.findings]


DAY = date(2026, 1, 1)
