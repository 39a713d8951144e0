"""The two days that every question of law takes: the one asked about, and the one whose knowledge is used."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from ytterby.law.book import LawBook
from ytterby.shell.actions.clock import now
from ytterby.shell.portal.law.typed import Wrong

ON, KNOWN_ON = "on", "known_on"
DAY_LENGTH_MAX = 20


class AskedDays(NamedTuple):
    """The two days as they are used, what was typed for them, and what is wrong with that by field."""

    on: date
    known: date
    typed: Mapping[str, str]
    wrong: Mapping[str, list[Wrong]]

    @property
    def query(self) -> dict[str, str]:
        """Return what a link to another page of the same days carries."""
        return {name: text for name, text in self.typed.items() if text and name not in self.wrong}


def asked_days(query: Mapping[str, str], book: LawBook, first: date = date.min) -> AskedDays:
    """Return the days that a query asks for: today and the latest that the packs know, where it says nothing.

    A day before `first` cannot be answered. Where a day is wrong, the default stands in its place.
    """
    used = {ON: now().date(), KNOWN_ON: book.latest_known}
    typed = {name: query.get(name, "").strip() for name in used}
    wrong: dict[str, list[Wrong]] = {}
    for name, text in typed.items():
        found = read_day(text) if text else used[name]
        if found is None:
            wrong[name] = [unread_day(text)]
        elif found < first:
            wrong[name] = [before_first(found, first)]
        else:
            used[name] = found
    return AskedDays(used[ON], used[KNOWN_ON], typed, wrong)


def read_day(text: str) -> date | None:
    """Return a day written as 2026-11-24; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) <= DAY_LENGTH_MAX else None
    except ValueError:
        return None


def unread_day(text: str) -> Wrong:
    """Return that a text is no day."""
    return Wrong(_("“%(text)s” is no day.") % {"text": text}, _("Write it as 2026-11-24."))


def before_first(day: date, first: date) -> Wrong:
    """Return that a day lies before all that is known."""
    said = _("%(day)s lies before all that the packs know.") % {"day": day}
    return Wrong(said, _("Ask about a day from %(first)s on.") % {"first": first})
