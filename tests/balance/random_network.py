"""Random small networks, and the statistics straight from their definition with dense matrices."""

import numpy as np

from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.network import Network, RowLabel

ROW_PRESENT = 0.85


def random_network(
    seed: int, plants: int, links: int, months: int, *, odd: bool = True, has_missing: bool = True, scale: float = 1.0
) -> Network:
    """Return a network with loops, parallel links, goods under way at a month's end, and, if `odd`, worse.

    Odd: items that count in months far apart, items that two links share, receipts without a random part, months
    without rows. `scale` multiplies all masses and standard deviations.
    """
    rng = np.random.default_rng(seed)
    ends = [tuple(rng.integers(plants, size=2)) for _ in range(links)]
    if links > 1:
        ends[1] = ends[0]
    wanted = [("plant", p, t) for t in range(months) for p in range(plants)]
    wanted += [("link", k, t) for t in range(months) for k in range(links)]
    if has_missing:
        wanted = [row for row in wanted if rng.random() < ROW_PRESENT]
    row_of = {row: k for k, row in enumerate(wanted)}
    labels = [
        RowLabel("plant", f"p{place}", month)
        if kind == "plant"
        else RowLabel("link", f"l{place}", month, f"p{ends[place][0]}", f"p{ends[place][1]}")
        for kind, place, month in wanted
    ]
    items = []

    def add(mass, entries, *groups, random=0.01):
        held = tuple((row_of[row], sign) for row, sign in entries if row in row_of)
        shares = dict.fromkeys(groups, 0.006 * mass * scale)
        items.append(Item(f"i{len(items)}", mass * scale, random * mass * scale, shares, held))

    for place in range(plants):
        for month in range(months + 1):
            rows = [(("plant", place, month), 1), (("plant", place, month - 1), -1)]
            add(rng.uniform(50, 150), rows, f"tank{place}")
        for month in range(months):
            add(rng.uniform(1, 5), [(("plant", place, month), -1)], f"loss{place}", random=0.1)
            add(rng.uniform(20, 60), [(("plant", place, month), 1)], f"lab{rng.integers(3)}")
    for link, (shipper, receiver) in enumerate(ends):
        for month in range(months):
            mass = rng.uniform(20, 80)
            arrival = month + (1 if rng.random() < 0.2 else 0)
            # Most are compared in the month of arrival, some in the month of dispatch.
            told = month if rng.random() < 0.3 else arrival
            add(mass, [(("plant", shipper, month), -1), (("link", link, told), 1)], f"lab{rng.integers(3)}")
            exact = odd and rng.random() < 0.05
            entries = [(("plant", receiver, arrival), 1), (("link", link, told), -1)]
            add(mass * rng.normal(1, 0.01), entries, f"lab{rng.integers(3)}", random=0.0 if exact else 0.01)
    if odd and links and months > 2:
        add(30.0, [(("plant", 0, 0), 1), (("plant", 0, months - 1), -1)], "lab0")
        add(20.0, [(("link", 0, 0), 1), (("link", links - 1, 0), -1)], random=0.02)
    return Network(measurements_of(items, len(wanted)), tuple(labels))


def dense_scores(network: Network, rows_kg: np.ndarray) -> tuple[dict, dict]:
    """Return leak and party by (plant, month) from V itself, rows of months up to t."""
    covariance = network.measurements.covariance()
    month = np.array([label.month for label in network.labels])
    signatures = network.party_signatures
    leak, party = {}, {}
    for now in network.months:
        rows = np.flatnonzero((month <= now) & (np.diag(covariance) > 0))
        block = covariance[np.ix_(rows, rows)]
        precision = np.linalg.inv(block)
        solved = np.linalg.solve(block, rows_kg[rows])
        for place, row in enumerate(rows):
            label = network.labels[row]
            if label.kind == "plant" and label.month == now:
                leak[label.place, now] = solved[place] / np.sqrt(precision[place, place])
        for k, (plant, when) in enumerate(signatures.of):
            if when == now:
                f = signatures.columns[:, [k]].toarray().ravel()[rows]
                if f.any():
                    party[plant, now] = f @ solved / np.sqrt(f @ precision @ f)
    return leak, party


def is_well_conditioned(network: Network) -> bool:
    """Say whether dense float64 can be trusted to ten digits: no row of V nearly follows from the others."""
    covariance = network.measurements.covariance()
    sd = np.sqrt(np.diag(covariance))
    held = sd > 0
    correlation = covariance[np.ix_(held, held)] / np.outer(sd[held], sd[held])
    return not held.any() or float(np.linalg.eigvalsh(correlation)[0]) > 1e-5
