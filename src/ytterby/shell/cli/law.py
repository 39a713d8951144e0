"""`ytterby law classify|applies|show|diff`: what is controlled, on which day, by which rule, and how sure that is."""

from ytterby.shell.cli.arguments import Nouns, add_noun
from ytterby.shell.cli.law_arguments import add_applies, add_classify, add_diff, add_show


def add(nouns: Nouns) -> None:
    """Add the noun; its commands need no register."""
    verbs = add_noun(nouns, "law", "what is controlled, on which day, by which rule, and how sure that is")
    add_classify(verbs)
    add_applies(verbs)
    add_show(verbs)
    add_diff(verbs)
