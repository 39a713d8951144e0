"""Identifiers of the nation: GS1 keys under the prefix for examples, 952000, with right check digits.

Source: GS1 General Specifications 3 and 7.9; GS1 Digital Link URI syntax. The numbers mean nobody real.
"""

from ytterby.terms.gs1key import GS1_ROOT, check_digit

PREFIX = "952000"
PLANTS, LABORATORIES, END_USERS, CUSTOMS = 100_000, 200_000, 300_000, 400_000
END_PRODUCTS = 200_000
FORMS_MAX = 20  # products of one plant


def gln(number: int) -> str:
    """Return a global location number."""
    digits = f"{PREFIX}{number:06d}"
    return digits + check_digit(digits)


def party_uri(number: int) -> str:
    """Return the identifier of a party."""
    return f"{GS1_ROOT}417/{gln(number)}"


def site_uri(number: int) -> str:
    """Return the identifier of a party's site, which has the party's number."""
    return f"{GS1_ROOT}414/{gln(number)}"


def scale_uri(number: int) -> str:
    """Return the identifier of a site's scale."""
    return f"{GS1_ROOT}8004/{PREFIX}WB{number:06d}"


def pool_uri(number: int) -> str:
    """Return the identifier of a plant's pool: what is in work."""
    return f"{site_uri(number)}/254/POOL"


def product_uri(number: int) -> str:
    """Return the identifier of a product: a GTIN of 14 digits."""
    digits = f"0{PREFIX}{number:06d}"
    return f"{GS1_ROOT}01/{digits}{check_digit(digits)}"


def event_id(seed: int, month: int, speaker: int, number: int) -> str:
    """Return the name of an event: a UUID of version 8 made of what tells it from all others of the seed.

    `month` from -1 on; `speaker` is the party's number; `number` counts the party's events of the month.
    """
    return f"urn:uuid:{seed & 0xFFFFFFFF:08x}-{month + 1:04x}-8000-8000-{speaker:06x}{number:06x}"
