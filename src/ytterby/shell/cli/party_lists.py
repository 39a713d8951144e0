"""`ytterby party lists import|show|diff|release|delist`: lists of the listed as dated snapshots.

Where parties are screened in this register already, what changes a list screens them anew by what changed.

Exit 1 when an import is refused or waits for a release, when a required list is missing or too old (show), and when a
release or a delisting is refused.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day
from ytterby.shell.cli.figures import UNKNOWN, write_count
from ytterby.shell.cli.opening import open_data, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.party_check import rescreen_again
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import SHOWN, add_signer, read_signer
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import is_refused

if TYPE_CHECKING:
    from ytterby.screening.lists.gathering import ListFile
    from ytterby.shell.actions.import_list import ListImported
    from ytterby.shell.actions.release_list import ListJudged
    from ytterby.shell.site.register import Register

Json = dict[str, Any]
LINES_MOST = 40


def add(verbs: Nouns) -> None:
    """Add the noun below `party`."""
    lists = add_noun(verbs, "lists", "lists of the listed as dated snapshots")
    bring = add_command(lists, "import", run_import, "import the file or files of a list as a snapshot")
    bring.add_argument("files", nargs="+", type=Path, metavar="FILE")
    bring.add_argument("--list", required=True, dest="list_id", metavar="ID", help="which list, as un-consolidated")
    bring.add_argument("--format", default="", metavar="F", help="its format (default: told by content)")
    bring.add_argument("--published", type=day, metavar="DATE", help="its day, where the file does not state one")
    add_signer(bring)
    show = add_command(lists, "show", run_show, "show the lists, or the imports of one, and what vanished")
    show.add_argument("list_id", nargs="?", metavar="LIST")
    add_known(show)
    diff = add_command(lists, "diff", run_diff, "show what changed between two snapshots of a list")
    diff.add_argument("list_id", metavar="LIST")
    diff.add_argument("--from", dest="before", metavar="DIGEST", help="the earlier (default: the one in force before)")
    diff.add_argument("--to", dest="after", metavar="DIGEST", help="the later (default: what waits, or is in force)")
    add_known(diff)
    release = add_command(lists, "release", run_release, "let an import that waits be in force; by another person")
    release.add_argument("which", metavar="DIGEST", help="the import, as `party lists show LIST` names it")
    release.add_argument("--reason", required=True, metavar="TEXT", help="what was looked at, and why it holds")
    release.add_argument(
        "--delist",
        action="append",
        default=[],
        metavar="ENTRY=ACT",
        help="an entry that it lacks and that is off",
    )
    add_signer(release)
    delist = add_command(lists, "delist", run_delist, "take an entry that vanished off its list, by a named act")
    delist.add_argument("list_id", metavar="LIST")
    delist.add_argument("entry", metavar="ENTRY", help="its number in the list")
    delist.add_argument("--act", required=True, metavar="TEXT", help="the authority's decision, with number and day")
    add_signer(delist)


def run_import(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Import a list."""
    register = open_data(args)
    from ytterby.shell.actions.import_list import import_list

    result = import_list(
        register,
        _read(args.files),
        list_id=args.list_id,
        format_id=args.format,
        published=args.published,
        by=read_signer(args),
        at=args.at,
    )
    answer = {
        "list": args.list_id,
        "state": result.state,
        "record": result.record or None,
        "snapshot": result.snapshot or None,
        "format": result.format or None,
        "published": result.published.isoformat() if result.published else None,
        "entries": result.entries,
        "names": result.names,
        "added": result.added,
        "changed": result.changed,
        "removed": result.removed,
        "holds": list(result.holds),
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    answer["rescreened"] = rescreen_again(args, screen, register) if result.state == "in_force" else None
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    if not screen.is_json:
        _show_import(args, screen, result)
    return Outcome.GOOD if result.state == "in_force" else Outcome.FOUND


def _read(paths: Sequence[Path]) -> "list[ListFile]":
    """Return files with their bytes, no further than the limit lets an import be."""
    from ytterby.screening.lists.gathering import ListFile
    from ytterby.shell.site.packs import limits

    files, left = [], limits().list_bytes + 1
    for path in paths:
        try:
            with path.open("rb") as file:
                raw = file.read(left)
        except OSError as error:
            raise CouldNotRun("file.unreadable", file=path, why=error.strerror or error) from None
        left = max(0, left - len(raw))
        files.append(ListFile(path.name, raw))
    return files


def _show_import(args: argparse.Namespace, screen: Screen, result: "ListImported") -> None:
    texts = screen.texts
    if result.state == "refused":
        screen.verdict(False, texts("lists.refused", list=args.list_id), texts("lists.nothing_entered"))
        return
    counts = {key: write_count(getattr(result, key)) for key in ("entries", "names", "added", "changed", "removed")}
    published = result.published.isoformat() if result.published else UNKNOWN
    screen.line("  " + texts("lists.change", **counts))
    snapshot = result.snapshot[:SHOWN]
    screen.line("  " + texts("lists.file", format=result.format, published=published, snapshot=snapshot))
    if result.state == "in_force":
        screen.verdict(True, texts("lists.imported", list=args.list_id, **counts))
        screen.next(with_data(args, "ytterby party lists show"))
        return
    holds = screen.joint.join(word("list", one, screen.language) for one in result.holds)
    screen.verdict(False, texts("lists.held", list=args.list_id, holds=holds))
    screen.next(with_data(args, f"ytterby party lists diff {quote(args.list_id)}"))
    screen.next(with_data(args, f"ytterby party lists release {result.record[:SHOWN]} --reason TEXT"))


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show all lists, or one."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.screening_lists import list_lists, show_list

    at = args.at or now()
    if args.list_id is None:
        found = list_lists(reading.viewer, known=reading.known, at=at, language=screen.language)
        screen.answer(found, lambda: _show_lists(screen, found))
        return Outcome.FOUND if found["keeps_from_checking"] else Outcome.GOOD
    one = show_list(reading.viewer, args.list_id, known=reading.known, at=at, language=screen.language)
    if one is None:
        raise WrongUse("lists.unknown", value=args.list_id)
    screen.answer(one, lambda: _show_list(args, screen, one))
    return Outcome.FOUND if one["keeps_from_checking"] or one["held"] else Outcome.GOOD


def _show_lists(screen: Screen, found: Json) -> None:
    texts = screen.texts
    if not found["lists"]:
        screen.verdict(None, texts("lists.none"))
        return
    names = ("list", "state", "published", "imported", "entries", "vanished")
    columns = [Column(texts(f"column.{name}"), is_number=name in {"entries", "vanished"}) for name in names]
    rows = [
        [
            row["list"],
            _standing(screen, row),
            row["published"] or "",
            (row["imported_at"] or "")[:16].replace("T", " "),
            write_count(row["entries"]),
            write_count(row["vanished"]),
        ]
        for row in found["lists"]
    ]
    screen.table(columns, rows)
    if found["keeps_from_checking"]:
        stopped = ", ".join(found["keeps_from_checking"])
        screen.verdict(False, texts("lists.blocked", lists=stopped))
    else:
        screen.verdict(True, texts("lists.current"))


def _standing(screen: Screen, row: Json) -> str:
    parts = [word("list", row["standing"], screen.language)]
    parts += [screen.texts("lists.required")] if row["required"] else []
    parts += [word("list", "held", screen.language)] if row["held"] else []
    return screen.joint.join(parts)


def _show_list(args: argparse.Namespace, screen: Screen, found: Json) -> None:
    texts = screen.texts
    if found["snapshots"]:
        names = ("import", "state", "published", "imported", "format", "entries", "change")
        columns = [Column(texts(f"column.{name}"), is_number=name == "entries") for name in names]
        screen.table(columns, [_snapshot(screen, row) for row in found["snapshots"]])
    waiting = next((row for row in found["snapshots"] if row["state"] == "held"), None)
    if waiting is not None:
        from ytterby.terms.problem import problem_of

        show_problems(screen, [problem_of(fields) for fields in waiting["problems"]], "")
    if found["vanished_entries"]:
        screen.line(texts("lists.vanished", count=write_count(len(found["vanished_entries"]))))
        _entries(screen, "", found["vanished_entries"])
    screen.verdict(None if not found["keeps_from_checking"] else False, f"{found['title']}: {_standing(screen, found)}")
    if waiting is not None:
        holds = screen.joint.join(word("list", one, screen.language) for one in waiting["holds"])
        screen.verdict(False, texts("lists.held", list=found["list"], holds=holds))
        screen.next(with_data(args, f"ytterby party lists diff {quote(found['list'])}"))
        screen.next(with_data(args, f"ytterby party lists release {waiting['record'][:SHOWN]} --reason TEXT"))


def _snapshot(screen: Screen, row: Json) -> list[str]:
    return [
        row["record"][:SHOWN],
        word("list", row["state"], screen.language),
        row["published"] or "",
        row["imported_at"][:16].replace("T", " "),
        f"{row['format']} {row['version']}",
        write_count(row["entries"]),
        " / ".join(write_count(row[key]) for key in ("added", "changed", "removed")),
    ]


def run_diff(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show what changed."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.screening_lists import list_changes

    found = list_changes(reading.viewer, args.list_id, known=reading.known, before=args.before, after=args.after)
    if found is None:
        raise WrongUse("lists.unknown", value=" ".join(filter(None, (args.list_id, args.before, args.after))))
    screen.answer(found, lambda: _show_diff(screen, found))
    return Outcome.GOOD


def _show_diff(screen: Screen, found: Json) -> None:
    texts, counts = screen.texts, found["counts"]
    for kind, label in (("removed", "lists.removed"), ("changed", "lists.changed"), ("added", "lists.added")):
        _entries(screen, texts(label), found[kind], counts[kind])
    if any(counts.values()):
        facts = {key: write_count(found[key]) for key in ("before", "after")}
        facts |= {key: write_count(count) for key, count in counts.items()}
        screen.verdict(None, texts("lists.differ", **facts))
    else:
        screen.verdict(None, texts("lists.same"))


def _entries(screen: Screen, label: str, rows: Sequence[Json], count: int | None = None) -> None:
    for row in rows[:LINES_MOST]:
        told = [row["name"] or UNKNOWN, ", ".join(row["countries"]), ", ".join(row.get("fields", ()))]
        screen.line("  " + "  ".join(filter(None, (label, row["id"], *told))))
    more = (len(rows) if count is None else count) - LINES_MOST
    if more > 0:
        screen.line("  " + screen.texts("lists.more", count=write_count(more)))


def run_release(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Release an import."""
    register = open_data(args)
    from ytterby.shell.actions.release_list import release_list

    delisted = {}
    for pair in args.delist:
        entry, equals, act = pair.partition("=")
        if not equals:
            raise WrongUse("lists.delist_pair")
        delisted[entry] = act
    result = release_list(register, args.which, reason=args.reason, delisted=delisted, by=read_signer(args), at=args.at)
    good = screen.texts("lists.released", list=result.list_id, vanished=write_count(result.vanished))
    return _answer(args, screen, register, result, good)


def run_delist(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Take an entry off its list."""
    register = open_data(args)
    from ytterby.shell.actions.release_list import delist_entry

    result = delist_entry(register, args.list_id, args.entry, act=args.act, by=read_signer(args), at=args.at)
    good = screen.texts("lists.delisted", list=args.list_id, entry=args.entry)
    return _answer(args, screen, register, result, good)


def _answer(args: argparse.Namespace, screen: Screen, register: "Register", result: "ListJudged", good: str) -> Outcome:
    refused = is_refused(result.problems)
    answer = {
        "list": result.list_id or None,
        "record": result.record or None,
        "vanished": result.vanished,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "rescreened": None if refused else rescreen_again(args, screen, register),
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    if not screen.is_json:
        screen.verdict(not refused, screen.texts("lists.release_refused") if refused else good)
        screen.next(with_data(args, "ytterby party lists show"))
    return Outcome.FOUND if refused else Outcome.GOOD
