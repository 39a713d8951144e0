"""`ytterby party evaluate`: how many listed names are found at a stated share of false alerts, by group and class.

It needs no register. Thresholds are set on the negatives of the half that is reported; those of the even half, on which
rules are tuned, stand beside them. Chinese names have negatives of their own: firms that do not exist.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, whole_number
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.lot_picture import write_picture
from ytterby.shell.cli.name_files import open_index, read_queries
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import show_problems
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

if TYPE_CHECKING:
    from ytterby.screening.evaluation import Judged, RateRow
    from ytterby.screening.name_lines import QueryLine
    from ytterby.screening.screener import Screener

Json = dict[str, Any]
RATES = (0.01, 0.05)
CURVE = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1)
INVENTED_COUNT, INVENTED_SEED = 3_000, 1


def add(verbs: Nouns) -> None:
    """Add the verb."""
    found = add_command(verbs, "evaluate", run_evaluate, "measure on known pairs how well names are told apart")
    found.add_argument("--targets", type=Path, required=True, metavar="FILE", help="listed ones: JSON lines, or CSV")
    found.add_argument(
        "--queries",
        type=Path,
        required=True,
        metavar="FILE",
        help="queries with cls, label and target: JSON lines, or CSV",
    )
    found.add_argument("--index", type=Path, metavar="DIR", help="keep the targets' index in this folder, and use it")
    found.add_argument("--half", choices=("odd", "even", "all"), default="odd", help="which half (default: odd)")
    found.add_argument(
        "--invented",
        type=whole_number,
        default=INVENTED_COUNT,
        metavar="N",
        help="invented Chinese firms (default: 3,000)",
    )
    found.add_argument("--svg", type=Path, metavar="FILE", help="draw what is found over the share of false alerts")


def run_evaluate(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Judge all queries and show the table."""
    from ytterby.screening.evaluation import curve, evaluate, is_odd
    from ytterby.screening.screener import Screener
    from ytterby.shell.site.screening_tables import name_tables, scoring

    queries, wrong = read_queries(args.queries)
    index, rarity, problems = open_index(args.targets, args.index)
    show_problems(screen, [*wrong, *problems][:20], str(args.queries))
    screener = Screener(index, name_tables(), rarity, scoring())
    queries += invented_queries(args.invented, screener)
    with Progress(screen, "party.evaluate.running") as progress:
        judged = judge(queries, screener, progress)
    even = [one for one in judged if not is_odd(one.id)]
    mine = judged if args.half == "all" else even if args.half == "even" else [one for one in judged if is_odd(one.id)]
    rows = [evaluate(mine, rate) for rate in RATES]
    carried = [evaluate(mine, rate, evaluate(even, rate).thresholds) for rate in RATES]
    curves = curve(mine, CURVE)
    answer: Json = {
        "half": args.half,
        "queries": len(mine),
        "targets": len(index.keys),
        "rates": [_rate_json(row) for row in rows],
        "at_thresholds_of_even_half": [_rate_json(row) for row in carried],
        "curves": {group.value: [list(point) for point in points] for group, points in curves.items()},
        "rarity": rarity.digest,
        "rules": screener.scoring.digest,
        "scorer": screener.scoring.version,
    }
    if args.svg is not None:
        write_picture(args.svg, _draw(answer, screen))
    screen.answer(answer, lambda: _show(screen, answer))
    return Outcome.GOOD


def invented_queries(count: int, screener: "Screener") -> "list[QueryLine]":
    """Return firms that do not exist, and that the targets do not happen to hold, as negatives."""
    from ytterby.screening.entry import EntrySchema
    from ytterby.screening.evaluation import INVENTED
    from ytterby.screening.invented_firm import invent_firms
    from ytterby.screening.name_lines import QueryLine
    from ytterby.shell.site.screening_tables import firm_parts

    listed = {text for text in screener.index.texts if not text.isascii()}
    firms = [firm for firm in invent_firms(firm_parts(), count, INVENTED_SEED) if firm.han not in listed]
    return [
        QueryLine(f"invented-{place}", EntrySchema.ORGANIZATION, firm.han, INVENTED) for place, firm in enumerate(firms)
    ]


def judge(queries: "Sequence[QueryLine]", screener: "Screener", progress: Progress | None = None) -> "list[Judged]":
    """Return what came of each query."""
    from ytterby.screening.evaluation import Judged
    from ytterby.screening.group import group_of

    keys = screener.index.keys
    found = []
    for done, query in enumerate(queries):
        hits = screener.screen(query.name, query.schema)
        own = next((hit.score for hit in hits if keys[hit.bearer] == query.target), None) if query.is_positive else None
        group = group_of(query.name, query.schema)
        best = hits[0].score if hits else 0.0
        found.append(Judged(query.id, query.cls, query.is_positive, group, best, own))
        if progress is not None:
            progress.tell(done, len(queries))
    return found


def _rate_json(row: "RateRow") -> Json:
    return {
        "rate": row.rate,
        "recall": row.recall,
        "found": row.found,
        "positives": row.positives,
        "thresholds": {group.value: value for group, value in row.thresholds.items()},
        "negatives": {group.value: count for group, count in row.negatives.items()},
        "classes": [
            {
                "group": one.group.value,
                "class": one.cls,
                "queries": one.count,
                "alerts": one.alerts,
                "share": one.share,
                "low": one.low,
                "high": one.high,
            }
            for one in row.rows
        ],
    }


def _draw(answer: Json, screen: Screen) -> str:
    from ytterby.screening.evaluation import interval
    from ytterby.shell.drawing import draw_detection

    methods = []
    for group, points in answer["curves"].items():
        rows = []
        for rate, recall, count in points:
            low, high = interval(round(recall * count), count)
            rows.append({"x": rate, "probability": recall, "low": low, "high": high})
        methods.append({"method": group, "points": rows})
    title = screen.texts("party.evaluate.title")
    return draw_detection(methods, title=title, language=screen.language, is_page=False, x="alerts")


def _show(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    half = texts(f"party.evaluate.half.{answer['half']}")
    facts = {"queries": write_count(answer["queries"]), "targets": write_count(answer["targets"]), "half": half}
    screen.line(texts("party.evaluate.head", **facts))
    for row, carried in zip(answer["rates"], answer["at_thresholds_of_even_half"], strict=True):
        rate, recall = f"{100 * row['rate']:g}", f"{100 * row['recall']:.1f}"
        screen.verdict(
            None, texts("party.evaluate.rate", rate=rate, recall=recall, count=write_count(row["positives"]))
        )
        for group, value in row["thresholds"].items():
            said = {"group": word("method", group, screen.language), "threshold": f"{value:.4f}"}
            screen.line("  " + texts("party.evaluate.threshold", **said, count=write_count(row["negatives"][group])))
        screen.line("  " + texts("party.evaluate.carried", recall=f"{100 * carried['recall']:.1f}"))
    shares = [
        Column(texts("column.alert_percent", rate=f"{100 * row['rate']:g}"), is_number=True) for row in answer["rates"]
    ]
    columns = [
        Column(texts("column.group")),
        Column(texts("column.class")),
        Column(texts("column.queries"), is_number=True),
    ]
    first, second = (row["classes"] for row in answer["rates"])
    rows = [
        [
            word("method", one["group"], screen.language),
            one["class"],
            write_count(one["queries"]),
            *(f"{100 * each['share']:.1f} ({100 * each['low']:.0f}–{100 * each['high']:.0f})" for each in (one, other)),
        ]
        for one, other in zip(first, second, strict=True)
    ]
    screen.table([*columns, *shares], rows)
