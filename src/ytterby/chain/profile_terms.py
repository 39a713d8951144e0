"""The terms of the rare-earth profile: what may stand where under https://w3id.org/ytterby/ree/, and its kind of value.

One table is read by the door and by the pages that explain the profile. A document may declare any prefix for the
namespace, or write names out in full; `strip` gives the bare terms of an object.

Source: the register's own profile of EPCIS 2.0 (extension rules of EPCIS 2.0, 7.2 and 9.1).
"""

from collections.abc import Mapping

from ytterby.terms.canonical import expand_name
from ytterby.terms.prefix import REE_NAMESPACE

# Term and kind of value: text, number, uri, country, list (of objects), or party (a URI, or a sealed reference).
EVENT_TERMS: Mapping[str, str] = {
    "process": "text",
    "purpose": "text",
    "regime": "text",
    "declaration": "text",
    "licence": "text",
    "licenceLine": "text",
    "controlCode": "text",
    "endUser": "party",
    "endUse": "text",
    "destinationCountry": "country",
    "netMassKilogram": "number",
    "use": "list",
    "pool": "uri",
    "poolRule": "text",
}
LOT_TERMS: Mapping[str, str] = {
    "lot": "uri",
    "form": "text",
    "assay": "list",
    "reoPercent": "number",
    "pieceMassGram": "number",
    "netMassKilogram": "number",
    "grade": "text",
    "originCountry": "country",
    "deposit": "text",
    "recycledContentPercent": "number",
    "magnetPiecesPerUnit": "number",
    "magnetMassGramPerUnit": "number",
}
ILMD_TERMS: Mapping[str, str] = {**LOT_TERMS, "lotData": "list"}
ASSAY_TERMS: Mapping[str, str] = {
    "element": "text",
    "milligramPerKilogram": "number",
    "standardUncertainty": "number",
    "method": "text",
    "laboratory": "text",
    "basis": "text",
    "epoch": "text",
}
USE_TERMS: Mapping[str, str] = {
    "share": "number",
    "useCode": "text",
    "endUser": "party",
    "product": "text",
    "model": "text",
    "country": "country",
    "basis": "text",
    "text": "text",
}
SEALED = "sealed"
POOL_RULES = frozenset(["segregated", "proportional", "fifo", "rolling_average"])
USE_BASES = frozenset(["contract", "order", "statement", "estimate"])
ASSAY_BASES = frozenset(["element", "oxide"])
SHIPPING_STEPS = frozenset(["shipping", "departing"])


def strip(node: Mapping[str, object], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each profile term of an object, by bare term; other fields are left out."""
    found = {}
    is_usual = prefixes.get("ree") == REE_NAMESPACE
    for key in node:
        if is_usual and key.startswith("ree:"):
            found[key[4:]] = key
        elif ":" in key:
            name = expand_name(key, prefixes)
            if name.startswith(REE_NAMESPACE):
                found[name[len(REE_NAMESPACE) :]] = key
    return found


def uses_profile(event: Mapping[str, object], prefixes: Mapping[str, str]) -> bool:
    """Tell whether an event uses any term of the profile, in itself or in its ILMD."""
    ilmd = event.get("ilmd")
    return bool(strip(event, prefixes)) or (isinstance(ilmd, dict) and bool(strip(ilmd, prefixes)))
