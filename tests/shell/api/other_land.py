"""Registers that go by the law of nobody: of Terra, where three bodies decide with a veto each, and of a company that
lists no check.

Both are data alone; nothing of the product knows of them.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from shell.api.office import CUSTOMS, SAMPLE, World, found, refresh_lists, tell_chain
from shell.changed_law import changed
from shell.register_copy import copy_register
from shell.strangers import FERN, LUMEN, NORRVIK, ORIEL, TAMARACK
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.site.calendars import calendar_texts
from ytterby.shell.site.law_packs import read_folder
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register

PACKS = Path(__file__).resolve().parents[2] / "law" / "packs"
ENACTED = datetime(2026, 3, 1, tzinfo=UTC)
# Three bodies of Terra, which are parties of the sample here, each with four people.
TERRA = {"trade": TAMARACK, "mines": NORRVIK, "orbit": FERN}
PEOPLE = {
    "clerk": ORIEL,
    "lena": LUMEN,
    "otto": CUSTOMS,
    **{f"{body}-{n}": party for body, party in TERRA.items() for n in (1, 2, 3, 4)},
}
OFFICERS = tuple(name for name in PEOPLE if "-" in name)
BODIES = {"terra": {party: [body] for body, party in TERRA.items()}, "group": {TAMARACK: ["buyer"]}}
PROCEDURES = {"terra": ("TERRA-procedure", "programme"), "group": ("HOUSE-procedure", "")}


def land(folder, sample, clock, name):
    """Return a register that goes by the law of a land from a day on, and who asks in it on the day after.

    It is told once for a run and copied for each test; `folder` lies in the test's own.
    """
    model = folder.parent.parent / f"land-{name}"
    if not model.exists():
        _enact(model, sample, name)
    clock.at = ENACTED + timedelta(days=1)
    return World(copy_register(model, folder), clock)


def _enact(folder, sample, name):
    bodies = BODIES[name]
    rows = [f"  - {{party: '{party}', as: licensing, for: [{', '.join(ids)}]}}" for party, ids in bodies.items()]
    text = "\n".join(["bodies:", *rows, f"  - {{party: '{CUSTOMS}', as: customs}}", ""])
    register = make_register(folder, origin="log.example.org/register", at=datetime(2025, 1, 1, tzinfo=UTC))
    people = {who: party for who, party in PEOPLE.items() if "-" not in who or party in bodies}
    found(register, text, people, [who for who in people if "-" in who])
    tell_chain(register, sample)
    packs, problems = read_folder(PACKS / name)
    assert problems == []
    calendars = calendar_texts(PACKS / name / "calendars") if (PACKS / name / "calendars").is_dir() else None
    changed(register, packs, start=ENACTED, at=ENACTED - timedelta(days=1), calendars=calendars)
    at = ENACTED + timedelta(days=1)
    united = packaged_text("shell.site", "sample_licence/un-consolidated.xml").replace("2025-06-30", "2026-03-01")
    refresh_lists(register, at, un_consolidated=united)
    screen_parties(register, is_whole=True, at=at)


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


def approved(world, case, reader):
    """Let each signer approve who was drawn; return the state."""
    order, state = 0, "proposed"
    while state in {"proposed", "appeal_proposed"}:
        order += 1
        signer = world.get(reader, f"/cases/{case}").json["signers"][str(order)]
        state = world.approve(signer, case, order)["state"]
    return state


# What Terra asks of a programme: a plan of its shipments, and the worth that its ceiling counts.
MASS = {"amount": "900", "unit": "KGM"}
PLAN = {"shipper": "Oriel", "hull": "ship", "shipments": [{"quantity": MASS}], "total": MASS}
WORTH = {"value": "2000000.00", "currency": "TRC"}


def asked_in(name, **changes):
    """Return an application that lacks nothing by the law of a land."""
    worth, plan = (WORTH, PLAN) if name == "terra" else (None, {})
    made = application(*PROCEDURES[name], worth, **plan)
    (line,) = made["lines"]
    lines = [{**line, "quantity": changes.pop("quantity", line["quantity"])}]
    return {**made, "lines": lines, **changes}


def handed_in(world, name, kind, amends="", **changes):
    """Begin a case of a kind and hand it in; return its number and who has it."""
    body = {"kind": kind, "application": asked_in(name, **changes), "amends": amends}
    case = world.good("clerk", "/cases", body)["case"]
    world.do("clerk", case, "submit", signer="Mara Quill", declares=True)
    return case, world.get("trade-1", f"/cases/{case}").json["officer"]


def drafted(world, case, lead, outcome="granted", **more):
    """Let what the tier asks be done, advise, and write a draft."""
    for work in world.get(lead, f"/cases/{case}").json["work"]:
        if work["done_at"] is None:
            world.do(lead, case, "close_work", id=work["id"], outcome="done", text="None is against it.")
    return world.do(lead, case, "propose", outcome=outcome, settles="Nobody advised.", **more)


def licensed(world, name, kind, valid_to="2026-06-30"):
    """Let a licence be granted, issued and acknowledged; return case, who has it, and licence."""
    case, lead = handed_in(world, name, kind)
    drafted(world, case, lead, valid_to=valid_to)
    assert approved(world, case, lead) == "granted"
    licence = world.do(lead, case, "issue")["licence"]
    world.acknowledge()
    return case, lead, licence
