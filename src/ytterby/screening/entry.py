"""An entry of a list: who is listed under which names, and a snapshot: all entries of a list as one file gave them.

The fields follow what lists have in common (FollowTheMoney's entities, the advanced format of OFAC, the files of the
UN, the EU and the UK); whatever an importer cannot place it keeps as a remark. Nothing here is a finding about anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from ytterby.terms.record_text import named_digest


class EntrySchema(StrEnum):
    """What is listed; the words are those of FollowTheMoney. `LegalEntity`: the list does not say which."""

    PERSON = "Person"
    ORGANIZATION = "Organization"
    LEGAL_ENTITY = "LegalEntity"
    VESSEL = "Vessel"
    AIRPLANE = "Airplane"


class NameKind(StrEnum):
    """What a list says of a name. A weak one (of low quality) is kept, counts less and never stands alone."""

    PRIMARY = "primary"
    ALIAS = "alias"
    FORMER = "former"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name as the list writes it."""

    text: str
    kind: NameKind = NameKind.PRIMARY


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One that is listed. `list` names the list, `id` the entry within it, as the list does.

    `identifiers`: pairs of kind (lei, uscc, imo, tax, registration, passport, other) and value as written.
    `countries`: ISO 3166 alpha-2 where the list's word was understood, else as written. `born`: dates or years of
    birth or founding, ISO, as far as the list says. `measures`: what the list lays upon it, in the list's words.
    """

    list: str
    id: str
    schema: EntrySchema
    names: tuple[ListedName, ...]
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    born: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    listed_on: date | None = None
    ends_on: date | None = None
    act: str = ""
    url: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A list as one file gave it. `published` is the day that the file states, None where it states none."""

    list: str
    published: date | None
    file_digest: str
    importer: str
    entries: tuple[ListedEntry, ...]


def entry_digest(entry: ListedEntry) -> str:
    """Return the digest of what an entry says (hex, SHA-256); the order of names and facts does not count."""
    fields: dict[str, Any] = {
        "list": entry.list,
        "id": entry.id,
        "schema": entry.schema.value,
        "names": sorted([one.kind.value, one.text] for one in entry.names),
        "identifiers": sorted([kind, value] for kind, value in entry.identifiers),
        "listed_on": None if entry.listed_on is None else entry.listed_on.isoformat(),
        "ends_on": None if entry.ends_on is None else entry.ends_on.isoformat(),
        "act": entry.act,
        "url": entry.url,
        "remark": entry.remark,
    }
    for name in ("countries", "addresses", "born", "measures", "programmes"):
        fields[name] = sorted(set(getattr(entry, name)))
    return named_digest("ytterby/listed/v1", fields)


def snapshot_digest(entries: Iterable[ListedEntry]) -> str:
    """Return the digest of a snapshot's entries (hex, SHA-256), whatever their order."""
    return text_digest(members_text((entry.id, entry_digest(entry)) for entry in entries))


def members_text(members: Iterable[tuple[str, str]]) -> bytes:
    """Return the entries of a snapshot, (id, digest), as its digest is over them, whatever their order."""
    return "\n".join(sorted(f"{id_}\x00{digest}" for id_, digest in members)).encode()


def text_digest(text: bytes) -> str:
    """Return the digest of a snapshot (hex, SHA-256) from the text of its entries."""
    return sha256(b"ytterby/list/v1\x00" + text).hexdigest()


# Of a list's name and an entry's in a key; no list's name holds a blank.
_JOINT = " "


def key_of(list_id: str, entry: str) -> str:
    """Return the key of an entry among those of all lists."""
    return f"{list_id}{_JOINT}{entry}"


def entry_at(key: str) -> tuple[str, str]:
    """Return the list and the entry that a key stands for."""
    list_id, _, entry = key.partition(_JOINT)
    return list_id, entry
