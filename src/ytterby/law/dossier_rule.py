"""What a complete dossier holds, as a pack tells it: documents with their fields, and checks across documents.

It is data, and decides nothing: `completeness` follows it. Whether a document is asked for, the procedure of the
pack says (`procedure.documents` and the kinds of licence); here stands what each holds, on what that rests, and
what must agree. A field `goods.name` is the field `name` of each row of the list `goods`.

Sources: each entry names its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ytterby.law.basis import Basis
from ytterby.law.trust import Trust, Words

TEXT, COUNTRY, CODE, DAY, CHOICE, TRUTH, QUANTITY, END_USE = (
    *("text", "country", "code", "day", "choice", "truth", "quantity", "end_use"),
)
VALUES = (TEXT, COUNTRY, CODE, DAY, CHOICE, TRUTH, QUANTITY, END_USE)
ONE, ALIKE, QUANTITIES, CONCRETE, TRANSLATED = "one", "alike", "quantities", "end_use", "translated"
CHECKS = (ONE, ALIKE, QUANTITIES, CONCRETE, TRANSLATED)
ALWAYS, IF_ASKED = "always", "asked"


class Valid(NamedTuple):
    """From which day on an entry holds, and from which on no longer; None: from the first, for ever."""

    first: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)


class Place(NamedTuple):
    """A field of a document; the field is empty where the document itself is meant."""

    document: str
    field: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field of a document: what it holds, on what it rests, whether it is asked for without a reason in the case."""

    id: str
    title: Words
    value: str
    choices: tuple[str, ...]
    basis: Basis
    rule: str
    article: Words | None
    is_required: bool
    is_asked: bool
    is_sensitive: bool
    without: Words | None
    valid: Valid
    trust: Trust


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A document of the procedure with its fields; `when` it is asked for at all: always, or if somebody asks."""

    id: str
    title: Words
    when: str
    fields: Mapping[str, FieldRule]


@dataclass(frozen=True, slots=True)
class Check:
    """A check over places.

    `one`: at most one value (`same`: a field that must have one value too where there are several); `alike`: equal by
    name, code or day, `near` a likeness from which on somebody is asked; `quantities`: equal within `tolerance`, a part
    of the larger; `end_use`: concrete by the rules `end_use`; `translated` into `language`.
    """

    id: str
    title: Words
    kind: str
    places: tuple[Place, ...]
    basis: Basis
    rule: str
    article: Words | None
    tolerance: Decimal
    near: Decimal
    same: str
    end_use: str
    language: str
    valid: Valid
    trust: Trust


@dataclass(frozen=True, slots=True)
class DossierRules:
    """All rules for dossiers of one procedure. `application` is the document that the applicant fills in."""

    id: str
    pack: str
    procedure: str
    title: Words
    application: str
    legal_forms: tuple[str, ...]
    documents: Mapping[str, DocumentRule]
    checks: Mapping[str, Check]
    trust: Trust
