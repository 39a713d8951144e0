"""What the law says of conduct: which deed in the chain a dated rule is about, and which facts it may ask of it.

A *conduct rule* is a dated rule (`dated_rule`) whose condition holds where a deed offends it, so that dates,
suspensions, readings and doubt are those of every other rule. The entry beside it says of which deed it speaks, where
it stands and which finding it gives. Facts of a deed are told by what was posted, by the register's directory and by
its lists of named enterprises; kinds of enterprise, forms and processes are words of the register, none is code.
"""

from dataclasses import dataclass
from enum import StrEnum

from ytterby.law.trust import Trust, Words

# The day that governs: that of the deed itself.
GOVERNED_BY = "conduct"
# `named_LIST`: yes or no, whether the enterprise stands on a list that the register keeps; unknown without one.
NAMED = "named_"
YES, NO = "yes", "no"


class Deed(StrEnum):
    """What was done: entered from outside the chain, used up, made, taken over from another, a year's index drawn on,
    a month's flow recorded.
    """

    ENTER = "enter"
    USE = "use"
    MAKE = "make"
    TAKE = "take"
    INDEX = "index"
    RECORD = "record"


class Breach(StrEnum):
    """Which finding a rule gives: done without being named, forbidden feed, goods of unlawful making, beyond the index,
    flow not recorded, flow recorded late.
    """

    NOT_NAMED = "not_named"
    FEED = "feed"
    PRODUCT = "product"
    INDEX = "index"
    NOT_RECORDED = "not_recorded"
    RECORDED_LATE = "recorded_late"


PLACE, KIND, FORM, PROCESS, ENTERED = "site_country", "site_kind", "form", "process", "entered"
FEED, MAKING, QUOTA, SHARE, SHARE_U, RECORD = "feed", "making", "quota", "index_share", "index_share_u", "record"
_WHERE = (PLACE, KIND)
_FACTS: dict[Deed, tuple[str, ...]] = {
    Deed.ENTER: (*_WHERE, FORM, ENTERED),
    Deed.USE: (*_WHERE, FORM, PROCESS),
    Deed.MAKE: (*_WHERE, FORM, FEED, PROCESS),
    Deed.TAKE: (*_WHERE, FORM, MAKING),
    Deed.INDEX: (PLACE, QUOTA, SHARE, SHARE_U),
    Deed.RECORD: (*_WHERE, RECORD),
}


def may_ask(deed: str, fact: str) -> bool:
    """Tell whether a rule about a deed may ask for a fact."""
    return fact in _FACTS[Deed(deed)] or fact.startswith(NAMED)


def facts_of(deed: str) -> tuple[str, ...]:
    """Return the facts that a rule about a deed may ask for, besides lists of the named."""
    return _FACTS[Deed(deed)]


@dataclass(frozen=True, slots=True)
class Conduct:
    """That a rule is about a deed: the article, the finding, and what settles a doubt. `rule` is its dated rule."""

    rule: str
    pack: str
    deed: Deed
    breach: Breach
    article: Words
    document: Words
    trust: Trust
