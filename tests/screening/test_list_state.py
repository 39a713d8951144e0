"""Where snapshots of lists stand is a function of records: nobody leaves a list but by a person's word (threat D6)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening.list_diff import changed_fields, diff_members
from ytterby.screening.list_rule import HoldLimits, hold_reasons, parse_list_rules
from ytterby.screening.list_state import (
    DelistingRecord,
    ListSnapshotRecord,
    ReleaseRecord,
    SnapshotState,
    list_states,
)
from ytterby.shell.lists.tables import list_rules

AT = datetime(2026, 3, 1, tzinfo=UTC)
IDS = "abcdef"


class World:
    """Records as they are written down, and the snapshots that they name."""

    def __init__(self):
        self.records, self.held = [], {}

    def bring(self, members, *, holds=(), speaker="one", published=None):
        snapshot = ",".join(f"{id_}{text}" for id_, text in sorted(members.items()))
        self.held[snapshot] = members
        index = len(self.records)
        at = AT + timedelta(hours=index)
        self.records.append(
            ListSnapshotRecord(
                index, f"record{index}", "x", published, at, snapshot, "own-csv", 1, len(members), tuple(holds), speaker
            )
        )
        return f"record{index}"

    def release(self, record, *, delisted=None, speaker="two", reason="seen"):
        self.records.append(ReleaseRecord(len(self.records), record, reason, delisted or {}, AT, speaker))

    def delist(self, entry, act="act 1"):
        self.records.append(DelistingRecord(len(self.records), "x", entry, act, AT, "two"))

    @property
    def states(self):
        return list_states(self.records, lambda snapshot: self.held[snapshot])

    @property
    def state(self):
        return self.states.by_list["x"]


def test_the_latest_import_that_does_not_wait_is_in_force():
    world = World()
    world.bring({"a": "1"})
    second = world.bring({"a": "1", "b": "1"})
    assert world.state.in_force.record == second
    assert [world.state.state_of(one) for one in world.state.snapshots] == [
        SnapshotState.SUPERSEDED,
        SnapshotState.IN_FORCE,
    ]


def test_a_held_import_leaves_in_force_what_was():
    world = World()
    first = world.bring({"a": "1", "b": "1"})
    held = world.bring({"a": "1"}, holds=["removed"])
    assert (world.state.in_force.record, world.state.held.record, world.state.vanished) == (first, held, {})
    world.release(held)
    assert (world.state.in_force.record, world.state.held, set(world.state.vanished)) == (held, None, {"b"})


def test_an_import_is_not_released_by_who_made_it_nor_twice_nor_without_a_reason():
    """Threat D1."""
    world = World()
    held = world.bring({"a": "1"}, holds=["untried"], speaker="one")
    world.release(held, speaker="one")
    world.release(held, reason=" ")
    assert world.state.in_force is None
    assert len(world.states.flaws) == 2
    world.release(held)
    world.release(held)
    assert world.state.in_force.record == held
    assert len(world.states.flaws) == 3


def test_of_several_that_wait_only_the_latest_is_released():
    world = World()
    first, second = (world.bring({"a": str(n)}, holds=["untried"]) for n in range(2))
    world.release(first)
    assert world.state.in_force is None
    world.release(second)
    assert world.state.in_force.record == second


def test_what_waits_is_superseded_by_what_comes_into_force_after_it():
    world = World()
    held = world.bring({"a": "1"}, holds=["findings"])
    later = world.bring({"a": "2"})
    world.release(held)
    assert world.state.in_force.record == later
    assert world.state.held is None


def test_an_entry_that_vanished_is_screened_until_an_act_is_named_and_comes_back_by_itself():
    world = World()
    world.bring({"a": "1", "b": "1"})
    world.bring({"a": "1"})
    assert world.state.vanished["b"].digest == "1"
    world.delist("b", act=" ")
    assert set(world.state.vanished) == {"b"}
    world.delist("b")
    assert (world.state.vanished, world.state.delisted["b"].act) == ({}, "act 1")
    world.bring({"a": "1", "b": "2"})
    assert world.state.delisted == {}
    world.bring({"a": "1"})
    assert world.state.vanished["b"].digest == "2"


def test_a_release_names_what_is_off_the_list():
    world = World()
    world.bring({"a": "1", "b": "1", "c": "1"})
    held = world.bring({"a": "1"}, holds=["removed"])
    world.release(held, delisted={"b": "act 2", "a": "never gone"})
    assert (set(world.state.vanished), set(world.state.delisted)) == ({"c"}, {"b"})


MEMBERS = st.dictionaries(st.sampled_from(IDS), st.sampled_from("12"), max_size=6)
STEP = st.one_of(
    st.tuples(st.just("bring"), MEMBERS, st.booleans()),
    st.tuples(st.just("release"), st.sampled_from(["one", "two"])),
    st.tuples(st.just("delist"), st.sampled_from(IDS)),
)


@given(st.lists(STEP, max_size=14))
def test_whoever_was_in_force_is_screened_or_was_delisted_by_a_person(steps):
    """Threat D6: no order of imports, releases and delistings loses anybody."""
    world, ever, off = World(), set(), set()
    for step in steps:
        if step[0] == "bring":
            world.bring(step[1], holds=["removed"] if step[2] else ())
        elif step[0] == "release" and any(isinstance(one, ListSnapshotRecord) for one in world.records):
            last = [one for one in world.records if isinstance(one, ListSnapshotRecord)][-1]
            world.release(last.record, speaker=step[1])
        elif step[0] == "delist":
            world.delist(step[1])
            off.add(step[1])
        if "x" not in world.states.by_list:
            continue
        state = world.state
        now = set(world.held[state.in_force.snapshot]) if state.in_force else set()
        ever |= now
        assert ever <= now | set(state.vanished) | set(state.delisted)
        assert set(state.delisted) <= off
        assert not now & set(state.vanished)
        waiting = [one for one in state.snapshots if state.state_of(one) is SnapshotState.HELD]
        assert len(waiting) <= 1
        if state.in_force is not None and state.in_force.holds:
            assert state.in_force.record in state.releases


@given(MEMBERS, MEMBERS)
def test_a_diff_makes_the_later_of_the_earlier(before, after):
    diff = diff_members(before, after)
    made = {id_: text for id_, text in before.items() if id_ not in diff.removed}
    made |= {id_: after[id_] for id_ in (*diff.added, *diff.changed)}
    assert made == after
    assert diff.is_empty == (before == after)


def test_the_fields_that_changed_are_named():
    from screening.test_entry import CHANGES, ENTRY

    for name, value in CHANGES.items():
        assert changed_fields(ENTRY, replace(ENTRY, **{name: value})) == (name,)
    assert changed_fields(ENTRY, replace(ENTRY, names=ENTRY.names[::-1])) == ()


LIMITS = HoldLimits(0.02, 0.10, date(2025, 1, 1), None, "")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"before": 100, "removed": 2, "changed": 10}, []),
        ({"before": 100, "removed": 3, "changed": 10}, ["removed"]),
        ({"before": 100, "removed": 0, "changed": 11}, ["changed"]),
        ({"before": 0, "removed": 0, "changed": 0}, []),
        ({"before": 10, "removed": 1, "changed": 0}, ["removed"]),
        ({"before": 0, "removed": 0, "changed": 0, "is_untried": True}, ["untried"]),
        ({"before": 9, "removed": 0, "changed": 0, "is_older": True, "has_findings": True}, ["older", "findings"]),
    ],
)
def test_what_holds_an_import_back(counts, expected):
    usual = {"is_older": False, "has_findings": False, "is_untried": False}
    assert list(hold_reasons(LIMITS, **{**usual, **counts})) == expected


def test_the_design_asks_two_and_ten_percent():
    limits = list_rules().limits_on(date(2026, 11, 24))
    assert (limits.removed_share, limits.changed_share) == (0.02, 0.10)
    before = list_rules().limits_on(date(2020, 1, 1))
    assert (before.removed_share, before.changed_share) == (0, 0)


def test_a_list_is_stale_by_the_hours_since_its_import_or_the_days_since_its_day():
    rule = replaced = list_rules().of("un-consolidated", date(2026, 3, 1))
    assert rule is replaced
    world = World()
    world.bring({"a": "1"}, published=date(2026, 3, 1))
    hours, days = rule.stale_after_hours, rule.stale_after_days
    assert not world.state.is_stale(rule, AT + timedelta(hours=hours))
    assert world.state.is_stale(rule, AT + timedelta(hours=hours, seconds=1))
    world.records[0] = replace(world.records[0], imported_at=AT + timedelta(days=days + 1), published=date(2026, 3, 1))
    assert world.state.is_stale(rule, AT + timedelta(days=days + 1))
    # The same file again says that nothing has changed.
    world.bring({"a": "1"}, published=date(2026, 3, 9))
    assert not world.state.is_stale(rule, AT + timedelta(hours=2))
    assert not world.state.is_stale(None, AT + timedelta(days=900))


def test_names_of_own_lists():
    rules = list_rules()
    assert all(rules.knows(name) for name in ("own-house", "own-1_a", "un-consolidated"))
    assert not any(rules.knows(name) for name in ("own-", "house", "own-a b", "own-é", "own-a/b", ""))


def test_two_rows_of_one_list_on_one_day_are_refused():
    row = {
        "list": "x", "jurisdiction": "XA", "title": {"en": "x", "zh": "x"}, "formats": [], "required": True,
        "stale_after": {}, "effective": date(2025, 1, 1), "until": None, "licence": "", "source": "", "confidence": "",
    }  # fmt: skip
    later = {**row, "effective": date(2026, 1, 1)}
    with pytest.raises(ValueError, match="two rows"):
        parse_list_rules({"lists": [row, later], "hold": []})
    ended = {**row, "until": date(2026, 1, 1)}
    assert parse_list_rules({"lists": [ended, later], "hold": []}).of("x", date(2026, 1, 1)).effective.year == 2026
