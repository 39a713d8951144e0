"""What an importer gathers while it reads: entries, each with an id of its own and a name, and what was wrong.

An importer hands over drafts; whatever an entry cannot hold goes into its remark, whatever the importer did not
understand is counted. Severities: `refuse` ends the reading, `finding` makes the import wait for a person, `remark`
is told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from ytterby.screening.entry import EntrySchema, ListedEntry, ListedName, NameKind
from ytterby.screening.lists.countries import Countries
from ytterby.screening.lists.identifiers import IdentifierKinds, plain_identifier
from ytterby.terms.problem import Problem, Where, finding, refuse, remark

# Problems of one code that are told one by one; the rest is counted.
TOLD_MOST = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file as it came: what it is called, and its bytes."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class ListTables:
    """What lists call countries and identifiers."""

    countries: Countries
    identifiers: IdentifierKinds


@dataclass(frozen=True, slots=True)
class ListLimits:
    """How much one file may hold; characters of one text, names of one entry, levels and attributes of XML."""

    entries: int = 2_000_000
    names: int = 5_000
    characters: int = 200_000
    name_characters: int = 2_000
    depth: int = 60
    attributes: int = 500
    token_bytes: int = 4_000_000


class FileRefused(Exception):  # noqa: N818 -- it ends the reading; its problem is the answer
    """The file cannot be read as what it is said to be."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands: its line, or the path of XML with the number of the record."""

    file: str
    row: int | None = None
    path: str = ""
    column: str = ""

    def of(self, problem: Problem) -> Problem:
        """Return a problem that stands here."""
        return replace(problem, where=Where(pointer=self.path, file=self.file, row=self.row, column=self.column))


@dataclass
class Draft:
    """An entry while it is put together."""

    id: str
    schema: EntrySchema
    place: Place
    names: list[ListedName] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    born: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    programmes: list[str] = field(default_factory=list)
    listed_on: date | None = None
    ends_on: date | None = None
    act: str = ""
    url: str = ""
    remarks: list[str] = field(default_factory=list)

    def name(self, text: str, kind: NameKind = NameKind.PRIMARY) -> None:
        """Add a name, if there is one."""
        if plain := one_line(text):
            self.names.append(ListedName(plain, kind))

    def note(self, label: str, *texts: str) -> None:
        """Keep what no field holds."""
        said = "; ".join(dict.fromkeys(filter(None, map(one_line, texts))))
        if said:
            self.remarks.append(f"{label}: {said}" if label else said)

    def address(self, *parts: str) -> None:
        """Add an address made of its parts."""
        if text := ", ".join(filter(None, map(one_line, parts))):
            self.addresses.append(text)

    def earliest_listing(self, day: date | None) -> None:
        """Let the first of several days of listing count."""
        if day is not None and (self.listed_on is None or day < self.listed_on):
            self.listed_on = day


def one_line(text: str | None) -> str:
    """Return a text with every run of blanks as one, and without characters that no list means."""
    if not text:
        return ""
    clean = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    return " ".join(clean.split())


@dataclass
class Gathering:
    """The entries of a list as they come, and the problems."""

    list_id: str
    tables: ListTables
    limits: ListLimits = field(default_factory=ListLimits)
    published: date | None = None
    entries: dict[str, ListedEntry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _copies: dict[str, int] = field(default_factory=dict)
    _told: Counter[str] = field(default_factory=Counter)
    _strange: Counter[tuple[str, str]] = field(default_factory=Counter)
    _passed: Counter[str] = field(default_factory=Counter)

    def tell(self, problem: Problem) -> None:
        """Note a problem; of one code the first are told, the others counted."""
        self._told[problem.code] += 1
        if self._told[problem.code] <= TOLD_MOST:
            self.problems.append(problem)

    def strange(self, file: str, what: str) -> None:
        """Count something that the importer does not understand."""
        key = (file, what[:80])
        if key in self._strange or len(self._strange) < 1000:
            self._strange[key] += 1

    def passed_over(self, what: str) -> None:
        """Count a record that lists nobody."""
        self._passed[what[:80]] += 1

    def country(self, draft: Draft, text: str) -> None:
        """Add a country: its code where the word is known, else the word."""
        if word := one_line(text):
            code = self.tables.countries.code_of(word)
            if code is None:
                self.strange(draft.place.file, f"country {word}")
            draft.countries.append(code or word)

    def identifier(self, draft: Draft, label: str, value: str, note: str = "") -> None:
        """Add an identifier under the kind that its label means, as the list writes it; the label stays beside it."""
        if not (written := one_line(value)):
            return
        kind = self.tables.identifiers.kind_of(label, written)
        draft.identifiers.append((kind, plain_identifier(kind, written)))
        draft.note(one_line(label) or "id", f"{written} {note}".strip())

    def add(self, draft: Draft) -> None:
        """Take over an entry; without a name it is left out, and of two with one id both are kept."""
        if len(self.entries) >= self.limits.entries:
            raise FileRefused(draft.place.of(refuse("list.too_many_entries", "", "", limit=self.limits.entries)))
        id_ = one_line(draft.id)
        if not id_:
            self.tell(draft.place.of(finding("list.no_id", "", draft.names[0].text if draft.names else "-")))
            return
        names = self._names(draft)
        if not names:
            self.tell(draft.place.of(finding("list.no_name", "", id_)))
            return
        if id_ in self.entries:
            number = self._copies.get(id_, 2)
            while f"{id_}#{number}" in self.entries:
                number += 1
            self._copies[id_] = number
            self.tell(draft.place.of(finding("list.duplicate_id", "", id_, kept=f"{id_}#{number}")))
            id_ = f"{id_}#{number}"
        self.entries[id_] = ListedEntry(
            list=self.list_id,
            id=id_,
            schema=draft.schema,
            names=names,
            countries=_once(draft.countries),
            identifiers=_once(draft.identifiers),
            addresses=_once(draft.addresses),
            born=_once(draft.born),
            measures=_once(map(one_line, draft.measures)),
            programmes=_once(map(one_line, draft.programmes)),
            listed_on=draft.listed_on,
            ends_on=draft.ends_on,
            act=one_line(draft.act),
            url=one_line(draft.url),
            remark=" | ".join(dict.fromkeys(draft.remarks)),
        )

    def _names(self, draft: Draft) -> tuple[ListedName, ...]:
        """Return the names, each once, strongest first said; at least one is primary where any is strong."""
        by_text: dict[str, ListedName] = {}
        for one in draft.names:
            if len(one.text) > self.limits.name_characters:
                self.tell(
                    draft.place.of(finding("list.name_too_long", "", one.text, limit=self.limits.name_characters))
                )
                continue
            held = by_text.get(one.text)
            if held is None or _STRENGTH[one.kind] < _STRENGTH[held.kind]:
                by_text[one.text] = one
        if len(by_text) > self.limits.names:
            raise FileRefused(draft.place.of(refuse("list.too_many_names", "", draft.id, limit=self.limits.names)))
        return tuple(by_text.values())

    def born(self, draft: Draft, text: str, found: str | Sequence[str] | None) -> None:
        """Add the days of birth that a text was read as; where it could not be, tell it and keep the text."""
        if found is None:
            self.unread_day(draft, "born", text)
        else:
            draft.born += [found] if isinstance(found, str) else found

    def unread_day(self, draft: Draft, label: str, text: str) -> None:
        """Tell of a day that cannot be read, and keep what is written in the entry's remark."""
        self.bad_day(draft.place, text)
        draft.note(label, text)

    def bad_day(self, place: Place, text: str) -> None:
        """Tell of a day that cannot be read."""
        self.tell(place.of(remark("list.bad_day", "", text)))

    def finish(self, file: str) -> None:
        """Tell what was counted, and refuse a file that lists nobody."""
        for (where, what), count in sorted(self._strange.items(), key=lambda item: (-item[1], item[0]))[:TOLD_MOST]:
            self.problems.append(Place(where).of(remark("list.not_understood", "", what, count=count)))
        if len(self._strange) > TOLD_MOST:
            rest = len(self._strange) - TOLD_MOST
            self.problems.append(Place(file).of(remark("list.not_understood_more", "", "", count=rest)))
        for what, count in sorted(self._passed.items()):
            self.problems.append(Place(file).of(remark("list.passed_over", "", what, count=count)))
        for code, count in sorted(self._told.items()):
            if count > TOLD_MOST:
                more = count - TOLD_MOST
                self.problems.append(Place(file).of(remark("list.more_of_the_same", "", code, count=more)))
        if not self.entries:
            raise FileRefused(Place(file).of(refuse("list.nobody_listed")))


_STRENGTH: Mapping[NameKind, int] = {
    NameKind.PRIMARY: 0,
    NameKind.ALIAS: 1,
    NameKind.FORMER: 2,
    NameKind.WEAK: 3,
}


def _once(values: Iterable[T]) -> tuple[T, ...]:
    """Return values in their order, each once, without empty ones."""
    return tuple(dict.fromkeys(filter(None, values)))
