"""Network statistics of a nation, one element: leak and party of every plant and month, against one solve of a peer.

The nation has the sizes of accountancy's default: sectors in the same proportion, 3.26 links a plant, 36 months, 4 lots
a link and month, swarf going back to metal makers, 70 % of the plants at shared laboratories. The peer, in the same
run, is scipy's conjugate gradients with a diagonal preconditioner on V, which it never forms, for the single solve
V^-1 r over all 36 months: 36 right-hand sides out of the many that the statistics need, and no variance of any. For
large nations the limit beside it is the machine's: as many operations as the dense parts need, as matrix products.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.linalg import blas
from scipy.sparse.linalg import LinearOperator, cg

from benchmarks.table import Line, best_of
from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.network_factor import factor_network, score_network
from ytterby.balance.network_plan import NetworkPlan, plan_network

MONTHS = 36
SIZES = {"small": (25, 50, 100, 200), "full": (25, 50, 100, 200, 400, 1000)}
TARGETS = {200: "<= 1", 1000: "<= 10"}
LINKS_A_PLANT = 3.26
LABORATORIES_A_PLANT = 0.2
SHARED = 0.7
RUNS = 100
# From so many plants on the machine's own speed is the limit.
PLANTS_OF_LIMIT = 400
PEER, LIMIT = "scipy cg, one solve", "as many operations in matrix products"


class Form(NamedTuple):
    """Random (one lot) and systematic relative standard deviations."""

    random: float
    systematic: float


FORMS = {
    "concentrate": Form(0.02, 0.012),
    "oxide": Form(0.008, 0.005),
    "metal": Form(0.008, 0.006),
    "magnet": Form(0.01, 0.008),
    "swarf": Form(0.04, 0.03),
    "component": Form(0.015, 0.015),
}
LOTS = 4
STOCK = Form(0.015, 0.01)
LOSS = Form(0.1, 0.1)
# Sector: share of the plants, and what goes from it to which sector.
SECTORS = {"mine": 0.1, "separator": 0.075, "metal": 0.125, "magnet": 0.3, "component": 0.3, "recycler": 0.05}
TRADES = (
    ("mine", "separator", "concentrate", 1.0),
    ("separator", "metal", "oxide", 1.0),
    ("metal", "magnet", "metal", 1.0),
    ("magnet", "component", "magnet", 0.75),
    ("magnet", "recycler", "swarf", 0.25),
    ("recycler", "metal", "oxide", 1.0),
)


class Cost(NamedTuple):
    """What one size took, s: ours, the peer's, and as many operations in matrix products."""

    plants: int
    ours: float
    theirs: float
    limit: float
    note: str


def costs(size: str) -> Iterator[Cost]:
    """Yield what each size of nation takes."""
    for plants in SIZES[size]:
        network = nation_network(plants)
        rows = network.measurements.rows_kg
        rounds = 3 if plants <= 200 else 1
        ours = best_of(rounds, lambda network=network, rows=rows: score_network(network, rows))
        theirs = best_of(rounds, lambda network=network, rows=rows: solve_by_gradients(network, rows))
        limit = operations(plan_network(network)) * seconds_an_operation()
        note = f"{len(network.links)} links, {len(network.measurements.groups)} groups, {len(rows):,} rows"
        yield Cost(plants, ours, theirs, limit, note)


def cost_points(size: str) -> Iterator[tuple[str, int, float]]:
    """Yield the name of a series, plants and seconds, as they are measured: for `cost_curve`."""
    for cost in costs(size):
        yield "leak and party", cost.plants, cost.ours
        yield PEER, cost.plants, cost.theirs
        yield LIMIT, cost.plants, cost.limit


def run(size: str) -> Iterator[Line]:
    """Measure the cost curve, and the cost of further right-hand sides."""
    for cost in costs(size):
        work, target = f"network leak and party, {cost.plants} plants", TARGETS.get(cost.plants, "")
        yield Line(work, cost.ours, "s", target, PEER, cost.theirs, cost.note)
        if cost.plants >= PLANTS_OF_LIMIT:
            yield Line(work, cost.ours, "s", target, LIMIT, cost.limit, cost.note)
    network = nation_network(200)
    factor = factor_network(network)
    many = np.random.default_rng(1).normal(size=(len(network.labels), RUNS))
    ours = best_of(1, lambda: factor.score(many)) / RUNS
    theirs = best_of(1, lambda: solve_by_gradients(network, many[:, 0]))
    yield Line(f"a further run, 200 plants, of {RUNS}", ours, "s", "", PEER, theirs, "factored once")


def operations(plan: NetworkPlan) -> float:
    """Return how many additions and multiplications the dense parts of all months need, each algorithm at its least.

    A month of n core rows, u errors carried through, k new ones and g groups: L, L^-1, what follows of the errors and
    groups (n^2 (u + g)), C of the old (n u^2), new and old, new (k begins half way down), B, K and its answers.
    """
    groups = plan.shared.shape[1]
    first, last = plan.first[: plan.errors], plan.last[: plan.errors]
    total = 0.0
    for place, rows in enumerate(plan.months):
        n = len(rows.core)
        old = int(((first < place) & (last > place)).sum())
        new = int(((first == place) & (last > place)).sum())
        total += 2 * n**3 / 3 + n**2 * (old + groups) + n * old**2 + n * new * old + n * new**2 / 3
        total += 2 * n * old * groups + n * new * groups
        total += groups**3 / 3 + n * groups**2 + 2 * groups**2 * n + n**2 * groups
    return total


def seconds_an_operation(edge: int = 2000) -> float:
    """Return the seconds that this machine takes for one operation of a large matrix product."""
    matrix = np.asfortranarray(np.random.default_rng(1).normal(size=(edge, edge)))
    return best_of(3, lambda: blas.dgemm(1.0, matrix, matrix)) / (2 * edge**3)


def solve_by_gradients(network: Network, rows_kg: np.ndarray) -> np.ndarray:
    """Return V^-1 r of all months by conjugate gradients, relative residual 1e-10."""
    random, groups = network.measurements.random_factor, network.measurements.group_factor
    backward, groups_backward = random.T.tocsr(), groups.T.tocsr()
    size = len(rows_kg)
    diagonal = network.variance
    product = LinearOperator((size, size), lambda v: random @ (backward @ v) + groups @ (groups_backward @ v))
    precondition = LinearOperator((size, size), lambda v: v / diagonal)
    found, failed = cg(product, rows_kg, rtol=1e-10, maxiter=10_000, M=precondition)
    if failed:
        raise ArithmeticError("the peer did not converge")
    return found


def nation_network(plants: int, months: int = MONTHS, seed: int = 1) -> Network:
    """Return a nation's rows: honest declarations of steady flows of 50 to 150 kg a month from each mine."""
    rng = np.random.default_rng(seed)
    sector_of, links = _trade(plants, rng)
    flows, through = _steady_flows(sector_of, links, rng)
    laboratory = _laboratories(plants, rng)
    width = plants + len(links)
    items: list[Item] = []

    def add(key: str, mass: float, form: Form, group: str, entries: tuple[tuple[int, int], ...], lots: int = 1) -> None:
        random = form.random / lots**0.5
        declared = mass * (1 + rng.normal(0, random) + bias.setdefault(group, rng.normal()) * form.systematic)
        sd = random * declared
        items.append(Item(key, declared, sd, {group: form.systematic * declared}, entries))

    bias: dict[str, float] = {}
    for plant in range(plants):
        sector, size = sector_of[plant], through[plant]
        level = size * rng.uniform(0.8, 1.2, months + 1)
        into = sum(flow for (_, r, _), flow in zip(links, flows, strict=True) if r == plant)
        out = sum(flow for (s, _, _), flow in zip(links, flows, strict=True) if s == plant)
        for month in range(months + 1):
            sides = ((month * width + plant, 1), ((month - 1) * width + plant, -1))
            entries = sides[: 1 if month == 0 else 2] if month < months else sides[1:]
            add(f"stock-{plant}-{month}", level[month], STOCK, f"tank:{plant}", entries)
        for month in range(months):
            row, lost = month * width + plant, 0.02 * size
            add(f"loss-{plant}-{month}", lost, LOSS, f"loss:{plant}", ((row, -1),))
            rest = out + lost + level[month + 1] - level[month] - into
            form = "concentrate" if sector == "mine" else "component"
            sign = 1 if rest > 0 else -1
            group = f"{laboratory[plant]}:{form}"
            add(f"rest-{plant}-{month}", abs(rest), FORMS[form], group, ((row, sign),), LOTS)
    for number, ((shipper, receiver, form), flow) in enumerate(zip(links, flows, strict=True)):
        for month in range(months):
            row, first = month * width + plants + number, month * width
            sent, got = f"{laboratory[shipper]}:{form}", f"{laboratory[receiver]}:{form}"
            add(f"ship-{number}-{month}", flow, FORMS[form], sent, ((first + shipper, -1), (row, 1)), LOTS)
            add(f"recv-{number}-{month}", flow, FORMS[form], got, ((first + receiver, 1), (row, -1)), LOTS)
    labels = [
        label
        for month in range(months)
        for label in (
            *(RowLabel("plant", str(plant), month) for plant in range(plants)),
            *(RowLabel("link", str(k), month, str(s), str(r)) for k, (s, r, _) in enumerate(links)),
        )
    ]
    return Network(measurements_of(items, width * months), tuple(labels))


def _trade(plants: int, rng: np.random.Generator) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Return the sector of each plant, the last ones traders without trade, and links (shipper, receiver, form)."""
    sector_of = [name for name, share in SECTORS.items() for _ in range(max(1, round(share * plants)))][:plants]
    sector_of += ["trader"] * (plants - len(sector_of))
    members = {name: [p for p, s in enumerate(sector_of) if s == name] for name in (*SECTORS, "trader")}
    wanted = round(LINKS_A_PLANT * plants)
    links = {
        (int(rng.choice(members[source])), plant, form)
        for source, target, form, _ in TRADES
        for plant in members[target]
    }
    links |= {
        (plant, int(rng.choice(members[target])), form)
        for source, target, form, _ in TRADES
        for plant in members[source]
        if not any(link[0] == plant and link[2] == form for link in links)
    }
    for plant in members["trader"]:
        links |= {
            (int(rng.choice(members["metal"])), plant, "metal"),
            (plant, int(rng.choice(members["magnet"])), "metal"),
        }
    while len(links) < wanted:
        source, target, form, _ = TRADES[rng.integers(len(TRADES))]
        links.add((int(rng.choice(members[source])), int(rng.choice(members[target])), form))
    return sector_of, sorted(links)


def _steady_flows(
    sector_of: list[str], links: list[tuple[int, int, str]], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the flow of each link and the throughput of each plant, kg a month, at rest."""
    split = {(source, form): share for source, _, form, share in TRADES}
    mined = np.array([rng.uniform(50, 150) if sector == "mine" else 0.0 for sector in sector_of])
    degree: dict[tuple[int, str], int] = {}
    for shipper, _, form in links:
        degree[shipper, form] = degree.get((shipper, form), 0) + 1
    share = np.array([split.get((sector_of[s], form), 1.0) / degree[s, form] for s, _, form in links])
    shippers, receivers = np.array([link[0] for link in links]), np.array([link[1] for link in links])
    through = mined.copy()
    for _ in range(200):
        flows = 0.98 * through[shippers] * share
        through = mined + np.bincount(receivers, weights=flows, minlength=len(sector_of))
    return 0.98 * through[shippers] * share, through


def _laboratories(plants: int, rng: np.random.Generator) -> list[str]:
    shared = max(1, round(LABORATORIES_A_PLANT * plants))
    return [f"lab{rng.integers(shared)}" if rng.random() < SHARED else f"own{plant}" for plant in range(plants)]
