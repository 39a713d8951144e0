"""Values of one row, read by the kind of each column; what is wrong is kept with its cell."""

import re
from datetime import UTC, datetime, time
from decimal import Decimal

from ytterby.chain.spreadsheet.cell import NUMBER, PERCENT, TEXT, Cell, Place, placed
from ytterby.chain.spreadsheet.column import SheetTables, folded
from ytterby.chain.spreadsheet.header import Heading
from ytterby.chain.spreadsheet.moment import Moment, instant_of, read_clock, read_moment, read_month, read_zone
from ytterby.chain.spreadsheet.number import read_number
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.chain.spreadsheet.table import Row, is_true
from ytterby.matter.tables import MatterTables
from ytterby.terms.gs1key import percent_encode
from ytterby.terms.identifier import mint
from ytterby.terms.problem import Problem, refuse, remark
from ytterby.terms.quantity import CONTEXT, UnitTable

GS1 = "https://id.gs1.org/"
NOON = time(12)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_GLN = re.compile(r"[0-9]{13}")
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_SSCC = re.compile(r"[0-9]{18}")
_CODE = re.compile(r"[A-Z0-9]{2,3}")


class RowReader:
    """Reads cells of rows; all problems are kept."""

    def __init__(self, tables: SheetTables, units: UnitTable, matter: MatterTables, settings: Settings) -> None:
        self.tables = tables
        self.units = units
        self.matter = matter
        self.settings = settings
        self.problems: list[Problem] = []
        self._said: set[tuple[str, str, int]] = set()

    def keep(self, problem: Problem, place: Place) -> None:
        """Keep a problem of a cell."""
        self.problems.append(placed(problem, place))

    def keep_once(self, problem: Problem, place: Place) -> None:
        """Keep a problem that is said once for a column."""
        if (problem.code, place.sheet, place.column) not in self._said:
            self._said.add((problem.code, place.sheet, place.column))
            self.keep(problem, place)

    def text(self, row: Row, key: str) -> str | None:
        """Return the text of a cell; a number as it is written."""
        cell = row.cells.get(key)
        if cell is None:
            return None
        if cell.kind in (TEXT, NUMBER) and cell.text.strip():
            return cell.text.strip()
        self.keep(refuse("sheet.not_a_text", "", cell.text), row.place(key))
        return None

    def number(self, row: Row, key: str) -> Decimal | None:
        """Return the number of a cell in the unit of its header."""
        cell = row.cells.get(key)
        heading = row.table.headings.get(key)
        return None if cell is None or heading is None else self.number_of(row, heading, cell)

    def number_of(self, row: Row, heading: Heading, cell: Cell) -> Decimal | None:
        """Return the number of a cell under a heading."""
        place = Place(row.sheet, row.number, heading.column)
        if cell.kind == PERCENT and not heading.is_percent:
            self.keep(refuse("sheet.percent_cell", "", cell.text, header=heading.header), place)
            return None
        read = read_number(cell, row.table.signs.get(heading.column, ""))
        if read is None:
            self.keep(refuse("sheet.not_a_number", "", cell.text, header=heading.header), place)
        elif isinstance(read, str):
            point, comma = read.replace(",", "."), read.replace(".", "").replace(",", "")
            self.keep(refuse("sheet.number_open", "", read, one=point, other=comma), place)
        return read if isinstance(read, Decimal) else None

    def kilograms(self, row: Row, key: str, base: str = "KGM") -> Decimal | None:
        """Return a mass in kilograms, or in the unit `base`, by the unit of its header."""
        value = self.number(row, key)
        return None if value is None else self.in_base(row, key, value, base)

    def in_base(self, row: Row, key: str, value: Decimal, base: str = "KGM") -> Decimal | None:
        """Return a mass given in its header's unit in the unit `base`."""
        unit = row.table.headings[key].unit
        if not unit:
            shown = f"{row.table.headings[key].header} [{'g' if base == 'GRM' else 'kg'}]"
            self.keep_once(
                refuse("sheet.unit_missing", "", row.table.headings[key].header, example=shown), row.place(key)
            )
            return None
        if unit == base:
            return value
        read = self.units.base(value, unit, expected=("mass",))
        if isinstance(read, Problem):
            self.keep(read, row.place(key))
            return None
        return plain(read[0] * 1000 if base == "GRM" else read[0])

    def unit(self, row: Row, key: str, quantity_key: str) -> str | None:
        """Return the unit of a quantity: its row's, else its header's."""
        cell = row.cells.get(key)
        if cell is None:
            heading = row.table.headings.get(quantity_key)
            if heading is not None and heading.unit:
                return heading.unit
            header = heading.header if heading else quantity_key
            problem = refuse("sheet.unit_missing", "", header, example=f"{header} [kg]")
            self.keep(problem, row.place(quantity_key))
            return None
        text = cell.text.strip()
        code = self.units.likely_code(text)
        if not code:
            code = text if _CODE.fullmatch(text) and self.units.unit(text) else ""
        if not code:
            self.keep(refuse("sheet.unit_unknown", "", text), row.place(key))
        return code or None

    def word(self, row: Row, key: str, group: str) -> str | None:
        """Return the code of a word of a closed list."""
        cell = row.cells.get(key)
        if cell is None:
            return None
        code = self.tables.code(group, cell.text)
        if code is None:
            known = " · ".join(word.names["en"] for word in self.tables.words[group].values())
            self.keep(refuse("sheet.word_unknown", "", cell.text, known=known), row.place(key))
        return code

    def form(self, row: Row, key: str) -> str | None:
        """Return the form that a word names, in English or Chinese; another text is kept for the door to judge."""
        text = self.text(row, key)
        if text is None:
            return None
        name = folded(text)
        for form in self.matter.forms.values():
            if name in (folded(form.id), folded(form.name_en), folded(form.name_zh)):
                return form.id
        return text

    def yes(self, row: Row, key: str) -> bool:
        """Return whether a cell says yes; empty is no."""
        cell = row.cells.get(key)
        said = False if cell is None else is_true(cell, self.tables)
        if said is None:
            assert cell is not None, "an empty cell says no"
            self.keep(refuse("sheet.yes_or_no", "", cell.text), row.place(key))
        return bool(said)

    # When

    def zone(self, row: Row) -> str | None:
        """Return the offset of a row: its own, else that of the document or of the command."""
        cell = row.cells.get("zone")
        text = cell.text if cell is not None else row.table.zone
        if not text:
            return None
        zone = read_zone(text)
        if zone is None:
            self.keep(refuse("sheet.zone", "", text), row.place("zone"))
        return zone

    def instant(self, row: Row, key: str, clock_key: str = "") -> tuple[datetime, str] | None:
        """Return the instant of a cell in UTC and its offset; a day alone is read as noon, which is remarked."""
        cell = row.cells.get(key)
        if cell is None:
            return None
        place = row.place(key)
        moment = read_moment(cell, row.table.orders.get(place.column, ""), epoch_1904=row.table.epoch_1904)
        if not isinstance(moment, Moment):
            if moment is None:
                self.keep(refuse("sheet.not_a_date", "", cell.text), place)
            else:
                self.keep(refuse("sheet.date_open", "", cell.text), place)
            return None
        clock = moment.clock
        clock_cell = row.cells.get(clock_key)
        if clock is None and clock_cell is not None:
            clock = read_clock(clock_cell)
            if clock is None:
                self.keep(refuse("sheet.not_a_time", "", clock_cell.text), row.place(clock_key))
                return None
        zone = moment.offset or self.zone(row)
        if zone is None:
            if not row.cells.get("zone"):
                self.keep_once(refuse("sheet.zone_missing", "", cell.text), place)
            return None
        if clock is None:
            self.keep_once(remark("sheet.day_only", "", cell.text), place)
        at = instant_of(moment, clock or NOON, zone)
        if at is None:
            self.keep(refuse("sheet.not_a_date", "", cell.text), place)
            return None
        return at.astimezone(UTC), zone

    def month(self, row: Row, key: str) -> tuple[int, int] | None:
        """Return year and month."""
        cell = row.cells.get(key)
        found = read_month(cell) if cell is not None else None
        if found is None:
            self.keep(refuse("sheet.not_a_month", "", cell.text if cell else ""), row.place(key))
        return found

    # Identifiers

    def uri(self, row: Row, key: str) -> str | None:
        """Return an absolute identifier; 18 digits are an SSCC."""
        text = self.text(row, key)
        if text is None or _URI.fullmatch(text):
            return text
        if _SSCC.fullmatch(text):
            return f"{GS1}00/{text}"
        self.keep(refuse("sheet.not_an_identifier", "", text), row.place(key))
        return None

    def named(self, row: Row, key: str, ai: str) -> str | None:
        """Return a site (`414`) or party (`417`): an identifier as it is, or 13 digits of a GLN."""
        text = self.text(row, key)
        if text is None or _URI.fullmatch(text):
            return text
        if _GLN.fullmatch(text):
            return f"{GS1}{ai}/{text}"
        self.keep(refuse("sheet.not_a_gln", "", text), row.place(key))
        return None

    def place(self, row: Row, key: str, site: str | None) -> str | None:
        """Return a place inside a site: an identifier as it is, or an extension of the site's GLN."""
        text = self.text(row, key)
        if text is None or _URI.fullmatch(text):
            return text
        if site is not None and site.startswith(f"{GS1}414/"):
            return f"{site}/254/{percent_encode(text)}"
        self.keep(refuse("sheet.place_without_site", "", text), row.place(key))
        return None

    def product(self, row: Row, key: str) -> str | None:
        """Return a product: an identifier as it is, or the digits of a GTIN (leading zeros may be missing)."""
        text = self.text(row, key)
        if text is None or _URI.fullmatch(text):
            return text
        digits = text.lstrip("0") if len(text) < 14 else text
        if text.isdecimal() and text.isascii() and (_GTIN.fullmatch(text) or 7 < len(digits) <= 14):
            return f"{GS1}01/{text.zfill(14)}"
        if self.settings.base and len(text) <= 80 and text.isprintable():
            return mint(self.settings.base, "product", text)
        self.keep(refuse("sheet.not_a_product", "", text), row.place(key))
        return None

    def lot(self, row: Row, key: str, product_key: str) -> str | None:
        """Return a lot or piece: an identifier as it is, or a lot number of its row's product."""
        text = self.text(row, key)
        if text is None or _URI.fullmatch(text):
            return text
        product = self.product(row, product_key)
        if product is None:
            if product_key not in row.cells:
                self.keep(refuse("sheet.lot_without_product", "", text), row.place(key))
            return None
        return lot_under(product, text, self.settings.base)

    def document(self, row: Row, key: str, issuer: str | None) -> str | None:
        """Return a document: an identifier as it is, or a number of the party or site that issued it."""
        text = self.text(row, key)
        if text is None or _URI.fullmatch(text):
            return text
        if issuer is None:
            self.keep(refuse("sheet.document_without_site", "", text), row.place(key))
            return None
        return document_of(issuer, text)


def lot_under(product: str, name: str, base: str) -> str:
    """Return the identifier of a lot of a product."""
    if product.startswith(f"{GS1}01/"):
        return f"{product}/10/{percent_encode(name)}"
    minted = f"{base.rstrip('/')}/product/" if base else ""
    if minted and product.startswith(minted):
        return f"{base.rstrip('/')}/lot/{product[len(minted) :]}/{percent_encode(name)}"
    return f"{product.rstrip('/')}/{percent_encode(name)}"


def document_of(issuer: str, number: str) -> str:
    """Return the identifier of a document by its number (CBV 2.0, section 8.5: of a GLN, by its issuer)."""
    for ai in ("414", "417"):
        if issuer.startswith(f"{GS1}{ai}/"):
            return f"urn:epcglobal:cbv:bt:{issuer[len(GS1) + 4 :].partition('/')[0]}:{percent_encode(number)}"
    return f"{issuer.rstrip('/')}/document/{percent_encode(number)}"


def plain(value: Decimal) -> Decimal:
    """Return a computed number without exponent and trailing zeros."""
    value = CONTEXT.create_decimal(value)
    if value == value.to_integral_value():
        return Decimal(format(value.to_integral_value(), "f"))
    return Decimal(format(value.normalize(CONTEXT), "f"))
