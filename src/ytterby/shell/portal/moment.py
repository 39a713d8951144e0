"""As of which log size a page is asked: `?known_at=N`, rounded down to the end of a submission."""

from typing import NamedTuple

from django.http import HttpRequest

from ytterby.shell.portal.audience import Seat
from ytterby.shell.store.reading.beside import Run, Work, latest_done, run_of
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.waiting import derived_soon

PARAMETER = "known_at"
DIGITS_MAX = 15
# What a reader waits for without being told; a page then stands at what is derived, and says so.
PATIENCE_SECONDS = 2.0


class Moment(NamedTuple):
    """The log size a page stands at. `asked` is what the address said; empty at the head of the log.

    `behind` counts entries that are still being derived, which the page does not show yet.
    """

    known: Known
    asked: str
    is_misread: bool
    behind: int = 0

    @property
    def is_past(self) -> bool:
        """The address asks for a log size, so the page says so and every link keeps it."""
        return bool(self.asked) and not self.is_misread

    @property
    def is_rounded(self) -> bool:
        """The answer stands at an earlier log size than the one asked for."""
        return self.is_past and not self.behind and int(self.asked) != self.known.size


class InWorkError(Exception):
    """What a page needs is being worked out for the first time; `moment` is where it will stand."""

    def __init__(self, run: Run, moment: Moment) -> None:
        super().__init__(f"{run.done} of {run.of}")
        self.run, self.moment = run, moment


def moment_of(request: HttpRequest, seat: Seat, needs: Work | None = None) -> Moment:
    """Return the moment of a request; a size that cannot be read is said, and the head of the log shown.

    A page that `needs` what takes long stands at the last log size for which that is done, while it is done for the
    head; where the address asks for a log size it is that one.

    Raises:
        InWorkError: it was not done before for that size, or for none.
    """
    moment = _moment(request, seat)
    run = None if needs is None else run_of(seat.viewer, needs, moment.known)
    if needs is None or run is None:
        return moment
    done = None if moment.is_past else latest_done(seat.viewer, needs)
    if done is None:
        raise InWorkError(run, moment)
    return moment._replace(known=done, behind=moment.behind + moment.known.size - done.size)


def _moment(request: HttpRequest, seat: Seat) -> Moment:
    asked = request.GET.get(PARAMETER, "").strip()
    is_misread = bool(asked) and not (asked.isascii() and asked.isdigit() and len(asked) <= DIGITS_MAX)
    known = known_at(seat.viewer, int(asked) if asked and not is_misread else None)
    derived = derived_soon(seat.viewer, known, patience_seconds=PATIENCE_SECONDS)
    return Moment(derived, asked, is_misread, behind=known.size - derived.size)


def query_of(request: HttpRequest) -> dict[str, str]:
    """Return what the address of a page asks for, without the log size, which every link keeps by itself."""
    return {key: value for key, value in request.GET.dict().items() if key != PARAMETER and value}
