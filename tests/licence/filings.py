"""Filings as parties make them: two exporters, an importer, end users, the office, and a state to file with."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from ytterby.licence.delivery_report import DeliveryReport, EndUseVisit, Retransfer
from ytterby.licence.end_use_statement import (
    PAPER,
    SIGNED,
    EndUseStatement,
    FiledStatement,
    Signer,
    StatedGoods,
    signed_bytes,
)
from ytterby.licence.end_user_validation import EndUserValidation
from ytterby.licence.filed import KIND_OF, Filed, FilingRules, enter
from ytterby.licence.filing import Speech, order_key
from ytterby.licence.invitation import (
    Found,
    Invitation,
    InvitationUse,
    binding_text,
    mark_digest,
    token_hash,
)
from ytterby.licence.trade_order import OrderLine, TradeOrder
from ytterby.licence.use_profile import UseProfile, UseRelease
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.site.filing_tables import filing_rules
from ytterby.terms.instant import write_instant

ORIEL, RIVAL, IMPORTER, LUMEN, NEXT, OFFICE, SECOND, STRANGER = (
    f"https://party.example/{name}"
    for name in ("oriel", "rival", "importer", "lumen", "next", "office", "second", "stranger")
)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REGISTER = "register-1"
RULES: FilingRules = filing_rules(REGISTER)
DOCUMENT = "ab" * 32
ORDER = order_key(ORIEL, "PO-7")


def later(**span):
    return AT + timedelta(**span)


def said(party, at=AT, account=""):
    """Return who speaks: one person of each party; `SECOND` is another office."""
    return Speech(at, party, account or party, is_office=party in {OFFICE, SECOND})


def key_named(name):
    return PrivateKey.from_seed(KeyUse.PARTY, name, sha256(name.encode()).digest())


def file(filed, one, party, at=AT):
    """File something; return the codes of what refuses it."""
    return [problem.code for problem in enter(filed, KIND_OF[type(one)], one, said(party, at), RULES)]


def invitation(number="i1", token="t1", asked_by=ORIEL, party=LUMEN, at=AT, **changes):
    fields = {
        "id": number,
        "token_hash": token_hash(token),
        "asked_by": asked_by,
        "party": party,
        "found": Found("company_register", "register of firms, sheet 12", at.date().isoformat(), (DOCUMENT,)),
        "address_salt": "s",
        "address_digest": mark_digest("s", "address", "office@lumen.example"),
        "expires": write_instant(at + timedelta(days=14)),
    }
    return Invitation(**{**fields, **changes})


def use(number="i1", party=LUMEN, key=None, **changes):
    """Return the first use of an invitation that binds a key."""
    key = key or key_named("lumen-1")
    line = key.public.text()
    signature = b64encode(key.sign(binding_text(REGISTER, number, party, line), use=key.use)).decode()
    return InvitationUse(**{"invitation": number, "account": key.name, "key": line, "signature": signature, **changes})


def bound(party=LUMEN, key=None, asked_by=ORIEL, filed=None, number="i1"):
    """Return a state in which a party accepted an invitation."""
    filed = filed if filed is not None else Filed()
    key = key or key_named("lumen-1")
    assert file(filed, invitation(number, f"token {number}", asked_by, party), OFFICE) == []
    assert file(filed, use(number, party, key), "") == []
    return filed


def statement(**changes):
    fields = {
        "end_user": LUMEN,
        "exporter": ORIEL,
        "procedure": "CN-dual-use",
        "goods": (StatedGoods("sintered magnets N42SH", quantity="900", unit="KGM"),),
        "use": {"code": "traction_motor_car", "function": "rotor magnet", "product": {"en": "traction motor"}},
        "undertakings": {"commitment_no_other_use": {"en": "no other use without consent"}},
        "signer": Signer("A. Lind", "head of purchasing"),
        "valid_from": "2026-03-01",
        "valid_to": "2027-02-28",
        "nonce": "0123456789abcdef" * 2,
    }
    return EndUseStatement(**{**fields, **changes})


def signed(one=None, key=None):
    one, key = one or statement(), key or key_named("lumen-1")
    signature = b64encode(key.sign(signed_bytes(REGISTER, one), use=key.use)).decode()
    return FiledStatement(one, SIGNED, key.name, signature)


def paper(**changes):
    return FiledStatement(statement(**{"documents": (DOCUMENT,), **changes}), PAPER)


def order(**changes):
    fields = {
        "number": "PO-7",
        "version": 1,
        "seller": ORIEL,
        "buyer": IMPORTER,
        "end_user": LUMEN,
        "destination": "XB",
        "on": "2026-03-01",
        "lines": (
            OrderLine(1, "sintered magnets N42SH", "900", "KGM", value="90000.00", currency="CNY", lots=("lot:1",)),
        ),
        "freight_mode": "sea",
    }
    return TradeOrder(**{**fields, **changes})


def profile(**changes):
    fields = {
        "id": "p1",
        "version": 1,
        "end_user": LUMEN,
        "plant": "works 1",
        "product": "traction motor",
        "model": "LM-3",
        "use": "traction_motor_car",
        "needs": {"Nd": "1000", "Dy": "120.5"},
        "valid_from": "2026-01-01",
        "valid_to": "2027-12-31",
    }
    return UseProfile(**{**fields, **changes})


def release(exporter=ORIEL, number="PO-7", year=2026, **amounts):
    return UseRelease("p1", exporter, order_key(exporter, number), year, amounts or {"Dy": "10"})


def report(stage="transport", **changes):
    return DeliveryReport(**{"order": ORDER, "delivery": "D-1", "stage": stage, "on": "2026-03-01", **changes})


def retransfer(**changes):
    fields = {
        "id": "r1", "order": ORDER, "to_name": "Next", "to_country": "XC", "amounts": {"Dy": "1"},
        "use": "traction_motor_car", "text": "a line moves there",
    }  # fmt: skip
    return Retransfer(**{**fields, **changes})


def visit(**changes):
    fields = {
        "id": "v1", "party": LUMEN, "party_country": "XB", "body": "licence office", "body_country": "XA",
        "on": "2026-03-01", "outcome": "confirmed", "text": "the line was seen",
    }  # fmt: skip
    return EndUseVisit(**{**fields, **changes})


def validated(number="w1", party=LUMEN, **changes):
    shown = {"visits": "2026-01-10", "reconciliation": "2026-02-01", "documents": "2026-02-02"}
    fields = {"shown": shown, "text": "visit report 12", "documents": (DOCUMENT,), **changes}
    return EndUserValidation(number, party, **fields)
