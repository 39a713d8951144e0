"""What the register itself lays down of quotas, read from the file beside the room; what draws on them is law."""

from functools import lru_cache

from ytterby.balance.quota import parse_projection
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml


@lru_cache(maxsize=1)
def projection_level() -> float:
    """Return the level of the interval in which a quota's end is told."""
    return parse_projection(read_yaml(packaged_text("balance", "quota_projection.yaml")))
