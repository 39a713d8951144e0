"""`ytterby licence free`: documents that goods need no licence.

    ytterby licence free issue C-… --by officer.key      for each line that the case decided to need none
    ytterby licence free show N-…                        the document, and whether it still holds
    ytterby licence free verify note.txt                 a note that somebody presents
    ytterby licence free challenge N-… ask Q1 --text "…" --due 2026-12-01 --by customs.key
    ytterby licence free count N-… --declaration D-1 --quantity 10 --unit KGM --by customs.key

Exit 1 where something is refused, and where a document does not hold any more.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day
from ytterby.shell.cli.case_speaker import add_speaker, read_speaker
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.opening import open_reading
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen, write_json

if TYPE_CHECKING:
    from ytterby.shell.actions.free_goods import FreeChange

NOTE_BYTES_MAX = 1_000_000
VERBS = ("ask", "sample", "result")
Json = dict[str, Any]


def add(verbs: Nouns) -> None:
    """Add `free` with its own verbs to those of licences."""
    free = add_noun(verbs, "free", "documents that goods need no licence")
    issue = add_command(free, "issue", run_issue, "issue a document for each line that a case freed")
    issue.add_argument("case", metavar="CASE")
    issue.add_argument("--number", default="", metavar="NUMBER", help="its number, in a demo (default: drawn)")
    add_speaker(issue)
    show = add_command(free, "show", run_show, "show a document, and whether it still holds")
    show.add_argument("number", metavar="NUMBER", nargs="?", help="which (default: list those that one may read)")
    add_known(show)
    verify = add_command(free, "verify", run_verify, "say whether a note is the register's, and still holds")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--on", type=day, metavar="DATE", help="on this day (default: today)")
    challenge = add_command(free, "challenge", run_challenge, "enter a challenge of customs, a sample, or its result")
    challenge.add_argument("number", metavar="NUMBER")
    challenge.add_argument("verb", choices=VERBS)
    challenge.add_argument("id", metavar="ID", help="the name of the challenge, within the document")
    for name, text in (
        ("text", "why customs ask, or what was found"),
        ("due", "ask: by which day it is to be known"),
        ("subject", "sample: of which lot or product"),
        ("label", "sample: its label"),
        ("mass", "sample: kg"),
        ("seal", "sample: its seal"),
        ("outcome", "result: stands or controlled"),
        ("report", "result: digest of the test report, SHA-256"),
    ):
        challenge.add_argument(f"--{name}", default="", metavar=name.upper(), help=text)
    challenge.add_argument(
        "--content", action="append", default=[], metavar="E=VALUE±U", help="result: an element in wt%% with its u"
    )
    add_speaker(challenge)
    count = add_command(free, "count", run_count, "count goods that left under a document")
    count.add_argument("number", metavar="NUMBER")
    count.add_argument("--declaration", required=True, metavar="NUMBER", help="number of the export declaration")
    count.add_argument("--line", type=int, default=1, metavar="N", help="its line (default: 1)")
    count.add_argument("--seq", type=int, default=0, metavar="N", help="sequence of the message (default: 0)")
    count.add_argument(
        "--quantity", required=True, metavar="AMOUNT", help="what left, exact, in the unit of the document"
    )
    count.add_argument("--unit", default="KGM", metavar="CODE", help="UN/ECE Recommendation 20 (default: KGM)")
    add_speaker(count)


def run_issue(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Issue documents."""
    reading = open_reading(args, screen)
    from ytterby.shell.actions.free_goods import issue_free

    speaker = read_speaker(args, reading)
    return _answer(args, screen, issue_free(reading.register, args.case, speaker, number=args.number, at=args.at))


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show a document, or which there are."""
    reading = open_reading(args, screen)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.free_goods import free_goods, list_free_goods

    if args.number is None:
        rows = list_free_goods(reading.viewer, known=reading.known)
        for row in rows:
            if args.is_json:
                write_json(row)
            else:
                screen.line(screen.texts("free.row", **row))
        return Outcome.GOOD
    on = (args.at or now()).date()
    found = free_goods(reading.viewer, args.number, known=reading.known, on=on)
    if found is None:
        raise WrongUse("free.unknown", value=args.number)
    return _shown(args, screen, found)


def run_verify(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Verify a note that somebody presents."""
    reading = open_reading(args, screen)
    from ytterby.licence.not_controlled import open_document
    from ytterby.proof.note import NoteError
    from ytterby.shell.actions.clock import now
    from ytterby.shell.site.licence_key import licence_key
    from ytterby.shell.store.reading.free_goods import free_goods

    note = read_text_file(args.file, NOTE_BYTES_MAX)
    try:
        document = open_document(note, reading.register.id, [licence_key(reading.register).public])
    except NoteError as error:
        raise CouldNotRun("free.no_note", file=args.file, why=str(error)) from None
    on = args.on or (args.at or now()).date()
    found = free_goods(reading.viewer, document.number, known=reading.known, on=on)
    if found is None or found["note"] != note:
        raise CouldNotRun("free.not_in_log", file=args.file, number=document.number)
    return _shown(args, screen, found)


def run_challenge(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter what customs say of a document."""
    reading = open_reading(args, screen)
    from ytterby.licence.not_controlled import read_said
    from ytterby.shell.actions.free_goods import challenge_free

    wanted = {
        "ask": {"text": args.text, "due": args.due},
        "sample": {"subject": args.subject, "label": args.label, "mass_kg": args.mass, "seal": args.seal},
        "result": {
            "outcome": args.outcome,
            "text": args.text,
            "report": args.report,
            "content": dict(map(_content, args.content)),
        },
    }[args.verb]
    said = read_said({"verb": args.verb, "id": args.id, **wanted})
    speaker = read_speaker(args, reading)
    return _answer(args, screen, challenge_free(reading.register, args.number, said, speaker, at=args.at))


def _content(text: str) -> tuple[str, list[str]]:
    """Return an element with its content and uncertainty, as E=VALUE±U gives them (or +- for ±)."""
    element, _, figures = text.partition("=")
    value, _, u = figures.replace("+-", "±").partition("±")
    return element.strip(), [value.strip(), u.strip() or "0"]


def run_count(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Count goods that left."""
    reading = open_reading(args, screen)
    from ytterby.licence.not_controlled import Exit
    from ytterby.shell.actions.free_goods import count_exit

    one = Exit(args.declaration, args.line, args.seq, args.quantity, args.unit)
    change = count_exit(reading.register, args.number, one, read_speaker(args, reading), at=args.at)
    return _answer(args, screen, change)


def _answer(args: argparse.Namespace, screen: Screen, change: "FreeChange") -> Outcome:
    if args.is_json:
        problems = [problem_json(one, "", screen.language) for one in change.problems]
        write_json(
            {"numbers": list(change.numbers), "why": list(change.why), "size": change.size, "problems": problems}
        )
    else:
        show_problems(screen, change.problems, "")
        for number in change.numbers if not change.problems else ():
            screen.line(screen.texts("free.entered", number=number))
        for why in change.why:
            screen.line(screen.texts(f"free.why.{why}"))
    return Outcome.FOUND if change.problems or change.why else Outcome.GOOD


def _shown(args: argparse.Namespace, screen: Screen, found: Json) -> Outcome:
    if args.is_json:
        write_json(found)
        return Outcome.GOOD if found["holds"] else Outcome.FOUND
    screen.line(screen.texts("free.head", **{name: found[name] for name in ("number", "name", "on", "case")}))
    for one in found["freeing"]:
        figures = {name: one[name] for name in ("value", "u", "limit", "parameter")}
        screen.line(screen.texts("free.freeing", elements=" + ".join(one["elements"]), **figures))
    screen.line(screen.texts("free.report", rules=", ".join(found["rules"]), report=found["report"]))
    for row in found["challenges"]:
        screen.line(screen.texts("free.challenge", id=row["id"], state=screen.texts(f"free.state.{row['state']}"),
                                 due=row["due"]))  # fmt: skip
    for row in found["counted"]:
        screen.line(screen.texts("free.counted", **row))
    if found["holds"]:
        screen.line(screen.texts("free.holds"))
    for why in found["why"]:
        screen.line(screen.texts(f"free.why.{why}"))
    return Outcome.GOOD if found["holds"] else Outcome.FOUND
