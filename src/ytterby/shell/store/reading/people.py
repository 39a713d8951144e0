"""Who an account is to the register now, and its passkeys: by the log, looked up at each request (threat X10).

Who may read: an account its own party and passkeys; the register's operator all. Names of people stand beside the log.
"""

from dataclasses import dataclass
from datetime import date, datetime

from ytterby.shell.site.register import current_register
from ytterby.shell.store.models import Account, Passkey
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.rights import stored_rights


@dataclass(frozen=True, slots=True)
class Person:
    """An account in force: what its person is called, for whom it acts, and what that party reads on the day."""

    account: str
    name: str
    party: str
    viewer: Viewer

    @property
    def is_of_an_office(self) -> bool:
        """Its party is the register's operator or a public body; such people give a second factor."""
        return self.viewer == OPERATOR_VIEWER or bool(self.viewer.mandates)


def person_of(viewer: Viewer, account: str, on: date) -> Person | None:
    """Return who an account is on a day; None where it is not in force, is disabled, or is not the viewer's to read."""
    held = stored_rights(current_register()).accounts().get(account)
    row = Account.objects.filter(id=account, is_disabled=False).first()
    if held is None or row is None or (viewer != OPERATOR_VIEWER and viewer.party != held.party):
        return None
    return Person(account, row.name, held.party, viewer_of(viewer, held.party, on))


SHORTEST = 8


def account_called(viewer: Viewer, text: str) -> str | None:
    """Return the one account in force that a text means: its identifier, the beginning of it, or its person's name."""
    accounts = stored_rights(current_register()).accounts()
    if viewer != OPERATOR_VIEWER:
        return None
    if text in accounts:
        return text
    named = set(Account.objects.filter(name=text).values_list("id", flat=True)) & set(accounts)
    begun = {one for one in accounts if len(text) >= SHORTEST and one.startswith(text)}
    found = named | begun
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey as it is listed; `number` names its record in the log."""

    id: str
    account: str
    number: str
    name: str
    state: str
    origin: str
    used_at: datetime | None
    confirmed_by: str


def list_passkeys(viewer: Viewer, account: str = "") -> list[PasskeyRow]:
    """Return the passkeys of an account, or those of all accounts that a viewer may read, in order of the log."""
    rows = {row.credential: row for row in Passkey.objects.all()}
    return [
        PasskeyRow(
            id=one.id,
            account=one.account,
            number=one.digest,
            name=rows[one.id].name if one.id in rows else "",
            state=one.state,
            origin=one.origin,
            used_at=rows[one.id].used_at if one.id in rows else None,
            confirmed_by=one.confirmed_by,
        )
        for one in stored_rights(current_register()).passkeys()
        if (not account or one.account == account) and viewer.party in {one.party, OPERATOR_VIEWER.party}
    ]
