"""Rows of the store are asked for in the store and in actions, and nowhere else; every reading takes a viewer first."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from django.apps import apps

import ytterby.shell.store.reading as reading
from ytterby.shell.store.models import EventRecord

SHELL = Path(reading.__file__).parents[2]
# `site` opens the register and looks whose database it is.
ALLOWED = ("store", "actions", "site")
STORE = "ytterby.shell.store"
# What a query set is made with, whatever it is called.
MANAGERS = {
    *("objects", "_default_manager", "_base_manager", "eventrecord_set", "visible_set"),
    *("caseeventrow_set", "caseparty_set", "approvalrow_set", "reservedlot_set", "precedentkey_set"),
    "licenceentryrow_set",
}


def models() -> set[str]:
    """Return the names of all tables, as Django knows them: a new one needs no word here."""
    return {model.__name__ for model in apps.get_app_config("store").get_models()}


def outside() -> list[Path]:
    """Return the modules of the shell that may not ask for rows."""
    return [p for p in SHELL.rglob("*.py") if p.relative_to(SHELL).parts[0] not in ALLOWED]


def questions(text: str) -> list[int]:
    """Return the lines of a module that ask the store for rows, or take what could."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            takes_models = any(alias.name in models() for alias in node.names)
            is_beside = module.startswith("ytterby.shell.store") and not module.startswith(
                "ytterby.shell.store.reading"
            )
            takes_apps = module == "django.apps" and any(alias.name == "apps" for alias in node.names)
            is_database = module.startswith("django.db") or takes_apps
            if takes_models or is_beside or is_database:
                found.append(node.lineno)
        elif isinstance(node, ast.Import):
            names = (STORE, "django.db", "django.apps", "sqlite3", "psycopg")
            found += [node.lineno for alias in node.names if alias.name.startswith(names)]
        elif isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            found.append(node.lineno)
    return found


def test_no_door_asks_for_rows():
    guilty = [f"{p}:{line}" for p in outside() for line in questions(p.read_text(encoding="utf-8"))]
    assert not guilty, f"read through store/reading, which takes a viewer: {guilty}"
    assert len(outside()) > 20


@pytest.mark.parametrize(
    "text",
    [
        *(f"from ytterby.shell.store.models import {name}" for name in sorted(models())),
        *(f"from ytterby.shell.store.reading.log import {name}" for name in sorted(models())),
        "from ytterby.shell.store.derived.postings import counting",
        "from ytterby.shell.store import models",
        "from ytterby.shell.store.rights import stored_rights",
        "import ytterby.shell.store.models",
        "from django.db import connection",
        "from django.apps import apps",
        "import sqlite3",
        "rows = thing.objects.all()",
        "rows = submission.eventrecord_set.all()",
    ],
)
def test_each_way_to_ask_is_noticed(text):
    assert questions(text) == [1]


def test_every_way_back_from_a_row_is_among_the_managers():
    """A row leads to others by names that Django makes."""
    for model in apps.get_app_config("store").get_models():
        names = {field.get_accessor_name() for field in model._meta.related_objects}
        assert names <= MANAGERS | {"touch_set", "lotcell_set", "eventcell_set"}, model
    assert {"submission", "compartment"} <= {field.name for field in EventRecord._meta.get_fields()}


def reading_modules() -> list[str]:
    """Return every module of store/reading, as found and not as listed."""
    return [f"{reading.__name__}.{module.name}" for module in pkgutil.iter_modules(reading.__path__)]


def public_functions() -> list[tuple[str, object]]:
    """Return the functions that doors may call to read."""
    found = []
    for name in reading_modules():
        module = importlib.import_module(name)
        for attribute, value in vars(module).items():
            is_own = inspect.isfunction(value) and value.__module__ == module.__name__
            if is_own and not attribute.startswith("_"):
                found.append((f"{name.rpartition('.')[2]}.{attribute}", value))
    return found


# They read no rows: bytes, a checkpoint, a book that was made for a viewer, or a word is handed to them.
WITHOUT_VIEWER = {
    "log.signed_checkpoint",
    "accounts.zone_of",
    "licence_list.status_on",
    *(
        f"naming.{name}"
        for name in ("party_name", "site_name", "site_in", "name_in", "exact", "figure", "instant", "parcel")
    ),
}


@pytest.mark.parametrize(("name", "function"), public_functions(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_reading_takes_a_viewer_first(name, function):
    parameters = list(inspect.signature(function).parameters.values())
    if name in WITHOUT_VIEWER:
        assert all(parameter.name != "viewer" for parameter in parameters)
        assert ".objects" not in inspect.getsource(function)
        return
    assert parameters[0].name == "viewer"
    assert parameters[0].default is inspect.Parameter.empty


def test_what_is_excused_is_there():
    assert {name for name, _ in public_functions()} > WITHOUT_VIEWER
    assert len(reading_modules()) > 10
