"""The same way under the law of nobody: three bodies with a veto each on Terra, and a company that lists no check.

Both are data alone; nothing of the interface knows of them.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shell.api.office import CUSTOMS, SAMPLE, World, found, refresh_lists, tell_chain
from shell.changed_law import changed
from shell.strangers import FERN, LUMEN, NORRVIK, ORIEL, TAMARACK
from ytterby.shell.actions.doctor.examine import examine
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.site.calendars import calendar_texts
from ytterby.shell.site.law_packs import read_folder
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register

PACKS = Path(__file__).resolve().parents[2] / "law" / "packs"
ENACTED = datetime(2026, 3, 1, tzinfo=UTC)
# Three bodies of Terra, which are parties of the sample here, each with two people.
TERRA = {"trade": TAMARACK, "mines": NORRVIK, "orbit": FERN}
PEOPLE = {
    "clerk": ORIEL,
    "lena": LUMEN,
    "otto": CUSTOMS,
    **{f"{body}-{n}": party for body, party in TERRA.items() for n in (1, 2)},
}
OFFICERS = tuple(name for name in PEOPLE if "-" in name)


def land(folder, sample, clock, name, bodies):
    """Make a register that goes by the law of a land from a day on; return who asks in it on the day after."""
    rows = [f"  - {{party: '{party}', as: licensing, for: [{', '.join(ids)}]}}" for party, ids in bodies.items()]
    text = "\n".join(["bodies:", *rows, f"  - {{party: '{CUSTOMS}', as: customs}}", ""])
    register = make_register(folder, origin="log.example.org/register", at=datetime(2025, 1, 1, tzinfo=UTC))
    people = {who: party for who, party in PEOPLE.items() if "-" not in who or party in bodies}
    found(register, text, people, [who for who in people if "-" in who])
    tell_chain(register, sample)
    packs, problems = read_folder(PACKS / name)
    assert problems == []
    calendars = calendar_texts(PACKS / name / "calendars") if (PACKS / name / "calendars").is_dir() else None
    before = ENACTED - timedelta(days=1)
    changed(register, packs, start=ENACTED, at=before, calendars=calendars)
    clock.at = ENACTED + timedelta(days=1)
    united = packaged_text("shell.site", "sample_licence/un-consolidated.xml").replace("2025-06-30", "2026-03-01")
    refresh_lists(register, clock.at, un_consolidated=united)
    screen_parties(register, is_whole=True, at=clock.at)
    return World(register, clock)


def application(procedure, kind, worth=None, **fields):
    line = {
        **(worth or {}),
        "line": 1,
        "name": "magnets",
        "quantity": "900",
        "unit": "KGM",
        "lots": SAMPLE["lines"][0]["lots"],
    }
    told = {"procedure": procedure, "licence_kind": kind, "destination": "XB", "order": "PO-9", "lines": [line]}
    return {**told, "parties": SAMPLE["parties"], "use": SAMPLE["use"], "fields": fields}


def test_on_terra_three_bodies_agree_each_by_a_person_of_its_own_and_nobody_twice(tmp_path, sample, clock):
    world = land(tmp_path / "data", sample, clock, "terra", {party: [body] for body, party in TERRA.items()})
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


BODIES = {"terra": {party: [body] for body, party in TERRA.items()}, "group": {TAMARACK: ["buyer"]}}
PROCEDURES = {"terra": ("TERRA-procedure", "programme"), "group": ("HOUSE-procedure", "")}


def approved(world, case, reader):
    """Let each signer approve who was drawn; return the state."""
    order, state = 0, "proposed"
    while state in {"proposed", "appeal_proposed"}:
        order += 1
        signer = world.get(reader, f"/cases/{case}").json["signers"][str(order)]
        state = world.approve(signer, case, order)["state"]
    return state


@pytest.mark.parametrize("kind", ["classification", "consultation"])
@pytest.mark.parametrize("name", BODIES)
def test_a_question_is_asked_answered_ruled_and_closed(tmp_path, sample, clock, name, kind):
    world = land(tmp_path / "data", sample, clock, name, BODIES[name])
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
    world = land(tmp_path / "data", sample, clock, "group", {TAMARACK: ["buyer"]})
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
    world = land(tmp_path / "data", sample, clock, "group", {TAMARACK: ["buyer"]})
    case = world.case = world.begin(application("HOUSE-procedure", ""))
    world.do("clerk", case, "submit", signer="Mara Quill", declares=True)
    lead = world.get("trade-1", f"/cases/{case}").json["officer"]
    world.do(lead, case, "propose", outcome="granted", valid_to="2026-06-30", not_checked=[])
    assert world.get(lead, f"/cases/{case}").json["draft"]["not_checked"] == LISTED
