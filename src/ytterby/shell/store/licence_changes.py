"""Changes of a licence's status by people, worked out from records of the log and from nothing else (threats D1, O3).

A record `licence_status` either proposes a command or confirms one that somebody else proposed (`of`: the number in the
log of the proposal); where the table asks for one person, the proposal is the change. Numbers `n` count the records of
one licence from 1, so that no record repeats another. A proposal waits until it is confirmed, or the licence stands
where it cannot be any more. A record of the register's own (`case`, `event`) says that a case amends the licence, or
does so no longer (`licence_amending`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ytterby.law.casework_rule import CodedReason, ReasonKind
from ytterby.law.procedure import Procedure
from ytterby.licence.licence_state import AMEND
from ytterby.shell.store.licences import STATUS
from ytterby.shell.store.models import Registration

# A command -> what its coded reasons are given for; of others the reason is one's own.
_REASON_OF = {
    "suspend": ReasonKind.SUSPENSION,
    "revoke": ReasonKind.REVOCATION,
    "surrender": ReasonKind.SURRENDER,
}

Json = dict[str, Any]


def coded_reasons(procedure: Procedure | None, command: str) -> tuple[CodedReason, ...]:
    """Return the reasons that a procedure lists for a command, in its order; empty where the reason is one's own."""
    kind = _REASON_OF.get(command)
    if kind is None or procedure is None or procedure.casework is None:
        return ()
    return procedure.casework.reasons_for(kind)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A command that somebody gave: its number in the log, who gave it for which party, for which coded reason."""

    index: int
    command: str
    version: int
    by: str
    party: str
    reason: str
    text: str
    confirmed_by: str = ""
    confirmed_index: int | None = None


@dataclass
class Changes:
    """All records of the status of one licence, in order; by version the case that amends it."""

    proposals: dict[int, Proposal] = field(default_factory=dict)
    count: int = 0
    amended: dict[int, str] = field(default_factory=dict)

    def amended_by(self, version: int) -> str:
        """Return the case that amends a version, from its submission to its end; empty where none does."""
        return self.amended.get(version, "")

    def waiting(self, version: int) -> list[Proposal]:
        """Return the proposals of a version that nobody confirmed."""
        return [one for one in self.proposals.values() if one.version == version and one.confirmed_index is None]

    def take(self, index: int, fields: Mapping[str, Any]) -> None:
        """Take a record in."""
        self.count += 1
        if "case" in fields:
            self.amended[int(fields["version"])] = str(fields["case"]) if fields["command"] == AMEND else ""
            return
        of = fields.get("of")
        if of is None:
            self.proposals[index] = Proposal(
                index,
                str(fields["command"]),
                int(fields["version"]),
                str(fields["by"]),
                str(fields["party"]),
                str(fields["reason"]),
                str(fields["text"]),
            )
            return
        first = self.proposals[int(of)]
        self.proposals[first.index] = Proposal(
            first.index, first.command, first.version, first.by, first.party, first.reason, first.text,
            str(fields["by"]), index,
        )  # fmt: skip


def changes_of(number: str) -> Changes:
    """Return the changes of a licence's status that people made or proposed."""
    found = Changes()
    rows = Registration.objects.filter(kind=STATUS, key=number).order_by("log_index")
    for index, document in rows.values_list("log_index", "document"):
        found.take(index, json.loads(document))
    return found


def change_fields(
    number: str, command: str, version: int, count: int, *, reason: str = "", text: str = "", of: int | None = None
) -> Json:
    """Return what a record says, before anybody signs it."""
    fields: Json = {"id": number, "n": count + 1, "command": command, "version": version}
    return {**fields, "of": of} if of is not None else {**fields, "reason": reason, "text": text}
