"""Closed months: what was stored when a month was closed, what is known of it now, and why the two differ.

What comes late makes a version stale, never wrong: it stays what was known when the month was closed. Who may read:
auditors, tracing bodies and the register's operator; a party nothing of it, since the stored figures are made of the
whole book, in which the other side's figures show (threats C2, C3).
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from ytterby.balance.account import Accounts
from ytterby.balance.account_version import changed_figures, inputs_digest
from ytterby.balance.inventory import end_of
from ytterby.chain.event import Entry, Event
from ytterby.chain.period import Month, parse_month
from ytterby.chain.posting import Posting
from ytterby.chain.posting_record import DERIVATION
from ytterby.chain.postings import postings_of
from ytterby.shell.store.account_versions import Close, Version, closes, stored_versions, tables_digest
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import EPOCH, MICROSECOND, counting, live_edition
from ytterby.shell.store.derived.registered import events_at, registration_changes
from ytterby.shell.store.derived.threads import chunks
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import LogEntry, PostingRecord
from ytterby.shell.store.reading.accounts import accounts_of, zone_of
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.entries import readable_events, whole_directory
from ytterby.shell.store.reading.findings import finding_rows
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.months import balanced, month_rows
from ytterby.shell.store.reading.naming import Json, party_name, site_name
from ytterby.shell.store.reading.told import readable_findings
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import tail
from ytterby.terms.record_text import record_text

Account = tuple[str, str]


def month_versions(viewer: Viewer, month: Month, *, known: Known) -> list[Version]:
    """Return the balance of each plant and element that has one in a month, as known at a log size, by value."""
    text, tables = str(month), tables_digest()
    accounts = accounts_of(viewer, known)
    inputs: dict[str, bytes] = {}
    found = []
    # An element that a plant handles only later has no balance in the month, and makes no close of it stale.
    for site, element in balanced(viewer, known=known, until=month):
        rows = [row for row in month_rows(viewer, site, element, known=known) if row["month"] == text]
        if not rows:
            continue
        if site not in inputs:
            inputs[site] = inputs_digest(accounts, site, month)
        figures = record_text(rows[0])
        found.append(Version(text, known.size, site, element, DERIVATION, tables, inputs[site], figures))
    return found


def months_spanned(viewer: Viewer, *, known: Known) -> tuple[Month, ...]:
    """Return the months from the first to the last of which anything is known, without a gap."""
    return accounts_of(viewer, known).months


def month_end(viewer: Viewer, month: Month, *, known: Known) -> tuple[datetime, str]:
    """Return the instant at which a month is over on the clock of every plant, and the time zone that is last."""
    zones = {site.zone for site in whole_directory(viewer, known).sites.values() if site.zone}
    return max((end_of(month, ZoneInfo(name)), name) for name in (*zones, "UTC"))


def closed_month(viewer: Viewer, month: str, *, known: Known, language: str = "en") -> Json:
    """Return the closes of a month, and of the latest each account as stored and as known now, and why they differ.

    The accounts are null where the month was not closed.

    Raises:
        ValueError: the text is no month.
    """
    period = parse_month(month)
    found = closes(known.size, month) if viewer.reads_all else []
    answer: Json = {"as_of_size": known.size, "month": month, "closes": [one.to_json() for one in found]}
    if not found:
        return {**answer, "stale": None, "accounts": None, "events": [], "registrations": [], "findings": None}
    last = found[-1]
    late = _Late(viewer, period, last.known_at, known)
    accounts = _accounts(viewer, last, late, month_versions(viewer, period, known=known), known)
    return {
        **answer,
        "stale": any(account["differs"] for account in accounts),
        "accounts": accounts,
        "events": [late.row(one) for one in late.events],
        "registrations": late.registrations(),
        "findings": _findings(viewer, late, language),
    }


# Stored and now


def _accounts(viewer: Viewer, close: Close, late: "_Late", now: list[Version], known: Known) -> list[Json]:
    book = book_of(viewer, known)
    stored = {one.account: one for one in stored_versions(close.month, close.known_at)}
    current = {one.account: one for one in now}
    rows = []
    for site, element in sorted(stored.keys() | current.keys()):
        then, here = stored.get((site, element)), current.get((site, element))
        before, after = _figures(then), _figures(here)
        changed = changed_figures(before or {}, after or {})
        rows.append(
            {
                "site": site_name(book, site),
                "element": element,
                "stored": before,
                "now": after,
                "differs": bool(changed),
                "changed": list(changed),
                "same_inputs": then is not None and here is not None and then.inputs == here.inputs,
                "same_tables": then is None or here is None or then.made_of[:2] == here.made_of[:2],
                "events": late.names_at(site) if changed else [],
            }
        )
    return rows


def _figures(version: Version | None) -> Json | None:
    if version is None:
        return None
    found: Json = msgspec.json.decode(version.figures)
    return found


# Why


class _LateEvent(NamedTuple):
    """An event that was accepted after a close and counts in a month up to it, or declares wrong one that did."""

    number: int
    event: Event
    submitter: str
    sites: frozenset[str]


class _Late:
    """What was accepted after a close, up to the log size that is asked for."""

    def __init__(self, viewer: Viewer, month: Month, since: int, known: Known) -> None:
        self.viewer, self.month, self.known = viewer, month, known
        self.then = Known(since)
        self.edition = live_edition().number
        self.book = book_of(viewer, known)
        self.world = world_at(known.size)
        self.counted = _digests(accounts_of(viewer, self.then), month) | _digests(accounts_of(viewer, known), month)
        self.events = sorted(self._events(), key=lambda one: one.number)
        columns = ("index", "accepted_at", "batch_end")
        found = rows_among(LogEntry, columns, "index", [one.number for one in self.events])
        self.accepted = {index: (at, end) for index, at, end in found}

    def _events(self) -> list[_LateEvent]:
        rows = readable_events(self.viewer).filter(log_index__gte=self.then.size, log_index__lt=self.known.size)
        indices = list(rows.order_by("log_index").values_list("log_index", flat=True))
        new = _counting_among(self.edition, self.known.size, "log_index", indices)
        found = []
        for index, event, submitter in events_at(indices):
            # What an error declaration ends says the same but for the declaration.
            plain = Entry(msgspec.structs.replace(event, error=None), submitter, index)
            postings = postings_of(plain, self.world)[0]
            digest = event.digest if event.error is None else event.original
            is_effective = index in new if event.error is None else self._counted_then(event)
            if is_effective and (digest in self.counted or any(map(self._is_up_to_month, postings))):
                sites = frozenset(posting.site for posting in postings if posting.site)
                found.append(_LateEvent(index, event, submitter, sites))
        return found

    def _counted_then(self, declaration: Event) -> bool:
        digests = [declaration.original] if declaration.original else []
        return bool(_counting_among(self.edition, self.then.size, "digest", digests))

    def _is_up_to_month(self, posting: Posting) -> bool:
        return self.is_up_to_month(posting.at, zone_of(self.book, posting.site))

    def is_up_to_month(self, at: datetime, zone: tzinfo = UTC) -> bool:
        """Tell whether an instant lies in the month or before it."""
        return at < end_of(self.month, zone)

    def names_at(self, site: str) -> list[str]:
        """Return the late events at a plant; where there is none, all: what others said of goods may count there."""
        own = [_name(one.event) for one in self.events if site in one.sites]
        return own or [_name(one.event) for one in self.events]

    def row(self, one: _LateEvent) -> Json:
        """Return a late event with who submitted it, and when it was accepted."""
        at, end = self.accepted[one.number]
        return {
            "event_id": one.event.event_id,
            "name": _name(one.event),
            "declares_wrong": one.event.error is not None,
            "submitter": party_name(self.book, one.submitter),
            "accepted_at": at,
            "size": end,
            "sites": sorted(one.sites),
        }

    def registrations(self) -> list[Json]:
        """Return the sites and products that were registered since, or otherwise than before."""
        return [
            {"kind": kind, "id": key, "tail": tail(key), "size": size}
            for kind, key, size in registration_changes(self.then.size, self.known.size)
        ]


def _digests(accounts: Accounts, month: Month) -> set[bytes]:
    """Return the events of all that counts at plants in months up to one."""
    rows = [row for row in accounts.rows if row.link is None and accounts.months[row.month] <= month]
    return {digest for one in accounts.counted_in(rows) for digest in one.events}


def _counting_among(edition: int, size: int, column: str, values: Collection[Any]) -> set[int]:
    """Return the numbers in the log of the events among these that count at a log size."""
    found: set[int] = set()
    for part in chunks(values):
        rows = counting(edition, size).filter(**{f"{column}__in": part})
        found.update(rows.values_list("log_index", flat=True))
    return found


def _name(event: Event) -> str:
    return event.event_id or event.digest.hex()


# Findings


def _findings(viewer: Viewer, late: _Late, language: str) -> Json:
    """Return the findings up to the month that appeared since the close, and those that vanished."""
    then, now = (_up_to_month(viewer, late, known, language) for known in (late.then, late.known))
    return {
        "appeared": [row for id_, row in now.items() if id_ not in then],
        "vanished": [row for id_, row in then.items() if id_ not in now],
    }


def _up_to_month(viewer: Viewer, late: _Late, known: Known, language: str) -> Mapping[str, Json]:
    """Return the findings as known at a log size of which no event lies after the month, by name.

    A delivery, too, belongs to the later of its sides' months.
    """
    found = readable_findings(viewer, known)
    digests = {digest for one in found for digest in one.events}
    columns, mine = ("digest", "at"), "edition = %s"
    rows = rows_among(PostingRecord, columns, "digest", digests, mine, [late.edition])
    after = {bytes(digest) for digest, at in rows if not late.is_up_to_month(EPOCH + at * MICROSECOND)}
    after -= late.counted
    wanted = [one for one in found if after.isdisjoint(one.events)]
    return {row["id"]: row for row in finding_rows(viewer, wanted, known=known, language=language)}
