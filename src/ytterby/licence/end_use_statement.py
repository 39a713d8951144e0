"""What an end user states: which goods of which exporter it uses for what, with its undertakings, signed by its own
key.

A statement is filed once, holds from a day to a day, and serves every order that it names, or where it names none
every order of that exporter. Its digest is over all that it says, a nonce included, so that nobody who guesses its
words can confirm them (threat S7); the signature is over register and digest. The undertakings stand in it by the
codes of the pack with the texts that were shown, so that what was signed can be read without the pack.

Two ways it comes: *signed* by a key that an invitation bound to the end user, or *paper*: an exporter files a scan by
its SHA-256, which is as good as the exporter's word. The end user sees both kinds, and repudiates what it did not
state.

**What stops shipping**: a repudiated statement, and an alarm of exporter, importer, end user or office that user or
use changed or that a certificate is not what it seems, until the office ends the alarm (`shipping_stops`). A stop is
a pair (digest of a statement, order): an empty order stands for all under the statement, an empty statement for that
order under whatever statement.

Source: Order 792 articles 24 and 25 as the procedure packs tell them; end use by `law.end_use`.
"""

from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ytterby.law.end_use import read_end_use
from ytterby.law.procedure import Procedure
from ytterby.licence.filing import (
    NAME_MAX,
    Filing,
    Speech,
    digest_of,
    document_problems,
    office_speaks,
    order_key,
    party_speaks,
    span_problems,
    text_problems,
    unknown,
)
from ytterby.licence.invitation import BoundKey
from ytterby.proof.key import PublicKey
from ytterby.terms.problem import Problem, pointer, refuse, remark
from ytterby.terms.quantity import plain_decimal

DIGEST_DOMAIN, SIGNED_DOMAIN = "ytterby/end-use-statement/v1", "ytterby/end-use-statement-signature/v1"
SIGNED, PAPER = "signed", "paper"
COMMITMENT = "commitment"
NOT_MADE, NO_LONGER_TRUE, TAKEN_BACK = "not_made", "no_longer_true", "taken_back"
REPUDIATIONS = (NOT_MADE, NO_LONGER_TRUE, TAKEN_BACK)
ALARMS = ("user_changed", "use_changed", "forged", "expired", "deceit")
IN_FORCE, NOT_YET, ENDED, REPUDIATED = "in_force", "not_yet", "ended", "repudiated"
GOODS_MAX, ORDERS_MAX, UNDERTAKINGS_MAX, NONCE_MIN = 200, 200, 50, 32

Json = dict[str, Any]
Stop = tuple[str, str]


class StatedGoods(Filing, frozen=True):
    """Goods of one kind; quantity and unit where the statement is for so much and no more."""

    name: str
    product: str = ""
    specification: str = ""
    control_code: str = ""
    quantity: str = ""
    unit: str = ""


class Signer(Filing, frozen=True):
    """Who signs for the end user."""

    name: str
    title: str


class EndUseStatement(Filing, frozen=True):
    """What is stated. `use` as in an application: `code`, and the elements of an end use or a `text`; `orders` are
    numbers of the exporter's, none for all; `nonce` 32 or more hexadecimal digits that were drawn.
    """

    end_user: str
    exporter: str
    procedure: str
    goods: tuple[StatedGoods, ...]
    use: Json
    undertakings: Mapping[str, Mapping[str, str]]
    signer: Signer
    valid_from: str
    valid_to: str
    nonce: str
    orders: tuple[str, ...] = ()
    importer: str = ""
    profile: str = ""
    documents: tuple[str, ...] = ()


class FiledStatement(Filing, frozen=True):
    """A statement as it is filed: signed with which account's key, or on paper."""

    statement: EndUseStatement
    made: str
    account: str = ""
    signature: str = ""


class Repudiation(Filing, frozen=True):
    """That the end user does not stand by a statement (its digest), for a coded reason."""

    statement: str
    reason: str
    text: str


class ShippingAlarm(Filing, frozen=True):
    """That shipping has to stop: what changed or is wrong, under which statement or order (key), or both."""

    id: str
    kind: str
    text: str
    statement: str = ""
    order: str = ""
    documents: tuple[str, ...] = ()


class AlarmEnd(Filing, frozen=True):
    """That the office lets shipping go on, and why."""

    alarm: str
    text: str
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement that was filed, by its digest, with who filed it when and whether it was repudiated."""

    digest: str
    filed: FiledStatement
    by: str
    at: datetime
    repudiation: Repudiation | None = None
    repudiated_at: datetime | None = None

    @property
    def statement(self) -> EndUseStatement:
        """What it says."""
        return self.filed.statement

    def state_on(self, day: date) -> str:
        """Return where it stands on a day: in_force, not_yet, ended, repudiated."""
        if self.repudiation is not None:
            return REPUDIATED
        if day.isoformat() < self.statement.valid_from:
            return NOT_YET
        return ENDED if day.isoformat() > self.statement.valid_to else IN_FORCE

    def covers(self, order: str) -> bool:
        """Tell whether it serves an order (key)."""
        one = self.statement
        if one.orders:
            return any(order == order_key(one.exporter, number) for number in one.orders)
        return order.startswith(order_key(one.exporter, ""))


@dataclass(frozen=True, slots=True)
class Alarmed:
    """An alarm with who raised it when, and how it ended."""

    alarm: ShippingAlarm
    by: str
    at: datetime
    end: AlarmEnd | None = None
    ended_at: datetime | None = None


def statement_digest(statement: EndUseStatement) -> str:
    """Return what a statement is known by: the SHA-256 (hexadecimal) of all that it says."""
    return digest_of(DIGEST_DOMAIN, statement)


def signed_bytes(register_id: str, statement: EndUseStatement) -> bytes:
    """Return what the end user's key signs."""
    return f"{SIGNED_DOMAIN}\x00{register_id}\x00{statement_digest(statement)}".encode()


def undertakings_of(procedure: Procedure) -> dict[str, dict[str, str]]:
    """Return the undertakings that a procedure asks for: code -> language -> text."""
    return {one.id: dict(one.title) for one in procedure.provisions.values() if one.kind == COMMITMENT}


def check_against_procedure(statement: EndUseStatement, procedure: Procedure) -> list[Problem]:
    """Return what a pack has against a statement: undertakings that it does not know or words otherwise (refused), and
    those that it asks for and that are not undertaken (a remark, since it is the end user who undertakes).
    """
    asked = undertakings_of(procedure)
    problems = [
        refuse("statement.undertaking", pointer("undertakings", code), code, known=", ".join(asked))
        for code, said in statement.undertakings.items()
        if dict(said) != asked.get(code)
    ]
    missing = [code for code in asked if code not in statement.undertakings]
    return problems + [remark("statement.not_undertaken", "/undertakings", code) for code in missing]


def check_statement(
    said: Speech,
    one: FiledStatement,
    known: Mapping[str, Stated],
    keys: Mapping[str, BoundKey],
    register_id: str,
) -> list[Problem]:
    """Return what keeps a statement out."""
    statement = one.statement
    problems = _signature(said, one, keys, register_id) if one.made == SIGNED else _paper(said, one)
    if statement_digest(statement) in known:
        problems.append(refuse("filed.twice", "", statement_digest(statement)))
    if statement.end_user == statement.exporter or not (statement.end_user and statement.exporter):
        problems.append(refuse("statement.parties", "/exporter", statement.exporter))
    problems += span_problems(statement.valid_from, statement.valid_to)
    problems += document_problems(statement.documents)
    if len(statement.nonce) < NONCE_MIN or not set(statement.nonce) <= set("0123456789abcdef"):
        problems.append(refuse("statement.nonce", "/nonce", statement.nonce, least=NONCE_MIN))
    problems += [
        found.at("/signer")
        for found in text_problems({"name": statement.signer.name, "title": statement.signer.title}, most=NAME_MAX)
    ]
    return problems + _content(statement)


def _signature(said: Speech, one: FiledStatement, keys: Mapping[str, BoundKey], register_id: str) -> list[Problem]:
    """An end user states for itself, by a key that is bound to it and has not ended."""
    problems = party_speaks(said, one.statement.end_user)
    bound = keys.get(one.account)
    if bound is None or bound.party != one.statement.end_user or bound.ended is not None:
        return [*problems, refuse("statement.key", "/account", one.account)]
    try:
        signature = b64decode(one.signature, validate=True)
    except ValueError:
        signature = b""
    if not PublicKey.parse(bound.text).verify(signed_bytes(register_id, one.statement), signature):
        problems.append(refuse("statement.signature", "/signature"))
    return problems


def _paper(said: Speech, one: FiledStatement) -> list[Problem]:
    """An exporter files a paper for its own goods, and the scan is named."""
    if one.made != PAPER:
        return [refuse("statement.made", "/made", one.made, known=f"{SIGNED}, {PAPER}")]
    problems = [] if said.is_office else party_speaks(said, one.statement.exporter)
    if one.account or one.signature:
        problems.append(refuse("statement.paper_signed", "/signature"))
    return problems + document_problems(one.statement.documents, needed=True)


def _content(statement: EndUseStatement) -> list[Problem]:
    problems = []
    counts = (("goods", statement.goods, GOODS_MAX), ("undertakings", statement.undertakings, UNDERTAKINGS_MAX))
    for name, held, most in counts:
        if not 0 < len(held) <= most:
            problems.append(refuse("statement.count", pointer(name), len(held), limit=most))
    if len(statement.orders) > ORDERS_MAX or not all(number.strip() for number in statement.orders):
        problems.append(refuse("statement.count", "/orders", len(statement.orders), limit=ORDERS_MAX))
    for number, goods in enumerate(statement.goods):
        where = pointer("goods", number)
        problems += [found.at(where) for found in text_problems({"name": goods.name}, most=NAME_MAX)]
        if goods.quantity and not plain_decimal(goods.quantity):
            problems.append(refuse("filed.amount", where + "/quantity", goods.quantity))
    elements = {name: value for name, value in statement.use.items() if name not in {"code", "text"}}
    told, wrong = read_end_use(statement.use.get("text") or elements)
    if told is None or not (statement.use.get("text") or elements):
        problems += [found.at("/use") for found in wrong] or [refuse("filed.no_text", "/use")]
    return problems


def check_repudiation(said: Speech, one: Repudiation, stated: Stated | None) -> list[Problem]:
    """Return what keeps a repudiation out: only the end user repudiates, and only what stands in its name."""
    if stated is None or said.party != stated.statement.end_user:
        return [unknown("/statement", one.statement)]
    problems = [refuse("statement.repudiated", "/statement", one.statement)] if stated.repudiation else []
    if one.reason not in REPUDIATIONS:
        problems.append(refuse("statement.reason", "/reason", one.reason, known=", ".join(REPUDIATIONS)))
    return problems + text_problems({"text": one.text})


def check_alarm(
    said: Speech,
    one: ShippingAlarm,
    known: Mapping[str, Alarmed],
    *,
    stated: Stated | None,
    of_order: Collection[str],
) -> list[Problem]:
    """Return what keeps an alarm out. `stated` is the statement that it names, `of_order` the parties of its order."""
    problems = [refuse("filed.twice", "/id", one.id)] if one.id in known else []
    if one.kind not in ALARMS:
        problems.append(refuse("alarm.kind", "/kind", one.kind, known=", ".join(ALARMS)))
    if not (one.statement or one.order):
        problems.append(refuse("alarm.of_nothing", "/statement"))
    if one.statement and not (stated is not None and (said.is_office or said.party in parties_of(stated))):
        problems.append(unknown("/statement", one.statement))
    if one.order and not (of_order and (said.is_office or said.party in of_order)):
        problems.append(unknown("/order", one.order))
    return problems + text_problems({"text": one.text}) + document_problems(one.documents)


def check_alarm_end(said: Speech, one: AlarmEnd, alarmed: Alarmed | None) -> list[Problem]:
    """Return what keeps the end of an alarm out."""
    if problems := office_speaks(said):
        return problems
    if alarmed is None or alarmed.end is not None:
        problems.append(unknown("/alarm", one.alarm))
    return problems + text_problems({"text": one.text}) + document_problems(one.documents)


def parties_of(stated: Stated) -> tuple[str, ...]:
    """Return who may know of a statement: the end user, the exporter, the importer that it names."""
    one = stated.statement
    return tuple(party for party in (one.end_user, one.exporter, one.importer) if party)


def stops_of(statements: Iterable[Stated], alarms: Iterable[Alarmed]) -> frozenset[Stop]:
    """Return what stops shipping: pairs of a statement's digest and an order's key, either of them empty for all."""
    repudiated = {(one.digest, "") for one in statements if one.repudiation is not None}
    return frozenset(repudiated | {(one.alarm.statement, one.alarm.order) for one in alarms if one.end is None})


def stops_shipping(stops: Collection[Stop], statements: Iterable[str], order: str) -> bool:
    """Tell whether goods of an order (key), shipped under these statements (digests), have to stop.

    An order that is named stops under each of its statements; a statement that is stopped for one order ships others.
    """
    pairs = {("", order)} | {(digest, key) for digest in statements for key in ("", order)}
    return not pairs.isdisjoint(stops)
