"""From the parts `dossier`, `end_use` and `field_basis` of a pack, whose shape is right, to what they say."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.law.basis import Basis, FieldBasis, Ground
from ytterby.law.dossier_rule import ALWAYS, Check, DocumentRule, DossierRules, FieldRule, Place, Valid
from ytterby.law.end_use_rule import Element, EndUseRules, VagueWord
from ytterby.law.trust import trust_of

Json = Mapping[str, Any]


def field_basis_of(row: Json, pack: str) -> FieldBasis:
    """Return what a pack adds to fields of a form."""
    is_required = row.get("required", False)
    ground = Ground(
        Basis(row["basis"]), trust_of(row), pack, row.get("rule", ""), row.get("article"), is_required=is_required
    )
    return FieldBasis(row["form"], tuple(row["fields"]), ground)


def dossier_of(row: Json, pack: str) -> DossierRules:
    """Return the rules for dossiers that a content describes, which was checked."""
    return DossierRules(
        id=row["id"],
        pack=pack,
        procedure=row["procedure"],
        title=row["title"],
        application=row["application"],
        legal_forms=tuple(row.get("legal_forms", ())),
        documents={one["document"]: _document(one) for one in row["documents"]},
        checks={one["id"]: _check(one) for one in row["checks"]},
        trust=trust_of(row),
    )


def _document(row: Json) -> DocumentRule:
    fields = {one["id"]: _field(one) for one in row["fields"]}
    return DocumentRule(row["document"], row["title"], row.get("when", ALWAYS), fields)


def _valid(row: Json) -> Valid:
    first, until = row.get("effective"), row.get("until")
    return Valid(
        None if first is None else date.fromisoformat(first), None if until is None else date.fromisoformat(until)
    )


def _field(row: Json) -> FieldRule:
    return FieldRule(
        id=row["id"],
        title=row["title"],
        value=row["value"],
        choices=tuple(row.get("choices", ())),
        basis=Basis(row["basis"]),
        rule=row.get("rule", ""),
        article=row.get("article"),
        is_required=row.get("required", False),
        is_asked=row.get("asked", True),
        is_sensitive=row.get("sensitive", False),
        without=row.get("without"),
        valid=_valid(row),
        trust=trust_of(row),
    )


def _check(row: Json) -> Check:
    places = tuple(Place(document, field) for document, _, field in (one.partition("#") for one in row["in"]))
    return Check(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        places=places,
        basis=Basis(row["basis"]),
        rule=row.get("rule", ""),
        article=row.get("article"),
        tolerance=Decimal(row.get("tolerance", "0")),
        near=Decimal(row.get("near", "1")),
        same=row.get("same", ""),
        end_use=row.get("end_use", ""),
        language=row.get("language", ""),
        valid=_valid(row),
        trust=trust_of(row),
    )


def end_use_of(row: Json, pack: str) -> EndUseRules:
    """Return the rules for descriptions of end uses that a content describes, which was checked."""
    return EndUseRules(
        id=row["id"],
        pack=pack,
        title=row["title"],
        opening=row["opening"],
        joint=row["joint"],
        closing=row["closing"],
        elements={one["id"]: _element(one) for one in row["elements"]},
        vague=tuple(word for one in row["vague"] for word in _vague(one)),
        trust=trust_of(row),
    )


def _element(row: Json) -> Element:
    cues = tuple(row.get("cues", ()))
    return Element(row["id"], row["title"], row["question"], row["phrase"], cues, trust_of(row))


def _vague(row: Json) -> Iterator[VagueWord]:
    for word in row["words"]:
        yield VagueWord(word, row["where"], row["why"], trust_of(row))
