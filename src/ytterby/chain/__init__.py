"""Who did what with it: events become postings, postings become the book, the book answers.

What this room knows. EPCIS 2.0 events with the rare-earth profile (`door`), which of the book's moves each stands
for (`postings`), in which order they are read (`order`), the graph of parcels, steps, pools and shipments that they
make (`book`, `ledger`, `moves`, `shipment`, `tank`, `row_rule`), and what the graph says of a lot: where it came
from (`origin`), where it went and for what use (`destination`), through whom (`trace`), in which countries stages of
its making lay (`genealogy`), with bounds over all allocations of a pool (`bounds`), what the other side of a delivery
said (`mirror`), and as which goods the law sees a lot or product (`lot_goods`).

What it never does. No input or output, no clock, no database. It refuses only what a document itself shows to be
unintelligible or what its speaker may not say; a physical fact is never refused because it breaks a limit, it is
recorded and the breach is a finding.

Terms. *Posting*: one move of the book. *Parcel*: (lot or serial, holder, the posting that made it); a lot is the set
of its parcels. *Step*: inputs become outputs; `fraction` stands on the edge into it, `share` by element on the edge
out of it. *Book order*: instant in UTC, then maker before user, then event digest.

Invariants. The book is a function of the set of accepted events and the world (directory, products, tables).
Sources + gains = destinations for each element. The origins of a parcel sum to its measured mass. Nothing descends
from what came later.

Which event is which posting (business step x event type; `postings.POSTINGS` is the same as a table of functions):

    commissioning, creating_class_instance   ObjectEvent ADD         Source
    any                                      TransformationEvent     Step; with ree:pool or one side: PoolIn, PoolOut
    shipping, departing                      ObjectEvent OBSERVE     Dispatch (a departing after a shipping: one)
    receiving                                ObjectEvent OBSERVE     Receipt
    arriving                                 ObjectEvent OBSERVE     Transit (the place changes, nothing else)
    shipping, departing at a customs place   ObjectEvent OBSERVE     Transit, where no site is named that they come from
    void_shipping                            ObjectEvent OBSERVE     Void (ends the Dispatch)
    stock_taking, cycle_counting             ObjectEvent OBSERVE     StockTake
    destroying                               ObjectEvent DELETE      Loss
    accepting                                ObjectEvent OBSERVE     TitleTransfer
    any                                      TransactionEvent ADD    TitleTransfer where the owning parties differ
    packing, loading                         AggregationEvent ADD    Pack
    unpacking, unloading                     AggregationEvent DELETE Unpack
    any                                      AssociationEvent        Pack, Unpack
    any, with errorDeclaration               any                     Correction

A combination that is not here is stored, has no effect and is answered with `event.no_effect_on_the_book`.

Sources. GS1 EPCIS Standard 2.0 and Core Business Vocabulary 2.0 (2022); ISO 22095:2020 for the pool rules; the
Leontief form O = (I - Phi)^-1 source for attribution.
"""

from ytterby.chain.book import Book, build_book, build_from_bundles
from ytterby.chain.correction_check import OwnOriginal, OwnSubmissions, check_against_own
from ytterby.chain.destination import LotDestination, destination_of_lot
from ytterby.chain.door import DoorTables, ReadDocument, ReadEvent, read_document, read_event
from ytterby.chain.event import Entry, Event
from ytterby.chain.mirror import Pair, pair_halves
from ytterby.chain.origin import ElementOrigin, origin_of_lot
from ytterby.chain.party import Directory, Mandate, Operation, Party, Site, make_directory
from ytterby.chain.postings import POSTINGS, postings_of
from ytterby.chain.product import Product, ProductList, make_product_list
from ytterby.chain.speaker import check_speaker
from ytterby.chain.trace import LotTrace, trace_lot
from ytterby.chain.world import World

__all__ = [
    "POSTINGS",
    "Book",
    "Directory",
    "DoorTables",
    "ElementOrigin",
    "Entry",
    "Event",
    "LotDestination",
    "LotTrace",
    "Mandate",
    "Operation",
    "OwnOriginal",
    "OwnSubmissions",
    "Pair",
    "Party",
    "Product",
    "ProductList",
    "ReadDocument",
    "ReadEvent",
    "Site",
    "World",
    "build_book",
    "build_from_bundles",
    "check_against_own",
    "check_speaker",
    "destination_of_lot",
    "make_directory",
    "make_product_list",
    "origin_of_lot",
    "pair_halves",
    "postings_of",
    "read_document",
    "read_event",
    "trace_lot",
]
