"""Labels of a picture: masses as text, and names cut to the room they have.

Widths are estimated, since the server has no fonts: the estimate is for Inter, a little on the wide side.
"""

from math import floor, log10
from unicodedata import east_asian_width

WIDE = 1.02
CAPITAL = 0.70
NARROW_CHARACTERS = frozenset("iljtfrI.,:;'|!()[] ·")
NARROW = 0.34
ORDINARY = 0.58


# Below a microgram a difference of two masses is the rounding of binary figures, and no mass.
DUST_KG = 1e-9
SIGN_MINUS = "−"


def write_mass(mass_kg: float, figures: int = 4) -> str:
    """Return kilograms with the figures that count, thousands apart, never an exponent.

    Example:
        >>> write_mass(1362.758), write_mass(0.50026), write_mass(0.0000123), write_mass(34.109, 3)
        ('1,363', '0.5003', '0.00001230', '34.1')
    """
    if abs(mass_kg) < DUST_KG:
        return "0"
    decimals = max(0, figures - 1 - floor(log10(abs(mass_kg))))
    return f"{mass_kg:,.{min(decimals, 12)}f}"


def write_signed(value: float, figures: int = 3) -> str:
    """Return a difference with its sign, in the unit that it has.

    Example:
        >>> write_signed(1.25), write_signed(-0.5), write_signed(0.0)
        ('+1.25', '−0.500', '0')
    """
    text = write_mass(value, figures).replace("-", SIGN_MINUS)
    return f"+{text}" if value >= DUST_KG else text


def measure(text: str, size: float) -> float:
    """Return the estimated width of a text, in the unit of `size`."""
    return size * sum(_width(character) for character in text)


def _width(character: str) -> float:
    if east_asian_width(character) in "WF":
        return WIDE
    if character in NARROW_CHARACTERS:
        return NARROW
    return CAPITAL if character.isupper() or character in "mwMW@%…→" else ORDINARY


def cut(text: str, size: float, room: float) -> str:
    """Return a text that fits into a room, its end cut off with an ellipsis where it does not."""
    if measure(text, size) <= room:
        return text
    left = room - measure("…", size)
    kept = []
    for character in text:
        left -= size * _width(character)
        if left < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"
