"""What the book must know beside the events: who is who, what products are, and the tables of matter."""

from dataclasses import dataclass

from ytterby.chain.party import Directory
from ytterby.chain.product import ProductList
from ytterby.matter.tables import MatterTables


@dataclass(frozen=True, slots=True)
class World:
    """Directory, registered products and tables, as of one moment of the register."""

    directory: Directory
    products: ProductList
    matter: MatterTables
    # From how many days on a lot that its maker makes again is a question; None: never.
    lot_reuse_days: int | None = None
