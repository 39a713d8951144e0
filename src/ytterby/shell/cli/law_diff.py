"""`ytterby law diff OLD NEW`: what changed between two packs, two folders of packs, or beside the law of a register."""

import argparse
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ytterby.law.pack import Pack
from ytterby.law.pack_diff import Change, diff_packs
from ytterby.shell.cli.law_arguments import PACKAGED, REGISTER, names_register
from ytterby.shell.cli.law_book import (
    BadPacksError,
    books_of_proposal,
    law_of_register,
    open_register_law,
    show_refused,
)
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.site.law_change_words import change_fields
from ytterby.shell.site.law_packs import packaged_packs, read_folder, read_pack_file

if TYPE_CHECKING:
    from datetime import datetime

    from ytterby.shell.cli.opening import Reading

_VALUE_LENGTH_MAX = 300
_NUMBER = re.compile(r"[0-9a-f]{8,64}")
MARKS = {"added": ("+ ", "green"), "removed": ("- ", "red"), "changed": ("~ ", "yellow")}


def run_diff(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List every change; exit 1 where there is any, like diff."""
    held = _Held(args, screen)
    old, new = _read(args.old, held, screen), _read(args.new, held, screen)
    if len(old) == len(new) == 1:
        # Two files are two versions of one pack, also where it was given another id.
        (before,), (after,) = old.values(), new.values()
        old, new = {after.id: before}, {after.id: after}
    changes = diff_packs(old, new)
    answer = {
        "old": [{"id": one.id, "digest": one.digest} for one in old.values()],
        "new": [{"id": one.id, "digest": one.digest} for one in new.values()],
        "changes": [change_fields(one) for one in changes],
    }
    screen.answer(answer, lambda: _show(screen, changes))
    return Outcome.FOUND if changes else Outcome.GOOD


class _Held:
    """The law of the register, looked up once it is asked for."""

    def __init__(self, args: argparse.Namespace, screen: Screen) -> None:
        self._args, self._screen = args, screen
        self.is_there = names_register(args)

    @cached_property
    def _reading(self) -> "tuple[Reading, datetime | None]":
        return open_register_law(self._args)

    def packs(self) -> dict[str, Pack]:
        """Return what the register goes by."""
        return dict(law_of_register(*self._reading, self._screen)[0].packs)

    def proposed(self, number: str) -> dict[str, Pack] | None:
        """Return what the register would go by with a proposal; None where none is called so."""
        books = books_of_proposal(self._reading[0], number, self._screen)
        return None if books is None else dict(books[1].packs)


def _read(name: str, held: _Held, screen: Screen) -> dict[str, Pack]:
    """Return the packs that a name stands for.

    Raises:
        CouldNotRun: no such pack, or a bad one, whose problems are written first.
    """
    packaged = {pack.id: pack for pack in packaged_packs()}
    if name == PACKAGED:
        return packaged
    path = Path(name)
    if name == REGISTER and not path.exists():
        return held.packs()
    if held.is_there and not path.exists():
        packs = held.packs()
        if name in packs:
            return {name: packs[name]}
        if _NUMBER.fullmatch(name) and (proposed := held.proposed(name)) is not None:
            return proposed
    if name in packaged and not path.exists():
        return {name: packaged[name]}
    return _read_path(name, path, screen)


def _read_path(name: str, path: Path, screen: Screen) -> dict[str, Pack]:
    try:
        if path.is_dir():
            found, problems = read_folder(path)
        else:
            pack, problems = read_pack_file(path)
            found = [] if pack is None else [pack]
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=name, why=error.strerror or error) from None
    if problems:
        show_refused(screen, problems, name)
        raise BadPacksError("law.packs_refused", folder=name, count=len(problems))
    return {pack.id: pack for pack in found}


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
