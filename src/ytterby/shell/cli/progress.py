"""How far long work is, on standard error: a line that is written over on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.screen import Screen

CLEAR = "\x1b[K"  # to the end of the line
TERMINAL_SECONDS, PIPE_SECONDS = 0.2, 10.0


class Progress:
    """Says how far it is, at first after a while: short work says nothing. `key` names the sentence."""

    def __init__(self, screen: Screen, key: str) -> None:
        self.screen, self.key = screen, key
        self.is_terminal = sys.stderr.isatty()
        self.pause_seconds = TERMINAL_SECONDS if self.is_terminal else PIPE_SECONDS
        self.last = time.monotonic()
        self.is_shown = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def tell(self, done: int, of: int, what: str = "") -> None:
        """Say that so much is done, of how much where that is known (else 0).

        `what` is the part of the work, where it has parts.
        """
        now = time.monotonic()
        if now - self.last < self.pause_seconds:
            return
        self.last = now
        part = self.screen.texts(f"{self.key}.{what}") if what else self.screen.texts(self.key)
        counted = f" {write_count(done)} / {write_count(of)}" if of else f" {write_count(done)}" if done else ""
        text = part + counted
        if self.is_terminal:
            # Chinese takes two cells a character: what was there before is cleared, not counted.
            sys.stderr.write("\r" + CLEAR + text)
            sys.stderr.flush()
            self.is_shown = True
        else:
            self.screen.remark(text)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line."""
        if self.is_shown:
            sys.stderr.write("\r" + CLEAR)
            sys.stderr.flush()
