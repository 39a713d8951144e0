"""What a question of a pack answers about the facts of a case: yes, no, or that nobody knows.

Facts are told by the names of `law.casework_fact`. A fact that is not there is not known; an amount in another currency
is not comparable, and so not known either. Figures are exact decimals.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from ytterby.law.casework_fact import CASE_FACTS, CaseTest, FactShape, Op


class Money(NamedTuple):
    """An amount in a currency."""

    amount: Decimal
    currency: str


Fact = frozenset[str] | str | bool | Decimal | Money
Facts = Mapping[str, Fact]
_SHAPES: Mapping[FactShape, type] = {
    FactShape.WORDS: frozenset,
    FactShape.WORD: str,
    FactShape.NUMBER: Decimal,
    FactShape.AMOUNT: Money,
    FactShape.TRUTH: bool,
}


def check_facts(facts: Facts) -> None:
    """Make sure that facts have names that there are, and hold what they must.

    Raises:
        ValueError: a fact that there is not, or that holds something else.
    """
    for name, value in facts.items():
        known = CASE_FACTS.get(name)
        if known is None or not isinstance(value, _SHAPES[known.shape]):
            raise ValueError(f"{name} is no fact of a case, or does not hold {value!r}")
        if isinstance(value, Decimal) and value.is_nan():
            raise ValueError(f"{name} is no number")


def holds(test: CaseTest, facts: Facts) -> bool | None:
    """Return whether what a test asks is so; None where nobody knows."""
    value = facts.get(test.fact)
    if isinstance(value, Money):
        value = value.amount if value.currency == test.unit else None
    if value is None:
        return None
    if isinstance(value, bool):
        return value is (test.op is Op.IS_TRUE)
    if isinstance(value, Decimal):
        assert test.figure is not None, "the shape of a pack asks for a figure"
        return value >= test.figure if test.op is Op.AT_LEAST else value < test.figure
    words = value if isinstance(value, frozenset) else frozenset({value})
    return bool(words & test.words) is (test.op is Op.ANY_OF)
