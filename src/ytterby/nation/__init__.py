"""A country to try the register on: plants, laboratories, months, honest and dishonest.

What this room knows. Who there is (`plan`), what truly moves (`month`), what is declared of it (`declared`), what is
diverted and how that is hidden (`diversion`), what is mistyped or late (`mistake`); and how all that is told: as the
EPCIS documents of each party in the order in which they arrive (`documents`), as arrays for statistics (`arrays`), as
the truth beside both (`truth`). The tables (kinds, routes, forms, uses) are data and are handed in as text (`tables`).

What it never does. It reads no file, no clock and no randomness but its seed; nothing in the register imports it but
commands and benchmarks. Names and numbers are made up; they mean nobody.

Terms. *Plant as tank*: what a plant receives is charged to its pool, what leaves is drawn from it, the pool is counted
on the last day of each month. *Link*: from a plant to another for one form of goods. *Bearer*: the plant whose books
must bear a diversion. *Epoch*: how long a laboratory's bias stays the same.

Invariants. Equal scenarios give equal bytes. True masses are whole milligrams, and each plant's month balances
exactly, diversions included. Errors are drawn from streams of (seed, purpose, month) for the whole nation at once: a
diversion changes what its definition says and no other figure. Arrays and documents carry the same figures.

What is imported here makes a country and tells it; `arrays`, which needs the balances and scipy, is imported from its
own module.

Sources. The measurement model of `ytterby.matter.mass` (GUM, JCGM 100:2008); proportions and standard deviations from
the project's accountancy, 2.3. GS1 EPCIS 2.0 for the documents.
"""

from ytterby.nation.declared import Declared, Figures, declared_months
from ytterby.nation.directory import directory_yaml
from ytterby.nation.diversion import Diversion, NoPlace, place_diversions
from ytterby.nation.documents import Document, reported_months
from ytterby.nation.month import true_months
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import DIVERSIONS, DiversionOrder, Scenario
from ytterby.nation.tables import NationTables, read_nation_tables
from ytterby.nation.truth import TruthLog

__all__ = [
    "DIVERSIONS",
    "Declared",
    "Diversion",
    "DiversionOrder",
    "Document",
    "Figures",
    "NationTables",
    "NoPlace",
    "Plan",
    "Scenario",
    "TruthLog",
    "declared_months",
    "directory_yaml",
    "make_plan",
    "place_diversions",
    "read_nation_tables",
    "reported_months",
    "true_months",
]
