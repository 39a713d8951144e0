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
    "lotData": "list",
    "pool": "uri",
    "poolRule": "text",
}
# Those of an event that are plain text: the name of the field, and of the column of a sheet, and the term.
TEXT_TERMS = (
    ("process", "process"),
    ("purpose", "purpose"),
    ("regime", "regime"),
    ("declaration", "declaration"),
    ("licence", "licence"),
    ("licence_line", "licenceLine"),
    ("control_code", "controlCode"),
    ("end_use", "endUse"),
)
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
    "systematicUncertainty": "number",
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


class TermNames:
    """Which fields are terms of the profile, under one set of prefixes; remembers objects with the same fields.

    What is remembered never outlives the prefixes: another document's mean something else.
    """

    __slots__ = ("_known", "accepted", "canonical", "prefixes")

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self.accepted: set[str] = set()  # names of extension fields that are in order
        self.canonical: dict[str, str] = {}  # identifiers read without any problem, by text
        self._known: dict[tuple[str, ...], Mapping[str, str]] = {}

    def strip(self, node: Mapping[str, object]) -> Mapping[str, str]:
        """Return the key of each profile term of an object, by bare term; other fields are left out."""
        fields = tuple(node)
        found = self._known.get(fields)
        if found is None:
            found = {}
            for key in fields:
                name = expand_name(key, self.prefixes)
                if name.startswith(REE_NAMESPACE):
                    found[name[len(REE_NAMESPACE) :]] = key
            if len(self._known) < _KNOWN_MAX:
                self._known[fields] = found
        return found

    def accept(self, name: str) -> None:
        """Remember that a name of an extension field is in order."""
        if len(self.accepted) < _KNOWN_MAX:
            self.accepted.add(name)

    def keep_canonical(self, text: str, uri: str) -> None:
        """Remember the canonical form of an identifier that has no problem."""
        if len(text) <= _TEXT_MAX:
            if len(self.canonical) >= _KNOWN_MAX:
                self.canonical.clear()
            self.canonical[text] = uri


_TEXT_MAX = 200
_KNOWN_MAX = 1024
_names_last = TermNames({})


def term_names(prefixes: Mapping[str, str]) -> TermNames:
    """Return the names under these prefixes; those asked for last are kept, compared by content."""
    global _names_last  # noqa: PLW0603 -- a memo, equal by content to what it replaces
    names = _names_last
    if names.prefixes != prefixes:
        names = _names_last = TermNames(prefixes)
    return names


def strip(node: Mapping[str, object], prefixes: Mapping[str, str]) -> Mapping[str, str]:
    """Return the key of each profile term of an object, by bare term; other fields are left out."""
    return term_names(prefixes).strip(node)


def uses_profile(event: Mapping[str, object], names: TermNames) -> bool:
    """Tell whether an event uses any term of the profile, in itself or in its ILMD."""
    ilmd = event.get("ilmd")
    return bool(names.strip(event)) or (type(ilmd) is dict and bool(names.strip(ilmd)))
