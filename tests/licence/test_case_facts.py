"""What evidence and record say of a case as facts of a card; what nobody knows is no fact (threat D6)."""

from datetime import date
from decimal import Decimal
from types import ModuleType

from licence.case_card import TRUST
from licence.flipped_branches import unnoticed
from ytterby.law.casework_fact import CASE_FACTS
from ytterby.law.casework_rule import Need, ValidationRule
from ytterby.law.span import Span
from ytterby.licence import case_facts as shipped
from ytterby.licence.application import Application, Line, PartyOnCase
from ytterby.licence.eligibility import History, history_facts
from ytterby.licence.evidence import (
    Consumed,
    ConsumptionSection,
    ElementNeed,
    EndUserFlags,
    Evidence,
    FlagFound,
    FlagsSection,
    LawSection,
    LineLaw,
    LineLots,
    LotOffered,
    LotsSection,
    Mass,
    ScreeningHit,
    ScreeningSection,
)
from ytterby.licence.fact_test import Money, check_facts

ON = date(2026, 7, 1)
MAGNETS = {"form": "magnet", "elements": {"Nd": 29, "Dy": 1}}
EXPORTER = PartyOnCase("exporter", party="p1")


def line(number=1, **changes):
    return Line(number, "magnets", "900", "KGM", **{"value": "10", "currency": "CNY", "goods": MAGNETS, **changes})


def application(*lines, **changes):
    told = {"destination": "XA", "licence_kind": "individual", "use": {"code": "U07"}}
    return Application("P", lines or (line(),), (EXPORTER,), **{**told, **changes})


def evidence(**sections):
    return Evidence("C", "d", "2026-07-01T00:00:00Z", 7, **sections)


def lot(number=1, **changes):
    told = {"balance": "balances", "trace": "whole", "mirror": "matched", "form": "magnet"}
    return LotOffered("L", number, **{**told, "elements": {"Nd": Mass("1", "0"), "Tb": Mass("0", "0")}, **changes})


def lots(*held, **changes):
    lines = (LineLots(1, elements={"Nd": need("2"), "Dy": need("0.5")}),)
    return LotsSection("done", "", held or (lot(),), **{"lines": lines, **changes})


def need(kg):
    return ElementNeed(kg, "9", "0", "yes")


def flags(*grades, unknown=0):
    found = tuple(FlagFound(f"F{n}", "s", grade, "1") for n, grade in enumerate(grades))
    return FlagsSection("done", "", end_users=(EndUserFlags("p2", "U07", "1", "Nd", "0", "none", unknown, found),))


def used(*ratios):
    return ConsumptionSection("done", "", end_users=tuple(Consumed(r, "Nd", "1", "1", ratio=r) for r in ratios))


def screened(answer="passed", **found):
    return ScreeningSection("done", "", answer, ("p1",), **found)


HIT = ScreeningHit("H1", "p1", "watch", "e", "0.9")


def check_semantics(module: ModuleType) -> None:
    def facts(one=None, held=None, settled=(), **beside):
        found = module.case_facts(one or application(), held or evidence(), module.Beside(**beside), ON, settled)
        check_facts(found)
        return found

    check_goods(facts)
    check_checks(facts)
    check_people(module, facts)
    check_unknown_flags(module)
    assert module.deviation_of(Decimal(30), [Decimal(10), Decimal(20)]) == Decimal("1.5")
    assert module.deviation_of(Decimal(30), []) is None
    assert module.deviation_of(Decimal(30), [Decimal(0)]) is None


def check_goods(facts):
    plain = facts()
    assert plain == {
        "elements": frozenset({"Nd", "Dy"}),
        "forms": frozenset({"magnet"}),
        "destination": "XA",
        "licence_kind": "individual",
        "use": "U07",
        "value": Money(Decimal(10), "CNY"),
        "screening": "not_checked",
    }
    bare = application(line(goods=None, value="", currency=""), destination="", licence_kind="", use={})
    assert facts(bare) == {"screening": "not_checked"}
    # Lots tell what the application does not; of two lines both must be known.
    assert facts(bare, evidence(lots=lots()))["elements"] == {"Nd"}
    assert facts(bare, evidence(lots=lots()))["forms"] == {"magnet"}
    both = facts(application(line(), line(2, goods={"form": "oxide", "elements": {"Tb": 9}})))
    assert (both["elements"], both["forms"]) == ({"Nd", "Dy", "Tb"}, {"magnet", "oxide"})
    assert "elements" not in facts(application(line(), line(2, goods=None)))
    assert "elements" not in facts(application(line(goods={"form": "magnet", "elements": ["Dy"]})))
    assert facts(application(line(goods=None), line(2)), evidence(lots=lots(lot(2)))).keys() & {"elements"} == set()
    assert facts(application(line(), line(2)))["value"] == Money(Decimal(20), "CNY")
    for other in ({"currency": "EUR"}, {"value": ""}, {"currency": ""}):
        assert "value" not in facts(application(line(), line(2, **other)))
    assert "value" not in facts(application(line(currency="")))
    law = LawSection("done", "", "2026-07-01", (LineLaw(1, "controlled", codes=("a", "b")), LineLaw(2, "ask")))
    assert facts(None, evidence(law=law))["codes"] == {"a", "b"}
    undone = LawSection("not_checked", "why", "2026-07-01", (LineLaw(1, "controlled", codes=("a",)),))
    assert "codes" not in facts(None, evidence(law=undone))


def check_checks(facts):
    def screening(**changes):
        found = facts(None, evidence(screening=screened(**changes)))
        return found["screening"], found.get("watch_listed"), found.get("control_listed")

    assert screening() == ("clear", False, False)
    # What somebody cleared was on a list: whether on which is for who cleared it to say.
    assert screening(suppressed=("H1",)) == ("clear", None, None)
    assert screening(answer="alerts", alerts=(HIT,)) == ("candidate", None, None)
    assert screening(reviews=(HIT,)) == ("candidate", None, None)
    assert screening(answer="not_checked") == ("not_checked", None, None)
    undone = ScreeningSection("not_checked", "no_lists", "passed")
    assert facts(None, evidence(screening=undone))["screening"] == "not_checked"

    def open_flags(*grades, unknown=0, settled=()):
        return facts(None, evidence(flags=flags(*grades, unknown=unknown)), settled).get("open_flags")

    assert open_flags() == 0
    assert open_flags("none", "unknown") == 0
    assert open_flags("strong", "weak", "none") == 2
    assert open_flags("strong", "weak", settled=("p2#U07#F0",)) == 1
    assert open_flags("strong", settled=("p3#U07#F0", "p2#U07#F0")) == 0
    # A flag that could not be judged is none that is not raised.
    assert open_flags("none", unknown=1) is None
    assert open_flags("weak", unknown=1) == 1
    undone = FlagsSection("not_checked", "why", end_users=flags("strong").end_users)
    assert "open_flags" not in facts(None, evidence(flags=undone))

    def chain(*held):
        return facts(None, evidence(lots=lots(*held))).get("chain_reconciled")

    assert chain() is True
    assert [chain(lot(balance="does_not")), chain(lot(trace="open")), chain(lot(mirror="differs"))] == [False] * 3
    assert chain(lot(), lot(trace="open")) is False
    assert [chain(lot(balance="not_checked")), chain(lot(), lot(mirror="under_way"))] == [None, None]
    assert "chain_reconciled" not in facts(None, evidence(lots=LotsSection("done", "")))
    assert facts(None, evidence(lots=lots()))["element_mass_kg"] == Decimal("2.5")
    assert "element_mass_kg" not in facts(None, evidence(lots=lots(lines=())))
    assert "element_mass_kg" not in facts(None, evidence(lots=lots(lines=(*lots().lines, LineLots(2)))))
    assert facts(None, evidence(consumption=used("0.5", "0.75")))["need_share"] == Decimal("0.75")
    assert "need_share" not in facts(None, evidence(consumption=used("0.5", "")))
    assert "need_share" not in facts(None, evidence(consumption=used()))
    undone = ConsumptionSection("not_checked", "why", end_users=used("0.5").end_users)
    assert "need_share" not in facts(None, evidence(consumption=undone))


def check_unknown_flags(module):
    """A flag that cannot be judged counts as none only where the pack says so of validated end users, and is told."""
    rule = ValidationRule((Need.VISITS,), Span(1, "year"), TRUST, frozenset({"F1"}))
    yes, no, unknown = (module.EndUserStanding(is_validated=one) for one in (True, False, None))

    def asked(held, *users, rule=rule):
        beside = module.Beside(users)
        found = module.case_facts(application(), evidence(flags=held), beside, ON, validation=rule)
        return found.get("open_flags"), module.let_be(evidence(flags=held), beside, rule)

    left = flags("none", "unknown", unknown=1)
    assert asked(left, yes) == (0, ("p2#U07#F1",))
    assert asked(left, yes, yes) == (0, ("p2#U07#F1",))
    for users in ((no,), (unknown,), (yes, no), (yes, unknown), ()):
        assert asked(left, *users) == (None, ()), users
    assert asked(left, yes, rule=None) == (None, ())
    # The pack lets F1 be unknown and no other; one that is raised stays raised.
    assert asked(flags("unknown", "none", unknown=1), yes) == (None, ())
    assert asked(flags("unknown", "unknown", unknown=2), yes) == (None, ("p2#U07#F1",))
    assert asked(flags("weak", "unknown", unknown=1), yes) == (1, ("p2#U07#F1",))
    assert asked(flags("none", "strong"), yes) == (1, ())


def check_people(module, facts):
    standing = module.EndUserStanding
    good = standing("organisation", 2, 9, 0, 0, True)
    poor = standing("address", 1, 10, 3, 1, False)

    def users(*held):
        found = facts(end_users=held)
        names = ("end_user_level", "visits_passed", "deliveries_confirmed", "reports_overdue", "open_findings")
        return (*(found.get(name) for name in names), found.get("end_user_validated"))

    assert users(good) == ("organisation", 2, 9, 0, 0, True)
    assert users(good, poor) == ("address", 1, 9, 3, 1, False)
    assert users(standing()) == (None,) * 6
    assert users() == (None,) * 6
    # What is not known of one of them is not known of them; but one who is not validated is known not to be.
    assert users(good, standing()) == (None,) * 6
    assert users(poor, standing())[5] is False
    record = history_facts(History("e", date(2020, 1, 1), penalties=(), watch_listed=True), ON)
    told = facts(exporter=record, deviation=Decimal(3), control_listed=True)
    assert (told["exporter_years"], told["penalties"], told["deviation"], told["control_listed"]) == (6, 0, 3, True)
    # Whether the exporter is on a list is not whether a party is.
    assert "watch_listed" not in told
    assert facts(None, evidence(screening=screened()), watch_listed=True)["watch_listed"] is True
    assert facts(watch_listed=False)["watch_listed"] is False
    assert [facts(audited_wrong=one)["audited_wrong"] for one in (True, False)] == [True, False]
    assert "audited_wrong" not in facts()


def test_facts_mean_what_they_say():
    check_semantics(shipped)


def test_every_branch_of_facts_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


def test_every_fact_of_a_card_is_told_by_somebody():
    """A row on a fact that nobody fills would count as unknown for ever."""
    sections = {
        "screening": screened(),
        "flags": flags(),
        "lots": lots(),
        "consumption": used("0.5"),
        "law": LawSection("done", "", lines=(LineLaw(1, "controlled", codes=("a",)),)),
    }
    user = shipped.EndUserStanding("organisation", 2, 9, 0, 0, True)
    party = History("e", ON, penalties=(), compliance_programme=True, fixed_channels=True)
    beside = shipped.Beside((user,), history_facts(party, ON), Decimal(1), audited_wrong=False)
    assert shipped.case_facts(application(), evidence(**sections), beside, ON).keys() == CASE_FACTS.keys()
