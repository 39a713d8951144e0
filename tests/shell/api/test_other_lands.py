"""The same way under the law of nobody: three bodies with a veto each on Terra, and a company that lists no check."""

from datetime import timedelta

import pytest

from shell.api.other_land import (
    BODIES,
    OFFICERS,
    PROCEDURES,
    TERRA,
    application,
    approved,
    asked_in,
    drafted,
    handed_in,
    land,
    licensed,
)
from shell.tampering import named
from ytterby.shell.actions import case_follow
from ytterby.shell.actions.doctor.examine import examine
from ytterby.shell.store.licence_amending import amending_record


def test_on_terra_three_bodies_agree_each_by_a_person_of_its_own_and_nobody_twice(tmp_path, sample, clock):
    world = land(tmp_path / "data", sample, clock, "terra")
    mass = {"amount": "900", "unit": "KGM"}
    plan = {"shipper": "Oriel", "hull": "ship", "shipments": [{"quantity": mass}], "total": mass}
    # A kind of licence with a ceiling on worth is not issued for goods of which nobody knows the worth.
    asked = application("TERRA-procedure", "programme", {"value": "2000000.00", "currency": "TRC"}, **plan)
    checked = world.post("clerk", "/check", asked)
    assert (checked.status, checked.json["complete"]) == (200, "yes"), checked.text
    case = world.case = world.begin(asked, kind="open")
    assert world.do("clerk", case, "submit", signer="Mara Quill", declares=True)["state"] == "review"
    lead = world.get(OFFICERS[0], f"/cases/{case}").json["officer"]
    world.do(lead, case, "advise", verdict="approve", text="The way is safe.")
    # The tier asks the house of mines for advice, which comes as a piece of work.
    (work,) = world.get(lead, f"/cases/{case}").json["work"]
    world.do(lead, case, "close_work", id=work["id"], outcome="done", text="No mine is against it.")
    world.do(lead, case, "propose", outcome="granted")
    signers = world.get(lead, f"/cases/{case}").json["signers"]
    assert [signers[order].partition("-")[0] for order in ("1", "2", "3")] == list(TERRA)
    assert lead not in signers.values()
    for order, body in enumerate(TERRA, 1):
        for other in set(signers.values()) - {signers[str(order)]}:
            assert world.step(other, case, "approve", **world.signed(other, case, order)).status == 422, body
        state = world.approve(signers[str(order)], case, order)["state"]
        assert state == ("granted" if order == 3 else "proposed")
    licence = world.do(lead, case, "issue")["licence"]
    world.acknowledge()
    on = {"on": clock.at.date().isoformat()}
    assert world.enter("clerk", licence, "reserve", "500", **on).json["code"] == "ok"
    told = world.enter("otto", licence, "exit", "500", seq=2, **on).json
    assert (told["verdict"], told["drawn"]) == ("drawn", "500")
    # Many exports: what is left may leave another day, and with the tolerance of the pack no more than that.
    told = world.enter("otto", licence, "exit", "450", declaration="D-2", **on).json
    assert (told["verdict"], told["drawn"], told["unlicensed"]) == ("drawn_in_part", "418", "32")
    assert world.get(lead, f"/cases/{case}/replay").json["follows"] is True
    assert examine(world.register)["unsound"] == []


@pytest.mark.parametrize("kind", ["classification", "consultation"])
@pytest.mark.parametrize("name", BODIES)
def test_a_question_is_asked_answered_ruled_and_closed(tmp_path, sample, clock, name, kind):
    world = land(tmp_path / "data", sample, clock, name)
    case = world.case = world.begin({**application(*PROCEDURES[name]), "text": "Which code?"}, kind=kind)
    world.do("clerk", case, "submit", signer="Mara Quill", declares=True)
    lead = world.get("trade-1", f"/cases/{case}").json["officer"]
    ask = {"field": "/text", "text": "Which form?", "due": "2026-03-20", "kind": "clarify"}
    world.do(lead, case, "query", id="Q-1", **ask)
    world.do("clerk", case, "answer", query="Q-1", text="Sintered.")
    lines = [{"line": 1, "quantity": "900", "unit": "KGM", "code": "1C905.a"}] if kind == "classification" else []
    world.do(lead, case, "propose", outcome="granted", lines=lines, text="So it is.", settles="Nobody advised.")
    assert approved(world, case, lead) == "ruled"
    assert world.do(lead, case, "close", text="told")["state"] == "closed"
    assert world.get(lead, f"/cases/{case}/replay").json["follows"] is True
    assert examine(world.register)["unsound"] == []


LISTED = ["completeness", "classification", "screening", "lots", "flags", "end_user_level", "statements"]


def test_in_the_group_no_check_is_listed_and_the_decision_says_that_none_was_made(tmp_path, sample, clock):
    """A company confirms deliveries: the same way, no kind of licence, nothing that blocks, and nothing passed over in
    silence.
    """
    world = land(tmp_path / "data", sample, clock, "group")
    asked = application("HOUSE-procedure", "")
    # What the handbook asks for and nobody holds against the supplier.
    assert {one["severity"] for one in world.post("clerk", "/check", asked).json["gaps"]} == {"asked"}
    case = world.case = world.begin(asked)
    assert world.do("clerk", case, "submit", signer="Mara Quill", declares=True)["state"] == "review"
    told = world.get("trade-1", f"/cases/{case}").json
    assert [one for one in told["findings"] if one["blocks"]] == []
    lead = told["officer"]
    world.do(lead, case, "advise", verdict="approve", text="We know them.")
    # No kind of licence says how long it is valid, so the officer does.
    assert world.step(lead, case, "propose", outcome="granted").codes == ["case.validity"]
    world.do(lead, case, "propose", outcome="granted", valid_to="2026-06-30")
    draft = world.get(lead, f"/cases/{case}").json["draft"]
    assert draft["not_checked"] == LISTED
    signer = world.get(lead, f"/cases/{case}").json["signers"]["1"]
    assert (signer != lead, world.approve(signer, case)["state"]) == (True, "granted")
    assert world.get("clerk", f"/cases/{case}").json["decision"]["not_checked"] == LISTED
    licence = world.do(lead, case, "issue")["licence"]
    on = {"on": clock.at.date().isoformat()}
    assert world.enter("clerk", licence, "reserve", "900", **on).json["code"] == "ok"
    done = world.enter("otto", licence, "exit", "900", seq=2, **on).json
    assert (done["verdict"], done["drawn"], done["unlicensed"]) == ("drawn", "900", "0")
    beyond = world.enter("otto", licence, "exit", "25", declaration="D-2", **on).json
    assert (beyond["drawn"], beyond["unlicensed"]) == ("0", "25")
    assert world.get(lead, f"/cases/{case}/replay").json["follows"] is True
    assert examine(world.register)["unsound"] == []


def test_what_a_pack_does_not_list_is_named_by_the_register_and_by_nobody_else(tmp_path, sample, clock):
    world = land(tmp_path / "data", sample, clock, "group")
    case = world.case = world.begin(application("HOUSE-procedure", ""))
    world.do("clerk", case, "submit", signer="Mara Quill", declares=True)
    lead = world.get("trade-1", f"/cases/{case}").json["officer"]
    world.do(lead, case, "propose", outcome="granted", valid_to="2026-06-30", not_checked=[])
    assert world.get(lead, f"/cases/{case}").json["draft"]["not_checked"] == LISTED


def stands(world, licence):
    return world.get("clerk", f"/licences/{licence}").json["status"]


def reserved(world, licence, quantity, declaration):
    on = world.clock.at.date().isoformat()
    return world.enter("clerk", licence, "reserve", quantity, declaration=declaration, on=on)


def is_sound(world, reader, *cases):
    """Tell whether each case follows from the log, and the doctor finds nothing."""
    follows = all(world.get(reader, f"/cases/{case}/replay").json["follows"] for case in cases)
    return follows and examine(world.register)["unsound"] == []


@pytest.mark.parametrize("kind", ["individual", "open", "general_registration"])
@pytest.mark.parametrize("name", BODIES)
def test_every_kind_of_application_is_granted_issued_given_back_and_closed(tmp_path, sample, clock, name, kind):
    world = land(tmp_path / "data", sample, clock, name)
    case, lead, licence = licensed(world, name, kind)
    assert reserved(world, licence, "500", "D-1").json["code"] == "ok"
    assert world.step(lead, case, "close", text="done").codes == ["case.licence_runs"]
    change = {"command": "surrender", "reason": "given_back"}
    # A pack that lists reasons for it is held to them, and one that lists none takes one's own.
    other = world.post("clerk", f"/licences/{licence}/status", {**change, "reason": ""})
    assert other.codes == ["licence.no_reason"]
    if name == "terra":
        other = world.post("clerk", f"/licences/{licence}/status", {**change, "reason": "too_dear"})
        assert other.codes == ["licence.reason"]
    assert world.good("clerk", f"/licences/{licence}/status", change)["status"] == "surrendered"
    assert reserved(world, licence, "10", "D-2").codes == ["licence.not_usable"]
    assert world.do(lead, case, "close", text="done")["state"] == "closed"
    assert is_sound(world, lead, case)


@pytest.mark.parametrize("name", BODIES)
def test_a_check_after_the_shipment_is_recorded_and_ends(tmp_path, sample, clock, name):
    world = land(tmp_path / "data", sample, clock, name)
    case, lead, licence = licensed(world, name, "individual")
    begun = {"kind": "post_shipment_check", "application": asked_in(name), "amends": licence}
    assert world.post("clerk", "/cases", begun).status == 422
    check = world.good(lead, "/cases", begun)["case"]
    ask = {"id": "Q-1", "field": "/lines/0", "text": "Where are they?", "due": "2026-03-20", "kind": "clarify"}
    world.do(lead, check, "query", **ask)
    world.do(lead, check, "record", what="visit", outcome="open", text="The plant was seen.")
    passed = {"what": "papers", "outcome": "passed", "text": "The motors are there."}
    assert world.step(lead, check, "record", **passed).codes == ["case.query_open"]
    world.do("clerk", check, "answer", query="Q-1", text="In the motors.")
    assert world.do(lead, check, "record", **passed)["state"] == "passed"
    assert is_sound(world, lead, case, check)


def test_on_terra_a_licence_goes_on_while_it_is_amended_as_its_pack_does_not_lock_it(tmp_path, sample, clock):
    """`amendment.is_locked: false`: customs hears of nothing until the next version, which nothing used falls below."""
    world = land(tmp_path / "data", sample, clock, "terra")
    case, lead, licence = licensed(world, "terra", "individual")
    assert reserved(world, licence, "300", "D-1").json["code"] == "ok"
    amendment, holder = handed_in(world, "terra", "amendment", licence, quantity="800", destination="XM")
    assert (stands(world, licence), world.get("otto", "/customs/messages/waiting").json["messages"]) == ("active", [])
    assert reserved(world, licence, "200", "D-2").json["code"] == "ok"
    drafted(world, amendment, holder)
    assert approved(world, amendment, holder) == "granted"
    assert stands(world, licence) == "active"
    assert world.do(holder, amendment, "issue")["licence"] == licence
    assert stands(world, licence) == "issued"
    world.acknowledge()
    # Of 800 with the tolerance of the pack.
    assert world.left(licence) == ("0", "500", "316", "0")
    assert is_sound(world, lead, case, amendment)
    # One that is taken back leaves it as it was, and one of what is key is a new application.
    again, _ = handed_in(world, "terra", "amendment", licence, quantity="700")
    world.do("clerk", again, "withdraw", text="not needed")
    assert stands(world, licence) == "active"
    begun = {"kind": "amendment", "amends": licence}
    other = {**asked_in("terra", quantity="800"), "destination": "XM", "use": {"code": "wind_turbine"}}
    key = world.good("clerk", "/cases", {**begun, "application": other})["case"]
    assert world.step("clerk", key, "submit", signer="Mara Quill", declares=True).codes == ["case.key_element"]
    assert is_sound(world, lead, case, amendment, again)


def test_a_rest_that_the_pack_does_not_want_is_named(tmp_path, sample, clock, monkeypatch):
    """Threat D1: nobody keeps a licence from use by an amendment where the law lets it go on."""
    world = land(tmp_path / "data", sample, clock, "terra")
    _, lead, licence = licensed(world, "terra", "individual")

    def locked(*of_case, is_locked):
        return amending_record(*of_case, is_locked=not is_locked)

    monkeypatch.setattr(case_follow, "amending_record", locked)
    amendment, _ = handed_in(world, "terra", "amendment", licence, quantity="800")
    assert stands(world, licence) == "amending"
    flaws = world.get(lead, f"/cases/{amendment}/replay").json["flaws"]
    assert [one["what"] for one in flaws] == ["something says of the licence that it is to amend"]
    assert "case.replay" in named(world.register)


def test_on_terra_what_is_suspended_is_not_amended(tmp_path, sample, clock):
    world = land(tmp_path / "data", sample, clock, "terra")
    case, lead, licence = licensed(world, "terra", "individual")
    where = f"/licences/{licence}/status"
    change = {"command": "suspend", "reason": "orbit_paused"}
    proposal = world.good("trade-1", where, change)["proposal"]
    assert world.good("trade-2", where, {"confirms": proposal})["status"] == "suspended"
    begun = {"kind": "amendment", "amends": licence, "application": asked_in("terra", quantity="800")}
    amendment = world.good("clerk", "/cases", begun)["case"]
    refused = world.step("clerk", amendment, "submit", signer="Mara Quill", declares=True)
    assert refused.codes == ["case.licence_rests"]
    assert is_sound(world, lead, case)


def test_in_the_group_nothing_may_be_amended_as_its_handbook_names_nothing(tmp_path, sample, clock):
    world = land(tmp_path / "data", sample, clock, "group")
    case, lead, licence = licensed(world, "group", "individual")
    begun = {"kind": "amendment", "amends": licence, "application": asked_in("group", quantity="800")}
    amendment = world.good("clerk", "/cases", begun)["case"]
    refused = world.step("clerk", amendment, "submit", signer="Mara Quill", declares=True)
    assert (refused.codes, stands(world, licence)) == (["case.key_element"], "active")
    world.do("clerk", amendment, "withdraw", text="not needed")
    assert is_sound(world, lead, case)


def test_on_terra_a_refusal_is_appealed_and_decided_by_others_of_the_same_bodies(tmp_path, sample, clock):
    world = land(tmp_path / "data", sample, clock, "terra")
    case, lead = handed_in(world, "terra", "individual")
    drafted(world, case, lead, "refused", reasons=["veto_orbit"], text="The way is not safe.")
    first = {lead, *world.get(lead, f"/cases/{case}").json["signers"].values()}
    assert approved(world, case, lead) == "refused"
    told = world.get("clerk", f"/cases/{case}").json["decision"]["reasons"]
    assert [one["code"] for one in told] == ["veto_orbit"]
    assert world.step("clerk", case, "appeal", grounds=["because"], text="No.").codes == ["case.unknown_reason"]
    assert world.do("clerk", case, "appeal", grounds=["wrong_orbit"], text="It was not theirs.")["state"] == "appeal"
    other = world.get(lead, f"/cases/{case}").json["officer"]
    assert other not in first
    drafted(world, case, other)
    assert approved(world, case, other) == "granted"
    signers = world.get(other, f"/cases/{case}").json["signers"]
    assert first.isdisjoint(signers.values())
    assert [signers[order].partition("-")[0] for order in ("1", "2", "3")] == list(TERRA)
    assert world.do(other, case, "issue")["state"] == "issued"
    assert is_sound(world, other, case)


def test_on_terra_what_silence_granted_is_neither_refused_nor_returned(tmp_path, sample, clock):
    """The clock of ninety days runs out: whatever the bodies say then, they can only grant."""
    world = land(tmp_path / "data", sample, clock, "terra")
    case, lead = handed_in(world, "terra", "individual")
    drafted(world, case, lead, "refused", reasons=["veto_orbit"], text="The way is not safe.")
    signers = world.get(lead, f"/cases/{case}").json["signers"]
    for order in (1, 2):
        assert world.approve(signers[str(order)], case, order)["state"] == "proposed"
    clock.at += timedelta(days=91)
    assert world.get(lead, f"/cases/{case}").json["by_silence"]["state"] == "programme"
    last = signers["3"]
    assert world.step(last, case, "approve", **world.signed(last, case, 3)).codes == ["case.granted_by_silence"]
    world.do(lead, case, "retract")
    world.do(lead, case, "gather")
    for outcome, reason in (("refused", ["veto_orbit"]), ("returned", [])):
        said = {"reasons": reason, "text": "No.", "settles": "None."}
        assert "case.granted_by_silence" in world.step(lead, case, "propose", outcome=outcome, **said).codes
    assert "case.granted_by_silence" not in world.step(lead, case, "propose", outcome="granted", settles="None.").codes
    assert is_sound(world, lead, case)
