"""What the commands of law share: which packs, which two days, and how reasons with their sources are shown."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from rich.text import Text

from ytterby.law.book import LawBook
from ytterby.law.days import Days
from ytterby.law.trust import Confidence
from ytterby.shell.cli.law_arguments import ASKED_DAYS
from ytterby.shell.cli.outcome import CouldNotRun, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, problem_line
from ytterby.shell.cli.screen import Screen, plain, write_json
from ytterby.shell.site.law_answer import first_day, is_recalled
from ytterby.shell.site.law_packs import law_of
from ytterby.shell.site.law_signature import read_trusted
from ytterby.terms.problem import Problem

Json = dict[str, Any]
_WORDS_SHOWN = {Confidence.RECALLED: "law.sure.recalled", Confidence.PRACTICE: "law.sure.practice"}


class BadPacksError(CouldNotRun):
    """Packs of a folder do not load; what is wrong was written."""


def open_law(args: argparse.Namespace, screen: Screen) -> LawBook:
    """Return the book of law.

    Raises:
        CouldNotRun: the folder or the trusted key cannot be read, or the folder holds a bad pack or bears no signature
            of that key; its problems are written first.
        WrongUse: a trusted key, and no folder whose signature it could check.
    """
    if args.trusted_key is not None and args.packs is None:
        raise WrongUse("law.trusted_nothing", file=args.trusted_key)
    try:
        trusted = () if args.trusted_key is None else read_trusted(args.trusted_key)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.trusted_key, why=error.strerror or error) from None
    except ValueError as error:
        raise CouldNotRun("law.sign.no_key", file=args.trusted_key, why=error) from None
    try:
        book, problems = law_of(args.packs, trusted)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.packs, why=error.strerror or error) from None
    if problems:
        show_refused(screen, problems, str(args.packs))
        raise BadPacksError("law.packs_refused", folder=args.packs, count=len(problems))
    return book


def show_refused(screen: Screen, problems: Sequence[Problem], file: str) -> None:
    """Write problems, as JSON where that was asked for."""
    if screen.is_json:
        write_json({"file": file, "problems": [problem_json(one, file, screen.language) for one in problems]})
        return
    for one in problems:
        screen.line(problem_line(one, file, screen))


def asked_days(args: argparse.Namespace) -> Days:
    """Return the days of the transaction that is asked about.

    Raises:
        WrongUse: no day was given at all.
    """
    named = {name: found for name in ASKED_DAYS if (found := getattr(args, f"{name}_on")) is not None}
    if args.on is None and not named:
        raise WrongUse("law.no_day")
    return Days(args.on, named)


def known_day(args: argparse.Namespace, book: LawBook, packs: Iterable[str]) -> date:
    """Return the day whose knowledge is used.

    Raises:
        WrongUse: no day was given, or one lies before the first day of which these packs speak.
    """
    known: date = args.known_on or book.known_to
    first = first_day(book, packs)
    for one in (*asked_days(args).given, known):
        if one < first:
            raise WrongUse("law.before_packs", day=one, first=first)
    return known


class Sources:
    """The sources of one answer: numbered where they are named, listed once at its end."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._numbers: dict[tuple[str, str, str], int] = {}

    def mark(self, row: Json) -> Text:
        """Return the number of a row's source, and in front of it that it was recalled or is practice only."""
        found = Text()
        if row["confidence"] in _WORDS_SHOWN:
            found.append(f" ({self._screen.texts(_WORDS_SHOWN[row['confidence']])})", style="yellow")
        if row["source"]:
            key = row["source"], row["confidence"], row["confidence_note"] or ""
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            found.append(f" [{number}]", style="dim")
        return found

    def show_reasons(self, heading: str, reasons: Sequence[Json]) -> None:
        """Write reasons under a heading, each with rule, code and source; nothing where there is none."""
        if reasons:
            self._screen.line(heading, "bold")
        for reason in reasons:
            head = " ".join(filter(None, (reason["rule"], reason["code"])))
            line = Text.assemble(("  " + plain(head), "bold"), ": " if self._screen.language == "en" else "：")
            line.append(plain(reason["text"]))
            self._screen.line(line.append_text(self.mark(reason)))

    def show_reading(self, reading: Json, answer: str) -> None:
        """Write one way to read what is disputed, and what is answered if it is read so."""
        said = self._screen.texts("law.reading", text=reading["text"], answer=answer)
        self._screen.line(Text("  " + plain(said)).append_text(self.mark(reading)))

    def show(self) -> None:
        """Write the list of sources."""
        if self._numbers:
            self._screen.line(self._screen.texts("law.sources"), "bold")
        for (source, confidence, note), number in self._numbers.items():
            sure = self._screen.texts(f"law.sure.{confidence}")
            said = "; ".join(filter(None, (source, note)))
            self._screen.line(Text(f"  [{number}] {plain(said)} ({sure})", style="dim"))


def doubts_of(rows: Iterable[Json], screen: Screen) -> str:
    """Return a sentence where an answer rests on what was recalled; empty where all of it was read or is practice."""
    return screen.texts("law.rests_on_recalled") if is_recalled(rows) else ""
