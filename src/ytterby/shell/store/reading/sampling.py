"""What samples are drawn from, and what was drawn, as a viewer may read it.

Who may read: the register's operator, auditing and tracing bodies; to parties there are no samples, since a plant that
knows is no sample. Whoever is handed the published folder can draw again without the register.
"""

from datetime import UTC
from decimal import Decimal
from math import fsum

from ytterby.balance.account import What
from ytterby.balance.sampling_plan import EQUAL, WHOLE, Plan, Unit, month_days
from ytterby.matter.element import POSITION
from ytterby.matter.mass import FloatArray
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.accounts import accounts_of
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.samples import Held, stored_samples

PLANT = "plant"
CAME_IN = frozenset({What.RECEIPT, What.IMPLIED, What.PRODUCTION})
_MILLIGRAM = Decimal("0.000001")


def list_samples(viewer: Viewer, *, known: Known) -> Json:
    """Return plans and draws, in order of the log."""
    held = stored_samples(current_register(), known.size).by_key if viewer.reads_all else {}
    return {"as_of_size": known.size, "samples": [_row(one) for one in held.values()]}


def frame_of(viewer: Viewer, plan: Plan, *, known: Known) -> tuple[Unit, ...]:
    """Return the plants or lots that a plan draws from, as known at a log size, in order of their identifiers.

    A plant's size is the kg of the element that came in or were made there in the period (UTC), a lot's the kg of it
    that are left of it; units without any are no part of the frame. `equal`: everything that came in anywhere counts 1.
    """
    strata = {stratum.name for stratum in plan.strata}
    kind_of = {id_: site.kind for id_, site in book_of(viewer, known).world.directory.sites.items()}
    sizes = _plants(viewer, plan, known) if plan.unit == PLANT else _lots(viewer, plan, known)
    found = []
    for (id_, site), masses in sorted(sizes.items()):
        size = Decimal(fsum(masses)).quantize(_MILLIGRAM)
        stratum = WHOLE if strata == {WHOLE} else kind_of.get(site, "other")
        if size > 0 and stratum in strata:
            found.append(Unit(id_, stratum, "1" if plan.size == EQUAL else format(size, "f")))
    return tuple(found)


def _plants(viewer: Viewer, plan: Plan, known: Known) -> dict[tuple[str, str], list[float]]:
    month = month_days(plan.period)
    sizes: dict[tuple[str, str], list[float]] = {}
    for one in accounts_of(viewer, known).counted:
        if one.what not in CAME_IN or month is None or not month[0] <= one.at.astimezone(UTC).date() <= month[1]:
            continue
        for site in {row.site for row, sign in one.entries if row.site and sign > 0}:
            sizes.setdefault((site, site), []).append(_kg(one.content.mass_kg, plan.size))
    return sizes


def _lots(viewer: Viewer, plan: Plan, known: Known) -> dict[tuple[str, str], list[float]]:
    sizes: dict[tuple[str, str], list[float]] = {}
    for lot, parcels in book_of(viewer, known).parcels_of.items():
        left = [parcel for parcel in parcels if parcel.left > 0 and parcel.amount > 0]
        if left:
            kilograms = (float(one.left / one.amount) * _kg(one.mass_kg, plan.size) for one in left)
            sizes[lot, left[0].site] = list(kilograms)
    return sizes


def _kg(masses: FloatArray, element: str) -> float:
    """Return the kg of one element, of all together where every unit counts alike."""
    rows = [float(kg) for kg in masses]
    return fsum(rows) if element == EQUAL else rows[POSITION[element]]


def _row(held: Held) -> Json:
    plan = held.plan
    return {
        "period": plan.period,
        "unit": plan.unit,
        "size": plan.size,
        "frame_day": plan.frame_day,
        "strata": {stratum.name or "*": stratum.count for stratum in plan.strata},
        "seed_sha256": plan.seed_sha256,
        "index": held.entry,
        "frame_size": held.frame_size,
        "frame_units": None if held.frame is None else len(held.frame),
        "drawn": None if held.drawn is None else [one.fields for one in held.drawn],
    }
