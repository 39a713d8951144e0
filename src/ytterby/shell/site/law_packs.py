"""The packs of law: those beside the room, and those of a folder that add to them or take their place.

A pack from a folder comes from outside: it is read no further than it may be long, without anchors (which can grow a
small file to any size), and a name that stands twice is a problem instead of the last one winning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ytterby.law.book import LawBook, calendar_problems, make_book
from ytterby.law.calendar import Calendar
from ytterby.law.pack import Pack
from ytterby.law.pack_reader import read_pack
from ytterby.law.shape import TEXT_MAX
from ytterby.proof.key import PublicKey
from ytterby.shell.site.calendars import calendars, calendars_of, zone_of
from ytterby.shell.site.law_fields import basis_problems
from ytterby.shell.site.law_signature import CALENDARS, SIGNATURE, signature_problems
from ytterby.shell.wording.yaml_text import LOADER, read_yaml
from ytterby.terms.problem import Problem, pointer, refuse

BYTES_MAX = 500_000  # sixteen times the largest packaged one
NESTING_MAX = 40
PACKS_MAX = 200
ENDING = ".yaml"


@lru_cache(maxsize=1)
def packaged_packs() -> tuple[Pack, ...]:
    """Return the packs that come with ytterby.

    Raises:
        ValueError: one of them is bad, which a test keeps from happening.
    """
    found = []
    for file in sorted(files("ytterby.law").joinpath("packs").iterdir(), key=lambda one: one.name):
        if file.name.endswith(ENDING):
            pack, problems = read_pack(read_yaml(file.read_text(encoding="utf-8")))
            if pack is None:
                raise ValueError(f"{file.name}: {problems[0]}")
            found.append(pack)
    return tuple(found)


@lru_cache(maxsize=1)
def packaged_law() -> LawBook:
    """Return the book of the packaged packs.

    Raises:
        ValueError: they do not fit together, which a test keeps from happening.
    """
    book, problems = make_book(packaged_packs())
    problems = problems or [*calendar_problems(book, calendars()), *basis_problems(book)]
    if problems:
        raise ValueError(str(problems[0]))
    return book


def read_pack_text(text: str) -> tuple[Pack | None, list[Problem]]:
    """Return the pack that a text in YAML describes, or None and everything that is wrong with it."""
    problems = list(yaml_problems(text))
    if problems:
        return None, problems
    try:
        content = read_yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [refuse("pack.unreadable", "", "", why=first_line(error))]
    return read_pack(content)


def first_line(error: Exception) -> str:
    """Return what an error says, on one line of at most 200 characters."""
    return " ".join(str(error).split())[:200]


def yaml_problems(text: str) -> Iterator[Problem]:
    """Yield what YAML would let pass: anchors, deep nesting, names that stand twice in one entry."""
    if len(text) > BYTES_MAX:
        yield refuse("pack.too_large", "", len(text), limit=BYTES_MAX)
        return
    try:
        depth = 0
        for event in yaml.parse(text, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                yield refuse("pack.anchor", "", _line_of(event))
                return
            if isinstance(event, yaml.ScalarEvent) and len(event.value) > TEXT_MAX:
                # Longer than any text of a pack; a number of that length could not even be quoted back.
                yield refuse("pack.too_large", "", len(event.value), limit=TEXT_MAX)
                return
            if depth > NESTING_MAX:
                yield refuse("pack.nesting", "", "", limit=NESTING_MAX)
                return
        root = yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        yield refuse("pack.unreadable", "", "", why=first_line(error))
        return
    yield from _names_twice(root, ())


def _line_of(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _names_twice(node: Any, place: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(node, yaml.SequenceNode):
        for number, one in enumerate(node.value):
            yield from _names_twice(one, (*place, number))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            here = (*place, name)
            if name in seen:
                yield refuse("pack.twice", pointer(*here), name, first=pointer(*here))
            seen.add(name)
            yield from _names_twice(value, here)


def law_of(folder: Path) -> tuple[LawBook, list[Problem]]:
    """Return the packaged book with the packs of a folder added, or in place of those of the same id.

    Raises:
        OSError: the folder cannot be read.
    """
    book, _, problems = law_and_calendars_of(folder)
    return book, problems


def law_and_calendars_of(
    folder: Path | None, trusted: Sequence[PublicKey] = (), not_before: int | None = None
) -> tuple[LawBook, Mapping[str, Calendar], list[Problem]]:
    """Return the same as `law_of`, with the calendars that go with it; without a folder what is packaged.

    With `trusted` keys, only where one of them signed the folder; with `not_before`, as that set or a later one.

    Raises:
        OSError: the folder cannot be read.
    """
    if folder is None:
        return packaged_law(), calendars(), []
    packs, problems = read_signed_folder(folder, trusted, not_before)
    known, tables = calendars_beside(folder)
    book, more = book_with(packs, known)
    problems = [*problems, *tables] or [placed(problem, lambda pack: f"{folder}: {pack}") for problem in more]
    return book, known, problems


def read_signed_folder(
    folder: Path, trusted: Sequence[PublicKey] = (), not_before: int | None = None
) -> tuple[list[Pack], list[Problem]]:
    """Return the packs of a folder, and every problem; with `trusted` keys, also where none of them signed it.

    Raises:
        OSError: the folder cannot be read.
    """
    packs, problems = read_folder(folder)
    if trusted and not problems:
        unsigned = signature_problems(folder, packs, trusted, not_before)
        problems = [in_file(problem, folder / SIGNATURE) for problem in unsigned]
    return packs, problems


def book_with(
    packs: Sequence[Pack], known: Mapping[str, Calendar], base: LawBook | None = None
) -> tuple[LawBook, list[Problem]]:
    """Return a book (by default the packaged one) with these packs added, or in place of those of the same id, and
    where they do not fit together or with the calendars there are; a later pack of the same id replaces an earlier one.
    """
    book, problems = make_book([*(packaged_packs() if base is None else base.packs.values()), *packs])
    # What does not load cannot be missed by another: first things first.
    return book, problems or [*calendar_problems(book, known), *_zone_problems(book), *basis_problems(book)]


def law_with(base: LawBook, path: Path) -> tuple[LawBook, list[Problem]]:
    """Return a book with the pack of a file, or the packs of a folder, added, or in place of those of the same id.

    Raises:
        OSError: the file or folder cannot be read.
    """
    if path.is_dir():
        packs, problems = read_folder(path)
        known, tables = calendars_beside(path)
        problems += tables
    else:
        pack, problems = read_pack_file(path)
        packs, known = [] if pack is None else [pack], calendars()
    if problems:
        return base, problems
    book, more = book_with(packs, known, base)
    return book, [placed(problem, lambda pack: f"{path}: {pack}") for problem in more]


def _zone_problems(book: LawBook) -> Iterator[Problem]:
    """Yield every clock whose zone this machine does not know."""
    for pack in book.packs.values():
        clocks = () if pack.procedure is None else pack.procedure.clocks.values()
        for number, clock in enumerate(clocks):
            try:
                zone_of(clock.zone)
            except ValueError:
                where = f"{pack.id}#{pointer('procedure', 'clocks', number, 'zone')}"
                yield refuse("procedure.no_zone", where, clock.zone)


def calendars_beside(folder: Path | None) -> tuple[Mapping[str, Calendar], list[Problem]]:
    """Return the calendars that go with the packs of a folder: those of its folder `calendars` over the packaged ones.

    Raises:
        OSError: the folder, or a table, cannot be read, or is not UTF-8.
    """
    if folder is None or not any(one.name == CALENDARS and one.is_dir() for one in folder.iterdir()):
        return calendars(), []
    try:
        return calendars_of(folder / CALENDARS)
    except UnicodeDecodeError as error:
        raise OSError(f"{folder / CALENDARS}: {first_line(error)}") from None


def read_folder(folder: Path) -> tuple[list[Pack], list[Problem]]:
    """Return the packs of a folder, and every problem with its file.

    Raises:
        OSError: the folder cannot be read.
    """
    names = sorted(path for path in folder.iterdir() if path.suffix in {ENDING, ".yml"})
    if len(names) > PACKS_MAX:
        return [], [refuse("pack.too_many", "", len(names), limit=PACKS_MAX)]
    packs: list[Pack] = []
    problems: list[Problem] = []
    seen: dict[str, Path] = {}
    for path in names:
        pack, found = read_pack_file(path)
        problems += found
        if pack is None:
            continue
        if pack.id in seen:
            problems.append(in_file(refuse("pack.twice", "/id", pack.id, first=seen[pack.id].name), path))
        seen[pack.id] = path
        packs.append(pack)
    return packs, problems


def read_pack_file(path: Path) -> tuple[Pack | None, list[Problem]]:
    """Return the pack of a file, or None and what is wrong with it, each with the file's name.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        raw = file.read(BYTES_MAX + 1)
    pack, problems = read_pack_bytes(raw)
    return pack, [in_file(problem, path) for problem in problems]


def read_pack_bytes(raw: bytes) -> tuple[Pack | None, list[Problem]]:
    """Return the pack of these bytes, or None and what is wrong with it; more of them than a pack may have are none."""
    if len(raw) > BYTES_MAX:
        return None, [refuse("pack.too_large", "", len(raw), limit=BYTES_MAX)]
    try:
        return read_pack_text(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return None, [refuse("pack.unreadable", "", "", why=first_line(error))]


def in_file(problem: Problem, path: Path) -> Problem:
    """Return a problem with the name of its file."""
    return replace(problem, where=replace(problem.where, file=str(path)))


def placed(problem: Problem, file_of: Callable[[str], str]) -> Problem:
    """Return a problem of a book with the file of the pack that it lies in, whose name stands before its pointer."""
    pack, _, place = problem.where.pointer.partition("#")
    return replace(problem, where=replace(problem.where, file=file_of(pack), pointer=place.rpartition("#")[2]))


def chosen(book: LawBook, group: str | None) -> LawBook:
    """Return the book of one group of packs, or all of it."""
    return book if group is None else book.of_group(group)


def groups_of(book: LawBook) -> Sequence[str]:
    """Return the groups that a book holds."""
    return sorted({pack.group for pack in book.packs.values()})
