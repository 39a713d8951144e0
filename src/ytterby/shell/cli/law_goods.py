"""What the commands of law share about goods: reading a file, showing a share of value, and what one may do."""

from typing import Any

from ytterby.law.goods import Goods, read_goods
from ytterby.shell.cli.document_file import read_document_file
from ytterby.shell.cli.screen import Screen
from ytterby.shell.site.share_answer import share_lines
from ytterby.terms.jsontext import decode
from ytterby.terms.problem import Problem

Json = dict[str, Any]


def read_goods_file(file: str) -> tuple[Goods | None, list[Problem]]:
    """Return goods from a file of JSON (- for standard input), or None and everything that is wrong with it."""
    value, problems = decode(read_document_file(file))
    return (None, problems) if problems else read_goods(value)


def show_leave(screen: Screen, answer: Json) -> None:
    """Write whether one may file and ship as far as the answer goes; nothing where its rule is not about export."""
    for name, key in (("may_file", "law.may_file"), ("may_ship", "law.may_ship")):
        one = answer[name]
        if one is not None:
            said = screen.texts(f"law.leave.{one['answer']}")
            screen.line(screen.texts(key, answer=said, why=one["why"]))


def show_share(screen: Screen, found: Json | None) -> None:
    """Write how goods told a rule its share of value."""
    if found is None:
        return
    screen.line(screen.texts("law.share.heading"), "bold")
    for line in share_lines(found, screen.language):
        screen.line("  " + line)
