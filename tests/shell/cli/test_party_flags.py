"""`ytterby party flags` on the demo's chain: what the register tells, what answers add, who may ask."""

import json

import pytest

from shell.cli.conftest import run

ASK = ("party", "flags", "Lumen", "--use", "traction_motor_car", "--on", "2025-12-01")


@pytest.fixture
def flags(ask):
    """Return how to ask for the flags of the motor maker."""

    def of(quantity, *more):
        told = ask(*ASK, "--quantity", quantity, *more, "--json")
        return told, {one["id"]: one for one in told.json["flags"]}

    return of


def test_what_is_wanted_stands_beside_stock_and_units(flags):
    told, one = flags("30", "--units", "10", "--item", "NdFeB", "--grade", "SH")
    assert told.code == 1
    # 30 kg and the stock that the maker itself reported, beside 10 motors of 1.7 kg with a quarter of scrap.
    figure = one["D1"]["figures"][0]
    assert one["D1"]["grade"] == "strong"
    stock = figure["mid"] * 10 * 1.7 * 1.25 - 30
    assert stock > 0
    assert figure["low"] < figure["mid"] < figure["high"]
    assert (figure["strong"], figure["weak"]) == (2.0, 1.5)
    assert (one["U1"]["grade"], one["U1"]["s"]) == ("none", 0.0)
    many = flags("30", "--units", "100000")[1]
    assert many["D1"]["grade"] == "none"


def test_what_the_register_cannot_tell_is_a_question_and_never_nothing(flags):
    told, one = flags("30")
    assert (one["D1"]["grade"], one["D1"]["s"]) == ("unknown", None)
    assert "units to be made of each product" in one["D1"]["missing"]
    assert {"C1", "E5", "R2", "V1"} <= set(told.json["questions"])
    assert told.json["unknown"] == sum(row["s"] is None for row in one.values())


def test_r_is_over_the_known_flags_alone(flags):
    told, one = flags("30", "--units", "10")
    calm = 1.0
    for row in one.values():
        calm *= 1 - row["weight"] * (row["s"] or 0.0)
    assert told.json["r"] == pytest.approx(1 - calm)


def test_answers_come_from_a_file_and_wrong_ones_are_named(flags, ask, tmp_path):
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({
        "end_user": {"activities": ["4690"], "telephone_country": "XA", "mail_domain": "gmail.com"},
        "demand": {"capacity_kg": "1000", "yield_share": 0.8, "stock_kg": ["5", "0.1"]},
        "conduct": {"verifications_due": 10, "verifications_missing": 4},
    }))  # fmt: skip
    _, one = flags("30", "--facts", file)
    assert {name: one[name]["grade"] for name in ("E3", "E5", "D2", "V1")} == {
        "E3": "strong", "E5": "strong", "D2": "none", "V1": "strong",
    }  # fmt: skip
    for text, code in (
        ("[]", "flags.not_facts"), ('{"weather": {}}', "flags.not_facts"), ("{" * 999, "flags.not_facts"),
        ('{"demand": {"luck": 1}}', "flags.unknown_fact"), ('{"demand": {"quantity_kg": "many"}}', "flags.bad_fact"),
        ('{"end_user": {"on": "24.11.2026"}}', "flags.bad_fact"),
    ):  # fmt: skip
        file.write_text(text)
        told = ask(*ASK, "--quantity", "30", "--facts", file, "--json")
        assert (told.code, told.json["problems"][0]["code"]) == (1, code)


def test_ownership_counts_where_listed_parties_are_named(demo, copied, tmp_path):
    party = "https://id.gs1.org/417/9520000010058"
    (tmp_path / "owners.yaml").write_text(
        f"owners: [{{owner: 'https://o.example/1', owned: '{party}', lo: 60, on: 2025-01-01, source: register}}]"
    )
    (tmp_path / "listed.csv").write_text("party,list\nhttps://o.example/1,us-ofac-sdn\n")
    assert run("party", "import", tmp_path / "owners.yaml", "--data", copied).code == 0
    told = run(*ASK, "--quantity", "30", "--listed", tmp_path / "listed.csv", "--data", copied, "--json")
    row = next(one for one in told.json["flags"] if one["id"] == "O1")
    assert (row["grade"], row["facts"]["verdict"]) == ("strong", "captured")


def test_said_in_words_in_both_languages(ask):
    said = ask(*ASK, "--quantity", "30", "--units", "10").out
    assert "Each asks a question; none refuses." in said
    assert "To judge them the register needs" in said
    assert "每项只提出问题" in ask(*ASK, "--quantity", "30", "--units", "10", "--lang", "zh").out


@pytest.mark.parametrize("viewer", ["Lumen", "Norrvik", "Customs of XA"])
def test_to_a_party_there_are_no_flags_its_own_least_of_all(ask, viewer):
    """Threats A5 and C7."""
    told = ask(*ASK, "--quantity", "30", "--viewer", viewer)
    other = ask("party", "flags", "nobody at all", "--use", "hdd", "--quantity", "1", "--viewer", viewer)
    assert (told.code, told.out) == (2, "")
    assert told.err.replace("Lumen", "?") == other.err.replace("nobody at all", "?")


def test_a_licensing_body_reads_flags_and_no_event(copied, tmp_path):
    office = "https://body.example/licensing"
    (tmp_path / "body.yaml").write_text(
        f"parties: [{{id: '{office}', name: Licence Office}}]\nbodies: [{{party: '{office}', as: licensing}}]"
    )
    assert run("party", "import", tmp_path / "body.yaml", "--data", copied).code == 0
    read = (*ASK, "--quantity", "30", "--units", "10", "--data", copied, "--json")
    seen = run(*read, "--viewer", "Licence Office")
    assert seen.json["flags"] == run(*read).json["flags"]
    assert run("lot", "list", "--viewer", "Licence Office", "--data", copied, "--json").json["lots"] == []


def test_wrong_use_is_said(ask):
    assert ask("party", "flags", "Lumen", "--use", "magic", "--quantity", "1").code == 2
    for bad in (
        ["--quantity", "-1"],
        ["--quantity", "1e99"],
        ["--quantity", "NaN"],
        ["--months", "13"],
        ["--yield", "0"],
    ):
        assert ask(*ASK, "--quantity", "1", *bad).code == 2
