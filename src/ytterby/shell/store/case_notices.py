"""Mails by which people hear that a case or licence has something new for them, queued in its transaction.

A mail holds the number of the case or licence and nothing of what it is about (threat O5). An applicant gets one only
for what it may read of its case, and of one step at most one, so that neither a mail nor their number tells what the
office does among itself (threat C7). In the office, whoever is drawn hears of it, and the officer of a case of what the
applicant does; where a case has no officer yet, everybody who is present.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from time import monotonic

from django.db import connection

from ytterby.licence.case import OFFICER, Case, Event
from ytterby.licence.sight import seen_by_applicant
from ytterby.licence.step import Assign, NotifyMissing, Query
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.models import AccountMail
from ytterby.shell.store.outbox import queue_notice

# For so long another process may still write to an address that was changed.
KEPT_SECONDS = 60
NEWS, WANTED, WORK = "news", "answer_wanted", "work_wanted"
# What an applicant does silently: a draft is nobody's business but its own.
_QUIET = frozenset({"begin", "edit"})


def tell_of_case(case: Case, entered: Sequence[Event], present: Collection[str], at: datetime) -> None:
    """Queue what people hear of a case after some events; `present` are the accounts of the office that are there."""
    seen = {event.version for _, event in seen_by_applicant(case)}
    told: dict[str, str] = {}
    for event in entered:
        if isinstance(event.step, Assign):
            told[event.step.account] = WORK
        elif event.version in seen and event.verb not in _QUIET:
            by_applicant = event.role == "applicant"
            office = [case.assigned[OFFICER]] if OFFICER in case.assigned else present
            for account in office if by_applicant else ():
                told.setdefault(account, WORK)
            for account in case.applicant_users:
                kind = WANTED if isinstance(event.step, Query | NotifyMissing) else NEWS
                told[account] = kind if told.get(account) != WANTED else WANTED
    _queue(told, case.number, at)


def tell_of_licence(number: str, case: str, at: datetime) -> None:
    """Queue that a licence stands otherwise than before: to the people who applied for it, and to its officer."""
    found = stored_case(case)
    if found is None:
        return
    people = [*found.applicant_users, *([found.assigned[OFFICER]] if OFFICER in found.assigned else [])]
    _queue(dict.fromkeys(people, NEWS), number, at)


def _queue(told: dict[str, str], reference: str, at: datetime) -> None:
    addresses = _addresses(str(connection.settings_dict["NAME"]), int(monotonic() // KEPT_SECONDS)) if told else {}
    for account in sorted(told.keys() & addresses.keys()):
        address, language = addresses[account]
        queue_notice(told[account], address, {"reference": reference, "language": language}, at)


def forget_addresses() -> None:
    """Let the next mail ask where it goes; whoever changes an address in this process calls it."""
    _addresses.cache_clear()


@lru_cache(maxsize=2)
def _addresses(database: str, span: int) -> Mapping[str, tuple[str, str]]:
    """Return account -> address and language in a database. It is asked for once in a while and not for each step."""
    del database, span
    rows = AccountMail.objects.values_list("account", "address", "language")
    return {account: (address, language) for account, address, language in rows}
