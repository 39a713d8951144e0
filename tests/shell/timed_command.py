"""A command given in this process at an instant of a story."""

import contextlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ytterby.shell.cli.command import make_parser
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Screen


class Given(NamedTuple):
    """How a command ended, and what it said."""

    outcome: Outcome
    said: str


def give(argv: Sequence[object], at: datetime | None, *, is_json: bool = False) -> Given:
    """Give a command at an instant; `is_json` asks it for JSON."""
    words = [str(one) for one in argv]
    parsed = make_parser().parse_args([*words, "--json"] if is_json else words)
    parsed.at = at
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        outcome = parsed.run(parsed, Screen("en", is_json=is_json))
    return Given(outcome, said.getvalue())
