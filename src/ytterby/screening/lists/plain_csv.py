"""Lists that an operator keeps as CSV with documented columns: its own, MOFCOM's lists, METI's end-user list.

Own: `id, schema, name, aliases, former_names, weak_aliases, country, identifiers, address, born, measures, programmes,
listed_on, ends_on, act, url, remark`; many in one cell apart by semicolons, identifiers as `kind:value`.

MOFCOM publishes notices and no file: the operator keeps `name_en, name_zh, aliases, country, list, measure,
announcement_no, date, end_date, url` (docs/lists.md). METI publishes a PDF: its columns are `no, country, name,
aliases, wmd` and their headings in that document. Neither was ever run on a file of the authority itself.
"""

from hashlib import sha256

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.csv_rows import Row, cells_of, named_rows
from ytterby.screening.lists.days import read_day, read_partials
from ytterby.screening.lists.gathering import Draft, Gathering, ListFile
from ytterby.terms.problem import finding, remark

OWN = (
    *("id", "schema", "name", "aliases", "former_names", "weak_aliases", "country", "identifiers", "address", "born"),
    *("measures", "programmes", "listed_on", "ends_on", "act", "url", "remark"),
)
MOFCOM = (
    *("name_en", "name_zh", "aliases", "country", "list", "measure", "announcement_no", "announcement no."),
    *("date", "end_date", "end date", "url", "uscc", "lei", "address", "remark", "id", "schema"),
)
METI = (
    *("no", "no.", "country", "country or region", "name", "company or organization"),
    *("aliases", "also known as", "wmd", "type of wmd", "address", "remark"),
)
_SCHEMAS = {schema.value.casefold(): schema for schema in EntrySchema}


def read_own(files: list[ListFile], gathering: Gathering) -> None:
    """Read an operator's own list."""
    for file in files:
        for row in named_rows(file, gathering, OWN, ("id", "name")):
            draft = Draft(row.get("id"), _schema(row, EntrySchema.LEGAL_ENTITY, gathering), row.place)
            draft.name(row.get("name"))
            for column, kind in (
                ("aliases", NameKind.ALIAS),
                ("former_names", NameKind.FORMER),
                ("weak_aliases", NameKind.WEAK),
            ):
                for text in cells_of(row.get(column)):
                    draft.name(text, kind)
            for text in cells_of(row.get("identifiers")):
                label, colon, value = text.partition(":")
                gathering.identifier(draft, label if colon else "id", value if colon else text)
            draft.addresses += cells_of(row.get("address"))
            draft.measures += cells_of(row.get("measures"))
            draft.programmes += cells_of(row.get("programmes"))
            _common(draft, row, gathering, ("listed_on",), ("ends_on",))
            draft.act, draft.url = row.get("act"), row.get("url")
            _rest(draft, row, OWN)
            gathering.add(draft)


def read_mofcom(files: list[ListFile], gathering: Gathering) -> None:
    """Read MOFCOM's control, watch or unreliable-entity list, in both languages."""
    for file in files:
        for row in named_rows(file, gathering, MOFCOM, ("name_en", "name_zh", "list")):
            english, chinese = row.get("name_en"), row.get("name_zh")
            number = row.get("announcement_no", "announcement no.")
            id_ = row.get("id") or _made_id(row.get("list"), number, english, chinese)
            draft = Draft(
                id_ if english or chinese else "", _schema(row, EntrySchema.ORGANIZATION, gathering), row.place
            )
            draft.name(english)
            draft.name(chinese, NameKind.PRIMARY if not english else NameKind.ALIAS)
            if not (english and chinese):
                # Nobody finds a foreign firm's Chinese name by sound: the list must carry both.
                gathering.tell(row.place.of(remark("list.one_language", "", english or chinese)))
            for text in cells_of(row.get("aliases")):
                draft.name(text, NameKind.ALIAS)
            draft.programmes.append(row.get("list"))
            draft.measures += cells_of(row.get("measure"))
            draft.addresses += cells_of(row.get("address"))
            for kind in ("uscc", "lei"):
                gathering.identifier(draft, f" {kind} " if kind == "lei" else "usccode", row.get(kind))
            _common(draft, row, gathering, ("date",), ("end_date", "end date"))
            draft.act, draft.url = number, row.get("url")
            _rest(draft, row, MOFCOM)
            gathering.add(draft)


def read_meti(files: list[ListFile], gathering: Gathering) -> None:
    """Read METI's end-user list as an operator made it from the PDF."""
    for file in files:
        names = ("company or organization",) if b"rganization" in file.raw[:2000] else ("name",)
        for row in named_rows(file, gathering, METI, names):
            name, country = row.get("company or organization", "name"), row.get("country or region", "country")
            id_ = row.get("no", "no.") or _made_id(name, country)
            draft = Draft(id_, EntrySchema.ORGANIZATION, row.place)
            draft.name(name)
            for text in cells_of(row.get("also known as", "aliases")):
                draft.name(text.removeprefix("-").strip(), NameKind.ALIAS)
            if country:
                gathering.country(draft, country)
            draft.programmes += [part for part in row.get("type of wmd", "wmd").replace(",", " ").split() if part]
            draft.addresses += cells_of(row.get("address"))
            _rest(draft, row, METI)
            gathering.add(draft)


def _made_id(*parts: str) -> str:
    return sha256("\x00".join(parts).encode()).hexdigest()[:16] if any(parts) else ""


def _schema(row: Row, usual: EntrySchema, gathering: Gathering) -> EntrySchema:
    text = row.get("schema")
    found = _SCHEMAS.get(text.casefold()) if text else usual
    if found is None:
        gathering.tell(row.place.of(finding("list.unknown_schema", "", text, known=", ".join(_SCHEMAS))))
    return found or EntrySchema.LEGAL_ENTITY


def _common(draft: Draft, row: Row, gathering: Gathering, starts: tuple[str, ...], ends: tuple[str, ...]) -> None:
    """Read country, birth and the days of listing."""
    for text in cells_of(row.get("country")):
        gathering.country(draft, text)
    for text in cells_of(row.get("born")):
        gathering.born(draft, text, read_partials(text))
    for columns in (starts, ends):
        if text := row.get(*columns):
            day = read_day(text)
            if day is None:
                gathering.unread_day(draft, columns[0], text)
            elif columns is starts:
                draft.listed_on = day
            else:
                draft.ends_on = day


def _rest(draft: Draft, row: Row, columns: tuple[str, ...]) -> None:
    draft.note("", row.get("remark"))
    for name in sorted(row.cells.keys() - set(columns)):
        draft.note(name, row.get(name))
