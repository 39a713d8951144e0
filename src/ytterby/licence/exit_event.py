"""What an accepted export event says on a licence: whose goods, under which declaration, how much, and on which day.

The exporter's event and the one of the customs body tell one exit; the door accepted both, whatever they mean for a
licence. The quantity is in the unit of the licence's line: its net mass where a line counts in kilograms, else the sum
of its goods in that unit. An error declaration equals its original, and takes back what that did.
"""

from datetime import tzinfo
from decimal import ROUND_CEILING, Decimal

from ytterby.chain.event import KILOGRAM, Event
from ytterby.licence.draw_down import ZERO, Entry, Kind, plus
from ytterby.licence.licence import SCALE
from ytterby.terms.identifier import site_of

EXPORT = "export"
OWNER, PLACE = "owning_party", "location"
_SMALLEST = Decimal(1).scaleb(-SCALE)


def names_a_licence(event: Event) -> bool:
    """Tell whether an event is an export on a licence, under a declaration."""
    return event.regime == EXPORT and bool(event.licence) and bool(event.declaration)


def owner_of(event: Event) -> str:
    """Return who owned the goods when they left; empty where the event does not say."""
    return event.source(OWNER) or ""


def sent_from(event: Event) -> str:
    """Return the site that the goods were sent from; empty where the event names none."""
    place = event.source(PLACE)
    return site_of(place) if place else ""


def left_at(event: Event) -> str:
    """Return the place at which the goods left."""
    place = event.biz_location or event.read_point
    return site_of(place) if place else ""


def quantity_in(event: Event, unit: str) -> Decimal | None:
    """Return how much left, in a unit; None where the event does not say it in that unit.

    What is finer than the register keeps is taken as a millionth more: never less than what left.
    """
    quantity: Decimal | None = event.net_mass_kg if unit == KILOGRAM else None
    if quantity is None:
        said = [one.amount for one in event.quantities if one.unit == unit and one.amount is not None]
        for amount in said:
            quantity = plus(quantity or ZERO, amount)
    return None if quantity is None else quantity.quantize(_SMALLEST, ROUND_CEILING).normalize()


def entry_of(event: Event, kind: Kind, seq: int, unit: str, zone: tzinfo) -> Entry | None:
    """Return the entry that an event is; None where it does not say how much in the unit of the line."""
    quantity = quantity_in(event, unit)
    if quantity is None or quantity <= ZERO:
        return None
    day = event.at.astimezone(zone).date().isoformat()
    return Entry(kind, event.declaration or "", seq, day, quantity, unit)
