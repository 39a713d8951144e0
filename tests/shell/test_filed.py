"""What parties file is a record of the log: signed where the register is no demo, checked again, used once (X3, O3)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shell.case_of import codes, now
from shell.filed_story import (
    DAY,
    FOUND,
    ORDER,
    Mail,
    accept,
    done,
    file_story,
    invited,
    link_of,
    order_fields,
    profile_fields,
    send_invitation,
    state,
    statement_of,
)
from shell.strangers import AT, FERN, KESTREL, LUMEN, NORRVIK, ORIEL, TAMARACK
from shell.tampering import named
from ytterby.chain.party import OPERATOR
from ytterby.licence.end_use_statement import stops_shipping
from ytterby.licence.filed import KINDS
from ytterby.licence.invitation import Found, token_hash
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.actions.file_statement import (
    end_alarm,
    file_paper,
    file_statement,
    raise_alarm,
    read_statement,
    repudiate_statement,
    sign_statement,
)
from ytterby.shell.actions.filing import NOBODY, speaker_of
from ytterby.shell.actions.invite import (
    Seen,
    accept_invitation,
    end_invitation,
    invite,
    make_party_key,
    open_invitation,
    party_of_account,
)
from ytterby.shell.actions.release_use import file_profile, release_use
from ytterby.shell.actions.report_delivery import decide_retransfer, record_visit, report_delivery
from ytterby.shell.actions.verify_entries import OWNERS
from ytterby.shell.site.filing_tables import invitation_rules
from ytterby.shell.store.case_speakers import Speaker, demo_speaker
from ytterby.shell.store.filed import stored_filed
from ytterby.shell.store.models import NoticeRow, Registration
from ytterby.shell.store.reading.filed import (
    list_alarms,
    list_invitations,
    list_orders,
    list_reports,
    list_retransfers,
    neighbours_of,
    show_order,
    show_statement,
)
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.use_profiles import list_profiles, list_releases
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

OFFICE = "https://body.example/licensing"
USER, SELLER, RIVAL = demo_speaker(NORRVIK), demo_speaker(KESTREL), demo_speaker(TAMARACK)


@pytest.fixture
def office(register):
    """The sample's register with a licensing body."""
    text = f"parties: [{{id: '{OFFICE}', name: Office}}]\nbodies: [{{party: '{OFFICE}', as: licensing}}]"
    assert not import_directory(register, text, at=AT).problems
    return register


def as_office():
    return viewer_of(OPERATOR_VIEWER, OFFICE, DAY)


def flaws(register):
    return stored_filed(register).flaws


def test_everything_that_is_filed_holds_when_it_is_read_again(office):
    file_story(office, OFFICE)
    kinds = set(Registration.objects.filter(kind__in=KINDS).values_list("kind", flat=True))
    left_out = {"invitation_end", "repudiation", "shipping_alarm_end", "retransfer_decision", "validation_withdrawal"}
    assert kinds == set(KINDS) - left_out
    assert set(KINDS) <= set(OWNERS)
    assert flaws(office) == []
    assert named(office) == set()


@pytest.mark.parametrize("party", [KESTREL, NORRVIK, OPERATOR])
def test_nobody_but_a_licensing_body_invites(office, party):
    """Threat X3: neither the exporter nor the register's operator sends an invitation, and no mail goes out."""
    mail = Mail()
    how = {"address": "a@b.example", "found": FOUND, "link_of": link_of, "send": mail, "at": AT}
    change = invite(office, asked_by=KESTREL, party=NORRVIK, speaker=demo_speaker(party), **how)
    assert "filed.office_needed" in codes(change)
    assert mail.notices == []
    assert not Registration.objects.filter(kind="invitation").exists()


def test_an_invitation_needs_registered_parties_and_an_address(office):
    how = {"found": FOUND, "link_of": link_of, "send": Mail(), "at": AT, "speaker": demo_speaker(OFFICE)}
    for address in ("nobody", "@", "a b@c.example", "a@b.example\nBcc: x@y.example", "a@" + "b" * 300):
        assert codes(invite(office, asked_by=KESTREL, party=NORRVIK, address=address, **how)) == ["invitation.address"]
    unknown = invite(office, asked_by=KESTREL, party="https://party.example/x", address="a@b.example", **how)
    assert codes(unknown) == ["filed.unknown_party"]
    other = {**how, "found": Found("exporter", "its letter", "2025-12-01")}
    assert codes(invite(office, asked_by=KESTREL, party=NORRVIK, address="a@b.example", **other)) == [
        "invitation.source"
    ]


def test_the_token_stands_in_the_mail_and_nowhere_else(office):
    """Threats X3, O5: the log holds the token's hash and of the address a digest; neither is in any record."""
    change, mail = send_invitation(office, OFFICE)
    written = " ".join(Registration.objects.values_list("document", flat=True))
    assert mail.token not in written
    assert mail.notices[0].to not in written
    assert token_hash(mail.token) in written
    rows = list_invitations(as_office(), now())
    assert [row["id"] for row in rows] == [change.key]
    assert mail.token not in json.dumps(rows)


def test_a_mail_waits_in_the_outbox_with_the_invitation(office):
    """It is queued in the transaction of the invitation, and the link leaves the row when it is sent."""
    how = {"found": FOUND, "link_of": link_of, "at": AT, "speaker": demo_speaker(OFFICE)}
    done(invite(office, asked_by=KESTREL, party=NORRVIK, address="office@norrvik.example", **how))
    (row,) = NoticeRow.objects.all()
    done(accept(office, row.link.partition("#")[2]))
    refused = invite(office, asked_by=KESTREL, party=NORRVIK, address="a@b.example", **{**how, "speaker": SELLER})
    assert (codes(refused), NoticeRow.objects.count()) == (["filed.office_needed"], 1)


def test_no_mail_goes_out_for_an_invitation_that_was_not_entered(office):
    class FullError(Exception):
        pass

    def fail(notice):
        raise FullError

    size = office.size
    with pytest.raises(FullError):
        send_invitation(office, OFFICE, mail=fail)
    assert office.size == size
    assert not Registration.objects.filter(kind="invitation").exists()


def test_looking_at_a_link_uses_nothing_and_using_it_does(office):
    _, mail = send_invitation(office, OFFICE)
    for _ in range(2):
        opened = open_invitation(office, mail.token, at=AT)
        assert (opened.problems, opened.party, opened.binds) == ((), NORRVIK, True)
    key = make_party_key()
    assert done(accept(office, mail.token, key)).key == opened.id
    assert party_of_account(office, key.name) == NORRVIK
    assert codes(accept(office, mail.token)) == ["invitation.not_valid"]
    assert codes(open_invitation(office, mail.token, at=AT)) == ["invitation.not_valid"]


def test_copied_guessed_and_expired_links_are_dead_for_an_exporter(office):
    """Threat X3: the exporter with the token, but too late, with a guess, or with a link that was used."""
    _, mail = send_invitation(office, OFFICE)
    for guess in ("", mail.token[:-1], mail.token + "A", mail.token.swapcase(), token_hash(mail.token), "\ud800"):
        assert codes(accept(office, guess)) == ["invitation.not_valid"]
    late = AT + timedelta(days=14)
    assert codes(accept(office, mail.token, at=late)) == ["invitation.not_valid"]
    done(accept(office, mail.token, at=late - timedelta(seconds=1)))
    assert codes(accept(office, mail.token, at=late - timedelta(seconds=1))) == ["invitation.not_valid"]


def test_the_first_use_from_the_exporters_session_is_refused_and_ends_the_link(office):
    """Threat X3: it shows that the link is in the wrong hands. The office sees it, the exporter is told nothing."""
    _, mail = send_invitation(office, OFFICE)
    before = list_invitations(Viewer(KESTREL), now())
    assert codes(accept(office, mail.token, speaker=SELLER)) == ["invitation.not_valid"]
    assert list_invitations(Viewer(KESTREL), now()) == before
    (row,) = list_invitations(as_office(), now())
    assert (row["ended"], row["flags"]) == ("leaked", ["own_session"])
    assert codes(accept(office, mail.token)) == ["invitation.not_valid"]
    assert flaws(office) == []


def test_a_strangers_session_is_refused_and_spoils_nothing(office):
    _, mail = send_invitation(office, OFFICE)
    key = make_party_key()
    refused = accept_invitation(office, mail.token, account=key.name, key=key.public.text(), speaker=RIVAL, at=AT)
    assert codes(refused) == ["invitation.other_session"]
    done(accept(office, mail.token))


def test_the_same_device_is_a_red_flag_that_only_the_office_sees(office):
    """Threat X3: nothing of what a session was seen by is kept in plain, and nothing that others see changes."""
    _, mail = send_invitation(office, OFFICE)
    seen, theirs = (
        Seen(device=("Phone-77",), passkey=("pk-1",)),
        Seen(device=("phone-77", "desk"), address=("10.0.0.1",)),
    )
    done(accept(office, mail.token, seen=seen, theirs=theirs))
    (row,) = list_invitations(as_office(), now())
    assert (row["flags"], row["state"]) == (["device"], "accepted")
    for party in (KESTREL, NORRVIK):
        (told,) = list_invitations(Viewer(party), now())
        assert told == {"party": NORRVIK, "asked_by": KESTREL, "state": "accepted"}
    written = " ".join(Registration.objects.values_list("document", flat=True)).casefold()
    assert not [plain for plain in ("phone-77", "pk-1", "10.0.0.1") if plain in written]


def test_the_exporter_sees_neither_a_second_try_nor_when_a_link_ended(office):
    change, _ = send_invitation(office, OFFICE)
    told = list_invitations(Viewer(KESTREL), now())
    assert told == [{"party": NORRVIK, "asked_by": KESTREL, "state": "invited"}]
    done(end_invitation(office, change.key, "undelivered", "came back", demo_speaker(OFFICE), at=AT))
    send_invitation(office, OFFICE, at=AT + timedelta(days=1))
    assert list_invitations(Viewer(KESTREL), now()) == told
    assert len(list_invitations(as_office(), now())) == 2
    for party in (NORRVIK, TAMARACK, None):
        assert list_invitations(Viewer(party), now()) == []
    assert codes(end_invitation(office, change.key, "leaked", "x", SELLER, at=AT)) == ["filed.not_yours"]


def test_each_tier_sees_its_neighbours_only(office):
    for asked_by, party in ((KESTREL, NORRVIK), (NORRVIK, LUMEN), (LUMEN, FERN)):
        invited(office, OFFICE, asked_by, party)
    seen = {party: neighbours_of(Viewer(party), now()) for party in (KESTREL, NORRVIK, LUMEN, FERN, ORIEL)}
    assert seen == {
        KESTREL: {NORRVIK}, NORRVIK: {KESTREL, LUMEN}, LUMEN: {NORRVIK, FERN}, FERN: {LUMEN}, ORIEL: set(),
    }  # fmt: skip
    for party, others in seen.items():
        rows = list_invitations(Viewer(party), now())
        assert {row[name] for row in rows for name in ("party", "asked_by")} <= {party, *others}


def test_an_end_user_repudiates_and_goods_stop(office):
    key = invited(office, OFFICE)
    digest = state(office, key)
    done(enter_order(office, order_fields(), SELLER, at=AT))
    for speaker in (SELLER, RIVAL, demo_speaker(OFFICE)):
        refused = repudiate_statement(office, digest, "not_made", "x", speaker, at=AT)
        unknown = repudiate_statement(office, "0" * 64, "not_made", "x", speaker, at=AT)
        assert codes(refused) == codes(unknown) == ["filed.unknown"]
    done(repudiate_statement(office, digest, "not_made", "we did not", USER, at=AT))
    assert stops_shipping(stored_filed(office).stops(), [digest], ORDER)
    assert show_statement(Viewer(KESTREL), digest, now(), DAY)["state"] == "repudiated"
    assert [one["kind"] for one in list_alarms(Viewer(KESTREL), now())] == ["repudiated"]


def test_an_alarm_stops_an_order_until_the_office_ends_it(office):
    digest = state(office, invited(office, OFFICE))
    done(enter_order(office, order_fields(), SELLER, at=AT))
    alarm = done(raise_alarm(office, "forged", "the stamp", SELLER, order=ORDER, at=AT)).key
    assert stops_shipping(stored_filed(office).stops(), [digest], ORDER)
    assert codes(end_alarm(office, alarm, "it was ours", SELLER, at=AT)) == ["filed.office_needed"]
    done(end_alarm(office, alarm, "the stamp is the firm's", demo_speaker(OFFICE), at=AT))
    assert not stops_shipping(stored_filed(office).stops(), [digest], ORDER)


def test_a_paper_shows_in_the_name_of_the_end_user_who_never_saw_it(office):
    """Threat X3: whoever forges a paper is seen by the one in whose name it stands."""
    paper = statement_of(office, documents=["cd" * 32])
    digest = done(file_paper(office, paper, SELLER, at=AT)).key
    assert show_statement(Viewer(NORRVIK), digest[:8], now(), DAY)["made"] == "paper"
    assert show_statement(Viewer(TAMARACK), digest, now(), DAY) is None
    assert show_statement(Viewer(None), digest, now(), DAY) is None
    assert stored_filed(office).level(NORRVIK, invitation_rules()) == "claimed"
    done(repudiate_statement(office, digest, "not_made", "forged", USER, at=AT))


def test_a_statement_lacks_what_the_procedure_asks_for_and_is_filed_all_the_same(office):
    key = invited(office, OFFICE)
    fields = json.loads(json.dumps(_fields_of(office)))
    fields["undertakings"] = ["commitment_no_wmd"]
    statement, problems = read_statement(office, fields, at=AT)
    assert [one.code for one in problems] == ["statement.not_undertaken"] * 2
    change = file_statement(office, sign_statement(office, statement, key), USER, at=AT)
    assert (len(change.problems), bool(change.key)) == (2, True)
    fields["undertakings"] = ["commitment_to_nothing"]
    assert "statement.undertaking" in [one.code for one in read_statement(office, fields, at=AT)[1]]
    assert [one.code for one in read_statement(office, {**fields, "procedure": "none"}, at=AT)[1]]
    assert [one.code for one in read_statement(office, {"goods": 5}, at=AT)[1]] == ["filed.form"]


def _fields_of(register):
    import msgspec

    return msgspec.to_builtins(statement_of(register))


def test_no_supplier_sees_another_and_the_office_sees_the_sum(office):
    profile = done(file_profile(office, profile_fields(), USER, at=AT)).key
    release = {"year": 2026, "speaker": USER, "at": AT}
    done(release_use(office, profile, exporter=KESTREL, number="PO-7", amounts={"Dy": "60"}, **release))
    over = release_use(office, profile, exporter=TAMARACK, number="A-1", amounts={"Dy": "60.5"}, **release)
    assert [(one.code, one.severity.value, one.facts["released"]) for one in over.problems] == [
        ("release.exceeds", "remark", "120.5")
    ]
    for viewer in (as_office(), Viewer(NORRVIK), OPERATOR_VIEWER):
        (row,) = list_profiles(viewer, now(), DAY)
        assert [(one["released_kg"], one["suppliers"], one["exceeds"]) for one in row["positions"]] == [
            ("120.5", 2, True)
        ]
    for party in (KESTREL, TAMARACK, None):
        assert list_profiles(Viewer(party), now(), DAY) == []
    (mine,) = list_releases(Viewer(KESTREL), now())
    assert (mine["amounts"], mine["profile"]) == ({"Dy": "60"}, None)
    assert codes(release_use(office, profile, exporter="https://x", number="1", amounts={"Dy": "1"}, **release)) == [
        "filed.unknown_party"
    ]


def test_the_figures_of_a_report_are_its_reporters_and_the_offices(office):
    """A shipper is not told what the receiver weighed, nor the other way round."""
    file_story(office, OFFICE)
    told = {
        party: {row["stage"]: row["quantity"] for row in list_reports(Viewer(party), now())}
        for party in (KESTREL, NORRVIK)
    }
    assert told == {
        KESTREL: {"transport": "899.5", "arrival": None}, NORRVIK: {"transport": None, "arrival": "899.5"},
    }  # fmt: skip
    assert {row["quantity"] for row in list_reports(as_office(), now())} == {"899.5"}


def test_an_order_is_told_to_each_as_far_as_it_goes(office):
    done(enter_order(office, order_fields(buyer=TAMARACK, contract="C-9"), SELLER, at=AT))
    whole = [show_order(viewer, ORDER, now()) for viewer in (Viewer(KESTREL), Viewer(TAMARACK), as_office())]
    assert all((row["contract"], row["lines"][0]["value"]) == ("C-9", "5") for row in whole)
    part = show_order(Viewer(NORRVIK), ORDER, now())
    assert (part["contract"], part["lines"][0]["value"], part["lines"][0]["quantity"]) == (None, None, "900")
    assert list_orders(Viewer(LUMEN), now()) == []
    assert show_order(Viewer(LUMEN), ORDER, now()) is None
    assert codes(enter_order(office, order_fields(), RIVAL, at=AT)) == ["filed.not_yours"]
    assert codes(enter_order(office, order_fields(destination=5), SELLER, at=AT)) == ["filed.form"]


def test_a_retransfer_is_decided_by_the_office_and_told_to_who_asked(office):
    file_story(office, OFFICE)
    (asked,) = list_retransfers(Viewer(NORRVIK), now())
    done(decide_retransfer(office, asked["id"], "granted", "same use", demo_speaker(OFFICE), at=AT))
    (told,) = list_retransfers(Viewer(NORRVIK), now())
    assert (told["outcome"], told["why"]) == ("granted", "same use")
    assert list_retransfers(Viewer(KESTREL), now()) == []


def test_a_foreign_visit_without_consent_comes_back_as_a_finding(office):
    visit = {
        "party": KESTREL, "party_country": "XC", "body": "foreign office", "body_country": "XB", "on": "2025-12-24",
        "outcome": "confirmed", "text": "seen",
    }  # fmt: skip
    change = record_visit(office, visit, SELLER, consent_provision="foreign_visits", at=AT)
    assert (codes(change), bool(change.key)) == (["visit.no_consent"], True)
    assert codes(record_visit(office, {**visit, "body": 5}, SELLER, at=AT)) == ["filed.form"]


def test_an_edited_record_has_no_effect_and_the_doctor_names_it(office):
    """Threat O3: whoever owns the database says nothing in another's name that anybody reads."""
    file_story(office, OFFICE)
    edits = {
        "invitation_use": {"filing": {"invitation": "another"}},
        "end_use_statement": {"party": KESTREL},
        "use_release": {"filing": {"profile": "p"}},
        "trade_order": {"party": LUMEN},
        "delivery_report": {"party": LUMEN},
        "invitation": {"party": KESTREL},
    }
    for kind, changes in edits.items():
        row = Registration.objects.filter(kind=kind).order_by("log_index").first()
        before = row.document
        fields = {**json.loads(before), **changes}
        row.document = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        row.save()
        assert row.log_index in [index for index, _ in flaws(office)], kind
        if kind == "invitation":
            assert "filed.replay" in named(office)
        row.document = before
        row.save()


def test_a_reused_key_and_a_resent_filing_change_nothing(office):
    key = invited(office, OFFICE)
    _, mail = send_invitation(office, OFFICE, TAMARACK, LUMEN)
    assert codes(accept(office, mail.token, key)) == ["invitation.key_in_use"]
    statement = sign_statement(office, statement_of(office), key)
    done(file_statement(office, statement, USER, at=AT))
    assert codes(file_statement(office, statement, USER, at=AT)) == ["filed.twice"]
    again = report_delivery(office, {"order": "x", "delivery": "1", "stage": "use", "on": "2025-01-01"}, USER, at=AT)
    assert codes(again) == ["filed.unknown"]


def test_who_says_so_in_a_demo_acts_for_its_own_party(office):
    other = replace(SELLER, account="", party="")
    assert codes(enter_order(office, order_fields(), other, at=AT)) == ["filed.not_yours"]
    assert codes(enter_order(office, order_fields(), NOBODY, at=AT)) == ["filed.not_yours"]
    stranger = make_party_key()
    assert speaker_of(office, stranger) == Speaker(stranger.name, "", "key", stranger)
