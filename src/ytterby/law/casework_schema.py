"""The part `casework` of a procedure and what a kind of licence adds for it: fields, and of which kind they are.

Source: docs/packs.md, "Procedures", which lays down the fields.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from ytterby.law.casework_fact import CASE_FACTS, LEVELS, Op
from ytterby.law.casework_rule import ELEMENTS, RECORD_KINDS, Check, Need, Phase, ReasonKind
from ytterby.law.clock_rule import DAYS_MOST
from ytterby.law.licence_kind import ONE, REPORT_AFTER, REPORTS, RESTORES, SEVERAL, DoneWhen, Measure, Per
from ytterby.law.shape import (
    Shape,
    between,
    choice,
    entry,
    fields,
    figure,
    filled,
    optional,
    sequence,
    table,
    text,
    truth,
    whole,
    word,
    words,
)
from ytterby.law.span import UNITS
from ytterby.terms.problem import Problem, pointer, refuse

APPROVALS_MOST, HOURS_MOST, MINUTES_MOST, WIDTH_MOST, DECIMALS_MOST = 9, 8760, 10_080, 1000, 6
# What a file for customs is itself written with.
FILE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_.:/")
_UNIT = re.compile(r"[A-Z0-9]{2,3}")
_SPAN = fields({"count": between(1, DAYS_MOST), "unit": choice(*UNITS)}, {})
_NAMES = sequence(word)


def share(value: object, where: str) -> Iterator[Problem]:
    """A part of 1, written as text."""
    found = list(figure(value, where))
    if not found and Decimal(str(value)) > 1:
        found = [refuse("pack.kind", where, value, wanted="a share from '0' to '1', in quotes")]
    yield from found


def unit(value: object, where: str) -> Iterator[Problem]:
    """A unit by UN/ECE Recommendation 20, or a currency."""
    if not isinstance(value, str) or not _UNIT.fullmatch(value):
        yield refuse("pack.kind", where, value, wanted="a unit (KGM, H87) or a currency")


def _named(shape: Shape, *names: str) -> Shape:
    """Some of these names, each with such a value, and no other."""
    return fields({}, dict.fromkeys(names, shape))


def _file_word(value: object, where: str) -> Iterator[Problem]:
    """A word of letters and digits, as an office writes a unit."""
    if not isinstance(value, str) or not value.isascii() or not value.isalnum():
        yield refuse("pack.kind", where, value, wanted="a word of ASCII letters and digits, in quotes")


def _characters(value: object, where: str) -> Iterator[Problem]:
    """All characters that a file can hold, one by one; those that it is itself written with are among them."""
    if not isinstance(value, str) or not value.isprintable() or not set(value) >= FILE_CHARACTERS:
        yield refuse(
            "pack.kind", where, value, wanted="printable characters, ASCII letters and digits, blank and -_.:/ among"
        )


def _spelling(value: object, where: str) -> Iterator[Problem]:
    """A spelling for single characters that a file cannot hold."""
    if not isinstance(value, dict):
        yield refuse("pack.kind", where, value, wanted="characters with their spelling")
        return
    for letter, spelled in value.items():
        if not isinstance(letter, str) or len(letter) != 1 or not isinstance(spelled, str):
            yield refuse("pack.kind", where + pointer(str(letter)), spelled, wanted="one character with its spelling")


_TEST = fields(
    {"fact": choice(*CASE_FACTS), "op": choice(*Op)}, {"values": filled(text), "figure": figure, "unit": unit}
)
_TIER = entry(
    {"id": word, "title": words, "approvals": between(0, APPROVALS_MOST)},
    {
        "bodies": _NAMES,
        "is_automatic": truth,
        "audit_share": share,
        "departments": _NAMES,
        "end_user_level": choice(*LEVELS),
        "screening_age_hours": between(1, HOURS_MOST),
    },
)
_ROW = entry({"id": word, "title": words, "when": _TEST, "points": whole}, {"unknown": whole})
_HARD = entry({"id": word, "title": words, "when": _TEST, "at_least": word})
_CARD = entry(
    {"id": word, "title": words, "rows": filled(_ROW), "bounds": table(whole)},
    {"hard_rules": sequence(_HARD)},
)
_VALIDATION = entry({"needs": filled(choice(*Need)), "holds_for": _SPAN}, {"unknown_flags": _NAMES})
_CODED = entry({"id": word, "kind": choice(*ReasonKind), "title": words, "remedy": words}, {"factor": word})
_APPEAL = entry(
    {"within": _SPAN, "to": word, "is_final": truth, "grounds": filled(word)},
    {"calendar": word},
)
_AMENDMENT = entry(
    {"key": sequence(choice(*ELEMENTS)), "amendable": sequence(choice(*ELEMENTS))},
    {"clock": word, "is_locked": truth},
)
_FILE_UNIT = fields({"word": _file_word, "decimals": between(0, DECIMALS_MOST)}, {})
_WIDTHS = ("name_width", "address_width", "address_lines", "text_width", "lines", "consignees", "digits")
_ADAPTER = fields(
    {
        "id": word,
        **dict.fromkeys(_WIDTHS, between(1, WIDTH_MOST)),
        "units": table(_FILE_UNIT),
        "characters": _characters,
    },
    {"transliteration": _spelling},
)
_CUSTOMS = entry(
    {
        "body": word,
        "acknowledge_within_minutes": between(1, MINUTES_MOST),
        "list_age_hours": between(1, HOURS_MOST),
        "adapter": _ADAPTER,
    }
)
CASEWORK: Shape = entry(
    {"phases": _named(word, *Phase), "blocking": sequence(choice(*Check)), "tiers": filled(_TIER)},
    {
        "notices": choice(ONE, SEVERAL),
        "score_card": _CARD,
        "validated_end_user": _VALIDATION,
        "coded_reasons": sequence(_CODED),
        "appeal": _APPEAL,
        "amendment": _AMENDMENT,
        "customs": _CUSTOMS,
        "retention": _named(word, *RECORD_KINDS),
    },
)
_CEILING = entry(
    {"id": word, "measure": choice(*Measure), "per": choice(*Per), "value": optional(figure), "unit": unit},
    {"element": word},
)
_ELIGIBILITY = entry({"id": word, "title": words, "any_of": filled(_TEST)})
_REPORT = entry(
    {"id": choice(*REPORTS), "by": word, "within": _SPAN, "after": choice(*REPORT_AFTER)}, {"calendar": word}
)
# What a kind of licence says beside what `procedure_schema` asks of it.
KIND_FIELDS: dict[str, Shape] = {
    "done_when": choice(*DoneWhen),
    "holder": fields({"bodies": filled(word)}, {"barred_by": _NAMES}),
    "ceilings": sequence(_CEILING),
    "tolerance": share,
    "counting_unit": unit,
    "eligibility": sequence(_ELIGIBILITY),
    "restores": sequence(choice(*RESTORES)),
    "revocation_causes": _NAMES,
    "reports": sequence(_REPORT),
}
