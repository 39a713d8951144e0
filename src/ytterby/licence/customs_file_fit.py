"""Whether what customs is told of a licence can stand in a customs office's file: asked before it is decided on.

Every problem names its field and what to do. What fits is written as it is: nothing is cut off, rounded, folded or left
out. Only where a pack lists spellings are letters that the office does not know spelled by them, and a remark says so.

Attacks that this answers (shared/domain/casework.md 5.7): an unknown unit, an address line of 36 characters, names that
are not ASCII, a number of articles with decimals, a line break in a name that would begin a field of its own.
"""

import re
from collections.abc import Iterator
from datetime import date

from ytterby.licence.customs_content import ToldLicence, ToldLine, ToldParty, plain_quantity
from ytterby.licence.customs_file_rules import FileRules
from ytterby.terms.problem import Problem, is_refused, pointer, refuse, remark
from ytterby.terms.quantity import plain_decimal

LINE = re.compile(r"L[1-9][0-9]{0,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
STATUS_AND_EXPORTS = re.compile(r"[a-z_]{1,20}")
MAXIMUM_VERSION = 9_999


def fit(told: ToldLicence, rules: FileRules) -> tuple[ToldLicence, list[Problem]]:
    """Return what is told as it stands in the file, and all that is wrong with it or was spelled anew.

    Where something refuses, what is returned is as it was.
    """
    speller = _Speller(rules)
    spelled = speller.licence(told)
    problems = [*speller.problems, *_shape(spelled, rules)]
    return (told, problems) if is_refused(problems) else (spelled, problems)


class _Speller:
    """Writes texts with the letters of the office, and keeps what that met."""

    def __init__(self, rules: FileRules) -> None:
        self.rules = rules
        self.problems: list[Problem] = []

    def licence(self, told: ToldLicence) -> ToldLicence:
        return ToldLicence(
            number=self.exact(told.number, "/number"),
            version=told.version,
            status=told.status,
            holder=self.party(told.holder, "/holder"),
            destination=told.destination,
            consignees=tuple(self.party(one, pointer("consignees", n)) for n, one in enumerate(told.consignees)),
            valid_from=told.valid_from,
            valid_to=told.valid_to,
            exports=told.exports,
            lines=tuple(self.line(one, pointer("lines", n)) for n, one in enumerate(told.lines)),
            tolerance=_plain(told.tolerance),
            conditions=tuple(self.text(one, pointer("conditions", n)) for n, one in enumerate(told.conditions)),
        )

    def party(self, party: ToldParty, where: str) -> ToldParty:
        address = tuple(self.text(line, f"{where}/address/{n}") for n, line in enumerate(party.address))
        id_, name = self.exact(party.id, f"{where}/id"), self.text(party.name, f"{where}/name")
        return ToldParty(id_, name, party.country, address)

    def line(self, line: ToldLine, where: str) -> ToldLine:
        return ToldLine(
            line=line.line,
            name=self.text(line.name, f"{where}/name"),
            quantity=_plain(line.quantity),
            unit=line.unit,
            product=self.exact(line.product, f"{where}/product"),
            code=self.exact(line.code, f"{where}/code"),
        )

    def text(self, text: str, where: str) -> str:
        """Return what people read, spelled where the pack says how."""
        spelling = self.rules.transliteration or {}
        spelled = "".join(c if c in self.rules.characters else spelling.get(c, c) for c in text)
        if self.exact(spelled, where, text) and spelled != text and set(spelled) <= self.rules.characters:
            self.problems.append(remark("customs_file.spelled", where, text, spelled=spelled))
        return spelled

    def exact(self, text: str, where: str, written: str = "") -> str:
        """Return what must stand as it is."""
        strange = sorted(set(text) - self.rules.characters)
        if strange:
            facts = {"characters": " ".join(f"{c} (U+{ord(c):04X})" for c in strange[:5])}
            self.problems.append(refuse("customs_file.characters", where, written or text, **facts))
        elif text != text.strip():
            self.problems.append(refuse("customs_file.blank_at_end", where, text))
        return text


def _plain(text: str) -> str:
    """Return an exact decimal in its one way of writing; what is none as it is."""
    return text if plain_decimal(text) is None else plain_quantity(text)


def _shape(told: ToldLicence, rules: FileRules) -> Iterator[Problem]:
    yield from _width(told.number, rules.text_width, "/number")
    if not 1 <= told.version <= MAXIMUM_VERSION:
        yield refuse("customs_file.version", "/version", told.version, limit=MAXIMUM_VERSION)
    for name, word in (("status", told.status), ("exports", told.exports)):
        if not STATUS_AND_EXPORTS.fullmatch(word):
            yield refuse("customs_file.word", f"/{name}", word)
    yield from _party(told.holder, "/holder", rules)
    yield from _country(told.destination, "/destination")
    yield from _several(len(told.consignees), rules.consignees, "/consignees")
    for n, party in enumerate(told.consignees):
        yield from _party(party, pointer("consignees", n), rules)
    yield from _days(told)
    if plain_decimal(told.tolerance) is None:
        yield refuse("customs_file.quantity", "/tolerance", told.tolerance)
    yield from _lines(told, rules)
    for n, condition in enumerate(told.conditions):
        yield from _width(condition, rules.text_width, pointer("conditions", n))


def _party(party: ToldParty, where: str, rules: FileRules) -> Iterator[Problem]:
    yield from _width(party.id, rules.text_width, f"{where}/id", least=0)
    yield from _width(party.name, rules.name_width, f"{where}/name")
    yield from _country(party.country, f"{where}/country")
    yield from _several(len(party.address), rules.address_lines, f"{where}/address")
    for n, line in enumerate(party.address):
        yield from _width(line, rules.address_width, f"{where}/address/{n}")


def _lines(told: ToldLicence, rules: FileRules) -> Iterator[Problem]:
    yield from _several(len(told.lines), rules.lines, "/lines")
    if not told.lines:
        yield refuse("customs_file.missing", "/lines")
    seen: set[str] = set()
    for n, line in enumerate(told.lines):
        where = pointer("lines", n)
        if not LINE.fullmatch(line.line):
            yield refuse("customs_file.line", f"{where}/line", line.line)
        elif line.line in seen:
            yield refuse("customs_file.line_twice", f"{where}/line", line.line)
        seen.add(line.line)
        yield from _width(line.name, rules.text_width, f"{where}/name")
        yield from _width(line.product, rules.text_width, f"{where}/product", least=0)
        yield from _width(line.code, rules.text_width, f"{where}/code", least=0)
        yield from _quantity(line, where, rules)


def _quantity(line: ToldLine, where: str, rules: FileRules) -> Iterator[Problem]:
    unit, quantity = rules.units.get(line.unit), plain_decimal(line.quantity)
    if unit is None:
        yield refuse("customs_file.unit", f"{where}/unit", line.unit, known=", ".join(sorted(rules.units)))
    if quantity is None:
        yield refuse("customs_file.quantity", f"{where}/quantity", line.quantity)
        return
    written = plain_quantity(line.quantity)
    _, _, decimals = written.partition(".")
    if unit is not None and len(decimals) > unit.decimals:
        facts = {"unit": line.unit, "decimals": unit.decimals}
        yield refuse("customs_file.decimals", f"{where}/quantity", line.quantity, **facts)
    if len(written.replace(".", "")) > rules.digits:
        yield refuse("customs_file.digits", f"{where}/quantity", line.quantity, limit=rules.digits)


def _days(told: ToldLicence) -> Iterator[Problem]:
    days = []
    for name, text in (("valid_from", told.valid_from), ("valid_to", told.valid_to)):
        try:
            days.append(date.fromisoformat(text) if len(text) == len("2026-01-31") else None)
        except ValueError:
            days.append(None)
        if days[-1] is None:
            yield refuse("customs_file.day", f"/{name}", text)
    first, last = days
    if first is not None and last is not None and last < first:
        yield refuse("customs_file.day", "/valid_to", told.valid_to)


def _country(code: str, where: str) -> Iterator[Problem]:
    if not _COUNTRY.fullmatch(code):
        yield refuse("customs_file.country", where, code)


def _several(count: int, limit: int, where: str) -> Iterator[Problem]:
    if count > limit:
        yield refuse("customs_file.too_many", where, count, limit=limit)


def _width(text: str, width: int, where: str, least: int = 1) -> Iterator[Problem]:
    if len(text) < least:
        yield refuse("customs_file.missing", where)
    if len(text) > width:
        yield refuse("customs_file.too_long", where, text, length=len(text), limit=width)
