"""`ytterby party screen|rescreen|alerts|opinion|check|sample` as their user types them, from a list to a clearance."""

import json

import pytest

from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.cli.command import main

LISTED = "https://id.gs1.org/417/9520000020019"
PARTIES = f"parties: [{{id: '{LISTED}', name: Kestrel Velda Metall, country: SE}}]"
ROWS = """id,schema,name,country
1,Organization,Kestrel Velda Metall GmbH,DE
2,Organization,宁波奥里尔稀土永磁有限公司,CN
3,Person,Александр Иванович Петрухин,RU
"""


@pytest.fixture
def say(empty_register, tmp_path, capsys):
    assert not import_directory(empty_register, PARTIES).problems
    (tmp_path / "own.csv").write_text(ROWS, encoding="utf-8")

    def run(*words):
        words = [str(tmp_path / word) if word.endswith(".csv") else word for word in words]
        code = main(["party", *words, "--data", str(empty_register.data)])
        found = capsys.readouterr()
        return code, found.out, found.err

    return run


@pytest.fixture
def listed(say):
    code, out, _ = say("lists", "import", "own.csv", "--list", "own-house", "--json")
    assert (code, json.loads(out)["rescreened"]) == (0, None)
    return say


def test_without_lists_nobody_is_compared_and_the_way_is_told(say):
    code, out, err = say("screen", "Anybody")
    assert code == 2
    assert "party lists import" in out + err


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("KESTREL VELDA METALL", "1"),
        ("Ningbo Aolier Rare Earth Permanent Magnet Co., Ltd.", "2"),
        ("Ningbo Tianhe Rare Earth Permanent Magnet Co., Ltd.", ""),
        ("宁波奥里尔稀土永磁", "2"),
        ("寧波奧里爾稀土永磁有限公司", "2"),
        ("Aleksandr Petrukhin", "3"),
        ("Nordhamn Fiskeri AB", ""),
    ],
)
def test_a_name_is_screened_against_what_stands_whatever_its_spelling(listed, name, entry):
    code, out, _ = listed("screen", name, "--json")
    answer = json.loads(out)
    alerts = [one["target"] for one in answer["candidates"] if one["band"] == "alert"]
    if entry:
        assert (code, alerts) == (1, [f"own-house {entry}"])
    else:
        assert alerts == []
    assert set(answer["pins"]) == {"index", "rarity", "tables", "rules", "scorer", "thresholds"}


def test_in_words_it_names_what_stands_for_what_and_what_nobody_is_cleared_by(listed):
    code, out, err = listed("screen", "Kestrel Velda Metall")
    assert code == 1
    assert "Alert, 1.000: Kestrel Velda Metall GmbH (own-house 1)" in out
    assert "velda stands in both names" in out
    assert "required lists are missing or too old" in out + err


def test_from_a_run_to_a_clearance_and_a_change_of_the_list(listed, tmp_path):
    assert listed("alerts")[0] == 0
    code, out, _ = listed("rescreen")
    assert (code, "hits: 1" in out) == (0, True)
    code, out, _ = listed("alerts", "--json")
    (alert,) = json.loads(out)["alerts"]
    assert (code, alert["party"], alert["outcome"], alert["entry"]) == (1, LISTED, "open", "1")
    number = alert["number"][:8]
    code, out, _ = listed("alerts", number)
    assert "The countries differ, which clears nobody." in out
    said = ["--reason", "other_name", "--text", "another brand", "--until", "2999-01-01"]
    code, out, _ = listed("opinion", number, "no_match", *said, "--person", "a")
    assert (code, "holds until a day" in out) == (1, True)
    said[-1] = _in_a_month()
    assert listed("opinion", number, "no_match", *said, "--person", "a")[0] == 0
    assert "you see them once you have given yours" in listed("alerts", number, "--person", "b")[1]
    code, out, _ = listed("opinion", number, "no_match", *said, "--person", "b")
    assert (code, "cleared" in out) == (0, True)
    assert listed("alerts")[0] == 0
    code, out, _ = listed("check", "Kestrel", "--json")
    answer = json.loads(out)
    assert (code, answer["answer"], len(answer["suppressed"])) == (1, "not_checked", 1)
    (tmp_path / "own.csv").write_text(ROWS + "4,Organization,Kestrel Velda Metall Nord AB,SE\n", encoding="utf-8")
    code, out, _ = listed("lists", "import", "own.csv", "--list", "own-house", "--json")
    answer = json.loads(out)
    if answer["state"] == "held":
        code, out, _ = listed("lists", "release", answer["record"], "--reason", "looked at", "--json")
        answer = json.loads(out)
    assert answer["rescreened"]["by_difference"] >= 1
    assert "(own-house 4)" in listed("check", "Kestrel")[1]


def _in_a_month() -> str:
    from datetime import timedelta

    from ytterby.shell.actions.clock import now

    return (now() + timedelta(days=30)).date().isoformat()


SUBSIDIARY = """
parties:
  - {id: "https://party.example/river", name: River Rare Metals Group Ltd}
  - {id: "https://party.example/harbour", name: Harbour Holding Nord AG}
  - {id: "https://party.example/free", name: Ostrava Investments}
  - {id: "https://party.example/subsidiary", name: Nordhamn Components AB, name_zh: 诺德港部件}
owners:
  - {owner: "https://party.example/river", owned: "https://party.example/subsidiary", lo: 20, hi: 20, on: 2026-01-01,
     source: register of firms}
  - {owner: "https://party.example/harbour", owned: "https://party.example/subsidiary", lo: 30, hi: 30, on: 2026-01-01,
     source: register of firms}
  - {owner: "https://party.example/free", owned: "https://party.example/subsidiary", lo: 50, hi: 50, on: 2026-01-01,
     source: register of firms}
"""


def test_a_subsidiary_of_two_listed_owners_is_captured_though_no_list_names_it(say, empty_register, tmp_path):
    assert not import_directory(empty_register, SUBSIDIARY).problems
    sdn = tmp_path / "sdn.csv"
    none = "-0- ," * 7 + "-0- "
    rows = ("RIVER RARE METALS GROUP LTD", "HARBOUR HOLDING NORD AG")
    lines = [f'{number},"{name}",-0- ,"EXAMPLE",{none}\r\n' for number, name in enumerate(rows, 1)]
    sdn.write_text("".join(lines), encoding="utf-8")
    code, out, err = say("lists", "import", "sdn.csv", "--list", "us-ofac-sdn", "--published", "2026-10-01", "--json")
    assert out, err
    answer = json.loads(out)
    if answer["state"] == "held":
        assert say("lists", "release", answer["record"], "--reason", "looked at")[0] == 0
    for name in ("Nordhamn Components AB", "诺德港部件"):
        code, out, _ = say("screen", name, "--json")
        answer = json.loads(out)
        assert (code, [one for one in answer["candidates"] if one["band"] == "alert"]) == (1, [])
        assert answer["ownership"]["verdict"] == "captured"
        assert {link["owner"].rpartition("/")[2] for link in answer["ownership"]["chain"]} == {"river", "harbour"}
    _, out, _ = say("screen", "Nordhamn Components AB")
    assert "captured" in out
    assert "50 %" in out
    assert say("screen", "Ostrava Investments")[0] == 0


def test_a_sample_waits_for_the_end_of_the_month(listed):
    from ytterby.shell.actions.clock import now

    code, out, _ = listed("sample", now().date().isoformat()[:7])
    assert (code, "is not over" in out) == (1, True)
    code, out, _ = listed("sample", "2025-01")
    assert (code, "0 of 0" in out) == (0, True)


def test_who_does_not_screen_learns_of_nothing(listed):
    listed("rescreen")
    for words in (["alerts"], ["check", "Kestrel"], ["screen", "Kestrel"]):
        code, out, err = listed(*words, "--viewer", "Kestrel")
        assert code == 2
        assert "own-house" not in out + err
