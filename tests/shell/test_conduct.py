"""Conduct in the register: the sample chain under the packaged rules, lists of the named, who reads it, words, log."""

import json
from datetime import UTC, datetime

import pytest

from shell.cli.conftest import run
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

KESTREL, NORRVIK, TAMARACK = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27", "34"))
NORRVIK_WORKS = NORRVIK.replace("/417/", "/414/")
AT = datetime(2026, 9, 1, tzinfo=UTC)


def lists(mining=(KESTREL,), separation=(NORRVIK,), **more):
    """Return a file of the two lists that the packaged rules ask for."""
    rows = [
        {"id": f"list-{name}", "name": name, "country": "CN", "parties": list(parties), "source": "notice 1", **more}
        for name, parties in (("mining", mining), ("separation", separation))
    ]
    return json.dumps({"lists": rows})


@pytest.fixture
def at_home(empty_register, sample):
    """The sample chain in the country whose rules are packaged, without lists of the named."""
    text = packaged_text("shell.site", "sample_directory.yaml").replace("country: XA", "country: CN")
    assert not import_directory(empty_register, text, at=datetime(2026, 8, 15, tzinfo=UTC)).problems
    assert capture(empty_register, json.dumps(sample).encode(), submitter=OPERATOR, at=AT).outcome == "accepted"
    return empty_register


def conduct(viewer=OPERATOR_VIEWER, language="en"):
    found = list_findings(viewer, known=known_at(viewer, None), language=language)["findings"]
    return [one for one in found if one["kind"].startswith("conduct.")]


def test_the_sample_chain_offends_no_rule_once_its_enterprises_are_named(at_home):
    assert not import_directory(at_home, lists(), at=AT).problems
    assert conduct() == []


def test_without_lists_there_are_questions_and_no_breach(at_home):
    found = conduct()
    assert {one["kind"] for one in found} == {"conduct.question"}
    assert {one["facts"]["missing"] for one in found} == {"named_mining", "named_separation"}


def test_who_is_not_named_is_found_and_so_is_who_deals_in_the_goods(at_home):
    assert not import_directory(at_home, lists(separation=()), at=AT).problems
    found = {one["facts"]["rule"]: one for one in conduct()}
    assert set(found) == {"CN-O785.8-separation", "CN-O785.13"}
    made, dealt = found["CN-O785.8-separation"], found["CN-O785.13"]
    assert made["parties"] == [[NORRVIK]]
    assert "Norrvik works" in made["text"]
    assert "the rare earth administration regulations (Order 785), article 8" in made["text"]
    assert made["facts"]["known"] == "2026-09-01"
    assert made["events"]
    assert dealt["parties"] == [[TAMARACK], [NORRVIK]]
    (chinese,) = [one for one in conduct(language="zh") if one["facts"]["rule"] == "CN-O785.8-separation"]
    assert "《稀土管理条例》（国务院令第785号）第八条" in chinese["text"]
    assert (chinese["id"], chinese["state"]) == (made["id"], "open")


def test_a_list_counts_from_the_log_size_at_which_it_was_entered(at_home):
    before = known_at(OPERATOR_VIEWER, None)
    assert not import_directory(at_home, lists(), at=AT).problems
    kinds = [one["kind"] for one in list_findings(OPERATOR_VIEWER, known=before)["findings"]]
    assert "conduct.question" in kinds
    assert conduct() == []


def test_a_list_that_ended_speaks_of_no_later_day(at_home):
    ended = lists(start="START", end="END").replace('"START"', "2020-01-01").replace('"END"', "2021-01-01")
    assert not import_directory(at_home, ended, at=AT).problems
    assert {one["kind"] for one in conduct()} == {"conduct.question"}


def test_a_party_is_told_nothing_of_it(at_home):
    assert not import_directory(at_home, lists(separation=()), at=AT).problems
    assert conduct(Viewer(TAMARACK)) == []
    assert conduct(Viewer(NORRVIK)) == []


def test_lists_are_sound_records_of_the_log(at_home):
    result = import_directory(at_home, lists(), at=AT)
    assert (result.lists, result.problems) == (2, ())
    assert verify_log(at_home)["failures"] == []


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"parties": "all"}, "/lists/0/parties", "enrolment.not_a_list"),
        ({"parties": [""]}, "/lists/0/parties/0/party", "enrolment.missing"),
        ({"source": ""}, "/lists/0/source", "enrolment.missing"),
        ({"country": None}, "/lists/0/country", "enrolment.missing"),
        ({"name": "two words"}, "/lists/0/name", "enrolment.list_name"),
        ({"colour": "red"}, "/lists/0/colour", "enrolment.unknown_field"),
        ({"start": "soon"}, "/lists/0/start", "enrolment.not_a_day"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_place(register, change, where, code):
    row = {"id": "l", "name": "mining", "country": "CN", "parties": [KESTREL], "source": "notice 1"} | change
    found = import_directory(register, json.dumps({"lists": [row]}), at=AT)
    assert [(one.where.pointer, one.code) for one in found.problems] == [(where, code)]
    assert found.lists == 0


def test_the_command_takes_lists_and_lists_conduct(at_home, tmp_path):
    file = tmp_path / "lists.json"
    file.write_text(lists(separation=()), encoding="utf-8")
    taken = run("party", "import", str(file), "--data", str(at_home.data))
    assert "2 lists of named enterprises" in taken.out
    told = run("balance", "findings", "--data", str(at_home.data))
    assert "leaves to the named" in " ".join(told.out.split())
