"""Whether goods hold an element, or more of some than a limit, as far as the uncertainty of the figures lets tell.

All comparisons are of decimals in wt%. A figure within k u of a limit (coverage factor k, standard uncertainty u) is
neither above nor below it. Source of k: GUM, JCGM 100:2008, 6.2.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from ytterby.law.goods import Goods


class Side(Enum):
    """On which side of a limit a figure lies."""

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"


class Content(NamedTuple):
    """The content of some elements together, wt%, with its standard uncertainty."""

    value: Decimal
    u: Decimal

    def side_of(self, limit: Decimal, k: Decimal) -> Side:
        """Return on which side of a limit it lies; `within` also where it is the limit exactly."""
        if abs(self.value - limit) <= k * self.u:
            return Side.WITHIN
        return Side.ABOVE if self.value > limit else Side.BELOW


def content_of(goods: Goods, elements: Iterable[str]) -> Content:
    """Return the content of some elements together; uncertainties of different elements are taken as independent."""
    names = [name for name in elements if name in goods.elements]
    value = sum((goods.elements[name] for name in names), Decimal(0))
    squares = sum((goods.u.get(name, Decimal(0)) ** 2 for name in names), Decimal(0))
    return Content(value, squares.sqrt())


def presence_of(goods: Goods, element: str, k: Decimal) -> Side:
    """Return whether goods hold an element at all: above nothing, not to be told from nothing, or below (not named)."""
    if element not in goods.elements:
        # A formula or a system names it without a figure; what nobody names is taken as absent.
        return Side.ABOVE if element in goods.named else Side.BELOW
    content = content_of(goods, (element,))
    if content.value == 0:
        return Side.BELOW
    return content.side_of(Decimal(0), k)


class Parts(NamedTuple):
    """The system of goods: the elements that belong to it, those that may, and whether some may be unnamed."""

    sure: frozenset[str]
    perhaps: frozenset[str]
    impurities: frozenset[str]
    is_whole: bool


def system_of(goods: Goods, impurity: Decimal, k: Decimal) -> Parts:
    """Return the system: what was declared and every element of `impurity` wt% or more.

    Without a declared system it is only whole if what is not stated is less than an impurity could be.
    """
    declared = goods.system or frozenset()
    sides = {symbol: content_of(goods, (symbol,)).side_of(impurity, k) for symbol in goods.elements}
    # Exactly the limit belongs to it: "or more".
    sure = {
        s for s, side in sides.items() if side is Side.ABOVE or (goods.elements[s] == impurity and not goods.u.get(s))
    }
    perhaps = {s for s, side in sides.items() if side is Side.WITHIN} - sure
    if not goods.elements and goods.system is None:
        sure = set(goods.formula)
    rest = Decimal(100) - sum(goods.elements.values(), Decimal(0))
    return Parts(
        sure=declared | sure,
        perhaps=frozenset(perhaps - declared),
        impurities=frozenset(goods.elements.keys() - sure - perhaps - declared),
        is_whole=goods.system is not None or not goods.elements or rest < impurity,
    )
