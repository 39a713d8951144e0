"""`ytterby conform` on networks and reconciliations: told by keys, agreeing, differing where a figure was changed."""

import json
from pathlib import Path

import pytest

from shell.cli.conftest import run

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
NAMES = {
    "netfilter_clean": "network",
    "recon_mirror_and_node": "reconcile",
    "recon_unmeasured_streams": "reconcile",
}


def told(found):
    return [json.loads(line) for line in found.out.splitlines()]


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_the_vectors_agree(name, kind):
    found = run("conform", "--compare", VECTORS / f"{name}.json")
    (line,) = told(found)
    assert (found.code, line["kind"], line["agrees"], line["differ"]) == (0, kind, True, [])
    assert line["compared"] >= 30


@pytest.mark.parametrize(
    ("name", "path"), [("netfilter_clean", ("party", "sep", 3)), ("recon_unmeasured_streams", ("x", 2))]
)
def test_a_changed_figure_differs(tmp_path, name, path):
    document = json.loads((VECTORS / f"{name}.json").read_text())
    place = document["expected"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] *= 1.001
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    found = run("conform", "--compare", changed)
    (line,) = told(found)
    assert found.code == 1
    assert [one["path"] for one in line["differ"]] == ["/" + "/".join(map(str, path))]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("netfilter_clean", {"links": [["mine", "nobody"]]}),
        ("recon_mirror_and_node", {"y": [1.0]}),
        ("recon_mirror_and_node", {"A": [[1, -1, 0, 0, 0]] * 3}),
    ],
)
def test_what_makes_no_network_or_no_balance_is_unreadable(tmp_path, name, change):
    document = json.loads((VECTORS / f"{name}.json").read_text()) | change
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document))
    assert run("conform", broken).code == 3
