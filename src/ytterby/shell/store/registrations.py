"""Parties, sites, mandates and products as registered at a log size, read from the rows each time they are asked for.

`derived.world` keeps what is read here; whoever checks the rows themselves reads it here anew.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.chain.party import Directory, Mandate, NamedList, Operation, Party, Site, make_directory
from ytterby.chain.product import Product, ProductList, make_product_list
from ytterby.matter.assay import Assay
from ytterby.screening.ownership import Stake
from ytterby.screening.ownership_rule import millionths
from ytterby.shell.store.models import Registration

NAMED_LIST, STAKE = "named_list", "stake"


def registered_directory(size: int) -> Directory:
    """Return all parties, sites, mandates and lists of named enterprises as registered at a log size."""
    parties = [
        Party(
            id=p["id"],
            name=p["name"],
            name_zh=p.get("name_zh", ""),
            country=p.get("country", ""),
            roles=frozenset(p.get("roles", ())),
            also=tuple(p.get("also", ())),
            identifiers=tuple(sorted(p.get("identifiers", {}).items())),
            addresses=tuple(p.get("addresses", ())),
            born=tuple(p.get("born", ())),
            is_person=p.get("is_person", False),
        )
        for p in latest_documents("party", size)
    ]
    sites = [site_from(s) for s in latest_documents("site", size)]
    mandates = [
        Mandate(m["party"], m["site"], _day(m.get("start")), _day(m.get("end")))
        for m in latest_documents("mandate", size)
    ]
    lists = [named_list_of(one) for one in latest_documents(NAMED_LIST, size)]
    return make_directory(parties, sites, mandates, lists)


def site_from(fields: Mapping[str, Any]) -> Site:
    """Return the site that a record describes."""
    return Site(
        id=fields["id"],
        name=fields["name"],
        kind=fields["kind"],
        country=fields.get("country", ""),
        operations=tuple(
            Operation(one["party"], _day(one.get("start")), _day(one.get("end")))
            for one in fields.get("operations", ())
        ),
        name_zh=fields.get("name_zh", ""),
        zone=fields.get("zone", ""),
    )


def registered_site(site: str, size: int) -> Site | None:
    """Return one site as registered at a log size, without reading the others; None where there is none."""
    rows = Registration.objects.filter(kind="site", key=site, log_index__lt=size).order_by("-log_index")
    document = rows.values_list("document", flat=True).first()
    return None if document is None else site_from(json.loads(document))


def named_list_of(fields: Mapping[str, Any]) -> NamedList:
    """Return the list of named enterprises that a record describes."""
    return NamedList(
        id=fields["id"],
        name=fields["name"],
        country=fields["country"],
        parties=frozenset(fields["parties"]),
        start=_day(fields.get("start")),
        end=_day(fields.get("end")),
        source=fields["source"],
    )


def registered_products(size: int) -> ProductList:
    """Return the products as registered at a log size."""
    return make_product_list(_product(fields) for fields in latest_documents("product", size))


def _product(fields: dict[str, Any]) -> Product:
    return Product(
        id=fields["id"],
        maker=fields["maker"],
        form=fields.get("form"),
        is_free_of_rare_earths=fields.get("is_free_of_rare_earths", False),
        assays=tuple(
            Assay(
                element=a["element"],
                milligram_per_kilogram=Decimal(a["milligram_per_kilogram"]),
                standard_uncertainty=Decimal(a["standard_uncertainty"]) if a.get("standard_uncertainty") else None,
                method=a.get("method"),
                laboratory=a.get("laboratory"),
            )
            for a in fields.get("assays", ())
        ),
        piece_mass_gram=Decimal(fields["piece_mass_gram"]) if fields.get("piece_mass_gram") else None,
        start=_day(fields.get("start")),
        end=_day(fields.get("end")),
        name=fields.get("name", ""),
    )


def stake_of(fields: Mapping[str, Any], row: str) -> Stake:
    """Return the stake of a registered document; `row` is where it stands."""
    return Stake(
        owner=fields["owner"],
        owned=fields["owned"],
        lo=millionths(Decimal(fields["lo"])),
        hi=millionths(Decimal(fields["hi"])),
        on=date.fromisoformat(fields["on"]),
        source=fields["source"],
        row=row,
    )


def latest_documents(kind: str, size: int) -> Iterable[dict[str, Any]]:
    """Return the documents of a kind that hold at a log size, the latest of each key, in order of first entry."""
    rows = Registration.objects.filter(kind=kind, log_index__lt=size).order_by("log_index")
    by_key = {key: json.loads(document) for key, document in rows.values_list("key", "document")}
    return by_key.values()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
