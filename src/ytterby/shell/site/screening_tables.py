"""The packaged tables of screening, read once and handed to the room.

They stand apart from the other tables because few commands need them.
"""

from datetime import date
from functools import lru_cache

from ytterby.screening.invented_firm import FILE, FirmParts, read_firm_parts
from ytterby.screening.name_tables import FILES, NameTables, read_name_tables
from ytterby.screening.scoring_rules import Scoring, Thresholds, parse_scoring, parse_thresholds, thresholds_on
from ytterby.shell.site.packs import packaged_text


@lru_cache(maxsize=1)
def name_tables() -> NameTables:
    """Return the tables by which names are read."""
    return read_name_tables({name: packaged_text("screening", name) for name in FILES})


@lru_cache(maxsize=1)
def scoring() -> Scoring:
    """Return the rules by which names are scored."""
    return parse_scoring(packaged_text("screening", "score_rules.csv"))


def thresholds(on: date) -> Thresholds:
    """Return the thresholds that hold on a day.

    Raises:
        LookupError: no set holds on that day.
    """
    return thresholds_on(parse_thresholds(packaged_text("screening", "thresholds.csv")), on)


@lru_cache(maxsize=1)
def firm_parts() -> FirmParts:
    """Return what names of firms that do not exist are made of."""
    return read_firm_parts(packaged_text("screening", "han_places.csv"), packaged_text("screening", FILE))
