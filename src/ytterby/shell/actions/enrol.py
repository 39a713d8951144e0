"""Enrol parties, sites, mandates, public bodies, lists of named enterprises and owners from a file: who may report for
which site from which day on, who oversees, who is named for what, and who owns whom (`enrol_owners`).

Each row becomes a salted record of the log; a later row of the same identifier replaces it from then on. Who may: the
register's operator; for a public body's mandate two of its people where the register is no demo (`actions.rights`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import yaml

from ytterby.chain.party import OPERATOR, NamedList
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.enrol_identity import IDENTITY, identity_of
from ytterby.shell.actions.enrol_owners import owner_problems, owner_row
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, enter_rights
from ytterby.shell.site.register import Register
from ytterby.shell.store.reading.viewer import CONSULTED, CUSTOMS, LICENSING, MANDATES, PROVINCE
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.registrations import NAMED_LIST, named_list_of
from ytterby.shell.store.rights import RIGHT
from ytterby.terms.identifier import read_identifier, site_of
from ytterby.terms.problem import Problem, is_refused, pointer, refuse

# Those of chain.party.Site.
SITE_KINDS = (
    *("mine", "separation", "metal", "magnet", "component", "recycler"),
    *("trader", "warehouse", "customs", "laboratory", "other"),
)
FIELDS = {
    "parties": {"id", "name", "name_zh", "country", "roles", *IDENTITY},
    "sites": {"id", "name", "name_zh", "kind", "country", "operations", "zone"},
    "mandates": {"party", "site", "start", "end"},
    "bodies": {"party", "as", "start", "end", "region", "sites", "for"},
    "lists": {"id", "name", "country", "parties", "start", "end", "source"},
    "owners": {"owner", "owned", "lo", "hi", "on", "source"},
}
WORKS_ON_CASES = frozenset({LICENSING, PROVINCE, CONSULTED, CUSTOMS})
Row = dict[str, Any]
# What a rule can ask for as `named_NAME`.
NAME = re.compile(r"[\w.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What was entered; nothing was when a problem refuses. `size` is the log's size afterwards."""

    parties: int
    sites: int
    mandates: int
    problems: tuple[Problem, ...]
    size: int
    bodies: int = 0
    lists: int = 0
    owners: int = 0


def import_directory(
    register: Register, yaml_text: str, *, at: datetime | None = None, by: PrivateKey | None = None
) -> Enrolment:
    """Enter the parties, sites, mandates, bodies, lists and owners of a YAML text, all or none.

    `by` is the key of the account that proposes the bodies; each counts when another account has confirmed it.
    """
    problems: list[Problem] = []
    document = _read(yaml_text, problems)
    rows: list[Registrable] = []
    counts = {}
    readers = (
        *(("parties", _party), ("sites", _site), ("mandates", _mandate), ("bodies", _body), ("lists", _list)),
        ("owners", owner_row),
    )
    for section, read in readers:
        found = list(_rows(document, section, problems))
        counts[section] = len(found)
        rows += [read(row, pointer(section, number), problems) for number, row in found]
    if not rows and not problems:
        problems.append(refuse("enrolment.empty"))
    problems += owner_problems(rows, register.size)
    has_bodies = any(row.kind == RIGHT for row in rows)
    if has_bodies and by is None and not register.is_demo:
        problems.append(refuse("rights.account_needed", pointer("bodies")))
    if is_refused(problems):
        return Enrolment(0, 0, 0, tuple(problems), register.size)
    try:
        size = (
            enter_rights(register, rows, by, at or now())
            if has_bodies
            else register_documents(rows, OPERATOR, at or now())
        )
    except RefusedRight as refused:
        return Enrolment(0, 0, 0, refused.problems, register.size)
    publish_or_leave(register)
    return Enrolment(
        parties=counts["parties"],
        sites=counts["sites"],
        mandates=counts["mandates"],
        problems=tuple(problems),
        size=size,
        bodies=counts["bodies"],
        lists=counts["lists"],
        owners=counts["owners"],
    )


def read_lists(yaml_text: str) -> tuple[list[NamedList], list[Problem]]:
    """Return the lists of named enterprises of such a text without entering them, and all problems; what else the text
    holds is left alone.
    """
    problems: list[Problem] = []
    found = list(_rows(_read(yaml_text, problems), "lists", problems))
    rows = [_list(row, pointer("lists", number), problems).fields for number, row in found]
    if not rows and not problems:
        problems.append(refuse("enrolment.empty"))
    return ([], problems) if is_refused(problems) else ([named_list_of(row) for row in rows], problems)


def _read(text: str, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else "?"
        problems.append(refuse("enrolment.not_yaml", "", "", line=line))
        return {}
    if not isinstance(document, dict):
        problems.append(refuse("enrolment.not_yaml", "", "", line=1))
        return {}
    for name in document:
        if name not in FIELDS:
            problems.append(refuse("enrolment.unknown_field", pointer(str(name)), name, known=" ".join(FIELDS)))
    return document


def _rows(document: Mapping[str, Any], section: str, problems: list[Problem]) -> Iterable[tuple[int, Row]]:
    rows = document.get(section) or []
    if not isinstance(rows, list):
        problems.append(refuse("enrolment.not_a_list", pointer(section)))
        return
    for number, given in enumerate(rows):
        at = pointer(section, number)
        if not isinstance(given, dict):
            problems.append(refuse("enrolment.not_a_row", at))
            continue
        # YAML 1.1 reads the bare word `on` as yes.
        row = {"on" if name is True else name: value for name, value in given.items()}
        for name in row:
            if name not in FIELDS[section]:
                known = " ".join(sorted(FIELDS[section]))
                problems.append(refuse("enrolment.unknown_field", at + pointer(str(name)), name, known=known))
        yield number, row


def _identifier(row: Row, name: str, at: str, problems: list[Problem]) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        problems.append(refuse("enrolment.missing", at + pointer(name), "", field=name))
        return ""
    if value == OPERATOR:
        return value
    found, wrong = read_identifier(value, at + pointer(name))
    problems += wrong
    return found.uri if found else value


def _text(row: Row, name: str, at: str, problems: list[Problem], *, needed: bool = False) -> str:
    value = row.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not value.strip():
        problems.append(refuse("enrolment.missing", at + pointer(name), "", field=name))
        return ""
    return value


def _day(row: Row, name: str, at: str, problems: list[Problem]) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    problems.append(refuse("enrolment.not_a_day", at + pointer(name), value))
    return None


def _party(row: Row, at: str, problems: list[Problem]) -> Registrable:
    id_ = _identifier(row, "id", at, problems)
    fields = {
        "id": id_,
        "name": _text(row, "name", at, problems, needed=True),
        "name_zh": _text(row, "name_zh", at, problems),
        "country": _text(row, "country", at, problems),
        "roles": sorted(str(role) for role in row.get("roles") or ()),
        **identity_of(row, at, problems),
    }
    return Registrable("party", id_, fields)


def _site(row: Row, at: str, problems: list[Problem]) -> Registrable:
    id_ = site_of(_identifier(row, "id", at, problems))
    kind = _text(row, "kind", at, problems, needed=True)
    if kind and kind not in SITE_KINDS:
        problems.append(refuse("enrolment.unknown_kind", at + "/kind", kind, known=" ".join(SITE_KINDS)))
    operations = []
    given: Sequence[Any] = row.get("operations") or []
    for number, one in enumerate(given if isinstance(given, list) else []):
        place = at + pointer("operations", number)
        if not isinstance(one, dict):
            problems.append(refuse("enrolment.not_a_row", place))
            continue
        party = _identifier(one, "party", place, problems)
        start, end = _day(one, "start", place, problems), _day(one, "end", place, problems)
        if start and end and end <= start:
            problems.append(refuse("enrolment.end_before_start", place + "/end", end, start=start))
        operations.append({"party": party, "start": start, "end": end})
    fields = {
        "id": id_,
        "name": _text(row, "name", at, problems, needed=True),
        "name_zh": _text(row, "name_zh", at, problems),
        "kind": kind,
        "country": _text(row, "country", at, problems),
        "operations": operations,
    }
    zone = _zone(row, at, problems)
    if zone:
        fields["zone"] = zone
    return Registrable("site", id_, fields)


@cache
def _zones() -> set[str]:
    """Return the names of all time zones, which are looked up in many files."""
    return available_timezones()


def _zone(row: Row, at: str, problems: list[Problem]) -> str:
    zone = _text(row, "zone", at, problems)
    if zone and zone not in _zones():
        problems.append(refuse("enrolment.unknown_zone", at + "/zone", zone))
    return zone


def _mandate(row: Row, at: str, problems: list[Problem]) -> Registrable:
    party, site = _identifier(row, "party", at, problems), site_of(_identifier(row, "site", at, problems))
    fields = {
        "party": party,
        "site": site,
        "start": _day(row, "start", at, problems),
        "end": _day(row, "end", at, problems),
    }
    return Registrable("mandate", f"{party} {site}", fields)


def _list(row: Row, at: str, problems: list[Problem]) -> Registrable:
    """Return a list of named enterprises; it names the act that publishes it, and may be empty: nobody is named."""
    start, end = _day(row, "start", at, problems), _day(row, "end", at, problems)
    if start and end and end <= start:
        problems.append(refuse("enrolment.end_before_start", at + "/end", end, start=start))
    name = _text(row, "name", at, problems, needed=True)
    if name and not NAME.fullmatch(name):
        problems.append(refuse("enrolment.list_name", at + "/name", name))
    given = row.get("parties")
    if not isinstance(given, list):
        problems.append(refuse("enrolment.not_a_list", at + "/parties"))
        given = []
    parties = [
        _identifier({"party": one}, "party", at + pointer("parties", number), problems)
        for number, one in enumerate(given)
    ]
    id_ = _text(row, "id", at, problems, needed=True)
    fields = {
        "id": id_,
        "name": name,
        "country": _text(row, "country", at, problems, needed=True),
        "parties": sorted(set(parties)),
        "start": start,
        "end": end,
        "source": _text(row, "source", at, problems, needed=True),
    }
    return Registrable(NAMED_LIST, id_, fields)


def _body(row: Row, at: str, problems: list[Problem]) -> Registrable:
    """Return the right of a public body; customs may be bound to places, a province has its region."""
    party = _identifier(row, "party", at, problems)
    mandate = _text(row, "as", at, problems, needed=True)
    if mandate and mandate not in MANDATES:
        problems.append(refuse("enrolment.unknown_mandate", at + "/as", mandate, known=" ".join(MANDATES)))
    start, end = _day(row, "start", at, problems), _day(row, "end", at, problems)
    if start and end and end <= start:
        problems.append(refuse("enrolment.end_before_start", at + "/end", end, start=start))
    region = _text(row, "region", at, problems, needed=mandate == PROVINCE)
    given = row.get("sites") or []
    sites = [
        site_of(_identifier({"site": one}, "site", at + pointer("sites", number), problems))
        for number, one in enumerate(given if isinstance(given, list) else [given])
    ]
    for name, value, only in (("region", region, PROVINCE), ("sites", sites, CUSTOMS)):
        if value and mandate != only:
            problems.append(refuse("enrolment.not_of_this_mandate", at + pointer(name), name, mandate=mandate))
    given = row.get("for") or []
    bodies = [str(one) for one in (given if isinstance(given, list) else [given])]
    if bodies and mandate not in WORKS_ON_CASES:
        problems.append(refuse("enrolment.not_of_this_mandate", at + "/for", "for", mandate=mandate))
    fields = {
        "id": f"{party} {mandate}",
        "party": party,
        "as": mandate,
        "start": start,
        "end": end,
        "region": region,
        "sites": sites,
        # Which bodies of a procedure it is; nothing where it is any that has the mandate.
        **({"bodies": bodies} if bodies else {}),
    }
    return Registrable(RIGHT, f"{party} {mandate}", fields)
