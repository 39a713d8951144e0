"""`ytterby register derive|rebuild`: bring what is derived up to the log, or write it anew from the submitted bytes."""

import argparse
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.opening import open_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Screen

if TYPE_CHECKING:
    from ytterby.shell.actions.rebuild import Rebuilt

Json = dict[str, Any]


def add(verbs: Nouns) -> None:
    """Add both commands."""
    add_command(verbs, "derive", run_derive, "bring what is derived up to the head of the log")
    rebuild = add_command(
        verbs, "rebuild", run_rebuild, "write all that is derived anew, compare it, and let it take over"
    )
    rebuild.add_argument("--anew", action="store_true", help="do not go on with a rebuild that was interrupted")


def run_derive(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Derive up to the head."""
    register = open_data(args)
    from ytterby.shell.actions.derive import derive_all

    with Progress(screen, "register.deriving") as progress:
        derived = derive_all(register, progress.tell)
    answer = {**derived._asdict(), "as_of_size": derived.derived_to}

    def show() -> None:
        screen.verdict(True, screen.texts("register.derived", size=write_count(derived.derived_to)))
        screen.line("  " + screen.texts("register.digest", digest=derived.derived_digest), "dim")

    screen.answer(answer, show)
    return Outcome.GOOD


def run_rebuild(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Rebuild; findings are rows that were not what the log says."""
    register = open_data(args, outdated=True)
    from ytterby.shell.actions.rebuild import rebuild
    from ytterby.shell.site.alone import NotAlone

    with Progress(screen, "register.rebuilding") as progress:
        try:
            rebuilt = rebuild(register, anew=args.anew, tell=lambda what, done, of: progress.tell(done, of, what))
        except NotAlone:
            raise CouldNotRun("register.rebuild_under_way", data=args.data) from None
    screen.answer(_answer(rebuilt), lambda: _show(rebuilt, screen))
    return Outcome.GOOD if rebuilt.is_sound else Outcome.FOUND


def _answer(rebuilt: "Rebuilt") -> Json:
    changes = rebuilt.changes
    return {
        "edition": rebuilt.edition,
        "derived_digest": rebuilt.derived_digest,
        "was_outdated": rebuilt.was_outdated,
        "compared_at": rebuilt.compared_at,
        "changed": None
        if changes is None
        else {"lots": changes.lot_count, "events": changes.event_count, "first": list(changes.lots)},
        "sound": rebuilt.is_sound,
        "as_of_size": rebuilt.size,
    }


def _show(rebuilt: "Rebuilt", screen: Screen) -> None:
    texts, changes = screen.texts, rebuilt.changes
    screen.verdict(
        rebuilt.is_sound, texts("register.rebuilt", size=write_count(rebuilt.size)), _verdict(rebuilt, screen)
    )
    for lot in changes.lots if changes is not None else ():
        screen.line(f"  {lot}")
    if changes is not None and changes.lot_count > len(changes.lots):
        screen.line(f"  … +{write_count(changes.lot_count - len(changes.lots))}")
    screen.line("  " + texts("register.digest", digest=rebuilt.derived_digest), "dim")


def _verdict(rebuilt: "Rebuilt", screen: Screen) -> str:
    changes = rebuilt.changes
    if changes is None:
        return screen.texts("register.rebuilt.not_whole")
    if not rebuilt.compared_at:
        return screen.texts("register.rebuilt.first")
    if not changes.lot_count and not changes.event_count:
        return screen.texts("register.rebuilt.same")
    counts = {"lots": write_count(changes.lot_count), "events": write_count(changes.event_count)}
    if rebuilt.was_outdated:
        return screen.texts("register.rebuilt.upgraded", **counts)
    return screen.texts("register.rebuilt.differed", **counts)
