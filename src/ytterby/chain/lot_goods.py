"""Lots and products as goods that law can be asked about: their form, composition in wt%, type of magnet, built in.

A form of the chain is a form of goods by a table; of what has none there (tailings, slag, scrap) no law of goods is
asked. Contents are as assayed, exact, with their standard uncertainties; what was not assayed is taken as absent, as
for any goods. Nobody states the type of a magnet in an event: it is told from which rare earths prevail.
"""

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from ytterby.law.condition import Facts
from ytterby.law.goods import Goods
from ytterby.matter.assay import Assay
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass

# mg/kg to wt%, as a power of ten.
_TO_PERCENT = -4
# What packs call the type of a magnet among the facts.
MAGNET = "magnet"
_BUILT_IN = {"yes": True, "no": False, "": None}
# Forms of goods that are of one type of magnet or another.
_OF_MAGNETS = frozenset({"magnet", "assembly"})


class FormOfGoods(NamedTuple):
    """What a form of the chain is called among goods, and whether such goods are built in (None: not told)."""

    goods: str
    built_in: bool | None


class MagnetType(NamedTuple):
    """A type of magnet, and of which elements more than a share of its rare earths is."""

    name: str
    elements: frozenset[str]
    share: Decimal


class GoodsTables(NamedTuple):
    """Forms by the chain's name, and types of magnets."""

    forms: Mapping[str, FormOfGoods]
    magnets: tuple[MagnetType, ...]


def read_goods_tables(forms_csv: str, magnets_csv: str) -> GoodsTables:
    """Return the tables of `goods_forms.csv` and `magnet_types.csv`.

    Raises:
        KeyError: a row lacks a field, or says otherwise than yes, no or nothing.
    """
    forms = {
        row["form"]: FormOfGoods(row["goods"], _BUILT_IN[row["built_in"]])
        for row in csv.DictReader(forms_csv.splitlines())
    }
    magnets = tuple(
        MagnetType(row["magnet_type"], frozenset(row["elements"].split()), Decimal(row["share"]))
        for row in csv.DictReader(magnets_csv.splitlines())
    )
    return GoodsTables(forms, magnets)


def goods_of(form: str | None, assays: Iterable[Assay], tables: GoodsTables) -> Goods | None:
    """Return goods of a form with what was assayed of them; None of a form that law does not speak of as goods."""
    known = tables.forms.get(form or "")
    if known is None:
        return None
    rows = list(assays)
    elements = {one.element: one.milligram_per_kilogram.scaleb(_TO_PERCENT) for one in rows}
    u = {one.element: one.standard_uncertainty.scaleb(_TO_PERCENT) for one in rows if one.standard_uncertainty}
    return Goods(
        form=known.goods,
        elements=elements,
        u=u,
        system=None,
        magnet_type=magnet_type_of(elements, tables) if known.goods in _OF_MAGNETS else None,
        built_in=known.built_in,
        formula=frozenset(),
        hs="",
        not_used=(),
    )


def magnet_type_of(elements: Mapping[str, Decimal], tables: GoodsTables) -> str | None:
    """Return the type of magnet whose rare earths prevail; None where those of none do."""
    rare = {symbol: content for symbol, content in elements.items() if symbol in ELEMENTS}
    whole = sum(rare.values(), Decimal(0))
    for one in tables.magnets:
        held = sum((content for symbol, content in rare.items() if symbol in one.elements), Decimal(0))
        if whole > 0 and held > one.share * whole:
            return one.name
    return None


def facts_of(goods: Goods) -> Facts:
    """Return the facts that rules ask for and goods tell by themselves: of magnets their type."""
    return {} if goods.magnet_type is None else {MAGNET: (goods.magnet_type,)}


def assays_of_content(content: ElementMass, net_kg: Decimal) -> tuple[Assay, ...]:
    """Return what goods hold as assays, where nobody assayed them and their content is known from what they are of.

    Parts of the uncertainty that a laboratory's work has in common are added within an element as independent.
    """
    if net_kg <= 0:
        return ()
    squares = content.random_kg**2 + sum((sd**2 for sd in content.groups.values()), np.zeros(len(ELEMENTS)))
    found = []
    for symbol, kg, u_kg in zip(ELEMENTS, content.mass_kg, np.sqrt(squares), strict=True):
        if kg > 0:
            mass, u = (Decimal(repr(float(one))) / net_kg * 1_000_000 for one in (kg, u_kg))
            found.append(Assay(symbol, mass, u or None))
    return tuple(found)
