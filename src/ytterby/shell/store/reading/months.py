"""Month balances of a plant and element as a viewer may read them: the keys of `balance report`.

Who may read: auditors, tracing bodies and the register's operator those of all plants; a party those of its own.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ytterby.balance.account import Accounts
from ytterby.balance.month_report import MonthBalance, PlantMonths, plant_months
from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.balance.page import DOWN, UP, Chart
from ytterby.balance.quantity import quantity_named
from ytterby.balance.self_check import check_declared
from ytterby.chain.book import Book
from ytterby.chain.period import Month
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.shell.site.balance_packs import operating_points, self_check_limits, threshold_table
from ytterby.shell.store.reading.accounts import accounts_of
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, figure
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import tail

PLANT = "plant"
# Key of a level of Page's test in an answer, by direction and reference value.
LEVELS = {(UP, 0.5): "page_up_05", (DOWN, 0.5): "page_down_05", (UP, 1.0): "page_up_10", (DOWN, 1.0): "page_down_10"}


def month_rows(viewer: Viewer, site: str, element: str, *, known: Known) -> list[Json]:
    """Return the months of a plant and element, in order; one that cannot be tested says why and has no figures."""
    charts = threshold_table().charts(PLANT, operating_points()[ASK_FOR_PAPER].rate_per_plant_year)
    accounts, book = accounts_of(viewer, known), book_of(viewer, known)
    found = plant_months(accounts, site, quantity_named(element), charts)
    return [_row(found, one, charts, lambda key: _named(accounts, book, key)) for one in found.months]


def checked_months(viewer: Viewer, site: str, element: str, *, known: Known) -> tuple[list[Json], Json]:
    """Return the same months, and whether the uncertainties that the plant declares are about right by them: `verdict`,
    mean z^2 with the 95 % interval of the variance ratio, and over how many months.
    """
    rows = month_rows(viewer, site, element, known=known)
    scores = np.array([row["sitmuf"] for row in rows if row["sitmuf"] is not None])
    check = check_declared(scores, self_check_limits())
    return rows, {
        "verdict": check.verdict,
        "months": check.months,
        "mean_square": figure(check.mean_square),
        "low": figure(check.low),
        "high": figure(check.high),
    }


def balanced(viewer: Viewer, *, known: Known, until: Month | None = None) -> list[tuple[str, str]]:
    """Return the plants that have month balances, each with the elements of which it handles any, in order; with
    `until` those of which anything counts up to that month.
    """
    accounts = accounts_of(viewer, known)
    held: dict[str, set[str]] = {}
    for one in accounts.counted:
        elements = {element for element in ELEMENTS if one.content.mass_kg[POSITION[element]]}
        for row, _ in one.entries:
            if row.link is None and (until is None or accounts.months[row.month] <= until):
                held.setdefault(row.site, set()).update(elements)
    return [(site, element) for site in sorted(held) for element in ELEMENTS if element in held[site]]


def _named(accounts: Accounts, book: Book, key: str) -> Json:
    """Return what people call an item: what it is, its lot and event; a systematic group is its own name."""
    one = accounts.by_key.get(key)
    if one is None:
        return {"id": key, "what": "group", "lot": None, "event_id": None}
    event = book.event_ids.get(one.events[0]) or one.events[0].hex()
    return {"id": f"{event} {tail(one.lot)}", "what": one.what.value, "lot": tail(one.lot), "event_id": event}


def _row(found: PlantMonths, one: MonthBalance, charts: Sequence[Chart], named: Callable[[str], Json]) -> Json:
    levels = {LEVELS[chart.direction, chart.k]: level for chart, level in zip(charts, one.levels, strict=False)}
    reason = one.untestable
    return {
        "month": str(one.month),
        "muf_kg": figure(one.muf_kg),
        "sigma_kg": figure(one.sigma_kg),
        "sigma_random_kg": figure(one.sigma_random_kg),
        "sigma_systematic_kg": figure(one.sigma_systematic_kg),
        "cumuf_kg": figure(one.cumuf_kg),
        "sigma_cumuf_kg": figure(one.sigma_cumuf_kg),
        "itmuf_kg": figure(one.itmuf_kg),
        "sitmuf": figure(one.sitmuf),
        **{key: figure(levels.get(key)) for key in LEVELS.values()},
        "threshold_05": next((chart.h for chart in charts if chart.k == 0.5), None),
        "threshold_10": next((chart.h for chart in charts if chart.k == 1.0), None),
        "alarm": any(one.alarms),
        "testable": reason is None,
        "reason": reason.reason if reason else None,
        "reason_lot": tail(reason.lot) if reason and reason.lot else None,
        "contributors": [
            {**named(found.name_of(part)), "kind": part.kind, "share_of_variance": part.share}
            for part in one.contributors
        ],
    }
