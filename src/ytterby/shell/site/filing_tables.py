"""The tables that filings of parties are checked by, read from beside the room and handed in."""

from functools import lru_cache

from ytterby.licence.delivery_report import parse_stages
from ytterby.licence.filed import FilingRules
from ytterby.licence.invitation import InvitationRules, parse_invitation_rules
from ytterby.shell.site.packs import packaged_text, use_codes


@lru_cache(maxsize=1)
def invitation_rules() -> InvitationRules:
    """Return how long an invitation works, and what each way to an address is worth."""
    days, sources = (packaged_text("licence", f"{name}.csv") for name in ("invitation_days", "address_sources"))
    return parse_invitation_rules(days, sources)


@lru_cache(maxsize=8)
def filing_rules(register_id: str) -> FilingRules:
    """Return what filings with a register are checked by."""
    stages = parse_stages(packaged_text("licence", "delivery_stages.csv"))
    return FilingRules(register_id, invitation_rules(), frozenset(use_codes().by_code), stages)
