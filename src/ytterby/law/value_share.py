"""The share of value that a rule asks for, worked out of the parts of goods: a figure, or bounds, and what settles it.

The numerator is the value of the parts that count: those that an annex of the rule lists and that are of the origin it
asks for. Where the list, the origin or the amount of a part is not known, the share has two bounds: without such parts,
and with all of them. What is worth something and was named by nobody counts at the upper bound, unless the goods say
that all parts are named.

Uncertainty, of s = N / D with standard uncertainties of amounts. Whole stated as an amount of its own (a price): N and
D are independent, u(s)^2 = (u(N)^2 + s^2 u(D)^2) / D^2. Whole as the sum of its parts a_i: what counts is part of what
it is divided by, and the correlation is in u(s)^2 = sum((c_i - s)^2 u(a_i)^2) / D^2, c_i = 1 for parts that count and 0
for others. Figures are rounded down at 50 digits, so that a share that is the limit is not below it.

Source: JCGM 100:2008 (GUM), 5.1 and 5.2; the figures of tests/law/test_value_share.py were checked by simulation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Context, Decimal, localcontext
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.condition import Leaf, Span, judge
from ytterby.law.dated_rule import ShareRule
from ytterby.law.goods import Goods
from ytterby.law.goods_value import Amount, GoodsValue, PartValue
from ytterby.law.item import Annex
from ytterby.law.part_match import Match, best_match, match_item
from ytterby.law.said import Said
from ytterby.law.ternary import Ternary, all_of, any_of
from ytterby.law.trust import Trust
from ytterby.terms.problem import pointer

_EXACT = Context(prec=50, rounding=ROUND_FLOOR)
_ZERO, _ONE = Decimal(0), Decimal(1)
_TERNARY = {Match.YES: Ternary.YES, Match.NO: Ternary.NO, Match.ASK: Ternary.UNKNOWN, Match.UNKNOWN: Ternary.UNKNOWN}
# What would settle a share: what a part is, where it is from, what it or the whole is worth; parts that nobody named; a
# better figure.
COMPOSITION, PLACE, AMOUNT, WHOLE, REST, FIGURE = "composition", "origin", "amount", "whole", "rest", "figure"


class Listed(NamedTuple):
    """Whether an annex lists goods, by which of its entries, why, and how sure that is."""

    value: Ternary
    entry: str
    said: Said
    trust: Trust


class PartShare(NamedTuple):
    """What a part adds: whether it counts, since it is listed and of the origin; `missing` are facts of its origin."""

    place: int
    part: PartValue
    counts: Ternary
    listed: Listed
    origin: Ternary
    missing: tuple[str, ...]


class Settling(NamedTuple):
    """An input that would settle whether the limit is reached: where it stands, of which kind, and whether alone."""

    where: str
    kind: str
    is_enough: bool


@dataclass(frozen=True, slots=True)
class ValueShare:
    """A share of value between two bounds, with its parts; `whole` None: not known what the goods are worth."""

    bounds: Span
    value: GoodsValue
    whole: Amount | None
    parts: tuple[PartShare, ...]

    @property
    def is_sharp(self) -> bool:
        """Both bounds are one figure."""
        return self.bounds.low == self.bounds.high


def listed_in(annex: Annex, goods: Goods | None, book: LawBook) -> Listed:
    """Return whether an annex lists goods; of those nobody described, unknown."""
    if goods is None:
        return Listed(Ternary.UNKNOWN, "", Said("part_not_described"), annex.trust)
    tried = [(item, found) for item in annex.entries for found in match_item(item, goods, book.parameters)]
    if not tried:
        return Listed(Ternary.NO, "", Said("annex_other_form", {"annex": annex.id, "form": goods.form}), annex.trust)
    part, best = best_match(found for _, found in tried)
    item = next(item for item, found in tried if found == (part, best))
    return Listed(_TERNARY[best.match], item.code, best.said, part.trust)


def belongs(annex: Annex, goods: Goods, book: LawBook) -> Listed:
    """Return whether goods, or one of their described parts, are of an annex.

    Of an assembly the composition alone does not tell the kind of magnet in it; a part that is described does.
    """
    parts = goods.value.parts if goods.value is not None else ()
    described = [part.goods for part in parts if part.goods is not None]
    found = [listed_in(annex, one, book) for one in (goods, *described)]
    value = any_of(one.value for one in found)
    return next(one for one in found if one.value is value)


def share_of(value: GoodsValue, rule: ShareRule, book: LawBook) -> ValueShare:
    """Return the share of value that a rule asks for."""
    parts = tuple(_part_share(place, part, rule, book) for place, part in enumerate(value.parts))
    with localcontext(_EXACT):
        bounds, whole = _bounds(value, parts)
    return ValueShare(bounds, value, whole, parts)


def _part_share(place: int, part: PartValue, rule: ShareRule, book: LawBook) -> PartShare:
    listed = listed_in(book.annexes[rule.counts], part.goods, book)
    asked = judge(rule.when, part.origin)
    counts = all_of((listed.value, asked.value))
    return PartShare(place, part, counts, listed, asked.value, asked.missing)


# Bounds


def _bounds(value: GoodsValue, parts: Sequence[PartShare]) -> tuple[Span, Amount | None]:
    if value.amount is None:
        return _bounds_of_sum(parts, are_all_named=value.are_all_named)
    whole = value.amount
    sure = [one.part.amount for one in parts if one.counts is Ternary.YES and one.part.amount is not None]
    low, low_u = _quotient(sure, whole)
    is_open = not value.are_all_named or any(one.part.amount is None and one.counts is not Ternary.NO for one in parts)
    if is_open:
        # All that is not sure not to count: the whole without the parts that do not.
        out = [one.part.amount for one in parts if one.counts is Ternary.NO and one.part.amount is not None]
        left_out, high_u = _quotient(out, whole)
        high = _ONE - left_out
    else:
        held = [one.part.amount for one in parts if one.counts is not Ternary.NO and one.part.amount is not None]
        high, high_u = _quotient(held, whole)
    low = min(low, _ONE)
    return Span(low, low_u, max(low, min(high, _ONE)), high_u), whole


def _quotient(amounts: Sequence[Amount], whole: Amount) -> tuple[Decimal, Decimal]:
    """Return the share of amounts in a whole that was stated apart from them, with its uncertainty."""
    total = sum((one.value for one in amounts), _ZERO)
    share = total / whole.value
    squares = sum((one.u**2 for one in amounts), _ZERO) + (share * whole.u) ** 2
    return share, squares.sqrt() / whole.value


def _bounds_of_sum(parts: Sequence[PartShare], *, are_all_named: bool) -> tuple[Span, Amount | None]:
    amounts = [one.part.amount for one in parts]
    known = [one for one in amounts if one is not None]
    total = sum((one.value for one in known), _ZERO)
    if not are_all_named or len(known) < len(amounts) or total == 0:
        return Span(_ZERO, _ZERO, _ONE, _ZERO), None
    ends = []
    for counted in ({Ternary.YES}, {Ternary.YES, Ternary.UNKNOWN}):
        weights = [_ONE if one.counts in counted else _ZERO for one in parts]
        share = sum((c * one.value for c, one in zip(weights, known, strict=True)), _ZERO) / total
        squares = sum((((c - share) * one.u) ** 2 for c, one in zip(weights, known, strict=True)), _ZERO)
        ends += [share, squares.sqrt() / total]
    whole = Amount(total, sum((one.u**2 for one in known), _ZERO).sqrt())
    return Span(ends[0], ends[1], ends[2], ends[3]), whole


# What settles it


def settling(share: ValueShare, leaf: Leaf) -> tuple[Settling, ...]:
    """Return the inputs that would settle on which side of a rule's limit a share lies; none where it is settled.

    An input is enough if, known in one way or another, it settles the answer whatever the others turn out to be.
    """
    with localcontext(_EXACT):
        if _is_settled(share.bounds, leaf):
            return ()
        named = [Settling(*one, _is_enough(share, leaf, *one)) for one in _open_inputs(share)]
        return tuple(named) or (_better_figure(share),)


def _is_settled(bounds: Span, leaf: Leaf) -> bool:
    return judge(leaf, {leaf.fact: bounds}).value is not Ternary.UNKNOWN


def _open_inputs(share: ValueShare) -> list[tuple[str, str]]:
    found = []
    for one in share.parts:
        where = pointer("value", "parts", one.place)
        if one.part.amount is None and (one.counts is not Ternary.NO or share.whole is None):
            found.append((where + "/amount", AMOUNT))
        if one.counts is not Ternary.UNKNOWN:
            continue
        if one.listed.value is Ternary.UNKNOWN:
            found.append((where + "/goods", COMPOSITION))
        found += [(where + pointer("origin", name), PLACE) for name in one.missing]
    if share.whole is None and not share.value.are_all_named:
        found.append(("/value/amount", WHOLE))
    if not share.value.are_all_named:
        found.append(("/value/all_parts_named", REST))
    return found


def _is_enough(share: ValueShare, leaf: Leaf, where: str, kind: str) -> bool:
    """Tell whether one input, if it were known, could settle the answer with all others open."""
    for value, parts in _known_otherwise(share, where, kind):
        bounds, _ = _bounds(value, parts)
        if _is_settled(bounds, leaf):
            return True
    return False


def _known_otherwise(share: ValueShare, where: str, kind: str) -> list[tuple[GoodsValue, list[PartShare]]]:
    value, parts = share.value, list(share.parts)
    if kind == WHOLE:
        # As little as the parts are worth that are known: then most of it is what counts.
        known = sum((one.part.amount.value for one in parts if one.part.amount is not None), _ZERO)
        return [(replace(value, amount=Amount(known, _ZERO)), parts)] if known else []
    if kind == REST:
        return [(replace(value, are_all_named=True), parts)]
    place = int(where.split("/")[3])
    one = parts[place]

    def with_part(changed: PartShare) -> tuple[GoodsValue, list[PartShare]]:
        return value, [changed if other.place == place else other for other in parts]

    if kind == AMOUNT:
        if share.whole is None:
            return []
        known = sum((other.part.amount.value for other in parts if other.part.amount is not None), _ZERO)
        rest = max(_ZERO, share.whole.value - known)
        return [with_part(one._replace(part=replace(one.part, amount=Amount(end, _ZERO)))) for end in (_ZERO, rest)]
    others = one.origin if kind == COMPOSITION else one.listed.value
    can_count = others is Ternary.YES and (kind == COMPOSITION or len(one.missing) == 1)
    ends = [Ternary.NO, *([Ternary.YES] if can_count else [])]
    return [with_part(one._replace(counts=end)) for end in ends]


def _better_figure(share: ValueShare) -> Settling:
    """Return the amount whose uncertainty weighs most in that of the share."""
    whole = share.whole
    weighed = [
        (part.part.amount.u, pointer("value", "parts", part.place) + "/u")
        for part in share.parts
        if part.part.amount is not None and part.counts is not Ternary.NO
    ]
    if whole is not None and share.value.amount is not None:
        weighed.append((share.bounds.high * whole.u, "/value/u"))
    return Settling(max(weighed, default=(_ZERO, "/value/u"))[1], FIGURE, True)
