"""`ytterby case`: applications and what becomes of them, from the first draft to the licence.

    ytterby case begin individual application.json --as "Oriel Magnets"
    ytterby case check C-…               what is missing, before and after it is handed in
    ytterby case submit C-… --signer "Li Wei" --declare --as "Oriel Magnets"
    ytterby case accept C-… --by officer.key        (and advise, decide, approve, issue)
    ytterby case replay C-…              whether the decision follows from what it pins

Exit 1 where something is refused, where `check` finds what is missing, and where `replay` finds that a decision does
not follow.
"""

import argparse
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli import case_audit, case_statistics, case_transitions
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, add_viewer
from ytterby.shell.cli.case_show import show_case_answer, show_cases, show_check, show_replay
from ytterby.shell.cli.case_speaker import add_speaker, read_speaker
from ytterby.shell.cli.case_step import COMMANDS, add_fields, read_fields, read_json
from ytterby.shell.cli.opening import Reading, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import Problem, is_refused

if TYPE_CHECKING:
    from ytterby.licence.application import Application
    from ytterby.licence.case_record import CaseRecord
    from ytterby.shell.actions.casework import CaseChange

Json = dict[str, Any]
ID_BYTES, NONCE_BYTES = 4, 32


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "case", "applications to the licence office, and what becomes of them")
    listed = add_command(verbs, "list", run_list, "list cases, those that are due first")
    add_viewer(listed)
    listed.add_argument("--all", action="store_true", help="closed ones too")
    listed.add_argument("--state", metavar="STATE", help="those in this state")
    listed.add_argument("--holder", metavar="ROLE", help="those that wait for this role")
    listed.add_argument("--officer", metavar="ACCOUNT", help="those of this officer")
    listed.add_argument("--team", metavar="TEAM", help="those of the officers of this team")
    listed.add_argument("--after", metavar="CURSOR", help="those after the last one of the page before")
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)")
    shown = add_command(verbs, "show", run_show, "show a case: state, clock, evidence, history")
    shown.add_argument("case", metavar="CASE")
    add_known(shown)
    begin = add_command(verbs, "begin", run_begin, "begin a case with an application in JSON (docs/cases.md)")
    begin.add_argument("kind", metavar="KIND")
    begin.add_argument("file", type=Path, nargs="?", metavar="FILE", help="not needed with --copy-of or --amends")
    begin.add_argument("--amends", default="", metavar="LICENCE", help="the licence that is to be changed or checked")
    begin.add_argument("--copy-of", default="", metavar="CASE", help="an earlier case of one's own, for what it asked")
    begin.add_argument("--number", default="", metavar="CASE", help="its number, in a demo (default: drawn)")
    add_speaker(begin)
    check = add_command(
        verbs, "check", run_check, "say what an application lacks; the same before and after submission"
    )
    check.add_argument("what", metavar="CASE|FILE")
    check.add_argument("--as", dest="party", metavar="PARTY", help="whose goods and lots are looked at (of a file)")
    add_viewer(check)
    submit = add_command(verbs, "submit", run_submit, "hand an application in")
    submit.add_argument("case", metavar="CASE")
    submit.add_argument("--signer", required=True, metavar="NAME", help="who declares that it is true")
    submit.add_argument("--declare", action="store_true", help="declare that all of it is true")
    _add_expected(submit)
    approve = add_command(verbs, "approve", run_approve, "approve a draft with one's own key")
    approve.add_argument("case", metavar="CASE")
    approve.add_argument("--order", type=int, default=1, metavar="N", help="which approval (default: the first)")
    approve.add_argument("--draft", metavar="DIGEST", help="digest of the draft that was read (default: as it stands)")
    approve.add_argument("--text", default="", metavar="TEXT", help="in words")
    _add_expected(approve)
    gather = add_command(verbs, "gather", run_gather, "gather the evidence of a case anew")
    gather.add_argument("case", metavar="CASE")
    _add_expected(gather)
    assign = add_command(verbs, "assign", run_assign, "draw an officer or signer where nobody could be drawn before")
    assign.add_argument("case", metavar="CASE")
    assign.add_argument("--order", type=int, default=0, metavar="N", help="0 the officer, 1 … the signers")
    _add_expected(assign)
    replay = add_command(verbs, "replay", run_replay, "work a case out again from the log, and compare")
    replay.add_argument("case", metavar="CASE")
    add_known(replay)
    case_audit.add(verbs)
    case_transitions.add(verbs)
    case_statistics.add(verbs, _outcomes)
    for verb, (name, summary) in COMMANDS.items():
        parser = add_command(verbs, name, _runner(verb), summary)
        parser.add_argument("case", metavar="CASE")
        add_fields(parser, verb)
        if verb == "issue":
            parser.add_argument(
                "--number", default="", metavar="LICENCE", help="its number, in a demo (default: drawn)"
            )
        _add_expected(parser)


def _outcomes(reading: Reading, at: datetime) -> "Sequence[CaseRecord]":
    from ytterby.shell.store.reading.case_outcomes import case_outcomes

    return case_outcomes(reading.viewer, reading.known, at)


def _add_expected(parser: argparse.ArgumentParser) -> None:
    add_speaker(parser)
    parser.add_argument("--seen", type=int, metavar="N", help="refuse if the case has changed since this version")


def run_begin(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Begin a case."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.casework import begin_case

    if args.file is None and not (args.copy_of or args.amends):
        raise WrongUse("case.file_or_copy")
    application = None if args.file is None else _application(read_json(args.file))
    if isinstance(application, list):
        return _refused(args, screen, application, str(args.file))
    change = begin_case(
        reading.register,
        args.kind,
        application,
        read_speaker(args, reading),
        amends=args.amends,
        copy_of=args.copy_of,
        number=args.number,
        at=args.at,
    )
    return _answer(args, screen, change)


def run_submit(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Hand an application in."""
    from ytterby.licence.step import Submit

    return _take(args, screen, Submit(args.signer, args.declare))


def run_gather(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Gather the evidence anew."""
    from ytterby.licence.step import Gather

    return _take(args, screen, Gather({}, ""))


def run_assign(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Draw somebody."""
    from ytterby.licence.step import Assign

    return _take(args, screen, Assign("", args.order, "", ()))


def run_approve(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Approve a draft: sign it, with the case's version, the order and a nonce, by the account's own key."""
    reading = open_reading(args, screen, derives=False)
    import msgspec

    from ytterby.licence.step import Approve
    from ytterby.proof.approval import approval_challenge, sign_approval
    from ytterby.proof.base64url import to_base64url
    from ytterby.shell.store.reading.casework import find_case

    speaker = read_speaker(args, reading)
    if speaker.key is None:
        raise WrongUse("case.key_needed")
    try:
        case = find_case(reading.viewer, args.case)
    except KeyError:
        raise WrongUse("case.unknown", value=args.case, next_commands=("ytterby case list",)) from None
    draft, nonce = args.draft or case.draft_digest, to_base64url(secrets.token_bytes(NONCE_BYTES))
    challenge = approval_challenge(draft, case.number, case.version, args.order, nonce, reading.register.id)
    try:
        signature = msgspec.to_builtins(sign_approval(speaker.key, challenge, nonce))
    except ValueError:
        raise CouldNotRun("case.key_of_another_use", file=args.by) from None
    return _take(args, screen, Approve(draft, args.order, signature, args.text), case.version)


def _runner(verb: str) -> Any:
    def run(args: argparse.Namespace, screen: Screen) -> Outcome:
        import msgspec

        from ytterby.licence.step import read_step

        fields = read_fields(args, verb, secrets.token_hex(ID_BYTES))
        try:
            step = read_step(fields)
        except msgspec.ValidationError as error:
            raise WrongUse("case.no_step", why=error) from None
        return _take(args, screen, step)

    return run


def _take(args: argparse.Namespace, screen: Screen, step: Any, expected: int | None = None) -> Outcome:
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.casework import take_step

    wanted = args.seen if args.seen is not None else expected
    licence = getattr(args, "number", "")
    change = take_step(
        reading.register,
        args.case,
        step,
        read_speaker(args, reading),
        expected=wanted,
        licence=licence,
        at=args.at,
    )
    return _answer(args, screen, change)


def _application(value: Any) -> "Application | list[Problem]":
    from ytterby.licence.application import read_application
    from ytterby.shell.site.packs import door_tables

    found, problems = read_application(value, door_tables().units)
    return problems if found is None else found


def _refused(args: argparse.Namespace, screen: Screen, problems: list[Problem], file: str) -> Outcome:
    told = {"problems": [problem_json(one, file, screen.language) for one in problems]}

    def show() -> None:
        screen.verdict(False, screen.texts("case.refused"))
        show_problems(screen, problems, file)

    screen.answer(told, show)
    return Outcome.FOUND


def _answer(args: argparse.Namespace, screen: Screen, change: "CaseChange") -> Outcome:
    refused = is_refused(change.problems)
    answer = {
        "case": change.number or None,
        "state": change.told_state or None,
        "version": change.told_version or None,
        "licence": change.licence or None,
        "problems": [problem_json(one, "", screen.language) for one in change.problems],
        "as_of_size": change.size,
    }

    def show() -> None:
        if refused:
            screen.verdict(False, screen.texts("case.refused"))
            show_problems(screen, change.problems, "")
            return
        state, version = word("case_state", change.told_state, screen.language), change.told_version
        screen.verdict(True, screen.texts("case.entered", number=change.number, state=state, version=version))
        if change.licence:
            screen.line("  " + screen.texts("case.licence", number=change.licence))
        screen.next(with_data(args, f"ytterby case show {change.number}"))

    screen.answer(answer, show)
    return Outcome.FOUND if refused else Outcome.GOOD


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List cases."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.casework import Wanted, list_cases

    wanted = Wanted(args.all, args.state, args.holder, args.officer, args.after, args.limit, args.team)
    answer = list_cases(reading.viewer, wanted)
    screen.answer(answer, lambda: show_cases(args, screen, reading, answer))
    return Outcome.GOOD


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show a case."""
    reading = open_reading(args, screen, derives=False)
    answer = _case(args, reading, screen.language)
    screen.answer(answer, lambda: show_case_answer(args, screen, reading, answer))
    return Outcome.GOOD


def _case(args: argparse.Namespace, reading: Reading, language: str) -> Json:
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.casework import show_case

    try:
        return show_case(reading.viewer, args.case, args.at or now(), reading.known, language)
    except KeyError:
        raise WrongUse("case.unknown", value=args.case, next_commands=("ytterby case list",)) from None


def run_check(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Check an application, from a file or of a case."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.cli.opening import find_party
    from ytterby.shell.store.reading.casework import check_application, check_case

    at = args.at or now()
    path = Path(args.what)
    if path.is_file():
        application = _application(read_json(path))
        if isinstance(application, list):
            return _refused(args, screen, application, args.what)
        party = find_party(reading, args.party) if args.party else application.exporter
        answer = check_application(reading.viewer, application, party, at, reading.known, screen.language)
    else:
        try:
            answer = check_case(reading.viewer, args.what, at, reading.known, screen.language)
        except KeyError:
            raise WrongUse("case.unknown", value=args.what, next_commands=("ytterby case list",)) from None
    screen.answer(answer, lambda: show_check(args, screen, answer))
    return Outcome.GOOD if answer["complete"] != "no" else Outcome.FOUND


def run_replay(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Work a case out again."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.case_replays import replay_for

    found = replay_for(reading.viewer, args.case, reading.known)
    if found is None:
        raise WrongUse("case.unknown", value=args.case, next_commands=("ytterby case list",))
    answer = {
        "case": args.case,
        "follows": not found.flaws,
        "is_automatic": found.is_automatic,
        "is_void": found.is_void,
        "events": found.events,
        "state": found.state,
        "decision": found.decision or None,
        "pins": dict(found.pins),
        "flaws": [{"version": version, "what": what} for version, what in found.flaws],
        "as_of_size": reading.known.size,
    }
    screen.answer(answer, lambda: show_replay(screen, answer))
    return Outcome.GOOD if not found.flaws else Outcome.FOUND
