"""What customs was told of a licence and what it answered, read from records of the log and from nothing else.

A record `customs_message` is one message, `customs_answer` what customs said of one; both have the licence's number as
their key. An answer has the fields `licence`, `version`, `message`, `result` (`acknowledged` or `rejected`), and where
it rejects `codes` and `text`.
"""

from typing import Any

import msgspec

from ytterby.licence.customs_message import ACTIVE, CustomsAnswer, CustomsMessage, LicenceAtCustoms, Verdict, at_customs
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.models import Registration

CUSTOMS_MESSAGE, CUSTOMS_ANSWER = "customs_message", "customs_answer"

Json = dict[str, Any]


def stored_at_customs(number: str) -> LicenceAtCustoms:
    """Return the messages and answers of a licence, as the log has them."""
    where = "kind IN (%s, %s) AND key = %s"
    rows = rows_where(Registration, ("kind", "document"), where, [CUSTOMS_MESSAGE, CUSTOMS_ANSWER, number])
    return standing_of([(kind, msgspec.json.decode(text)) for kind, text in rows])


def standing_of(records: list[tuple[str, Json]]) -> LicenceAtCustoms:
    """Return where a licence stands by the records of it, in whatever order they came."""
    return at_customs(
        [message_of(fields) for kind, fields in records if kind == CUSTOMS_MESSAGE],
        [answer_of(fields) for kind, fields in records if kind == CUSTOMS_ANSWER],
    )


def holds_active(so_far: LicenceAtCustoms, version: int) -> bool:
    """Tell whether customs acknowledged that goods may leave on a version: the newest message that it took says so."""
    known = so_far.known
    return known is not None and known.version == version and known.action in ACTIVE


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
    told = {"message": fields["message"], "verdict": Verdict(fields["result"])}
    return msgspec.convert({**told, "codes": fields.get("codes", ()), "text": fields.get("text", "")}, CustomsAnswer)
