"""Entries of quotas as registered at a log size, and the ledgers that they make."""

import json
from decimal import Decimal
from typing import Any

from ytterby.balance.quota_ledger import LedgerLine, PlaceKey, QuotaAct, QuotaEntry, keep_ledgers
from ytterby.shell.store.models import Registration

QUOTA, QUOTA_ENTRY = "quota", "quota_entry"


def ledgers_at(size: int) -> dict[PlaceKey, tuple[LedgerLine, ...]]:
    """Return the ledgers of all indices at a log size, by enterprise, year and kind."""
    rows = Registration.objects.filter(kind__in=(QUOTA, QUOTA_ENTRY), log_index__lt=size).order_by("log_index")
    return keep_ledgers(_entry(json.loads(text)) for text in rows.values_list("document", flat=True))


def _entry(fields: dict[str, Any]) -> QuotaEntry:
    """Return an entry; a record of kind `quota` says the figure that holds from it on."""
    return QuotaEntry(
        act=QuotaAct(fields.get("act", QuotaAct.SET)),
        party=fields["party"],
        year=fields["year"],
        kind=fields["kind"],
        tonnes_reo=Decimal(fields["tonnes_reo"]),
        source=fields["source"],
        to=fields.get("to", ""),
        reason=fields.get("reason", ""),
    )
