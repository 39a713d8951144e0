"""Close a month: store the balance of every plant and element as it is known now, and enter that in the log.

Who may: an account of the register's operator or of a party that holds the mandate `audit`, signed with its key; in a
demo whoever holds the folder. Closing changes nothing of what anybody said: what comes late makes the stored versions
stale (`store.reading.closed`), and closing again adds new ones.

The figures are worked out without the lock, as known at a log size that the record names; what is accepted meanwhile
came after that. Under the lock it is only looked whether somebody else closed the same month meanwhile, and then it is
begun again. The record and its versions are one transaction; files of the log come after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ytterby.chain.party import OPERATOR
from ytterby.chain.period import Month, parse_month
from ytterby.chain.posting_record import DERIVATION
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, check_key, party_of_key, signed_record
from ytterby.shell.site.register import Register
from ytterby.shell.store.account_versions import (
    COLUMNS,
    MONTH,
    Close,
    Version,
    closes,
    may_close,
    stored_versions,
    tables_digest,
    versions_digest,
)
from ytterby.shell.store.derived.postings import live_edition
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import AccountVersion
from ytterby.shell.store.reading.closed import month_end, month_versions, months_spanned
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, refuse

CLOSED, KNOWN, REFUSED = "closed", "known", "refused"
TRIES = 4


@dataclass(frozen=True, slots=True)
class MonthClosed:
    """What came of it: closed, known (all of it is stored already) or refused with problems.

    `known_at` is the log size of the figures, `accounts` their number, `digest` that of the record; `size` is the
    log's size afterwards, `unpublished` why its files could not be written yet.
    """

    month: str
    state: str
    problems: tuple[Problem, ...] = ()
    known_at: int = 0
    accounts: int = 0
    digest: str = ""
    size: int = 0
    unpublished: str = ""


class _Overtaken(Exception):  # noqa: N818 -- it ends a transaction; what follows is another try
    """Somebody else closed the month meanwhile."""


def close_month(
    register: Register,
    month: str,
    *,
    known: Known | None = None,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> MonthClosed:
    """Close a month (2026-03) as known at a log size (the head by default) that is derived already.

    Raises:
        ValueError: the text is no month.
    """
    period = parse_month(month)
    at = at or now()
    known = known or known_at(OPERATOR_VIEWER, None)
    try:
        _check_closer(register, by, at)
        _check_month(period, known, at)
        return _close(register, period, known, by, at)
    except RefusedRight as refused:
        return MonthClosed(month, REFUSED, refused.problems, known.size, size=register.size)


def _close(register: Register, month: Month, known: Known, by: PrivateKey | None, at: datetime) -> MonthClosed:
    versions = month_versions(OPERATOR_VIEWER, month, known=known)
    for _ in range(TRIES):
        last = _last_close(register, month)
        if last is not None and _says_the_same(last, versions):
            return MonthClosed(
                str(month), KNOWN, (), last.known_at, accounts=last.accounts, digest=last.digest, size=register.size
            )
        if last is not None and last.known_at >= known.size:
            raise RefusedRight(refuse("month.closed_later", "", str(month), size=last.known_at, asked=known.size))
        try:
            return _enter(register, month, known, versions, last, by, at)
        except _Overtaken:
            continue
    raise RefusedRight(refuse("month.contended", "", str(month)))


def _enter(
    register: Register,
    month: Month,
    known: Known,
    versions: Sequence[Version],
    last: Close | None,
    by: PrivateKey | None,
    at: datetime,
) -> MonthClosed:
    """Enter the record with its versions, unless the month was closed since `last`."""
    digest = versions_digest(versions)
    fields = {
        "id": str(month),
        "size": known.size,
        "derivation": DERIVATION,
        "tables": tables_digest().hex(),
        "accounts": len(versions),
        "digest": digest,
    }
    record = signed_record(register, Registrable(MONTH, str(month), fields), by)

    def check() -> None:
        """Store the versions beside the record; the caller holds the lock."""
        _check_closer(register, by, at)
        if _last_close(register, month) != last:
            raise _Overtaken
        insert_rows(AccountVersion, COLUMNS, versions)

    size = register_documents([record], OPERATOR, at, check=check)
    unpublished = publish_or_leave(register)
    return MonthClosed(str(month), CLOSED, (), known.size, len(versions), digest, size, unpublished)


def _last_close(register: Register, month: Month) -> Close | None:
    found = closes(register.size, str(month))
    return found[-1] if found else None


def _says_the_same(last: Close, versions: Sequence[Version]) -> bool:
    """Tell whether a close holds the same accounts, made of the same by the same: then their figures are the same."""
    stored = {one.account: one.made_of for one in stored_versions(last.month, last.known_at)}
    return stored == {one.account: one.made_of for one in versions}


# What refuses


def _check_closer(register: Register, by: PrivateKey | None, at: datetime) -> None:
    """Refuse whoever may close no month."""

    def may(key: PrivateKey) -> bool:
        rights = stored_rights(register)
        party = party_of_key(rights, key)
        return party is not None and may_close(rights, party, at.date())

    check_key(register, by, may, needed=refuse("month.account_needed"), refused=refuse("month.not_an_account"))


def _check_month(month: Month, known: Known, at: datetime) -> None:
    """Refuse a month that is not over everywhere, not derived, or of which nothing can be known."""
    end, zone = month_end(OPERATOR_VIEWER, month, known=known)
    if at < end:
        raise RefusedRight(refuse("month.not_over", "", str(month), end=write_instant(end), zone=zone))
    derived_to = live_edition().derived_to
    if derived_to < known.size:
        raise RefusedRight(refuse("month.not_derived", "", str(month), size=known.size, derived=derived_to))
    spanned = months_spanned(OPERATOR_VIEWER, known=known)
    if month not in spanned:
        first, last = (str(spanned[0]), str(spanned[-1])) if spanned else ("-", "-")
        raise RefusedRight(refuse("month.unknown", "", str(month), first=first, last=last))
