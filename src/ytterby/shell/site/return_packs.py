"""The dated rules of monthly returns and quotas, read from the files beside the room and handed in."""

from functools import lru_cache

from ytterby.balance.quota import QuotaRules, parse_quota_rules
from ytterby.balance.return_rule import ReturnRules, parse_return_rules
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml


@lru_cache(maxsize=1)
def return_rules() -> ReturnRules:
    """Return who owes a monthly return, and until when."""
    return parse_return_rules(read_yaml(packaged_text("balance", "return_rules.yaml")))


@lru_cache(maxsize=1)
def quota_rules() -> QuotaRules:
    """Return what draws on a quota."""
    return parse_quota_rules(read_yaml(packaged_text("balance", "quota_rules.yaml")))
