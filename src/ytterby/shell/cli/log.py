"""`ytterby log checkpoint|prove|verify`: the signed head, the proof of one event, and whether anything was changed."""

import argparse
import json
from pathlib import Path
from shlex import quote
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_noun, add_viewer
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.opening import open_data, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.screen import Screen

Json = dict[str, Any]


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "log", "the signed head, proofs, and whether anything was changed")
    add_command(verbs, "checkpoint", run_checkpoint, "write the signed head of the log")
    prove = add_command(verbs, "prove", run_prove, "prove that an event is in the log under its signed head")
    prove.add_argument("event", metavar="EVENT", help="an event's eventID, or its number in the log")
    add_viewer(prove)
    prove.add_argument("--out", type=Path, metavar="FILE", help="write the proof to a file, to hand on")
    add_command(verbs, "verify", run_verify, "recompute everything stored and name what was changed")


def run_checkpoint(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write the checkpoint as it is signed, byte for byte."""
    register = open_data(args, outdated=True)
    from ytterby.shell.actions.log import make_checkpoint

    text = make_checkpoint(register)
    origin, size, root, *_ = text.split("\n")
    answer = {"origin": origin, "size": int(size), "root": root, "checkpoint": text, "as_of_size": int(size)}
    screen.answer(answer, lambda: print(text, end=""))
    return Outcome.GOOD


def run_prove(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Prove one event."""
    reading = open_reading(args, screen)
    from ytterby.shell.actions.log import prove_event

    which = int(args.event) if args.event.isascii() and args.event.isdigit() else args.event
    try:
        proof = prove_event(reading.register, which, viewer=reading.viewer)
    except LookupError:
        raise WrongUse("log.unknown_event", event=args.event, next_commands=("ytterby log verify",)) from None
    answer = proof.to_json()
    size = int(answer["checkpoint"].split("\n")[1])
    answer |= {"size": size, "as_of_size": size}
    screen.answer(answer, lambda: show_proof(screen, answer, args.event))
    if args.out is not None:
        try:
            args.out.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise CouldNotRun("file.unwritable", file=args.out, why=error.strerror or error) from None
        screen.remark(screen.texts("log.proof_written", file=args.out))
    if not screen.is_json:
        hand_on = f"ytterby log prove {quote(args.event)} --out proof.json"
        screen.next(with_data(args, hand_on if args.out is None else "ytterby log verify"))
    return Outcome.GOOD


def show_proof(screen: Screen, answer: Json, event: str) -> None:
    """Write a proof in a few lines."""
    texts = screen.texts
    head = texts("log.proved", event=event, index=answer["index"], size=write_count(answer["size"]))
    screen.verdict(True, head, texts("log.proved_by", count=len(answer["proof"])))
    screen.line("  " + texts("log.proved_digest", digest=answer["digest"]), "dim")
    origin, _, root, *_ = answer["checkpoint"].split("\n")
    screen.line("  " + texts("log.proved_head", origin=origin, root=root), "dim")


def run_verify(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Recompute everything stored."""
    register = open_data(args, outdated=True)
    from ytterby.shell.actions.log import verify_log

    with screen.waiting(screen.texts("log.verify.waiting")):
        found = verify_log(register)
    answer = {**found, "as_of_size": found["size"]}
    screen.answer(answer, lambda: show_verification(screen, answer))
    return Outcome.GOOD if found["ok"] else Outcome.FOUND


def show_verification(screen: Screen, answer: Json) -> None:
    """Write whether anything was changed, and what."""
    texts = screen.texts
    for failure in answer["failures"]:
        where = texts("log.entry", index=failure["index"]) if failure["index"] is not None else texts("log.elsewhere")
        screen.line(f"  {where}: {failure['what']}")
    if answer["not_at_hand"]:
        screen.remark(texts("log.verify.not_at_hand", count=len(answer["not_at_hand"])))
    count = write_count(answer["size"])
    if answer["ok"]:
        screen.verdict(True, texts("log.verified", count=count), texts("log.verified_rest", root=answer["root"][:16]))
        return
    failures = len(answer["failures"])
    key = "log.failed_one" if failures == 1 else "log.failed"
    screen.verdict(False, texts(key, count=write_count(failures)), texts("log.failed_rest"))
    screen.next(texts("log.failed_next"))
