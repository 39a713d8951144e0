"""What an end user needs: a profile by plant, product, model and use, and what it releases of it to suppliers'
orders.

One profile serves all suppliers. The end user releases an amount of each element to an exporter's order; the office
sees the sum over all suppliers beside the yearly need, the end user its own, and each supplier what was released to
it and nothing of the need or of others. More than the need is recorded and shown (`Position.exceeds`), never refused.

Needs and releases are kilograms of element as decimal text; a release counts to the need of the calendar year that it
names, whole where the profile holds for a part of it. Of several releases to one order in one year the latest counts:
so an amount is changed, and taken back as zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ytterby.licence.filing import (
    NAME_MAX,
    Filing,
    Speech,
    mass_problems,
    party_speaks,
    span_problems,
    text_problems,
    total,
    unknown,
)
from ytterby.terms.problem import Problem, pointer, refuse

ReleaseKey = tuple[str, str, int]


class UseProfile(Filing, frozen=True):
    """A need: which plant puts the goods into which product and model, for which use (code), how much a year.

    A profile is filed again with the next version to change it.
    """

    id: str
    version: int
    end_user: str
    plant: str
    product: str
    model: str
    use: str
    needs: Mapping[str, str]
    valid_from: str
    valid_to: str
    text: str = ""


class UseRelease(Filing, frozen=True):
    """An amount by element that is released to an order (key) of an exporter, counted to a year's need."""

    profile: str
    exporter: str
    order: str
    year: int
    amounts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Profiled:
    """A profile as it stands, with all its versions and since when."""

    versions: tuple[tuple[UseProfile, datetime], ...]

    @property
    def profile(self) -> UseProfile:
        """The version that stands."""
        return self.versions[-1][0]

    def holds_on(self, day: date) -> bool:
        """Tell whether it is valid on a day."""
        return self.profile.valid_from <= day.isoformat() <= self.profile.valid_to


@dataclass(frozen=True, slots=True)
class Released:
    """A release as it stands, and since when."""

    release: UseRelease
    at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Kilograms of an element that a year needs, and that are released to all suppliers, with how many these are."""

    element: str
    need_kg: Decimal
    released_kg: Decimal
    suppliers: int

    @property
    def exceeds(self) -> bool:
        """Tell whether more is released than is needed."""
        return self.released_kg > self.need_kg


def release_key(one: UseRelease) -> ReleaseKey:
    """Return what one release is known by: profile, order, year; of these the latest counts."""
    return one.profile, one.order, one.year


def check_profile(said: Speech, one: UseProfile, known: Profiled | None, uses: Iterable[str]) -> list[Problem]:
    """Return what keeps a profile, or a new version of it, out. `uses` are the codes of the table of uses."""
    if known is not None and known.profile.end_user != said.party:
        # A profile's number that somebody else uses answers as its own mistake would: take another.
        return [refuse("filed.twice", "/id", one.id)]
    problems = party_speaks(said, one.end_user)
    wanted = 1 if known is None else known.profile.version + 1
    if one.version != wanted:
        problems.append(refuse("filed.version", "/version", one.version, wanted=wanted))
    named = {"id": one.id, "plant": one.plant, "product": one.product, "model": one.model}
    problems += text_problems(named, most=NAME_MAX) + text_problems({"text": one.text}, needed=False)
    if one.use not in set(uses):
        problems.append(refuse("profile.use", "/use", one.use))
    return problems + mass_problems("needs", one.needs) + span_problems(one.valid_from, one.valid_to)


def check_release(said: Speech, one: UseRelease, profiled: Profiled | None) -> list[Problem]:
    """Return what keeps a release out."""
    if profiled is None or profiled.profile.end_user != said.party:
        return [unknown("/profile", one.profile)]
    profile = profiled.profile
    problems = mass_problems("amounts", one.amounts, zero=True)
    problems += [
        refuse("release.not_needed", pointer("amounts", element), element, needed=", ".join(profile.needs))
        for element in one.amounts
        if element not in profile.needs
    ]
    if not int(profile.valid_from[:4]) <= one.year <= int(profile.valid_to[:4]):
        problems.append(refuse("release.year", "/year", one.year, start=profile.valid_from, end=profile.valid_to))
    if not one.exporter or one.exporter == profile.end_user or not one.order.startswith(one.exporter + " "):
        problems.append(refuse("release.order", "/order", one.order))
    return problems


def positions(profile: UseProfile, releases: Iterable[UseRelease], year: int) -> tuple[Position, ...]:
    """Return by element what a profile needs in a year and what is released of it: for the office and the end user."""
    mine = [one for one in releases if one.profile == profile.id and one.year == year]
    needs, released = total([profile.needs]), total(one.amounts for one in mine)
    zero = Decimal(0)
    return tuple(
        Position(
            element,
            needs.get(element, zero),
            released.get(element, zero),
            len({one.exporter for one in mine if Decimal(one.amounts.get(element, "0")) > 0}),
        )
        for element in total([profile.needs, *(one.amounts for one in mine)])
    )


def yearly_positions(profile: UseProfile, releases: Sequence[UseRelease]) -> dict[int, tuple[Position, ...]]:
    """Return the positions of each year of which something was released."""
    years = sorted({one.year for one in releases if one.profile == profile.id})
    return {year: positions(profile, releases, year) for year in years}
