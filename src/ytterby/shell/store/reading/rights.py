"""Who somebody is to the register today: the party, with the mandates that the log gives it on the day.

Looked up at each request, so that a right that was withdrawn counts at once (threat X10). Who may read: a party its
own rights; auditors, tracing bodies and the register's operator all. Names of people: the operator alone.
"""

from datetime import date
from typing import Any

from ytterby.shell.site.register import current_register
from ytterby.shell.store.log_marks import head_size
from ytterby.shell.store.models import Account
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import CUSTOMS, OPERATOR_VIEWER, Viewer
from ytterby.shell.store.rights import ACCOUNT, CREDENTIAL, Granted, kept_rights, stored_rights

Json = dict[str, Any]


def viewer_of(viewer: Viewer, party: str, on: date) -> Viewer:
    """Return a party as a viewer on a day; the operator as itself."""
    if party == OPERATOR_VIEWER.party:
        return OPERATOR_VIEWER
    held = kept_rights(current_register(), head_size()).of_party(party, on)
    places: set[str] = set()
    for one in held:
        if one.mandate == CUSTOMS:
            places |= set(one.sites) or _customs_places(viewer, party, on)
    return Viewer(party, frozenset(one.mandate for one in held), frozenset(places))


def _customs_places(viewer: Viewer, party: str, on: date) -> set[str]:
    """Return the customs places that a party operates on a day."""
    sites = whole_directory(viewer, known_at(viewer, None)).sites.values()
    return {site.id for site in sites if site.kind == CUSTOMS and site.operator_on(on) == party}


def list_rights(viewer: Viewer) -> Json:
    """Return accounts and rights with where they stand, in order of the log; of accounts the operator alone reads."""
    found = stored_rights(current_register())
    is_operator = viewer == OPERATOR_VIEWER
    names = dict(Account.objects.values_list("id", "name")) if is_operator else {}
    # Passkeys are listed by `people`, each to whose it is.
    of_parties = [one for one in found.granted.values() if one.kind != CREDENTIAL]
    rows = [one for one in of_parties if one.kind != ACCOUNT or is_operator]
    mine = [one for one in rows if viewer.reads_all or one.party == viewer.party]
    return {
        "rights": [_row(one, names) for one in mine],
        "as_of_size": known_at(viewer, None).size,
    }


def _row(one: Granted, names: dict[str, str]) -> Json:
    return {
        "id": one.digest,
        "kind": one.kind,
        "party": one.party,
        "as": one.mandate or None,
        "account": one.id if one.kind == ACCOUNT else None,
        "name": names.get(one.id) if one.kind == ACCOUNT else None,
        "start": one.start.isoformat() if one.start else None,
        "end": one.end.isoformat() if one.end else None,
        "region": one.region or None,
        "sites": list(one.sites),
        "bodies": list(one.bodies),
        "state": one.state,
        "proposed_by": one.by or None,
        "confirmed_by": one.confirmed_by or None,
        "index": one.index,
    }
