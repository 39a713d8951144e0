"""An office at work on the sample chain: the demo's people with their keys, its lists, and how tests take steps.

The register is told once for a run up to a licence that customs know, by the demo's own scenes; each test works on a
copy of its folder, or in a transaction that is taken back.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import split

import msgspec

from shell.timed_command import give
from ytterby.licence.application import read_application
from ytterby.licence.case import OFFICER
from ytterby.licence.office_roster import Post, Presence
from ytterby.licence.step import Approve, Issue, Propose, Submit
from ytterby.proof.approval import approval_challenge, sign_approval
from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.casework import begin_case, take_step
from ytterby.shell.actions.demo_people import DemoPerson, demo_key, demo_people, enrol_demo_people
from ytterby.shell.actions.say_of_office import say_of_office
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.cli import demo
from ytterby.shell.cli.demo_documents import cut_chain, first_day
from ytterby.shell.cli.demo_folder import make_demo_register
from ytterby.shell.cli.demo_licence import apply_scenes, decide_scenes, refresh_lists, set_up_office
from ytterby.shell.site.packs import door_tables, packaged_text
from ytterby.shell.site.register import keys_beside
from ytterby.shell.store.case_replay import replay_case
from ytterby.shell.store.case_speakers import key_speaker
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.rights import stored_rights

LICENCE, CASE = "XA-DU-2025-004417", "C-2025-0624"
ISSUED = datetime(2025, 7, 1, 5, tzinfo=UTC)
EXPORTER = "https://id.gs1.org/417/9520000010041"
CUSTOMS = "https://id.gs1.org/417/9520000010072"
OFFICE = "https://id.gs1.org/417/9520000010096"
OTHERS = ("third", "fourth")  # of the office, for appeals


def tell_office(folder: Path, *, decided: bool = True):
    """Make a register with an office at work: the sample's magnets are there, and applied for; then decided."""
    data, keys = folder / "data", keys_beside(folder / "data")
    documents = cut_chain(packaged_text(*demo.CHAIN).encode())
    start = first_day(documents)
    register = make_demo_register(data, keys, start)
    files = data / "documents"
    demo._write_documents(files, documents, packaged_text(*demo.DIRECTORY))
    _play(data, keys, f"party import {files}/{demo.PARTIES}", start)
    for document in documents[:4]:
        _play(data, keys, f"event capture {files}/{document.name} --as operator", document.handed_in)
    set_up_office(register, files, start)
    for scene in apply_scenes(register, files):
        _play(data, keys, scene.command, scene.at)
    if decided:
        for scene in decide_scenes(register):
            _play(data, keys, scene.command, scene.at)
    # Afterwards, as the demo's scenes know two people alone.
    add_officers(register, ISSUED)
    return register


def add_officers(register, at, *logins: str) -> None:
    """Let more people work in the office."""
    people = [DemoPerson(login, login.title(), OFFICE) for login in logins or OTHERS]
    for one in enrol_demo_people(register, at, people=people):
        if one.login in {person.login for person in people}:
            say_of_office(register, Post(one.account, "licensing"), at=at)
            say_of_office(register, Presence(one.account, is_present=True), at=at)


def _play(data: Path, keys: Path, command: str, at) -> None:
    outcome, said = give([*split(command), "--data", data, "--keys", keys], at)
    assert outcome == 0, (command, said)


class Work:
    """A register with a clock of its own: each step is a minute after the one before."""

    def __init__(self, register, at=ISSUED) -> None:
        self.register, self.at = register, at
        self.logins = {one.account: one.login for one in demo_people(register.keys)}

    def later(self, **span) -> datetime:
        """Let time pass; without a span, a minute."""
        self.at += timedelta(**(span or {"minutes": 1}))
        return self.at

    def speaker(self, login: str):
        """Return a person who speaks with its key."""
        account = next(account for account, name in self.logins.items() if name == login)
        key = demo_key(self.register, account)
        assert key is not None
        return key_speaker(stored_rights(self.register), key)

    def drawn(self, number: str, order: int = OFFICER) -> str:
        """Return who a case is assigned to."""
        return self.logins[self.case(number).assigned[order]]

    def case(self, number: str):
        found = stored_case(number)
        assert found is not None
        return found

    def begin(self, kind: str, application, login="clerk", **how):
        """Begin a case; return its number."""
        change = begin_case(self.register, kind, application, self.speaker(login), at=self.later(), **how)
        assert not change.problems, change.problems
        return change.number

    def try_step(self, number: str, step, login: str, **how):
        """Take a step whatever comes of it."""
        return take_step(self.register, number, step, self.speaker(login), at=self.later(), **how)

    def take(self, number: str, step, login: str, **how):
        """Take a step that is accepted."""
        change = self.try_step(number, step, login, **how)
        assert not change.problems, change.problems
        return change

    def refused(self, number: str, step, login: str, **how) -> list[str]:
        """Return the codes of what refuses a step."""
        return [one.code for one in self.try_step(number, step, login, **how).problems]

    def submit(self, number: str, login="clerk"):
        return self.take(number, Submit("Mara Quill", declares=True), login)

    def propose(self, number: str, outcome="granted", **more):
        """Let the officer who was drawn write a draft."""
        return self.take(number, Propose(outcome, "", {}, **more), self.drawn(number))

    def approval(self, number: str, login: str, order=1) -> Approve:
        """Return an approval that is signed for the case as it stands."""
        case, nonce = self.case(number), to_base64url(secrets.token_bytes(32))
        challenge = approval_challenge(case.draft_digest, number, case.version, order, nonce, self.register.id)
        signature = msgspec.to_builtins(sign_approval(self.speaker(login).key, challenge, nonce))
        return Approve(case.draft_digest, order, signature)

    def approve(self, number: str, order=1):
        """Let the signer who was drawn approve."""
        login = self.drawn(number, order)
        return self.take(number, self.approval(number, login, order), login)

    def issue(self, number: str, **how):
        return self.take(number, Issue("", {}), self.drawn(number), **how)

    def screened(self, **span) -> None:
        """Fetch the lists anew after some time and screen everybody."""
        self.later(**span)
        refresh_lists(self.register, self.at)
        screen_parties(self.register, is_whole=True, at=self.later())

    def follows(self, number: str) -> list:
        """Return what does not follow when a case is worked out again."""
        found = replay_case(self.register, number)
        assert found is not None
        return found.flaws


def sample_application(quantity="900", **changes):
    """Return the demo's application, with changes; all its documents tell the same quantity."""
    text = packaged_text("shell.site", "sample_licence/application.json").replace('"900"', f'"{quantity}"')
    found, problems = read_application({**json.loads(text), **changes}, door_tables().units)
    assert found is not None, problems
    return found
