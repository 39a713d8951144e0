"""The day that governs, transitions, and whether one may file and ship while an answer is disputed or open."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import codes_of, content_of, day
from ytterby.law.applies import applies
from ytterby.law.book import LawBook
from ytterby.law.classification import Classifier
from ytterby.law.days import EXIT, GOVERNS, Days
from ytterby.law.export_leave import BAN, FREE, LICENCE, leave_of
from ytterby.law.fact import read_facts
from ytterby.law.goods import read_goods
from ytterby.law.pack_diff import diff_packs
from ytterby.law.ternary import Ternary
from ytterby.shell.site.law_packs import law_of, packaged_law

TERRA = law_of(Path(__file__).parent / "packs" / "terra")[0]
BOOK = packaged_law()
DAYS = st.dates(min_value=date(2025, 6, 1), max_value=date(2027, 6, 1))
NAMED = st.dictionaries(st.sampled_from(GOVERNS), DAYS, min_size=1, max_size=4)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "to": st.sampled_from(("XM", "XR", "XT", "JP", "US", "DE")),
        "user": st.sampled_from(("military", "civil", "listed")),
        "hull": st.sampled_from(("ship", "station")),
        "item": st.sampled_from(("1C905.a", "1C909.a", "T-7.a")),
        "value_share": st.sampled_from(("0.02", "0.0001")),
    },
)
RULES = sorted(rule.id for rule in TERRA.rules.values() if rule.means)


def asked(rule, days, facts, book: LawBook = TERRA):
    read, problems = read_facts(facts, book.facts, book.listed_code)
    assert not problems
    return applies(book, rule, read, on=days, known=book.known_to)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(RULES), DAYS, FACTS)
def test_one_day_alone_is_that_of_everything(rule, on, facts):
    one, all_named = asked(rule, on, facts), asked(rule, Days(None, dict.fromkeys(GOVERNS, on)), facts)
    assert (one.answer, one.missing, one.missing_days) == (all_named.answer, all_named.missing, ())
    assert asked(rule, Days(on, {}), facts) == one


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(RULES), NAMED, FACTS, st.data())
def test_learning_a_day_never_turns_an_answer_round(rule, named, facts, data):
    shown = asked(rule, Days(None, named), facts)
    hidden = data.draw(st.sets(st.sampled_from(sorted(named)), max_size=len(named) - 1))
    less = asked(rule, Days(None, {name: one for name, one in named.items() if name not in hidden}), facts)
    assert less.answer in {shown.answer, "unknown"}
    if less.answer != shown.answer:
        assert less.missing_days


@settings(deadline=None, max_examples=200)
@given(NAMED, FACTS)
def test_without_the_day_that_governs_a_rule_in_question_says_which_it_is(named, facts):
    named.pop(EXIT, None)
    found = asked("TERRA-moons", Days(None, named or {"contract": date(2026, 1, 1)}), facts)
    assert (found.answer, found.missing_days, found.on) == ("unknown", (EXIT,), None)


def test_a_rule_with_conditions_asks_them_by_the_text_that_governs():
    """A rule followed by another is judged at its own day: the list by the contract, the moons by the exit."""
    days = Days(None, {"contract": day("2025-08-31"), EXIT: day("2026-11-01")})
    assert asked("TERRA-export", days, {"item": "T-7.a", "hull": "ship"}).answer == "free"
    days = Days(None, {EXIT: day("2026-11-01")})
    found = asked("TERRA-export", days, {"item": "T-7.a", "hull": "ship"})
    assert (found.answer, found.missing_days) == ("unknown", ("contract",))


def test_a_day_that_is_named_goes_before_the_one_for_all():
    days = Days(day("2026-12-31"), {"contract": day("2026-02-28"), "decision": day("2026-09-30")})
    assert asked("TERRA-moons", days, {"to": "XM"}).answer == "free"
    assert asked("TERRA-moons", day("2026-12-31"), {"to": "XM"}).answer == "never"


def test_a_transition_is_as_sure_as_it_says():
    days = Days(None, {"contract": day("2026-02-28"), EXIT: day("2026-09-01")})
    found = asked("TERRA-moons", days, {"to": "XM"})
    assert "recalled" in {one.trust.confidence for one in found.reasons}


def goods_of(**fields):
    read, problems = read_goods(fields)
    assert read is not None, problems
    return read


def test_goods_are_judged_at_the_day_that_governs_each_rule():
    magnet = goods_of(form="magnet", magnet_type="SmCo", elements={"Sm": 25})

    def found(**days):
        named = {name: day(one) for name, one in days.items()}
        return Classifier(BOOK, on=Days(None, named), known=BOOK.known_to).classify(magnet)

    assert found(contract="2025-03-01", exit="2025-05-01").answer == "controlled"
    assert found(contract="2025-05-01", exit="2025-04-03").answer == "not_controlled"
    open_one = found(contract="2025-05-01")
    assert (open_one.answer, open_one.missing_days) == ("unknown", (EXIT,))
    assert open_one.leave.ship.word is Ternary.UNKNOWN
    rotor = goods_of(form="assembly", magnet_type="SmCo", elements={"Sm": 5}, built_in=True)
    at = Classifier(BOOK, on=Days(None, {"contract": day("2026-01-01")}), known=BOOK.known_to).classify(rotor)
    assert at.answer == "unknown"


# Filing and shipping

MEANINGS = st.frozensets(st.sampled_from((FREE, LICENCE, BAN)), min_size=1)


@given(st.lists(MEANINGS, min_size=1, max_size=4))
def test_shipping_is_allowed_only_where_every_world_says_so(worlds):
    found = leave_of(worlds)
    assert (found.ship.word is Ternary.YES) == all(world == {FREE} for world in worlds)
    assert (found.ship.word is Ternary.NO) == any(FREE not in world for world in worlds)
    # Nobody is told not to file where a licence may be needed.
    may_need = any(LICENCE in world for world in worlds)
    assert not (may_need and found.file.word is Ternary.NO)
    # What is disputed and nothing else may be filed for.
    union = frozenset().union(*worlds)
    if len(union) > 1 and all(len(world) == 1 for world in worlds):
        assert (found.file.word, found.ship.word) == (Ternary.YES, Ternary.NO)


PACKAGED = sorted(rule.id for rule in BOOK.rules.values() if rule.means)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(PACKAGED), DAYS, FACTS)
def test_no_answer_lets_goods_leave_that_some_reading_holds_back(rule, on, facts):
    facts = {name: value for name, value in facts.items() if name in BOOK.facts and value not in {"XM", "XR", "T-7.a"}}
    found = asked(rule, on, facts, BOOK)
    means = BOOK.rules[rule].means
    words = {one.answer for one in found.readings} or {found.answer}
    held = {word for word in words if word == "unknown" or means.get(word) != FREE}
    assert (found.leave.ship.word is Ternary.YES) == (not held)


def test_what_is_disputed_may_be_filed_and_not_shipped():
    found = asked("CN-57", day("2026-11-20"), {}, BOOK)
    assert (found.answer, found.leave.file.word, found.leave.ship.word) == ("disputed", Ternary.YES, Ternary.NO)
    oxide = goods_of(form="oxide", formula="Ho2O3")
    leave = Classifier(BOOK, on=day("2026-11-20"), known=BOOK.known_to).classify(oxide).leave
    assert (leave.file.word, leave.ship.word) == (Ternary.YES, Ternary.NO)


def test_a_rule_that_is_not_about_export_says_nothing_of_it():
    assert asked("US-DFARS-7052", day("2027-01-01"), {}, BOOK).leave is None


# What is refused of a pack


def with_rule(**fields):
    content = content_of("cn-18")
    content["rules"][0] |= fields
    return content


ROW = {
    "day": "contract",
    "before": "2025-06-01",
    "text": {"en": "old ones stay", "zh": "旧约照旧"},
    "source": "gazette",
    "confidence": "read",
}


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        ({"transition": [ROW | {"end": "exit"}]}, "pack.missing_field", "/rules/0/transition/0"),
        ({"transition": [ROW | {"until": "2025-07-01"}]}, "pack.missing_field", "/rules/0/transition/0"),
        (
            {"transition": [ROW | {"end": "exit", "until": "2025-05-01"}]},
            "pack.dates_reversed",
            "/rules/0/transition/0/until",
        ),
        ({"transition": [ROW | {"day": "birthday"}]}, "pack.choice", "/rules/0/transition/0/day"),
        ({"transition": [{"day": "contract"}]}, "pack.missing_field", "/rules/0/transition/0"),
        ({"means": {"yes": "licence"}}, "pack.meaning", "/rules/0/means"),
        ({"means": {"yes": "licence", "no": "free", "maybe": "free"}}, "pack.meaning", "/rules/0/means"),
        ({"means": {"yes": "licence", "no": "open"}}, "pack.choice", "/rules/0/means/no"),
    ],
)
def test_a_transition_or_a_meaning_that_cannot_be_is_refused(fields, code, where):
    assert (code, where) in codes_of(with_rule(**fields))


def test_the_difference_of_packs_names_a_transition():
    from law.law_case import pack_of

    old, new = pack_of(content_of("cn-18")), pack_of(with_rule(transition=[ROW]))
    (change,) = diff_packs({"cn-18": old}, {"cn-18": new})
    assert (change.kind, change.place) == ("added", ("rules", "CN-18", "transition"))


@settings(deadline=None, max_examples=100)
@given(DAYS)
def test_a_transition_that_ends_before_the_rule_begins_changes_nothing(on):
    from law.law_case import with_pack

    book = with_pack(with_rule(transition=[ROW | {"before": "2025-03-01", "end": "exit", "until": "2025-04-03"}]))
    magnet = goods_of(form="magnet", magnet_type="SmCo", elements={"Sm": 25})
    days = Days(None, {"contract": on - timedelta(days=400), EXIT: on})
    here = Classifier(book, on=days, known=book.known_to).classify(magnet)
    assert here.answer == Classifier(BOOK, on=days, known=BOOK.known_to).classify(magnet).answer


def test_goods_whose_transition_hangs_on_a_day_that_nobody_gave_are_unknown():
    from law.law_case import with_pack

    book = with_pack(with_rule(transition=[ROW]))
    magnet = goods_of(form="magnet", magnet_type="SmCo", elements={"Sm": 25})

    def found(**days):
        named = {name: day(one) for name, one in days.items()}
        return Classifier(book, on=Days(None, named), known=book.known_to).classify(magnet)

    assert found(exit="2026-01-15", contract="2025-06-01").answer == "controlled"
    assert found(exit="2026-01-15", contract="2025-05-31").answer == "not_controlled"
    open_one = found(exit="2026-01-15")
    assert (open_one.answer, open_one.missing_days) == ("unknown", ("contract",))
    # Known later than the question's knowledge, it does not count.
    late = with_pack(with_rule(transition=[ROW | {"known_since": "2026-03-01"}]))
    then = Classifier(late, on=Days(None, {EXIT: day("2026-01-15")}), known=day("2026-02-01")).classify(magnet)
    assert then.answer == "controlled"
