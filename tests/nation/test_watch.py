"""The watch over a small nation: what was planted comes first, its neighbours do not, chance brings what is said."""

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from scipy.stats import poisson

from nation.nation_watch import CLEAN, MONTHS, WatchedNation, accounts_of, watched_nation
from ytterby.balance.account import What
from ytterby.balance.month_finding import month_findings
from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.balance.quantity import POOLED, pooled_quantity
from ytterby.balance.watch import LINK, LOSS_YIELD, PLANT, Alarm, Layer, link_of, watch_accounts
from ytterby.balance.watch_rate import WatchKey, parse_watch_rates
from ytterby.chain.party import Operation
from ytterby.chain.period import Month
from ytterby.chain.posting import StockTake
from ytterby.matter.element import POSITION
from ytterby.shell.site.balance_packs import watch_tables

pytestmark = pytest.mark.long

SEEDS = (1, 2)
PLANTED = [(kind, seed) for kind in ("protracted", "falsified_receipts", "collusion_loss") for seed in SEEDS]
# In the accounts the month of the opening stock-taking comes before the first of the nation.
FIRST_BENT, LAST = CLEAN + 1, MONTHS
RARE = 1e-3


def bearer_of(nation: WatchedNation) -> str:
    (diversion,) = nation.diversions
    return nation.site(diversion.bearer)


def places_of(nation: WatchedNation, alarm: Alarm) -> set[str]:
    """Return the plants that an alarm stands at."""
    return set(link_of(alarm.place, nation.accounts.links)) if alarm.family == LINK else {alarm.place}


@pytest.mark.parametrize(("kind", "seed"), PLANTED)
def test_what_was_planted_is_the_first_alarm(kind, seed):
    nation = watched_nation(kind, seed=seed)
    first, bearer = nation.watched.alarms[0], bearer_of(nation)
    assert first.quantity == POOLED
    assert bearer in places_of(nation, first)
    assert FIRST_BENT - 1 <= first.since <= FIRST_BENT + 1
    assert first.until >= LAST - 1
    if kind == "collusion_loss":
        assert (first.family, first.direction) == (LOSS_YIELD, 1)
        return
    named = {(cause.cause.kind, cause.cause.place) for cause in first.causes[0]}
    assert ("leak" if kind == "protracted" else "hidden_receipts", bearer) in named
    assert first.is_clear
    # The cause goes on to the newest month.
    assert {cause.until for cause in first.causes[0]} == {LAST}


@pytest.mark.parametrize(("kind", "seed"), PLANTED)
def test_its_size_is_that_which_was_taken(kind, seed):
    nation = watched_nation(kind, seed=seed)
    (diversion,) = nation.diversions
    found = month_findings(nation.accounts, nation.watched, nation.book)[0]
    place = nation.plan.scenario.elements.index(found.element)
    usual = nation.plan.throughput[diversion.bearer, place] / 1e6
    taken = diversion.share * (MONTHS - CLEAN) * usual
    assert abs(found.size_kg) == pytest.approx(taken, rel=0.25)
    assert abs(found.size_kg) > 3 * found.sd_kg
    assert {nation.site(diversion.bearer)} <= {found.site, found.problem.facts["other"]}


@pytest.mark.parametrize(("kind", "seed"), PLANTED)
def test_neighbours_are_not_named_for_it(kind, seed):
    """A diversion changes no other figure of the nation: what alarms besides did so without it, or is the bearer's."""
    nation, honest = watched_nation(kind, seed=seed), watched_nation(seed=seed)

    def keys(one: WatchedNation) -> set[tuple[str, str, int]]:
        return {(alarm.family, alarm.place, alarm.direction) for alarm in one.watched.alarms}

    more = keys(nation) - keys(honest)
    assert more
    for family, place, _ in more:
        ends = link_of(place, nation.accounts.links) if family == LINK else (place,)
        assert bearer_of(nation) in ends, (family, place)


def test_without_taking_off_what_explains_it_neighbours_would_alarm():
    """What the test above is for: on the rows as declared the receipts' other sides alarm too."""
    nation = watched_nation("falsified_receipts", seed=1)
    layer = nation.watched.networks[POOLED]
    fresh = Layer(nation.accounts, layer.quantity, layer.tables)
    standing = {(one.family, one.place) for one in fresh._standing()}
    told = {(one.family, one.place) for one in nation.watched.alarms if one.quantity == POOLED}
    assert len({place for family, place in standing - told if family == LINK}) >= 1


def test_the_same_accounts_in_another_order_give_the_same_alarms():
    nation = watched_nation("falsified_receipts", seed=2)
    shuffled = list(nation.bundles)
    Random(5).shuffle(shuffled)
    again = watch_accounts(accounts_of(tuple(shuffled), nation.book), watch_tables(ASK_FOR_PAPER))
    assert again.expected_false_alarms == pytest.approx(nation.watched.expected_false_alarms, rel=1e-12)
    assert [one[:6] for one in again.alarms] == [one[:6] for one in nation.watched.alarms]
    for one, other in zip(again.alarms, nation.watched.alarms, strict=True):
        assert one.excess == pytest.approx(other.excess, rel=1e-9)
        assert [[cause[:3] for cause in group] for group in one.causes] == [
            [cause[:3] for cause in group] for group in other.causes
        ]


def test_who_takes_a_plant_over_later_is_not_named_for_what_was_found_before():
    nation = watched_nation("protracted", seed=1)
    bearer, over = bearer_of(nation), date(2031, 1, 1)
    world = nation.book.world
    site = world.directory.sites[bearer]
    (held,) = site.operations
    sold = replace(site, operations=(replace(held, end=over), Operation("https://a.example/party/later", over)))
    directory = replace(world.directory, sites={**world.directory.sites, bearer: sold})
    book = replace(nation.book, world=replace(world, directory=directory))
    assert max(nation.accounts.months) < Month(over.year, over.month)
    assert month_findings(nation.accounts, nation.watched, book) == month_findings(
        nation.accounts, nation.watched, nation.book
    )


def likely_count(found: int, expected: float) -> bool:
    """Tell whether a count of rare things is within what chance makes of an expected number."""
    return poisson.sf(found - 1, expected) > RARE and poisson.cdf(found, expected) > RARE


def test_an_honest_nation_brings_about_as_many_alarms_as_the_watch_says():
    nations = [watched_nation(seed=seed) for seed in (*SEEDS, 3)]
    found = sum(len(nation.watched.alarms) for nation in nations)
    expected = sum(nation.watched.expected_false_alarms for nation in nations)
    assert expected > 3
    assert likely_count(found, expected), (found, expected)


def test_drawn_errors_alarm_as_often_as_the_charts_say():
    """Sixty nations whose rows err as they claim: plants and links apart, before anything is taken off."""
    accounts, tables = watched_nation(seed=1).accounts, watch_tables(ASK_FOR_PAPER)
    layer = Layer(accounts, pooled_quantity((one.content.mass_kg, one.u_kg) for one in accounts.counted), tables)
    measured, random, runs = layer.network.measurements, np.random.default_rng(3), 60
    found = dict.fromkeys((PLANT, LINK), 0)
    for _ in range(runs):
        drawn = measured.random_factor @ random.standard_normal(measured.random_factor.shape[1])
        layer.rows_kg = drawn + measured.group_factor @ random.standard_normal(measured.group_factor.shape[1])
        for alarm in layer._standing():
            found[alarm.family] += 1
    expected_alarms = tables.thresholds.expected_alarms
    months = {
        PLANT: [len(layer.network.rows_of["plant", plant]) for plant in layer.network.plants],
        LINK: [len(series.values) for series in layer._link_series.values()],
    }
    for family, rate in ((PLANT, layer._rate(PLANT)), (LINK, layer._link_rate())):
        expected = runs * sum(expected_alarms(family, rate, number) for number in months[family])
        assert expected > 20
        assert likely_count(found[family], expected), (family, found, expected)


def test_progress_is_told_for_each_quantity_to_the_end():
    nation, heard = watched_nation(seed=1), []
    watch_accounts(
        nation.accounts.of_sites({nation.site(0)}), watch_tables(ASK_FOR_PAPER), tell=lambda *x: heard.append(x)
    )
    assert heard == [(number, 3) for number in range(4)]


def test_accounts_of_deliveries_alone_are_watched_too():
    """No plant has a balance where no stock is ever counted; its links are watched all the same."""
    nation = watched_nation("falsified_receipts", seed=2)
    bundles = tuple(b for b in nation.bundles if not any(isinstance(p, StockTake) for p in b.postings))
    accounts = accounts_of(bundles, nation.book)
    assert not any(row.link is None for row in accounts.rows if row not in accounts.untestable)
    watched = watch_accounts(accounts, watch_tables(ASK_FOR_PAPER))
    assert {one.family for one in watched.alarms} == {LINK}
    assert bearer_of(nation) in places_of(nation, watched.alarms[0])
    assert 0 < watched.expected_false_alarms < nation.watched.expected_false_alarms


def test_losses_that_hold_none_of_an_element_leave_it_unwatched_and_all_else_as_it_was():
    """A residue of one element alone: nothing was usual of the other, so that nothing of it is too much."""
    nation, at = watched_nation("collusion_loss", seed=1), POSITION["Dy"]

    def without(kg):
        return np.where(np.arange(len(kg)) == at, 0.0, kg)

    def lost(one):
        groups = {group: without(sd) for group, sd in one.groups.items()}
        return replace(one, mass_kg=without(one.mass_kg), random_kg=without(one.random_kg), groups=groups)

    accounts = replace(
        nation.accounts,
        counted=tuple(
            one._replace(content=lost(one.content), own=tuple(map(without, one.own))) if one.what is What.LOSS else one
            for one in nation.accounts.counted
        ),
    )
    watched = watch_accounts(accounts, watch_tables(ASK_FOR_PAPER))
    found = {(one.family, one.quantity) for one in watched.alarms}
    assert (LOSS_YIELD, "Dy") not in found
    assert LOSS_YIELD in {family for family, _ in found}
    assert watched.networks["Dy"].expected < nation.watched.networks["Dy"].expected
    assert watched.networks["Nd"].expected == nation.watched.networks["Nd"].expected


def test_one_link_of_one_month_among_many_plants_is_watched():
    """Its share of the rate of all plants would be beyond any threshold; it alarms no oftener than a plant may."""
    accounts = watched_nation(seed=1).accounts
    kept = min(row for row in accounts.rows if row.link is not None)
    counted = tuple(
        one._replace(entries=tuple(e for e in one.entries if e[0].link is None or e[0] == kept))
        for one in accounts.counted
    )
    few = replace(accounts, rows=tuple(r for r in accounts.rows if r.link is None or r == kept), counted=counted)
    layer = Layer(
        few, pooled_quantity((one.content.mass_kg, one.u_kg) for one in few.counted), watch_tables(ASK_FOR_PAPER)
    )
    assert layer._link_rate() == layer._rate(LINK)
    assert {one.family for one in layer._standing()} <= {PLANT, LINK}


def test_nothing_counted_is_nothing_to_watch():
    nation = watched_nation(seed=1)
    watched = watch_accounts(nation.accounts.of_sites(set()), watch_tables(ASK_FOR_PAPER))
    assert (watched.alarms, watched.expected_false_alarms) == ((), 0.0)


# Rates


HEAD = "point,family,quantity,rate_per_plant_year,source,confidence\n"


def test_an_element_has_the_rate_of_any_element_and_the_pooled_sum_its_own():
    rates = parse_watch_rates(HEAD + "p,plant,pooled,0.04,own,low\np,plant,element,0.01,own,low\n")
    assert (rates.of("p", "plant", POOLED), rates.of("p", "plant", "Nd"), rates.of("p", "plant", "Dy")) == (
        0.04,
        0.01,
        0.01,
    )
    with pytest.raises(KeyError):
        rates.of("p", "link", "Nd")


@pytest.mark.parametrize(
    "row", ["p,plant,pooled,0,own,low\n", "p,plant,pooled,-1,own,low\n", "p,plant,pooled,nan,o,l\n"]
)
def test_a_rate_that_is_none_is_refused(row):
    with pytest.raises(ValueError, match="plant"):
        parse_watch_rates(HEAD + row)
    good = "p,plant,pooled,0.1,own,low\n"
    with pytest.raises(ValueError, match="twice"):
        parse_watch_rates(HEAD + good + good)


def test_the_packaged_rates_of_a_point_add_up_to_its_own():
    rates = watch_tables(ASK_FOR_PAPER).rates.rates
    families = (PLANT, LINK, LOSS_YIELD)
    elements = 3
    for point, whole in ((ASK_FOR_PAPER, 0.2), ("open_inquiry", 0.05)):
        total = sum(
            rates[WatchKey(point, family, POOLED)] + elements * rates[WatchKey(point, family, "element")]
            for family in families
        )
        assert total == pytest.approx(whole)
