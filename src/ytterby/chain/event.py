"""One event of the chain, as read and checked: EPCIS 2.0 with the rare-earth profile.

The door (`ytterby.chain.door`) makes these from the bytes that a party submitted; spreadsheets and forms are
first written as EPCIS and come the same way. Identifiers are canonical (GS1 Digital Link under
https://id.gs1.org/, or as minted), quantities stand in the base unit of their dimension (KGM for mass, H87 for
pieces) as exact decimals beside the text that was declared, instants are UTC.

Source: GS1 EPCIS Standard 2.0 (2022), sections 7.3 and 7.4; GS1 CBV 2.0; extensions under
https://w3id.org/ytterby/ree/.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from ytterby.matter.assay import Assay

KILOGRAM = "KGM"
PIECE = "H87"


class Goods(msgspec.Struct, frozen=True):
    """A quantity of one lot, or one instance (quantity 1, unit H87).

    `amount` is None when the event names the lot without saying how much of it.
    """

    lot: str
    amount: Decimal | None
    unit: str
    declared: str = ""
    declared_unit: str = ""

    @property
    def is_mass(self) -> bool:
        """The amount is in kilograms, not pieces."""
        return self.unit == KILOGRAM


class Weighing(msgspec.Struct, frozen=True):
    """A Mass report of the event's sensors: kilograms, standard deviation in kilograms, and the scale."""

    value_kg: Decimal
    s_dev_kg: Decimal | None = None
    device: str | None = None


class LotData(msgspec.Struct, frozen=True):
    """What the event says of a lot that it makes (ILMD): form, assay, masses; `lot` None means every output."""

    lot: str | None = None
    form: str | None = None
    assays: tuple[Assay, ...] = ()
    reo_percent: Decimal | None = None
    piece_mass_gram: Decimal | None = None
    net_mass_kg: Decimal | None = None
    grade: str | None = None
    origin_country: str | None = None
    deposit: str | None = None
    recycled_percent: Decimal | None = None
    magnet_pieces_per_unit: Decimal | None = None
    magnet_mass_gram_per_unit: Decimal | None = None


class DeclaredUse(msgspec.Struct, frozen=True, array_like=True):
    """A share of a shipment and what it is for (`ree:use`); shares of one shipment sum to at most 1."""

    share: Decimal
    use_code: str
    end_user: str | None = None
    product: str | None = None
    model: str | None = None
    country: str | None = None
    basis: str | None = None
    text: str | None = None


class ErrorDeclaration(msgspec.Struct, frozen=True):
    """That an earlier event of the same eventID was wrong (EPCIS 2.0, 7.4.1.2)."""

    at: datetime
    reason: str | None
    corrective_event_ids: tuple[str, ...] = ()


class Event(msgspec.Struct, frozen=True):
    """One event of five types.

    `biz_step` and `disposition` are CBV words (`shipping`) or absolute URIs; `sources`, `destinations` and
    `transactions` are pairs (CBV word or URI, identifier). `original` is the digest that this event would have
    without its error declaration: an error declaration equals its original in all else.
    """

    kind: str  # ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent
    digest: bytes
    at: datetime
    offset: str
    event_id: str | None = None
    action: str | None = None
    biz_step: str | None = None
    disposition: str | None = None
    read_point: str | None = None
    biz_location: str | None = None
    epcs: tuple[str, ...] = ()
    quantities: tuple[Goods, ...] = ()
    parent: str | None = None
    child_epcs: tuple[str, ...] = ()
    child_quantities: tuple[Goods, ...] = ()
    input_epcs: tuple[str, ...] = ()
    input_quantities: tuple[Goods, ...] = ()
    output_epcs: tuple[str, ...] = ()
    output_quantities: tuple[Goods, ...] = ()
    run: str | None = None  # transformationID
    transactions: tuple[tuple[str, str], ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    destinations: tuple[tuple[str, str], ...] = ()
    weighings: tuple[Weighing, ...] = ()
    lot_data: tuple[LotData, ...] = ()
    uses: tuple[DeclaredUse, ...] = ()
    error: ErrorDeclaration | None = None
    original: bytes | None = None
    pool: str | None = None
    pool_rule: str | None = None
    process: str | None = None
    purpose: str | None = None
    regime: str | None = None
    declaration: str | None = None
    licence: str | None = None
    licence_line: str | None = None
    control_code: str | None = None
    end_user: str | None = None
    end_use: str | None = None
    destination_country: str | None = None
    net_mass_kg: Decimal | None = None
    is_complete: bool = False  # persistentDisposition sets completeness_verified

    def transaction(self, *kinds: str) -> str | None:
        """Return the identifier of the first business transaction of these types, tried in this order."""
        for kind in kinds:
            for have, identifier in self.transactions:
                if have == kind:
                    return identifier
        return None

    def source(self, kind: str) -> str | None:
        """Return the source of this type (`owning_party`, `possessing_party`, `location`)."""
        return next((identifier for have, identifier in self.sources if have == kind), None)

    def destination(self, kind: str) -> str | None:
        """Return the destination of this type."""
        return next((identifier for have, identifier in self.destinations if have == kind), None)


class Entry(msgspec.Struct, frozen=True):
    """An accepted event with who submitted it and its number in the log."""

    event: Event
    submitter: str
    index: int
