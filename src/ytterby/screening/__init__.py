"""Who may not have it: names of parties against lists of the listed.

What this room knows. How a name is read (`folding`, by `name_tables`, `romanisation`, `sound`), how rare its words are
(`rarity`), who has names like it (`name_index`, `postings`), which words stand for which (`alignment`), what that comes
to (`score`, `screener`) and why (`trace`), and from which score on it is an alert (`scoring_rules`); a party as a whole
(`party_screening`), lists by what changed (`rescreening`), how well it goes (`evaluation`).
An *entry* of a list (`entry`): names, identifiers and what else a list says of one person, firm,
vessel or aircraft; a *snapshot* is all entries of one list as one file gave them, known by a digest.

What it never does. It reads no file and no clock; lists, thresholds and rules are handed in as data with their dates.
It never clears by what contradicts: country, date and address move a hit in the queue and never out of it.

Terms. *List*: what one authority publishes or one operator keeps. *Entry*: one that is listed. *Snapshot*: a list as
one file gave it.

Sources: ISO 17442, GB 32100-2015 and IMO A.1117(30) for identifiers; tables of names with theirs in
`name_tables.yaml`. Start reading at `screener`.

Invariants, each held by a test. Folding what is folded changes nothing; case, width, accents and legal forms do not
count. A name scores highest against itself. The order of entries changes no score; equal inputs give equal bytes; one
entry more changes no other's score except by the rarity that is given.
Equal entries have equal digests, whatever the order of their names and facts.
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
