"""What a header says: which column, in which unit, of which element; own names first.

A header is a name with its unit in brackets or after a comma: `Quantity [t]`, `数量（吨）`, `Nd2O3, %`,
`u(Dy) [mg/kg]`.
A party's own name may stand for any such header (`Menge (to)` for `Quantity [t]`), or be passed over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from ytterby.chain.spreadsheet.column import PASSED_OVER, SheetTables, folded
from ytterby.matter.element import ELEMENTS
from ytterby.matter.formula import count_atoms
from ytterby.terms.quantity import UnitTable

ASSAY, ASSAY_U, ASSAY_SHARED = "assay", "assay_u", "assay_us"
OF_ASSAYS = (ASSAY, ASSAY_U, ASSAY_SHARED)
# Units of content and what one of each is in mg/kg.
CONTENT_UNITS: Mapping[str, Decimal] = {
    "%": Decimal(10_000),
    "wt%": Decimal(10_000),
    "wt.%": Decimal(10_000),
    "wt. %": Decimal(10_000),
    "wt-%": Decimal(10_000),
    "w%": Decimal(10_000),
    "mass%": Decimal(10_000),
    "重量%": Decimal(10_000),
    "质量%": Decimal(10_000),
    "‰": Decimal(1_000),
    "g/kg": Decimal(1_000),
    "kg/t": Decimal(1_000),
    "mg/kg": Decimal(1),
    "ppm": Decimal(1),
    "g/t": Decimal(1),
    "µg/g": Decimal(1),
    "ppb": Decimal("0.001"),
    "µg/kg": Decimal("0.001"),
}
PERCENT_UNITS = frozenset(name for name, factor in CONTENT_UNITS.items() if factor == 10_000)
_CONTENT = {folded(name): factor for name, factor in CONTENT_UNITS.items()}
_PERCENT = {folded(name) for name in PERCENT_UNITS}
_BRACKETS = re.compile(r"(.*?)\s*[\[(【]\s*([^\[\]()【】]+?)\s*[\])】]\s*")
_COMMA = re.compile(r"(.*\S)\s*[,;，；、]\s*(\S.*)")
_UNCERTAINTY = re.compile(
    r"(?:u|s|sd|±|\+/-)\s*(?:\(\s*([A-Za-z0-9]+)\s*\)|\s+([A-Za-z0-9]+))|([A-Za-z0-9]+)\s*(?:±|u|不确定度)",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"(?:us|u_sys)\s*(?:\(\s*([A-Za-z0-9]+)\s*\)|\s+([A-Za-z0-9]+))|([A-Za-z0-9]+)\s*系统不确定度", re.IGNORECASE
)
_SYMBOL = {symbol.casefold(): symbol for symbol in ELEMENTS}


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a sheet: its place from 1, header as written, key, unit (a code of the unit table, or `%`).

    Of an assay `element` is its element, `per_milligram` what one of its unit is in mg/kg as it was declared, and
    `is_oxide` that it is stated as oxide.
    """

    column: int
    header: str
    key: str
    unit: str = ""
    element: str = ""
    per_milligram: Decimal = Decimal(1)
    is_oxide: bool = False
    is_percent: bool = False


def split_unit(text: str) -> tuple[str, str]:
    """Return the name of a header and its unit; the unit is empty where none is stated."""
    found = _BRACKETS.fullmatch(text) or _COMMA.fullmatch(text)
    return (found.group(1).strip(), found.group(2).strip()) if found else (text, "")


def read_heading(
    column: int, text: str, sheet: str, own: Mapping[str, str], tables: SheetTables, units: UnitTable
) -> Heading | None:
    """Return what a header stands for; None when it is not known. One that is passed over has the key `-`."""
    mapped = {folded(name): meant for name, meant in own.items()}.get(folded(text))
    meant = text if mapped is None else mapped
    if meant == PASSED_OVER:
        return Heading(column, text, PASSED_OVER)
    whole = folded(meant)
    key = tables.by_name[sheet].get(whole)
    if key is not None:
        return Heading(column, text, key)
    name, unit = split_unit(whole)
    key = tables.by_name[sheet].get(name)
    if key is None:
        return _assay_heading(column, text, meant, name, unit)
    kind = tables.columns[key].value
    if kind == "percent":
        return Heading(column, text, key, "%", is_percent=True) if unit in _PERCENT else None
    if kind != "number":
        return Heading(column, text, key)
    code = units.likely_code(unit)
    return Heading(column, text, key, code) if code else None


def _assay_heading(column: int, text: str, meant: str, name: str, unit: str) -> Heading | None:
    """Return the heading of an assay or its uncertainty: an element or its oxide, with a unit of content."""
    del meant
    shared = _SHARED.fullmatch(name)
    found = shared or _UNCERTAINTY.fullmatch(name)
    symbol = next(part for part in found.groups() if part) if found else name
    element, is_oxide = _element_of(symbol)
    factor = _CONTENT.get(unit)
    if not element or (unit and factor is None):
        return None
    return Heading(
        column,
        text,
        ASSAY_SHARED if shared else ASSAY_U if found else ASSAY,
        unit,
        element,
        factor if factor is not None else Decimal(0),
        is_oxide,
        is_percent=unit in _PERCENT,
    )


def _element_of(symbol: str) -> tuple[str, bool]:
    """Return the rare earth that a symbol or the formula of an oxide names, and whether it is the oxide."""
    plain = _SYMBOL.get(symbol)
    if plain:
        return plain, False
    formula = _formula(symbol)
    try:
        atoms = count_atoms(formula)
    except ValueError:
        return "", False
    others = set(atoms) - {"O"}
    element = next(iter(others), "")
    return (element, True) if len(others) == 1 and "O" in atoms and element in ELEMENTS else ("", False)


def _formula(folded_text: str) -> str:
    """Return a formula with its capitals again: nd2o3 becomes Nd2O3."""
    return re.sub(r"[a-z]+", lambda m: _capitals(m.group()), folded_text)


def _capitals(run: str) -> str:
    return (
        run.upper()
        if run == "o"
        else run.capitalize()
        if not run.endswith("o") or run in _SYMBOL
        else run[:-1].capitalize() + "O"
    )


def nearest(text: str, sheet: str, tables: SheetTables) -> list[str]:
    """Return the names of columns that a header resembles most, as they are written."""
    name, _ = split_unit(folded(text))
    shown = {folded(n): n for c in tables.of_sheet(sheet) for n in c.names.values()}
    by_alias = {alias: tables.columns[key] for alias, key in tables.by_name[sheet].items()}
    language = "en" if name.isascii() else "zh"
    close = get_close_matches(name, list(by_alias), n=6, cutoff=0.65)
    found = [shown.get(one) or by_alias[one].names[language] for one in close]
    return list(dict.fromkeys(found))[:3]
