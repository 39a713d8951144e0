"""Classifications and applications a second, beside the named limit; one processor, packs loaded before."""

from datetime import date
from decimal import Decimal

from benchmarks.table import Line, cpu_of
from ytterby.law.applies import applies
from ytterby.law.classification import Classifier
from ytterby.law.fact import read_facts
from ytterby.law.form import FORMS
from ytterby.law.goods import read_goods
from ytterby.law.goods_facts import facts_of_goods, joined
from ytterby.matter.element import ELEMENTS
from ytterby.shell.site.law_packs import packaged_law

COUNTS = {"small": 2_000, "full": 20_000}
LIMIT = 2_000.0  # what issue 04 asks for
# Goods of three parts, one of which may count.
VALUE = {
    "currency": "EUR",
    "price_basis": "EXW",
    "amount": 100,
    "parts": [
        {"goods": {"form": "alloy", "system": "Dy-Fe"}, "amount": 2, "u": Decimal("0.1"), "origin": {"origin": "CN"}},
        {"goods": {"form": "metal", "elements": {"Nd": Decimal("99.9")}}, "amount": 30, "origin": {"origin": "MY"}},
        {"goods": {"form": "alloy", "system": "Fe-B"}, "amount": 5},
    ],
}
DAYS = (date(2026, 1, 15), date(2026, 11, 20))


def goods_of(count: int) -> list[dict[str, object]]:
    """Return goods of every form, one to three rare earths in each, as JSON would bring them."""
    return [
        {
            "form": FORMS[n % len(FORMS)],
            "magnet_type": "NdFeB" if n % 3 else "SmCo",
            "elements": {ELEMENTS[(n + 5 * k) % 17]: Decimal(n % 90 + 1) / (10 * (k + 1)) for k in range(n % 3 + 1)},
            "u": {ELEMENTS[n % 17]: Decimal("0.01")},
            "built_in": n % 2 == 0,
        }
        for n in range(count)
    ]


def run(size: str) -> list[Line]:
    """Measure reading and classifying goods, and answering for a rule with facts, on a settled and a disputed day."""
    book = packaged_law()
    count = COUNTS[size]
    raw = goods_of(count)

    def classify(on: date) -> None:
        classifier = Classifier(book, on=on, known=book.known_to)
        for one in raw:
            goods, _ = read_goods(one)
            assert goods is not None
            classifier.classify(goods)

    def ask() -> None:
        given = {"to": "US", "user": "civil", "use": "hdd", "item": "1C905.a"}
        for _ in range(count):
            facts, _ = read_facts(given, book.facts, book.listed_code)
            applies(book, "CN-dual-use", facts, on=DAYS[1], known=book.known_to)

    priced = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Dy": Decimal(2)}, "value": VALUE}

    def share() -> None:
        for _ in range(count):
            goods, _ = read_goods(priced)
            assert goods is not None
            rule = book.rules["CN-61.1"]
            facts = joined({}, facts_of_goods(goods, rule, book), rule)
            applies(book, rule.id, facts, on=DAYS[1], known=book.known_to)

    limit = "limit of issue 04"
    lines = [
        Line(
            f"law classify, goods read, {name} day",
            count / cpu_of(3, lambda day=day: classify(day)),
            "goods/s",
            ">= 2,000",
            limit,
            LIMIT,
        )
        for name, day in zip(("settled", "disputed"), DAYS, strict=True)
    ]
    return [
        *lines,
        Line("law applies, the rule that follows three", count / cpu_of(3, ask), "answers/s", ">= 2,000", limit, LIMIT),
        Line("law applies, a share of value", count / cpu_of(3, share), "answers/s", ">= 2,000", limit, LIMIT),
    ]
