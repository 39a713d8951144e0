"""What the parties of a delivery file with the office: who says something and when, and what each text has to keep
to.

A *filing* is one record of the log: invitations, statements of end use, profiles and releases, orders, reports after
delivery, alarms. What it holds is a struct of its own file; here is what all of them share. A party may speak for
itself alone; what it names and may not know of answers as if it did not exist (`filed.unknown`).

Days are ISO dates, amounts plain decimals as text, documents SHA-256 in hexadecimal.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from ytterby.matter.element import POSITION
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import plain_decimal
from ytterby.terms.record_text import named_digest, record_text

TEXT_MAX, NAME_MAX, DOCUMENTS_MAX = 4_000, 300, 50
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Days are compared as texts, so that a week date, which Python reads too, would come in the wrong order.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNTRY = re.compile(r"[A-Z]{2}")

Json = dict[str, Any]


class Filing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one record says."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Who files something, and when: the party, its account, whether it speaks as the licence office.

    `party` is empty where nobody is signed in.
    """

    at: datetime
    party: str = ""
    account: str = ""
    is_office: bool = False

    @property
    def day(self) -> date:
        """The day on which it is said, UTC."""
        return self.at.date()


def canonical_text(value: Filing | Mapping[str, Any]) -> str:
    """Return the one text of what is signed and digested: keys sorted, no white space."""
    return record_text(msgspec.to_builtins(value))


def digest_of(domain: str, value: Filing | Mapping[str, Any]) -> str:
    """Return the SHA-256 (hexadecimal) of what is said, under a domain, so that no digest passes for another."""
    return named_digest(domain, msgspec.to_builtins(value))


def order_key(seller: str, number: str) -> str:
    """Return what an order is known by: its seller and the seller's number, since two sellers may use one number."""
    return f"{seller} {number}"


def day_of(text: str) -> date | None:
    """Return the day of a text as 2026-11-24; None where it is none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def office_speaks(said: Speech) -> list[Problem]:
    """Refuse what only the licence office says."""
    return [] if said.is_office else [refuse("filed.office_needed")]


def party_speaks(said: Speech, *parties: str) -> list[Problem]:
    """Refuse what only these parties say; whoever is none of them is told no more than that it is not his."""
    return [] if said.party and said.party in parties else [refuse("filed.not_yours")]


def unknown(where: str, value: str) -> Problem:
    """Return the one answer for what does not exist and for what the speaker may not know of (threat C2)."""
    return refuse("filed.unknown", where, value)


def text_problems(fields: Mapping[str, str], *, most: int = TEXT_MAX, needed: bool = True) -> list[Problem]:
    """Return what is wrong with texts by the name of their field: missing where they are needed, or too long."""
    problems = []
    for name, text in fields.items():
        if needed and not text.strip():
            problems.append(refuse("filed.no_text", pointer(name)))
        elif len(text) > most:
            problems.append(refuse("filed.too_long", pointer(name), len(text), limit=most))
    return problems


def day_problems(fields: Mapping[str, str]) -> list[Problem]:
    """Return each field that is no day."""
    return [refuse("filed.day", pointer(name), text) for name, text in fields.items() if day_of(text) is None]


def span_problems(valid_from: str, valid_to: str) -> list[Problem]:
    """Return what is wrong with the first and last day of something that is valid for a time."""
    problems = day_problems({"valid_from": valid_from, "valid_to": valid_to})
    if not problems and valid_to < valid_from:
        problems.append(refuse("filed.days_reversed", "/valid_to", valid_to, start=valid_from))
    return problems


def past_problems(where: str, text: str, said: Speech) -> list[Problem]:
    """Return what is wrong with a day on which something happened: it is none, or is still to come."""
    day = day_of(text)
    if day is None:
        return [refuse("filed.day", pointer(where), text)]
    return [refuse("filed.day_to_come", pointer(where), text)] if day > said.day else []


def document_problems(documents: Collection[str], *, needed: bool = False) -> list[Problem]:
    """Return what is wrong with documents that are named by their SHA-256."""
    problems = [
        refuse("filed.no_digest", pointer("documents", number), text)
        for number, text in enumerate(documents)
        if not _DIGEST.fullmatch(text)
    ]
    if needed and not documents:
        problems.append(refuse("filed.no_documents", "/documents"))
    if len(documents) > DOCUMENTS_MAX:
        problems.append(refuse("filed.too_many_documents", "/documents", len(documents), limit=DOCUMENTS_MAX))
    return problems


def mass_problems(name: str, masses: Mapping[str, str], *, zero: bool = False) -> list[Problem]:
    """Return what is wrong with kilograms by element: no rare earth, no plain number, nothing or less."""
    problems = [] if masses else [refuse("filed.no_elements", pointer(name))]
    for element, text in masses.items():
        amount = plain_decimal(text)
        if element not in POSITION:
            problems.append(refuse("filed.element", pointer(name, element), element))
        elif amount is None or (amount == 0 and not zero):
            problems.append(refuse("filed.amount", pointer(name, element), text))
    return problems


def is_digest(text: str) -> bool:
    """Tell whether a text is a SHA-256 in hexadecimal, lower case."""
    return _DIGEST.fullmatch(text) is not None


def country_problems(where: str, text: str) -> list[Problem]:
    """Return what is wrong with a country (ISO 3166-1 alpha-2)."""
    return [] if _COUNTRY.fullmatch(text) else [refuse("filed.country", pointer(where), text)]


def total(amounts: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """Return the sum of kilograms by element, exact."""
    found: dict[str, Decimal] = {}
    for one in amounts:
        for element, text in one.items():
            found[element] = found.get(element, Decimal(0)) + Decimal(text)
    return dict(sorted(found.items(), key=lambda row: POSITION[row[0]]))
