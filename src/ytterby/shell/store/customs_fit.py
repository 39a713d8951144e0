"""What customs is told of a licence, and what its own system could not read of it.

It is found when the decision is taken, and again by replay, and never by a batch that stops.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from ytterby.chain.party import Directory
from ytterby.law.casework_rule import CustomsAdapter
from ytterby.licence.customs_content import ToldLicence, ToldLine, ToldParty, told_party
from ytterby.licence.customs_file_fit import fit
from ytterby.licence.customs_file_rules import FileRules, read_file_rules
from ytterby.licence.customs_message import Action
from ytterby.licence.licence import Licence
from ytterby.terms.problem import Problem, is_refused

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


def customs_flaws(content: Mapping[str, Any], adapter: CustomsAdapter, directory: Directory) -> tuple[str, ...]:
    """Return codes and places of what customs could not read of the content of a licence (units, lengths, characters);
    one code of a content that is no licence.
    """
    try:
        licence = msgspec.convert(dict(content), Licence)
    except msgspec.ValidationError:
        return ("licence.unreadable",)
    return tuple(f"{one.code} {one.where.pointer}" for one in customs_problems(licence, adapter, directory))
