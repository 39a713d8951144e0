"""Detection of diversions in a simulated nation by each method, beside the rules that keep no statistics over time.

`python -m benchmarks.detection --size full` prints the whole table as Markdown: limits as set on honest runs, false
alarms against the threshold table, and the share found of every row with its interval. `python -m benchmarks detection`
prints of it, for each diversion, the method meant for it and the best naive rule in the peer's column.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.table import Line
from ytterby.nation.detection import (
    METHODS,
    Detection,
    HonestRuns,
    Limit,
    Row,
    TableCheck,
    detections,
    honest_runs,
)
from ytterby.nation.detection_naming import Naming, name_diversions
from ytterby.nation.detection_scores import LEAK_OWN, LOSS_YIELD, MIRROR, SITMUF, NominalNation, nominal_nation
from ytterby.shell.cli.nation_plan import plan_of
from ytterby.shell.site.balance_packs import least_month_spread, threshold_table

ELEMENT = "Nd"
INQUIRY, PAPER = 0.05, 0.2
# Diversions, the method meant for each, and the least share to be found at 0.05 false alarms a plant-year.
WANTED = (
    (Row("protracted", 0.02, 12), "sitmuf", 12, ">= .97"),
    (Row("protracted", 0.01, 12), "leak", 12, ">= .90"),
    (Row("protracted", 0.01, 0, (12, 36)), "leak", 36, ">= .75"),
    (Row("falsified_receipts", 0.02, 12), "mirror", 12, ">= .93"),
    (Row("collusion_loss", 0.02, 12), "loss_yield", 12, ">= .80"),
    (Row("abrupt", 0.05, 12), "sitmuf", 12, ""),
    (Row("abrupt", 0.1, 12), "sitmuf", 12, ""),
)
NAIVE = ("muf_three_sigma", "muf_sigma", "muf_percent", "mirror_percent")


class Size(NamedTuple):
    """Plants; honest runs, how many of them with losses and with leaks by their own covariance; diversions; named."""

    plants: int
    honest: int
    of_losses: int
    of_leak_own: int
    diversions: int
    named: int


SIZES = {"small": Size(40, 60, 15, 10, 60, 10), "full": Size(200, 150, 25, 10, 300, 40)}


class Study(NamedTuple):
    """All that was measured."""

    honest: HonestRuns
    limits: tuple[Limit, ...]
    detections: tuple[Detection, ...]
    naming: Naming


def run(size: str) -> Iterator[Line]:
    """Measure, and give the method meant for each diversion beside the best of the naive rules."""
    study = measure(SIZES[size], 1, lambda _: None)
    for name in (SITMUF, MIRROR):
        spread, values = study.honest.score_spread(name)
        yield Line(f"standard deviation of {name}, honest", spread, "", "1 +- .02", "", None, f"{values:,} values")
    for check in checks(study.honest):
        note = f"{check.alarms} alarms, {check.expected:.0f} expected"
        work = f"false alarms over the table's, {check.method}"
        yield Line(work, check.alarms / check.expected, "", "1 +- .15", "", None, note)
    for row, method, within, target in WANTED:
        mine = [one for one in study.detections if one.row == row and one.within == within and one.rate != PAPER]
        ours = next(one for one in mine if one.method == method)
        naive = max((one for one in mine if one.method in NAIVE), key=lambda one: one.found)
        note = f"{ours.found} of {ours.runs}, {ours.low:.3f} to {ours.high:.3f}"
        work = f"{say(row, within)}: {method}"
        yield Line(work, ours.probability, "", target, naive.method, naive.probability, note)
    named = study.naming
    note = f"of {named.runs}; class {named.by_class}, by party {named.by_party}"
    yield Line("right plant first, receipts 2 %", named.by_plant / named.runs, "", ">= .90", "", None, note)


def measure(size: Size, seed: int, tell: Callable[[str], None]) -> Study:
    """Run the honest nations, set the limits, run the diversions; `tell` hears what was done."""
    plan = plan_of(plants=size.plants, seed=seed, elements=(ELEMENT,))
    table = threshold_table()
    nominal = nominal_nation(plan, ELEMENT, least_month_spread())
    honest = honest_runs(
        nominal, size.honest, table, lambda *_: None, of_losses=size.of_losses, of_leak_own=size.of_leak_own
    )
    tell("honest runs")
    limits = tuple(
        honest.limit(method, rate)
        for rate in (INQUIRY, PAPER)
        for method in METHODS
        if method.fixed is None or rate == INQUIRY
    )
    tell("limits")
    found = tuple(_found(nominal, limits, size.diversions, tell))
    naming = name_diversions(plan, ELEMENT, 0.02, size.named, table, lambda *_: None)
    tell("naming")
    return Study(honest, limits, found, naming)


def _found(
    nominal: NominalNation, limits: Sequence[Limit], count: int, tell: Callable[[str], None]
) -> Iterator[Detection]:
    families = threshold_table().families
    for row, *_ in WANTED:
        yield from detections(nominal, row, count, limits, families, lambda *_: None)
        tell(say(row, row.within[-1]))


def checks(honest: HonestRuns) -> list[TableCheck]:
    """Return alarms at the threshold table's own limits, for each method with charts."""
    return [honest.check_table(method, threshold_table(), INQUIRY) for method in METHODS if method.family]


def say(row: Row, within: int) -> str:
    """Return a row in words."""
    return f"{row.kind} {100 * row.share:g} % from month {row.start + 1}, within {within}"


def write_markdown(study: Study, size: Size, seed: int) -> Iterator[str]:
    """Yield the lines of the tables."""
    plan = study.honest.plan
    yield f"{len(plan.plants)} plants, {plan.between} links, {plan.scenario.months} months, {ELEMENT}, seed {seed};"
    yield f"{size.honest} honest runs, {size.diversions} diversions a row."
    yield from ("", "| honest runs | sd of the score | values |", "|---|---|---|")
    for name in (SITMUF, MIRROR, LOSS_YIELD, "leak", LEAK_OWN):
        spread, values = study.honest.score_spread(name)
        yield f"| {name} | {spread:.4f} | {values:,} |"
    yield from ("", "| at the table's thresholds for 0.05 | alarms | expected | ratio |", "|---|---|---|---|")
    for check in checks(study.honest):
        yield f"| {check.method} | {check.alarms:,} | {check.expected:,.1f} | {check.alarms / check.expected:.3f} |"
    yield from ("", "| method | rate asked | limits | false alarms | plant-years | rate | chance in 12 months |")
    yield "|---|---|---|---|---|---|---|"
    for one in study.limits:
        limits = ", ".join(f"{value:.4g}" for value in one.limits)
        asked = "fixed" if one.rate is None else f"{one.rate:g}"
        yield (
            f"| {one.method} | {asked} | {limits} | {one.alarms:,} | {one.plant_years:,.0f} "
            f"| {one.measured_rate:.4f} | {one.chance:.3f} |"
        )
    for rate in (INQUIRY, PAPER):
        yield from ("", f"Share found at {rate:g} false alarms a plant-year (95 % interval of Wilson):", "")
        yield from _table_of_rate(study, rate)
    named = study.naming
    yield ""
    yield f"Falsified receipts 2 %, named first among all, {named.runs} runs: right plant by party {named.by_party};"
    yield f"suspect link at the plant {named.link_is_the_plants}; its receipts in the first class {named.by_plant};"
    yield f"those or a link into it in the first class {named.by_class}."


def _table_of_rate(study: Study, rate: float) -> Iterator[str]:
    names = [method.name for method in METHODS]
    yield "| diversion | " + " | ".join(names) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for row, *_ in WANTED:
        for within in row.within:
            cells = []
            for name in names:
                one = next(
                    one
                    for one in study.detections
                    if one.row == row and one.within == within and one.method == name and one.rate in (rate, None)
                )
                cells.append(f"{one.probability:.3f} ({one.low:.3f}–{one.high:.3f})")
            yield f"| {say(row, within)} | " + " | ".join(cells) + " |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection")
    parser.add_argument("--size", choices=tuple(SIZES), default="small")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    started = time.process_time()

    def tell(what: str) -> None:
        print(f"  {time.process_time() - started:6.0f} s  {what}", flush=True)

    size = SIZES[args.size]
    study = measure(size, args.seed, tell)
    print("\n".join(write_markdown(study, size, args.seed)))


if __name__ == "__main__":
    main()
