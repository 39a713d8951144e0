"""How cases are written on the screen: lists of work, one case as its reader sees it, what is missing, a replay."""

import argparse
from collections.abc import Iterator
from typing import Any

from ytterby.shell.cli.opening import Reading, with_data
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

Json = dict[str, Any]
SHOWN = 12  # digits of a digest that people read


def show_cases(args: argparse.Namespace, screen: Screen, reading: Reading, answer: Json) -> None:
    """Write one line for each case, and how to read on."""
    texts, names, rows = screen.texts, reading.names(screen.language), answer["cases"]
    if not rows:
        screen.verdict(None, texts("case.none"))
        screen.next(with_data(args, "ytterby case begin individual application.json --as PARTY"))
        return
    columns = [Column(texts(f"column.{key}")) for key in ("case", "kind", "state", "applicant", "to", "due")]
    screen.table(
        columns,
        [
            [
                row["case"],
                word("case_kind", row["kind"], screen.language),
                word("case_state", row["state"], screen.language),
                names(row["applicant"]),
                row["destination"] or "",
                row["due"] or "",
            ]
            for row in rows
        ],
    )
    if answer["next"]:
        screen.next(with_data(args, f"ytterby case list --after {answer['next']}"))
    else:
        screen.next(with_data(args, f"ytterby case show {rows[0]['case']}"))


def show_case_answer(args: argparse.Namespace, screen: Screen, reading: Reading, answer: Json) -> None:
    """Write a case in the fields that its reader has."""
    texts, names, language = screen.texts, reading.names(screen.language), screen.language
    state = word("case_state", answer["state"], language)
    kind = word("case_kind", answer["kind"], language)
    screen.verdict(None, texts("case.head", number=answer["case"], kind=kind, state=state))
    screen.line("  " + texts("case.applicant", name=names(answer["applicant"])))
    silence = answer.get("by_silence")
    if silence:
        screen.line(screen.texts("case.by_silence", state=silence["state"], since=silence["since"][:10]))
    for line in _clock(screen, answer.get("clock")):
        screen.line("  " + line)
    for line in (
        *_who(screen, answer),
        *_application(screen, answer),
        *_waits(screen, answer),
        *_decision(screen, answer),
    ):
        screen.line("  " + line)
    for one in answer.get("history", ()):
        what = word("case_verb", one["event"], language)
        who = one.get("by") or one.get("role") or ""
        screen.line(f"  {one['at'][:16].replace('T', ' ')}  {what}  {who}", "dim")
    number = answer["case"]
    screen.next(with_data(args, f"ytterby case check {number}"))


def _clock(screen: Screen, clock: Json | None) -> Iterator[str]:
    texts = screen.texts
    if not clock or clock["running"] is None:
        return
    if clock["due"] is not None:
        kind = word("due", clock["due_kind"], screen.language)
        yield texts("case.due", day=clock["day"], limit=clock["limit"], due=clock["due"], kind=kind)
    else:
        yield texts("case.clock", day=clock["day"], limit=clock["limit"])
    for one in clock["stops"]:
        if one["ended"] is None:
            yield texts("case.stopped", reason=one["reason"], since=one["began"][:10])


def _who(screen: Screen, answer: Json) -> Iterator[str]:
    if answer.get("officer"):
        yield screen.texts("case.officer", account=answer["officer"])
    for order, account in (answer.get("signers") or {}).items():
        yield screen.texts("case.signer", order=order, account=account)
    tier = answer.get("tier")
    if tier:
        yield screen.texts("case.tier", tier=tier["tier"], points=tier["points"])


def _application(screen: Screen, answer: Json) -> Iterator[str]:
    for line in (answer.get("application") or {}).get("lines", ()):
        yield screen.texts(
            "case.line", line=line["line"], name=line["name"], quantity=line["quantity"], unit=line["unit"]
        )
    for gap in answer.get("completeness", ()):
        yield screen.texts("case.gap", gap=gap)


def _waits(screen: Screen, answer: Json) -> Iterator[str]:
    for one in answer.get("queries", ()):
        yield screen.texts("case.query", id=one["id"], text=one["text"], due=one["due"])
    for one in answer.get("findings", ()):
        if one["blocks"]:
            said = one["said"]["verdict"] if one.get("said") else "-"
            yield screen.texts("case.finding", finding=one["key"], check=one["check"], kind=one["kind"], said=said)
    draft = answer.get("draft")
    if draft and not answer.get("decision"):
        outcome = word("case_outcome", draft["outcome"], screen.language)
        done, wanted = len(draft["approvals"]), answer["approvals_wanted"]
        yield screen.texts("case.draft", digest=draft["digest"][:SHOWN], outcome=outcome, done=done, wanted=wanted)


def _decision(screen: Screen, answer: Json) -> Iterator[str]:
    decision = answer.get("decision")
    if not decision:
        return
    outcome = word("case_outcome", decision["outcome"], screen.language)
    yield screen.texts("case.decided", outcome=outcome, at=decision["decided_at"][:10])
    for one in decision["reasons"]:
        yield screen.texts("case.reason", code=one["code"], remedy=one["remedy"])
    if decision["not_checked"]:
        checks = [word("case_check", one, screen.language) for one in decision["not_checked"]]
        yield screen.texts("case.not_checked", checks=", ".join(checks))
    for number in decision["licences"]:
        yield screen.texts("case.licence", number=number)


def show_check(args: argparse.Namespace, screen: Screen, answer: Json) -> None:
    """Write what an application lacks, each with its cure."""
    texts = screen.texts
    good = {"yes": True, "no": False, "ask": None}[answer["complete"]]
    screen.verdict(good, texts(f"law.complete.{answer['complete']}"))
    for one in answer.get("gaps", ()):
        screen.line(f"  {one['text']}")
        screen.line(f"    {one['cure']}", "dim")
    for one in answer.get("findings", ()):
        screen.line(f"  {one['text']}")
        if one.get("cure"):
            screen.line(f"    {one['cure']}", "dim")
    del args


def show_replay(screen: Screen, answer: Json) -> None:
    """Write whether a case follows from the log, and where it does not."""
    texts = screen.texts
    state = word("case_state", answer["state"], screen.language)
    if answer["follows"]:
        screen.verdict(True, texts("case.follows", number=answer["case"], count=answer["events"], state=state))
    else:
        screen.verdict(False, texts("case.follows_not", number=answer["case"], count=len(answer["flaws"])))
        if answer["is_void"]:
            screen.line("  " + texts("case.void"), "red")
    for one in answer["flaws"]:
        screen.line("  " + texts("case.flaw", version=one["version"], what=one["what"]))
    for name, digest in answer["pins"].items():
        screen.line("  " + texts("case.pin", name=name, digest=str(digest).removeprefix("sha256:")[:SHOWN]), "dim")
