"""The command line: what a person or a script types, one module for each noun.

It knows: how arguments are read, how answers are shown on a terminal, piped, or as JSON, and which exit code they
end with. It never decides: it opens a register, calls an action or a reading, and shows what came of it.
Start reading at `main`; `screen` holds what every command shows alike, `outcome` the exit codes.
"""

from ytterby.shell.cli.command import main

__all__ = ["main"]
