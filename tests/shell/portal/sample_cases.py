"""Answers of the readings about cases and closed months, written by hand: keys of the contract."""

from shell.portal.sample_answers import FINDINGS, MONTHS
from shell.portal.sample_lots import lot_id, party, site

__all__ = ["CASES", "CLOSED", "CLOSES", "STORED", "row_of"]

KESTREL, NORRVIK = party("10")["id"], party("27")["id"]
WORKS = site("27")
LOT = lot_id("09520000000028", "KR-C-0418")
AT = "2024-08-28T09:30:00Z"
EVENT = "urn:uuid:9d33ace7-e721-56e7-884c-e3a2972dd684"
STEP = dict.fromkeys(
    (
        *("party", "to", "text", "due", "events", "documents", "reason", "outcome", "told", "fields"),
        *("site", "day", "order_number", "inspectors", "counts", "samples", "by"),
    )
)
WHOLE = ("as_of_size", "finding_then", "disclosed", "steps", "corrections")


def step(number, verb, on, **more):
    return STEP | {"verb": verb, "on": on, "index": number, "record": f"{number:02x}" * 32} | more


def case(number, finding, kind, state, phase, **more):
    found = {
        "number": number, "finding": finding, "kind": kind, "lot": None, "tail": None, "site": WORKS["id"],
        "parties": [NORRVIK], "state": state, "phase": phase, "version": 1, "since": "2024-05-02", "due": "2024-05-20",
        "judgement": None, "element": "Nd", "months": [], "size_kg": 318.4, "sd_kg": 41.2, "answered": None,
        "is_found": True, "as_of_size": 24, "disclosed": {}, "steps": [], "corrections": [],
    }  # fmt: skip
    found |= more
    then = {key: found[key] for key in ("kind", "parties", "lot", "site", "element", "size_kg", "sd_kg")}
    facts = {"sent": "11000 KGM", "received": "9000 KGM", "document": "urn:epcglobal:cbv:bt:9520000010010:17"}
    rest = {"id": finding, "known_size": 16, "statistic": 7.7, "facts": facts, "events": ["ab" * 32]}
    return found | {"finding_then": then | rest}


def row_of(whole):
    """Return what the list holds of a case."""
    return {key: value for key, value in whole.items() if key not in WHOLE}


HANDS = [
    {"did": "took", "by": "B-1", "at": "2024-05-28T08:00:00Z", "seal": ""},
    {"did": "sealed", "by": "B-1", "at": "2024-05-28T08:05:00Z", "seal": "S-77"},
    {"did": "received", "by": "L-3", "at": "2024-05-29T09:00:00Z", "seal": "S-77"},
]
RESULTS = [{"element": "Nd", "milligram_per_kilogram": "151300", "u": "700", "laboratory": "L-3"}]
SAMPLES = [
    {"id": "V-1", "lot": LOT, "mass_kg": "0.250", "u_kg": "0.001", "custody": HANDS, "results": RESULTS},
]
VISIT = {
    "to": NORRVIK, "site": WORKS["id"], "day": "2024-05-28", "order_number": "O-12", "inspectors": ["B-1", "B-2"],
    "counts": [{"lot": LOT, "mass_kg": "9002.5", "u_kg": "4.5"}], "samples": SAMPLES,
}  # fmt: skip

CASES = [
    case(
        "Q-00000001", FINDINGS[3]["id"], "mirror.differs", "decided", "decided", lot=LOT, tail="KR-C-0418",
        parties=[KESTREL, NORRVIK], version=5, answered="2024-05-10", judgement="real", is_found=False,
        disclosed={NORRVIK: {"sent": "11000 KGM", "size_kg": 2000.0, "statistic": 7.7, "element": "Nd"}},
        corrections=[{"event": "cd" * 32, "index": 22}],
        steps=[
            step(17, "ask", "2024-05-02", to=NORRVIK, text="What did the scale show?", due="2024-05-20", by="A-9c"),
            step(18, "answer", "2024-05-10", party=NORRVIK, text="9,000 kg.", events=[EVENT], documents=["cd" * 32]),
            step(19, "visit", "2024-05-28", **VISIT),
            step(20, "hear", "2024-06-01", to=NORRVIK, fields=["sent", "size_kg"], text="Held against you."),
            step(21, "decide", "2024-06-09", outcome="breach", text="Sold beside the books.", told=[NORRVIK]),
        ],
    ),
    case(
        "Q-00000002", "F-00000099", "month.gain", "asked", "asked", months=["2024-02", "2024-03"], is_found=None,
        steps=[step(23, "ask", "2024-05-02", to=NORRVIK, text="Which shipment was reported late?", due="2024-05-20")],
    ),
    case("Q-00000003", "F-00000098", "mirror.differs", "asked", "asked", size_kg=None, sd_kg=None, element=None),
]  # fmt: skip


def close(month, state, known_at, **more):
    found = {
        "month": month, "index": known_at, "known_at": known_at, "at": f"{month}-28T09:30:00Z", "by": None,
        "derivation": 3, "tables": "12" * 32, "accounts": 3, "digest": "34" * 32, "state": state,
        "changed_sites": 1 if state == "changed" else None if state == "replaced" else 0,
        "same_tables": None if state == "replaced" else True,
    }  # fmt: skip
    return found | more


CLOSES = [
    close("2024-03", "same", 16),
    close("2024-02", "changed", 16, by="urn:uuid:5e1c7f0a-0000-4000-8000-000000000001"),
    close("2024-02", "replaced", 8),
    close("2023-12", "changed", 8, changed_sites=0, same_tables=False),
]


def account(where, element, stored, now, **more):
    found = {
        "site": site(where), "element": element, "stored": stored, "now": now, "differs": False, "changed": [],
        "same_inputs": True, "same_tables": True, "events": [],
    }  # fmt: skip
    return found | more


def month(element, **more):
    return MONTHS[WORKS["id"], element][1] | {"contributors": []} | more


CLOSED = {
    "as_of_size": 24, "month": "2024-02", "closes": CLOSES[2:0:-1], "stale": True,
    "accounts": [
        account("27", "Nd", month("Nd"), month("Nd")),
        account(
            "27", "Dy", month("Dy", muf_kg=12.5), month("Dy"), differs=True,
            changed=["muf_kg", "page_up_05", "page_up_10"],
            same_inputs=False, events=[EVENT],
        ),
        account("34", "Nd", None, month("Nd"), differs=True, changed=["month", "muf_kg"], same_inputs=False),
    ],
    "events": [
        {
            "event_id": EVENT, "name": EVENT, "declares_wrong": wrong, "submitter": party("27"),
            "accepted_at": "2024-04-02T10:00:00Z", "size": 20, "sites": [WORKS["id"]],
        }
        for wrong in (False, True)
    ],
    "registrations": [{"kind": "site", "id": site("34")["id"], "tail": "9520000010034", "size": 18}],
    "findings": {"appeared": FINDINGS[:1], "vanished": FINDINGS[1:2]},
}  # fmt: skip
STORED = {
    (WORKS["id"], "Nd"): {
        "2024-02": {
            "stored": month("Nd", muf_kg=31.0),
            "changed": ["muf_kg"],
            "known_at": 16,
            "at": "2024-03-28T09:30:00Z",
        },
        "2024-07": {"stored": None, "changed": ["month"], "known_at": 16, "at": AT},
    },
}
