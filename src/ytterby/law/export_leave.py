"""Whether an exporter may file, and whether it may ship without more, by an answer that may be disputed or open.

A rule about export says what each of its words means: that a licence is needed, that the export is banned, or that it
is free of the rule. While an answer is disputed an exporter may file, and ship only where every reading allows it.

Invariant, held by a test: shipping is allowed only where every word that is possible in every world is free.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ytterby.law.said import Said
from ytterby.law.ternary import Ternary

LICENCE, BAN, FREE = "licence", "ban", "free"
MEANINGS = (LICENCE, BAN, FREE)


class Leave(NamedTuple):
    """Whether something may be done as far as one answer goes, and why."""

    word: Ternary
    said: Said


class ExportLeave(NamedTuple):
    """Whether an application may be filed, and whether goods may be shipped without a licence of this rule."""

    file: Leave
    ship: Leave


def leave_of(worlds: Iterable[frozenset[str]]) -> ExportLeave:
    """Return what may be done where in each world these meanings are possible."""
    possible = list(worlds)
    union = frozenset[str]().union(*possible)
    return ExportLeave(_file(possible, union), _ship(possible, union))


def _file(worlds: list[frozenset[str]], union: frozenset[str]) -> Leave:
    if union == {FREE}:
        return Leave(Ternary.NO, Said("file_free"))
    if union == {BAN}:
        return Leave(Ternary.NO, Said("file_ban"))
    if union == {LICENCE}:
        return Leave(Ternary.YES, Said("file_needed"))
    if all(len(one) == 1 for one in worlds):
        return Leave(Ternary.YES, Said("file_disputed"))
    return Leave(Ternary.UNKNOWN, Said("file_ban_open")) if BAN in union else Leave(Ternary.YES, Said("file_open"))


def _ship(worlds: list[frozenset[str]], union: frozenset[str]) -> Leave:
    if union == {FREE}:
        return Leave(Ternary.YES, Said("ship_free"))
    if union == {BAN}:
        return Leave(Ternary.NO, Said("ship_ban"))
    if FREE not in union:
        return Leave(Ternary.NO, Said("ship_licence"))
    if any(FREE not in one for one in worlds):
        return Leave(Ternary.NO, Said("ship_disputed"))
    return Leave(Ternary.UNKNOWN, Said("ship_open"))
