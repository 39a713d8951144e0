"""Which law a register goes by: two people, an instant to come, a fold over the log; one alone changes nothing.

Threats D5 (a pack changed for one case: signed, two people, pinned, in the log; backdated and self-approved refused),
O3 (edited rows have no effect and are named).
"""

import copy
import json
from datetime import date, timedelta

import pytest

from law.law_case import asked, content_of, pack_of
from shell.changed_law import (
    AT,
    DISPUTE,
    KESTREL,
    PACK,
    START,
    TAMARACK,
    activate,
    alone,
    changed,
    codes,
    head,
    key_of,
    knows_to,
    newer,
    on,
    propose,
    staffed_register,
)
from shell.register_copy import forget_answers
from shell.tampering import named
from ytterby.chain.party import OPERATOR
from ytterby.law.trust import Confidence
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.change_law import BYTES_MAX, activate_law, propose_law, settle_dispute, withdraw_law
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.rights import withdraw_right
from ytterby.shell.site import law_packs
from ytterby.shell.site.calendars import calendar_texts, calendars
from ytterby.shell.site.law_packs import packaged_law, packaged_packs, read_folder
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.laws import stored_laws
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.law import (
    LawUnfitError,
    books_of,
    calendars_at,
    changes_of_law,
    clock_rules_at,
    law_at,
    law_notices,
)
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.rights import stored_rights

ME = OPERATOR_VIEWER
TERRA = "tests/law/packs/terra"
SHARE = {"value_share": "0.02", "value_share_u": "0.001", "produced_in": "DE"}


@pytest.fixture
def real(tmp_path):
    return staffed_register(tmp_path)


# Two people, and an instant


def test_a_pack_holds_from_its_instant_once_a_second_person_confirmed_it(real):
    """Threat D5."""
    made = propose(real)
    assert (made.state, knows_to(START)) == ("proposed", "2026-11-24")
    assert codes(activate(real, made.id[:12], by="ann")) == ["law.same_person"]
    assert knows_to(START) == "2026-11-24"
    before = head()
    done = activate(real, made.id[:12])
    assert (done.state, done.start, done.id) == ("in_force", START, made.id)
    assert knows_to(START - timedelta(microseconds=1)) == "2026-11-24"
    assert knows_to(START) == "2026-12-05"
    # As known before the confirmation it was not to come, whatever the instant that is asked about.
    assert knows_to(START, before) == "2026-11-24"
    assert named(real) == set()
    assert verify_log(real)["failures"] == []


def test_without_an_instant_it_is_that_of_the_last_entry_so_that_one_log_gives_one_answer(real):
    changed(real, [newer()])
    assert knows_to(None) == "2026-11-24"
    size = head()
    assert settle_dispute(real, DISPUTE, "ended", source="n", by=key_of("lee"), at=START).state == "in_force"
    assert knows_to(None) == "2026-12-05"
    assert knows_to(None, size) == "2026-11-24"
    # An instant before the last entry is never asked: the clock was set back.
    assert knows_to(AT) == "2026-12-05"


def test_in_a_demo_nobody_signs_and_it_takes_two_steps(register):
    """Threat O4: a demo says so for ever."""
    made = propose(register, at=on(1))
    assert made.state == "proposed"
    assert knows_to(START) == "2026-11-24"
    assert activate(register, made.id, by=None, at=on(1)).state == "in_force"
    assert knows_to(START) == "2026-12-05"
    assert named(register) == set()


@pytest.mark.parametrize("start", [AT - timedelta(seconds=1), AT - timedelta(days=400)])
def test_an_instant_in_the_past_is_refused(real, start):
    """Threat D5: a backdated pack."""
    size = real.size
    assert codes(propose(real, start=start)) == ["law.in_the_past"]
    assert real.size == size


def test_a_confirmation_after_the_instant_is_refused_and_what_lapsed_can_be_withdrawn(real):
    """Threat D5: the law would have changed for what was answered already."""
    made = propose(real)
    assert codes(activate(real, made.id, at=START + timedelta(seconds=1))) == ["law.too_late"]
    assert knows_to(on(100)) == "2026-11-24"
    (row,) = changes_of_law(ME, head(), on(100))["proposals"]
    assert row["state"] == "lapsed"
    assert withdraw_law(real, made.id, by=key_of("bo"), at=on(90)).state == "withdrawn"


def test_a_clock_set_back_opens_no_way_into_the_past(real):
    assert not settle_dispute(real, DISPUTE, "ended", source="n", by=key_of("lee"), at=on(60)).problems
    assert codes(propose(real, at=AT, start=on(59))) == ["law.in_the_past"]
    made = propose(real, at=AT, start=on(61))
    assert not settle_dispute(real, DISPUTE, "extended", source="n", by=key_of("lee"), at=on(62)).problems
    assert codes(activate(real, made.id, at=AT)) == ["law.too_late"]


def test_what_was_confirmed_cannot_be_undone_and_going_back_is_a_new_pack(real):
    number = changed(real, [newer()])
    assert codes(withdraw_law(real, number, by=key_of("ann"), at=AT)) == ["law.confirmed_already"]
    assert codes(activate(real, number, by="lee")) == ["law.confirmed_already"]
    back = [one for one in packaged_packs() if one.id == PACK]
    refused = propose(real, back, start=START + timedelta(days=1))
    assert codes(refused) == ["law.older"]
    (problem,) = refused.problems
    assert (problem.value, problem.facts["held"], problem.where.pointer) == ("2026-11-24", "2026-12-05", "/knows/to")
    changed(real, back, start=START + timedelta(days=1), going_back="the announcement was withdrawn")
    assert [knows_to(START + timedelta(days=n)) for n in (0, 1)] == ["2026-12-05", "2026-11-24"]


def test_a_pack_that_would_soon_give_way_to_an_older_one_is_refused(real):
    changed(real, [newer(to="2026-11-30")], start=START + timedelta(days=9))
    refused = propose(real, [newer(to="2026-12-05")])
    assert codes(refused) == ["law.overtaken"]
    assert refused.problems[0].facts["start"] == "2026-11-10T00:00:00.000Z"
    assert propose(real, [newer(to="2026-12-05")], going_back="for nine days").state == "proposed"


def test_a_proposal_is_withdrawn_by_one_and_may_be_made_again(real):
    made = propose(real)
    assert codes(propose(real, by="lee")) == ["law.proposed_already"]
    assert withdraw_law(real, made.id[:8], by=key_of("lee"), at=AT).state == "withdrawn"
    assert codes(activate(real, made.id)) == ["law.withdrawn_already"]
    assert codes(withdraw_law(real, made.id, by=key_of("ann"), at=AT)) == ["law.withdrawn_already"]
    again = propose(real)
    assert again.id != made.id
    assert activate(real, again.id).state == "in_force"


def test_of_two_that_begin_at_one_instant_the_one_confirmed_later_holds(real):
    first = propose(real, [newer(to="2026-12-05")])
    second = propose(real, [newer(to="2026-12-06")])
    assert activate(real, second.id).state == "in_force"
    assert activate(real, first.id).state == "in_force"
    assert knows_to(START) == "2026-12-05"
    old, new = books_of(ME, head(), first.id[:10])
    assert [str(one.packs[PACK].knows[1]) for one in (old, new)] == ["2026-12-06", "2026-12-05"]
    old, new = books_of(ME, head(), second.id)
    assert [str(one.packs[PACK].knows[1]) for one in (old, new)] == ["2026-12-05", "2026-12-05"]


def test_packaged_packs_can_be_pinned_once(real):
    """What stands in the log no longer hangs on the version of the program."""
    packs = list(packaged_packs())
    changed(real, packs)
    assert law_at(ME, head(), START).digest == packaged_law().digest
    assert codes(propose(real, packs, start=START + timedelta(days=1))) == ["law.nothing_new"]
    assert codes(propose_law(real, [], start=START, by=key_of("ann"), at=AT)) == ["law.nothing_new"]


# Who


@pytest.mark.parametrize("by", ["ann", "lee", "ada"])
def test_accounts_of_the_operator_and_of_bodies_with_a_mandate_change_the_law(real, by):
    made = propose(real, by=by)
    assert made.state == "proposed"
    other = next(one for one in ("bo", "lee", "ada") if one != by)
    assert activate(real, made.id, by=other).state == "in_force"
    (row,) = changes_of_law(Viewer(KESTREL), head())["proposals"]
    assert (row["proposed_by"], row["closed_by"]) == (by, other)


def test_everybody_else_is_refused(real):
    size = real.size
    made = propose(real)
    forged = PrivateKey.from_seed(KeyUse.OFFICER, "bo", b"x" * 32)
    for key, code in (
        (None, "law.account_needed"),
        (key_of("kim"), "law.may_not_change"),
        (key_of("eve"), "law.may_not_change"),
        (forged, "law.may_not_change"),
    ):
        assert codes(propose_law(real, [newer(to="2026-12-09")], start=START, by=key, at=AT)) == [code]
        assert codes(activate_law(real, made.id, by=key, at=AT)) == [code]
        assert codes(withdraw_law(real, made.id, by=key, at=AT)) == [code]
    for key, code in ((None, "law.account_needed"), (key_of("ada"), "law.may_not_settle"), (forged,) * 2):
        refused = settle_dispute(real, DISPUTE, "ended", source="n", by=key, at=AT)
        assert codes(refused) == [code if isinstance(code, str) else "law.may_not_settle"]
    assert codes(activate(real, "0" * 64)) == ["law.unknown_proposal"]
    assert codes(activate(real, made.id[:7])) == ["law.unknown_proposal"]
    assert real.size == size + 1


def test_a_right_that_ended_changes_nothing_any_more_and_what_it_did_stands(real):
    """Threat X10."""
    number = changed(real, [newer()], by="lee", second="ada")
    for right in stored_rights(real).rights():
        withdraw_right(real, right.digest, by=key_of("ann"), at=on(1))
    assert codes(propose(real, [newer(to="2026-12-09")], by="lee", at=on(1))) == ["law.may_not_change"]
    assert stored_laws(real).proposals[number].state == "in_force"
    assert named(real) == set()


# What does not fit


def conflicting():
    """Return a pack that says again what another holds."""
    content = content_of("eu-crma")
    return pack_of({**content, "id": "zz-second"})


def test_what_does_not_load_with_what_is_in_force_then_is_refused_with_file_pointer_and_cure(real):
    size = real.size
    result = propose(real, [conflicting()], file_of=lambda pack: f"folder/{pack}.yaml")
    assert set(codes(result)) == {"pack.in_two_packs"}
    assert {problem.where.file for problem in result.problems} == {"folder/zz-second.yaml"}
    assert all(problem.where.pointer.startswith("/") for problem in result.problems)
    assert real.size == size


def test_what_does_not_load_with_what_is_confirmed_for_later_is_refused(real):
    changed(real, [alone("later")], start=START + timedelta(days=9))
    for days in (0, 20):
        refused = propose(real, [alone("sooner")], start=START + timedelta(days=days))
        assert codes(refused) == ["pack.in_two_packs"]
        assert refused.problems[0].facts["other"] == "later"


def test_of_two_proposals_that_do_not_fit_together_the_second_cannot_be_confirmed(real):
    first, second = propose(real, [alone("extra-one")]), propose(real, [alone("extra-two")])
    assert activate(real, first.id).state == "in_force"
    refused = activate(real, second.id)
    assert codes(refused) == ["pack.in_two_packs"]
    assert refused.problems[0].where.pointer == "/parameters"
    assert named(real) == set()


def test_what_no_record_can_hold_is_refused(real):
    long = [newer(title={"en": "x" * 2999, "zh": "字"})]
    assert propose(real, long).state == "proposed"
    text = "d" * (BYTES_MAX + 1)
    tables = {"years": text, "days": ""}
    assert codes(propose(real, calendars=tables, start=START + timedelta(days=2))) == ["law.too_large"]
    halves = [newer(to="2026-12-06", title={"en": "half \ud800", "zh": "半"})]
    assert codes(propose(real, halves)) == ["pack.unreadable"]
    assert codes(propose(real, [newer(to="2026-12-07")], reason="r" * 2001)) == ["law.reason_too_long"]


def test_after_a_version_whose_packs_do_not_fit_nothing_is_answered_and_the_doctor_says_so(real, monkeypatch):
    changed(real, [alone("extra-one")])
    assert "one-name" in law_at(ME, head(), START).parameters
    packs = (*packaged_packs(), alone("of-a-new-version"))
    monkeypatch.setattr(law_packs, "packaged_packs", lambda: packs)
    forget_answers()
    with pytest.raises(LawUnfitError) as raised:
        law_at(ME, head(), START)
    assert [problem.code for problem in raised.value.problems] == ["pack.in_two_packs"]
    assert named(real) == {"law.fits"}
    # What is in force before its instant fits, and the way out is another proposal.
    assert law_at(ME, head(), AT).parameters
    content = dict(alone("extra-one").content)
    renamed = pack_of({**content, "parameters": {"own-name": content["parameters"]["one-name"]}})
    changed(real, [renamed], start=START + timedelta(days=1))
    assert "own-name" in law_at(ME, head(), START + timedelta(days=1)).parameters


# Calendars


def test_calendars_and_clocks_of_a_folder_hold_with_its_packs(real, pytestconfig):
    folder = pytestconfig.rootpath / TERRA
    packs, problems = read_folder(folder)
    assert problems == []
    changed(real, packs, calendars=calendar_texts(folder / "calendars"))
    new = calendars_at(ME, head(), START).keys() - calendars().keys()
    assert len(new) == 1
    assert calendars_at(ME, head(), AT) == calendars()
    clocks = clock_rules_at(ME, head(), START)
    assert {one.calendar for one in clocks.values()} & new
    assert clock_rules_at(ME, head(), AT).keys() < clocks.keys()
    # Without its calendars the procedure does not load.
    assert "calendar.unknown" in codes(propose(real, _as_others(packs), start=AT + timedelta(days=1)))


def _as_others(packs):
    """Return the packs knowing a little more, so that they are other ones."""
    found = []
    for pack in packs:
        content = copy.deepcopy(dict(pack.content))
        content["knows"]["to"] = "2026-12-30"
        found.append(pack_of(content))
    return found


# Settlements


def test_a_settlement_is_known_since_its_day_and_corrected_by_a_later_one(real):
    def answer(known):
        return asked("CN-61.1", "2026-12-31", known, law_at(ME, head()), **SHARE).answer

    assert settle_dispute(real, DISPUTE, "ended", source="notice 1", by=key_of("lee"), at=on(40)).state == "in_force"
    assert [answer("2026-11-09"), answer("2026-11-10")] == ["disputed", "yes"]
    before = head()
    how = {"source": "notice 2", "confidence": Confidence.PRACTICE, "by": key_of("ann")}
    assert settle_dispute(real, DISPUTE, "extended", at=on(45), **how).state == "in_force"
    assert [answer("2026-11-09"), answer("2026-11-14"), answer("2026-11-15")] == ["disputed", "yes", "no"]
    assert law_at(ME, before).disputes[DISPUTE].settlement_known(date(2027, 1, 1)).reading == "ended"
    rows = changes_of_law(Viewer(KESTREL), head())["settlements"]
    assert [(one["reading"], one["by"], one["source"], one["holds"]) for one in rows] == [
        ("extended", "ann", "notice 2", True),
        ("ended", "lee", "notice 1", False),
    ]
    assert rows[0]["confidence"] == "practice"
    assert named(real) == set()


@pytest.mark.parametrize(
    ("dispute", "reading", "source", "code"),
    [
        ("nothing", "ended", "n", "law.unknown_dispute"),
        (DISPUTE, "nonsense", "n", "law.unknown_reading"),
        (DISPUTE, "ended", " ", "law.source_missing"),
        (DISPUTE, "ended", "x" * 2001, "law.source_missing"),
        (DISPUTE, "ended", "\ud800", "law.source_missing"),
    ],
)
def test_a_settlement_that_cannot_be_meant_is_refused(real, dispute, reading, source, code):
    size = real.size
    assert codes(settle_dispute(real, dispute, reading, source=source, by=key_of("lee"), at=AT)) == [code]
    assert real.size == size


def test_a_reading_that_nobody_held_yet_cannot_be_settled_on(real):
    early = AT - timedelta(days=1)
    assert not settle_dispute(real, DISPUTE, "extended", source="n", by=key_of("lee"), at=AT).problems
    assert codes(settle_dispute(real, DISPUTE, "extended", source="n", by=key_of("lee"), at=early)) == [
        "law.settled_already"
    ]
    with pytest.raises(ValueError, match="recalled"):
        settle_dispute(real, DISPUTE, "ended", source="n", confidence=Confidence.RECALLED, by=key_of("lee"))


# What hangs on it


def test_findings_are_worked_out_anew_when_the_law_changes(empty_register, sample):
    text = packaged_text("shell.site", "sample_directory.yaml").replace("country: XA", "country: CN")
    assert not import_directory(empty_register, text, at=AT).problems
    assert capture(empty_register, json.dumps(sample).encode(), submitter=OPERATOR, at=AT).outcome == "accepted"

    def conduct():
        found = list_findings(ME, known=head())["findings"]
        return {one["facts"]["rule"] for one in found if one["kind"].startswith("conduct.")}

    rows = [
        {"id": f"list-{name}", "name": name, "country": "CN", "parties": parties, "source": "notice 1"}
        for name, parties in (("mining", [KESTREL]), ("separation", []))
    ]
    assert not import_directory(empty_register, json.dumps({"lists": rows}), at=AT).problems
    before, rule = conduct(), "CN-O785.13"
    assert rule in before
    content = content_of("cn-conduct")
    content["conduct"] = [one for one in content["conduct"] if one["rule"] != rule]
    content["knows"]["to"] = "2026-12-05"
    changed(empty_register, [pack_of(content)], start=on(3), at=on(2))
    # Findings are those of the last entry's instant: the new pack is in the log and does not hold yet.
    assert conduct() == before
    body = "parties: [{id: 'https://party.example/new', name: New}]"
    assert not import_directory(empty_register, body, at=on(3)).problems
    assert conduct() == before - {rule}
    assert named(empty_register) == set()


def test_a_notice_stands_while_it_waits_and_for_ninety_days(real):
    assert law_notices(ME, head(), AT) == []
    made = propose(real)
    assert [row["state"] for row in law_notices(Viewer(TAMARACK), head(), AT)] == ["proposed"]
    activate(real, made.id)
    assert [row["has_come"] for row in law_notices(ME, head(), AT)] == [False]
    assert [row["has_come"] for row in law_notices(ME, head(), START)] == [True]
    assert len(law_notices(ME, head(), START + timedelta(days=89))) == 1
    assert law_notices(ME, head(), START + timedelta(days=90)) == []


def test_what_changes_is_told_in_plain_words_in_both_languages(real):
    content = content_of(PACK)
    content["knows"]["to"] = "2026-12-05"
    content["rules"][0]["title"] = {"en": "Another title", "zh": "另一标题"}
    content["rules"][1].pop("readings")
    number = changed(real, [pack_of(content), alone("extra-one")], reason="Announcement 71")
    (row,) = changes_of_law(Viewer(KESTREL), head(), AT)["proposals"]
    assert (row["id"], row["reason"], row["from"]) == (number, "Announcement 71", "2026-11-01T00:00:00.000Z")
    said = [one["text"] for one in row["changes"]]
    first, second = (one["id"] for one in content["rules"][:2])
    assert (
        f"rule {first}, title / English: Rare-earth production equipment and auxiliary materials → Another title"
        in said
    )
    assert any(one.startswith(f"rule {second}, readings: no longer") for one in said)
    assert "The pack extra-one is new." in said
    (chinese,) = changes_of_law(ME, head(), language="zh")["proposals"]
    assert "新增规则包 extra-one。" in [one["text"] for one in chinese["changes"]]
    assert changes_of_law(ME, Known(known_at(ME, head().size - 1).size))["proposals"][0]["state"] == "proposed"


def test_books_of_gives_the_law_without_and_with_a_proposal(real):
    changed(real, [newer(to="2026-12-01")])
    made = propose(real, [newer(to="2026-12-05")], start=START + timedelta(days=1))
    old, new = books_of(ME, head(), made.id[:8])
    assert [str(one.packs[PACK].knows[1]) for one in (old, new)] == ["2026-12-01", "2026-12-05"]
    assert old.digest != new.digest
    for which in ("", "no-such", "0" * 64):
        with pytest.raises(KeyError):
            books_of(ME, head(), which)
