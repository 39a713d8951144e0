"""Detection: scores as the register's statistics give them, limits set on honest runs, intervals, who is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from ytterby.balance.innovation import innovations_of
from ytterby.balance.page import DOWN, UP
from ytterby.balance.page_threshold import Family
from ytterby.nation.arrays import NationArrays
from ytterby.nation.detection import (
    METHODS,
    HonestRuns,
    Limit,
    Method,
    Row,
    detections,
    honest_runs,
    is_found,
    links_of_plants,
    plant_alarms,
    wilson,
)
from ytterby.nation.detection_naming import name_diversions
from ytterby.nation.detection_scores import (
    DIVERTED,
    HONEST,
    LEAK,
    LEAK_OWN,
    LOSS_YIELD,
    MIRROR,
    SITMUF,
    NominalNation,
    loss_measurements,
    nation_network,
    nominal_nation,
    run_seeds,
    series_scores,
)
from ytterby.nation.diversion import Diversion
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import DiversionOrder, Scenario
from ytterby.shell.cli.nation_plan import nation_tables
from ytterby.shell.site.balance_packs import threshold_table

pytestmark = pytest.mark.long

SPREAD = 0.1


def plan_of(months: int = 26, plants: int = 24) -> Plan:
    return make_plan(Scenario(plants=plants, months=months, elements=("Nd",)), nation_tables())


@pytest.fixture(scope="module")
def nominal() -> NominalNation:
    return nominal_nation(plan_of(), "Nd", SPREAD)


@pytest.fixture(scope="module")
def arrays(nominal: NominalNation) -> NationArrays:
    return nominal.run(7).arrays


@pytest.fixture(scope="module")
def honest(nominal: NominalNation) -> HonestRuns:
    return honest_runs(nominal, 12, threshold_table(), lambda *_: None, of_losses=3, of_leak_own=2)


def method_of(name: str) -> Method:
    return next(method for method in METHODS if method.name == name)


# Scores


def test_every_series_is_whitened_as_the_register_does_it_alone(arrays):
    found = series_scores(arrays)
    whole = arrays.measurements.covariance()
    places = [(plant, arrays.plant_rows(plant)) for plant in (0, 9, 23)]
    places += [(arrays.plants + link, arrays.link_rows(link)) for link in (0, arrays.links - 1)]
    for series, rows in places:
        alone = innovations_of(arrays.measurements.rows_kg[rows], whole[np.ix_(rows, rows)])
        assert found.z[series] == pytest.approx(alone.sitmuf, rel=1e-8, abs=1e-8)
        assert found.sigma_kg[series] == pytest.approx(np.sqrt(whole.diagonal()[rows]), rel=1e-10)
        assert found.value_kg[series] == pytest.approx(arrays.measurements.rows_kg[rows], rel=0, abs=0)


def test_a_plants_loss_and_receipts_are_what_it_declares(nominal, arrays):
    for plant in range(arrays.plants):
        rows = loss_measurements(nominal.plan, arrays, plant).rows_kg
        assert rows[: arrays.months] == pytest.approx(arrays.lost_kg[plant], rel=1e-12)
        assert rows[arrays.months :] == pytest.approx(arrays.received_kg[plant], rel=1e-12)


def test_the_network_has_the_rows_and_ends_of_the_plan(nominal, arrays):
    network = nation_network(nominal.plan, arrays)
    assert network.plants == tuple(str(plant) for plant in range(arrays.plants))
    for link in nominal.plan.links[: arrays.links]:
        assert network.links[str(link.number)] == (str(link.sender), str(link.receiver))
        assert network.rows_of["link", str(link.number)] == list(arrays.link_rows(link.number))


def test_a_run_by_its_own_covariance_is_the_nominal_nation_itself_for_its_own_seed(nominal):
    run = nominal.run(nominal.plan.scenario.seed)
    own = nominal.leak_own(run)
    both = nominal.scores([run, run], [(), (3,)])
    assert both[LEAK][..., 0] == pytest.approx(own, rel=1e-9, abs=1e-9)
    assert np.isnan(both[LOSS_YIELD][..., 0]).all()
    assert np.isfinite(both[LOSS_YIELD][3, 12:, 1]).all()
    assert np.isnan(both[LOSS_YIELD][3, :12, 1]).all()


def test_a_diversion_moves_the_series_it_concerns_and_no_error_of_another(nominal):
    plain, bent = nominal.run(5), nominal.run(5, DiversionOrder("falsified_receipts", 0.05, month=14))
    (one,) = bent.diversions
    before, after = series_scores(plain.arrays), series_scores(bent.arrays)
    moved = np.abs(after.value_kg - before.value_kg).max(axis=1) > 0
    own = nominal.plan.receiver[: nominal.plan.between] == one.plant
    links = np.flatnonzero(moved[len(nominal.plan.plants) :])
    assert np.array_equal(links, np.flatnonzero(own))
    assert set(np.flatnonzero(moved[: len(nominal.plan.plants)])) <= {one.plant}


def test_purposes_and_seeds_never_share_a_run():
    drawn = [seed for own in (1, 2) for purpose in (HONEST, DIVERTED) for seed in run_seeds(own, purpose, 50)]
    assert len(set(drawn)) == len(drawn)
    with pytest.raises(ValueError, match="seeds"):
        run_seeds(1, HONEST, 100_001)


# Limits


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_limit_gives_no_more_honest_alarms_than_asked_and_a_hair_lower_gives_more(honest, method):
    rate = 0.1
    limit = honest.limit(method, rate)
    alarms = plant_alarms(method, honest.scores, limit.limits, honest.families, honest.links_of)
    assert alarms.sum() == limit.alarms
    if method.fixed is not None:
        assert (limit.rate, limit.limits) == (None, (method.fixed,))
        return
    assert limit.alarms <= rate * limit.plant_years
    lower = [value * (1 - 1e-4) for value in limit.limits]
    more = plant_alarms(method, honest.scores, lower, honest.families, honest.links_of)
    assert more.sum() > rate * limit.plant_years
    window = alarms[:, 12:24].any(axis=1)
    is_judged = method.score != LOSS_YIELD or np.arange(12) < 3
    assert limit.chance == pytest.approx(window[:, np.broadcast_to(is_judged, 12)].mean())


def test_only_what_was_testable_counts_as_plant_years(honest):
    whole = honest.limit(method_of("sitmuf"), 0.2)
    assert whole.plant_years == pytest.approx(24 * 26 * 12 / 12)
    # Losses: three of twelve runs, and the months after the first twelve.
    assert honest.limit(method_of("loss_yield"), 0.2).plant_years == pytest.approx(24 * 14 * 3 / 12)


def test_honest_series_are_standard_normal_and_alarm_as_the_table_says(honest):
    for name in (SITMUF, MIRROR):
        spread, values = honest.score_spread(name)
        # Five standard deviations of an estimated one.
        assert abs(spread - 1.0) < 5 / np.sqrt(2 * values)
        check = honest.check_table(method_of(name), threshold_table(), 0.2)
        assert abs(check.alarms - check.expected) < 5 * np.sqrt(check.expected)
    assert honest.scores[LEAK_OWN].shape == (24, 26, 2)


def test_a_plant_alarms_by_mirror_when_one_of_its_links_does(nominal):
    plan = nominal.plan
    links_of = links_of_plants(plan)
    method = Method("test", "score", is_of_links=True)
    score = np.zeros((plan.between, 4, 1))
    score[3, 2, 0] = 2.0
    alarms = plant_alarms(method, {"score": score}, (1.0,), {}, links_of)
    ends = {plan.links[3].sender, plan.links[3].receiver}
    assert {(int(p), int(t)) for p, t, _ in np.argwhere(alarms)} == {(end, 2) for end in ends}


def test_charts_of_a_method_go_up_and_down_as_its_family_says():
    family = Family("both", (UP, DOWN), (0.5,))
    score = np.zeros((2, 3, 1))
    score[0, 1], score[1, 2] = 3.0, -3.0
    found = plant_alarms(Method("m", "s", "both"), {"s": score}, (2.0,), {"both": family}, csr_array((2, 0)))
    assert np.argwhere(found)[:, :2].tolist() == [[0, 1], [1, 2]]


# Detections


def test_an_alarm_counts_at_either_plant_and_only_in_time():
    collusion = Diversion("collusion_loss", 0.02, start=5, plant=1, bearer=2, link=0)
    alarms = np.zeros((4, 20), dtype=bool)
    alarms[[0, 1, 2], [6, 4, 17]] = True
    assert not is_found(alarms, collusion, 12)
    assert is_found(alarms, collusion, 13)
    alarms[1, 16] = True
    assert is_found(alarms, collusion, 12)


def test_a_large_loss_is_found_and_an_impossible_limit_finds_nothing(nominal):
    easy = Limit("sitmuf", 0.05, (5.0, 2.5), 1, 1.0, 0.0)
    never = Limit("muf_sigma", 0.05, (1e9,), 0, 1.0, 0.0)
    row = Row("protracted", 0.1, 12, (1, 12))
    told: list[tuple[int, int]] = []
    families = threshold_table().families
    found = detections(nominal, row, 8, (easy, never), families, lambda done, of: told.append((done, of)))
    assert [(one.method, one.within) for one in found] == [
        ("sitmuf", 1), ("sitmuf", 12), ("muf_sigma", 1), ("muf_sigma", 12)
    ]  # fmt: skip
    assert found[1].found == 8
    assert found[0].found <= found[1].found
    assert [one.found for one in found[2:]] == [0, 0]
    assert all(one.low <= one.probability <= one.high for one in found)
    assert told == [(8, 8)]
    assert found == detections(nominal, row, 8, (easy, never), families, lambda *_: None)


def test_falsified_receipts_of_a_tenth_name_the_plant_first():
    found = name_diversions(plan_of(months=36), "Nd", 0.1, 4, threshold_table(), lambda *_: None)
    assert (found.runs, found.by_party, found.link_is_the_plants) == (4, 4, 4)
    assert found.by_plant <= found.by_class == 4


@given(trials=st.integers(1, 2000), data=st.data())
@settings(max_examples=200)
def test_the_interval_of_wilson_holds_the_share_and_solves_its_equation(trials, data):
    events = data.draw(st.integers(0, trials))
    low, high = wilson(events, trials)
    share = events / trials
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        # Wilson: (share - p)^2 = z^2 p (1 - p) / n at both ends.
        assert (share - end) ** 2 == pytest.approx(1.959963984540054**2 * end * (1 - end) / trials, rel=1e-6, abs=1e-12)
    assert wilson(trials - events, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_a_share_needs_trials():
    for events, trials in ((0, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="events"):
            wilson(events, trials)


def test_limits_need_honest_runs_and_a_loss_its_baseline(nominal):
    with pytest.raises(ValueError, match="honest"):
        honest_runs(nominal, 0, threshold_table(), lambda *_: None, of_losses=0, of_leak_own=0)
    none = honest_runs(nominal, 1, threshold_table(), lambda *_: None, of_losses=0, of_leak_own=0)
    with pytest.raises(ValueError, match="testable"):
        none.limit(method_of("loss_yield"), 0.05)
    short = nominal_nation(plan_of(months=12), "Nd", SPREAD)
    assert np.isnan(short.scores([short.run(1)], [(0,)])[LOSS_YIELD]).all()
    shorter = nominal_nation(plan_of(months=11), "Nd", SPREAD)
    with pytest.raises(ValueError, match="baseline"):
        shorter.scores([shorter.run(1)], [(0,)])
