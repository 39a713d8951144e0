"""What is drawn on a line of a licence: reserve, draw, release, correct, in exact decimals, never below zero.

A *line* lets out a quantity of one unit, and a tolerance beyond it. An *entry* says what happened to goods of a
declaration; its key is (declaration, line of the declaration, sequence). `post` tells what an entry does to a line,
from the line, from what the declaration has on it, and from nothing else: the store asks it under its lock for one
entry, and `Ledger` asks it for all of them in turn. The same entry again is answered as the first time, another one
under its key is a conflict; a refused entry is kept under its key too.

A *reservation* is what a declaration may still draw, whatever happens to the licence meanwhile: it was made while the
licence was open. `draw` ends it, and what it did not use is free again. `correct` takes off what a declaration drew.
`short_shipped` (less went than was drawn), `returned` (came back before it was abroad) and `reimported` take off too
where the pack says that they restore the balance, else only what came back is noted; `cancelled` ends a reservation, as
`release` does. What left beyond the licence is `unlicensed` (`exit`): it counts apart, and never in the balance.

Codes, by the order in which they are looked for: `conflict:same_key_other_content`, `refused:unit`,
`refused:not_positive`, then the status (`refused:suspended` …), `refused:validity`, `refused:already_reserved`,
`refused:over_draw`, `refused:nothing_reserved`, `refused:more_than_drawn`, `refused:below_used`.

Source: the contract of this project's vectors (casework, drawdown); invariants I1 to I3 of its page on casework.
"""

from dataclasses import dataclass, field
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation
from enum import StrEnum

import msgspec

ZERO = Decimal(0)
# Sums are exact or fail: what is declared has at most 30 digits, and no sum of it comes near this.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero])

OK, CONFLICT = "ok", "conflict:same_key_other_content"
UNIT, NOT_POSITIVE, VALIDITY = "refused:unit", "refused:not_positive", "refused:validity"
RESERVED_ALREADY, OVER_DRAW = "refused:already_reserved", "refused:over_draw"
NOTHING_RESERVED, MORE_THAN_DRAWN = "refused:nothing_reserved", "refused:more_than_drawn"
BELOW_USED = "refused:below_used"
ACTIVE, EXHAUSTED = "active", "exhausted"


class Kind(StrEnum):
    """What an entry says. `EXIT` is a confirmed exit: what fits is drawn, the rest is unlicensed."""

    RESERVE = "reserve"
    DRAW = "draw"
    RELEASE = "release"
    CORRECT = "correct"
    EXIT = "exit"
    CANCELLED = "cancelled"
    SHORT_SHIPPED = "short_shipped"
    RETURNED = "returned"
    REIMPORTED = "reimported"


# Entries without a quantity of their own, and those of goods that came back or never went.
WITHOUT_QUANTITY = frozenset({Kind.RELEASE, Kind.CANCELLED})
COMES_BACK = frozenset({Kind.SHORT_SHIPPED, Kind.RETURNED, Kind.REIMPORTED})


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry. `on` is a civil day of the pack's zone, ISO; an empty unit is that of the line."""

    kind: Kind
    declaration: str
    seq: int
    on: str
    quantity: Decimal = ZERO
    unit: str = ""
    line: int = 1

    @property
    def key(self) -> tuple[str, int, int]:
        """What it is known by."""
        return self.declaration, self.line, self.seq


class Share(msgspec.Struct, frozen=True):
    """What one declaration has on a line: open reservation, drawn, left beyond the licence, came back and counts."""

    reserved: Decimal = ZERO
    drawn: Decimal = ZERO
    unlicensed: Decimal = ZERO
    back: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What left under it by all accounts, and did not come back."""
        return minus(plus(self.drawn, self.unlicensed), self.back)


class Change(msgspec.Struct, frozen=True):
    """What an entry changes, of a line and of its declaration alike."""

    reserved: Decimal = ZERO
    drawn: Decimal = ZERO
    unlicensed: Decimal = ZERO
    back: Decimal = ZERO


NOTHING = Change()


class Line(msgspec.Struct, frozen=True):
    """A line and its sums. `standing` is the licence's status; a line is exhausted beside it. Days are inclusive."""

    quantity: Decimal
    unit: str
    first: str
    last: str
    tolerance: Decimal = ZERO
    restores: frozenset[str] = frozenset({Kind.SHORT_SHIPPED, Kind.RETURNED})
    standing: str = ACTIVE
    is_exhausted: bool = False
    reserved: Decimal = ZERO
    drawn: Decimal = ZERO
    unlicensed: Decimal = ZERO

    @property
    def status(self) -> str:
        """The status that decides."""
        return EXHAUSTED if self.is_exhausted else self.standing

    @property
    def used(self) -> Decimal:
        """What is drawn or reserved."""
        return plus(self.drawn, self.reserved)

    @property
    def free(self) -> Decimal:
        """What goods may still leave on, the tolerance included."""
        return minus(plus(self.quantity, self.tolerance), self.used)

    def closed_on(self, day: str) -> str:
        """Return why nothing beyond a reservation may be used on a day: the status, or `validity`; empty: it may."""
        if self.status != ACTIVE:
            return self.status
        return "" if self.first <= day <= self.last else "validity"


class Posted(msgspec.Struct, frozen=True):
    """What came of an entry: its code, what it changes, whether the line is exhausted after it."""

    code: str
    change: Change
    is_exhausted: bool


def post(line: Line, share: Share, entry: Entry, gate: str = "") -> Posted:
    """Return what an entry does; its key was looked up before.

    `gate` is why the caller lets nothing go beyond a reservation, from what the line does not know (whether customs
    acknowledged the licence, say); a draw that is more than its reservation is then refused for it too.
    """
    flaw = flaw_of(line, entry)
    if flaw:
        return _refused(line, flaw)
    if entry.kind is Kind.RESERVE:
        return _reserve(line, share, entry, gate)
    if entry.kind is Kind.DRAW:
        return _draw(line, share, entry, gate)
    if entry.kind in WITHOUT_QUANTITY:
        return _release(line, share)
    assert entry.kind is not Kind.EXIT, "what an exit does is judged in `exit`"
    return _take_back(line, share, entry)


def flaw_of(line: Line, entry: Entry) -> str:
    """Return why an entry cannot be of a line, whatever is free on it: its unit, its quantity; empty where it can."""
    if entry.unit not in {"", line.unit}:
        return UNIT
    return NOT_POSITIVE if entry.kind not in WITHOUT_QUANTITY and entry.quantity <= ZERO else ""


def _reserve(line: Line, share: Share, entry: Entry, gate: str) -> Posted:
    closed = gate or line.closed_on(entry.on)
    if closed:
        return _refused(line, f"refused:{closed}")
    if share.reserved > ZERO:
        return _refused(line, RESERVED_ALREADY)
    # A request keeps to what was licensed; the tolerance is for what was measured.
    if entry.quantity > minus(line.quantity, line.used):
        return _refused(line, OVER_DRAW)
    return Posted(OK, Change(reserved=entry.quantity), line.is_exhausted)


def _draw(line: Line, share: Share, entry: Entry, gate: str) -> Posted:
    closed = gate if share.reserved > ZERO else gate or line.closed_on(entry.on)
    if closed and entry.quantity > share.reserved:
        return _refused(line, f"refused:{closed}")
    if entry.quantity > plus(share.reserved, line.free):
        return _refused(line, OVER_DRAW)
    return drawn(line, share, entry.quantity)


def drawn(line: Line, share: Share, quantity: Decimal, unlicensed: Decimal = ZERO) -> Posted:
    """Return what a draw of a quantity that fits does: it ends the reservation, and may leave nothing."""
    change = Change(reserved=_negative(share.reserved), drawn=quantity, unlicensed=unlicensed)
    after = with_change(line, change)
    is_spent = after.drawn >= after.quantity and after.reserved == ZERO
    return Posted(OK, change, line.is_exhausted or is_spent)


def _release(line: Line, share: Share) -> Posted:
    if share.reserved <= ZERO:
        return _refused(line, NOTHING_RESERVED)
    return Posted(OK, Change(reserved=_negative(share.reserved)), line.is_exhausted)


def _take_back(line: Line, share: Share, entry: Entry) -> Posted:
    if entry.quantity > share.left:
        return _refused(line, MORE_THAN_DRAWN)
    if entry.kind is not Kind.CORRECT and entry.kind not in line.restores:
        return Posted(OK, Change(back=entry.quantity), line.is_exhausted)
    # What left beyond the licence is taken off first: it never was in the balance, and nothing is free by it.
    beyond = min(share.unlicensed, entry.quantity)
    within = min(share.drawn, minus(entry.quantity, beyond))
    change = Change(drawn=_negative(within), unlicensed=_negative(beyond))
    return Posted(OK, change, line.is_exhausted and within == ZERO)


def _refused(line: Line, code: str) -> Posted:
    return Posted(code, NOTHING, line.is_exhausted)


def with_change(line: Line, change: Change) -> Line:
    """Return a line after a change."""
    return msgspec.structs.replace(
        line,
        reserved=plus(line.reserved, change.reserved),
        drawn=plus(line.drawn, change.drawn),
        unlicensed=plus(line.unlicensed, change.unlicensed),
    )


def share_with(share: Share, change: Change) -> Share:
    """Return what a declaration has after a change."""
    return Share(
        reserved=plus(share.reserved, change.reserved),
        drawn=plus(share.drawn, change.drawn),
        unlicensed=plus(share.unlicensed, change.unlicensed),
        back=plus(share.back, change.back),
    )


def requantified(line: Line, quantity: Decimal, tolerance: Decimal = ZERO) -> Line | str:
    """Return a line of another quantity, or why it cannot be; it wakes a line that is exhausted and no other."""
    if quantity <= ZERO:
        return NOT_POSITIVE
    if quantity < line.used:
        return BELOW_USED
    return msgspec.structs.replace(
        line,
        quantity=quantity,
        tolerance=tolerance,
        is_exhausted=line.is_exhausted and quantity == line.used,
    )


def plus(one: Decimal, other: Decimal) -> Decimal:
    """Return an exact sum."""
    return _EXACT.add(one, other)


def minus(one: Decimal, other: Decimal) -> Decimal:
    """Return an exact difference."""
    return _EXACT.subtract(one, other)


def _negative(one: Decimal) -> Decimal:
    return _EXACT.minus(one)


@dataclass
class Ledger:
    """A line with all that was entered on it, from the first entry on."""

    line: Line
    shares: dict[str, Share] = field(default_factory=dict)
    answers: dict[tuple[str, int, int], tuple[Entry, str]] = field(default_factory=dict)

    def share(self, declaration: str) -> Share:
        """Return what a declaration has on the line."""
        return self.shares.get(declaration, Share())

    def known(self, entry: Entry) -> str | None:
        """Return what an entry was answered before, or that its key holds another; None where it is new."""
        if entry.key not in self.answers:
            return None
        first, code = self.answers[entry.key]
        return code if first == entry else CONFLICT

    def enter(self, entry: Entry, gate: str = "") -> str:
        """Enter an entry and return its code."""
        known = self.known(entry)
        if known is not None:
            return known
        return self.apply(entry, post(self.line, self.share(entry.declaration), entry, gate))

    def apply(self, entry: Entry, posted: Posted) -> str:
        """Enter what came of an entry, and return its code."""
        self.answers[entry.key] = (entry, posted.code)
        self.shares[entry.declaration] = share_with(self.share(entry.declaration), posted.change)
        self.line = msgspec.structs.replace(with_change(self.line, posted.change), is_exhausted=posted.is_exhausted)
        return posted.code

    def set_standing(self, to: str) -> str:
        """Set the status: one that is not `exhausted` takes that of the line away."""
        if to == EXHAUSTED:
            self.line = msgspec.structs.replace(self.line, is_exhausted=True)
        else:
            self.line = msgspec.structs.replace(self.line, standing=to, is_exhausted=False)
        return OK

    def requantify(self, quantity: Decimal, tolerance: Decimal = ZERO) -> str:
        """Set the quantity, or say why it cannot be."""
        line = requantified(self.line, quantity, tolerance)
        if isinstance(line, str):
            return line
        self.line = line
        return OK
