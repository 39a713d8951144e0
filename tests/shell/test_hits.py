"""Hits are disposed of by two people with keys, from records of the log alone (threats D6, O3); strangers see none."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from shell.case_of import codes, now, on
from shell.screened import enter_run, hit_of
from shell.tampering import named
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.judge_hit import draw_sample, give_opinion
from ytterby.shell.actions.rights import add_account, confirm_right
from ytterby.shell.site.register import make_register
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.screening import check_parties, find_alert, list_alerts, registered_parties
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, OPERATOR_VIEWER, TRACING, Viewer
from ytterby.shell.store.screenings import stored_screenings

AT = on(0)
UNTIL = (AT + timedelta(days=90)).date()
PARTY = "https://id.gs1.org/417/9520000010027"
OWNER = "https://id.gs1.org/417/9520000010034"
PARTIES = f"""
parties:
  - {{id: {PARTY}, name: Example Works, name_zh: 示例厂, country: CN}}
  - {{id: {OWNER}, name: Holding}}
"""
SAID = {"reason": "other_name", "text": "another brand", "until": UNTIL}


@pytest.fixture
def hit(register):
    assert not import_directory(register, PARTIES, at=AT).problems
    found = hit_of(registered_parties(OPERATOR_VIEWER, now())[PARTY].party)
    enter_run(register, found)
    return found


def outcome(number):
    return find_alert(OPERATOR_VIEWER, now(), number, AT.date(), "").outcome.value


def test_two_people_clear_a_hit_and_one_never_does(register, hit):
    first = give_opinion(register, hit.number[:8], "no_match", **SAID, person="a", at=AT)
    assert (codes(first), first.outcome) == ([], "second_wanted")
    again = give_opinion(register, hit.number, "no_match", **SAID, person="a", at=AT)
    assert (again.size, again.outcome) == (first.size, "second_wanted")
    second = give_opinion(register, hit.number, "no_match", **SAID, person="b", at=AT)
    assert second.outcome == outcome(hit.number) == "cleared"
    assert named(register) == set()


def test_who_has_not_spoken_does_not_see_what_others_said(register, hit):
    give_opinion(register, hit.number, "match", reason="same_identifier", text="same number", person="a", at=AT)
    seen = {who: find_alert(OPERATOR_VIEWER, now(), hit.number, AT.date(), who) for who in ("a", "b", "")}
    assert [len(seen[who].opinions) for who in ("a", "b", "")] == [1, 0, 0]
    assert {one.given for one in seen.values()} == {1}


def test_a_changed_party_has_another_hit_and_no_clearance(register, hit):
    for who in "ab":
        give_opinion(register, hit.number, "no_match", **SAID, person=who, at=AT)
    changed = PARTIES.replace("Example Works", "Example Works Two")
    assert not import_directory(register, changed, at=AT).problems
    party = registered_parties(OPERATOR_VIEWER, now())[PARTY].party
    other = replace(hit_of(party), name="Example Works Two")
    enter_run(register, other)
    assert [
        (one.hit.number, one.outcome.value, one.is_found) for one in list_alerts(OPERATOR_VIEWER, now(), AT.date())
    ] == [
        (other.number, "open", True),
        (hit.number, "cleared", False),
    ]


def test_what_cannot_be_said_is_refused_with_its_cure(register, hit):
    def said(which=hit.number, verdict="no_match", person="a", **changes):
        return codes(give_opinion(register, which, verdict, **SAID | changes, person=person, at=AT))

    size = register.size
    assert said(which="123456") == ["screening.unknown_hit"]
    assert said(which=hit.number[:3]) == ["screening.unknown_hit"]
    assert said(verdict="perhaps") == ["screening.verdict"]
    assert said(person="") == ["screening.account_needed"]
    assert said(until=None) == ["screening.until"]
    assert said(reason="because") == ["screening.reason"]
    assert register.size == size


def test_nobody_but_those_who_screen_learns_of_a_hit(register, hit):
    for viewer in (Viewer(PARTY), Viewer(OWNER, frozenset({TRACING})), Viewer(None)):
        assert list_alerts(viewer, now(), AT.date()) == []
        assert find_alert(viewer, now(), hit.number, AT.date(), "a") is None
        assert registered_parties(viewer, now()) == {}
        with pytest.raises(PermissionError):
            check_parties(viewer, now(), [PARTY], AT)
    for mandate in (AUDIT, LICENSING):
        assert len(list_alerts(Viewer(OWNER, frozenset({mandate})), now(), AT.date())) == 1


def test_an_owner_who_is_not_registered_keeps_a_party_from_passing(register, hit):
    stranger = "https://party.example/stranger"
    owners = f"""
owners:
  - {{owner: "{OWNER}", owned: "{PARTY}", lo: 60, hi: 60, on: 2020-01-01, source: register of firms}}
  - {{owner: "{stranger}", owned: "{OWNER}", lo: 10, hi: 20, on: 2020-01-01, source: register of firms}}
"""
    assert not import_directory(register, owners, at=AT).problems
    found = check_parties(OPERATOR_VIEWER, now(), [PARTY], AT + timedelta(days=1))
    assert found.answer.value == "not_checked"
    assert ("not_screened", stranger) in {(one.gap.value, one.party) for one in found.missing}
    assert ("not_screened", OWNER) not in {(one.gap.value, one.party) for one in found.missing}


def test_an_edited_opinion_has_no_effect_and_the_doctor_names_it(register, hit):
    for who in "ab":
        give_opinion(register, hit.number, "no_match", **SAID, person=who, at=AT)
    row = Registration.objects.filter(kind="screening_opinion").order_by("-log_index")[0]
    fields = json.loads(row.document)
    row.document = json.dumps({**fields, "version": 7}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    row.save()
    assert outcome(hit.number) == "second_wanted"
    assert "screening.replay" in named(register)


def test_a_sample_of_what_was_suppressed_is_drawn_when_the_month_is_over(register, hit):
    for who in "ab":
        give_opinion(register, hit.number, "no_match", **SAID, person=who, at=AT)
    month = AT.date().isoformat()[:7]
    assert codes(draw_sample(register, "soon", at=AT)) == ["screening.month"]
    assert codes(draw_sample(register, month, at=AT)) == ["screening.month_not_over"]
    later = AT + timedelta(days=40)
    drawn = draw_sample(register, month, at=later)
    assert (drawn.suppressed, drawn.drawn) == (1, (hit.number,))
    assert draw_sample(register, month, at=later) == replace(drawn, size=register.size)
    assert stored_screenings(register).flaws == []
    before = draw_sample(register, "2025-01", at=later)
    assert (before.suppressed, before.drawn) == (0, ())


@pytest.fixture
def signed(tmp_path):
    """A register that is no demo, two officers' keys and one of the party that was hit."""
    from ytterby.shell.actions.rights import make_account_key

    register = make_register(tmp_path / "data", origin="register.example/log", demo=False, at=AT)
    keys = [make_account_key(tmp_path / f"{name}.key") for name in ("a", "b", "c")]
    for number, key in enumerate(keys[:2]):
        assert not add_account(register, key, name=f"officer {number}", at=AT).problems
    assert not import_directory(register, PARTIES, at=AT).problems
    made = add_account(register, keys[2], name="clerk", party=PARTY, by=keys[0], at=AT)
    assert not confirm_right(register, made.id, by=keys[1], at=AT).problems
    found = hit_of(registered_parties(OPERATOR_VIEWER, now())[PARTY].party)
    enter_run(register, found)
    return register, keys, found


def test_where_it_is_no_demo_officers_sign_and_the_party_itself_may_not(signed):
    register, (a, b, clerk), hit = signed
    assert codes(give_opinion(register, hit.number, "no_match", **SAID, person="x", at=AT)) == [
        "screening.account_needed"
    ]
    assert codes(give_opinion(register, hit.number, "no_match", **SAID, by=clerk, at=AT)) == [
        "screening.not_an_officer"
    ]
    for key in (a, b):
        assert not give_opinion(register, hit.number, "no_match", **SAID, by=key, at=AT).problems
    assert outcome(hit.number) == "cleared"
    row = Registration.objects.filter(kind="screening_opinion").order_by("-log_index")[0]
    fields = json.loads(row.document)
    row.document = json.dumps({**fields, "text": "other"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    row.save()
    assert outcome(hit.number) == "second_wanted"


def test_a_day_is_that_of_its_entry(register, hit):
    give_opinion(register, hit.number, "no_match", **SAID, person="a", at=AT)
    fields = json.loads(Registration.objects.get(kind="screening_opinion").document)
    assert date.fromisoformat(fields["on"]) == AT.date()
