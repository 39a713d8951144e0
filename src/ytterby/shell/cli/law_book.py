"""What the commands of law share: which packs, which two days, and how reasons with their sources are shown."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ytterby.law.book import LawBook
from ytterby.law.calendar import Calendar
from ytterby.law.days import Days
from ytterby.law.trust import Confidence
from ytterby.shell.actions.clock import now
from ytterby.shell.cli.law_arguments import ASKED_DAYS, names_register
from ytterby.shell.cli.opening import Reading, open_data
from ytterby.shell.cli.outcome import CouldNotRun, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, problem_line
from ytterby.shell.cli.screen import Screen, plain, write_json
from ytterby.shell.site.law_answer import first_day, is_recalled
from ytterby.shell.site.law_packs import law_and_calendars_of
from ytterby.shell.site.law_signature import read_trusted
from ytterby.terms.problem import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from ytterby.proof.key import PublicKey

Json = dict[str, Any]
_WORDS_SHOWN = {Confidence.RECALLED: "law.sure.recalled", Confidence.PRACTICE: "law.sure.practice"}


class BadPacksError(CouldNotRun):
    """Packs of a folder do not load; what is wrong was written."""


def open_law(args: argparse.Namespace, screen: Screen) -> LawBook:
    """Return the book of law: of the folder that --packs names, else of the register, else the packaged one.

    Raises:
        CouldNotRun: the folder, the trusted key or the register cannot be read, or the folder holds a bad pack or bears
            no signature of that key; its problems are written first.
        WrongUse: a trusted key, and no folder whose signature it could check; a number, and no trusted key; a folder,
            and a size of a register's log.
    """
    return open_law_and_calendars(args, screen)[0]


def open_law_and_calendars(args: argparse.Namespace, screen: Screen) -> tuple[LawBook, Mapping[str, Calendar]]:
    """Return the book of law as `open_law` does, and the calendars that go with it."""
    if args.trusted_key is not None and args.packs is None:
        raise WrongUse("law.trusted_nothing", file=args.trusted_key)
    if args.not_before is not None and args.trusted_key is None:
        raise WrongUse("law.not_before_nothing", sequence=args.not_before)
    if args.packs is not None and args.known_at is not None:
        raise WrongUse("law.two_laws")
    if args.packs is None and names_register(args):
        reading, at = open_register_law(args)
        return law_of_register(reading, at, screen)
    trusted = trusted_keys(args)
    try:
        book, known, problems = law_and_calendars_of(args.packs, trusted, args.not_before)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.packs, why=error.strerror or error) from None
    if problems:
        show_refused(screen, problems, str(args.packs))
        raise BadPacksError("law.packs_refused", folder=args.packs, count=len(problems))
    return book, known


def open_register_law(args: argparse.Namespace) -> "tuple[Reading, datetime | None]":
    """Open the register in --data; return it as known at a log size, and the present instant where none was named."""
    register = open_data(args)
    from ytterby.shell.store.reading.known import known_at
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    known = known_at(OPERATOR_VIEWER, args.known_at)
    return Reading(register, OPERATOR_VIEWER, known), None if args.known_at is not None else args.at or now()


def law_of_register(reading: Reading, at: "datetime | None", screen: Screen) -> tuple[LawBook, Mapping[str, Calendar]]:
    """Return the law that a register goes by.

    Raises:
        BadPacksError: its packs do not fit together; the problems are written first.
    """
    from ytterby.shell.store.reading.law import LawUnfitError, calendars_at, law_at

    try:
        return law_at(reading.viewer, reading.known, at), calendars_at(reading.viewer, reading.known, at)
    except LawUnfitError as error:
        show_refused(screen, error.problems, str(reading.register.data))
        raise BadPacksError("law.register_unfit", data=reading.register.data, count=len(error.problems)) from None


def books_of_proposal(reading: Reading, number: str, screen: Screen) -> tuple[LawBook, LawBook] | None:
    """Return the law of a register without and with a proposal; None where none is called so.

    Raises:
        BadPacksError: its packs do not fit together; the problems are written first.
    """
    from ytterby.shell.store.reading.law import LawUnfitError, books_of

    try:
        return books_of(reading.viewer, reading.known, number)
    except KeyError:
        return None
    except LawUnfitError as error:
        show_refused(screen, error.problems, number)
        raise BadPacksError("law.packs_refused", folder=number, count=len(error.problems)) from None


def trusted_keys(args: argparse.Namespace) -> "Sequence[PublicKey]":
    """Return the keys that --trusted-key names; none where there is no such file to trust.

    Raises:
        CouldNotRun: it cannot be read, or holds no key for packs.
    """
    try:
        return () if args.trusted_key is None else read_trusted(args.trusted_key)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=args.trusted_key, why=error.strerror or error) from None
    except ValueError as error:
        raise CouldNotRun("law.sign.no_key", file=args.trusted_key, why=error) from None


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
    known: date = args.known_on or book.latest_known
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
