"""As of which log size a page is asked: `?known_at=N`, rounded down to the end of a submission."""

from typing import NamedTuple

from django.http import HttpRequest

from ytterby.shell.portal.audience import Seat
from ytterby.shell.store.reading.known import Known, known_at

PARAMETER = "known_at"
DIGITS_MAX = 15


class Moment(NamedTuple):
    """The log size a page stands at. `asked` is what the address said; empty at the head of the log."""

    known: Known
    asked: str
    is_misread: bool

    @property
    def is_past(self) -> bool:
        """The address asks for a log size, so the page says so and every link keeps it."""
        return bool(self.asked) and not self.is_misread

    @property
    def is_rounded(self) -> bool:
        """The answer stands at an earlier log size than the one asked for."""
        return self.is_past and int(self.asked) != self.known.size


def moment_of(request: HttpRequest, seat: Seat) -> Moment:
    """Return the moment of a request; a size that cannot be read is said, and the head of the log shown."""
    asked = request.GET.get(PARAMETER, "").strip()
    if not asked:
        return Moment(known_at(seat.viewer, None), "", is_misread=False)
    if not (asked.isascii() and asked.isdigit() and len(asked) <= DIGITS_MAX):
        return Moment(known_at(seat.viewer, None), asked, is_misread=True)
    return Moment(known_at(seat.viewer, int(asked)), asked, is_misread=False)
