"""Parties, their sites, and who may speak for whom on a day.

A directory is handed to the book and to the door; it is data of the register, dated where it changes: a plant
keeps its number when it changes hands, so the operator of a site is a matter of the day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever reports, holds, owns or oversees: a company, a public body or a person.

    What tells it from others of like name: `also`, other names in any script, former ones too; `identifiers`, pairs of
    kind (lei, uscc, tax, registration, passport, imo) and value; `addresses`; `born`, days or years of birth or
    founding, ISO. Only those who screen are shown these.
    """

    id: str
    name: str
    name_zh: str = ""
    country: str = ""
    roles: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    born: tuple[str, ...] = ()
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """A stretch of days [start, end) on which a party operates a site; None is open."""

    party: str
    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the stretch."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Site:
    """A plant, mine, warehouse or customs place. `kind` is one of mine, separation, metal, magnet, component,
    recycler, trader, warehouse, customs, laboratory, other. A customs place never holds. `zone` (IANA) is where its
    months begin and end; UTC where none is declared.
    """

    id: str
    name: str
    kind: str
    country: str = ""
    operations: tuple[Operation, ...] = ()
    name_zh: str = ""
    zone: str = ""

    def was_of(self, party: str | None) -> bool:
        """Tell whether a party operates the site or ever did."""
        return any(operation.party == party for operation in self.operations)

    def operator_on(self, day: date) -> str | None:
        """Return the party that operates the site on a day; None when nobody is recorded."""
        for operation in self.operations:
            if operation.covers(day):
                return operation.party
        return None


@dataclass(frozen=True, slots=True)
class Mandate:
    """That `party` may speak for `site` of somebody else from `start` until before `end` (threat P3)."""

    party: str
    site: str
    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether the mandate holds on the day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class NamedList:
    """A published list of all enterprises of a country that are named for an activity, on days [start, end).

    `name` says for which (as `mining`). It is taken as whole: who is on none of the lists of a day is not named on it.
    """

    id: str
    name: str
    country: str
    parties: frozenset[str]
    start: date | None = None
    end: date | None = None
    source: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether the list holds on the day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Directory:
    """All parties, sites, mandates and lists of named enterprises that a register knows."""

    parties: Mapping[str, Party] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    mandates: tuple[Mandate, ...] = ()
    lists: tuple[NamedList, ...] = ()

    def named(self, party: str, country: str, day: date) -> dict[str, bool]:
        """Return by name of a list whether a party is on it; of what no list of the country and day speaks, nothing."""
        found: dict[str, bool] = {}
        for one in self.lists:
            if one.country == country and one.covers(day):
                found[one.name] = found.get(one.name, False) or party in one.parties
        return found

    def operator_of(self, site: str, day: date) -> str | None:
        """Return who operates a site on a day; None for an unknown site."""
        known = self.sites.get(site)
        return known.operator_on(day) if known else None

    def may_speak(self, party: str, site: str, day: date) -> bool:
        """Tell whether a party may report for a site on a day: its own, by mandate, or as the register's operator."""
        if party == OPERATOR or self.operator_of(site, day) == party:
            return True
        return any(m.party == party and m.site == site and m.covers(day) for m in self.mandates)

    def is_customs(self, site: str) -> bool:
        """Tell whether the site is a customs place, which never holds goods."""
        known = self.sites.get(site)
        return known is not None and known.kind == "customs"

    def country_of(self, site: str) -> str:
        """Return the country of a site, empty when unknown."""
        known = self.sites.get(site)
        return known.country if known else ""


def make_directory(
    parties: Iterable[Party],
    sites: Iterable[Site],
    mandates: Iterable[Mandate] = (),
    lists: Iterable[NamedList] = (),
) -> Directory:
    """Return a directory of these rows, keyed by identifier."""
    return Directory({p.id: p for p in parties}, {s.id: s for s in sites}, tuple(mandates), tuple(lists))
