"""One delivery as both sides told it."""

from datetime import datetime
from typing import NamedTuple

from ytterby.chain.node import Node
from ytterby.chain.posting import Line


class Half(NamedTuple):
    """One speaker's side: the line as declared, when, by which event."""

    line: Line
    at: datetime
    digest: bytes
    event_id: str | None


class Pair(NamedTuple):
    """A delivery of one lot. `sent` is None when only the receiver spoke; `is_implied` when the goods were used and
    never reported as received. `sent_lots` are the lots whose lines `sent` sums, where one side speaks by month.
    """

    lot: str
    document: str | None
    from_site: str
    from_holder: str
    to_site: str
    to_holder: str
    sent: Half | None
    received: tuple[Half, ...]
    is_implied: bool
    node: Node | None
    sent_lots: tuple[Half, ...] = ()

    @property
    def sent_parts(self) -> tuple[Half, ...]:
        """The lines of the shipper, each as he declared it."""
        return self.sent_lots or (() if self.sent is None else (self.sent,))
