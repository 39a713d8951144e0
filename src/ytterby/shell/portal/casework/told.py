"""What of a case is put into other words for its page: findings, what changed between two hand-ins, history."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ytterby.licence.finding import Finding
from ytterby.shell.site.case_finding_texts import finding_text
from ytterby.shell.wording import word

SEVERITY_TAGS = {"block": "bad", "warn": "warn", "note": "wait"}
CHANGES_MOST = 60
# Commands that bring an application, whole.
BRINGS = ("begin", "edit", "supply", "answer")
HIT = "hit"

Json = dict[str, Any]


def findings_told(rows: Sequence[Json], names: Mapping[str, str], language: str) -> list[Json]:
    """Return findings with sentence and cure, the facts that triggered them, and what was said of them; parties go by
    their names.
    """
    found = []
    for row in rows:
        said = row["said"]
        one = msgspec.convert({name: value for name, value in row.items() if name != "said"}, Finding)
        facts = {name: _fact(name, names.get(value, value), language) for name, value in one.facts.items()}
        text, cure = finding_text(msgspec.structs.replace(one, facts=facts), language)
        found.append(
            {
                **row,
                "text": text,
                "cure": cure,
                "tag": SEVERITY_TAGS.get(one.severity, "none"),
                "said": said,
                "is_settled": said is not None and said["verdict"] == "settled",
                "facts": _facts(facts),
                "hit": one.facts.get(HIT, ""),
            }
        )
    return found


def _fact(name: str, value: str, language: str) -> str:
    """Return a fact in words, where it is a code."""
    if name == "element":
        return value or word("case_fact", "goods", language)
    return word("flag_grade", value, language) if name == "grade" else value


def _facts(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return facts without their copies in other languages."""
    return [(name, value) for name, value in facts.items() if value and "@" not in name]


def evidence_told(evidence: Json | None) -> Json:
    """Return evidence with masses as numbers, for templates to round; nothing where nothing was gathered."""
    if not evidence:
        return {}
    lots = [
        {**one, "elements": {name: _numbers(mass) for name, mass in one["elements"].items()}}
        for one in evidence["lots"]["lots"]
    ]
    used = [_numbers(one) for one in evidence["consumption"]["end_users"]]
    return {
        **evidence,
        "lots": {**evidence["lots"], "lots": lots},
        "consumption": {**evidence["consumption"], "end_users": used},
    }


def _numbers(row: Mapping[str, Any]) -> Json:
    """Return a row with its masses as numbers; an empty one is not known."""
    return {
        name: (float(value) if value else None) if name == "kg" or name.endswith("_kg") else value
        for name, value in row.items()
    }


def history_told(rows: Sequence[Json], people: Mapping[str, str], language: str) -> list[Json]:
    """Return the events of a case, the last one first, each with who said it and its own words."""
    found = []
    for row in rows:
        step = row["step"] or {}
        coded = [word(f"case_{name}", step[name], language) for name in ("verdict", "outcome") if step.get(name)]
        text = " · ".join((*coded, *(str(step[name]) for name in ("task", "text") if step.get(name))))
        found.append({**row, "who": people.get(row["by"], ""), "text": text if row["event"] not in BRINGS else ""})
    return found[::-1]


def changes_of(history: Sequence[Json]) -> list[Json]:
    """Return what the newest application says otherwise than the one before it that was handed in."""
    held = [(row["event"], (row["step"] or {}).get("application")) for row in history]
    handed_in = _handed_in(held)
    if len(handed_in) < 2:
        return []
    old, new = dict(_flat(handed_in[-2], "")), dict(_flat(handed_in[-1], ""))
    names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return [{"field": name, "old": old.get(name), "new": new.get(name)} for name in names[:CHANGES_MOST]]


def _handed_in(held: Sequence[tuple[str, Json | None]]) -> list[Json]:
    """Return the applications that came before the office, in order: at a hand-in, a supplement, an answer."""
    found: list[Json] = []
    now: Json | None = None
    for event, application in held:
        if application is not None:
            now = application
        came = event == "submit" or (event in {"supply", "answer"} and application is not None)
        if came and now is not None and (not found or found[-1] != now):
            found.append(now)
    return found


def _flat(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, held in value.items():
            yield from _flat(held, f"{where}/{name}")
    elif isinstance(value, list | tuple):
        for place, held in enumerate(value):
            yield from _flat(held, f"{where}/{place}")
    else:
        yield where, str(value)
