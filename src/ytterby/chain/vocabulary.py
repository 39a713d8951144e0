"""The words of GS1's Core Business Vocabulary, by the field in which they may stand, and what somebody meant.

A word comes bare (`shipping`), as a web address (`https://ref.gs1.org/cbv/BizStep-shipping`), by its prefix
(`cbv:BizStep-shipping`) or as the URN of older versions (`urn:epcglobal:cbv:bizstep:shipping`); all are read as the
bare word. Any other absolute URI stands for itself. The table is data (cbv_words.csv, our own).

Source: GS1 Core Business Vocabulary 2.0 (2022), section 7; GS1 EPCIS 2.0, section 7.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

FIELDS = (
    "bizStep", "disposition", "bizTransactionType", "sourceDestinationType", "errorReason", "component",
    "sensorType", "sensorException",
)  # fmt: skip
STANDARD = "cbv"
_OLD_HOMES = ("urn:epcglobal:cbv:", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/")

_OLD_FORMS = re.compile(r"urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er):([A-Za-z_]+)")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by field; `meaning` gives the bare word of each way to write it; `loose` are words that only usage knows.

    `reserved` are the beginnings of addresses under which only words of the table may stand; `homes` are GS1's own
    namespaces, where somebody else's word is odd, though GS1's schema lets it stand.
    """

    words: Mapping[str, frozenset[str]]
    meaning: Mapping[str, Mapping[str, str]]
    loose: Mapping[str, frozenset[str]]
    reserved: Mapping[str, tuple[str, ...]]
    homes: Mapping[str, tuple[str, ...]]

    def read(self, field: str, text: str) -> str | None:
        """Return the bare word of a text; None when it is none of this field's words."""
        word = self.meaning[field].get(text)
        if word is not None:
            return word
        old = _OLD_FORMS.fullmatch(text)
        return old.group(1) if old and old.group(1) in self.words[field] else None

    def is_reserved(self, field: str, text: str) -> bool:
        """Tell whether only GS1 may make words that begin like this."""
        return text.startswith(self.reserved[field])

    def is_at_home(self, field: str, text: str) -> bool:
        """Tell whether a text stands in a namespace of GS1."""
        return text.startswith(self.homes[field])

    def likely(self, field: str, text: str) -> str:
        """Return the word that somebody most likely meant, or the field's words when nothing is near."""
        return likely(re.split(r"[:/-]", text)[-1], self.words[field])


def likely(text: str, known: Iterable[str], *, fallback: bool = True) -> str:
    """Return the name nearest to what was written; else all of them in one line (or nothing, without fallback)."""
    names = sorted(known)
    lowered = {name.casefold(): name for name in reversed(names)}
    near = get_close_matches(text[:80].casefold(), list(lowered), n=1, cutoff=0.6)
    if near:
        return lowered[near[0]]
    return ", ".join(names) if fallback else ""


COLUMNS = ("field", "word", "namespace", "standing", "source")


def parse_vocabulary(csv_text: str) -> Vocabulary:
    """Return the vocabulary that cbv_words.csv holds; ValueError for a table not in order (the file is ours)."""
    rows = csv.DictReader(csv_text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise ValueError(f"cbv_words.csv has the columns {rows.fieldnames}, not {COLUMNS}")
    words: dict[str, set[str]] = {field: set() for field in FIELDS}
    loose: dict[str, set[str]] = {field: set() for field in FIELDS}
    meaning: dict[str, dict[str, str]] = {field: {} for field in FIELDS}
    reserved: dict[str, set[str]] = {field: set(_OLD_HOMES) for field in FIELDS}
    homes: dict[str, set[str]] = {field: set() for field in FIELDS}
    for row in rows:
        field, word = row["field"], row["word"]
        if field not in words or word in words[field]:
            raise ValueError(f"cbv_words.csv line {rows.line_num}: {field} is unknown or {word} stands twice")
        words[field].add(word)
        if row["standing"] != STANDARD:
            loose[field].add(word)
        meaning[field][word] = word
        meaning[field][row["namespace"] + word] = word
        reserved[field].add(row["namespace"])
        homes[field].add(row["namespace"].rpartition("/")[0] + "/")
    return Vocabulary(
        words={field: frozenset(known) for field, known in words.items()},
        meaning=meaning,
        loose={field: frozenset(known) for field, known in loose.items()},
        reserved={field: tuple(sorted(heads)) for field, heads in reserved.items()},
        homes={field: tuple(sorted(heads)) for field, heads in homes.items()},
    )
