"""Tell customs what became of a licence: the message is a record of the log, entered with the change that it tells.

Whoever changes a licence adds `customs_rows` to what it enters, so that no change is without its message and none
waits for another (casework 2.6: a suspension that customs never heard of). What the customs' own system could not
read is found when the decision is taken (`store.customs_fit`), and never by a batch that stops.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from ytterby.chain.party import Directory
from ytterby.licence.customs_content import content_of
from ytterby.licence.customs_message import Action, CustomsMessage
from ytterby.licence.licence import Licence
from ytterby.shell.store.customs import MESSAGE, message_fields
from ytterby.shell.store.customs_fit import file_rules, told_licence
from ytterby.shell.store.registering import Registrable

__all__ = ("customs_rows", "file_rules", "message_record")
ID_BYTES = 12


def customs_rows(licence: Licence, action: str, directory: Directory, at: datetime) -> Iterable[Registrable]:
    """Return the record by which customs is told of a change of a licence; the caller enters it with the change, and
    then calls `follow_customs`.
    """
    yield message_record(licence, Action(action), directory, at)


def message_record(
    licence: Licence, action: Action, directory: Directory, at: datetime, *, resends: str = ""
) -> Registrable:
    """Return the record of a message under an identifier of its own; its place follows from where it is entered."""
    told = told_licence(licence, action.value, directory)
    message = CustomsMessage(
        secrets.token_hex(ID_BYTES), licence.number, licence.version, 1, action, at, content_of(told), resends=resends
    )
    return Registrable(MESSAGE, licence.number, message_fields(message))
