"""`balance report` of a plant's months and `balance findings` of them: the keys of the contract, words, pictures."""

import pytest

from counted_months import MAKER, OWNERS, PLANT, Plan, make_register_of_months
from shell.cli.conftest import run
from ytterby.shell.wording import word

TAIL = PLANT.rpartition("/")[2]
MONTH_KEYS = {
    "month", "muf_kg", "sigma_kg", "sigma_random_kg", "sigma_systematic_kg", "cumuf_kg", "sigma_cumuf_kg", "itmuf_kg",
    "sitmuf", "page_up_05", "page_down_05", "page_up_10", "page_down_10", "threshold_05", "threshold_10", "alarm",
    "testable", "contributors",
}  # fmt: skip
FIGURES = MONTH_KEYS - {"month", "threshold_05", "threshold_10", "alarm", "testable", "contributors"}
FINDING_KEYS = {
    "id", "kind", "parties", "element", "months", "size_kg", "sd_kg", "statistic", "false_alarms_per_plant_year",
    "hypotheses", "settles", "events", "state",
}  # fmt: skip
PLAN = Plan(loss_share=0.06)
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("months") / "ytterby-data"
    make_register_of_months(folder, PLAN)
    from django.db import connections

    connections.close_all()
    return folder


@pytest.fixture
def ask(data):
    return lambda *argv: run("balance", *argv, "--data", data)


@pytest.fixture
def months(ask):
    return ask("report", "--site", TAIL, "--element", "Nd", "--json").json["months"]


def test_the_months_have_the_keys_of_the_contract(ask):
    found = ask("report", "--site", TAIL, "--element", "Nd", "--json")
    assert found.code == 1
    assert set(found.json) >= {"site", "element", "months", "steps", "as_of_size"}
    assert (found.json["site"], found.json["element"]) == (PLANT, "Nd")
    months = found.json["months"]
    assert [month["month"] for month in months] == sorted({month["month"] for month in months})
    assert len(months) == PLAN.months + 1
    for month in months:
        assert set(month) >= MONTH_KEYS
        for part in month["contributors"]:
            assert set(part) >= {"id", "share_of_variance"}
            assert 0 < part["share_of_variance"] <= 1


def test_a_month_that_cannot_be_tested_has_a_reason_and_no_figures(months):
    untested = {month["month"]: month["reason"] for month in months if not month["testable"]}
    assert untested == {
        months[0]["month"]: "before_first_stock_taking",
        months[1 + PLAN.uncounted]["month"]: "no_stock_taking",
        months[1 + PLAN.unassayed]["month"]: "content_unknown",
    }
    for month in months:
        figures = {month[key] for key in FIGURES}
        assert (figures == {None}) is (not month["testable"])
        assert not (month["alarm"] and not month["testable"])


def test_the_month_after_one_without_a_stock_taking_carries_both(months):
    """What came and went in the month that was not counted stands in the next: its error is the larger."""
    carried, usual = months[2 + PLAN.uncounted], months[PLAN.uncounted]
    assert carried["sigma_kg"] > 1.2 * usual["sigma_kg"]
    assert abs(carried["muf_kg"]) < 4 * carried["sigma_kg"]


def test_alarms_come_where_page_is_above_its_threshold_and_not_before_the_loss(months):
    alarms = [month for month in months if month["alarm"]]
    assert alarms
    assert months.index(alarms[0]) >= 1 + PLAN.loss_from
    for month in months:
        if month["testable"]:
            over = [month[f"page_{way}_{k}"] > month[f"threshold_{k}"] for way in ("up", "down") for k in ("05", "10")]
            assert any(over) is month["alarm"]


def test_one_month_is_the_same_row(ask, months):
    last = months[-1]["month"]
    found = ask("report", "--site", TAIL, "--element", "Nd", "--month", last, "--json").json["months"]
    assert found == [months[-1]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_in_words_what_the_figures_say(ask, months, language):
    found = ask("report", "--site", TAIL, "--element", "Nd", "--lang", language)
    assert found.code == 1
    assert "SITMUF" in found.out
    assert ("kg" in found.out) or ("千克" in found.out)
    assert word("element", "Nd", language) in found.out
    for month in months:
        assert month["month"] in found.out
        if not month["testable"]:
            assert word("untestable", month["reason"], language) in found.out
    alarms = [month["month"] for month in months if month["alarm"]]
    assert ", ".join(alarms) in found.out.replace("\n", " ") or all(one in found.out for one in alarms)
    assert "✗" in found.out


def test_a_plant_that_was_never_counted_has_months_that_cannot_be_tested(ask):
    found = ask("report", "--site", MAKER.rpartition("/")[2], "--element", "Nd", "--json")
    assert found.code == 0
    assert all(not month["testable"] for month in found.json["months"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_months_are_drawn(ask, tmp_path, language):
    file = tmp_path / "months.svg"
    found = ask("report", "--site", TAIL, "--element", "Nd", "--svg", file, "--lang", language)
    assert found.code == 1
    text = file.read_text(encoding="utf-8")
    assert text.startswith(("<svg", "<?xml"))
    assert text.rstrip().endswith("</svg>")
    assert word("element", "Nd", language) in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("named", [(), ("--site", TAIL), ("--element", "Nd")])
def test_a_picture_without_site_or_element_is_wrong_use_and_says_what_to_add(ask, tmp_path, named, language):
    file = tmp_path / "months.svg"
    found = ask("report", *named, "--svg", file, "--lang", language)
    assert found.code == 2
    assert "--site" in found.err
    assert "--element" in found.err
    assert found.out == ""
    assert not file.exists()


# Findings


def test_findings_of_months_have_the_keys_of_the_contract(ask):
    found = ask("findings", "--json")
    assert found.code == 1
    assert found.json["expected_false_alarms"] > 0
    (one,) = [one for one in found.json["findings"] if one["kind"] == "month.loss"]
    assert set(one) >= FINDING_KEYS
    assert one["parties"][0] == [OWNERS[PLANT]]
    assert one["months"][0] >= "2025-07"
    assert one["element"] == "Nd"
    taken = sum(PLAN.loss_share * 10_500 * 0.24 for _ in range(PLAN.months - PLAN.loss_from))
    assert one["size_kg"] == pytest.approx(taken, rel=0.25)
    assert one["size_kg"] > 3 * one["sd_kg"] > 0
    assert one["state"] == "open"
    assert one["false_alarms_per_plant_year"] > 0
    assert 1 <= len(one["hypotheses"]) <= 3
    assert one["hypotheses"][0]["causes"][0] == {"code": "leak", "place": PLANT}
    assert len(one["settles"]) == 1
    assert one["events"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_of_months_are_told_in_words(ask, language):
    found = ask("findings", "--lang", language)
    told = ask("findings", "--json", "--lang", language).json["findings"]
    (one,) = [one for one in told if one["kind"] == "month.loss"]
    assert found.code == 1
    said = "".join(found.out.split())
    assert "".join(one["text"].split()) in said
    assert "".join(one["settles"][0].split()) in said
    assert one["id"] in found.out
    number = ask("findings", "--json").json["expected_false_alarms"]
    assert f"{number:.2f}" in found.out
    brief = ask("findings", "--brief", "--lang", language).out
    assert f"{number:.2f}" in brief
    assert one["id"] in brief
    assert one["months"][0] not in brief


def test_a_party_is_told_neither_the_findings_nor_how_many_to_expect(ask):
    found = ask("findings", "--json", "--viewer", OWNERS[PLANT])
    assert found.json["expected_false_alarms"] is None
    assert not [one for one in found.json["findings"] if one["kind"].startswith(("month.", "use."))]
    assert "chance" not in ask("findings", "--viewer", OWNERS[PLANT]).out
