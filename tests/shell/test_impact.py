"""A change of law over a register: lots on hand, products, parties, lists, conduct; who reads it; words for each."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from law.law_case import content_of, with_pack
from law.test_impact import suspended
from shell.cli.conftest import run
from shell.test_conduct import KESTREL, NORRVIK, TAMARACK, lists
from ytterby.chain.lot_goods import assays_of_content, goods_of
from ytterby.chain.party import OPERATOR
from ytterby.chain.product import Product
from ytterby.matter.assay import Assay
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory, read_lists
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.site.impact_notice import notices
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.site.packs import goods_tables, matter_tables, packaged_text
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.reading import impact as impact_module
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.impact import NOT_KEPT, Question
from ytterby.shell.store.reading.impact_answer import list_impact
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.lots_on_hand import stock_of
from ytterby.shell.store.reading.viewer import CUSTOMS, LICENSING, OPERATOR_VIEWER, PROVINCE, TRACING, Viewer

ORIEL, LUMEN, FERN = (f"https://id.gs1.org/417/95200000100{n}" for n in ("41", "58", "65"))
ON = date(2026, 11, 24)
AT = datetime(2026, 9, 1, tzinfo=UTC)
GTINS = "https://id.gs1.org/01/09520000000998", "https://id.gs1.org/01/09520000001018"


@pytest.fixture(scope="module")
def new_law():
    content = content_of("cn-18")
    suspended(content)
    return with_pack(content)


@pytest.fixture
def at_home(empty_register, sample):
    """The sample chain in the country whose rules are packaged, and two products."""
    text = packaged_text("shell.site", "sample_directory.yaml").replace("country: XA", "country: CN")
    assert not import_directory(empty_register, text, at=datetime(2026, 8, 15, tzinfo=UTC)).problems
    assert capture(empty_register, json.dumps(sample).encode(), submitter=OPERATOR, at=AT).outcome == "accepted"
    dysprosium = (Assay("Nd", Decimal(290_000)), Assay("Dy", Decimal(21_000), Decimal(500)))
    for number, (maker, more) in enumerate(
        ((ORIEL, {"form": "magnet", "assays": dysprosium}), (LUMEN, {"is_free_of_rare_earths": True, "form": "metal"}))
    ):
        product = Product(id=GTINS[number], maker=maker, name=f"product {number}", **more)
        assert not register_product(empty_register, product, submitter=maker, at=AT).problems
    derive_to(empty_register.size)
    return empty_register


def ask(question, viewer=OPERATOR_VIEWER, known=None, language="en"):
    return list_impact(viewer, question, known=known or known_at(OPERATOR_VIEWER, None), language=language)


def rows_of(answer, kind):
    return [row for row in answer["rows"] if row["kind"] == kind]


def test_every_lot_and_product_whose_answer_changes_is_listed_with_both_answers(at_home, new_law):
    answer = ask(Question(packaged_law(), new_law, ON))
    magnets = [row for row in rows_of(answer, "lot") if row["tail"] == "OM-N42SH-0623"]
    assert {row["holder"]["id"] for row in magnets} == {ORIEL, LUMEN}
    row = magnets[0]
    assert (row["since"], row["old"]["answer"], row["new"]["answer"]) == ("2026-12-01", "controlled", "not_controlled")
    assert (row["lost"], row["gained"]) == (["1C905.a"], [])
    reasons = [answer["reasons"][number] for number in row["new"]["reasons"]]
    assert "suspended" in " ".join(one["text"] for one in reasons)
    assert all(one["source"] for one in reasons)
    assert [rule["rule"] for rule in row["rules"]] == ["CN-dual-use"]
    (product,) = rows_of(answer, "product")
    assert (product["holder"]["id"], product["what"]["name"], product["lost"]) == (ORIEL, "product 0", ["1C905.a"])
    assert [rule["rule"] for rule in answer["rules"]] == ["CN-18"]
    assert answer["changed"]["lot"] <= answer["asked"]["lot"]
    assert answer["asked"]["product"] == 1, "what is free of rare earths is not asked about"
    # What does not change is not listed: the cerium carbonate falls under no code either way.
    assert not any("Ce" in row["tail"] for row in answer["rows"])


def test_what_is_not_kept_yet_is_said(at_home, new_law):
    for language in ("en", "zh"):
        told = ask(Question(packaged_law(), new_law, ON), language=language)["not_covered"]
        assert {one["what"] for one in told} >= set(NOT_KEPT)
        assert all(one["why"] for one in told)
    assert "conduct" not in {one["what"] for one in told}


def test_a_kind_that_is_added_is_asked_about(at_home, new_law, monkeypatch):
    """The seam for cases, licences and reservations."""
    lots = impact_module.MAKERS["lot"]

    def cases(viewer, known, question):
        yield from list(lots(viewer, known, question))[:1]

    monkeypatch.setitem(impact_module.MAKERS, "case", cases)
    found = impact_module.impact_of(
        OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), Question(packaged_law(), new_law, ON)
    )
    assert found.asked["case"] == 1


def test_cells_and_the_whole_book_tell_the_same_stock(at_home):
    """Asked as known earlier, the stock comes from the book; at the head, from the kept cells."""
    known = known_at(OPERATOR_VIEWER, None)
    head = stock_of(OPERATOR_VIEWER, known)
    assert head.rows
    nodes = [node for node in book_of(OPERATOR_VIEWER, known).nodes if node.kind == 0 and node.left > 0]
    held = {(node.lot, node.holder) for node in nodes if not node.is_free}
    assert {(row.lot, row.holder) for row in head.rows} <= held
    assert len(held) == len({(row.lot, row.holder) for row in head.rows}) + head.other_forms
    # A registration moves the head and no cell; as known before it the book is asked.
    row = next(one for one in head.rows if one.lot.endswith("OM-N42SH-0623"))
    assert not import_directory(at_home, lists(), at=AT).problems
    assert known_at(OPERATOR_VIEWER, None).size > known.size
    from ytterby.shell.store.reading import lots_on_hand

    lots_on_hand._kept.clear()
    derive_to(at_home.size)
    assert stock_of(OPERATOR_VIEWER, Known(known.size)) == head
    assert row.goods.magnet_type == "NdFeB"


# Who reads it (threats C2, C5)


def test_a_party_reads_its_own_lots_and_products_and_nobody_elses(at_home, new_law):
    """Threat C5: no lot, name or count of a stranger is in what a party is told."""
    question = Question(packaged_law(), new_law, ON)
    everything = ask(question)
    for party in (KESTREL, NORRVIK, TAMARACK, ORIEL, LUMEN, FERN):
        answer = ask(question, Viewer(party))
        assert {row["holder"]["id"] for row in answer["rows"]} <= {party}
        own = [row for row in everything["rows"] if row["holder"]["id"] == party and row["kind"] == "lot"]
        assert {row["tail"] for row in own} == {row["tail"] for row in rows_of(answer, "lot")}
        assert answer["asked"]["party"] == 1
        others = {row["holder"]["id"] for row in everything["rows"]} - {party}
        said = json.dumps(answer["rows"])
        assert not [other for other in others if f'"{other}"' in said]
        assert "conduct" in {one["what"] for one in answer["not_covered"]}


def test_who_holds_nothing_and_bodies_without_tracing_read_nothing(at_home, new_law):
    question = Question(packaged_law(), new_law, ON)
    for viewer in (Viewer(None), Viewer("https://body.example/x"), *(
        Viewer("https://body.example/x", frozenset({mandate})) for mandate in (LICENSING, PROVINCE, CUSTOMS)
    )):  # fmt: skip
        assert ask(question, viewer)["rows"] == []
    tracing = Viewer("https://body.example/x", frozenset({TRACING}))
    assert ask(question, tracing)["rows"] == ask(question)["rows"]


# Lists and conduct


def test_lists_change_who_is_named_and_what_is_found(at_home):
    assert not import_directory(at_home, lists(), at=AT).problems
    found, problems = read_lists(lists(separation=(TAMARACK,)))
    assert problems == []
    question = Question(packaged_law(), packaged_law(), ON, lists=tuple(found))
    answer = ask(question)
    named = [row for row in answer["rows"] if row["what"]["about"] == "list"]
    listed = {row["id"]: (row["old"]["answer"], row["new"]["answer"]) for row in named}
    assert listed == {NORRVIK: ("yes", "no"), TAMARACK: ("no", "yes")}
    conduct = {row["what"]["name"]: row for row in answer["rows"] if row["what"]["about"] == "conduct"}
    assert set(conduct) == {"CN-O785.8-separation", "CN-O785.13"}
    made = conduct["CN-O785.8-separation"]
    assert (made["id"], made["old"]["answer"], made["new"]["answer"]) == (NORRVIK, "no", "yes")
    # A party is told of its place on a list, and of no finding.
    own = ask(question, Viewer(NORRVIK))["rows"]
    assert [(row["what"]["about"], row["what"]["name"]) for row in own] == [("list", "separation")]
    assert "not on the published list" in notices(ask(question, Viewer(NORRVIK)), "en")[NORRVIK]
    assert NORRVIK in notices(answer, "zh")
    assert "offends" not in "".join(notices(answer, "en").values())


def test_a_list_that_begins_later_changes_from_its_first_day(at_home):
    assert not import_directory(at_home, lists(), at=AT).problems
    row = {"name": "separation", "country": "CN", "source": "notice 2"}
    rows = [
        {**row, "id": "list-separation", "parties": [NORRVIK], "end": "END"},
        {**row, "id": "list-separation-2", "parties": [], "start": "END"},
    ]
    found, problems = read_lists(json.dumps({"lists": rows}).replace('"END"', "2027-01-01"))
    assert problems == []
    question = Question(packaged_law(), packaged_law(), ON, lists=tuple(found))
    told = [row for row in ask(question)["rows"] if row["what"]["about"] == "list"]
    assert [(row["id"], row["since"], row["new"]["answer"]) for row in told] == [(NORRVIK, "2027-01-01", "no")]
    until = Question(packaged_law(), packaged_law(), ON, date(2026, 12, 31), tuple(found))
    assert [row for row in ask(until)["rows"] if row["what"]["about"] == "list"] == []


def test_a_rule_of_conduct_that_changes_changes_findings(at_home):
    assert not import_directory(at_home, lists(), at=AT).problems
    content = content_of("cn-conduct")
    rule = next(one for one in content["rules"] if one["id"] == "CN-O785.11")
    rule["when"]["all"] = [{"fact": "site_kind", "in": ["magnet"]}, {"fact": "form", "in": ["alloy", "metal"]}]
    answer = ask(Question(packaged_law(), with_pack(content), ON))
    (row,) = answer["rows"]
    assert (row["kind"], row["id"], row["what"]["name"]) == ("party", ORIEL, "CN-O785.11")
    assert (row["old"]["answer"], row["new"]["answer"]) == ("no", "yes")
    (change,) = answer["rules"]
    assert (change["rule"], change["conduct"]) == ("CN-O785.11", True)


# Words


def test_each_party_is_told_in_plain_words_in_both_languages(at_home, new_law):
    question = Question(packaged_law(), new_law, ON)
    english, chinese = (notices(ask(question, language=one), one) for one in ("en", "zh"))
    assert set(english) == set(chinese) == {row["holder"]["id"] for row in ask(question)["rows"]}
    assert "From 1 December 2026, 1 of your lots on hand (40,000 pieces) will be: not controlled." in english[ORIEL]
    assert "controlled as 1C905.a under CN-18" in english[ORIEL]
    assert "2026年12月1日" in chinese[ORIEL]
    for party, text in english.items():
        assert not [other for other in english if other != party and other.rpartition("/")[2] in text]
    # Where only the grounds differ, no consequence is drawn.
    back = notices(ask(Question(new_law, packaged_law(), date(2026, 12, 15))), "en")
    assert "needs the licence that CN-18 asks for" in back[ORIEL]


# Lots as goods


def test_every_form_of_the_chain_is_goods_or_is_counted_as_none():
    tables = goods_tables()
    from ytterby.law.form import FORMS

    assert {row.goods for row in tables.forms.values()} <= set(FORMS)
    left = set(matter_tables().forms) - set(tables.forms)
    assert left == {"raffinate", "residue", "tailings", "slag", "dross", "scrap"}
    assert goods_of("tailings", (), tables) is None
    assert goods_of(None, (), tables) is None


@pytest.mark.parametrize(
    ("form", "elements", "magnet_type", "built_in"),
    [
        ("magnet", {"Nd": 230_000, "Pr": 70_000, "Dy": 7_500}, "NdFeB", False),
        ("magnet", {"Sm": 330_000, "Gd": 10_000}, "SmCo", False),
        ("magnet", {"La": 300_000}, None, False),
        ("component", {"Nd": 46_000}, "NdFeB", True),
        ("oxide", {"Nd": 560_000}, None, None),
        ("magnet", {}, None, False),
    ],
)
def test_the_type_of_a_magnet_is_told_from_what_prevails_in_it(form, elements, magnet_type, built_in):
    goods = goods_of(form, [Assay(e, Decimal(mg), Decimal(100)) for e, mg in elements.items()], goods_tables())
    assert (goods.magnet_type, goods.built_in) == (magnet_type, built_in)
    assert goods.elements == {e: Decimal(mg) / 10_000 for e, mg in elements.items()}
    assert all(u == Decimal("0.01") for u in goods.u.values())


def test_content_that_nobody_assayed_becomes_contents_with_their_uncertainty(at_home):
    known = known_at(OPERATOR_VIEWER, None)
    node = next(n for n in book_of(OPERATOR_VIEWER, known).nodes if n.assays and n.net_kg and n.mass_kg.any())
    found = {one.element: one for one in assays_of_content(node.content, node.net_kg)}
    stated = {one.element: one.milligram_per_kilogram for one in node.assays if one.milligram_per_kilogram > 0}
    assert found.keys() == stated.keys()
    for element, mg in stated.items():
        assert abs(found[element].milligram_per_kilogram - mg) < Decimal("0.001")
        assert found[element].standard_uncertainty > 0


# Commands


@pytest.fixture
def pack(tmp_path):
    """A pack file in which a rule is suspended for some months."""
    content = content_of("cn-18")
    suspended(content)
    path = tmp_path / "cn-18.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_the_command_answers_and_writes_rows_and_words(at_home, pack, tmp_path):
    data = ("--data", at_home.data, "--on", str(ON))
    rows, words = tmp_path / "rows.csv", tmp_path / "words"
    told = run("law", "impact", pack, *data, "--csv", rows, "--notices", words, "--json")
    assert told.code == 1, "like diff: something changes"
    assert {row["kind"] for row in told.json["rows"]} == {"lot", "product"}
    lines = rows.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(told.json["rows"])
    assert "suspended from 2026-12-01 to 2027-03-31" in lines[1]
    assert sorted(path.name for path in words.iterdir()) == told.json["notices"]
    assert {path.stem[-2:] for path in words.iterdir()} == {"en", "zh"}
    shown = run("law", "impact", pack, *data)
    assert "CN-18" in shown.out
    assert "open cases: this register keeps no licence cases yet" in shown.out
    assert "库存批次" in run("law", "impact", pack, *data, "--lang", "zh").out


def test_a_folder_of_packs_serves_and_against_turns_it_round(at_home, pack):
    data = ("--data", at_home.data, "--on", "2026-12-15", "--json")
    there = run("law", "impact", pack.parent, *data).json
    back = run("law", "impact", "packaged", "--against", pack, *data).json
    assert [(r["id"], r["lost"]) for r in there["rows"]] == [(r["id"], r["gained"]) for r in back["rows"]]
    assert run("law", "impact", "packaged", "--data", at_home.data).code == 0
    assert (
        run("law", "impact", pack, "--data", at_home.data, "--viewer", KESTREL, "--on", str(ON), "--json").json["rows"]
        == ask(Question(packaged_law(), packaged_law(), ON), Viewer(KESTREL))["rows"]
    )


def test_corrected_goods_are_the_same_question_and_need_no_register(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    for path, dy in ((old, 0.02), (new, 0.5)):
        goods = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 29, "Dy": dy}, "u": {"Dy": 0.01}}
        path.write_text(json.dumps(goods), encoding="utf-8")
    told = run("law", "impact", "packaged", "--goods", old, new, "--on", str(ON), "--json")
    assert told.code == 1
    (row,) = told.json["rows"]
    assert (row["old"]["answer"], row["new"]["answer"], row["gained"]) == ("not_controlled", "controlled", ["1C905.a"])
    assert "1C905.a" in run("law", "impact", "packaged", "--goods", old, new, "--on", str(ON)).out
    assert run("law", "impact", "packaged", "--goods", old, old, "--on", str(ON)).code == 0


def test_a_lot_by_another_assay(at_home, tmp_path):
    assay = tmp_path / "assay.json"
    assay.write_text(json.dumps({"form": "magnet", "elements": {"Nd": 29, "Dy": 0.01}, "u": {"Dy": 0.001}}))
    data = ("--data", at_home.data, "--on", str(ON))
    told = run("law", "impact", "packaged", "--lot", "OM-N42SH-0623", "--assay", assay, *data, "--json").json
    assert {(row["holder"], row["new"]["answer"]) for row in told["rows"]} == {
        (ORIEL, "not_controlled"), (LUMEN, "not_controlled"),
    }  # fmt: skip
    # Whoever does not hold it is told of no lot.
    stranger = run("law", "impact", "packaged", "--lot", "OM-N42SH-0623", "--assay", assay, *data, "--viewer", FERN)
    assert stranger.code == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.yaml",), 3, "nowhere.yaml"),
        (("packaged", "--until", "2020-01-01"), 2, "lies before"),
        (("packaged", "--on", "1999-01-01"), 2, "lies before all that the packs know"),
        (("packaged", "--lot", "x"), 2, "takes both"),
        (("packaged", "--lists", "nowhere.yaml"), 3, "nowhere.yaml"),
        (("packaged", "--goods", "nowhere.json", "nowhere.json"), 3, "nowhere.json"),
    ],
)
def test_what_cannot_be_meant_is_told(at_home, words, code, said):
    told = run("law", "impact", *words, "--data", at_home.data)
    assert (told.code, said in " ".join(told.err.split())) == (code, True), told


def test_bad_packs_lists_and_goods_are_refused_with_every_problem(at_home, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: other/1\nlists: all\n", encoding="utf-8")
    for words in ((bad,), ("packaged", "--lists", bad)):
        told = run("law", "impact", *words, "--data", at_home.data, "--json")
        assert told.code == 3
        assert told.json["problems"]
    goods = tmp_path / "goods.json"
    goods.write_text('{"form": "brick"}', encoding="utf-8")
    assert run("law", "impact", "packaged", "--goods", goods, goods).code == 3
