"""How readings write names, instants and figures: the keys of the command line's contract."""

from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from ytterby.chain.book import Book
from ytterby.chain.node import Node
from ytterby.chain.party import Directory
from ytterby.terms.identifier import tail
from ytterby.terms.instant import write_instant

Json = dict[str, Any]


def party_name(book: Book, party: str) -> Json:
    """Return {id, name} of a party, its identifier where no name is known."""
    known = book.world.directory.parties.get(party)
    return {
        "id": party,
        "name": known.name if known else tail(party),
        "name_zh": known.name_zh if known else "",
    }


def site_name(book: Book, site: str) -> Json:
    """Return {id, name, name_zh, kind, country} of a site."""
    return site_in(book.world.directory, site)


def site_in(directory: Directory, site: str) -> Json:
    """Return the same where only the directory is known, its identifier's end where no name is known."""
    known = directory.sites.get(site)
    return {
        "id": site,
        "name": known.name if known else tail(site),
        "name_zh": known.name_zh if known else "",
        "kind": known.kind if known else None,
        "country": (known.country or None) if known else None,
    }


def name_in(named: Json, language: str) -> str:
    """Return the name of a party or site in a language, the English one where there is no other."""
    chinese = named["name_zh"] if language.startswith("zh") else ""
    return str(chinese or named["name"])


def exact(amount: Decimal | None) -> str | None:
    """Return an exact amount as text without exponent; None stays unknown."""
    return None if amount is None else format(amount, "f")


def figure(value: float | None) -> float | None:
    """Return a figure that JSON can hold; what is unknown or infinite is None."""
    return value if value is not None and isfinite(value) else None


def instant(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC."""
    return write_instant(at)


def parcel(book: Book, node: Node) -> Json:
    """Return what every answer says of a parcel."""
    return {
        "lot": node.lot or node.pool or node.run or "",
        "tail": tail(node.lot) if node.lot else (tail(node.pool) if node.pool else ""),
        "holder": node.holder,
        "owner": node.owner,
        "site": node.site,
        "form": node.form or node.kind.name.lower(),
        "at": instant(node.at),
        "holder_name": party_name(book, node.holder)["name"],
        "site_name": site_name(book, node.site)["name"],
        "country": site_name(book, node.site)["country"],
        "kind": node.kind.name.lower(),
        "is_implied": node.is_implied,
    }
