"""Limits of signing in, read once from people_limits.yaml."""

from dataclasses import dataclass
from functools import lru_cache

from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class PeopleLimits:
    """How long and how often, in the unit of each name."""

    session_hours: int
    proof_minutes: int
    step_minutes: int
    nonce_minutes: int
    invitation_days: int
    password_characters: int
    failures_free: int
    password_wait_seconds: int
    code_wait_seconds: int
    hashes_at_once: int
    names_watched: int
    passkeys_most: int
    token_days: int
    token_use_minutes: int


@lru_cache(maxsize=1)
def people_limits() -> PeopleLimits:
    """Return the limits."""
    rows = read_yaml(packaged_text("shell.site", "people_limits.yaml"))
    return PeopleLimits(**{name: int(row["value"]) for name, row in rows.items()})
