import io
import json

import pytest

from shell.cli.conftest import CHAIN, made_register, run, tell_demo

PROBLEM_KEYS = {"code", "severity", "where", "value", "text", "cure"}


@pytest.fixture
def register(tmp_path):
    return made_register(tmp_path / "register")


@pytest.fixture
def mistaken(demo):
    return demo.documents / "mistakes.json"


@pytest.mark.parametrize("level", ["profile", "gs1"])
def test_the_sample_is_good_and_nothing_is_sent(level):
    found = run("event", "check", CHAIN, "--level", level)
    assert found.code == 0
    assert "20 events can be captured." in found.out
    assert "Nothing was sent." in found.out
    assert f"next: ytterby event capture {CHAIN} --as PARTY" in found.out


def test_check_needs_no_register_and_has_the_keys_of_the_contract(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run("event", "check", CHAIN, "--json")
    assert found.code == 0
    assert found.json == {"file": str(CHAIN), "events": 20, "accepted": True, "problems": [], "as_of_size": None}
    assert list(tmp_path.iterdir()) == []


def test_all_mistakes_come_at_once_with_place_and_cure(mistaken):
    found = run("event", "check", mistaken)
    assert found.code == 1
    assert "mistakes. Nothing was sent." in found.out
    answer = run("event", "check", mistaken, "--json").json
    assert answer["accepted"] is False
    places = {problem["where"]["pointer"].rpartition("/")[2] for problem in answer["problems"]}
    assert {"value", "epcClass", "uom", "ree:assey"} <= places
    for problem in answer["problems"]:
        assert set(problem) == PROBLEM_KEYS
        assert problem["where"]["file"] == str(mistaken)
        assert problem["text"]
        assert problem["cure"]
        line = next(one for one in found.out.splitlines() if problem["where"]["pointer"] + ":" in one)
        assert problem["text"] in line or problem["cure"] in line


def test_problems_are_said_in_chinese(mistaken):
    found = run("event", "check", mistaken, "--lang", "zh")
    assert found.code == 1
    assert "未发送任何内容。" in found.out
    assert "校验位" in found.out


def test_several_files_are_counted_together(mistaken):
    found = run("event", "check", CHAIN, mistaken)
    assert found.code == 1
    assert "1 of 2 files" in found.out
    assert [row["accepted"] for row in run("event", "check", CHAIN, mistaken, "--json").rows] == [True, False]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xml", b'<?xml version="1.0"?><epcis:EPCISDocument/>', "XML"),
        ("a.txt", b"\xef\xbb\xbf  <epcis/>", "XML"),
        ("a.xml", b"lot;mass", "XML"),
    ],
)
def test_other_formats_get_one_clear_problem(tmp_path, register, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    found = run("event", "check", path, "--json")
    assert found.code == 1
    (problem,) = found.json["problems"]
    assert (problem["code"], problem["value"]) == ("document.not_yet_read", kind)
    captured = run("event", "capture", path, "--as", "operator", "--data", register, "--json")
    assert captured.code == 1
    assert captured.json["outcome"] == "refused"
    assert captured.json["receipt"] is None


def test_a_file_beyond_the_limit_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("ytterby.shell.cli.document_file.BYTES_MAX", 1000)
    monkeypatch.setattr("ytterby.chain.envelope.BYTES_MAX", 1000)
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.write(b'{"a": "')
        file.truncate(10**9)
    from ytterby.shell.cli.document_file import read_document_file

    assert len(read_document_file(str(path))) == 1001


def test_a_document_of_more_than_the_limit_is_refused_for_its_size(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.write(b'{"a": "')
        file.truncate(60_000_000)
    found = run("event", "check", path, "--json")
    assert found.code == 1
    assert [problem["code"] for problem in found.json["problems"]] == ["document.too_large"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"type": "EPCISDocument"}', b"\xff\xfe{", b"[" * 99])
def test_whatever_a_file_holds_no_traceback_comes(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    found = run("event", "check", path)
    assert found.code in {0, 1}
    assert "Traceback" not in found.err
    assert run("event", "digest", path).code in {0, 1}


def test_a_missing_file_could_not_be_run(tmp_path):
    found = run("event", "check", tmp_path / "none.json")
    assert found.code == 3
    assert "none.json" in found.err


def test_digests_are_one_line_for_each_event():
    found = run("event", "digest", CHAIN)
    assert found.code == 0
    lines = found.out.splitlines()
    assert len(lines) == 20
    assert all(line.startswith("sha256:") and len(line.split()[0]) == 71 for line in lines)
    assert lines[0].endswith("urn:uuid:e46165af-8e55-5448-8e35-a14e955078e8")
    digests = run("event", "digest", CHAIN, "--json").json["digests"]
    assert [one["digest"] for one in digests] == [line.split()[0] for line in lines]


def test_an_original_and_its_error_declaration_have_two_digests():
    lines = run("event", "digest", CHAIN).out.splitlines()
    assert lines[4].split()[1] == lines[5].split()[1]
    assert lines[4].split()[0] != lines[5].split()[0]


def test_capture_answers_with_both_receipts_whole(register):
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", register, "--json")
    assert found.code == 0
    answer = found.json
    assert (answer["outcome"], answer["events"], answer["problems"]) == ("accepted", 20, [])
    receipt = answer["receipt"]
    assert set(receipt) >= {"id", "digest", "at", "entries", "signature"}
    assert len(receipt["entries"]) == 20
    assert receipt["submitter"] == "operator"
    from ytterby.proof.key import PublicKey
    from ytterby.proof.receipt import verify_receipt

    for signed in (receipt["arrival"], receipt["outcome"]):
        assert verify_receipt(signed, PublicKey.parse(signed["key"]))


def test_the_operator_s_receipt_says_that_it_was_the_operator(register):
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", register)
    assert "operator" in found.out
    assert "Entries" in found.out


def test_a_second_capture_changes_nothing(register):
    first = run("event", "capture", CHAIN, "--as", "operator", "--data", register, "--json").json
    again = run("event", "capture", CHAIN, "--as", "operator", "--data", register, "--json")
    assert (again.code, again.json["outcome"]) == (0, "known")
    assert again.json["as_of_size"] == first["as_of_size"]


def test_a_party_speaks_for_its_own_sites_alone(register):
    found = run("event", "capture", CHAIN, "--as", "9520000010010", "--data", register, "--json")
    assert found.code == 1
    assert found.json["outcome"] == "refused"
    assert found.json["problems"]


def test_a_refused_document_enters_nothing(register, mistaken):
    before = run("lot", "list", "--data", register, "--json").json["as_of_size"]
    found = run("event", "capture", mistaken, "--as", "operator", "--data", register)
    assert found.code == 1
    assert "Nothing of it entered the register." in found.out
    assert run("lot", "list", "--data", register, "--json").json["as_of_size"] == before


def test_one_refused_file_does_not_keep_the_others_out(register, mistaken):
    found = run("event", "capture", mistaken, CHAIN, "--as", "operator", "--data", register, "--json")
    assert found.code == 1
    assert [row["outcome"] for row in found.rows] == ["refused", "accepted"]


def test_standard_input_is_a_file_too(monkeypatch):
    class Stdin:
        buffer = io.BytesIO(CHAIN.read_bytes())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert run("event", "check", "-").code == 0


@pytest.mark.parametrize("argv", [("event", "capture", "x.json"), ("event", "check"), ("event", "hash", "x.json")])
def test_wrong_use_ends_with_two(argv):
    assert run(*argv).code == 2


def test_an_unknown_party_lists_those_that_are_known(register):
    found = run("event", "capture", CHAIN, "--as", "Nobody", "--data", register)
    assert found.code == 2
    assert "Nobody" in found.err


def test_capture_without_a_register_says_how_to_make_one(tmp_path):
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", tmp_path / "none")
    assert found.code == 3
    assert "ytterby register make" in found.err


def test_the_demo_s_documents_are_the_sample_cut_in_six(demo):
    """The fifteenth event comes with the last: what goes on at home waits until the magnets have left."""
    names = sorted(path.name for path in demo.documents.glob("*-events-*.json"))
    assert [name[:1] for name in names] == ["1", "2", "3", "4", "5", "6"]
    lines = [line for name in names for line in run("event", "digest", demo.documents / name).out.splitlines()]
    whole = run("event", "digest", CHAIN).out.splitlines()
    moved = whole[14]
    assert lines == [*whole[:13], whole[13], *whole[15:17], moved, *whole[17:]]
    assert json.loads((demo.documents / "mistakes.json").read_text())
    assert tell_demo
