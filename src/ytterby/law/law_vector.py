"""Vectors of the kind law: classifications and applications one a line, as vectors/README.md lays down."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.law.applies import applies
from ytterby.law.book import LawBook
from ytterby.law.classification import Classifier
from ytterby.law.fact import read_facts
from ytterby.law.goods import read_goods
from ytterby.terms.problem import Problem

CLASSIFY, APPLIES = "classify", "applies"
Json = Mapping[str, Any]


def is_law_vector(document: Any) -> bool:
    """Tell whether a document is lines of the kind law."""
    rows = [document] if isinstance(document, dict) else document
    return isinstance(rows, list) and bool(rows) and all(_is_row(row) for row in rows)


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and row.get("kind") in (CLASSIFY, APPLIES) and "on" in row


def rows_of(document: Any) -> list[Json]:
    """Return the lines; of a file of one line that line."""
    return [document] if isinstance(document, dict) else list(document)


def compute_law(document: Any, book: LawBook) -> list[Any]:
    """Return the answers in order: for a classification {answer, codes, by}, for an application its word.

    `known_on` defaults to the latest day the packs know.

    Raises:
        ValueError, TypeError, KeyError: a line that cannot be read.
    """
    kinds: dict[str, Callable[[Json, LawBook], Any]] = {CLASSIFY: _classify, APPLIES: _applies}
    return [kinds[row["kind"]](row, book) for row in rows_of(document)]


def _days(row: Json, book: LawBook) -> tuple[date, date]:
    on, known = row["on"], row.get("known_on")
    return date.fromisoformat(on), book.known_to if known is None else date.fromisoformat(known)


def _classify(row: Json, book: LawBook) -> Json:
    goods, problems = read_goods(row["goods"])
    if goods is None:
        raise ValueError(_said(problems))
    on, known = _days(row, book)
    found = Classifier(book, on=on, known=known).classify(goods)
    return {"answer": found.answer, "codes": sorted(found.codes), "by": found.by}


def _applies(row: Json, book: LawBook) -> str:
    given = {name: _text(value) for name, value in row.get("facts", {}).items()}
    facts, problems = read_facts(given, book.facts, book.listed_code)
    if problems:
        raise ValueError(_said(problems))
    on, known = _days(row, book)
    return applies(book, row["item"], facts, on=on, known=known).answer


def _text(value: Any) -> str:
    """Return a fact as it would be typed: a list of places with commas, a number as a plain decimal."""
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _said(problems: list[Problem]) -> str:
    return "; ".join(f"{problem.where.pointer} {problem.code} {problem.value}" for problem in problems)


def expected_of_law(document: Any) -> list[Any]:
    """Return what the lines expect, codes as a sorted list since they are compared as a set."""
    rows = [row["expected"] for row in rows_of(document) if "expected" in row]
    if len(rows) != len(rows_of(document)):
        return []
    return [row | {"codes": sorted(row["codes"])} if isinstance(row, dict) and "codes" in row else row for row in rows]
