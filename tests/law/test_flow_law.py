"""Returns of flow and quotas as law: periods and due days, what ended, what is disputed, what could be known."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from law.law_case import content_of, with_pack
from ytterby.law.flow_law import Made, draw_of, draws_of, duty_of, known_flow, stands
from ytterby.law.return_period import EVERY, ReturnPeriod, day_after, period_with, read_period
from ytterby.law.standing import standing_of
from ytterby.law.ternary import Ternary
from ytterby.shell.site.law_packs import packaged_law

KNOWN = date(2026, 11, 24)
MADE = Made("separation", "XA", "oxide")
TRUST = {"source": "notice 3", "confidence": "read"}


def changed(section, **fields):
    """Return the law of the sample's land in which the first entry of a section says something else."""
    content = content_of("sample-flow")
    content[section][0] |= fields
    words = {"en": "?", "zh": "？"}
    readings = [{"id": name, "text": words, **TRUST} for name in ("held", "lifted")]
    content["disputes"] = [{"id": "D", "text": words, "settled_by": words, "readings": readings}]
    return with_pack(content)


def owed(law, year=2026, month=5, known=KNOWN):
    return duty_of(law, "mine", "XA", year, month, known=known)


@given(st.integers(1900, 2900), st.integers(1, 12), st.sampled_from(list(EVERY)))
def test_a_period_holds_its_month_and_is_read_as_it_is_written(year, month, every):
    found = period_with(year, month, every)
    assert found.first_day <= date(year, month, 1) <= found.last_day
    assert (found.last_day + timedelta(days=1)).day == found.first_day.day == 1
    assert read_period(str(found)) == found
    assert found.every == every
    due = day_after(found, 31, 1)
    assert found.last_day < due
    assert (due + timedelta(days=1)).day == 1


@example("100٠-01")
@given(st.text(max_size=9) | st.from_regex(r"\d{4}-(Q\d|\d\d)", fullmatch=True))
def test_a_text_is_a_period_or_none(text):
    found = read_period(text)
    assert found is None or str(found) == text


def test_periods_stand_in_order_of_their_end():
    texts = ["2025", "2025-Q4", "2025-12", "2026-Q1", "2026-03", "2026-02", "2026-04"]
    ordered = sorted((read_period(text) for text in texts), key=lambda one: one.last_day)
    assert sorted(read_period(text) for text in texts)[-1] == ReturnPeriod(2026, 4, 1) == ordered[-1]
    assert [str(one) for one in sorted(map(read_period, texts))] == [
        "2025-12", "2025-Q4", "2025", "2026-02", "2026-03", "2026-Q1", "2026-04",
    ]  # fmt: skip


@pytest.mark.parametrize("section", ["flow_returns", "quotas"])
def test_what_ended_is_told_as_that_and_not_as_suspended(section):
    law = changed(section, until="2026-06-10")
    entry = next(one for one in getattr(law, section).values() if one.pack == "sample-flow")
    told = {
        day: standing_of(entry.dated, law.disputes, on=date.fromisoformat(day), known=KNOWN)
        for day in ("2024-09-30", "2026-06-09", "2026-06-10")
    }
    assert [one.word for one in told.values()] == ["not_yet", "in_force", "ended"]
    assert told["2026-06-10"].since == date(2026, 6, 10)
    assert told["2026-06-10"].reasons[0].text.key == "ended"
    if section == "flow_returns":
        assert (owed(law, month=4).word, owed(law).word) == ("owed", "not_owed")
        assert [one.text.key for one in owed(law).reasons] == ["ended"]


def test_where_readings_disagree_both_are_told_with_who_may_settle_it():
    period = {"from": "2026-06-01", "to": "2026-06-30", **TRUST}
    readings = [{"dispute": "D", "id": "held"}, {"dispute": "D", "id": "lifted", "suspended": [period]}]
    found = owed(changed("flow_returns", readings=readings))
    assert (found.word, str(found.due), str(found.period)) == ("disputed", "2026-06-10", "2026-05")
    assert [(one.reading, one.answer) for one in found.readings] == [("held", "owed"), ("lifted", "not_owed")]
    assert len(found.settled_by) == 1
    assert owed(changed("flow_returns", readings=readings), month=6).word == "owed"
    law = changed("quotas", readings=readings)
    mined = Made("mine", "XA", "concentrate")
    words = [draw_of(law, "mining", mined, on=date(2026, month, 30), known=KNOWN).word for month in (5, 6, 7)]
    assert words == ["drawn", "disputed", "drawn"]
    entry = law.quotas["XA-index-mining"]
    assert stands(entry.dated, law.disputes, date(2026, 6, 5), KNOWN) is Ternary.UNKNOWN
    assert [one[1] for one in draws_of(law, "mine", "XA", date(2026, 6, 5), known=KNOWN)] == [Ternary.UNKNOWN]


def test_a_due_day_that_two_readings_put_on_two_days_is_the_later_one():
    """By one reading the rule that asks earlier is suspended and another governs: what may be in time is not late."""
    content = content_of("sample-flow")
    first = content["flow_returns"][0]
    words = {"en": "?", "zh": "？"}
    readings = [{"id": name, "text": words, **TRUST} for name in ("held", "lifted")]
    content["disputes"] = [{"id": "D", "text": words, "settled_by": words, "readings": readings}]
    period = {"from": "2026-06-01", "to": "2026-06-30", **TRUST}
    first["readings"] = [{"dispute": "D", "id": "held"}, {"dispute": "D", "id": "lifted", "suspended": [period]}]
    other = {**first, "id": "XA-too", "basis": "need", "due": [{**first["due"][0], "day": 25}]}
    del other["readings"]
    content["flow_returns"].append(other)
    found = owed(with_pack(content))
    assert (found.word, found.due) == ("disputed", date(2026, 6, 25))
    assert [one.answer for one in found.readings] == ["owed", "asked"]


def test_a_country_a_kind_or_a_form_that_nobody_named_draws_on_nothing_and_owes_nothing():
    law = packaged_law()
    assert duty_of(law, "mine", "XQ", 2026, 5, known=KNOWN).reasons == ()
    assert draws_of(law, "separation", "XQ", KNOWN, known=KNOWN) == ()
    assert draw_of(law, "separation", MADE, on=KNOWN, known=KNOWN).word == "drawn"
    assert draw_of(law, "separation", MADE._replace(country="XQ"), on=KNOWN, known=KNOWN).word == "not_drawn"


@settings(deadline=None)
@given(st.dates(date(2024, 6, 1), KNOWN), st.dates(date(2024, 6, 1), KNOWN), st.integers(1, 12))
def test_where_what_could_be_known_is_alike_so_is_every_answer(one, other, month):
    """What is kept under the key holds for every day that gives the same key."""
    period = {"from": "2025-10-01", "to": "2025-12-31", "known_since": "2026-02-01", **TRUST}
    law = changed("flow_returns", suspended=[period])
    answers = [owed(law, 2025, month, known) for known in (one, other)]
    if known_flow(law, one) == known_flow(law, other):
        assert answers[0] == answers[1]
    if min(one, other) < date(2026, 2, 1) <= max(one, other):
        assert known_flow(law, one) != known_flow(law, other)
