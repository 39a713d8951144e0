"""Whose answer changes: the shortcut hides nothing, coming dates show, corrected goods are the same question."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import content_of, with_pack
from law.test_classification_properties import GOODS, goods_of
from ytterby.law.book import make_book
from ytterby.law.classification import Classifier
from ytterby.law.fact import read_facts
from ytterby.law.impact import Subject, answer_of, by_holder, differing_rules, goods_key, impact
from ytterby.law.law_change import boundaries, rule_changes
from ytterby.law.reach import Law, reach_of
from ytterby.shell.site.law_packs import packaged_law, packaged_packs

PACKAGED = packaged_law()
KNOWN = date(2027, 12, 31)
ON = date(2026, 11, 24)
SOURCE = {"source": "a test", "confidence": "read"}
DAYS = st.dates(date(2025, 4, 4), date(2027, 12, 1)) | st.sampled_from(
    [d for d in boundaries(PACKAGED) if d.year > 2024]
)


def law(book):
    return Law(book, KNOWN)


def subject(goods, name="lot", *, new=None, holder="mine", **facts):
    read, problems = read_facts(facts, PACKAGED.facts, PACKAGED.listed_code)
    assert not problems
    old = goods_of(goods)
    return Subject("lot", name, holder, old, old if new is None else goods_of(new), read)


def magnet(dy="2.1", u="0.05", **more):
    elements = {"Nd": Decimal(29), "Dy": Decimal(dy)}
    return {"form": "magnet", "magnet_type": "NdFeB", "elements": elements, "u": {"Dy": Decimal(u)}, **more}


def changed(pack, change):
    """Return the packaged law in which one pack was changed."""
    content = content_of(pack)
    change(content)
    return with_pack(content)


# Books that differ from the packaged one in one way each.


def _rule(content, name):
    return next(one for one in content["rules"] if one["id"] == name)


def _item(content, code):
    return next(one for one in content["items"] if one["code"] == code)


def suspended(content):
    _rule(content, "CN-18")["suspended"] = [{"from": "2026-12-01", "to": "2027-03-31", **SOURCE}]


def later(content):
    _rule(content, "CN-18")["effective"] = "2027-02-01"


def item_gone(content):
    content["items"] = [one for one in content["items"] if one["code"] != "1C905.a"]


def elements_wider(content):
    _item(content, "1C905.a")["elements"] = ["Dy", "Nd"]


def form_gone(content):
    for part in _item(content, "1C905.a")["parts"]:
        part["forms"] = [form for form in part["forms"] if form != "magnet"] or ["flake"]


def no_guidance(content):
    content.pop("guidance", None)


def no_doubts(content):
    content.pop("doubts", None)


def guidance_first(content):
    row = copy.deepcopy(content["guidance"][0])
    row |= {"id": "new-guidance", "forms": ["oxide", "magnet"], "built_in": [False, None], "effective": "2027-01-15"}
    row.pop("known_since", None)
    content["guidance"].append(row)


def limits(content):
    for one in content["parameters"].values():
        one["value"] = "3"


def coverage(content):
    content["parameters"]["coverage"]["value"] = "1"


def impurity(content):
    content["parameters"]["impurity"]["value"] = "5"


def settled(content):
    reading = {"reading": "extended", "by": "an officer", "known_since": "2026-11-20", **SOURCE}
    content["disputes"][0]["settled"] = reading


def undisputed(content):
    for rule in content["rules"]:
        rule.pop("readings", None)
    content.pop("disputes", None)


CHANGES = [
    *(("cn-18", change) for change in (suspended, later, item_gone, elements_wider, form_gone, no_guidance, no_doubts)),
    *(("cn-18", change) for change in (guidance_first, limits)),
    *(("facts", change) for change in (coverage, impurity)),
    *(("cn-57-61-62", change) for change in (settled, undisputed)),
]


@pytest.fixture(scope="module")
def books():
    """The packaged book and those that differ from it: by a change each, by a pack less."""
    found = [PACKAGED]
    for pack, change in CHANGES:
        content = content_of(pack)
        change(content)
        found.append(with_pack(content))
    return found


@settings(deadline=None, max_examples=400)
@given(st.data(), GOODS, DAYS)
def test_the_shortcut_hides_no_change(books, data, goods, on):
    old, new = (law(data.draw(st.sampled_from(books))) for _ in range(2))
    read = goods_of(goods)
    answers = {answer_of(Classifier(one.book, on=on, known=one.known).classify(read)) for one in (old, new)}
    assert len(answers) == 1 or reach_of(old, new, on).speaks_of(read)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.lists(GOODS, max_size=6), DAYS)
def test_all_goods_classified_by_both_books_come_to_the_same(books, data, many, on):
    old, new = (law(data.draw(st.sampled_from(books))) for _ in range(2))
    subjects = [subject(goods, f"lot {number}", magnet="NdFeB") for number, goods in enumerate(many)]
    short, plain = (impact(old, new, subjects, on=on, is_reach_used=used) for used in (True, False))
    assert short == plain


@settings(deadline=None, max_examples=60)
@given(st.data(), GOODS, DAYS)
def test_since_is_the_first_day_on_which_answers_differ(books, data, goods, on):
    old, new = (law(data.draw(st.sampled_from(books))) for _ in range(2))
    until = date(2028, 1, 1)
    found = impact(old, new, [subject(goods)], on=on, until=until)
    read = goods_of(goods)

    def differs(when):
        pair = [answer_of(Classifier(one.book, on=when, known=one.known).classify(read)) for one in (old, new)]
        return pair[0] != pair[1]

    # Every day of a stretch, drawn at random besides the days that the books name.
    days = [data.draw(st.dates(on, until)) for _ in range(3)]
    if not found:
        assert not any(map(differs, days))
        return
    assert differs(found[0].since)
    assert not any(differs(when) for when in days if when < found[0].since)


@settings(deadline=None, max_examples=60)
@given(st.data(), GOODS, DAYS)
def test_there_and_back_is_the_same_change_turned_round(books, data, goods, on):
    old, new = (law(data.draw(st.sampled_from(books))) for _ in range(2))
    there, back = impact(old, new, [subject(goods)], on=on), impact(new, old, [subject(goods)], on=on)
    assert [(one.since, one.old, one.new, one.gained) for one in there] == [
        (one.since, one.new, one.old, one.lost) for one in back
    ]


def test_every_change_of_the_list_changes_something(books):
    """So that the properties above are not about books that answer alike."""
    goods = [
        magnet(),
        magnet("0.1"),
        magnet("0.15", "0.03"),
        {"form": "oxide", "elements": {"Dy": Decimal(80)}},
        {"form": "oxide", "formula": "Ho2O3"},
        {"form": "assembly", "magnet_type": "SmCo", "built_in": True, "elements": {"Sm": Decimal(5)}},
        {"form": "swarf", "elements": {"Dy": Decimal(1)}},
        {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": Decimal(29)}},
        {"form": "alloy", "elements": {"Dy": Decimal(78), "Fe": Decimal(20), "Ni": Decimal(2)}},
    ]
    subjects = [subject(one, str(number)) for number, one in enumerate(goods)]
    for (_, change), book in zip(CHANGES, books[1:], strict=True):
        assert impact(law(PACKAGED), law(book), subjects, on=ON), change.__name__


def test_a_law_beside_itself_changes_nothing():
    assert impact(law(PACKAGED), law(PACKAGED), [subject(magnet())], on=ON) == []
    same, problems = make_book(packaged_packs())
    assert not problems
    assert impact(law(PACKAGED), law(same), [subject(magnet(), magnet="NdFeB")], on=ON) == []
    assert rule_changes(law(PACKAGED), law(same), on=ON) == []


def test_a_coming_date_shows_what_it_will_do():
    new = law(changed("cn-18", suspended))
    (found,) = impact(law(PACKAGED), new, [subject(magnet())], on=ON)
    assert found.since == date(2026, 12, 1)
    assert (found.old.answer, found.new.answer) == ("controlled", "not_controlled")
    assert (found.gained, found.lost) == ((), ("1C905.a",))
    assert found.new.reasons
    assert {one.on for one in found.new.reasons} == {found.since}
    # Asked later than its end, or until before its beginning, it does nothing.
    assert impact(law(PACKAGED), new, [subject(magnet())], on=date(2027, 4, 1)) == []
    assert impact(law(PACKAGED), new, [subject(magnet())], on=ON, until=date(2026, 11, 30)) == []
    (change,) = rule_changes(law(PACKAGED), new, on=ON)
    assert (change.rule, change.kind, change.since) == ("CN-18", "changed", date(2026, 12, 1))
    assert (change.old.word, change.new.word) == ("in_force", "suspended")


def test_a_corrected_assay_is_the_same_question():
    corrected = subject(magnet("0.02", "0.01"), new=magnet("0.5", "0.01"))
    (found,) = impact(law(PACKAGED), law(PACKAGED), [corrected], on=ON)
    assert (found.old.answer, found.new.answer, found.gained) == ("not_controlled", "controlled", ("1C905.a",))
    assert found.since == ON


def test_equal_goods_are_asked_about_once(monkeypatch):
    asked = []
    real = Classifier.classify
    monkeypatch.setattr(Classifier, "classify", lambda self, goods: asked.append(goods) or real(self, goods))
    told = []
    many = [subject(magnet(), str(number), holder=str(number % 3)) for number in range(500)]
    new = law(changed("cn-18", suspended))
    (found,) = impact(law(PACKAGED), new, many, on=ON, tell=lambda *so_far: told.append(so_far))
    assert len(found.subjects) == 500
    assert len(asked) <= 6
    assert told == [(1, 1)]
    assert {holder: len(rows) for holder, rows in by_holder([found]).items()} == {"0": 167, "1": 167, "2": 166}


def test_goods_that_differ_in_a_digit_are_two():
    assert goods_key(goods_of(magnet("2.1"))) == goods_key(goods_of(magnet("2.10")))
    assert goods_key(goods_of(magnet("2.1"))) != goods_key(goods_of(magnet("2.1000001")))


def places_wider(content):
    leaves = content["rules"][0]["when"]["all"][2]["any"]
    leaves.append({"fact": "refined_in", "in": ["CN"]})


def test_a_rule_of_the_trade_is_asked_of_what_is_known_and_says_what_is_missing():
    new = law(changed("us-dfars-7052", places_wider))
    assert differing_rules(law(PACKAGED), new) == ["US-DFARS-7052"]
    made_at_home = {"melted_in": "DE", "produced_in": "DE", "magnet": "NdFeB"}
    unknown = subject(magnet(), **made_at_home)
    (found,) = impact(law(PACKAGED), new, [unknown], on=ON)
    (rule,) = found.rules
    assert (rule.rule, rule.old_answer, rule.new_answer) == ("US-DFARS-7052", "allowed", "unknown")
    assert rule.missing == ("refined_in",)
    known = subject(magnet(), **made_at_home, refined_in="CN")
    (found,) = impact(law(PACKAGED), new, [known], on=ON)
    assert (found.rules[0].old_answer, found.rules[0].new_answer) == ("allowed", "prohibited")
    # Of what nothing is known that it asks for, it is not asked.
    assert impact(law(PACKAGED), new, [subject({"form": "oxide", "formula": "Nd2O3"})], on=ON) == []


def test_a_rule_that_a_book_lacks_does_not_hold_by_it():
    packs = [one for one in packaged_packs() if one.id != "us-dfars-7052"]
    without, problems = make_book(packs)
    assert not problems
    lot = subject(magnet(), magnet="NdFeB", melted_in="CN")
    (found,) = impact(law(without), law(PACKAGED), [lot], on=ON)
    (rule,) = found.rules
    assert (rule.old, rule.old_answer, rule.new_answer) == (None, "allowed", "prohibited")
    (gone,) = rule_changes(law(PACKAGED), law(without), on=ON)
    assert (gone.kind, gone.new) == ("removed", None)


def test_a_book_without_items_answers_that_nothing_is_controlled():
    book, _ = make_book([one for one in packaged_packs() if one.id == "facts"])
    (found,) = impact(law(book), law(PACKAGED), [subject(magnet())], on=ON)
    assert (found.old.answer, found.new.answer) == ("not_controlled", "controlled")
