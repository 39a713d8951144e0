"""What a command shows: data on standard output, remarks and progress on standard error.

On a terminal with colour and within its width; piped without colour and without a width, each sentence on one line.
What others named is shown without control characters, so that a lot's name cannot move the cursor. With `--json`
only JSON goes to standard output, one object a line.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import Any, NamedTuple, TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ytterby.shell.cli.texts import Texts

WIDE = 100_000  # a pipe has no width
PATIENCE_SECONDS = 0.5
MARKS = {True: ("✓ ", "bold green"), False: ("✗ ", "bold red"), None: ("", "bold")}


class Column(NamedTuple):
    """A column of a table: its heading with the unit, and whether it holds numbers."""

    heading: str
    is_number: bool = False


class Screen:
    """Where one command writes."""

    def __init__(self, language: str = "en", *, is_json: bool = False) -> None:
        self.texts = Texts(language)
        self.is_json = is_json
        self._has_next = True
        self._out, self._err = _console(sys.stdout), _console(sys.stderr)

    @property
    def language(self) -> str:
        """The language of this command, `en` or `zh`."""
        return self.texts.language

    @property
    def joint(self) -> str:
        """What stands between two sentences: a blank, and in Chinese nothing."""
        return "" if self.language == "zh" else " "

    # Standard output

    def answer(self, value: Any, show: Callable[[], None]) -> None:
        """Write the answer as JSON where that was asked for, else show it."""
        if self.is_json:
            write_json(value)
        else:
            show()

    def verdict(self, is_good: bool | None, head: str, rest: str = "") -> None:
        """Write a verdict: its head in bold, with a mark where it says good or bad."""
        mark, style = MARKS[is_good]
        self.line(Text.assemble((mark + plain(head), style), (self.joint + plain(rest)) if rest else ""))

    def line(self, text: str | Text = "", style: str = "") -> None:
        """Write one line of data; on a terminal what does not fit goes on under its beginning."""
        line = text if isinstance(text, Text) else Text(plain(text), style=style)
        indent = len(line.plain) - len(line.plain.lstrip(" "))
        _print(self._out, Padding(line[indent:], (0, 0, 0, indent)) if indent else line)

    def next(self, *commands: str) -> None:
        """Write what to type next."""
        for command in commands if self._has_next else ():
            self.line(Text.assemble((self.texts("next") + self.joint, "dim"), plain(command)))

    @contextmanager
    def without_next(self) -> Iterator[None]:
        """Leave out what to type next, where somebody else tells it."""
        self._has_next, before = False, self._has_next
        try:
            yield
        finally:
            self._has_next = before

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str | Text]]) -> None:
        """Write a table, numbers to the right."""
        table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
        for column in columns:
            table.add_column(
                plain(column.heading),
                justify="right" if column.is_number else "left",
                no_wrap=column.is_number,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row))
        _print(self._out, table)

    # Standard error

    def remark(self, text: str, style: str = "") -> None:
        """Write a line beside the data."""
        _print(self._err, Text(plain(text), style=style))

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show on a terminal that work goes on, once it has taken half a second."""
        if not _is_terminal(self._err.file):
            yield
            return
        status = self._err.status(Text(plain(text)))
        timer = Timer(PATIENCE_SECONDS, status.start)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            status.stop()


def write_json(value: Any) -> None:
    """Write one JSON object on one line; NaN and infinities are a programmer's mistake and raise ValueError."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")


def plain(text: str) -> str:
    """Return a text without characters that steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def _is_terminal(file: Any) -> bool:
    return bool(getattr(file, "isatty", lambda: False)())


def _console(file: TextIO) -> Console:
    is_terminal = _is_terminal(file)
    return Console(
        file=file,
        width=None if is_terminal else WIDE,
        color_system="auto" if is_terminal else None,
        force_terminal=is_terminal,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def _print(console: Console, what: Text | Table | Padding) -> None:
    """Print; without a terminal no line ends in blanks, which would be width."""
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    console.file.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))
