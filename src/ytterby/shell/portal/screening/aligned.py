"""How a name came to be like a listed one, as a page shows it: aligned words, what is left over, what else is said."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from ytterby.screening.trace import rareness


class AlignedPair(NamedTuple):
    """A word of the query beside the listed word it stands for; `likeness` in per cent."""

    query: str
    listed: str
    likeness: str
    rareness: str


class LeftWord(NamedTuple):
    """A word that nothing on the other side stands for."""

    word: str
    rareness: str


class Aligned(NamedTuple):
    """Everything that speaks in a hit. `facts`: a sentence and the tag it is shown by."""

    pairs: list[AlignedPair]
    left_query: list[LeftWord]
    left_listed: list[LeftWord]
    identifiers: list[tuple[str, str]]
    facts: list[tuple[str, str]]


def aligned_of(reasons: Iterable[Mapping[str, str]]) -> Aligned:
    """Return the reasons of a hit (`screening.reasons`) as a page shows them; kinds it does not know are left out."""
    found = Aligned([], [], [], [], [])
    sides = {"left_query": found.left_query, "left_listed": found.left_listed}
    for one in reasons:
        kind = one.get("kind", "")
        if kind == "pair":
            likeness = f"{100 * float(one['likeness']):.0f} %"
            found.pairs.append(AlignedPair(one["query"], one["listed"], likeness, _rareness(one["weight"])))
        elif kind in sides:
            sides[kind].append(LeftWord(one["word"], _rareness(one["weight"])))
        elif kind == "identifier":
            found.identifiers.append((one["which"], one["value"]))
        elif said := _facts().get((kind, one.get("said", ""))):
            found.facts.append(said)
    return found


def _rareness(weight: str) -> str:
    return {"rare": _("rare"), "usual": _("fairly rare"), "common": _("common")}[rareness(float(weight))]


def _facts() -> dict[tuple[str, str], tuple[str, str]]:
    return {
        ("country", "supports"): (_("A country is the same."), "warn"),
        ("country", "contradicts"): (_("The countries differ."), "none"),
        ("born", "supports"): (_("The day or year of birth or founding is the same."), "warn"),
        ("born", "contradicts"): (_("The years of birth or founding differ."), "none"),
        ("address", "supports"): (_("An address is alike."), "warn"),
        ("listed_kind", "alias"): (_("The listed name is an alias."), "none"),
        ("listed_kind", "former"): (_("The listed name is a former one."), "none"),
        ("listed_kind", "weak"): (_("The list calls this alias a weak one; it never stands alone."), "none"),
    }
