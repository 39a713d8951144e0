"""A demo that is served while a change of law waits: until a register can hold a proposal, it is handed in here.

Run as `python -m pending_law` with the arguments of `ytterby`.
"""

import copy
import os
import sys
from datetime import date
from typing import Any

import django

SUSPENDED, FREED = "suspended", "wider"


def pending() -> list[Any]:
    """Return two changes: a rule that is suspended for some months, and another limit."""
    from ytterby.law.book import make_book
    from ytterby.law.pack_reader import read_pack
    from ytterby.shell.site.law_packs import packaged_packs
    from ytterby.shell.store.reading.impact import Pending

    found = []
    for name, title, change in ((SUSPENDED, "CN-18 suspended", _suspend), (FREED, "CN-18 from 3 wt% on", _widen)):
        content: dict[str, Any] = copy.deepcopy(dict(next(p for p in packaged_packs() if p.id == "cn-18").content))
        change(content)
        pack, problems = read_pack(content)
        assert pack is not None, problems
        book, problems = make_book([*packaged_packs(), pack])
        assert not problems
        found.append(Pending(name, title, book, date(2026, 12, 1)))
    return found


def _suspend(content: dict[str, Any]) -> None:
    trust = {"source": "a proposal", "confidence": "read"}
    rule = next(one for one in content["rules"] if one["id"] == "CN-18")
    rule["suspended"] = [{"from": "2030-12-01", "to": "2031-03-31", **trust}]


def _widen(content: dict[str, Any]) -> None:
    content["parameters"]["heavy-trace"]["value"] = "3"


def hand_in() -> None:
    """Let these changes wait in this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
    django.setup()
    from ytterby.shell.store.reading import impact

    impact.pending_changes = lambda viewer, known, at=None: pending()


# A worker that serves is another process, which begins by importing this module under a name of its own.
if __name__ in {"__main__", "__mp_main__"}:
    hand_in()
if __name__ == "__main__":
    from ytterby.shell.cli import main

    sys.exit(main(sys.argv[1:]))
