"""Who may hold a licence for many exports, from history; and when an end user is a validated one."""

from datetime import date, timedelta
from decimal import Decimal
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.case_card import NOBODY, TRUST
from licence.flipped_branches import unnoticed
from ytterby.law.casework_fact import CaseTest, Op
from ytterby.law.casework_rule import Need, ValidationRule
from ytterby.law.licence_kind import DoneWhen, EligibilityRule, Holder, LicenceKind
from ytterby.law.span import Span
from ytterby.law.trust import Confidence
from ytterby.licence import eligibility as shipped
from ytterby.licence import validated_end_user as validation
from ytterby.licence.eligibility import History, PastLicence, Shown, eligibility, history_facts
from ytterby.shell.site.law_packs import packaged_law

ON = date(2026, 7, 1)
OF_BODY = Holder(("e",), ())
CN = packaged_law().procedures["CN-procedure"].licence_kinds
MAGNETS = ("1C905.a",)


def licences(years, of=MAGNETS):
    """Return so many licences of each of the years before, the last one first."""
    return tuple(
        PastLicence(ON.replace(year=ON.year - back) - timedelta(days=n), of, is_used=True)
        for back, count in enumerate(years)
        for n in range(count)
    )


def history(**changes):
    told = {
        "body": "exporter",
        "first_export": date(2024, 7, 1),
        "licences": licences((31, 31)),
        "compliance_programme": True,
        "fixed_channels": True,
        "watch_listed": False,
        "penalties": (),
    }
    return History(**{**told, **changes})


def shown(kind, held, on=ON):
    found = eligibility(kind, held, on)
    return found.answer.value, [one.id for one in found.rows if one.shown is not Shown.YES], found.barred_by


def test_a_large_exporter_with_a_programme_may_hold_a_general_licence():
    assert shown(CN["general"], history()) == ("yes", [], ())


@pytest.mark.parametrize(
    ("changes", "answer", "rows"),
    [
        ({"first_export": date(2024, 7, 2)}, "no", ["record"]),
        ({"first_export": None}, "no", ["record"]),
        ({"compliance_programme": None}, "unknown", ["programme"]),
        ({"compliance_programme": False}, "no", ["programme"]),
        ({"fixed_channels": False}, "no", ["channels"]),
        ({"watch_listed": True}, "no", ["not_watch_listed"]),
        ({"watch_listed": None}, "unknown", ["not_watch_listed"]),
        ({"licences": licences((31, 30))}, "no", ["licences"]),
        ({"licences": ()}, "no", ["licences"]),
        ({"penalties": None}, "unknown", ["no_penalty"]),
        ({"penalties": (date(2023, 7, 2),)}, "no", ["no_penalty"]),
        ({"penalties": (date(2023, 7, 1),)}, "yes", []),
    ],
)
def test_what_is_not_shown_is_named_and_what_nobody_knows_is_not_shown(changes, answer, rows):
    assert shown(CN["general"], history(**changes)) == (answer, rows, ())


def test_many_licences_of_all_kinds_do_as_well_as_fewer_of_one():
    """Forty-one a year of whatever, or thirty-one of one code; half and half of neither is not enough."""
    halves = (*licences((20, 20)), *licences((20, 20), ("1C902.a",)))
    assert shown(CN["general"], history(licences=halves))[0] == "no"
    more = (*halves, *licences((1, 1), ("1C904.b",)))
    assert shown(CN["general"], history(licences=more))[0] == "yes"


def test_the_barred_keep_individual_licences_alone():
    """Order 792 art. 20."""
    barred = history(barred_by=("barred",))
    assert shown(CN["general"], barred) == ("no", [], ("barred",))
    assert shown(CN["registration"], barred) == ("no", [], ("barred",))
    assert shown(CN["individual"], barred) == ("yes", [], ())


def test_nobody_but_the_exporter_holds_one():
    assert [shown(kind, history(body="end_user"))[0] for kind in CN.values()] == ["no"] * 3


@given(
    st.lists(st.dates(date(2023, 1, 1), date(2028, 1, 1)), max_size=30), st.dates(date(2024, 1, 1), date(2027, 1, 1))
)
def test_what_comes_after_the_day_changes_nothing_of_it(days, on):
    held = tuple(PastLicence(day, MAGNETS, is_used=True) for day in days)
    before = tuple(one for one in held if one.issued <= on)
    told = {"licences": held, "penalties": tuple(days), "first_export": min(days, default=None)}
    known = {"licences": before, "penalties": tuple(day for day in days if day <= on)}
    known["first_export"] = told["first_export"] if before else None
    assert history_facts(history(**told), on) == history_facts(history(**known), on)


def check_semantics(module: ModuleType) -> None:
    past = module.PastLicence
    a_year_ago, two_ago = date(2025, 7, 1), date(2024, 7, 1)
    licences = (
        past(ON, ("a",), is_used=True),
        past(a_year_ago + timedelta(days=1), ("a", "b"), is_used=False),
        past(a_year_ago, ("b",), is_used=True),
        past(two_ago + timedelta(days=1), ("a",), is_used=True),
        past(two_ago + timedelta(days=2), ("a",), is_used=True),
        past(two_ago, ("a",), is_used=True),
        past(ON + timedelta(days=1), ("a",), is_used=True),
    )
    told = module.History("e", two_ago, licences, penalties=(ON, two_ago, ON + timedelta(days=1)))
    facts = module.history_facts(told, ON)
    assert facts == {
        "exporter_years": Decimal(2),
        "licences_used": Decimal(5),
        "licences_yearly": Decimal(2),
        "licences_yearly_of_one_code": Decimal(2),
        "penalties": Decimal(2),
        "years_without_penalty": Decimal(0),
    }
    bare = module.history_facts(
        module.History("e", date(2026, 7, 2), penalties=(), watch_listed=False, fixed_channels=True), ON
    )
    assert (bare["exporter_years"], bare["licences_yearly"], bare["penalties"]) == (0, 0, 0)
    assert (bare["years_without_penalty"], bare["licences_yearly_of_one_code"]) == (Decimal("Infinity"), 0)
    assert (bare["watch_listed"], bare["fixed_channels"], "compliance_programme" in bare) == (False, True, False)
    assert module.history_facts(module.History("e", ON), ON)["exporter_years"] == 0
    assert "penalties" not in module.history_facts(module.History("e", ON), ON)
    assert module.history_facts(module.History("e"), ON)["exporter_years"] == 0
    assert [module.years_between(date(2024, 2, 29), date(2025, 2, n)) for n in (27, 28)] == [0, 0]
    assert module.years_between(date(2024, 2, 29), date(2025, 3, 1)) == 1
    assert module.years_between(date(2020, 5, 5), date(2026, 5, 5)) == 6

    old = CaseTest("exporter_years", Op.AT_LEAST, figure=Decimal(2))
    runs, fixed = CaseTest("compliance_programme", Op.IS_TRUE), CaseTest("fixed_channels", Op.IS_TRUE)
    assert answers(module, [[old]], told) == ("yes", ["yes"], (), True)
    assert answers(module, [[old]], module.History("e")) == ("no", ["no"], (), True)
    assert answers(module, [[runs]], told) == ("unknown", ["unknown"], (), True)
    # Any one of its tests shows it, whatever nobody knows of the others; and one that fails leaves the others open.
    assert answers(module, [[runs, old]], told)[:2] == ("yes", ["yes"])
    assert answers(module, [[old, runs]], module.History("e"))[:2] == ("unknown", ["unknown"])
    assert answers(module, [[runs], [old]], module.History("e"))[:2] == ("no", ["unknown", "no"])
    assert answers(module, [[fixed]], module.History("e", fixed_channels=False))[0] == "no"
    # Who is barred, or of another body, may not, whatever is shown.
    barred = module.History("e", two_ago, barred_by=("b", "c"))
    assert answers(module, [[old]], barred, Holder(("e",), ("a", "b"))) == ("no", ["yes"], ("b",), True)
    assert answers(module, [[old]], told, Holder(("x",), ("a",))) == ("no", ["yes"], (), False)
    assert answers(module, [], module.History("x"), None) == ("yes", [], (), True)
    check_barring(module)
    # What is told beside never covers what history says.
    more = {"exporter_years": Decimal(9), "compliance_programme": True}
    assert answers(module, [[old], [runs]], module.History("e"), more=more)[1] == ["no", "yes"]


def check_barring(module):
    """What law asks for keeps out; what practice asks for, and what nobody knows, does not."""
    old = CaseTest("exporter_years", Op.AT_LEAST, figure=Decimal(2))
    runs = CaseTest("compliance_programme", Op.IS_TRUE)
    sure, custom = TRUST, TRUST._replace(confidence=Confidence.PRACTICE)
    asked = [EligibilityRule(*one) for one in (("a", NOBODY, (old,), sure), ("b", NOBODY, (runs,), sure))]
    asked.append(EligibilityRule("c", NOBODY, (old,), custom))
    found = module.eligibility(kind_of(asked, Holder(("e",), ("x",))), module.History("e"), ON)
    assert module.barring(found) == ("a",)
    found = module.eligibility(kind_of(asked, Holder(("y",), ("x",))), module.History("e", barred_by=("x",)), ON)
    assert module.barring(found) == ("x", "body", "a")
    assert module.barring(module.eligibility(kind_of([], None), module.History("e"), ON)) == ()


def answers(module, rules, held, holder=OF_BODY, more=None):
    asked = tuple(EligibilityRule(str(n), NOBODY, tuple(tests), TRUST) for n, tests in enumerate(rules))
    found = module.eligibility(kind_of(asked, holder), held, ON, more)
    return found.answer.value, [one.shown.value for one in found.rows], found.barred_by, found.is_of_body


def kind_of(asked, holder):
    return LicenceKind(
        *("k", NOBODY, "one", "one", None, None, DoneWhen.USED, holder, (), Decimal(0), "", ()),
        *((), (), (), tuple(asked), (), (), TRUST),
    )


def test_history_means_what_it_says():
    check_semantics(shipped)


def test_every_branch_of_eligibility_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


# Validated end users

ALL = ValidationRule(tuple(Need), Span(1, "year"), TRUST)


def check_validation(module: ModuleType) -> None:
    begun = date(2025, 7, 2)  # a year of it ends on the day

    def lacking(on=ON, rule=ALL, **changes):
        told = {"level": "organisation", "open_findings": 0}
        told |= dict.fromkeys(("consented_on", "reconciled_on", "documents_on"), begun)
        found = module.validate(rule, module.EndUserRecord(**{**told, **changes}), on)
        assert found.is_valid == (not found.lacking)
        return [one.value for one in found.lacking], found.until

    assert lacking() == ([], ON)
    assert lacking(on=ON + timedelta(days=1)) == (["visits", "reconciliation", "documents"], None)
    assert lacking(consented_on=ON) == ([], ON)
    assert lacking(consented_on=ON + timedelta(days=1)) == (["visits"], None)
    assert lacking(reconciled_on=None) == (["reconciliation"], None)
    assert lacking(documents_on=begun - timedelta(days=1)) == (["documents"], None)
    assert lacking(level="address") == (["organisation"], None)
    assert lacking(open_findings=1) == (["no_finding"], None)
    assert lacking(open_findings=None) == (["no_finding"], None)
    # What the pack does not ask for is not lacking, and ends nothing.
    few = ValidationRule((Need.ORGANISATION, Need.VISITS), Span(2, "year"), TRUST)
    assert lacking(rule=few, reconciled_on=None, open_findings=3) == ([], date(2027, 7, 1))
    known = ValidationRule((Need.ORGANISATION,), Span(2, "year"), TRUST)
    assert lacking(rule=known) == ([], None)


def test_a_validated_end_user_shows_all_that_the_pack_asks_and_each_holds_a_year():
    check_validation(validation)
    assert unnoticed(validation, check_validation) == []
