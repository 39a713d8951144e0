"""`ytterby party owners`: from files and from a register, in words and as JSON."""

import pytest

from shell.cli.conftest import DIRECTORY, run

HEAD = "owner,owned,lo,hi,on,source\n"
STAKES = HEAD + (
    "Harbour Holding,Delta Magnet,20,20,2026-03-01,annual report\n"
    "River Group,Delta Magnet,30,30,2026-03-01,annual report\n"
    "free float,Delta Magnet,50,50,2026-03-01,annual report\nDelta Magnet,Delta Drives,50,50,2026-04-01,register\n"
    "free float,Delta Drives,50,50,2026-04-01,register\nHarbour Holding,Quiet Works,10,45,2026-04-01,letter\n"
    "free float,Sister Magnet,100,100,2026-04-01,register\n"
)
LISTED = "party,list,since\nHarbour Holding,us-ofac-sdn,2025-01-09\nRiver Group,us-ofac-sdn,2025-01-09\n"
ON = ("--on", "2026-05-01")


@pytest.fixture
def files(tmp_path):
    (tmp_path / "stakes.csv").write_text(STAKES)
    (tmp_path / "listed.csv").write_text(LISTED)
    return tmp_path


def owners(files, *more):
    return run("party", "owners", files / "stakes.csv", "--listed", files / "listed.csv", *ON, *more)


def test_a_subsidiary_of_twenty_and_thirty_percent_is_captured_and_its_own_after_it(files):
    told = owners(files, "--json")
    assert told.code == 1
    rows = {one["party"]: one for one in told.json["parties"]}
    assert {name: rows[name]["verdict"] for name in ("Delta Magnet", "Delta Drives", "Quiet Works")} == {
        "Delta Magnet": "captured", "Delta Drives": "captured", "Quiet Works": "possible",
    }  # fmt: skip
    assert "Sister Magnet" not in rows
    assert [link["owner"] for link in rows["Delta Drives"]["chain"]] == [
        "Delta Magnet",
        "River Group",
        "Harbour Holding",
    ]
    assert rows["Quiet Works"]["undeclared_percent"] == "90"
    assert all(rule["source"] for rule in told.json["rules"])


def test_the_answer_is_said_in_plain_words_in_both_languages(files):
    said = owners(files).out
    assert "Delta Drives is captured (US-OFAC-50): listed or captured owners hold at least 50 %." in said
    assert "River Group (listed) holds 30 % of Delta Magnet (2026-03-01, annual report)" in said
    assert "90 % may be held by owners whom nobody declared" in said
    assert "no rule counts it" in said
    assert "因所有权受限" in owners(files, "--lang", "zh").out


def test_one_party_alone_and_a_clear_answer(files):
    clear = owners(files, "--party", "Sister Magnet")
    assert clear.code == 0
    assert "Sister Magnet is clear" in clear.out
    assert owners(files, "--party", "Nobody").code == 2


def test_one_rule_alone_and_an_earlier_day(files):
    assert owners(files, "--rules", "UK-ownership", "--party", "Delta Drives").code == 0
    wrong = owners(files, "--rules", "XX-1")
    assert (wrong.code, "US-OFAC-50" in wrong.err) == (2, True)


def test_statements_that_are_wrong_are_told_and_nothing_is_worked_out(files):
    (files / "stakes.csv").write_text(HEAD + "A,P,120,,2026-01-01,s\nA,P,60,50,2026-01-01,s\n")
    told = owners(files, "--json")
    assert told.code == 1
    assert [one["where"]["pointer"] for one in told.json["problems"]] == ["/2/lo", "/3/hi"]
    assert "Nothing was worked out" in owners(files).out


def test_listed_parties_that_no_stake_names_are_a_remark(files):
    (files / "listed.csv").write_text("party,list\nElsewhere Ltd,us-ofac-sdn\n")
    told = owners(files, "--party", "Sister Magnet")
    assert "as Elsewhere Ltd" in told.out


OWNERS = """
owners:
  - {owner: "https://owner.example/1", owned: PARTY, lo: 51, hi: 51, on: 2026-01-01, source: share register}
  - {owner: "https://owner.example/2", owned: PARTY, lo: 49, on: 2026-01-01, source: share register}
""".replace("PARTY", "'https://id.gs1.org/417/9520000010027'")


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    assert run("register", "make", folder, "--origin", "log.example.org").code == 0
    assert run("party", "import", DIRECTORY, "--data", folder).code == 0
    (tmp_path / "owners.yaml").write_text(OWNERS)
    (tmp_path / "listed.csv").write_text("party,list\nhttps://owner.example/1,us-ofac-sdn\n")
    return folder


def test_a_register_keeps_owners_and_answers_from_them(data, tmp_path):
    took = run("party", "import", tmp_path / "owners.yaml", "--data", data, "--json")
    assert (took.code, took.json["owners"]) == (0, 2), took.json
    ask = ("party", "owners", "--listed", tmp_path / "listed.csv", "--on", "2026-05-01", "--data", data, "--json")
    told = run(*ask)
    assert told.code == 1
    captured = [one["party"] for one in told.json["parties"] if one["verdict"] == "captured"]
    assert captured == ["https://id.gs1.org/417/9520000010027"]
    # Who is owned by whom is read by officers, and of itself by the party.
    assert run(*ask, "--viewer", "9520000010027").json["counts"]["captured"] == 1
    assert run(*ask, "--viewer", "9520000010010").json["counts"]["captured"] == 0
    assert run("log", "verify", "--data", data).code == 0


@pytest.mark.parametrize(
    ("owned", "lo", "code"),
    [
        ("https://id.gs1.org/417/9520000010027", "101", "ownership.over_whole"),
        ("https://nobody.example/7", "10", "enrolment.unknown_owned"),
        ("https://owner.example/1", "10", "ownership.itself"),
        ("no identifier", "10", None),
    ],
)
def test_owners_that_are_wrong_leave_everything_as_it_was(data, tmp_path, owned, lo, code):
    row = f"{{owner: 'https://owner.example/1', owned: '{owned}', lo: {lo}, on: 2026-01-01, source: s}}"
    (tmp_path / "owners.yaml").write_text(f"owners: [{row}]")
    took = run("party", "import", tmp_path / "owners.yaml", "--data", data, "--json")
    assert took.code == 1
    if code:
        assert code in {one["code"] for one in took.json["problems"]}


def test_stakes_that_together_come_to_more_than_the_whole_are_refused(data, tmp_path):
    assert run("party", "import", tmp_path / "owners.yaml", "--data", data).code == 0
    more = OWNERS.replace("owner.example/1", "owner.example/3")
    (tmp_path / "more.yaml").write_text(more)
    took = run("party", "import", tmp_path / "more.yaml", "--data", data, "--json")
    assert [one["code"] for one in took.json["problems"]] == ["ownership.sum_over_whole"]


def test_statements_of_later_days_do_not_count_and_that_is_said(files):
    told = run(
        "party", "owners", files / "stakes.csv", "--listed", files / "listed.csv", "--on", "2026-03-15", "--json"
    )
    assert [(one["code"], one["text"].split()[0]) for one in told.json["problems"]] == [("ownership.later", "4")]
    assert told.json["counts"]["captured"] == 1


def test_a_disputed_answer_asks_nobody_who_the_rest_is_where_there_is_none(files):
    (files / "listed.csv").write_text("party,list\nHarbour Holding,cn-export-control\nRiver Group,cn-export-control\n")
    told = run("party", "owners", files / "stakes.csv", "--listed", files / "listed.csv", "--on", "2026-11-26")
    line = next(one for one in told.out.splitlines() if one.startswith("Delta Magnet is possible"))
    assert "Who are they" not in line
    assert "Disputed: readings of the rule differ." in told.out
