"""Filings where the register is no demo: by accounts of the log, or by keys that invitations bound (threats O1, O3)."""

import json
import subprocess
import sys

import pytest

from shell.case_of import codes, now
from shell.filed_story import (
    DAY,
    accept,
    done,
    order_fields,
    profile_fields,
    send_invitation,
    state,
    statement_of,
)
from shell.strangers import AT, KESTREL, NORRVIK
from ytterby.licence.invitation import Found
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.actions.file_statement import file_statement, repudiate_statement, sign_statement
from ytterby.shell.actions.filing import speaker_of
from ytterby.shell.actions.invite import accept_invitation, make_party_key, open_invitation, signed_binding
from ytterby.shell.actions.release_use import file_profile
from ytterby.shell.actions.rights import add_account, confirm_right, make_account_key
from ytterby.shell.site.register import make_register, open_register
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.filed import stored_filed
from ytterby.shell.store.models import Account, Registration
from ytterby.shell.store.reading.filed import list_invitations
from ytterby.shell.store.reading.viewer import LICENSING, Viewer

OFFICE = "https://body.example/licensing"
PARTIES = f"""
parties:
  - {{id: {KESTREL}, name: Kestrel}}
  - {{id: {NORRVIK}, name: Norrvik}}
  - {{id: {OFFICE}, name: Office}}
"""
BODY = f"bodies: [{{party: '{OFFICE}', as: licensing, start: 2025-01-01}}]"


class People:
    """A register that is no demo, and the keys of its people."""

    def __init__(self, folder):
        self.register = make_register(folder / "data", origin="register.example/log", demo=False, at=AT)
        names = ("first", "second", "officer", "seller")
        self.keys = {name: make_account_key(folder / f"{name}.key") for name in names}
        for name in ("first", "second"):
            done(add_account(self.register, self.keys[name], name=name, at=AT))
        assert not import_directory(self.register, PARTIES, at=AT, by=self.keys["first"]).problems
        for name, party in (("officer", OFFICE), ("seller", KESTREL)):
            self.confirmed(
                add_account(self.register, self.keys[name], name=name, party=party, by=self.keys["first"], at=AT)
            )
        assert not import_directory(self.register, BODY, at=AT, by=self.keys["first"]).problems
        right = Registration.objects.get(kind="right")
        done(confirm_right(self.register, bytes(right.digest).hex(), by=self.keys["second"], at=AT))

    def confirmed(self, change):
        done(change)
        done(confirm_right(self.register, change.id, by=self.keys["second"], at=AT))

    def speaker(self, name):
        return speaker_of(self.register, self.keys[name])


@pytest.fixture
def people(tmp_path):
    return People(tmp_path)


def invited(people):
    _, mail = send_invitation(people.register, people.speaker("officer"))
    key = make_party_key()
    done(accept(people.register, mail.token, key))
    people.keys["user"] = key
    return key


def flaws(people):
    return stored_filed(people.register).flaws


def test_from_an_invitation_to_a_repudiation_everything_is_signed(people):
    key = invited(people)
    user = people.speaker("user")
    assert (user.party, user.via) == (NORRVIK, "key")
    digest = state(people.register, key)
    done(enter_order(people.register, order_fields(), people.speaker("seller"), at=AT))
    done(file_profile(people.register, profile_fields(), user, at=AT))
    done(repudiate_statement(people.register, digest, "taken_back", "no longer", user, at=AT))
    assert flaws(people) == []


def test_a_door_or_a_demo_speaks_for_accounts_of_the_party_alone(people):
    """Threat O3: nobody speaks for a party without an account of it that the log holds."""
    for number, via in enumerate(("demo", "session", "token")):
        fields = order_fields(number=f"PO-{number}")
        for account in ("nobody", people.keys["officer"].name):
            refused = enter_order(people.register, fields, Speaker(account, KESTREL, via), at=AT)
            assert codes(refused) == ["filed.not_an_account"], (via, account)
        own = Speaker(people.keys["seller"].name, KESTREL, via)
        expected = ["filed.not_an_account"] if via == "demo" else []
        assert codes(enter_order(people.register, fields, own, at=AT)) == expected
    assert flaws(people) == []


def test_a_session_counts_and_is_told_apart_from_a_signature(people):
    seller = people.keys["seller"].name
    done(enter_order(people.register, order_fields(), Speaker(seller, KESTREL, "session"), at=AT))
    fields = json.loads(Registration.objects.get(kind="trade_order").document)
    assert (fields["via"], fields["by"], "signature" in fields) == ("session", seller, False)


def test_each_key_signs_for_its_use(people):
    """Threat O1: an officer's key binds no end user and states nothing, an end user's opens no account of the log."""
    seller, user = people.keys["seller"], invited(people)
    as_party = PrivateKey.from_seed(KeyUse.PARTY, "x", seller.seed)
    _, mail = send_invitation(people.register, people.speaker("officer"), NORRVIK, KESTREL)
    opened = open_invitation(people.register, mail.token, at=AT)
    with pytest.raises(ValueError, match="officer"):
        signed_binding(people.register, opened, seller)
    officers = {"account": seller.name, "key": seller.public.text(), "signature": "AAAA"}
    assert codes(accept_invitation(people.register, mail.token, **officers, at=AT)) == ["invitation.key_in_use"]
    assert codes(confirm_right(people.register, "0" * 12, by=user, at=AT)) == ["rights.unknown"]
    assert codes(add_account(people.register, people.keys["first"], name="x", by=user, at=AT)) == [
        "rights.not_an_account"
    ]
    statement = sign_statement(people.register, statement_of(people.register), as_party)
    assert codes(file_statement(people.register, statement, people.speaker("user"), at=AT)) == ["statement.key"]


def test_the_exporters_own_key_cannot_be_bound_to_the_end_user(people):
    """Threat X3: whoever delivers takes the link up from another browser, with the key that it has."""
    _, mail = send_invitation(people.register, people.speaker("officer"))
    own = PrivateKey.from_seed(KeyUse.PARTY, "renamed", people.keys["seller"].seed)
    assert codes(accept(people.register, mail.token, own)) == ["invitation.key_in_use"]


def test_a_disabled_account_files_nothing(people):
    Account.objects.filter(id=people.keys["seller"].name).update(is_disabled=True)
    refused = enter_order(people.register, order_fields(), people.speaker("seller"), at=AT)
    assert codes(refused) == ["rights.disabled"]


def test_a_lost_key_is_replaced_by_the_office_and_signs_nothing_more(people):
    old = invited(people)
    _, mail = send_invitation(people.register, people.speaker("officer"), rebinds=True)
    new = make_party_key()
    done(accept(people.register, mail.token, new))
    gone = Speaker(old.name, NORRVIK, "key", old)
    assert codes(file_profile(people.register, profile_fields(), gone, at=AT)) == ["filed.not_an_account"]
    people.keys["user"] = new
    done(file_profile(people.register, profile_fields(), people.speaker("user"), at=AT))
    assert flaws(people) == []


def test_a_forged_record_says_nothing(people):
    """Threat O3: an order that somebody changed in the database is no order, whatever of it was changed."""
    done(enter_order(people.register, order_fields(), people.speaker("seller"), at=AT))
    row = Registration.objects.get(kind="trade_order")
    whole = json.loads(row.document)
    forged = {
        "party": NORRVIK,
        "filing": {**whole["filing"], "destination": "XC"},
        "signature": "AAAA",
        "via": "demo",
        "by": people.keys["officer"].name,
    }
    for name, value in forged.items():
        row.document = json.dumps({**whole, name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        row.save()
        assert [index for index, _ in flaws(people)] == [row.log_index], name
        assert not stored_filed(people.register).orders
    row.document = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    row.save()
    assert flaws(people) == []


def test_the_office_is_who_holds_the_right_on_the_day(people):
    officer = people.speaker("officer")
    send_invitation(people.register, officer)
    assert list_invitations(Viewer(OFFICE, frozenset({LICENSING})), now())
    assert DAY.year == 2026
    early = {"found": Found("chamber", "list", "2024-01-01"), "at": AT.replace(year=2024)}
    with pytest.raises(AssertionError, match="office_needed"):
        send_invitation(people.register, officer, **early)


# Forks before anything is opened; each child waits until all have looked at the link, and then uses it.
RACE = """
import os, sys, time
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from datetime import datetime
from ytterby.shell.actions.invite import accept_invitation, make_party_key, open_invitation, signed_binding
from ytterby.shell.site.register import open_register
data, token, at, folder, count = sys.argv[1:]
at, folder, count = datetime.fromisoformat(at), Path(folder), int(count)

def use(number):
    register, key = open_register(Path(data)), make_party_key()
    opened = open_invitation(register, token, at=at)
    signature = signed_binding(register, opened, key)
    (folder / f"ready-{number}").write_text("")
    while len(list(folder.glob("ready-*"))) < count:
        time.sleep(0.005)
    change = accept_invitation(register, token, account=key.name, key=key.public.text(), signature=signature, at=at)
    return ",".join(one.code for one in change.problems) or "bound " + key.name

def child(number):
    pid = os.fork()
    if pid:
        return pid
    try:
        told = use(number)
    except BaseException as error:
        told = f"failed {error!r}"
    (folder / f"told-{number}").write_text(told)
    os._exit(0)

for pid in [child(number) for number in range(count)]:
    os.waitpid(pid, 0)
"""


def test_of_processes_that_use_one_token_at_once_one_wins(people, tmp_path):
    """Threat X3: single use under a race of four processes, on either database."""
    _, mail = send_invitation(people.register, people.speaker("officer"))
    folder = tmp_path / "race"
    folder.mkdir()
    arguments = [str(people.register.data), mail.token, AT.isoformat(), str(folder), "4"]
    subprocess.run([sys.executable, "-c", RACE, *arguments], check=True, timeout=120)
    said = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("told-*"))]
    assert sorted(one.split()[0] for one in said) == ["bound", *["invitation.not_valid"] * 3], said
    register = open_register(people.register.data)
    keys = stored_filed(register).keys
    assert [f"bound {account}" for account in keys] == [one for one in said if one.startswith("bound")]
    assert Registration.objects.filter(kind="invitation_use").count() == 1
    assert flaws(people) == []
