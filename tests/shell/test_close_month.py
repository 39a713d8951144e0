"""A month that is closed: stored by value under a digest in the log, refused with a cure, stale and never wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shell.closing import AT, LOT, MARCH, account, close, codes, late_shipment, months, shown
from shell.register_copy import forget_answers
from shell.tampering import named
from shell.test_month_reading import MAKER, MINE, ORE, OWNERS, PLANT, count, delivery, event, goods, hand_in, lot_data
from ytterby.chain.product import Product
from ytterby.shell.actions.close_month import CLOSED, KNOWN, REFUSED, close_month
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.publish import published_size
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.cli import main
from ytterby.shell.store import account_versions
from ytterby.shell.store.account_versions import TABLES, closes, stored_versions, versions_digest
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import AccountVersion, Registration
from ytterby.shell.store.reading.closed import closed_month
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.months import balanced, month_rows
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.terms.problem import Problem

__all__ = ["months"]

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


def test_an_element_that_a_plant_handles_only_later_makes_no_close_stale(months):
    first = close(months)
    lot = f"{ORE}/DY-1"
    held = lot_data(lot, 0.01)
    held[0]["ree:assay"][0]["ree:element"] = "Dy"
    made = {"quantityList": [goods(lot, 500)], "ilmd": {"ree:lotData": held}, "bizLocation": {"id": MINE}}
    made_at = "2026-04-02T09:00:00+08:00"
    hand_in(months, MINE, event("ObjectEvent", made_at, action="ADD", bizStep="commissioning", **made))
    hand_in(months, MINE, delivery("shipping", "2026-04-10T09:00:00+08:00", lot, 50, MINE, PLANT))
    hand_in(months, PLANT, delivery("receiving", "2026-04-11T09:00:00+08:00", lot, 50, MINE, PLANT))
    again = close(months)
    assert balanced(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None)) == [
        (MINE, "Nd"), (MINE, "Dy"), (PLANT, "Nd"), (PLANT, "Dy"),
    ]  # fmt: skip
    assert (again.state, again.known_at) == (KNOWN, first.known_at)
    assert [(one["element"], one["differs"]) for one in shown()["accounts"]] == [("Nd", False), ("Nd", False)]


def test_closing_again_after_a_late_event_adds_versions_and_changes_none(months):
    """Threat P5: what was said before a correction can be asked for as long as the register stands."""
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
    forget_answers()
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
    """Threat P5: a finding that a correction took away is listed with the correction."""
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
