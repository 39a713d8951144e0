"""`ytterby law due`, and the vectors of due dates and clocks that `ytterby conform` runs."""

import json
from datetime import date

import pytest

from shell.cli.conftest import run

HEADING = "calendar,received,working_days,due_receipt_day_not_counted,due_receipt_day_counted,calendar_days_elapsed"
# The first rows of domain/vectors/working_day_vectors.csv.
VECTORS = (
    f"{HEADING}\n"
    "CN,2025-04-04,45,2025-06-11,2025-06-11,68\n"
    "CN,2025-04-27,45,2025-07-03,2025-07-02,67\n"
    "CN,2025-08-01,45,2025-10-10,2025-10-09,70\n"
    "CN,2025-09-26,45,2025-12-04,2025-12-03,69\n"
)
KEYS = {"from", "days", "due", "due_if_first_day_counts", "provisional", "spread_days", "calendar_days"}
CASE = {
    "name": "plain week",
    "events": [{"kind": "accepted", "at": "2026-03-02T10:00+00:00"}],
    "as_of": "2026-03-09T19:00+00:00",
    "expect": {"at_cutoff": 5, "due45": "2026-05-04"},
}


def ask(*more, start="2025-08-01", days=45, calendar="CN"):
    return run("law", "due", "--calendar", calendar, "--from", start, "--days", days, *more)


def test_the_due_date_comes_first_on_the_line():
    answer = ask()
    assert answer.code == 0
    assert answer.out.split()[0] == "2025-10-10"
    assert "2025-10-09" in answer.out
    assert "recalled" in answer.out.splitlines()[2], "what was not read in the source is shown as such"
    assert ask("--count-first-day").out.split()[0] == "2025-10-09"
    assert ask("--lang", "zh").out.split()[0] == "2025-10-10"


def test_the_json_has_the_keys_of_the_contract():
    answer = ask("--json").json
    assert answer.keys() >= KEYS
    assert {name: answer[name] for name in KEYS} == {
        "from": "2025-08-01",
        "days": 45,
        "due": "2025-10-10",
        "due_if_first_day_counts": "2025-10-09",
        "provisional": False,
        "spread_days": None,
        "calendar_days": 70,
    }
    counted = ask("--json", "--count-first-day").json
    assert (counted["due"], counted["due_if_first_day_counts"], counted["calendar_days"]) == (
        "2025-10-09", "2025-10-09", 69,
    )  # fmt: skip


def test_where_the_notice_of_a_year_is_missing_the_date_is_provisional_with_its_spread():
    answer = ask(start="2026-11-24")
    first = answer.out.splitlines()[0]
    assert first.startswith("2027-01-27 provisional")
    assert "2027-01-20" in first
    assert "2027-01-31" in first
    told = ask("--json", start="2026-11-24").json
    assert (told["provisional"], told["spread_days"]) == (True, [-4, 7])
    # Stated less true: the true date is the stated one less the spread.
    due, apart = date.fromisoformat(told["due"]), told["spread_days"]
    assert (due - date.fromisoformat(told["earliest"])).days == apart[1]
    assert (due - date.fromisoformat(told["latest"])).days == apart[0]


def test_where_nothing_is_known_of_a_year_it_says_so():
    answer = ask(start="2027-12-24", calendar="US-federal")
    assert "provisional" in answer.out.splitlines()[0]
    assert "no holiday is loaded" in answer.out
    told = ask("--json", start="2027-12-24", calendar="US-federal").json
    assert (told["provisional"], told["spread_days"], told["earliest"], told["latest"]) == (True, None, None, None)


def test_many_years_of_which_nothing_is_known_are_one_line():
    answer = ask(days=25_000)
    assert answer.code == 0
    assert len(answer.out.splitlines()) < 10
    assert "2028-2121" in answer.out.splitlines()[0]
    assert len(ask("--json", days=25_000).json["years"]) == 97


def notice(folder, days, years="CN,2027,noticed,notice of the State Council for 2027,read\n"):
    folder.mkdir(exist_ok=True)
    (folder / "years.csv").write_text(f"calendar,year,status,source,confidence\n{years}", encoding="utf-8")
    (folder / "days.csv").write_text(f"calendar,date,kind,name,source,confidence\n{days}", encoding="utf-8")
    return folder


def test_it_becomes_firm_when_the_notice_comes(tmp_path):
    folder = notice(tmp_path / "new", "CN,2027-01-01,holiday,New Year's Day,the notice,read\n")
    told = ask("--json", "--calendars", folder, start="2026-11-24").json
    assert (told["due"], told["provisional"], told["spread_days"]) == ("2027-01-27", False, None)
    assert [one["source"] for one in told["years"]][1] == "notice of the State Council for 2027"


def test_a_notice_that_is_wrong_is_refused_with_row_column_and_cure(tmp_path):
    folder = notice(tmp_path / "new", "CN,2027-02-30,holiday,No day,the notice,read\n")
    answer = ask("--calendars", folder, start="2026-11-24")
    assert answer.code == 1
    assert "days!date2" in answer.out
    assert "2026-11-24" in answer.out
    (problem,) = ask("--json", "--calendars", folder, start="2026-11-24").json["problems"]
    assert (problem["code"], problem["where"]["row"], problem["where"]["column"]) == ("calendar.no_day", 2, "date")


def test_a_folder_without_a_notice_cannot_be_read(tmp_path):
    answer = ask("--calendars", tmp_path)
    assert answer.code == 3
    assert "years.csv" in answer.err
    notice(tmp_path, "")
    (tmp_path / "days.csv").write_bytes(b"\xff\xfe")
    assert ask("--calendars", tmp_path).code == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"calendar": "Atlantis"},
        {"days": 0},
        {"days": "-3"},
        {"days": "4.5"},
        {"start": "2025-02-30"},
        {"start": "9999-12-30"},
    ],
)
def test_what_cannot_be_meant_is_wrong_use(wrong):
    answer = ask(**wrong)
    assert answer.code == 2
    assert answer.err
    assert not answer.out


def test_an_unknown_calendar_names_all_that_are_known():
    assert all(name in ask(calendar="Atlantis").err for name in ("CN", "US-federal", "EU-TARGET"))
    assert ask(calendar="cn").out == ask().out


# conform


def conform(tmp_path, text, *more, name="vectors.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return run("conform", path, *more)


def test_the_vectors_of_due_dates_agree(tmp_path):
    answer = conform(tmp_path, VECTORS, "--compare", name="whatever.txt")
    assert answer.code == 0
    assert (answer.json["kind"], answer.json["agrees"], answer.json["compared"]) == ("working days", True, 24)


def test_without_compare_rows_of_the_same_columns_come_out(tmp_path):
    answer = conform(tmp_path, "calendar,received,working_days\nCN,2025-04-04,45\n")
    assert answer.json["computed"] == [
        {
            "calendar": "CN",
            "received": "2025-04-04",
            "working_days": 45,
            "due_receipt_day_not_counted": "2025-06-11",
            "due_receipt_day_counted": "2025-06-11",
            "calendar_days_elapsed": 68,
        }
    ]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("2025-07-02", "2025-07-03", "/1/due_receipt_day_counted"),
        (",68", ",67", "/0/calendar_days_elapsed"),
        (",70", ",", "/2/calendar_days_elapsed"),
    ],
)
def test_a_due_date_that_differs_is_named(tmp_path, old, new, path):
    answer = conform(tmp_path, VECTORS.replace(old, new), "--compare")
    assert answer.code == 1
    assert [one["path"] for one in answer.json["differ"]] == [path]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (VECTORS.replace("CN,2025-04-04", "XX,2025-04-04"), 3),
        (VECTORS.replace("2025-04-04", "2025-02-30"), 3),
        (VECTORS.replace("2025-04-04,45", "2025-04-04,0"), 3),
        (VECTORS.replace("2025-04-04,45", "2025-04-04,many"), 3),
        (VECTORS + "CN,2025-04-04\n", 3),
        (VECTORS + '"CN,2025-04-04\n', 3),
        ("calendar,received\nCN,2025-04-04\n", 2),
    ],
)
def test_vectors_that_cannot_be_read_say_so(tmp_path, text, code):
    answer = conform(tmp_path, text, "--compare")
    assert answer.code == code
    assert answer.err


def test_columns_that_are_not_computed_are_told(tmp_path):
    rows = [f"{line},x" for line in VECTORS.splitlines()]
    answer = conform(tmp_path, "\n".join(["".join([HEADING, ",remark"]), *rows[1:]]), "--compare")
    assert (answer.code, answer.json["not_computed"]) == (0, ["remark"])


def test_rows_without_what_is_computed_expect_nothing(tmp_path):
    assert conform(tmp_path, "calendar,received,working_days\nCN,2025-04-04,45\n", "--compare").code == 2


@pytest.mark.parametrize(("key", "value"), [("at_cutoff", 6), ("due45", None), ("due45", "2026-05-05"), ("else", 1)])
def test_a_clock_that_differs_is_named(tmp_path, key, value):
    spoilt = CASE | {"expect": CASE["expect"] | {key: value}}
    answer = conform(tmp_path, json.dumps({"sla": [spoilt]}), "--compare")
    assert answer.code == 1
    assert [one["path"] for one in answer.json["differ"]] == [f"/sla/0/computed/{key}"]


@pytest.mark.parametrize(
    "spoilt", [{"as_of": "2026-03-09"}, {"events": 3}, {"calendar": {"zone": "../../etc"}}, {"calendar": [1]}]
)
def test_a_case_that_cannot_be_read_says_so(tmp_path, spoilt):
    answer = conform(tmp_path, json.dumps({"sla": [CASE | spoilt]}))
    assert (answer.code, answer.out) == (3, "")
