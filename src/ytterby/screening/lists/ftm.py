"""FollowTheMoney entities as JSON lines, as an operator may have licensed them; nothing of the kind is shipped.

Source: the published schema of FollowTheMoney (names of schemata and properties), from documentation. Persons, firms,
bodies, vessels and aircraft are entries; sanctions, addresses and identifications are joined to whom they name; what
else there is is counted and passed over.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.days import read_day, read_partial
from ytterby.screening.lists.gathering import Draft, FileRefused, Gathering, ListFile, Place, one_line
from ytterby.terms.problem import finding, refuse

_SCHEMAS = {
    "Person": EntrySchema.PERSON,
    "Company": EntrySchema.ORGANIZATION,
    "Organization": EntrySchema.ORGANIZATION,
    "PublicBody": EntrySchema.ORGANIZATION,
    "LegalEntity": EntrySchema.LEGAL_ENTITY,
    "Vessel": EntrySchema.VESSEL,
    "Airplane": EntrySchema.AIRPLANE,
}
_NAMES = {
    "name": NameKind.PRIMARY,
    "alias": NameKind.ALIAS,
    "abbreviation": NameKind.ALIAS,
    "previousName": NameKind.FORMER,
    "pastNames": NameKind.FORMER,
    "weakAlias": NameKind.WEAK,
}
_COUNTRIES = ("country", "jurisdiction", "mainCountry", "nationality", "citizenship", "flag")
_BORN = ("birthDate", "incorporationDate", "buildDate")
_IDENTIFIERS = (
    *("leiCode", "uscCode", "imoNumber", "taxNumber", "innCode", "vatCode", "registrationNumber", "ogrnCode"),
    *("passportNumber", "idNumber", "dunsCode", "swiftBic", "mmsi", "callSign", "npiCode", "kppCode", "okpoCode"),
    *("bvdId", "icijId", "uniqueEntityId"),
)
_JOINED = {"Sanction": "entity", "Address": "", "Identification": "holder", "Passport": "holder"}


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the lines: the listed first, then what belongs to them, in whatever order they stand."""
    for file in files:
        drafts: list[Draft] = []
        held: dict[str, list[Draft]] = {}
        rest: list[tuple[str, str, Mapping[str, list[str]]]] = []
        for place, entity in _lines(file, gathering):
            properties: Mapping[str, list[str]] = _properties(entity)
            schema, id_ = str(entity.get("schema", "")), one_line(str(entity.get("id") or ""))
            if schema in _SCHEMAS:
                drafts.append(draft := Draft(id_, _SCHEMAS[schema], place))
                _entity(held, draft, properties, gathering)
            elif schema in _JOINED:
                rest.append((schema, id_, properties))
            else:
                gathering.passed_over(f"schema {schema or '-'}")
        # Of two of one id both stay, and what belongs to the id goes to the first.
        by_id: dict[str, Draft] = {}
        for draft in drafts:
            by_id.setdefault(draft.id, draft)
        for schema, id_, properties in rest:
            _join(by_id, held, schema, id_, properties, gathering)
        for draft in drafts:
            gathering.add(draft)


def _lines(file: ListFile, gathering: Gathering) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    start = 3 if file.raw.startswith(b"\xef\xbb\xbf") else 0
    number = 0
    while start < len(file.raw):
        end = file.raw.find(b"\n", start)
        end = len(file.raw) if end < 0 else end
        line, start, number = file.raw[start:end], end + 1, number + 1
        if not line.strip():
            continue
        place = Place(file.name, number)
        if len(line) > gathering.limits.characters * 10:
            raise FileRefused(place.of(refuse("list.text_too_long", "", "", limit=gathering.limits.characters * 10)))
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            gathering.tell(place.of(finding("list.line_unreadable", "", str(error))))
            continue
        if isinstance(found, dict):
            yield place, found
        else:
            gathering.tell(place.of(finding("list.line_unreadable", "", "no object")))


def _properties(entity: Mapping[str, Any]) -> dict[str, list[str]]:
    raw = entity.get("properties")
    found: dict[str, list[str]] = {}
    for name, values in raw.items() if isinstance(raw, dict) else ():
        rows = values if isinstance(values, list) else [values]
        # A nested entity stands for its own id.
        texts = [str(one.get("id", "")) if isinstance(one, dict) else str(one) for one in rows if one is not None]
        found[name] = [text for one in texts if (text := one_line(one))]
    return found


def _entity(
    held: dict[str, list[Draft]],
    draft: Draft,
    properties: Mapping[str, list[str]],
    gathering: Gathering,
) -> None:
    rest = dict(properties)
    for key, kind in _NAMES.items():
        for text in rest.pop(key, ()):
            draft.name(text, kind)
    for key in _COUNTRIES:
        for text in rest.pop(key, ()):
            gathering.country(draft, text)
    for key in _BORN:
        for text in rest.pop(key, ()):
            gathering.born(draft, text, read_partial(text))
    for key in _IDENTIFIERS:
        for text in rest.pop(key, ()):
            gathering.identifier(draft, key, text)
    draft.addresses += rest.pop("address", [])
    draft.programmes += rest.pop("program", []) + rest.pop("programId", []) + rest.pop("topics", [])
    draft.url = next(iter(rest.pop("sourceUrl", [])), "")
    for address in rest.pop("addressEntity", ()):
        held.setdefault(address, []).append(draft)
    for name, texts in sorted(rest.items()):
        draft.note(name, *texts)


def _join(
    by_id: Mapping[str, Draft],
    held: Mapping[str, list[Draft]],
    schema: str,
    id_: str,
    properties: Mapping[str, list[str]],
    gathering: Gathering,
) -> None:
    if schema == "Address":
        found = held.get(id_, [])
    else:
        found = [by_id[owner] for owner in properties.get(_JOINED[schema], ()) if owner in by_id]
    if not found:
        gathering.passed_over(f"{schema} of nobody listed here")
    for draft in found:
        if schema == "Address":
            full = properties.get("full") or [", ".join(text for texts in properties.values() for text in texts)]
            draft.addresses += full
            for country in properties.get("country", ()):
                gathering.country(draft, country)
        elif schema == "Sanction":
            _sanction(draft, properties)
        else:
            label = next(iter(properties.get("type", [])), schema)
            for number in properties.get("number", ()):
                gathering.identifier(draft, label, number, " ".join(properties.get("country", ())))


def _sanction(draft: Draft, properties: Mapping[str, list[str]]) -> None:
    draft.programmes += properties.get("program", []) + properties.get("programId", [])
    draft.measures += properties.get("provisions", [])
    draft.act = draft.act or next(iter(properties.get("authorityId", [])), "")
    draft.url = draft.url or next(iter(properties.get("sourceUrl", [])), "")
    for text in properties.get("startDate", []) or properties.get("listingDate", []):
        draft.earliest_listing(read_day(text[:10]))
    ends = [day for text in properties.get("endDate", []) if (day := read_day(text[:10]))]
    draft.ends_on = max(ends) if ends else draft.ends_on
    for name in ("authority", "reason", "status", "summary"):
        draft.note(name, *properties.get(name, ()))
