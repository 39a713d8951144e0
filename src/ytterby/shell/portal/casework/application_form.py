"""The form of an application: its main facts as fields, everything else as it is in its file.

What the form does not show (documents, fields of the pack, descriptions of goods) stays as it was when it is saved.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import QueryDict

from ytterby.licence.application import Application, read_application
from ytterby.shell.portal.law.typed import Wrong
from ytterby.shell.site.packs import door_tables
from ytterby.terms.jsontext import decode
from ytterby.terms.problem import Problem

HEAD = ("procedure", "licence_kind", "destination", "order", "freight_mode", "text")
LINE = ("name", "specification", "control_code", "quantity", "unit", "product", "value", "currency", "lots")
PARTY = ("role", "party", "name", "country")
USE = ("use_code", "use_text")
LINES_MOST, PARTIES_MOST, TEXT_MOST, LOTS_TEXT_MOST = 20, 12, 2_000, 20_000
FILE_BYTES_MOST = 1_000_000
ROLES = ("exporter", "importer", "consignee", "end_user", "intermediary")

Json = dict[str, Any]


def read_file(raw: bytes) -> tuple[Application | None, list[Problem]]:
    """Return the application of a file in JSON, or what is wrong with it."""
    value, problems = decode(raw)
    return (None, list(problems)) if problems else read_application(value, door_tables().units)


def read_form(sent: QueryDict, before: Json) -> tuple[Application | None, list[Problem], Json]:
    """Return the application of a form over what was saved before, what is wrong, and what was typed, as JSON."""
    typed = {**before, **{name: _text(sent, name) for name in HEAD}}
    typed["lines"] = [
        _line(sent, place, held)
        for place, held in _rows(sent, "line", before.get("lines", ()), LINES_MOST)
        if any(_text(sent, f"line-{place}-{name}") for name in LINE)
    ]
    typed["parties"] = [
        {**held, **{name: _text(sent, f"party-{place}-{name}") for name in PARTY}}
        for place, held in _rows(sent, "party", before.get("parties", ()), PARTIES_MOST)
        if _text(sent, f"party-{place}-party") or _text(sent, f"party-{place}-name")
    ]
    typed["use"] = _use(sent, before.get("use") or {})
    found, problems = read_application(typed, door_tables().units)
    return found, problems, typed


def _use(sent: QueryDict, before: Mapping[str, Any]) -> Json:
    """Return the use: its code, and a text in the place of its elements where one was typed."""
    code, text = _text(sent, "use_code"), _text(sent, "use_text")
    kept = {name: value for name, value in before.items() if name not in {"code", "text"}} if not text else {}
    return {**kept, **({"code": code} if code else {}), **({"text": text} if text else {})}


def _rows(sent: QueryDict, name: str, before: Any, most: int) -> list[tuple[int, Json]]:
    """Return the places of rows in a form, each with what was saved of it before."""
    held = list(before)
    return [(place, dict(held[place]) if place < len(held) else {}) for place in range(_count(sent, name, most))]


def _count(sent: QueryDict, name: str, most: int) -> int:
    text = sent.get(f"{name}s", "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _line(sent: QueryDict, place: int, held: Json) -> Json:
    told = {name: _text(sent, f"line-{place}-{name}") for name in LINE if name != "lots"}
    lots = sent.get(f"line-{place}-lots", "")[:LOTS_TEXT_MOST].split()
    return {**held, **told, "line": held.get("line", place + 1), "lots": lots}


def _text(sent: QueryDict, name: str) -> str:
    return sent.get(name, "").strip()[:TEXT_MOST]


def shown(told: Json) -> Json:
    """Return an application as its form shows it: an empty line and party at the end, lots one a line."""
    lines = [{**one, "lots": "\n".join(one.get("lots", ()))} for one in told.get("lines", ())]
    parties = list(told.get("parties", ()))
    held = {one.get("role") for one in parties}
    wanted = [{"role": role} for role in ("importer", "end_user") if role not in held] or [{"role": "consignee"}]
    use = told.get("use") or {}
    text = use.get("text", "")
    return {
        **{name: told.get(name, "") for name in HEAD},
        "lines": [*lines, *([{}] if len(lines) < LINES_MOST else [])],
        "parties": [*parties, *wanted][: max(len(parties), PARTIES_MOST)],
        "use_code": use.get("code", ""),
        "use_text": text if isinstance(text, str) else next(iter(text.values()), ""),
        "has_elements": any(name not in {"code", "text"} for name in use),
        "documents": told.get("documents", ()),
    }


def begun(procedure: str, kind: str, exporter: str) -> Json:
    """Return the application that a form begins with: who applies is known."""
    made = Application(procedure=procedure, licence_kind=kind, lines=(), parties=())
    return {**msgspec.to_builtins(made), "parties": [{"role": "exporter", "party": exporter}]}


def at_field(problems: list[Problem], said: list[Wrong]) -> dict[str, list[Wrong]]:
    """Return what is wrong by the name of the form's field, `line-0-quantity`; what has none under an empty name."""
    found: dict[str, list[Wrong]] = {}
    for problem, one in zip(problems, said, strict=True):
        parts = problem.where.pointer.strip("/").split("/")
        name = parts[0] if parts[0] in HEAD else ""
        if len(parts) > 2 and parts[0] in {"lines", "parties"} and parts[1].isdigit():
            name = f"{'line' if parts[0] == 'lines' else 'party'}-{parts[1]}-{parts[2]}"
        found.setdefault(name, []).append(one)
    return found
