"""Two registers that differ only in what a rival supplier and its end users filed answer a supplier alike (X3, C2)."""

import json

import pytest

from shell.filed_story import (
    ORDER,
    done,
    filed_rows,
    invited,
    order_fields,
    profile_fields,
    send_invitation,
    statement_of,
)
from shell.strangers import AT, FERN, KESTREL, LUMEN, NORRVIK, TAMARACK
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.actions.file_statement import (
    file_paper,
    file_statement,
    raise_alarm,
    repudiate_statement,
    sign_statement,
)
from ytterby.shell.actions.release_use import file_profile, release_use
from ytterby.shell.actions.report_delivery import report_delivery
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

OFFICE = "https://body.example/licensing"
BODY = f"parties: [{{id: '{OFFICE}', name: Office}}]\nbodies: [{{party: '{OFFICE}', as: licensing}}]"
USER, SELLER, RIVAL = demo_speaker(NORRVIK), demo_speaker(KESTREL), demo_speaker(TAMARACK)
QUIET = {"amount": "1", "number": "A-1", "rival_user": FERN, "kind": "expired", "need": "100", "used": False}
LOUD = {"amount": "99", "number": "B-2", "rival_user": LUMEN, "kind": "forged", "need": "7", "used": True}


def rows_of(folder, rival):
    """Return what Kestrel and a stranger are answered in a register in which a rival said this."""
    register = make_register(folder, origin="test.invalid/log", demo=True, at=AT)
    for text in (packaged_text("shell.site", "sample_directory.yaml"), BODY):
        assert not import_directory(register, text, at=AT).problems
    key = invited(register, OFFICE)
    statement = statement_of(register, nonce="a" * 64)
    done(file_statement(register, sign_statement(register, statement, key), USER, at=AT))
    done(enter_order(register, order_fields(), SELLER, at=AT))
    profile = done(file_profile(register, profile_fields(needs={"Dy": rival["need"]}), USER, at=AT)).key
    how = {"year": 2026, "speaker": USER, "at": AT}
    done(release_use(register, profile, exporter=KESTREL, number="PO-7", amounts={"Dy": "6"}, **how))
    # What the rival and others say.
    done(
        release_use(
            register, profile, exporter=TAMARACK, number=rival["number"], amounts={"Dy": rival["amount"]}, **how
        )
    )
    if rival["used"]:
        invited(register, OFFICE, TAMARACK, LUMEN)
    else:
        send_invitation(register, OFFICE, TAMARACK, LUMEN)
    theirs = statement_of(register, rival["rival_user"], TAMARACK, documents=["cd" * 32])
    digest = done(file_paper(register, theirs, RIVAL, at=AT)).key
    order = order_fields(TAMARACK, rival["rival_user"], number=rival["number"])
    done(enter_order(register, order, RIVAL, at=AT))
    done(raise_alarm(register, rival["kind"], "x", RIVAL, statement=digest, at=AT))
    if rival["used"]:
        user = demo_speaker(rival["rival_user"])
        done(repudiate_statement(register, digest, "not_made", "x", user, at=AT))
    told = {"delivery": "D-1", "stage": "transport", "on": "2025-12-20", "quantity": rival["amount"], "unit": "KGM"}
    done(report_delivery(register, {**told, "order": f"{TAMARACK} {rival['number']}"}, RIVAL, at=AT))
    done(report_delivery(register, {**told, "order": ORDER, "quantity": "899"}, SELLER, at=AT))
    known = known_at(OPERATOR_VIEWER, None)
    answered = {
        who: [(name, {**row, "as_of_size": 0} if "as_of_size" in row else row) for name, row in filed_rows(who, known)]
        for who in (Viewer(KESTREL), Viewer("https://party.example/nobody"), Viewer(None))
    }
    rival_rows = filed_rows(Viewer(TAMARACK), known)
    return {str(who.party): json.dumps(rows, sort_keys=True) for who, rows in answered.items()}, rival_rows


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rivals")
    return rows_of(folder / "quiet", QUIET), rows_of(folder / "loud", LOUD)


def test_a_supplier_is_answered_alike_whatever_its_rival_files(both):
    """Byte for byte: how much the end user releases to others, how much it needs, who else it deals with."""
    (quiet, rival_quiet), (loud, rival_loud) = both
    assert quiet == loud
    assert rival_quiet != rival_loud, "the two registers differ in nothing"
    assert '"6"' in quiet[KESTREL]
    assert quiet["None"] == quiet["https://party.example/nobody"] == "[]"


def test_no_name_of_a_rival_stands_in_what_a_supplier_is_told(both):
    (quiet, _), (loud, _) = both
    for text in (quiet[KESTREL], loud[KESTREL]):
        assert not [party for party in (TAMARACK, LUMEN, FERN) if party in text]
