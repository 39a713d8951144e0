"""Who works in the licence office. Who may read: the register's operator, the licensing office and auditors; nobody
else learns who is there, in which team, or who has a conflict with whom.
"""

from typing import Any

from ytterby.shell.site.register import current_register
from ytterby.shell.store.office_roster import stored_roster
from ytterby.shell.store.reading.casework import is_office
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.rights import stored_rights

Json = dict[str, Any]


def list_office(viewer: Viewer) -> list[Json]:
    """Return the accounts of which anything was said, with party, team, abilities, presence and conflicts."""
    if not is_office(viewer):
        return []
    members = stored_roster(current_register()).members
    return [
        {
            "account": one.account,
            "party": one.party,
            "team": one.team,
            "able": sorted(one.able),
            "present": one.is_present,
            "conflicts": sorted(one.conflicts),
        }
        for _, one in sorted(members.items())
    ]


def accounts_begun(viewer: Viewer, text: str) -> list[str]:
    """Return the accounts in force whose identifier begins with a text."""
    return (
        [one for one in stored_rights(current_register()).accounts() if one.startswith(text)]
        if is_office(viewer)
        else []
    )
