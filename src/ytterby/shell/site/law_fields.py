"""The list of all fields with what each rests on, as commands, pages and templates show it.

Law is public: nothing here knows who asks.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ytterby.law.basis import Basis, Field, Ground
from ytterby.law.book import LawBook
from ytterby.law.field_list import FieldList, fields_of_book, read_forms
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.wording.yaml_text import read_yaml
from ytterby.terms.problem import Problem

# The forms of sheets by their kind.
SHEET_FORMS = {"events": "event-sheet", "return": "return-sheet"}
# One row for each reason of a field, as a lawyer reads it.
COLUMNS = (
    *("form", "field", "title", "basis", "required", "asked", "sensitive"),
    *("pack", "rule", "article", "source", "confidence", "confidence_note", "read_by", "without"),
)
ENDING = ".yaml"
_BOOKS_KEPT = 4

Json = dict[str, Any]


@cache
def own_fields() -> FieldList:
    """Return the register's own forms.

    Raises:
        ValueError: one of their files is bad, which a test keeps from happening.
    """
    folder = files("ytterby.law").joinpath("fields")
    texts = [
        one.read_text(encoding="utf-8")
        for one in sorted(folder.iterdir(), key=lambda one: one.name)
        if one.name.endswith(ENDING)
    ]
    found, problems = read_forms(read_yaml(text) for text in texts)
    if problems:
        raise ValueError(str(problems[0]))
    return found


def basis_problems(book: LawBook) -> list[Problem]:
    """Return every basis of a book's packs that names no field, and every field without a basis."""
    return fields_of_book(own_fields(), book)[1]


@lru_cache(maxsize=_BOOKS_KEPT)
def field_list(book: LawBook) -> FieldList:
    """Return all fields by a book that was loaded without a problem."""
    return fields_of_book(own_fields(), book)[0]


def field_rows(book: LawBook, language: str, *, form: str = "", basis: str = "") -> list[Json]:
    """Return every field as JSON, of one form or one basis where that is asked for."""
    held = field_list(book)
    return [
        _field_json(one, held, language)
        for one in held.rows
        if form in {"", one.form} and (not basis or Basis(basis) in one.bases)
    ]


def _field_json(field: Field, held: FieldList, language: str) -> Json:
    return {
        "form": field.form,
        "form_title": held.forms[field.form].title[language],
        "field": field.name,
        "title": field.title[language],
        "basis": [one.value for one in field.bases],
        "required": field.is_required,
        "asked": field.is_asked,
        "sensitive": field.is_sensitive,
        "grounds": [_ground_json(one, language) for one in field.grounds],
        "read_by": list(field.read_by),
        "without": None if field.without is None else field.without[language],
    }


def _ground_json(ground: Ground, language: str) -> Json:
    trust = ground.trust
    return {
        "basis": ground.basis.value,
        "required": ground.is_required,
        "pack": ground.pack or None,
        "rule": ground.rule or None,
        "article": None if ground.article is None else ground.article[language],
        "source": None if trust is None else trust.source,
        "confidence": None if trust is None else trust.confidence.value,
        "confidence_note": (trust.note or None) if trust is not None else None,
    }


def ground_rows(rows: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Return a row for each reason of each field, with the keys of COLUMNS."""
    return [
        {
            **{name: row[name] for name in ("form", "field", "title", "asked", "sensitive", "without")},
            **ground,
            "read_by": row["read_by"] if ground["basis"] == Basis.NEED else [],
        }
        for row in rows
        for ground in row["grounds"]
    ]


def without_words(book: LawBook, form: str, language: str) -> dict[str, str]:
    """Return what gets worse without each optional field of a form, by field; nothing for those that are required."""
    sometimes = law_text("law.fields.sometimes", language)
    rows = [one for one in field_list(book).of_form(form) if not one.is_required]
    unclear = {one.name: sometimes for one in rows if Basis.INTELLIGIBLE in one.bases}
    return {**unclear, **{one.name: one.without[language] for one in rows if one.without is not None}}


def column_words(book: LawBook, form: str, language: str) -> dict[str, str | None]:
    """Return what gets worse without each column of a sheet, None where it is required; nothing where nothing does."""
    required = {one.name: None for one in field_list(book).of_form(form) if one.is_required}
    return {**without_words(book, form, language), **required}
