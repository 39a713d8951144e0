"""An entry about returns of flow or quotas as `law show` tells it, each part with its source.

Law is public: nothing here knows who asks.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from ytterby.law.flow_entry import FlowReturnRule, QuotaDraw
from ytterby.law.trust import Trust, Words

Json = dict[str, Any]


def flow_return_json(entry: FlowReturnRule, dated: Json, language: str, sure: Callable[[Trust], Json]) -> Json:
    """Return who owes a return, and until when; `dated` is what it has of a rule, `sure` writes how sure a part is."""
    return {
        "kind": "flow_return",
        **dated,
        "kinds": sorted(entry.kinds),
        "countries": sorted(entry.countries),
        "every": entry.every,
        "basis": entry.basis,
        "article": _said(entry.article, language),
        "until": _day(entry.until),
        "due": [
            {
                "day": one.day,
                "months_after": one.months_after,
                "counts": one.counts,
                "published": str(one.published),
                "effective": str(one.effective),
                "until": _day(one.until),
                "article": _said(one.article, language),
                **sure(one.trust),
            }
            for one in entry.due
        ],
    }


def quota_json(entry: QuotaDraw, dated: Json, language: str) -> Json:
    """Return what draws on a quota; `dated` is what it has of a rule."""
    return {
        "kind": "quota",
        **dated,
        "kind_of_quota": entry.kind,
        "sites": sorted(entry.sites),
        "made": sorted(entry.made),
        "entered": sorted(entry.entered),
        "not_counted": sorted(entry.not_counted),
        "countries": sorted(entry.countries),
        "unit": entry.unit,
        "article": _said(entry.article, language),
        "until": _day(entry.until),
    }


def _said(words: Words | None, language: str) -> str | None:
    return None if words is None else words[language]


def _day(one: date | None) -> str | None:
    return None if one is None else str(one)
