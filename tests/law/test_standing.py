"""How a rule stands on a day: since when, until when, and where readings disagree."""

from datetime import date, timedelta

import pytest

from ytterby.law.applies import applies
from ytterby.law.standing import standing_of
from ytterby.shell.site.law_packs import packaged_law

BOOK = packaged_law()
LATEST = BOOK.known_to


def stand(rule, on, known=LATEST):
    found = standing_of(BOOK.rules[rule], BOOK.disputes, on=date.fromisoformat(on), known=known)
    return found, (found.word, *(None if day is None else str(day) for day in found[1:4]))


@pytest.mark.parametrize(
    ("rule", "on", "wanted"),
    [
        ("CN-18", "2025-04-03", ("not_yet", None, None, "2025-04-04")),
        ("CN-18", "2026-11-20", ("in_force", "2025-04-04", None, None)),
        ("CN-57", "2025-11-06", ("not_yet", None, None, "2025-11-08")),
        ("CN-57", "2026-01-15", ("suspended", "2025-11-07", None, None)),
        ("CN-57", "2026-11-20", ("disputed", "2026-11-11", None, None)),
        ("CN-57", "2027-01-11", ("in_force", "2027-01-11", None, None)),
        ("EU-CRMA-28", "2027-11-23", ("not_yet", None, None, "2027-11-24")),
        ("EU-CRMA-28", "2027-11-24", ("unknown", "2027-11-24", None, None)),
        ("US-DFARS-7052", "2028-01-01", ("in_force", "2019-04-30", None, None)),
    ],
)
def test_a_rule_stands_as_its_dates_say(rule, on, wanted):
    assert stand(rule, on)[1] == wanted


def test_before_the_dispute_was_known_the_suspension_had_an_end():
    found, said = stand("CN-57", "2026-01-15", known=date(2026, 2, 1))
    assert said == ("suspended", "2025-11-07", "2026-11-10", None)
    assert found.readings == ()


def test_a_dispute_names_its_readings_and_who_may_settle_it():
    found, _ = stand("CN-57", "2026-11-20")
    assert {one.reading: one.answer for one in found.readings} == {"ended": "in_force", "extended": "suspended"}
    assert len(found.settled_by) == 1


def test_what_nobody_could_know_yet_gives_no_reason():
    found, said = stand("CN-57", "2026-01-15", known=date(2025, 9, 1))
    assert said == ("not_known", None, None, None)
    assert found.reasons == ()


@pytest.mark.parametrize("rule", [name for name, rule in BOOK.rules.items() if not rule.strictest])
def test_since_is_the_first_day_of_how_it_stands(rule):
    """A property over three years of days: from `since` on the word is the same, on the day before it is another."""
    for step in range(0, 1100, 13):
        on = date(2025, 1, 1) + timedelta(days=step)
        found, _ = stand(rule, str(on))
        if found.since is None:
            continue
        assert found.since <= on
        then = stand(rule, str(found.since))[0]
        # A rule may be suspended before the day on which it would have begun.
        assert then.word == found.word or (found.word, then.word) == ("suspended", "not_yet")
        before = stand(rule, str(found.since - timedelta(days=1)))[0]
        assert (before.word, before.since) != (found.word, found.since)
        if found.until is not None:
            assert stand(rule, str(found.until))[0].word == found.word


@pytest.mark.parametrize("rule", [name for name, one in BOOK.rules.items() if one.versions[-1].condition is None])
def test_it_agrees_with_what_applies(rule):
    """A rule without a condition applies while it stands in force."""
    if BOOK.rules[rule].strictest is not None:
        return
    words = {"in_force": "yes", "suspended": "no", "not_yet": "no", "disputed": "disputed", "unknown": "unknown"}
    for step in range(0, 1100, 7):
        on = date(2025, 1, 1) + timedelta(days=step)
        answer = applies(BOOK, rule, {}, on=on, known=LATEST).answer
        assert answer == words[stand(rule, str(on))[0].word], on
