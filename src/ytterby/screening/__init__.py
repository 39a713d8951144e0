"""Who may not have it: names of parties against lists of the listed.

What this room knows. An *entry* of a list (`entry`): names, identifiers and what else a list says of one person, firm,
vessel or aircraft; a *snapshot* is all entries of one list as one file gave them, known by a digest.

What it never does. It reads no file and no clock; lists, thresholds and rules are handed in as data with their dates.
It never clears by what contradicts: country, date and address move a hit in the queue and never out of it.

What the files of lists look like is a package of its own (`lists`); what changed between snapshots, where they stand
and who vanished are functions of records (`list_diff`, `list_state`), by dated rules (`list_rule`, `list_rules.yaml`).

Terms. *List*: what one authority publishes or one operator keeps. *Entry*: one that is listed. *Snapshot*: a list as
one file gave it. *Held*: waiting for a person's release. *Vanished*: gone from the file, and screened still.

Invariants, each held by a test. Equal entries have equal digests, whatever the order of their names and facts.
Whoever was in force is screened until a person names the act by which it was taken off.
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
