"""OFAC's legacy files: sdn.csv with alt.csv, add.csv and sdn_comments.csv, several files that make one snapshot.

Source: the files themselves (sdn.csv and alt.csv run) and OFAC's description of the columns (dat_spec.txt). There is no
heading; `-0-` stands for nothing; the file ends with an end-of-file character. What the remarks hold is read from
them: days of birth, nationality, identifiers, names in quotes (which OFAC calls weak).
"""

import re

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.csv_rows import plain_rows
from ytterby.screening.lists.days import read_partials
from ytterby.screening.lists.gathering import Draft, FileRefused, Gathering, ListFile, Place
from ytterby.terms.problem import finding, refuse, remark

_NOTHING = "-0-"
_SCHEMAS = {"individual": EntrySchema.PERSON, "vessel": EntrySchema.VESSEL, "aircraft": EntrySchema.AIRPLANE}
_ALIASES = {"aka": NameKind.ALIAS, "fka": NameKind.FORMER, "nka": NameKind.ALIAS}
# Columns of each file.
SDN, ADDRESSES, ALIASES, COMMENTS = 12, 6, 5, 2
_QUOTED = re.compile(r"(a\.k\.a\.|f\.k\.a\.|n\.k\.a\.|alt\.?)\s+['‘](.+)['’]", re.IGNORECASE)
_BORN = re.compile(r"(?:alt\. )?DOB (.+)", re.IGNORECASE)
_FOUNDED = re.compile(r"Organization Established Date (.+)", re.IGNORECASE)
_COUNTRY = re.compile(r"(?:alt\. )?(?:nationality of registration|nationality|citizen) (.+)", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"((?:[A-Za-z.'/ -]*?(?:passport|number|no\.|id\b|registration identification|identification|card|code))"
    r"(?: no\.| number)?)\s+#?\s*([A-Z0-9][\w./ -]*?)(?: \((.+)\))?",
    re.IGNORECASE,
)


def kind_of(file: ListFile) -> int | None:
    """Return how many columns a file of OFAC has, from its first row; None where it is none of them."""
    first = file.raw[:4000].split(b"\n", 1)[0].decode("utf-8", "replace")
    if not re.match(r'"?\d+"?,', first.lstrip("\ufeff")):
        return None
    cells = len(re.findall(r'(?:^|,)(?:"(?:[^"]|"")*"|[^,"]*)', first.strip()))
    return cells if cells in {SDN, ADDRESSES, ALIASES, COMMENTS} else None


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the files: the entries first, then what belongs to them."""
    by_kind: dict[int, ListFile] = {}
    for file in files:
        kind = kind_of(file)
        if kind is None or kind in by_kind:
            raise FileRefused(Place(file.name).of(refuse("list.not_this_format", "", "", format="ofac-legacy")))
        by_kind[kind] = file
    if SDN not in by_kind:
        raise FileRefused(Place(files[0].name).of(refuse("list.part_missing_main", "", "sdn.csv")))
    for kind, name in ((ALIASES, "alt.csv"), (ADDRESSES, "add.csv"), (COMMENTS, "sdn_comments.csv")):
        if kind not in by_kind:
            tell = finding("list.part_missing_names", "", name) if kind == ALIASES else None
            gathering.tell(Place(by_kind[SDN].name).of(tell or remark("list.part_missing", "", name)))
    drafts: list[Draft] = []
    by_id: dict[str, Draft] = {}
    for line, cells in plain_rows(by_kind[SDN], gathering):
        draft = _entry([_said(cell) for cell in cells], Place(by_kind[SDN].name, line), gathering)
        drafts.append(draft)
        # Of two rows of one number both stay, and what belongs to the number goes to the first.
        by_id.setdefault(draft.id, draft)
    for kind in (ALIASES, ADDRESSES, COMMENTS):
        if kind in by_kind:
            _parts(by_id, by_kind[kind], kind, gathering)
    for draft in drafts:
        gathering.add(draft)


def _said(cell: str) -> str:
    text = cell.strip()
    return "" if text == _NOTHING else text


def _entry(cells: list[str], place: Place, gathering: Gathering) -> Draft:
    if len(cells) < SDN:
        gathering.tell(place.of(finding("list.row_too_short", "", cells[0], columns=SDN, found=len(cells))))
        cells = [*cells, *[""] * (SDN - len(cells))]
    id_, name, type_, programmes, title, call_sign, kind, tonnage, gross, flag, owner, remarks = cells[:SDN]
    schema = _SCHEMAS.get(type_.lower(), EntrySchema.ORGANIZATION)
    if type_ and type_.lower() not in _SCHEMAS:
        gathering.strange(place.file, f"type {type_}")
    draft = Draft(id_, schema, place)
    draft.name(name)
    draft.programmes += [one for one in re.split(r"\]\s*\[|[\[\]]", programmes) if one]
    for label, text in (("title", title), ("call sign", call_sign), ("vessel type", kind), ("tonnage", tonnage)):
        draft.note(label, text)
    draft.note("gross registered tonnage", gross)
    draft.note("owner", owner)
    if flag and flag.lower() != "none identified":
        gathering.country(draft, flag)
    read_remarks(draft, remarks, gathering)
    return draft


def _parts(by_id: dict[str, Draft], file: ListFile, kind: int, gathering: Gathering) -> None:
    for line, row in plain_rows(file, gathering):
        cells, place = [_said(cell) for cell in row], Place(file.name, line)
        if len(cells) < kind:
            gathering.tell(place.of(finding("list.row_too_short", "", cells[0], columns=kind, found=len(cells))))
            continue
        draft = by_id.get(cells[0])
        if draft is None:
            gathering.tell(place.of(finding("list.belongs_to_nobody", "", cells[0])))
        elif kind == ALIASES:
            if cells[2].lower() not in _ALIASES:
                gathering.strange(file.name, f"kind of name {cells[2]}")
            draft.name(cells[3], _ALIASES.get(cells[2].lower(), NameKind.ALIAS))
            draft.note("name", cells[4])
        elif kind == ADDRESSES:
            draft.address(cells[2], cells[3], cells[4])
            if cells[4]:
                gathering.country(draft, cells[4])
            draft.note("address", cells[5])
        else:
            read_remarks(draft, cells[1], gathering)


def read_remarks(draft: Draft, remarks: str, gathering: Gathering) -> None:
    """Read what OFAC's remarks say in their own way; all of them stay in the entry's remark too."""
    draft.note("", remarks)
    for piece in re.split(r";\s*", remarks.rstrip(". ")):
        if match := _QUOTED.fullmatch(piece):
            draft.name(match.group(2), NameKind.WEAK)
        elif match := (_BORN.fullmatch(piece) or _FOUNDED.fullmatch(piece)):
            born = read_partials(match.group(1))
            if born is None:
                gathering.bad_day(draft.place, piece)
            draft.born += born or []
        elif match := _COUNTRY.fullmatch(piece):
            gathering.country(draft, match.group(1))
        elif match := _IDENTIFIER.fullmatch(piece):
            label, value = match.group(1), match.group(2)
            gathering.identifier(draft, label, value)
