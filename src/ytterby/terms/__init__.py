"""What all rooms say: problems, JSON texts, digests, identifiers, prefixes, instants and quantities.

It knows
    problem     what is wrong with what somebody said, as a value: code, place, facts, severity
    jsontext    JSON text to values, strictly and exactly; every reason why a text cannot be relied on
    canonical   the one canonical form of an event, and its digest (suite `DIGEST_SUITE`)
    prefix      what the prefixes of a document mean: GS1's fixed table and the document's own lines
    identifier  GS1 keys as Digital Links, identifiers that a register mints, any other absolute URI
    instant     xsd:dateTimeStamp to UTC and back
    quantity    exact decimals, units of UN/ECE Recommendation 20 (units.csv), division

It never reads a file, a clock or the network: `units.csv` stands here and is handed in as text; what an
`@context` names is never fetched. It never rounds what was declared, and never repairs silently: what is
changed or cut is remarked.

Terms
    refuse, finding, remark   what a problem does: keep the document out, be looked into, be answered
    canonical                 the form in which equal things are equal bytes
    prefix, namespace         `ree` and `https://w3id.org/ytterby/ree/`; together they make the name of a field
    base unit                 the unit in which a dimension is compared (KGM for mass, H87 for pieces)

Invariants, each held by a test
    - No bytes raise an exception in `decode`; a text that two readers could understand differently is refused.
    - The digest depends on what an event says and on nothing else: not on spacing, key order, the choice of prefix,
      the documents handled before; `tests/vectors/digest.json` never changes.
    - The fast writer of the canonical form gives the same bytes as the plain one, and both as a reference that
      shares no code with them.
    - A canonical identifier is read as itself; only absolute URIs are cached, so no prefix can leak.
    - Instants never swap: digits beyond the microsecond are cut.
    - A quantity in its base unit keeps the digits that were written; a factor is exact or absent.

Start reading at problem.py, then canonical.py: its six rules are the contract of the digest.

Sources: RFC 8259, 7493, 8785 (JSON); RFC 3986 (URI); RFC 6901 (pointers); RFC 3339 and W3C XSD 1.1 (instants); GS1
EPCIS 2.0, CBV 2.0, Digital Link URI Syntax, EPC Tag Data Standard, General Specifications; UN/ECE Recommendation 20.
"""

from ytterby.terms.canonical import (
    DIGEST_SUITE,
    IRI_FIELDS,
    UncanonicalError,
    canonical_json,
    digest_event,
    event_digest,
    expand_name,
    write_number,
)
from ytterby.terms.identifier import (
    MINTED_KINDS,
    OTHER,
    REGISTER,
    Identifier,
    is_minted,
    lot_of,
    mint,
    product_class,
    read_identifier,
    site_of,
    tail,
)
from ytterby.terms.instant import read_instant, read_offset, write_instant
from ytterby.terms.jsontext import decode, read_number
from ytterby.terms.prefix import BUILT_IN, REE_NAMESPACE, read_context
from ytterby.terms.problem import (
    NOWHERE,
    Problem,
    Severity,
    Where,
    finding,
    is_refused,
    pointer,
    refuse,
    remark,
    shown,
)
from ytterby.terms.quantity import CONTEXT, KILOGRAM, PIECES, Unit, UnitTable, divide, parse_units

__all__ = [
    "BUILT_IN",
    "CONTEXT",
    "DIGEST_SUITE",
    "IRI_FIELDS",
    "KILOGRAM",
    "MINTED_KINDS",
    "NOWHERE",
    "OTHER",
    "PIECES",
    "REE_NAMESPACE",
    "REGISTER",
    "Identifier",
    "Problem",
    "Severity",
    "UncanonicalError",
    "Unit",
    "UnitTable",
    "Where",
    "canonical_json",
    "decode",
    "digest_event",
    "divide",
    "event_digest",
    "expand_name",
    "finding",
    "is_minted",
    "is_refused",
    "lot_of",
    "mint",
    "parse_units",
    "pointer",
    "product_class",
    "read_context",
    "read_identifier",
    "read_instant",
    "read_number",
    "read_offset",
    "refuse",
    "remark",
    "shown",
    "site_of",
    "tail",
    "write_instant",
    "write_number",
]
