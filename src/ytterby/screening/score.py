"""From an alignment to one number: how much of both names is accounted for, words weighed by their rarity.

What is matched stands against what is not: words alike but not equal, words left over on either side, and once more the
rarest word that is left over on both sides, since a firm of another brand is another firm however much of the rest
agrees. A name against itself scores 1.
"""

from dataclasses import dataclass

import numpy as np

from ytterby.screening.alignment import Alignment, Side

# What a score is rounded to before it is compared with a threshold or shown.
SCORE_DIGITS = 4
# From this likeness on a pair costs only what it is unlike; below it more, and below the other it is a conflict.
FAR, CONFLICT = 0.8, 0.75


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How what is not matched counts against what is: of words alike but not equal (`unlike`; beyond that where they
    are less alike than 0.8, `far`), of what is left of the query and of the listed name, and of the rarest word that
    is left on both sides (`conflict`). `lone`: how much more unlike counts in a query of one word, which nothing else
    bears out. `floor`: the least weight of a word, 0 to 1. `power`: to which the share is raised, so that one score
    means about as much in one group as in another.
    """

    unlike: float
    far: float
    query_left: float
    listed_left: float
    conflict: float
    lone: float
    floor: float
    power: float


@dataclass(frozen=True, slots=True)
class Sums:
    """What an alignment comes to, of each name: weights, as `score` takes them."""

    matched: np.ndarray
    unlike: np.ndarray
    far: np.ndarray
    query_left: np.ndarray
    listed_left: np.ndarray
    conflict: np.ndarray
    is_lone: bool


def add_up(alignment: Alignment, side: Side, right: np.ndarray) -> Sums:
    """Return the sums of an alignment; `right`: the weights of the words of each name."""
    count = len(right)
    matched, unlike, far, conflict = (np.zeros(count) for _ in range(4))
    for row, _, likeness, left_weight, right_weight in alignment.rounds:
        least = np.minimum(left_weight, right_weight)
        # A word that nobody bears is a slip of the pen where it is like a known one: it weighs as that does.
        own = np.where(alignment.left_known[row] & (likeness < 1.0), left_weight, least)
        other = np.where(likeness < 1.0, right_weight, least)
        weight = np.where(likeness > 0.0, np.maximum(own, other), 0.0)
        matched += weight * likeness
        unlike += weight * (1.0 - likeness)
        far += weight * np.maximum(0.0, FAR - likeness)
        conflict = np.maximum(conflict, weight * np.maximum(0.0, CONFLICT - likeness) * 2.0)
    left = np.where(alignment.left_over, side.weights[None, :], 0.0)
    listed = np.where(alignment.right_over, right, 0.0)
    # Running sums are taken one after the other, so that a wider table of names gives the same bytes.
    query_left, listed_left = left.cumsum(axis=1)[:, -1], listed.cumsum(axis=1)[:, -1]
    rarest_query, rarest_listed = left.max(axis=1), listed.max(axis=1)
    return Sums(
        matched,
        unlike,
        far,
        query_left,
        listed_left,
        np.maximum(conflict, np.minimum(rarest_query, rarest_listed)),
        len(side.words) == 1,
    )


def score(sums: Sums, rule: ScoreRule) -> np.ndarray:
    """Return the score of each name, 0 to 1."""
    unlike = rule.unlike * (1.0 + rule.lone) if sums.is_lone else rule.unlike
    against = (
        unlike * sums.unlike
        + rule.far * sums.far
        + rule.query_left * sums.query_left
        + rule.listed_left * sums.listed_left
        + rule.conflict * sums.conflict
    )
    whole = sums.matched + against
    found: np.ndarray = np.where(whole > 0.0, sums.matched / np.where(whole > 0.0, whole, 1.0), 0.0)
    raised: np.ndarray = np.power(found, rule.power).round(SCORE_DIGITS)
    return raised


def score_pairs(query: dict[str, float], listed: dict[str, float], rule: ScoreRule) -> float:
    """Return the score of two names in Han, by weight of their pairs of characters."""
    matched = unmatched_query = unmatched_listed = 0.0
    worst_query = worst_listed = 0.0
    for pair, weight in query.items():
        if pair in listed:
            matched += weight
        else:
            unmatched_query += weight
            worst_query = max(worst_query, weight)
    for pair, weight in listed.items():
        if pair not in query:
            unmatched_listed += weight
            worst_listed = max(worst_listed, weight)
    against = rule.query_left * unmatched_query + rule.listed_left * unmatched_listed
    against += rule.conflict * min(worst_query, worst_listed)
    return round((matched / (matched + against)) ** rule.power, SCORE_DIGITS) if matched > 0.0 else 0.0
