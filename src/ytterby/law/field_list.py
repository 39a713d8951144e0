"""The list of all fields: the register's own forms (`fields/*.yaml`), with what the packs of a book add to them.

A file holds `schema: ytterby-fields/1` and `forms`, each with `id`, `title` and `fields`. A field says, beside its
`field` and `title`, on what it rests: `intelligible` and `practice` (the source), `need` (the modules that read it)
with `without`, or `voluntary: true`; and `required`, `sensitive`, `same_as: form#field` for all of it. Law is never
said here: an entry `field_basis` of a pack says it. A pack's `dossier` is forms of its own, and its facts are a form
too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ytterby.law.basis import REQUIRING, Basis, Field, FieldBasis, Form, Ground
from ytterby.law.book import LawBook
from ytterby.law.condition import leaves_of
from ytterby.law.dossier_rule import DossierRules
from ytterby.law.shape import Shape, choice, fields, one_or_more, sequence, text, truth, word, words
from ytterby.law.trust import Confidence, Trust, Words
from ytterby.terms.problem import Problem, pointer, refuse

SCHEMA = "ytterby-fields/1"
FACTS = "law-facts"
_APPLIES, _COMPLETENESS = "law.applies", "law.completeness"
_FIELD = fields(
    {"field": text},
    {
        "title": words,
        "intelligible": text,
        "practice": text,
        "need": one_or_more(word),
        "without": words,
        "voluntary": truth,
        "required": truth,
        "sensitive": truth,
        "same_as": text,
    },
)
_FORM = fields({"id": word, "title": words, "fields": sequence(_FIELD)}, {})
_FILE: Shape = fields({"schema": choice(SCHEMA), "forms": sequence(_FORM)}, {})
_FACTS_TITLE = {"en": "facts that rules ask for", "zh": "规则所问事实"}
Json = Mapping[str, Any]


class FieldList:
    """Every form and every field, in order of form; what packs say of fields is in their grounds."""

    def __init__(self, forms: Mapping[str, Form], rows: Sequence[Field]) -> None:
        self.forms = forms
        self.rows = tuple(sorted(rows, key=lambda one: one.form))
        self._by_name = {(one.form, one.name): one for one in self.rows}

    def find(self, form: str, name: str) -> Field | None:
        """Return a field of a form; None where there is none."""
        return self._by_name.get((form, name))

    def of_form(self, form: str) -> tuple[Field, ...]:
        """Return the fields of a form in the order in which it has them."""
        return tuple(one for one in self.rows if one.form == form)


def read_forms(contents: Iterable[Any]) -> tuple[FieldList, list[Problem]]:
    """Return the forms of files as YAML gave them, by themselves, with everything that is wrong with them."""
    problems: list[Problem] = []
    read: list[Json] = []
    for content in contents:
        wrong = list(_FILE(content, ""))
        problems += wrong
        read += [] if wrong else [content]
    rows = {(form["id"], row["field"]): row for content in read for form in content["forms"] for row in form["fields"]}
    forms: dict[str, Form] = {}
    found: list[Field] = []
    seen: set[tuple[str, str]] = set()
    for content in read:
        for number, form in enumerate(content["forms"]):
            if forms.setdefault(form["id"], Form(form["id"], form["title"])).title != form["title"]:
                problems.append(refuse("pack.twice", pointer("forms", number, "id"), form["id"], first=form["id"]))
            for place, row in enumerate(form["fields"]):
                where = pointer("forms", number, "fields", place)
                if (form["id"], row["field"]) in seen:
                    problems.append(refuse("pack.twice", where, row["field"], first=form["id"]))
                seen.add((form["id"], row["field"]))
                whole = _whole(row, rows)
                if whole is None:
                    problems.append(refuse("fields.same_as_nothing", where + "/same_as", row["same_as"]))
                    continue
                problems += _field_problems(whole, where)
                if "title" in whole:
                    found.append(_field(form["id"], whole))
    return FieldList(forms, found), problems


def _whole(row: Json, rows: Mapping[tuple[str, str], Json]) -> Json | None:
    """Return a row with what it takes from another, which may take from none; None where there is no such other."""
    if "same_as" not in row:
        return row
    form, _, name = row["same_as"].partition("#")
    other = rows.get((form, name))
    if other is None or "same_as" in other:
        return None
    own = {key: value for key, value in row.items() if key != "same_as"}
    # What holds of an event need not hold of the sheet that tells it.
    return {**{key: value for key, value in other.items() if key != "required"}, **own}


def _field_problems(row: Json, where: str) -> Iterator[Problem]:
    if "title" not in row:
        yield refuse("pack.missing_field", where, "title", name="title")
    if ("need" in row) != ("without" in row):
        yield refuse("fields.need_without_words", where, row["field"])
    if row.get("required") and "intelligible" not in row:
        yield refuse("fields.required_without_law", where + "/required", row["field"])
    if row.get("voluntary") and {"need", "practice", "intelligible"} & row.keys():
        yield refuse("pack.contradiction", where, row["field"], what="voluntary")


def _field(form: str, row: Json) -> Field:
    grounds = []
    for basis, sure in ((Basis.INTELLIGIBLE, Confidence.READ), (Basis.PRACTICE, Confidence.PRACTICE)):
        if basis in row:
            is_required = basis in REQUIRING and row.get("required", False)
            grounds.append(Ground(basis, Trust(row[basis], sure), is_required=is_required))
    need = row.get("need", ())
    if need:
        grounds.append(Ground(Basis.NEED))
    if row.get("voluntary"):
        grounds.append(Ground(Basis.VOLUNTARY))
    is_sensitive = row.get("sensitive", False)
    return Field(
        form=form,
        name=row["field"],
        title=row["title"],
        grounds=tuple(grounds),
        is_required=row.get("required", False),
        is_sensitive=is_sensitive,
        is_asked=not is_sensitive,
        read_by=(need,) if isinstance(need, str) else tuple(need),
        without=row.get("without"),
    )


def fields_of_book(own: FieldList, book: LawBook) -> tuple[FieldList, list[Problem]]:
    """Return the list with what a book's packs add to it, and every basis that names no field, or fields of none."""
    forms, rows = dict(own.forms), {(one.form, one.name): one for one in own.rows}
    if book.facts:
        forms[FACTS] = Form(FACTS, _FACTS_TITLE)
        rows |= {(FACTS, one.name): one for one in _facts(book)}
    for rules in book.dossiers.values():
        for form, found in _dossier_forms(rules):
            forms[form.id] = form
            rows |= {(one.form, one.name): one for one in found}
    problems = []
    for pack in book.packs.values():
        for number, entry in enumerate(pack.field_basis):
            for place, name in enumerate(entry.fields):
                field = rows.get((entry.form, name))
                if field is None:
                    where = f"{pack.id}#{pointer('field_basis', number, 'fields', place)}"
                    known = ", ".join(n for form, n in rows if form == entry.form) or ", ".join(forms)
                    problems.append(refuse("pack.unknown_reference", where, name, known=known))
                    continue
                rows[entry.form, name] = _with_ground(field, entry)
    bare = [one for one in rows.values() if not one.grounds]
    problems += [refuse("fields.no_basis", f"{one.form}#{one.name}", one.name) for one in bare]
    return FieldList(forms, list(rows.values())), problems


def _with_ground(field: Field, entry: FieldBasis) -> Field:
    order = list(Basis)
    # What law or practice asks for is not merely voluntary.
    held = [one for one in field.grounds if one.basis is not Basis.VOLUNTARY]
    grounds = sorted([*held, entry.ground], key=lambda one: (order.index(one.basis), one.pack, one.rule))
    return replace(field, grounds=tuple(grounds), is_required=field.is_required or entry.ground.is_required)


def _facts(book: LawBook) -> Iterator[Field]:
    """Yield each fact as a field: without it the rules that ask for it may be unknown."""
    asking: dict[str, list[str]] = {}
    for rule in book.rules.values():
        conditions = (one.condition for one in rule.versions if one.condition is not None)
        names = {name for one in conditions for leaf in leaves_of(one) for name in (leaf.fact, leaf.u) if name}
        if rule.strictest is not None:
            names.add(rule.strictest.fact)
        for name in names:
            asking.setdefault(name, []).append(rule.id)
    for name, kind in book.facts.items():
        rules = ", ".join(sorted(asking.get(name, ())))
        without = {"en": f"may answer unknown: {rules}", "zh": f"以下规则可能无法确定：{rules}"} if rules else None
        ground = Ground(Basis.NEED if rules else Basis.VOLUNTARY)
        read_by = (_APPLIES,) if rules else ()
        yield Field(FACTS, name, kind.text, (ground,), False, False, True, read_by, without)


def _dossier_forms(rules: DossierRules) -> Iterator[tuple[Form, list[Field]]]:
    """Yield each document of a dossier as a form; a field that a check compares is needed for it."""
    reading: dict[tuple[str, str], list[Words]] = {}
    for check in rules.checks.values():
        for place in check.places:
            reading.setdefault((place.document, place.field), []).append(check.title)
    for document, entry in rules.documents.items():
        form = Form(f"{rules.id}.{document}", entry.title, rules.pack)
        found = []
        for one in entry.fields.values():
            checks = reading.get((document, one.id), ())
            grounds = [Ground(one.basis, one.trust, rules.pack, one.rule, one.article, one.is_required)]
            without = one.without
            if checks:
                grounds += [] if one.basis is Basis.NEED else [Ground(Basis.NEED)]
                without = without or _unchecked(checks)
            read_by = (_COMPLETENESS,) if checks or one.basis is not Basis.VOLUNTARY else ()
            found.append(
                Field(
                    form.id,
                    one.id,
                    one.title,
                    tuple(grounds),
                    one.is_required,
                    one.is_sensitive,
                    one.is_asked,
                    read_by,
                    without,
                )
            )
        yield form, found


def _unchecked(titles: Sequence[Words]) -> Words:
    return {
        "en": "cannot be checked: " + "; ".join(one["en"] for one in titles),
        "zh": "无法核对：" + "；".join(one["zh"] for one in titles),
    }
