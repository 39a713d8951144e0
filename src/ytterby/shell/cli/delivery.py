"""`ytterby delivery`: what is reported after goods left, what is late, and what stops them from leaving.

    ytterby delivery report PO-7 D-1 arrival --on 2026-03-20 --quantity 899.5 --unit KGM --by user.key
    ytterby delivery alarm use_changed --order PO-7 --text "…" --as "Oriel Magnets"
    ytterby delivery resume 3fa9… --text "…" --by officer.key

`list` ends with 1 where a report is late, or something stops shipping.
"""

import argparse
from pathlib import Path
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day
from ytterby.shell.cli.filing import (
    SHOWN,
    add_documents,
    add_filing,
    filed,
    filing_speaker,
    order_named,
    read_object,
    said,
    show_rows,
)
from ytterby.shell.cli.opening import Reading, open_reading
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Screen

Json = dict[str, Any]
STAGES = ("transport", "arrival", "installation", "use")


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "delivery", "what became of goods after they left, and what stops them")
    told = add_filing(verbs, "report", run_report, "report transport, arrival, installation or use")
    told.add_argument("order", metavar="ORDER", help="the seller's number of the order")
    told.add_argument("delivery", metavar="DELIVERY", help="number of the declaration or consignment note")
    told.add_argument("stage", choices=STAGES)
    told.add_argument("--on", type=day, required=True, metavar="DATE", help="when it happened")
    told.add_argument("--quantity", default="", metavar="N", help="as measured by whoever reports")
    told.add_argument(
        "--unit", default="KGM", metavar="CODE", help="unit of the quantity, UNECE Rec. 20 (default: KGM)"
    )
    told.add_argument("--place", default="", metavar="TEXT", help="where it is")
    told.add_argument("--text", default="", metavar="TEXT", help="a remark, in words")
    _add_seller(told)
    add_documents(told)
    listed = add_command(verbs, "list", run_list, "list reports, what is owed, and what stops shipping")
    listed.add_argument("--procedure", metavar="ID", help="whose spans count (default: the first with reports)")
    listed.add_argument("--kind", metavar="ID", help="of which kind of licence (default: the first with reports)")
    add_known(listed)
    alarm = add_filing(verbs, "alarm", run_alarm, "stop shipping: user or use changed, or a certificate is not right")
    alarm.add_argument("kind", metavar="CODE", help="user_changed, use_changed, forged, expired, deceit")
    alarm.add_argument("--statement", default="", metavar="DIGEST", help="the statement that it is about")
    alarm.add_argument("--order", metavar="NUMBER", help="the seller's number of the order")
    alarm.add_argument("--text", required=True, metavar="TEXT", help="what happened, in words")
    _add_seller(alarm)
    add_documents(alarm)
    resume = add_filing(verbs, "resume", run_resume, "let shipping go on, as the office")
    resume.add_argument("alarm", metavar="ID")
    resume.add_argument("--text", required=True, metavar="TEXT", help="why shipping may go on, in words")
    add_documents(resume)
    asked = add_filing(verbs, "retransfer", run_retransfer, "ask that goods may go to somebody else, in JSON")
    asked.add_argument("file", type=Path, metavar="FILE")
    decided = add_filing(verbs, "decide", run_decide, "decide on a re-transfer, as the office")
    decided.add_argument("request", metavar="ID")
    decided.add_argument("outcome", choices=("granted", "refused"))
    decided.add_argument("--text", required=True, metavar="TEXT", help="why, in words")
    decided.add_argument(
        "--condition", action="append", default=[], metavar="TEXT", help="a condition in words; repeat"
    )
    visit = add_filing(verbs, "visit", run_visit, "record a visit that verified an end use, in JSON")
    visit.add_argument("file", type=Path, metavar="FILE")
    visit.add_argument("--provision", default="", metavar="ID", help="the pack's provision on foreign visits")


def _add_seller(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seller", metavar="PARTY", help="whose number the order bears, where two sellers use one")


def run_report(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Report a stage of a delivery."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.report_delivery import report_delivery

    speaker = filing_speaker(args, reading)
    fields = {
        "order": _order(reading, speaker.party, args.order, args.seller),
        "delivery": args.delivery,
        "stage": args.stage,
        "on": args.on.isoformat(),
        "text": args.text,
        "quantity": args.quantity,
        "unit": args.unit if args.quantity else "",
        "place": args.place,
        "documents": list(args.document),
    }
    return filed(args, screen, report_delivery(reading.register, fields, speaker, at=args.at))


def _order(reading: Reading, party: str, number: str, seller: str | None) -> str:
    """Return the key of an order as the party that speaks knows it, an office among all."""
    from ytterby.shell.store.reading.filed import find_orders
    from ytterby.shell.store.reading.viewer import Viewer

    mine = find_orders(Viewer(party), number, reading.known)
    return mine[0] if len(mine) == 1 and seller is None else order_named(reading, number, seller)


def run_alarm(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Stop shipping."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.file_statement import raise_alarm

    speaker = filing_speaker(args, reading)
    change = raise_alarm(
        reading.register,
        args.kind,
        args.text,
        speaker,
        statement=_statement(args, reading, speaker.party),
        order=_order(reading, speaker.party, args.order, args.seller) if args.order else "",
        documents=tuple(args.document),
        at=args.at,
    )
    return filed(args, screen, change)


def _statement(args: argparse.Namespace, reading: Reading, party: str) -> str:
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.filed import list_statements
    from ytterby.shell.store.reading.viewer import Viewer

    text: str = args.statement
    rows = list_statements(Viewer(party), reading.known, (args.at or now()).date()) if len(text) >= SHOWN - 4 else []
    found = [str(row["digest"]) for row in rows if row["digest"].startswith(text)]
    return found[0] if len(found) == 1 else text


def run_resume(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Let shipping go on."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.file_statement import end_alarm

    speaker = filing_speaker(args, reading)
    documents = tuple(args.document)
    change = end_alarm(reading.register, args.alarm, args.text, speaker, documents=documents, at=args.at)
    return filed(args, screen, change)


def run_retransfer(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Ask for a re-transfer."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.report_delivery import ask_retransfer

    speaker = filing_speaker(args, reading)
    return filed(args, screen, ask_retransfer(reading.register, read_object(args.file), speaker, at=args.at))


def run_decide(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Decide on a re-transfer."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.report_delivery import decide_retransfer

    speaker, conditions = filing_speaker(args, reading), tuple(args.condition)
    change = decide_retransfer(
        reading.register, args.request, args.outcome, args.text, speaker, conditions=conditions, at=args.at
    )
    return filed(args, screen, change)


def run_visit(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Record a visit."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.report_delivery import record_visit

    speaker, fields = filing_speaker(args, reading), read_object(args.file)
    change = record_visit(reading.register, fields, speaker, consent_provision=args.provision, at=args.at)
    return filed(args, screen, change)


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List reports, what is owed, and what stops shipping."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.filed import list_alarms, list_reports, list_retransfers, list_visits

    owed = _owed(args, reading)
    alarms = list_alarms(reading.viewer, reading.known)
    answer = {
        "owed": owed,
        "alarms": alarms,
        "reports": list_reports(reading.viewer, reading.known),
        "retransfers": list_retransfers(reading.viewer, reading.known),
        "visits": list_visits(reading.viewer, reading.known),
        "as_of_size": reading.known.size,
    }
    screen.answer(answer, lambda: _show(screen, reading, owed, alarms))
    is_found = any(row["state"] == "late" for row in owed) or any(row["ended_at"] is None for row in alarms)
    return Outcome.FOUND if is_found else Outcome.GOOD


def _owed(args: argparse.Namespace, reading: Reading) -> list[Json]:
    """Return what is owed by the spans of a procedure's kind of licence; nothing where no pack asks for reports."""
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.filed import owed_reports
    from ytterby.shell.store.reading.law import calendars_at, law_at

    on = (args.at or now()).date()
    book = law_at(reading.viewer, reading.known, args.at)
    for procedure in book.procedures.values():
        for kind in procedure.licence_kinds.values():
            is_asked = args.procedure in {None, procedure.id} and args.kind in {None, kind.id}
            if is_asked and kind.reports:
                calendars = calendars_at(reading.viewer, reading.known, args.at)
                return owed_reports(reading.viewer, reading.known, kind.reports, dict(calendars), on)
    return []


def _show(screen: Screen, reading: Reading, owed: list[Json], alarms: list[Json]) -> None:
    names = reading.names(screen.language)

    def cells(row: Json) -> list[str]:
        seller, _, number = row["order"].partition(" ")
        what = [names(seller), number, row["delivery"], said(screen, row["stage"])]
        return [*what, row["due"], said(screen, row["state"])]

    show_rows(screen, ("seller", "order", "delivery", "report", "until", "state"), owed, cells)
    for row in alarms:
        facts = {"id": row["id"], "kind": said(screen, row["kind"]), "party": names(row["by"]), "text": row["text"]}
        if row["ended_at"] is None:
            screen.line(screen.texts("delivery.stopped", **facts), "red")
