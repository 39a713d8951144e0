"""Disputes that officers settle by dated entries beside the packs: known since their day, corrected, never gone."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import asked
from ytterby.law.dated_rule import Settlement
from ytterby.law.settlement import Settled, with_settlements
from ytterby.law.trust import Confidence, Trust
from ytterby.shell.site.law_entry import find_entry
from ytterby.shell.site.law_packs import packaged_law

DISPUTE = "CN-70-extension"
FIRST = date(2026, 10, 1)
BEFORE, AFTER = "2026-10-31", "2026-11-20"
SHARE = {"value_share": "0.02", "value_share_u": "0.001", "produced_in": "DE"}
DAYS = st.integers(0, 60).map(lambda days: FIRST + timedelta(days=days))


def settled(reading, known_since, dispute=DISPUTE, source="notice 1"):
    return Settled(dispute, Settlement(reading, "officer", Trust(source, Confidence.READ, "", known_since)))


ENTRIES = st.lists(st.builds(settled, st.sampled_from(("ended", "extended")), DAYS), max_size=6)


def readings(book, known):
    return book.disputes[DISPUTE].readings_known(known)


@pytest.mark.parametrize(("reading", "answer"), [("ended", "yes"), ("extended", "no")])
def test_a_settled_dispute_is_answered_from_its_day_on_and_disputed_as_known_before(reading, answer):
    book = with_settlements(packaged_law(), [settled(reading, date(2026, 11, 1))])
    found = asked("CN-61.1", "2026-12-31", AFTER, book, **SHARE)
    assert (found.answer, found.settled_by) == (answer, ())
    then = asked("CN-61.1", "2026-12-31", BEFORE, book, **SHARE)
    assert (then.answer, len(then.readings)) == ("disputed", 2)


@given(ENTRIES, DAYS)
def test_as_known_before_the_first_entry_everything_is_as_without_any(entries, known):
    book = with_settlements(packaged_law(), entries)
    before = [one for one in entries if one.settlement.trust.known_since <= known]
    if not before:
        assert readings(book, known) == readings(packaged_law(), known)
        assert len(readings(book, known)) > 1
    else:
        latest = max(one.settlement.trust.known_since for one in before)
        of_day = [one for one in before if one.settlement.trust.known_since == latest]
        assert readings(book, known) == (of_day[-1].settlement.reading,)


@given(ENTRIES, st.sampled_from(("ended", "extended")), st.integers(1, 30), DAYS)
def test_a_correction_changes_nothing_that_was_known_before_it(entries, reading, later, known):
    latest = max((one.settlement.trust.known_since for one in entries), default=FIRST)
    correction = settled(reading, latest + timedelta(days=later))
    old, new = with_settlements(packaged_law(), entries), with_settlements(packaged_law(), [*entries, correction])
    if known < latest + timedelta(days=later):
        assert readings(new, known) == readings(old, known)
    assert readings(new, latest + timedelta(days=later)) == (reading,)
    assert new.digest != old.digest


@settings(max_examples=50)
@given(ENTRIES, st.randoms())
def test_entries_of_different_days_say_the_same_in_any_order(entries, pick):
    by_day = list({one.settlement.trust.known_since: one for one in entries}.values())
    shuffled = pick.sample(by_day, len(by_day))
    one, other = with_settlements(packaged_law(), by_day), with_settlements(packaged_law(), shuffled)
    for days in range(62):
        known = FIRST + timedelta(days=days)
        assert readings(one, known) == readings(other, known)


@given(ENTRIES, st.integers(0, 6))
def test_entries_laid_over_one_by_one_are_those_laid_over_at_once(entries, cut):
    at_once = with_settlements(packaged_law(), entries)
    apart = with_settlements(with_settlements(packaged_law(), entries[:cut]), entries[cut:])
    assert (at_once.settlements, at_once.digest) == (apart.settlements, apart.digest)


@pytest.mark.parametrize("entry", [settled("ended", FIRST, "no-dispute"), settled("nonsense", FIRST)])
def test_what_names_no_dispute_or_reading_settles_nothing(entry):
    book = with_settlements(packaged_law(), [entry])
    assert {name: one.settlements for name, one in book.disputes.items()} == {
        name: one.settlements for name, one in packaged_law().disputes.items()
    }
    assert asked("CN-61.1", "2026-12-31", AFTER, book, **SHARE).answer == "disputed"


def test_without_entries_it_is_the_same_book_and_one_entry_has_its_digest_in_every_field():
    book = packaged_law()
    assert with_settlements(book, []) is book
    entries = [
        settled("ended", FIRST),
        settled("extended", FIRST),
        settled("ended", FIRST + timedelta(days=1)),
        settled("ended", FIRST, source="notice 2"),
    ]
    digests = {with_settlements(book, [one]).digest for one in entries}
    assert len(digests | {book.digest}) == len(entries) + 1


def test_the_latest_day_that_is_known_is_that_of_the_last_entry_and_groups_keep_it():
    day = packaged_law().known_to + timedelta(days=40)
    book = with_settlements(packaged_law(), [settled("ended", day)])
    assert (book.latest_known, book.known_to) == (day, packaged_law().known_to)
    assert book.of_group("cn").disputes[DISPUTE].settlement_known(day).reading == "ended"


def test_an_entry_is_shown_with_its_source_and_so_is_one_that_was_corrected():
    first, second = settled("ended", FIRST), settled("extended", FIRST + timedelta(days=3), source="notice 2")
    shown = find_entry(with_settlements(packaged_law(), [first, second]), DISPUTE, "en")
    assert [(one["reading"], one["source"]) for one in shown["settlements"]] == [
        ("ended", "notice 1"),
        ("extended", "notice 2"),
    ]
    assert shown["settled"] == shown["settlements"][1]
    assert find_entry(packaged_law(), DISPUTE, "en")["settled"] is None
