"""`law sign` and `--trusted-key`: what was signed loads; what was changed, slipped in or left out does not."""

import shutil
import stat
from pathlib import Path

import pytest

from shell.cli.conftest import run
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.proof.note import sign_note
from ytterby.shell.site.law_packs import read_folder
from ytterby.shell.site.law_signature import statement

TERRA = Path(__file__).resolve().parents[2] / "law" / "packs" / "terra"
ASK = ("law", "applies", "TERRA-hulls", "--on", "2026-06-01", "--fact", "hull=none")


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(TERRA, tmp_path / "terra"))


@pytest.fixture
def key(folder):
    """Sign the folder with a new key and return its file."""
    path = folder.parent / "terra.key"
    found = run("law", "sign", folder, "--key", path, "--new-key", "terra-trade", "--json")
    assert found.code == 0, found.err
    assert found.json["signer"] == "terra-trade"
    assert [pack["id"] for pack in found.json["packs"]] == ["terra-dossier", "terra-list", "terra-procedure"]
    return path


def public(key):
    return key.with_name(key.name + ".pub")


def ask(folder, key):
    return run(*ASK, "--packs", folder, "--trusted-key", public(key))


def test_what_was_signed_loads_and_the_key_is_its_owners_alone(folder, key):
    assert ask(folder, key).code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "PRIVATE" not in public(key).read_text(encoding="utf-8")
    assert (folder / "packs.sig").read_text(encoding="utf-8").startswith("ytterby/packs/v1\nsequence 1 2")


def test_layout_and_comments_of_a_pack_do_not_count(folder, key):
    path = folder / "terra-list.yaml"
    path.write_text("# read by the office\n" + path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert ask(folder, key).code == 0


def changed(folder):
    path = folder / "terra-list.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("'0.5'", "'50'"), encoding="utf-8")


def slipped_in(folder):
    text = (TERRA.parent / "group" / "group-register.yaml").read_text(encoding="utf-8")
    (folder / "also.yaml").write_text(text, encoding="utf-8")


def left_out(folder):
    (folder / "terra-dossier.yaml").unlink()


def moved_days(folder):
    rows = {"years": "Terra,2026,by_rule,nobody,read\n", "days": "Terra,2026-12-25,holiday,none,nobody,read\n"}
    for name, row in rows.items():
        with (folder / "calendars" / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(row)


def unsigned(folder):
    (folder / "packs.sig").unlink()


def spoilt(folder):
    path = folder / "packs.sig"
    path.write_text(path.read_text(encoding="utf-8").replace("terra-list", "terra-lost"), encoding="utf-8")


def garbled(folder):
    (folder / "packs.sig").write_bytes(b"\xff\xfe no note")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (changed, "pack terra-list is not what terra-trade signed"),
        (slipped_in, "pack group-register is not what"),
        (left_out, "pack terra-dossier is not what"),
        (moved_days, "calendars days is not what"),
        (unsigned, "bears no signature"),
        (spoilt, "does not hold for terra-trade"),
        (garbled, "does not hold for terra-trade"),
    ],
)
def test_what_is_not_what_was_signed_is_refused_with_a_cure(folder, key, harm, said):
    harm(folder)
    found = ask(folder, key)
    assert found.code == 3
    assert said in found.out
    assert "ytterby law sign" in found.out or "Get the folder anew" in found.out
    due = ("law", "due", "--calendar", "Terra", "--from", "2026-12-21", "--days", "9", "--packs", folder)
    assert run(*due, "--trusted-key", public(key)).code == 3
    # Signed anew, what it holds now is what was signed.
    if harm is not unsigned:
        assert run("law", "sign", folder, "--key", key).code == 0
        assert run("law", "show", "--packs", folder, "--trusted-key", public(key)).code == 0


def test_an_older_set_is_still_signed_and_is_refused_where_a_later_one_is_asked_for(folder, key, tmp_path):
    """Whoever sends last year's law, which was rightly signed, sends no law of this year."""
    old = Path(shutil.copytree(folder, tmp_path / "old"))
    changed(folder)
    again = run("law", "sign", folder, "--key", key, "--json")
    assert (again.json["sequence"], len(again.json["day"])) == (2, 10)
    assert ask(old, key).code == ask(folder, key).code == 0
    at_least = ("--trusted-key", public(key), "--not-before", "2")
    assert run(*ASK, "--packs", folder, *at_least).code == 0
    refused = run(*ASK, "--packs", old, *at_least)
    assert refused.code == 3
    assert "is set 1 (" in refused.out
    due = ("law", "due", "--calendar", "Terra", "--from", "2026-12-21", "--days", "9")
    assert run(*due, "--packs", old, *at_least).code == 3
    assert run(*due, "--packs", folder, *at_least).code == 0
    assert run("law", "sign", folder, "--key", key, "--sequence", "9", "--json").json["sequence"] == 9


def test_the_number_of_a_set_cannot_be_written_over_and_one_without_is_older_than_any(folder, key):
    path = folder / "packs.sig"
    text = path.read_text(encoding="utf-8")
    for line in ("sequence 7 2026-11-24", "sequence 1 2026-13-01", "sequence 1"):
        lines = text.splitlines(keepends=True)
        path.write_text("".join([lines[0], line + "\n", *lines[2:]]), encoding="utf-8")
        assert ask(folder, key).code == 3
    # As it was signed before sets had numbers.
    own = PrivateKey.parse(key.read_text(encoding="utf-8"))
    packs, _ = read_folder(folder)
    path.write_text(sign_note(statement(folder, packs, None), own, use=KeyUse.PACK), encoding="utf-8")
    assert ask(folder, key).code == 0
    assert run(*ASK, "--packs", folder, "--trusted-key", public(key), "--not-before", "0").code == 3


def test_the_number_of_a_set_rises(folder, key):
    assert run("law", "sign", folder, "--key", key, "--sequence", "1").code == 2
    assert run("law", "sign", folder, "--key", key, "--sequence", "1000000000").code == 2
    assert run("law", "sign", folder, "--key", key, "--sequence", "x").code == 2
    assert run(*ASK, "--packs", folder, "--not-before", "1").code == 2
    shown = run("law", "sign", folder, "--key", key)
    assert "Set 2 of 20" in shown.out
    assert "--not-before 2" in shown.out


def test_a_key_of_somebody_else_is_not_trusted_even_of_the_same_name(folder, key):
    other = PrivateKey.from_seed(KeyUse.PACK, "terra-trade", bytes(32))
    public(key).write_text(other.public.text(), encoding="utf-8")
    assert ask(folder, key).code == 3
    # Any of several trusted keys is enough.
    own = PrivateKey.parse(key.read_text(encoding="utf-8"))
    public(key).write_text(f"{other.public.text()}\n{own.public.text()}\n", encoding="utf-8")
    assert ask(folder, key).code == 0


def test_a_key_of_another_use_signs_no_packs_and_vouches_for_none(folder, key):
    log = PrivateKey.from_seed(KeyUse.LOG, "log", bytes(32))
    key.write_text(log.text(), encoding="utf-8")
    found = run("law", "sign", folder, "--key", key)
    assert found.code == 3
    assert "a key for log, not for pack" in found.err
    public(key).write_text(log.public.text(), encoding="utf-8")
    assert ask(folder, key).code == 3


def test_wrong_use_says_what_to_do(folder, key, tmp_path):
    assert run("law", "sign", folder, "--key", key, "--new-key", "again").code == 2
    assert run("law", "sign", folder, "--key", tmp_path / "none").code == 3
    assert run("law", "sign", folder).code == 2
    assert run("law", "sign", tmp_path / "nowhere", "--key", key).code == 3
    assert run("law", "sign", folder / "tests", "--key", key).code == 3  # what is there is no pack
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "nothing to sign" in run("law", "sign", empty, "--key", key).err
    assert run(*ASK, "--trusted-key", public(key)).code == 2
    public(key).write_text("", encoding="utf-8")
    assert ask(folder, key).code == 3


def test_without_a_trusted_key_a_signature_is_not_asked_for(folder, key):
    spoilt(folder)
    assert run(*ASK, "--packs", folder).code == 0


def test_what_is_signed_is_said_in_both_languages(folder, key):
    found = run("law", "sign", folder, "--key", key)
    assert found.out.startswith("✓ 3 packs signed by terra-trade:")
    assert "YTTERBY-KEY+pack+ed25519+terra-trade+" in found.out
    assert "--trusted-key" in found.out
    assert run("law", "sign", folder, "--key", key, "--lang", "zh").out.startswith("✓ terra-trade 已签署 3 个规则包")
