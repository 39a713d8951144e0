"""A party as it is screened: every name it goes by and what identifies it, known by a digest.

An alert, an opinion and a clearance are about this version of a party and no other: where a name, identifier, country,
address or day of birth changes, the digest does, and what was cleared is open again.
"""

from dataclasses import dataclass

from ytterby.screening.entry import EntrySchema
from ytterby.terms.record_text import named_digest


@dataclass(frozen=True, slots=True)
class ScreenedParty:
    """One party. `names` are all by which it is known, in any script; `identifiers` pairs of kind and value, with the
    kinds of `ListedEntry.identifiers`; `countries` ISO 3166 alpha-2; `born` dates or years of birth or founding, ISO.
    """

    id: str
    schema: EntrySchema
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    born: tuple[str, ...] = ()


def party_digest(party: ScreenedParty) -> str:
    """Return the digest of what identifies a party (hex, SHA-256); the order of names and facts does not count."""
    fields = {
        "id": party.id,
        "schema": party.schema.value,
        "names": sorted(set(party.names)),
        "countries": sorted(set(party.countries)),
        "identifiers": sorted([kind, value] for kind, value in set(party.identifiers)),
        "addresses": sorted(set(party.addresses)),
        "born": sorted(set(party.born)),
    }
    return named_digest("ytterby/screened-party/v1", fields)
