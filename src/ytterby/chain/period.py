"""Lots and pools of a month: what a monthly return speaks of where no lots are named.

A return says how much of a product came, was made, used, shipped, lost and counted in a month. Each product of a site
and month has a pool; what goes in and out of it are lots of the month, named after site, month and what became of
them, so that shipper and receiver name the same lot without asking each other, and the closing stock of a month is
the opening stock of the next.
"""

import re
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from ytterby.terms.gs1key import percent_encode

SHIPPED, CLOSING, USED, MADE, LOST = "R", "C", "U", "M", "L"
_SITE = "https://id.gs1.org/414/"
_PRODUCT = "https://id.gs1.org/01/"
# A GS1 lot number and the extension of a GLN have at most 20 characters.
_KEY_LENGTH = 13
_POOL = re.compile(r".*/P[0-9]{2}[01][0-9]-[0-9A-Za-z]{8,14}")
_NAME = re.compile(r".*/([RCUML])([0-9]{2})([01][0-9])-[0-9A-Za-z]{8,13}")


class Month(NamedTuple):
    """A month of the account."""

    year: int
    month: int

    def before(self) -> "Month":
        """Return the month before."""
        return self.plus(-1)

    def after(self) -> "Month":
        """Return the month after."""
        return self.plus(1)

    def plus(self, months: int) -> "Month":
        """Return the month so many months later."""
        number = self.year * 12 + self.month - 1 + months
        return Month(number // 12, number % 12 + 1)

    @property
    def first_day(self) -> date:
        """Return its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Return its last day."""
        return self.after().first_day - timedelta(days=1)

    @property
    def short(self) -> str:
        """Return the month in four digits, 2603 for March 2026."""
        return f"{self.year % 100:02d}{self.month:02d}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def parse_month(text: str) -> Month:
    """Return a month written as 2026-03.

    Raises:
        ValueError: it is none.
    """
    year, _, month = text.partition("-")
    found = Month(int(year), int(month))
    if str(found) != text or not 1 <= found.month <= 12:
        raise ValueError(f"{text!r} is no month")
    return found


def period_lot(product: str, site: str, month: Month, what: str) -> str:
    """Return the lot of a product that stands for what became of it at a site in a month."""
    stem = f"{product}/10" if product.startswith(_PRODUCT) else _lot_stem(product)
    return f"{stem}/{what}{month.short}-{_key(site, _SITE)}"


def _lot_stem(product: str) -> str:
    """Return under what a minted product's lots stand: `.../product/NAME` has `.../lot/NAME/...`."""
    head, slash, name = product.rstrip("/").rpartition("/product/")
    return f"{head}/lot/{name}" if slash and "/" not in name else product.rstrip("/")


def product_of(lot: str) -> str:
    """Return the product of a lot that `period_lot` names: the other way round of it."""
    stem = lot.rpartition("/")[0]
    if stem.startswith(_PRODUCT) and stem.endswith("/10"):
        return stem.removesuffix("/10")
    head, slash, name = stem.rpartition("/lot/")
    return f"{head}/product/{name}" if slash and "/" not in name else stem


def period_pool(product: str, site: str, month: Month) -> str:
    """Return the pool of a product at a site in a month: a place of the site."""
    return _within(site, f"P{month.short}-{_key(product, _PRODUCT, 14)}")


def is_period_pool(pool: str) -> bool:
    """Tell whether a pool stands for a product of a month (`period_pool`)."""
    return _POOL.fullmatch(pool) is not None


def process_pool(site: str, process: str) -> str:
    """Return the pool of a process line of a site, or of the whole site: what it holds passes from month to month."""
    return _within(site, f"W-{sha256(process.encode()).hexdigest()[:12]}" if process else "W")


def _within(site: str, name: str) -> str:
    if site.startswith(_SITE):
        return f"{site[: len(_SITE) + 13]}/254/{name}"
    return f"{site.rstrip('/')}/pool/{percent_encode(name)}"


def _key(uri: str, root: str, length: int = _KEY_LENGTH) -> str:
    """Return the digits of a GS1 key, else the beginning of the identifier's digest."""
    digits = uri[len(root) : len(root) + length] if uri.startswith(root) else ""
    if len(digits) == length and digits.isdecimal():
        return digits
    return sha256(uri.encode()).hexdigest()[:12]


def is_period_lot(lot: str) -> bool:
    """Tell whether a lot stands for a month of a product."""
    return _NAME.fullmatch(lot) is not None


def period_of(lot: str) -> tuple[str, Month] | None:
    """Return what became of a period lot, and its month (of this century)."""
    found = _NAME.fullmatch(lot)
    return (found.group(1), Month(2000 + int(found.group(2)), int(found.group(3)))) if found else None
