"""`ytterby law …`: what is controlled, on which day, by which rule and how sure that is; and when an answer is due."""

from ytterby.shell.cli import law_due
from ytterby.shell.cli.arguments import Nouns, add_noun
from ytterby.shell.cli.law_arguments import (
    add_applies,
    add_changes,
    add_classify,
    add_complete,
    add_diff,
    add_end_use,
    add_fields,
    add_impact,
    add_show,
    add_sign,
    add_test,
)


def add(nouns: Nouns) -> None:
    """Add the noun; where there is no register its questions, all but impact, are answered by the packaged packs."""
    verbs = add_noun(nouns, "law", "what is controlled, by which rule and how sure, and when an answer is due")
    add_classify(verbs)
    add_applies(verbs)
    law_due.add(verbs)
    add_show(verbs)
    add_diff(verbs)
    add_impact(verbs)
    add_test(verbs)
    add_fields(verbs)
    add_complete(verbs)
    add_end_use(verbs)
    add_sign(verbs)
    add_changes(verbs)
