"""The numbers by which names are scored and judged, read from dated tables: rules of scoring, thresholds of bands.

Thresholds belong to one version of the scorer and one set of rules; they name the false-alert rate each was set to and
the negatives it was set on.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from ytterby.screening.alignment import Likeness
from ytterby.screening.group import Group
from ytterby.screening.score import ScoreRule

FILES = ("score_rules.csv", "thresholds.csv")
# Raised with any change of a score that the tables do not show.
SCORER = "1"


class Band(StrEnum):
    """What a score means: an alert, something to look at where much is at stake, or nothing."""

    ALERT = "alert"
    REVIEW = "review"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Scoring:
    """How names are scored: rules and likeness of each group; `read` and `weak` are factors on the score of a Latin
    reading of Han characters and of a weak name; `common_words` and `common_pairs` the most that a place or a word of
    the trade may weigh. `version`: of the scorer, `digest`: of the rules.
    """

    rules: Mapping[Group, ScoreRule]
    likeness: Mapping[Group, Likeness]
    read: float
    weak: float
    common_words: float
    common_pairs: float
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """Above which score names of a group are in a band, set so that this share of `count` negatives lies above it."""

    set_id: str
    group: Group
    band: Band
    valid_from: date
    valid_to: date | None
    value: float
    false_alert_rate: float
    negatives: str
    count: int
    scorer: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds that hold on a day, and the id of their set."""

    set_id: str
    values: Mapping[tuple[Group, Band], Threshold]

    def band(self, group: Group, score: float) -> Band:
        """Return the band of a score."""
        for band in (Band.ALERT, Band.REVIEW):
            if score > self.values[group, band].value:
                return band
        return Band.CLEAR


def parse_scoring(text: str) -> Scoring:
    """Return the rules of a table with the columns parameter, group and value.

    Raises:
        KeyError: a parameter of a group is missing.
        ValueError: a value is no number.
    """
    values = {(row["group"], row["parameter"]): float(row["value"]) for row in csv.DictReader(text.splitlines())}
    rules = {}
    likeness: dict[Group, Likeness] = {}
    for group in Group:
        rules[group] = ScoreRule(**{one.name: values[group.value, one.name] for one in fields(ScoreRule)})
        if group is not Group.HAN:
            likeness[group] = Likeness(**{one.name: values[group.value, one.name] for one in fields(Likeness)})
    digest = sha256(b"ytterby/scoring/v1\x00" + text.encode()).hexdigest()
    return Scoring(
        MappingProxyType(rules),
        MappingProxyType(likeness),
        values["all", "read"],
        values["all", "weak"],
        values["all", "common_words"],
        values["all", "common_pairs"],
        SCORER,
        digest,
    )


def parse_thresholds(text: str) -> tuple[Threshold, ...]:
    """Return all thresholds of a table.

    Raises:
        KeyError: a column is missing.
        ValueError: a value cannot be read.
    """
    return tuple(
        Threshold(
            set_id=row["set"],
            group=Group(row["group"]),
            band=Band(row["band"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            value=float(row["threshold"]),
            false_alert_rate=float(row["false_alert_rate"]),
            negatives=row["negatives"],
            count=int(row["count"]),
            scorer=row["scorer"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def thresholds_on(found: tuple[Threshold, ...], on: date) -> Thresholds:
    """Return the thresholds that hold on a day, of the set that came into force last.

    Raises:
        LookupError: no set holds on that day, or one of its groups has none.
    """
    in_force = [one for one in found if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)]
    if not in_force:
        raise LookupError(f"no thresholds hold on {on.isoformat()}")
    newest = max(in_force, key=lambda one: (one.valid_from, one.set_id)).set_id
    values = {(one.group, one.band): one for one in in_force if one.set_id == newest}
    missing = [f"{group.value} {band.value}" for group in Group for band in (Band.ALERT, Band.REVIEW)]
    missing = [one for one in missing if tuple(one.split()) not in {(g.value, b.value) for g, b in values}]
    if missing:
        raise LookupError(f"the set {newest} has no threshold for {', '.join(missing)}")
    return Thresholds(newest, MappingProxyType(values))
