"""OFAC's advanced format (SDN_ADVANCED.XML, and the other lists that OFAC publishes in it).

Source: OFAC's advanced sanctions list standard (`Sanctions` with `ReferenceValueSets`, `Locations`, `IDRegDocuments`,
`DistinctParties`, `ProfileRelationships`, `SanctionsEntries`), from documentation. The file is read once from front to
back; places, documents and words of reference come before the parties that name them, what is laid upon them after.
"""

from dataclasses import dataclass, field
from datetime import date

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.lists.days import read_partial
from ytterby.screening.lists.gathering import Draft, Gathering, ListFile, Place
from ytterby.screening.lists.xml_records import Node, XmlRecords

_REFERENCE = "ReferenceValueSets"
_RECORDS = frozenset(
    {"DateOfIssue", _REFERENCE, "Location", "IDRegDocument", "DistinctParty", "ProfileRelationship", "SanctionsEntry"}
)
_SCHEMAS = {
    "individual": EntrySchema.PERSON,
    "entity": EntrySchema.ORGANIZATION,
    "vessel": EntrySchema.VESSEL,
    "aircraft": EntrySchema.AIRPLANE,
}
_BIRTH = frozenset({"birthdate", "organization established date", "build date"})
_COUNTRY = frozenset({"nationality country", "citizenship country", "nationality of registration", "vessel flag"})
_PLACE = frozenset({"location"})


@dataclass
class _World:
    """What the parties of a file refer to."""

    words: dict[tuple[str, str], str] = field(default_factory=dict)
    codes: dict[tuple[str, str], str] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    documents: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    by_id: dict[str, Draft] = field(default_factory=dict)
    relations: int = 0

    def word(self, kind: str, id_: str) -> str:
        """Return a word of reference; the number where the file does not explain it."""
        return self.words.get((kind, id_), id_)


def read(files: list[ListFile], gathering: Gathering) -> None:
    """Read the files."""
    for file in files:
        _read_file(file, gathering)


def _read_file(file: ListFile, gathering: Gathering) -> None:
    world = _World()
    for path, node in XmlRecords(file, _RECORDS - {_REFERENCE} | _VALUES, gathering.limits):
        if node.tag in _VALUES:
            _reference(world, node)
        elif node.tag == "DateOfIssue":
            gathering.published = _whole_day(node) or gathering.published
        elif node.tag == "Location":
            world.places[node.get("ID")] = _location(world, node)
        elif node.tag == "IDRegDocument":
            _document(world, node)
        elif node.tag == "DistinctParty":
            for profile in node.all("Profile"):
                place = Place(file.name, path=f"{path}/Profile (line {profile.line})")
                draft = _party(world, profile, place, gathering)
                draft.note("", node.said("Comment"))
                world.drafts.append(draft)
                # Of two profiles of one number both stay, and what belongs to the number goes to the first.
                world.by_id.setdefault(draft.id, draft)
        elif node.tag == "ProfileRelationship":
            _relation(world, node)
        else:
            _sanction(world, node, file, gathering)
    for draft in world.drafts:
        gathering.add(draft)


# The lists of words in ReferenceValueSets that are used; each word is a record of its own.
_VALUES = frozenset(
    {
        *("AliasType", "AreaCode", "Country", "DetailReference", "DetailType", "FeatureType", "IDRegDocType"),
        *("LegalBasis", "List", "NamePartType", "PartySubType", "PartyType", "RelationType", "SanctionsProgram"),
        *("SanctionsType", "EntryEventType"),
    }
)


def _reference(world: _World, node: Node) -> None:
    id_ = node.get("ID")
    world.words[node.tag, id_] = node.text.strip() or node.get("Description") or node.get("LegalBasisShortRef")
    if node.tag in {"Country", "AreaCode"}:
        name = node.get("Description") if node.tag == "AreaCode" else node.text.strip()
        world.words[node.tag, id_] = name or node.text.strip()
        if code := node.get("ISO2") or (node.text.strip() if node.tag == "AreaCode" else ""):
            world.codes[node.tag, id_] = code
    if node.tag == "PartySubType":
        world.codes[node.tag, id_] = node.get("PartyTypeID")


def _location(world: _World, node: Node) -> tuple[str, str]:
    """Return an address and its country."""
    parts = [value.said("Value") for part in node.all("LocationPart") for value in part.all("LocationPartValue")]
    country = ""
    for tag, kind, key in (("LocationCountry", "Country", "CountryID"), ("LocationAreaCode", "AreaCode", "AreaCodeID")):
        if (found := node.first(tag)) is not None and not country:
            id_ = found.get(key)
            country = world.words.get((kind, id_), "")
    return ", ".join(filter(None, [*parts, country])), country


def _document(world: _World, node: Node) -> None:
    label = world.word("IDRegDocType", node.get("IDRegDocTypeID"))
    issuer = world.words.get(("Country", node.get("IssuedBy-CountryID")), "")
    note = " ".join(filter(None, (issuer, node.said("IssuingAuthority"), node.said("Comment"))))
    world.documents.setdefault(node.get("IdentityID"), []).append((label, node.said("IDRegistrationNo"), note))


def _party(world: _World, profile: Node, place: Place, gathering: Gathering) -> Draft:
    sub_type = profile.get("PartySubTypeID")
    words = [world.word("PartySubType", sub_type)]
    words.append(world.word("PartyType", world.codes.get(("PartySubType", sub_type), "")))
    schema = next((_SCHEMAS[word.lower()] for word in words if word.lower() in _SCHEMAS), None)
    if schema is None:
        gathering.strange(place.file, f"party type {' '.join(words)}")
    draft = Draft(profile.get("ID"), schema or EntrySchema.LEGAL_ENTITY, place)
    for identity in profile.all("Identity"):
        if identity.get("False").lower() == "true":
            draft.note("false identity", *(_name(alias) for alias in identity.all("Alias/DocumentedName")))
        for alias in identity.all("Alias"):
            kind = _alias_kind(world, alias, is_primary_identity=identity.get("Primary").lower() != "false")
            for number, documented in enumerate(alias.all("DocumentedName")):
                # Further spellings of one alias are the same name in other scripts.
                further = NameKind.ALIAS if kind is NameKind.PRIMARY else kind
                draft.name(_name(documented), kind if number == 0 else further)
        for label, value, note in world.documents.get(identity.get("ID"), ()):
            gathering.identifier(draft, label, value, note)
    for feature in profile.all("Feature"):
        _feature(world, draft, feature, gathering)
    draft.note("", *(node.text for node in profile.all("Comment")))
    return draft


def _name(documented: Node) -> str:
    return " ".join(part for part in documented.each_said("DocumentedNamePart/NamePartValue"))


def _alias_kind(world: _World, alias: Node, *, is_primary_identity: bool) -> NameKind:
    if alias.get("LowQuality").lower() == "true":
        return NameKind.WEAK
    if alias.get("Primary").lower() == "true" and is_primary_identity:
        return NameKind.PRIMARY
    word = world.word("AliasType", alias.get("AliasTypeID")).lower()
    return NameKind.FORMER if word.startswith("f.k.a") else NameKind.ALIAS


def _feature(world: _World, draft: Draft, feature: Node, gathering: Gathering) -> None:
    label = world.word("FeatureType", feature.get("FeatureTypeID"))
    folded = label.lower()
    for version in feature.all("FeatureVersion"):
        details = [
            one.text.strip() or world.word("DetailReference", one.get("DetailReferenceID"))
            for one in version.all("VersionDetail")
        ]
        places = [world.places.get(one.get("LocationID"), ("", "")) for one in version.all("VersionLocation")]
        periods = [text for one in version.all("DatePeriod") for text in _period(one)]
        if folded in _BIRTH and periods:
            draft.born += periods
        elif folded in _COUNTRY:
            for text in (*details, *(country or address for address, country in places)):
                gathering.country(draft, text)
        elif folded in _PLACE:
            for address, country in places:
                draft.address(address)
                gathering.country(draft, country)
        elif details and gathering.tables.identifiers.kind_of(folded, details[0]) != "other":
            for text in details:
                gathering.identifier(draft, label, text, version.said("Comment"))
            continue
        else:
            draft.note(label, *details, *(address for address, _ in places), *periods)
        draft.note(label, version.said("Comment"))


def _period(period: Node) -> list[str]:
    """Return the first and the last day or year that a period may mean."""
    ends = [period.first("Start/From"), period.first("End/To")]
    found = [text for end in ends if end is not None and (text := _day_of(end))]
    if len(found) == 2 and found[0][:4] == found[1][:4] and found[0] != found[1]:
        # The whole of a year, or a month of it.
        return [found[0][:7] if found[0][:7] == found[1][:7] else found[0][:4]]
    return list(dict.fromkeys(found))


def _day_of(node: Node) -> str:
    parts = [node.said(tag) for tag in ("Year", "Month", "Day")]
    text = "-".join(part.zfill(2) for part in parts if part)
    return read_partial(text) or ""


def _whole_day(node: Node) -> date | None:
    text = _day_of(node)
    return date.fromisoformat(text) if len(text) == len("2026-01-01") else None


def _relation(world: _World, node: Node) -> None:
    word = world.word("RelationType", node.get("RelationTypeID"))
    first, second = (world.by_id.get(node.get(key)) for key in ("From-ProfileID", "To-ProfileID"))
    if first is not None and second is not None and second.names:
        first.note("relation", f"{word} {second.names[0].text} ({second.id})")


def _sanction(world: _World, node: Node, file: ListFile, gathering: Gathering) -> None:
    draft = world.by_id.get(node.get("ProfileID"))
    if draft is None:
        gathering.passed_over("SanctionsEntry of no party")
        return
    list_name = world.word("List", node.get("ListID"))
    draft.note("list", list_name)
    for event in node.all("EntryEvent"):
        if (when := event.first("Date")) is not None:
            draft.earliest_listing(_whole_day(when))
        basis = world.words.get(("LegalBasis", event.get("LegalBasisID")), "")
        draft.act = draft.act or basis
        draft.note("event", event.said("Comment"))
    for measure in node.all("SanctionsMeasure"):
        word = world.word("SanctionsType", measure.get("SanctionsTypeID"))
        said = measure.said("Comment")
        if word.lower() == "program":
            draft.programmes += [said] if said else []
        else:
            draft.measures.append(" ".join(filter(None, (word, said))))
    for child in node.children:
        if child.tag not in {"EntryEvent", "SanctionsMeasure", "LimitationsToPublic"}:
            gathering.strange(file.name, f"element SanctionsEntry/{child.tag}")
