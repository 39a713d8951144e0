"""Returns and quotas of a register: arrival tells what was in time, corrections keep the first version, nil, rights."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from law.law_case import content_of, with_pack
from shell.cli.conftest import run
from ytterby.balance.quota import Quota
from ytterby.balance.quota_ledger import QuotaAct, QuotaEntry
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.set_quota import enter_quota, set_quota
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.spreadsheets.format import CSV_TYPE
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.flow_returns import list_returns, show_return
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.quotas import positions_of, quota_positions
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

KESTREL, NORRVIK, TAMARACK = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27", "34"))
MINE, PLANT = (party.replace("/417/", "/414/") for party in (KESTREL, NORRVIK))
CONCENTRATE = "https://id.gs1.org/01/09520000000028"
# Eight hours east of UTC the tenth of April ends at 16:00.
DEADLINE = datetime(2026, 4, 10, 16, tzinfo=UTC)
ON = date(2026, 4, 20)


@pytest.fixture
def far_east(empty_register):
    """A register whose sites keep the clock of the far east, made in March 2026."""
    text = packaged_text("shell.site", "sample_directory.yaml").replace(
        "    country: XA\n", "    country: XA\n    zone: Asia/Singapore\n"
    )
    result = import_directory(empty_register, text, at=datetime(2026, 3, 15, tzinfo=UTC))
    assert not result.problems
    return empty_register


def event(number, step, at, party, kg=None, lot="K-1", **more):
    body = {
        "type": "ObjectEvent", "eventID": f"urn:uuid:00000000-0000-5000-8000-{number:012d}", "eventTime": at,
        "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": step,
        "bizLocation": {"id": party.replace("/417/", "/414/")},
        "quantityList": [] if kg is None else [{"epcClass": f"{CONCENTRATE}/10/{lot}", "quantity": kg, "uom": "KGM"}],
    }  # fmt: skip
    return body | more


def dug(number, at, kg, lot="K-1", form="concentrate"):
    assay = [{"ree:element": "Nd", "ree:milligramPerKilogram": 240000, "ree:standardUncertainty": 2400}]
    told = {"ree:lot": f"{CONCENTRATE}/10/{lot}", "ree:form": form, "ree:assay": assay}
    return event(number, "commissioning", at, KESTREL, kg, lot, action="ADD", disposition="active", ilmd=told)


def ends(sender, receiver):
    def of(kind, member, party):
        site = party.replace("/417/", "/414/")
        return [{"type": "owning_party", member: party}, {"type": "location", member: site}]

    return {
        "sourceList": of("source", "source", sender), "destinationList": of("destination", "destination", receiver),
        "bizTransactionList": [{"type": "desadv", "bizTransaction": "https://kestrel.example/desadv/553"}],
    }  # fmt: skip


def take_in(register, sample, *events, by, at):
    body = json.dumps({**sample, "epcisBody": {"eventList": list(events)}}).encode()
    result = capture(register, body, submitter=by, at=at)
    assert result.outcome == "accepted", result.problems
    return result


def now():
    return known_at(OPERATOR_VIEWER, None)


def march(party=KESTREL, viewer=OPERATOR_VIEWER, known=None, on=ON):
    return show_return(viewer, party, "2026-03", known=known or now(), on=on)


def listed(viewer=OPERATOR_VIEWER, on=ON, **which):
    found = list_returns(viewer, known=now(), on=on, **which)["returns"]
    return {(row["party"]["id"], row["month"]): row["state"] for row in found}


def test_a_return_is_late_by_the_second_at_which_it_arrived(far_east, sample):
    take_in(far_east, sample, dug(1, "2026-03-20T04:00:00Z", 900), by=KESTREL, at=DEADLINE - timedelta(seconds=1))
    assert (march()["return"]["state"], march()["return"]["late_by_seconds"]) == ("entered_in_time", None)
    take_in(far_east, sample, dug(2, "2026-03-20T05:00:00Z", 100, "K-2"), by=KESTREL, at=DEADLINE)
    found = march()["return"]
    assert (found["state"], found["late_by_seconds"], found["late_events"]) == ("entered_late", 0, 1)
    take_in(far_east, sample, dug(3, "2026-03-20T06:00:00Z", 5, "K-3"), by=KESTREL, at=DEADLINE + timedelta(seconds=1))
    assert march()["return"]["late_by_seconds"] == 1
    (site,) = march()["return"]["sites"]
    assert (site["deadline"], site["events"]) == ("2026-04-10T16:00:00.000Z", 3)


def test_what_is_missing_is_a_gap_from_the_day_after(far_east, sample):
    assert listed(on=date(2026, 4, 10))[KESTREL, "2026-03"] == "not_due_yet"
    gaps = listed(on=date(2026, 4, 11))
    # Mine, separation, metal and recycler; a maker of magnets and a foreign maker of motors owe none by law.
    assert {party[-4:] for (party, month), state in gaps.items() if (month, state) == ("2026-03", "not_entered")} == {
        "0010", "0027", "0034", "0065"
    }  # fmt: skip
    # Nothing is owed for what fell due before the register knew the sites.
    assert {month for _, month in gaps} == {"2026-03"}


def test_the_month_is_that_of_the_sites_own_clock(far_east, sample):
    take_in(far_east, sample, dug(1, "2026-03-31T16:30:00Z", 900), by=KESTREL, at=DEADLINE - timedelta(days=3))
    assert listed()[KESTREL, "2026-03"] == "not_entered"
    assert listed(on=date(2026, 5, 2))[KESTREL, "2026-04"] == "entered_in_time"


def test_a_correction_keeps_the_first_version_and_makes_nothing_late(far_east, sample):
    early, later = DEADLINE - timedelta(days=2), DEADLINE + timedelta(days=5)
    first = take_in(far_east, sample, dug(1, "2026-03-20T04:00:00Z", 900), by=KESTREL, at=early)
    wrong = {
        **dug(1, "2026-03-20T04:00:00Z", 900),
        "errorDeclaration": {
            "declarationTime": "2026-04-15T01:00:00.000Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:uuid:00000000-0000-5000-8000-000000000002"],
        },
    }
    take_in(far_east, sample, wrong, dug(2, "2026-03-20T04:00:00Z", 800), by=KESTREL, at=later)
    for viewer in (OPERATOR_VIEWER, Viewer(KESTREL)):
        found = march(viewer=viewer)
        row = found["return"]
        assert (row["state"], row["corrections"], row["first_size"]) == ("entered_in_time", 1, first.size)
        assert row["corrected_at"] == "2026-04-15T16:00:00.000Z"
        assert [line["amount"] for line in found["totals"]] == ["800"]
        assert [line["amount"] for line in found["first_totals"]] == ["900"]
        assert march(viewer=viewer, known=known_at(viewer, first.size))["return"]["corrections"] == 0


def test_the_order_in_which_events_arrive_changes_no_figure(far_east, sample):
    whole = [dug(1, "2026-03-20T04:00:00Z", 900),
             event(2, "shipping", "2026-03-21T04:00:00Z", KESTREL, 400, disposition="in_transit",
                   **ends(KESTREL, NORRVIK))]  # fmt: skip
    for number, one in enumerate(reversed(whole)):
        take_in(far_east, sample, one, by=KESTREL, at=DEADLINE + timedelta(hours=number))
    found = march()
    assert [(line["move"], line["amount"]) for line in found["totals"]] == [("made", "900"), ("shipped", "400")]
    assert found["return"]["late_by_seconds"] == 3600


@pytest.mark.parametrize("way", ["stock-taking", "return"])
def test_a_nil_month_is_entered(far_east, sample, way):
    if way == "stock-taking":
        nothing = {"persistentDisposition": {"set": ["completeness_verified"]}}
        counted = event(1, "stock_taking", "2026-04-01T00:30:00Z", KESTREL, 0, **nothing)
        take_in(far_east, sample, counted, by=KESTREL, at=DEADLINE - timedelta(days=1))
    else:
        take_return(far_east, KESTREL, {"Opening [t]": 0, "Closing [t]": 0}, at=DEADLINE - timedelta(days=1))
    found = march()
    assert (found["return"]["state"], found["return"]["is_nil"]) == ("entered_in_time", True)
    assert march(viewer=Viewer(KESTREL))["return"]["is_nil"]


def take_return(register, party, flows, *, at):
    target = io.StringIO()
    head = {"Month": "2026-03", "Site": party[-13:], "Product": CONCENTRATE[-14:], **flows}
    sheet = csv.DictWriter(target, [*head])
    sheet.writeheader()
    sheet.writerow(head)
    document = target.getvalue().encode()
    result = capture(register, document, submitter=party, media_type=CSV_TYPE, name="march.csv", at=at)
    assert result.outcome == "accepted", result.problems


def test_a_monthly_return_is_entered_in_its_month_wherever_the_site_lies(far_east):
    flows = {"Opening [t]": 0, "Made [t]": 9, "Closing [t]": 9, "First return": "yes"}
    take_return(far_east, KESTREL, flows, at=DEADLINE - timedelta(days=1))
    found = march()
    assert found["return"]["state"] == "entered_in_time"
    assert [(line["move"], line["amount"]) for line in found["totals"]] == [("made", "9000"), ("closing", "9000")]
    assert listed(on=date(2026, 5, 20))[KESTREL, "2026-04"] == "not_entered"


# Law of other periods


@pytest.fixture
def quarters(monkeypatch):
    """The law of the sample's land with a return of each quarter from March 2026 on, due on the 20th."""
    content = content_of("sample-flow")
    row = content["flow_returns"][0]
    due = {**row["due"][0], "day": 20}
    later = {**row, "id": "XA-quarters", "every": "quarter", "due": [due], "effective": "2026-03-01"}
    content["flow_returns"][0] = row | {"until": "2026-03-01"}
    content["flow_returns"].append(later)
    monkeypatch.setattr("ytterby.shell.store.reading.flow_law.law_at", lambda *asked: with_pack(content))


def test_a_quarter_is_one_return_of_all_its_months(quarters, far_east, sample):
    for number, month in enumerate(("02", "03"), 1):
        one = dug(number, f"2026-{month}-20T04:00:00Z", 900, f"K-{number}")
        take_in(far_east, sample, one, by=KESTREL, at=DEADLINE + timedelta(days=9))
    assert listed()[KESTREL, "2026-Q1"] == "entered_in_time"
    assert (KESTREL, "2026-03") not in listed()
    found = show_return(OPERATOR_VIEWER, KESTREL, "2026-Q1", known=now(), on=ON)
    row = found["return"]
    assert (row["every"], row["due_day"], row["lines"]) == ("quarter", "2026-04-20", len(found["lines"]))
    assert [(line["move"], line["amount"], line["events"]) for line in found["totals"]] == [("made", "1800", 2)]
    assert found["return"]["sites"][0]["deadline"] == "2026-04-20T16:00:00.000Z"
    assert show_return(Viewer(KESTREL), KESTREL, "2026-Q1", known=now(), on=ON)["totals"] == found["totals"]
    with pytest.raises(KeyError):
        march()
    assert listed(on=date(2026, 4, 21))[NORRVIK, "2026-Q1"] == "not_entered"


def test_the_commands_take_a_quarter_and_say_what_is_missing(quarters, far_east):
    data = far_east.data
    gaps = run("return", "gaps", "--month", "2026-Q1", "--on", "2026-04-21", "--data", data, "--json")
    assert gaps.code == 1
    assert {(row["month"], row["every"]) for row in gaps.json["returns"]} == {("2026-Q1", "quarter")}
    shown = run("return", "show", "Norrvik", "2026-Q1", "--on", "2026-04-21", "--data", data)
    assert (shown.code, "2026-Q1: ✗ not entered; due day 2026-04-20" in shown.out) == (1, True)
    assert run("return", "show", "Norrvik", "2026-Q5", "--data", data).code == 2
    assert "2026-Q1" in run("return", "show", "Norrvik", "2026-03", "--on", "2026-04-21", "--data", data).err


def test_a_rule_of_which_nobody_knew_then_judges_no_earlier_answer(monkeypatch, far_east):
    """As known on a day, whatever day is asked about."""
    content = content_of("sample-flow")
    period = {"from": "2026-04-01", "to": "2026-04-30", "source": "notice 3", "confidence": "read"}
    content["flow_returns"][0]["suspended"] = [period | {"known_since": "2026-04-25"}]
    monkeypatch.setattr("ytterby.shell.store.reading.flow_law.law_at", lambda *asked: with_pack(content))
    assert (KESTREL, "2026-03") in listed(on=date(2026, 4, 24))
    assert (KESTREL, "2026-03") not in listed(on=date(2026, 4, 25))
    data = far_east.data
    before = run("return", "list", "--known-on", "2026-04-24", "--on", "2026-05-01", "--data", data, "--json")
    assert before.json["law_known_on"] == "2026-04-24"
    assert {row["month"] for row in before.json["returns"]} == {"2026-03", "2026-04"}
    after = run("return", "list", "--on", "2026-05-01", "--data", data, "--json")
    assert {row["month"] for row in after.json["returns"]} == {"2026-04"}


# What the other side says


@pytest.fixture
def differing(far_east, sample):
    sent = event(
        2, "shipping", "2026-03-21T04:00:00Z", KESTREL, 400, disposition="in_transit", **ends(KESTREL, NORRVIK)
    )
    came = event(3, "receiving", "2026-03-22T04:00:00Z", NORRVIK, 300, disposition="in_progress",
                 **ends(KESTREL, NORRVIK))  # fmt: skip
    take_in(far_east, sample, dug(1, "2026-03-20T04:00:00Z", 900), sent, by=KESTREL, at=DEADLINE - timedelta(days=1))
    take_in(far_east, sample, came, by=NORRVIK, at=DEADLINE - timedelta(days=1))
    return far_east


def test_what_does_not_agree_is_told_in_a_word_and_never_a_figure(differing):
    for party, theirs in ((KESTREL, "300"), (NORRVIK, "400")):
        for viewer in (OPERATOR_VIEWER, Viewer(party)):
            found = march(party, viewer)
            assert found["return"]["differing"] == 1
            assert [one["state"] for one in found["deliveries"]] == ["differs"]
        mine = json.dumps(march(party, Viewer(party)))
        assert f'"{theirs}"' not in mine
        assert theirs not in [line["amount"] for line in march(party, Viewer(party))["lines"]]


def test_a_party_reads_its_own_returns_and_nobody_elses(differing):
    assert {party for party, _ in listed(Viewer(KESTREL))} == {KESTREL}
    assert {party for party, _ in listed(Viewer(NORRVIK))} == {NORRVIK}
    assert listed(Viewer(None)) == {}
    with pytest.raises(KeyError):
        march(NORRVIK, Viewer(KESTREL))


def test_the_own_view_of_a_return_is_the_auditors(differing):
    for party in (KESTREL, NORRVIK):
        own, whole = march(party, Viewer(party)), march(party)
        assert [(r["move"], r["amount"]) for r in own["totals"]] == [(r["move"], r["amount"]) for r in whole["totals"]]
        assert {k: v for k, v in own["return"].items() if k != "party"} == {
            k: v for k, v in whole["return"].items() if k != "party"
        }


# Quotas


def give(register, tonnes, *, party=KESTREL, year=2026, kind="mining", source="letter 7", submitter=OPERATOR):
    quota = Quota(party, year, kind, Decimal(tonnes), source)
    return set_quota(register, quota, submitter=submitter, at=datetime(2026, 3, 20, tzinfo=UTC))


def mining(viewer=OPERATOR_VIEWER, known=None, **which):
    return quota_positions(viewer, known=known or now(), on=ON, **which)


def test_a_quota_is_a_record_of_the_log_and_the_latest_holds(differing):
    first = give(differing, "0.2")
    (one,) = mining(party=KESTREL)["positions"]
    assert (one["quota_t_reo"], one["source"]) == ("0.2", "letter 7")
    # 216 kg of neodymium are 251.9 kg of Nd2O3.
    assert one["produced_t_reo"] == pytest.approx(0.25194, rel=1e-4)
    assert one["is_exceeded"]
    assert give(differing, "0.2").size == first.size
    raised = give(differing, "0.5", source="letter 9")
    assert raised.size == first.size + 1
    found = mining(party=KESTREL)
    assert (found["positions"][0]["quota_t_reo"], found["findings"]) == ("0.5", [])
    (breach,) = mining(party=KESTREL, known=known_at(OPERATOR_VIEWER, first.size))["findings"]
    assert breach["size_kg"] == pytest.approx(51.94, rel=1e-3)
    assert "Kestrel Ridge Mining" in breach["text"]
    assert Registration.objects.filter(kind="quota").count() == 2
    assert verify_log(differing)["failures"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tonnes": "-1"}, "quota.amount"),
        ({"tonnes": "NaN"}, "quota.amount"),
        ({"tonnes": "1e13"}, "quota.amount"),
        ({"year": 1999}, "quota.year"),
        ({"kind": "melting"}, "quota.unknown_kind"),
        ({"party": "https://id.gs1.org/417/9520000019990"}, "quota.unknown_party"),
        ({"source": " "}, "quota.source_missing"),
        ({"submitter": KESTREL}, "quota.not_the_operator"),
    ],
)
def test_what_is_no_quota_is_not_registered(far_east, change, code):
    before = far_east.size
    result = give(far_east, **{"tonnes": "1", **change})
    assert [problem.code for problem in result.problems] == [code]
    assert (result.size, far_east.size) == (before, before)


def enter(register, act, tonnes, *, party=KESTREL, to="", reason="", source="letter 7"):
    entry = QuotaEntry(QuotaAct(act), party, 2026, "mining", Decimal(tonnes), source, to, reason)
    return enter_quota(register, entry, submitter=OPERATOR, at=datetime(2026, 3, 20, tzinfo=UTC))


def held(known=None):
    return {one["party"]["id"]: one["quota_t_reo"] for one in mining(known=known)["positions"] if one["quota_t_reo"]}


def test_a_quota_is_kept_as_a_ledger_of_the_log(differing):
    (before,) = mining(party=KESTREL)["positions"]
    assert (before["state"], before["ledger"]) == ("not_yet_allotted", [])
    first = enter(differing, "allot", "0.4")
    assert first.held == ((KESTREL, Decimal("0.4")),)
    assert enter(differing, "allot", "0.4").size == first.size
    enter(differing, "allot", "0.35", source="letter 8")
    moved = enter(differing, "transfer", "0.25", to=TAMARACK)
    assert moved.held == ((KESTREL, Decimal("0.50")), (TAMARACK, Decimal("0.25")))
    enter(differing, "cut", "0.2", reason="article 21")
    assert held() == {KESTREL: "0.30", TAMARACK: "0.25"}
    assert held(known_at(OPERATOR_VIEWER, first.size)) == {KESTREL: "0.4"}
    (after,) = mining(party=KESTREL)["positions"]
    assert after["state"] == "allotted"
    assert [(line["act"], line["t_reo"], line["index_t_reo"]) for line in after["ledger"]] == [
        ("allot", "0.4", "0.4"), ("allot", "0.35", "0.75"), ("transfer", "-0.25", "0.50"), ("cut", "-0.2", "0.30"),
    ]  # fmt: skip
    assert after["ledger"][-1]["reason"] == "article 21"
    assert after["ledger"][2]["to"]["id"] == TAMARACK
    assert verify_log(differing)["failures"] == []


def test_below_what_is_used_is_entered_and_said_and_stays_a_finding(differing):
    assert enter(differing, "allot", "0.5").problems == ()
    cut = enter(differing, "cut", "0.3", reason="article 21")
    assert [(problem.code, problem.severity.value) for problem in cut.problems] == [("quota.below_used", "remark")]
    assert held() == {KESTREL: "0.2"}
    assert [one["kind"] for one in mining(party=KESTREL)["findings"]] == ["quota.exceeded"]


def test_the_whole_book_is_asked_only_where_an_index_may_be_below_what_was_made(differing, monkeypatch):
    asked = []

    def counting(viewer, known, on):
        asked.append(viewer)
        return positions_of(viewer, known, on)

    monkeypatch.setattr("ytterby.shell.actions.set_quota.positions_of", counting)
    assert enter(differing, "allot", "0.5").problems == ()
    assert asked == []
    assert [one.code for one in enter(differing, "amend", "0.2").problems] == ["quota.below_used"]
    assert len(asked) == 1
    # What no law of a quota counts draws on none.
    assert enter(differing, "amend", "0.1", party=TAMARACK).problems[0].code == "quota.not_allotted"


def test_what_cannot_follow_is_refused_and_enters_nothing(differing):
    size = differing.size
    for result, code in (
        (enter(differing, "cut", "1", reason="article 21"), "quota.not_allotted"),
        (enter(differing, "transfer", "1", to="nobody"), "quota.unknown_party"),
        (enter(differing, "allot", "1e-19"), "quota.amount"),
    ):
        assert [problem.code for problem in result.problems] == [code]
    assert differing.size == size


def test_a_figure_after_other_entries_counts_again(differing):
    give(differing, "0.5")
    enter(differing, "allot", "0.1")
    give(differing, "0.5")
    assert held() == {KESTREL: "0.5"}
    for figure in ("0.7", "0.8", "0.7", "0.7"):
        enter(differing, "amend", figure)
    assert held() == {KESTREL: "0.7"}
    assert Registration.objects.filter(kind="quota_entry").count() == 4


def test_the_command_keeps_the_ledger(differing):
    data = differing.data
    how = ("--year", "2026", "--kind", "mining", "--source", "letter 7", "--data", data)
    early = run("quota", "show", "Kestrel", "--on", "2026-04-20", "--data", data, "--json")
    assert early.json["positions"][0]["state"] == "not_yet_allotted"
    assert run("quota", "allot", "Kestrel", "--tonnes-reo", "0.5", *how).code == 0
    moved = run("quota", "transfer", "Kestrel", "--to", "Tamarack", "--tonnes-reo", "0.3", *how, "--json")
    assert (moved.code, moved.json["quota_t_reo"], moved.json["to_quota_t_reo"]) == (0, "0.2", "0.3")
    assert [problem["code"] for problem in moved.json["problems"]] == ["quota.below_used"]
    refused = run("quota", "cut", "Kestrel", "--tonnes-reo", "1", "--reason", "article 21", *how)
    assert refused.code == 1
    assert "more than the quota, which is 0.2 t" in refused.out
    assert run("quota", "cut", "Kestrel", "--tonnes-reo", "1", *how).code == 2
    shown = run("quota", "show", "Kestrel", "--on", "2026-04-20", "--data", data)
    assert "transferred -0.3 t, 0.2 t since" in shown.out
    assert "Kestrel Ridge Mining → Tamarack Metals" in shown.out


def test_a_party_reads_its_own_quota_and_nobody_elses(differing):
    give(differing, "0.2")
    give(differing, "5", party=NORRVIK, kind="separation")
    assert [one["party"]["id"] for one in mining(Viewer(KESTREL))["positions"]] == [KESTREL]
    assert [one["party"]["id"] for one in mining(Viewer(NORRVIK))["positions"]] == [NORRVIK]
    assert mining(Viewer(TAMARACK))["positions"] == mining(Viewer(None))["positions"] == []
    own, whole = (mining(viewer, party=KESTREL)["positions"][0] for viewer in (Viewer(KESTREL), OPERATOR_VIEWER))
    assert own["produced_t_reo"] == whole["produced_t_reo"]


# The command line


def test_the_commands_say_what_is_missing_and_end_with_one_where_something_is(differing):
    data = differing.data
    gaps = run("return", "gaps", "--on", "2026-04-20", "--data", data)
    assert gaps.code == 1
    assert "✗ 2 returns are missing on 2026-04-20." in gaps.out
    none = run("return", "gaps", "--on", "2026-04-20", "--party", "Kestrel", "--data", data)
    assert (none.code, none.out) == (0, "✓ No return is missing on 2026-04-20.\n")
    shown = run("return", "show", "Norrvik", "2026-03", "--on", "2026-04-20", "--data", data)
    assert shown.code == 1
    assert "Of lot K-1, Kestrel Ridge Mining does not say the same." in shown.out
    assert "t REO" in shown.out
    listed_json = run("return", "list", "--on", "2026-04-20", "--data", data, "--json")
    assert listed_json.code == 1
    assert listed_json.json["as_of_size"] == differing.size
    chinese = run("return", "gaps", "--on", "2026-04-20", "--lang", "zh", "--data", data)
    assert "截至 2026-04-20 有 2 份报表未录入。" in chinese.out
    unknown = run("return", "show", "Norrvik", "2031-03", "--data", data)
    assert unknown.code == 2
    stranger = run("return", "list", "--viewer", "Lumen", "--on", "2026-04-20", "--data", data, "--json")
    assert (stranger.code, stranger.json["returns"]) == (0, [])


def test_the_command_sets_a_quota_and_shows_a_breach(differing):
    data = differing.data
    how = ("--year", "2026", "--kind", "mining", "--source", "letter 7", "--data", data)
    assert run("quota", "set", "Kestrel", "--tonnes-reo", "0.2", *how).code == 0
    shown = run("quota", "show", "Kestrel", "--on", "2026-04-20", "--data", data)
    assert shown.code == 1
    assert "✗ 1 quota is exceeded." in shown.out
    assert "(mining)" in shown.out
    assert run("quota", "show", "Kestrel", "--known-at", "20", "--data", data).code == 0
    raised = run("quota", "set", "Kestrel", "--tonnes-reo", "9", *how, "--json")
    assert (raised.code, raised.json["accepted"], raised.json["quota_t_reo"]) == (0, True, "9")
    kept = run("quota", "show", "--on", "2026-04-20", "--lang", "zh", "--data", data)
    assert (kept.code, "没有超出指标。" in kept.out) == (0, True)
    assert run("quota", "set", "Kestrel", "--tonnes-reo", "x", *how).code == 2
    assert run("quota", "set", "Kestrel", "--tonnes-reo", "1", *how[:3], "melting", *how[4:]).code == 1
