"""How tests judge one flag of what little they say."""

from decimal import Decimal

from screening.applications import grades, judged
from ytterby.screening.flag import Measured
from ytterby.screening.flag_facts import FlagInput, PlannedUnits

D = Decimal


def grade(id_, **subjects):
    return grades(FlagInput(**subjects))[id_]


def flag(id_, **subjects):
    return next(one for one in judged(FlagInput(**subjects)) if one.rule.id == id_)


DRIVES = (PlannedUnits("hdd", D(1000)),)
NO_STOCK = Measured(D(0))
