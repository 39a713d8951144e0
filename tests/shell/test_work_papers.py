"""Work papers can be read and checked without the register, and whatever is changed in them is named."""

import csv
import json
import shutil
from hashlib import sha256

import pytest

from shell.case_of import DUE, now, receipt_of, ship, step, take
from shell.strangers import NORRVIK
from ytterby.balance.inquiry import Answer, Ask, SetAside
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.check_papers import check_papers
from ytterby.shell.actions.work_papers import write_case_papers
from ytterby.shell.store.models import Submission
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

EVENT = "urn:uuid:00000000-0000-5000-8000-000000000001"


@pytest.fixture
def papers(register, sample, part_of, tmp_path):
    """The folder of a case whose finding vanished since, and the log's key."""
    finding = ship(register, sample, part_of)
    number = step(register, finding, Ask(NORRVIK, "What did the scale show?", DUE)).number
    take(register, sample, [receipt_of(sample, 9000, 0, wrong=True), receipt_of(sample, 11000, 1)], NORRVIK)
    step(register, number, Answer("Mistyped.", (EVENT,)), party=NORRVIK)
    folder = tmp_path / "papers"
    write_case_papers(register, number, folder)
    return folder, register.log_key.public


def rows(folder, name):
    return list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))


def test_a_folder_holds_without_its_register(papers, register):
    folder, key = papers
    shutil.rmtree(register.data)
    found = check_papers(folder, key)
    assert found.wrong == ()
    # Two steps; the shipment, the receipt and the event named as evidence.
    assert (found.proofs, found.is_trusted) == (5, True)
    assert check_papers(folder).is_trusted is False
    assert found.files == len([path for path in folder.rglob("*") if path.is_file()]) - 1


def test_the_folder_tells_the_finding_as_it_was_known(papers):
    folder, _ = papers
    finding = json.loads((folder / "finding.json").read_text())
    assert finding["facts"]["received"] == "9000 KGM"
    figures = {row["figure"]: row for row in rows(folder, "figures.csv")}
    assert (figures["shipped"]["value"], figures["received"]["value"]) == ("11000", "9000")
    assert figures["difference"]["unit"].startswith("kg") or figures["difference"]["unit"] == "KGM"
    assert float(figures["D"]["value"]) == pytest.approx(finding["statistic"])
    postings = rows(folder, "postings.csv")
    assert {row["posting"] for row in postings} == {"Dispatch", "Receipt"}
    items = rows(folder, "items.csv")
    assert all(float(row["mass_kg"]) >= 0 and row["element"] for row in items)
    case = json.loads((folder / "case.json").read_text())
    assert [one["verb"] for one in case["steps"]] == ["ask", "answer"]
    assert case["vanished_at"] is not None


def test_documents_are_the_bytes_that_were_submitted(papers):
    folder, _ = papers
    digests = {bytes(row).hex() for row in Submission.objects.values_list("sha256", flat=True)}
    files = list(folder.glob("documents/*.submitted"))
    assert files
    for path in files:
        assert sha256(path.read_bytes()).hexdigest() == path.name.partition(".")[0]
        assert path.name.partition(".")[0] in digests


def test_whatever_is_changed_added_or_taken_away_is_named(papers):
    folder, key = papers
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        before = path.read_bytes()
        middle = len(before) // 2
        path.write_bytes(before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :])
        assert check_papers(folder, key).wrong, path
        path.unlink()
        assert check_papers(folder, key).wrong, path
        path.write_bytes(before)
    (folder / "more.txt").write_text("x")
    assert [one.file for one in check_papers(folder, key).wrong] == ["more.txt"]


def reindex(folder):
    """Write the index anew, as a forger would."""
    lines = ["file,bytes,sha256"]
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "index.csv"):
        content = path.read_bytes()
        lines.append(f"{path.relative_to(folder).as_posix()},{len(content)},{sha256(content).hexdigest()}")
    (folder / "index.csv").write_text("\n".join(lines) + "\n")


def test_a_record_or_event_that_was_changed_is_named_though_the_index_is_made_anew(papers):
    folder, key = papers
    for path in (*folder.glob("records/*[0-9].json"), *folder.glob("events/*[0-9].json")):
        before = path.read_bytes()
        path.write_bytes(before.replace(b"9000", b"9001").replace(b"scale", b"scalE").replace(b"Mis", b"mis"))
        if path.read_bytes() == before:
            continue
        reindex(folder)
        stem = path.name.removesuffix(".json")
        assert [one.file.rpartition("/")[2] for one in check_papers(folder, key).wrong] == [f"{stem}.proof.json"]
        path.write_bytes(before)
    reindex(folder)
    assert check_papers(folder, key).wrong == ()


def test_a_key_of_another_log_or_use_proves_nothing(papers):
    """Threat O1."""
    folder, key = papers
    other = PrivateKey.from_seed(KeyUse.LOG, key.name, b"x" * 32).public
    assert check_papers(folder, other).wrong
    receipt = PrivateKey.from_seed(KeyUse.RECEIPT, key.name, b"x" * 32).public
    assert check_papers(folder, receipt).wrong
    (folder / "keys.txt").write_text("no key")
    assert check_papers(folder).wrong


def test_papers_of_a_step_that_does_not_close(register, sample, part_of, tmp_path):
    """The figures of another kind of finding: what went in and came out, with their uncertainty."""
    events = json.loads(json.dumps(sample["epcisBody"]["eventList"][:2]))
    from shell.strangers import KESTREL

    goods = events[1]["outputQuantityList"]
    goods[0]["quantity"] = goods[0]["quantity"] / 2
    events[1].pop("sensorElementList", None)
    take(register, sample, events, KESTREL)
    found = [r for r in list_findings(OPERATOR_VIEWER, known=now())["findings"] if r["kind"] == "step.loss"]
    assert found
    number = step(register, found[0]["id"], SetAside("known_cause", "A planted one.")).number
    write_case_papers(register, number, tmp_path / "papers")
    figures = {row["figure"]: row for row in rows(tmp_path / "papers", "figures.csv")}
    assert float(figures["difference"]["value"]) == pytest.approx(found[0]["size_kg"])
    assert figures["in"]["unit"] == f"kg {found[0]['element']}"
    assert check_papers(tmp_path / "papers", register.log_key.public).wrong == ()
