"""`party screen` and `party evaluate` as their users type them: reasons in words, JSON lines, and clear refusals."""

import json

import pytest

from shell.cli.conftest import run

TARGETS = [
    {
        "id": "f1",
        "schema": "Company",
        "names": ["Hangzhou Huada Rare Earth Permanent Magnet Materials Co., Ltd.", "杭州华达稀土永磁材料有限公司"],
    },
    {"id": "p1", "schema": "Person", "names": [{"text": "KOSTROMIN, Vladislav Petrovich", "kind": "primary"}]},
    {"id": "f3", "schema": "Organization", "names": ["KORVATECH INSTRUMENTS GmbH"]},
]


@pytest.fixture
def targets(tmp_path):
    return write(tmp_path / "targets.jsonl", TARGETS)


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_many_queries_give_one_line_each_best_first(targets, tmp_path):
    queries = write(
        tmp_path / "q.jsonl",
        [
            {"id": "a", "schema": "Person", "name": "Владислав Костромин"},
            {"id": 7, "schema": "Company", "name": "杭州華達稀土永磁材料"},
            {"id": "c", "schema": "Company", "name": "..."},
        ],
    )
    answer = run("party", "screen", "--queries", queries, "--targets", targets)
    assert answer.code == 0
    person, firm, nothing = answer.rows
    assert person["id"] == "a"
    assert person["candidates"][0]["target"] == "p1"
    assert firm["candidates"][0] | {"reasons": []} == {"target": "f1", "score": 1.0, "reasons": [], "band": "alert"}
    kinds = {one["kind"] for one in person["candidates"][0]["reasons"]}
    assert kinds == {"name", "pair", "left_listed"}
    assert nothing["candidates"] == []
    assert nothing["problems"][0]["code"] == "screening.name_empty"


def test_a_listed_name_is_told_in_words(targets):
    answer = run("party", "screen", "Kostromin Vladyslav", "--targets", targets)
    assert answer.code == 1
    assert "Alert" in answer.out
    assert "vladyslav stands for vladislav" in answer.out
    assert "Only in the listed name: petrovich" in answer.out


def test_an_innocent_sister_firm_is_no_alert(targets):
    answer = run(
        "party", "screen", "Hangzhou Xintong Rare Earth Permanent Magnet Materials Co., Ltd.", "--targets", targets
    )
    assert answer.code == 0
    assert "Alert" not in answer.out


def test_chinese_words_are_chinese(targets):
    answer = run("party", "screen", "杭州华达稀土永磁材料有限公司", "--targets", targets, "--lang", "zh")
    assert "警示" in answer.out


def test_json_of_one_name_pins_what_it_hangs_on(targets):
    answer = run("party", "screen", "Korvatech Instruments", "--targets", targets, "--json").json
    assert answer["candidates"][0]["target"] == "f3"
    assert set(answer["pins"]) == {"index", "rarity", "tables", "rules", "scorer", "thresholds"}


def test_an_index_that_is_kept_gives_the_same_bytes_and_another_list_is_not_taken_for_it(targets, tmp_path):
    folder = tmp_path / "index"
    asked = ("party", "screen", "Korvatech", "Kostromin", "--json", "--index", folder, "--targets")
    first = run(*asked, targets)
    assert (folder / "index.json").exists()
    assert run(*asked, targets).out == first.out
    other = write(tmp_path / "other.jsonl", TARGETS[:2])
    assert "f3" not in run(*asked, other).out
    (folder / "words.npy").write_bytes(b"broken")
    assert run(*asked, other).code in {0, 1}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "screening.line"),
        ("[1]", "screening.line"),
        ('{"id": "x", "schema": "Person"}', "screening.field"),
        ('{"id": "", "schema": "Person", "names": ["Ab"]}', "screening.field"),
        ('{"id": "x", "schema": "Planet", "names": ["Ab"]}', "screening.schema"),
        ('{"id": "x", "schema": "Person", "names": "Ab"}', "screening.field"),
        ('{"id": "f1", "schema": "Person", "names": ["Ab"]}', "screening.duplicate"),
        ('{"id": "x", "schema": "Person", "names": ["--"]}', "screening.name_empty"),
        ('{"id": "x", "schema": "Person", "names": ["' + "a" * 200_001 + '"]}', "screening.line"),
    ],
)
def test_a_line_that_cannot_be_meant_is_told_with_its_place(targets, line, code):
    from ytterby.screening.name_lines import parse_targets

    found, problems = parse_targets([*targets.read_text(encoding="utf-8").splitlines(), line])
    assert [one.code for one in problems] == [code]
    assert problems[0].where.pointer.startswith("line 4")
    assert len(found) >= 3


@pytest.mark.parametrize(
    ("argv", "code"), [((), 2), (("Some Name", "--queries", "q"), 2), (("Some Name", "--data", "nowhere"), 3)]
)
def test_what_cannot_be_meant_or_has_no_register_is_told_as_that(argv, code):
    answer = run("party", "screen", *argv)
    assert answer.code == code
    assert answer.err.strip()


def test_an_evaluation_gives_recall_by_group_and_a_picture(targets, tmp_path):
    rows = []
    for n in range(40):
        positive = n % 2 == 0
        name = "Vladislav Kostromin" if positive else f"Ivan Petrovich {'abcdefghijklmnopqrst'[n // 2]}orbat"
        rows.append(
            {
                "id": n,
                "cls": "drop" if positive else "neg_person_cross",
                "label": int(positive),
                "target": "p1",
                "schema": "Person",
                "name": name,
            }
        )
    queries = write(tmp_path / "q.jsonl", rows)
    picture = tmp_path / "p.svg"
    asked = ("party", "evaluate", "--targets", targets, "--queries", queries, "--half", "all", "--invented", 50)
    answer = run(*asked, "--svg", picture, "--json").json
    assert [row["recall"] for row in answer["rates"]] == [1.0, 1.0]
    assert answer["rates"][0]["negatives"] == {"han": 50, "person": 20}
    assert "<svg" in picture.read_text(encoding="utf-8")
    words = run(*asked)
    assert "At 1 % false alerts 100.0 % of 20 listed names are found." in words.out
