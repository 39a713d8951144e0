"""What the prefixes of a document mean, without ever asking the network.

An `@context` names GS1's EPCIS context and, inline, the prefixes of extensions. GS1's context is a fixed
table here: dereferencing what a document names would let the document make the register fetch any address.
A context at an unknown address is remarked: its prefixes stay unknown, and fields that use them are refused
at the door.

A prefix that the standard fields depend on (`epcis`, `cbv`, `gs1`) cannot be given another meaning, nor can
a name that is a URI scheme (`urn`, `https` ...), which would rewrite identifiers. Other built-in prefixes,
which no standard field uses, may be redefined with a remark.

Source: EPCIS 2.0 section 10 (JSON/JSON-LD binding); W3C JSON-LD 1.1, sections 3.1, 4.1.2, 4.1.5.
"""

import re
from collections.abc import Mapping

from ytterby.terms.problem import Problem, Severity, refuse, remark
from ytterby.terms.problem import pointer as pointer_of

REE_NAMESPACE = "https://w3id.org/ytterby/ree/"

# The prefixes that GS1's EPCIS 2.0 context declares.
BUILT_IN: Mapping[str, str] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
FIXED_PREFIXES = frozenset({"epcis", "cbv", "gs1"})
URI_SCHEMES = frozenset(
    {"http", "https", "urn", "ni", "nih", "did", "tag", "geo", "mailto", "tel", "data", "info", "file"}
)
CONTEXT_ENTRIES_MAX = 200

_GS1_CONTEXT = re.compile(
    r"https?://(?:ref\.gs1\.org/standards/epcis/(?:[0-9]+(?:\.[0-9]+){0,2}/)?|gs1\.github\.io/EPCIS/|id\.gs1\.org/)"
    r"epcis-context\.jsonld",
)
_GS1_NO_PREFIX = re.compile(r"https?://ref\.gs1\.org/standards/epcis/(?:[0-9]+(?:\.[0-9]+){0,2}/)?query-schema\.json")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_HARMLESS_KEYWORDS = frozenset({"@version", "@protected"})


def is_gs1_context(address: str) -> bool:
    """Tell whether an address is one of those under which GS1 publishes its EPCIS context."""
    return _GS1_CONTEXT.fullmatch(address) is not None


def read_context(context: object) -> tuple[dict[str, str], list[Problem]]:
    """Return the namespaces by prefix that an `@context` declares; later entries win. Nothing is fetched.

    Pointers are relative to the `@context`. Codes: `context.missing`, `context.malformed`, `context.not_read`
    (remark), `context.namespace_end` (remark), `context.keyword_not_applied` (remark),
    `context.fixed_prefix`, `context.prefix_redefined` (remark), `context.prefix_is_scheme`.
    """
    if context is None:
        return {}, [refuse("context.missing")]
    entries = context if isinstance(context, list) else [context]
    if len(entries) > CONTEXT_ENTRIES_MAX:
        return {}, [refuse("context.malformed", "", f"{len(entries)} entries")]
    prefixes: dict[str, str] = {}
    problems: list[Problem] = []
    for position, entry in enumerate(entries):
        where = f"/{position}" if isinstance(context, list) else ""
        if isinstance(entry, str):
            if is_gs1_context(entry):
                prefixes.update(BUILT_IN)
            elif not _GS1_NO_PREFIX.fullmatch(entry):
                problems.append(remark("context.not_read", where, entry))
        elif isinstance(entry, dict):
            problems += _read_inline(entry, prefixes, where)
        else:
            problems.append(refuse("context.malformed", where, "null" if entry is None else entry))
    return prefixes, problems


def _read_inline(entry: dict[str, object], prefixes: dict[str, str], where: str) -> list[Problem]:
    """Add the terms of an inline context to the prefixes; return what is wrong with them."""
    problems: list[Problem] = []
    if len(entry) > CONTEXT_ENTRIES_MAX:
        return [refuse("context.malformed", where, f"{len(entry)} entries")]
    written: dict[str, str] = {}
    for name, value in entry.items():
        place = where + pointer_of(name)
        if name.startswith("@"):
            if name not in _HARMLESS_KEYWORDS:
                problems.append(remark("context.keyword_not_applied", place, name))
            continue
        iri = value.get("@id") if isinstance(value, dict) else value
        if isinstance(iri, str) and iri.startswith("@"):
            continue  # an alias of a keyword, as GS1's own context has for id and type
        if not isinstance(iri, str) or not name or ":" in name:
            problems.append(refuse("context.malformed", place, iri if isinstance(iri, str) else name))
        else:
            written[name] = iri
    for name, iri in written.items():
        place = where + pointer_of(name)
        namespace = _resolve(iri, written, prefixes)
        found = _judge_prefix(name, namespace, place, iri)
        problems += found
        if namespace is not None and not any(p.severity is Severity.REFUSE for p in found):
            prefixes[name] = namespace
    return problems


def _resolve(iri: str, written: Mapping[str, str], known: Mapping[str, str]) -> str | None:
    """Return the absolute namespace that a term names, perhaps by another prefix; None if it has none."""
    tried = set()
    while True:
        prefix, colon, rest = iri.partition(":")
        base = written.get(prefix, known.get(prefix))
        if not colon or rest.startswith("//") or base is None:
            return iri if _ABSOLUTE.fullmatch(iri) else None
        if prefix in tried:
            return None
        tried.add(prefix)
        iri = base + rest


def _judge_prefix(name: str, namespace: str | None, place: str, written: str) -> list[Problem]:
    if namespace is None:
        return [refuse("context.malformed", place, written)]
    if name.lower() in URI_SCHEMES:
        return [refuse("context.prefix_is_scheme", place, name)]
    built_in = BUILT_IN.get(name, namespace)
    if built_in != namespace and name in FIXED_PREFIXES:
        return [refuse("context.fixed_prefix", place, namespace, prefix=name, fixed=built_in)]
    problems = []
    if built_in != namespace:
        problems.append(remark("context.prefix_redefined", place, namespace, prefix=name, built_in=built_in))
    is_urn = namespace.lower().startswith("urn:")
    if not namespace.endswith(("/", "#")) and not (is_urn and namespace.endswith(":")):
        problems.append(remark("context.namespace_end", place, namespace, prefix=name))
    return problems
