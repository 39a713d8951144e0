import json
import shutil
import sqlite3

import pytest

from shell.cli.conftest import run

EXPORT = "urn:uuid:73a1896b-d0b5-544e-8f54-593f0f831de4"


def test_the_checkpoint_is_signed_and_names_its_size(ask):
    found = ask("log", "checkpoint")
    assert found.code == 0
    origin, size, root, empty, signature = found.out.rstrip("\n").split("\n")
    assert origin.split("/")[0].endswith(".invalid")
    assert int(size) == ask("lot", "list", "--json").json["as_of_size"]
    assert (empty, signature[:2]) == ("", "— ")
    answer = ask("log", "checkpoint", "--json").json
    assert (answer["checkpoint"], answer["root"]) == (found.out, root)


def test_an_event_is_proved_and_the_proof_can_be_checked_alone(ask, tmp_path):
    path = tmp_path / "proof.json"
    found = ask("log", "prove", EXPORT, "--out", path)
    assert found.code == 0
    assert "is entry" in found.out
    from ytterby.proof.event_proof import EventProof, verify_event_proof
    from ytterby.shell.site.register import current_register

    register = current_register()
    proof = EventProof.from_json(json.loads(path.read_text()))
    assert verify_event_proof(proof, register.origin, [register.log_key.public]) is None
    by_number = ask("log", "prove", str(proof.index), "--json").json
    assert by_number["digest"] == proof.digest.hex()
    assert set(by_number) >= {"index", "salt", "digest", "proof", "checkpoint", "as_of_size"}


@pytest.mark.parametrize("event", ["urn:uuid:none", "999999", "0"])
def test_what_is_not_in_the_log_is_wrong_use(ask, event):
    found = ask("log", "prove", event)
    assert found.code == 2
    assert event in found.err


def test_an_untouched_log_verifies(ask):
    found = ask("log", "verify")
    assert found.code == 0
    assert "entries verified." in found.out
    answer = ask("log", "verify", "--json").json
    assert set(answer) >= {"ok", "size", "root", "witnessed", "failures", "as_of_size"}
    assert (answer["ok"], answer["failures"]) == (True, [])


def test_one_flipped_byte_of_a_stored_document_is_found_and_named(copied):
    with sqlite3.connect(copied / "register.sqlite3") as database:
        (table,) = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%submission'"
        ).fetchone()
        number, document = database.execute(f"SELECT id, document FROM {table} ORDER BY id LIMIT 1").fetchone()
        spoilt = bytearray(document)
        spoilt[len(spoilt) // 2] ^= 1
        database.execute(f"UPDATE {table} SET document = ? WHERE id = ?", (bytes(spoilt), number))
    database.close()
    found = run("log", "verify", "--data", copied)
    assert found.code == 1
    assert "do not agree" in found.out
    answer = run("log", "verify", "--data", copied, "--json").json
    assert answer["ok"] is False
    assert "the document of receipt" in answer["failures"][0]["what"]
    assert set(answer["failures"][0]) == {"index", "what"}


def test_keys_of_another_register_are_refused(copied, tmp_path):
    assert run("register", "make", tmp_path / "other", "--origin", "log.example.org").code == 0
    found = run("log", "verify", "--data", copied, "--keys", tmp_path / "other-keys")
    assert found.code == 3
    assert "do not belong together" in found.err


def test_a_database_of_another_register_is_refused(copied, tmp_path):
    other = tmp_path / "other"
    assert run("register", "make", other, "--origin", "log.example.org").code == 0
    for path in copied.glob("register.sqlite3*"):
        path.unlink()
    shutil.copy(other / "register.sqlite3", copied / "register.sqlite3")
    found = run("lot", "list", "--data", copied)
    assert found.code == 3
    assert "do not belong together" in found.err
