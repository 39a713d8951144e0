import pytest

REPORT_KEYS = {"site", "element", "months", "steps", "as_of_size"}
STEP_KEYS = {"event_id", "element", "in_kg", "out_kg", "difference_kg", "u_kg", "z"}
FINDING_KEYS = {
    "id", "kind", "parties", "element", "months", "size_kg", "sd_kg", "statistic", "false_alarms_per_plant_year",
    "hypotheses", "settles", "events", "state",
}  # fmt: skip


def test_every_step_of_the_sample_closes(ask):
    found = ask("balance", "report", "--element", "Nd")
    assert found.code == 0
    assert "steps close for neodymium" in found.out
    assert "✗" not in found.out
    assert "next: ytterby balance pairs" in found.out


def test_the_report_has_the_keys_of_the_contract(ask):
    found = ask("balance", "report", "--site", "9520000010027", "--element", "dy", "--json")
    assert found.code == 0
    assert set(found.json) >= REPORT_KEYS
    assert found.json["site"] == "https://id.gs1.org/414/9520000010027"
    assert found.json["element"] == "Dy"
    # Nobody of the sample ever counts his stock.
    assert {month["reason"] for month in found.json["months"]} == {"no_stock_taking"}
    (step,) = found.json["steps"]
    assert set(step) >= STEP_KEYS
    assert abs(step["z"]) < 3
    assert step["in_kg"] == pytest.approx(step["out_kg"], rel=0.01)


def test_a_site_is_named_by_identifier_tail_or_name(ask):
    by_tail = ask("balance", "report", "--site", "9520000010027", "--json").json
    by_id = ask("balance", "report", "--site", "https://id.gs1.org/414/9520000010027", "--json").json
    assert by_tail == by_id
    name = ask("party", "list", "--json").json["parties"]
    site = next(s for p in name for s in p["sites"] if s["id"] == by_id["site"])
    assert ask("balance", "report", "--site", site["name"].upper(), "--json").json == by_id


def test_a_month_leaves_its_steps(ask):
    steps = ask("balance", "report", "--element", "Nd", "--month", "2025-06", "--json").json["steps"]
    assert {step["at"][:7] for step in steps} == {"2025-06"}
    assert ask("balance", "report", "--month", "2025-13").code == 2


def test_a_site_that_nobody_knows_is_wrong_use(ask):
    found = ask("balance", "report", "--site", "Nowhere")
    assert found.code == 2
    assert "Nowhere" in found.err


def test_the_delivery_differs_before_its_correction_and_agrees_after_it(ask):
    before = ask("balance", "pairs", "--lot", "KR-C-0418", "--known-on", "2025-04-23", "--json")
    after = ask("balance", "pairs", "--lot", "KR-C-0418", "--json")
    assert (before.code, after.code) == (1, 0)
    (was,), (now,) = before.json["pairs"], after.json["pairs"]
    assert (was["shipped"], was["received"], was["state"]) == ("11000", "10594", "differs")
    assert (now["shipped"], now["received"], now["state"]) == ("11000", "10994", "matched")
    assert now["d"] == pytest.approx(0.71, abs=0.005)
    assert abs(was["d"]) > 3
    assert before.json["as_of_size"] < after.json["as_of_size"]


def test_goods_under_way_are_overdue_at_question_time_alone(ask):
    at_first = ("--known-on", "2025-04-23")
    assert ask("balance", "pairs", *at_first, "--json").json["pairs"][0]["overdue"] in {None, False}
    found = ask("balance", "pairs", "--on", "2026-12-31", "--transit-limit", "1")
    assert found.code in {0, 1}
    assert ("overdue" in found.out) is (found.code == 1)


def test_findings_have_the_keys_of_the_contract_and_say_what_settles_them(ask):
    found = ask("balance", "findings", "--json")
    assert found.code == 1
    assert set(found.json) >= {"expected_false_alarms", "findings", "as_of_size"}
    for one in found.json["findings"]:
        assert set(one) >= FINDING_KEYS
        assert one["settles"]
        assert one["events"]
    assert [one["kind"] for one in found.json["findings"]].count("receipt.implied") == 2


def test_findings_vanish_where_products_are_known_to_be_free_of_rare_earths(ask, demo):
    head = ask("balance", "findings", "--json").json
    before = ask("balance", "findings", "--known-on", "2025-08-05", "--json").json
    assert (len(before["findings"]), len(head["findings"])) == (5, 3)
    gone = {one["tail"] for one in before["findings"]} - {one["tail"] for one in head["findings"]}
    assert gone == {"FE-2025-09", "FB-2025-03"}
    assert "5 findings." in demo.out


def test_brief_findings_are_a_line_each(ask):
    whole, brief = ask("balance", "findings"), ask("balance", "findings", "--brief")
    assert whole.code == brief.code == 1
    assert len(brief.out.splitlines()) < len(whole.out.splitlines())
    assert "✗ 3 findings." in brief.out
