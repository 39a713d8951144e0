"""`ytterby law applies ITEM`: one word (yes, no, disputed, unknown, licence, ban, allowed, prohibited), then why."""

import argparse
from itertools import takewhile
from typing import Any

from rich.text import Text

from ytterby.law.book import LawBook
from ytterby.law.fact import read_facts
from ytterby.law.goods import Goods
from ytterby.shell.cli.law_arguments import option_of
from ytterby.shell.cli.law_book import Sources, asked_days, doubts_of, known_day, open_law, show_refused
from ytterby.shell.cli.law_goods import read_goods_file, show_leave, show_share
from ytterby.shell.cli.law_lot import read_lot_stages, show_stages
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen
from ytterby.shell.site.law_answer import applies_json

Json = dict[str, Any]
# Of what cannot be found, that many names that share at least that many letters are shown.
NEAR_MIN, NEAR_MAX = 3, 8


def run_applies(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Answer; exit 1 where a fact cannot be read."""
    book = open_law(args, screen)
    code = book.code_of(args.item)
    if code not in book.items and code not in book.rules:
        raise WrongUse("law.no_such_item", item=args.item, rows=_near(book, code), next_commands=("ytterby law show",))
    rule = book.rules[book.items[code].rule if code in book.items else code]
    days, known = asked_days(args), known_day(args, book, {rule.pack})
    given: dict[str, str] = {}
    for name, value in args.fact:
        if given.setdefault(name, value) != value:
            raise WrongUse("law.fact_twice", name=name)
    facts, problems = read_facts(given, book.facts, book.listed_code)
    if problems:
        show_refused(screen, problems, "--fact")
        return Outcome.FOUND
    goods: Goods | None = None
    if args.goods is not None:
        goods, problems = read_goods_file(args.goods)
        if goods is None:
            show_refused(screen, problems, args.goods)
            return Outcome.FOUND
    lot = read_lot_stages(args, screen, book)
    told = {} if lot is None else {name: found for name, found in lot.facts.items() if name not in facts}
    answer = applies_json(book, args.item, {**told, **facts}, days, known, screen.language, goods)
    answer["lot"] = None if lot is None else lot.told
    screen.answer(answer, lambda: _show(screen, answer, book))
    return Outcome.GOOD


def _near(book: LawBook, name: str) -> tuple[str, ...]:
    """Return rules and codes that begin like what was typed, those that share most of it first."""
    typed = name.lower()
    shared = {one: _shared(one.lower(), typed) for one in (*book.rules, *book.items)}
    near = sorted((one for one in shared if shared[one] >= NEAR_MIN), key=lambda one: (-shared[one], one))
    return tuple(near[:NEAR_MAX])


def _shared(one: str, other: str) -> int:
    """Return how many letters two names share from their beginning on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _show(screen: Screen, answer: Json, book: LawBook) -> None:
    texts = screen.texts
    sources = Sources(screen)
    screen.line(Text(answer["answer"], style="bold"))
    rule = book.rules[answer["rule"]]
    screen.line(texts("law.of_rule", item=answer["item"], title=rule.title[screen.language], rule=rule.id))
    governs = texts(f"law.governs.{answer['governs']}")
    judged_on = answer["judged_on"] or texts("law.day_not_given")
    screen.line(texts("law.governs", date=governs, on=judged_on, known=answer["known_on"]))
    doubt = doubts_of(answer["reasons"], screen)
    if doubt:
        screen.line(doubt, "yellow")
    show_leave(screen, answer)
    sources.show_reasons(texts("law.reasons"), answer["reasons"])
    show_share(screen, answer["goods"])
    show_stages(screen, answer["lot"])
    for one in answer["readings"]:
        sources.show_reading(one, one["answer"])
    for settler in answer["settled_by"]:
        screen.line("  " + texts("law.settled_by", who=settler))
    for name, values in answer["presumed"].items():
        screen.line("  " + texts("law.presumed", name=name, value=", ".join(values)))
    for name in answer["missing"]:
        screen.line("  " + texts("law.missing", name=name, what=book.facts[name].text[screen.language]))
    for day in answer["missing_days"]:
        screen.line("  " + texts("law.missing_day", day=texts(f"law.governs.{day}"), option=f"--{option_of(day)}"))
    sources.show()
    for note in answer["notes"]:
        screen.line(note, "dim")
