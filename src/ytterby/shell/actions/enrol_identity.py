"""What tells a party from others of like name, as `party import` takes it: other names, identifiers, addresses, days.

    also: [Example Works, 示例厂]             # other names, former ones too, in any script
    identifiers: {lei: 529900T8BM49AURSDO55, uscc: 91110000100000000X, tax: "7"}
    addresses: ["1 Example Road, Ningbo"]
    born: ["1990"]                            # of a person; of a firm when it was founded
    is_person: false

None is needed. Without them a party is screened by its names alone, and more of those that are somebody else alert.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ytterby.terms.problem import Problem, pointer, refuse

IDENTIFIER_KINDS = ("lei", "uscc", "tax", "registration", "passport", "imo", "other")
IDENTITY = ("also", "identifiers", "addresses", "born", "is_person")
TEXT_MAX, COUNT_MAX = 500, 100
_BORN = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def identity_of(row: Mapping[str, Any], at: str, problems: list[Problem]) -> dict[str, Any]:
    """Return the fields of a party's record that were given, and note what is wrong with them."""
    fields: dict[str, Any] = {}
    for name in ("also", "addresses"):
        if texts := _texts(row, name, at, problems):
            fields[name] = texts
    if born := _texts(row, "born", at, problems):
        fields["born"] = born
        problems += [
            refuse("enrolment.not_born", at + pointer("born", number), one)
            for number, one in enumerate(born)
            if not _BORN.fullmatch(one)
        ]
    if identifiers := _identifiers(row, at, problems):
        fields["identifiers"] = identifiers
    if (person := row.get("is_person")) is not None:
        if isinstance(person, bool):
            fields["is_person"] = person
        else:
            problems.append(refuse("enrolment.not_yes_or_no", at + "/is_person", person))
    return fields


def _texts(row: Mapping[str, Any], name: str, at: str, problems: list[Problem]) -> list[str]:
    given = row.get(name)
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > COUNT_MAX:
        problems.append(refuse("enrolment.not_a_list", at + pointer(name)))
        return []
    texts = []
    for number, one in enumerate(given):
        text = _plain(one)
        if not text or len(text) > TEXT_MAX:
            problems.append(refuse("enrolment.missing", at + pointer(name, number), one, field=name))
        texts.append(text)
    return texts


def _identifiers(row: Mapping[str, Any], at: str, problems: list[Problem]) -> dict[str, str]:
    given = row.get("identifiers")
    if given is None:
        return {}
    if not isinstance(given, dict):
        problems.append(refuse("enrolment.not_a_row", at + "/identifiers"))
        return {}
    found = {}
    for kind, value in given.items():
        place = at + pointer("identifiers", str(kind))
        if kind not in IDENTIFIER_KINDS:
            problems.append(refuse("enrolment.identifier_kind", place, kind, known=" ".join(IDENTIFIER_KINDS)))
        text = _plain(value)
        if not text or len(text) > TEXT_MAX:
            problems.append(refuse("enrolment.missing", place, value, field=str(kind)))
        found[str(kind)] = text
    return found


def _plain(value: Any) -> str:
    """Return a value of YAML as text: YAML reads years, days and numbers by itself."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
