"""Law of nobody: a land with other rules, and a company without licences. Both are data alone; no code knows of them.

Terra counts calendar days, lets three bodies veto, licenses many shipments up to a value over four years, checks no
completeness, and has returns each quarter and no quota. The group grants nothing: its suppliers declare, and it serves
some uses not.
"""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from shell.cli.conftest import run
from ytterby.balance.flow_return import Duties, State, flow_returns
from ytterby.balance.quota import quota_rules_of
from ytterby.balance.reported import Reported
from ytterby.balance.return_rule import return_rules_of
from ytterby.chain.party import Operation, Site, make_directory
from ytterby.law.book import make_book
from ytterby.law.calendar import Counting
from ytterby.law.clock import ClockEvent, Happening, read_clock
from ytterby.law.due import DueKind
from ytterby.law.law_sentence import judge_sentence
from ytterby.law.span import Span
from ytterby.shell.cli.law_test import in_all_languages
from ytterby.shell.site.calendars import zone_of
from ytterby.shell.site.law_packs import calendars_beside, law_of, packaged_law, packaged_packs, read_folder
from ytterby.shell.site.law_sentences import read_sentence_files

FOLDERS = Path(__file__).parent / "packs"
NAMES = ("terra", "group")


@pytest.fixture(params=NAMES)
def folder(request):
    return FOLDERS / request.param


@pytest.fixture
def terra():
    book, problems = law_of(FOLDERS / "terra")
    assert problems == []
    return book


def test_its_sentences_hold(folder):
    book, problems = law_of(folder)
    assert problems == []
    known, _ = calendars_beside(folder)
    (file,) = read_sentence_files(folder / "tests")
    assert file.problems == ()
    verdicts = [judge_sentence(one, book, known, in_all_languages) for one in file.sentences]
    assert [(one.sentence.name, one.differences, one.problems) for one in verdicts if not one.holds] == []
    assert {one.sentence.kind for one in verdicts} == {"given", "rule", "calendar", "return"}


def test_no_code_and_no_packaged_file_knows_of_it(folder):
    packs, _ = read_folder(folder)
    names = {name for pack in packs for name in (*pack.rules, *pack.items, *pack.facts, *pack.flow_returns)}
    names |= {pack.procedure.id for pack in packs if pack.procedure} | {"Terra", "TRC", "HOUSE"}
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, names - {"supplier", "hull"}))) + r")\b")
    room = Path(str(files("ytterby")))
    told = [path for path in room.rglob("*") if path.suffix in {".py", ".yaml", ".csv"}]
    assert [str(path) for path in told if pattern.search(path.read_text(encoding="utf-8"))] == []
    assert not names & {*packaged_law().rules, *packaged_law().items}


def test_it_loads_alone_without_any_packaged_law_of_a_country(folder):
    """Only what all groups share goes with it."""
    shared = [pack for pack in packaged_packs() if pack.group == "shared"]
    packs, problems = read_folder(folder)
    book, more = make_book([*shared, *packs])
    assert problems == more == []
    assert {pack.group for pack in book.packs.values()} == {"shared", packs[0].group}


def test_it_changes_no_answer_about_other_law(folder):
    """Asked by its own group, every packaged rule answers as without it."""
    book, _ = law_of(folder)
    for group in ("cn", "us", "eu"):
        assert list(book.of_group(group).packs) == list(packaged_law().of_group(group).packs)


def test_terra_has_three_vetoes_and_no_phase_of_completeness(terra):
    procedure = terra.procedures["TERRA-procedure"]
    assert [one.id for one in procedure.bodies.values() if one.has_veto] == ["trade", "mines", "orbit"]
    assert next(iter(procedure.states)) == "before_three"
    assert {one.by for one in procedure.steps.values() if one.target == "vetoed"} == {"trade", "mines", "orbit"}


def test_terra_licenses_many_shipments_up_to_a_value_over_four_years(terra):
    (kind,) = terra.procedures["TERRA-procedure"].licence_kinds.values()
    assert (kind.end_users, kind.exports, kind.valid_most) == ("several", "several", Span(4, "year"))
    worth = kind.ceilings[0]
    assert (worth.measure, worth.per, worth.value, worth.unit) == ("value", "licence", Decimal("25000000.00"), "TRC")


def test_terra_owes_returns_each_quarter(terra):
    (owed,) = terra.procedures["TERRA-procedure"].returns.values()
    assert (owed.every, owed.due_day, owed.due_month) == ("quarter", 20, 1)
    own = terra.of_group("terra")
    rules = return_rules_of(own, date(2026, 6, 1))
    mine = Site("pit", "pit", "mine", "XT", (Operation("digger"),))
    of = Duties(rules, make_directory([], [mine]), {"pit": date(2026, 2, 1)}, lambda _: UTC)
    found = flow_returns(Reported((), ()), [], [], of, date(2026, 8, 1))
    assert [(str(one.period), str(one.due_day), one.state) for one in found] == [
        ("2026-Q1", "2026-04-20", State.MISSING), ("2026-Q2", "2026-07-31", State.MISSING),
    ]  # fmt: skip


def test_neither_has_a_quota_and_the_group_no_returns(folder):
    book, _ = law_of(folder)
    own = book.of_group({"terra": "terra", "group": "house"}[folder.name])
    assert dict(own.quotas) == {}
    assert quota_rules_of(own, date(2026, 6, 1), 0.9).kinds == ()
    assert (list(own.flow_returns) == []) == (folder.name == "group")
    assert list(book.quotas) == list(packaged_law().quotas)


def test_the_clock_of_terra_counts_every_day_and_the_first(terra):
    rule, calendar = terra.clock_rules["TERRA-decision"], calendars_beside(FOLDERS / "terra")[0]["Terra"]
    assert calendar.counting is Counting.CALENDAR_DAYS
    # 24 December 2026, noon in its zone, which is 13 hours ahead.
    accepted = ClockEvent(Happening.ACCEPTED, datetime(2026, 12, 23, 23, tzinfo=UTC))
    asked = {"rule": rule, "calendar": calendar, "zone": zone_of(rule.zone)}
    clock = read_clock([accepted], as_of=datetime(2027, 1, 2, 12, tzinfo=UTC), **asked)
    # Days 24 December to 2 January end at 17:00: ten of them.
    assert (clock.day, str(clock.due), clock.due_kind) == (10, "2027-03-23", DueKind.FIRM)
    storm = ClockEvent(Happening.STOP, datetime(2026, 12, 28, 0, tzinfo=UTC), reason="storm")
    senate = ClockEvent(Happening.NO_LIMIT, datetime(2026, 12, 29, 0, tzinfo=UTC), reason="senate")
    asked["as_of"] = datetime(2027, 1, 2, 12, tzinfo=UTC)
    assert read_clock([accepted, storm], **asked).due is None
    assert read_clock([accepted, senate], **asked).due_kind is DueKind.NO_LIMIT
    # What stops a clock elsewhere stops none here.
    visit = ClockEvent(Happening.STOP, datetime(2026, 12, 28, 0, tzinfo=UTC), reason="expert_opinion")
    assert read_clock([accepted, visit], **asked).day == 10


def test_the_group_has_no_licences_and_asks_its_suppliers():
    book, problems = law_of(FOLDERS / "group")
    assert problems == []
    procedure = book.procedures["HOUSE-procedure"]
    assert (dict(procedure.licence_kinds), dict(procedure.returns)) == ({}, {})
    assert procedure.steps["declare"].documents == ("declaration",)
    assert procedure.steps["declare"].by == "supplier"


def test_every_command_of_law_takes_it(folder, tmp_path):
    goods = tmp_path / "goods.json"
    goods.write_text(json.dumps({"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 29}}), encoding="utf-8")
    group = {"terra": "terra", "group": "house"}[folder.name]
    answer = {"terra": "controlled", "group": "not_controlled"}[folder.name]
    with_packs = ("--packs", folder)
    found = run("law", "classify", goods, "--on", "2026-06-01", "--pack", group, "--json", *with_packs)
    assert (found.code, found.json["answer"]) == (0, answer)
    rule = {"terra": "TERRA-export", "group": "HOUSE-uses"}[folder.name]
    facts = {"terra": ("--fact", "item=T-7.a", "--fact", "hull=none"), "group": ("--fact", "use=landmine")}[folder.name]
    found = run("law", "applies", rule, "--on", "2026-06-01", *facts, *with_packs)
    assert (found.code, found.out.split()[0]) == (0, {"terra": "programme", "group": "forbidden"}[folder.name])
    assert run("law", "test", folder / "tests", *with_packs).code == 0
    assert run("law", "show", "TERRA-procedure" if group == "terra" else "HOUSE-procedure", *with_packs).code == 0
    calendar = {"terra": "Terra", "group": "EU-TARGET"}[folder.name]
    found = run("law", "due", "--calendar", calendar, "--from", "2026-12-21", "--days", "10", *with_packs)
    assert (found.code, found.out[:10]) == (0, {"terra": "2026-12-31", "group": "2027-01-06"}[folder.name])


def test_items_of_a_group_that_cannot_be_judged_alone_are_refused():
    packs, _ = read_folder(FOLDERS / "terra")
    content = [pack for pack in packaged_packs() if pack.id != "facts"]
    problems = make_book([*content, *packs])[1]
    assert ("pack.unknown_reference", "terra-list#/items") in {(one.code, one.where.pointer) for one in problems}


def test_a_bad_calendar_beside_packs_is_refused_and_says_where(tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "years.csv").write_text("calendar,year\n", encoding="utf-8")
    (tmp_path / "calendars" / "days.csv").write_text("calendar,date,kind,name,source,confidence\n", encoding="utf-8")
    found = run("law", "due", "--calendar", "CN", "--from", "2026-12-21", "--days", "10", "--packs", tmp_path)
    assert found.code == 1
    assert "years.csv" in found.out
    assert run("law", "show", "--packs", tmp_path).code == 3
    (tmp_path / "calendars" / "years.csv").unlink()
    assert run("law", "show", "--packs", tmp_path).code == 3
    none = tmp_path / "none"
    assert run("law", "due", "--calendar", "CN", "--from", "2026-12-21", "--days", "10", "--packs", none).code == 3
