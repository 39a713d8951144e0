"""What would explain an alarm: planted causes are named with their size, and what cannot be told apart is one class."""

import numpy as np
import pytest

from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.network_factor import factor_network
from ytterby.balance.network_hypotheses import Cause, Suspect, hypotheses_for_alarm

MONTHS, START = 18, 8
# Two mines, two separators, three metal makers; what C and F have comes from one supplier each.
LINKS = {"mA": ("M", "A"), "mB": ("M", "B"), "nB": ("N", "B"), "aC": ("A", "C"), "bD": ("B", "D"), "bE": ("B", "E")}
LINKS |= {"oF": ("O", "F")}
PLANTS = ("M", "N", "O", "A", "B", "C", "D", "E", "F")
FLOW = 50.0
ROWS = [("plant", plant, month) for month in range(MONTHS) for plant in PLANTS]
ROWS += [("link", link, month) for month in range(MONTHS) for link in LINKS]
ROW = {row: k for k, row in enumerate(ROWS)}


def nation(scale: float = 1.0, flow: float = FLOW) -> Network:
    """Return a network of equal flows; each plant has a laboratory, a tank, and makes or delivers the rest."""
    items = []

    def add(mass, entries, group, random=0.005, systematic=0.004):
        kept = tuple((ROW[row], sign) for row, sign in entries if row in ROW)
        mass = mass * scale
        items.append(Item(f"i{len(items)}", mass, random * mass, {group: systematic * mass}, kept))

    for plant in PLANTS:
        balance = sum((ends[1] == plant) - (ends[0] == plant) for ends in LINKS.values())
        for month in range(MONTHS + 1):
            add(80.0, [(("plant", plant, month), 1), (("plant", plant, month - 1), -1)], f"tank {plant}")
            if month < MONTHS:
                sign = -1 if balance > 0 else 1
                add(abs(balance) * flow + 5.0, [(("plant", plant, month), sign)], f"rest {plant}")
    for link, (shipper, receiver) in LINKS.items():
        for month in range(MONTHS):
            row = ("link", link, month)
            add(flow, [(("plant", shipper, month), -1), (row, 1)], f"lab {shipper}")
            add(flow, [(("plant", receiver, month), 1), (row, -1)], f"lab {receiver}")
    labels = tuple(RowLabel(*row, *(LINKS[row[1]] if row[0] == "link" else ())) for row in ROWS)
    return Network(measurements_of(items, len(ROWS)), labels)


NATION = nation()
FACTOR = factor_network(NATION)


def rows_with(shifts: dict, seed: int = 3, scale: float = 1.0) -> np.ndarray:
    """Return honest rows of a seed, each kind and place in `shifts` moved by kg from START on."""
    rng = np.random.default_rng(seed)
    measurements = NATION.measurements
    random, groups = measurements.random_factor, measurements.group_factor
    rows = random @ rng.normal(size=random.shape[1]) + groups @ rng.normal(size=groups.shape[1])
    for (kind, place), kg in shifts.items():
        for month in range(START, MONTHS):
            rows[ROW[kind, place, month]] += kg
    return rows * scale


def explain(shifts: dict, suspect: Suspect, **how):
    return hypotheses_for_alarm(FACTOR, rows_with(shifts), "Nd", suspect, **how)


WINDOW = MONTHS - START
PLANTED = [
    # What moves, kg a month; which alarm; what should be first, and the kg over the window.
    ({("plant", "B"): 3.0}, Suspect("leak", "B"), Cause("leak", "B"), 3.0 * WINDOW),
    (
        {("link", "mB"): 2.5, ("link", "nB"): 2.5},
        Suspect("party", "B"),
        Cause("hidden_receipts", "B"),
        -5.0 * WINDOW,
    ),
    (
        {("link", "bD"): 2.5, ("link", "bE"): 2.5},
        Suspect("party", "B"),
        Cause("hidden_shipments", "B"),
        5.0 * WINDOW,
    ),
    ({("link", "mB"): 3.0}, Suspect("mirror", "mB"), Cause("difference", "mB"), 3.0 * WINDOW),
    (
        {("plant", "M"): -3.0, ("link", "mB"): 3.0},
        Suspect("mirror", "mB"),
        Cause("shipper_side", "mB"),
        3.0 * WINDOW,
    ),
    (
        {("plant", "B"): 3.0, ("link", "mB"): -3.0},
        Suspect("mirror", "mB"),
        Cause("receiver_side", "mB"),
        3.0 * WINDOW,
    ),
    (
        {("plant", "B"): 6.0, ("link", "mB"): -3.0, ("link", "nB"): -3.0},
        Suspect("party", "B"),
        Cause("receipts", "B"),
        6.0 * WINDOW,
    ),
    (
        {("plant", "B"): -6.0, ("link", "bD"): 3.0, ("link", "bE"): 3.0},
        Suspect("party", "B"),
        Cause("shipments", "B"),
        6.0 * WINDOW,
    ),
    ({("plant", "M"): 3.0, ("plant", "B"): -3.0}, Suspect("leak", "B"), Cause("both_sides", "mB"), -3.0 * WINDOW),
]


@pytest.mark.parametrize(("shifts", "suspect", "cause", "kg"), PLANTED)
def test_what_was_planted_is_first_with_its_size_and_month(shifts, suspect, cause, kg):
    first = explain(shifts, suspect).ranked[0]
    assert cause in first.causes
    size = first.sizes_kg[first.causes.index(cause)]
    assert abs(size - kg) < max(4 * first.sd_kg, 0.2 * abs(kg))
    assert abs(first.since - START) <= 1
    assert first.element == "Nd"
    assert first.statistic == pytest.approx((first.size_kg / first.sd_kg) ** 2)


def test_a_biased_laboratory_is_first_when_all_it_measures_is_wrong():
    shifts = {("plant", "B"): 0.0} | {("link", link): -3.0 for link in ("mB", "nB")}
    shifts |= {("link", link): 3.0 for link in ("bD", "bE")}
    first = explain(shifts, Suspect("party", "B")).ranked[0]
    assert Cause("group", "lab B") in first.causes
    assert first.size_kg == pytest.approx(12.0 * WINDOW, rel=0.2)
    assert first.step == pytest.approx(3.0 / (0.004 * FLOW), rel=0.2)


def test_where_two_plants_trade_with_each_other_only_either_may_be_wrong():
    first = explain({("link", "oF"): 3.0}, Suspect("mirror", "oF")).ranked[0]
    assert set(first.causes) == {
        Cause("hidden_receipts", "F"), Cause("hidden_shipments", "O"), Cause("difference", "oF")
    }  # fmt: skip
    by_cause = dict(zip(first.causes, first.sizes_kg, strict=True))
    assert by_cause[Cause("hidden_receipts", "F")] == pytest.approx(-by_cause[Cause("hidden_shipments", "O")])


def test_how_many_causes_are_near_is_told():
    found = explain({("plant", "B"): 3.0}, Suspect("leak", "B"))
    statistics = [one.statistic for one in found.ranked]
    assert statistics == sorted(statistics, reverse=True)
    assert found.near == sum(statistics[0] - t < 4.0 for t in statistics)
    honest = explain({}, Suspect("leak", "B"))
    assert honest.near > 1


def test_causes_may_be_held_to_begin_in_given_months():
    found = explain({("plant", "B"): 3.0}, Suspect("leak", "B"), since=[10, 12])
    assert {one.since for one in found.ranked} <= {10, 12}
    assert found.ranked[0].since == 10


def test_ten_times_the_mass_is_ten_times_the_size_and_the_same_statistic():
    factor = factor_network(nation(scale=10.0))
    shifts, suspect = PLANTED[0][:2]
    one = explain(shifts, suspect).ranked
    ten = hypotheses_for_alarm(factor, rows_with(shifts, scale=10.0), "Nd", suspect).ranked
    assert [h.causes for h in one[:5]] == [h.causes for h in ten[:5]]
    assert [h.size_kg * 10 for h in one[:5]] == pytest.approx([h.size_kg for h in ten[:5]])
    assert [h.statistic for h in one[:5]] == pytest.approx([h.statistic for h in ten[:5]])


@pytest.mark.parametrize("suspect", [Suspect("leak", "nobody"), Suspect("mirror", "nowhere")])
def test_a_suspect_that_is_not_there_is_refused(suspect):
    with pytest.raises(KeyError):
        explain({}, suspect)
