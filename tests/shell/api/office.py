"""A register that is no demo, with its office, parties and people, who ask by token; and how its cases are told.

The sample chain is told until its magnets leave; lists, firms and people are invented. Time stands where a story
puts it.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import msgspec

from proof.authenticator import Authenticator
from shell.api.told import ask
from shell.register_copy import copy_register, forget_answers
from shell.strangers import KESTREL, LUMEN, NORRVIK, ORIEL, TAMARACK
from ytterby.licence.invitation import binding_text
from ytterby.licence.office_roster import Post, Presence
from ytterby.proof.approval import approval_challenge, sign_approval
from ytterby.proof.assertion import read_new_passkey
from ytterby.proof.base64url import from_base64url, to_base64url
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.screening.lists.gathering import ListFile
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.actions.passkey import Place, propose_passkey
from ytterby.shell.actions.rights import add_account, confirm_right
from ytterby.shell.actions.say_of_office import say_of_office
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.actions.token import SCOPES, issue_token
from ytterby.shell.api import dispatch
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import CustomsMessageRow, NoticeRow
from ytterby.shell.store.rights import stored_rights

FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
HANDED_IN = datetime(2025, 6, 24, 11, tzinfo=UTC)
DECIDED = datetime(2025, 7, 1, 4, tzinfo=UTC)
LEFT = datetime(2025, 7, 2, 8, tzinfo=UTC)
OFFICE = "https://id.gs1.org/417/9520000010096"
CUSTOMS, FOREIGN = (f"https://id.gs1.org/417/95200000100{n}" for n in ("72", "89"))
PORT, FOREIGN_PORT = (f"https://id.gs1.org/414/95200000100{n}" for n in ("72", "89"))
MAGNETS = "https://id.gs1.org/01/09520000000318/10/OM-N42SH-0623"
LISTS = {"cn-export-control": "csv", "cn-watch": "csv", "cn-unreliable": "csv", "un-consolidated": "xml"}
# Who speaks, and for whom. Of the office three people; `rex` works beside it for a rival exporter.
PEOPLE = {
    "clerk": ORIEL,
    "rex": KESTREL,
    "lena": LUMEN,
    "nils": NORRVIK,
    "ivo": OFFICE,
    "uma": OFFICE,
    "pia": OFFICE,
    "otto": CUSTOMS,
    "fritz": FOREIGN,
    "ada": TAMARACK,
}
OFFICERS = ("ivo", "uma", "pia")
BODIES = f"""
parties:
  - {{id: "{OFFICE}", name: Export Licence Office of XA, country: XA}}
bodies:
  - {{party: "{OFFICE}", as: licensing, for: [mofcom]}}
  - {{party: "{CUSTOMS}", as: customs}}
  - {{party: "{FOREIGN}", as: customs}}
  - {{party: "{TAMARACK}", as: audit}}
"""
SAMPLE = json.loads(packaged_text("shell.site", "sample_licence/application.json"))
STATEMENT = json.loads(packaged_text("shell.site", "sample_licence/statement.json"))


def key_of(name):
    return PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))


def make_office(data, sample):
    """Make the register, with everybody who speaks in it, the chain, and lists by which nobody is listed."""
    register = make_register(data, origin="log.example.org/register", at=FOUNDED)
    found(register, BODIES, PEOPLE, OFFICERS)
    tell_chain(register, sample)
    refresh_lists(register, HANDED_IN - timedelta(hours=3))
    screen_parties(register, is_whole=True, at=HANDED_IN - timedelta(hours=2))
    return register


def found(register, bodies, people, officers):
    """Enter parties, bodies and people of a register, each confirmed by a second person."""
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=FOUNDED).problems
    for name in ("ann", "bo"):
        add_account(register, key_of(name), name=name, at=FOUNDED)
    assert not import_directory(register, bodies, at=FOUNDED, by=key_of("ann")).problems
    for name, party in people.items():
        add_account(register, key_of(name), name=name.title(), party=party, by=key_of("ann"), at=FOUNDED)
    for one in list(stored_rights(register).granted.values()):
        if one.state == "proposed":
            assert not confirm_right(register, one.digest, by=key_of("bo"), at=FOUNDED).problems
    for name in officers:
        for said in (Post(name, "licensing"), Presence(name, is_present=True)):
            assert not say_of_office(register, said, by=key_of("ann"), at=FOUNDED).problems


def tell_chain(register, sample):
    events = sample["epcisBody"]["eventList"][:13]
    document = json.dumps({**sample, "epcisBody": {"eventList": events}}).encode()
    result = capture(register, document, submitter="operator", at=datetime(2025, 6, 24, 6, tzinfo=UTC))
    assert result.outcome == "accepted", result.problems
    derive_to(register.size)


def refresh_lists(register, at, **others):
    """Fetch the lists, as an office does each day; `others` are lists with other content."""
    for name, kind in LISTS.items():
        text = others.get(name.replace("-", "_")) or packaged_text("shell.site", f"sample_licence/{name}.{kind}")
        made = import_list(register, [ListFile(f"{name}.{kind}", text.encode())], list_id=name, by=key_of("ann"), at=at)
        assert not made.problems, made.problems


def copied(folder, factory, sample, stage="office"):
    """Open a copy of a register that is told until a stage once for a run.

    Return it with what is known of the stage: where time stands, case, licence, tokens.
    """
    forget_answers()
    model = factory.getbasetemp() / f"model-{stage}"
    note = model.with_name(model.name + ".json")
    if not note.exists():
        if stage == "office":
            make_office(model, sample)
            told = {"at": HANDED_IN.isoformat()}
        else:
            before, told = copied(model, factory, sample, BEFORE[stage])
            told = _go_on(stage, before, told)
        note.write_text(json.dumps(told))
    return copy_register(model, folder), json.loads(note.read_text())


BEFORE = {"review": "office", "drafted": "review", "granted": "drafted", "issued": "granted", "active": "issued"}


def _go_on(stage, register, told):
    """Tell a register from the stage before until this one."""
    clock = dispatch.now
    clock.at = datetime.fromisoformat(told["at"])
    world = World(register, clock, told)
    getattr(world, f"to_{stage}")()
    return {"at": clock.at.isoformat(), "case": world.case, "licence": world.licence, "tokens": world.tokens}


LISTED_BY_ALIAS = """<ENTITY><DATAID>3</DATAID><FIRST_NAME>ROTOR HOLDING OF NOWHERE</FIRST_NAME>\
<REFERENCE_NUMBER>EXe.002</REFERENCE_NUMBER><ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY>\
<ALIAS_NAME>{name}</ALIAS_NAME></ENTITY_ALIAS></ENTITY></ENTITIES>"""


def listed_by_alias(name):
    """Return the list of the United Nations with one entry more, which bears a name as its alias alone."""
    text = packaged_text("shell.site", "sample_licence/un-consolidated.xml")
    return text.replace("</ENTITIES>", LISTED_BY_ALIAS.format(name=name.upper()))


PLACE = Place("log.example.org", "https://log.example.org")


def passkey_of(world, account):
    """Let an account make a passkey, and the operator confirm it; return its authenticator."""
    device = Authenticator(rp_id=PLACE.rp_id, origin=PLACE.origin, seed=account.encode())
    told, client = device.make(b"c" * 32)
    made = read_new_passkey(told, client, challenge=b"c" * 32, origin=PLACE.origin, rp_id=PLACE.rp_id)
    entered = propose_passkey(world.register, account, made, PLACE, name="telephone", at=world.clock.at)
    assert not entered.problems, entered.problems
    assert not confirm_right(world.register, entered.id, by=key_of("bo"), at=world.clock.at).problems
    return device


def passkey_signed(device, account, told, **bent):
    """Return what a passkey signs of a challenge, as it stands with an approval."""
    names = ("draft", "case", "version", "order", "nonce", "register")
    said = device.answer(approval_challenge(*(told[name] for name in names)), **bent)
    signature, data, client = (
        to_base64url(part) for part in (said.signature, said.authenticator_data, said.client_data)
    )
    return {
        "suite": "webauthn",
        "account": account,
        "key": device.name,
        "nonce": told["nonce"],
        "signature": signature,
        "authenticator_data": data,
        "client_data": client,
    }


class Clock:
    """Where time stands for requests; each one comes a second after the one before."""

    def __init__(self, at=HANDED_IN):
        self.at = at

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


class World:
    """A register that is asked by people, each with a token of all scopes."""

    def __init__(self, register, clock, told=None):
        told = told or {}
        self.register, self.clock, self.tokens = register, clock, dict(told.get("tokens", {}))
        self.case, self.licence = told.get("case", ""), told.get("licence", "")

    def token(self, name, scopes=SCOPES, days=300):
        made = issue_token(self.register, name, scopes, days=days, at=self.clock.at)
        assert not made.problems, made.problems
        return made.text

    def ask(self, who, method, address, body=None, **more):
        """Ask as somebody; None is a stranger."""
        if who is not None and who not in self.tokens:
            self.tokens[who] = self.token(who)
        return ask(method, address, body, token=None if who is None else self.tokens[who], **more)

    def get(self, who, address, **more):
        return self.ask(who, "GET", address, **more)

    def post(self, who, address, body=None, **more):
        return self.ask(who, "POST", address, {} if body is None else body, **more)

    def good(self, who, address, body=None, **more):
        """Enter something that is taken; return the answer."""
        answer = self.post(who, address, body, **more)
        assert answer.status in {200, 201}, (address, answer.status, answer.text)
        return answer.json

    # What happens in a case

    def step(self, who, case, verb, **fields):
        return self.post(who, f"/cases/{case}/steps", {"verb": verb, **fields})

    def do(self, who, case, verb, **fields):
        return self.good(who, f"/cases/{case}/steps", {"verb": verb, **fields})

    def begin(self, application=None, who="clerk", kind="individual"):
        return self.good(who, "/cases", {"kind": kind, "application": application or SAMPLE})["case"]

    def handed_in(self, application=None, who="clerk"):
        case = self.begin(application, who)
        self.do(who, case, "submit", signer="Mara Quill", declares=True)
        return case

    def officer(self, case):
        return self.get("ada", f"/cases/{case}").json["officer"]

    def signer(self, case, order=1):
        return self.get("ada", f"/cases/{case}").json["signers"][str(order)]

    def other(self, *names):
        """Return an officer who is none of these."""
        return next(one for one in OFFICERS if one not in names)

    def challenge(self, who, case, order=1):
        return self.get(who, f"/cases/{case}/approval?order={order}")

    def signed(self, who, case, order=1, key=None, bent=None):
        """Return the step by which somebody approves the draft as it stands, signed where the key is."""
        told = {**self.challenge(who, case, order).json, **(bent or {})}
        names = ("draft", "case", "version", "order", "nonce", "register")
        message = approval_challenge(*(told[name] for name in names))
        signature = sign_approval(key or key_of(who), message, told["nonce"])
        return {"draft": told["draft"], "order": order, "signature": msgspec.to_builtins(signature)}

    def approve(self, who, case, order=1):
        return self.do(who, case, "approve", **self.signed(who, case, order))

    def invited(self, case=""):
        """Let the end user be invited and take it up with a key; return the key."""
        found_on = {"how": "company_register", "where": "XB-1188", "on": self.clock.at.date().isoformat()}
        body = {"asked_by": ORIEL, "party": LUMEN, "address": "trade@lumen.example", "found": found_on, "case": case}
        self.good("ivo", "/invitations", body)
        key = PrivateKey.from_seed(KeyUse.PARTY, "ab" * 16, b"l" * 32)
        used = self.use_link(self.link(), key)
        assert used.status == 201, used.text
        return key

    def link(self):
        """Return the token of the newest mail that waits; the link stands nowhere else."""
        return NoticeRow.objects.exclude(link="").order_by("-queued_at").first().link.partition("#")[2]

    def use_link(self, token, key, who=None):
        opened = self.post(who, "/invitation/open", {"token": token, "key": key.public.text()})
        if opened.status != 200:
            return opened
        text = binding_text(opened.json["register"], opened.json["invitation"], opened.json["party"], key.public.text())
        assert from_base64url(opened.json["signs"]) == text
        signature = b64encode(key.sign(text, use=KeyUse.PARTY)).decode()
        body = {"token": token, "account": key.name, "key": key.public.text(), "signature": signature}
        return self.post(who, "/invitation/use", body)

    def stated(self, key, **changes):
        """Let the end user state its use; return the digest."""
        drafted = self.good("lena", "/statements/drafts", {**STATEMENT, **changes})
        signature = b64encode(key.sign(from_base64url(drafted["signs"]), use=KeyUse.PARTY)).decode()
        filed = {"statement": drafted["statement"], "made": "signed", "account": key.name, "signature": signature}
        return self.good("lena", "/statements", filed)["key"]

    def screened(self, at, **lists):
        """Let the office fetch the lists and screen everybody, as it does before it decides."""
        self.clock.at = at
        refresh_lists(self.register, at, **lists)
        screen_parties(self.register, is_whole=True, at=at)

    # Stages: each goes on from the one before

    def to_review(self, application=None, **lists):
        """Let a case be accepted, with its end user known, and look at everybody again before it is decided; `lists`
        with other content than those that name nobody.
        """
        self.case = self.handed_in(application)
        self.stated(self.invited())
        if lists:
            refresh_lists(self.register, self.clock.at, **lists)
        screen_parties(self.register, is_whole=True, at=self.clock.at)
        self.do("ivo", self.case, "accept")
        self.screened(DECIDED - timedelta(minutes=10), **lists)

    def to_drafted(self):
        lead = self.officer(self.case)
        self.do(lead, self.case, "advise", verdict="approve", text="The books of the lot agree.")
        self.do(lead, self.case, "propose", outcome="granted")

    def to_granted(self):
        self.approve(self.signer(self.case), self.case)

    def to_issued(self):
        self.licence = self.do(self.officer(self.case), self.case, "issue")["licence"]

    def to_active(self):
        """Let customs acknowledge, and the office look at everybody again on the day of the exit."""
        self.acknowledge()
        self.screened(LEFT)

    def acknowledge(self):
        waiting = CustomsMessageRow.objects.filter(state="waiting").values_list("message", flat=True)
        answers = [{"message": one, "verdict": "acknowledged"} for one in waiting]
        assert self.good("otto", "/customs/answers", {"answers": answers})["problems"] == []

    def enter(self, who, licence, kind, quantity="0", **more):
        """Enter something on a line of a licence, as whoever usually does."""
        at_customs = {} if kind == "reserve" else {"site": PORT, "owner": ORIEL}
        body = {"line": "L1", "kind": kind, "quantity": quantity, "on": "2025-07-02", "seq": 1, "declaration": "D-1"}
        return self.post(who, f"/licences/{licence}/entries", {**body, **at_customs, **more})

    def left(self, licence, who="otto"):
        (line,) = self.get(who, f"/licences/{licence}").json["lines"]
        return tuple(line[name] for name in ("drawn", "reserved", "free", "unlicensed"))
