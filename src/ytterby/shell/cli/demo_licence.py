"""The licence part of the demo: an application for the magnets of the sample chain, from the draft to the last exit.

What it hands in lies beside the register in `documents/`, so that every command can be typed again. The people of the
demo sign with keys of their own (`actions.demo_people`); who decides and who approves is drawn, so that the scenes
read it from the case. Lists, firms and persons in the sample are invented.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.demo_folder import ORIGIN
from ytterby.shell.cli.demo_scene import Scene
from ytterby.shell.cli.outcome import Outcome

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

ROOM = "shell.site"
FOLDER = "sample_licence"
LISTS = {"cn-export-control": "csv", "cn-watch": "csv", "cn-unreliable": "csv", "un-consolidated": "xml"}
APPLICATION, STATEMENT, MAIL, END_USER_KEY = "application.json", "statement.json", "invitation.txt", "end-user.key"
EXPORTER, USER, CUSTOMS = "Oriel Magnets", "Lumen Motors", "Customs of XA"
CASE, LICENCE = "C-2025-0624", "XA-DU-2025-004417"
HANDED_IN = datetime(2025, 6, 24, 11, tzinfo=UTC)
DECIDED = datetime(2025, 7, 1, 4, tzinfo=UTC)
LEFT = datetime(2025, 7, 2, 8, tzinfo=UTC)
OFFICERS = ("officer", "second")

Json = dict[str, Any]


def set_up_office(register: "Register", folder: Path, start: datetime) -> None:
    """Let the demo's office work: its people with their posts, the lists that it screens by, and what is handed in."""
    from ytterby.licence.office_roster import Post, Presence
    from ytterby.screening.lists.gathering import ListFile
    from ytterby.shell.actions.account_mail import set_mail
    from ytterby.shell.actions.demo_people import enrol_demo_people
    from ytterby.shell.actions.import_list import import_list
    from ytterby.shell.actions.say_of_office import say_of_office
    from ytterby.shell.site.packs import packaged_text

    for one in enrol_demo_people(register, start):
        set_mail(register, one.account, f"{one.login}@{ORIGIN}")
        if one.login in OFFICERS:
            say_of_office(register, Post(one.account, "licensing"), at=start)
            say_of_office(register, Presence(one.account, is_present=True), at=start)
    for name, kind in LISTS.items():
        text = packaged_text(ROOM, f"{FOLDER}/{name}.{kind}")
        file = ListFile(f"{name}.{kind}", text.encode())
        import_list(register, [file], list_id=name, at=HANDED_IN - timedelta(hours=3))
    for name in (APPLICATION, STATEMENT):
        (folder / name).write_text(packaged_text(ROOM, f"{FOLDER}/{name}"), encoding="utf-8")


def refresh_lists(register: "Register", at: datetime) -> None:
    """Fetch the lists again, as an office does each day; nothing in them has changed."""
    from ytterby.screening.lists.gathering import ListFile
    from ytterby.shell.actions.import_list import import_list
    from ytterby.shell.site.packs import packaged_text

    for name, kind in LISTS.items():
        text = packaged_text(ROOM, f"{FOLDER}/{name}.{kind}")
        import_list(register, [ListFile(f"{name}.{kind}", text.encode())], list_id=name, at=at)


def customs_event(export: bytes, declaration: str, mass_kg: int, number: str) -> bytes:
    """Return a document with customs' own confirmation of an exit: the facts of the exporter's event, its own
    number.
    """
    document: Json = json.loads(export)
    event = document["epcisBody"]["eventList"][0]
    event |= {"eventID": f"urn:uuid:{number}", "ree:declaration": declaration, "ree:netMassKilogram": mass_kg}
    # Customs speaks for its own place and for nobody's plant.
    event["sourceList"] = [one for one in event["sourceList"] if one["type"] == "owning_party"]
    document["epcisBody"]["eventList"] = [event]
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def apply_scenes(register: "Register", folder: Path) -> Iterator[Scene]:
    """Yield how the magnets are applied for, and the end user is found and states its use."""
    here, keys = quote(str(folder)), quote(str(register.keys / "people"))
    own_key = quote(str(register.keys / END_USER_KEY))
    mail, minutes = folder / MAIL, timedelta(minutes=10)
    yield Scene("demo.apply", f"case check {here}/{APPLICATION} --as {quote(EXPORTER)}", HANDED_IN)
    begin = f"case begin individual {here}/{APPLICATION} --number {CASE} --as {quote(EXPORTER)}"
    yield Scene("", begin, HANDED_IN)
    submit = f'case submit {CASE} --signer "Mara Quill" --declare --by {keys}/clerk.key'
    yield Scene("", submit, HANDED_IN + minutes)
    found = "--address trade@lumen.example --how company_register --where XB-1188"
    whom = f"{quote(USER)} --for {quote(EXPORTER)}"
    invite = f"party invite {whom} {found} --mail {quote(str(mail))} --by {keys}/officer.key"
    yield Scene("demo.end_user", invite, HANDED_IN + 2 * minutes)
    link = mail.read_text(encoding="utf-8").split("http", 1)[-1].split()[0]
    yield Scene("", f"party accept http{link} --out {own_key}", HANDED_IN + 3 * minutes)
    yield Scene("", f"statement file {here}/{STATEMENT} --by {own_key}", HANDED_IN + 4 * minutes)
    yield Scene("demo.accept", "party rescreen --whole", HANDED_IN + 5 * minutes)
    yield Scene("", f"case accept {CASE} --by {keys}/officer.key", HANDED_IN + 6 * minutes)


def decide_scenes(register: "Register") -> Iterator[Scene]:
    """Yield how two officers decide, and how the licence is issued and known to customs."""
    keys, minutes = quote(str(register.keys / "people")), timedelta(minutes=10)
    refresh_lists(register, DECIDED - minutes)
    yield Scene("demo.decide", "party rescreen --whole", DECIDED - minutes)
    lead, signer = _drawn(register, keys, 0), _other(register, keys, 0)
    advise = f'case advise {CASE} --verdict approve --text "The books of the lot agree." --by {lead}'
    yield Scene("", advise, DECIDED)
    yield Scene("", f"case decide {CASE} --outcome granted --by {lead}", DECIDED + minutes)
    yield Scene("", f"case approve {CASE} --by {signer}", DECIDED + 2 * minutes)
    yield Scene("", f"case issue {CASE} --number {LICENCE} --by {lead}", DECIDED + 3 * minutes)
    message = _waiting_message()
    acknowledge = f"customs acknowledge {message} --by {keys}/customs.key"
    yield Scene("", acknowledge, DECIDED + 4 * minutes)


def exit_scenes(register: "Register", folder: Path, export: str, confirmed: str, beyond: str) -> Iterator[Scene]:
    """Yield how the magnets leave: the exporter's event reserves, customs' own draws, and more is unlicensed."""
    here, keys = quote(str(folder)), quote(str(register.keys / "people"))
    refresh_lists(register, LEFT - timedelta(hours=1))
    yield Scene("demo.leave", "party rescreen --whole", LEFT - timedelta(minutes=30))
    yield Scene("", f"event capture {here}/{export} --as operator", LEFT)
    yield Scene("", f"event capture {here}/{confirmed} --as {quote(CUSTOMS)}", LEFT + timedelta(hours=1))
    yield Scene("", f"licence show {LICENCE}", LEFT + timedelta(hours=1))
    second = f"licence reserve {LICENCE} --declaration XA-EX-0703-90001 --quantity 10 --by {keys}/clerk.key"
    yield Scene("demo.again", second, LEFT + timedelta(hours=2), Outcome.FOUND)
    yield Scene("demo.beyond", f"event capture {here}/{beyond} --as {quote(CUSTOMS)}", LEFT + timedelta(hours=3))
    yield Scene("", f"licence show {LICENCE}", LEFT + timedelta(hours=3))
    yield Scene("demo.replay", f"case replay {CASE}", LEFT + timedelta(hours=4))


def _drawn(register: "Register", keys: str, order: int) -> str:
    """Return the key of whom the case was assigned to."""
    from ytterby.shell.actions.demo_people import demo_people
    from ytterby.shell.store.reading.casework import find_case
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    case = find_case(OPERATOR_VIEWER, CASE)
    login = {one.account: one.login for one in demo_people(register.keys)}[case.assigned[order]]
    return f"{keys}/{login}.key"


def _other(register: "Register", keys: str, order: int) -> str:
    drawn = _drawn(register, keys, order)
    return next(key for key in (f"{keys}/{login}.key" for login in OFFICERS) if key != drawn)


def _waiting_message() -> str:
    """Return the message to customs that waits for its answer."""
    from ytterby.shell.store.reading.customs import list_messages
    from ytterby.shell.store.reading.known import known_at
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    (found,) = list_messages(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), licence=LICENCE)["messages"]
    return str(found["message"])
