"""What goods themselves tell a rule: where they are from, their kind of magnet, a share of value, whether it is theirs.

A fact that somebody states counts before one that goods tell. What goods were asked and could not tell is *unsettled*:
it is not presumed either.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.condition import Fact, Facts, Leaf, leaves_of
from ytterby.law.conduct import NO, YES
from ytterby.law.dated_rule import Rule, Version
from ytterby.law.goods import Goods
from ytterby.law.ternary import Ternary
from ytterby.law.value_share import Listed, Settling, ValueShare, belongs, settling, share_of

MAGNET = "magnet"
_WORD_OF = {Ternary.YES: YES, Ternary.NO: NO}


class Member(NamedTuple):
    """Whether goods belong to the annex that a rule is about."""

    annex: str
    listed: Listed


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """Facts that goods tell a rule, those they leave open, and how a share of value came about.

    `settles` are inputs of the goods that would settle on which side of the rule's limit the share lies.
    """

    facts: Facts = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()
    share: ValueShare | None = None
    member: Member | None = None
    settles: tuple[Settling, ...] = ()


def facts_of_goods(goods: Goods, rule: Rule, book: LawBook) -> GoodsFacts:
    """Return what goods tell a rule."""
    facts: dict[str, Fact] = {name: places for name, places in goods.origin.items() if name in book.facts}
    kind = book.facts.get(MAGNET)
    if kind is not None and goods.magnet_type in kind.values:
        facts[MAGNET] = (goods.magnet_type,)
    asked = rule.share
    if asked is None:
        return GoodsFacts(facts)
    member = Member(asked.of, belongs(book.annexes[asked.of], goods, book))
    unsettled = set()
    if member.listed.value is Ternary.UNKNOWN:
        unsettled.add(asked.member)
    else:
        facts[asked.member] = (_WORD_OF[member.listed.value],)
    if goods.value is None:
        return GoodsFacts(facts, frozenset(unsettled), None, member)
    share = share_of(goods.value, asked, book)
    facts[asked.fact] = share.bounds
    if share.is_sharp:
        facts |= {asked.fact: share.bounds.low, asked.u: share.bounds.low_u}
    limits = [leaf for version in rule.versions for leaf in _limits(version, asked.fact)]
    settles = dict.fromkeys(one for leaf in limits for one in settling(share, leaf))
    return GoodsFacts(facts, frozenset(unsettled), share, member, tuple(settles))


def _limits(version: Version, fact: str) -> list[Leaf]:
    return [] if version.condition is None else [one for one in leaves_of(version.condition) if one.fact == fact]


def joined(given: Facts, told: GoodsFacts, rule: Rule) -> Facts:
    """Return facts that were stated, and of the goods those that nobody stated.

    Whoever states a share states it whole: its uncertainty is then not taken from the goods.
    """
    facts = {name: value for name, value in told.facts.items() if name not in given}
    if rule.share is not None and rule.share.fact in given:
        facts.pop(rule.share.u, None)
    return {**facts, **given}
