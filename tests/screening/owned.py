"""Small graphs of owners for tests: stakes by words, and what comes of them under one rule."""

from datetime import date
from decimal import Decimal

from ytterby.screening.ownership import ListedParty, Stake
from ytterby.screening.ownership_rule import OwnershipRules, millionths, parse_ownership_rules
from ytterby.screening.ownership_verdict import Ownership
from ytterby.shell.site.screening_tables import ownership_rules

DAY = date(2026, 11, 1)


def stake(owner, owned, lo, hi=None, *, on=DAY, source="register"):
    low = millionths(Decimal(str(lo)))
    return Stake(owner, owned, low, low if hi is None else millionths(Decimal(str(hi))), on, source)


def listed(*names, of="own"):
    return [ListedParty(name, of) for name in names]


def rule_set(*, threshold="50", inclusive=True, aggregates="yes", **more) -> OwnershipRules:
    row = {
        "id": "own", "jurisdiction": "XA", "title": {"en": "own", "zh": "own"}, "lists": ["own"],
        "threshold_percent": threshold, "is_inclusive": inclusive, "aggregates": aggregates,
        "published": "2020-01-01", "effective": "2020-01-01", "source": "made up", "confidence": "practice", **more,
    }  # fmt: skip
    minority = {"percent": "25", "source": "made up", "confidence": "practice"}
    disputes = [
        {"id": "end", "text": {"en": "?", "zh": "?"}, "settled_by": {"en": "x", "zh": "x"},
         "readings": [{"id": name, "text": {"en": name, "zh": name}, "source": "made up", "confidence": "practice"}
                      for name in ("over", "on")]},
    ]  # fmt: skip
    return parse_ownership_rules({"minority": minority, "disputes": disputes, "rules": [row]})


def owned(stakes, names=(), *, on=DAY, rules=None, of="own", **terms) -> Ownership:
    return Ownership(stakes, listed(*names, of=of), rules or rule_set(**terms), on=on, known=on)


def packaged(stakes, listed_rows, *, on=DAY, known=None, chosen=()) -> Ownership:
    return Ownership(stakes, listed_rows, ownership_rules(), on=on, known=known or on, chosen=chosen)
