"""What cannot be true of one pack whose shape is right: dates, elements, forms, and what it says against itself."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ytterby.law.dated_rule import Period
from ytterby.law.dossier_check import dossier_problems
from ytterby.law.form import FORMS, MAGNET_TYPES
from ytterby.law.procedure_check import procedure_problems
from ytterby.law.shape import twice
from ytterby.law.symbol import SYMBOLS, read_system
from ytterby.law.trust import Confidence, Trust
from ytterby.matter.element import ELEMENTS
from ytterby.terms.problem import Problem, pointer, refuse

Json = Mapping[str, Any]


def pack_problems(content: Json) -> list[Problem]:
    """Return everything that a pack says wrongly or against itself."""
    return [
        *_reversed(content["knows"]["from"], content["knows"]["to"], "/knows/to"),
        *_names_twice(content),
        *(problem for place, row in _rows(content, "rules") for problem in _rule_problems(row, place)),
        *(problem for place, row in _rows(content, "items") for problem in _item_problems(row, place)),
        *(problem for place, row in _rows(content, "annexes") for problem in _annex_problems(row, place)),
        *(problem for place, row in _rows(content, "disputes") for problem in _dispute_problems(row, place)),
        *(problem for place, row in _rows(content, "guidance") for problem in _forms(row["forms"], place)),
        *_guidance_against_itself(content),
        *_stage_problems(content),
        *_doubt_problems(content),
        *_parameter_problems(content),
        *(
            problem
            for section in ("flow_returns", "quotas")
            for place, row in _rows(content, section)
            for problem in _flow_problems(row, place)
        ),
        *procedure_problems(content.get("procedure")),
        *dossier_problems(content),
    ]


def _rows(content: Json, section: str) -> Iterator[tuple[str, Json]]:
    for place, row in enumerate(content.get(section, ())):
        yield pointer(section, place), row


def _reversed(first: str, last: str | None, where: str) -> Iterator[Problem]:
    if last is not None and last < first:
        yield refuse("pack.dates_reversed", where, last, first=first)


def _names_twice(content: Json) -> Iterator[Problem]:
    keys = {"cited": "id", "disputes": "id", "rules": "id", "items": "code", "guidance": "id", "doubts": "id"}
    keys |= {"conduct": "rule", "annexes": "id", "stages": "fact", "flow_returns": "id", "quotas": "id"}
    for section, key in keys.items():
        yield from twice(((place + pointer(key), row[key]) for place, row in _rows(content, section)))
    tariff = content.get("tariff", {})
    for section, key in {"conditions": "letter", "lines": "code"}.items():
        rows = tariff.get(section, ())
        yield from twice((pointer("tariff", section, place, key), row[key]) for place, row in enumerate(rows))


def _rule_problems(row: Json, place: str) -> Iterator[Problem]:
    effective, not_before = row["effective"], row.get("effective_not_before")
    if (effective is None) == (not_before is None):
        yield refuse("pack.effective_unclear", place + "/effective", effective or "null")
    yield from _reversed(row["published"], effective or not_before, place + "/effective")
    if "strictest" in row and "when" in row:
        yield refuse("pack.contradiction", place + "/strictest", row["id"], what="when, strictest")
    days = [effective or not_before]
    for number, later in enumerate(row.get("later", ())):
        where = place + pointer("later", number, "effective")
        yield from _reversed(later["published"], later["effective"], where)
        if days[-1] is not None and later["effective"] <= days[-1]:
            yield refuse("pack.dates_reversed", where, later["effective"], first=days[-1])
        days.append(later["effective"])
    shared = list(enumerate(row.get("suspended", ())))
    yield from _period_problems([(place + pointer("suspended", number), one) for number, one in shared])
    for number, reading in enumerate(row.get("readings", ())):
        own = [
            (place + pointer("readings", number, "suspended", at), one)
            for at, one in enumerate(reading.get("suspended", ()))
        ]
        yield from _period_problems([(place + pointer("suspended", at), one) for at, one in shared], own)
    names = (
        (place + pointer("readings", n), f"{r['dispute']} {r['id']}") for n, r in enumerate(row.get("readings", ()))
    )
    yield from twice(names)
    yield from _known_problems(row, place)
    yield from _transition_problems(row, place)
    for number, later in enumerate(row.get("later", ())):
        yield from _transition_problems(later, place + pointer("later", number))
    yield from _meaning_problems(row, place)


def _transition_problems(version: Json, place: str) -> Iterator[Problem]:
    """Yield transitions that name an end without its day, or that end before the day before which they begin."""
    for number, row in enumerate(version.get("transition", ())):
        where = place + pointer("transition", number)
        for name, other in (("end", "until"), ("until", "end")):
            if name in row and other not in row:
                yield refuse("pack.missing_field", where, other, name=other)
        if "until" in row:
            yield from _reversed(row["before"], row["until"], where + "/until")


def _meaning_problems(row: Json, place: str) -> Iterator[Problem]:
    """Yield words that a rule about export can answer and of which it does not say what they mean."""
    if "means" not in row:
        return
    words = row.get("words", {"holds": "yes", "fails": "no"})
    said = set(words.values()) | set(row.get("strictest", {}).get("order", ()))
    for word in sorted(said ^ set(row["means"])):
        yield refuse("pack.meaning", place + "/means", word, words=", ".join(sorted(said)))


def _flow_problems(row: Json, place: str) -> Iterator[Problem]:
    """Yield days of an entry about returns or quotas that cannot be, as of a rule; it ends after it begins."""
    yield from _rule_problems(row, place)
    for where, one in [(place, row), *((place + pointer("due", n), due) for n, due in enumerate(row.get("due", ())))]:
        if "until" in one and one["until"] <= one["effective"]:
            yield refuse("pack.dates_reversed", where + "/until", one["until"], first=one["effective"])
    before = ""
    for number, due in enumerate(row.get("due", ())):
        where = place + pointer("due", number)
        yield from _reversed(due["published"], due["effective"], where + "/effective")
        yield from _known_problems(due, where)
        if due["effective"] <= before:
            yield refuse("pack.dates_reversed", where + "/effective", due["effective"], first=before)
        before = max(before, due["effective"])


def _known_problems(row: Json, place: str) -> Iterator[Problem]:
    """Yield what was known before it was published: a day that somebody mistyped."""
    if "known_since" in row and row["known_since"] < row["published"]:
        yield refuse(
            "pack.known_before_published", place + "/known_since", row["known_since"], published=row["published"]
        )


def _period_problems(held: list[tuple[str, Json]], new: list[tuple[str, Json]] | None = None) -> Iterator[Problem]:
    """Yield periods that end before they begin, and those of `new` (of `held`, without it) that meet another."""
    rows = held if new is None else new
    for where, row in rows:
        yield from _reversed(row["from"], row["to"], where + "/to")
    if any(row["to"] is not None and row["to"] < row["from"] for _, row in [*held, *rows]):
        return
    before = [] if new is None else [_span(row) for _, row in held]
    for where, row in rows:
        span = _span(row)
        if any(span.meets(other) for other in before):
            yield refuse("pack.periods_overlap", where, f"{row['from']} – {row['to']}")
        before.append(span)


def _span(row: Json) -> Period:
    last = None if row["to"] is None else date.fromisoformat(row["to"])
    first, is_last_included = date.fromisoformat(row["from"]), row.get("is_last_included", True)
    return Period(first, last, is_last_included, True, Trust("", Confidence.READ))


def _item_problems(row: Json, place: str) -> Iterator[Problem]:
    yield from _elements(row["elements"], place + "/elements")
    yield from twice((place + pointer("parts", n, "n"), str(part["n"])) for n, part in enumerate(row["parts"]))
    for number, part in enumerate(row["parts"]):
        where = place + pointer("parts", number)
        yield from _forms(part["forms"], where)
        yield from _forms(part.get("superset_asked", ()), where, "superset_asked")
        for at, kind in enumerate(part.get("magnet_types", ())):
            if kind not in MAGNET_TYPES:
                allowed = ", ".join(MAGNET_TYPES)
                yield refuse("pack.choice", where + pointer("magnet_types", at), kind, allowed=allowed)
        if (part["how"] == "system") != ("closed_list" in part) and part["how"] != "unread":
            yield refuse("pack.contradiction", where, part["how"], what="how, closed_list")
        yield from _list_problems(part.get("closed_list") or (), row["elements"], where)


def _annex_problems(row: Json, place: str) -> Iterator[Problem]:
    entries = [(place + pointer("entries", number), one) for number, one in enumerate(row["entries"])]
    yield from twice((where + "/id", one["id"]) for where, one in entries)
    for where, one in entries:
        yield from _item_problems(one, where)


def _list_problems(listed: Iterable[str], elements: list[str], where: str) -> Iterator[Problem]:
    seen: set[frozenset[str]] = set()
    for at, one in enumerate(listed):
        system = read_system(one)
        if system is None:
            yield refuse("pack.unknown_element", where + pointer("closed_list", at), one)
        elif system in seen or not system & set(elements):
            yield refuse("pack.contradiction", where + pointer("closed_list", at), one, what="closed_list, elements")
        else:
            seen.add(system)


def _elements(names: Iterable[str], where: str, known: Iterable[str] = ELEMENTS) -> Iterator[Problem]:
    for at, name in enumerate(names):
        if name not in known:
            yield refuse("pack.unknown_element", where + pointer(at), name)


def _forms(names: Iterable[str], place: str, field: str = "forms") -> Iterator[Problem]:
    for at, name in enumerate(names):
        if name not in FORMS:
            yield refuse("pack.choice", place + pointer(field, at), name, allowed=", ".join(FORMS))


def _dispute_problems(row: Json, place: str) -> Iterator[Problem]:
    names = [one["id"] for one in row["readings"]]
    yield from twice((place + pointer("readings", n, "id"), name) for n, name in enumerate(names))
    settled = row.get("settled")
    if settled and settled["reading"] not in names:
        yield refuse("pack.unknown_reference", place + "/settled/reading", settled["reading"], known=", ".join(names))


def _guidance_against_itself(content: Json) -> Iterator[Problem]:
    """Yield guidance that speaks twice of the same form of the same rule: which of the two holds, nobody could tell."""
    seen: dict[tuple[str, str, object], str] = {}
    for place, row in _rows(content, "guidance"):
        for form in row["forms"]:
            for built_in in row.get("built_in", (True, False, None)):
                key = (row["rule"], form, built_in)
                if seen.setdefault(key, row["id"]) != row["id"]:
                    yield refuse("pack.contradiction", place, row["id"], what=f"{seen[key]}, {row['id']}: {form}")


def _stage_problems(content: Json) -> Iterator[Problem]:
    """Yield forms that are said to be before a stage and after it."""
    for place, row in _rows(content, "stages"):
        for form in sorted(set(row["after"]) & set(row.get("before", ()))):
            yield refuse("pack.contradiction", place + "/before", form, what="after, before")


def _doubt_problems(content: Json) -> Iterator[Problem]:
    for place, row in _rows(content, "doubts"):
        yield from _forms(row["forms"], place)
        yield from _elements(row.get("elements", ()), place + "/elements")


def _parameter_problems(content: Json) -> Iterator[Problem]:
    for name, row in content.get("parameters", {}).items():
        yield from _elements(row.get("of", ()), pointer("parameters", name, "of"), SYMBOLS)
