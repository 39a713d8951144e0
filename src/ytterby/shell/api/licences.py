"""Licences: what is left of them, what is entered on them, and changes of where they stand.

Who may say what about a licence is judged where it is entered (threat Q4): its holder reserves, customs of the country
at its own place draws and confirms exits, the office links and changes the status, by two people where its table asks
so.
An exit that has happened is recorded whatever the licence says. The same entry again is answered as the first time.
"""

from decimal import Decimal
from typing import Any

import msgspec

from ytterby.licence.draw_down import Entry, Kind
from ytterby.shell.actions.change_licence import LicenceChange, change_licence, confirm_change
from ytterby.shell.actions.draw_down import Asked as Wanted
from ytterby.shell.actions.draw_down import enter_draw_down
from ytterby.shell.api.asked import Asked, NotThere, Told, entered
from ytterby.shell.store.reading.licence_list import list_licences
from ytterby.shell.store.reading.licences import show_licence
from ytterby.terms.problem import refuse
from ytterby.terms.quantity import plain_decimal

Json = dict[str, Any]


class NewEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry on a line of a licence. `quantity` is a plain decimal; `declaration_line` and `seq` tell it apart from
    others under the declaration; `site` and `owner` are the customs place and whose goods they are; `links` is the
    record of an exit that came before the licence.
    """

    line: str
    kind: Kind
    declaration: str
    seq: int
    on: str
    quantity: str = "0"
    unit: str = ""
    declaration_line: int = 1
    site: str = ""
    owner: str = ""
    text: str = ""
    links: int | None = None


class ListLicences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which licences: with such a part in their number, that stand so; `after` is `next` of the page before."""

    number: str = ""
    status: str | None = None
    after: str = ""
    limit: int = 50


class StatusChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command on a licence with its coded reason; or `confirms`, the number of what another person proposed."""

    command: str = ""
    reason: str = ""
    text: str = ""
    confirms: int | None = None


def listed(asked: Asked) -> Told:
    """Return a page of the licences that whoever asks may read."""
    return Told(list_licences(asked.me.viewer, known=asked.known, on=asked.today, wanted=asked.query))


def shown(asked: Asked) -> Told:
    """Return a licence in the fields of its reader."""
    return Told(_shown(asked))


def _shown(asked: Asked) -> Json:
    try:
        return show_licence(asked.me.viewer, asked.parts["licence"], known=asked.known, on=asked.today)
    except KeyError:
        raise NotThere from None


def enter(asked: Asked) -> Told:
    """Enter something on a licence."""
    one: NewEntry = asked.body
    quantity = plain_decimal(one.quantity)
    if quantity is None:
        return entered(asked, {}, [refuse("api.quantity", "/quantity", one.quantity)], asked.known.size)
    entry = Entry(one.kind, one.declaration, one.seq, one.on, Decimal(quantity), one.unit, one.declaration_line)
    wanted = Wanted(asked.parts["licence"], one.line, entry, one.site, one.owner, one.text, one.links)
    done = enter_draw_down(asked.register, wanted, asked.me.speaker, at=asked.at)
    body = {
        "code": done.code,
        "verdict": done.verdict or None,
        "reason": done.reason or None,
        "drawn": done.drawn,
        "unlicensed": done.unlicensed,
        "unit": done.unit,
        "record": done.index,
    }
    return entered(asked, body, done.problems, done.size)


def change_status(asked: Asked) -> Told:
    """Propose, confirm or give a command on a licence."""
    one: StatusChange = asked.body
    number, speaker = asked.parts["licence"], asked.me.speaker
    if one.confirms is not None:
        if one.command or one.reason or one.text:
            return entered(asked, {}, [refuse("api.confirms_alone", "/confirms", one.confirms)], asked.known.size)
        return _changed(asked, confirm_change(asked.register, number, one.confirms, speaker, at=asked.at))
    change = change_licence(asked.register, number, one.command, speaker, reason=one.reason, text=one.text, at=asked.at)
    return _changed(asked, change)


def _changed(asked: Asked, change: LicenceChange) -> Told:
    body = {"state": change.state, "proposal": change.proposal, "status": change.status}
    return entered(asked, body, change.problems, change.size)
