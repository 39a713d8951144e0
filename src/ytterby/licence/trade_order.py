"""One order record that application, certificate, export declaration and reports are filled from: no fact typed
twice.

An order is entered by its seller, whose number it is, and again, with the next version, to change it. Each paper
takes from it what it needs in its own words. **The receiver's mass is never filled in from the shipper's**: what a
receiver is handed (`receipt_form`) holds no quantity, so that two measurements stay two.

Quantities are exact decimals in a unit of UN/ECE Recommendation 20, countries ISO 3166-1 alpha-2.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from ytterby.licence.application import (
    CONSIGNEE,
    END_USER,
    EXPORTER,
    IMPORTER,
    Application,
    Line,
    PartyOnCase,
)
from ytterby.licence.end_use_statement import Stated
from ytterby.licence.filing import (
    NAME_MAX,
    Filing,
    Speech,
    country_problems,
    order_key,
    party_speaks,
    past_problems,
    text_problems,
)
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import plain_decimal

LINES_MAX, LOTS_MAX = 200, 1000
CERTIFICATE = "end_user_certificate"
_UNIT = re.compile(r"[A-Z0-9]{2,3}")
_CURRENCY = re.compile(r"[A-Z]{3}")

Json = dict[str, Any]


class OrderLine(Filing, frozen=True):
    """Goods of one kind as they were ordered; `value` in `currency`, for the whole line."""

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


class TradeOrder(Filing, frozen=True):
    """An order: the seller's number, who sells, buys, receives and uses, what goes where and how."""

    number: str
    version: int
    seller: str
    buyer: str
    end_user: str
    destination: str
    on: str
    lines: tuple[OrderLine, ...]
    consignee: str = ""
    contract: str = ""
    freight_mode: str = ""

    @property
    def key(self) -> str:
        """What the order is known by."""
        return order_key(self.seller, self.number)

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody whom it names, each once."""
        named = (self.seller, self.buyer, self.consignee, self.end_user)
        return tuple(dict.fromkeys(party for party in named if party))


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with all its versions, and since when each stands."""

    versions: tuple[tuple[TradeOrder, datetime], ...]

    @property
    def order(self) -> TradeOrder:
        """The version that stands."""
        return self.versions[-1][0]


def check_order(said: Speech, one: TradeOrder, known: Ordered | None) -> list[Problem]:
    """Return what keeps an order, or a new version of it, out."""
    if problems := party_speaks(said, one.seller):
        return problems  # and nothing of whether there is such an order
    wanted = 1 if known is None else known.order.version + 1
    if one.version != wanted:
        problems.append(refuse("filed.version", "/version", one.version, wanted=wanted))
    if one.seller in {one.buyer, one.end_user} or not one.end_user:
        problems.append(refuse("order.parties", "/seller", one.seller))
    problems += text_problems({"number": one.number}, most=NAME_MAX) + past_problems("on", one.on, said)
    problems += country_problems("destination", one.destination)
    if not 0 < len(one.lines) <= LINES_MAX or len({line.line for line in one.lines}) != len(one.lines):
        problems.append(refuse("order.lines", "/lines", len(one.lines), limit=LINES_MAX))
    for number, line in enumerate(one.lines):
        problems += [found.at(pointer("lines", number)) for found in _line_problems(line)]
    return problems


def _line_problems(line: OrderLine) -> list[Problem]:
    problems = text_problems({"name": line.name}, most=NAME_MAX)
    if line.line < 1 or len(line.lots) > LOTS_MAX:
        problems.append(refuse("order.lines", "/line", line.line, limit=LINES_MAX))
    if not plain_decimal(line.quantity):
        problems.append(refuse("filed.amount", "/quantity", line.quantity))
    if not _UNIT.fullmatch(line.unit):
        problems.append(refuse("order.unit", "/unit", line.unit))
    if line.value and (plain_decimal(line.value) is None or not _CURRENCY.fullmatch(line.currency)):
        problems.append(refuse("order.value", "/value", line.value))
    return problems


# What is filled from it


def application_lines(order: TradeOrder) -> tuple[Line, ...]:
    """Return the lines of an application for the goods of an order."""
    return tuple(Line(**msgspec.structs.asdict(line)) for line in order.lines)


def application_parties(order: TradeOrder) -> tuple[PartyOnCase, ...]:
    """Return the parties of an application by their roles; a buyer that uses the goods itself is no importer beside."""
    roles = (
        (EXPORTER, order.seller),
        (IMPORTER, order.buyer),
        (CONSIGNEE, order.consignee),
        (END_USER, order.end_user),
    )
    found = ((role, party) for role, party in roles if party and not (role == IMPORTER and party == order.end_user))
    return tuple(PartyOnCase(role=role, party=party) for role, party in found)


def fill_application(application: Application, order: TradeOrder, statements: Iterable[Stated] = ()) -> Application:
    """Return an application with what the order and the statements that serve it say in place of what it said."""
    serving = [one for one in statements if one.covers(order.key)]
    return msgspec.structs.replace(
        application,
        lines=application_lines(order),
        parties=application_parties(order),
        destination=order.destination,
        order=order.number,
        freight_mode=order.freight_mode or application.freight_mode,
        use=serving[0].statement.use if serving else application.use,
        statements=tuple(one.digest for one in serving) or application.statements,
    )


def certificate_fields(
    order: TradeOrder, stated: Stated, name_of: Callable[[str], str], undertakings: Mapping[str, str]
) -> Json:
    """Return the fields of an end-user certificate (docs/completeness.md) that an order and a statement fill in.

    `undertakings` tells which code of a provision stands behind which field of the certificate.
    """
    statement = stated.statement
    use = {name: value for name, value in statement.use.items() if name != "code"}
    told: Json = {
        "end_user": name_of(statement.end_user),
        "exporter": name_of(statement.exporter),
        "importer": name_of(statement.importer) if statement.importer else "",
        "goods": [_certificate_row(line) for line in order.lines],
        "order_number": order.number,
        "end_use": use.get("text") or use,
        "signatory": f"{statement.signer.name}, {statement.signer.title}",
        "date": stated.at.date().isoformat(),
        **{field: True for field, code in undertakings.items() if code in statement.undertakings},
    }
    return {name: value for name, value in told.items() if value}


def _certificate_row(line: OrderLine) -> Json:
    row: Json = {
        "name": line.name,
        "specification": line.specification,
        "control_code": line.control_code,
        "quantity": {"amount": line.quantity, "unit": line.unit},
        "value": f"{line.value} {line.currency}".strip(),
    }
    return {name: value for name, value in row.items() if value}


def declaration_figures(
    order: TradeOrder, shipped: Mapping[int, str], licence_lines: Mapping[int, tuple[str, str]]
) -> list[Json]:
    """Return the figures of an export declaration, one row a line that ships: what is shipped of it as the shipper
    measured it, its share of the value (exact where the whole line ships, else to the cent), licence and licence line.

    Raises:
        KeyError: a line that the order does not have.
    """
    by_number = {line.line: line for line in order.lines}
    found = []
    for number, quantity in shipped.items():
        line = by_number[number]
        licence, licence_line = licence_lines.get(number, ("", ""))
        found.append(
            {
                "line": number,
                "order": order.number,
                "product": line.product,
                "name": line.name,
                "quantity": quantity,
                "unit": line.unit,
                "value": _value_of(line, quantity),
                "currency": line.currency,
                "destination": order.destination,
                "consignee": order.consignee or order.buyer or order.end_user,
                "licence": licence,
                "licence_line": licence_line,
                "freight_mode": order.freight_mode,
                "lots": list(line.lots),
            }
        )
    return found


def _value_of(line: OrderLine, quantity: str) -> str:
    if not line.value or Decimal(quantity) == Decimal(line.quantity):
        return line.value
    share = Decimal(line.value) * Decimal(quantity) / Decimal(line.quantity)
    return str(share.quantize(Decimal("0.01")))


def receipt_form(order: TradeOrder, document: str = "") -> Json:
    """Return what a receiver finds filled in: which goods of whom under which paper, and no mass or quantity at all."""
    return {
        "order": order.number,
        "document": document,
        "shipper": order.seller,
        "receiver": order.consignee or order.buyer or order.end_user,
        "lines": [
            {
                "line": line.line,
                "product": line.product,
                "name": line.name,
                "lots": list(line.lots),
                "unit": line.unit,
                "quantity": "",
            }
            for line in order.lines
        ],
    }


def known_to(party: str, order: TradeOrder) -> Collection[str]:
    """Return the fields of an order that a party may read: both sides of the sale all, the others no price and no
    lot.
    """
    whole = set(TradeOrder.__struct_fields__)
    if party and party in {order.seller, order.buyer}:
        return whole
    return whole - {"contract"} if party in order.parties else ()
