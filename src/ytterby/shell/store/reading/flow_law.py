"""The law of returns and quotas that a register goes by, as it could be known on a day.

Law is public. This is the one place that says which book of law governs them.
"""

from collections.abc import Hashable
from datetime import UTC, date, datetime, time

from ytterby.balance.quota import QuotaRules, quota_rules_of
from ytterby.balance.return_rule import ReturnRules, return_rules_of
from ytterby.law.book import LawBook
from ytterby.law.flow_law import known_flow
from ytterby.shell.site.quota_table import projection_level
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import Viewer


def _law(viewer: Viewer, known: Known, on: date) -> LawBook:
    """Return the packs that have come into force by the end of the day that judges, UTC."""
    return law_at(viewer, known, datetime.combine(on, time.max, tzinfo=UTC))


def return_rules(viewer: Viewer, known: Known, on: date) -> ReturnRules:
    """Return who owes a return, and until when, as judged on a day."""
    return return_rules_of(_law(viewer, known, on), known.law_day(on))


def quota_rules(viewer: Viewer, known: Known, on: date) -> QuotaRules:
    """Return what draws on a quota, as judged on a day."""
    return quota_rules_of(_law(viewer, known, on), known.law_day(on), projection_level())


def law_key(viewer: Viewer, known: Known, on: date) -> Hashable:
    """Return what tells apart the law by which days are judged, for answers that are kept."""
    return known_flow(_law(viewer, known, on), known.law_day(on))
