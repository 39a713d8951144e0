import json
import re
from xml.etree import ElementTree

import pytest

from shell.cli.conftest import run

TRACE_KEYS = {
    "lot", "direction", "element", "total_kg", "rule", "nodes", "edges", "unaccounted_kg", "muf_kg", "as_of_size",
}  # fmt: skip
NODE_KEYS = {"lot", "holder", "owner", "site", "form", "at", "mass_kg", "u_kg", "share", "min_share", "max_share"}
EDGE_KEYS = {"from", "to", "event_id", "mass_kg", "fraction"}
MAGNET = "OM-N42SH-0623"


def all_lots(ask):
    return [row["lot"] for row in ask("lot", "list", "--json").json["lots"]]


def test_the_list_has_every_lot_with_its_keys(ask):
    found = ask("lot", "list", "--json")
    assert found.code == 0
    assert set(found.json) >= {"as_of_size", "lots"}
    tails = {row["tail"] for row in found.json["lots"]}
    assert {"KR-2025-W14", "KR-C-0418", MAGNET, "M00003", "FE-2025-09"} <= tails
    for row in found.json["lots"]:
        assert set(row) >= {"lot", "tail", "form", "maker", "site", "at", "quantity", "unit", "mass_kg", "elements"}


def test_the_list_as_text_counts_what_it_shows(ask):
    found = ask("lot", "list", "--most", "3")
    assert found.code == 0
    assert "--most" in found.out
    assert "next: ytterby lot trace" in found.out


def test_a_holder_sees_its_own_lots(ask):
    whole = all_lots(ask)
    own = ask("lot", "list", "--holder", "Norrvik", "--json").json["lots"]
    assert 0 < len(own) < len(whole)


@pytest.mark.parametrize("direction", ["back", "forward"])
def test_a_trace_has_the_keys_of_the_contract(ask, direction):
    found = ask("lot", "trace", MAGNET, f"--{direction}", "--element", "Dy", "--json").json
    assert set(found) >= TRACE_KEYS
    assert (found["direction"], found["element"]) == (direction, "Dy")
    assert all(set(node) >= NODE_KEYS for node in found["nodes"])
    assert all(set(edge) >= EDGE_KEYS for edge in found["edges"])
    assert found["nodes"]
    assert found["edges"]


def test_an_origin_has_the_keys_of_the_contract(ask):
    found = ask("lot", "origin", MAGNET, "--json").json
    assert set(found) >= {"lot", "elements", "as_of_size"}
    for one in found["elements"].values():
        assert set(one) >= {"mass_kg", "u_kg", "rule", "origins"}
        assert sum(origin["share"] for origin in one["origins"]) == pytest.approx(1.0)
        for origin in one["origins"]:
            assert set(origin) >= {"class", "site", "country", "mass_kg", "share", "min", "max"}


def test_a_destination_has_the_keys_of_the_contract(ask):
    found = ask("lot", "destination", "KR-2025-W14", "--json").json
    assert set(found) >= {"lot", "elements", "as_of_size"}
    for one in found["elements"].values():
        assert set(one) >= {"mass_kg", "rule", "destinations"}
        assert sum(row["mass_kg"] for row in one["destinations"]) == pytest.approx(one["mass_kg"])
        for row in one["destinations"]:
            assert set(row) >= {"kind", "id", "use", "mass_kg", "share"}
            assert row["kind"] in {"holder", "stock", "pool", "loss", "muf", "transit"}


@pytest.mark.long
@pytest.mark.parametrize("verb", ["trace", "origin", "destination"])
def test_every_lot_of_the_sample_answers_as_text_json_and_picture(ask, tmp_path, verb):
    for number, lot in enumerate(all_lots(ask)):
        picture = tmp_path / f"{number}.svg"
        text = ask("lot", verb, lot, "--svg", picture)
        assert (text.code, text.err) == (0, f"The picture is in {picture}.\n"), lot
        assert text.out
        assert "?" not in text.out
        assert ElementTree.parse(picture).getroot().tag.endswith("svg")
        assert ask("lot", verb, lot, "--json").json["lot"] == lot
        assert ask("lot", verb, lot, "--lang", "zh").code == 0


def test_both_directions_answer(ask):
    back, forward = ask("lot", "trace", MAGNET, "--back"), ask("lot", "trace", MAGNET, "--forward")
    assert "KR-2025-W14" in back.out
    assert "Lumen Motors" in forward.out
    assert "Lumen Motors" not in back.out


def test_contributions_stand_in_descending_order_and_the_rest_is_one_line(ask):
    found = ask("lot", "trace", "KR-2025-W14", "--forward", "--element", "Nd", "--json").json
    shown = ask("lot", "trace", "KR-2025-W14", "--forward", "--element", "Nd").out
    masses = sorted((n["mass_kg"] for n in found["nodes"] if not n["is_target"]), reverse=True)
    rows = [line for line in shown.splitlines() if re.search(r"\d{4}-\d\d-\d\d", line)]
    assert len(rows) < len(masses)
    assert sum(masses[: len(rows)]) >= 0.99 * sum(masses)
    assert sum(masses[: len(rows) - 1]) < 0.99 * sum(masses)
    assert f"and {len(masses) - len(rows)} more" in shown


def test_without_an_element_the_one_with_most_mass_is_followed(ask):
    assert ask("lot", "trace", MAGNET, "--json").json["element"] == "Nd"
    assert ask("lot", "trace", "NV-Dy-31", "--json").json["element"] == "Dy"


def test_a_unique_tail_names_a_lot_and_so_does_the_whole_identifier(ask):
    whole = ask("lot", "trace", "KR-C-0418", "--json").json["lot"]
    assert whole == "https://id.gs1.org/01/09520000000028/10/KR-C-0418"
    assert ask("lot", "trace", whole, "--json").json["lot"] == whole


def test_an_ambiguous_tail_lists_the_matches(ask):
    found = ask("lot", "trace", "31")
    assert found.code == 2
    assert found.out == ""
    assert "NV-Nd" in found.err or "NV-La-31" in found.err
    assert len([line for line in found.err.splitlines() if line.startswith("  https://")]) >= 7


def test_a_mistyped_lot_is_guessed(ask):
    found = ask("lot", "origin", "KR-C-0481")
    assert found.code == 2
    assert "KR-C-0418" in found.err


def test_a_lot_that_nobody_knows_says_how_to_list_them(ask):
    found = ask("lot", "origin", "zzzzzzzz")
    assert found.code == 2
    assert "ytterby lot list" in found.err
    assert ask("lot", "origin", "").code == 2


def test_a_holder_s_parcels_can_be_asked_for_alone(ask):
    whole = ask("lot", "trace", "KR-C-0418", "--forward", "--element", "Nd", "--json").json
    part = ask("lot", "trace", "KR-C-0418", "--forward", "--element", "Nd", "--holder", "Norrvik", "--json").json
    assert part["total_kg"] < whole["total_kg"]


def test_what_was_known_earlier_is_answered_and_said(ask):
    # The first document ends at 24; within it nothing is known yet.
    earlier = ask("lot", "list", "--known-at", "22", "--json")
    assert (earlier.json["as_of_size"], earlier.json["lots"]) == (19, [])
    assert "22" in earlier.err
    assert "19" in earlier.err
    assert ask("lot", "list", "--known-at", "24", "--json").err == ""
    on = ask("lot", "list", "--known-on", "2025-04-23", "--json").json
    assert {row["tail"] for row in on["lots"]} == {"KR-2025-W14", "KR-C-0418", "KR-T-0418"}


@pytest.mark.parametrize(
    "argv",
    [
        ("lot", "trace", "KR-C-0418", "--element", "Fe"),
        ("lot", "trace", "KR-C-0418", "--back", "--forward"),
        ("lot", "trace"),
        ("lot", "trace", "KR-C-0418", "--known-at", "-1"),
        ("lot", "trace", "KR-C-0418", "--known-on", "yesterday"),
        ("lot", "trace", "KR-C-0418", "--known-at", "1", "--known-on", "2025-04-01"),
        ("lot", "trace", "KR-C-0418", "--holder", "nobody"),
        ("lot", "steal", "KR-C-0418"),
    ],
)
def test_wrong_use_ends_with_two(ask, argv):
    found = ask(*argv)
    assert found.code == 2
    assert found.out == ""
    assert found.err


def test_a_picture_that_cannot_be_written_says_so(ask, tmp_path):
    found = ask("lot", "trace", "KR-C-0418", "--svg", tmp_path / "none" / "a.svg")
    assert found.code == 3
    assert "a.svg" in found.err


def test_without_a_register_it_says_how_to_make_one(tmp_path):
    found = run("lot", "list", "--data", tmp_path / "none")
    assert found.code == 3
    assert "ytterby register make" in found.err
    assert "ytterby demo" in found.err


def test_answers_do_not_depend_on_the_width(ask, monkeypatch):
    wide = ask("lot", "list").out
    monkeypatch.setenv("COLUMNS", "30")
    assert ask("lot", "list").out == wide
    assert json.dumps(wide, ensure_ascii=True).count("\\u001b") == 0


def test_where_very_much_lies_behind_a_lot_the_first_of_it_is_traced_and_whole_reads_all(ask, monkeypatch):
    from dataclasses import replace

    from ytterby.shell.site.packs import limits
    from ytterby.shell.store.reading import traces

    lots = all_lots(ask)
    whole = {lot: ask("lot", "trace", lot, "--back", "--element", "Nd", "--json").json for lot in lots}
    assert {(one["is_whole"], one["traced_share"]) for one in whole.values()} == {(True, 1.0)}
    monkeypatch.setattr(traces, "limits", lambda: replace(limits(), trace_nodes=1, trace_percent=20))
    open_lots = []
    for lot in lots:
        found = ask("lot", "trace", lot, "--back", "--element", "Nd", "--json")
        assert found.json["traced_share"] >= 0.2
        assert ("--whole reads all" in found.err) is not found.json["is_whole"]
        assert len(found.json["nodes"]) <= len(whole[lot]["nodes"])
        open_lots += [] if found.json["is_whole"] else [lot]
    assert open_lots
    again = ask("lot", "trace", open_lots[0], "--back", "--element", "Nd", "--json", "--whole")
    assert (again.json, again.err) == (whole[open_lots[0]], "")
