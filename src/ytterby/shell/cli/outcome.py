"""How a command ends: the four exit codes, and the two ways to stop before the work is done."""

from enum import IntEnum


class Outcome(IntEnum):
    """Exit code of a command."""

    GOOD = 0  # also with remarks
    FOUND = 1  # refusals; findings, for commands that ask whether something is right
    WRONG_USE = 2
    COULD_NOT = 3


class Stop(Exception):  # noqa: N818  it ends a command and is no fault of the program
    """A command cannot go on. `key` names its sentence in texts.yaml, `facts` what the sentence quotes.

    `rows` are further lines as they are (what a text could have meant), `next_commands` what to type next.
    """

    outcome = Outcome.COULD_NOT

    def __init__(
        self, key: str, *, rows: tuple[str, ...] = (), next_commands: tuple[str, ...] = (), **facts: object
    ) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
        self.rows = rows
        self.next_commands = next_commands


class WrongUse(Stop):
    """What was typed cannot be meant (exit 2)."""

    outcome = Outcome.WRONG_USE


class CouldNotRun(Stop):
    """The command is right and cannot run here: no register, no file, no port (exit 3)."""

    outcome = Outcome.COULD_NOT
