"""What else speaks for or against that two are one: country, date of birth or founding, address.

It moves a hit in the queue and never out of it: a listed one moves, dates are copied wrongly, countries left out.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.fuzz import token_set_ratio

ADDRESS_ALIKE = 85.0
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
# Lists give years of birth "about" and as ranges.
YEARS_NEAR = 2


class Said(StrEnum):
    """What one fact says."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one beside its names: ISO countries, days or years of birth or founding, addresses."""

    countries: tuple[str, ...] = ()
    born: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Support:
    """What each fact says of a query and an entry."""

    country: Said
    born: Said
    address: Said

    @property
    def balance(self) -> int:
        """How many facts support less how many contradict: the order within equal scores."""
        said = (self.country, self.born, self.address)
        return said.count(Said.SUPPORTS) - said.count(Said.CONTRADICTS)


def support_of(query: Facts, listed: Facts) -> Support:
    """Return what the facts of two say."""
    return Support(
        _countries(query.countries, listed.countries),
        _born(query.born, listed.born),
        _addresses(query.addresses, listed.addresses),
    )


def _countries(query: Collection[str], listed: Collection[str]) -> Said:
    if not query or not listed:
        return Said.SILENT
    both = {one.casefold() for one in query} & {one.casefold() for one in listed}
    return Said.SUPPORTS if both else Said.CONTRADICTS


def _born(query: Collection[str], listed: Collection[str]) -> Said:
    mine = {int(year) for one in query for year in _YEAR.findall(one)}
    theirs = {int(year) for one in listed for year in _YEAR.findall(one)}
    if not mine or not theirs:
        return Said.SILENT
    if set(query) & set(listed) or mine & theirs:
        return Said.SUPPORTS
    nearest = min(abs(one - other) for one in mine for other in theirs)
    return Said.SILENT if nearest <= YEARS_NEAR else Said.CONTRADICTS


def _addresses(query: Collection[str], listed: Collection[str]) -> Said:
    """Return whether two addresses are alike; two that are not say nothing, since a firm has many."""
    alike = any(
        token_set_ratio(one.casefold(), other.casefold()) >= ADDRESS_ALIKE
        for one in query
        for other in listed
        if min(len(one), len(other)) >= 10
    )
    return Said.SUPPORTS if alike else Said.SILENT
