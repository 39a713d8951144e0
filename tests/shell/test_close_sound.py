"""Who may close a month; that a close is whole or not there whoever dies or races; what the doctor says of changes."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from shell.closing import AT, MARCH, close, codes, late_shipment, months, shown
from shell.kills import HEAD, Nursery
from shell.tampering import flipped, named, tamper
from shell.test_month_reading import MAKER, MINE, OWNERS, PLANT, count, hand_in
from shell.test_rights import key_of
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.close_month import CLOSED, KNOWN, REFUSED
from ytterby.shell.actions.doctor import examine
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.publish import published_size
from ytterby.shell.actions.rights import add_account, confirm_right, withdraw_right
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register, open_register
from ytterby.shell.store.account_versions import closes, versions_digest
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import AccountVersion, Registration
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights

__all__ = ["months"]

# Who may


@pytest.fixture
def staffed(tmp_path):
    """A register that is no demo, with the months of a plant and two accounts of the operator."""
    register = make_register(tmp_path / "real", origin="log.example.org/register", at=AT)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    for name in ("ann", "bo"):
        assert add_account(register, key_of(name), name=name, at=AT).state == "in_force"
    hand_in(register, PLANT, count("2026-02-28T23:50:00+08:00", 100), count("2026-03-31T23:50:00+08:00", 100))
    return register


def test_the_operators_account_closes_with_its_key_and_nobody_without(staffed):
    """Threat O3."""
    assert codes(close(staffed)) == ["month.account_needed"]
    assert codes(close(staffed, by=key_of("eve"))) == ["month.not_an_account"]
    stolen = PrivateKey.from_seed(KeyUse.OFFICER, "ann", b"another".ljust(32, b"\0"))
    assert codes(close(staffed, by=stolen)) == ["month.not_an_account"]
    assert Registration.objects.filter(kind="month").count() == AccountVersion.objects.count() == 0
    assert close(staffed, by=key_of("ann")).state == CLOSED
    (one,) = closes(staffed.size)
    assert one.by == "ann"
    assert named(staffed) == set()
    assert verify_log(staffed)["failures"] == []


def test_an_account_of_a_body_that_audits_closes_while_its_mandate_holds(staffed):
    body = OWNERS[MAKER]
    assert add_account(staffed, key_of("au"), name="au", party=body, by=key_of("ann"), at=AT).state == "proposed"
    (waiting,) = [one for one in stored_rights(staffed).granted.values() if one.id == "au"]
    confirm_right(staffed, waiting.digest, by=key_of("bo"), at=AT)
    assert codes(close(staffed, by=key_of("au"))) == ["month.not_an_account"]
    text = f"bodies: [{{party: '{body}', as: audit, end: 2026-07-01}}]"
    assert not import_directory(staffed, text, at=AT, by=key_of("ann")).problems
    right = stored_rights(staffed).rights()[-1].digest
    assert codes(close(staffed, by=key_of("au"))) == ["month.not_an_account"]
    confirm_right(staffed, right, by=key_of("bo"), at=AT)
    assert codes(close(staffed, by=key_of("au"), at=datetime(2026, 7, 1, tzinfo=UTC))) == ["month.not_an_account"]
    assert close(staffed, by=key_of("au")).state == CLOSED
    withdraw_right(staffed, right, by=key_of("ann"), at=AT)
    # What it closed while it might stays closed and sound.
    assert named(staffed) == set()
    hand_in(staffed, PLANT, count("2026-03-31T23:55:00+08:00", 110))
    assert codes(close(staffed, by=key_of("au"))) == ["month.not_an_account"]


def test_a_disabled_account_closes_nothing(staffed):
    (ann,) = [one for one in stored_rights(staffed).granted.values() if one.id == "ann"]
    withdraw_right(staffed, ann.digest, by=key_of("bo"), at=AT)
    assert close(staffed, by=key_of("ann")).state == REFUSED
    assert close(staffed, by=key_of("bo")).state == CLOSED


@pytest.mark.parametrize("signed", [{}, {"by": "ann"}, {"by": "ann", "signature": "AAAA"}, {"by": "eve"}])
def test_a_record_that_nobody_signed_who_might_is_named(staffed, signed):
    """Threat O3: whoever can write to the log gives himself no right."""
    fields = {
        "id": MARCH,
        "size": staffed.size,
        "derivation": 1,
        "tables": "",
        "accounts": 0,
        "digest": versions_digest([]),
    }
    register_documents([Registrable("month", MARCH, {**fields, "by": "", **signed})], "operator", AT)
    assert "balance.closed" in named(staffed)
    # It has no effect: the month is not closed by it, and can be.
    assert closes(staffed.size) == []
    assert close(staffed, by=key_of("ann")).state == CLOSED
    assert [one.by for one in closes(staffed.size)] == ["ann"]


def test_a_record_of_a_close_that_cannot_be_read_closes_nothing(months):
    register_documents([Registrable("month", "March", {"id": "March", "by": ""})], "operator", AT)
    assert closes(months.size) == []
    assert named(months) == {"balance.closed"}


# The doctor


def rows_of_march():
    return list(AccountVersion.objects.order_by("site").values_list("site", "figures"))


def test_a_flipped_figure_and_a_lost_row_are_named_with_their_account(months):
    """Threat O3."""
    close(months)
    assert named(months) == set()
    for (site, figures), tail in zip(rows_of_march(), ("9520000010010", "9520000010027"), strict=True):
        tamper("UPDATE store_accountversion SET figures = %s WHERE site = %s", flipped(figures), site)
        (row,) = examine(months)["unsound"]
        assert (row["invariant"], f"{tail} Nd" in row["where"]) == ("balance.closed", True)
        assert MARCH in row["where"]
        tamper("UPDATE store_accountversion SET figures = %s WHERE site = %s", figures, site)
    known = json.loads(rows_of_march()[1][1])
    told = json.dumps({**known, "muf_kg": 0.0}, sort_keys=True, separators=(",", ":"))
    tamper("UPDATE store_accountversion SET figures = %s WHERE site = %s", told, PLANT)
    (row,) = examine(months)["unsound"]
    assert ("9520000010027 Nd" in row["where"], row["what"]) == (True, "the version is not what was known then")
    tamper("DELETE FROM store_accountversion WHERE site = %s", PLANT)
    (row,) = examine(months)["unsound"]
    assert ("9520000010027 Nd" in row["where"], row["what"]) == (True, "the version is gone")
    tamper("DELETE FROM store_accountversion")
    assert len(examine(months)["unsound"]) == 2


def test_a_version_beside_the_log_is_named(months):
    """Threat O3."""
    close(months)
    tamper("UPDATE store_accountversion SET element = 'Pr' WHERE site = %s", MINE)
    whats = {row["what"] for row in examine(months)["unsound"]}
    assert whats == {"the version is gone", "the version is of an account that had no balance"}
    tamper("UPDATE store_accountversion SET element = 'Nd' WHERE site = %s", MINE)
    assert named(months) == set()
    tamper("UPDATE store_accountversion SET known_at = known_at - 1 WHERE site = %s", MINE)
    assert named(months) == {"balance.closed"}


# Crashes and races

CLOSE = f"""{HEAD}
from datetime import UTC, datetime
from ytterby.shell.actions.close_month import close_month
result = close_month(register, "2026-03", at=datetime(2026, 6, 1, tzinfo=UTC))
say(id=result.state, outcome=result.state, entries=[])
"""
# Before the versions, between them and the record, before its row, after the commit, between two files.
PLACES = {
    "ytterby.shell.actions.close_month.insert_rows": False,
    "ytterby.shell.store.registering.append": False,
    "ytterby.shell.store.writing.save_head": False,
    "ytterby.shell.actions.close_month.publish_or_leave": True,
    "ytterby.shell.actions.publish.write_whole": True,
    "ytterby.shell.actions.publish._drop_narrower": True,
}


def killed(nursery, register, place, folder):
    given, said, wrong = (str(folder / name) for name in ("stdin", "stdout", "stderr"))
    (folder / "stdin").write_bytes(b"")
    streams = [(given, os.O_RDONLY), *((one, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for one in (said, wrong))]
    nursery.fork(CLOSE, [str(register.data), place, "0"], streams)
    assert nursery.wait() < 0, (folder / "stderr").read_text()


@pytest.mark.parametrize(("place", "is_committed"), PLACES.items(), ids=[one.rpartition(".")[2] for one in PLACES])
def test_after_a_kill_the_close_is_whole_or_not_there_and_the_register_is_sound(months, tmp_path, place, is_committed):
    """Threat L4."""
    derive_to(months.size)
    with Nursery() as nursery:
        killed(nursery, months, place, tmp_path)
    register = open_register(months.data)
    assert [one.accounts for one in closes(register.size)] == ([2] if is_committed else [])
    assert AccountVersion.objects.count() == (2 if is_committed else 0)
    assert named(register) == set()
    work_once(register)
    assert close(register).state == (KNOWN if is_committed else CLOSED)
    assert published_size(register) == register.size
    assert named(register) == set()


RACE = """
import json, os, sys, traceback
from datetime import UTC, datetime
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from ytterby.shell.actions.close_month import close_month
from ytterby.shell.site.register import open_register
from ytterby.shell.store.reading.known import Known
folder, data, count, size = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
children = []
for number in range(count):
    children.append(os.fork())
    if not children[-1]:
        try:
            register = open_register(data)
            (folder / f"ready-{number}").write_text("")
            while len(list(folder.glob("ready-*"))) < count:
                pass
            result = close_month(register, "2026-03", known=Known(size), at=datetime(2026, 6, 1, tzinfo=UTC))
            told = {"state": result.state, "digest": result.digest}
        except BaseException:
            told = {"failed": traceback.format_exc()}
        (folder / f"told-{number}.json").write_text(json.dumps(told))
        os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""


def test_of_processes_that_close_a_month_at_once_one_closes_it_and_the_others_find_it_closed(months, tmp_path):
    derive_to(months.size)
    folder = tmp_path / "race"
    folder.mkdir()
    count_of = 4
    arguments = [sys.executable, "-c", RACE, str(folder), str(months.data), str(count_of), str(months.size)]
    subprocess.run(arguments, check=True, timeout=300, env={**os.environ})
    told = [json.loads((folder / f"told-{number}.json").read_text()) for number in range(count_of)]
    assert sorted(one.get("state", one) for one in told) == [CLOSED, *[KNOWN] * (count_of - 1)], told
    assert len({one["digest"] for one in told}) == 1
    register = open_register(months.data)
    assert len(closes(register.size)) == 1
    assert AccountVersion.objects.count() == 2
    assert named(register) == set()


def test_what_is_accepted_while_a_month_is_closed_came_after_it(months, monkeypatch):
    """Figures are worked out without the lock, and the record says of which log size they are."""
    from ytterby.shell.actions import close_month as module

    size, real = months.size, module.month_versions

    def meanwhile(*args, **named_ones):
        found = real(*args, **named_ones)
        late_shipment(months)
        return found

    monkeypatch.setattr(module, "month_versions", meanwhile)
    result = close(months)
    assert (result.state, result.known_at, result.size) == (CLOSED, size, size + 2)
    assert closes(months.size)[0].number == size + 1
    found = shown()
    assert (found["stale"], len(found["events"])) == (True, 1)
    assert named(months) == set()


def test_whoever_is_overtaken_looks_again(months, monkeypatch):
    """Another closes the month, as known later, between the look and the lock."""
    from ytterby.shell.actions import close_month as module

    early = known_at(OPERATOR_VIEWER, None)
    late_shipment(months)
    derive_to(months.size)
    real, overtaken = module.register_documents, []

    def others_first(*args, **named_ones):
        if not overtaken:
            overtaken.append(True)
            assert close(months).state == CLOSED
        return real(*args, **named_ones)

    monkeypatch.setattr(module, "register_documents", others_first)
    refused = close(months, known=early)
    assert (refused.state, codes(refused)) == (REFUSED, ["month.closed_later"])
    assert len(closes(months.size)) == 1
