"""Quota positions: hand-worked production, tolling, imports, what is worked over, projection, breach."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import inf

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from balance.test_reported import by_lots, by_return, of_entries
from chain.chain_of import START, Chain, line
from chain.spreadsheet.cells_of import PARTY
from chain.spreadsheet.test_monthly_return import world as sheet_world
from law.law_case import content_of, with_pack
from ytterby.balance.quota import (
    CONTENT_UNKNOWN,
    FORM_UNKNOWN,
    LAW_DISPUTED,
    Quota,
    parse_projection,
    position_of,
    productions,
    quota_findings,
    quota_rules_of,
)
from ytterby.balance.quota_projection import day_after, project_months, project_sums
from ytterby.balance.reported import reported_movements
from ytterby.chain.book import build_from_bundles
from ytterby.chain.order import Bundle
from ytterby.chain.party import Operation, Party, Site, make_directory
from ytterby.chain.period import Month
from ytterby.chain.postings import postings_of
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.matter.mass import ElementMass
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.site.packs import matter_tables
from ytterby.shell.site.quota_table import projection_level

KNOWN = date(2026, 11, 24)
RULES = quota_rules_of(packaged_law(), KNOWN, projection_level())
FACTORS = matter_tables().factors
OXIDE_PER_ND = 1 / float(FACTORS["Nd"]) / 1000
KINDS = {"mine": "mine", "plant": "separation", "maker": "magnet", "user": "recycler"}


def plants_world() -> World:
    sites = [Site(s, s, kind, "XA", (Operation(f"party:{s}"),)) for s, kind in KINDS.items()]
    return World(make_directory([Party(f"party:{s}", s) for s in KINDS], sites), ProductList(), matter_tables())


def at(month: int, day: int, hour: int = 12) -> float:
    return (datetime(2026, month, day, hour, tzinfo=UTC) - START) / timedelta(hours=1)


def of_form(form, lot, amount, **mass):
    return msgspec.structs.replace(line(lot, amount, **mass), form=form)


def position(chain: Chain, *, party="party:plant", kind="separation", tonnes=None, months=(), year=2026, rules=RULES):
    book = chain.book(plants_world())
    movements = reported_movements(chain.bundles, book, lambda _: UTC).movements
    made, left = productions(movements, book, rules)
    quota = None if tonnes is None else Quota(party, year, kind, Decimal(tonnes), "letter 7")
    return position_of(
        party, year, kind, quota=quota, made=made, left=left, factors=FACTORS, months=months, level=RULES.level
    )


def separation() -> Chain:
    """10 t of neodymium dug, 6 shipped and 4 imported, made into oxide: 9.5 t of neodymium in February and March."""
    chain = Chain()
    chain.source("mine", of_form("concentrate", "c", 100000, Nd=10000, u=0.01), hour=at(1, 5))
    chain.ship("mine", "plant", line("c", 60000), document="d", hour=at(1, 8))
    chain.receive("plant", "mine", line("c", 60000), document="d", hour=at(1, 9))
    imported = of_form("concentrate", "i", 40000, Nd=4000, u=0.01)
    chain.source("plant", imported, origin="foreign", country="XB", exporter="party:abroad", hour=at(1, 10))
    chain.step("plant", [line("c", 60000)], [of_form("oxide", "o1", 6500, Nd=5700, u=0.01)], hour=at(2, 10))
    chain.step("plant", [line("i", 40000)], [of_form("oxide", "o2", 4300, Nd=3800, u=0.02)], hour=at(3, 10))
    return chain


def test_imported_feed_is_counted_with_its_country_and_u_follows():
    found = position(separation(), tonnes=20)
    assert found.produced.tonnes == pytest.approx(9500 * OXIDE_PER_ND)
    assert found.produced.u_tonnes == pytest.approx(np.hypot(57, 76) * OXIDE_PER_ND)
    assert found.share == pytest.approx(9500 * OXIDE_PER_ND / 20)
    assert [(kind, country) for kind, country, _ in found.by_origin] == [("extraction", "XA"), ("foreign", "XB")]
    assert [t for _, _, t in found.by_origin] == pytest.approx([5700 * OXIDE_PER_ND, 3800 * OXIDE_PER_ND])
    assert {str(month): reo.tonnes for month, reo in found.by_month} == pytest.approx(
        {"2026-02": 5700 * OXIDE_PER_ND, "2026-03": 3800 * OXIDE_PER_ND}
    )
    assert not found.is_exceeded


def test_mining_and_separation_are_kinds_of_their_own():
    mined = position(separation(), party="party:mine", kind="mining")
    assert mined.produced.tonnes == pytest.approx(10000 * OXIDE_PER_ND)
    assert (mined.quota, mined.share, mined.left_tonnes, mined.exhaustion) == (None, None, None, None)
    assert position(separation(), party="party:mine").produced.tonnes == 0
    assert position(separation(), kind="mining").produced.tonnes == 0
    assert position(separation(), year=2025).produced.tonnes == 0


def test_ore_as_it_was_dug_is_not_yet_product_and_its_concentrate_is():
    chain = Chain()
    chain.source("mine", of_form("ore", "r", 1000, Nd=100))
    chain.step("mine", [line("r", 1000)], [of_form("concentrate", "c", 500, Nd=90)])
    assert position(chain, party="party:mine", kind="mining").produced.tonnes == pytest.approx(90 * OXIDE_PER_ND)


def test_what_is_worked_over_in_a_step_or_a_tank_is_counted_once():
    chain = separation()
    before = position(chain).produced.tonnes
    outputs = [of_form("oxide", "o3", 3000, Nd=2650), of_form("oxide", "o4", 3000, Nd=2650)]
    chain.step("plant", [line("o1", 6500)], outputs, hour=at(4, 1))
    assert position(chain).produced.tonnes == pytest.approx(before - (5700 - 5300) * OXIDE_PER_ND)
    chain.charge("plant", "tank", line("o2", 4300), hour=at(5, 1))
    chain.draw("plant", "tank", of_form("oxide", "o5", 4300, Nd=3800), hour=at(5, 9))
    assert position(chain).produced.tonnes == pytest.approx(before - 400 * OXIDE_PER_ND)


def test_oxide_that_goes_into_something_else_stays_counted():
    chain = separation()
    before = position(chain).produced.tonnes
    chain.step("plant", [line("o1", 6500)], [of_form("metal", "m", 5600, Nd=5600)], hour=at(4, 1))
    assert position(chain).produced.tonnes == pytest.approx(before)


def test_tolling_counts_at_the_processor():
    chain = separation()
    chain.source("plant", of_form("concentrate", "t", 10000, Nd=1000), origin="foreign", country="XB", hour=at(3, 20),
                 owner="party:user")  # fmt: skip
    tolled = [of_form("oxide", "to", 1100, Nd=950)]
    chain.step("plant", [line("t", 10000)], tolled, owner="party:user", holder="party:user", hour=at(4, 20))
    assert position(chain).produced.tonnes == pytest.approx((9500 + 950) * OXIDE_PER_ND)
    assert position(chain, party="party:user").produced.tonnes == 0


def test_scrap_is_shown_and_draws_on_no_quota():
    chain = separation()
    chain.source("plant", of_form("scrap", "s", 1000, Nd=300), origin="scrap", hour=at(3, 1))
    chain.step("plant", [line("s", 1000)], [of_form("oxide", "so", 330, Nd=280)], hour=at(4, 1))
    found = position(chain)
    assert found.produced.tonnes == pytest.approx(9500 * OXIDE_PER_ND)
    assert found.by_origin[-1][0] == "scrap"
    assert found.by_origin[-1][2] == pytest.approx(280 * OXIDE_PER_ND)


def test_what_nobody_can_count_is_named():
    chain = separation()
    chain.step("plant", [line("c", 10)], [line("who", 5, Nd=4)], hour=at(4, 1))
    chain.receive("plant", "user", line("mystery", 5), hour=at(4, 2))
    chain.step("plant", [line("mystery", 5)], [of_form("oxide", "what", 5)], hour=at(4, 3))
    found = position(chain)
    assert dict(found.not_counted) == {FORM_UNKNOWN: ("who",), CONTENT_UNKNOWN: ("what",)}


def test_a_month_by_lots_and_by_return_draws_the_same():
    for entries in (by_lots(), by_return()):
        found_in = of_entries(entries)
        book = build_from_bundles(
            [Bundle(e.event.digest, postings_of(e, sheet_world())[0]) for e in entries], sheet_world()
        )
        made, left = productions(found_in.movements, book, RULES)
        found = position_of(PARTY, 2026, "separation", quota=None, made=made, left=left, factors=FACTORS, months=(),
                            level=0.9)  # fmt: skip
        assert found.produced.tonnes == pytest.approx(1750 * 0.8 * OXIDE_PER_ND)
        assert found.not_counted == ()


# Breach


def test_a_breach_is_a_finding_with_its_size_its_sd_and_its_first_day():
    found = position(separation(), tonnes="10")
    beyond = 9500 * OXIDE_PER_ND - 10
    assert found.is_exceeded
    assert found.z == pytest.approx(beyond / found.produced.u_tonnes)
    assert found.exhaustion.day == date(2026, 3, 10)
    (one,) = quota_findings([found, position(separation(), tonnes=12)])
    assert (one.parties, one.problem.code) == (("party:plant",), "quota.exceeded")
    assert one.size_kg == pytest.approx(beyond * 1000)
    assert one.sd_kg == pytest.approx(found.produced.u_tonnes * 1000)
    assert one.problem.facts["day"] == "2026-03-10"


# Projection


def test_the_projection_of_the_mean_is_what_is_left_over_the_pace():
    by_mean, earliest, latest = project_months([10.0, 12.0, 14.0], 48.0, 0.0, 0.9)
    assert by_mean == pytest.approx(4.0)
    assert earliest < by_mean < latest
    # The ends satisfy the equation of the prediction interval.
    t = stats.t.ppf(0.95, 2)
    for months, sign in ((earliest, 1), (latest, -1)):
        assert 12 * months + sign * t * np.sqrt(4 * (months + months**2 / 3)) == pytest.approx(48.0, rel=1e-6)


def test_a_pace_that_may_be_nothing_has_no_latest_day_and_one_month_has_no_interval():
    assert project_months([0.0, 10.0], 5.0, 0.0, 0.9)[2] == inf
    assert project_months([5.0], 10.0, 0.0, 0.9) == (2.0, 0.0, inf)
    assert project_months([0.0, 0.0], 10.0, 0.0, 0.9) == (inf, inf, inf)
    assert project_months([0.0, 0.0], 0.0, 0.0, 0.9) == (0.0, 0.0, 0.0)
    assert day_after(date(2026, 1, 31), inf) is None


def test_the_sums_to_come_and_the_days_of_exhaustion_are_one_interval():
    masses, made, u = [10.0, 12.0, 14.0], 36.0, 1.5
    sums = project_sums(masses, made, u, 0.9, 6)
    assert [total for total, _, _ in sums] == pytest.approx([48.0, 60.0, 72.0, 84.0, 96.0, 108.0])
    for months, (_, low, high) in enumerate(sums, 1):
        # A quota as large as an end of the interval after so many months is used up then, at that end.
        assert project_months(masses, high - made, u, 0.9)[1] == pytest.approx(months, rel=1e-6)
        if low > made:
            assert project_months(masses, low - made, u, 0.9)[2] == pytest.approx(months, rel=1e-6)
    assert project_sums([5.0], 5.0, 1.0, 0.9, 2) == ((10.0, None, None), (15.0, None, None))
    assert project_sums([5.0], 5.0, 1.0, 0.9, 0) == ()


def test_the_sums_of_a_year_end_in_what_was_produced_and_go_on_to_december():
    found = position(separation(), months=[Month(2026, n) for n in (1, 2, 3)])
    assert [sums.tonnes for sums in found.sums] == pytest.approx([0.0, 5700 * OXIDE_PER_ND, 9500 * OXIDE_PER_ND])
    # Errors of the months add as they do in the whole, not month by month.
    assert found.sums[-1] == found.produced
    assert [str(one.month) for one in found.projected] == [f"2026-{n:02d}" for n in range(4, 13)]
    assert found.projected[0].tonnes == pytest.approx(9500 * OXIDE_PER_ND * 4 / 3)
    assert found.projected[0].low < found.projected[0].tonnes < found.projected[0].high
    assert position(separation()).projected == ()


def test_equal_months_without_error_have_no_width():
    by_mean, earliest, latest = project_months([6.0] * 5, 30.0, 0.0, 0.9)
    assert (by_mean, earliest, latest) == pytest.approx((5.0, 5.0, 5.0))


def test_the_interval_holds_the_day_as_often_as_it_says():
    """2,000 plants of five months each, by a seed: the month in which the rest is used up lies within, at 0.9."""
    generator = np.random.default_rng(11)
    inside = 0
    for _ in range(2000):
        months = generator.normal(10.0, 2.0, 60)
        _, earliest, latest = project_months(months[:5].tolist(), 70.0, 0.0, 0.9)
        used_up = float(np.argmax(np.cumsum(months[5:]) >= 70.0)) + 1
        # The sum is looked at once a month: the crossing lies in the month before.
        inside += earliest <= used_up and used_up - 1 <= latest
    assert 0.88 <= inside / 2000 <= 0.98


def test_the_position_projects_from_the_whole_months_that_were_reported():
    months = [Month(2026, n) for n in (1, 2, 3)]
    found = position(separation(), tonnes=20, months=months)
    assert found.exhaustion.months == 3
    pace = 9500 * OXIDE_PER_ND / 3
    expected = date(2026, 3, 31) + timedelta(days=int((20 - 3 * pace) / pace * 365.2425 / 12))
    assert found.exhaustion.day == expected
    assert found.exhaustion.earliest < expected
    # January is a month of nothing: it counts, and makes the end unsure.
    assert found.exhaustion.latest is None


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=12), st.floats(0.1, 1000), st.floats(0, 5), st.floats(0.5, 0.99)
)
def test_the_ends_lie_on_either_side_of_the_mean_and_a_wider_level_is_wider(masses, left, u, level):
    by_mean, earliest, latest = project_months(masses, left, u, level)
    assert earliest <= by_mean * (1 + 1e-6)
    assert by_mean <= latest * (1 + 1e-6)
    _, wider_earliest, wider_latest = project_months(masses, left, u, min(level + 0.005, 0.999))
    assert wider_earliest <= earliest * (1 + 1e-6)
    assert wider_latest >= latest * (1 - 1e-6)


# Laws

feeds = st.lists(
    st.tuples(st.sampled_from(["extraction", "foreign", "scrap"]), st.integers(1, 50), st.integers(1, 12)), max_size=8
)


@settings(max_examples=50, deadline=None)
@given(feeds, st.randoms())
def test_origins_add_up_to_what_was_made_and_order_changes_nothing(drawn, random):
    chain = Chain()
    for n, (origin, kg, month) in enumerate(drawn):
        chain.source("plant", of_form("concentrate", f"f{n}", kg, Nd=kg, Dy=kg / 9), origin=origin, country="XB",
                     name=str(n), hour=at(1, 1))  # fmt: skip
        made = of_form("oxide", f"o{n}", kg, Nd=kg * 0.9, Dy=kg / 10)
        chain.step("plant", [line(f"f{n}", kg)], [made], name=str(n), hour=at(month, 9))
    found = position(chain)
    by_kind = {}
    for kind, _, tonnes in found.by_origin:
        by_kind[kind] = by_kind.get(kind, 0.0) + tonnes
    counted = sum(tonnes for kind, tonnes in by_kind.items() if kind != "scrap")
    assert found.produced.tonnes == pytest.approx(counted, abs=1e-12)
    assert sum(reo.tonnes for _, reo in found.by_month) == pytest.approx(found.produced.tonnes, abs=1e-12)
    random.shuffle(chain.bundles)
    again = position(chain)
    assert again.produced == found.produced


def test_what_one_laboratory_measured_errs_alike():
    """Groups add before they are squared: twice the goods, twice the systematic error."""

    def made(lot):
        mass = np.zeros(17)
        mass[5] = 1000.0
        content = ElementMass(mass, np.zeros(17), {"laboratory A": mass * 0.01}, assumed=False)
        return msgspec.structs.replace(of_form("oxide", lot, 1200), content=content)

    chain = Chain()
    chain.source("plant", of_form("concentrate", "f", 9000, Nd=3000))
    chain.step("plant", [line("f", 3000)], [made("a")])
    chain.step("plant", [line("f", 3000)], [made("b")])
    assert position(chain).produced.u_tonnes == pytest.approx(2 * 10 * OXIDE_PER_ND)


def test_a_level_that_is_none_is_not_read():
    assert projection_level() == 0.9
    with pytest.raises(ValueError):
        parse_projection({"level": 1})


# Law


def changed(known=KNOWN, **fields):
    """Return the rules of the sample's land in which separation draws on its quota otherwise."""
    content = content_of("sample-flow")
    content["quotas"][1] |= fields
    content["disputes"] = [disputed()]
    return quota_rules_of(with_pack(content), known, 0.9)


def disputed():
    words, trust = {"en": "?", "zh": "？"}, {"source": "notice 3", "confidence": "read"}
    readings = [{"id": name, "text": words, **trust} for name in ("held", "lifted")]
    return {"id": "D", "text": words, "settled_by": words, "readings": readings}


def suspension(**fields):
    """The days of March 2026, when 3.8 t of the 9.5 t were made."""
    return {"from": "2026-03-01", "to": "2026-03-31", "source": "notice 3", "confidence": "read", **fields}


def made(rules):
    return position(separation(), rules=rules).produced.tonnes / OXIDE_PER_ND


def test_what_is_made_while_a_rule_is_suspended_draws_on_nothing():
    assert made(changed()) == pytest.approx(9500)
    assert made(changed(suspended=[suspension()])) == pytest.approx(5700)
    assert made(changed(suspended=[suspension(known_since="2026-04-02")])) == pytest.approx(5700)
    assert made(changed(date(2026, 4, 1), suspended=[suspension(known_since="2026-04-02")])) == pytest.approx(9500)
    assert made(changed(until="2026-03-01")) == pytest.approx(5700)
    assert made(changed(countries=["XB"])) == 0
    empty = suspension(to="2026-03-10", is_last_included=False) | {"from": "2026-03-10"}
    assert made(changed(suspended=[empty])) == pytest.approx(9500)


def test_a_later_version_counts_other_forms_from_its_first_day_on():
    content = content_of("sample-flow")
    first = content["quotas"][1]
    later = {**first, "id": "XA-later", "made": ["metal"], "effective": "2026-03-01", "published": "2026-02-01"}
    content["quotas"][1] = first | {"until": "2026-03-01"}
    content["quotas"].append(later)
    rules = quota_rules_of(with_pack(content), KNOWN, 0.9)
    assert made(rules) == pytest.approx(5700)
    assert rules.kinds == ("mining", "separation")


def test_where_readings_disagree_what_was_made_is_named_and_not_counted():
    readings = [{"dispute": "D", "id": "held"}, {"dispute": "D", "id": "lifted", "suspended": [suspension()]}]
    found = position(separation(), rules=changed(readings=readings))
    assert found.produced.tonnes / OXIDE_PER_ND == pytest.approx(5700)
    assert [(one.reason, one.lots) for one in found.not_counted] == [(LAW_DISPUTED, ("o2",))]
