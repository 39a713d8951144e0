"""Returns and quotas as the readings answer them, written by hand: keys of the contract, figures made up."""

from shell.portal.sample_lots import lot_id, party, site

CONCENTRATE, OXIDE = "09520000000028", "09520000000134"


def site_month(number, state, **more):
    return {
        "site": site(number),
        "state": state,
        "is_owed": True,
        "is_disputed": False,
        "due_day": "2026-04-10",
        "deadline": "2026-04-10T16:00:00.000Z",
        "first_at": "2026-04-02T08:00:00.000Z",
        "whole_at": "2026-04-02T08:00:00.000Z",
        "late_by_seconds": None,
        "late_events": 0,
        "events": 4,
    } | more


def month_return(number, month, state, **more):
    is_missing = state in {"not_entered", "not_due_yet"}
    return {
        "party": party(number),
        "month": month,
        "every": "quarter" if "Q" in month else "month",
        "state": state,
        "due_day": "2026-04-20" if "Q" in month else f"2026-{int(month[5:]) + 1:02d}-10",
        "is_nil": False,
        "entered_at": None if is_missing else "2026-04-02T08:00:00.000Z",
        "lines": 0 if is_missing else 3,
        "late_by_seconds": None,
        "late_events": 0,
        "corrections": 0,
        "corrected_at": None,
        "first_size": None if is_missing else 16,
        "differing": 0,
        "is_gap": state == "not_entered",
        "sites": [site_month(number, state, **({"first_at": None, "whole_at": None} if is_missing else {}))],
    } | more


RETURNS = [
    month_return("10", "2026-02", "entered_in_time"),
    month_return(
        "10", "2026-03", "entered_in_time", differing=1, corrections=1, corrected_at="2026-04-15T16:00:00.000Z"
    ),
    month_return("27", "2026-03", "entered_late", late_by_seconds=98_000.0, late_events=1),
    month_return("34", "2026-03", "not_entered"),
    month_return("41", "2026-03", "entered"),
    month_return("65", "2026-03", "entered_in_time", is_nil=True, lines=1),
    month_return("65", "2026-04", "not_due_yet"),
]


def line(gtin, move, amount, reo, *, where="10", other=None, **more):
    return {
        "site": site(where) if where else None,
        "product": f"https://id.gs1.org/01/{gtin}",
        "tail": gtin,
        "move": move,
        "counterparty": party(other) if other else None,
        "amount": amount,
        "unit": "KGM",
        "t_reo": reo,
        "u_t_reo": None if reo is None else 0.01 * reo,
        "events": 1,
    } | more


def show(row):
    """Return the answer of `return show` for a row of the list."""
    is_corrected = bool(row["corrections"])
    lines = [
        line(CONCENTRATE, "made", "900.5", 0.252),
        line(CONCENTRATE, "shipped", "400", 0.112, other="27"),
        line(OXIDE, "closing", None, None),
    ]
    totals = [{**one, "site": None, "counterparty": None} for one in lines]
    first = [{**totals[0], "amount": "800", "t_reo": 0.224}, {**totals[1], "move": "lost", "amount": "7", "t_reo": 0.0}]
    return {
        "return": row,
        "lines": lines[: row["lines"]],
        "totals": totals[: row["lines"]],
        "elements": [
            {"move": "made", "elements": {"Nd": [216.0, 2.16], "Dy": [5.4, 0.05]}},
            {"move": "shipped", "elements": {"Nd": [96.0, 0.96]}},
            {"move": "closing", "elements": None},
        ],
        "first_totals": first if is_corrected else None,
        "deliveries": [
            {
                "lot": lot_id(CONCENTRATE, "KR-C-0418"),
                "tail": "KR-C-0418",
                "document": "https://kestrel.example/desadv/553",
                "other": party("27"),
                "state": "differs",
            },
        ]
        if row["differing"]
        else [],
    }


def months_of(year, masses, *, open_month=False):
    total, found = 0.0, []
    for number, mass in enumerate(masses, 1):
        total += mass
        is_whole = not (open_month and number == len(masses))
        found.append(
            {
                "month": f"{year}-{number:02d}",
                "t_reo": mass,
                "u_t_reo": 0.01 * mass,
                "sum_t_reo": total,
                "sum_u_t_reo": 0.008 * total,
                "is_whole": is_whole,
            }
        )
    return found


def ahead(year, first, start, pace, half):
    return [
        {
            "month": f"{year}-{first + n:02d}",
            "sum_t_reo": start + pace * (n + 1),
            "low": None if half is None else start + pace * (n + 1) - half * (n + 1),
            "high": None if half is None else start + pace * (n + 1) + half * (n + 1),
        }
        for n in range(13 - first)
    ]


def position(number, kind, quota, masses, used_up=None, **more):
    made = sum(masses) if masses is not None else None
    return {
        "party": party(number),
        "year": 2026,
        "kind": kind,
        "quota_t_reo": quota,
        "source": None if quota is None else "letter 7 of 12 Jan 2026",
        "produced_t_reo": made,
        "u_t_reo": None if made is None else 0.008 * made,
        "share": made / float(quota) if made is not None and quota is not None and float(quota) else None,
        "left_t_reo": None if quota is None or made is None else float(quota) - made,
        "is_exceeded": quota is not None and made is not None and made > float(quota),
        "z": None,
        "months": months_of(2026, masses or []),
        "projected": ahead(2026, len(masses) + 1, made, made / len(masses), 2.0 if len(masses) > 1 else None)
        if masses
        else [],
        "origins": [
            {"kind": "extraction", "country": "XA", "t_reo": made, "is_counted": True},
            {"kind": "scrap", "country": None, "t_reo": 0.4, "is_counted": False},
        ]
        if masses
        else [],
        "not_counted": [],
        "used_up": used_up,
    } | more


def end(day, earliest, latest, months):
    return {"day": day, "earliest": earliest, "latest": latest, "level": 0.9, "months": months}


POSITIONS = [
    position("10", "mining", "30", [3.2, 3.3, 2.8], end("2026-11-01", "2026-09-20", None, 3)),
    position("10", "mining", "50", [3.2, 3.3, 2.8], end("2027-06-01", "2027-03-20", "2027-09-01", 3), year=2025),
    position("27", "separation", "9", [3.1, 3.0, 3.4], end("2026-03-28", "2026-03-28", "2026-03-28", 3)),
    position("34", "separation", None, [1.5]),
    position(
        "65",
        "separation",
        "5",
        None,
        not_counted=[{"reason": "content_unknown", "lots": [lot_id(OXIDE, f"FE-{n}") for n in range(14)]}],
    ),
]
QUOTA_FINDINGS = [
    {
        "id": "F-17299fb2",
        "kind": "quota.exceeded",
        "year": 2026,
        "quota_kind": "separation",
        "parties": [[party("27")["id"]]],
        "size_kg": 500.0,
        "sd_kg": 76.0,
        "statistic": 6.6,
        "text": "Norrvik Separation produced 9.5 t REO in 2026 that draw on its quota of 9 t.",
        "settles": ["Look for production that was entered twice."],
    },
]
