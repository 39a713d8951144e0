"""Who may not have it: names of parties against lists of the listed.

What this room knows. *Names*: how one is read (`folding`, by `name_tables`, `romanisation`, `sound`), how rare its
words are (`rarity`), who has names like it (`name_index`, `postings`), which words stand for which (`alignment`),
what that comes to (`score`, `screener`) and why (`trace`), from which score on it is an alert (`scoring_rules`); a
party as a whole (`party_screening`), lists by what changed (`rescreening`), how well it goes (`evaluation`). *Lists*:
an *entry* (`entry`) holds names, identifiers and what else a list says of one person, firm, vessel or aircraft; a
*snapshot* is all entries of one list as one file gave them, known by a digest. *Casework*: a *party as it is
screened* (`screened_party`) and an entry make a *hit* (`hit`) in a run (`run`), which two people dispose of, the
second blind (`disposition`, by the dated `policy`). Over lists, runs and dispositions goes one question: may these
parties be dealt with as far as lists tell (`check`). What clearances suppressed is sampled (`suppressed_sample`).

*Ownership* (`ownership`, `ownership_rule`, `ownership_verdict`): who is owned by listed parties, by fixpoints of direct
stakes under dated rules. *Red flags* of end use (`flag*`, `flags`): dated data, a formula each, from facts that the
shell hands in.

What it never does. It reads no file and no clock; lists, thresholds and rules are handed in as data with their dates.
It never clears by what contradicts: country, date and address move a hit in the queue and never out of it.

What the files of lists look like is a package of its own (`lists`); what changed between snapshots, where they stand
and who vanished are functions of records (`list_diff`, `list_state`), by dated rules (`list_rule`, `list_rules.yaml`).

Terms. *List*: what one authority publishes or one operator keeps. *Entry*: one that is listed. *Snapshot*: a list as
one file gave it. *Held*: waiting for a person's release. *Vanished*: gone from the file, and screened still. *Hit*: two
versions that a run put beside each other. *Cleared*: disposed of as no match, until a day.

Invariants, each held by a test. Folding what is folded changes nothing; case, width, accents and legal forms do not
count. A name scores highest against itself. The order of entries changes no score; equal inputs give equal bytes; one
entry more changes no other's score except by the rarity that is given. Equal entries have equal digests, whatever the
order of their names and facts. Whoever was in force is screened until a person names the act by which it was taken off.
What is missing or stale is `not_checked`, never `passed`. No single person clears a hit, and no clearance outlives a
change of either side.

Sources: ISO 17442, GB 32100-2015 and IMO A.1117(30) for identifiers; tables of names with theirs in
`name_tables.yaml`. Of names start reading at `screener`, of casework at `check`.
"""

from ytterby.screening.check import Answer, Check, Gap, ListStanding, Missing, Screening, check
from ytterby.screening.disposition import Disposition, Opinion, Outcome, Verdict, opinion_problems
from ytterby.screening.entry import (
    EntrySchema,
    ListedEntry,
    ListedName,
    NameKind,
    Snapshot,
    entry_digest,
    snapshot_digest,
)
from ytterby.screening.hit import Band, Ground, Hit, hit_number
from ytterby.screening.policy import Policy, policy_on, read_policies
from ytterby.screening.screened_party import ScreenedParty, party_digest
from ytterby.screening.suppressed_sample import sample_of

__all__ = [
    "Answer",
    "Band",
    "Check",
    "Disposition",
    "EntrySchema",
    "Gap",
    "Ground",
    "Hit",
    "ListStanding",
    "ListedEntry",
    "ListedName",
    "Missing",
    "NameKind",
    "Opinion",
    "Outcome",
    "Policy",
    "ScreenedParty",
    "Screening",
    "Snapshot",
    "Verdict",
    "check",
    "entry_digest",
    "hit_number",
    "opinion_problems",
    "party_digest",
    "policy_on",
    "read_policies",
    "sample_of",
    "snapshot_digest",
]
