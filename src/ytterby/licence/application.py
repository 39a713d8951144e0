"""An application as it is handed in: goods by line, parties, use, documents; each fact once.

What law asks for is judged over a dossier, and the dossier is made from the application (`dossier_of`), so that name,
quantity, end user and order are typed once and cannot disagree with themselves. What a pack's form asks beyond that
stands in `fields`, by the names of the pack.

Quantities are exact decimals in a unit of UN/ECE Recommendation 20; countries ISO 3166-1 alpha-2.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from ytterby.law.dossier import SCHEMA as DOSSIER_SCHEMA
from ytterby.law.dossier_rule import DossierRules
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import UnitTable, plain_decimal

SCHEMA = "ytterby-application/1"
EXPORTER, IMPORTER, CONSIGNEE, END_USER, INTERMEDIARY = "exporter", "importer", "consignee", "end_user", "intermediary"
ROLES = (EXPORTER, IMPORTER, CONSIGNEE, END_USER, INTERMEDIARY)
LINES_MAX, PARTIES_MAX, LOTS_MAX, TEXT_MAX = 200, 50, 1000, 2000
PLACES_MAX = 6  # decimal places of a quantity: what a ledger of licences counts in
_COUNTRY = re.compile(r"[A-Z]{2}")
_PATH = re.compile(r"\$((?:\.\w+|\[[^\]]*\])*)")

Json = dict[str, Any]
NameOf = Callable[[str], str]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods of one kind: how much of which product, out of which lots. `goods` describes them for the law of goods
    (docs/goods), None where the lots or the registered product tell.
    """

    line: int
    name: str
    quantity: str
    unit: str
    product: str = ""
    specification: str = ""
    control_code: str = ""
    value: str = ""
    currency: str = ""
    lots: tuple[str, ...] = ()
    goods: Json | None = None

    @property
    def amount(self) -> Decimal:
        """The quantity as an exact decimal, in `unit`."""
        return Decimal(self.quantity)


class PartyOnCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A party by its role; `party` is its identifier in the register, empty for one that is not in it."""

    role: str
    party: str = ""
    name: str = ""
    country: str = ""
    address: str = ""


class Application(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is applied for. `use`: `code` of the table of uses, `text` in one or two languages, or the elements of an
    end use (`law.end_use`). `statements` are digests of statements that end users filed.
    """

    procedure: str
    lines: tuple[Line, ...]
    parties: tuple[PartyOnCase, ...]
    schema: str = SCHEMA
    licence_kind: str = ""
    destination: str = ""
    order: str = ""
    use: Json = {}
    freight_mode: str = ""
    fields: Json = {}
    documents: tuple[Json, ...] = ()
    statements: tuple[str, ...] = ()
    licence: str = ""  # the licence that an amendment or a check is about
    text: str = ""

    def of_role(self, role: str) -> tuple[PartyOnCase, ...]:
        """Return the parties of a role."""
        return tuple(one for one in self.parties if one.role == role)

    @property
    def exporter(self) -> str:
        """The identifier of the exporter in the register; empty where none is named."""
        return next((one.party for one in self.parties if one.role == EXPORTER), "")

    @property
    def party_ids(self) -> tuple[str, ...]:
        """The identifiers of all parties that are in the register, each once, in order."""
        return tuple(dict.fromkeys(one.party for one in self.parties if one.party))

    @property
    def lots(self) -> tuple[str, ...]:
        """All lots of all lines, each once, in order."""
        return tuple(dict.fromkeys(lot for line in self.lines for lot in line.lots))


def read_application(value: Any, units: UnitTable) -> tuple[Application | None, list[Problem]]:
    """Return an application from decoded JSON, or None and everything that is wrong with its form.

    What is missing is no problem here: that is `law.completeness`.
    """
    try:
        found = msgspec.convert(value, Application)
    except msgspec.ValidationError as error:
        return None, [_of_error(error)]
    problems = list(_problems(found, units))
    return (None, problems) if problems else (found, [])


def _of_error(error: msgspec.ValidationError) -> Problem:
    text = str(error)
    path = _PATH.search(text)
    parts = re.findall(r"\.(\w+)|\[([^\]]*)\]", path.group(1)) if path else []
    where = pointer(*(name or index for name, index in parts)) if parts else ""
    return refuse("application.form", where, "", why=text.split(" - at ", maxsplit=1)[0])


def _problems(one: Application, units: UnitTable) -> Iterator[Problem]:
    if one.schema != SCHEMA:
        yield refuse("application.schema", "/schema", one.schema, wanted=SCHEMA)
    for name, most, held in (
        ("lines", LINES_MAX, one.lines),
        ("parties", PARTIES_MAX, one.parties),
    ):
        if len(held) > most:
            yield refuse("application.too_many", pointer(name), len(held), limit=most)
    for number, line in enumerate(one.lines):
        yield from _line_problems(number, line, units)
    if len({line.line for line in one.lines}) != len(one.lines):
        yield refuse("application.line_twice", "/lines", "")
    for number, party in enumerate(one.parties):
        if party.role not in ROLES:
            yield refuse("application.role", pointer("parties", number, "role"), party.role, allowed=", ".join(ROLES))
        if party.country and not _COUNTRY.fullmatch(party.country):
            yield refuse("application.country", pointer("parties", number, "country"), party.country)
        if not party.party and not party.name.strip():
            yield refuse("application.nobody", pointer("parties", number, "name"), "")
    if sum(party.role == EXPORTER for party in one.parties) > 1:
        yield refuse("application.exporters", "/parties", "")
    if one.destination and not _COUNTRY.fullmatch(one.destination):
        yield refuse("application.country", "/destination", one.destination)


def _line_problems(number: int, line: Line, units: UnitTable) -> Iterator[Problem]:
    where = pointer("lines", number)
    if line.line < 1:
        yield refuse("application.line_number", where + "/line", line.line)
    amount = plain_decimal(line.quantity)
    if amount is None or amount <= 0:
        yield refuse("application.quantity", where + "/quantity", line.quantity)
    elif -int(amount.as_tuple().exponent) > PLACES_MAX:
        yield refuse("application.places", where + "/quantity", line.quantity, limit=PLACES_MAX)
    elif isinstance(found := units.base(amount, line.unit, where + "/unit"), Problem):
        yield found
    if line.value and plain_decimal(line.value) is None:
        yield refuse("application.value", where + "/value", line.value)
    if len(line.lots) > LOTS_MAX or len(set(line.lots)) != len(line.lots):
        yield refuse("application.lots", where + "/lots", len(line.lots), limit=LOTS_MAX)
    for name in ("name", "specification"):
        if len(getattr(line, name)) > TEXT_MAX:
            yield refuse("application.too_long", f"{where}/{name}", len(getattr(line, name)), limit=TEXT_MAX)


def dossier_of(one: Application, rules: DossierRules | None, name_of: NameOf) -> Json:
    """Return the dossier (docs/completeness.md) of an application: what it says goes into each field of the pack's form
    that is called so. `name_of` tells what a party of the register is called.
    """
    held = (
        frozenset[str]()
        if rules is None or rules.application not in rules.documents
        else frozenset(rules.documents[rules.application].fields)
    )
    told = {**_told(one, name_of), **one.fields}
    heads = held | {name.partition(".")[0] for name in held}
    inside = {name.partition(".")[2] for name in held if name.startswith("goods.")}
    if "goods" in told:
        rows = [{name: value for name, value in row.items() if name in inside} for row in told["goods"]]
        told["goods"] = rows
    found: Json = {"schema": DOSSIER_SCHEMA, "procedure": one.procedure}
    if one.licence_kind:
        found["kind"] = one.licence_kind
    # What no field of the form is called is kept where the applicant put it, so that a slip of the pen is refused.
    kept = {name: value for name, value in told.items() if name in heads or name in one.fields}
    if held or one.fields:
        found["application"] = kept
    found["documents"] = [dict(row) for row in one.documents]
    return found


def _told(one: Application, name_of: NameOf) -> Json:
    def named(role: str) -> str:
        return "; ".join(filter(None, (party.name or name_of(party.party) for party in one.of_role(role))))

    told: Mapping[str, Any] = {
        "applicant": named(EXPORTER),
        "end_user": named(END_USER),
        "importer": named(IMPORTER),
        "consignee": named(CONSIGNEE),
        "destination": one.destination,
        "end_use": _end_use(one.use),
        "order_number": one.order,
        "freight_mode": one.freight_mode,
        "goods": [_row(line) for line in one.lines],
    }
    return {name: value for name, value in told.items() if value}


def _end_use(use: Mapping[str, Any]) -> Any:
    if "text" in use:
        return use["text"]
    return {name: value for name, value in use.items() if name != "code"}


def _row(line: Line) -> Json:
    value = f"{line.value} {line.currency}".strip()
    row = {
        "name": line.name,
        "specification": line.specification,
        "control_code": line.control_code,
        "quantity": {"amount": line.quantity, "unit": line.unit},
        "value": value,
    }
    return {name: one for name, one in row.items() if one}
