"""The watch over all accounts at a log size: findings of months, uses and conduct, kept while they are asked for.

Who may read: auditors, tracing bodies and the register's operator. A party reads its own months (`months`) and none of
these: they show what the other side said (threats C2, C3).
"""

from typing import NamedTuple

from ytterby.balance.finding import Finding
from ytterby.balance.month_finding import month_findings
from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.balance.use_finding import list_use_findings
from ytterby.balance.watch import Tell, quiet, watch_accounts
from ytterby.shell.site.balance_packs import watch_tables
from ytterby.shell.site.packs import use_codes, use_limits
from ytterby.shell.store.reading.accounts import accounts_of
from ytterby.shell.store.reading.beside import QUICK_SIZE, Work
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.conduct import conduct_at
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import LawUnfitError, law_at
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.told import readable_findings, single_findings
from ytterby.shell.store.reading.viewer import Viewer

WATCHES_KEPT = 4
LISTS_KEPT = 16
# Findings of single deliveries, which months tell together.
DECLARED = frozenset({"receipts", "shipments", "shipper_side", "receiver_side", "both_sides", "difference"})
SINGLE = frozenset({"mirror.differs", "receipt.beyond_shipment"})
_kept = Kept["Watching"](WATCHES_KEPT)
_lists = Kept[tuple[Finding, ...]](LISTS_KEPT)


class Watching(NamedTuple):
    """Findings of months, of uses, then of conduct; how many false alarms to expect of them and of single deliveries
    and steps.
    """

    findings: tuple[Finding, ...]
    expected_false_alarms: float | None


def watching(viewer: Viewer, known: Known, *, tell: Tell = quiet) -> Watching:
    """Return what the watch over months and uses names; nothing to parties. `tell` hears how far it is."""
    if not viewer.reads_all:
        return Watching((), None)
    key = (register_id(viewer), known.size, law_at(viewer, known).digest)
    return _kept.get(key, lambda: _watch(viewer, known, tell))


def _watch(viewer: Viewer, known: Known, tell: Tell) -> Watching:
    book = book_of(viewer, known)
    accounts = accounts_of(viewer, known)
    watched = watch_accounts(accounts, watch_tables(ASK_FOR_PAPER), tell=tell)
    latest = max((node.at for node in book.nodes), default=None)
    # Uses are judged as of the last thing that was told, so that the same log gives the same findings on any day.
    uses = () if latest is None else list_use_findings(book, at=latest, codes=use_codes(), limits=use_limits())
    expected = watched.expected_false_alarms + single_findings(viewer, known).expected_false_alarms
    found = (*month_findings(accounts, watched, book), *uses, *conduct_at(viewer, known))
    return Watching(found, expected)


def all_findings(viewer: Viewer, known: Known) -> tuple[Finding, ...]:
    """Return all findings that a viewer may read, kept while asked for: of months and uses first, then of single
    deliveries and steps.
    """
    return _lists.get(_list_key(viewer, known), lambda: _all_findings(viewer, known))


def _list_key(viewer: Viewer, known: Known) -> tuple[str, int, str, Viewer]:
    """Return what a list hangs on: whose it is, what was entered, and the law by which it is judged."""
    return register_id(viewer), known.size, law_at(viewer, known).digest, viewer


def findings_at_hand(viewer: Viewer, known: Known) -> tuple[Finding, ...] | None:
    """Return the same where that takes no time to speak of: worked out before, or in a small register; else None, and
    where the packs in force do not fit together, so that nothing can be judged by them.
    """
    try:
        is_at_hand = known.size <= QUICK_SIZE or _lists.has(_list_key(viewer, known))
        return all_findings(viewer, known) if is_at_hand else None
    except LawUnfitError:
        return None


def _work(viewer: Viewer, known: Known, tell: Tell) -> None:
    watching(viewer, known, tell=tell)
    all_findings(viewer, known)


FINDINGS = Work("findings", _work)


def _all_findings(viewer: Viewer, known: Known) -> tuple[Finding, ...]:
    months = watching(viewer, known).findings
    return (*months, *(one for one in readable_findings(viewer, known) if not _is_told(one, months)))


def _is_told(one: Finding, months: tuple[Finding, ...]) -> bool:
    """Tell whether a finding of several months tells of a delivery already: of a party whose declarations it doubts,
    then. In one month alone the delivery itself says more: its lot and document.
    """
    if one.problem.code not in SINGLE or not one.months:
        return False
    return any(
        not set(one.parties).isdisjoint(month.classes[0]) and month.months[0] <= one.months[-1] <= month.months[1]
        for month in months
        if month.months and month.months[0] < month.months[1] and month.classes and _doubts_declarations(month)
    )


def _doubts_declarations(month: Finding) -> bool:
    return bool(month.hypotheses) and any(cause.code in DECLARED for cause in month.hypotheses[0].causes)
