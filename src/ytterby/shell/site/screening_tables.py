"""The dated tables of screening, read from the files beside the room and handed in."""

from functools import lru_cache

from ytterby.screening.ownership_rule import OwnershipRules, parse_ownership_rules
from ytterby.screening.policy import Policy, read_policies
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml


@lru_cache(maxsize=1)
def ownership_rules() -> OwnershipRules:
    """Return when a party is treated like a listed one because listed ones own it."""
    return parse_ownership_rules(read_yaml(packaged_text("screening", "ownership_rules.yaml")))


@lru_cache(maxsize=1)
def screening_policies() -> tuple[Policy, ...]:
    """Return how screening is done: clearances, samples, coded reasons, by the day from which each holds."""
    return read_policies(read_yaml(packaged_text("screening", "policy.yaml")))
