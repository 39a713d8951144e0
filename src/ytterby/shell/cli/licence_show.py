"""Licences on a terminal: a list, and one with its lines, exits and findings."""

import argparse
from collections.abc import Sequence
from shlex import quote
from typing import Any

from ytterby.shell.cli.opening import Names, with_data
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import sentence, word
from ytterby.terms.problem import problem_of

Json = dict[str, Any]


def show_list(args: argparse.Namespace, screen: Screen, answer: Json, names: Names) -> None:
    """Write a line for each licence of a page."""
    texts, rows = screen.texts, answer["licences"]
    if not rows:
        screen.verdict(None, texts("licence.none"))
        return
    columns = [texts(f"column.{key}") for key in ("licence", "state", "holder", "destination", "valid_to")]
    table = [
        [
            row["licence"],
            word("licence", row["status"], screen.language),
            names(row["holder"]),
            row["destination"],
            row["validity"]["to"],
        ]
        for row in rows
    ]
    screen.table([Column(heading) for heading in columns], table)
    more = [with_data(args, f"ytterby licence list --after {quote(answer['next'])}")] if answer["next"] else []
    screen.next(with_data(args, f"ytterby licence show {quote(rows[0]['licence'])}"), *more)


def show_licence_on(screen: Screen, one: Json, names: Names) -> None:
    """Write a licence with what is left of it."""
    texts, language = screen.texts, screen.language
    status = word("licence", one["status"], language)
    screen.line(texts("licence.heading", number=one["licence"], version=one["version"], status=status))
    customs = word("licence", one["customs"], language)
    screen.line(texts("licence.holder", holder=names(one["holder"]), destination=one["destination"], customs=customs))
    screen.line(texts("licence.days", first=one["validity"]["from"], last=one["validity"]["to"]))
    figures = ("quantity", "drawn", "reserved", "free", "unlicensed")
    headings = [Column(texts("column.line")), *(Column(texts(f"column.{key}"), is_number=True) for key in figures)]
    headings.append(Column(texts("column.unit")))
    screen.table(headings, [[row["line"], *(row[key] for key in figures), row["unit"]] for row in one["lines"]])
    for row in one["exits"]:
        state = word("licence", row["state"], language)
        screen.line("  " + texts("licence.pair", declaration=row["declaration"], line=row["line"], state=state))
    for fields in one["findings"]:
        text, _ = sentence(problem_of(fields), language)
        screen.line("  " + text)
    for row in one["events"]:
        if row["record"] != row["index"]:
            continue  # what came of it is told as a finding
        why = word("licence_event", row["why"].removeprefix("licence."), language)
        screen.line("  " + texts("licence.event_nothing", index=row["index"], why=why))
    for row in one.get("waiting", ()):
        command = word("licence", row["command"], language)
        screen.line("  " + texts("licence.proposed", command=command, proposal=row["proposal"], reason=row["reason"]))
    for row in one.get("unlinked", ()):
        facts = {name: row[name] for name in ("record", "declaration", "quantity", "unit")}
        screen.line("  " + texts("licence.unlinked", **facts))


def show_alarms(args: argparse.Namespace, screen: Screen, rows: Sequence[Json]) -> None:
    """Write a line for each exit that somebody has to look at."""
    if not rows:
        screen.verdict(True, screen.texts("licence.no_alarm"))
        return
    for row in rows:
        told = {**row, "reason": word("licence", row["reason"], screen.language)}
        screen.line(screen.texts("licence.alarm", **told))
    screen.next(with_data(args, f"ytterby licence show {rows[-1]['licence']}"))
