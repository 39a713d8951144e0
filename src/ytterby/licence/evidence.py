"""What was gathered for a decision, by value: what law says of the goods, who was screened, what the lots hold, what
is flagged, what was consumed, what was decided before; each section with whether it was done, and why where not.

A section that was not done says so and holds nothing: an empty list of alerts and a list that was not asked for are two
things (threat D6). Figures are exact decimals as text, rounded where the register works with floats: masses to the
milligram (`kilograms`), ratios to six digits (`ratio_text`), half even, so that the same facts give the same digest
on every machine. Decisions pin the digest; replay holds the findings against it. Instants are RFC 3339 in UTC.

Who reads: officers, with the mandates that its parts ask for. An applicant reads none of it: what it sees is made by
`finding.exporter_findings` from its dossier, goods and lots.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from math import isfinite
from typing import Any

import msgspec

from ytterby.law.pack import digest_of

SCHEMA = "ytterby-evidence/1"
DONE, NOT_CHECKED = "done", "not_checked"
YES, NO, UNKNOWN = "yes", "no", "unknown"
BALANCES, DOES_NOT = "balances", "does_not"
WHOLE, OPEN = "whole", "open"
MATCHED, DIFFERS = "matched", "differs"
# The checks, as packs name them that list which of them block (`law.casework_rule`), and two that none lists.
COMPLETENESS, CLASSIFICATION, SCREENING, LOTS = "completeness", "classification", "screening", "lots"
FLAGS, END_USER_LEVEL, STATEMENTS = "flags", "end_user_level", "statements"
CONSUMPTION, PRECEDENTS = "consumption", "precedents"
LISTED_CHECKS = (COMPLETENESS, CLASSIFICATION, SCREENING, LOTS, FLAGS, END_USER_LEVEL, STATEMENTS)
CHECKS = (*LISTED_CHECKS, CONSUMPTION, PRECEDENTS)
# The section of the evidence that a check fills, where it is called otherwise.
_SECTIONS = {CLASSIFICATION: "law", END_USER_LEVEL: "end_users"}
_DOMAIN = b"ytterby/evidence/v1\x00"
_MILLIGRAM, _DIGITS = Decimal("0.000001"), 6

Json = dict[str, Any]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the evidence."""


class Section(_Part, frozen=True):
    """A section: done, or not checked and why (a code)."""

    status: str = NOT_CHECKED
    why: str = "not_gathered"

    @property
    def is_done(self) -> bool:
        """Tell whether the check ran."""
        return self.status == DONE


# Completeness


class GapFound(_Part, frozen=True):
    """One thing that a dossier lacks (`law.completeness.Gap`): severity, code, place, the rule that asks."""

    severity: str
    code: str
    document: str = ""
    field: str = ""
    paper: str = ""
    rule: str = ""
    facts: tuple[tuple[str, str], ...] = ()


class CompletenessSection(Section, frozen=True):
    """Whether the dossier is complete: yes, no or ask, and what it lacks."""

    complete: str = ""
    kind: str = ""
    gaps: tuple[GapFound, ...] = ()


# Law


class Needed(_Part, frozen=True):
    """What an export to the destination needs by one rule: its word, and what that means (licence, ban, free).

    `means` holds every meaning that is possible; `missing` are facts that would settle it.
    """

    rule: str
    code: str
    word: str
    means: tuple[str, ...]
    missing: tuple[str, ...] = ()


class Freeing(_Part, frozen=True):
    """A parameter that frees goods: the content of elements, wt%, with its u and the limit; the test report's digest.

    `u` is a standard uncertainty, `k` the coverage factor at which it was judged.
    """

    parameter: str
    elements: tuple[str, ...]
    value: str
    u: str
    limit: str
    k: str
    report: str = ""


class LineLaw(_Part, frozen=True):
    """What law says of the goods of a line: `answer` as of `law.classification`, and what an export of them needs.

    `described` holds each description of the goods: by whom (application, product, lot), which, and what is answered;
    the strictest stands, with form, composition in wt% and digest of those goods; `described_by` says whose it is.
    """

    line: int
    answer: str
    described_by: str = ""
    digest: str = ""
    described: tuple[tuple[str, str, str], ...] = ()
    codes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    by: str = ""
    reasons: tuple[str, ...] = ()
    needs: tuple[Needed, ...] = ()
    freeing: tuple[Freeing, ...] = ()
    declared_code: str = ""
    form: str = ""
    composition: Mapping[str, str] = {}


class LawSection(Section, frozen=True):
    """What law says, line by line, as known on a day."""

    on: str = ""
    lines: tuple[LineLaw, ...] = ()


# Screening


class ScreeningGap(_Part, frozen=True):
    """Why a party counts as not checked (`screening.check.Gap`)."""

    gap: str
    party: str = ""
    list: str = ""


class ScreeningHit(_Part, frozen=True):
    """A hit by its number: which party beside which entry of which list, and how strong."""

    number: str
    party: str
    list: str
    entry: str
    score: str


class ScreeningSection(Section, frozen=True):
    """What screening says of all parties on the case and their owners: passed, alerts or not_checked.

    `unregistered` are the names of parties that the register does not hold: they are screened by nobody.
    """

    answer: str = ""
    parties: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    gaps: tuple[ScreeningGap, ...] = ()
    alerts: tuple[ScreeningHit, ...] = ()
    reviews: tuple[ScreeningHit, ...] = ()
    suppressed: tuple[str, ...] = ()


# Lots


class Mass(_Part, frozen=True):
    """Kilograms of one element with the standard uncertainty."""

    kg: str
    u_kg: str


class LotOffered(_Part, frozen=True):
    """A lot that a line offers, as far as the applicant holds it.

    `left` is what is left of the declared quantity in `unit`, `left_kg` its net mass (empty: unknown), `reserved_kg`
    what other cases and licences may take of it, `elements` the mass left by element. `balance`: balances,
    does_not or not_checked; `trace`: whole, open or not_checked; `mirror`: the worst state of the deliveries that it
    came by: matched (or there was none), differs, or not_checked. `holder` is the applicant, empty where it holds
    nothing of it.
    """

    lot: str
    line: int
    holder: str = ""
    unit: str = ""
    left: str = "0"
    left_kg: str = ""
    reserved_kg: str = "0"
    elements: Mapping[str, Mass] = {}
    balance: str = NOT_CHECKED
    trace: str = NOT_CHECKED
    mirror: str = NOT_CHECKED
    form: str = ""


class ElementNeed(_Part, frozen=True):
    """Kilograms of an element that a line asks for beside what its lots have of it for this case."""

    asked_kg: str
    available_kg: str
    u_kg: str
    is_enough: str  # yes, no, unknown


class LineLots(_Part, frozen=True):
    """Whether the lots of a line suffice for it (invariant I15): by net mass and by element."""

    line: int
    asked_kg: str = ""
    available_kg: str = ""
    is_enough: str = UNKNOWN
    why: str = ""
    elements: Mapping[str, ElementNeed] = {}


class LotsSection(Section, frozen=True):
    """The lots offered, and whether they suffice."""

    lots: tuple[LotOffered, ...] = ()
    lines: tuple[LineLots, ...] = ()


# The end user


class FlagFound(_Part, frozen=True):
    """A red flag (`screening.flag`): its grade, weight, and what is missing to judge it."""

    id: str
    subject: str
    grade: str
    weight: str
    figures: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


class EndUserFlags(_Part, frozen=True):
    """The flags of one end user, use and quantity: `r` combined, the loudest grade, how many are unknown."""

    party: str
    use: str
    asked_kg: str
    element: str
    r: str
    loudest: str
    unknown: int
    flags: tuple[FlagFound, ...]
    questions: tuple[str, ...] = ()


class FlagsSection(Section, frozen=True):
    """Red flags, by end user."""

    rules: str = ""
    end_users: tuple[EndUserFlags, ...] = ()


class Consumed(_Part, frozen=True):
    """What an end user demonstrably uses of an element, kg in a year, beside what it is to get.

    `used_kg` from its own steps, `arrived_kg` what anybody sent it in the last year, `stock_kg` what it holds by its
    own reports (empty: it reports nothing), `licensed_kg` what other licences and cases may still bring it, by all
    exporters; `asked_kg` what this case asks for. `ratio` = (asked + licensed) / used, empty where nothing is known to
    be used. Without an element it is kilograms of goods: of magnets, as needs of uses are told in.
    """

    party: str
    element: str
    asked_kg: str
    licensed_kg: str
    used_kg: str = ""
    used_u_kg: str = ""
    arrived_kg: str = ""
    stock_kg: str = ""
    ratio: str = ""
    is_within: str = UNKNOWN


class ConsumptionSection(Section, frozen=True):
    """Demonstrated consumption beside what is asked."""

    on: str = ""
    end_users: tuple[Consumed, ...] = ()


# Before


class PrecedentFound(_Part, frozen=True):
    """An earlier decision that is like this case: in what, with which outcome, when, under which conditions."""

    case: str
    outcome: str
    decided: str
    alike: tuple[str, ...]
    conditions: tuple[str, ...] = ()


class PrecedentsSection(Section, frozen=True):
    """The nearest decisions, of how many that were looked at."""

    looked_at: int = 0
    found: tuple[PrecedentFound, ...] = ()


class ToldSection(Section, frozen=True):
    """What other parts of the office found, row by row as they told it: end users' assurance, statements."""

    answer: str = ""
    rows: tuple[Json, ...] = ()


class Evidence(_Part, frozen=True):
    """What was gathered for a case at an instant and a log size, with the digests of what it rests on."""

    case: str
    application: str
    at: str
    as_of_size: int
    packs: Mapping[str, str] = {}
    lists: Mapping[str, str] = {}
    schema: str = SCHEMA
    completeness: CompletenessSection = CompletenessSection()
    law: LawSection = LawSection()
    screening: ScreeningSection = ScreeningSection()
    lots: LotsSection = LotsSection()
    flags: FlagsSection = FlagsSection()
    consumption: ConsumptionSection = ConsumptionSection()
    precedents: PrecedentsSection = PrecedentsSection()
    end_users: ToldSection = ToldSection()
    statements: ToldSection = ToldSection()

    def section(self, check: str) -> Section:
        """Return the section of a check.

        Raises:
            KeyError: there is no such check.
        """
        if check not in CHECKS:
            raise KeyError(check)
        found: Section = getattr(self, _SECTIONS.get(check, check))
        return found


def evidence_fields(evidence: Evidence) -> Json:
    """Return evidence as it is recorded in a case."""
    found: Json = msgspec.to_builtins(evidence)
    return found


def read_evidence(fields: Mapping[str, Any]) -> Evidence:
    """Return the evidence of fields of JSON.

    Raises:
        msgspec.ValidationError: they are not those of evidence, or of another version of it.
    """
    found = msgspec.convert(dict(fields), Evidence)
    if found.schema != SCHEMA:
        raise msgspec.ValidationError(f"the schema {found.schema} is not {SCHEMA}")
    return found


def evidence_digest(evidence: Evidence) -> str:
    """Return the digest that decisions pin: of everything in it, by value."""
    return digest_of(_DOMAIN, evidence_fields(evidence))


def recorded_digest(fields: Mapping[str, Any]) -> str:
    """Return the digest of evidence as it stands in a record.

    Raises:
        msgspec.ValidationError: the fields are not those of evidence.
    """
    return evidence_digest(read_evidence(fields))


# Figures


def plain(figure: Decimal) -> str:
    """Return a decimal as plain text without exponent and without zeros at its end."""
    text = format(figure, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def kilograms(mass: Decimal | float) -> str:
    """Return a mass in kilograms to the milligram, half even.

    Raises:
        ValueError: it is not finite.
    """
    exact = mass if isinstance(mass, Decimal) else Decimal(repr(float(mass)))
    if not exact.is_finite():
        raise ValueError(f"{mass} is no mass")
    return plain(exact.quantize(_MILLIGRAM, ROUND_HALF_EVEN))


def ratio_text(value: Decimal | float) -> str:
    """Return a ratio with six digits after the point, half even; empty where it is not finite."""
    if isinstance(value, float) and not isfinite(value):
        return ""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite():
        return ""
    return plain(exact.quantize(Decimal(1).scaleb(-_DIGITS), ROUND_HALF_EVEN))
