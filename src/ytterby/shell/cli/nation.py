"""`ytterby nation simulate`: a made-up country's months as documents that `event capture` takes, the truth beside them.

It needs no register and touches none: it writes a folder, and says with which commands a register takes it in.
"""

import argparse
import json
import re
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_noun, element, whole_number
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.nation_plan import plan_of
from ytterby.shell.cli.opening import with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Column, Screen

if TYPE_CHECKING:
    from ytterby.nation.diversion import Diversion
    from ytterby.nation.plan import Plan
    from ytterby.nation.scenario import DiversionOrder

Json = dict[str, Any]
PARTIES, TRUTH, DOCUMENTS = "parties.yaml", "truth.json", "documents"
_ORDER = re.compile(r"([a-z_]+)=([0-9.]+)(?:@([0-9]+):([0-9]+))?")
UNDER_WAY = 0.03


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "nation", "a made-up country to try a register on")
    simulate = add_command(
        verbs, "simulate", run_simulate, "write a country's honest and dishonest months as documents, and the truth"
    )
    simulate.add_argument("--plants", type=whole_number, default=200, metavar="N", help="5 to 5,000 (default: 200)")
    simulate.add_argument("--months", type=whole_number, default=36, metavar="N", help="how many (default: 36)")
    simulate.add_argument(
        "--seed", type=whole_number, default=1, metavar="N", help="same seed, same bytes (default: 1)"
    )
    simulate.add_argument("--start", type=month, metavar="YYYY-MM", help="first month (default: 2023-01)")
    simulate.add_argument(
        "--element",
        dest="elements",
        action="append",
        type=element,
        metavar="E",
        help="Nd, Pr, Dy unless said otherwise",
    )
    simulate.add_argument("--lots", type=whole_number, default=4, metavar="N", help="of a link in a month (default: 4)")
    simulate.add_argument(
        "--diversion",
        dest="diversions",
        action="append",
        type=diversion,
        default=[],
        metavar="KIND=SHARE[@PLANT:MONTH]",
        help="share of a plant's monthly throughput: abrupt, protracted, falsified_receipts, collusion_uncovered, "
        "collusion_loss, use_swap; at a plant by its number, from a month on counted from 1; may be repeated",
    )
    simulate.add_argument(
        "--clean", type=whole_number, default=12, metavar="N", help="months before diversions begin (default: 12)"
    )
    simulate.add_argument(
        "--mistakes", type=share, default=0.0, metavar="SHARE", help="of reports with a mistake, or late (default: 0)"
    )
    simulate.add_argument(
        "--under-way",
        type=share,
        default=UNDER_WAY,
        metavar="SHARE",
        help=f"of links with a lot under way over a month's end (default: {UNDER_WAY})",
    )
    simulate.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")


def month(text: str) -> date:
    """Return the first day of a month written as 2023-01."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no month; write 2023-01") from None


def share(text: str) -> float:
    """Return a share from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 to 1")
    return value


def diversion(text: str) -> "DiversionOrder":
    """Return a diversion written as protracted=0.02 or protracted=0.02@17:13, the month counted from 1."""
    from ytterby.nation.scenario import DIVERSIONS, DiversionOrder

    found = _ORDER.fullmatch(text)
    if found is None or found[1] not in DIVERSIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is no diversion; write protracted=0.02, or one of {DIVERSIONS}")
    where = (int(found[3]), int(found[4]) - 1) if found[3] else (None, None)
    return DiversionOrder(found[1], share(found[2]), *where)


def run_simulate(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write the folder."""
    from ytterby.nation.diversion import NoPlace, place_diversions

    plan = _plan(args)
    try:
        diversions = place_diversions(plan, plan.scenario.diversions)
    except NoPlace as error:
        raise WrongUse("nation.no_place", why=error) from None
    try:
        folder = _empty_folder(args.out)
        answer = _write(plan, diversions, folder, screen)
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=args.out, why=error.strerror or error) from None
    screen.answer(answer, lambda: _show(screen, args, plan, diversions, answer))
    return Outcome.GOOD


def _plan(args: argparse.Namespace) -> "Plan":
    given: Json = {"start": args.start} if args.start else {}
    if args.elements:
        given["elements"] = tuple(dict.fromkeys(args.elements))
    return plan_of(
        plants=args.plants,
        months=args.months,
        seed=args.seed,
        lots=args.lots,
        clean=args.clean,
        diversions=tuple(args.diversions),
        mistakes=args.mistakes,
        late_share=args.under_way,
        **given,
    )


def _empty_folder(out: Path) -> Path:
    """Make the folder; what somebody has written is never mixed with another nation."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise WrongUse("nation.not_empty", folder=out)
    (out / DOCUMENTS).mkdir(parents=True)
    return out


def _write(plan: "Plan", diversions: tuple["Diversion", ...], folder: Path, screen: Screen) -> Json:
    from ytterby.nation.directory import directory_yaml
    from ytterby.nation.documents import reported_months
    from ytterby.nation.truth import TruthLog

    (folder / PARTIES).write_text(directory_yaml(plan), encoding="utf-8")
    truth = TruthLog(plan, diversions)
    documents = events = octets = 0
    with Progress(screen, "nation.writing") as progress:
        for number, found in enumerate(reported_months(plan, diversions)):
            for document in found.documents:
                octets += (folder / DOCUMENTS / document.name).write_bytes(document.raw)
                documents += 1
                events += len(document.report.events)
            truth.add(found)
            progress.tell(number + 1, plan.scenario.months)
    told = truth.as_json()
    (folder / TRUTH).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return {
        "folder": str(folder),
        "plants": len(plan.plants),
        "links": plan.between,
        "end_users": len(plan.end_users),
        "months": plan.scenario.months,
        "documents": documents,
        "events": events,
        "bytes": octets,
        "diversions": told["diversions"],
        "mistakes": len(told["mistakes"]),
        "as_of_size": None,
    }


def _show(
    screen: Screen, args: argparse.Namespace, plan: "Plan", diversions: tuple["Diversion", ...], answer: Json
) -> None:
    texts = screen.texts
    counts = {key: write_count(answer[key]) for key in ("plants", "links", "end_users", "months")}
    screen.verdict(True, texts("nation.written", folder=args.out, **counts))
    counts = {key: write_count(answer[key]) for key in ("documents", "events", "mistakes")}
    screen.line("  " + texts("nation.documents", megabytes=write_count(answer["bytes"] // 1_000_000), **counts), "dim")
    if diversions:
        columns = [Column(texts(f"column.{key}")) for key in ("kind", "share", "site", "partner", "from_month")]
        columns[1] = Column(texts("column.share"), is_number=True)
        screen.table(columns, [_row(plan, one) for one in diversions])
        screen.line("  " + texts("nation.truth", file=args.out / TRUTH), "dim")
    here = quote(str(args.out))
    screen.next(with_data(args, f"ytterby party import {here}/{PARTIES}"))
    screen.next(with_data(args, f"ytterby event capture {here}/{DOCUMENTS} --as sender"))


def _row(plan: "Plan", one: "Diversion") -> list[str]:
    def name(number: int) -> str:
        return f"{plan.plants[number].name} (@{number})"

    partner = name(one.bearer) if one.bearer != one.plant else ""
    first = plan.scenario.first_day(one.start)
    return [one.kind, f"{one.share * 100:g}", name(one.plant), partner, f"{first:%Y-%m}"]
