"""What customs is told of a licence: the whole of it as it stands, each time that something about it changes.

A message holds the state and not the difference, so that the newest one that customs knows settles all before it, and
none has to wait for another. What customs needs not know, it is not told: no use, no end user, no reason.

Quantities are exact decimals in a unit of UN/ECE Recommendation 20, written without exponent and without zeros at the
end; a line is known by the identity that it got when the licence was issued (`L1`), and by no position. Addresses are
lines of text. Source: shared/domain/casework.md 2.6.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from ytterby.law.pack import digest_of

_DOMAIN = b"ytterby/customs/v1\x00"
NOTHING = Decimal(0)

Json = dict[str, Any]


class ToldParty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A party as customs is told of it."""

    id: str
    name: str
    country: str
    address: tuple[str, ...] = ()


class ToldLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods that may leave: how much in all, of what, under which code."""

    line: str
    name: str
    quantity: str
    unit: str
    product: str = ""
    code: str = ""


class ToldLicence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A licence as customs is told of it; `exports` is `one` or `several`, days are ISO dates, both inclusive."""

    number: str
    version: int
    status: str
    holder: ToldParty
    destination: str
    consignees: tuple[ToldParty, ...]
    valid_from: str
    valid_to: str
    exports: str
    lines: tuple[ToldLine, ...]
    tolerance: str = "0"
    conditions: tuple[str, ...] = ()


def content_of(told: ToldLicence) -> Json:
    """Return the plain fields of what is told; quantities in their one way of writing."""
    plain: Json = msgspec.to_builtins(told)
    plain["tolerance"] = plain_quantity(told.tolerance)
    for line in plain["lines"]:
        line["quantity"] = plain_quantity(line["quantity"])
    return plain


def told_of(content: Json) -> ToldLicence:
    """Return what is told, from its plain fields.

    Raises:
        msgspec.ValidationError: they are not such fields.
    """
    return msgspec.convert(content, ToldLicence)


def content_digest(content: Json) -> str:
    """Return `sha256:` and the digest of the canonical JSON (keys sorted, no blanks, UTF-8)."""
    return digest_of(_DOMAIN, content)


def plain_quantity(text: str) -> str:
    """Return an exact decimal without exponent, sign of zero and zeros at the end: the same number, one text.

    Raises:
        decimal.InvalidOperation: it is no number.
    """
    number = Decimal(text)
    written = f"{number:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if number == NOTHING else written


def address_lines(text: str, width: int) -> tuple[str, ...]:
    """Return an address as lines: broken where it is broken, and else after commas, never within a word.

    What stays longer than `width` stays as it is: somebody has to say how it is shortened.
    """
    lines: list[str] = []
    for written in text.splitlines():
        at = ""
        for part in (piece.strip() for piece in written.split(",")):
            joined = f"{at}, {part}" if at else part
            if at and len(joined) > width:
                lines.append(at)
                at = part
            else:
                at = joined
        lines.append(at)
    return tuple(line for line in lines if line)


def told_party(
    id_: str, name: str, country: str, addresses: Sequence[str], width: int, clean: Callable[[str], str] = str.strip
) -> ToldParty:
    """Return a party with the first of its addresses broken into lines."""
    lines = address_lines(addresses[0], width) if addresses else ()
    return ToldParty(id_, clean(name), country, tuple(clean(line) for line in lines))
