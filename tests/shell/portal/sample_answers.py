"""Answers of the readings for the sample chain, written by hand: keys of the contract, figures of the sample."""

import json
from pathlib import Path

from shell.drawing.month_rows import month_rows
from shell.portal.sample_lots import LOTS, lot_id, party, site

__all__ = ["DESTINATION", "FINDINGS", "LOTS", "MONTHS", "ORIGIN", "PAIRS", "STEPS", "TRACES"]

TRACES = json.loads((Path(__file__).parents[1] / "drawing" / "sample_traces.json").read_text(encoding="utf-8"))


def finding(
    number, kind, tail, where, text, cure, *, events=("urn:uuid:9d33ace7-e721-56e7-884c-e3a2972dd684",), **more
):
    row = next((one for one in LOTS if one["tail"] == tail), None)
    return {
        "id": f"F-{number:08x}",
        "kind": kind,
        "parties": [[party(where)["id"]]],
        "party_names": [party(where)["name"]],
        "element": None,
        "months": [],
        "lot": row["lot"] if row else None,
        "tail": tail if row else None,
        "site": site(where),
        "size_kg": None,
        "sd_kg": None,
        "statistic": None,
        "false_alarms_per_plant_year": None,
        "text": text,
        "hypotheses": [],
        "settles": [cure],
        "events": list(events),
        "facts": {},
        "state": "open",
    } | more


FINDINGS = [
    finding(
        0x11,
        "lot.not_created",
        "FE-2025-09",
        "34",
        "2400 KGM of lot FE-2025-09 were used or received, and nobody has reported making it.",
        "Its maker reports the lot, or registers the product as free of rare earths.",
    ),
    finding(
        0x12,
        "lot.not_created",
        "FB-2025-03",
        "34",
        "200 KGM of lot FB-2025-03 were used or received, and nobody has reported making it.",
        "Its maker reports the lot, or registers the product as free of rare earths.",
    ),
    finding(
        0x13,
        "lot.changed_site",
        "TM-SC-12",
        "41",
        "Lot TM-SC-12 was made at Tamarack works, and 3700.943 kg of it were used elsewhere without a shipment.",
        "The maker reports the shipment and the user the receipt.",
        events=("urn:uuid:9d33ace7-e721-56e7-884c-e3a2972dd684", "urn:uuid:43c63bb6-bbc0-5c78-b2e8-09e83c70e680"),
    ),
    finding(
        0x14,
        "receipt.implied",
        "OM-SW-0623",
        "65",
        "1000.943 KGM of lot OM-SW-0623 were shipped and then used, and no receipt was reported.",
        "The receiver reports the receipt.",
    ),
    finding(
        0x15,
        "receipt.implied",
        "OM-N42SH-0623",
        "58",
        "20000 H87 of lot OM-N42SH-0623 were shipped and then used, and no receipt was reported.",
        "The receiver reports the receipt.",
    ),
    finding(
        0x16,
        "step.loss",
        None,
        "34",
        "Step 2025-06-06 lost 5.0 kg of Nd that no output holds; measurement explains ±1.3 kg (z = 3.85).",
        "Look for an output that was not reported, a wet or mistyped weight, and check the assays.",
        element="Nd",
        size_kg=5.0,
        sd_kg=1.3,
        statistic=3.85,
    ),
]


def step(number, process, run, at, event, element, in_kg, out_kg, u_kg, inputs, outputs, **more):
    z = (in_kg - out_kg) / u_kg if u_kg else None
    verdict = "not testable" if z is None else "loss" if z > 3 else "gain" if z < -3 else "closed"
    return {
        "event_id": f"urn:uuid:{event}",
        "at": at,
        "site": site(number),
        "run": run,
        "process": process,
        "element": element,
        "in_kg": in_kg,
        "out_kg": out_kg,
        "difference_kg": in_kg - out_kg,
        "u_kg": u_kg,
        "z": z,
        "verdict": verdict,
        "inputs_unknown": False,
        "assumed": False,
        "inputs": inputs,
        "outputs": outputs,
    } | more


STEPS = [
    step(
        "10",
        "flotation",
        "0418",
        "2025-04-18T06:30:00Z",
        "45cfc4db",
        "Nd",
        1100.0,
        1100.0,
        34.2,
        ["KR-2025-W14"],
        ["KR-C-0418", "KR-T-0418"],
    ),
    step(
        "10",
        "flotation",
        "0418",
        "2025-04-18T06:30:00Z",
        "45cfc4db",
        "Tb",
        12.0,
        11.9988,
        0.384,
        ["KR-2025-W14"],
        ["KR-C-0418", "KR-T-0418"],
    ),
    step(
        "27",
        "solvent extraction",
        "SX3-31",
        "2025-05-20T12:00:00Z",
        "5251e507",
        "Nd",
        934.49,
        934.49,
        10.6,
        ["KR-C-0418"],
        ["NV-La-31", "NV-Ce-31", "NV-NdPr-31", "NV-RAF-31"],
    ),
    step(
        "34",
        "molten-salt electrolysis",
        "E77",
        "2025-06-06T18:00:00Z",
        "e5e74f8b",
        "Nd",
        906.455,
        901.455,
        1.3,
        ["NV-NdPr-31", "NV-Dy-31"],
        ["TM-NdPr-77", "TM-Dy-77", "TM-SLG-77"],
    ),
    step(
        "34",
        "strip casting",
        "SC12",
        "2025-06-10T09:00:00Z",
        "9d33ace7",
        "Nd",
        872.0,
        871.5,
        4.8,
        ["TM-NdPr-77", "TM-Dy-77", "FE-2025-09", "FB-2025-03"],
        ["TM-SC-12", "TM-DR-12"],
        inputs_unknown=True,
        assumed=True,
    ),
    step(
        "41",
        "sintering, grinding",
        "S2-0623",
        "2025-06-23T10:00:00Z",
        "43c63bb6",
        "Nd",
        857.144,
        857.144,
        5.8,
        ["TM-SC-12"],
        ["OM-N42SH-0623", "OM-SW-0623"],
    ),
    step(
        "58",
        None,
        "5521",
        "2025-08-04T16:00:00Z",
        "0f60f0d0",
        "Nd",
        1.50078,
        1.50078,
        None,
        ["OM-N42SH-0623"],
        ["M00001", "M00002", "M00003"],
    ),
]


def pair(gtin, tail, document, from_, to, sent_at, received_at, shipped, received, state, d=None, **more):
    return {
        "lot": lot_id(gtin, tail),
        "tail": tail,
        "document": document,
        "shipper": party(from_),
        "receiver": party(to),
        "from_site": site(from_),
        "to_site": site(to),
        "sent_at": sent_at,
        "received_at": received_at,
        "shipped": shipped,
        "received": received,
        "unit": "KGM",
        "compared": "declared" if d is not None else None,
        "element": None,
        "difference": float(shipped) - float(received) if d is not None else None,
        "u": 8.4 if d is not None else None,
        "d": d,
        "state": state,
        "overdue": None,
    } | more


PAIRS = [
    pair(
        "09520000000028",
        "KR-C-0418",
        "https://kestrel.example/desadv/118",
        "10",
        "27",
        "2025-04-19T04:00:00Z",
        "2025-04-22T08:15:00Z",
        "11000",
        "10594",
        "differs",
        48.3,
    ),
    pair(
        "09520000000134",
        "NV-NdPr-31",
        "https://norrvik.example/desadv/552",
        "27",
        "34",
        "2025-05-24T03:00:00Z",
        "2025-05-25T03:00:00Z",
        "1362.758",
        "1362.758",
        "matched",
        0.0,
    ),
    pair(
        "09520000000325",
        "OM-SW-0623",
        "https://oriel.example/desadv/881",
        "41",
        "65",
        "2025-06-25T02:00:00Z",
        None,
        "1000.943",
        None,
        "implied",
    ),
    pair(
        "09520000000318",
        "OM-N42SH-0623",
        "https://oriel.example/inv/2025-310",
        "41",
        "58",
        "2025-07-02T07:30:00Z",
        None,
        "20000",
        None,
        "in_transit",
        unit="H87",
        overdue=True,
    ),
]

DESTINATION = {
    "mass_kg": 625.324,
    "rule": "well_mixed",
    "destinations": [
        {
            "kind": "holder",
            "id": party("58")["id"],
            "use": "traction_motor_car",
            "mass_kg": 206.94,
            "share": 0.3309,
            "lot": lot_id("09520000000318", "OM-N42SH-0623"),
            "site": site("58")["id"],
            "site_name": "Lumen motor plant",
            "holder": party("58")["id"],
            "holder_name": "Lumen Motors",
        },
        {
            "kind": "stock",
            "id": lot_id("09520000000318", "OM-N42SH-0623"),
            "use": None,
            "mass_kg": 416.883,
            "share": 0.6667,
            "lot": lot_id("09520000000318", "OM-N42SH-0623"),
            "site": "https://id.gs1.org/414/9520000010041",
            "site_name": "Oriel magnet plant",
            "holder": "https://id.gs1.org/417/9520000010041",
            "holder_name": "Oriel Magnetics",
        },
    ],
    "uses": [
        {
            "use": "traction_motor_car",
            "end_user": party("58")["id"],
            "end_user_name": "Lumen Motors",
            "country": "XB",
            "declared_kg": 208.441,
            "realised_kg": 1.501,
            "otherwise_kg": 0.0,
            "open_kg": 206.94,
        },
    ],
}
ORIGIN = {
    "mass_kg": 625.324,
    "u_kg": 2.5,
    "rule": "well_mixed",
    "origins": [
        {
            "class": "extraction",
            "site": site("10")["id"],
            "site_name": "Kestrel Ridge mine",
            "country": "XA",
            "exporter": None,
            "mass_kg": 625.1,
            "share": 0.9996,
            "min": 0.9996,
            "max": 0.9996,
        },
        {
            "class": "undeclared",
            "site": site("34")["id"],
            "site_name": "Tamarack works",
            "country": "XA",
            "exporter": None,
            "mass_kg": 0.224,
            "share": 0.0004,
            "min": 0.0,
            "max": 0.001,
        },
    ],
}

CONTRIBUTORS = [
    {
        "id": "urn:uuid:9d33ace7-e721-56e7-884c-e3a2972dd684 KR-C-0418",
        "what": "stock",
        "lot": "KR-C-0418",
        "event_id": "urn:uuid:9d33ace7-e721-56e7-884c-e3a2972dd684",
        "kind": "random",
        "share_of_variance": 0.61,
    },
    {
        "id": "assay of https://laboratory.example/Hexi",
        "what": "group",
        "lot": None,
        "event_id": None,
        "kind": "systematic",
        "share_of_variance": 0.3,
    },
    {
        "id": "urn:uuid:00000000-0000-5000-8000-000000000001 OM-9",
        "what": "implied",
        "lot": "OM-9",
        "event_id": "urn:uuid:00000000-0000-5000-8000-000000000001",
        "kind": "random",
        "share_of_variance": 0.09,
    },
]
# Norrvik balances in neodymium and loses dysprosium; Kestrel Ridge never counted.
MONTHS = {
    (site("27")["id"], "Nd"): month_rows(14, gaps={0: "before_first_stock_taking", 6: "content_unknown"}, seed=3),
    (site("27")["id"], "Dy"): month_rows(14, loss_sd=3.0, loss_from=8, seed=4),
    (site("10")["id"], "Nd"): month_rows(3, gaps=dict.fromkeys(range(3), "no_stock_taking")),
}
for _rows in MONTHS.values():
    for _row in _rows:
        _row["contributors"] = CONTRIBUTORS if _row["testable"] else []
