"""A plant's March that is closed in tests, and how they ask for it."""

from shell.test_month_reading import AT, MAKER, ORE, PLANT, delivery, hand_in, months
from ytterby.shell.actions.close_month import close_month
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.reading.closed import closed_month
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

MARCH = "2026-03"
LOT = f"{ORE}/A-1"
__all__ = ["AT", "LOT", "MARCH", "account", "close", "codes", "late_shipment", "months", "shown"]


def close(register, month=MARCH, **how):
    derive_to(register.size)
    return close_month(register, month, **{"at": AT, **how})


def shown(viewer=OPERATOR_VIEWER, size=None):
    return closed_month(viewer, MARCH, known=known_at(OPERATOR_VIEWER, size))


def account(found, site=PLANT):
    (one,) = [one for one in found["accounts"] if one["site"]["id"] == site]
    return one


def late_shipment(register, kg=30):
    """Report goods that left the plant in March: the 15 kg of neodymium that were missing."""
    hand_in(register, PLANT, delivery("shipping", "2026-03-20T09:00:00+08:00", LOT, kg, PLANT, MAKER))


def codes(result):
    return [problem.code for problem in result.problems]
