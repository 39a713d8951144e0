"""A licence as it is issued: whose, what for, on which days, how much of what.

A reissue is the next version of the same number: it takes the place of the one before, and what was reserved and drawn
goes on (`reissue_problems`). What the pack says of a kind of licence and matters while goods leave stands in the
licence itself, so that its ledger needs nothing beside it: how many exports it lets out, what ends it, the tolerance,
what restores the balance, whether customs must have acknowledged it, and how old lists may be at a draw.

Quantities are exact decimals of the line's unit. The store keeps them in millionths of that unit in 64 bits (`scaled`);
what does not fit is refused when the licence is issued, so that nothing is ever rounded. Days are civil days of `zone`,
inclusive; which day an instant is on is the caller's to say.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from ytterby.licence.ceiling_terms import CeilingTerm, LineContent
from ytterby.licence.draw_down import Kind, Line, requantified
from ytterby.terms.civil_day import is_day
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import plain_decimal

ONE, SEVERAL = "one", "several"
# What ends a licence beside its last day: the first exit, that all is drawn, or nothing.
FIRST_EXIT, USED, NEVER = "first_exit", "used", "never"
DONE_WHEN = (FIRST_EXIT, USED, NEVER)
SCALE = 6
MOST = 2**63 - 1
WHOLE_DIGITS_MAX = 13  # of a quantity whose millionths fit in 64 bits
_MILLION = 10**SCALE
NUMBER_MAX, LINE_MAX = 60, 20
RESTORES = (Kind.SHORT_SHIPPED.value, Kind.RETURNED.value)


class LicenceLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: `line` as it is written (L1), the quantity as exact decimal text, the item's control code; what
    one unit holds, where ceilings count it.
    """

    line: str
    product: str
    name: str
    quantity: str
    unit: str
    code: str = ""
    content: LineContent | None = None


class Licence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A licence of one version. `country` is whose office issued it: goods leave by that country's customs alone.

    `tolerance` is a share of the quantity; `counting_unit` what all lines count in, empty: each its own unit;
    `restores` the kinds of entry by which goods that came back are free again; `list_hours` how old lists may be at a
    draw, None where the pack lists no such check; `ceilings` are counted over all licences of the holder of this kind.
    """

    number: str
    version: int
    case: str
    decision: str
    procedure: str
    kind: str
    holder: str
    country: str
    destination: str
    valid_from: str
    valid_to: str
    lines: tuple[LicenceLine, ...]
    consignees: tuple[str, ...] = ()
    end_users: tuple[str, ...] = ()
    use: str = ""
    zone: str = "UTC"
    exports: str = SEVERAL
    done_when: str = USED
    tolerance: str = "0"
    counting_unit: str = ""
    restores: tuple[str, ...] = RESTORES
    needs_acknowledgement: bool = True
    list_hours: int | None = None
    conditions: tuple[str, ...] = ()
    ceilings: tuple[CeilingTerm, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who is screened at a draw."""
        return tuple(dict.fromkeys((self.holder, *self.consignees, *self.end_users)))

    @property
    def is_single_use(self) -> bool:
        """Tell whether it lets out one export alone."""
        return self.exports == ONE

    @property
    def ends_at_exit(self) -> bool:
        """Tell whether the first exit ends it."""
        return self.done_when == FIRST_EXIT

    def holds_on(self, day: date) -> bool:
        """Tell whether a day is one of its days."""
        return self.valid_from <= day.isoformat() <= self.valid_to


def scaled(quantity: Decimal) -> int | None:
    """Return a quantity in millionths; None where that is no whole number, or does not fit in 64 bits."""
    sign, digits, exponent = quantity.as_tuple()
    if not isinstance(exponent, int) or exponent + len(digits) > WHOLE_DIGITS_MAX:
        return None
    whole = int("".join(map(str, digits)))
    places = exponent + SCALE
    if places >= 0:
        found = whole * 10**places
    elif whole % 10**-places:
        return None
    else:
        found = whole // 10**-places
    return None if found > MOST else -found if sign else found


def unscaled(millionths: int) -> Decimal:
    """Return a quantity of millionths as an exact decimal without zeros at its end."""
    sign = "-" if millionths < 0 else ""
    whole, part = divmod(abs(millionths), _MILLION)
    text = f"{whole}.{part:0{SCALE}d}".rstrip("0").rstrip(".")
    return Decimal(sign + text)


def tolerance_of(licence: Licence, line: LicenceLine) -> int:
    """Return what may go out beyond the quantity of a line, in millionths: a share of it, cut and never rounded up."""
    share, quantity = plain_decimal(licence.tolerance), scaled(Decimal(line.quantity))
    assert share is not None, "who issues a licence checks it first"
    assert quantity is not None, "who issues a licence checks it first"
    return int(quantity * Fraction(share))


def licence_problems(licence: Licence) -> list[Problem]:
    """Return what keeps a licence from being issued, whatever was issued before."""
    problems = []
    if not licence.number.strip() or len(licence.number) > NUMBER_MAX or licence.version < 1:
        problems.append(refuse("licence.number", "/number", licence.number, limit=NUMBER_MAX))
    problems += _terms(licence)
    if not licence.lines:
        problems.append(refuse("licence.no_lines", "/lines"))
    names = [line.line for line in licence.lines]
    for n, line in enumerate(licence.lines):
        if not line.line.strip() or len(line.line) > LINE_MAX or names.count(line.line) > 1:
            problems.append(refuse("licence.line", pointer("lines", n, "line"), line.line))
        if licence.counting_unit not in {"", line.unit}:
            facts = {"line": line.line, "wanted": licence.counting_unit}
            problems.append(refuse("licence.counting_unit", pointer("lines", n, "unit"), line.unit, **facts))
        problems += _quantity(licence, line, pointer("lines", n, "quantity"))
    return problems


def _terms(licence: Licence) -> list[Problem]:
    problems = []
    if not is_day(licence.valid_from) or not is_day(licence.valid_to) or licence.valid_from > licence.valid_to:
        problems.append(refuse("licence.validity", "/valid_to", f"{licence.valid_from} to {licence.valid_to}"))
    if licence.exports not in {ONE, SEVERAL}:
        problems.append(refuse("licence.word", "/exports", licence.exports, known=f"{ONE}, {SEVERAL}"))
    if licence.done_when not in DONE_WHEN:
        problems.append(refuse("licence.word", "/done_when", licence.done_when, known=", ".join(DONE_WHEN)))
    unknown = sorted(set(licence.restores) - {*RESTORES, Kind.REIMPORTED.value})
    if unknown:
        known = ", ".join((*RESTORES, Kind.REIMPORTED.value))
        problems.append(refuse("licence.word", "/restores", unknown[0], known=known))
    share = plain_decimal(licence.tolerance)
    if share is None or share >= 1:
        problems.append(refuse("licence.tolerance", "/tolerance", licence.tolerance))
    return problems


def _quantity(licence: Licence, line: LicenceLine, where: str) -> list[Problem]:
    quantity = plain_decimal(line.quantity)
    if quantity is None or quantity <= 0:
        return [refuse("licence.quantity", where, line.quantity, line=line.line)]
    millionths, share = scaled(quantity), plain_decimal(licence.tolerance)
    # With its tolerance it fits too: the share is below one.
    if millionths is None or (share is not None and millionths > MOST // 2):
        return [refuse("licence.quantity_scale", where, line.quantity, line=line.line)]
    return []


def reissue_problems(licence: Licence, version: int, lines: Mapping[str, Line]) -> list[Problem]:
    """Return what keeps a licence from following version `version` of its number, whose lines stand as given.

    Nothing that was drawn or reserved is lost: no line goes below it, changes its unit, or is left out with it.
    """
    problems = []
    if licence.version != version + 1:
        problems.append(refuse("licence.version", "/version", licence.version, wanted=version + 1))
    for n, line in enumerate(licence.lines):
        held = lines.get(line.line)
        if held is None:
            continue
        if held.unit != line.unit:
            problems.append(refuse("licence.unit_changed", pointer("lines", n, "unit"), line.unit, unit=held.unit))
        elif isinstance(requantified(held, Decimal(line.quantity)), str):
            facts = {"line": line.line, "used": format(held.used, "f"), "unit": held.unit}
            problems.append(refuse("licence.below_used", pointer("lines", n, "quantity"), line.quantity, **facts))
    left_out = sorted(lines.keys() - {line.line for line in licence.lines})
    for name in left_out:
        used = lines[name].used
        if used > 0:
            problems.append(refuse("licence.line_gone", "/lines", name, used=format(used, "f"), unit=lines[name].unit))
    return problems
