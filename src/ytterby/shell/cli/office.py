"""`ytterby office`: who works in the licence office, and who says what about whom (threat D3).

    ytterby office list
    ytterby office presence ACCOUNT there --by own.key        each for itself, or the register's operator
    ytterby office post ACCOUNT --team north --able open --by other.key
    ytterby office conflict ACCOUNT "Oriel Magnets" --text "worked there" --by own.key
    ytterby office conflict ACCOUNT "Oriel Magnets" --over --text "left the shares" --by other.key

In a demo nobody needs a key.
"""

import argparse
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_noun
from ytterby.shell.cli.opening import Reading, find_party, open_reading
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import SHOWN, add_signer, read_signer
from ytterby.shell.cli.screen import Column, Screen
from ytterby.terms.problem import is_refused

if TYPE_CHECKING:
    from ytterby.licence.office_roster import Said

Json = dict[str, Any]
SHORTEST = 4  # characters that name an account


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "office", "who works in the licence office: presence, posts, conflicts")
    add_command(verbs, "list", run_list, "list who works in the office")
    presence = add_command(verbs, "presence", run_presence, "say that an account is there or away")
    presence.add_argument("account", metavar="ACCOUNT", help="an account, or its beginning")
    presence.add_argument("where", choices=("there", "away"))
    add_signer(presence)
    post = add_command(verbs, "post", run_post, "give an account its team and what it is able to")
    post.add_argument("account", metavar="ACCOUNT", help="an account, or its beginning")
    post.add_argument("--team", required=True, metavar="TEAM", help="the team that it is of")
    post.add_argument("--able", action="append", default=[], metavar="WORD", help="what it is able to")
    add_signer(post)
    conflict = add_command(verbs, "conflict", run_conflict, "declare a conflict with a party, or end one")
    conflict.add_argument("account", metavar="ACCOUNT", help="an account, or its beginning")
    conflict.add_argument("party", metavar="PARTY")
    conflict.add_argument("--text", required=True, metavar="TEXT", help="why")
    conflict.add_argument("--over", action="store_true", help="that there is none any more; another person says so")
    add_signer(conflict)


def run_presence(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Say that an account is there or away."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.licence.office_roster import Presence

    return _say(args, screen, reading, Presence(_account(reading, args.account), args.where == "there"))


def run_post(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Give an account its post."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.licence.office_roster import Post

    return _say(args, screen, reading, Post(_account(reading, args.account), args.team, tuple(args.able)))


def run_conflict(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Declare or end a conflict."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.licence.office_roster import Conflict

    party = find_party(reading, args.party)
    return _say(args, screen, reading, Conflict(_account(reading, args.account), party, args.text, args.over))


def _account(reading: Reading, text: str) -> str:
    from ytterby.shell.store.reading.office import accounts_begun

    found = accounts_begun(reading.viewer, text) if len(text) >= SHORTEST else []
    if len(found) != 1:
        raise WrongUse("office.account", value=text, next_commands=("ytterby party rights",))
    return found[0]


def _say(args: argparse.Namespace, screen: Screen, reading: Reading, said: "Said") -> Outcome:
    from ytterby.shell.actions.say_of_office import say_of_office

    done = say_of_office(reading.register, said, by=read_signer(args), at=args.at)
    answer = {
        "account": said.account,
        "problems": [problem_json(one, "", screen.language) for one in done.problems],
        "as_of_size": done.size,
    }
    refused = is_refused(done.problems)

    def show() -> None:
        show_problems(screen, done.problems, "")
        screen.verdict(not refused, screen.texts("office.refused" if refused else "office.entered"))

    screen.answer(answer, show)
    return Outcome.FOUND if refused else Outcome.GOOD


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List who works in the office."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.office import list_office

    rows = list_office(reading.viewer)
    screen.answer({"office": rows, "as_of_size": reading.known.size}, lambda: _show(screen, reading, rows))
    return Outcome.GOOD


def _show(screen: Screen, reading: Reading, rows: list[Json]) -> None:
    texts, names = screen.texts, reading.names(screen.language)
    if not rows:
        screen.verdict(None, texts("office.none"))
        return
    headings = ("account", "party", "team", "able", "present", "conflicts")
    table = [
        [
            row["account"][:SHOWN], names(row["party"]), row["team"], ", ".join(row["able"]),
            texts("office.there" if row["present"] else "office.away"), ", ".join(names(p) for p in row["conflicts"]),
        ]
        for row in rows
    ]  # fmt: skip
    screen.table([Column(texts(f"column.{name}")) for name in headings], table)
