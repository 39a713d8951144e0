"""Say who works in the office: presence, team and abilities, conflicts (threat D3).

Each is one signed record; who may say what of whom stands in `licence.office_roster`. In a demo whoever holds the
folder may say it where nobody signs.
"""

from dataclasses import dataclass
from datetime import datetime

from ytterby.chain.party import OPERATOR
from ytterby.licence.office_roster import Said, said_problems
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, check_key, party_of_key, signed_record
from ytterby.shell.site.register import Register
from ytterby.shell.store.office_roster import roster_fields, stored_roster
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.problem import Problem, refuse


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What came of it; nothing was entered where a problem refuses."""

    problems: tuple[Problem, ...]
    size: int


def say_of_office(
    register: Register, said: Said, *, by: PrivateKey | None = None, at: datetime | None = None
) -> RosterChange:
    """Enter something about an account of the office."""
    kind = str(type(said).__struct_config__.tag)
    record = signed_record(register, Registrable(kind, said.account, roster_fields(said)), by)

    def check() -> None:
        rights = stored_rights(register)
        needed, refused = refuse("office.account_needed"), refuse("office.not_an_account")
        check_key(register, by, lambda key: party_of_key(rights, key) is not None, needed=needed, refused=refused)
        if said.account not in rights.accounts():
            raise RefusedRight(refuse("office.unknown_account", "/account", said.account))
        is_operator = by is None or party_of_key(rights, by) == OPERATOR
        name = by.name if by is not None else ""
        problems = said_problems(said, name, is_operator=is_operator, roster=stored_roster(register))
        if problems:
            raise RefusedRight(*problems)

    try:
        size = register_documents([record], OPERATOR, at or now(), check=check)
    except RefusedRight as refused:
        return RosterChange(refused.problems, register.size)
    publish_or_leave(register)
    return RosterChange((), size)
