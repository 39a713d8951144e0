"""Tell customs what became of a licence: the message is a record of the log, entered with the change that it tells.

Whoever changes a licence adds `customs_rows` to what it enters, so that no change is without its message and none
waits for another (casework 2.6: a suspension that customs never heard of). What the customs' own system could not
read is found when the decision is taken (`customs_problems`), and never by a batch that stops.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from ytterby.chain.party import Directory
from ytterby.law.casework_rule import CustomsAdapter
from ytterby.licence.customs_content import ToldLicence, ToldLine, ToldParty, content_of, told_party
from ytterby.licence.customs_file_fit import fit
from ytterby.licence.customs_file_rules import FileRules, read_file_rules
from ytterby.licence.customs_message import Action, CustomsMessage
from ytterby.licence.licence import Licence
from ytterby.shell.store.customs import MESSAGE, message_fields
from ytterby.shell.store.registering import Registrable
from ytterby.terms.problem import Problem, is_refused

ID_BYTES = 12
WIDTH = 35  # where a pack names no adapter


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


def file_rules(adapter: CustomsAdapter) -> FileRules:
    """Return what a file for customs can hold, by the adapter of a pack.

    Raises:
        ValueError: the adapter is none; a pack that is read has a sound one.
    """
    rules, problems = read_file_rules(adapter.content)
    if rules is None:
        raise ValueError(f"the adapter {adapter.id}: {problems[0].code}")
    return rules


def customs_problems(licence: Licence, adapter: CustomsAdapter, directory: Directory) -> list[Problem]:
    """Return what customs could not read of a licence that is about to be issued; remarks are left out."""
    rules = file_rules(adapter)
    told = told_licence(licence, Action.ISSUED.value, directory, rules.address_width)
    _, problems = fit(told, rules)
    return [one for one in problems if is_refused([one])]


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
