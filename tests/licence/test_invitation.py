"""Invitations: found without the exporter, used once, dead afterwards, and nothing told to who may not know (X3)."""

import csv
from datetime import timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.filings import (
    AT,
    DOCUMENT,
    LUMEN,
    NEXT,
    OFFICE,
    ORIEL,
    REGISTER,
    RIVAL,
    RULES,
    STRANGER,
    bound,
    file,
    invitation,
    key_named,
    later,
    signed,
    statement,
    use,
)
from ytterby.licence.filed import Filed
from ytterby.licence.invitation import (
    LEAKED,
    Found,
    InvitationEnd,
    InvitationRequest,
    InvitationUse,
    expiry,
    level_of,
    mark_digest,
    parse_invitation_rules,
    same_marks,
    token_hash,
)
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.terms.instant import write_instant


def invited(**changes):
    filed = Filed()
    assert file(filed, invitation(**changes), OFFICE) == []
    return filed


def test_only_the_office_invites():
    for party in (ORIEL, LUMEN, STRANGER, ""):
        assert "filed.office_needed" in file(Filed(), invitation(), party)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"found": Found("exporter", "letter", "2026-03-01")}, "invitation.source"),
        ({"found": Found("chamber", " ", "2026-03-01")}, "filed.no_text"),
        ({"found": Found("chamber", "list of members", "2026-03-03")}, "filed.day_to_come"),
        ({"found": Found("chamber", "list of members", "soon")}, "filed.day"),
        ({"found": Found("embassy", "note", "2026-03-01", ("x",))}, "filed.no_digest"),
        ({"party": ORIEL}, "invitation.parties"),
        ({"party": OFFICE}, "invitation.own_interest"),
        ({"asked_by": OFFICE}, "invitation.own_interest"),
        ({"request": "none"}, "filed.unknown"),
        ({"rebinds": True}, "invitation.nothing_to_rebind"),
        ({"expires": write_instant(AT + timedelta(days=14, seconds=1))}, "invitation.expiry"),
        ({"expires": write_instant(AT)}, "invitation.expiry"),
        ({"expires": "never"}, "invitation.expiry"),
        ({"token_hash": "short"}, "filed.no_digest"),
    ],
)
def test_what_an_invitation_must_say(changes, code):
    """Threat X3: how the address was found without the exporter is recorded, and it ends after 14 days."""
    assert file(Filed(), invitation(**changes), OFFICE) == [code]


def test_a_request_is_answered_for_whoever_made_it_and_nobody_else():
    filed = Filed()
    asked = InvitationRequest("q1", "Next", "XC", "our customer")
    assert file(filed, asked, LUMEN) == []
    assert file(filed, asked, LUMEN) == ["filed.twice"]
    assert file(filed, InvitationRequest("q2", "Next", "xc", ""), "") == [
        "filed.not_yours", "filed.no_text", "filed.country",
    ]  # fmt: skip
    assert file(filed, invitation(request="q1"), OFFICE) == ["filed.unknown"]
    assert file(filed, invitation(asked_by=LUMEN, party=NEXT, request="q1"), OFFICE) == []


def test_the_first_use_binds_the_key_and_the_link_is_dead():
    """Threat X3: used twice, whoever uses it second is told what everybody is told of a dead link."""
    filed = invited()
    assert file(filed, use(), "") == []
    assert (filed.keys["lumen-1"].party, filed.has_key(LUMEN)) == (LUMEN, True)
    for key in (key_named("lumen-1"), key_named("thief")):
        assert file(filed, use(key=key), "") == ["invitation.not_valid"]
    assert list(filed.keys) == ["lumen-1"]


def test_unknown_expired_ended_and_superseded_links_answer_alike():
    """Threat X3: guessed, copied and expired links cannot be told apart."""
    filed = invited()
    assert file(filed, use("guessed"), "") == ["invitation.not_valid"]
    assert file(filed, use(), "", later(days=14)) == ["invitation.not_valid"]
    assert file(filed, invitation("i2", "t2"), OFFICE) == []
    assert file(filed, use("i1"), "") == ["invitation.not_valid"]
    assert file(filed, InvitationEnd("i2", "withdrawn", "wrong town"), OFFICE) == []
    assert file(filed, use("i2"), "") == ["invitation.not_valid"]
    assert not filed.keys


def test_neither_a_number_nor_a_token_is_used_twice():
    filed = invited()
    assert file(filed, invitation("i1", "t2"), OFFICE) == ["filed.twice"]
    assert file(filed, invitation("i2", "t1"), OFFICE) == ["filed.twice"]


def test_only_what_is_open_ends_and_for_a_known_reason():
    filed = bound()
    assert file(filed, InvitationEnd("i1", "withdrawn", "late"), OFFICE) == ["filed.unknown"]
    assert file(filed, InvitationEnd("none", "withdrawn", "late"), OFFICE) == ["filed.unknown"]
    assert file(filed, InvitationEnd("i1", LEAKED), ORIEL) == ["filed.not_yours"]
    filed = invited()
    assert filed.invitations["i1"].flags == ()
    assert file(filed, InvitationEnd("i1", "bored", "x"), OFFICE) == ["invitation.end"]
    assert file(filed, InvitationEnd("i1", "withdrawn", "x"), OFFICE) == []
    assert file(filed, InvitationEnd("i1", "withdrawn", "x"), OFFICE) == ["filed.unknown"]


def test_it_works_until_the_last_instant_before_it_ends():
    assert file(invited(), use(), "", later(days=14, microseconds=-1)) == []


def test_a_session_of_another_party_cannot_use_it():
    """Threat X3: first use from the exporter's session is refused, and from any other but the invited party's."""
    filed = invited()
    for party in (ORIEL, RIVAL, STRANGER, OFFICE):
        assert file(filed, use(), party) == ["invitation.other_session"]
    assert file(filed, use(), LUMEN) == []


def test_a_link_seen_with_the_exporter_ends_and_the_office_sees_why():
    filed = invited()
    for party in (LUMEN, STRANGER, OFFICE):
        assert file(filed, InvitationEnd("i1", LEAKED), party) == ["filed.not_yours"]
    assert file(filed, InvitationEnd("i1", LEAKED), ORIEL) == []
    assert file(filed, use(), "") == ["invitation.not_valid"]
    assert filed.invitations["i1"].flags == ("own_session",)
    assert filed.told_state(filed.invitations["i1"]) == "invited"


def test_the_key_is_held_by_whoever_binds_it_and_is_nobody_elses():
    """Threat O1: a key of another use, another name, another's signature, or one that is bound already is refused."""
    held, other = key_named("held"), key_named("other")
    officer = PrivateKey.from_seed(KeyUse.OFFICER, "officer", bytes(32))
    stolen = use(key=held, signature=use(key=other).signature)
    assert file(invited(), stolen, "") == ["invitation.key_not_held"]
    assert file(invited(), use(key=held, account="somebody"), "") == ["invitation.key"]
    assert file(invited(), InvitationUse("i1", "held", "no line", "x"), "") == ["invitation.key"]
    assert file(invited(), InvitationUse("i1"), "") == ["invitation.key"]
    line = officer.public.text()
    assert file(invited(), InvitationUse("i1", "officer", line, use().signature), "") == ["invitation.key"]
    filed = bound(RIVAL, held)
    assert file(filed, invitation("i9", "t9"), OFFICE) == []
    assert file(filed, use("i9", key=held), "") == ["invitation.key_in_use"]
    same = PrivateKey.from_seed(KeyUse.PARTY, "renamed", held.seed)
    assert file(filed, use("i9", key=same), "") == ["invitation.key_in_use"]


def test_a_signature_for_another_invitation_or_register_binds_nothing():
    filed = invited()
    assert file(filed, invitation("i2", "t2", RIVAL), OFFICE) == []
    assert file(filed, use("i2", signature=use("i1").signature), "") == ["invitation.key_not_held"]


def test_an_end_user_is_one_party_however_many_exporters_invite_it():
    """A second exporter's link binds no second key: the party accepts as itself."""
    filed = bound()
    assert file(filed, invitation("i2", "t2", RIVAL), OFFICE) == []
    assert file(filed, use("i2", key=key_named("lumen-2")), "") == ["invitation.sign_in_first", "invitation.key_bound"]
    assert file(filed, use("i2", key=key_named("lumen-2")), LUMEN) == ["invitation.key_bound"]
    assert file(filed, InvitationUse("i2", account="lumen-2"), LUMEN) == ["invitation.key_bound"]
    assert file(filed, InvitationUse("i2"), LUMEN) == []
    assert list(filed.keys) == ["lumen-1"]
    assert filed.neighbours(LUMEN) == {ORIEL, RIVAL}


def test_a_new_key_takes_the_place_of_the_lost_one_only_where_the_office_says_so():
    filed = bound()
    assert file(filed, invitation("i2", "t2", rebinds=True), OFFICE) == []
    assert file(filed, use("i2", key=key_named("lumen-2")), "") == []
    assert [(key.account, key.ended is None) for key in filed.keys.values()] == [("lumen-1", False), ("lumen-2", True)]
    assert file(filed, signed(), LUMEN) == ["statement.key"]
    assert file(filed, signed(key=key_named("lumen-2")), LUMEN) == []


def test_the_exporter_is_told_invited_accepted_complete():
    filed = invited()
    states = [filed.told_state(filed.invitations["i1"])]
    file(filed, use(), "")
    states.append(filed.told_state(filed.invitations["i1"]))
    assert file(filed, signed(statement(exporter=RIVAL)), LUMEN) == []
    states.append(filed.told_state(filed.invitations["i1"]))
    assert file(filed, signed(), LUMEN) == []
    states.append(filed.told_state(filed.invitations["i1"]))
    assert states == ["invited", "accepted", "accepted", "complete"]


def test_each_tier_has_its_neighbours_and_nobody_further():
    filed = bound()
    bound(NEXT, key_named("next-1"), LUMEN, filed, "i2")
    assert filed.neighbours(LUMEN) == {ORIEL, NEXT}
    assert (filed.neighbours(ORIEL), filed.neighbours(NEXT)) == ({LUMEN}, {LUMEN})
    assert filed.neighbours(STRANGER) == frozenset()


def test_the_same_device_address_or_passkey_is_a_red_flag():
    """Threat X3: what both sessions were seen by shows, and nothing of what each was seen by."""
    mine = {mark: (mark_digest("s", mark, value),) for mark, value in (("device", "d1"), ("address", "10.0.0.1"))}
    theirs = {
        "device": (mark_digest("s", "device", "D1 "),),
        "address": (mark_digest("s", "address", "10.0.0.2"),),
        "passkey": (mark_digest("s", "device", "d1"),),
    }
    filed = invited()
    assert file(filed, use(marks=mine, theirs=theirs, salt="s"), "") == []
    assert filed.invitations["i1"].flags == ("device",)
    assert same_marks(use(marks=mine)) == ()
    assert file(invited(), use(marks={"shoe": (DOCUMENT,)}), "") == ["invitation.mark"]
    assert file(invited(), use(theirs={"device": ("plain",)}), "") == ["invitation.mark"]
    for count, codes in ((20, []), (21, ["invitation.mark"])):
        assert file(invited(), use(marks={"device": (DOCUMENT,) * count}), "") == codes


def test_levels_of_assurance_come_from_how_the_address_was_found():
    rules = RULES.invitations
    found = {how: level_of(Found(how, "there", "2026-03-01", (DOCUMENT,)), rules) for how in rules.level_by_source}
    assert found == {
        "earlier_case": "address", "company_register": "organisation", "lei_record": "organisation",
        "chamber": "address", "embassy": "organisation",
    }  # fmt: skip
    assert level_of(Found("lei_record", "there", "2026-03-01"), rules) == "address"
    assert level_of(Found("exporter", "there", "2026-03-01", (DOCUMENT,)), rules) == "claimed"
    filed = invited()
    assert filed.level(LUMEN, rules) == "claimed"
    file(filed, use(), "")
    assert filed.level(LUMEN, rules) == "organisation"
    assert filed.level(ORIEL, rules) == "claimed"


def test_every_row_of_the_tables_has_a_source_and_says_how_sure_it_is():
    for name in ("address_sources", "invitation_days", "delivery_stages"):
        rows = list(csv.DictReader(files("ytterby.licence").joinpath(f"{name}.csv").read_text().splitlines()))
        assert rows
        assert all(row["source"] and row["confidence"] in {"high", "medium", "low"} for row in rows)


def test_days_of_invitations_are_dated():
    rules = parse_invitation_rules("effective,days\n2020-01-01,14\n2027-01-01,7\n", "code,level\n")
    assert [rules.days_on(day.date()) for day in (AT, later(days=400))] == [14, 7]
    assert expiry(AT, rules) == later(days=14)
    assert [rules.days_on(AT.date().replace(year=2027, month=1, day=1)), rules.days_on(AT.date())] == [7, 14]
    assert parse_invitation_rules("effective,days\n", "code,level\na,claimed\nb,address\nc,organisation\n")
    with pytest.raises(ValueError, match="counts on"):
        rules.days_on(AT.date().replace(year=2019))
    with pytest.raises(ValueError, match="levels"):
        parse_invitation_rules("effective,days\n", "code,level\nfriend,sure\n")


@given(st.lists(st.tuples(st.sampled_from(["t1", "t2", "t3", ""]), st.integers(0, 20), st.booleans()), max_size=12))
def test_no_order_of_uses_makes_one_token_work_twice(tries):
    """Threat X3, whatever is tried when: an invitation is used at most once, before its end, and binds one key."""
    filed, numbers = Filed(), {"t1": "i1", "t2": "i2", "t3": "i3", "": "none"}
    for token, asker in (("t1", ORIEL), ("t2", RIVAL), ("t3", STRANGER)):
        assert file(filed, invitation(numbers[token], token, asker), OFFICE) == []
    for n, (token, days, as_itself) in enumerate(tries):
        one = use(numbers[token], key=key_named(f"k{n}"))
        file(filed, InvitationUse(one.invitation) if as_itself else one, LUMEN if as_itself else "", later(days=days))
    used = [one for one in filed.invitations.values() if one.use is not None]
    assert len(filed.keys) <= 1
    assert all(one.used_at < later(days=14) for one in used)
    assert sum(bool(one.use.key) for one in used) == len(filed.keys)


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_hash_of_a_token_is_one_way_to_know_it(one, other):
    assert (token_hash(one) == token_hash(other)) == (one == other)
    assert REGISTER not in token_hash(one)
