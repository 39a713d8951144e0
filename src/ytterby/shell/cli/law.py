"""`ytterby law classify|applies|show|diff`: what is controlled, on which day, by which rule, and how sure that is."""

from ytterby.shell.cli.arguments import Nouns, add_noun
from ytterby.shell.cli.law_applies import add_applies
from ytterby.shell.cli.law_classify import add_classify
from ytterby.shell.cli.law_diff import add_diff
from ytterby.shell.cli.law_show import add_show


def add(nouns: Nouns) -> None:
    """Add the noun; its commands need no register."""
    verbs = add_noun(nouns, "law", "what is controlled, on which day, by which rule, and how sure that is")
    add_classify(verbs)
    add_applies(verbs)
    add_show(verbs)
    add_diff(verbs)
