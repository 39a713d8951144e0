"""Use profiles and what was released of them, each reader its part.

Who may read. Licensing bodies and the register's operator: whole, with the sum over all suppliers. The end user its
own, with the same sum. A supplier what was released to its own orders, and nothing of the profile that others'
releases or the need could be told from: two registers that differ only in a rival's releases answer it alike (threats
C2, X3).
"""

from datetime import date
from typing import Any

from ytterby.licence.filed import Filed
from ytterby.licence.use_profile import Position, Profiled, Released, yearly_positions
from ytterby.shell.store.reading.filed import filed_at, reads_filings
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.instant import write_instant

Json = dict[str, Any]


def list_profiles(viewer: Viewer, known: Known, on: date) -> list[Json]:
    """Return profiles with their needs, and by year and element what is released of them to all suppliers together."""
    filed = filed_at(viewer, known)
    return [
        _profile_row(filed, one, on)
        for one in filed.profiles.values()
        if reads_filings(viewer) or (viewer.party and one.profile.end_user == viewer.party)
    ]


def _profile_row(filed: Filed, one: Profiled, on: date) -> Json:
    said = one.profile
    held = [released.release for released in filed.releases.values()]
    years = yearly_positions(said, held)
    return {
        "id": said.id,
        "version": said.version,
        "end_user": said.end_user,
        "plant": said.plant,
        "product": said.product,
        "model": said.model,
        "use": said.use,
        "needs": dict(said.needs),
        "valid_from": said.valid_from,
        "valid_to": said.valid_to,
        "text": said.text,
        "is_valid": one.holds_on(on),
        "filed_at": write_instant(one.versions[-1][1]),
        "positions": [_position_row(year, row) for year, rows in years.items() for row in rows],
    }


def _position_row(year: int, row: Position) -> Json:
    return {
        "year": year,
        "element": row.element,
        "need_kg": f"{row.need_kg:f}",
        "released_kg": f"{row.released_kg:f}",
        "suppliers": row.suppliers,
        "exceeds": row.exceeds,
    }


def list_releases(viewer: Viewer, known: Known) -> list[Json]:
    """Return releases: the end user those that it made, a supplier those to it, the office all."""
    filed = filed_at(viewer, known)
    return [row for one in filed.releases.values() if (row := _release_row(viewer, filed, one)) is not None]


def _release_row(viewer: Viewer, filed: Filed, one: Released) -> Json | None:
    said, profile = one.release, filed.profiles[one.release.profile].profile
    is_own = reads_filings(viewer) or (bool(viewer.party) and viewer.party == profile.end_user)
    if not (is_own or (viewer.party and viewer.party == said.exporter)):
        return None
    return {
        "profile": said.profile if is_own else None,
        "end_user": profile.end_user,
        "exporter": said.exporter,
        "order": said.order,
        "year": said.year,
        "use": profile.use,
        "product": profile.product,
        "amounts": dict(said.amounts),
        "at": write_instant(one.at),
    }
