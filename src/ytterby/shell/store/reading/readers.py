"""Who may read what, as data: what is not listed is not readable (docs/rights.md says the same to people).

`GRANTS` names for each kind of data who reads it, and how much. `PARTY_FIELDS` lists every field that an answer shows
to a party; a field that is added to an answer is closed to parties until it is listed here, since a test compares
(threat C5). What a consignee and a customs body read of an event lists `chain.disclosure`.
"""

from collections.abc import Mapping

from ytterby.chain.disclosure import Passage
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, TRACING

PARTY, CONSIGNEE, SHIPPER, OPERATOR_ITSELF, EVERYBODY = "party", "consignee", "shipper", "operator", "everybody"

# Kind of data -> who -> how much of it.
GRANTS: Mapping[str, Mapping[str, str]] = {
    "event as submitted": {PARTY: "whole", AUDIT: "whole", TRACING: "whole", OPERATOR_ITSELF: "whole"},
    "shipment": {
        **{PARTY: "whole", AUDIT: "whole", TRACING: "whole", OPERATOR_ITSELF: "whole"},
        CONSIGNEE: "lot, mass, assay, document number, time and shipper of what is addressed to it",
    },
    "passage of a customs place": {
        **{AUDIT: "whole", TRACING: "whole", OPERATOR_ITSELF: "whole"},
        CUSTOMS: "what the declaration says, at its places",
    },
    "closure of a step": {PARTY: "whole", AUDIT: "whole", TRACING: "whole", OPERATOR_ITSELF: "whole"},
    "delivery": {
        **{AUDIT: "both figures, corrections", TRACING: "both figures, corrections"},
        **{OPERATOR_ITSELF: "both figures, corrections"},
        **dict.fromkeys((SHIPPER, CONSIGNEE), "the state in words as first told, and its own figure"),
    },
    "trace": {
        **{PARTY: "its own parcels and one step each way", CONSIGNEE: "its own parcels and one step each way"},
        **{AUDIT: "whole", TRACING: "whole", OPERATOR_ITSELF: "whole"},
    },
    "rights of a party": {PARTY: "its own", AUDIT: "all", TRACING: "all", OPERATOR_ITSELF: "all, and accounts"},
    "log entry": {EVERYBODY: "the entry; which event it stands for whoever reads the event as submitted"},
}

_NAMED = frozenset({"id", "name", "name_zh"})
_PLACED = _NAMED | {"kind", "country"}
# Answer -> fields of its rows that a party is shown. `a.b` is a field within a field.
PARTY_FIELDS: Mapping[str, frozenset[str]] = {
    "lot": frozenset(
        ("lot", "tail", "form", "grade", "product", "maker", "site", "at", "quantity", "unit", "mass_kg", "elements")
        + ("findings", "holders", "held", "status")
    ),
    "trace": frozenset(
        ("as_of_size", "lot", "direction", "element", "total_kg", "rule", "nodes", "edges", "unaccounted_kg", "muf_kg")
    ),
    "node": frozenset(
        ("lot", "tail", "holder", "owner", "site", "form", "at", "holder_name", "site_name", "country", "kind")
        + ("is_implied", "mass_kg", "u_kg", "share", "min_share", "max_share", "is_target", "origins")
    ),
    "edge": frozenset(("from", "to", "from_lot", "to_lot", "event_id", "mass_kg", "fraction")),
    "origin": frozenset(("class", "site", "site_name", "country", "exporter", "mass_kg", "share", "min", "max")),
    "destination": frozenset(
        ("kind", "id", "use", "mass_kg", "share", "lot", "site", "site_name", "holder", "holder_name")
    ),
    "step": frozenset(
        ("event_id", "at", "site", "run", "process", "element", "in_kg", "out_kg", "difference_kg", "u_kg", "z")
        + ("verdict", "inputs_unknown", "assumed", "inputs", "outputs")
    ),
    "delivery": frozenset(
        ("lot", "tail", "document", "shipper", "receiver", "from_site", "to_site", "sent_at", "received_at", "shipped")
        + ("received", "unit", "state", "overdue")
    ),
    "finding": frozenset(
        ("id", "kind", "parties", "party_names", "element", "months", "lot", "tail", "site", "size_kg", "sd_kg")
        + ("statistic", "false_alarms_per_plant_year", "text", "hypotheses", "settles", "events", "facts", "state")
    ),
    "entry": frozenset(
        ("index", "kind", "entry", "at", "submitter", "submitter_name", "event_id", "digest", "link", "size")
        + ("ends_submission",)
    ),
    "proof": frozenset(
        ("index", "salt", "digest", "proof", "checkpoint", "event", "size", "path", "submitter", "arrival", "outcome")
        + ("record", "as_of_size")
    ),
    "passage": frozenset(Passage._fields) | {"tail"},
    "right": frozenset(
        ("id", "kind", "party", "as", "account", "name", "start", "end", "region", "sites", "state", "proposed_by")
        + ("confirmed_by", "index")
    ),
    "named": _PLACED,
}
# Fields of a delivery that both sides find empty: figures of the comparison, and corrections.
CLOSED_TO_SIDES = frozenset({"compared", "element", "difference", "u", "d", "corrections"})
