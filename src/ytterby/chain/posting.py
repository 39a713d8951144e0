"""Postings: what the book reads, and nothing else is read by anybody further on.

Each accepted event becomes postings (`ytterby.chain.postings`); spreadsheets, forms, the simulated nation and the
vectors make the same ones. Masses of elements are kilograms over the 17 elements in order of Z; amounts are exact
decimals in the base unit (KGM, or H87 for pieces).
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from ytterby.chain.event import DeclaredUse
from ytterby.matter.assay import Assay
from ytterby.matter.mass import ElementMass, MassUncertainty

EXACT = MassUncertainty(random_kg=0.0, groups={}, assumed=False)


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One lot in a posting. `amount` None means all that is there; no `assays` means not assayed by this speaker.

    `net_kg` is the net mass that the assays apply to (pieces by their piece mass), `mass_u` its uncertainty,
    exact for a count. `content` stands where element masses are declared as such (a return, a vector) and not by
    an assay.
    """

    lot: str
    amount: Decimal | None
    unit: str
    net_kg: Decimal | None = None
    mass_u: MassUncertainty = EXACT
    assays: tuple[Assay, ...] = ()
    form: str | None = None
    piece_mass_kg: Decimal | None = None
    grade: str | None = None
    content: ElementMass | None = None


class Posting(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What every posting says: which event of whom, at which site, held and owned by whom, at which instant."""

    digest: bytes
    event_id: str | None
    at: datetime
    site: str
    holder: str
    owner: str
    submitter: str


class Source(Posting, frozen=True, kw_only=True, tag=True):
    """Material enters the accounts: `kind` of its origin class, with country and party where foreign."""

    lines: tuple[Line, ...]
    origin: str  # extraction, foreign, scrap, opening_stock
    country: str = ""
    exporter: str | None = None


class Step(Posting, frozen=True, kw_only=True, tag=True):
    """Inputs become outputs in one process step; `losses` are declared element masses that no output holds."""

    inputs: tuple[Line, ...]
    outputs: tuple[Line, ...]
    run: str | None = None
    process: str | None = None
    uses: tuple[DeclaredUse, ...] = ()


class PoolIn(Posting, frozen=True, kw_only=True, tag=True):
    """Lots are charged to a tank, furnace or other pool."""

    pool: str
    rule: str
    lines: tuple[Line, ...]


class PoolOut(Posting, frozen=True, kw_only=True, tag=True):
    """Lots are drawn from a pool."""

    pool: str
    rule: str
    lines: tuple[Line, ...]
    uses: tuple[DeclaredUse, ...] = ()


class Dispatch(Posting, frozen=True, kw_only=True, tag=True):
    """Lots leave a site for another. `document` is the dispatch advice, else the invoice, else the order."""

    lines: tuple[Line, ...]
    to_site: str | None
    to_holder: str | None
    to_owner: str | None
    document: str | None
    is_departing: bool = False
    containers: tuple[str, ...] = ()
    uses: tuple[DeclaredUse, ...] = ()
    regime: str | None = None
    customs_site: str | None = None
    declaration: str | None = None
    licence: str | None = None
    licence_line: str | None = None
    destination_country: str | None = None
    end_user: str | None = None


class Receipt(Posting, frozen=True, kw_only=True, tag=True):
    """Lots arrive at a site and are taken into its stock."""

    lines: tuple[Line, ...]
    from_site: str | None
    from_holder: str | None
    document: str | None
    containers: tuple[str, ...] = ()
    regime: str | None = None
    origin_country: str | None = None


class Void(Posting, frozen=True, kw_only=True, tag=True):
    """A dispatch did not take place after all (CBV void_shipping): what left is back."""

    lines: tuple[Line, ...]
    document: str | None
    containers: tuple[str, ...] = ()


class Transit(Posting, frozen=True, kw_only=True, tag=True):
    """Goods under way pass a place (arriving, departing in transit); nothing is taken or made."""

    lines: tuple[Line, ...]
    containers: tuple[str, ...] = ()
    regime: str | None = None
    declaration: str | None = None


class Pack(Posting, frozen=True, kw_only=True, tag=True):
    """Lots are packed in a container; no mass moves."""

    container: str
    lines: tuple[Line, ...]
    inner: tuple[str, ...] = ()


class Unpack(Posting, frozen=True, kw_only=True, tag=True):
    """Lots are taken out of a container (all of them when `lines` is empty); no mass moves."""

    container: str
    lines: tuple[Line, ...]
    inner: tuple[str, ...] = ()


class StockTake(Posting, frozen=True, kw_only=True, tag=True):
    """Somebody counted: these lots lie here; `is_complete` says that nothing else does."""

    lines: tuple[Line, ...]
    pool: str | None = None
    rule: str = "proportional"
    is_complete: bool = False


class Loss(Posting, frozen=True, kw_only=True, tag=True):
    """Lots are destroyed or disposed of."""

    lines: tuple[Line, ...]


class TitleTransfer(Posting, frozen=True, kw_only=True, tag=True):
    """Lots change their owner without moving."""

    lines: tuple[Line, ...]
    to_owner: str


class Correction(Posting, frozen=True, kw_only=True, tag=True):
    """An error declaration ended an event: its postings no longer count from the log size at which both were known."""

    target_event_id: str
    reason: str | None
    corrective_event_ids: tuple[str, ...] = ()
