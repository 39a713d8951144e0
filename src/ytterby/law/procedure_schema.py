"""The part `procedure` of a pack: its entries and fields, and of which kind they are (docs/packs.md)."""

from collections.abc import Iterator

from ytterby.law.calendar import Counting
from ytterby.law.casework_schema import CASEWORK, KIND_FIELDS
from ytterby.law.clock_rule import DAYS_MOST, DayRule, FirstDay, minutes_of
from ytterby.law.days import GOVERNS
from ytterby.law.item import BASES
from ytterby.law.licence_kind import ONE, SEVERAL
from ytterby.law.procedure import CASE_KINDS, PROVISIONS, ROLES, SILENCE_SINCE
from ytterby.law.return_period import EVERY
from ytterby.law.shape import (
    Shape,
    between,
    choice,
    day,
    entry,
    fields,
    optional,
    sequence,
    text,
    truth,
    word,
    words,
)
from ytterby.law.span import UNITS
from ytterby.terms.problem import Problem, refuse

# Days of a month that every month has, and months up to a year after.
_MONTH_DAY_MOST, _MONTHS_MOST = 28, 12


def _cutoff(value: object, where: str) -> Iterator[Problem]:
    if not isinstance(value, str) or minutes_of(value) is None:
        yield refuse("pack.kind", where, value, wanted="a time from '00:01' to '24:00', in quotes")


_COUNT = between(1, DAYS_MOST)
_NAMES = sequence(word)
_SPAN = fields({"count": _COUNT, "unit": choice(*UNITS)}, {})
_BODY = entry({"id": word, "title": words, "role": choice(*ROLES)}, {"veto": truth})
_STATE = entry({"id": word, "title": words, "holder": word}, {"is_last": truth})
_STEP = entry({"id": word, "title": words, "from": _NAMES, "to": word, "by": word}, {"documents": _NAMES})
_DOCUMENT = entry({"id": word, "title": words, "basis": choice(*BASES)})
_REASON = entry({"id": word, "title": words}, {"is_told": truth})
_CLOCK = entry(
    {
        "id": word,
        "title": words,
        "days": _COUNT,
        "counting": choice(*Counting),
        "first_day": choice(*FirstDay),
        "day_rule": choice(*DayRule),
        "cutoff": _cutoff,
        "zone": text,
        "starts": word,
        "ends": _NAMES,
    },
    {
        "calendar": word,
        "stops": _NAMES,
        "no_limit": _NAMES,
        "silence": words,
        "silence_state": word,
        "silence_since": choice(*SILENCE_SINCE),
        "kinds": sequence(choice(*CASE_KINDS)),
    },
)
_KIND = entry(
    {
        "id": word,
        "title": words,
        "end_users": choice(ONE, SEVERAL),
        "exports": choice(ONE, SEVERAL),
        "valid_most": optional(_SPAN),
        "documents": _NAMES,
    },
    {
        "ends": words,
        "conditions": sequence(words),
        "cases": sequence(words),
        **KIND_FIELDS,
    },
)
_DEADLINE = entry(
    {"id": word, "title": words, "within": _SPAN, "after": words, "by": word}, {"calendar": word, "under": word}
)
_RETURN = entry(
    {
        "id": word,
        "title": words,
        "every": choice(*EVERY),
        "due_day": between(1, _MONTH_DAY_MOST),
        "due_month": between(1, _MONTHS_MOST),
        "by": word,
    },
    {"under": word},
)
_RECORD = entry({"id": word, "title": words, "at_least": _SPAN, "since": words, "by": word})
_PROVISION = entry(
    {"id": word, "kind": choice(*PROVISIONS), "title": words},
    {"text": words, "clock": word, "under": word, "is_asked": truth},
)
PROCEDURE: Shape = entry(
    {
        "id": word,
        "title": words,
        "published": day,
        "effective": day,
        "governs": choice(*GOVERNS),
        "bodies": sequence(_BODY),
        "states": sequence(_STATE),
        "steps": sequence(_STEP),
    },
    {
        "documents": sequence(_DOCUMENT),
        "reasons": sequence(_REASON),
        "clocks": sequence(_CLOCK),
        "licence_kinds": sequence(_KIND),
        "deadlines": sequence(_DEADLINE),
        "returns": sequence(_RETURN),
        "records": sequence(_RECORD),
        "provisions": sequence(_PROVISION),
        "casework": CASEWORK,
    },
)
