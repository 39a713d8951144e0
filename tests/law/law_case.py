"""How tests of law ask: goods and facts as JSON would bring them, days as text, answers by the packaged packs."""

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.law.applies import Application, applies
from ytterby.law.book import LawBook, make_book
from ytterby.law.classification import Classification, Classifier
from ytterby.law.fact import read_facts
from ytterby.law.goods import read_goods
from ytterby.law.pack import Pack
from ytterby.law.pack_reader import read_pack
from ytterby.shell.site.law_packs import packaged_law, packaged_packs

DAY = "2026-01-15"


def day(text: str) -> date:
    return date.fromisoformat(text)


def classified(goods: dict[str, Any], on: str = DAY, known: str = "", book: LawBook | None = None) -> Classification:
    """Classify goods that JSON could bring; they must be good."""
    book = book or packaged_law()
    read, problems = read_goods(json.loads(json.dumps(goods), parse_float=Decimal))
    assert read is not None, problems
    return Classifier(book, on=day(on), known=day(known) if known else book.known_to).classify(read)


def asked(item: str, on: str, known: str = "", book: LawBook | None = None, /, **facts: str) -> Application:
    """Ask whether a rule or a code applies."""
    book = book or packaged_law()
    read, problems = read_facts(facts, book.facts, book.listed_code)
    assert not problems, problems
    return applies(book, item, read, on=day(on), known=day(known) if known else book.known_to)


def content_of(pack: str) -> dict[str, Any]:
    """Return the content of a packaged pack, free to be changed."""
    (found,) = (one for one in packaged_packs() if one.id == pack)
    return copy.deepcopy(dict(found.content))


def pack_of(content: Any) -> Pack:
    """Return a pack that must be good."""
    pack, problems = read_pack(content)
    assert pack is not None, problems
    return pack


def with_pack(content: Any) -> LawBook:
    """Return the packaged book with one pack added or replaced."""
    book, problems = make_book([*packaged_packs(), pack_of(content)])
    assert not problems, problems
    return book


def codes_of(content: Any) -> list[tuple[str, str]]:
    """Return code and pointer of every problem of a pack."""
    return [(problem.code, problem.where.pointer) for problem in read_pack(content)[1]]
