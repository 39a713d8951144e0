"""Answers of the readings for the sample chain, written by hand: keys of the contract, figures of the sample."""

import json
from pathlib import Path

TRACES = json.loads((Path(__file__).parents[1] / "drawing" / "sample_traces.json").read_text(encoding="utf-8"))
GS1 = "https://id.gs1.org/"
PARTIES = {
    "10": ("Kestrel Ridge Mining", "红隼岭矿业"),
    "27": ("Norrvik Separation", "诺尔维克分离"),
    "34": ("Tamarack Metals", "塔马拉克金属"),
    "41": ("Oriel Magnetics", "奥里尔磁材"),
    "58": ("Lumen Motors", "卢门电机"),
    "65": ("Farlow Recycling", "法洛回收"),
}
SITES = {
    "10": ("Kestrel Ridge mine", "红隼岭矿", "mine", "XA"),
    "27": ("Norrvik plant SX-3", "诺尔维克三号萃取厂", "separation", "XA"),
    "34": ("Tamarack works", "塔马拉克厂", "metal", "XA"),
    "41": ("Oriel magnet plant", "奥里尔磁体厂", "magnet", "XA"),
    "58": ("Lumen motor plant", "卢门电机厂", "component", "XB"),
    "65": ("Farlow line L1", "法洛一号线", "recycler", "XA"),
}


def party(number):
    english, chinese = PARTIES[number]
    return {"id": f"{GS1}417/95200000100{number}", "name": english, "name_zh": chinese}


def site(number):
    english, chinese, kind, country = SITES[number]
    where = f"{GS1}414/95200000100{number}"
    return {"id": where, "name": english, "name_zh": chinese, "kind": kind, "country": country}


def lot_id(gtin, tail):
    return f"{GS1}01/{gtin}/{'21' if tail.startswith('M0') else '10'}/{tail}"


def lot(gtin, tail, number, form, at, quantity, elements, *, unit="KGM", mass_kg=None, **more):
    return {
        "lot": lot_id(gtin, tail),
        "tail": tail,
        "form": form,
        "grade": None,
        "product": None,
        "maker": party(number),
        "site": site(number),
        "at": at,
        "quantity": quantity,
        "unit": unit,
        "mass_kg": mass_kg if mass_kg is not None else float(quantity),
        "elements": elements,
        "findings": 0,
        "holders": [party(number)],
        "held": quantity,
        "status": "held",
    } | more


USED = {"holders": [], "held": "0", "status": "used"}
LOTS = [
    *(
        lot(
            "09520000000516",
            f"M0000{n}",
            "58",
            "component",
            "2025-08-04T16:00:00Z",
            "1",
            {"Nd": 0.50026, "Pr": 0.136434, "Dy": 0.027287},
            unit="H87",
            mass_kg=2.16,
        )
        for n in (3, 2, 1)
    ),
    lot(
        "09520000000417",
        "FL-REC-05",
        "65",
        "oxide",
        "2025-07-15T05:00:00Z",
        "341.315",
        {"Nd": 222.0, "Pr": 60.5, "Dy": 12.1},
    ),
    lot(
        "09520000000424",
        "FL-CAKE-05",
        "65",
        "residue",
        "2025-07-15T05:00:00Z",
        "900.849",
        {"Nd": 9.7, "Pr": 2.7, "Dy": 0.5},
    ),
    lot(
        "09520000000318",
        "OM-N42SH-0623",
        "41",
        "magnet",
        "2025-06-23T10:00:00Z",
        "60000",
        {"Nd": 625.324, "Pr": 170.543, "Dy": 34.109},
        unit="H87",
        mass_kg=2700.0,
        grade="N42SH",
        findings=1,
        holders=[party("41"), party("58")],
        held="59856",
    ),
    lot(
        "09520000000325",
        "OM-SW-0623",
        "41",
        "swarf",
        "2025-06-23T10:00:00Z",
        "1000.943",
        {"Nd": 231.82, "Pr": 63.224, "Dy": 12.645},
        findings=1,
        **USED,
    ),
    lot(
        "09520000000264",
        "TM-SC-12",
        "34",
        "alloy",
        "2025-06-10T09:00:00Z",
        "3700.943",
        {"Nd": 857.144, "Pr": 233.767, "Dy": 46.754},
        findings=1,
        **USED,
    ),
    lot(
        "09520000000271", "TM-DR-12", "34", "dross", "2025-06-10T09:00:00Z", "56.36", {"Nd": 14.4, "Pr": 3.9, "Dy": 0.8}
    ),
    lot(
        "09520000000240",
        "FE-2025-09",
        "34",
        None,
        "2025-06-10T09:00:00Z",
        "2400",
        None,
        findings=1,
        status="undeclared",
        holders=[],
        held="0",
    ),
    lot(
        "09520000000257",
        "FB-2025-03",
        "34",
        None,
        "2025-06-10T09:00:00Z",
        "200",
        None,
        findings=1,
        status="undeclared",
        holders=[],
        held="0",
    ),
    lot(
        "09520000000219",
        "TM-NdPr-77",
        "34",
        "metal",
        "2025-06-06T18:00:00Z",
        "1109.743",
        {"Nd": 872.0, "Pr": 237.8},
        **USED,
    ),
    lot("09520000000226", "TM-Dy-77", "34", "metal", "2025-06-06T18:00:00Z", "47.56", {"Dy": 47.5}, **USED),
    lot("09520000000233", "TM-SLG-77", "34", "slag", "2025-06-06T18:00:00Z", "96", {"Nd": 33.5, "Pr": 9.1, "Dy": 1.9}),
    lot(
        "09520000000134",
        "NV-NdPr-31",
        "27",
        "oxide",
        "2025-05-20T12:00:00Z",
        "1362.758",
        {"Nd": 906.455, "Pr": 247.215},
        **USED,
    ),
    lot("09520000000158", "NV-Dy-31", "27", "oxide", "2025-05-20T12:00:00Z", "57.03", {"Dy": 49.443}, **USED),
    lot(
        "09520000000172",
        "NV-RAF-31",
        "27",
        "residue",
        "2025-05-20T12:00:00Z",
        "8200",
        {"Ce": 66.264, "La": 38.229, "Nd": 28.035, "Y": 10.194, "Pr": 7.646, "Dy": 1.529, "Tb": 0.306},
    ),
    lot(
        "09520000000028",
        "KR-C-0418",
        "10",
        "concentrate",
        "2025-04-18T06:30:00Z",
        "11000",
        {"Ce": 2210.0, "La": 1275.0, "Nd": 935.0, "Y": 340.0, "Pr": 255.0, "Dy": 51.0, "Tb": 10.2},
        findings=0,
        **USED,
    ),
    lot(
        "09520000000035",
        "KR-T-0418",
        "10",
        "tailings",
        "2025-04-18T06:30:00Z",
        "109000",
        {"Ce": 390.0, "La": 225.0, "Nd": 165.0, "Y": 60.0, "Pr": 45.0, "Dy": 9.0, "Tb": 1.8},
    ),
    lot(
        "09520000000011",
        "KR-2025-W14",
        "10",
        "ore",
        "2025-04-04T10:00:00Z",
        "120000",
        {"Ce": 2600.0, "La": 1500.0, "Nd": 1100.0, "Y": 400.0, "Pr": 300.0, "Dy": 60.0, "Tb": 12.0},
        **USED,
    ),
]


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
