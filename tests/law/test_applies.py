"""Whether rules apply: the issue's examples, two days, readings, missing facts, value shares with uncertainty."""

from datetime import date, timedelta

import pytest

from law.law_case import asked, content_of, pack_of, with_pack
from ytterby.law.book import make_book
from ytterby.law.fact import read_facts
from ytterby.shell.site.law_packs import packaged_law, packaged_packs

# A magnet melted and produced in one country of an element refined in another, all facts given.
MAGNET = {
    "magnet": "NdFeB",
    "mined_in": "AU",
    "refined_in": "CN",
    "separated_in": "CN",
    "melted_in": "DE",
    "produced_in": "DE",
}


def test_the_defence_rule_counts_refining_from_its_day_on():
    before, after = (asked("US-DFARS-7052", on, **MAGNET) for on in ("2026-12-31", "2027-01-01"))
    assert (before.answer, after.answer) == ("allowed", "prohibited")
    assert before.presumed == {"buyer": ("US-DoD",)}
    # The words refined and separated were recalled: the answer that rests on them says so.
    assert "recalled" in {reason.trust.confidence for reason in after.reasons}


@pytest.mark.parametrize("place", ["CN", "IR", "KP", "RU", "DE,CN"])
def test_one_place_suffices_whatever_is_unknown(place):
    assert asked("US-DFARS-7052", "2027-01-01", magnet="SmCo", separated_in=place).answer == "prohibited"


def test_the_defence_rule_names_the_facts_that_would_settle_it():
    facts = {name: value for name, value in MAGNET.items() if name not in {"refined_in", "separated_in"}}
    found = asked("US-DFARS-7052", "2027-01-01", **facts)
    assert (found.answer, set(found.missing)) == ("unknown", {"refined_in", "separated_in"})
    assert asked("US-DFARS-7052", "2026-12-31", **facts).answer == "allowed"
    assert asked("US-DFARS-7052", "2027-01-01", buyer="other").answer == "allowed"
    assert asked("US-DFARS-7052", "2019-05-01").answer == "unknown"


@pytest.mark.parametrize("on", ["2026-12-31", "2027-01-01"])
def test_the_value_rule_is_unknown_without_a_share_and_disputed_with_one(on):
    without = asked("CN-61.1", on, **MAGNET)
    assert (without.answer, without.missing) == ("unknown", ("value_share",))
    found = asked("CN-61.1", on, **MAGNET, value_share="0.02")
    assert found.answer == "disputed"
    assert {one.reading: one.answer for one in found.readings} == {"ended": "yes", "extended": "no"}
    assert found.settled_by
    assert asked("CN-61.1", on, **MAGNET, value_share="0.0005").answer == "no"
    # An item of that origin itself is another rule's.
    assert asked("CN-61.1", on, value_share="0.5", origin="CN").answer == "no"
    assert asked("CN-61.1", on, value_share="0.5", produced_in="CN").answer == "no"


@pytest.mark.parametrize(
    ("share", "u", "answer"),
    [
        ("0.001", "0", "disputed"),
        ("0.00121", "0.0001", "disputed"),
        ("0.0011", "0.0001", "unknown"),
        ("0.0009", "0.0001", "unknown"),
        ("0.00079", "0.0001", "no"),
        ("0.000999", "0", "no"),
    ],
)
def test_a_share_within_its_uncertainty_of_the_limit_settles_nothing(share, u, answer):
    found = asked("CN-61.1", "2026-11-20", value_share=share, value_share_u=u)
    assert found.answer == answer
    assert (found.missing == ("value_share",)) == (answer == "unknown")


# Two days


@pytest.mark.parametrize(
    ("item", "on", "known", "answer"),
    [
        ("1C905.a", "2025-04-03", "", "no"),
        ("1C905.a", "2025-11-20", "", "yes"),
        ("CN-1C905.a", "2025-11-20", "", "yes"),
        ("CN-18", "2025-11-20", "2025-04-03", "no"),  # not yet published
        ("1C909.a", "2025-11-08", "", "no"),
        ("1C909.a", "2025-11-08", "2025-11-06", "yes"),  # the suspension was not known
        ("1C909.a", "2026-11-10", "", "no"),  # the last day is taken as included
        ("1C909.a", "2026-11-11", "2026-09-23", "yes"),  # the extension was not known
        ("1C909.a", "2026-11-11", "2026-09-24", "disputed"),
        ("1C909.a", "2027-01-10", "", "disputed"),
        ("1C909.a", "2027-01-11", "", "yes"),
        ("CN-61.3", "2025-10-08", "", "no"),
        ("CN-61.3", "2025-10-09", "", "yes"),
        ("CN-61.3", "2025-11-06", "", "yes"),
        ("CN-61.3", "2025-11-07", "", "no"),
        ("1E902.a", "2025-10-15", "", "yes"),
        ("EU-CRMA-28", "2026-11-20", "", "no"),
        ("EU-CRMA-29", "2027-05-23", "", "no"),
    ],
)
def test_a_rule_as_of_a_day_as_known_on_a_day(item, on, known, answer):
    assert asked(item, on, known).answer == answer


def test_a_rule_applied_on_twenty_nine_days_before_it_was_suspended():
    days = [str(date(2025, 9, 15) + timedelta(days=n)) for n in range(90)]
    for rule in ("CN-61.3", "CN-62"):
        assert sum(asked(rule, on).answer == "yes" for on in days) == 29
    assert all(asked("CN-57", on).answer == "no" for on in days)


def test_a_duty_whose_day_depends_on_an_act_that_nobody_has_seen_is_unknown_from_then_on():
    found = asked("EU-CRMA-28", "2028-01-01", to="DE", use="wind_direct")
    assert found.answer == "unknown"
    assert "recalled" in {reason.trust.confidence for reason in found.reasons}
    assert asked("EU-CRMA-28", "2028-01-01", to="JP", use="wind_direct").answer == "no"


# Bans


@pytest.mark.parametrize(
    ("on", "facts", "answer"),
    [
        ("2026-01-05", {"to": "JP", "user": "military"}, "licence"),
        ("2026-01-06", {"to": "JP", "user": "military"}, "ban"),
        ("2026-05-01", {"to": "US", "user": "military"}, "ban"),
        ("2026-05-01", {"to": "US", "user": "civil", "use": "military"}, "ban"),
        ("2026-05-01", {"to": "US", "user": "civil", "use": "traction_motor_car"}, "licence"),
        ("2026-05-01", {"to": "US", "user": "civil"}, "unknown"),
        ("2026-05-01", {"to": "US", "user": "unknown", "use": "hdd"}, "unknown"),
        ("2026-05-01", {"to": "DE", "user": "civil"}, "licence"),
        ("2026-05-01", {"to": "DE"}, "licence"),  # who is not said to be listed is taken as not listed
        ("2026-05-01", {"to": "DE", "user": "listed"}, "unknown"),
        ("2026-05-01", {"to": "DE", "user": "listed", "listed_on": "control"}, "ban"),
        ("2026-05-01", {"to": "DE", "user": "listed", "listed_on": "watch"}, "licence"),
        ("2026-05-01", {"to": "DE", "user": "civil", "item": "1C909.a"}, "allowed"),
        ("2026-05-01", {"to": "DE", "user": "civil", "item": "CN-1C905.a"}, "licence"),
        ("2026-11-20", {"to": "DE", "user": "civil", "item": "1C909.a"}, "disputed"),
        ("2026-05-01", {}, "unknown"),
    ],
)
def test_what_an_export_of_a_listed_item_needs_is_the_strictest(on, facts, answer):
    assert asked("CN-dual-use", on, **facts).answer == answer


@pytest.mark.parametrize(("rule", "place"), [("CN-46-2024", "US"), ("CN-1-2026", "JP")])
def test_a_ban_alone_says_allowed_where_it_does_not_bite(rule, place):
    assert asked(rule, "2026-05-01", to=place, user="military").answer == "ban"
    assert asked(rule, "2026-05-01", to="DE").answer == "allowed"
    assert asked(rule, "2026-05-01").answer == "unknown"
    assert asked(rule, "2024-12-02", to=place, user="military").answer == "allowed"


# An officer settles


def test_a_dated_entry_of_an_officer_closes_a_dispute_from_its_day_on():
    content = content_of("cn-57-61-62")
    entry = {"reading": "extended", "by": "an officer", "known_since": "2026-11-15", "source": "entry 7"}
    content["disputes"][0]["settled"] = entry | {"confidence": "read"}
    book = with_pack(content)
    assert asked("1C909.a", "2026-11-20", "2026-11-14", book).answer == "disputed"
    assert asked("1C909.a", "2026-11-20", "2026-11-15", book).answer == "no"
    assert asked("1C909.a", "2027-01-11", "2026-11-15", book).answer == "yes"


def test_facts_that_cannot_be_read_are_all_named():
    facts = {"to": "Germany", "value_share": "2", "user": "baker", "item": "9Z999", "colour": "red", "magnet": "NdFeB"}
    book = packaged_law()
    read, problems = read_facts(facts, book.facts, book.listed_code)
    wanted = {
        ("law.fact_value", "/to"),
        ("law.fact_value", "/value_share"),
        ("law.fact_value", "/user"),
        ("law.fact_value", "/item"),
        ("law.unknown_fact", "/colour"),
    }
    assert {(problem.code, problem.where.pointer) for problem in problems} == wanted
    assert read == {"magnet": ("NdFeB",)}


def test_a_pack_of_another_country_needs_no_code():
    trust = {"source": "gazette 1", "confidence": "read"}
    words = {"en": "text", "zh": "文本"}
    terra = {
        "schema": "ytterby-pack/1",
        "id": "terra",
        "group": "terra",
        "title": words,
        "knows": {"from": "2026-01-01", "to": "2026-12-31"},
        "rules": [
            {"id": "TERRA-1", "title": words, "text": words, "published": "2026-01-01", "effective": "2026-02-01"}
            | {"governs": "contract", "when": {"not": {"fact": "to", "in": ["ZZ"]}}, **trust}
        ],
    }
    book, problems = make_book([*packaged_packs(), pack_of(terra)])
    assert not problems
    assert [asked("TERRA-1", "2026-03-01", "", book, to=to).answer for to in ("ZZ", "QQ")] == ["no", "yes"]
    assert asked("TERRA-1", "2026-01-31", "", book).answer == "no"
