"""How templates write what packs of law call by a code: how sure, by what, which answer, how a rule stands."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ytterby.shell.site.impact_notice import answer_word
from ytterby.shell.site.law_texts import law_text

register = template.Library()

# The shape and colour of a tag; the word stands in it.
STANDING_TAGS = {"in_force": "open", "suspended": "wait", "disputed": "warn"}
BASIS_TAGS = {"law": "bad", "intelligible": "wait", "need": "open"}
ANSWER_TAGS = {"controlled": "bad", "not_controlled": "good", "ask": "wait", "disputed": "warn"}


@register.filter
def law_word(code: object, group: str) -> str:
    """Write a word that commands and pages of law share: `{{ row.confidence|law_word:"sure" }}`."""
    return law_text(f"law.{group}.{code}", get_language() or "en")


@register.filter
def impact_word(code: object) -> str:
    """Write an answer for goods, or the word of a rule's answer."""
    return answer_word(str(code), get_language() or "en")


@register.filter
def change_tag(kind: object) -> str:
    """Return the shape of the tag of a change between two packs."""
    return {"added": "good", "removed": "bad"}.get(str(kind), "wait")


@register.filter
def standing_word(code: object) -> str:
    """Write how a rule stands."""
    return standing_words().get(str(code), str(code))


@register.filter
def standing_tag(code: object) -> str:
    """Return the shape of the tag of how a rule stands."""
    return STANDING_TAGS.get(str(code), "none")


@register.filter
def answer_tag(code: object) -> str:
    """Return the shape of the tag of an answer for goods."""
    return ANSWER_TAGS.get(str(code), "none")


@register.filter
def basis_tag(code: object) -> str:
    """Return the shape of the tag of what a field rests on."""
    return BASIS_TAGS.get(str(code), "none")


def standing_words() -> dict[str, str]:
    """Return the words for how a rule stands on a day."""
    return {
        "in_force": _("in force"),
        "suspended": _("suspended"),
        "not_yet": _("not in force yet"),
        "ended": _("ended"),
        "disputed": _("disputed"),
        "unknown": _("begins on a day not known"),
        "not_known": _("could not be known then"),
        "outside": _("before what the pack knows"),
    }
