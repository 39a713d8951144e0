"""What cases leave for others to find: no kilogram is reserved twice, and the tables follow the log (I15, P6)."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from shell.offered import (
    AT,
    KESTREL,
    LUMEN,
    MAGNETS,
    OFFICE,
    ORIEL,
    SWARF,
    application,
    desk,
    event,
    queries_of,
    submitted,
)
from ytterby.licence.application import Line, PartyOnCase
from ytterby.licence.case_mark import mark_of
from ytterby.licence.evidence import evidence_digest, evidence_fields
from ytterby.licence.licence import Licence, LicenceLine
from ytterby.licence.step import Approve, DecideAutomatically, Gather, Issue, LineDecision, Propose
from ytterby.shell.actions.doctor.case_marks import unsound_case_marks
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.site.packs import door_tables
from ytterby.shell.site.register import open_register
from ytterby.shell.store.case_marks import (
    asked_elsewhere,
    case_mark,
    mark_fields,
    mark_rows,
    other_claims,
    precedents_of,
    reservation_problems,
    write_case_mark,
)
from ytterby.shell.store.cases import event_record
from ytterby.shell.store.licence_ledger import NewEntry, add_entry
from ytterby.shell.store.licences import enter_licence, licence_record
from ytterby.shell.store.models import LicenceLineRow, LicenceRow, LotReservation
from ytterby.shell.store.reading.case_evidence import gather_evidence
from ytterby.shell.store.reading.case_lots import OfferedLots
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import register_documents

TABLE = transition_table("individual")
D = Decimal


def magnets(quantity, *lots, line=1, unit="KGM"):
    return Line(line, "magnets", quantity, unit, lots=lots or (MAGNETS,))


def held(*lots):
    return OfferedLots(OPERATOR_VIEWER, desk().known, lots or (MAGNETS,), ORIEL).held()


def with_evidence(number, one, state="review", *more):
    found = gather_evidence(OFFICE, desk(), number, one)
    return submitted(number, one, state, Gather(evidence_fields(found), evidence_digest(found)), *more)


def draft(case, outcome="granted", quantity="900"):
    gathered = case.gathered[1]
    lines = (LineDecision(1, quantity, "KGM"),) if outcome == "granted" else ()
    told = {"evidence": gathered.digest, "packs": gathered.evidence["packs"], "conditions": ("report_use",)}
    return Propose(outcome=outcome, lines=lines, **told)


def decided(number, outcome="granted", quantity="900", state="granted", one=None, more=()):
    case = with_evidence(number, one or application())
    proposed = case.after(event(4, draft(case, outcome, quantity)), "proposed")
    case = proposed.after(event(5, Approve(proposed.draft_digest, 1, {})), state)
    for step in more:
        case = case.after(event(case.version + 1, step), state)
    return case


def others(case="C-9", holder=ORIEL, lots=(MAGNETS,), **rest):
    return [(one.id, one.amount) for one in other_claims(case, holder, lots, **rest)]


@pytest.mark.parametrize(
    ("state", "reserves"),
    [
        *((one, True) for one in ("submitted", "supplement", "pre_check", "review", "proposed", "appeal")),
        *((one, False) for one in ("draft", "returned", "withdrawn", "refused", "closed", "not_accepted")),
        ("no_licence", False),
    ],
)
def test_a_case_reserves_while_it_may_still_be_granted(offered, state, reserves):
    mark = case_mark(submitted("C-1", application(), state), TABLE)
    assert bool(mark.claims) is reserves
    assert mark.holder == (ORIEL if reserves else "")


def test_every_kind_but_those_that_let_goods_out_reserves_nothing(offered):
    for kind in ("amendment", "classification", "consultation", "post_shipment_check", "general_registration"):
        case = msgspec.structs.replace(submitted("C-1", application()).events[0].step, kind=kind)
        begun = submitted("C-1", application(), "review")
        other = type(begun)(begun.number, kind, "review", (begun.events[0].__class__(
            1, "2025-06-24T08:00:00Z", "a", ORIEL, "applicant", case),))  # fmt: skip
        assert mark_of(other, "review", door_tables().units).claims == ()


def test_the_rows_follow_the_case(offered):
    first = submitted("C-1", application())
    write_case_mark(first, TABLE)
    assert others() == [("C-1#1", D(900))]
    less = submitted("C-1", application(magnets("300")))
    write_case_mark(less, TABLE)
    assert others() == [("C-1#1", D(300))]
    assert mark_rows("C-1") == mark_fields(case_mark(less, TABLE))
    write_case_mark(submitted("C-1", application(), "withdrawn"), TABLE)
    assert (others(), mark_rows("C-1")) == ([], {})


def test_a_step_that_changes_nothing_writes_nothing(offered):
    case = submitted("C-1", application())
    write_case_mark(case, TABLE)
    assert queries_of(lambda: write_case_mark(case, TABLE)) == 1


def test_a_decision_reserves_what_was_decided_and_no_more(offered):
    write_case_mark(decided("C-1", quantity="400"), TABLE)
    assert others() == [("C-1#1", D(400))]
    refused = decided("C-2", "refused", state="refused")
    write_case_mark(refused, TABLE)
    assert others() == [("C-1#1", D(400))]


def issued(number="C-1", licence="XA-1", quantity="400"):
    return decided(number, quantity=quantity, state="issued", more=[Issue(licence, {})])


def licensed(number="XA-1", quantity="400"):
    """Enter the licence of the case, as its record does."""
    line = LicenceLine("L1", "", "magnets", quantity, "KGM")
    one = Licence(
        number=number, version=1, case="C-1", decision="d", procedure="CN-procedure", kind="individual", holder=ORIEL,
        country="XA", destination="XB", valid_from="2025-07-01", valid_to="2025-12-31", lines=(line,),
    )  # fmt: skip
    register_documents([licence_record(one)], "operator", AT, after=lambda first: enter_licence(one, first))
    return LicenceLineRow.objects.get(number=number)


def enter(row, **change):
    millionths = {name: amount * 1_000_000 for name, amount in change.items()}
    asked = sum(millionths.values())
    add_entry(row, NewEntry(99, "entry", "D-1", 1, row.entries, "", asked, "KGM", "ok", **millionths))


def test_a_licence_reserves_what_its_ledger_has_left(offered):
    write_case_mark(issued(), TABLE)
    assert others() == [("C-1#1", D(400))]
    row = licensed()
    assert others() == [("C-1#1", D(400))]
    enter(row, reserved=150)
    assert others() == [("C-1#1", D(250))]
    enter(row, drawn=150)
    assert others() == [("C-1#1", D(100))]
    # An amendment of the licence is not held against the licence itself.
    assert others(licence="XA-1") == []


@pytest.mark.parametrize("status", ["revoked", "expired", "surrendered", "exhausted"])
def test_a_licence_that_has_ended_reserves_nothing(offered, status):
    write_case_mark(issued(), TABLE)
    licensed()
    LicenceRow.objects.update(status="suspended")
    assert others() == [("C-1#1", D(400))]
    LicenceRow.objects.update(status=status)
    assert others() == []


def test_the_last_kilogram_is_reserved_once(offered):
    """60,000 magnets weigh 2,700 kg."""
    assert held()[MAGNETS].left_kg == 2700
    for number in ("C-1", "C-2", "C-3"):
        case = submitted(number, application())
        assert reservation_problems(case, TABLE, held()) == []
        write_case_mark(case, TABLE)
    (problem,) = reservation_problems(submitted("C-4", application(magnets("0.001"))), TABLE, held())
    assert (problem.code, dict(problem.facts)) == ("case.lots_taken", {"asked": "0.001", "available": "0"})
    # What is freed can be had again.
    write_case_mark(submitted("C-2", application(), "withdrawn"), TABLE)
    assert reservation_problems(submitted("C-4", application(magnets("900"))), TABLE, held()) == []


def test_a_case_is_not_held_against_itself(offered):
    case = submitted("C-1", application(magnets("2700")))
    write_case_mark(case, TABLE)
    assert reservation_problems(case, TABLE, held()) == []


def test_two_lines_of_a_case_share_what_there_is(offered):
    case = submitted("C-1", application(magnets("1400"), magnets("1400", line=2)))
    assert [one.code for one in reservation_problems(case, TABLE, held())] == ["case.lots_taken"] * 2


def test_pieces_and_kilograms_are_held_against_each_other(offered):
    write_case_mark(submitted("C-1", application(magnets("40000", unit="H87"))), TABLE)
    assert reservation_problems(submitted("C-2", application(magnets("900"))), TABLE, held()) == []
    (problem,) = reservation_problems(submitted("C-2", application(magnets("900.001"))), TABLE, held())
    assert problem.facts["available"] == "900"


def test_a_stranger_cannot_reserve_what_it_does_not_hold(offered):
    """Who offers another's lot reserves nothing of it: the holder's own applications go on."""
    thief = submitted("C-1", msgspec.structs.replace(application(), parties=_of(LUMEN)))
    (problem,) = reservation_problems(thief, TABLE, {})
    assert problem.facts["available"] == "0"
    write_case_mark(thief, TABLE)
    assert others() == []
    assert reservation_problems(submitted("C-2", application(magnets("2700"))), TABLE, held()) == []


def _of(exporter):
    return (PartyOnCase("exporter", exporter), PartyOnCase("end_user", LUMEN))


def test_whoever_came_in_between_with_another_lot_is_not_overlooked(offered):
    write_case_mark(submitted("C-1", application(magnets("2700", MAGNETS, SWARF))), TABLE)
    # The swarf was not looked up before the lock: it gives nothing, so the magnets are taken.
    (problem,) = reservation_problems(submitted("C-2", application(magnets("1"))), TABLE, held())
    assert problem.code == "case.lots_taken"
    assert reservation_problems(submitted("C-2", application(magnets("1"))), TABLE, held(MAGNETS, SWARF)) == []


def test_what_end_users_are_to_get_is_added_up_over_all_suppliers(offered):
    write_case_mark(with_evidence("C-1", application()), TABLE)
    write_case_mark(with_evidence("C-2", application(magnets("100"))), TABLE)
    found = asked_elsewhere("C-3", [LUMEN])
    assert found[LUMEN, ""] == 1000
    assert asked_elsewhere("C-1", [LUMEN])[LUMEN, ""] == 100
    assert asked_elsewhere("C-3", [ORIEL]) == {}


def test_a_decided_case_is_found_by_those_like_it(offered):
    through = (PartyOnCase("exporter", KESTREL), PartyOnCase("end_user", LUMEN))
    stated = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 23, "Pr": 6, "Dy": 1.3}}
    line = msgspec.structs.replace(magnets("900"), goods=stated)
    asked = msgspec.structs.replace(application(line), parties=through)
    earlier = decided("C-1", "refused", state="refused", one=asked)
    write_case_mark(earlier, TABLE)
    (one,) = precedents_of(case_mark(earlier, TABLE).precedent.asked)
    assert one == case_mark(earlier, TABLE).precedent
    assert (one.outcome, one.decided, one.exporter, one.conditions) == (
        "refused",
        "2025-06-24",
        KESTREL,
        ("report_use",),
    )
    later = gather_evidence(OFFICE, desk(AT.replace(day=30)), "C-2", application())
    assert [(row.case, row.outcome, row.alike) for row in later.precedents.found] == [
        ("C-1", "refused", ("end_user", "composition", "use"))
    ]
    # A refusal of the same end user through another exporter raises the flag for it (R4).
    (flags,) = later.flags.end_users
    assert next(flag.grade for flag in flags.flags if flag.id == "R4") == "strong"


def test_what_is_not_decided_is_no_precedent(offered):
    for case in (submitted("C-1", application()), with_evidence("C-1", application())):
        assert case_mark(case, TABLE).precedent is None
    automatic = with_evidence("C-1", application())
    step = DecideAutomatically(
        outcome="granted", lines=(LineDecision(1, "900", "KGM"),), evidence="", packs={}, tier="G"
    )
    assert case_mark(automatic.after(event(4, step), "granted"), TABLE).precedent.outcome == "granted"


RACE = """
import json, os, sys, time, traceback
from pathlib import Path
sys.path.insert(0, sys.argv[4])
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from ytterby.shell.site.register import open_register
folder, data, writers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

class Taken(Exception):
    pass

def reserve(number, register):
    from shell.test_case_marks import TABLE, AT, application, held, magnets, submitted
    from ytterby.shell.store.case_marks import reservation_problems, write_case_mark
    from ytterby.shell.store.registering import Registrable, register_documents
    case, got = submitted(f"C-{number}", application(magnets("2700"))), held()

    def check():
        if reservation_problems(case, TABLE, got):
            raise Taken

    (folder / f"ready-{number}").write_text("")
    while len(list(folder.glob("ready-*"))) < writers:
        time.sleep(0.01)
    try:
        record = Registrable("case_event", case.number, {"id": case.number, "version": 2})
        register_documents([record], "operator", AT, check=check, after=lambda first: write_case_mark(case, TABLE))
    except Taken:
        return "taken"
    return "reserved"

def child(number):
    pid = os.fork()
    if pid:
        return pid
    try:
        told = reserve(number, open_register(data))
    except BaseException:
        told = traceback.format_exc()
    (folder / f"told-{number}.json").write_text(json.dumps(told))
    os._exit(0)

for pid in [child(number) for number in range(writers)]:
    os.waitpid(pid, 0)
"""


def test_of_processes_that_reserve_the_last_kilogram_one_wins(told_chain, tmp_path):
    writers, folder = 2, tmp_path / "race"
    folder.mkdir()
    tests = Path(__file__).resolve().parents[1]
    arguments = [str(folder), str(told_chain.data), str(writers), str(tests)]
    subprocess.run([sys.executable, "-c", RACE, *arguments], check=True, timeout=120)
    got = sorted(json.loads((folder / f"told-{number}.json").read_text()) for number in range(writers))
    assert got == ["reserved", *["taken"] * (writers - 1)]
    open_register(told_chain.data)
    assert LotReservation.objects.count() == 1


def recorded(case, states):
    """Enter the records of a case with the rows that follow from it."""
    records = [event_record(case, one, state, "demo") for one, state in zip(case.events, states, strict=True)]
    register_documents(records, "operator", AT, after=lambda first: write_case_mark(case, TABLE))


def unsound():
    return [(one.where, one.what) for one in unsound_case_marks()]


def test_the_doctor_holds_the_tables_against_the_cases(offered):
    """Threat O3: a reservation that somebody wrote, changed or took away is named."""
    recorded(submitted("C-1", application()), ("draft", "submitted"))
    assert unsound() == []
    LotReservation.objects.update(amount="1")
    assert [where for where, _ in unsound()] == ["C-1"]
    LotReservation.objects.update(amount="900")
    assert unsound() == []
    LotReservation.objects.all().delete()
    assert [where for where, _ in unsound()] == ["C-1"]


def test_the_doctor_names_what_no_case_left(offered):
    write_case_mark(submitted("C-9", application()), TABLE)
    assert unsound() == [("C-9", "the tables hold what no case left")]
