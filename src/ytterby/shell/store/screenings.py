"""Runs of screening and what people said of their hits, worked out from records of the log and from nothing else.

Three kinds of record: a *run* (the register's own, `screening.run`), an *opinion* on a hit, and the *sample* of a
month's suppressed hits. An opinion says who gives it, is dated with the day of its entry, and is signed by the
account's key where the register is no demo. What was checked when it was entered is checked again here: the rights of
that moment, the signature, that some run found the hit, and the rules of `screening.disposition`. A record that does
not hold has no effect, and the doctor names it (threats D6, O3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from ytterby.screening.disposition import Disposition, Opinion, opinion_problems
from ytterby.screening.hit import Hit
from ytterby.screening.policy import Policy, policy_on
from ytterby.screening.run import ScreeningRun, read_run
from ytterby.screening.suppressed_sample import sample_of
from ytterby.shell.site.screening_tables import screening_policies
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.viewer import LICENSING
from ytterby.shell.store.rights import KINDS as RIGHTS_KINDS
from ytterby.shell.store.rights import Record, Rights, RightsAt, rights_by_index, signature_flaw, stored_records

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

RUN, OPINION, SAMPLE = "screening_run", "screening_opinion", "screening_sample"
KINDS = (RUN, OPINION, SAMPLE)
OFFICES = frozenset({LICENSING})
UNREADABLE = (KeyError, TypeError, ValueError, msgspec.ValidationError)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """The hits of a month that are looked at again, with the seed that drew them and all that were suppressed."""

    month: str
    seed: str
    suppressed: tuple[str, ...]
    drawn: tuple[str, ...]


@dataclass
class Screenings:
    """All runs in order of the log, hits by number as last found, dispositions by hit, and records without effect."""

    runs: list[ScreeningRun] = field(default_factory=list)
    hits: dict[str, Hit] = field(default_factory=dict)
    dispositions: dict[str, Disposition] = field(default_factory=dict)
    samples: dict[str, DrawnSample] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)


SCREENINGS_KEPT = 4
_kept = Kept[Screenings](SCREENINGS_KEPT)


def opinion_fields(number: str, opinion: Opinion, version: int) -> Json:
    """Return what the record of an opinion says, before it is signed."""
    said = msgspec.to_builtins(opinion)
    fields = {name: said[name] for name in ("verdict", "reason", "text", "documents", "until")}
    return {"id": number, "version": version, "on": opinion.on.isoformat(), "by": opinion.by, **fields}


def officer_flaw(
    rights: Rights, register_id: str, kind: str, fields: Mapping[str, Any], day: date, about: str = ""
) -> str | None:
    """Return what is wrong with who signed a record of screening; None when nothing is.

    Accounts of the operator and of licensing bodies may, but for those of the party that it is `about`.
    """
    account = rights.accounts().get(str(fields.get("by", "")))
    if account is None:
        return "it is by no account that was in force"
    if not rights.is_office(account.party, OFFICES, day):
        return "it is by an account of nobody who may dispose of hits"
    if about and account.party == about:
        return "it is by an account of the party that was hit"
    return signature_flaw(account.key, register_id, kind, fields)


def screenings_from_log(
    records: Iterable[Record], rights_at: RightsAt, *, register_id: str, is_demo: bool, policies: Sequence[Policy]
) -> Screenings:
    """Return what the records of screening, in order of the log, come to."""
    found = Screenings()
    for record in records:
        try:
            if record.kind == RUN:
                flaw = _run(found, record)
            elif record.kind == SAMPLE:
                flaw = _sample(found, record, policies)
            else:
                flaw = None if is_demo else _signed(found, record, rights_at, register_id)
                flaw = flaw or _opinion(found, record, policies)
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            found.flaws.append((record.number, flaw))
    return found


def _signed(found: Screenings, record: Record, rights_at: RightsAt, register_id: str) -> str | None:
    day, hit = date.fromisoformat(record.fields["on"]), found.hits.get(str(record.fields["id"]))
    about = hit.party if hit is not None else ""
    return officer_flaw(rights_at(record.number), register_id, record.kind, record.fields, day, about)


def _run(found: Screenings, record: Record) -> str | None:
    fields = {name: value for name, value in record.fields.items() if name not in {"id", "registered_at"}}
    run = read_run(fields)
    if run.size > record.number:
        return "it read parties at a log size that was yet to come"
    found.runs.append(run)
    found.hits.update((hit.number, hit) for hit in run.hits)
    return None


def _opinion(found: Screenings, record: Record, policies: Sequence[Policy]) -> str | None:
    fields = record.fields
    number, so_far = str(fields["id"]), found.dispositions.get(str(fields["id"]), Disposition())
    if number not in found.hits:
        return "it is about a hit that no run found"
    if fields["registered_at"][:10] != fields["on"]:
        return "it is of another day than it was entered on"
    if fields["version"] != len(so_far.opinions) + 1:
        return f"it is opinion {fields['version']} of a hit that has {len(so_far.opinions)}"
    names = ("verdict", "reason", "text", "by", "on", "documents", "until")
    opinion = msgspec.convert({name: fields[name] for name in names}, Opinion)
    policy = policy_on(policies, opinion.on)
    problems = opinion_problems(opinion, policy.reasons, policy)
    if problems:
        return f"the rules do not allow it: {problems[0].code}"
    found.dispositions[number] = Disposition((*so_far.opinions, opinion))
    return None


def _sample(found: Screenings, record: Record, policies: Sequence[Policy]) -> str | None:
    fields = record.fields
    sample = DrawnSample(fields["month"], fields["seed"], tuple(fields["suppressed"]), tuple(fields["drawn"]))
    share = policy_on(policies, date.fromisoformat(f"{sample.month}-01")).sampled_share
    drawn = sample_of(sample.suppressed, month=sample.month, seed=bytes.fromhex(sample.seed), share=share)
    if drawn != sample.drawn:
        return "it is not what its seed draws"
    if sample.month in found.samples:
        return "the month was drawn before"
    found.samples[sample.month] = sample
    return None


def kept_screenings(register: "Register", size: int) -> Screenings:
    """Return what the log gave at a size, worked out anew only where somebody was screened or spoke, or rights changed.
    Nobody changes it.
    """
    return kept_by(_kept, (*KINDS, *RIGHTS_KINDS), size, lambda: stored_screenings(register, size))


def stored_screenings(register: "Register", size: int | None = None) -> Screenings:
    """Return what the log gives, now or at a log size."""
    return screenings_from_log(
        stored_records(size, kinds=KINDS),
        rights_by_index(register),
        register_id=register.id,
        is_demo=register.is_demo,
        policies=screening_policies(),
    )
