"""The whole way by commands alone under the law of nobody, on Terra and in a company; a question asked and answered."""

import json

import pytest

from shell.api.office import CUSTOMS, PORT, Clock, key_of
from shell.api.other_land import BODIES, PEOPLE, asked_in, land
from shell.strangers import ORIEL
from shell.timed_command import give


class Commands:
    """A register of a land to which people give commands, each signed by the key of whoever gives it."""

    def __init__(self, folder, sample, clock, name):
        self.register, self.clock = land(folder / "data", sample, clock, name).register, clock
        self.folder, self.case, self.licence = folder, "", ""
        for who in PEOPLE:
            (folder / f"{who}.key").write_text(key_of(who).text(), encoding="utf-8")
        self.application = folder / "application.json"
        self.application.write_text(json.dumps(asked_in(name)), encoding="utf-8")

    def run(self, *argv, by="", ends=0):
        """Give a command; return what it answers."""
        signed = ("--by", self.folder / f"{by}.key") if by else ()
        where = ("--data", self.register.data, "--keys", self.register.keys)
        outcome, said = give((*argv, *signed, *where), self.clock(), is_json=True)
        assert outcome == ends, (argv, said)
        return json.loads(said)

    def told(self):
        return self.run("case", "show", self.case)

    def begun(self, kind):
        """Begin a case and hand it in; return who has it."""
        self.case = self.run("case", "begin", kind, self.application, by="clerk")["case"]
        self.run("case", "submit", self.case, "--signer", "Mara Quill", "--declare", by="clerk")
        return self.told()["officer"]

    def decided(self, lead, outcome="granted", **more):
        """Close what bodies were asked, write a draft, and let each who was drawn approve it; return the state."""
        for work in self.told()["work"]:
            done = ("--id", work["id"], "--outcome", "done", "--text", "None is against it.")
            self.run("case", "work-done", self.case, *done, by=lead)
        said = [part for name, value in more.items() for part in (f"--{name.replace('_', '-')}", value)]
        self.run("case", "decide", self.case, "--outcome", outcome, *said, "--settles", "Nobody advised.", by=lead)
        state, order = "proposed", 0
        while state == "proposed":
            order += 1
            signer = self.told()["signers"][str(order)]
            state = self.run("case", "approve", self.case, "--order", order, by=signer)["state"]
        return state

    def acknowledged(self):
        waiting = self.run("customs", "outbox")["messages"]
        for one in waiting:
            if one["state"] == "waiting":
                self.run("customs", "acknowledge", one["message"], by="otto")

    def left(self, declaration, quantity):
        """Confirm at customs what left."""
        where = ("--site", PORT, "--owner", ORIEL)
        said = ("--declaration", declaration, "--quantity", quantity, "--seq", 2)
        return self.run("licence", "exit", self.licence, *said, *where, by="otto")

    def is_sound(self):
        assert self.run("case", "replay", self.case)["follows"]
        return self.run("register", "doctor")["unsound"] == []


@pytest.fixture(params=BODIES)
def commands(request, tmp_path, sample):
    return Commands(tmp_path, sample, Clock(), request.param)


def test_a_licence_is_applied_for_decided_issued_drawn_overdrawn_and_replayed_by_commands_alone(commands):
    assert commands.run("case", "check", commands.application, "--as", ORIEL)["problems"] == []
    lead = commands.begun("individual")
    commands.run("case", "advise", commands.case, "--verdict", "approve", "--text", "It is safe.", by=lead)
    assert commands.decided(lead, valid_to="2026-06-30") == "granted"
    commands.licence = commands.run("case", "issue", commands.case, by=lead)["licence"]
    commands.acknowledged()
    reserve = ("--declaration", "D-1", "--quantity", "900")
    assert commands.run("licence", "reserve", commands.licence, *reserve, by="clerk")["code"] == "ok"
    done = commands.left("D-1", "900")
    assert (done["verdict"], done["drawn"], done["unlicensed"]) == ("drawn", "900", "0")
    over = commands.left("D-2", "125")
    assert (over["verdict"] != "drawn", over["unlicensed"] != "0") == (True, True)
    assert CUSTOMS not in over
    assert commands.is_sound()


@pytest.mark.parametrize("kind", ["classification", "consultation"])
def test_a_question_is_answered_by_commands_alone(commands, kind):
    lead = commands.begun(kind)
    ask = ("--field", "/text", "--text", "Which form?", "--due", "2026-03-20", "--id", "Q-1")
    commands.run("case", "query", commands.case, *ask, by=lead)
    commands.run("case", "answer", commands.case, "--query", "Q-1", "--text", "Sintered.", by="clerk")
    lines = commands.folder / "lines.json"
    row = {"line": 1, "quantity": "900", "unit": "KGM", "code": "1C905.a"}
    lines.write_text(json.dumps([row]), encoding="utf-8")
    more = {"lines": lines} if kind == "classification" else {}
    assert commands.decided(lead, text="So it is.", **more) == "ruled"
    assert commands.run("case", "close", commands.case, by=lead)["state"] == "closed"
    assert commands.is_sound()


def test_a_shipment_is_checked_afterwards_by_commands_alone(commands):
    lead = commands.begun("individual")
    assert commands.decided(lead, valid_to="2026-06-30") == "granted"
    commands.licence = commands.run("case", "issue", commands.case, by=lead)["licence"]
    begin = ("case", "begin", "post_shipment_check", commands.application, "--amends", commands.licence)
    commands.case = commands.run(*begin, by=lead)["case"]
    record = ("--what", "visit", "--outcome", "failed", "--text", "Nothing is there.")
    assert commands.run("case", "record", commands.case, *record, by=lead)["state"] == "failed"
    assert commands.is_sound()
