"""A confirmed exit: what of goods that have left is drawn on a licence, and what left without one.

An exit has happened, so it is never refused. What *fits* is drawn: the reservation of its declaration and, where the
licence is open that day, what is free; the rest is `unlicensed`. `gate_of` says why a licence is not open: its status,
the day, that customs has not acknowledged it, that a check which must hold at each draw does not, that it lets out one
export and another declaration has it. Neither the age of a list nor a hit is told apart from the other in that word:
who reads it is no reader of screening (threat A5). Facts are handed in.

A licence for one export is its first declaration's that reserves or draws. Where the pack says that the first exit ends
it, the licence is then done: what is left lapses, and nothing more goes out but other lines of that same declaration.

The exporter's figure and the one that customs measured are two sides of one exit (`pairs`), as sender's and receiver's
are of a delivery.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from ytterby.licence.draw_down import (
    ACTIVE,
    EXHAUSTED,
    WITHOUT_QUANTITY,
    ZERO,
    Change,
    Entry,
    Kind,
    Line,
    Posted,
    Share,
    drawn,
    flaw_of,
    minus,
    plus,
    post,
)

ISSUED, SINGLE_USE, NOT_ACKNOWLEDGED = "issued", "single_use", "not_acknowledged"
CHECKS, STOPPED, CEILING = "checks", "stopped", "ceiling"
OVER_DRAW, NO_LICENCE = "over_draw", "no_licence"
DRAWN, DRAWN_IN_PART, NOT_DRAWN = "drawn", "drawn_in_part", "not_drawn"
AGREES, DIFFERS, ONE_SIDED = "agrees", "differs", "one_sided"


class Facts(msgspec.Struct, frozen=True):
    """What is known of a licence beside a line: whether customs acknowledged its version, the check that must hold at a
    draw and does not, whether it lets out one export alone, whether the first exit ends it, and which declarations have
    reserved or drawn on any of its lines.
    """

    is_acknowledged: bool = True
    failed_check: str = ""
    is_single_use: bool = False
    ends_at_exit: bool = False
    shares: Mapping[str, Share] = msgspec.field(default_factory=dict)

    def holder_of_single_use(self) -> str:
        """Return the declaration whose the one export is: the first that has reserved or drawn; empty where none."""
        return next((name for name, share in self.shares.items() if share.reserved > ZERO or share.drawn > ZERO), "")

    @property
    def is_done(self) -> bool:
        """Tell whether the one export has gone, so that what is left has lapsed."""
        return self.ends_at_exit and any(share.drawn > ZERO for share in self.shares.values())


class Exit(msgspec.Struct, frozen=True):
    """What came of an exit: quantities, a verdict with its reason, and why a reservation was needed for it (`flag`)."""

    verdict: str
    reason: str
    drawn: Decimal
    unlicensed: Decimal
    flag: str = ""


def gate_of(line: Line, facts: Facts, declaration: str, day: str) -> str:
    """Return why nothing beyond a reservation may be used by a declaration on a day; empty where it may."""
    if line.standing == ISSUED or (line.standing == ACTIVE and not facts.is_acknowledged):
        return NOT_ACKNOWLEDGED
    closed = line.closed_on(day)
    if closed:
        return closed
    is_others = facts.is_single_use and facts.holder_of_single_use() not in {"", declaration}
    if facts.is_done and (is_others or line.drawn > ZERO):
        return EXHAUSTED
    if is_others:
        return SINGLE_USE
    return facts.failed_check


def judge_exit(line: Line, share: Share, quantity: Decimal, gate: str) -> Exit:
    """Return what of a quantity that has left is drawn.

    Raises:
        ValueError: the quantity is not positive; nothing has left then.
    """
    if quantity <= ZERO:
        raise ValueError("an exit is of a quantity above zero")
    fits = share.reserved if gate else plus(share.reserved, line.free)
    taken = min(quantity, fits)
    flag = gate if gate and taken > ZERO else ""
    if taken == quantity:
        return Exit(DRAWN, "", taken, ZERO, flag)
    reason = gate or OVER_DRAW
    return Exit(DRAWN_IN_PART if taken > ZERO else NOT_DRAWN, reason, taken, minus(quantity, taken), flag)


def link_gate(line: Line, facts: Facts, declaration: str) -> str:
    """Return why an officer may not link an exit that happened before the licence was issued; empty where he may.

    The licence's days and what customs acknowledged do not count: the goods had left. That it was ended does.
    """
    if line.standing not in {ISSUED, ACTIVE}:
        return line.standing
    if facts.is_single_use and facts.holder_of_single_use() not in {"", declaration}:
        return EXHAUSTED if facts.is_done else SINGLE_USE
    return EXHAUSTED if line.is_exhausted else ""


class Outcome(msgspec.Struct, frozen=True):
    """What came of an entry: what it does to the line, and of an exit what of it was drawn and why not all."""

    posted: Posted
    exit: Exit | None = None

    @property
    def code(self) -> str:
        """The code that it is answered with, whenever it is asked again."""
        return self.posted.code

    @property
    def reason(self) -> str:
        """Why not all of an exit was drawn, or why what was drawn needed its reservation."""
        return "" if self.exit is None else self.exit.reason or self.exit.flag


def judge_entry(line: Line, share: Share, facts: Facts, entry: Entry, *, is_linked: bool = False) -> Outcome:
    """Return what an entry does to a line, by all that is known of the licence; its key was looked up before."""
    name = entry.declaration
    gate = link_gate(line, facts, name) if is_linked else gate_of(line, facts, name, entry.on)
    if entry.kind is not Kind.EXIT:
        return Outcome(post(line, share, entry, gate))
    flaw = flaw_of(line, entry)
    if flaw:
        return Outcome(Posted(flaw, Change(), line.is_exhausted))
    judged = judge_exit(line, share, entry.quantity, gate)
    return Outcome(post_exit(line, share, judged), judged)


def post_exit(line: Line, share: Share, judged: Exit) -> Posted:
    """Return what an exit does to the line: it ends the reservation of its declaration, which fits in any case."""
    return drawn(line, share, judged.drawn, judged.unlicensed)


class ExitPair(msgspec.Struct, frozen=True):
    """One export as both sides tell it, in the unit of the line; a side that is silent is None."""

    declaration: str
    exporter: Decimal | None
    customs: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """What the exporter says less what customs says; None while one side is silent."""
        if self.exporter is None or self.customs is None:
            return None
        return minus(self.exporter, self.customs)

    @property
    def state(self) -> str:
        """Whether both say the same."""
        if self.difference is None:
            return ONE_SIDED
        return AGREES if self.difference == ZERO else DIFFERS


def pairs(said: Iterable[tuple[str, str, Decimal]]) -> tuple[ExitPair, ...]:
    """Return each declaration with both sides' figures, from (declaration, kind of entry, quantity) that were accepted.

    The exporter's figure is what it reserved last and did not give up, the one of customs what it confirmed and
    corrected; by declaration.
    """
    exporter: dict[str, Decimal] = {}
    customs: dict[str, Decimal] = {}
    for declaration, kind, quantity in said:
        if kind == Kind.RESERVE:
            exporter[declaration] = quantity
        elif kind in {Kind.EXIT, Kind.DRAW}:
            customs[declaration] = plus(customs.get(declaration, ZERO), quantity)
        elif kind == Kind.CORRECT:
            customs[declaration] = minus(customs.get(declaration, ZERO), quantity)
        elif kind in WITHOUT_QUANTITY:
            exporter.pop(declaration, None)
    names = sorted({*exporter, *customs})
    return tuple(ExitPair(name, exporter.get(name), customs.get(name)) for name in names)
