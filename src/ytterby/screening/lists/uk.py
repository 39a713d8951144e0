"""The UK Sanctions List, as XML (`Designations`) and as CSV (a line with the day of the report, then a heading).

Source: the published layouts, from documentation. The CSV has one row for each name and address of a designation; rows
of one `Unique ID` are one entry. `dd/mm/1945` is a year of which day and month are not known.
"""

import re
from collections.abc import Callable, Mapping

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.csv_rows import Row, decoded, named_rows
from ytterby.screening.lists.days import read_day, read_partial
from ytterby.screening.lists.gathering import Draft, Gathering, ListFile, Place
from ytterby.screening.lists.xml_records import Node, XmlRecords

_SCHEMAS = {
    "individual": EntrySchema.PERSON,
    "entity": EntrySchema.ORGANIZATION,
    "ship": EntrySchema.VESSEL,
}
NAME_PARTS = (*(f"name {number}" for number in range(1, 7)),)
ADDRESS_PARTS = (*(f"address line {number}" for number in range(1, 7)), "address postal code", "address country")
IDENTIFIERS = {
    "national identifier number": "national identifier additional information",
    "passport number": "passport additional information",
    "business registration number (s)": "",
    "imo number": "",
    "hull identification number (hin)": "",
}
NOTES = (
    *("title", "designation source", "other information", "uk statement of reasons", "phone number", "website"),
    *("email address", "position", "gender", "town of birth", "country of birth", "type of entity", "subsidiaries"),
    *("parent company", "current owner/operator (s)", "previous owner/operator (s)", "previous flags"),
    *("type of ship", "tonnage of ship", "length of ship", "year built"),
)
COLUMNS = (
    *("last updated", "unique id", "ofsi group id", "un reference number", *NAME_PARTS, "name type", "alias strength"),
    *("name non-latin script", "non-latin script type", "non-latin script language", "regime name"),
    *("individual, entity, ship", "designation type", "sanctions imposed", *ADDRESS_PARTS, "date designated", "d.o.b"),
    *("nationality(/ies)", "current believed flag of ship", *IDENTIFIERS, *filter(None, IDENTIFIERS.values()), *NOTES),
)
_REPORT = re.compile(r"report date:?[\s,\"]*([\w/ -]+)", re.IGNORECASE)
# What stands in the XML outside of lists: element -> what it is called in a remark; empty: passed over knowingly.
_SAID = {
    "OtherInformation": "other information",
    "UKStatementofReasons": "uk statement of reasons",
    "DesignationSource": "designation source",
    "UNReferenceNumber": "UN number",
    "OFSIGroupID": "OFSI number",
}
_KNOWN = frozenset(_SAID) | {
    *("LastUpdated", "DateDesignated", "UniqueID", "Names", "NonLatinNames", "RegimeName", "IndividualEntityShip"),
    *("SanctionsImposed", "SanctionsImposedIndicators", "Addresses", "IndividualDetails", "EntityDetails"),
    *("ShipDetails", "Titles", "PhoneNumbers", "EmailAddresses", "Websites"),
}
# Texts below the details of a designation that are identifiers, and those that are countries.
_DETAIL_IDENTIFIERS = {
    "PassportNumber": "passport",
    "NationalIdentifierNumber": "national identifier",
    "BusinessRegistrationNumber": "business registration",
    "IMONumber": "IMO number",
    "HullIdentificationNumber": "hull identification number",
}
_DETAIL_COUNTRIES = frozenset({"Nationality", "CurrentBelievedFlagOfShip", "CurrentBelievedFlagOfShips"})


def read_csv(files: list[ListFile], gathering: Gathering) -> None:
    """Read the CSV."""
    for file in files:
        start = decoded(ListFile(file.name, file.raw[:400]), Gathering(gathering.list_id, gathering.tables))
        if match := _REPORT.search(start):
            gathering.published = read_day(match.group(1).strip())
        drafts: dict[str, Draft] = {}
        for row in named_rows(file, gathering, COLUMNS, ("unique id", "name 6", "name type")):
            _row(drafts, row, gathering)
        for draft in drafts.values():
            gathering.add(draft)


def _row(drafts: dict[str, Draft], row: Row, gathering: Gathering) -> None:
    id_ = row.get("unique id")
    draft = drafts.get(id_) if id_ else None
    if draft is None:
        type_ = row.get("individual, entity, ship", "designation type")
        draft = Draft(id_, _schema(type_, row.place, gathering), row.place)
        drafts[id_ or f"row {row.place.row}"] = draft
    draft.name(" ".join(filter(None, (row.get(part) for part in NAME_PARTS))), _kind(row))
    draft.name(row.get("name non-latin script"), NameKind.ALIAS)
    draft.programmes.append(row.get("regime name"))
    draft.measures += _pieces(row.get("sanctions imposed"))
    draft.act = draft.act or row.get("regime name")
    draft.address(*(row.get(part) for part in ADDRESS_PARTS))
    _listed(draft, row.get("date designated"), gathering)
    for text in (row.get("address country"), *_pieces(row.get("nationality(/ies)"))):
        gathering.country(draft, text)
    gathering.country(draft, row.get("current believed flag of ship"))
    for text in _pieces(row.get("d.o.b")):
        gathering.born(draft, text, read_partial(text))
    for label, note in IDENTIFIERS.items():
        for text in _pieces(row.get(label)):
            gathering.identifier(draft, label, text, row.get(note) if note else "")
    for label in ("un reference number", "ofsi group id", *NOTES):
        draft.note(label, row.get(label))
    for label in row.cells.keys() - set(COLUMNS):
        draft.note(label, row.get(label))


def _kind(row: Row) -> NameKind:
    return _name_kind(row.get("name type"), row.get("alias strength"))


def _name_kind(type_: str, strength: str) -> NameKind:
    folded = type_.casefold()
    if "low" in strength.casefold():
        return NameKind.WEAK
    if folded.startswith("primary name") and "variation" not in folded:
        return NameKind.PRIMARY
    return NameKind.FORMER if "former" in folded or folded.startswith("fka") else NameKind.ALIAS


def _schema(type_: str, place: Place, gathering: Gathering) -> EntrySchema:
    found = _SCHEMAS.get(type_.strip().casefold())
    if found is None:
        gathering.strange(place.file, f"type {type_ or 'missing'}")
    return found or EntrySchema.LEGAL_ENTITY


def _listed(draft: Draft, text: str, gathering: Gathering) -> None:
    if not text or draft.listed_on is not None:
        return
    draft.listed_on = read_day(text)
    if draft.listed_on is None:
        gathering.unread_day(draft, "listed", text)


def _pieces(text: str) -> list[str]:
    """Return what a cell lists, apart by bars or semicolons, or counted as (1) … (2) …"""
    return [piece.strip() for piece in re.split(r"\||;|\(\d{1,2}\)", text) if piece.strip()]


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the XML."""
    for file in files:
        for path, node in XmlRecords(file, frozenset({"DateGenerated", "Designation"}), gathering.limits):
            if node.tag == "DateGenerated":
                gathering.published = read_day(node.text)
                continue
            gathering.add(_designation(node, Place(file.name, path=f"{path} (line {node.line})"), gathering))


def _designation(node: Node, place: Place, gathering: Gathering) -> Draft:
    draft = Draft(node.said("UniqueID"), _schema(node.said("IndividualEntityShip"), place, gathering), place)
    for one in node.all("Names/Name"):
        text = " ".join(filter(None, (one.said(f"Name{number}") for number in range(1, 7))))
        draft.name(text, _name_kind(one.said("NameType"), one.said("AliasStrength")))
    for text in node.each_said("NonLatinNames/NonLatinName/NameNonLatinScript"):
        draft.name(text, NameKind.ALIAS)
    draft.programmes += node.each_said("RegimeName")
    draft.act = node.said("RegimeName")
    draft.measures += _pieces(node.said("SanctionsImposed"))
    _listed(draft, node.said("DateDesignated"), gathering)
    for one in node.all("Addresses/Address"):
        lines = [one.said(f"AddressLine{number}") for number in range(1, 7)]
        draft.address(*lines, one.said("AddressPostalCode"), one.said("AddressCountry"))
        gathering.country(draft, one.said("AddressCountry"))
    for child in node.children:
        if child.tag in _SAID:
            draft.note(_SAID[child.tag], child.text)
        elif child.tag in {"IndividualDetails", "EntityDetails", "ShipDetails"}:
            _walk(child, lambda one: _detail(draft, one, gathering))
        elif child.tag in {"Titles", "PhoneNumbers", "EmailAddresses", "Websites"}:
            draft.note(child.tag.lower(), *(one.text for one in child.children))
        elif child.tag not in _KNOWN:
            gathering.strange(place.file, f"element {child.tag}")
            draft.note(child.tag, child.text)
    return draft


def _walk(node: Node, visit: Callable[[Node], None]) -> None:
    for child in node.children:
        visit(child)
        _walk(child, visit)


def _detail(draft: Draft, node: Node, gathering: Gathering) -> None:
    text = node.text.strip()
    if not text:
        return
    labels: Mapping[str, str] = _DETAIL_IDENTIFIERS
    if node.tag in labels:
        gathering.identifier(draft, labels[node.tag], text)
    elif node.tag == "DOB":
        gathering.born(draft, text, read_partial(text))
    elif node.tag in _DETAIL_COUNTRIES:
        gathering.country(draft, text)
    else:
        draft.note(node.tag, text)
