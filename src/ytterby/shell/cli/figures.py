"""How figures are written for people: kilograms, shares, scores. JSON has them unrounded."""

from collections.abc import Iterable
from math import floor, isfinite, log10

UNKNOWN = "–"
DIGITS = 5
DECIMALS_MAX = 6


def decimals_for(values: Iterable[float | None], *, digits: int = DIGITS) -> int:
    """Return the decimals of a column in which the largest value shows this many digits, at least one decimal."""
    sizes = [abs(value) for value in values if value is not None and isfinite(value) and value]
    if not sizes:
        return 1
    return min(max(digits - 1 - floor(log10(max(sizes))), 1), DECIMALS_MAX)


def write_kg(value: float | None, decimals: int, *, signed: bool = False) -> str:
    """Return kilograms with thousands apart; a mass that rounds to nothing is shown as less than the last digit."""
    if value is None or not isfinite(value):
        return UNKNOWN
    least = 10.0**-decimals
    if not signed and 0 < value < least / 2:
        return f"<{least:.{decimals}f}"
    sign = "+" if signed else ""
    text = f"{value:{sign},.{decimals}f}".replace(",", " ")
    return text if text.strip("+-0., ") else f"{0:.{decimals}f}"


def write_share(value: float | None) -> str:
    """Return a share as percent without the sign, which stands in the heading."""
    if value is None or not isfinite(value):
        return UNKNOWN
    percent = 100.0 * value
    if 0 < percent < 0.05:
        return "<0.1"
    return f"{_rounded(percent, 1):.1f}"


def write_score(value: float | None) -> str:
    """Return a score z or D with two decimals."""
    return UNKNOWN if value is None or not isfinite(value) else f"{_rounded(value, 2):.2f}"


def _rounded(value: float, decimals: int) -> float:
    """Return a rounded value that is never a negative zero."""
    return round(value, decimals) + 0.0


def write_exact(text: str | None) -> str:
    """Return an exact decimal text with thousands apart, its digits as they are."""
    if text is None:
        return UNKNOWN
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, rest = digits.partition(".")
    return sign + (f"{int(whole):,}".replace(",", " ") if whole.isdigit() else whole) + dot + rest


def write_count(number: int) -> str:
    """Return a count with thousands apart."""
    return f"{number:,}".replace(",", " ")
