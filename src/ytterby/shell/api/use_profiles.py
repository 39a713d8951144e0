"""Use profiles of end users, and what they release of them to orders; no supplier sees another's."""

from collections.abc import Mapping

import msgspec

from ytterby.shell.actions.release_use import file_profile, release_use
from ytterby.shell.api.asked import Asked, Told
from ytterby.shell.api.filed import filed, given, rows
from ytterby.shell.store.reading.use_profiles import list_profiles, list_releases


class NewProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plant needs a year, in kg by element; with the `id` of a profile, its next version."""

    plant: str
    product: str
    model: str
    use: str
    needs: Mapping[str, str]
    valid_from: str
    valid_to: str
    text: str = ""
    id: str = ""


class NewRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Kilograms by element of a profile, released to the order that an exporter knows by its number."""

    profile: str
    exporter: str
    number: str
    year: int
    amounts: Mapping[str, str]


def listed(asked: Asked) -> Told:
    """Return profiles."""
    return rows(asked, "profiles", list_profiles(asked.me.viewer, asked.known, asked.today))


def file(asked: Asked) -> Told:
    """File a profile, or the next version of one."""
    return filed(asked, file_profile(asked.register, given(asked.body), asked.me.speaker, at=asked.at))


def releases(asked: Asked) -> Told:
    """Return releases."""
    return rows(asked, "releases", list_releases(asked.me.viewer, asked.known))


def release(asked: Asked) -> Told:
    """Release an amount to an order."""
    one: NewRelease = asked.body
    change = release_use(
        asked.register,
        one.profile,
        exporter=one.exporter,
        number=one.number,
        year=one.year,
        amounts=one.amounts,
        speaker=asked.me.speaker,
        at=asked.at,
    )
    return filed(asked, change)
