"""Where a lot was mined, separated, refined, melted and made, as a viewer may read it, for rules that ask.

Who may read: a party over the events it may see, so that much is open to it; auditors and the register's operator all.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ytterby.chain.genealogy import ElementStage, places_of, stages_of_lot
from ytterby.law.book import COVERAGE, LawBook
from ytterby.law.condition import Places
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.reading.book import lot_book
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, site_name
from ytterby.shell.store.reading.viewer import Viewer

# Openings of one stage that are told one by one; the rest is a count.
OPENINGS_MAX = 20


class LotStages(NamedTuple):
    """Facts of a lot for rules, and how they came about."""

    facts: Mapping[str, Places]
    told: Json


def lot_stages(
    viewer: Viewer, lot: str, law: LawBook, *, known: Known, element: str | None = None, holder: str | None = None
) -> LotStages:
    """Return where the stages of which the packs speak took place for a lot.

    Raises:
        KeyError: the viewer's book has no such lot.
    """
    with without_collector():
        book = lot_book(viewer, lot, known, is_back=True)
        k = float(law.parameters[COVERAGE].value)
        found = stages_of_lot(book, lot, law.stages.values(), k=k, holder=holder, element=element)
        names = {site: site_name(book, site) for one in found for row in one.openings for site in (row.site,) if site}
    stages = [_stage(one, names) for one in found]
    return LotStages(places_of(found), {"as_of_size": known.size, "lot": lot, "stages": stages})


def _stage(one: ElementStage, names: Mapping[str, Json]) -> Json:
    return {
        "fact": one.fact,
        "element": one.element,
        "countries": [
            {
                "country": row.country,
                "share": row.share,
                "min": row.least,
                "max": row.greatest,
                "u": row.u,
                "is_sure": row.is_sure,
            }
            for row in one.countries
        ],
        "open": [
            {
                "kind": row.kind,
                "lot": row.lot or None,
                "site": row.site or None,
                "site_name": names[row.site]["name"] if row.site else None,
                "form": row.form,
                "country": row.country or None,
                "share": row.share,
            }
            for row in one.openings[:OPENINGS_MAX]
        ],
        "more_open": max(0, len(one.openings) - OPENINGS_MAX),
    }
