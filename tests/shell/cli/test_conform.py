import json
import subprocess
import sys
from pathlib import Path

import pytest

from ytterby.shell.cli import main

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
PROVENANCE = sorted(VECTORS.glob("prov_*.json"))
REO = VECTORS / "reo_factors.json"
BALANCES = [VECTORS / f"{name}.json" for name in ("two_period_by_hand", "seven_periods", "shared_lab_cancels")]
PAGE = VECTORS / "page_thresholds.json"


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def test_every_vector_agrees(capsys):
    assert main(["conform", "--compare", *map(str, PROVENANCE), str(REO)]) == 0
    found = rows(capsys.readouterr().out)
    assert [row["kind"] for row in found] == ["provenance"] * len(PROVENANCE) + ["reo"]
    for row in found:
        assert row["agrees"] is True
        assert row["compared"] > 25
        assert row["differ"] == []
        assert set(row["worst"]) == {"path", "computed", "expected", "error"}


def test_without_compare_the_figures_come_out(capsys):
    assert main(["conform", str(PROVENANCE[0])]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert set(row) == {"file", "kind", "computed"}
    assert row["computed"]["lots"]["w1"]["Nd"]["mass"] == 12.0
    assert row["computed"]["destinations"]["c"]["Nd"] == {"Y": 6.0, "pool:silo": 6.0}


def test_the_kind_is_told_by_keys_whatever_the_name(tmp_path, capsys):
    path = tmp_path / "letter.txt"
    path.write_bytes(PROVENANCE[0].read_bytes())
    assert main(["conform", "--compare", str(path)]) == 0
    assert rows(capsys.readouterr().out)[0]["kind"] == "provenance"


@pytest.mark.parametrize("path", ["lots/w1/Nd/source_lots/a", "destinations/a/Nd/X", "lots/w2/Nd/origin_share/A"])
def test_a_figure_that_differs_is_named(path, tmp_path, capsys):
    document = json.loads(PROVENANCE[0].read_text())
    node = document["expected"]
    *way, last = path.split("/")
    for key in way:
        node = node[key]
    node[last] *= 1 + 1e-11
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    assert main(["conform", "--compare", str(changed)]) == 1
    (row,) = rows(capsys.readouterr().out)
    assert row["agrees"] is False
    assert [one["path"] for one in row["differ"]] == [f"/{path}"]
    assert row["worst"]["path"] == f"/{path}"


def test_an_origin_that_nobody_expects_differs(tmp_path, capsys):
    document = json.loads(PROVENANCE[0].read_text())
    del document["expected"]["lots"]["w1"]["Nd"]["origin_share"]["A"]
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    assert main(["conform", "--compare", str(changed)]) == 1
    assert rows(capsys.readouterr().out)[0]["differ"][0]["path"] == "/lots/w1/Nd/origin_share/A"


def test_numbers_may_be_decimal_strings(tmp_path, capsys):
    document = json.loads(PROVENANCE[0].read_text())
    document["events"][0]["mass"]["Nd"] = "10.0"
    document["events"][4]["take"]["Nd"] = "12"
    path = tmp_path / "strings.json"
    path.write_text(json.dumps(document))
    assert main(["conform", "--compare", str(path)]) == 0
    assert rows(capsys.readouterr().out)[0]["agrees"]


def test_a_kind_is_told_without_what_computes_the_others(tmp_path):
    """Few commands need scipy, and it would cost every other one a quarter of a second."""
    unknown = tmp_path / "unknown.json"
    unknown.write_text("{}")
    code = "import sys; from ytterby.shell.cli import main; found = main(['conform', *sys.argv[1:]]); "
    loaded = "sys.exit(9 if 'scipy' in sys.modules else found)"
    command = [sys.executable, "-c", code + loaded, str(REO), str(unknown)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"n_periods": 3}', 2),
        (b"[]", 2),
        (b'{"kind": "classify"}\n{"kind": "applies"}\n', 2),
        (b"calendar,received\nCN,2026-01-01\n", 2),
        (b'{"events": [', 3),
        (b'{"events": [{"type": "ship", "lot": "x", "to": "y"}]}', 3),
        (b'{"factors": {"Nd": {"oxide": "H2O", "atomic_weight": 1}}}', 3),
        (b'{"factors": {"Nd": {}}}', 3),
        (b'{"events": [{"type": "source", "lot": "a", "origin": "A", "mass": {"Nd": NaN}}]}', 3),
        (b"\xff\xfe\x00", 3),
        (b"[" * 100_000, 3),
    ],
)
def test_what_is_unknown_or_unreadable_says_so(content, code, tmp_path, capsys):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert main(["conform", str(path)]) == code
    seen = capsys.readouterr()
    assert seen.out == ""
    assert str(path) in seen.err
    assert "Traceback" not in seen.err


def test_a_missing_file_does_not_keep_the_others_from_being_run(tmp_path, capsys):
    assert main(["conform", "--compare", str(tmp_path / "none"), str(REO)]) == 3
    assert rows(capsys.readouterr().out)[0]["agrees"]


def test_a_vector_that_expects_nothing_cannot_be_compared(tmp_path, capsys):
    document = json.loads(PROVENANCE[0].read_text())
    del document["expected"]
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(document))
    assert main(["conform", str(path)]) == 0
    assert main(["conform", "--compare", str(path)]) == 2


def test_balances_and_thresholds_agree(capsys):
    assert main(["conform", "--compare", *map(str, BALANCES), str(PAGE)]) == 0
    found = rows(capsys.readouterr().out)
    assert [row["kind"] for row in found] == ["balance"] * 3 + ["page"]
    assert [row["compared"] for row in found] == [32, 182, 144, 307]
    assert all(row["agrees"] and not row["differ"] for row in found)


@pytest.mark.parametrize(
    ("way", "change", "code"),
    [
        (("horizon", 0, "h"), 1.4e-5, 1),
        (("horizon", 0, "h"), 1e-6, 0),
        (("arl", 0, "arl"), 1.4e-4, 1),
        (("arl", 0, "arl"), 4e-5, 0),
        (("h_for_arl", 0, "h"), 1.4e-5, 1),
    ],
)
def test_each_figure_of_page_has_its_tolerance(way, change, code, tmp_path, capsys):
    document = json.loads(PAGE.read_text())
    document |= {name: document[name][:1] for name in ("horizon", "arl", "h_for_arl")}
    path = tmp_path / "page.json"
    path.write_text(json.dumps(document))
    assert main(["conform", str(path)]) == 0
    part, place, key = way
    exact = rows(capsys.readouterr().out)[0]["computed"][part][place][key]
    document[part][place][key] = exact + change
    path.write_text(json.dumps(document))
    assert main(["conform", "--compare", str(path)]) == code


def test_a_singular_balance_says_so_and_has_no_factor(tmp_path, capsys):
    document = json.loads(BALANCES[0].read_text())
    document["items"] = [item for item in document["items"] if item["periods"] == [[0, 1]]]
    path = tmp_path / "singular.json"
    path.write_text(json.dumps(document))
    assert main(["conform", str(path)]) == 0
    computed = rows(capsys.readouterr().out)[0]["computed"]
    assert computed["singular"] is True
    assert computed["muf"] == [150.0, 0.0]
    assert not {"L", "sitmuf", "itmuf", "page", "gemuf_v1"} & computed.keys()


@pytest.mark.parametrize(
    "change",
    [
        {"n_periods": 0},
        {"n_periods": 1},
        {"n_periods": 10**9},
        {"groups": {}},
        {"groups": 3},
        {"items": [{"mass": "a", "rel_random": 0, "groups": [], "periods": []}]},
        {"items": [{"mass": 1, "groups": [], "periods": []}]},
    ],
)
def test_a_balance_that_cannot_be_read_says_so(change, tmp_path, capsys):
    path = tmp_path / "balance.json"
    path.write_text(json.dumps(json.loads(BALANCES[0].read_text()) | change))
    assert main(["conform", str(path)]) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_masses_may_be_decimal_strings(tmp_path, capsys):
    document = json.loads(BALANCES[0].read_text())
    document["items"][0]["mass"] = "50.0"
    document["groups"]["tank"] = "0.005"
    path = tmp_path / "strings.json"
    path.write_text(json.dumps(document))
    assert main(["conform", "--compare", str(path)]) == 0
    assert rows(capsys.readouterr().out)[0]["agrees"]
