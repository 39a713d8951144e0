"""Which plants or lots are visited: drawn at random, so that nobody can choose, and anybody can draw again.

The plan is fixed before anything that it is drawn from is known: for which period, by which size, how many of each
stratum, as known on which day, and the SHA-256 of a seed. Its record lies in the log; the seed is shown when the draw
is made. Then nothing is left to choose: plan, seed and frame give the sample.

Draw: the units of a stratum are put in order of SHA-256(seed, stratum, unit) and taken at equal steps of accumulated
size from a start that the seed gives (systematic sampling from a list in random order: Goodman and Kish, J. Am. Stat.
Assoc. 45 (1950) 350; Hartley and Rao, Ann. Math. Stat. 33 (1962) 350). So a unit of size x is taken with probability
n x / X exactly. Units for which that would exceed 1 are taken for certain, and the rest is drawn from the rest. All
arithmetic is in integers and fractions: every machine draws the same.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from hashlib import sha256

import msgspec

from ytterby.chain.period import parse_month
from ytterby.matter.element import ELEMENTS
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import plain_decimal

SEED_BYTES = 32
WHOLE = ""  # the stratum of a plan without strata
UNITS = ("plant", "lot")
EQUAL = "equal"
_CONTEXT = b"ytterby/sampling/v1"


class Stratum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many units are drawn of a stratum."""

    name: str
    count: int


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is drawn, fixed beforehand.

    `period` is a month (2026-02); `unit` plant or lot; `size` the element whose kg are the size, or `equal`;
    `frame_day` the day at whose end the frame is taken as known, UTC; `seed_sha256` in hexadecimal.
    """

    period: str
    unit: str
    size: str
    frame_day: str
    strata: tuple[Stratum, ...]
    seed_sha256: str


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plant or lot that may be drawn; `size` is an exact decimal above 0, kg or 1."""

    id: str
    stratum: str
    size: str


class Drawn(msgspec.Struct, frozen=True):
    """A unit that was drawn, and the probability with which it was, an exact fraction."""

    id: str
    stratum: str
    probability: Fraction

    @property
    def row(self) -> list[str]:
        """Stratum, unit and probability, as the record of a draw holds them."""
        return [self.stratum, self.id, str(self.probability)]

    @property
    def fields(self) -> dict[str, str | None]:
        """The same, as answers show it."""
        return {"id": self.id, "stratum": self.stratum or None, "probability": str(self.probability)}


def seed_digest(seed: bytes) -> str:
    """Return what is committed of a seed.

    Raises:
        ValueError: the seed has not 32 bytes.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return sha256(_CONTEXT + b"/seed\x00" + seed).hexdigest()


def plan_digest(plan: Plan, frame: Iterable[Unit]) -> str:
    """Return the digest of plan and frame: what was drawn from, in hexadecimal."""
    rows = sorted(frame, key=lambda unit: (unit.stratum, unit.id))
    return sha256(_CONTEXT + b"/plan\x00" + msgspec.json.encode((plan, rows), order="sorted")).hexdigest()


def month_days(period: str) -> tuple[date, date] | None:
    """Return the first and the last day of a month written as 2026-02; None where the text is none."""
    try:
        month = parse_month(period)
        return month.first_day, month.last_day
    except ValueError:
        return None


def check_plan(plan: Plan, on: date) -> list[Problem]:
    """Return what is wrong with a plan that is to be committed on a day.

    The period must not be over yet, and the frame day lies after it: else what is drawn from could be known already.
    """
    month = month_days(plan.period)
    names = [stratum.name for stratum in plan.strata]
    is_whole = WHOLE in names and len(names) > 1
    is_known = plan.unit in UNITS and (plan.size == EQUAL or plan.size in ELEMENTS)
    if month is None or not names or is_whole or len(set(names)) < len(names) or not is_known:
        return [refuse("sample.no_plan", "", plan.period)]
    if any(stratum.count < 1 for stratum in plan.strata):
        return [refuse("sample.no_plan", "", plan.period)]
    if not on <= month[1] < date.fromisoformat(plan.frame_day):
        return [refuse("sample.too_late", "", plan.frame_day)]
    return []


def check_draw(plan: Plan, seed: bytes, frame: Sequence[Unit]) -> list[Problem]:
    """Return why nothing can be drawn: another seed, a unit twice, a size that is none, a stratum too small."""
    problems: list[Problem] = []
    if len(seed) != SEED_BYTES or seed_digest(seed) != plan.seed_sha256:
        problems.append(refuse("sample.another_seed", "/seed"))
    if len({unit.id for unit in frame}) < len(frame):
        problems.append(refuse("sample.unit_twice", "/frame"))
    problems += [
        refuse("sample.no_size", pointer("frame", n), unit.size, unit=unit.id)
        for n, unit in enumerate(frame)
        if _size(unit.size) is None
    ]
    for n, stratum in enumerate(plan.strata):
        there = sum(unit.stratum == stratum.name for unit in frame)
        if not 0 < stratum.count <= there:
            facts = {"count": stratum.count, "there": there}
            problems.append(refuse("sample.stratum_small", pointer("strata", n), stratum.name or "-", **facts))
    return problems


def draw(plan: Plan, seed: bytes, frame: Sequence[Unit]) -> tuple[Drawn, ...]:
    """Return what is drawn, in order of stratum and unit.

    Raises:
        ValueError: `check_draw` has something to say.
    """
    problems = check_draw(plan, seed, frame)
    if problems:
        raise ValueError(", ".join(problem.code for problem in problems))
    found: list[Drawn] = []
    for stratum in plan.strata:
        units = [unit for unit in frame if unit.stratum == stratum.name]
        found += _draw_stratum(seed, stratum, units)
    return tuple(sorted(found, key=lambda one: (one.stratum, one.id)))


def wrong_with_record(
    plan: Plan, frame: Sequence[Unit], drawn: Sequence[Drawn], rows: Sequence[Sequence[str]], digest: str
) -> list[str]:
    """Return what a record of a draw, by its rows and digest, says otherwise than what was drawn again."""
    wrong = [] if rows == [one.row for one in drawn] else ["plan, seed and frame give another sample"]
    return wrong if digest == plan_digest(plan, frame) else [*wrong, "its digest is not that of plan and frame"]


def inclusion_probabilities(count: int, sizes: Sequence[Fraction]) -> list[Fraction]:
    """Return with which probability each unit of a stratum is drawn: proportional to its size, none above 1.

    Raises:
        ValueError: fewer units than are to be drawn, or a size that is not above 0.
    """
    if not 0 < count <= len(sizes) or min(sizes) <= 0:
        raise ValueError("nothing can be drawn")
    certain: set[int] = set()
    while True:
        total = sum((size for i, size in enumerate(sizes) if i not in certain), Fraction(0))
        left = count - len(certain)
        more = {i for i, size in enumerate(sizes) if i not in certain and left and left * size >= total}
        if not more:
            break
        certain |= more
    return [Fraction(1) if i in certain else left * size / total for i, size in enumerate(sizes)]


def _draw_stratum(seed: bytes, stratum: Stratum, units: Sequence[Unit]) -> list[Drawn]:
    ordered = sorted(units, key=lambda unit: (_number(seed, "order", stratum.name, unit.id), unit.id))
    sizes = [_size(unit.size) or Fraction(0) for unit in ordered]
    start = Fraction(_number(seed, "start", stratum.name, ""), 1 << 256)
    found, reached = [], Fraction(0)
    for unit, probability in zip(ordered, inclusion_probabilities(stratum.count, sizes), strict=True):
        # Ticks stand at start, start + 1 …; probabilities sum to the count, so that exactly so many are met.
        before, reached = reached, reached + probability
        if _ticks(reached, start) > _ticks(before, start):
            found.append(Drawn(unit.id, unit.stratum, probability))
    return found


def _ticks(reached: Fraction, start: Fraction) -> int:
    """Return how many ticks start, start + 1, … lie below a point."""
    return max(0, -((start - reached).__floor__()))


def _number(seed: bytes, what: str, stratum: str, unit: str) -> int:
    text = "\x00".join((what, stratum, unit)).encode()
    return int.from_bytes(sha256(_CONTEXT + b"\x00" + seed + text).digest(), "big")


def _size(text: str) -> Fraction | None:
    return Fraction(plain_decimal(text) or 0) or None
