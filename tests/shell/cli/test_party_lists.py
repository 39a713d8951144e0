"""`ytterby party lists …` as its user types it."""

import json

import pytest

from screening.listed_files import ALL
from shell.listing import house
from ytterby.shell.cli.command import main


@pytest.fixture
def folder(empty_register, tmp_path):
    for name, numbers in (("whole", range(1, 51)), ("small", range(1, 41)), ("nameless", range(1, 51))):
        file = house(*numbers, nameless=(3,) if name == "nameless" else ())
        (tmp_path / f"{name}.csv").write_bytes(file.raw)
    (tmp_path / "mofcom.csv").write_bytes(ALL["mofcom-csv"][0].raw)
    return tmp_path


@pytest.fixture
def say(folder, empty_register, capsys):
    def run(*words):
        words = [str(folder / word) if word.endswith(".csv") else word for word in words]
        code = main(["party", "lists", *words, "--data", str(empty_register.data)])
        return code, capsys.readouterr().out

    return run


def test_from_an_import_to_a_release(say):
    code, out = say("show")
    assert (code, "Nobody can be cleared" in out) == (1, True)
    code, out = say("import", "whole.csv", "--list", "own-house")
    assert (code, "own-house is in force: 50 entries with 50 names." in out) == (0, True)
    code, out = say("import", "small.csv", "--list", "own-house")
    assert (code, "takes many entries off" in out, "party lists release" in out) == (1, True, True)
    code, out = say("show", "own-house")
    assert (code, "waits for a release" in out) == (1, True)
    code, out = say("diff", "own-house")
    assert (code, "From 50 to 40 entries: 0 added, 0 changed, 10 gone." in out) == (0, True)
    record = json.loads(say("show", "own-house", "--json")[1])["held"]
    assert say("release", record[:12], "--reason", "notice 7", "--delist", "50")[0] == 2
    code, out = say("release", record[:12], "--reason", "notice 7", "--delist", "50=act 9")
    assert (code, "9 vanished entries of own-house are screened still" in out) == (0, True)
    code, out = say("release", record[:12], "--reason", "notice 7")
    assert (code, "Nothing was released." in out) == (1, True)
    assert say("delist", "own-house", "49", "--act", "act 10")[0] == 0
    code, out = say("show", "own-house")
    assert ("8 entries vanished" in out, "Example Works 48" in out, "Example Works 49" in out) == (True, True, False)


def test_an_answer_in_json_has_the_keys_of_its_page(say):
    answer = json.loads(say("import", "nameless.csv", "--list", "own-house", "--json")[1])
    assert (answer["state"], answer["holds"]) == ("held", ["findings"])
    (problem,) = answer["problems"]
    assert (problem["code"], problem["where"]["file"], problem["where"]["row"]) == ("list.no_name", "nameless.csv", 4)
    assert answer["entries"] == 49
    found = json.loads(say("show", "--json")[1])
    assert set(found["keeps_from_checking"]) == {
        "cn-export-control",
        "cn-watch",
        "cn-unreliable",
        "un-consolidated",
    }
    assert {"list", "standing", "required", "age_hours", "held"} <= set(found["lists"][0])


def test_a_problem_stands_at_its_line_and_the_import_says_why_it_waits(say):
    code, out = say("import", "nameless.csv", "--list", "own-house")
    assert (code, "nameless.csv:4: The entry 3 has no name." in out) == (1, True)
    code, out = say("import", "mofcom.csv", "--list", "cn-watch")
    assert (code, "its importer never ran on a real file" in out) == (1, True)
    code, out = say("show", "cn-watch", "--lang", "zh")
    assert (code, "待放行" in out) == (1, True)


def test_what_cannot_be_meant(say):
    code, out = say("import", "whole.csv", "--list", "nobody")
    assert (code, "No list is called nobody." in out) == (1, True)
    assert say("import", "whole.csv", "--list", "own-house", "--format", "x")[0] == 1
    assert say("import", "no-such-file.csv", "--list", "own-house")[0] == 3
    assert say("show", "own-nothing")[0] == 2
    assert say("diff", "own-nothing")[0] == 2
    assert say("import", "whole.csv", "--list", "own-house", "--published", "soon")[0] == 2


def test_a_party_is_shown_nothing(say, empty_register):
    """Threat A5: to a viewer that does not screen no list exists."""
    from ytterby.shell.actions.enrol import import_directory

    party = "https://party.example/1"
    import_directory(empty_register, f"parties: [{{id: '{party}', name: Somebody}}]")
    say("import", "whole.csv", "--list", "own-house")
    assert json.loads(say("show", "--json", "--viewer", party)[1])["lists"] == []
    assert say("show", "own-house", "--viewer", party)[0] == 2
    assert say("diff", "own-house", "--viewer", party)[0] == 2
