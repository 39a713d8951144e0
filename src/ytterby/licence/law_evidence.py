"""What law says of the goods of an application, line by line: are they controlled, and what does their export need.

Goods are described by the applicant, by the product's registration and by what was assayed of the lots; each
description is classified, and the strictest answer stands, so that nobody talks goods free that were measured
otherwise. What an export needs is asked of the rules of the procedure's own packs that say what their words mean for
who exports; where one follows the strictest of others, that one alone. Who the user is, is not taken from the
applicant's word: a rule that asks for it leaves the need open, and an officer says what was found out.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ytterby.law.applies import Application as Applied
from ytterby.law.applies import applies
from ytterby.law.book import LawBook
from ytterby.law.classification import (
    ASK,
    CONTROLLED,
    DISPUTED,
    NOT_CONTROLLED,
    UNKNOWN,
    Classification,
    Classifier,
)
from ytterby.law.condition import Facts
from ytterby.law.dated_rule import Rule
from ytterby.law.goods import Goods
from ytterby.law.pack import digest_of
from ytterby.law.part_match import Beside
from ytterby.law.procedure import Procedure
from ytterby.law.said import Reason, Said
from ytterby.licence.evidence import DONE, Freeing, LawSection, LineLaw, Needed, plain

# The strictest answer first.
STRICTEST = (CONTROLLED, DISPUTED, UNKNOWN, ASK, NOT_CONTROLLED)
APPLICATION, PRODUCT, LOT = "application", "product", "lot"
MILITARY = "military"
REASONS_MAX = 20
_GOODS_DOMAIN = b"ytterby/goods/v1\x00"


class Described(NamedTuple):
    """Goods as somebody described them: the applicant, the product's registration, or assays of a lot (`name`)."""

    source: str
    goods: Goods
    name: str = ""


class LineGoods(NamedTuple):
    """A line with all that describes its goods, the code that the applicant states, and digests of test reports."""

    line: int
    described: tuple[Described, ...]
    declared_code: str = ""
    reports: tuple[str, ...] = ()


class Transaction(NamedTuple):
    """What is asked of rules beside the goods: destination, code of the use (empty: not stated), and the days."""

    destination: str
    use: str
    on: date
    known: date

    def facts(self, code: str) -> Facts:
        """Return the facts that rules may ask for."""
        said = {"item": code, "to": self.destination, "use": self.use, "user": MILITARY * (self.use == MILITARY)}
        return {name: (value,) for name, value in said.items() if value}


def law_section(
    lines: Sequence[LineGoods], book: LawBook, procedure: Procedure, transaction: Transaction
) -> LawSection:
    """Return the section of the evidence; it is not checked where there is no line, or the packs list no items."""
    if not lines:
        return LawSection(why="no_lines")
    if not book.items:
        return LawSection(why="no_items")
    classifier = Classifier(book, on=transaction.on, known=transaction.known)
    rules = export_rules(book, procedure)
    found = tuple(_line(one, classifier, book, rules, transaction) for one in lines)
    return LawSection(DONE, "", transaction.on.isoformat(), found)


def export_rules(book: LawBook, procedure: Procedure) -> tuple[Rule, ...]:
    """Return the rules of the procedure's packs that say what an export needs, and list no goods themselves."""
    group = book.packs[procedure.pack].group if procedure.pack in book.packs else ""
    listing = {item.rule for item in book.items.values()}
    held = [
        rule
        for rule in book.rules.values()
        if rule.means and rule.id not in listing and rule.pack in book.packs and book.packs[rule.pack].group == group
    ]
    following = tuple(rule for rule in held if rule.strictest is not None)
    return following or tuple(held)


def _line(
    one: LineGoods, classifier: Classifier, book: LawBook, rules: Iterable[Rule], transaction: Transaction
) -> LineLaw:
    if not one.described:
        return LineLaw(one.line, UNKNOWN, declared_code=one.declared_code, reasons=("goods_not_described",))
    answers = [(each, classifier.classify(each.goods)) for each in one.described]
    described, found = min(answers, key=lambda row: STRICTEST.index(row[1].answer))
    codes = dict.fromkeys(code for _, each in answers for code in each.codes)
    candidates = dict.fromkeys(code for _, each in answers for code in each.candidates)
    needs = [_need(book, rule, code, transaction) for rule in rules for code in (*codes, *candidates)]
    freed = found.answer == NOT_CONTROLLED
    return LineLaw(
        line=one.line,
        answer=found.answer,
        described_by=described.source,
        digest=goods_digest(described.goods),
        described=tuple((each.source, each.name, answer.answer) for each, answer in answers),
        codes=tuple(codes),
        candidates=tuple(code for code in candidates if code not in codes),
        by=found.by,
        reasons=tuple(dict.fromkeys(map(_reason, found.reasons)))[:REASONS_MAX],
        needs=tuple(sorted(needs, key=lambda need: (need.rule, need.code))),
        freeing=_freeing(answers, one.reports) if freed else (),
        declared_code=one.declared_code,
        form=described.goods.form,
        composition={symbol: plain(figure) for symbol, figure in sorted(described.goods.elements.items())},
    )


def _reason(one: Reason) -> str:
    """Return a reason as a code: rule, item, and which sentence; the words stand in the pack."""
    said = one.text.key if isinstance(one.text, Said) else "text"
    return "#".join((one.rule, one.code, said))


def _need(book: LawBook, rule: Rule, code: str, transaction: Transaction) -> Needed:
    found = applies(book, rule.id, transaction.facts(code), on=transaction.on, known=transaction.known)
    return Needed(rule.id, code, found.answer, _means(rule, found), found.missing)


def _means(rule: Rule, found: Applied) -> tuple[str, ...]:
    """Return what the answer means for who exports; of one that is open every meaning that the rule has."""
    if found.answer in rule.means:
        return (rule.means[found.answer],)
    read = {rule.means[one.answer] for one in found.readings if one.answer in rule.means}
    return tuple(sorted(read or set(rule.means.values())))


def _freeing(answers: Iterable[tuple[Described, Classification]], reports: tuple[str, ...]) -> tuple[Freeing, ...]:
    found = dict.fromkeys(beside for _, each in answers for beside in each.beside)
    return tuple(freeing_of(one, reports[0] if reports else "") for one in found)


def freeing_of(one: Beside, report: str) -> Freeing:
    """Return a figure beside the limit that frees goods, as it is written down."""
    return Freeing(
        parameter=one.parameter,
        elements=one.elements,
        value=plain(one.value),
        u=_uncertainty(one.u),
        limit=plain(one.limit),
        k=plain(one.k),
        report=report,
    )


def _uncertainty(u: Decimal) -> str:
    """Return an uncertainty to the millionth of a percent: that of a sum is a root, which has no end."""
    return plain(round(u, 6))


def goods_digest(goods: Goods) -> str:
    """Return the digest of goods as law sees them: equal digests are answered alike on every day."""
    figures = {
        name: {symbol: plain(figure) for symbol, figure in table.items()}
        for name, table in (("elements", goods.elements), ("u", goods.u))
    }
    content: dict[str, object] = {
        "form": goods.form,
        **figures,
        "system": None if goods.system is None else sorted(goods.system),
        "magnet_type": goods.magnet_type,
        "built_in": goods.built_in,
        "formula": sorted(goods.formula),
    }
    return digest_of(_GOODS_DOMAIN, content)
