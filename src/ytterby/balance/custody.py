"""What inspectors measured at a visit, and the chain of hands through which each sample went.

A sample is taken, sealed, carried (once or more), received and assayed, in this order and in order of time; each hand
is named by a badge or account number, never by a person's name, since records are for ever (threat L6). The seal that
is put on is the seal that is found. The chain may be told in parts: the assay comes weeks after the visit. Masses are
exact decimals in kg with their standard uncertainty (k = 1).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from ytterby.matter.element import ELEMENTS
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import plain_decimal

TOOK, SEALED, CARRIED, RECEIVED, ASSAYED = "took", "sealed", "carried", "received", "assayed"
# What may follow each hand; None: the chain begins.
FOLLOWS: Mapping[str | None, tuple[str, ...]] = {
    None: (TOOK,),
    TOOK: (SEALED,),
    SEALED: (CARRIED,),
    CARRIED: (CARRIED, RECEIVED),
    RECEIVED: (ASSAYED,),
    ASSAYED: (),
}
INSPECTORS_LEAST = 2
_BADGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{1,79}")


class Hand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who did what with a sample, and when; `seal` is the number of the seal put on or found."""

    did: str
    by: str
    at: str
    seal: str = ""


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a laboratory found of an element, mg/kg, with its standard uncertainty."""

    element: str
    milligram_per_kilogram: str
    u: str
    laboratory: str


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sample of a lot: mass in kg with u, the hands it went through so far, and what was found."""

    id: str
    lot: str
    mass_kg: str
    u_kg: str
    custody: tuple[Hand, ...]
    results: tuple[Result, ...] = ()


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What inspectors weighed of a lot, kg with u."""

    lot: str
    mass_kg: str
    u_kg: str


def check_visit(inspectors: Sequence[str], counts: Iterable[Count], samples: Iterable[Sample]) -> list[Problem]:
    """Return what is wrong with the measurements of a visit, each sample's chain told whole so far."""
    problems = [_badge(by, pointer("inspectors", n)) for n, by in enumerate(inspectors)]
    if len(set(inspectors)) < INSPECTORS_LEAST:
        problems.append([refuse("inquiry.too_few_inspectors", "/inspectors", least=INSPECTORS_LEAST)])
    for n, count in enumerate(counts):
        problems.append(_measured(count.mass_kg, count.u_kg, pointer("counts", n)))
    for n, sample in enumerate(samples):
        at = pointer("samples", n)
        problems += [_measured(sample.mass_kg, sample.u_kg, at), _chain(sample, at), _results(sample, at)]
    return [one for found in problems for one in found]


def continued(earlier: Sample, later: Sample) -> Sample:
    """Return a sample as two records tell it together: the hands of the later one follow those of the earlier."""
    return msgspec.structs.replace(
        earlier, custody=earlier.custody + later.custody, results=earlier.results + later.results
    )


def _badge(by: str, at: str) -> list[Problem]:
    return [] if _BADGE.fullmatch(by) else [refuse("inquiry.no_badge", at, by)]


def _measured(value: str, u: str, at: str) -> list[Problem]:
    is_wrong = plain_decimal(value) is None or not plain_decimal(u)
    return [refuse("inquiry.not_measured", at, f"{value} ± {u}")] if is_wrong else []


def _chain(sample: Sample, at: str) -> list[Problem]:
    problems: list[Problem] = []
    before: Hand | None = None
    then: datetime | None = None
    seal = ""
    for n, hand in enumerate(sample.custody):
        place = at + pointer("custody", n)
        problems += _badge(hand.by, place)
        when = read_instant(hand.at)[0]
        if hand.did not in FOLLOWS[before.did if before else None]:
            return [*problems, refuse("inquiry.chain_broken", place, hand.did, sample=sample.id)]
        if when is None or (then is not None and when < then):
            return [*problems, refuse("inquiry.chain_time", place, hand.at, sample=sample.id)]
        if hand.did == SEALED:
            seal = hand.seal
        if (hand.did == SEALED and not seal) or (hand.did == RECEIVED and hand.seal != seal):
            return [*problems, refuse("inquiry.chain_seal", place, hand.seal, sample=sample.id)]
        before, then = hand, when
    if before is None:
        problems.append(refuse("inquiry.chain_broken", at, "", sample=sample.id))
    return problems


def _results(sample: Sample, at: str) -> list[Problem]:
    problems: list[Problem] = []
    for n, result in enumerate(sample.results):
        place = at + pointer("results", n)
        problems += _measured(result.milligram_per_kilogram, result.u, place)
        if result.element not in ELEMENTS:
            problems.append(refuse("inquiry.no_element", place, result.element))
    is_assayed = any(hand.did == ASSAYED for hand in sample.custody)
    if sample.results and not is_assayed:
        problems.append(refuse("inquiry.result_without_assay", at, sample.id))
    return problems
