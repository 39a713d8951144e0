"""What goods are worth, part by part: amounts with their uncertainty, on which price basis, where each part is from.

A share of value is a figure over another, so both must be of one currency and should be of one price basis; the basis
is stated, never guessed. An amount may be stated, or be worked out from a mass and a price per kg. A part whose amount
nobody knows is left out, and then bounds are worked out. Without `amount` of the whole, the whole is the sum of its
parts where they are said to be all there are, and else it is not known.

Sources: docs/goods-value.md, which lays down the fields; delivery terms are those of Incoterms 2020 (ICC); JCGM
100:2008, 5.1, for the uncertainty of a product.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from ytterby.terms.problem import Problem, pointer, refuse

if TYPE_CHECKING:
    from ytterby.law.goods import Goods

# Delivery terms up to which a price covers carriage and insurance; `cost` is what making it cost, without a sale.
PRICE_BASES = ("EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP", "cost")
ORIGIN = "origin"
# Where something happened to a part, or to the goods; facts that rules may ask for by the same names.
PLACES = (ORIGIN, "mined_in", "refined_in", "separated_in", "melted_in", "produced_in")
PARTS_MAX = 200
_VALUE = ("currency", "price_basis", "amount", "u", "all_parts_named", "parts")
_PRICED = ("mass_kg", "mass_u_kg", "price_per_kg", "price_u")
_PART = ("what", "goods", "currency", "price_basis", "amount", "u", *_PRICED, ORIGIN)
_TEXT_MAX = 500
_AMOUNT_MAX = Decimal(10) ** 15
_DIGITS_MAX = 30
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
# Parts that exceed the whole by more than that many standard uncertainties contradict it, as in the book of lots.
_BEYOND = Decimal(3)
ReadGoods = Callable[[Any], "tuple[Goods | None, list[Problem]]"]
Places = Mapping[str, tuple[str, ...]]


class Amount(NamedTuple):
    """An amount of money with its standard uncertainty (k = 1)."""

    value: Decimal
    u: Decimal


@dataclass(frozen=True, slots=True)
class PartValue:
    """One part: what it is, what it is as goods (None: not said), its amount (None: not known), where it is from.

    `price_basis` is the part's own, None where it is that of the whole.
    """

    what: str
    goods: "Goods | None"
    amount: Amount | None
    price_basis: str | None
    origin: Places


@dataclass(frozen=True, slots=True)
class GoodsValue:
    """The value of goods. `are_all_named`: nothing beside the parts is worth a bit.

    `amount` None: the sum of the parts where all are named, else not known.
    """

    currency: str
    price_basis: str
    amount: Amount | None
    are_all_named: bool
    parts: tuple[PartValue, ...]


def read_value(value: Any, read_goods: ReadGoods) -> tuple[GoodsValue | None, list[Problem]]:
    """Return the value that decoded JSON states (numbers int or Decimal), or None and everything that is wrong."""
    where = pointer("value")
    if not isinstance(value, dict):
        return None, [refuse("goods.kind", where, value, wanted="an object with currency, price_basis, parts")]
    problems = [*_whole_problems(value, where)]
    rows = value.get("parts", [])
    parts: list[PartValue] = []
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        if place == PARTS_MAX:
            problems.append(refuse("goods.too_many_parts", where + pointer("parts"), len(rows), limit=PARTS_MAX))
            break
        part, found = _part(row, where + pointer("parts", place), value, read_goods)
        problems += found
        if part is not None:
            parts.append(part)
    if problems:
        return None, problems
    read = GoodsValue(
        currency=value["currency"],
        price_basis=value["price_basis"],
        amount=_amount_of(value),
        are_all_named=value.get("all_parts_named") is True,
        parts=tuple(parts),
    )
    problems = [*_sum_problems(read, where)]
    return (None, problems) if problems else (read, [])


def read_places(value: Any, where: str) -> tuple[Places, list[Problem]]:
    """Return where something happened, from decoded JSON: names of `PLACES` with a country or a list of them.

    A country alone, or a list of them, is the country of origin.
    """
    if value is None:
        return {}, []
    if isinstance(value, str | list):
        value = {ORIGIN: value}
    if not isinstance(value, dict):
        return {}, [refuse("goods.kind", where, value, wanted=f"an object with any of {', '.join(PLACES)}")]
    problems: list[Problem] = []
    places: dict[str, tuple[str, ...]] = {}
    for name, said in value.items():
        if name not in PLACES:
            allowed = ", ".join(PLACES)
            problems.append(refuse("goods.unknown_field", where + pointer(str(name)), name, allowed=allowed))
            continue
        named = said if isinstance(said, list) else [said]
        if said is not None and (not named or not all(_is_country(one) for one in named)):
            problems.append(refuse("goods.place", where + pointer(name), said))
        elif said is not None:
            places[name] = tuple(dict.fromkeys(named))
    return places, problems


def _is_country(value: object) -> bool:
    return isinstance(value, str) and _COUNTRY.fullmatch(value) is not None


def _whole_problems(value: Mapping[str, Any], where: str) -> Iterator[Problem]:
    yield from _unknown(value, _VALUE, where)
    for name in ("currency", "price_basis"):
        if value.get(name) is None:
            yield refuse("goods.missing_field", where, name, name=name)
    yield from _terms(value, where)
    yield from _figures(value, ("amount", "u"), where)
    named = value.get("all_parts_named")
    if named is not None and not isinstance(named, bool):
        yield refuse("goods.kind", where + "/all_parts_named", named, wanted="true or false")
    if not isinstance(value.get("parts", []), list):
        yield refuse("goods.kind", where + "/parts", value["parts"], wanted="a list of parts")
    if value.get("amount") is not None:
        if figure_of(value["amount"]) == 0:
            yield refuse("goods.nothing_worth", where + "/amount", value["amount"])
    elif value.get("u") is not None:
        yield refuse("goods.u_without_amount", where + "/u", value["u"])


def _terms(row: Mapping[str, Any], where: str) -> Iterator[Problem]:
    currency, basis = row.get("currency"), row.get("price_basis")
    if currency is not None and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        yield refuse("goods.kind", where + "/currency", currency, wanted="three letters of ISO 4217, as EUR")
    if basis is not None and basis not in PRICE_BASES:
        yield refuse("goods.choice", where + "/price_basis", basis, allowed=", ".join(PRICE_BASES))


def _unknown(row: Mapping[str, Any], known: tuple[str, ...], where: str) -> Iterator[Problem]:
    for name in row:
        if name not in known:
            yield refuse("goods.unknown_field", where + pointer(str(name)), name, allowed=", ".join(known))


def figure_of(value: object) -> Decimal | None:
    """Return a figure that JSON gave; None for what is none, or longer or larger than anybody means."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int) and abs(value) > _AMOUNT_MAX:
        return None
    number = Decimal(value)
    is_meant = number.is_finite() and len(number.as_tuple().digits) <= _DIGITS_MAX and abs(number) <= _AMOUNT_MAX
    return number if is_meant and (number == 0 or number.adjusted() >= -_DIGITS_MAX) else None


def _figures(row: Mapping[str, Any], names: tuple[str, ...], where: str) -> Iterator[Problem]:
    for name in names:
        value = row.get(name)
        if value is None:
            continue
        number = figure_of(value)
        if number is None:
            yield refuse("goods.figure", where + pointer(name), value, limit=_AMOUNT_MAX, digits=_DIGITS_MAX)
        elif number < 0:
            yield refuse("goods.negative_value", where + pointer(name), value)


def _part(
    row: Any, where: str, whole: Mapping[str, Any], read_goods: ReadGoods
) -> tuple[PartValue | None, list[Problem]]:
    if not isinstance(row, dict):
        return None, [refuse("goods.kind", where, row, wanted="an object with the fields of a part")]
    problems = [*_part_problems(row, where, whole)]
    places, found = read_places(row.get(ORIGIN), where + pointer(ORIGIN))
    problems += found
    goods = None
    if row.get("goods") is not None:
        goods, found = _nested(row["goods"], where + "/goods", read_goods)
        problems += found
    if problems:
        return None, problems
    own_basis = row.get("price_basis")
    basis = None if own_basis == whole.get("price_basis") else own_basis
    return PartValue(row.get("what") or "", goods, _amount_of(row), basis, places), []


def _nested(value: Any, where: str, read_goods: ReadGoods) -> tuple["Goods | None", list[Problem]]:
    """Return what a part is as goods; it has no value of its own beside the part's, and no parts."""
    if isinstance(value, dict):
        own = [name for name in ("value", ORIGIN) if name in value]
        if own:
            return None, [refuse("goods.stands_in_part", where + pointer(own[0]), own[0])]
    goods, problems = read_goods(value)
    return goods, [problem.at(where) for problem in problems]


def _part_problems(row: Mapping[str, Any], where: str, whole: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(row, _PART, where)
    yield from _terms(row, where)
    yield from _figures(row, ("amount", "u", *_PRICED), where)
    what = row.get("what")
    if what is not None and (not isinstance(what, str) or len(what) > _TEXT_MAX):
        yield refuse("goods.kind", where + "/what", what, wanted=f"text of at most {_TEXT_MAX} characters")
    if row.get("currency") is not None and row["currency"] != whole.get("currency"):
        yield refuse("goods.other_currency", where + "/currency", row["currency"], whole=whole.get("currency"))
    priced = [name for name in _PRICED if row.get(name) is not None]
    if row.get("amount") is not None and "price_per_kg" in priced:
        yield refuse("goods.amount_twice", where + "/price_per_kg", row["price_per_kg"])
    for name, of in (("u", "amount"), ("mass_u_kg", "mass_kg"), ("price_u", "price_per_kg")):
        if row.get(name) is not None and row.get(of) is None:
            yield refuse("goods.u_without_amount", where + pointer(name), row[name])


def _amount_of(row: Mapping[str, Any]) -> Amount | None:
    """Return the amount of a row that has no problem: as stated, or mass times price."""
    if row.get("amount") is not None:
        return Amount(_decimal(row["amount"]), _decimal(row.get("u")))
    if row.get("mass_kg") is None or row.get("price_per_kg") is None:
        return None
    mass, price = _decimal(row["mass_kg"]), _decimal(row["price_per_kg"])
    of_mass, of_price = price * _decimal(row.get("mass_u_kg")), mass * _decimal(row.get("price_u"))
    return Amount(mass * price, (of_mass**2 + of_price**2).sqrt())


def _decimal(value: object) -> Decimal:
    return figure_of(value) or Decimal(0)


def _sum_problems(value: GoodsValue, where: str) -> Iterator[Problem]:
    """Yield parts that together are worth more than the whole, beyond what their uncertainty allows."""
    amounts = [part.amount for part in value.parts if part.amount is not None]
    total = sum((one.value for one in amounts), Decimal(0))
    if value.amount is None:
        if total == 0 and len(amounts) == len(value.parts):
            yield refuse("goods.nothing_worth", where + "/parts", total)
        return
    u = (sum((one.u**2 for one in amounts), Decimal(0)) + value.amount.u**2).sqrt()
    if total - value.amount.value > _BEYOND * u:
        whole = value.amount.value
        yield refuse("goods.parts_over_whole", where + "/parts", total, whole=whole, u=round(u, 6), k=_BEYOND)
