"""The consolidated list of the UN Security Council (consolidated.xml): individuals and entities.

Source: the file itself (`CONSOLIDATED_LIST`, generated 2026-02-27) and its schema sc-sanctions.xsd. Names in the
original script are names; aliases of quality `Low` are weak.
"""

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.days import read_day, read_partial
from ytterby.screening.lists.gathering import Draft, Gathering, ListFile, Place
from ytterby.screening.lists.xml_records import Node, XmlRecords

_SCHEMAS = {"INDIVIDUAL": EntrySchema.PERSON, "ENTITY": EntrySchema.ORGANIZATION}
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_KINDS = {"low": NameKind.WEAK, "f.k.a.": NameKind.FORMER, "f.k.a": NameKind.FORMER, "formerly": NameKind.FORMER}
_NOTES = {
    "TITLE": "title",
    "DESIGNATION": "designation",
    "GENDER": "gender",
    "COMMENTS1": "",
    "SUBMITTED_BY": "submitted by",
    "NAME_PREFIX": "title",
}
_PARTS = {
    *("DATAID", "REFERENCE_NUMBER", "UN_LIST_TYPE", "LISTED_ON", "NATIONALITY", "NAME_ORIGINAL_SCRIPT"),
    *("ALIAS", "ADDRESS", "DATE_OF_BIRTH", "PLACE_OF_BIRTH", "DOCUMENT"),
    *("VERSIONNUM", "LIST_TYPE", "LAST_DAY_UPDATED", "SORT_KEY", "SORT_KEY_LAST_MOD", "DELISTED_ON", "INTERPOL_LINK"),
    *_NAMES,
    *_NOTES,
}


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the file."""
    for file in files:
        records = XmlRecords(file, frozenset(_SCHEMAS), gathering.limits)
        for path, node in records:
            _record(file, path, node, gathering)
        if records.root is not None:
            gathering.published = read_day(records.root.get("dateGenerated")[:10])


def _record(file: ListFile, path: str, node: Node, gathering: Gathering) -> None:
    place = Place(file.name, path=f"{path} (line {node.line})")
    draft = Draft(node.said("REFERENCE_NUMBER") or node.said("DATAID"), _SCHEMAS[node.tag], place)
    draft.name(" ".join(filter(None, (node.said(part) for part in _NAMES))))
    draft.name(node.said("NAME_ORIGINAL_SCRIPT"), NameKind.ALIAS)
    draft.programmes += node.each_said("UN_LIST_TYPE")
    draft.act = node.said("REFERENCE_NUMBER")
    draft.note("number", node.said("DATAID"))
    draft.listed_on = read_day(node.said("LISTED_ON")[:10])
    if draft.listed_on is None and node.said("LISTED_ON"):
        gathering.bad_day(place, node.said("LISTED_ON"))
    for country in node.each_said("NATIONALITY/VALUE"):
        gathering.country(draft, country)
    for child in node.children:
        part = child.tag.removeprefix(f"{node.tag}_")
        if part == "ALIAS":
            kind = _KINDS.get(child.said("QUALITY").lower(), NameKind.ALIAS)
            draft.name(child.said("ALIAS_NAME"), kind)
            draft.note("alias", child.said("NOTE"))
        elif part == "ADDRESS":
            draft.address(*(child.said(tag) for tag in ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")))
            gathering.country(draft, child.said("COUNTRY"))
            draft.note("address", child.said("NOTE"))
        elif part == "DATE_OF_BIRTH":
            _born(draft, child, gathering)
        elif part == "PLACE_OF_BIRTH":
            places = ", ".join(filter(None, (child.said(tag) for tag in ("CITY", "STATE_PROVINCE", "COUNTRY"))))
            draft.note("born in", places, child.said("NOTE"))
        elif part == "DOCUMENT":
            _document(draft, child, gathering)
        elif part in _NOTES:
            draft.note(_NOTES[part], child.text, *child.each_said("VALUE"))
        elif part not in _PARTS:
            gathering.strange(file.name, f"element {child.tag}")
            draft.note(child.tag.lower(), child.text, *child.each_said("VALUE"))
    gathering.add(draft)


def _born(draft: Draft, node: Node, gathering: Gathering) -> None:
    said = [text for tag in ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR") for text in node.each_said(tag)]
    for text in said:
        gathering.born(draft, text, read_partial(text[:10]))
    draft.note("born", node.said("NOTE"))


def _document(draft: Draft, node: Node, gathering: Gathering) -> None:
    label = node.said("TYPE_OF_DOCUMENT") or node.said("TYPE_OF_DOCUMENT2") or "document"
    country = node.said("ISSUING_COUNTRY") or node.said("COUNTRY_OF_ISSUE")
    gathering.identifier(draft, label, node.said("NUMBER"), " ".join(filter(None, (country, node.said("NOTE")))))
