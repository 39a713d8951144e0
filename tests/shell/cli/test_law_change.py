"""`law propose|activate|withdraw|settle|changes` from the keyboard, and questions of law asked of a register."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from law.law_case import content_of
from shell.cli.conftest import DIRECTORY, run
from ytterby.shell.cli.texts import all_texts

DISPUTE = "CN-70-extension"
SHARE = ("--fact", "value_share=0.02", "--fact", "value_share_u=0.001", "--fact", "produced_in=DE")


class Clock:
    """A clock that a test sets forward, never before the day on which the last reading was held."""

    def __init__(self):
        self.ahead = timedelta(0)

    def now(self):
        return max(datetime.now(UTC), datetime(2026, 12, 1, tzinfo=UTC)) + self.ahead

    def after(self, **span):
        return (self.now() + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    for module in ("ytterby.shell.actions.change_law", "ytterby.shell.cli.law_book"):
        monkeypatch.setattr(f"{module}.now", clock.now)
    return clock


@pytest.fixture
def real(tmp_path, clock):
    """Return how to ask a register that is no demo, with two accounts whose keys lie beside it."""
    data = tmp_path / "data"
    assert run("register", "make", data, "--origin", "log.example.org/x").code == 0
    assert run("party", "import", DIRECTORY, "--data", data).code == 0
    for name in ("ann", "bo"):
        assert run("party", "account", name, "--out", tmp_path / f"{name}.key", "--data", data).code == 0
    return lambda *argv: run("law", *argv, "--data", data)


@pytest.fixture
def by(tmp_path):
    return {name: ("--by", tmp_path / f"{name}.key") for name in ("ann", "bo")}


def folder_of(tmp_path, to="2027-06-30", name="new", **changes):
    """Write a folder with one pack that knows more."""
    content = {**content_of("cn-57-61-62"), **changes}
    content["knows"] = {**content["knows"], "to": to}
    folder = tmp_path / name
    folder.mkdir()
    (folder / "pack.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def test_two_keys_change_the_law_and_every_question_follows_from_the_instant_on(real, by, clock, tmp_path):
    """Threat D5."""
    folder, start = folder_of(tmp_path), clock.after(days=2)
    made = real("propose", folder, "--from", start, "--reason", "Announcement 71", *by["ann"])
    assert (made.code, "once another person has confirmed it" in made.out) == (0, True)
    number = real("changes", "--json").json["proposals"][0]["id"][:12]
    assert f"next: ytterby law activate {number}" in made.out
    assert real("activate", number, *by["ann"]).code == 1
    done = real("activate", number, *by["bo"])
    assert (done.code, "Nothing undoes it: going back is a new pack." in done.out) == (0, True), done.out
    clock.ahead = timedelta(days=3)
    assert "2027-06-30" in real("show", "cn-57-61-62").out
    assert "2027-06-30" not in real("show", "cn-57-61-62", "--known-at", 1).out
    # Packs of a folder are asked as they are, whatever the register goes by.
    (tmp_path / "none").mkdir()
    assert "2027-06-30" not in real("show", "cn-57-61-62", "--packs", tmp_path / "none").out
    listed = real("changes").out
    assert "cn-57-61-62: the pack, knows until: 2026-11-24 → 2027-06-30" in listed
    assert "reason: Announcement 71" in listed
    changed = real("diff", "packaged", "register")
    assert (changed.code, changed.out) == (1, "~ cn-57-61-62 / knows / to: 2026-11-24 → 2027-06-30\n")
    assert real("diff", "register", number).code == 0
    assert real("diff", "cn-57-61-62", folder / "pack.yaml").code == 0
    refused = real("withdraw", number, *by["ann"])
    assert (refused.code, "nothing undoes that" in refused.out) == (1, True)
    assert real("show", "--json").json["packs"][0]["digest"]


def test_classify_applies_and_due_go_by_the_register(real, by, clock, tmp_path):
    goods = tmp_path / "goods.json"
    goods.write_text(json.dumps({"form": "oxide", "formula": "Ho2O3"}))
    before = real("classify", goods, "--on", "2026-11-20", "--json").json
    assert before["answer"] == "disputed"
    asked = ("applies", "CN-61.1", "--on", "2026-12-31", *SHARE, "--json")
    assert real(*asked).json["answer"] == "disputed"
    settled = real("settle", DISPUTE, "extended", "--source", "notice 1", *by["ann"])
    assert (settled.code, f"next: ytterby law show {DISPUTE}" in settled.out) == (0, True), settled.out
    after = real("classify", goods, "--on", "2026-11-20", "--json").json
    assert (after["answer"], after["settled_by"]) == ("not_controlled", [])
    assert real(*asked).json["answer"] == "no"
    yesterday = (clock.now() - timedelta(days=1)).date()
    assert real(*asked, "--known-on", yesterday).json["answer"] == "disputed"
    assert "notice 1" in real("show", DISPUTE).out
    assert "settled on extended" in real("changes").out
    # Sentences about packs are asked by what the packs know, whatever was settled since.
    assert real("test", "packaged").code == 0


def test_calendars_of_a_folder_are_counted_by(real, by, clock, pytestconfig):
    folder, start = pytestconfig.rootpath / "tests/law/packs/terra", clock.after(days=2)
    asked = ("due", "--calendar", "Terra", "--from", "2026-11-24", "--days", "45")
    assert real(*asked).code == 2
    assert real("propose", folder, "--from", start, *by["ann"]).code == 0
    number = real("changes", "--json").json["proposals"][0]["id"]
    assert real("activate", number, *by["bo"]).code == 0
    clock.ahead = timedelta(days=3)
    assert real(*asked).code == 0
    assert real("test", folder / "tests").code == 0
    assert "tables of calendars: calendars, days, years" in real("changes").out


def test_a_bad_pack_is_refused_with_file_place_and_cure(real, by, clock, tmp_path):
    folder = folder_of(tmp_path, group=3)
    refused = real("propose", folder, "--from", clock.after(days=30), *by["ann"])
    assert (refused.code, "pack.yaml /group" in refused.out) == (3, True)
    second = folder_of(tmp_path, name="second", id="zz-second")
    refused = real("propose", second, "--from", clock.after(days=30), *by["ann"])
    assert refused.code == 1
    assert f"{second}: zz-second /rules: " in refused.out
    assert "Nothing was entered." in refused.out
    told = real("propose", second, "--from", clock.after(days=30), *by["ann"], "--json").json
    assert {one["code"] for one in told["problems"]} == {"pack.in_two_packs"}
    assert all(one["cure"] for one in told["problems"])
    assert real("changes", "--json").json["proposals"] == []


def test_what_was_typed_and_cannot_be_meant_is_said(real, by, clock, tmp_path):
    folder = folder_of(tmp_path)
    file = folder / "pack.yaml"
    key = tmp_path / "trade.key"
    assert run("law", "sign", folder, "--key", key, "--new-key", "trade").code == 0
    public = tmp_path / "trade.key.pub"
    for words, code in (
        ((folder, "--from", "tomorrow"), 2),
        ((folder, file, "--from", clock.after(days=30)), 2),
        ((file, "--from", clock.after(days=30), "--trusted-key", public), 2),
        ((file, file, "--from", clock.after(days=30)), 3),
        ((tmp_path / "nothing", "--from", clock.after(days=30)), 3),
        ((folder, "--from", "2020-01-01T00:00:00Z"), 1),
        ((folder, "--from", clock.after(days=30)), 1),
    ):
        key_of = by["ann"] if code != 1 or "2020" in words[-1] else ()
        answer = real("propose", *words, *key_of)
        assert answer.code == code, (words, answer)
        assert answer.out + answer.err
    assert real("show", "--packs", folder, "--known-at", 1).code == 2
    due = ("due", "--calendar", "CN", "--from", "2026-11-24", "--days", "1")
    assert real(*due, "--calendars", folder, "--known-at", 1).code == 2
    # Signed by the key that is trusted it is taken; changed after it was signed it is not.
    assert real("propose", folder, "--from", clock.after(days=30), "--trusted-key", public, *by["ann"]).code == 0
    file.write_text(file.read_text().replace("2027-06-30", "2027-07-01"))
    refused = real("propose", folder, "--from", clock.after(days=30), "--trusted-key", public, *by["ann"])
    assert (refused.code, "packs.sig" in refused.out) == (3, True)


def test_a_register_that_is_not_there_is_said_and_without_one_the_packaged_packs_answer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    missing = run("law", "show", "--data", tmp_path / "nowhere")
    assert (missing.code, "register make" in missing.err) == (3, True)
    assert run("law", "show").code == 0
    assert run("law", "changes").code == 3
    # One that lies where commands look for it is gone by; asked as known before it was made, it cannot say more.
    made = run("register", "make", tmp_path / "ytterby-data", "--origin", "log.example.org")
    assert made.code == 0, made.err
    assert run("law", "changes").code == 0


def test_answers_in_chinese_and_without_anything_to_tell(real):
    said = real("changes", "--lang", "zh").out
    assert all_texts()["law.change.none"]["zh"] in said
