"""Returns in time, late by a second, missing, nil, corrected; of months and quarters; who owes them, by which law.

And how an enterprise kept its duty.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import content_of, with_pack
from ytterby.balance.flow_return import (
    Arrived,
    Correction,
    Duties,
    State,
    count_lines,
    element_totals,
    flow_lines,
    flow_returns,
    lines_of,
    months_through,
)
from ytterby.balance.reported import Key, Move, Movement, Reported, Spoken
from ytterby.balance.reporting_record import reporting_record_of
from ytterby.balance.return_rule import end_of_day, return_rules_of
from ytterby.chain.party import OPERATOR, Operation, Site, make_directory
from ytterby.chain.period import Month
from ytterby.law.return_period import ReturnPeriod
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, no_mass
from ytterby.shell.site.law_packs import packaged_law

KNOWN = date(2026, 11, 24)
RULES = return_rules_of(packaged_law(), KNOWN)
MARCH, APRIL = Month(2026, 3), Month(2026, 4)
EAST = timezone(timedelta(hours=8))
PLANT = Key("P", "plant", MARCH)
# The due day of March 2026 ends on a clock eight hours east of UTC.
DEADLINE = datetime(2026, 4, 10, 16, tzinfo=UTC)
NOTHING = Reported((), ())


def site(id_="plant", kind="separation", *operations, country="XA"):
    return Site(id_, id_, kind, country, operations or (Operation("P"),))


def duties(*sites, since=date(2026, 3, 20), zone=EAST, rules=RULES):
    sites = sites or (site(),)
    return Duties(rules, make_directory([], sites), {one.id: since for one in sites}, lambda _: zone)


def changed(place=0, **fields):
    """Return the law of the sample's land in which an entry about returns says something else."""
    content = content_of("sample-flow")
    content["flow_returns"][place] |= fields
    return with_pack(content)


def due(month, law=None, known=KNOWN):
    return return_rules_of(law or packaged_law(), known).duty(site(), month).due


def arrived(seconds, *, key=PLANT, digest=b"a", size=1, is_replacement=False):
    return Arrived(key, digest, DEADLINE + timedelta(seconds=seconds), size, is_replacement)


def march(entered, corrections=(), reported=NOTHING, on=date(2026, 4, 20), of=None):
    (found,) = [one for one in flow_returns(reported, entered, corrections, of or duties(), on) if one.month == MARCH]
    return found


@pytest.mark.parametrize(("seconds", "state"), [(-1, State.IN_TIME), (0, State.LATE), (1, State.LATE)])
def test_a_return_is_in_time_until_its_due_day_ends_on_the_sites_own_clock(seconds, state):
    found = march([arrived(seconds)])
    assert (found.state, found.due_day) == (state, date(2026, 4, 10))
    assert found.late_by == (timedelta(seconds=seconds) if state is State.LATE else None)
    # On another clock the same second is early, or long late.
    assert march([arrived(0)], of=duties(zone=UTC)).state is State.IN_TIME
    assert march([arrived(-1)], of=duties(zone=timezone(timedelta(hours=9)))).state is State.LATE


def test_what_came_last_of_the_first_version_tells_by_how_much_it_was_late():
    found = march([arrived(-90), arrived(5, digest=b"b"), arrived(60, digest=b"c")])
    (one,) = found.sites
    assert (found.state, found.late_by, one.late_events, one.events) == (State.LATE, timedelta(seconds=60), 2, 3)


def test_lines_are_counted_as_they_are_written_and_elements_add_over_products():
    def moved(move, lot, kg, *, key=PLANT, product="oxide", is_known=True):
        mass = np.zeros(len(ELEMENTS))
        mass[ELEMENTS.index("Nd")] = kg
        content = ElementMass(mass, 0.03 * mass, {"balance": 0.04 * mass}, assumed=False)
        return Movement(
            key, move, product, lot, "", Decimal(9), "KGM", content, is_known, "oxide", DEADLINE, lot.encode()
        )

    movements = [
        moved(Move.MADE, "a", 100.0),
        moved(Move.MADE, "b", 50.0),
        moved(Move.MADE, "c", 50.0, product="carbonate"),
        moved(Move.SHIPPED, "a", 70.0, is_known=False),
    ]
    counted = count_lines(lines_of(movements), duties())
    assert counted == {("P", ReturnPeriod(2026, 3, 1)): 3}
    assert len(flow_lines(movements, {})) == 3
    found = element_totals(movements)
    assert list(found) == [Move.MADE, Move.SHIPPED]
    assert found[Move.SHIPPED] is None
    neodymium = ELEMENTS.index("Nd")
    assert found[Move.MADE].mass_kg[neodymium] == 200.0
    # Random errors in quadrature, what the balance errs by together.
    assert found[Move.MADE].u_kg[neodymium] == pytest.approx(np.hypot(0.03 * np.sqrt(15000.0), 0.04 * 200.0))


@pytest.mark.parametrize(
    ("on", "state"),
    [(date(2026, 4, 10), State.OPEN), (date(2026, 4, 11), State.MISSING)],
)
def test_nothing_is_a_gap_from_the_day_after_the_due_day_on(on, state):
    assert march([], on=on).state is state


def test_a_month_that_is_not_over_is_not_asked_for():
    assert flow_returns(NOTHING, [arrived(-9)], [], duties(), date(2026, 3, 31)) == ()


def test_of_two_sites_the_one_that_is_missing_makes_the_gap():
    of = duties(site(), site("other", "mine"))
    found = march([arrived(-1)], of=of)
    assert found.state is State.MISSING
    assert {one.site: one.state for one in found.sites} == {"plant": State.IN_TIME, "other": State.MISSING}


def test_the_kinds_that_the_data_names_owe_a_return_and_no_others():
    kinds = ("mine", "separation", "metal", "recycler", "magnet", "trader", "component", "warehouse", "customs")
    of = duties(*(site(kind, kind, Operation(kind)) for kind in kinds))
    found = flow_returns(NOTHING, [], [], of, date(2026, 4, 20))
    assert {one.party for one in found if one.month == MARCH} == {"mine", "separation", "metal", "recycler"}


def test_who_owes_nothing_and_reports_has_a_return_that_is_neither_late_nor_in_time():
    found = march([arrived(10**6)], of=duties(site("plant", "trader")))
    assert (found.state, found.late_by) == (State.ENTERED, None)


def test_a_return_falls_due_from_the_day_on_which_the_register_knows_the_site():
    """What fell due before is not owed; February's return fell due on 10 March."""
    months = [one.month for one in flow_returns(NOTHING, [], [], duties(since=date(2026, 3, 10)), date(2026, 4, 20))]
    assert months == [Month(2026, 2), MARCH]
    months = [one.month for one in flow_returns(NOTHING, [], [], duties(since=date(2026, 3, 11)), date(2026, 4, 20))]
    assert months == [MARCH]


def test_whoever_operates_the_site_on_the_months_last_day_owes_the_return():
    changed = site("plant", "mine", Operation("old", end=date(2026, 3, 31)), Operation("new", date(2026, 3, 31)))
    found = flow_returns(NOTHING, [], [], duties(changed), date(2026, 4, 20))
    assert [(one.party, one.month) for one in found] == [("new", MARCH)]
    closed = site("plant", "mine", Operation("old", end=date(2026, 3, 31)))
    assert flow_returns(NOTHING, [], [], duties(closed), date(2026, 4, 20)) == ()


def test_no_due_day_is_told_before_a_rule_governs_it():
    """The first due day after 22 August 2025 is 10 September, of August's return."""
    assert due(Month(2025, 7)) is None
    assert due(Month(2025, 8)) == date(2025, 9, 10)
    assert due(Month(2025, 12)) == date(2026, 1, 10)


def due_row(**fields):
    return {**content_of("sample-flow")["flow_returns"][0]["due"][0], **fields}


def test_a_later_rule_holds_from_its_own_first_day_and_a_day_that_a_month_lacks_is_its_last():
    law = changed(due=[due_row(), due_row(day=31, published="2026-01-20", effective="2026-02-01")])
    assert due(Month(2025, 12), law) == date(2026, 1, 10)
    assert due(Month(2026, 1), law) == date(2026, 2, 28)
    assert due(Month(2026, 2), law) == date(2026, 3, 31)
    # As known before it was published, the old day holds.
    assert due(Month(2026, 1), law, date(2026, 1, 19)) == date(2026, 2, 10)


def test_a_rule_holds_for_the_countries_that_it_names_and_one_that_names_none_everywhere():
    assert RULES.duty(site(country="XA"), MARCH).word == "owed"
    assert RULES.duty(site(country="XB"), MARCH).word == "not_owed"
    everywhere = changed(countries=[], kinds=["warehouse"])
    assert return_rules_of(everywhere, KNOWN).duty(site(kind="warehouse", country="XB"), MARCH).word == "owed"


def test_what_practice_asks_for_is_not_owed():
    assert RULES.duty(site(kind="magnet"), MARCH).word == "asked"
    assert flow_returns(NOTHING, [], [], duties(site(kind="magnet")), date(2026, 4, 20)) == ()


def test_a_return_is_not_asked_for_while_its_rule_is_suspended_or_after_it_ended():
    period = {"from": "2026-04-05", "to": "2026-04-30", "source": "notice 3", "confidence": "read"}
    law = changed(suspended=[period])
    assert [due(month, law) for month in (Month(2026, 2), MARCH, APRIL)] == [
        date(2026, 3, 10), None, date(2026, 5, 10),
    ]  # fmt: skip
    ended = changed(until="2026-04-10")
    assert [due(month, ended) for month in (Month(2026, 2), MARCH)] == [date(2026, 3, 10), None]


# Quarters


def quarterly(**fields):
    """Return the law of the sample's land with a return of each quarter, due on the 20th of the month after it."""
    return changed(every="quarter", due=[due_row(day=20)], **fields)


def of_quarters(*sites, since=date(2026, 1, 2)):
    return duties(*sites, since=since, rules=return_rules_of(quarterly(), KNOWN))


def test_a_quarter_is_one_return_due_once_and_missing_once():
    found = flow_returns(NOTHING, [], [], of_quarters(), date(2026, 5, 1))
    assert [(str(one.period), one.state, one.due_day) for one in found] == [
        ("2025-Q4", State.MISSING, date(2026, 1, 20)), ("2026-Q1", State.MISSING, date(2026, 4, 20)),
    ]  # fmt: skip
    assert [str(one.period) for one in flow_returns(NOTHING, [], [], of_quarters(), date(2026, 3, 31))] == ["2025-Q4"]
    assert found[1].month == MARCH


def test_what_is_entered_for_any_of_its_months_is_of_the_quarter_and_late_after_its_due_day():
    keys = [Key("P", "plant", Month(2026, month)) for month in (1, 2, 3)]
    end = datetime(2026, 4, 20, 16, tzinfo=UTC)
    told = [Arrived(key, bytes([n]), end + timedelta(seconds=n - 1), n + 1) for n, key in enumerate(keys)]
    (found,) = [one for one in flow_returns(NOTHING, told, [], of_quarters(), date(2026, 5, 1)) if one.month == MARCH]
    (one,) = found.sites
    assert (found.state, found.late_by, one.late_events, one.events) == (State.LATE, timedelta(seconds=1), 2, 3)


def test_sites_of_one_enterprise_may_owe_returns_of_unlike_periods():
    of = of_quarters(site(), site("other", "trader"), site("maker", "magnet"))
    told = [Arrived(Key("P", "other", MARCH), b"o", DEADLINE, 1)]
    found = {str(one.period): one for one in flow_returns(NOTHING, told, [], of, date(2026, 5, 1))}
    assert {name: one.state for name, one in found.items() if name.startswith("2026")} == {
        "2026-03": State.ENTERED, "2026-Q1": State.MISSING,
    }  # fmt: skip


def test_a_quarter_is_nil_where_nothing_moved_and_its_last_month_is_said_to_hold_nothing():
    def is_nil(*months, told=()):
        spoken = tuple(Spoken(Key("P", "plant", Month(2026, month)), b"a", is_nil=True) for month in months)
        movements = tuple(moved(Decimal(1), Key("P", "plant", Month(2026, month))) for month in told)
        entered = [Arrived(one.key, b"a", DEADLINE, 1) for one in spoken]
        found = flow_returns(Reported(movements, spoken), entered, [], of_quarters(), date(2026, 5, 1))
        return [one.is_nil for one in found if one.month == MARCH]

    assert is_nil(3) == is_nil(1, 3) == [True]
    assert is_nil(1) == is_nil(3, told=[2]) == [False]


def test_a_longer_period_that_begins_later_does_not_undo_what_was_owed_of_a_month():
    """Monthly up to 14 July, quarterly from 15 July on: June fell due on 10 July, the quarter from July on is one."""
    content = content_of("sample-flow")
    monthly = content["flow_returns"][0]
    later = {**monthly, "id": "XA-quarterly", "every": "quarter", "due": [due_row(day=20)]}
    later |= {"published": "2026-07-01", "effective": "2026-07-15"}
    content["flow_returns"][0] = monthly | {"until": "2026-07-15"}
    content["flow_returns"].append(later)
    rules = return_rules_of(with_pack(content), KNOWN)
    found = [rules.duty(site(), Month(2026, month)) for month in range(4, 10)]
    assert [str(one.period) for one in found] == ["2026-04", "2026-05", "2026-06", *["2026-Q3"] * 3]
    assert found[-1].due == date(2026, 10, 20)


# Doubt


def disputed():
    """Return the law of the sample's land in which by one of two readings nothing is owed in April and May 2026."""
    content = content_of("sample-flow")
    words, trust = {"en": "?", "zh": "？"}, {"source": "notice 3", "confidence": "read"}
    readings = [{"id": name, "text": words, **trust} for name in ("held", "lifted")]
    content["disputes"] = [{"id": "D", "text": words, "settled_by": words, "readings": readings}]
    period = {"from": "2026-04-01", "to": "2026-05-31", **trust}
    content["flow_returns"][0]["readings"] = [
        {"dispute": "D", "id": "held"}, {"dispute": "D", "id": "lifted", "suspended": [period]},
    ]  # fmt: skip
    return with_pack(content)


def test_where_readings_disagree_nothing_is_a_gap_or_late_and_the_doubt_is_shown():
    of = duties(rules=return_rules_of(disputed(), KNOWN), since=date(2026, 3, 5))
    told = flow_returns(NOTHING, [], [], of, date(2026, 5, 31))
    assert [(str(one.period), one.state) for one in told] == [
        ("2026-02", State.MISSING), ("2026-03", State.DISPUTED), ("2026-04", State.DISPUTED),
    ]  # fmt: skip
    (found,) = [one for one in flow_returns(NOTHING, [arrived(99)], [], of, date(2026, 5, 1)) if one.month == MARCH]
    (one,) = found.sites
    assert (found.state, found.late_by, one.is_owed, one.is_disputed) == (State.ENTERED, None, False, True)
    assert march([], of=of, on=date(2026, 4, 10)).state is State.OPEN


# Nil


def moved(amount, key=PLANT):
    return Movement(key, Move.CLOSING, "p", "l", "", amount, "KGM", no_mass(), True, None, DEADLINE, b"a")


@pytest.mark.parametrize(
    ("movements", "is_nil_said", "is_nil"),
    [((), True, True), ((), False, False), ((Decimal(0),), True, True), ((Decimal(1),), True, False),
     ((None,), True, False)],
)  # fmt: skip
def test_a_month_is_nil_where_somebody_said_so_and_nothing_moved(movements, is_nil_said, is_nil):
    reported = Reported(tuple(moved(amount) for amount in movements), (Spoken(PLANT, b"a", is_nil_said),))
    found = march([arrived(-1)], reported=reported)
    assert (found.is_nil, found.state) == (is_nil, State.IN_TIME)


# Corrections


def test_a_correction_after_the_due_day_is_no_lateness_and_the_first_version_is_kept():
    entered = [arrived(-100, size=5), arrived(-50, digest=b"b", size=9)]
    entered.append(arrived(9000, digest=b"c", size=20, is_replacement=True))
    corrections = [Correction(PLANT, b"b", DEADLINE + timedelta(seconds=9000), 20)]
    found = march(entered, corrections)
    assert (found.state, len(found.corrections), found.first_size) == (State.IN_TIME, 1, 9)
    assert found.corrected_at == DEADLINE + timedelta(seconds=9000)


def test_what_is_added_after_a_correction_is_late_and_not_of_the_first_version():
    entered = [arrived(-100, size=5), arrived(7, digest=b"b", size=30)]
    found = march(entered, [Correction(PLANT, b"a", DEADLINE, 20)])
    assert (found.state, found.first_size) == (State.LATE, 5)


def test_a_month_that_holds_only_what_came_from_another_by_correction_was_entered_then():
    found = march([arrived(3, is_replacement=True)])
    assert (found.state, found.late_by, found.first_size) == (State.LATE, timedelta(seconds=3), None)


# How it reported


def test_conduct_counts_what_was_in_time_late_missing_and_corrected():
    key = {n: Key("P", "plant", Month(2026, n)) for n in range(1, 7)}
    due = {n: end_of_day(RULES.duty(site(), Month(2026, n)).due, UTC) for n in key}
    second = timedelta(seconds=1)
    entered = [
        Arrived(key[1], b"1", due[1] - second, 1),
        Arrived(key[2], b"2", due[2] + 3 * second, 2),
        Arrived(key[4], b"4", due[4], 4),
        Arrived(key[5], b"5", due[5] - second, 5),
    ]
    corrections = [Correction(key[1], b"1", due[3], 8), Correction(key[1], b"1b", due[4], 9),
                   Correction(key[5], b"5", due[5], 10)]  # fmt: skip
    of = duties(since=date(2026, 1, 1), zone=UTC)
    returns = flow_returns(NOTHING, entered, corrections, of, date(2026, 6, 20))
    asked = {("P", Month(2026, 1)): due[3] + second, ("P", Month(2026, 5)): due[5] + second}
    differing = {("P", Month(2026, 2)): 2, ("P", Month(2026, 9)): 7, ("Q", Month(2026, 2)): 5}
    found = reporting_record_of("P", returns, Month(2026, 1), Month(2026, 6), asked=asked, differing=differing)
    assert (found.owed, found.in_time, found.late, found.missing) == (5, 2, 2, 1)
    assert (found.corrected, found.corrected_after_asked, found.corrected_unasked, found.corrections) == (2, 1, 1, 3)
    assert (found.differing, found.latest_by, found.nil) == (2, 3 * second, 0)
    with pytest.raises(ValueError):
        reporting_record_of("P", returns, MARCH, Month(2026, 2), asked={}, differing={})


def test_who_reports_for_everybody_is_no_enterprise():
    key = Key(OPERATOR, "elsewhere", MARCH)
    found = flow_returns(NOTHING, [arrived(1, key=key)], [], duties(), date(2026, 4, 20))
    assert {one.party for one in found} == {"P"}


# Laws

events = st.lists(
    st.tuples(st.integers(-10**6, 10**6), st.sampled_from(["plant", "other"]), st.integers(2, 4), st.booleans()),
    max_size=12,
)  # fmt: skip


def entries(drawn):
    return [
        Arrived(Key("P", where, Month(2026, month)), bytes([n]), DEADLINE + timedelta(seconds=s), n + 1, is_replacement)
        for n, (s, where, month, is_replacement) in enumerate(drawn)
    ]


@given(events, st.randoms(), st.integers(0, 60))
def test_the_order_in_which_arrivals_are_told_changes_nothing_and_each_owed_month_has_one_state(drawn, random, days):
    of, on = duties(site(), site("other", "trader")), date(2026, 4, 1) + timedelta(days=days)
    told = entries(drawn)
    shuffled = list(told)
    random.shuffle(shuffled)
    found = flow_returns(NOTHING, told, [], of, on)
    assert found == flow_returns(NOTHING, shuffled, [], of, on)
    for one in found:
        for at in one.sites:
            assert (at.late_by is not None) == (at.state is State.LATE) == (at.late_events > 0)
            assert (at.state in {State.MISSING, State.OPEN}) == (at.events == 0)
        assert one.state in {at.state for at in one.sites}


@given(events, st.integers(1, 10**6))
def test_arriving_later_never_makes_a_return_earlier(drawn, seconds):
    of, on = duties(), date(2026, 6, 1)
    later = [one._replace(at=one.at + timedelta(seconds=seconds)) for one in entries(drawn)]
    before, after = (
        {o.month: o.late_by or timedelta(0) for o in flow_returns(NOTHING, told, [], of, on)}
        for told in (entries(drawn), later)
    )
    assert before.keys() == after.keys()
    assert all(after[month] >= before[month] for month in before)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_months_end_on_their_last_day(on):
    found = months_through(Month(2020, 1), on)
    assert all(month.last_day < on for month in found)
    assert [m.year * 12 + m.month for m in found] == list(range(2020 * 12 + 1, on.year * 12 + on.month))


@settings(deadline=None)
@given(events, st.dates(date(2024, 1, 1), date(2026, 11, 24)), st.integers(0, 60))
def test_what_could_be_known_only_later_changes_no_answer_as_known_before(drawn, known, days):
    """Rules, due days and suspensions of which the register learns after a day are as if they were not there."""
    since = (known + timedelta(days=1)).isoformat()
    trust = {"source": "notice 9", "confidence": "read", "known_since": since}
    suspended = [{"from": "2024-01-01", "to": None, **trust}]
    more = due_row(day=2, effective="2025-08-23", published="2025-08-22", known_since=max(since, "2025-08-22"))
    law = changed(due=[due_row(), more], suspended=suspended)
    content = dict(law.packs["sample-flow"].content)
    other = {**content["flow_returns"][0], "id": "XA-other", "kinds": ["trader"], "suspended": []}
    other |= {"known_since": max(since, other["published"])}
    content["flow_returns"] = [*content["flow_returns"], other]
    of_sites = (site(), site("other", "trader"))
    on = date(2026, 4, 1) + timedelta(days=days)
    before, after = (
        flow_returns(NOTHING, entries(drawn), [], duties(*of_sites, rules=return_rules_of(book, known)), on)
        for book in (packaged_law(), with_pack(content))
    )
    assert before == after


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(-1, 1))
def test_suspending_and_lifting_on_the_same_day_changes_nothing(month, days):
    """On the due day itself, and around it."""
    day = (date(2026, month, 10) + timedelta(days=days)).isoformat()
    period = {"from": day, "to": day, "is_last_included": False, "source": "notice 3", "confidence": "read"}
    law = changed(suspended=[period])
    asked = Month(2026, month).before()
    found, before = return_rules_of(law, KNOWN).duty(site(), asked), RULES.duty(site(), asked)
    assert (found.word, found.due, found.period) == (before.word, before.due, before.period)
    # A day's suspension is one: it lifts what falls due on it.
    lasting = changed(suspended=[period | {"is_last_included": True}])
    assert (due(asked, lasting) is None) == (days == 0)
