"""`ytterby party user|passkeys|token`: how people and machines of a register come in.

None of it gives a right, and none of it approves: what somebody may do follows from the log, and an approval is signed
by the person's own key. Whoever runs these commands holds the register's folder.
"""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, whole_number
from ytterby.shell.cli.opening import open_data, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import SHOWN
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ytterby.shell.actions.token import IssuedToken
    from ytterby.terms.problem import Problem

Json = dict[str, Any]
DAYS = 90


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    user = add_command(verbs, "user", run_user, "let the person of an account sign in to the pages")
    user.add_argument("account", metavar="ACCOUNT", help="its identifier, the beginning of it, or the person's name")
    user.add_argument("--login", default="", metavar="NAME", help="what is typed to sign in (default: as before)")
    how = user.add_mutually_exclusive_group(required=True)
    how.add_argument("--invite", action="store_true", help="print an address at which a password is chosen, once")
    how.add_argument("--password-stdin", action="store_true", help="read the password from the first line of the input")
    how.add_argument("--mail", metavar="ADDRESS", help="tell the person by mail that there is something new")
    passkeys = add_command(verbs, "passkeys", run_passkeys, "list passkeys, and where they stand")
    passkeys.add_argument("account", nargs="?", default="", metavar="ACCOUNT", help="of one account (default: of all)")
    token = add_command(verbs, "token", run_token, "issue, list and revoke tokens of machines; a token never approves")
    token.add_argument("account", nargs="?", default="", metavar="ACCOUNT", help="for which account it speaks")
    token.add_argument("--scope", action="append", default=[], metavar="SCOPE", help="what it is for; may be repeated")
    token.add_argument("--days", type=whole_number, default=DAYS, metavar="N", help=f"how long (default: {DAYS})")
    token.add_argument("--name", default="", metavar="NAME", help="what it is called in the list")
    other = token.add_mutually_exclusive_group()
    other.add_argument("--list", action="store_true", dest="is_list", help="list tokens instead")
    other.add_argument("--revoke", default="", metavar="NUMBER", help="end the token of this number instead")


def run_user(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Give a person a login."""
    open_data(args)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.actions.login import set_login

    account = _find_account(args.account)
    if args.mail is not None:
        return _set_mail(args, screen, account)
    password = "" if args.invite else sys.stdin.readline().rstrip("\r\n")
    change = set_login(account, name=args.login, password=password, invites=args.invite, at=args.at or now())
    path = f"/en/invited/{change.invitation}/" if change.invitation else None
    answer: Json = {"account": account, "login": change.name or None, "invitation": path}
    outcome = _answer(screen, answer, change.problems)
    if outcome is Outcome.GOOD and not screen.is_json:
        screen.verdict(True, screen.texts("people.login_set", name=change.name))
        if path is not None:
            screen.line("  " + path)
            screen.remark(screen.texts("people.invitation_once"))
    return outcome


def _set_mail(args: argparse.Namespace, screen: Screen, account: str) -> Outcome:
    from ytterby.shell.actions.account_mail import set_mail

    register = open_reading(args, screen, derives=False).register
    outcome = _answer(
        screen,
        {"account": account, "mail": args.mail or None},
        set_mail(register, account, args.mail.strip(), screen.language),
    )
    if outcome is Outcome.GOOD and not screen.is_json:
        screen.verdict(True, screen.texts("people.mail_set") if args.mail else screen.texts("people.mail_gone"))
    return outcome


def run_passkeys(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List passkeys."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.people import list_passkeys

    rows = list_passkeys(reading.viewer, _find_account(args.account) if args.account else "")
    answer = {
        "passkeys": [
            {
                "id": one.number,
                "account": one.account,
                "credential": one.id,
                "name": one.name,
                "state": one.state,
                "address": one.origin,
                "confirmed_by": one.confirmed_by or None,
                "used_at": one.used_at.isoformat() if one.used_at else None,
            }
            for one in rows
        ]
    }

    def show() -> None:
        texts = screen.texts
        columns = [Column(texts(f"column.{key}")) for key in ("id", "account", "name", "state")]
        table = [
            [one.number[:SHOWN], one.account[:SHOWN], one.name, word("right", one.state, screen.language)]
            for one in rows
        ]
        if rows:
            screen.table(columns, table)
        screen.verdict(None, texts("people.passkeys_count", count=len(rows)))
        if any(one.state == "proposed" for one in rows):
            waiting = next(one for one in rows if one.state == "proposed")
            screen.next(with_data(args, f"ytterby party confirm {waiting.number[:SHOWN]} --by FILE"))

    screen.answer(answer, show)
    return Outcome.GOOD


def run_token(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Issue a token, list tokens, or end one.

    Raises:
        WrongUse: no account is named where one is needed.
    """
    register = open_data(args)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.actions.token import issue_token, revoke_token

    if args.is_list:
        return _list_tokens(args, screen)
    if args.revoke:
        problems = revoke_token(args.revoke)
        outcome = _answer(screen, {"revoked": None if problems else args.revoke}, problems)
        if outcome is Outcome.GOOD and not screen.is_json:
            screen.verdict(True, screen.texts("people.token_revoked", id=args.revoke))
        return outcome
    if not args.account:
        raise WrongUse("people.account_missing", next_commands=(with_data(args, "ytterby party rights"),))
    account = _find_account(args.account)
    made = issue_token(register, account, args.scope, name=args.name, days=args.days, at=args.at or now())
    return _show_token(screen, account, made)


def _show_token(screen: Screen, account: str, made: "IssuedToken") -> Outcome:
    answer = {
        "account": account,
        "id": made.number or None,
        "token": made.text or None,
        "ends_at": made.ends_at.isoformat() if made.ends_at else None,
    }
    outcome = _answer(screen, answer, made.problems)
    if outcome is Outcome.GOOD and not screen.is_json:
        screen.verdict(True, screen.texts("people.token_issued", id=made.number))
        screen.line("  " + made.text)
        screen.remark(screen.texts("people.token_once"))
    return outcome


def _list_tokens(args: argparse.Namespace, screen: Screen) -> Outcome:
    from ytterby.shell.actions.token import list_tokens

    rows = list_tokens(_find_account(args.account) if args.account else "")
    answer = {
        "tokens": [
            {
                "id": one.number,
                "account": one.account,
                "name": one.name,
                "scopes": list(one.scopes),
                "made_at": one.made_at.isoformat(),
                "ends_at": one.ends_at.isoformat(),
                "used_at": one.used_at.isoformat() if one.used_at else None,
                "revoked": one.is_revoked,
            }
            for one in rows
        ]
    }

    def show() -> None:
        texts = screen.texts
        columns = [Column(texts(f"column.{key}")) for key in ("id", "account", "name", "scopes", "end", "state")]
        table = [
            [
                one.number,
                one.account[:SHOWN],
                one.name,
                " ".join(one.scopes),
                one.ends_at.date().isoformat(),
                word("right", "withdrawn" if one.is_revoked else "in_force", screen.language),
            ]
            for one in rows
        ]
        if rows:
            screen.table(columns, table)
        screen.verdict(None, texts("people.tokens_count", count=len(rows)))

    screen.answer(answer, show)
    return Outcome.GOOD


def _find_account(text: str) -> str:
    """Return the account that somebody means; what means none is refused by what is asked next."""
    from ytterby.shell.store.reading.people import account_called
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    return account_called(OPERATOR_VIEWER, text) or text


def _answer(screen: Screen, answer: Json, problems: "Sequence[Problem]") -> Outcome:
    said = {**answer, "problems": [problem_json(problem, "", screen.language) for problem in problems]}
    screen.answer(said, lambda: show_problems(screen, problems, ""))
    if problems and not screen.is_json:
        screen.verdict(False, screen.texts("rights.refused"))
    return Outcome.FOUND if problems else Outcome.GOOD
