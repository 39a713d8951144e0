"""What is known of an application, by subject: facts with their units, each None where it is unknown.

An empty collection is knowledge (nothing was found), None is not. Masses are kilograms of element or of magnet, the
same in all fields of one input; `u` is a standard uncertainty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, get_type_hints

from ytterby.screening.flag import Measured


class PlannedUnits(NamedTuple):
    """How many units of a use are planned in twelve months."""

    use_code: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """How much is wanted beside how much can be used.

    `quantity_kg`: applied for in the rolling twelve months, open licences of the same end user, its affiliates and
    other exporters included; it is meant for `units`. `rolling_kg`: the same with what arrived in the rest of the
    twelve months, where it is for fewer. `safety_kg`: what the applicant claims as safety stock.
    `history_kg`: the rolling twelve months at the end of each earlier quarter.
    `capacity_kg`: product in twelve months, `yield_share` the share of the material that the product holds.
    `balance_kg`: what came in less what was consumed, shipped, scrapped and added to stock between two stock-takings.
    """

    quantity_kg: Decimal | None = None
    rolling_kg: Decimal | None = None
    stock_kg: Measured | None = None
    safety_kg: Decimal = Decimal(0)
    units: tuple[PlannedUnits, ...] | None = None
    arrivals_kg: Measured | None = None
    capacity_kg: Decimal | None = None
    yield_share: Decimal | None = None
    history_kg: tuple[Decimal, ...] | None = None
    daily_kg: Measured | None = None
    balance_kg: Measured | None = None


class Identity(NamedTuple):
    """Identifiers (pairs of kind and value: telephone, officer, account, lei …), and addresses as written."""

    identifiers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()


class Tie(NamedTuple):
    """A tie to military or government research: how many steps away, and what was found."""

    steps: int
    what: str


@dataclass(frozen=True, slots=True)
class EndUserFacts:
    """Who the end user and the consignee are. `on` is the day of filing, `controlled_since` that of the control.

    `texts`: name, business scope and similar of the end user, in which words of a military tie are looked for.
    `suspects`: who was listed or refused, with what is known of each.
    """

    on: date | None = None
    registered_on: date | None = None
    founded_on: date | None = None
    controlled_since: date | None = None
    has_verified_delivery: bool | None = None
    consignee_roles: frozenset[str] | None = None
    consignee_activities: frozenset[str] | None = None
    names_end_user: bool | None = None
    activities: tuple[str, ...] | None = None
    ties: tuple[Tie, ...] | None = None
    texts: tuple[str, ...] | None = None
    states_civil_use: bool | None = None
    seat: str | None = None
    telephone_country: str | None = None
    mail_domain: str | None = None
    identity: Identity | None = None
    suspects: tuple[tuple[str, Identity], ...] | None = None


@dataclass(frozen=True, slots=True)
class OwnershipFacts:
    """What the rules of ownership make of the end user: the word of `ownership_verdict.Verdict`."""

    verdict: str | None = None
    is_minority: bool = False


class Place(NamedTuple):
    """A place on the globe, degrees."""

    latitude: Decimal
    longitude: Decimal


class TransitCountry(NamedTuple):
    """A country of the operator's list: its own demand for the item over its arrivals, None where unknown."""

    country: str
    demand_share: Decimal | None = None


class Refusal(NamedTuple):
    """That somebody was refused on a day; empty words are not known."""

    on: date
    exporter: str
    end_user: str = ""
    address: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """Which way the goods go, and what became of that way since a control.

    `legs`: countries on the way, neither the first nor the last. `waypoints`: from the exporter to the end user.
    """

    on: date | None = None
    legs: tuple[str, ...] | None = None
    transit_countries: tuple[TransitCountry, ...] | None = None
    is_explained: bool | None = None
    waypoints: tuple[Place, ...] | None = None
    after_kg: Decimal | None = None
    before_kg: Decimal | None = None
    is_producer: bool | None = None
    exporter: str | None = None
    end_user: str | None = None
    address: str | None = None
    item: str | None = None
    refusals: tuple[Refusal, ...] | None = None


@dataclass(frozen=True, slots=True)
class UseFacts:
    """What the goods are and what for. `item`: NdFeB, SmCo or an element; `grade`: the suffix of the grade, `none`
    for none. `stated`: which of model, units, plant_address the text of use names.
    """

    use_code: str | None = None
    item: str | None = None
    grade: str | None = None
    dy_tb_wt: Measured | None = None
    dy_wt: Measured | None = None
    stated: frozenset[str] | None = None
    text: str | None = None
    unrelated_texts: tuple[str, ...] | None = None


class Application(NamedTuple):
    """An application of the same end user: its day and kilograms."""

    on: date
    kg: Decimal


class Paper(NamedTuple):
    """What one document says; None where it says nothing of it."""

    kind: str
    party: str | None = None
    kg: Decimal | None = None
    use_code: str | None = None


@dataclass(frozen=True, slots=True)
class ConductFacts:
    """What was done so far. `window_start`: the first of the last ten working days. Money in one currency."""

    on: date | None = None
    applications: tuple[Application, ...] | None = None
    general_limit_kg: Decimal | None = None
    changes: tuple[date, ...] | None = None
    window_start: date | None = None
    unit_value: Decimal | None = None
    prices: tuple[Decimal, ...] | None = None
    papers: tuple[Paper, ...] | None = None
    verifications_due: int | None = None
    verifications_missing: int | None = None
    reports: int | None = None
    reports_corrected: int | None = None


@dataclass(frozen=True, slots=True)
class FlagInput:
    """All that is known of an application."""

    demand: DemandFacts = field(default_factory=DemandFacts)
    end_user: EndUserFacts = field(default_factory=EndUserFacts)
    ownership: OwnershipFacts = field(default_factory=OwnershipFacts)
    route: RouteFacts = field(default_factory=RouteFacts)
    use: UseFacts = field(default_factory=UseFacts)
    conduct: ConductFacts = field(default_factory=ConductFacts)


# The subjects and the facts of each.
SUBJECTS: Mapping[str, type] = get_type_hints(FlagInput)
