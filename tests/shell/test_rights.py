"""Who gives rights: two people, in the log; whoever gave one to himself is named, and a right withdrawn is gone."""

import copy
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postgres import ON_POSTGRESQL
from shell.strangers import KESTREL, NORRVIK, TAMARACK
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.rights import add_account, confirm_right, make_account_key, withdraw_right
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.models import Account, Registration
from ytterby.shell.store.reading.rights import list_rights, viewer_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.rights import Record, rights_from_log, stored_records, stored_rights, unsound_rights

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 1)
AUDITOR = f"bodies: [{{party: '{TAMARACK}', as: audit}}]"


def codes(result):
    return [problem.code for problem in result.problems]


def key_of(name):
    return PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))


@pytest.fixture
def real(tmp_path):
    """A register that is no demo, with the sample's parties."""
    made = make_register(tmp_path / "real", origin="log.example.org/register", at=AT)
    assert not import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    return made


@pytest.fixture
def staffed(real):
    """The same with two accounts of the operator."""
    for name in ("ann", "bo"):
        assert add_account(real, key_of(name), name=name, at=AT).state == "in_force"
    return real


def proposed(register, text=AUDITOR, by="ann"):
    result = import_directory(register, text, at=AT, by=key_of(by))
    assert not result.problems, result.problems
    return stored_rights(register).rights()[-1].digest


def is_auditor(party=TAMARACK, on=DAY):
    return viewer_of(OPERATOR_VIEWER, party, on).reads_all


def test_a_right_counts_when_a_second_person_has_confirmed_it(staffed):
    """Threat O3."""
    number = proposed(staffed)
    assert not is_auditor()
    assert codes(confirm_right(staffed, number[:12], by=key_of("ann"), at=AT)) == ["rights.same_person"]
    assert not is_auditor()
    assert confirm_right(staffed, number[:12], by=key_of("bo"), at=AT).state == "in_force"
    assert is_auditor()
    assert not is_auditor(KESTREL)
    assert verify_log(staffed)["failures"] == []
    assert list(unsound_rights(staffed)) == []
    (row,) = [row for row in list_rights(OPERATOR_VIEWER)["rights"] if row["as"]]
    assert (row["proposed_by"], row["confirmed_by"], row["state"]) == ("ann", "bo", "in_force")


def test_one_person_withdraws_and_it_counts_at_once_and_can_be_given_anew(staffed):
    """Threat X10."""
    number = proposed(staffed)
    confirm_right(staffed, number, by=key_of("bo"), at=AT)
    assert withdraw_right(staffed, number, by=key_of("bo"), at=AT).state == "withdrawn"
    assert not is_auditor()
    assert codes(withdraw_right(staffed, number, by=key_of("bo"), at=AT)) == ["rights.already"]
    again = proposed(staffed, by="bo")
    assert again != number
    confirm_right(staffed, again, by=key_of("ann"), at=AT)
    assert is_auditor()


def test_a_right_has_its_days(staffed):
    text = f"bodies: [{{party: '{TAMARACK}', as: audit, start: 2026-03-01, end: 2026-04-01}}]"
    confirm_right(staffed, proposed(staffed, text), by=key_of("bo"), at=AT)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [is_auditor(on=day) for day in days] == [False, True, True, False]


def test_a_changed_right_leaves_the_one_before_until_it_is_confirmed(staffed):
    confirm_right(staffed, proposed(staffed), by=key_of("bo"), at=AT)
    ended = proposed(staffed, f"bodies: [{{party: '{TAMARACK}', as: audit, end: 2026-01-15}}]")
    assert is_auditor()
    confirm_right(staffed, ended, by=key_of("bo"), at=AT)
    assert not is_auditor()


def test_without_an_account_nobody_proposes(real, staffed):
    """Threat O3."""
    size = staffed.size
    assert codes(import_directory(staffed, AUDITOR, at=AT)) == ["rights.account_needed"]
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=key_of("eve"))) == ["rights.not_an_account"]
    forged = PrivateKey.from_seed(KeyUse.OFFICER, "ann", b"x" * 32)
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=forged)) == ["rights.not_an_account"]
    assert codes(confirm_right(staffed, "0" * 64, by=key_of("ann"))) == ["rights.unknown"]
    assert staffed.size == size


def test_a_third_account_needs_two_and_nobody_founds_any_more(staffed):
    """Threat O3: who holds the folder cannot add a second self."""
    assert codes(add_account(staffed, key_of("eve"), name="Eve", at=AT)) == ["rights.account_needed"]
    added = add_account(staffed, key_of("cy"), name="Cy", by=key_of("ann"), at=AT)
    assert added.state == "proposed"
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=key_of("cy"))) == ["rights.not_an_account"]
    assert codes(confirm_right(staffed, added.id, by=key_of("ann"), at=AT)) == ["rights.same_person"]
    assert confirm_right(staffed, added.id, by=key_of("bo"), at=AT).state == "in_force"
    withdraw_right(staffed, added.id, by=key_of("bo"), at=AT)
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=key_of("cy"))) == ["rights.not_an_account"]
    # Where an account was withdrawn no founder comes in its place.
    (bo,) = [one for one in stored_rights(staffed).granted.values() if one.id == "bo"]
    withdraw_right(staffed, bo.digest, by=key_of("ann"), at=AT)
    assert codes(add_account(staffed, key_of("eve"), name="Eve", at=AT)) == ["rights.account_needed"]
    assert list(unsound_rights(staffed)) == []


def test_a_disabled_account_signs_nothing(staffed):
    """Threat X10."""
    Account.objects.filter(id="ann").update(is_disabled=True)
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=key_of("ann"))) == ["rights.disabled"]


def test_names_of_people_stand_beside_the_log_and_are_told_to_the_operator_alone(staffed):
    """Threat L6: persons are random identifiers in records."""
    add_account(staffed, key_of("cy"), name="Cy Long-Name", party=TAMARACK, by=key_of("ann"), at=AT)
    assert not Registration.objects.filter(document__contains="Long-Name").exists()
    names = {row["name"] for row in list_rights(OPERATOR_VIEWER)["rights"]}
    assert names == {"ann", "bo", "Cy Long-Name"}
    assert list_rights(Viewer(TAMARACK))["rights"] == list_rights(Viewer(None))["rights"] == []


def test_a_self_promoted_user_is_named_and_has_nothing(staffed):
    """Threat O3: an account row that claims more than the log says has no effect."""
    add_account(staffed, key_of("cy"), name="Cy", party=TAMARACK, by=key_of("ann"), at=AT)
    confirm_right(staffed, stored_rights(staffed).granted[_digest(staffed, "cy")].digest, by=key_of("bo"), at=AT)
    Account.objects.filter(id="cy").update(party="operator")
    Account.objects.create(id="ghost", party="operator", name="Ghost")
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=key_of("cy"))) == ["rights.not_an_account"]
    assert codes(import_directory(staffed, AUDITOR, at=AT, by=key_of("ghost"))) == ["rights.not_an_account"]
    named = {where for where, _, cure in unsound_rights(staffed) if cure}
    assert named == {"account cy", "account ghost"}


def _digest(register, account):
    return next(one.digest for one in stored_rights(register).granted.values() if one.id == account)


def test_a_row_of_the_log_that_was_changed_is_no_right_and_is_named(staffed):
    """Threat O3: a record written past the actions has no effect, and `log verify` and `unsound_rights` name it."""
    number = proposed(staffed)
    row = Registration.objects.get(kind="right")
    Registration.objects.filter(log_index=row.log_index).update(document=row.document.replace(TAMARACK, KESTREL))
    assert confirm_right(staffed, number, by=key_of("bo"), at=AT).problems
    assert not is_auditor(KESTREL)
    assert not is_auditor(TAMARACK)
    assert f"entry {row.log_index}" in {where for where, _, _ in unsound_rights(staffed)}
    assert not verify_log(staffed)["ok"]


def test_records_of_another_register_give_nothing_here(staffed):
    """Threat O1: a signature is over the register too."""
    confirm_right(staffed, proposed(staffed), by=key_of("bo"), at=AT)
    elsewhere = rights_from_log(stored_records(), register_id="another", is_demo=False)
    assert elsewhere.rights() == []
    assert len(elsewhere.flaws) == 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_one_record_gives_a_right_that_two_did_not(staffed, data):
    """Threat O3: whatever one field of the log's records is changed to, nobody gains; proposals alone give nothing."""
    records = _records(staffed)
    number = data.draw(st.integers(0, len(records) - 1))
    record = records[number]
    name = data.draw(st.sampled_from(sorted(record.fields)))
    value = data.draw(st.sampled_from(["ann", "bo", "cy", "operator", KESTREL, "", records[-1].digest, None]))
    changed = [*records]
    changed[number] = record._replace(fields={**record.fields, name: value})
    without = [r for r in changed if r.kind != "confirmation"] if data.draw(st.booleans()) else changed
    rights = rights_from_log(without, register_id=staffed.id, is_demo=False)
    gained = {(one.party, one.mandate) for one in rights.rights() if one.state == "in_force"}
    assert gained <= {(TAMARACK, "audit")}
    assert gained == set() or without is changed


def _records(register) -> list[Record]:
    if not stored_rights(register).rights():
        confirm_right(register, proposed(register), by=key_of("bo"), at=AT)
        proposed(register, f"bodies: [{{party: '{KESTREL}', as: tracing}}]")
    return copy.deepcopy(list(stored_records()))


def test_in_a_demo_who_holds_the_folder_gives_a_right(register):
    """Threat O4: a demo says so for ever, and is served on loopback alone."""
    assert not import_directory(register, AUDITOR, at=AT).problems
    assert is_auditor()
    (right,) = stored_rights(register).rights()
    assert withdraw_right(register, right.digest, by=None, at=AT).state == "withdrawn"
    assert not is_auditor()
    import_directory(register, AUDITOR, at=AT)
    assert is_auditor()
    assert list(unsound_rights(register)) == []
    assert verify_log(register)["failures"] == []


@pytest.mark.parametrize(
    ("row", "code", "where"),
    [
        ("as: king", "enrolment.unknown_mandate", "/bodies/0/as"),
        ("region: x", "enrolment.missing", "/bodies/0/as"),
        ("as: audit, region: North", "enrolment.not_of_this_mandate", "/bodies/0/region"),
        ("as: audit, sites: ['https://x.example/s']", "enrolment.not_of_this_mandate", "/bodies/0/sites"),
        ("as: province", "enrolment.missing", "/bodies/0/region"),
        ("as: customs, sites: [3]", "enrolment.missing", "/bodies/0/sites/0/site"),
        ("as: audit, start: 2026-02-01, end: 2026-02-01", "enrolment.end_before_start", "/bodies/0/end"),
        ("as: audit, power: all", "enrolment.unknown_field", "/bodies/0/power"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused(register, row, code, where):
    size = register.size
    result = import_directory(register, f"bodies: [{{party: '{NORRVIK}', {row}}}]", at=AT)
    assert (code, where) in [(p.code, p.where.pointer) for p in result.problems]
    assert register.size == size


def test_a_key_is_written_once_where_only_its_owner_reads(tmp_path):
    path = tmp_path / "own.key"
    key = make_account_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert PrivateKey.parse(path.read_text()) == key
    with pytest.raises(FileExistsError):
        make_account_key(path)


@pytest.mark.skipif(ON_POSTGRESQL, reason="the portal's sessions are the same on both")
def test_a_right_withdrawn_in_mid_session_is_gone_at_the_next_request(register, part_of):
    """Threat X10: the seat is looked up at each request."""
    from django.test import Client

    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    capture(register, part_of(*range(20)), submitter="operator", at=AT)
    import_directory(register, AUDITOR, at=AT)
    forget_failures()
    client = Client(headers={"host": "localhost"})
    signed = {"name": TAMARACK.rpartition("/")[2], "password": make_demo_password(register.keys)}
    assert client.post("/en/sign-in/", signed).status_code == 302
    assert client.get("/en/lots/KR-C-0418/").status_code == 200
    assert "Auditor of a demo register" in client.get("/en/lots/").content.decode()
    (right,) = stored_rights(register).rights()
    withdraw_right(register, right.digest, by=None, at=AT)
    gone = client.get("/en/lots/KR-C-0418/")
    assert gone.status_code == 404
    assert gone.content == client.get("/en/lots/NO-SUCH-LOT/").content
    assert "Party of a demo register" in client.get("/en/lots/").content.decode()


@pytest.mark.skipif(ON_POSTGRESQL, reason="the portal's sessions are the same on both")
def test_a_party_signs_in_to_a_demo_as_itself_and_as_nobody_else(register):
    """Threat O4: with the password of the run alone; nobody signs in as the operator or as a party not there."""
    from django.test import Client

    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    forget_failures()
    password = make_demo_password(register.keys)

    def sign_in(name, secret):
        client = Client(headers={"host": "localhost"})
        return client.post("/en/sign-in/", {"name": name, "password": secret}).status_code, client

    for name in (KESTREL, KESTREL.rpartition("/")[2], "Kestrel Ridge Mining", "demo"):
        status, client = sign_in(name, password)
        assert (status, client.get("/en/lots/").status_code) == (302, 200)
        assert sign_in(name, "wrong")[0] == 401
        forget_failures()
    for name in ("operator", "Operator", "Kestrel", "", "9520000010010/"):
        assert sign_in(name, password)[0] == 401
        forget_failures()
