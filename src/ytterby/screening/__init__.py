"""Who may not have it: names of parties against lists of the listed.

What this room knows. An *entry* of a list (`entry`): names, identifiers and what else a list says of one person, firm,
vessel or aircraft; a *snapshot* is all entries of one list as one file gave them, known by a digest.

*Ownership* (`ownership`, `ownership_rule`, `ownership_verdict`): who is owned by listed parties, by fixpoints of direct
stakes under dated rules. *Red flags* of end use (`flag*`, `flags`): dated data, a formula each, from facts that the
shell hands in.

What it never does. It reads no file and no clock; lists, thresholds and rules are handed in as data with their dates.
It never clears by what contradicts: country, date and address move a hit in the queue and never out of it.

Terms. *List*: what one authority publishes or one operator keeps. *Entry*: one that is listed. *Snapshot*: a list as
one file gave it.

Invariants, each held by a test. Equal entries have equal digests, whatever the order of their names and facts.
"""

from ytterby.screening.entry import (
    EntrySchema,
    ListedEntry,
    ListedName,
    NameKind,
    Snapshot,
    entry_digest,
    snapshot_digest,
)

__all__ = [
    "EntrySchema",
    "ListedEntry",
    "ListedName",
    "NameKind",
    "Snapshot",
    "entry_digest",
    "snapshot_digest",
]
