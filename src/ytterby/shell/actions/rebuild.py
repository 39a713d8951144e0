"""Rebuild: write all that is derived a second time from the submitted bytes, compare, and let it take over.

Captures go on meanwhile. A rebuild that was killed is taken up where it was. After an upgrade of the software that
raised the derivation it is what brings the register up to date, and it says what changed. Who may: the register's
operator.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from ytterby.chain.excerpt import CellMissing
from ytterby.chain.posting_record import DERIVATION
from ytterby.shell.site.alone import alone
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.rebuilding import (
    Changes,
    begin_edition,
    catch_up,
    compare_editions,
    derive_edition,
    drop_retired,
    post_events,
    swap,
)
from ytterby.shell.store.models import Edition, LogHead

TRIES = 5
LOCK = ".rebuilding"

# What is going on, and how much is done of how much.
Told = Callable[[str, int, int], None]
POSTING, COMPARING, SWAPPING, DROPPING = "posting", "comparing", "swapping", "dropping"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to. `changes` is None where the old rows could not be compared: they were not whole.

    `compared_at` is the log size at which both editions were compared, 0 where nothing was derived before;
    `was_outdated` tells that the derivation was raised.
    """

    edition: int
    size: int
    derived_digest: str
    changes: Changes | None
    compared_at: int
    was_outdated: bool

    @property
    def is_sound(self) -> bool:
        """The live rows were what the log says, or they were of an older derivation."""
        return self.was_outdated or (
            self.changes is not None and not self.changes.lot_count and not self.changes.event_count
        )


def rebuild(register: Register, *, anew: bool = False, tell: Told = lambda what, done, of: None) -> Rebuilt:
    """Write a second edition and let it take over; `anew` leaves aside what an earlier try wrote.

    Raises:
        NotAlone: another process rebuilds this register.
    """
    with alone(register.data / LOCK, is_waiting=False):
        return _rebuild(anew=anew, tell=tell)


def _rebuild(*, anew: bool, tell: Told) -> Rebuilt:
    drop_retired()
    live = Edition.objects.filter(is_live=True).first()
    was_outdated = live is not None and live.derivation != DERIVATION
    edition = begin_edition(anew=anew).number

    def progress(done: int, of: int) -> None:
        tell(POSTING, done, of)

    if live is None:
        # Somebody took it away: there is nothing to compare with.
        catch_up(edition, progress)
        changes, compared_at = None, 0
    elif was_outdated:
        # The old rows stand still: both are compared where they stand.
        post_events(edition, live.derived_to, progress)
        derive_edition(edition, live.derived_to, progress)
        tell(COMPARING, 0, 0)
        changes, compared_at = compare_editions(edition, live.number, live.derived_to), live.derived_to
        catch_up(edition, progress)
    elif not live.derived_to:
        # Nothing was derived yet, as after a load in bulk: there is nothing to compare, and one pass is faster.
        catch_up(edition, progress)
        changes, compared_at = Changes(0, 0, ()), 0
    else:
        changes, compared_at = _compare_live(edition, live.number, progress, tell)
    tell(SWAPPING, 0, 0)
    swap(edition)
    drop_retired(lambda done, of: tell(DROPPING, done, of))
    size = derive_to(LogHead.objects.get(id=1).size)
    return Rebuilt(edition, size, derived_digest(edition), changes, compared_at, was_outdated)


def _compare_live(
    edition: int, live: int, progress: Callable[[int, int], None], tell: Told
) -> tuple[Changes | None, int]:
    """Bring both editions to one log size and compare them; again while captures move the live one on."""
    size = 0
    for _ in range(TRIES):
        size = catch_up(edition, progress)
        try:
            derive_to(size, live)
        except (CellMissing, ValueError, zlib.error):
            # What is to be put right cannot be read: there is nothing to compare.
            return None, size
        tell(COMPARING, 0, 0)
        changes = compare_editions(edition, live, size)
        if changes is not None:
            return changes, size
    return None, size
