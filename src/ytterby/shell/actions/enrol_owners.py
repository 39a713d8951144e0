"""Owners of registered parties as `party import` takes them: one stake a row, stated on a day, with its source.

A later row of the same owner, party and day replaces the earlier one. What a stake says is held to the same as in
`ytterby party owners`; that the party held is registered, and that its stakes do not come to more than the whole.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.screening.ownership import latest_stakes
from ytterby.screening.ownership_statement import read_stake, stake_fields, sum_problems
from ytterby.shell.store.registering import Registrable
from ytterby.shell.store.registrations import STAKE, latest_documents, stake_of
from ytterby.terms.identifier import read_identifier
from ytterby.terms.problem import Problem, pointer, refuse

Row = Mapping[str, Any]


def owner_row(row: Row, at: str, problems: list[Problem]) -> Registrable:
    """Return the record of a stake; owner and party go by identifiers."""
    number = at.rpartition("/")[2]
    said = {name: _plain(value) for name, value in row.items()}
    for name in ("owner", "owned"):
        if said.get(name) and said[name] != OPERATOR:
            found, wrong = read_identifier(said[name], at + pointer(name))
            problems += wrong
            said[name] = found.uri if found else said[name]
    if not said.get("source", "").strip():
        problems.append(refuse("enrolment.missing", at + "/source", "", field="source"))
    stake = read_stake(said, number, lambda name: at + pointer(name), problems)
    if stake is None:
        return Registrable(STAKE, "", {})
    key = f"{stake.owner} {stake.owned} {stake.on.isoformat()}"
    return Registrable(STAKE, key, {"id": key, **stake_fields(stake)})


def owner_problems(rows: Sequence[Registrable], size: int) -> list[Problem]:
    """Return what is wrong with new stakes beside those that are registered: a party that is not, a sum over the whole.

    The sum is held against the newest day that is stated of any of these parties.
    """
    new = [(number, row) for number, row in enumerate(row for row in rows if row.kind == STAKE) if row.fields]
    if not new:
        return []
    known = {row.key for row in rows if row.kind == "party"} | {one["id"] for one in latest_documents("party", size)}
    problems = [
        refuse("enrolment.unknown_owned", pointer("owners", number, "owned"), row.fields["owned"])
        for number, row in new
        if row.fields["owned"] not in known
    ]
    stakes = {row.key: stake_of(row.fields, f"owners/{number}") for number, row in new}
    touched = {one.owned for one in stakes.values()}
    for fields in latest_documents(STAKE, size):
        stake = stake_of(fields, "")
        if stake.owned in touched:
            stakes.setdefault(f"{stake.owner} {stake.owned} {stake.on.isoformat()}", stake)
    newest = max(one.on for one in stakes.values())
    return [*problems, *(one.at("") for one in sum_problems(latest_stakes(stakes.values(), newest)))]


def _plain(value: Any) -> str:
    """Return a value of YAML as it would stand in a file of rows: YAML reads days and figures by itself."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
