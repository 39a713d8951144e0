"""Tell customs what became of a licence: the message is a record of the log, entered with the change that it tells.

Whoever changes a licence adds `customs_rows` to what it enters, so that no change is without its message and none
waits for another (casework 2.6: a suspension that customs never heard of). What the customs' own system could not
read is found when the decision is taken (`customs_problems`), and never by a batch that stops.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from ytterby.chain.party import Directory
from ytterby.law.casework_rule import CustomsAdapter
from ytterby.licence.customs_content import ToldLicence, ToldLine, ToldParty, content_of, told_party
from ytterby.licence.customs_file_fit import fit
from ytterby.licence.customs_file_rules import FileRules, FileUnit
from ytterby.licence.customs_message import (
    Action,
    CustomsAnswer,
    CustomsMessage,
    LicenceAtCustoms,
    at_customs,
    next_message,
)
from ytterby.licence.licence import Licence
from ytterby.shell.store.licences import CUSTOMS_ANSWER, CUSTOMS_MESSAGE
from ytterby.shell.store.models import Registration
from ytterby.shell.store.registering import Registrable
from ytterby.terms.problem import Problem, is_refused

ID_BYTES = 12
TEXT_WIDTH, CONSIGNEES_MOST, LINES_MOST, DIGITS_MOST = 70, 50, 200, 15
COUNTED = frozenset({"H87", "C62", "NMP"})  # units of pieces: no decimals
DECIMALS = 6
WIDTH = 35  # where a pack names no adapter

Json = dict[str, Any]


def told_licence(licence: Licence, status: str, directory: Directory, width: int = WIDTH) -> ToldLicence:
    """Return what customs is told of a licence in a status."""

    def told(party: str) -> ToldParty:
        found = directory.parties.get(party)
        if found is None:
            return ToldParty(party, party, "")
        return told_party(party, found.name, found.country, found.addresses, width)

    return ToldLicence(
        number=licence.number,
        version=licence.version,
        status=status,
        holder=told(licence.holder),
        destination=licence.destination,
        consignees=tuple(told(party) for party in licence.consignees),
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        exports=licence.exports,
        lines=tuple(
            ToldLine(one.line, one.name, one.quantity, one.unit, one.product, one.code) for one in licence.lines
        ),
        tolerance=licence.tolerance,
        conditions=licence.conditions,
    )


@lru_cache(maxsize=8)
def _characters(charset: str) -> frozenset[str]:
    """Return the printable characters that a set can write."""
    if charset == "utf_8":
        return frozenset(chr(one) for one in range(0x20, 0x30000) if chr(one).isprintable())
    found = set()
    for one in range(0x20, 0x10000):
        letter = chr(one)
        try:
            letter.encode(charset)
        except UnicodeEncodeError:
            continue
        if letter.isprintable():
            found.add(letter)
    return frozenset(found)


def file_rules(adapter: CustomsAdapter) -> FileRules:
    """Return what a file for customs can hold, by the adapter of a pack."""
    units = {code: FileUnit(word, 0 if code in COUNTED else DECIMALS) for code, word in adapter.units.items()}
    return FileRules(
        name_width=adapter.line_length,
        address_width=adapter.line_length,
        address_lines=adapter.lines,
        text_width=TEXT_WIDTH,
        lines=LINES_MOST,
        consignees=CONSIGNEES_MOST,
        digits=DIGITS_MOST,
        units=units,
        characters=_characters(adapter.charset),
    )


def customs_problems(licence: Licence, adapter: CustomsAdapter, directory: Directory) -> list[Problem]:
    """Return what customs could not read of a licence that is about to be issued; remarks are left out."""
    told = told_licence(licence, Action.ISSUED.value, directory, adapter.line_length)
    _, problems = fit(told, file_rules(adapter))
    return [one for one in problems if is_refused([one])]


def stored_at_customs(number: str) -> LicenceAtCustoms:
    """Return the messages and answers of a licence, as the log has them."""
    rows = Registration.objects.filter(kind__in=(CUSTOMS_MESSAGE, CUSTOMS_ANSWER), key=number).order_by("log_index")
    found = [(kind, msgspec.json.decode(text)) for kind, text in rows.values_list("kind", "document")]
    return at_customs(
        [message_of(fields) for kind, fields in found if kind == CUSTOMS_MESSAGE],
        [answer_of(fields) for kind, fields in found if kind == CUSTOMS_ANSWER],
    )


def message_of(fields: Json) -> CustomsMessage:
    """Return the message of a record.

    Raises:
        msgspec.ValidationError: it is none.
    """
    names = CustomsMessage.__struct_fields__
    told = {name: fields[name] for name in names if name in fields and name != "id"}
    return msgspec.convert({**told, "id": fields["message"]}, CustomsMessage)


def answer_of(fields: Json) -> CustomsAnswer:
    """Return the answer of a record.

    Raises:
        msgspec.ValidationError: it is none.
    """
    told = {"message": fields["message"], "verdict": fields["result"]}
    return msgspec.convert({**told, "codes": fields.get("codes", ()), "text": fields.get("text", "")}, CustomsAnswer)


def customs_rows(licence: Licence, action: str, directory: Directory, at: datetime) -> Iterable[Registrable]:
    """Return the record by which customs is told of a change of a licence; the caller enters it with the change."""
    message = next_message(
        stored_at_customs(licence.number),
        id_=secrets.token_hex(ID_BYTES),
        licence=licence.number,
        version=licence.version,
        action=Action(action),
        content=content_of(told_licence(licence, action, directory)),
        at=at,
    )
    fields = msgspec.to_builtins(message)
    fields["message"] = fields.pop("id")
    yield Registrable(CUSTOMS_MESSAGE, licence.number, {"id": licence.number, **fields})
