"""Register a quota: the figure of an enterprise, a year and a kind in t REO, or an entry of its ledger.

Nothing is ever changed: each is a record of the log after those before it, with the document that it rests on. What
brings an index below what is used is entered and answered with a remark. Who may: the register's operator.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ytterby.balance.quota import Quota
from ytterby.balance.quota_ledger import DECIMALS_MOST, PlaceKey, QuotaAct, QuotaEntry, entry_problems
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import LogHead, Registration
from ytterby.shell.store.quota_entries import QUOTA, QUOTA_ENTRY, ledgers_at
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.flow_law import quota_rules
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.quotas import made_at_most, positions_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.terms.problem import Problem, refuse, remark
from ytterby.terms.record_text import record_text

YEAR_FIRST, YEAR_LAST = 2000, 2099
# The register's largest number.
TONNES_MOST = Decimal(10**12)
ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class QuotaRegistration:
    """What came of it; `size` is the log's size afterwards. It was entered unless a problem refuses.

    `held` is what each enterprise that an entry is about has since, t REO; None where nothing is allotted.
    """

    problems: tuple[Problem, ...]
    size: int
    held: tuple[tuple[str, Decimal | None], ...] = ()


class _EntryRefusedError(Exception):
    """What was known under the lock lets no such entry follow."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(str(problems))
        self.problems = tuple(problems)


def set_quota(register: Register, quota: Quota, *, submitter: str, at: datetime | None = None) -> QuotaRegistration:
    """Enter the figure that holds from now on, or say why not; the same again is nothing new."""
    entry = QuotaEntry(QuotaAct.SET, quota.party, quota.year, quota.kind, quota.tonnes_reo, quota.source)
    return enter_quota(register, entry, submitter=submitter, at=at)


def enter_quota(
    register: Register, entry: QuotaEntry, *, submitter: str, at: datetime | None = None
) -> QuotaRegistration:
    """Enter an entry of the ledger, or say why not. The same again, in all its words, is nothing new; a figure that was
    registered before is, where other entries came since.
    """
    entry = entry._replace(source=entry.source.strip(), reason=entry.reason.strip())
    instant = at or now()
    problems = list(_check(entry, submitter, instant))
    if problems:
        return QuotaRegistration(tuple(problems), register.size)
    lines = ledgers_at(register.size).get(entry.places[0], ())
    if entry.is_figure and lines and lines[-1].entry == entry:
        return _entered(entry, instant, register.size)
    document = _document(entry, after=len(lines))

    def check() -> None:
        is_known = Registration.objects.filter(kind=QUOTA_ENTRY, key=document.key).exists()
        refused = [] if is_known else list(entry_problems(entry, ledgers_at(LogHead.objects.get(id=1).size)))
        if refused:
            raise _EntryRefusedError(refused)

    try:
        size = register_documents([document], submitter, instant, check=check)
    except _EntryRefusedError as refused:
        return QuotaRegistration(refused.problems, register.size)
    publish_or_leave(register)
    return _entered(entry, instant, size)


def _entered(entry: QuotaEntry, at: datetime, size: int) -> QuotaRegistration:
    """Return what holds at a log size after an entry."""
    ledgers = ledgers_at(size)
    held = [(place[0], ledgers[place][-1].balance if place in ledgers else None) for place in entry.places]
    return QuotaRegistration(tuple(_below_used(entry.places, at)), size, tuple(held))


def _document(entry: QuotaEntry, after: int) -> Registrable:
    fields: dict[str, Any] = {
        "party": entry.party,
        "year": entry.year,
        "kind": entry.kind,
        "tonnes_reo": format(entry.tonnes_reo, "f"),
        "source": entry.source,
    }
    if entry.is_figure and after:
        # The same figure, after others, is another entry.
        fields["after"] = after
    if entry.act is QuotaAct.SET:
        key = f"{entry.party} {entry.year} {entry.kind}"
        return Registrable(QUOTA, key, {"id": key, **fields})
    fields |= {"act": entry.act.value, "to": entry.to, "reason": entry.reason}
    key = f"{entry.act.value} {sha256(record_text(fields).encode()).hexdigest()[:ID_DIGITS]}"
    return Registrable(QUOTA_ENTRY, key, {"id": key, **fields})


def _check(entry: QuotaEntry, submitter: str, at: datetime) -> Iterator[Problem]:
    if submitter != OPERATOR:
        yield refuse("quota.not_the_operator", "", submitter)
    parties = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties
    for name, party in (("party", entry.party), ("to", entry.to)):
        if party not in parties and (name == "party" or entry.act is QuotaAct.TRANSFER):
            yield refuse("quota.unknown_party", f"/{name}", party)
    kinds = quota_rules(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), at.date()).kinds
    if entry.kind not in kinds:
        yield refuse("quota.unknown_kind", "/kind", entry.kind, kinds=", ".join(kinds) or "-")
    if not YEAR_FIRST <= entry.year <= YEAR_LAST:
        yield refuse("quota.year", "/year", entry.year, first=YEAR_FIRST, last=YEAR_LAST)
    if not _is_amount(entry.tonnes_reo):
        yield refuse(
            "quota.amount", "/tonnes_reo", entry.tonnes_reo, most=format(TONNES_MOST, "f"), decimals=DECIMALS_MOST
        )
    if not entry.source:
        yield refuse("quota.source_missing", "/source")


def _is_amount(amount: Decimal) -> bool:
    if not (amount.is_finite() and 0 <= amount <= TONNES_MOST):
        return False
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS_MOST


def _below_used(places: Iterable[PlaceKey], at: datetime) -> Iterator[Problem]:
    """Yield a remark for each index that an entry leaves below what is used.

    All that an enterprise made by its own book is the most that can draw on the index; only where that is beyond it is
    the whole book asked, which takes as long as the register is large.
    """
    known, ledgers = known_at(OPERATOR_VIEWER, None), ledgers_at(LogHead.objects.get(id=1).size)
    wanted = {
        place
        for place in places
        if place in ledgers and made_at_most(Viewer(place[0]), known, at.date(), place) > ledgers[place][-1].balance
    }
    for one in positions_of(OPERATOR_VIEWER, known, at.date()) if wanted else ():
        is_changed = (one.party, one.year, one.kind) in wanted
        if is_changed and one.is_exceeded and one.produced is not None and one.quota is not None:
            used, held = f"{one.produced.tonnes:.6g}", format(one.quota.tonnes_reo, "f")
            yield remark("quota.below_used", "", one.party, year=one.year, held=held, used=used)
