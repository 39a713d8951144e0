"""Flags of the route (R1 to R4)."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from ytterby.screening.flag import Figure, FlagRule, Grade, Judged, Number, graded, ratio, unknown
from ytterby.screening.flag_facts import FlagInput, Place, Refusal, RouteFacts
from ytterby.screening.flag_tables import FlagTables


def transshipment(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """R1: a leg through a country of the operator's list whose own demand is a small part of its arrivals; weak where
    a contract explains it.
    """
    del tables
    facts = given.route
    if facts.legs is None or facts.transit_countries is None:
        missing = [] if facts.legs is not None else ["legs"]
        return unknown(*missing, *([] if facts.transit_countries is not None else ["transit_countries"]))
    passed = [one for one in facts.transit_countries if one.country in facts.legs]
    limit = Fraction(rule.limits["share"].strong)
    small = sorted(one for one in passed if one.demand_share is not None and Fraction(one.demand_share) < limit)
    if small:
        least = min(Fraction(one.demand_share or 0) for one in small)
        said = {"countries": ", ".join(one.country for one in small)}
        grade = Grade.WEAK if facts.is_explained else Grade.STRONG
        return Judged(grade, (Figure("share", least, least, least),), (), said)
    if any(one.demand_share is None for one in passed):
        return unknown("demand_share")
    return Judged(Grade.NONE)


def detour(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """R2: length of the route over the great circle from its first to its last place."""
    del tables
    places = given.route.waypoints
    if places is None or len(places) < 2:
        return unknown("waypoints")
    radius = float(rule.parameters["earth_radius_km"])
    direct = great_circle_km(places[0], places[-1], radius)
    if direct < Decimal(rule.parameters["least_km"]):
        return unknown("waypoints")
    way = sum((great_circle_km(a, b, radius) for a, b in pairwise(places)), Decimal(0))
    value = ratio(Fraction(way), Fraction(direct))
    return Judged(graded(rule.limits["ratio"], value, value), (Figure("ratio", value, value, value),))


def great_circle_km(first: Place, second: Place, radius_km: float) -> Decimal:
    """Return the length of the great circle between two places, to the metre, by the haversine formula."""
    one, two = (radians(float(place.latitude)) for place in (first, second))
    across = radians(float(second.longitude - first.longitude))
    half = sin((two - one) / 2) ** 2 + cos(one) * cos(two) * sin(across / 2) ** 2
    return Decimal(repr(2 * radius_km * asin(min(1.0, sqrt(half))))).quantize(Decimal("0.001"))


def surge(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """R3: three months after a control or refusal over the same a year before; weak only where the country does not
    make the end product.
    """
    del tables
    facts, limit = given.route, rule.limits["ratio"]
    if facts.after_kg is None or facts.before_kg is None:
        missing = [] if facts.after_kg is not None else ["volume_after"]
        return unknown(*missing, *([] if facts.before_kg is not None else ["volume_before"]))
    value: Number = ratio(Fraction(facts.after_kg), Fraction(facts.before_kg))
    figures = (Figure("ratio", value, value, value),)
    grade = graded(limit, value, value)
    if grade is not Grade.WEAK or facts.is_producer is False:
        return Judged(grade, figures)
    return Judged(Grade.NONE, figures) if facts.is_producer else unknown("producer", figures=figures)


def refused_elsewhere(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """R4: the same end user or address, for the same item, within a year after a refusal, through another exporter."""
    del tables
    facts = given.route
    if facts.refusals is None or facts.on is None or not (facts.end_user or facts.address):
        return unknown("refusals")
    span = timedelta(days=rule.parameters["days"])
    found = [one for one in facts.refusals if one.on <= facts.on <= one.on + span and _is_same(one, facts)]
    if not found:
        return Judged(Grade.NONE)
    days = Fraction(min((facts.on - one.on).days for one in found))
    said = {"exporters": ", ".join(sorted({one.exporter for one in found}))}
    return Judged(Grade.STRONG, (Figure("days", days, days, days),), (), said)


def _is_same(one: Refusal, facts: RouteFacts) -> bool:
    """Tell whether a refusal was of the same end user or address; an item that either leaves open is taken as same."""
    if facts.exporter is not None and one.exporter == facts.exporter:
        return False
    is_item = not one.item or not facts.item or one.item == facts.item
    is_who = bool(one.end_user) and one.end_user == facts.end_user
    return is_item and (is_who or (bool(one.address) and one.address == facts.address))
