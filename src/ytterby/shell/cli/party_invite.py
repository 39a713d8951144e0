"""`ytterby party invite|accept|invitations|request|uninvite`: an end user joins by the office's mail and its own key.

The mail waits in the outbox, or is written to a file (`--mail`); the link stands nowhere else. `accept` makes the key
that it binds.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, day
from ytterby.shell.cli.filing import add_documents, add_filing, filed, filing_speaker, said, show_rows
from ytterby.shell.cli.opening import Reading, find_party, open_reading
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.screen import Screen

if TYPE_CHECKING:
    from ytterby.shell.actions.invite import Notice

Json = dict[str, Any]
SITE = "http://127.0.0.1:8000"
STANDARD_INPUT = "-"
LINK_MAX = 2_000


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    invite = add_filing(verbs, "invite", run_invite, "invite an end user, to an address found without the exporter")
    invite.add_argument("invited", metavar="PARTY", help="who is invited")
    invite.add_argument("--for", dest="asked_by", required=True, metavar="PARTY", help="who delivers to it")
    invite.add_argument("--address", required=True, metavar="MAIL", help="the mail address that the office found")
    invite.add_argument("--how", required=True, metavar="CODE", help="how it was found; a wrong code tells which")
    invite.add_argument("--where", required=True, metavar="TEXT", help="where: sheet, record, letter")
    invite.add_argument("--on", type=day, metavar="DATE", help="when it was found (default: today)")
    invite.add_argument("--case", default="", metavar="CASE", help="for which case")
    invite.add_argument("--request", default="", metavar="ID", help="the request that it answers")
    invite.add_argument("--rebinds", action="store_true", help="the key that it binds takes the place of a lost one")
    invite.add_argument("--site", default=SITE, metavar="URL", help=f"where the link leads (default: {SITE})")
    invite.add_argument("--mail", type=Path, metavar="FILE", help="write the mail here, and queue none")
    add_documents(invite)
    accept = add_filing(verbs, "accept", run_accept, "take an invitation up, and make the key that it binds")
    accept.add_argument("link", metavar="LINK", help="the link of the mail, or - to read it from standard input")
    accept.add_argument("--out", type=Path, metavar="FILE", help="where the new key is written, once")
    add_known(add_command(verbs, "invitations", run_invitations, "list invitations and requests for them"))
    request = add_filing(verbs, "request", run_request, "ask the office to invite one's own customer")
    request.add_argument("name", metavar="NAME")
    request.add_argument("--country", required=True, metavar="CC", help="its country, ISO 3166-1")
    request.add_argument("--text", required=True, metavar="TEXT", help="what is delivered to it, and why")
    ended = add_filing(verbs, "uninvite", run_uninvite, "end an invitation that was not used")
    ended.add_argument("invitation", metavar="ID")
    ended.add_argument("--reason", required=True, metavar="CODE", help="withdrawn or undelivered")
    ended.add_argument("--text", required=True, metavar="TEXT", help="why, in words")


def run_invite(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Invite an end user."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.licence.invitation import Found
    from ytterby.shell.actions.clock import now
    from ytterby.shell.actions.invite import invite

    on = args.on or (args.at or now()).date()

    written: list[Path] = []

    def write(notice: "Notice") -> None:
        """Write the mail; what a transaction wrote that is tried again is replaced."""
        for path in written:
            path.unlink()
        text = screen.texts("invite.mail", link=notice.facts["link"], expires=notice.facts["expires"])
        _write_once(args.mail, f"To: {notice.to}\n\n{text}\n")
        written[:] = [args.mail]

    change = invite(
        reading.register,
        asked_by=find_party(reading, args.asked_by),
        party=find_party(reading, args.invited),
        address=args.address,
        found=Found(args.how, args.where, on.isoformat(), tuple(args.document)),
        speaker=filing_speaker(args, reading),
        link_of=lambda token: f"{args.site.rstrip('/')}/invitation#{token}",
        send=write if args.mail else None,
        case=args.case,
        request=args.request,
        rebinds=args.rebinds,
        at=args.at,
    )
    return filed(args, screen, change, mail=str(args.mail) if change.key and args.mail else None)


def _write_once(path: Path, text: str) -> None:
    """Write what only its owner may read.

    Raises:
        CouldNotRun: the file is there already, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CouldNotRun("rights.file_taken", file=path) from None
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=path, why=error.strerror or error) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def run_accept(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Take an invitation up; without --as or --by nobody is signed in."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.filing import NOBODY, FilingChange
    from ytterby.shell.actions.invite import accept_invitation, make_party_key, open_invitation, signed_binding

    token = _token(args.link)
    speaker = filing_speaker(args, reading) if args.by or args.party else NOBODY
    opened = open_invitation(reading.register, token, speaker, at=args.at)
    if opened.problems:
        return filed(args, screen, FilingChange(opened.problems, reading.register.size))
    account = line = signature = ""
    if opened.binds:
        if args.out is None:
            raise CouldNotRun("invite.out_needed")
        key = make_party_key()
        _write_once(args.out, key.text() + "\n")
        signature = signed_binding(reading.register, opened, key)
        account, line = key.name, key.public.text()
    change = accept_invitation(
        reading.register, token, account=account, key=line, signature=signature, speaker=speaker, at=args.at
    )
    if change.problems and opened.binds:
        args.out.unlink()
    is_good = opened.binds and not change.problems
    more = {"party": opened.party, "account": account or None, "file": str(args.out) if is_good else None}
    outcome = filed(args, screen, change, **more)
    if is_good and not screen.is_json:
        screen.verdict(None, screen.texts("invite.bound"), screen.texts("rights.key_written", file=args.out))
    return outcome


def _token(link: str) -> str:
    text = sys.stdin.readline(LINK_MAX).strip() if link == STANDARD_INPUT else link.strip()
    return urlsplit(text).fragment or text


def run_request(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Ask for an invitation."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.invite import request_invitation

    speaker = filing_speaker(args, reading)
    change = request_invitation(reading.register, args.name, args.country, args.text, speaker, at=args.at)
    return filed(args, screen, change)


def run_uninvite(args: argparse.Namespace, screen: Screen) -> Outcome:
    """End an invitation."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.invite import end_invitation

    speaker = filing_speaker(args, reading)
    return filed(
        args, screen, end_invitation(reading.register, args.invitation, args.reason, args.text, speaker, at=args.at)
    )


def run_invitations(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List invitations."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.filed import list_invitations, list_requests

    rows = list_invitations(reading.viewer, reading.known)
    requests = list_requests(reading.viewer, reading.known)
    answer = {"invitations": rows, "requests": requests, "as_of_size": reading.known.size}
    screen.answer(answer, lambda: _show(screen, reading, rows, requests))
    return Outcome.GOOD


def _show(screen: Screen, reading: Reading, rows: list[Json], requests: list[Json]) -> None:
    names = reading.names(screen.language)

    def cells(row: Json) -> list[str]:
        flags = ", ".join(said(screen, flag) for flag in row.get("flags", ()))
        last = said(screen, row["ended"]) if row.get("ended") else said(screen, row["state"])
        found = said(screen, row["how"]) if row.get("how") else ""
        return [names(row["party"]), names(row["asked_by"]), last, found, flags]

    show_rows(screen, ("invited", "delivers", "state", "found", "flags"), rows, cells)
    for row in requests:
        if not row["is_answered"]:
            asked = {"name": row["name"], "country": row["country"], "party": names(row["asked_by"])}
            screen.line("  " + screen.texts("invite.requested", id=row["id"], **asked))
