"""What law says of an application's goods: the strictest description stands, and what the export needs is asked."""

from datetime import date
from decimal import Decimal

import pytest

from ytterby.law.goods import read_goods
from ytterby.licence.law_evidence import (
    APPLICATION,
    LOT,
    Described,
    LineGoods,
    Transaction,
    export_rules,
    goods_digest,
    law_section,
)
from ytterby.shell.site.law_packs import packaged_law

ON = date(2025, 6, 24)
REPORT = "a" * 64


def magnet(**elements):
    found, problems = read_goods({
        "form": "magnet", "magnet_type": "NdFeB",
        "elements": {name: Decimal(str(part)) for name, part in elements.items()},
    })  # fmt: skip
    assert not problems, problems
    return found


RICH = magnet(Nd=29, Dy=3, Fe=66)
BARE = magnet(Nd=31, Fe=67)


def judged(*described, to="DE", use="ev_traction", on=ON, declared=""):
    book = packaged_law()
    lines = [LineGoods(1, tuple(described), declared, (REPORT,))]
    (line,) = law_section(lines, book, book.procedures["CN-procedure"], Transaction(to, use, on, on)).lines
    return line


def test_listed_goods_need_a_licence():
    found = judged(Described(APPLICATION, RICH), declared="1C905.a")
    assert (found.answer, found.codes, found.declared_code) == ("controlled", ("1C905.a",), "1C905.a")
    assert [(one.rule, one.word, one.means) for one in found.needs] == [("CN-dual-use", "licence", ("licence",))]


def test_goods_are_as_strict_as_their_strictest_description():
    found = judged(Described(APPLICATION, BARE), Described(LOT, RICH, "lot-1"))
    assert (found.answer, found.described_by) == ("controlled", LOT)
    assert [answer for _, _, answer in found.described] == ["not_controlled", "controlled"]
    assert found.digest == goods_digest(RICH) != goods_digest(BARE)


def test_free_goods_name_what_freed_them_with_its_uncertainty_and_the_report():
    found, _ = read_goods({
        "form": "magnet", "magnet_type": "NdFeB",
        "elements": {"Nd": Decimal(31), "Dy": Decimal("0.02")}, "u": {"Dy": Decimal("0.005")},
    })  # fmt: skip
    line = judged(Described(APPLICATION, found))
    assert line.answer == "not_controlled"
    assert line.needs == ()
    (freed,) = line.freeing
    assert (freed.elements, freed.value, freed.u, freed.report) == (("Dy", "Tb"), "0.02", "0.005", REPORT)
    assert Decimal(freed.value) + Decimal(freed.k) * Decimal(freed.u) < Decimal(freed.limit)


def test_a_ban_is_a_ban_and_an_unknown_user_leaves_the_need_open():
    """The applicant's word for a civil user is not taken: Japan's rule asks who the user is."""
    later = date(2026, 3, 1)
    banned = judged(Described(APPLICATION, RICH), to="US", use="military")
    assert [one.means for one in banned.needs] == [("ban",)]
    (one,) = judged(Described(APPLICATION, RICH), to="JP", on=later).needs
    assert (one.word, one.missing) == ("unknown", ("user",))
    assert set(one.means) == {"ban", "licence", "free"}


def test_a_line_that_nobody_described_is_unknown():
    found = judged()
    assert (found.answer, found.reasons, found.needs) == ("unknown", ("goods_not_described",), ())


def test_without_lines_or_lists_nothing_was_checked():
    book = packaged_law()
    procedure = book.procedures["CN-procedure"]
    assert law_section([], book, procedure, Transaction("DE", "", ON, ON)).why == "no_lines"


def test_of_the_rules_of_the_procedures_own_group_those_that_follow_the_strictest_are_asked():
    book = packaged_law()
    assert [rule.id for rule in export_rules(book, book.procedures["CN-procedure"])] == ["CN-dual-use"]


@pytest.mark.parametrize("change", [{"Dy": 2}, {"Tb": 0}, {"Nd": 30}])
def test_goods_that_differ_have_different_digests(change):
    assert goods_digest(magnet(**({"Nd": 29, "Dy": 3, "Fe": 66} | change))) != goods_digest(RICH)


def test_the_digest_does_not_hang_on_the_order_of_words():
    assert goods_digest(magnet(Fe=66, Dy=3, Nd=29)) == goods_digest(RICH)
