"""How far long work is: a line written over on a terminal, and nothing of it left there."""

import contextlib
import io
import sys

import pytest

from ytterby.shell.cli import progress as module
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Screen


class Terminal(io.StringIO):
    """A terminal that keeps what was written."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def terminal():
    """Let standard error be a terminal that shows everything at once."""
    made = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TERMINAL_SECONDS", 0.0)
        patch.setattr(sys, "stderr", made)
        yield made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_line_clears_the_one_before_whatever_its_width(language):
    with terminal() as shown, Progress(Screen(language), "register.deriving") as progress:
        progress.tell(0, 10_000)
        progress.tell(5_000, 10_000)
    written = shown.getvalue()
    assert written.count("\r\x1b[K") == 3
    assert written.endswith("\r\x1b[K")
    assert "0 / 10 000" in written
    assert "5 000 / 10 000" in written


def test_where_the_whole_is_not_known_the_count_stands_alone():
    with terminal() as shown, Progress(Screen("en"), "doctor.part") as progress:
        progress.tell(1_234, 0, "cells")
    assert "cells 1 234\r" in shown.getvalue()


def test_short_work_says_nothing(capsys):
    with Progress(Screen("en"), "register.deriving") as progress:
        progress.tell(1, 2)
    assert capsys.readouterr().err == ""
