"""How cases of findings are written on the screen: the list, one case step by step, the rates of false alarms."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from ytterby.shell.cli.opening import with_data
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

Json = dict[str, Any]


def show_list(args: argparse.Namespace, screen: Screen, rows: Sequence[Json]) -> None:
    """Write one line for each case and each finding without."""
    texts = screen.texts
    if not rows:
        screen.verdict(None, texts("inquiry.none"))
        return
    columns = [Column(texts(f"column.{key}")) for key in ("id", "kind", "lot", "state", "until")]
    table = [
        [
            row["number"] or row["finding"],
            word("finding", row.get("kind"), screen.language),
            row["tail"] or "",
            _state(screen, row),
            row["due"] or "",
        ]
        for row in rows
    ]
    screen.table(columns, table)
    screen.verdict(None, texts("inquiry.count", count=len(rows)))
    screen.next(with_data(args, f"ytterby inquiry show {rows[0]['number'] or rows[0]['finding']}"))


def _state(screen: Screen, row: Json) -> str:
    said = word("case", row["state"], screen.language)
    gone = row.get("vanished_at")
    return said if gone is None else "; ".join((said, screen.texts("inquiry.vanished", size=gone)))


def show_one(screen: Screen, answer: Json, names: Callable[[str | None], str]) -> None:
    """Write a case: where it stands, each step, and what was disclosed."""
    texts, language = screen.texts, screen.language
    number = answer["number"] or answer["finding"]
    head = texts("inquiry.head", number=number, state=_state(screen, answer), version=answer["version"])
    screen.verdict(None, head)
    if answer.get("kind"):
        kind = word("finding", answer["kind"], language)
        screen.line("  " + " · ".join(part for part in (answer["finding"], kind, answer["tail"] or "") if part))
    for step in answer["steps"]:
        _show_step(screen, step, names)
    for one in answer.get("corrections", ()):
        screen.line("  " + texts("inquiry.corrected_since", event=one["event"][:12], index=one["index"]))
    for name, value in _disclosed(answer):
        screen.line("  " + texts("inquiry.disclosed") + f" {name} = {value}")


def _show_step(screen: Screen, step: Json, names: Callable[[str | None], str]) -> None:
    """Write who did what to whom, until when, with which words, evidence and measurements."""
    texts, language = screen.texts, screen.language
    parts = [f"  {step['on']}  {word('case_step', step['verb'], language)} ·"]
    parts.append(names(step["party"]) or texts("inquiry.office"))
    parts += [f"→ {names(step['to'])}"] if step["to"] else []
    parts += [f"[{word('case', code, language)}]" for code in (step["outcome"], step["reason"]) if code]
    parts += ["(" + texts("inquiry.until", day=step["due"]) + ")"] if step["due"] else []
    screen.line(" ".join(parts))
    if step["text"]:
        screen.line(f"    {step['text']}")
    for one in (*(step["events"] or ()), *(step["documents"] or ())):
        screen.line("    " + texts("inquiry.evidence") + f" {one}", "dim")
    for count in step["counts"] or ():
        screen.line(f"    {count['lot']}: {count['mass_kg']} ± {count['u_kg']} kg")
    for sample in step["samples"] or ():
        hands = " → ".join(f"{hand['did']} {hand['by']}" for hand in sample["custody"])
        screen.line(f"    {sample['id']} {sample['mass_kg']} ± {sample['u_kg']} kg: {hands}")


def _disclosed(answer: Json) -> Sequence[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in answer["disclosed"].items():
        found += [(f"{name} {field}", one) for field, one in value.items()] if isinstance(value, dict) else []
        found += [] if isinstance(value, dict) else [(name, value)]
    return found


def show_false_alarms(screen: Screen, rows: Sequence[Json]) -> None:
    """Write what became of the findings of each kind, and the rate of false alarms beside the expected one."""
    texts, language = screen.texts, screen.language
    if not rows:
        screen.verdict(None, texts("inquiry.none"))
        return
    keys = ("kind", "real", "explained", "false_alarms", "waiting", "rate", "interval", "expected")
    columns = [Column(texts(f"column.{key}"), is_number=key != "kind") for key in keys]
    table = [
        [
            word("finding", row["kind"], language),
            *(str(row[key]) for key in ("real", "explained", "false_alarms", "waiting")),
            _rate(row["rate"]),
            "" if row["least"] is None else f"{_rate(row['least'])} – {_rate(row['most'])}",
            _rate(row["expected"]),
        ]
        for row in rows
    ]
    screen.table(columns, table)
    screen.verdict(None, texts("inquiry.false_alarms"), texts("inquiry.false_alarms_rest"))


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
