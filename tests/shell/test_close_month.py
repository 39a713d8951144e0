"""A month that is closed: stored by value under a digest in the log, stale and never wrong, one close whoever races."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from shell.histories import forget
from shell.kills import HEAD, Nursery
from shell.tampering import flipped, named, tamper
from shell.test_month_reading import AT, MAKER, MINE, ORE, OWNERS, PLANT, count, delivery, hand_in, months
from shell.test_rights import key_of
from ytterby.chain.product import Product
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.close_month import CLOSED, KNOWN, REFUSED, close_month
from ytterby.shell.actions.doctor import examine
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.publish import published_size
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.actions.rights import add_account, confirm_right, withdraw_right
from ytterby.shell.actions.work import work_once
from ytterby.shell.cli import main
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register, open_register
from ytterby.shell.store import account_versions
from ytterby.shell.store.account_versions import TABLES, closes, stored_versions, versions_digest
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import AccountVersion, Registration
from ytterby.shell.store.reading.closed import closed_month
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.months import month_rows
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.problem import Problem

MARCH = "2026-03"
LOT = f"{ORE}/A-1"
__all__ = ["months"]


def close(register, month=MARCH, **how):
    derive_to(register.size)
    return close_month(register, month, **{"at": AT, **how})


def shown(viewer=OPERATOR_VIEWER, size=None):
    return closed_month(viewer, MARCH, known=known_at(OPERATOR_VIEWER, size))


def account(found, site=PLANT):
    (one,) = [one for one in found["accounts"] if one["site"]["id"] == site]
    return one


def late_shipment(register, kg=30):
    """Report goods that left the plant in March: the 15 kg of neodymium that were missing."""
    hand_in(register, PLANT, delivery("shipping", "2026-03-20T09:00:00+08:00", LOT, kg, PLANT, MAKER))


def codes(result):
    return [problem.code for problem in result.problems]


# What is stored


def test_a_closed_month_is_stored_by_value_as_it_was_known(months):
    result = close(months)
    assert (result.state, result.problems, result.accounts) == (CLOSED, (), 2)
    (one,) = closes(months.size)
    assert (one.month, one.known_at, one.accounts, one.digest) == (MARCH, result.known_at, 2, result.digest)
    assert one.number == result.known_at == result.size - 1
    stored = stored_versions(MARCH, result.known_at)
    assert versions_digest(stored) == result.digest
    for version in stored:
        rows = month_rows(OPERATOR_VIEWER, version.site, version.element, known=Known(result.known_at))
        assert [json.loads(version.figures)] == [row for row in rows if row["month"] == MARCH]
    assert [version.account for version in stored] == [(MINE, "Nd"), (PLANT, "Nd")]
    assert verify_log(months)["failures"] == []
    assert published_size(months) == months.size


def test_closing_again_without_anything_new_is_known(months):
    first = close(months)
    again = close(months)
    assert (again.state, again.known_at, again.digest) == (KNOWN, first.known_at, first.digest)
    assert months.size == first.size
    # Nor does what counts in other months alone.
    hand_in(months, PLANT, count("2026-04-30T23:50:00+08:00", 120))
    assert close(months).state == KNOWN
    assert AccountVersion.objects.count() == 2


def test_closing_again_after_a_late_event_adds_versions_and_changes_none(months):
    first = close(months)
    before = stored_versions(MARCH, first.known_at)
    late_shipment(months)
    second = close(months)
    assert second.state == CLOSED
    assert second.known_at > first.known_at
    assert stored_versions(MARCH, first.known_at) == before
    assert [one.known_at for one in closes(months.size, MARCH)] == [first.known_at, second.known_at]
    now = {version.site: json.loads(version.figures) for version in stored_versions(MARCH, second.known_at)}
    assert now[PLANT]["muf_kg"] == pytest.approx(0.0, abs=1e-9)
    assert named(months) == set()
    found = shown()
    assert (found["stale"], len(found["closes"])) == (False, 2)
    # As known before the second close the first one is what was closed, and stale.
    earlier = shown(size=second.known_at)
    assert (earlier["stale"], [one["known_at"] for one in earlier["closes"]]) == (True, [first.known_at])


def test_the_digest_of_the_tables_is_over_every_table_that_the_figures_are_made_with(months, monkeypatch):
    from ytterby.shell.site import balance_packs, packs

    read = set()
    real = packs.packaged_text

    def packaged(room, name):
        read.add((room, name))
        return real(room, name)

    for module in (packs, balance_packs):
        monkeypatch.setattr(module, "packaged_text", packaged)
    kept = (packs.matter_tables, packs.limits, balance_packs.threshold_table, balance_packs.operating_points)
    for table in kept:
        table.cache_clear()
    forget()
    assert month_rows(OPERATOR_VIEWER, PLANT, "Nd", known=Known(months.size))
    assert read <= set(TABLES)
    # `page_families.csv` and `page_thresholds.csv` are read together with the charts.
    assert {room for room, _ in read} == {"matter", "balance", "shell.site"}


def test_other_tables_make_other_versions(months, monkeypatch):
    first = close(months)
    monkeypatch.setattr(account_versions, "TABLES", TABLES[:-1])
    second = close(months)
    assert (second.state, second.known_at > first.known_at) == (CLOSED, True)
    assert shown()["accounts"][0]["same_tables"]
    monkeypatch.undo()
    assert not shown()["accounts"][0]["same_tables"]


# What is refused


@pytest.mark.parametrize(
    ("at", "is_over"),
    [
        # The plants' clock is eight hours ahead, and the last clock that counts is that of deliveries: UTC.
        (datetime(2026, 3, 31, 16, tzinfo=UTC), False),
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 4, 1, tzinfo=UTC), True),
    ],
)
def test_a_month_is_closed_when_it_is_over_on_every_clock(months, at, is_over):
    result = close(months, at=at)
    assert (result.state, codes(result)) == ((CLOSED, []) if is_over else (REFUSED, ["month.not_over"]))
    assert Registration.objects.filter(kind="month").count() == AccountVersion.objects.count() // 2 == int(is_over)


def test_a_plant_in_the_west_has_its_month_longer(months):
    far = {"id": MAKER, "name": "Far", "kind": "magnet", "operations": [{"party": OWNERS[MAKER]}]}
    import_directory(months, json.dumps({"sites": [{**far, "zone": "America/Los_Angeles"}]}), at=AT)
    end = datetime(2026, 4, 1, 7, tzinfo=UTC)
    refused = close(months, at=end - timedelta(seconds=1))
    assert codes(refused) == ["month.not_over"]
    assert refused.problems[0].facts == {"end": "2026-04-01T07:00:00.000Z", "zone": "America/Los_Angeles"}
    assert close(months, at=end).state == CLOSED


def test_what_is_not_derived_is_not_closed(months):
    refused = close_month(months, MARCH, at=AT)
    assert (refused.state, codes(refused)) == (REFUSED, ["month.not_derived"])
    derive_to(months.size)
    assert close_month(months, MARCH, at=AT).state == CLOSED


@pytest.mark.parametrize("month", ["1926-03", "2025-12", "2026-05"])
def test_a_month_of_which_nothing_is_known_is_not_closed(months, month):
    assert codes(close(months, month)) == ["month.unknown"]


@pytest.mark.parametrize("text", ["2026-3", "2026-13", "2026-00", "March", "", "2026-03-01"])
def test_what_is_no_month_is_a_mistake_of_the_program(months, text):
    with pytest.raises(ValueError, match=r"month|invalid|int"):
        close_month(months, text, at=AT)


def test_less_than_was_known_at_the_last_close_is_not_stored_after_it(months):
    early = known_at(OPERATOR_VIEWER, None)
    late_shipment(months)
    later = close(months)
    assert codes(close(months, known=early)) == ["month.closed_later"]
    assert later.known_at > early.size
    assert len(closes(months.size)) == 1


def test_a_month_may_be_closed_as_known_earlier(months):
    early = known_at(OPERATOR_VIEWER, None)
    late_shipment(months)
    first = close(months, known=early)
    assert (first.state, first.known_at) == (CLOSED, early.size)
    assert shown()["stale"]
    assert named(months) == set()


# Why it is stale


def test_a_late_event_makes_a_version_stale_and_is_named(months):
    first = close(months)
    fresh = shown()
    assert (fresh["stale"], fresh["events"], fresh["findings"]) == (False, [], {"appeared": [], "vanished": []})
    late_shipment(months)
    found = shown()
    assert found["stale"]
    one = account(found)
    assert one["differs"]
    assert {"muf_kg", "sitmuf", "alarm"} <= set(one["changed"])
    assert (one["stored"]["muf_kg"], one["now"]["muf_kg"]) == (pytest.approx(15), pytest.approx(0, abs=1e-9))
    (event,) = found["events"]
    assert (event["submitter"]["id"], event["sites"], event["size"]) == (OWNERS[PLANT], [PLANT], months.size)
    assert one["events"] == [event["name"]]
    assert (event["declares_wrong"], event["accepted_at"]) == (False, "2026-06-01T00:00:00.000Z")
    assert not account(found, MINE)["differs"]
    assert [row["kind"] for row in found["findings"]["appeared"]] == ["lot.used_beyond_held"]
    assert found["closes"][-1]["known_at"] == first.known_at


def test_what_counts_in_later_months_alone_makes_nothing_stale_and_is_not_named(months):
    close(months)
    hand_in(
        months,
        PLANT,
        delivery("shipping", "2026-04-20T09:00:00+08:00", LOT, 30, PLANT, MAKER),
        count("2026-04-30T23:50:00+08:00", 90),
    )
    found = shown()
    assert (found["stale"], found["events"]) == (False, [])
    assert found["findings"] == {"appeared": [], "vanished": []}


def test_a_stock_taking_after_the_end_of_the_month_counts_in_it_and_is_named(months):
    close(months)
    hand_in(months, PLANT, count("2026-04-01T00:05:00+08:00", 150))
    found = shown()
    (event,) = found["events"]
    assert found["stale"]
    assert account(found)["events"] == [event["name"]]


def test_a_report_declared_wrong_after_the_close_is_named_with_its_declaration(months):
    wrong = count("2026-03-31T23:50:00+08:00", 120)
    close(months)
    declaration = {"declarationTime": "2026-05-30T00:00:00Z", "reason": "incorrect_data"}
    hand_in(
        months,
        PLANT,
        {**wrong, "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001"},
    )
    hand_in(
        months,
        PLANT,
        {
            **wrong,
            "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
            "errorDeclaration": declaration,
        },
    )
    # Said and taken back since the close: what counts is as it was, and what was taken back counts no more.
    found = shown()
    assert (found["stale"], found["events"]) == (False, [])


def test_a_declaration_against_what_counted_at_the_close_is_named(months):
    event = {
        **delivery("shipping", "2026-03-20T09:00:00+08:00", LOT, 30, PLANT, MAKER),
        "eventID": "urn:uuid:00000000-0000-4000-8000-000000000002",
    }
    hand_in(months, PLANT, event)
    close(months)
    declaration = {"declarationTime": "2026-05-30T00:00:00Z", "reason": "incorrect_data"}
    hand_in(months, PLANT, {**event, "errorDeclaration": declaration})
    found = shown()
    (one,) = found["events"]
    assert (one["event_id"], one["declares_wrong"]) == (event["eventID"], True)
    assert account(found)["stored"]["muf_kg"] == pytest.approx(0, abs=1e-9)
    assert account(found)["now"]["muf_kg"] == pytest.approx(15)
    assert [row["kind"] for row in found["findings"]["vanished"]] == ["lot.used_beyond_held"]


def test_what_was_registered_since_is_named(months):
    close(months)
    product = LOT.partition("/10/")[0]
    register_product(months, Product(product, OWNERS[MINE], "concentrate"), submitter=OWNERS[MINE], at=AT)
    derive_to(months.size)
    (row,) = shown()["registrations"]
    assert (row["kind"], row["id"], row["size"]) == ("product", product, months.size)


def test_a_party_and_who_reads_no_tracing_see_nothing_of_it(months):
    """Threats C2, C3: the stored figures are made of the whole book."""
    close(months)
    for viewer in (Viewer(OWNERS[PLANT]), Viewer(None), Viewer(MAKER, frozenset({"licensing"}))):
        found = closed_month(viewer, MARCH, known=known_at(OPERATOR_VIEWER, None))
        assert (found["closes"], found["accounts"], found["stale"]) == ([], None, None)
    auditor = closed_month(Viewer(MAKER, frozenset({"audit"})), MARCH, known=known_at(OPERATOR_VIEWER, None))
    assert auditor["accounts"]


def test_a_month_that_was_never_closed_says_so(months):
    found = shown()
    assert (found["closes"], found["accounts"], found["stale"]) == ([], None, None)


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


# The command


def say(months, capsys, *arguments):
    code = main(["balance", "close", MARCH, "--data", str(months.data), *arguments])
    return code, capsys.readouterr().out


def test_the_command_closes_shows_and_exits_with_one_when_stale(months, capsys):
    code, out = say(months, capsys, "--show")
    assert (code, "has not been closed" in out) == (0, True)
    code, out = say(months, capsys, "--json")
    answer = json.loads(out)
    assert (code, answer["state"], answer["accounts"], answer["problems"]) == (0, "closed", 2, [])
    assert set(answer) == {"month", "state", "known_at", "accounts", "digest", "problems", "as_of_size"}
    assert say(months, capsys)[0] == 0
    code, out = say(months, capsys, "--show")
    assert (code, "still say the same" in out) == (0, True)
    late_shipment(months)
    code, out = say(months, capsys, "--show")
    assert (code, "1 of 2 balances has become stale" in out, "Since then:" in out) == (1, True, True)
    code, out = say(months, capsys, "--show", "--json")
    shown_keys = {"as_of_size", "month", "closes", "stale", "accounts", "events", "registrations", "findings"}
    assert (code, set(json.loads(out))) == (1, shown_keys)
    code, out = say(months, capsys, "--show", "--lang", "zh")
    assert (code, "已过时" in out) == (1, True)
    assert say(months, capsys, "--show", "--known-at", str(answer["as_of_size"]))[0] == 0


def test_the_command_says_why_a_month_is_not_closed(months, capsys):
    code, out = say(months, capsys, "--no-wait")
    assert (code, "register derive" in out) == (1, True)
    code = main(["balance", "close", "2099-01", "--data", str(months.data), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["state"], answer["digest"]) == (1, "refused", None)
    assert [problem["code"] for problem in answer["problems"]] == ["month.not_over"]
    assert main(["balance", "close", "2026-3", "--data", str(months.data)]) == 2


def test_refusals_are_problems_with_a_cure(months):
    from ytterby.shell.wording import sentence

    (problem,) = close(months, "2025-12").problems
    assert isinstance(problem, Problem)
    for language in ("en", "zh"):
        text, cure = sentence(problem, language)
        assert "2025-12" in text
        assert cure
