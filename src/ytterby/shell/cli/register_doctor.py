"""`ytterby register doctor`: recompute every invariant from the stored bytes, name what is unsound and the cure."""

import argparse
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, whole_number
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.opening import open_data, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Screen

Json = dict[str, Any]


def add_doctor(verbs: Nouns) -> None:
    """Add the verb."""
    doctor = add_command(verbs, "doctor", run_doctor, "recompute every invariant; name what is unsound and the cure")
    how = doctor.add_mutually_exclusive_group()
    how.add_argument("--full", action="store_true", help="recompute the whole book, however large (needs the memory)")
    how.add_argument("--sample", type=whole_number, metavar="N", help="recompute N lots drawn at random, each alone")
    doctor.add_argument("--seed", type=whole_number, metavar="S", help="draw the same sample as before")


def run_doctor(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Examine the register."""
    register = open_data(args, outdated=True)
    from ytterby.shell.actions.doctor import examine

    with Progress(screen, "doctor.part") as progress:
        found = examine(
            register,
            sample=args.sample,
            seed=args.seed,
            is_full=args.full,
            language=screen.language,
            tell=lambda part, number: progress.tell(number, 0, part),
        )
    screen.answer(found, lambda: show(args, screen, found))
    return Outcome.GOOD if found["sound"] else Outcome.FOUND


def show(args: argparse.Namespace, screen: Screen, found: Json) -> None:
    """Write what is unsound, by invariant, each with its cure; then the verdict."""
    texts = screen.texts
    by_invariant: dict[str, list[Json]] = {}
    for row in found["unsound"]:
        by_invariant.setdefault(row["invariant"], []).append(row)
    for invariant, rows in by_invariant.items():
        screen.line(f"{invariant}: {rows[0]['text']}", "bold")
        for row in rows:
            screen.line(f"  {row['where']}: {row['what']}")
        screen.line("  " + texts("doctor.cure") + screen.joint + rows[0]["cure"])
    size = write_count(found["as_of_size"])
    checked = write_count(len(found["checked"]))
    if found["sound"]:
        screen.verdict(True, texts("doctor.sound", count=checked), texts("doctor.sound_rest", size=size))
    else:
        count = len(found["unsound"])
        key = "doctor.unsound_one" if count == 1 else "doctor.unsound"
        screen.verdict(False, texts(key, count=write_count(count)), texts("doctor.unsound_rest", checked=checked))
    for line in found["checked"]:
        if "(" in line:
            screen.line(f"  {line}", "dim")
    if not found["sound"]:
        screen.next(with_data(args, "ytterby log verify"))
