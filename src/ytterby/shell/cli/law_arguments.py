"""The arguments of the commands of law. What answers is imported when it is run: every command loads this module."""

import argparse
from pathlib import Path

from ytterby.shell.cli.arguments import (
    DATA,
    Nouns,
    add_command,
    add_element,
    add_known,
    add_viewer,
    day,
    whole_number,
)
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.rights import add_signer
from ytterby.shell.cli.screen import Screen

PACKAGED, REGISTER = "packaged", "register"
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
        "id",
        nargs="?",
        metavar="ID",
        help="a pack, rule, code, return, quota, procedure, parameter, dispute, cited document",
    )
    _add_packs(parser)


def add_diff(verbs: Nouns) -> None:
    """Add `law diff`."""
    parser = add_command(verbs, "diff", _diff, "list what changed between two packs, or two folders of packs")
    text = (
        f"a pack's file, a folder of packs, the id of a pack, {PACKAGED} for all that come with ytterby, {REGISTER} for"
        " all that the register goes by, or the number of a proposal for all that it would go by then"
    )
    for name in ("old", "new"):
        parser.add_argument(name, metavar=name.upper(), help=text)
    add_known_law(parser)


def add_changes(verbs: Nouns) -> None:
    """Add the commands that change the law of a register."""
    propose = add_command(verbs, "propose", _propose, "propose packs that the register is to go by from an instant on")
    text = "a folder of packs (*.yaml) with its calendars, or single packs"
    propose.add_argument("paths", nargs="+", type=Path, metavar="FOLDER|FILE", help=text)
    text = "the instant from which they hold, as 2027-01-01T00:00:00+08:00; another person confirms before it"
    propose.add_argument("--from", required=True, dest="start", metavar="INSTANT", help=text)
    propose.add_argument("--reason", default="", metavar="TEXT", help="why, for those concerned")
    text = "why a pack that knows less than the one before it is meant"
    propose.add_argument("--going-back", default="", metavar="TEXT", help=text)
    add_trusted(propose)
    add_signer(propose)
    for name, run, summary in (
        (
            "activate",
            _activate,
            "confirm a proposal of another person; it holds from its instant, and nothing undoes it",
        ),
        ("withdraw", _withdraw, "withdraw a proposal that nobody confirmed"),
    ):
        verb = add_command(verbs, name, run, summary)
        verb.add_argument("which", metavar="NUMBER", help="the number that ytterby law changes shows")
        add_signer(verb)
    settle = add_command(verbs, "settle", _settle, "enter on which reading a dispute is settled, from today on")
    settle.add_argument("dispute", metavar="DISPUTE", help="its id, as ytterby law show gives it")
    settle.add_argument("reading", metavar="READING", help="the reading that holds")
    settle.add_argument("--source", required=True, metavar="TEXT", help="where that stands")
    text = "the source was read, or it is what the office does (default: read)"
    settle.add_argument("--confidence", choices=("read", "practice"), default="read", help=text)
    add_signer(settle)
    text = "list proposals, activations and settlements, with what they change"
    changes = add_command(verbs, "changes", _changes, text)
    add_known_law(changes)


def add_known_law(parser: argparse.ArgumentParser) -> None:
    """Add: by the law of the register as known at a log size."""
    text = "by the law of the register in --data as known at this log size (default: now)"
    parser.add_argument("--known-at", type=whole_number, metavar="N", help=text)


def names_register(args: argparse.Namespace) -> bool:
    """Tell whether a command goes by the law of a register: one that --data names, or that lies at its default."""
    from ytterby.shell.site.register import MARKER

    return bool(args.data != Path(DATA) or args.known_at is not None or (args.data / MARKER).is_file())


def add_impact(verbs: Nouns) -> None:
    """Add `law impact`."""
    summary = "list whose answer changes by another law: lots on hand, products, parties"
    parser = add_command(verbs, "impact", _impact, summary)
    text = (
        f"the number of a proposal (law changes); a pack's file or a folder of packs, added to the register's law or"
        f" in place of its own; or {PACKAGED}"
    )
    parser.add_argument("new", metavar="NEW", help=text)
    parser.add_argument("--against", metavar="OLD", help="the same, to compare with (default: the register's law)")
    parser.add_argument("--on", type=day, metavar="DATE", help="from this day on (default: today)")
    text = "up to this day (default: the last day on which either law changes)"
    parser.add_argument("--until", type=day, metavar="DATE", help=text)
    text = "lists of named enterprises, as party import takes them, in place of those of their ids"
    parser.add_argument("--lists", type=Path, metavar="FILE", help=text)
    which = parser.add_mutually_exclusive_group()
    text = "two files of goods as law classify takes them: what changes from one to the other"
    which.add_argument("--goods", nargs=2, metavar=("OLD.json", "NEW.json"), help=text)
    which.add_argument("--lot", metavar="LOT", help="a lot on hand, by another assay (--assay)")
    parser.add_argument("--assay", metavar="FILE", help="goods as law classify takes them: elements and u of the lot")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the rows there too")
    text = "write there what changes for each party concerned, in English and Chinese"
    parser.add_argument("--notices", type=Path, metavar="DIR", help=text)
    add_known(parser)


def add_test(verbs: Nouns) -> None:
    """Add `law test`."""
    parser = add_command(verbs, "test", _test, "run tests of packs, written as sentences, and tell which do not hold")
    text = f"a folder of tests (*.yaml), one file of them, or {PACKAGED} for those that come with ytterby"
    parser.add_argument("folder", metavar="FOLDER", help=text)
    _add_packs(parser)


def add_fields(verbs: Nouns) -> None:
    """Add `law fields`."""
    text = "list every field that is asked for, on what it rests, and what gets worse without it"
    parser = add_command(verbs, "fields", _fields, text)
    parser.add_argument("--form", metavar="FORM", help="one form, as return-sheet (default: all)")
    bases = ("law", "intelligible", "practice", "need", "voluntary")
    parser.add_argument("--basis", choices=bases, help="only fields that rest on this")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row for each reason into this file too")
    _add_packs(parser)


def add_complete(verbs: Nouns) -> None:
    """Add `law complete`."""
    text = "tell what a dossier lacks, before filing and at reception alike"
    parser = add_command(verbs, "complete", _complete, text)
    parser.add_argument(
        "file", metavar="DOSSIER", help="the dossier as JSON (docs/completeness.md), - for standard input"
    )
    parser.add_argument("--on", type=day, required=True, metavar="DATE", help="the day of filing")
    parser.add_argument("--procedure", metavar="ID", help="which procedure (default: the one that the dossier names)")
    _add_packs(parser)


def add_end_use(verbs: Nouns) -> None:
    """Add `law end-use`."""
    text = "tell what a description of an end use names, misses and leaves vague, and compose it"
    parser = add_command(verbs, "end-use", _end_use, text)
    help_text = 'the description: a text, or JSON as {"function": …, "product": …}; - for standard input'
    parser.add_argument("file", metavar="FILE", help=help_text)
    parser.add_argument("--rules", metavar="ID", help="by which rules (default: the only ones that the packs hold)")
    _add_packs(parser)


def add_sign(verbs: Nouns) -> None:
    """Add `law sign`."""
    parser = add_command(verbs, "sign", _sign, "sign the packs of a folder, and the calendars beside them")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of packs (*.yaml)")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key for packs")
    text = "make the key of this name in that file first, and its public half beside it (.pub)"
    parser.add_argument("--new-key", metavar="NAME", help=text)
    text = (
        "the number of this set, above that of every earlier one (default: the next after the signature that is there)"
    )
    parser.add_argument("--sequence", type=whole_number, metavar="N", help=text)


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
    """Add: packs from a folder, or the law of a register."""
    text = "packs (*.yaml) that add to the packaged ones, or replace those of their id, whatever a register goes by"
    parser.add_argument("--packs", type=Path, metavar="FOLDER", help=text)
    add_trusted(parser)
    add_known_law(parser)


def add_trusted(parser: argparse.ArgumentParser) -> None:
    """Add: whose signature the packs of the folder must bear."""
    text = "use the folder only if one of the public keys in this file signed it (law sign)"
    parser.add_argument("--trusted-key", type=Path, metavar="FILE", help=text)
    text = "and only if it is the signer's set of this number or a later one"
    parser.add_argument("--not-before", type=whole_number, metavar="SEQUENCE", help=text)


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


def _impact(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_impact import run_impact

    return run_impact(args, screen)


def _test(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_test import run_test

    return run_test(args, screen)


def _fields(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_fields import run_fields

    return run_fields(args, screen)


def _complete(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_complete import run_complete

    return run_complete(args, screen)


def _end_use(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_end_use import run_end_use

    return run_end_use(args, screen)


def _sign(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_sign import run_sign

    return run_sign(args, screen)


def _propose(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_change import run_propose

    return run_propose(args, screen)


def _activate(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_change import run_activate

    return run_activate(args, screen)


def _withdraw(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_change import run_withdraw

    return run_withdraw(args, screen)


def _settle(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_change import run_settle

    return run_settle(args, screen)


def _changes(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.cli.law_change import run_changes

    return run_changes(args, screen)
