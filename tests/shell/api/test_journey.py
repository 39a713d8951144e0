"""The whole way by requests alone: applied for, decided by two, issued, acknowledged, drawn, overdrawn, replayed."""

from datetime import timedelta

from shell.api.office import LEFT, OFFICERS, SAMPLE
from ytterby.shell.actions.doctor.examine import examine


def test_magnets_are_applied_for_decided_by_two_issued_and_drawn_by_requests_alone(world):
    checked = world.post("clerk", "/check", SAMPLE)
    assert (checked.status, checked.json["gaps"]) == (200, [])
    world.to_review()
    case, lead = world.case, world.officer(world.case)
    assert lead in OFFICERS
    world.do(lead, case, "advise", verdict="approve", text="The books of the lot agree.")
    world.do(lead, case, "propose", outcome="granted")
    signer = world.signer(case)
    assert signer != lead
    assert world.approve(signer, case)["state"] == "granted"
    issued = world.do(lead, case, "issue")
    licence = issued["licence"]
    assert issued["state"] == "issued"
    assert world.get("clerk", f"/licences/{licence}").json["status"] == "issued"
    world.acknowledge()
    assert world.get("clerk", f"/licences/{licence}").json["status"] == "active"
    world.screened(LEFT)
    assert world.enter("clerk", licence, "reserve", "900").json["code"] == "ok"
    done = world.enter("otto", licence, "exit", "900", seq=2).json
    assert (done["verdict"], done["drawn"], done["unlicensed"]) == ("drawn", "900", "0")
    assert world.get("clerk", f"/licences/{licence}").json["status"] == "exhausted"
    again = world.enter("clerk", licence, "reserve", "10", declaration="D-2")
    assert again.status == 422
    beyond = world.enter("otto", licence, "exit", "25", declaration="D-3").json
    assert (beyond["drawn"], beyond["unlicensed"]) == ("0", "25")
    world.clock.at = LEFT + timedelta(hours=4)
    for who in ("ivo", "ada"):
        replayed = world.get(who, f"/cases/{case}/replay").json
        assert (replayed["follows"], replayed["flaws"]) == (True, [])
    assert world.get("clerk", f"/cases/{case}/replay").status == 404
    assert examine(world.register)["unsound"] == []


def test_an_earlier_case_is_applied_for_again_by_a_request(world):
    first = world.begin(SAMPLE)
    again = world.good("clerk", "/cases", {"kind": "individual", "copy_of": first})["case"]
    told = world.get("clerk", f"/cases/{again}").json
    assert (told["copy_of"], told["application"]) == (first, world.get("clerk", f"/cases/{first}").json["application"])
    for who, number in (("rex", first), ("clerk", "C-NONE")):
        assert world.post(who, "/cases", {"kind": "individual", "copy_of": number}).codes == ["case.nothing_to_copy"]
    assert world.post("clerk", "/cases", {"kind": "individual"}).codes == ["case.nothing_to_copy"]
