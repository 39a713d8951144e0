"""A register in which Oriel has exported to Lumen for years, and Lumen is a validated end user whose figures are known.

Everything is said through the doors: events of the chain, of Lumen its own receipt and consumption; licences, orders,
reports after delivery, a visit, an invitation, a statement; lists and a screening; and what the office validated.
"""

import json
import re
from datetime import UTC, datetime, timedelta

from shell.filed_story import accept, done, send_invitation
from shell.licensed import issue, licence, say
from shell.offered import LUMEN, ORIEL
from ytterby.licence.application import read_application
from ytterby.licence.filing import order_key
from ytterby.licence.invitation import Found
from ytterby.licence.office_roster import Post, Presence
from ytterby.licence.step import Accept, Submit
from ytterby.proof.key import PrivateKey
from ytterby.screening.lists.gathering import ListFile
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.casework import begin_case, take_step
from ytterby.shell.actions.demo_people import enrol_demo_people
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.actions.file_statement import file_statement, read_statement, sign_statement
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.actions.invite import make_party_key
from ytterby.shell.actions.report_delivery import record_visit, report_delivery
from ytterby.shell.actions.say_of_office import say_of_office
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.actions.validate_end_user import confirm_validation, enter_validation
from ytterby.shell.cli.demo_licence import LISTS
from ytterby.shell.site.packs import door_tables, packaged_text
from ytterby.shell.store.case_speakers import Speaker, demo_speaker
from ytterby.shell.store.derived.deriving import derive_to

BEGAN = datetime(2025, 6, 24, 7, tzinfo=UTC)
AT = datetime(2025, 9, 1, 8, tzinfo=UTC)
LUMEN_SITE = LUMEN.replace("/417/", "/414/")
FOUND = Found("company_register", "register of firms, sheet 12", "2025-06-01", ("ab" * 32,))
DOCUMENT = "cd" * 32


def lumen_events(sample):
    """Return the export of 20,000 magnets, Lumen's own receipt of them, and the motors that it made of most."""
    events = sample["epcisBody"]["eventList"]
    packed, export, motors = ({**events[n]} for n in (15, 16, 18))
    for name in ("ree:licence", "ree:licenceLine"):
        export.pop(name, None)
        motors.pop(name, None)
    receipt = {name: value for name, value in export.items() if not name.startswith("ree:")}
    receipt |= {
        "eventID": "urn:uuid:00000000-0000-5000-8000-000000000177", "eventTime": "2025-07-24T08:00:00.000Z",
        "bizStep": "receiving", "disposition": "in_progress",
        "readPoint": {"id": f"{LUMEN_SITE}/254/GATE"}, "bizLocation": {"id": LUMEN_SITE},
    }  # fmt: skip
    motors["inputQuantityList"] = [{**motors["inputQuantityList"][0], "quantity": 18000}]
    motors["ilmd"] = {**motors["ilmd"], "ree:magnetPiecesPerUnit": 6000, "ree:magnetMassGramPerUnit": 270000.0}
    return [packed, export, receipt, motors]


def tell(register, sample):
    document = json.dumps({**sample, "epcisBody": {"eventList": lumen_events(sample)}}).encode()
    result = capture(register, document, submitter="operator", at=AT - timedelta(days=20))
    assert result.outcome == "accepted", result.problems
    derive_to(register.size)


def people_of(register):
    """Return the people of the office by their login, each with a post."""
    people = {one.login: one for one in enrol_demo_people(register, BEGAN)}
    for login in ("officer", "second"):
        say_of_office(register, Post(people[login].account, "licensing"), at=BEGAN)
        say_of_office(register, Presence(people[login].account, is_present=True), at=BEGAN)
    return people


def speaker(register, one):
    text = (register.keys / "people" / f"{one.login}.key").read_text(encoding="utf-8")
    key = PrivateKey.parse(text)
    return Speaker(one.account, one.party, "key", key)


def screen(register, at=AT, listed=""):
    """Fetch the lists, and screen everybody; `listed` is one more row of the watch list."""
    for name, kind in LISTS.items():
        text = packaged_text("shell.site", f"sample_licence/{name}.{kind}")
        text = re.sub(r'dateGenerated="[0-9-]+', f'dateGenerated="{at:%Y-%m-%d}', text)
        text += listed if name == "cn-watch" else ""
        import_list(register, [ListFile(f"{name}.{kind}", text.encode())], list_id=name, at=at - timedelta(hours=2))
    screen_parties(register, is_whole=True, at=at - timedelta(hours=1))


def exported_before(register):
    """Let Oriel have exported to Lumen in two years, under licences of 900 kg."""
    for number, first, day in (("XA-OLD", "2023-01-01", "2023-06-01"), ("XA-LAST", "2025-07-01", "2025-07-02")):
        made = licence(number, "900", kind="individual", valid_from=first, valid_to="2025-12-31")
        assert issue(made, at=AT - timedelta(days=30)) == []
        how = {"number": number, "owner": ORIEL}
        left = say(register, "exit", "900", on=day, decl=number, how=how, at=AT - timedelta(days=30))
        assert left.verdict == "drawn", left


def delivered_before(register, office):
    """Let three deliveries have been reported whole, and a visit confirmed."""
    seller, user = demo_speaker(ORIEL), demo_speaker(LUMEN)
    for number in ("PO-1", "PO-2", "PO-3"):
        line = {"line": 1, "name": "magnets", "quantity": "10", "unit": "KGM", "value": "5", "currency": "CNY"}
        order = {
            "number": number, "seller": ORIEL, "buyer": "", "end_user": LUMEN, "destination": "XB",
            "on": "2025-06-25", "lines": [line],
        }  # fmt: skip
        done(enter_order(register, order, seller, at=AT - timedelta(days=30)))
        for stage, who in (("transport", seller), ("arrival", user), ("installation", user), ("use", user)):
            told = {"order": order_key(ORIEL, number), "delivery": f"D-{number}", "stage": stage, "on": "2025-07-20"}
            done(report_delivery(register, told, who, at=AT - timedelta(days=25)))
    visit = {
        "party": LUMEN, "party_country": "XB", "body": "office", "body_country": "XB", "on": "2025-07-30",
        "outcome": "confirmed", "text": "seen",
    }  # fmt: skip
    done(record_visit(register, visit, office, at=AT - timedelta(days=20)))


def known_end_user(register, office, text):
    """Invite Lumen by what the office found, and let it state its use of what is applied for."""
    _, mail = send_invitation(register, office, ORIEL, LUMEN, at=AT - timedelta(days=60), found=FOUND)
    key = make_party_key()
    done(accept(register, mail.token, key, at=AT - timedelta(days=59)))
    fields = json.loads(text)
    statement, problems = read_statement(register, fields, at=AT - timedelta(days=2))
    assert not problems, problems
    signed = sign_statement(register, statement, key)
    done(file_statement(register, signed, Speaker(key.name, LUMEN, "key", key), at=AT - timedelta(days=2)))


def packaged(name):
    """Return what the demo hands in, for 100 kg in place of 900."""
    return packaged_text("shell.site", f"sample_licence/{name}.json").replace('"900"', '"100"')


def validate(register, people, at=AT, *, shown=None, leaves_out="", confirms=True):
    """Let one person of the office enter what Lumen has shown, and another confirm it; return its number."""
    told = {"visits": "2025-07-30", "reconciliation": "2025-08-10", "documents": "2025-08-10", **(shown or {})}
    told.pop(leaves_out, None)
    how = {"documents": (DOCUMENT,), "at": at - timedelta(days=10)}
    first, second = (speaker(register, people[login]) for login in ("officer", "second"))
    one = done(enter_validation(register, LUMEN, told, "visit report 12", first, **how)).key
    if confirms:
        done(confirm_validation(register, one, second, at=at - timedelta(days=9)))
    return one


def repeat_register(register, sample):
    """Tell all of it but the validation; return the people of the office."""
    people = people_of(register)
    office = speaker(register, people["officer"])
    tell(register, sample)
    exported_before(register)
    delivered_before(register, office)
    known_end_user(register, office, packaged("statement"))
    screen(register)
    return people


def hand_in(register, people, number="C-REPEAT", at=AT):
    """Hand a repeat case in and accept it; return what came of the acceptance."""
    clerk, officer = (speaker(register, people[login]) for login in ("clerk", "officer"))
    application, problems = read_application(json.loads(packaged("application")), door_tables().units)
    assert not problems, problems
    assert not begin_case(register, "individual", application, clerk, number=number, at=at).problems
    sent = take_step(register, number, Submit("Mara Quill", True), clerk, at=at + timedelta(minutes=1))
    assert not sent.problems, sent.problems
    change = take_step(register, number, Accept(), officer, at=at + timedelta(minutes=2))
    assert not change.problems, change.problems
    return change
