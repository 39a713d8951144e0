"""A register that is no demo, with the sample's parties and people who act for them, for tests."""

from datetime import UTC, datetime

from django.test import override_settings

from proof.authenticator import Authenticator
from shell.register_copy import copy_register
from shell.strangers import TAMARACK
from ytterby.proof.assertion import read_new_passkey
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.passkey import Place, propose_passkey
from ytterby.shell.actions.rights import add_account, confirm_right
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
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
    """Open a copy of a register that is made once for a run."""
    model = factory.getbasetemp() / "staffed"
    if not model.exists():
        make_staffed(model)
    return copy_register(model, folder)


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
