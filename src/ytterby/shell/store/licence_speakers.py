"""Who may say what about a licence, by the log: holder, customs, office (threats D2, O3, Q4).

The holder reserves, and gives up what it reserved. Customs draws, confirms exits and corrects: a party with the mandate
customs, at a customs place of its own that lies in the country whose office issued the licence, for goods that the
licence's holder owns. The licensing office links exits and changes the status. The register's operator is none of them.
Whoever is none of them is told that there is no such licence. Where the register is no demo each record is signed by an
account of its party; a demo lifts nothing else.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from ytterby.chain.party import Site
from ytterby.licence.draw_down import Kind
from ytterby.licence.licence import Licence
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING
from ytterby.shell.store.registrations import registered_site
from ytterby.shell.store.rights import Rights, signature_flaw
from ytterby.terms.problem import Problem, refuse

HOLDERS = frozenset({Kind.RESERVE, Kind.RELEASE, Kind.CANCELLED})
OF_CUSTOMS = frozenset(Kind) - {Kind.RESERVE}


class Said(NamedTuple):
    """What decides who may say something: the kind of entry, for which party, at which place, of whose goods, the day,
    and whether an officer links an exit that happened before the licence.
    """

    kind: Kind
    party: str
    site: str
    owner: str
    day: date
    is_linked: bool = False


def is_officer(rights: Rights, party: str, day: date) -> bool:
    """Tell whether a party is a licensing body on a day."""
    return any(one.mandate == LICENSING for one in rights.of_party(party, day))


def is_customs_at(rights: Rights, party: str, site: Site | None, day: date) -> bool:
    """Tell whether a place is a customs place, and on a day one of a party with the mandate customs."""
    if site is None or site.kind != CUSTOMS:
        return False
    held = [one for one in rights.of_party(party, day) if one.mandate == CUSTOMS]
    return any(site.id in one.sites if one.sites else site.operator_on(day) == party for one in held)


def knows(rights: Rights, party: str, licence: Licence, day: date) -> bool:
    """Tell whether a party may know of a licence without being customs: its holder, the office, an auditor."""
    return party == licence.holder or any(one.mandate in {LICENSING, AUDIT} for one in rights.of_party(party, day))


def role_problem(rights: Rights, licence: Licence, said: Said, size: int) -> Problem | None:
    """Return why a party may not say an entry on a licence; None where it may. Places are as of a log size."""
    if said.is_linked:
        if is_officer(rights, said.party, said.day):
            return None
        return _no(rights, licence, said, refuse("licence.not_an_officer", "", said.party))
    if said.kind in HOLDERS and said.party == licence.holder:
        return None
    site = registered_site(said.site, size) if said.site else None
    is_at_home = site is not None and site.country == licence.country
    if said.kind in OF_CUSTOMS and is_at_home and is_customs_at(rights, said.party, site, said.day):
        if said.owner == licence.holder:
            return None
        return refuse("licence.other_owner", "/owner", said.owner, holder=licence.holder)
    if said.kind in HOLDERS:
        return _no(rights, licence, said, refuse("licence.not_the_holder", "", said.party))
    return _no(rights, licence, said, refuse("licence.not_customs", "/site", said.site))


def _no(rights: Rights, licence: Licence, said: Said, why: Problem) -> Problem:
    """Return why not; to whoever may not know of the licence, that there is none."""
    return why if knows(rights, said.party, licence, said.day) else unknown_licence(licence.number)


def unknown_licence(number: str) -> Problem:
    """Return that there is no such licence, which is also what a stranger is told."""
    return refuse("licence.unknown", "", number)


def signer_flaw(rights: Rights, register_id: str, kind: str, fields: Mapping[str, Any]) -> str | None:
    """Return what is wrong with who signed a record about a licence; None when nothing is."""
    account = rights.accounts().get(str(fields.get("by", "")))
    if account is None:
        return "it is by no account that was in force"
    if account.party != fields.get("party"):
        return "it is by an account of another party"
    return signature_flaw(account.key, register_id, kind, fields)
