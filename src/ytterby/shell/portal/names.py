"""Names of parties and sites in the reader's language, for answers that say them in one language only."""

from collections.abc import Mapping
from typing import Any

from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.moment import Moment
from ytterby.shell.store.reading.entries import directory
from ytterby.shell.wording import language_of
from ytterby.terms.identifier import tail

# Keys of an answer that hold an identifier, and the key that holds the name for it.
PARTY_KEYS = {"holder": "holder_name", "end_user": "end_user_name"}
SITE_KEYS = {"site": "site_name"}


class Names:
    """The directory as known at a moment, asked for names."""

    def __init__(self, seat: Seat, moment: Moment, language: str) -> None:
        self.directory = directory(seat.viewer, moment.known)
        self.is_chinese = language_of(language) == "zh"

    def name_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of an answer with its parties and sites named in the reader's language."""
        named = dict(row)
        for keys, known in ((PARTY_KEYS, self.directory.parties), (SITE_KEYS, self.directory.sites)):
            for key, name_key in keys.items():
                found = known.get(row.get(key) or "")
                if found is not None and self.is_chinese and found.name_zh:
                    named[name_key] = found.name_zh
        return named

    def name_of(self, identifier: str | None) -> str:
        """Return the name of a party or site in the reader's language, else the end of its identifier."""
        found = self.directory.parties.get(identifier or "") or self.directory.sites.get(identifier or "")
        if found is None:
            return tail(identifier) if identifier else ""
        return found.name_zh if self.is_chinese and found.name_zh else found.name
