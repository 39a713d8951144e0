"""What runs say of a party: a whole one all, one by difference what changed; a version that no run saw is another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening.entry import EntrySchema
from ytterby.screening.hit import Band, Ground, Hit
from ytterby.screening.run import ScreeningRun, read_run, run_fields, screenings_of
from ytterby.screening.screened_party import ScreenedParty, party_digest

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTY = ScreenedParty("p", EntrySchema.ORGANIZATION, ("Example Works",))


def hit(entry: str, party: str = "p", list_: str = "control") -> Hit:
    digest = party_digest(PARTY)
    return Hit(party, digest, list_, entry, entry * 8, Ground.NAME, Band.ALERT, 0.9, "n", "m", ({"code": "x"},))


def screening_of(party, registered, runs, at):
    return screenings_of([(party, registered)], runs, at).get(party.id)


def run(*hits: Hit, **changes) -> ScreeningRun:
    fields = {"at": AT, "size": 10, "parties": None, "lists": {"control": "s1"}, "hits": hits}
    return ScreeningRun(**{**fields, "scorer": "1", "weights": "w", "thresholds": "t"} | changes)


def hits_of(*runs: ScreeningRun, registered: int = 5):
    found = screening_of(PARTY, registered, runs, AT + timedelta(hours=3))
    return found and [one.entry for one in found.hits]


def test_a_run_comes_back_from_its_record_as_it_was():
    whole = run(hit("a"), compared={"control": ("a", "b")})
    assert read_run(msgspec.json.decode(msgspec.json.encode(run_fields(whole)))) == whole
    with pytest.raises(msgspec.ValidationError):
        read_run({**run_fields(whole), "colour": "red"})


def test_a_run_by_difference_replaces_what_it_looked_at_and_leaves_the_rest():
    first = run(hit("a"), hit("b"), hit("c", party="q"))
    later = run(hit("d"), compared={"control": ("b", "d")}, lists={"control": "s2"})
    assert hits_of(first, later) == ["a", "d"]
    found = screening_of(PARTY, 5, (first, later), AT + timedelta(hours=3))
    assert (found.snapshots, found.age_hours, found.party_digest) == ({"control": "s2"}, 3, party_digest(PARTY))


def test_a_difference_before_any_whole_run_says_nothing():
    assert hits_of(run(hit("a"), compared={"control": ("a",)})) is None


def test_a_whole_run_forgets_what_was_before():
    assert hits_of(run(hit("a")), run(hit("b"))) == ["b"]


def test_a_run_of_other_parties_says_nothing_of_this_one():
    assert hits_of(run(hit("a")), run(parties=("q",))) == ["a"]
    assert hits_of(run(parties=("q",))) is None


@pytest.mark.parametrize(("registered", "is_seen"), [(9, True), (10, False), (11, False)])
def test_a_version_that_no_whole_run_read_is_another(registered, is_seen):
    later = run(size=20, compared={"control": ()})
    found = screening_of(PARTY, registered, (run(), later), AT)
    assert (found.party_digest == party_digest(PARTY)) == is_seen


ENTRIES = st.sampled_from("abcd")


@given(st.dictionaries(ENTRIES, st.booleans()), st.lists(st.dictionaries(ENTRIES, st.booleans()), max_size=5))
def test_differences_come_to_what_one_whole_run_over_the_last_state_says(first, changes):
    state = dict(first)
    runs = [run(*(hit(entry) for entry, is_hit in first.items() if is_hit))]
    for change in changes:
        state |= change
        runs.append(run(*(hit(e) for e, is_hit in change.items() if is_hit), compared={"control": tuple(change)}))
    whole = run(*(hit(entry) for entry, is_hit in state.items() if is_hit))
    assert sorted(hits_of(*runs)) == sorted(hits_of(whole))


def test_age_never_falls_below_nothing():
    assert screening_of(PARTY, 5, (replace_at(run(), AT + timedelta(days=1)),), AT).age_hours == 0


def replace_at(one: ScreeningRun, at: datetime) -> ScreeningRun:
    return msgspec.structs.replace(one, at=at)


def test_equal_hits_have_equal_numbers_whatever_the_score():
    assert hit("a").number == replace(hit("a"), score=0.1).number
