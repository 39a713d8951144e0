"""`ytterby law diff OLD NEW`: what changed between two packs, or two folders of packs."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.text import Text

from ytterby.law.pack import Pack
from ytterby.law.pack_diff import Change, diff_packs
from ytterby.shell.cli.law_arguments import PACKAGED
from ytterby.shell.cli.law_book import BadPacksError, show_refused
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.site.law_packs import packaged_packs, read_folder, read_pack_file

_VALUE_LENGTH_MAX = 300
MARKS = {"added": ("+ ", "green"), "removed": ("- ", "red"), "changed": ("~ ", "yellow")}
Json = dict[str, Any]


def run_diff(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List every change; exit 1 where there is any, like diff."""
    old, new = _read(args.old, screen), _read(args.new, screen)
    if len(old) == len(new) == 1:
        # Two files are two versions of one pack, also where it was given another id.
        (before,), (after,) = old.values(), new.values()
        old, new = {after.id: before}, {after.id: after}
    changes = diff_packs(old, new)
    answer = {
        "old": [{"id": one.id, "digest": one.digest} for one in old.values()],
        "new": [{"id": one.id, "digest": one.digest} for one in new.values()],
        "changes": [_json(one) for one in changes],
    }
    screen.answer(answer, lambda: _show(screen, changes))
    return Outcome.FOUND if changes else Outcome.GOOD


def _read(name: str, screen: Screen) -> dict[str, Pack]:
    """Return the packs that a name stands for.

    Raises:
        CouldNotRun: no such pack, or a bad one, whose problems are written first.
    """
    packaged = {pack.id: pack for pack in packaged_packs()}
    if name == PACKAGED:
        return packaged
    path = Path(name)
    if name in packaged and not path.exists():
        return {name: packaged[name]}
    try:
        if path.is_dir():
            packs, problems = read_folder(path)
        else:
            pack, problems = read_pack_file(path)
            packs = [] if pack is None else [pack]
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=name, why=error.strerror or error) from None
    if problems:
        show_refused(screen, problems, name)
        raise BadPacksError("law.packs_refused", folder=name, count=len(problems))
    return {pack.id: pack for pack in packs}


def _json(change: Change) -> Json:
    return {
        "pack": change.pack,
        "change": change.kind,
        "where": list(change.place),
        "old": change.old,
        "new": change.new,
    }


def _show(screen: Screen, changes: list[Change]) -> None:
    if not changes:
        screen.verdict(True, screen.texts("law.diff.same"))
        return
    for change in changes:
        mark, style = MARKS[change.kind]
        line = Text.assemble((mark, style), (plain(" / ".join((change.pack, *change.place))), "bold"))
        values = [_short(value) for value in (change.old, change.new) if value is not None]
        screen.line(line.append(plain(": " + " → ".join(values))))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_LENGTH_MAX else text[: _VALUE_LENGTH_MAX - 1] + "…"
