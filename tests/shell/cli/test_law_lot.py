"""`law applies RULE --lot LOT`: origin rules answered by the register, for the operator and as a party reads it."""

RULE = ("law", "applies", "US-DFARS-7052", "--on", "2027-01-01", "--fact", "magnet=NdFeB")
MAGNET = "OM-N42SH-0623"
STAGES = {"mined_in", "separated_in", "refined_in", "melted_in", "produced_in"}


def test_a_lot_tells_where_it_was_mined_and_made(ask):
    found = ask(*RULE, "--lot", MAGNET, "--json")
    assert found.code == 0
    told = found.json
    assert (told["answer"], told["missing"]) == ("allowed", [])
    assert {row["fact"] for row in told["lot"]["stages"]} == STAGES
    assert {row["element"] for row in told["lot"]["stages"]} >= {"Nd", "Pr", "Dy"}
    for row in told["lot"]["stages"]:
        assert [one["country"] for one in row["countries"]] == ["XA"]
        assert row["open"] == []
    assert told["lot"]["as_of_size"] > 0
    assert found.json["lot"]["lot"].endswith(MAGNET)


def test_as_text_and_in_chinese(ask):
    found = ask(*RULE, "--lot", MAGNET, "--element", "Dy")
    assert found.out.splitlines()[0] == "allowed"
    assert "mined_in, Dy: XA 100" in found.out
    assert "nothing is open" in found.out
    assert "按规则包的阶段表得出" in ask(*RULE, "--lot", MAGNET, "--lang", "zh").out


def test_a_party_asks_of_what_it_may_read_so_that_its_answer_stays_open(ask):
    """A reader's book holds what it reported and what was sent to it: the rest is open, and nothing more is told."""
    told = ask(*RULE, "--lot", MAGNET, "--viewer", "Oriel", "--json").json
    assert (told["answer"], set(told["missing"])) == ("unknown", STAGES)
    openings = [one for row in told["lot"]["stages"] for one in row["open"]]
    assert {one["site_name"] for one in openings} == {"Oriel works"}
    assert {row["fact"] for row in told["lot"]["stages"] if row["countries"]} == {"produced_in"}
    found = ask(*RULE, "--lot", MAGNET, "--viewer", "Kestrel")
    assert (found.code, MAGNET in found.out) == (2, False)


def test_what_is_stated_goes_before_what_the_lot_tells(ask):
    assert ask(*RULE, "--lot", MAGNET, "--fact", "mined_in=CN").out.splitlines()[0] == "prohibited"


def test_a_lot_that_is_none_or_a_register_that_is_none_says_so(ask, tmp_path):
    assert ask(*RULE, "--lot", "NOBODYS-LOT").code == 2
    from shell.cli.conftest import run

    assert run(*RULE, "--lot", MAGNET, "--data", tmp_path / "none").code == 3
