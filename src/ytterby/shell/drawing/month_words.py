"""What the figures of months say in words: tips of single months, and the text that stands for a figure.

A text alternative says what a sighted reader sees at a glance: from when to when, how large, what stands out, and
which months have no figures and why.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from ytterby.shell.drawing.label import write_mass, write_signed
from ytterby.shell.drawing.month_axis import month_number
from ytterby.shell.drawing.month_plane import figure_of
from ytterby.shell.wording import fill, language_of, word

Row = Mapping[str, Any]
NAMED_MOST = 3


def say(code: str, language: str, **facts: object) -> str:
    """Return a sentence of a figure."""
    return fill(word("figure", code, language), facts)


def tip_kg(row: Row, name: str, value_key: str, sigma_key: str, language: str) -> str:
    """Return what a month's mass difference is, with its standard deviation, and why it was not tested."""
    value, sigma = figure_of(row, value_key), figure_of(row, sigma_key)
    parts = []
    if value is not None:
        shown = "?" if sigma is None else write_mass(sigma, 2)
        parts.append(say("tip_kg", language, name=name, value=write_signed(value), sigma=shown))
    if not row["testable"]:
        parts.append(tip_gap(row, language))
    return f"{row['month']}: {'; '.join(parts)}" if parts else str(row["month"])


def tip_gap(row: Row, language: str) -> str:
    """Return why a month cannot be tested."""
    return say("tip_gap", language, reason=word("untestable", row["reason"], language))


def span(rows: Sequence[Row], language: str) -> str:
    """Return from when to when, and how many months."""
    if len(rows) == 1:
        return str(rows[0]["month"])
    return say("span", language, first=rows[0]["month"], last=rows[-1]["month"], count=len(rows))


def gaps(rows: Sequence[Row], language: str) -> str:
    """Return which months cannot be tested and why, most of one reason first; empty where all can."""
    untested = [row for row in rows if not row["testable"]]
    if not untested:
        return ""
    reasons: dict[str, list[str]] = {}
    for row in untested:
        reasons.setdefault(str(row["reason"]), []).append(row["month"])
    listed = [
        say("gap_reason", language, reason=word("untestable", reason, language), months=months(found, language))
        for reason, found in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[1]))
    ]
    return say("gaps", language, count=len(untested), reasons=clauses(listed, language))


def months(found: Sequence[str], language: str, *, write: Callable[[str], str] = str) -> str:
    """Return months as a list of stretches, the first three and how many months more, each as `write` writes it."""
    stretches: list[list[str]] = []
    for _, members in groupby(enumerate(found), key=lambda pair: month_number(pair[1]) - pair[0]):
        stretches.append([month for _, month in members])
    shown = [
        write(one[0]) if len(one) == 1 else say("stretch", language, first=write(one[0]), last=write(one[-1]))
        for one in stretches[:NAMED_MOST]
    ]
    left = sum(len(one) for one in stretches[NAMED_MOST:])
    said = ("、" if _is_chinese(language) else ", ").join(shown)
    return say("more_months", language, months=said, count=left) if left else said


def clauses(parts: Sequence[str], language: str) -> str:
    """Return parts of a sentence one after another."""
    return ("；" if _is_chinese(language) else "; ").join(parts)


def sentences(parts: Sequence[str], language: str) -> str:
    """Return sentences one after another, without the empty ones."""
    return ("" if _is_chinese(language) else " ").join(part for part in parts if part)


def _is_chinese(language: str) -> bool:
    return language_of(language) == "zh"
