"""Goods to be classified: form, composition in wt% with standard uncertainties, system, and what the tariff calls them.

Source: DESIGN.md section 4. Contents are exact decimals; an element that is not stated is taken as absent, since the
declarant states the composition, and the answer says so. `value` (what it and its parts are worth) and `origin` (where
it was mined … produced) decide rules about them and no code; `note` decides nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ytterby.law.form import FORMS, MAGNET_TYPES
from ytterby.law.goods_value import ORIGIN, GoodsValue, Places, read_places, read_value
from ytterby.law.symbol import SYMBOLS, read_system
from ytterby.matter.formula import count_atoms
from ytterby.terms.problem import Problem, pointer, refuse

FIELDS = ("form", "elements", "u", "system", "magnet_type", "built_in", "formula", "hs", "value", "origin", "note")
WHOLE = Decimal(100)  # wt%
_TEXT_MAX = 500
_HS_DIGITS = range(4, 14)


@dataclass(frozen=True, slots=True)
class Goods:
    """What is to be classified. `elements` and `u` in wt% (u: k = 1); `formula` holds the elements of the formula.

    `system` is what was declared, None where nothing was. A built-in flag of None was not stated.
    """

    form: str
    elements: Mapping[str, Decimal]
    u: Mapping[str, Decimal]
    system: frozenset[str] | None
    magnet_type: str | None
    built_in: bool | None
    formula: frozenset[str]
    hs: str
    not_used: tuple[str, ...]
    value: GoodsValue | None = None
    origin: Places = field(default_factory=dict)

    @property
    def is_composition_known(self) -> bool:
        """Anything was said about what the goods consist of."""
        return bool(self.elements) or self.system is not None or bool(self.formula)

    @property
    def named(self) -> frozenset[str]:
        """Every element that was named, whatever its content, but for one that was stated as zero."""
        stated = {symbol for symbol, content in self.elements.items() if content > 0}
        zero = self.elements.keys() - stated
        return frozenset(stated | (((self.system or frozenset()) | self.formula) - zero))


def read_goods(value: Any) -> tuple[Goods | None, list[Problem]]:
    """Return goods from decoded JSON (numbers int or Decimal), or None and everything that is wrong."""
    if not isinstance(value, dict):
        return None, [refuse("goods.kind", "", value, wanted="an object with the fields of goods")]
    problems = [*_field_problems(value), *_content_problems(value)]
    formula, more = _formula(value)
    problems += more
    worth, more = (None, []) if value.get("value") is None else read_value(value["value"], read_goods)
    problems += more
    origin, more = read_places(value.get(ORIGIN), pointer(ORIGIN))
    problems += more
    if problems:
        return None, problems
    elements = {symbol: _decimal(content) for symbol, content in (value.get("elements") or {}).items()}
    system = value.get("system")
    goods = Goods(
        form=value["form"],
        elements=elements,
        u={symbol: _decimal(u) for symbol, u in (value.get("u") or {}).items()},
        system=read_system(system) if system is not None else None,
        magnet_type=value.get("magnet_type"),
        built_in=value.get("built_in"),
        formula=formula,
        hs=str(value.get("hs") or "").replace(".", "").replace(" ", ""),
        not_used=("note",) if value.get("note") is not None else (),
        value=worth,
        origin=origin,
    )
    return goods, []


def _decimal(number: object) -> Decimal:
    found = _number(number)
    assert found is not None
    return found


def _number(value: object) -> Decimal | None:
    """Return a figure that JSON gave; text and truth are none, and neither is what no balance could show."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int) and abs(value) > 10**12:
        return None
    number = Decimal(value)
    return number if number.is_finite() else None


def _field_problems(value: Mapping[str, Any]) -> Iterator[Problem]:
    for name in value:
        if name not in FIELDS:
            yield refuse("goods.unknown_field", pointer(str(name)), name, allowed=", ".join(FIELDS))
    if "form" not in value:
        yield refuse("goods.missing_field", "", "form", name="form")
    yield from _among(value, "form", FORMS, is_needed=True)
    yield from _among(value, "magnet_type", MAGNET_TYPES)
    if value.get("built_in") is not None and not isinstance(value["built_in"], bool):
        yield refuse("goods.kind", "/built_in", value["built_in"], wanted="true or false")
    for name in ("system", "formula", "note"):
        text = value.get(name)
        if text is not None and (not isinstance(text, str) or len(text) > _TEXT_MAX):
            yield refuse("goods.kind", pointer(name), text, wanted=f"text of at most {_TEXT_MAX} characters")
    system = value.get("system")
    if isinstance(system, str) and len(system) <= _TEXT_MAX and read_system(system) is None:
        yield refuse("goods.system", "/system", system)
    hs = value.get("hs")
    if hs is not None:
        digits = hs.replace(".", "").replace(" ", "") if isinstance(hs, str) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) in _HS_DIGITS):
            yield refuse("goods.hs", "/hs", hs)


def _among(
    value: Mapping[str, Any], name: str, allowed: tuple[str, ...], *, is_needed: bool = False
) -> Iterator[Problem]:
    found = value.get(name)
    if name in value and (found is not None or is_needed) and (not isinstance(found, str) or found not in allowed):
        yield refuse("goods.choice", pointer(name), found, allowed=", ".join(allowed))


def _content_problems(value: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("elements", "u"):
        rows = value.get(name)
        if rows is None:
            continue
        if not isinstance(rows, dict):
            yield refuse("goods.kind", pointer(name), rows, wanted="symbols with figures in wt%")
            continue
        for symbol, figure in rows.items():
            yield from _figure_problems(name, symbol, figure)
    elements, u = value.get("elements"), value.get("u")
    if isinstance(elements, dict):
        figures = [number for number in map(_number, elements.values()) if number is not None]
        if sum(figures, Decimal(0)) > WHOLE:
            yield refuse("goods.over_whole", "/elements", sum(figures, Decimal(0)), limit=WHOLE)
    if isinstance(u, dict):
        held = elements if isinstance(elements, dict) else {}
        for symbol in u:
            if symbol not in held:
                yield refuse("goods.u_without_element", pointer("u", symbol), symbol)


def _figure_problems(name: str, symbol: str, figure: object) -> Iterator[Problem]:
    where = pointer(name, symbol)
    number = _number(figure)
    if symbol not in SYMBOLS:
        yield refuse("goods.unknown_element", where, symbol)
    if number is None:
        yield refuse("goods.kind", where, figure, wanted="a figure in wt%")
    elif number < 0:
        yield refuse("goods.negative", where, figure)


def _formula(value: Mapping[str, Any]) -> tuple[frozenset[str], list[Problem]]:
    """Return the elements of a formula; of one with a dopant (`Y3Al5O12:Ce`) the host's and the dopant's."""
    text = value.get("formula")
    if not isinstance(text, str) or len(text) > _TEXT_MAX or not text.strip():
        return frozenset(), []
    found: set[str] = set()
    for part in text.replace(" ", "").replace(",", ":").split(":"):
        try:
            found |= set(count_atoms(part))
        except (ValueError, RecursionError):
            return frozenset(), [refuse("goods.formula", "/formula", text)]
    strange = sorted(found - SYMBOLS)
    return frozenset(found), [refuse("goods.unknown_element", "/formula", symbol) for symbol in strange]
