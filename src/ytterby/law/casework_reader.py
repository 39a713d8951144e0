"""From the content of a procedure's `casework` and of its kinds of licence, whose shape is right, to what they say."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ytterby.law.casework_fact import CaseTest, Op
from ytterby.law.casework_rule import (
    AmendmentRule,
    AppealRule,
    CaseworkRules,
    Check,
    CodedReason,
    CustomsAdapter,
    CustomsRule,
    HardRule,
    Need,
    Phase,
    ReasonKind,
    ScoreCard,
    ScoreRow,
    Tier,
    ValidationRule,
)
from ytterby.law.licence_kind import (
    ONE,
    RESTORES,
    SEVERAL,
    Ceiling,
    DoneWhen,
    EligibilityRule,
    Holder,
    LicenceKind,
    Measure,
    Per,
    ReportOwed,
)
from ytterby.law.span import Span
from ytterby.law.trust import trust_of

Json = Mapping[str, Any]
# What a tier asks that says nothing: the end user's own word, and a screening of the same day.
_LEVEL, _HOURS = "claimed", 24
_RESTORES = RESTORES[:2]


def casework_of(row: Json | None) -> CaseworkRules | None:
    """Return how an office works on a procedure; None where the procedure says nothing of it."""
    if row is None:
        return None
    said = row["phases"]
    return CaseworkRules(
        phases={phase: said[phase] for phase in Phase if phase in said},
        notices=row.get("notices", SEVERAL),
        blocking=frozenset(map(Check, row["blocking"])),
        tiers={one["id"]: _tier(one) for one in row["tiers"]},
        score_card=_card(row["score_card"]) if "score_card" in row else None,
        validated_end_user=_validation(row["validated_end_user"]) if "validated_end_user" in row else None,
        coded_reasons={one["id"]: _coded(one) for one in row.get("coded_reasons", ())},
        appeal=_appeal(row["appeal"]) if "appeal" in row else None,
        amendment=_amendment(row["amendment"]) if "amendment" in row else None,
        customs=_customs(row["customs"]) if "customs" in row else None,
        retention=dict(row.get("retention", {})),
        trust=trust_of(row),
    )


def span_of(row: Json) -> Span:
    """Return a length of time."""
    return Span(row["count"], row["unit"])


def _test(row: Json) -> CaseTest:
    figure = row.get("figure")
    return CaseTest(
        fact=row["fact"],
        op=Op(row["op"]),
        words=frozenset(row.get("values", ())),
        figure=None if figure is None else Decimal(figure),
        unit=row.get("unit", ""),
    )


def _tier(row: Json) -> Tier:
    return Tier(
        id=row["id"],
        title=row["title"],
        approvals=row["approvals"],
        bodies=tuple(row.get("bodies", ())),
        is_automatic=row.get("is_automatic", False),
        audit_share=Decimal(row.get("audit_share", "0")),
        departments=tuple(row.get("departments", ())),
        end_user_level=row.get("end_user_level", _LEVEL),
        screening_age_hours=row.get("screening_age_hours", _HOURS),
        trust=trust_of(row),
    )


def _card(row: Json) -> ScoreCard:
    rows = (
        ScoreRow(
            id=one["id"],
            title=one["title"],
            test=_test(one["when"]),
            points=one["points"],
            unknown=one.get("unknown", one["points"]),
            trust=trust_of(one),
        )
        for one in row["rows"]
    )
    hard = (
        HardRule(one["id"], one["title"], _test(one["when"]), one["at_least"], trust_of(one))
        for one in row.get("hard_rules", ())
    )
    return ScoreCard(row["id"], row["title"], tuple(rows), dict(row["bounds"]), tuple(hard), trust_of(row))


def _validation(row: Json) -> ValidationRule:
    flags = tuple(row.get("unknown_flags", ()))
    return ValidationRule(tuple(map(Need, row["needs"])), span_of(row["holds_for"]), trust_of(row), flags)


def _coded(row: Json) -> CodedReason:
    kind, factor = ReasonKind(row["kind"]), row.get("factor", "")
    return CodedReason(row["id"], kind, row["title"], row["remedy"], factor, trust_of(row))


def _appeal(row: Json) -> AppealRule:
    return AppealRule(
        within=span_of(row["within"]),
        calendar=row.get("calendar", ""),
        to=row["to"],
        is_final=row["is_final"],
        grounds=tuple(row["grounds"]),
        trust=trust_of(row),
    )


def _amendment(row: Json) -> AmendmentRule:
    return AmendmentRule(
        key=tuple(row["key"]),
        amendable=tuple(row["amendable"]),
        clock=row.get("clock", ""),
        is_locked=row.get("is_locked", True),
        trust=trust_of(row),
    )


def _customs(row: Json) -> CustomsRule:
    one = row["adapter"]
    adapter = CustomsAdapter(one["id"], {name: value for name, value in one.items() if name != "id"})
    return CustomsRule(
        body=row["body"],
        acknowledge_within_minutes=row["acknowledge_within_minutes"],
        list_age_hours=row["list_age_hours"],
        adapter=adapter,
        trust=trust_of(row),
    )


# Kinds of licence


def kind_of(row: Json) -> LicenceKind:
    """Return a kind of licence; one export is done with the first exit unless the pack says otherwise."""
    valid, holder = row["valid_most"], row.get("holder")
    done = DoneWhen.FIRST_EXIT if row["exports"] == ONE else DoneWhen.USED
    return LicenceKind(
        id=row["id"],
        title=row["title"],
        end_users=row["end_users"],
        exports=row["exports"],
        valid_most=None if valid is None else span_of(valid),
        ends=row.get("ends"),
        done_when=DoneWhen(row.get("done_when", done)),
        holder=None if holder is None else Holder(tuple(holder["bodies"]), tuple(holder.get("barred_by", ()))),
        ceilings=tuple(map(_ceiling, row.get("ceilings", ()))),
        tolerance=Decimal(row.get("tolerance", "0")),
        counting_unit=row.get("counting_unit", ""),
        restores=tuple(row.get("restores", _RESTORES)),
        documents=tuple(row["documents"]),
        conditions=tuple(row.get("conditions", ())),
        cases=tuple(row.get("cases", ())),
        eligibility=tuple(map(_eligibility, row.get("eligibility", ()))),
        revocation_causes=tuple(row.get("revocation_causes", ())),
        reports=tuple(map(_report, row.get("reports", ()))),
        trust=trust_of(row),
    )


def _ceiling(row: Json) -> Ceiling:
    value = row["value"]
    return Ceiling(
        id=row["id"],
        measure=Measure(row["measure"]),
        per=Per(row["per"]),
        element=row.get("element", ""),
        value=None if value is None else Decimal(value),
        unit=row["unit"],
        trust=trust_of(row),
    )


def _eligibility(row: Json) -> EligibilityRule:
    return EligibilityRule(row["id"], row["title"], tuple(map(_test, row["any_of"])), trust_of(row))


def _report(row: Json) -> ReportOwed:
    return ReportOwed(
        row["id"], row["by"], span_of(row["within"]), row.get("calendar", ""), row["after"], trust_of(row)
    )
