"""`ytterby inquiry`: the case of a finding, from the first question to the outcome, and what is drawn to be visited.

Each verb takes one step, signed with the key that --by names; `list` and `show` answer what a viewer may read.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli import inquiry_sample
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.inquiry_case import show_false_alarms, show_list, show_one
from ytterby.shell.cli.opening import Reading, find_party, open_data, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import add_signer, read_signer
from ytterby.shell.cli.screen import Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import is_refused

if TYPE_CHECKING:
    from ytterby.balance.inquiry import Step
    from ytterby.shell.actions.judge_finding import CaseChange

Json = dict[str, Any]
MakeStep = Callable[[argparse.Namespace, Reading], "Step"]
VISIT_BYTES_MAX = 2_000_000


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "inquiry", "what became of findings: questions, answers, orders, visits, outcomes")
    listed = add_command(verbs, "list", run_list, "list findings and cases, and where they stand")
    listed.add_argument("--false-alarms", action="store_true", help="how often each kind of test was wrong")
    add_known(listed)
    one = add_command(verbs, "show", run_show, "show a case with all its steps")
    one.add_argument("which", metavar="ID", help="the number of a case, or a finding")
    add_known(one)
    for name, make, summary, options in STEPS:
        verb = add_command(verbs, name, _runner(make), summary)
        verb.add_argument("which", metavar="ID", help="the number of a case, or a finding")
        for option in options:
            _OPTIONS[option](verb)
        add_signer(verb)
        verb.add_argument("--version", type=int, metavar="N", help="refuse if the case has changed since this version")
    visit = add_command(verbs, "visit", run_visit, "record a visit: what inspectors counted and sampled")
    visit.add_argument("which", metavar="ID", help="the number of a case")
    visit.add_argument("file", type=Path, metavar="FILE", help="the visit in YAML, as docs/inquiries.md shows")
    add_signer(visit)
    visit.add_argument("--version", type=int, metavar="N", help="refuse if the case has changed since this version")
    inquiry_sample.add(verbs)


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], object]] = {
    "to": lambda p: p.add_argument("--to", required=True, metavar="PARTY", help="to which party"),
    "party": lambda p: p.add_argument("--party", required=True, metavar="PARTY", help="which party answers"),
    "told": lambda p: p.add_argument("--to", action="append", default=[], metavar="PARTY", help="whom it is told"),
    "text": lambda p: p.add_argument("--text", required=True, metavar="TEXT", help="what is said"),
    "due": lambda p: p.add_argument("--due", type=day, required=True, metavar="DATE", help="until when"),
    "events": lambda p: p.add_argument("--event", action="append", default=[], metavar="ID", help="evidence: an event"),
    "documents": lambda p: p.add_argument(
        "--document", action="append", default=[], metavar="SHA256", help="evidence: a document's SHA-256"
    ),
    "reason": lambda p: p.add_argument("--reason", required=True, metavar="CODE", help="why, as a code"),
    "outcome": lambda p: p.add_argument("--outcome", required=True, metavar="CODE", help="the outcome, as a code"),
    "disclose": lambda p: p.add_argument(
        "--disclose", default="", metavar="FIELDS", help="fields of the finding that the party may read from now on"
    ),
}


def _ask(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Ask

    return Ask(find_party(reading, args.to), args.text, args.due.isoformat())


def _answer(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Answer

    del reading
    return Answer(args.text, tuple(args.event), tuple(args.document))


def _explain(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Explain

    del reading
    return Explain(args.text, tuple(args.event), tuple(args.document))


def _set_aside(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import SetAside

    del reading
    return SetAside(args.reason, args.text)


def _confirm(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Confirm

    del reading
    return Confirm(args.text)


def _open(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Open

    del reading
    return Open(args.text)


def _order(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Order

    return Order(find_party(reading, args.to), args.text, args.due.isoformat(), tuple(args.event))


def _hear(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Hear

    fields = tuple(name.strip() for name in args.disclose.split(",") if name.strip())
    return Hear(find_party(reading, args.to), fields, args.text, args.due.isoformat())


def _decide(args: argparse.Namespace, reading: Reading) -> "Step":
    from ytterby.balance.inquiry import Decide

    return Decide(args.outcome, args.text, tuple(find_party(reading, one) for one in args.to))


STEPS: Sequence[tuple[str, MakeStep, str, tuple[str, ...]]] = (
    ("ask", _ask, "ask a party about a finding", ("to", "text", "due")),
    ("answer", _answer, "answer, as the party that was asked", ("party", "text", "events", "documents")),
    ("explain", _explain, "find a finding explained, by evidence", ("text", "events", "documents")),
    ("set-aside", _set_aside, "set a finding aside, for a coded reason", ("reason", "text")),
    ("confirm", _confirm, "find that a finding stands", ("text",)),
    ("open", _open, "open an inquiry into a confirmed finding", ("text",)),
    ("order", _order, "order a party to correct what it reported", ("to", "text", "due", "events")),
    ("hear", _hear, "hear a party, and disclose to it what is held against it", ("to", "disclose", "text", "due")),
    ("decide", _decide, "decide on the outcome of an inquiry", ("outcome", "text", "told")),
)


def _runner(make: MakeStep) -> Callable[[argparse.Namespace, Screen], Outcome]:
    def run(args: argparse.Namespace, screen: Screen) -> Outcome:
        """Take one step."""
        reading = open_reading(args, screen, derives=False)
        from ytterby.shell.actions.judge_finding import take_step

        party = find_party(reading, args.party) if hasattr(args, "party") else ""
        result = take_step(
            reading.register, args.which, make(args, reading), by=read_signer(args), party=party,
            expected=args.version, at=args.at,
        )  # fmt: skip
        return _answered(args, screen, result, party)

    return run


def run_visit(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Record a visit."""
    register = open_data(args)
    from ytterby.shell.actions.inquire import record_visit

    text = read_text_file(args.file, VISIT_BYTES_MAX)
    result = record_visit(register, args.which, text, by=read_signer(args), expected=args.version, at=args.at)
    return _answered(args, screen, result, "", str(args.file))


def _answered(args: argparse.Namespace, screen: Screen, result: "CaseChange", party: str, file: str = "") -> Outcome:
    answer = {
        "number": result.number or None,
        "state": result.state or None,
        "version": result.version or None,
        "problems": [problem_json(problem, file, screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, file))
    refused = is_refused(result.problems)
    if not screen.is_json:
        texts = screen.texts
        if refused:
            screen.verdict(False, texts("inquiry.refused"))
        else:
            state = word("case", result.state, screen.language)
            screen.verdict(True, texts("inquiry.entered", number=result.number, state=state, version=result.version))
            more = f" --viewer {party}" if party else ""
            screen.next(with_data(args, f"ytterby inquiry show {result.number}{more}"))
    return Outcome.FOUND if refused else Outcome.GOOD


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List findings and cases."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.inquiries import false_alarms, list_cases

    if args.false_alarms:
        statistics = false_alarms(reading.viewer, known=reading.known)
        screen.answer(statistics, lambda: show_false_alarms(screen, statistics["kinds"]))
        return Outcome.GOOD
    answer = list_cases(reading.viewer, known=reading.known)
    screen.answer(answer, lambda: show_list(args, screen, answer["cases"]))
    return Outcome.GOOD


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show one case."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.inquiries import show_case

    try:
        answer = show_case(reading.viewer, args.which, known=reading.known)
    except KeyError:
        raise WrongUse("inquiry.unknown", which=args.which, next_commands=("ytterby inquiry list",)) from None
    names = reading.names(screen.language)
    screen.answer(answer, lambda: show_one(screen, answer, names))
    return Outcome.GOOD
