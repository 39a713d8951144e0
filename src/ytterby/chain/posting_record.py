"""Postings as they are kept, and what each is about.

The postings of one event are one record: MessagePack of tagged structs, exact decimals as text. A record is derived
and may be thrown away; `DERIVATION` is raised with any change of what is derived, and then all is derived anew.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from ytterby.chain.posting import (
    Correction,
    Dispatch,
    Line,
    Loss,
    Pack,
    PoolIn,
    PoolOut,
    Posting,
    Receipt,
    Source,
    Step,
    StockTake,
    TitleTransfer,
    Transit,
    Unpack,
    Void,
)

# Raise with any change of a derived figure or of the form it is kept in.
DERIVATION = 6

Kept = (
    Source
    | Step
    | PoolIn
    | PoolOut
    | Dispatch
    | Receipt
    | Void
    | Transit
    | Pack
    | Unpack
    | StockTake
    | Loss
    | TitleTransfer
    | Correction
)


class Subjects(NamedTuple):
    """What the postings of an event are about: lots they take or count, lots they make, containers, pools, sites."""

    lots: frozenset[str]
    made: frozenset[str]
    containers: frozenset[str]
    pools: frozenset[str]
    sites: frozenset[str]

    @property
    def threads(self) -> frozenset[str]:
        """Lots, containers and pools: the threads along which one event touches another."""
        return self.lots | self.made | self.containers | self.pools


def _to_plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    raise NotImplementedError(type(value))


def _from_plain(kind: type, value: Any) -> Any:
    if getattr(kind, "__origin__", kind) is np.ndarray:
        return np.frombuffer(value, dtype=np.float64)
    raise NotImplementedError(kind)


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_plain, order="deterministic")
_decoder = msgspec.msgpack.Decoder(tuple[Kept, ...], dec_hook=_from_plain)


def write_postings(postings: Sequence[Posting]) -> bytes:
    """Return the postings of one event as a record."""
    return _encoder.encode(tuple(postings))


def read_postings(record: bytes) -> tuple[Posting, ...]:
    """Return the postings of a record.

    Raises:
        msgspec.ValidationError: it is not one that this version wrote.
    """
    return _decoder.decode(record)


def subjects_of(postings: Iterable[Posting]) -> Subjects:
    """Return what the postings of one event are about."""
    lots: set[str] = set()
    made: set[str] = set()
    containers: set[str] = set()
    pools: set[str] = set()
    sites: set[str] = set()
    for posting in postings:
        sites.add(posting.site)
        lots.update(line.lot for line in lines_of(posting))
        made.update(lots_made(posting))
        match posting:
            case Pack() | Unpack():
                containers.update((posting.container, *posting.inner))
            case Dispatch() | Receipt() | Void() | Transit():
                containers.update(posting.containers)
            case PoolIn() | PoolOut():
                pools.add(posting.pool)
            case StockTake() if posting.pool is not None:
                pools.add(posting.pool)
    return Subjects(frozenset(lots - made), frozenset(made), *map(frozenset, (containers, pools, sites)))


def lines_of(posting: Posting) -> tuple[Line, ...]:
    """Return all lines of a posting, inputs before outputs."""
    if isinstance(posting, Step):
        return posting.inputs + posting.outputs
    lines: tuple[Line, ...] = getattr(posting, "lines", ())
    return lines


def lines_made(posting: Posting) -> tuple[Line, ...]:
    """Return the lines in which a posting makes lots."""
    if isinstance(posting, Source | PoolOut):
        return posting.lines
    return posting.outputs if isinstance(posting, Step) else ()


def lots_made(posting: Posting) -> tuple[str, ...]:
    """Return the lots that a posting makes."""
    return tuple(line.lot for line in lines_made(posting))
