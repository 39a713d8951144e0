"""The dated tables of screening, read from the files beside the room and handed in."""

import csv
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

from ytterby.screening.flag_tables import FlagTables, Scrap, UseDemand, parse_flag_tables
from ytterby.screening.flags import FlagRules, parse_flag_rules
from ytterby.screening.invented_firm import FILE, FirmParts, read_firm_parts
from ytterby.screening.name_tables import FILES, NameTables, read_name_tables
from ytterby.screening.ownership_rule import OwnershipRules, parse_ownership_rules
from ytterby.screening.policy import Policy, read_policies
from ytterby.screening.scoring_rules import Scoring, Thresholds, parse_scoring, parse_thresholds, thresholds_on
from ytterby.shell.site.packs import packaged_text, use_codes, use_limits
from ytterby.shell.wording.yaml_text import read_yaml


@lru_cache(maxsize=1)
def ownership_rules() -> OwnershipRules:
    """Return when a party is treated like a listed one because listed ones own it."""
    return parse_ownership_rules(read_yaml(packaged_text("screening", "ownership_rules.yaml")))


@lru_cache(maxsize=1)
def screening_policies() -> tuple[Policy, ...]:
    """Return how screening is done: clearances, samples, coded reasons, by the day from which each holds."""
    return read_policies(read_yaml(packaged_text("screening", "policy.yaml")))


@lru_cache(maxsize=1)
def flag_rules() -> FlagRules:
    """Return the red flags of end use."""
    return parse_flag_rules(read_yaml(packaged_text("screening", "flag_rules.yaml")))


@lru_cache(maxsize=1)
def flag_rules_digest() -> str:
    """Return the digest of the rules of flags as they lie in this version, hexadecimal SHA-256."""
    return sha256(packaged_text("screening", "flag_rules.yaml").encode()).hexdigest()


@lru_cache(maxsize=8)
def flag_tables(on: date, known: date) -> FlagTables:
    """Return the tables of flags as they count on a day, as known on another.

    Kilograms per unit are the balances', temperatures and bounds the chain's: no fact stands twice.
    """
    rows = csv.DictReader(packaged_text("chain", "use_codes.csv").splitlines())
    limits, demand = use_limits(), {}
    for row in rows:
        code, t_use, bound = row["code"], row["t_use_c"], row["dy_tb_max_wt"]
        masses = use_codes().on(code, on, known_on=known)
        kg = (None, None, None) if masses is None else (masses.kg_low, masses.kg_mid, masses.kg_high)
        demand[code] = UseDemand(*kg, Decimal(t_use) if t_use else None, Decimal(bound) if bound else None)
    names = ("use_matrix", "grades", "activities", "use_classes", "demand")
    texts = {name: packaged_text("screening", f"{name}.csv") for name in names}
    return parse_flag_tables(texts, demand, Scrap(limits.scrap_low, limits.scrap_mid, limits.scrap_high))


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
