"""Who may read what, as data: what is not listed is not readable (docs/rights.md says the same to people).

`GRANTS` names for each kind of data who reads it, and how much. `PARTY_FIELDS` lists every field that an answer shows
to a party; a field that is added to an answer is closed to parties until it is listed here, since a test compares
(threat C5). What a consignee and a customs body read of an event lists `chain.disclosure`.
"""

from collections.abc import Mapping

from ytterby.chain.disclosure import Passage
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING, TRACING

PARTY, CONSIGNEE, OPERATOR_ITSELF, EVERYBODY = "party", "consignee", "operator", "everybody"

_WHOLE = dict.fromkeys((AUDIT, TRACING, OPERATOR_ITSELF), "whole")
_STATE = "the state in words as first told, and its own figure"
_CASE = "what was asked of it, its answers, visits of its sites, and the fields that a decision disclosed to it"
_HITS = "party beside entry and why; opinions of others by whoever has given its own"
_OFFICE = dict.fromkeys((LICENSING, OPERATOR_ITSELF), "whole")
_INVITED = "of whom it asked to be invited: invited, accepted, complete"
_REPORTS = "its own whole, of others' that and when they came, alarms that stop its orders"
_FREE = "its own: the document, whether it holds, of a challenge question, day and result, exits"
_STEP = "its own parcels and one step each way"

_READ_CASES = (LICENSING, AUDIT, OPERATOR_ITSELF)

# Kind of data -> who -> how much of it.
GRANTS: Mapping[str, Mapping[str, str]] = {
    "event as submitted": {PARTY: "whole"} | _WHOLE,
    "shipment": {PARTY: "whole", CONSIGNEE: "lot, mass, assay, document number, time, and who sent it"} | _WHOLE,
    "passage of a customs place": {CUSTOMS: "what the declaration says, at its places"} | _WHOLE,
    "closure of a step": {PARTY: "whole"} | _WHOLE,
    "month balance of a plant": {PARTY: "whole, of its own plants, from its own book"} | _WHOLE,
    "delivery": {PARTY: _STATE, CONSIGNEE: _STATE} | dict.fromkeys(_WHOLE, "both figures, corrections"),
    "balances of a closed month": _WHOLE,
    "trace": {PARTY: _STEP, CONSIGNEE: _STEP} | _WHOLE,
    "rights of a party": {
        PARTY: "its own, and passkeys of its accounts",
        AUDIT: "all",
        TRACING: "all",
        OPERATOR_ITSELF: "all, and accounts",
    },
    "flow return": {PARTY: "its own, of deliveries the state in words as first told"} | _WHOLE,
    "quota": {PARTY: "its own"} | _WHOLE,
    "owners of a party": {PARTY: "its own", LICENSING: "whole", AUDIT: "whole", OPERATOR_ITSELF: "whole"},
    "red flags of an end user": {LICENSING: "whole", AUDIT: "whole", OPERATOR_ITSELF: "whole"},
    "impact of a change of law": {PARTY: "what it holds, its own products, its own place on lists"} | _WHOLE,
    "names of columns": {PARTY: "its own"} | _WHOLE,
    "case of a finding": {PARTY: _CASE, CONSIGNEE: _CASE} | _WHOLE,
    "sample to be visited": dict(_WHOLE),
    "law of the register": {EVERYBODY: "packs in force, changes and who made them by account, settlements"},
    "lists of the listed": {LICENSING: "whole"} | _WHOLE,
    "evidence of a case": {LICENSING: "whole, of tracing the lots of the application as its applicant holds them"}
    | {OPERATOR_ITSELF: "whole"},
    "goods that need no licence": {PARTY: _FREE}
    | dict.fromkeys((LICENSING, CUSTOMS, AUDIT, OPERATOR_ITSELF), "whole, with challenges, samples and exits"),
    "hits of screening": {LICENSING: _HITS, AUDIT: _HITS, OPERATOR_ITSELF: _HITS},
    "licence": {
        PARTY: "its own: where it stands, what is left, of an exit whether customs says the same",
        CUSTOMS: "those of the country of its places, with all entries",
    }
    | dict.fromkeys((LICENSING, AUDIT, OPERATOR_ITSELF), "whole"),
    # What parties of deliveries file: the consignee is the end user.
    "invitation": {PARTY: _INVITED, CONSIGNEE: "who delivers to it, once it accepted"} | _OFFICE,
    "end-use statement": {PARTY: "those that name it as exporter", CONSIGNEE: "all that stand in its name"} | _OFFICE,
    "use profile": {CONSIGNEE: "its own, with the sum over all suppliers"} | _OFFICE,
    "use release": {PARTY: "what is released to its own orders", CONSIGNEE: "its own"} | _OFFICE,
    "trade order": {PARTY: "whole", CONSIGNEE: "without price, contract and lots"} | _OFFICE,
    "delivery report": {PARTY: _REPORTS, CONSIGNEE: _REPORTS} | _OFFICE,
    "re-transfer and visit": {CONSIGNEE: "its own"} | _OFFICE,
    "validation of an end user": _OFFICE,
    "audit of decisions by rule": {LICENSING: "whole", AUDIT: "whole", OPERATOR_ITSELF: "whole"},
    "log entry": {EVERYBODY: "the entry; which event it stands for whoever reads the event as submitted"},
}


def _fields(names: str) -> frozenset[str]:
    return frozenset(names.split())


_STATEMENT = "digest end_user exporter importer made filed_by filed_at valid_from valid_to orders use state"
_LICENCE = _fields(
    "licence version status customs holder country destination kind exports done_when validity lines exits findings"
    " events as_of_size"
)
# Answer -> the fields of it, or of its rows, that a party is shown.
PARTY_FIELDS: Mapping[str, frozenset[str]] = {
    "lot": _fields(
        "lot tail form grade product maker site at quantity unit mass_kg elements findings holders held status"
    ),
    "trace": _fields(
        "as_of_size lot direction element total_kg rule is_whole traced_share nodes edges unaccounted_kg muf_kg"
    ),
    "node": _fields(
        "lot tail holder owner site form at holder_name site_name country kind is_implied"
        " mass_kg u_kg share min_share max_share is_target origins"
    ),
    "edge": _fields("from to from_lot to_lot event_id mass_kg fraction"),
    "origin": _fields("class site site_name country exporter mass_kg share min max"),
    "destination": _fields("kind id use mass_kg share lot site site_name holder holder_name"),
    "step": _fields(
        "event_id at site run process element in_kg out_kg difference_kg u_kg z verdict inputs_unknown assumed"
        " inputs outputs"
    ),
    "month": _fields(
        "month muf_kg sigma_kg sigma_random_kg sigma_systematic_kg cumuf_kg sigma_cumuf_kg itmuf_kg sitmuf"
        " page_up_05 page_down_05 page_up_10 page_down_10 threshold_05 threshold_10 alarm testable reason reason_lot"
        " contributors"
    ),
    "delivery": _fields(
        "lot tail document shipper receiver from_site to_site sent_at received_at shipped received unit state overdue"
    ),
    "finding": _fields(
        "id kind parties party_names element months lot tail site size_kg sd_kg statistic"
        " false_alarms_per_plant_year text hypotheses settles events facts state"
    ),
    "entry": _fields("index kind entry at submitter submitter_name event_id digest link ends_submission size"),
    "proof": _fields(
        "format index salt digest proof checkpoint event size path submitter arrival outcome record as_of_size"
    ),
    "passage": frozenset(Passage._fields) | {"tail"},
    "return": _fields(
        "party month every state due_day is_nil entered_at lines late_by_seconds late_events corrections corrected_at"
        " first_size differing is_gap sites"
    ),
    "return site": _fields(
        "site state is_owed is_disputed due_day deadline first_at whole_at late_by_seconds late_events events"
    ),
    "return line": _fields("site product tail move counterparty amount unit t_reo u_t_reo events"),
    "return elements": _fields("move elements"),
    "return delivery": _fields("lot tail document other state"),
    "quota": _fields(
        "party year kind quota_t_reo source produced_t_reo u_t_reo share left_t_reo is_exceeded z months projected"
        " origins not_counted used_up state ledger"
    ),
    "quota month": _fields("month t_reo u_t_reo sum_t_reo sum_u_t_reo is_whole"),
    # Both ends of a transfer know each other; each reads its own index.
    "quota entry": _fields("act t_reo index_t_reo from to reason source"),
    "quota projected": _fields("month sum_t_reo low high"),
    "case": _fields("number lot tail state version since due"),
    "case shown": _fields("number lot tail state version since due as_of_size disclosed steps"),
    "case step": _fields(
        "verb on party to text due events documents reason outcome told fields site day order_number inspectors"
        " counts samples index"
    ),
    "licence listed": _fields("licence version status customs holder destination validity"),
    "licence shown": _LICENCE,
    "licence shown to customs": _LICENCE | {"entries"},
    "licence line": _fields(
        "line product name code quantity tolerance unit drawn reserved free lapsed unlicensed is_exhausted"
    ),
    "licence exit": _fields("declaration line exporter state"),
    "licence exit shown to customs": _fields("declaration line exporter customs difference state"),
    "licence entry": _fields(
        "index line kind declaration declaration_line seq on quantity code drawn reserved unlicensed reason"
    ),
    "stake": _fields("owner owned lo hi on source"),
    "impact row": _fields("kind id tail holder what since old new gained lost rules"),
    "invitation": _fields("party asked_by state"),
    "invitation request": _fields("id asked_by name country text is_answered"),
    "statement": _fields(_STATEMENT),
    "statement shown": _fields(
        _STATEMENT + " procedure goods end_use undertakings signer documents repudiation as_of_size"
    ),
    "stated goods": _fields("name product specification control_code quantity unit"),
    "shipping alarm": _fields("id kind statement order text by at ended_at ended_why"),
    "order": _fields("order number version seller buyer consignee end_user destination on contract freight_mode lines"),
    "order line": _fields("line name product specification control_code quantity unit value currency lots"),
    "delivery report": _fields("order delivery stage on by at quantity unit place text documents"),
    "report owed": _fields("order delivery left stage owed_by due state happened"),
    "re-transfer": _fields("id by order to_name to_country amounts use text outcome why conditions"),
    "visit": _fields("id party party_country body body_country on outcome text order provision consent documents"),
    "profile": _fields(
        "id version end_user plant product model use needs valid_from valid_to text is_valid filed_at positions"
    ),
    "position": _fields("year element need_kg released_kg suppliers exceeds"),
    "release": _fields("profile end_user exporter order year use product amounts at"),
    "free goods": _fields(
        "as_of_size number case line procedure holder bound subjects name form composition goods source freeing rules"
        " by law on report issued_at issued_by schema holds why note key challenges exits counted"
    ),
    "free listed": _fields("number holder name on case"),
    "free challenge": _fields("id state due overdue text outcome result"),
    "right": _fields(
        "id kind party as account name start end region sites bodies state proposed_by confirmed_by index"
    ),
}
# Fields of a delivery that both sides find empty: figures of the comparison, and corrections.
CLOSED_TO_SIDES = _fields("compared element difference u d corrections")
