"""Parties, sites and lots of the sample chain, as the readings answer them; written by hand."""

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
