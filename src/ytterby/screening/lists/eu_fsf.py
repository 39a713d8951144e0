"""The EU's consolidated financial sanctions list (xmlFullSanctionsList_1_1).

Source: the published schema (`export` with `sanctionEntity`, almost all of it in attributes), from documentation. A
name that is not `strong` is weak; country `00` means that none is known.
"""

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.days import read_day, read_partial
from ytterby.screening.lists.gathering import Draft, Gathering, ListFile, Place
from ytterby.screening.lists.xml_records import Node, XmlRecords

_SCHEMAS = {
    "person": EntrySchema.PERSON,
    "enterprise": EntrySchema.ORGANIZATION,
    "p": EntrySchema.PERSON,
    "e": EntrySchema.ORGANIZATION,
}
_KNOWN = frozenset({"remark", "regulation", "subjectType", "nameAlias", "citizenship", "birthdate"}) | {
    "identification",
    "address",
}
_NO_COUNTRY = frozenset({"", "00"})


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the file."""
    for file in files:
        records = XmlRecords(file, frozenset({"sanctionEntity"}), gathering.limits)
        for path, node in records:
            place = Place(file.name, path=f"{path} (line {node.line})")
            gathering.add(_entry(node, place, gathering))
        if records.root is not None:
            gathering.published = read_day(records.root.get("generationDate")[:10])


def _entry(node: Node, place: Place, gathering: Gathering) -> Draft:
    subject = node.first("subjectType")
    words = [subject.get("code"), subject.get("classificationCode")] if subject is not None else []
    schema = next((_SCHEMAS[word.lower()] for word in words if word.lower() in _SCHEMAS), None)
    if schema is None:
        gathering.strange(place.file, f"subject type {' '.join(words) or 'missing'}")
    draft = Draft(node.get("euReferenceNumber") or node.get("logicalId"), schema or EntrySchema.LEGAL_ENTITY, place)
    draft.note("number", node.get("logicalId"))
    draft.note("designation", node.get("designationDetails"))
    draft.note("UN number", node.get("unitedNationId"))
    draft.listed_on = read_day(node.get("designationDate")[:10])
    for child in node.children:
        if child.tag not in _KNOWN:
            gathering.strange(place.file, f"element {child.tag}")
            draft.note(child.tag, child.text)
    _names(node, draft)
    _regulations(node, draft)
    for one in node.all("citizenship"):
        _country(one, draft, gathering)
    for one in node.all("birthdate"):
        _born(one, draft, gathering)
    for one in node.all("identification"):
        label = one.get("identificationTypeDescription") or one.get("identificationTypeCode")
        flags = [name for name in ("knownFalse", "knownExpired", "reportedLost", "revokedByIssuer") if _is(one, name)]
        note = " ".join(filter(None, [one.get("countryDescription"), one.get("issuedBy"), *flags, *_remarks(one)]))
        gathering.identifier(draft, label, one.get("number") or one.get("latinNumber"), note)
    for one in node.all("address"):
        country = one.get("countryDescription") if one.get("countryIso2Code") not in _NO_COUNTRY else ""
        draft.address(*(one.get(name) for name in ("street", "poBox", "zipCode", "city", "place", "region")), country)
        _country(one, draft, gathering)
        draft.note("contact", one.get("contactInfo"), *_remarks(one))
    draft.note("", *_remarks(node))
    return draft


def _names(node: Node, draft: Draft) -> None:
    has_primary = False
    for one in node.all("nameAlias"):
        parts = " ".join(filter(None, (one.get(name) for name in ("firstName", "middleName", "lastName"))))
        if one.get("strong").lower() == "false":
            kind = NameKind.WEAK
        else:
            # The file does not say which name comes first: the first strong one does.
            kind = NameKind.ALIAS if has_primary else NameKind.PRIMARY
            has_primary = True
        draft.name(one.get("wholeName") or parts, kind)
        draft.note("function", one.get("function"))
        draft.note("title", one.get("title"))
        draft.note("gender", one.get("gender"))
        draft.note("name", *_remarks(one))


def _regulations(node: Node, draft: Draft) -> None:
    for one in node.all("regulation"):
        draft.programmes.append(one.get("programme"))
        draft.earliest_listing(
            read_day(one.get("entryIntoForceDate")[:10]) if not node.get("designationDate") else None
        )
        draft.act = draft.act or one.get("numberTitle")
        draft.url = draft.url or one.said("publicationUrl")
        kinds = " ".join(filter(None, (one.get("regulationType"), one.get("organisationType"))))
        draft.note("regulation", f"{one.get('numberTitle')} {one.get('publicationDate')} {kinds}")


def _country(node: Node, draft: Draft, gathering: Gathering) -> None:
    code = node.get("countryIso2Code")
    if code not in _NO_COUNTRY:
        gathering.country(draft, code)
    elif node.get("countryDescription").upper() != "UNKNOWN":
        gathering.country(draft, node.get("countryDescription"))


def _born(node: Node, draft: Draft, gathering: Gathering) -> None:
    said = [node.get("birthdate")] if node.get("birthdate") else []
    said = said or [text for name in ("year", "yearRangeFrom", "yearRangeTo") if (text := node.get(name))]
    for text in said:
        gathering.born(draft, text, read_partial(text[:10]))
    draft.note(
        "born in", ", ".join(filter(None, (node.get(n) for n in ("city", "place", "region", "countryDescription"))))
    )
    draft.note("born", *_remarks(node))


def _is(node: Node, name: str) -> bool:
    return node.get(name).lower() == "true"


def _remarks(node: Node) -> list[str]:
    return node.each_said("remark")
