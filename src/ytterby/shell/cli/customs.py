"""`ytterby customs`: what customs is told of licences, what it answered, and what waits for longer than it may.

    ytterby customs outbox                              messages and what became of each
    ytterby customs fetch --viewer "Customs of XA"      those that wait, whole, one JSON object a line
    ytterby customs acknowledge MESSAGE … --by KEY      (in a demo: --as "Customs of XA")
    ytterby customs reject MESSAGE --code E12 --text "no such unit" --by KEY
    ytterby customs export out.ytc                      the same as a file of the office's format
    ytterby customs import answers.yta --by KEY         its answers from a file
    ytterby customs alarms                              unanswered for too long, and rejected
    ytterby customs resend MESSAGE --by KEY             a rejected one, with parties as registered by now

Exit 1 where something is refused or left out of a file, and where `alarms` finds something.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_noun, add_viewer
from ytterby.shell.cli.case_speaker import add_speaker, read_speaker
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.opening import Reading, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import Problem

if TYPE_CHECKING:
    from ytterby.licence.customs_message import CustomsAnswer, CustomsMessage

Json = dict[str, Any]
FILE_BYTES_MAX = 20_000_000
STATES = ("waiting", "acknowledged", "rejected", "settled")


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "customs", "what customs is told of licences, and what it answers")
    outbox = add_command(verbs, "outbox", run_outbox, "list messages to customs, and what became of each")
    outbox.add_argument("--state", choices=STATES, default="", help="those that stand so")
    outbox.add_argument("--licence", default="", metavar="LICENCE", help="those about this licence")
    add_viewer(outbox)
    fetch = add_command(verbs, "fetch", run_fetch, "write the messages that wait, whole, one JSON object a line")
    add_viewer(fetch)
    acknowledge = add_command(verbs, "acknowledge", run_acknowledge, "acknowledge messages, as customs")
    acknowledge.add_argument("messages", nargs="+", metavar="MESSAGE")
    add_speaker(acknowledge)
    reject = add_command(verbs, "reject", run_reject, "reject a message, as customs")
    reject.add_argument("message", metavar="MESSAGE")
    reject.add_argument("--code", action="append", default=[], metavar="CODE", help="why, as a code of customs")
    reject.add_argument("--text", default="", metavar="TEXT", help="why, in words")
    add_speaker(reject)
    export = add_command(verbs, "export", run_export, "write the messages that wait into a file of customs' format")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--adapter", default="", metavar="ID", help="those of this format, where packs name several")
    add_viewer(export)
    read = add_command(verbs, "import", run_import, "enter the answers of a file, as customs")
    read.add_argument("file", type=Path, metavar="FILE")
    add_speaker(read)
    alarms = add_command(verbs, "alarms", run_alarms, "name messages that wait too long, and those that were rejected")
    add_viewer(alarms)
    resend = add_command(verbs, "resend", run_resend, "send a rejected message again, as the licence office")
    resend.add_argument("message", metavar="MESSAGE")
    add_speaker(resend)


def run_outbox(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List messages."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.customs import list_messages

    answer = list_messages(reading.viewer, reading.known, state=args.state, licence=args.licence)
    screen.answer(answer, lambda: _show_list(screen, answer))
    return Outcome.GOOD


def _show_list(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    if not answer["messages"]:
        screen.verdict(None, texts("customs.none"))
        return
    headings = ("message", "licence", "action", "on", "state")
    language = screen.language
    table = [
        [
            row["message"],
            f"{row['licence']} v{row['version']}",
            word("customs_action", row["action"], language),
            row["sent_at"],
            word("customs_state", row["state"], language),
        ]
        for row in answer["messages"]
    ]
    screen.table([Column(texts(f"column.{name}")) for name in headings], table)
    screen.verdict(None, texts("customs.count", count=answer["count"]))


def run_fetch(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write the messages that wait."""
    reading = open_reading(args, screen, derives=False)
    import msgspec

    from ytterby.shell.cli.screen import write_json
    from ytterby.shell.store.reading.customs import waiting_messages

    for one in waiting_messages(reading.viewer, reading.known):
        write_json({**msgspec.to_builtins(one), "digest": one.digest})
    return Outcome.GOOD


def run_acknowledge(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Acknowledge messages."""
    from ytterby.licence.customs_message import CustomsAnswer, Verdict

    return _answer(args, screen, [CustomsAnswer(one, Verdict.ACKNOWLEDGED) for one in args.messages])


def run_reject(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Reject a message."""
    from ytterby.licence.customs_message import CustomsAnswer, Verdict

    return _answer(args, screen, [CustomsAnswer(args.message, Verdict.REJECTED, tuple(args.code), args.text)])


def run_import(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter the answers of a file."""
    from ytterby.licence.customs_file import read_answers

    read, problems = read_answers(read_text_file(args.file, FILE_BYTES_MAX))
    return _answer(args, screen, [one.answer for one in read], problems, str(args.file))


def _answer(
    args: argparse.Namespace,
    screen: Screen,
    answers: Sequence["CustomsAnswer"],
    unread: Sequence[Problem] = (),
    file: str = "",
) -> Outcome:
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.answer_customs import answer_customs

    done = answer_customs(reading.register, answers, read_speaker(args, reading), at=args.at)
    problems = [*unread, *done.problems]
    answer = {
        "taken": [{"message": message, "did": did.value} for message, did in done.taken.items()],
        "problems": [problem_json(one, file, screen.language) for one in problems],
        "as_of_size": done.size,
    }

    def show() -> None:
        for message, did in done.taken.items():
            screen.line(f"  {message}  {word('customs_taken', did.value, screen.language)}")
        show_problems(screen, problems, file)
        screen.verdict(not problems, screen.texts("customs.answered", count=len(done.taken), left=len(problems)))

    screen.answer(answer, show)
    return Outcome.FOUND if problems else Outcome.GOOD


def run_export(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write a file of messages."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.licence.customs_file import write_batch
    from ytterby.shell.actions.publish import write_whole
    from ytterby.shell.actions.send_customs import file_rules

    by_adapter = _by_adapter(args, reading)
    names = sorted(by_adapter)
    if args.adapter:
        names = [name for name in names if name == args.adapter]
    if len(names) != 1:
        raise WrongUse("customs.which_adapter", names=", ".join(sorted(by_adapter)) or "-")
    adapter, messages = by_adapter[names[0]]
    batch = write_batch(messages, file_rules(adapter))
    try:
        write_whole(args.file, batch.text.encode())
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=args.file, why=error.strerror or error) from None
    left = [
        {"message": id_, "problems": [problem_json(one, "", screen.language) for one in problems]}
        for id_, problems in batch.left.items()
    ]
    answer = {"file": str(args.file), "written": list(batch.written), "left": left, "as_of_size": reading.known.size}

    def show() -> None:
        for id_, problems in batch.left.items():
            show_problems(screen, problems, id_)
        counts = {"count": len(batch.written), "left": len(batch.left), "file": args.file}
        screen.verdict(not batch.left, screen.texts("customs.exported", **counts))

    screen.answer(answer, show)
    return Outcome.FOUND if batch.left else Outcome.GOOD


def _by_adapter(args: argparse.Namespace, reading: Reading) -> dict[str, tuple[Any, list["CustomsMessage"]]]:
    """Return the messages that wait by the format that the pack of each licence names."""
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.customs import customs_rule, waiting_messages

    found: dict[str, tuple[Any, list[CustomsMessage]]] = {}
    for message in waiting_messages(reading.viewer, reading.known):
        rule = customs_rule(reading.viewer, message.licence, reading.known, args.at or now())
        if rule is not None:
            found.setdefault(rule.adapter.id, (rule.adapter, []))[1].append(message)
    return found


def run_alarms(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Name what waits too long, and what was rejected."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.customs import alarms, customs_errors

    late = alarms(reading.viewer, reading.known, args.at or now())
    errors = customs_errors(reading.viewer, reading.known)
    answer = {
        "overdue": [problem_json(one, "", screen.language) for one in late],
        "errors": errors,
        "as_of_size": reading.known.size,
    }

    def show() -> None:
        show_problems(screen, late, "")
        for error in errors:
            facts = {"message": error["message"], "licence": error["licence"], "codes": ", ".join(error["codes"])}
            screen.line("  " + screen.texts("customs.error", text=error["text"], **facts))
            screen.next(with_data(args, f"ytterby customs resend {error['message']} --by FILE"))
        screen.verdict(not (late or errors), screen.texts("customs.alarms", late=len(late), errors=len(errors)))

    screen.answer(answer, show)
    return Outcome.FOUND if late or errors else Outcome.GOOD


def run_resend(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Send a rejected message again."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.answer_customs import send_again

    sent = send_again(reading.register, args.message, read_speaker(args, reading), at=args.at)
    answer = {
        "message": sent.message or None,
        "problems": [problem_json(one, "", screen.language) for one in sent.problems],
        "as_of_size": sent.size,
    }

    def show() -> None:
        show_problems(screen, sent.problems, "")
        head = "customs.resent" if sent.message else "customs.not_resent"
        screen.verdict(bool(sent.message), screen.texts(head, message=sent.message or args.message))

    screen.answer(answer, show)
    return Outcome.GOOD if sent.message else Outcome.FOUND
