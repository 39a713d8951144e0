"""`ytterby register make|derive|rebuild|work|deliver`: a new register; what is derived from its log; what was left."""

import argparse
import threading
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from ytterby.shell.cli import register_derive
from ytterby.shell.cli.arguments import DATA, Nouns, add_command, add_noun
from ytterby.shell.cli.opening import open_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.register_doctor import add_doctor
from ytterby.shell.cli.screen import Screen

if TYPE_CHECKING:
    from ytterby.shell.actions.work import Worked

OUTCOMES = {
    "accepted": "register.work.accepted",
    "known": "register.work.known",
    "refused": "register.work.refused",
}


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "register", "make a register, and keep what hangs on its log up to date")
    add_doctor(verbs)
    make = add_command(verbs, "make", run_make, "make a new empty register, and its keys")
    make.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="where (default: what --data says)")
    make.add_argument(
        "--origin", required=True, metavar="NAME", help="the log's name for ever, as log.example.org/register"
    )
    make.add_argument(
        "--base", metavar="URL", help="address under which identifiers are minted (default: https://ORIGIN)"
    )
    work = add_command(
        verbs, "work", run_work, "decide documents that wait, sign outcomes, make the log's files, let refusals lapse"
    )
    work.add_argument("--once", action="store_true", help="do what is left now and end (default: go on until Ctrl-C)")
    add_command(verbs, "deliver", run_deliver, "send the mails that wait; serve and work do it as well")
    register_derive.add(verbs)


def run_make(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Make a register."""
    from ytterby.shell.site.register import make_register

    data: Path = args.folder or args.data
    keys: Path = args.keys or data.with_name(data.name + "-keys")
    base = args.base or f"https://{args.origin}"
    try:
        register = make_register(data, keys, origin=args.origin, base=base)
    except (FileExistsError, ValueError, OSError) as error:
        raise CouldNotRun("register.not_made", data=data, why=error) from None
    answer = {"data": str(data), "keys": str(keys), "origin": args.origin, "base": base, "as_of_size": register.size}
    screen.answer(answer, lambda: None)
    if not screen.is_json:
        where = "" if data == Path(DATA) else f" --data {quote(str(data))}"
        screen.verdict(True, screen.texts("register.made", data=data), screen.texts("register.keys", keys=keys))
        screen.next(f"ytterby party import FILE{where}", f"ytterby event capture FILE --as PARTY{where}")
    return Outcome.GOOD


def run_work(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Do what captures left, once or until Ctrl-C."""
    register = open_data(args)
    from ytterby.shell.actions.work import Worker, work_once

    if args.once:
        with screen.waiting(screen.texts("register.work.waiting")):
            worked = work_once(register, at=args.at)
        return show_work(screen, worked, register.size)
    ended = threading.Event()
    outcomes: list[Outcome] = [Outcome.GOOD]
    with (
        suppress(KeyboardInterrupt),
        Worker(
            register,
            on_round=lambda worked: outcomes.append(show_work(screen, worked, register.size)),
            on_failure=lambda error: screen.remark(screen.texts("register.work.round_failed", why=error), "red"),
        ),
    ):
        screen.remark(screen.texts("register.work.until"))
        ended.wait()
    return max(outcomes)


def run_deliver(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Send what waits."""
    register = open_data(args)
    from ytterby.shell.actions.deliver import deliver

    done = deliver(register, at=args.at)
    counts = {"sent": done.sent, "failed": done.failed, "given_up": done.given_up, "waiting": done.waiting}
    screen.answer({**counts, "has_server": done.has_server, "as_of_size": register.size}, lambda: None)
    if not screen.is_json:
        said = "deliver.done" if done.has_server else "deliver.no_server"
        screen.verdict(not (done.failed or done.given_up) and done.has_server, screen.texts(said, **counts))
    return Outcome.FOUND if done.failed or done.given_up or (done.waiting and not done.has_server) else Outcome.GOOD


def show_work(screen: Screen, worked: "Worked", size: int) -> Outcome:
    """Write what was done; what could not be decided is a finding."""
    texts = screen.texts
    settled = [{"receipt": id_, "outcome": result.outcome} for id_, result in worked.settled.items()]
    failed = [{"receipt": id_, "why": why} for id_, why in worked.failed.items()]
    answer = {
        "settled": settled,
        "signed": worked.signed,
        "lapsed": worked.lapsed,
        "failed": failed,
        "unpublished": worked.unpublished or None,
        "as_of_size": size,
    }

    def show() -> None:
        for one in settled:
            screen.line("  " + texts(OUTCOMES[one["outcome"]], id=one["receipt"]))
        for one in failed:
            screen.line("  " + texts("register.work.failed", id=one["receipt"], why=one["why"]))
        counts = {"settled": len(settled), "signed": worked.signed, "lapsed": worked.lapsed}
        screen.verdict(not failed and not worked.unpublished, texts("register.work.done", **counts))
        if worked.unpublished:
            screen.line("  " + texts("event.capture.unpublished", why=worked.unpublished))

    screen.answer(answer, show)
    return Outcome.FOUND if failed else Outcome.GOOD
