"""Casework rules and facts that tests of tiers ask of: the packaged card, a card of nobody, a case that nothing is
against.
"""

from decimal import Decimal

from ytterby.law.casework_fact import CaseTest, Op
from ytterby.law.casework_rule import CaseworkRules, HardRule, Need, Phase, ScoreCard, ScoreRow, Tier, ValidationRule
from ytterby.law.span import Span
from ytterby.law.trust import Confidence, Trust
from ytterby.licence.fact_test import Money

TRUST = Trust("gazette", Confidence.READ)
NOBODY = {"en": "nobody's", "zh": "无"}
# Nothing is against it: every row of the packaged card fails, and no hard rule holds.
GOOD = {
    "elements": frozenset({"Nd", "Pr"}),
    "forms": frozenset({"magnet"}),
    "codes": frozenset({"1C905.a"}),
    "destination": "DE",
    "licence_kind": "individual",
    "use": "U07",
    "value": Money(Decimal("120000"), "CNY"),
    "element_mass_kg": Decimal("12"),
    "end_user_level": "organisation",
    "visits_passed": Decimal(2),
    "deliveries_confirmed": Decimal(9),
    "reports_overdue": Decimal(0),
    "need_share": Decimal("0.4"),
    "end_user_validated": True,
    "exporter_years": Decimal(6),
    "licences_used": Decimal(30),
    "penalties": Decimal(0),
    "chain_reconciled": True,
    "deviation": Decimal(1),
    "open_findings": Decimal(0),
    "audited_wrong": False,
    "screening": "clear",
    "open_flags": Decimal(0),
    "watch_listed": False,
    "control_listed": False,
}


def tier(name, *, automatic=False, level="claimed", share="0"):
    return Tier(name, NOBODY, 0 if automatic else 1, (), automatic, Decimal(share), (), level, 24, TRUST)


def rules(*tiers, card=None, validated=False):
    validation = ValidationRule(tuple(Need), Span(1, "year"), TRUST) if validated else None
    return CaseworkRules(
        phases={Phase.REVIEW: "open"},
        notices="several",
        blocking=frozenset(),
        tiers={one.id: one for one in tiers},
        score_card=card,
        validated_end_user=validation,
        coded_reasons={},
        appeal=None,
        amendment=None,
        customs=None,
        retention={},
        trust=TRUST,
    )


def at_least(fact, figure, unit=""):
    return CaseTest(fact, Op.AT_LEAST, figure=Decimal(figure), unit=unit)


def row(name, test, points, unknown=None):
    return ScoreRow(name, NOBODY, test, points, points if unknown is None else unknown, TRUST)


def card(rows, bounds, hard=()):
    told = tuple(HardRule(name, NOBODY, test, tier, TRUST) for name, test, tier in hard)
    return ScoreCard("card", NOBODY, tuple(rows), bounds, told, TRUST)


def refuses(call, *args, **named):
    """Tell whether a call raises a ValueError; what a test of turned branches asserts, since it catches no other."""
    try:
        call(*args, **named)
    except ValueError:
        return True
    return False
