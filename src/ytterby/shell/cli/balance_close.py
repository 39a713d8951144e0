"""`ytterby balance close MONTH`: store what is known of a month, and later show what has come to differ from it.

Exit 1 when the month is not closed for a reason that is said, or when a closed month has become stale.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ytterby.shell.cli.arguments import Nouns, add_command, day, whole_number
from ytterby.shell.cli.figures import decimals_for, write_count, write_kg
from ytterby.shell.cli.opening import Names, Reading, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import add_signer, read_signer
from ytterby.shell.cli.screen import Column, Screen, plain
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word

if TYPE_CHECKING:
    from ytterby.shell.actions.close_month import MonthClosed

Json = dict[str, Any]
# Figures of a month that people compare; the answer in JSON holds all.
SHOWN = ("muf_kg", "sigma_kg")


def add(verbs: Nouns, month: Callable[[str], str]) -> None:
    """Add the verb; `month` reads the month that is named."""
    close = add_command(verbs, "close", run_close, "close a month: store what is known of it, beside what comes later")
    close.add_argument("month", type=month, metavar="MONTH", help="the month, as 2026-03")
    close.add_argument("--show", action="store_true", help="show a closed month as stored and as known now, and why")
    known = close.add_mutually_exclusive_group()
    known.add_argument("--known-at", type=whole_number, metavar="N", help="close or show as known at this log size")
    known.add_argument("--known-on", type=day, metavar="DATE", help="the same, at the end of this day, UTC")
    close.add_argument("--no-wait", action="store_true", help="refuse to close what is not derived, instead of waiting")
    add_signer(close)


def run_close(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Close a month, or show a closed one."""
    if args.show:
        return _show(args, screen)
    reading = open_reading(args, screen, derives=not args.no_wait)
    from ytterby.shell.actions.close_month import REFUSED, close_month

    by = read_signer(args)
    with screen.waiting(screen.texts("balance.waiting")):
        result = close_month(reading.register, args.month, known=reading.known, by=by, at=args.at)
    answer = {
        "month": result.month,
        "state": result.state,
        "known_at": result.known_at,
        "accounts": result.accounts,
        "digest": result.digest or None,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: _show_closed(screen, result))
    is_refused = result.state == REFUSED
    if not screen.is_json and not is_refused:
        screen.next(with_data(args, f"ytterby balance close {result.month} --show"))
    return Outcome.FOUND if is_refused else Outcome.GOOD


def _show_closed(screen: Screen, result: "MonthClosed") -> None:
    texts = screen.texts
    show_problems(screen, result.problems, "")
    facts = {"month": result.month, "size": result.known_at}
    if result.state == "refused":
        screen.verdict(False, texts("balance.close.refused", **facts))
    elif result.state == "known":
        screen.verdict(None, texts("balance.close.known", **facts))
    else:
        screen.verdict(True, counted(texts, "balance.close.closed", result.accounts, **facts))
    if result.unpublished:
        screen.remark(texts("balance.close.unpublished", why=result.unpublished))


# A closed month, and what came later


def _show(args: argparse.Namespace, screen: Screen) -> Outcome:
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.closed import closed_month

    with screen.waiting(screen.texts("balance.waiting")):
        found = closed_month(reading.viewer, args.month, known=reading.known, language=screen.language)
    screen.answer(found, lambda: show_closed_month(screen, found, reading))
    if not screen.is_json and not found["closes"]:
        screen.next(with_data(args, f"ytterby balance close {args.month}"))
    return Outcome.FOUND if found["stale"] else Outcome.GOOD


def show_closed_month(screen: Screen, found: Json, reading: Reading) -> None:
    """Write the accounts of a closed month as stored and as known now, and what was accepted in between."""
    texts, month = screen.texts, found["month"]
    if not found["closes"]:
        screen.verdict(None, texts("balance.close.never", month=month))
        return
    names = reading.names(screen.language)
    last = found["closes"][-1]
    accounts = found["accounts"]
    if accounts:
        _table(screen, accounts, names)
    stale = sum(account["differs"] for account in accounts)
    facts = {"month": month, "size": last["known_at"], "at": last["at"][:10], "all": write_count(len(accounts))}
    if stale:
        screen.verdict(False, counted(texts, "balance.close.stale", stale, **facts))
    else:
        screen.verdict(True, counted(texts, "balance.close.fresh", len(accounts), **facts))
    earlier = len(found["closes"]) - 1
    if earlier:
        screen.line("  " + counted(texts, "balance.close.earlier", earlier))
    _show_why(screen, found, names)


def _table(screen: Screen, accounts: Sequence[Json], names: Names) -> None:
    texts = screen.texts
    versions = [account[which] or {} for account in accounts for which in ("stored", "now")]
    decimals = decimals_for((one.get(key) for one in versions for key in SHOWN), digits=4)
    columns = [
        Column(texts("column.site")),
        Column(texts("column.element")),
        Column(texts("column.muf_stored"), is_number=True),
        Column(texts("column.sigma_stored"), is_number=True),
        Column(texts("column.muf_now"), is_number=True),
        Column(texts("column.sigma_now"), is_number=True),
        Column(texts("column.verdict")),
    ]
    screen.table(columns, [_row(screen, account, decimals, names) for account in accounts])


def _row(screen: Screen, account: Json, decimals: int, names: Names) -> list[str | Text]:
    figures = [
        write_kg((account[which] or {}).get(key), decimals, signed=key == "muf_kg")
        for which in ("stored", "now")
        for key in SHOWN
    ]
    said: str | Text = screen.texts("balance.close.same")
    if account["differs"]:
        said = Text("✗ " + screen.texts("balance.close.differs"), style="bold red")
    elif account["now"] and account["now"]["reason"]:
        said = word("untestable", account["now"]["reason"], screen.language)
    return [names(account["site"]["id"]), account["element"], *figures, said]


def _show_why(screen: Screen, found: Json, names: Names) -> None:
    """Write what was accepted since, and which findings appeared or vanished."""
    texts = screen.texts
    for one in found["events"]:
        key = "balance.close.declared_wrong" if one["declares_wrong"] else "balance.close.late"
        who, at = names(one["submitter"]["id"]), one["accepted_at"]
        screen.line("  " + texts(key, name=one["name"], who=who, at=at, size=one["size"]))
    for one in found["registrations"]:
        screen.line("  " + texts("balance.close.registered", name=names(one["id"]), size=one["size"]))
    for key, rows in (
        ("balance.close.appeared", found["findings"]["appeared"]),
        ("balance.close.vanished", found["findings"]["vanished"]),
    ):
        for one in rows:
            screen.line("  " + texts(key, id=one["id"], text=plain(one["text"])))
