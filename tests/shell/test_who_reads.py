"""Rows of events, submissions and rights are asked for in the store and in actions, and nowhere else."""

import ast
import inspect
from pathlib import Path

import pytest

import ytterby.shell.store.reading as reading

SHELL = Path(reading.__file__).parents[2]
MODELS = {"EventRecord", "Submission", "Visible", "Registration", "LogEntry", "StoredHash", "LogHead"}
ALLOWED = ("store", "actions", "site")


def outside() -> list[Path]:
    """Return the modules of the shell that may not ask for rows."""
    return [p for p in SHELL.rglob("*.py") if p.relative_to(SHELL).parts[0] not in ALLOWED]


def test_no_door_asks_for_rows():
    guilty = []
    for path in outside():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            takes_models = isinstance(node, ast.ImportFrom) and any(alias.name in MODELS for alias in node.names)
            reads_store = module.startswith("ytterby.shell.store") and ("reading" not in module or takes_models)
            if reads_store or (isinstance(node, ast.Attribute) and node.attr == "objects"):
                guilty.append(f"{path}:{node.lineno}")
    assert not guilty, f"read through store/reading, which takes a viewer: {guilty}"
    assert len(outside()) > 20


def public_functions() -> list[tuple[str, object]]:
    """Return the functions that doors may call to read."""
    import importlib

    names = ("balance", "book", "entries", "findings", "known", "log", "lots", "submissions", "traces", "waiting")
    found = []
    for name in names:
        module = importlib.import_module(f"ytterby.shell.store.reading.{name}")
        for attribute, value in vars(module).items():
            is_own = inspect.isfunction(value) and value.__module__ == module.__name__
            if is_own and not attribute.startswith("_"):
                found.append((f"{name}.{attribute}", value))
    return found


# They read no rows: the bytes and the checkpoint are handed to them.
WITHOUT_VIEWER = {"entries.unpacked", "entries.opened", "log.signed_checkpoint"}


@pytest.mark.parametrize(("name", "function"), public_functions(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_reading_takes_a_viewer_first(name, function):
    if name in WITHOUT_VIEWER:
        return
    assert next(iter(inspect.signature(function).parameters)) == "viewer"
