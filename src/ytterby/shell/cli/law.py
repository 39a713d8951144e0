"""`ytterby law due`: what the law says, from the packs alone; no register is needed."""

from ytterby.shell.cli import law_due
from ytterby.shell.cli.arguments import Nouns, add_noun


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "law", "what is controlled, and when an answer is due")
    law_due.add(verbs)
