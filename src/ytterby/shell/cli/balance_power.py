"""`ytterby balance power`: how surely diversions of a size would be found, measured on a made-up nation.

It needs no register and touches none. Limits are set on honest runs of the nation, at a rate of false alarms, and then
applied to runs with one diversion each; the same arguments give the same figures.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, element, whole_number
from ytterby.shell.cli.figures import write_count, write_score
from ytterby.shell.cli.lot_picture import write_picture
from ytterby.shell.cli.nation_plan import plan_of
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

if TYPE_CHECKING:
    from ytterby.nation.detection import Detection, HonestRuns, Limit
    from ytterby.nation.detection_scores import NominalNation

Json = dict[str, Any]
# Kinds of diversion that masses show. A use swap leaves every mass as it is.
KINDS = ("protracted", "abrupt", "falsified_receipts", "collusion_uncovered", "collusion_loss")
USUAL_KINDS = ("protracted", "falsified_receipts", "collusion_loss")
USUAL_SHARES = (0.01, 0.02, 0.05)
RATE, WITHIN = 0.05, 12
# Months from which a plant's usual loss is taken (balance.loss_yield, which brings scipy along).
BASELINE = 12
# Losses cost more than all other series together: of so many honest runs one is judged.
HONEST_OF_LOSSES = 4
# More lines than this cannot be told apart in the picture.
PICTURED = ("sitmuf", "leak", "mirror", "loss_yield", "muf_three_sigma", "muf_percent")


def add(verbs: Nouns) -> None:
    """Add the verb."""
    power = add_command(
        verbs, "power", run_power, "measure on a made-up nation how surely each method finds a diversion"
    )
    power.add_argument("--plants", type=whole_number, default=40, metavar="N", help="5 to 5,000 (default: 40)")
    power.add_argument("--months", type=whole_number, default=24, metavar="N", help="how many (default: 24)")
    power.add_argument("--clean", type=whole_number, default=12, metavar="N", help="months before it begins")
    power.add_argument("--seed", type=whole_number, default=1, metavar="N", help="same seed, same figures (default: 1)")
    power.add_argument("--element", type=element, default="Nd", metavar="E", help="one element (default: Nd)")
    power.add_argument(
        "--honest", type=whole_number, default=60, metavar="N", help="honest runs that set limits (default: 60)"
    )
    power.add_argument(
        "--runs", type=whole_number, default=60, metavar="N", help="diversions of each kind and share (default: 60)"
    )
    power.add_argument(
        "--kind",
        dest="kinds",
        action="append",
        choices=KINDS,
        help=f"kind of diversion, may be repeated (default: {', '.join(USUAL_KINDS)})",
    )
    power.add_argument(
        "--share",
        dest="shares",
        action="append",
        type=_share,
        metavar="SHARE",
        help="share of a plant's monthly throughput, may be repeated (default: 0.01, 0.02 and 0.05)",
    )
    power.add_argument(
        "--within", type=whole_number, default=WITHIN, metavar="N", help="months from its start (default: 12)"
    )
    power.add_argument(
        "--rate", type=_rate, default=RATE, metavar="R", help="false alarms in a plant-year (default: 0.05)"
    )
    power.add_argument("--svg", type=Path, metavar="FILE", help="draw what is found over the share, of one kind")


def _share(text: str) -> float:
    value = _number(text)
    if not 0 < value <= 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is no share above 0 and up to 0.5")
    return value


def _rate(text: str) -> float:
    value = _number(text)
    if not 0 < value <= 6:
        raise argparse.ArgumentTypeError(f"{text!r} is no rate above 0 and up to 6 in a plant-year")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def run_power(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Measure and show the table."""
    kinds = tuple(dict.fromkeys(args.kinds or USUAL_KINDS))
    shares = tuple(sorted(set(args.shares or USUAL_SHARES)))
    _check(args, kinds)
    with Progress(screen, "balance.power.running") as progress:
        answer = _measure(args, kinds, shares, progress)
    if args.svg is not None:
        write_picture(args.svg, _draw(answer, screen))
    screen.answer(answer, lambda: show_power(screen, answer))
    return Outcome.GOOD


def _check(args: argparse.Namespace, kinds: Sequence[str]) -> None:
    if args.svg is not None and len(kinds) != 1:
        raise WrongUse("balance.power.one_kind")
    if not args.honest or not args.runs or not args.within:
        raise WrongUse("balance.power.no_runs")
    # A plant's expected loss comes from its first months, and there must be one after them.
    if args.months < args.clean + args.within or args.months <= BASELINE:
        facts = {"months": args.months, "clean": args.clean, "within": args.within, "baseline": BASELINE}
        raise WrongUse("balance.power.too_short", **facts)


def _measure(args: argparse.Namespace, kinds: Sequence[str], shares: Sequence[float], progress: Progress) -> Json:
    from ytterby.nation.detection import METHODS, Row, detections, honest_runs
    from ytterby.nation.diversion import NoPlace
    from ytterby.shell.site.balance_packs import threshold_table

    nominal = _nominal(args)
    table = threshold_table()
    rows = [Row(kind, share, args.clean, (args.within,)) for kind in kinds for share in shares]
    total = args.honest + len(rows) * args.runs
    honest = honest_runs(
        nominal,
        args.honest,
        table,
        partial(_tell, progress, 0, total),
        of_losses=-(-args.honest // HONEST_OF_LOSSES),
        of_leak_own=0,
    )
    limits = [honest.limit(method, args.rate) for method in METHODS]
    found: list[Detection] = []
    try:
        for place, row in enumerate(rows):
            before = args.honest + place * args.runs
            found += detections(
                nominal,
                row,
                args.runs,
                limits,
                table.families,
                partial(_tell, progress, before, total),
            )
    except NoPlace as error:
        raise WrongUse("nation.no_place", why=error) from None
    return _answer(args, honest, limits, found)


def _tell(progress: Progress, before: int, total: int, done: int, _: int) -> None:
    progress.tell(before + done, total)


def _nominal(args: argparse.Namespace) -> "NominalNation":
    from ytterby.nation.detection_scores import nominal_nation
    from ytterby.shell.site.balance_packs import least_month_spread

    plan = plan_of(plants=args.plants, months=args.months, seed=args.seed, clean=args.clean, elements=(args.element,))
    return nominal_nation(plan, args.element, least_month_spread())


def _answer(
    args: argparse.Namespace, honest: "HonestRuns", limits: Sequence["Limit"], found: Sequence["Detection"]
) -> Json:
    plan = honest.plan
    return {
        "nation": {
            "plants": len(plan.plants),
            "links": plan.between,
            "months": plan.scenario.months,
            "clean": plan.scenario.clean,
            "seed": plan.scenario.seed,
            "element": args.element,
        },
        "rate_per_plant_year": args.rate,
        "within_months": args.within,
        "honest_runs": args.honest,
        "sitmuf_sd": honest.score_spread("sitmuf")[0],
        "limits": [
            {
                "method": one.method,
                "limits": list(one.limits),
                "is_fixed": one.rate is None,
                "false_alarms": one.alarms,
                "plant_years": one.plant_years,
                "rate_measured": one.measured_rate,
                "chance_of_false_alarm": one.chance,
            }
            for one in limits
        ],
        "detections": [
            {
                "kind": one.row.kind,
                "share": one.row.share,
                "method": one.method,
                "found": one.found,
                "runs": one.runs,
                "probability": one.probability,
                "low": one.low,
                "high": one.high,
            }
            for one in found
        ],
    }


# The picture and the tables


def _draw(answer: Json, screen: Screen) -> str:
    from ytterby.shell.drawing import draw_detection

    kind = answer["detections"][0]["kind"]
    methods = [
        {
            "method": method,
            "points": [
                {"x": one["share"], "probability": one["probability"], "low": one["low"], "high": one["high"]}
                for one in answer["detections"]
                if one["method"] == method
            ],
        }
        for method in PICTURED
    ]
    title = screen.texts(
        "balance.power.title", kind=word("diversion", kind, screen.language), rate=f"{answer['rate_per_plant_year']:g}"
    )
    return draw_detection(methods, title=title, language=screen.language, is_page=False)


def show_power(screen: Screen, answer: Json) -> None:
    """Write what the limits do on honest runs, and for each kind of diversion what each method finds of each share."""
    texts, nation = screen.texts, answer["nation"]
    facts = {name: write_count(nation[name]) for name in ("plants", "links", "months")}
    screen.line(texts("balance.power.nation", **facts, element=word("element", nation["element"], screen.language)))
    screen.line(
        texts(
            "balance.power.honest",
            runs=write_count(answer["honest_runs"]),
            rate=f"{answer['rate_per_plant_year']:g}",
            sd=write_score(answer["sitmuf_sd"]),
        )
    )
    _show_limits(screen, answer["limits"])
    for kind in dict.fromkeys(one["kind"] for one in answer["detections"]):
        mine = [one for one in answer["detections"] if one["kind"] == kind]
        runs, within = write_count(mine[0]["runs"]), write_count(answer["within_months"])
        said = word("diversion", kind, screen.language)
        screen.line()
        screen.line(texts("balance.power.found", kind=said, runs=runs, within=within))
        _show_kind(screen, mine)


def _show_limits(screen: Screen, limits: Sequence[Json]) -> None:
    texts = screen.texts
    columns = [
        Column(texts("column.method")),
        Column(texts("column.false_alarms"), is_number=True),
        Column(texts("column.plant_years"), is_number=True),
        Column(texts("column.per_plant_year"), is_number=True),
        Column(texts("column.limits"), is_number=True),
    ]
    rows = [
        [
            word("method", one["method"], screen.language),
            write_count(one["false_alarms"]),
            write_count(round(one["plant_years"])),
            f"{one['rate_measured']:.3f}",
            "; ".join(f"{value:.3g}" for value in one["limits"]),
        ]
        for one in limits
    ]
    screen.table(columns, rows)


def _show_kind(screen: Screen, found: Sequence[Json]) -> None:
    """Write a row for each method and a column for each share: per cent found, and the interval."""
    shares = sorted({one["share"] for one in found})
    headings = [f"{100 * share:g} %" for share in shares]
    columns = [Column(screen.texts("column.method")), *(Column(heading, is_number=True) for heading in headings)]
    rows = [
        [
            word("method", method, screen.language),
            *(
                _write_found(one)
                for share in shares
                for one in found
                if (one["method"], one["share"]) == (method, share)
            ),
        ]
        for method in dict.fromkeys(one["method"] for one in found)
    ]
    screen.table(columns, rows)


def _write_found(one: Json) -> str:
    return f"{100 * one['probability']:.0f} ({100 * one['low']:.0f}–{100 * one['high']:.0f})"
