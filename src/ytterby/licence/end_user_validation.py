"""What an end user has shown to become a validated one: entered by one person of the office, confirmed by another.

A *validation* names what was shown and the day on which it was: consent to visits, a reconciliation of what it got and
what it used, sealed documents that were renewed; with the documents that say so. It is nothing until another account
of the office has confirmed it (threat D1), and counts no more once it is withdrawn, for which one person is enough,
since that only makes cases stricter. For how long each thing holds says the pack (`validated_end_user.validate`).

Source: section 5.4 (c) of the project's notes on casework; section 4 of the issue on the licence office.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ytterby.law.casework_rule import Need
from ytterby.licence.filing import (
    NAME_MAX,
    Filing,
    Speech,
    day_of,
    document_problems,
    office_speaks,
    past_problems,
    text_problems,
    unknown,
)
from ytterby.licence.validated_end_user import EndUserRecord
from ytterby.terms.problem import Problem, pointer, refuse

# What is shown on a day. Who an end user is, and what is open against it, the register knows by itself.
SHOWN = (Need.VISITS.value, Need.RECONCILIATION.value, Need.DOCUMENTS.value)
PROPOSED, CONFIRMED, WITHDRAWN = "proposed", "confirmed", "withdrawn"


class EndUserValidation(Filing, frozen=True):
    """What an end user has shown, by the need of the pack, each with its day; what was looked at."""

    id: str
    party: str
    shown: Mapping[str, str]
    text: str
    documents: tuple[str, ...]


class ValidationConfirmation(Filing, frozen=True):
    """Another person of the office has looked at it, and finds it so."""

    validation: str


class ValidationWithdrawal(Filing, frozen=True):
    """It counts no more, and why."""

    validation: str
    text: str


@dataclass(frozen=True, slots=True)
class Validated:
    """A validation with the accounts that entered, confirmed and withdrew it, each with when; None: nobody did."""

    validation: EndUserValidation
    by: str
    at: datetime
    confirmed: tuple[str, datetime] | None = None
    withdrawn: tuple[str, datetime, str] | None = None

    @property
    def state(self) -> str:
        """Where it stands; it counts while it is confirmed."""
        if self.withdrawn is not None:
            return WITHDRAWN
        return PROPOSED if self.confirmed is None else CONFIRMED


def check_validation(said: Speech, one: EndUserValidation, known: Mapping[str, Validated]) -> list[Problem]:
    """Return what keeps a validation out."""
    if problems := office_speaks(said):
        return problems
    problems = [refuse("filed.twice", "/id", one.id)] if one.id in known else []
    problems += text_problems({"id": one.id, "party": one.party}, most=NAME_MAX) + text_problems({"text": one.text})
    if not one.shown:
        problems.append(refuse("validation.nothing_shown", "/shown", known=", ".join(SHOWN)))
    for need, day in one.shown.items():
        if need in SHOWN:
            problems += past_problems(f"shown/{need}", day, said)
        else:
            problems.append(refuse("validation.need", pointer("shown", need), need, known=", ".join(SHOWN)))
    return problems + document_problems(one.documents, needed=True)


def check_confirmation(said: Speech, one: ValidationConfirmation, held: Validated | None) -> list[Problem]:
    """Return what keeps a confirmation out: it is by another person, of what waits for one."""
    if problems := office_speaks(said):
        return problems
    if held is None or held.state != PROPOSED:
        return [unknown("/validation", one.validation)]
    return [refuse("validation.same_person")] if said.account in {"", held.by} else []


def check_withdrawal(said: Speech, one: ValidationWithdrawal, held: Validated | None) -> list[Problem]:
    """Return what keeps a withdrawal out."""
    if problems := office_speaks(said):
        return problems
    problems = [unknown("/validation", one.validation)] if held is None or held.state == WITHDRAWN else []
    return problems + text_problems({"text": one.text})


def record_of(validations: Iterable[Validated], party: str, *, level: str, open_findings: int | None) -> EndUserRecord:
    """Return what an end user has shown, each thing on the latest day that a confirmed validation tells of."""
    counted = [one for one in validations if one.validation.party == party and one.state == CONFIRMED]
    days: dict[str, date] = {}
    for one in counted:
        for need, text in one.validation.shown.items():
            day = day_of(text)
            if day is not None and day >= days.get(need, day):
                days[need] = day
    visits, reconciled, documents = (days.get(need) for need in SHOWN)
    return EndUserRecord(level, visits, reconciled, documents, open_findings)
