"""File what a plant needs, and release an amount of it to a supplier's order.

Who may: the end user for itself. More than the need is entered; whoever released it is told so by a remark, and the
office sees it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ytterby.licence.filing import order_key
from ytterby.licence.use_profile import UseProfile, UseRelease, positions
from ytterby.shell.actions.filing import FilingChange, file_with, read_filing, unregistered
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.filed import kept_filed
from ytterby.terms.problem import pointer, remark

ID_BYTES = 6


def file_profile(
    register: Register, fields: Mapping[str, Any], speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """File a profile, or with the number of one its next version. `fields` are those of a profile without number and
    version, which are drawn and counted here.
    """
    known = kept_filed(register).profiles.get(str(fields.get("id", "")))
    version = 1 if known is None else known.profile.version + 1
    drawn = {"id": secrets.token_hex(ID_BYTES), "version": version, "end_user": speaker.party}
    profile, problems = read_filing({**drawn, **fields}, UseProfile)
    return file_with(register, profile, speaker, at=at) if profile else FilingChange(problems, register.size)


def release_use(
    register: Register,
    profile: str,
    *,
    exporter: str,
    number: str,
    year: int,
    amounts: Mapping[str, str],
    speaker: Speaker,
    at: datetime | None = None,
) -> FilingChange:
    """Release kilograms by element of a profile to the order that an exporter knows by its number."""
    release = UseRelease(profile, exporter, order_key(exporter, number), year, amounts)
    problems = unregistered(exporter=exporter)
    if problems:
        return FilingChange(tuple(problems), register.size)
    change = file_with(register, release, speaker, at=at)
    if change.problems:
        return change
    filed = kept_filed(register)
    held = [one.release for one in filed.releases.values()]
    over = tuple(
        remark(
            "release.exceeds",
            pointer("amounts", row.element),
            row.element,
            need=f"{row.need_kg:f}",
            released=f"{row.released_kg:f}",
        )
        for row in positions(filed.profiles[profile].profile, held, year)
        if row.exceeds
    )
    return FilingChange(over, change.size, change.key)
