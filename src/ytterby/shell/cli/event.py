"""`ytterby event check|digest|capture|passages`: what a document says, taking it in, and what passed customs.

`check` and `digest` need no register and send nothing. `capture` answers with signed receipts: that of arrival at once
for a long document, which is then decided from the stored bytes, by this command or by whoever works next.
"""

import argparse
import json
from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any

from ytterby.chain.party import OPERATOR
from ytterby.shell.cli import event_sheet
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun
from ytterby.shell.cli.document_file import list_files, not_read_yet, read_document_file, sender_of
from ytterby.shell.cli.event_status import add_status, second_of
from ytterby.shell.cli.figures import write_count, write_exact
from ytterby.shell.cli.opening import Names, Reading, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, problem_line, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.sheet_options import DECIMALS, add_sheet_options, plain_settings, read_readable
from ytterby.shell.cli.texts import Texts, counted
from ytterby.terms.identifier import tail
from ytterby.terms.problem import Problem, Severity, is_refused

if TYPE_CHECKING:
    from ytterby.chain.spreadsheet.settings import Settings
    from ytterby.shell.actions.capture import CaptureResult

Json = dict[str, Any]
LEVELS = ("profile", "gs1")
SENDER = "sender"


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "event", "what a document says, and taking it in")
    check = add_command(verbs, "check", run_check, "list all problems of documents; nothing is sent")
    _add_files(check)
    check.add_argument("--as", dest="party", metavar="PARTY", help="whose remembered columns a spreadsheet has")
    _add_level(check)
    digest = add_command(verbs, "digest", run_digest, "write the digest of each event, one line each")
    _add_files(digest)
    capture = add_command(
        verbs, "capture", run_capture, "take documents into the register and return the receipts, whole with --json"
    )
    _add_files(capture)
    capture.add_argument(
        "--as",
        dest="party",
        required=True,
        metavar="PARTY",
        help="who submits: identifier, its tail, name, operator, or sender (each document's own field of that name)",
    )
    _add_level(capture)
    capture.add_argument(
        "--no-wait", action="store_true", help="return once the documents have arrived; they are decided later"
    )
    add_status(verbs)
    event_sheet.add(verbs)
    passages = add_command(verbs, "passages", run_passages, "list goods that passed a customs place")
    add_known(passages)


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="EPCIS 2.0 in JSON or JSON-LD, XLSX or CSV; a folder; - is standard input",
    )
    add_sheet_options(parser)


def _add_level(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level", choices=LEVELS, default=LEVELS[0], help="hold to GS1's rules alone, or to the profile (default)"
    )


# Check


def run_check(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the problems of each file."""
    settings = _settings(args, screen)
    counts = [_check(name, args, settings, screen) for name in list_files(args.files)]
    if not screen.is_json:
        _show_check(screen, args, counts)
    return Outcome.FOUND if any(refused for _, refused, _ in counts) else Outcome.GOOD


def _settings(args: argparse.Namespace, screen: Screen) -> "Settings":
    """Return how spreadsheets are read: for a party by its remembered columns, which needs the register."""
    if args.party is None:
        return plain_settings(args)
    reading = open_reading(args, screen, derives=False)
    return party_settings(args, reading, find_party(reading, args.party))


def party_settings(args: argparse.Namespace, reading: Reading, party: str) -> "Settings":
    """Return how a party's spreadsheets are read."""
    from ytterby.shell.actions.convert import settings_for

    decimal = DECIMALS.get(args.decimal or "", "")
    return settings_for(reading.register, party, own=dict(args.map), zone=args.zone or "", decimal=decimal)


def _check(name: str, args: argparse.Namespace, settings: "Settings", screen: Screen) -> tuple[int, int, int]:
    """Check one file and show what is wrong; return how many events, refusals and remarks."""
    raw = read_document_file(name)
    with screen.waiting(screen.texts("event.check.waiting", file=name)):
        count, problems = read_problems(name, raw, args.level, settings)
    answer = {
        "file": name,
        "events": count,
        "accepted": not is_refused(problems),
        "problems": [problem_json(problem, name, screen.language) for problem in problems],
        "as_of_size": None,
    }
    screen.answer(answer, lambda: show_problems(screen, problems, name))
    refused = sum(problem.severity is Severity.REFUSE for problem in problems)
    return count, refused, len(problems) - refused


def read_problems(name: str, raw: bytes, level: str, settings: "Settings") -> tuple[int, Sequence[Problem]]:
    """Return how many events a document holds and all its problems."""
    readable, problems = read_readable(name, raw, settings)
    if readable is None:
        return 0, problems
    from ytterby.chain.door import read_document
    from ytterby.shell.site.packs import door_tables

    document = read_document(readable.text, door_tables(), level=level)
    return len(document.events), [*problems, *readable.placed(document.all_problems)]


def _show_check(screen: Screen, args: argparse.Namespace, counts: Sequence[tuple[int, int, int]]) -> None:
    texts = screen.texts
    events, refused, remarks = (sum(column) for column in zip(*counts, strict=True))
    rest = counted(texts, "event.remarks", remarks) + screen.joint if remarks else ""
    if refused:
        key = "event.check.refused_one" if refused == 1 else "event.check.refused"
        head = texts(key, count=write_count(refused))
        if len(counts) > 1:
            bad = sum(bool(count[1]) for count in counts)
            rest = texts("event.check.files", bad=bad, files=len(counts)) + screen.joint + rest
        screen.verdict(False, head, rest + texts("event.nothing_sent"))
        screen.next(texts("event.check.again"))
        return
    head = counted(texts, "event.check.good", events)
    screen.verdict(True, head, rest + texts("event.nothing_sent"))
    files = " ".join(quote(name) for name in args.files[:3]) + (" …" if len(args.files) > 3 else "")
    screen.next(with_data(args, f"ytterby event capture {files} --as PARTY"))


# Digest


def run_digest(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write one line for each event: algorithm and digest, and its identifier."""
    outcomes = [_digest(name, plain_settings(args), screen) for name in list_files(args.files)]
    return max(outcomes)


def _digest(name: str, settings: "Settings", screen: Screen) -> Outcome:
    from ytterby.chain.door import read_document
    from ytterby.shell.site.packs import door_tables

    raw = read_document_file(name)
    readable, unread = read_readable(name, raw, settings)
    document = read_document(readable.text, door_tables(), level="gs1") if readable else None
    events = document.events if document else ()
    problems: list[Problem] = [problem for problem in unread if problem.severity is Severity.REFUSE]
    # What cannot be digested is a problem here; what the rules of GS1 refuse has a digest all the same.
    if (document and any(event.digest is None for event in events)) or (document and not events):
        problems = [problem for problem in document.all_problems if problem.severity is Severity.REFUSE]
        problems = readable.placed(problems) if readable else problems
    digests = [
        {
            "number": event.number,
            "event_id": event.event.event_id if event.event else None,
            "digest": f"sha256:{event.digest.hex()}" if event.digest else None,
        }
        for event in events
    ]
    answer = {
        "file": name,
        "digests": digests,
        "problems": [problem_json(problem, name, screen.language) for problem in problems],
        "as_of_size": None,
    }
    screen.answer(answer, lambda: _show_digests(screen, digests))
    for problem in problems if not screen.is_json else ():
        screen.remark(problem_line(problem, name, screen).plain)
    return Outcome.FOUND if problems else Outcome.GOOD


def _show_digests(screen: Screen, digests: Sequence[Json]) -> None:
    for one in digests:
        screen.line(f"{one['digest'] or '-'}  {one['event_id'] or '-'}")


# Capture


def run_capture(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Take each file in and show its receipt."""
    reading = open_reading(args, screen, derives=False)
    submitters = _Submitters(args, reading)
    answers = [_capture(name, reading, submitters, args, screen) for name in list_files(args.files)]
    is_refused_any = any(answer["outcome"] == "refused" for answer in answers)
    if not screen.is_json:
        screen.next(_what_next(args, screen, answers))
    return Outcome.FOUND if is_refused_any else Outcome.GOOD


class _Submitters:
    """How the documents of each party are read: the one that is named, or the one that each document names."""

    def __init__(self, args: argparse.Namespace, reading: Reading) -> None:
        self.args, self.reading = args, reading
        self.known: dict[str, Settings] = {}
        if args.party != SENDER:
            self._settings(args.party)

    def of(self, name: str, raw: bytes) -> "Settings":
        """Return the settings for a document.

        Raises:
            WrongUse: nobody is named, or somebody unknown.
        """
        if self.args.party != SENDER:
            return self._settings(self.args.party)
        sender = sender_of(raw)
        if sender is None:
            raise WrongUse("event.capture.no_sender", file=name)
        return self._settings(sender)

    def _settings(self, text: str) -> "Settings":
        if text not in self.known:
            self.known[text] = party_settings(self.args, self.reading, find_party(self.reading, text))
        return self.known[text]


def _what_next(args: argparse.Namespace, screen: Screen, answers: Sequence[Json]) -> str:
    outcomes = {answer["outcome"]: answer for answer in answers}
    if "refused" in outcomes:
        return screen.texts("event.check.again")
    if "arrived" in outcomes:
        return with_data(args, f"ytterby event status {outcomes['arrived']['receipt']['id']}")
    return with_data(args, "ytterby balance findings")


def _capture(name: str, reading: Reading, submitters: _Submitters, args: argparse.Namespace, screen: Screen) -> Json:
    from ytterby.shell.actions.arrive import StoreError
    from ytterby.shell.actions.settle import NotSettled

    raw = read_document_file(name)
    unread = not_read_yet(name, raw)
    if unread is not None:
        answer = capture_json(name, None, [unread], reading.known.size, screen.language)
        screen.answer(answer, lambda: show_capture(screen, answer, [unread]))
        return answer
    try:
        return _take(name, raw, reading, submitters.of(name, raw), args, screen)
    except NotSettled as error:
        work = with_data(args, "ytterby register work --once")
        facts = {"file": name, "id": error.arrival["id"], "why": error.why}
        raise CouldNotRun("event.capture.not_settled", next_commands=(work,), **facts) from None
    except StoreError as error:
        raise CouldNotRun("event.capture.not_stored", file=name, why=error) from None


def _take(
    name: str, raw: bytes, reading: Reading, settings: "Settings", args: argparse.Namespace, screen: Screen
) -> Json:
    """Let a document arrive, show that of a long one, and wait for its outcome unless told not to."""
    from ytterby.shell.actions.arrive import Incoming, arrive
    from ytterby.shell.actions.capture import capture_incoming
    from ytterby.shell.actions.settle import settle
    from ytterby.shell.spreadsheets.format import media_type_of

    incoming = Incoming(raw, settings.party, media_type_of(name, raw), level=args.level, name=name, settings=settings)
    waiting = screen.texts("event.capture.waiting", file=name)
    if incoming.is_settled_at_once and not args.no_wait:
        with screen.waiting(waiting):
            result = capture_incoming(reading.register, incoming, at=args.at)
    else:
        arrival = json.loads(arrive(reading.register, incoming, at=args.at).arrival_receipt)
        arrived = screen.texts("event.capture.arrived", file=name, id=arrival["id"], at=second_of(arrival["at"]))
        if args.no_wait:
            answer = arrival_json(name, arrival, reading.known.size)
            screen.answer(answer, lambda: screen.verdict(None, arrived))
            return answer
        screen.remark(arrived)
        with screen.waiting(waiting):
            result = settle(reading.register, arrival["id"], at=args.at)
    answer = capture_json(name, result, result.problems, result.size, screen.language)
    screen.answer(answer, lambda: show_capture(screen, answer, result.problems))
    if result.unpublished:
        screen.remark(screen.texts("event.capture.unpublished", why=result.unpublished))
    return answer


def arrival_json(name: str, arrival: Json, size: int) -> Json:
    """Return the answer for a document that has arrived and is not decided yet; `receipt.id` names the job."""
    receipt = {
        "id": arrival["id"],
        "digest": f"sha256:{arrival['sha256']}",
        "at": arrival["at"],
        "entries": [],
        "signature": arrival["signature"],
        "submitter": arrival["submitter"],
        "arrival": arrival,
        "outcome": None,
    }
    return {"file": name, "outcome": "arrived", "events": 0, "problems": [], "receipt": receipt, "as_of_size": size}


def capture_json(
    name: str, result: "CaptureResult | None", problems: Sequence[Problem], size: int, language: str
) -> Json:
    """Return what came of a capture, with both receipts whole so that they can be kept."""
    receipt = None
    if result is not None:
        signed = result.outcome_receipt
        receipt = {
            "id": signed["id"],
            "digest": f"sha256:{result.arrival['sha256']}",
            "at": signed["at"],
            "entries": list(result.entries),
            "signature": signed["signature"],
            "submitter": result.arrival["submitter"],
            "arrival": result.arrival,
            "outcome": signed,
        }
    return {
        "file": name,
        "outcome": result.outcome if result is not None else "refused",
        "events": result.events if result is not None else 0,
        "problems": [problem_json(problem, name, language) for problem in problems],
        "receipt": receipt,
        "as_of_size": size,
    }


def show_capture(screen: Screen, answer: Json, problems: Sequence[Problem]) -> None:
    """Write what came of one document."""
    texts = screen.texts
    show_problems(screen, problems, answer["file"])
    outcome, receipt = answer["outcome"], answer["receipt"]
    if outcome == "refused":
        refused = sum(problem.severity is Severity.REFUSE for problem in problems)
        key = "event.capture.refused_one" if refused == 1 else "event.capture.refused"
        screen.verdict(False, texts(key, file=answer["file"], count=refused), texts("event.nothing_entered"))
    elif outcome == "known":
        screen.verdict(True, texts("event.capture.known", file=answer["file"]))
    else:
        screen.verdict(
            True,
            counted(texts, "event.capture.accepted", answer["events"], file=answer["file"]),
            _entries(texts, receipt),
        )
    if receipt:
        key = "event.capture.receipt_operator" if receipt["submitter"] == OPERATOR else "event.capture.receipt"
        screen.line("  " + texts(key, id=receipt["id"], at=second_of(receipt["at"])), "dim")


def _entries(texts: Texts, receipt: Json) -> str:
    entries = receipt["entries"]
    if not entries:
        return ""
    key = "event.capture.entry" if len(entries) == 1 else "event.capture.entries"
    return texts(key, first=entries[0], last=entries[-1])


# Passages


def run_passages(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List what passed customs places, as the declarations say it."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.passages import list_passages

    found = list_passages(reading.viewer, known=reading.known)
    screen.answer(found, lambda: _show_passages(screen, found["passages"], reading.names(screen.language)))
    return Outcome.GOOD


def _show_passages(screen: Screen, rows: Sequence[Json], names: Names) -> None:
    texts = screen.texts
    if not rows:
        screen.verdict(None, texts("event.passages.none"))
        return
    keys = ("on", "where", "lot", "quantity", "shipper", "receiver", "declaration", "licence")
    table = [
        [
            row["at"][:10],
            names(row["place"]),
            row["tail"],
            write_exact(row["amount"]),
            names(row["shipper"]),
            names(row["consignee"]),
            row["declaration"] or "",
            tail(row["licence"]) if row["licence"] else "",
        ]
        for row in rows
    ]
    screen.table([Column(texts(f"column.{key}"), is_number=key == "quantity") for key in keys], table)
    screen.verdict(None, counted(texts, "event.passages.count", len(rows)))
