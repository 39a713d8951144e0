"""Whether goods are what one part of an item says: yes, no, somebody has to be asked, or the part was not read."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from ytterby.law.book import COVERAGE, IMPURITY
from ytterby.law.form import METAL
from ytterby.law.goods import Goods
from ytterby.law.item import Item, Parameter, Part, System
from ytterby.law.presence import Content, Parts, Side, content_of, presence_of, system_of
from ytterby.law.said import Said


class Match(Enum):
    """What comes of one part."""

    YES = "yes"
    ASK = "ask"
    UNKNOWN = "unknown"
    NO = "no"


class PartMatch(NamedTuple):
    """What comes of a part, why, the parameter that it rests on, and the figure beside that parameter's limit."""

    match: Match
    said: Said
    parameter: Parameter | None = None
    beside: "Beside | None" = None


class Beside(NamedTuple):
    """A figure beside the limit that frees or holds: elements, wt%, its u and the coverage factor."""

    elements: tuple[str, ...]
    value: Decimal
    u: Decimal
    limit: Decimal
    k: Decimal
    parameter: str


Parameters = Mapping[str, Parameter]
_ORDER = tuple(Match)


def match_part(part: Part, item: Item, goods: Goods, parameters: Parameters) -> PartMatch | None:
    """Return what comes of a part; None where it does not speak of goods of this form."""
    if goods.form not in part.forms:
        return None
    if part.how == "ask":
        return PartMatch(Match.ASK, Said("composition_does_not_tell"))
    kind = _magnet_kind(part, goods)
    if kind is Match.NO:
        return PartMatch(
            Match.NO, Said("other_magnet_type", {"type": goods.magnet_type or "", "wanted": _listed(part.magnet_types)})
        )
    if part.how == "always":
        return _always(item, goods, kind)
    if not goods.is_composition_known:
        return PartMatch(Match.UNKNOWN, Said("composition_missing"))
    k = parameters[COVERAGE].value
    sides = {element: presence_of(goods, element, k) for element in item.elements}
    if all(side is Side.BELOW for side in sides.values()):
        return PartMatch(Match.NO, Said("element_absent", {"elements": ", ".join(item.elements)}))
    if part.how == "unread":
        return PartMatch(Match.UNKNOWN, Said("not_read", {"form": goods.form, "elements": ", ".join(item.elements)}))
    if part.how == "system":
        return _system(part, item, goods, parameters)
    found = _contains(part, sides, goods, parameters)
    if kind is Match.ASK and found.match is Match.YES:
        return PartMatch(Match.ASK, Said("magnet_type_missing", {"wanted": _listed(part.magnet_types)}))
    return found


def match_item(item: Item, goods: Goods, parameters: Parameters) -> list[tuple[Part, PartMatch]]:
    """Return what comes of each part of an item that speaks of goods of this form."""
    found = ((part, match_part(part, item, goods, parameters)) for part in item.parts)
    return [(part, match) for part, match in found if match is not None]


def best_match(tried: Iterable[tuple[Part, PartMatch]]) -> tuple[Part, PartMatch]:
    """Return the part that matches best: yes before ask, before unknown, before no."""
    return min(tried, key=lambda one: _ORDER.index(one[1].match))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _magnet_kind(part: Part, goods: Goods) -> Match:
    """Return whether the goods are of a type of magnet that a part speaks of; ASK where the type was not stated."""
    if not part.magnet_types:
        return Match.YES
    if goods.magnet_type is None:
        return Match.ASK
    return Match.YES if goods.magnet_type in part.magnet_types else Match.NO


def _always(item: Item, goods: Goods, kind: Match) -> PartMatch:
    if kind is Match.YES:
        return PartMatch(Match.YES, Said("kind_of_goods", {"type": goods.magnet_type or goods.form}))
    if goods.is_composition_known and not goods.named & set(item.elements):
        return PartMatch(Match.NO, Said("element_absent", {"elements": ", ".join(item.elements)}))
    return PartMatch(Match.ASK, Said("magnet_type_missing", {"wanted": ", ".join(item.elements)}))


def _contains(part: Part, sides: Mapping[str, Side], goods: Goods, parameters: Parameters) -> PartMatch:
    present = {element: side for element, side in sides.items() if side is not Side.BELOW}
    names = ", ".join(present)
    is_sure = Side.ABOVE in present.values()
    held = PartMatch(
        Match.YES if is_sure else Match.ASK, Said("contains" if is_sure else "within_nothing", {"elements": names})
    )
    if not part.limit:
        return held
    limit = parameters[part.limit]
    if not any(element in goods.elements for element in limit.of):
        # Named by a formula or a system without a figure: it is there, how much nobody said.
        return PartMatch(Match.ASK, Said("figure_missing", {"elements": ", ".join(limit.of)}), limit)
    beside = beside_limit(goods, limit, parameters[COVERAGE].value)
    side = side_of(beside)
    if side is Side.BELOW:
        return PartMatch(Match.NO, _said(beside, "below_limit"), limit, beside)
    if side is Side.WITHIN:
        return PartMatch(Match.ASK, _said(beside, "within_limit"), limit, beside)
    return PartMatch(held.match, _said(beside, "above_limit") if is_sure else held.said, limit, beside)


def beside_limit(goods: Goods, limit: Parameter, k: Decimal) -> Beside:
    """Return what goods hold of the elements of a parameter, beside it."""
    content = content_of(goods, limit.of)
    return Beside(limit.of, content.value, content.u, limit.value, k, limit.name)


def side_of(beside: Beside) -> Side:
    """Return on which side of its limit a figure lies."""
    return Content(beside.value, beside.u).side_of(beside.limit, beside.k)


def _said(beside: Beside, key: str) -> Said:
    figures = {"value": plain(beside.value), "u": plain(beside.u), "limit": plain(beside.limit), "k": plain(beside.k)}
    return Said(key, {"elements": "+".join(beside.elements), **figures})


def plain(number: Decimal) -> str:
    """Return a figure without exponent, and of a root no more digits than anybody measures."""
    rounded = round(number, 6)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _system(part: Part, item: Item, goods: Goods, parameters: Parameters) -> PartMatch:
    """Return whether the system of goods is an entry of a closed list, or could be taken for one."""
    impurity = parameters[IMPURITY]
    parts = system_of(goods, impurity.value, parameters[COVERAGE].value)
    written = write_system(parts.sure | parts.perhaps)
    entries = part.systems or ()
    # Whoever calls goods a metal says that the rest of them is impurities.
    is_whole = parts.is_whole or goods.form == METAL
    may_be_more = parts.perhaps or not is_whole
    for entry in entries:
        if parts.sure == entry and not may_be_more:
            return PartMatch(
                Match.YES, Said("system_listed", {"system": write_system(entry)}), _impurity(parts, impurity)
            )
    for entry in entries:
        # Whether an element belongs to the system cannot be told, or what is not stated may be the rest of it.
        could_equal = parts.sure <= entry and (entry <= parts.sure | parts.perhaps or not is_whole)
        if could_equal and (parts.sure or parts.perhaps) & set(item.elements):
            return PartMatch(
                Match.ASK, Said("system_unclear", {"system": written, "entry": write_system(entry)}), impurity
            )
        if entry < parts.sure | parts.perhaps and goods.form in part.is_superset_asked:
            facts = {"system": written, "entry": write_system(entry)}
            return PartMatch(Match.ASK, Said("system_beyond_entry", facts))
    relied = impurity if parts.impurities & set(item.elements) & goods.named else None
    listed = "; ".join(write_system(entry) for entry in entries)
    return PartMatch(Match.NO, Said("system_not_listed", {"system": written, "listed": listed}), relied)


def _impurity(parts: Parts, impurity: Parameter) -> Parameter | None:
    return impurity if parts.impurities else None


def write_system(system: System) -> str:
    """Return a system as text, its elements in the order of the alphabet."""
    return "-".join(sorted(system)) or "–"
