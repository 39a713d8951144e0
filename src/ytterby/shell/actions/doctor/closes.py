"""Closed months: the stored versions of each close add up to the digest that the log holds, and nothing stands beside.

Which account was changed is found by working the month out again as it was known; only then, since it takes as long as
closing it.
"""

import json
from collections.abc import Iterator

from ytterby.balance.account_version import changed_figures
from ytterby.chain.posting_record import DERIVATION
from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.account_versions import (
    Close,
    Version,
    recorded_closes,
    stored_versions,
    tables_digest,
    versions_digest,
)
from ytterby.shell.store.models import AccountVersion
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.terms.identifier import tail
from ytterby.terms.problem import finding


def unsound_closes(register: Register) -> Iterator[Unsound]:
    """Yield the closes whose versions are not those of their records, and versions of no close."""
    seen = set()
    for index, close, flaw in recorded_closes(register, register.size):
        if close is None:
            yield Unsound(finding("balance.closed"), at_entry(index), "the record of the close cannot be read")
            continue
        seen.add((close.month, close.known_at))
        if flaw:
            yield Unsound(finding("balance.closed"), _at(close), f"the record has no effect: {flaw}")
        yield from _of_close(close)
    for month, known_at in sorted(AccountVersion.objects.values_list("month", "known_at").distinct()):
        if (month, known_at) not in seen:
            what = "versions are stored of a close that the log does not know"
            yield Unsound(finding("balance.closed"), f"month {month} as known at {known_at}", what)


def _at(close: Close) -> str:
    return f"month {close.month} as known at {close.known_at}, log entry {close.number}"


def _of_close(close: Close) -> Iterator[Unsound]:
    stored = stored_versions(close.month, close.known_at)
    if versions_digest(stored) == close.digest and len(stored) == close.accounts:
        return
    strange = list(_strange(close, stored))
    for account, what in strange:
        yield Unsound(finding("balance.closed"), f"{_at(close)}, {account}", what)
    if not strange:
        what = f"the {len(stored)} versions do not add up to the digest over {close.accounts} in the log"
        yield Unsound(finding("balance.closed"), _at(close), what)


def _strange(close: Close, stored: list[Version]) -> Iterator[tuple[str, str]]:
    """Yield the accounts that are not what the month comes to again, where this version works it out as was done."""
    if (close.derivation, close.tables) != (DERIVATION, tables_digest().hex()):
        return
    # Working months out brings scipy along, which a sound register need not wait for.
    from ytterby.shell.store.reading.closed import month_versions

    again = month_versions(OPERATOR_VIEWER, close.period, known=Known(close.known_at))
    expected = {one.account: one for one in again}
    have = {one.account: one for one in stored}
    for account in sorted(expected.keys() | have.keys()):
        site, element = account
        name = f"{tail(site)} {element}"
        if account not in have:
            yield name, "the version is gone"
        elif account not in expected:
            yield name, "the version is of an account that had no balance"
        elif not _is_same(have[account], expected[account]):
            yield name, "the version is not what was known then"


def _is_same(stored: Version, expected: Version) -> bool:
    if stored._replace(figures="") != expected._replace(figures=""):
        return False
    try:
        found, wanted = json.loads(stored.figures), json.loads(expected.figures)
        return not changed_figures(found, wanted) and found["contributors"] == wanted["contributors"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
