import sqlite3

from shell.cli.conftest import run


def spoil(data, statement):
    with sqlite3.connect(data / "register.sqlite3") as database:
        database.execute(statement)
    database.close()


def test_a_sound_register_is_said_to_be_sound(ask):
    found = ask("register", "doctor")
    assert (found.code, found.err) == (0, "")
    assert "The register is sound" in found.out
    answer = ask("register", "doctor", "--json").json
    assert set(answer) == {"sound", "checked", "unsound", "as_of_size"}
    assert (answer["sound"], answer["unsound"]) == (True, [])
    assert {"log.no_gaps", "submission.receipts", "rights.visible", "book.conservation"} <= set(answer["checked"])


def test_what_is_unsound_is_named_with_where_and_a_cure_and_ends_with_one(copied):
    spoil(copied, "UPDATE store_visible SET why = 63 WHERE event_id = (SELECT min(event_id) FROM store_visible)")
    found = run("register", "doctor", "--data", copied)
    assert found.code == 1
    assert "rights.visible" in found.out
    assert "Cure:" in found.out
    answer = run("register", "doctor", "--data", copied, "--json").json
    (row,) = answer["unsound"]
    assert set(row) == {"invariant", "where", "what", "text", "cure"}
    assert row["where"].startswith("log entry ")
    assert "处理：" in run("register", "doctor", "--data", copied, "--lang", "zh").out


def test_a_sample_states_its_seed_and_the_same_seed_may_be_asked_for(ask):
    first = ask("register", "doctor", "--sample", "3", "--json").json
    (line,) = (line for line in first["checked"] if "sample of 3 lots, seed " in line)
    seed = line.split("seed ")[1].split(",")[0]
    again = ask("register", "doctor", "--sample", "3", "--seed", seed, "--json").json
    assert again["checked"] == first["checked"]
    assert ask("register", "doctor", "--full", "--sample", "3").code == 2


def test_where_no_register_is_it_cannot_run(tmp_path):
    assert run("register", "doctor", "--data", tmp_path / "none").code == 3
