"""The Consolidated Screening List of the US (trade.gov): CSV in the layout of 2018-20 and of today, and JSON.

Source: a file of the old layout; for the present layout and JSON the published names of the fields (`_id` or `id`
first, otherwise the same names; in JSON addresses and identifiers are objects). The old layout has no id of its own
for most rows: there the entry's id is a digest of source, name, day and notice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.csv_rows import named_rows
from ytterby.screening.lists.days import read_day, read_partials
from ytterby.screening.lists.gathering import Draft, FileRefused, Gathering, ListFile, Place, one_line
from ytterby.screening.lists.json_text import read_json
from ytterby.terms.problem import refuse

COLUMNS = (
    *("_id", "id", "source", "entity_number", "type", "programs", "name", "title", "addresses"),
    *("federal_register_notice", "start_date", "end_date", "standard_order", "license_requirement", "license_policy"),
    *("call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner"),
    *("remarks", "source_list_url", "alt_names", "citizenships", "dates_of_birth", "nationalities"),
    *("places_of_birth", "source_information_url", "ids", "country", "sdn_type"),
)
_SCHEMAS = {
    "individual": EntrySchema.PERSON,
    "vessel": EntrySchema.VESSEL,
    "aircraft": EntrySchema.AIRPLANE,
    "entity": EntrySchema.ORGANIZATION,
}
_NOTES = (
    *("title", "standard_order", "call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage"),
    *("vessel_owner", "places_of_birth", "remarks", "source_information_url"),
)
_COUNTRY_AT_END = re.compile(r",\s*([A-Z]{2})$")
Fields = Mapping[str, Any]


def read_csv(files: list[ListFile], gathering: Gathering) -> None:
    """Read the CSV."""
    for file in files:
        for row in named_rows(file, gathering, COLUMNS, ("source", "name", "alt_names", "addresses")):
            _entry(row.cells, row.place, gathering)


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the JSON: `results` of an object, or an array."""
    for file in files:
        found = read_json(file.raw, Place(file.name))
        rows = found.get("results") if isinstance(found, dict) else found
        if not isinstance(rows, list):
            raise FileRefused(Place(file.name).of(refuse("list.not_this_format", "", "", format="us-csl-json")))
        for number, fields in enumerate(rows):
            place = Place(file.name, path=f"/results/{number}")
            if not isinstance(fields, dict):
                gathering.strange(file.name, "a result that is no object")
                continue
            for name in fields:
                if name not in COLUMNS and name not in {"programs", "category", "source_id"}:
                    gathering.strange(file.name, f"field {name}")
            _entry(fields, place, gathering)


def _entry(fields: Fields, place: Place, gathering: Gathering) -> None:
    source, name = _text(fields, "source"), _text(fields, "name")
    number = _text(fields, "_id") or _text(fields, "id")
    if not number:
        said = (
            source,
            name,
            *(_text(fields, key) for key in ("entity_number", "start_date", "federal_register_notice")),
        )
        number = sha256("\x00".join(said).encode()).hexdigest()[:16]
    type_ = _text(fields, "type") or _text(fields, "sdn_type")
    draft = Draft(number, _SCHEMAS.get(type_.lower(), EntrySchema.LEGAL_ENTITY), place)
    if type_ and type_.lower() not in _SCHEMAS:
        gathering.strange(place.file, f"type {type_}")
    draft.name(name)
    for alias in _each(fields, "alt_names"):
        draft.name(alias, NameKind.ALIAS)
    draft.programmes += [source, *_each(fields, "programs")]
    draft.measures += _each(fields, "license_requirement") + _each(fields, "license_policy")
    draft.act, draft.url = _text(fields, "federal_register_notice"), _text(fields, "source_list_url")
    _days(draft, fields, gathering)
    for key in ("citizenships", "nationalities", "vessel_flag", "country"):
        for country in _each(fields, key):
            gathering.country(draft, country)
    for address in _list(fields, "addresses"):
        _address(draft, address, gathering)
    for identifier in _list(fields, "ids"):
        _identifier(draft, identifier, gathering)
    draft.note("number", _text(fields, "entity_number"))
    for key in _NOTES:
        draft.note(key.replace("_", " "), *_each(fields, key))
    known = {*COLUMNS, *_NOTES, "category", "source_id"}
    for key in sorted(fields.keys() - known):
        draft.note(key.replace("_", " "), *_each(fields, key))
    gathering.add(draft)


def _days(draft: Draft, fields: Fields, gathering: Gathering) -> None:
    for key in ("start_date", "end_date"):
        if text := _text(fields, key):
            day = read_day(text)
            if day is None:
                gathering.unread_day(draft, key.replace("_", " "), text)
            elif key == "start_date":
                draft.listed_on = day
            else:
                draft.ends_on = day
    for text in _each(fields, "dates_of_birth"):
        gathering.born(draft, text, read_partials(text))


def _address(draft: Draft, address: Any, gathering: Gathering) -> None:
    if isinstance(address, Mapping):
        parts = [_text(address, key) for key in ("address", "city", "state", "postal_code", "country")]
        draft.address(*parts)
        gathering.country(draft, parts[-1])
        return
    text = one_line(str(address))
    draft.address(text)
    if match := _COUNTRY_AT_END.search(text):
        gathering.country(draft, match.group(1))


def _identifier(draft: Draft, identifier: Any, gathering: Gathering) -> None:
    if isinstance(identifier, Mapping):
        note = " ".join(filter(None, (_text(identifier, key) for key in ("country", "issue_date", "expiration_date"))))
        gathering.identifier(draft, _text(identifier, "type"), _text(identifier, "number"), note)
        return
    # CSV writes `label, number, country`.
    parts = [part.strip() for part in str(identifier).split(",")]
    if len(parts) > 1:
        gathering.identifier(draft, parts[0], parts[1], " ".join(parts[2:]))
    else:
        draft.note("id", parts[0])


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    if value is None or isinstance(value, dict | list | bool):
        return "" if value is None or isinstance(value, dict | list) else str(value)
    return one_line(str(value))


def _each(fields: Fields, key: str) -> list[str]:
    return [text for one in _list(fields, key) if (text := one_line(_flat(one)))]


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else str(value)


def _list(fields: Fields, key: str) -> list[Any]:
    value = fields.get(key)
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [one for one in value if one not in (None, "")]
    return list(_pieces(value)) if isinstance(value, str) else [value]


def _pieces(text: str) -> Iterator[str]:
    yield from (piece.strip() for piece in text.split(";") if piece.strip())
