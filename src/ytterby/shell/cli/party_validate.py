"""`ytterby party validate|validations`: what an end user has shown to the office, so that its cases may be decided by
rule.

    ytterby party validate Lumen --visits 2026-01-10 --text "report 12" --document SHA256 --by ann.key
    ytterby party validate --confirm ID --by bo.key       another person of the office
    ytterby party validate --withdraw ID --text WHY --by ann.key
"""

import argparse
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, day
from ytterby.shell.cli.filing import add_documents, add_filing, filed, filing_speaker, said, show_rows
from ytterby.shell.cli.opening import find_party, open_reading
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen
from ytterby.terms.identifier import tail

Json = dict[str, Any]
NEEDS = ("visits", "reconciliation", "documents")
SUMMARIES = ("it consented to visits", "what it got and used was reconciled", "its sealed documents were renewed")


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    told = add_filing(verbs, "validate", run_validate, "enter, confirm or withdraw what an end user has shown")
    told.add_argument("user", nargs="?", metavar="PARTY", help="the end user")
    for need, summary in zip(NEEDS, SUMMARIES, strict=True):
        told.add_argument(f"--{need}", type=day, metavar="DATE", help=f"when {summary}")
    told.add_argument("--text", default="", metavar="TEXT", help="what was looked at; of a withdrawal why")
    told.add_argument("--confirm", metavar="ID", help="confirm what another person of the office entered")
    told.add_argument("--withdraw", metavar="ID", help="let it count no more")
    add_documents(told)
    listed = add_command(verbs, "validations", run_validations, "list what end users have shown")
    listed.add_argument("user", nargs="?", metavar="PARTY")
    add_known(listed)


def run_validate(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter, confirm or withdraw."""
    if sum(one is not None for one in (args.user, args.confirm, args.withdraw)) != 1:
        raise WrongUse("validation.which")
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.validate_end_user import confirm_validation, enter_validation, withdraw_validation

    speaker, register = filing_speaker(args, reading), reading.register
    if args.confirm is not None:
        return filed(args, screen, confirm_validation(register, args.confirm, speaker, at=args.at))
    if args.withdraw is not None:
        return filed(args, screen, withdraw_validation(register, args.withdraw, args.text, speaker, at=args.at))
    days = {need: getattr(args, need) for need in NEEDS}
    shown = {need: one.isoformat() for need, one in days.items() if one is not None}
    user, documents = find_party(reading, args.user), tuple(args.document)
    change = enter_validation(register, user, shown, args.text, speaker, documents=documents, at=args.at)
    return filed(args, screen, change)


def run_validations(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List validations."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.validations import list_validations

    names = reading.names(screen.language)
    rows = list_validations(reading.viewer, reading.known)
    if args.user:
        rows = [row for row in rows if args.user in {row["party"], tail(row["party"]), names(row["party"])}]
    answer = {"validations": rows, "as_of_size": reading.known.size}

    def cells(row: Json) -> list[str]:
        shown = ", ".join(f"{said(screen, need)} {on}" for need, on in row["shown"].items())
        return [row["id"], names(row["party"]), shown, said(screen, row["state"])]

    screen.answer(answer, lambda: show_rows(screen, ("id", "end_user", "shown", "state"), rows, cells))
    return Outcome.GOOD
