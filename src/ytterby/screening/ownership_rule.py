"""Rules of ownership: whose owners make a party be treated like a listed one, from when to when. Dated data.

A rule's dates, suspensions, readings and confidence are those of any rule of law (`ytterby.law.dated_rule`), so that it
can be asked for as of a day and as known on a day. What it says beside is in its *terms*: lists, threshold, whether the
threshold itself counts, and whether the stakes of several listed owners are added. Each version has terms of its own;
what a later one leaves out stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ytterby.law.dated_rule import Dispute, Period, Reading, Rule, Version, state_of, worlds_of
from ytterby.law.standing import Standing, standing_of
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Trust, trust_of

# Stakes are counted in millionths of a percent, exactly.
UNIT = 1_000_000
WHOLE = 100 * UNIT
YES, NO, UNKNOWN = "yes", "no", "unknown"
GOVERNS = "decision"

Json = Mapping[str, Any]


class Terms(NamedTuple):
    """What a version of a rule says. `threshold` in millionths of a percent."""

    lists: frozenset[str]
    threshold: int
    is_inclusive: bool
    aggregates: str

    def reaches(self, share: int) -> bool:
        """Tell whether a share is over the threshold, or on it where that counts."""
        return share > self.threshold or (self.is_inclusive and share == self.threshold)

    @property
    def sums(self) -> tuple[bool, ...]:
        """Whether stakes of several listed owners are added, in every way in which the rule can be read."""
        return {YES: (True,), NO: (False,)}.get(self.aggregates, (True, False))


@dataclass(frozen=True, slots=True)
class OwnershipRule:
    """A rule with the terms of each of its versions, in their order."""

    rule: Rule
    jurisdiction: str
    terms: tuple[Terms, ...]

    @property
    def id(self) -> str:
        """What it is known by."""
        return self.rule.id


@dataclass(frozen=True, slots=True)
class OwnershipRules:
    """All rules, what is read in several ways about them, and from which listed minority on there is a question."""

    rules: tuple[OwnershipRule, ...]
    disputes: Mapping[str, Dispute]
    minority: int
    minority_trust: Trust


class RuleOnDay(NamedTuple):
    """A rule as it stands on a day; `terms` are None where no version had begun or could be known."""

    rule: OwnershipRule
    standing: Standing
    version: Version | None
    terms: Terms | None


def rules_on(rules: OwnershipRules, *, on: date, known: date, chosen: Sequence[str] = ()) -> tuple[RuleOnDay, ...]:
    """Return how the rules stand on a day, as known on another; all, or those that are chosen."""
    return tuple(_on_day(rules, one, on, known) for one in rules.rules if not chosen or one.id in chosen)


def _on_day(rules: OwnershipRules, one: OwnershipRule, on: date, known: date) -> RuleOnDay:
    standing = standing_of(one.rule, rules.disputes, on=on, known=known)
    states = [state_of(one.rule, on, known, world) for world in worlds_of([one.rule], rules.disputes, known)]
    version = next((s.version for s in states if s.version is not None and s.value is not Ternary.UNKNOWN), None)
    return RuleOnDay(one, standing, version, None if version is None else one.terms[one.rule.versions.index(version)])


def parse_ownership_rules(content: Json) -> OwnershipRules:
    """Return the rules that ownership_rules.yaml holds.

    Raises:
        ValueError: two rules of one id, a share that is none, a word that is none, an unknown dispute.
        KeyError: something is missing.
    """
    disputes = {row["id"]: _dispute(row) for row in content["disputes"]}
    rules = tuple(_rule(row) for row in content["rules"])
    if len({one.id for one in rules}) < len(rules):
        raise ValueError("two rules of ownership have one id")
    for one in rules:
        for reading in one.rule.readings:
            if reading.id not in disputes[reading.dispute].readings:
                raise ValueError(f"{one.id} follows the reading {reading.id}, which no dispute has")
    minority = content["minority"]
    return OwnershipRules(rules, disputes, millionths(Decimal(minority["percent"])), trust_of(minority))


def millionths(percent: Decimal) -> int:
    """Return a percentage in millionths of a percent.

    Raises:
        ValueError: it is finer than that, or lies outside 0 to 100.
    """
    scaled = percent * UNIT
    if not (percent.is_finite() and 0 <= scaled <= WHOLE and scaled == scaled.to_integral_value()):
        raise ValueError(f"{percent} is no percentage of six decimals from 0 to 100")
    return int(scaled)


def percent_of(share: int) -> Decimal:
    """Return millionths of a percent as a percentage, without zeros at its end."""
    whole, rest = divmod(share, UNIT)
    return Decimal(f"{whole}.{rest:06d}".rstrip("0").rstrip("."))


def _rule(row: Json) -> OwnershipRule:
    terms, versions = [], []
    said: Json = row
    for one in (row, *row.get("later", ())):
        said = {**said, **one}
        terms.append(_terms(said))
        versions.append(_version({**said, "confidence_note": one.get("confidence_note", "")}))
    rule = Rule(
        id=row["id"],
        pack="ownership",
        title=row["title"],
        governs=GOVERNS,
        versions=tuple(versions),
        suspended=tuple(_period(one) for one in row.get("suspended", ())),
        readings=tuple(
            Reading(one["dispute"], one["id"], tuple(_period(p) for p in one.get("suspended", ())))
            for one in row.get("readings", ())
        ),
        holds="captured",
        fails="clear",
        presumed={},
        duties=(),
        strictest=None,
        trust=trust_of(row, row["published"]),
    )
    return OwnershipRule(rule, row["jurisdiction"], tuple(terms))


def _terms(row: Json) -> Terms:
    if row["aggregates"] not in {YES, NO, UNKNOWN} or not isinstance(row["is_inclusive"], bool):
        raise ValueError(f"{row['id']} says neither yes, no nor unknown")
    threshold = millionths(Decimal(row["threshold_percent"]))
    if not threshold:
        raise ValueError(f"{row['id']} has a threshold of nothing")
    return Terms(frozenset(row["lists"]), threshold, row["is_inclusive"], row["aggregates"])


def _version(row: Json) -> Version:
    return Version(
        published=date.fromisoformat(row["published"]),
        effective=date.fromisoformat(row["effective"]),
        not_before=None,
        condition=None,
        text=row["title"],
        trust=trust_of(row, row["published"]),
    )


def _period(row: Json) -> Period:
    return Period(
        first=date.fromisoformat(row["from"]),
        last=None if row["to"] is None else date.fromisoformat(row["to"]),
        is_last_included=row.get("is_last_included", True),
        is_last_sure=row.get("is_last_sure", True),
        trust=trust_of(row),
    )


def _dispute(row: Json) -> Dispute:
    readings = {one["id"]: (one["text"], trust_of(one)) for one in row["readings"]}
    return Dispute(row["id"], row["text"], row["settled_by"], readings, ())
