"""A register that is no demo, with the sample's parties and people who act for them, for tests."""

import shutil
from datetime import UTC, datetime

from django.db import connections
from django.test import override_settings

from postgres import ON_POSTGRESQL
from proof.authenticator import Authenticator
from shell.strangers import TAMARACK
from ytterby.proof.assertion import read_new_passkey
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.passkey import Place, propose_passkey
from ytterby.shell.actions.rights import add_account, confirm_right
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import keys_beside, make_register, open_register
from ytterby.shell.store.rights import stored_rights

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
RP_ID = "log.example.org"
PLACE = Place(RP_ID, f"https://{RP_ID}")
OFFICE = TAMARACK  # the office of these tests: a party of the sample with the mandate licensing
ORIEL = "https://id.gs1.org/417/9520000010041"


def quick_passwords():
    """Return what lets passwords be hashed quickly for a time; how they are hashed by us is tested once."""
    return override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def key_of(name):
    return PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))


def staffed_register(folder, factory):
    """Open a copy of a register that is made once for a run, where a register is a folder."""
    if ON_POSTGRESQL:
        return make_staffed(folder)
    model = factory.getbasetemp() / "staffed"
    if not model.exists():
        make_staffed(model)
        connections["default"].close()
    shutil.copytree(model, folder)
    shutil.copytree(keys_beside(model), keys_beside(folder))
    return open_register(folder)


def make_staffed(folder):
    """Make it: ann and bo of the operator, ivo and uma of the office, cleo of Oriel; the office may decide."""
    made = make_register(folder, origin=f"{RP_ID}/register", at=AT)
    assert not import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    for name in ("ann", "bo"):
        add_account(made, key_of(name), name=name, at=AT)
    import_directory(made, f"bodies: [{{party: '{OFFICE}', as: licensing}}]", at=AT, by=key_of("ann"))
    for name, party in (("ivo", OFFICE), ("uma", OFFICE), ("cleo", ORIEL)):
        add_account(made, key_of(name), name=name.title(), party=party, by=key_of("ann"), at=AT)
    for one in list(stored_rights(made).granted.values()):
        if one.state == "proposed":
            assert not confirm_right(made, one.digest, by=key_of("bo"), at=AT).problems
    return made


def passkey_of(register, account, *, confirmed=True, seed=None, place=PLACE):
    """Let an account make a passkey, and the operator confirm it; return its authenticator."""
    device = Authenticator(rp_id=place.rp_id, origin=place.origin, seed=(seed or account).encode())
    told, client = device.make(b"c" * 32)
    made = read_new_passkey(told, client, challenge=b"c" * 32, origin=place.origin, rp_id=place.rp_id)
    entered = propose_passkey(register, account, made, place, name="telephone", at=AT)
    assert not entered.problems, entered.problems
    if confirmed and not register.is_demo:
        assert not confirm_right(register, entered.id, by=key_of("bo"), at=AT).problems
    return device
