"""One scene of the demo: a question, and the command that answers it."""

from dataclasses import dataclass
from datetime import datetime

from ytterby.shell.cli.outcome import Outcome


@dataclass(frozen=True)
class Scene:
    """A question (a key of the texts; empty where the scene goes on), the command that answers it, and when."""

    question: str
    command: str
    at: datetime | None = None
    ends: Outcome = Outcome.GOOD
