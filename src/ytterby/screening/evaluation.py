"""How well names are told apart: recall at a stated share of false alerts, for each group and class of queries.

A threshold is set for each group on that group's negatives alone, so that at most the stated share of them lies above
it. A positive is right only if its own entry is among the candidates and lies above. Classes that are reported apart
never set a threshold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt

from ytterby.screening.group import Group

# Negatives whose classes begin so set no threshold: sister firms and real buyers.
APART = ("neg_sibling", "neg_buyer_real")
# Positives that no comparison of names finds; they stand in the table and not in the total.
BEYOND = frozenset({"zh_hidden", "alias_far"})
# What the negatives that were made up for a group are called.
INVENTED = "neg_invented"
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and what came of it: `best` score of any candidate, `own` of the right one, None without it."""

    id: str
    cls: str
    is_positive: bool
    group: Group
    best: float
    own: float | None


@dataclass(frozen=True, slots=True)
class ClassRow:
    """Of a class of queries of a group: how many, and how many alert. Of positives, only the right alert counts."""

    group: Group
    cls: str
    count: int
    alerts: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that alerts."""
        return self.alerts / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class RateRow:
    """What holds at one share of false alerts: thresholds, rows, and of all positives that count how many are found."""

    rate: float
    thresholds: Mapping[Group, float]
    negatives: Mapping[Group, int]
    rows: tuple[ClassRow, ...]
    positives: int
    found: int

    @property
    def recall(self) -> float:
        """The share of positives that are found."""
        return self.found / self.positives if self.positives else 0.0


def is_odd(query_id: str) -> bool:
    """Tell to which half a query belongs: rules are tuned on the even one, and reported on the odd one."""
    return bool(int(sha256(query_id.encode()).hexdigest(), 16) & 1)


def sets_threshold(one: Judged) -> bool:
    """Tell whether a query is a negative that sets the threshold of its group."""
    return not one.is_positive and not one.cls.startswith(APART)


def set_threshold(scores: Iterable[float], rate: float) -> float:
    """Return the threshold above which at most this share of scores lies; a score alerts where it is greater."""
    ordered = sorted(scores, reverse=True)
    return ordered[int(rate * len(ordered))] if ordered else 1.0


def evaluate(judged: Sequence[Judged], rate: float, thresholds: Mapping[Group, float] | None = None) -> RateRow:
    """Return what is found at a share of false alerts, by thresholds of these negatives where none are given."""
    groups = sorted({one.group for one in judged}, key=lambda group: group.value)
    negatives = {group: [one.best for one in judged if one.group is group and sets_threshold(one)] for group in groups}
    if thresholds is None:
        thresholds = {group: set_threshold(negatives[group], rate) for group in groups}
    rows = []
    positives = found = 0
    for group in groups:
        mine = [one for one in judged if one.group is group]
        for cls in sorted({one.cls for one in mine}):
            members = [one for one in mine if one.cls == cls]
            alerts = sum(_alerts(one, thresholds[group]) for one in members)
            rows.append(ClassRow(group, cls, len(members), alerts, *interval(alerts, len(members))))
            if members[0].is_positive and cls not in BEYOND:
                positives += len(members)
                found += alerts
    counts = {group: len(negatives[group]) for group in groups}
    return RateRow(rate, thresholds, counts, tuple(rows), positives, found)


def curve(judged: Sequence[Judged], rates: Sequence[float]) -> dict[Group, list[tuple[float, float, int]]]:
    """Return of each group the recall at each of these shares of false alerts, and of how many positives."""
    found: dict[Group, list[tuple[float, float, int]]] = {}
    for group in sorted({one.group for one in judged}, key=lambda one: one.value):
        mine = [one for one in judged if one.group is group]
        if not any(sets_threshold(one) for one in mine):
            continue
        rows = [evaluate(mine, rate) for rate in rates]
        if rows[0].positives:
            found[group] = [(row.rate, row.recall, row.positives) for row in rows]
    return found


def _alerts(one: Judged, threshold: float) -> bool:
    score = one.own if one.is_positive else one.best
    return score is not None and score > threshold


def interval(found: int, count: int) -> tuple[float, float]:
    """Return the interval in which a share lies with 95 % (Wilson)."""
    if not count:
        return 0.0, 1.0
    share = found / count
    middle = (share + Z_95**2 / (2 * count)) / (1 + Z_95**2 / count)
    half = Z_95 / (1 + Z_95**2 / count) * sqrt(share * (1 - share) / count + Z_95**2 / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def area_under(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, equal scores counting half (area under the curve)."""
    ordered = sorted([(score, 0) for score in negative] + [(score, 1) for score in positive])
    above = 0.0
    lower = place = 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        equal_positive = sum(kind for _, kind in ordered[place:end])
        equal_negative = end - place - equal_positive
        above += equal_positive * (lower + equal_negative / 2)
        lower += equal_negative
        place = end
    return above / (len(positive) * len(negative)) if positive and negative else 0.0
