"""All names that are screened against, ready to be searched: the index of the entries of lists, kept beside them.

Who may read: whoever reads lists (`screening_lists`); to nobody else is there anything to screen against.

Rarity is counted over all entries and over all parties that were registered when the lists last changed, so that it is
a function of the log, and stays as it is until they change again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from ytterby.screening.entry import ListedEntry, NameKind, entry_at, key_of
from ytterby.screening.identifier_check import identifier_index
from ytterby.screening.name_index import Bearer, build_index
from ytterby.screening.party_screening import Candidate, Pins, Screened, pins_of, screen_party
from ytterby.screening.screened_party import ScreenedParty
from ytterby.screening.screener import Screener
from ytterby.screening.support import NO_FACTS, Facts
from ytterby.shell.lists.index_files import kept_index
from ytterby.shell.site.name_index_files import read_index, write_index
from ytterby.shell.site.register import Register
from ytterby.shell.site.screening_tables import name_tables, scoring, thresholds
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.screening import screened_party
from ytterby.shell.store.reading.screening_lists import (
    ScreenedList,
    entries_of,
    last_change,
    reads_lists,
    screened_digest,
    screened_lists,
)
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.registrations import registered_directory


@dataclass(frozen=True, eq=False)
class ListedNames:
    """The lists, a screener over the names of their entries, and the day whose thresholds judge."""

    viewer: Viewer
    lists: tuple[ScreenedList, ...]
    screener: Screener
    on: date

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The digest of what each entry says, by key."""
        return {key_of(one.list_id, id_): said for one in self.lists for id_, said in one.members.items()}

    @cached_property
    def entries(self) -> Mapping[str, ListedEntry]:
        """Every entry by key, for whoever screens many."""
        return {key_of(one.list, one.id): one for one in entries_of(self.viewer, self.lists)}

    @cached_property
    def identifiers(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """Which keys bear an identifier."""
        return identifier_index((key, one.identifiers) for key, one in self.entries.items())

    @property
    def pins(self) -> Pins:
        """What a screening by these hangs on."""
        return pins_of(self.screener, thresholds(self.on))

    def screen(self, party: ScreenedParty) -> list[Candidate]:
        """Return the entries that a party may be, best first, at most 20."""
        said = Screened(
            schema=party.schema,
            names=party.names,
            identifiers=party.identifiers,
            facts=Facts(party.countries, party.born, party.addresses),
        )
        return screen_party(
            said,
            self.screener,
            thresholds(self.on),
            identifiers=self.identifiers if party.identifiers else {},
            facts_of=self.facts,
        )

    def of_entries(self, keys: Iterable[str]) -> "ListedNames":
        """Return the same over some entries alone, with the rarity of all; equal names keep their scores."""
        wanted = set(keys)
        lists = tuple(
            one._replace(members={i: d for i, d in one.members.items() if key_of(one.list_id, i) in wanted})
            for one in self.lists
        )
        chosen = [_bearer(one) for key, one in self.entries.items() if key in wanted]
        index, _ = build_index(chosen, name_tables(), self.screener.rarity)
        screener = Screener(index, name_tables(), self.screener.rarity, scoring())
        return ListedNames(self.viewer, lists, screener, self.on)

    def facts(self, key: str) -> Facts:
        """Return what a list says of an entry beside its names."""
        entry = self.entry(key)
        return NO_FACTS if entry is None else Facts(entry.countries, entry.born, entry.addresses)

    def entry(self, key: str) -> ListedEntry | None:
        """Return one entry; looked up by itself where nobody asked for all."""
        if "entries" not in self.__dict__ and key in self.digests and key not in self._few:
            list_id, id_ = entry_at(key)
            one = next(one for one in self.lists if one.list_id == list_id)
            wanted = one._replace(members={id_: one.members[id_]})
            self._few[key] = next(iter(entries_of(self.viewer, [wanted])))
        return self.entries.get(key) if "entries" in self.__dict__ else self._few.get(key)

    @cached_property
    def _few(self) -> dict[str, ListedEntry]:
        return {}


def listed_names(viewer: Viewer, register: Register, known: Known, on: date) -> ListedNames:
    """Return the names that are screened against as known at a log size; their index is made where it is not kept.

    Raises:
        PermissionError: the viewer does not screen.
        LookupError: a snapshot in force, or an entry of one, cannot be read.
    """
    lists = screened_lists(viewer, known)
    counted = last_change(viewer, known)
    tables = name_tables()
    made_of = f"{screened_digest(viewer, lists)}\x00{counted}\x00{tables.digest}\x00{scoring().version}"
    source = sha256(f"ytterby/listed-names/v1\x00{made_of}".encode()).hexdigest()

    def make(folder: Path) -> None:
        bearers = [_bearer(one) for one in entries_of(viewer, lists)]
        index, rarity = build_index(bearers, tables, beside=_registered(viewer, counted))
        write_index(folder, index, rarity, source)

    folder = kept_index(register.data, source, make)
    found = read_index(folder, source, tables.digest)
    if found is None:
        raise LookupError(f"the index {source} cannot be read")
    index, rarity = found
    return ListedNames(viewer, lists, Screener(index, tables, rarity, scoring()), on)


# Entries of lists are not read again for each page.
_names = Kept[ListedNames](1)


def names_at_hand(viewer: Viewer, register: Register, known: Known, on: date) -> ListedNames:
    """Return the same for questions that come one by one: kept in memory until a list changes, or the day.

    Raises:
        PermissionError: the viewer does not screen.
        LookupError: a snapshot in force, or an entry of one, cannot be read.
    """
    if not reads_lists(viewer):
        raise PermissionError("lists are read by those who screen")
    asked = (register.id, register.data, last_change(viewer, known), on, name_tables().digest, scoring().version)
    return _names.get(asked, lambda: listed_names(viewer, register, known, on))


def _registered(viewer: Viewer, size: int) -> list[Bearer]:
    """Return the parties that were registered at a log size and have a name, as bearers of their names."""
    parties = [screened_party(viewer, one) for one in registered_directory(size).parties.values()]
    return [
        Bearer(f"\x00{one.id}", "", one.schema, tuple((name, NameKind.PRIMARY) for name in one.names))
        for one in parties
        if one.names
    ]


def _bearer(entry: ListedEntry) -> Bearer:
    names = tuple((name.text, name.kind) for name in entry.names)
    return Bearer(key_of(entry.list, entry.id), entry.list, entry.schema, names)
