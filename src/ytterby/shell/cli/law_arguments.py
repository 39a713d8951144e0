"""The arguments of the commands of law. What answers is imported when it is run: every command loads this module."""

import argparse
from pathlib import Path

from ytterby.shell.cli.arguments import Nouns, add_command, add_element, add_viewer, day
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Screen

PACKAGED = "packaged"
# Days of a transaction that may be told apart; which of them governs, each rule says. `law.days` names the same.
ASKED_DAYS = ("contract", "application", "acceptance", "decision", "exit", "placing_on_market", "delivery")


def add_classify(verbs: Nouns) -> None:
    """Add `law classify`."""
    parser = add_command(verbs, "classify", _classify, "tell whether goods are controlled on a day, and why")
    text = "goods as JSON (form, elements in wt%%, u, system …), - for standard input"
    parser.add_argument("file", metavar="FILE", help=text)
    _add_days(parser)
    parser.add_argument("--pack", metavar="GROUP", help="only this group of packs (law show lists them; default: all)")
    _add_packs(parser)


def add_applies(verbs: Nouns) -> None:
    """Add `law applies`."""
    parser = add_command(verbs, "applies", _applies, "tell whether a rule or a control code applies on a day, and why")
    parser.add_argument("item", metavar="ITEM", help="a control code, or the id of a rule (law show lists them)")
    _add_days(parser)
    text = "what is known, as to=JP; again for each"
    parser.add_argument("--fact", action="append", default=[], type=_fact, metavar="NAME=VALUE", help=text)
    text = "goods as JSON, which tell what was not given: share of value, origin, type of magnet; - for standard input"
    parser.add_argument("--goods", metavar="FILE", help=text)
    text = "a lot of the register, which tells where it was mined, separated, refined, melted and made"
    parser.add_argument("--lot", metavar="LOT", help=text)
    add_element(parser, "of the lot one element (default: all it holds)")
    add_viewer(parser)
    _add_packs(parser)


def add_show(verbs: Nouns) -> None:
    """Add `law show`."""
    text = "list packs and rules, or show one with its dates, readings and sources"
    parser = add_command(verbs, "show", _show, text)
    parser.add_argument(
        "id", nargs="?", metavar="ID", help="a pack, rule, code, procedure, parameter, dispute or cited document"
    )
    _add_packs(parser)


def add_diff(verbs: Nouns) -> None:
    """Add `law diff`."""
    parser = add_command(verbs, "diff", _diff, "list what changed between two packs, or two folders of packs")
    text = f"a pack's file, a folder of packs, the id of a packaged one, or {PACKAGED} for all that come with ytterby"
    for name in ("old", "new"):
        parser.add_argument(name, metavar=name.upper(), help=text)


def add_test(verbs: Nouns) -> None:
    """Add `law test`."""
    parser = add_command(verbs, "test", _test, "run tests of packs, written as sentences, and tell which do not hold")
    text = f"a folder of tests (*.yaml), one file of them, or {PACKAGED} for those that come with ytterby"
    parser.add_argument("folder", metavar="FOLDER", help=text)
    _add_packs(parser)


def add_sign(verbs: Nouns) -> None:
    """Add `law sign`."""
    parser = add_command(verbs, "sign", _sign, "sign the packs of a folder, and the calendars beside them")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of packs (*.yaml)")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key for packs")
    text = "make the key of this name in that file first, and its public half beside it (.pub)"
    parser.add_argument("--new-key", metavar="NAME", help=text)


def _add_days(parser: argparse.ArgumentParser) -> None:
    """Add the days that every question takes: those of the transaction, and the one whose knowledge is used."""
    text = "the day that is asked about: of contract, exit and all else that has no day of its own below"
    parser.add_argument("--on", type=day, metavar="DATE", help=text)
    for name in ASKED_DAYS:
        text = f"the day of {name.replace('_', ' ')}; a rule is judged at the day that governs it"
        parser.add_argument(f"--{option_of(name)}", type=day, metavar="DATE", help=text)
    text = "by what was known on this day (default: the latest the packs know)"
    parser.add_argument("--known-on", type=day, metavar="DATE", help=text)


def option_of(name: str) -> str:
    """Return the option that gives a day of a transaction, without its dashes."""
    return f"{name.replace('_', '-')}-on"


def _add_packs(parser: argparse.ArgumentParser) -> None:
    """Add: packs from a folder."""
    text = "packs (*.yaml) that add to the packaged ones, or replace those of their id"
    parser.add_argument("--packs", type=Path, metavar="FOLDER", help=text)
    add_trusted(parser)


def add_trusted(parser: argparse.ArgumentParser) -> None:
    """Add: whose signature the packs of the folder must bear."""
    text = "use the folder only if one of the public keys in this file signed it (law sign)"
    parser.add_argument("--trusted-key", type=Path, metavar="FILE", help=text)


def _fact(text: str) -> tuple[str, str]:
    name, joint, value = text.partition("=")
    if not joint or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no fact; write NAME=VALUE")
    return name.strip(), value


def _classify(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_classify import run_classify

    return run_classify(args, screen)


def _applies(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_applies import run_applies

    return run_applies(args, screen)


def _show(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_show import run_show

    return run_show(args, screen)


def _diff(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_diff import run_diff

    return run_diff(args, screen)


def _test(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_test import run_test

    return run_test(args, screen)


def _sign(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_sign import run_sign

    return run_sign(args, screen)
