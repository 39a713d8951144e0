"""`ytterby product register`: what a product is, said once by its maker: its form, free of rare earths or assayed."""

import argparse
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ytterby.chain.product import Product
from ytterby.matter.assay import Assay
from ytterby.shell.cli.arguments import Nouns, add_command, add_noun, day, element
from ytterby.shell.cli.opening import Reading, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen
from ytterby.terms.identifier import tail
from ytterby.terms.problem import Problem, is_refused

Json = dict[str, Any]


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "product", "what a product is, said once by its maker")
    register = add_command(verbs, "register", run_register, "register a product of a maker")
    register.add_argument(
        "products", nargs="+", metavar="PRODUCT", help="its identifier: a GTIN as Digital Link, or as minted"
    )
    register.add_argument("--as", dest="party", required=True, metavar="PARTY", help="the maker who says so")
    register.add_argument("--name", default="", metavar="TEXT", help="what it is called")
    register.add_argument("--form", metavar="FORM", help="as oxide, alloy, magnet")
    content = register.add_mutually_exclusive_group(required=True)
    content.add_argument("--free-of-rare-earths", action="store_true", help="it holds none")
    content.add_argument(
        "--assay",
        action="append",
        type=assay,
        default=[],
        metavar="E=MG[~U]",
        help="milligrams of an element in a kilogram, with its standard uncertainty; once for each element",
    )
    register.add_argument("--piece-mass-gram", type=positive, metavar="G", help="mass of one piece")
    register.add_argument("--from", dest="start", type=day, metavar="DATE", help="first day (default: always)")
    register.add_argument("--until", dest="end", type=day, metavar="DATE", help="first day on which it no longer holds")


def positive(text: str) -> Decimal:
    """Return a decimal number above zero."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above zero")
    return value


def assay(text: str) -> Assay:
    """Return an assay written as Nd=230000 or Nd=230000~1200, milligrams per kilogram."""
    symbol, equals, rest = text.partition("=")
    amount, tilde, uncertainty = rest.partition("~")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no assay; write Nd=230000~1200")
    return Assay(
        element=element(symbol),
        milligram_per_kilogram=positive(amount),
        standard_uncertainty=positive(uncertainty) if tilde else None,
    )


def run_register(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Register products of which the same is said."""
    reading = open_reading(args, screen, derives=False)
    party = find_party(reading, args.party)
    results = [_register(identifier, party, args, reading, screen) for identifier in args.products]
    is_good = all(results)
    if not screen.is_json:
        screen.next(with_data(args, "ytterby balance findings"))
    return Outcome.GOOD if is_good else Outcome.FOUND


def _register(identifier: str, party: str, args: argparse.Namespace, reading: Reading, screen: Screen) -> bool:
    from ytterby.shell.actions.register_product import register_product

    product = Product(
        id=identifier,
        maker=party,
        form=args.form,
        is_free_of_rare_earths=args.free_of_rare_earths,
        assays=tuple(args.assay),
        piece_mass_gram=args.piece_mass_gram,
        start=args.start,
        end=args.end,
        name=args.name,
    )
    result = register_product(reading.register, product, submitter=party, at=args.at)
    is_good = not is_refused(result.problems)
    answer = {
        "product": identifier,
        "accepted": is_good,
        "problems": [problem_json(problem, identifier, screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: _show(screen, identifier, args.name, result.problems, is_good=is_good))
    return is_good


def _show(screen: Screen, identifier: str, name: str, problems: Sequence[Problem], *, is_good: bool) -> None:
    show_problems(screen, problems, identifier)
    called = name or tail(identifier)
    if is_good:
        screen.verdict(True, screen.texts("product.registered", product=called))
    else:
        screen.verdict(False, screen.texts("product.refused", product=called), screen.texts("event.nothing_entered"))
