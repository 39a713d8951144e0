"""Examine a register: every part in turn, what was looked at, and what is unsound."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from ytterby.shell.actions.doctor.audits import unsound_audits
from ytterby.shell.actions.doctor.case_marks import unsound_case_marks
from ytterby.shell.actions.doctor.cases import unsound_cases
from ytterby.shell.actions.doctor.cells import against_parts, against_whole_book
from ytterby.shell.actions.doctor.closes import unsound_closes
from ytterby.shell.actions.doctor.customs import unsound_customs, unsound_office
from ytterby.shell.actions.doctor.editions import derived_edition, unsound_editions
from ytterby.shell.actions.doctor.filings import unsound_filings
from ytterby.shell.actions.doctor.followed import unsound_followed
from ytterby.shell.actions.doctor.free_goods import unsound_free_goods
from ytterby.shell.actions.doctor.inquiries import unsound_inquiries
from ytterby.shell.actions.doctor.laws import unfit_laws, unsound_laws
from ytterby.shell.actions.doctor.licences import unsound_licences
from ytterby.shell.actions.doctor.lists import unsound_lists
from ytterby.shell.actions.doctor.people import unsound_people
from ytterby.shell.actions.doctor.postings import PostingExamination
from ytterby.shell.actions.doctor.screenings import unsound_screenings
from ytterby.shell.actions.doctor.surroundings import changed_shape, half_written, open_keys, unsafe_settings
from ytterby.shell.actions.doctor.unsound import Tell, Unsound, at_entry
from ytterby.shell.actions.verify_files import PublishedLog
from ytterby.shell.actions.verify_log import log_failures
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Edition, EventRecord, LogHead
from ytterby.shell.store.snapshot import one_moment, part_of_moment
from ytterby.shell.wording import sentence
from ytterby.terms.problem import Problem, finding

Json = dict[str, Any]
# The whole book of so many events fits into the memory of a small machine; above, a sample of lots is recomputed.
FULL_EVENTS_MAX = 50_000
SAMPLE = 100
UNSOUND_MAX = 100  # named for each invariant; the rest is counted
# What reading rows can raise that somebody wrote who is not the register.
UNREADABLE = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, ObjectDoesNotExist, DatabaseError)

LOG = (
    *("log.one_head", "log.no_gaps", "log.leaves", "log.times", "log.batches", "log.root", "log.subtrees"),
    *("log.commitments", "log.registrations", "log.published", "log.nothing_gone"),
    *("submission.bytes", "submission.receipts", "submission.whole", "submission.no_effect"),
    "submission.conversion",
    *("events.rows", "events.once", "rights.visible"),
)
CELLS = "derived.cells"
NODE = ("book.row_sums", "book.containers")
BOOK = ("book.conservation", *NODE, "book.fractions", "book.shares", "book.order")


@dataclass
class _Findings:
    """What was looked at and what is unsound, while the parts report."""

    checked: list[str] = field(default_factory=list)
    unsound: list[Unsound] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    codes: dict[str, Problem] = field(default_factory=dict)

    def add(self, invariants: Iterable[str], found: Iterable[Unsound]) -> None:
        for one in found:
            code = one.problem.code
            self.counts[code] += 1
            self.codes[code] = one.problem
            if self.counts[code] <= UNSOUND_MAX:
                self.unsound.append(one)
        self.checked += invariants

    def rest(self) -> Iterator[Unsound]:
        for code, count in self.counts.items():
            if count > UNSOUND_MAX:
                yield Unsound(self.codes[code], "register", f"{count - UNSOUND_MAX} more of the same are not listed")


def examine(
    register: Register,
    *,
    sample: int | None = None,
    seed: int | None = None,
    is_full: bool = False,
    language: str = "en",
    tell: Tell = lambda part, number: None,
) -> Json:
    """Return {sound, checked[], unsound[{invariant, where, what, text, cure}], as_of_size}.

    `sample` lots are recomputed alone; without it the whole book, or above `FULL_EVENTS_MAX` events a sample, whose
    seed the answer states.
    """
    findings = _Findings()
    findings.add(["store.settings"], unsafe_settings())
    findings.add(["store.half_written"], half_written(register))
    findings.add(["keys.closed", "keys.apart"], open_keys(register))
    # Asking SQLite for a table's shape takes a lock, which a moment that goes on would keep from writers.
    _guarded(findings, ("store.shape",), changed_shape)
    _guarded(findings, ("rights.people",), lambda: unsound_people(register))
    _guarded(findings, ("inquiry.replay",), lambda: unsound_inquiries(register))
    _guarded(findings, ("law.replay",), lambda: unsound_laws(register))
    _guarded(findings, ("law.fits",), lambda: unfit_laws(register))
    published = PublishedLog(register)
    with one_moment():
        head = LogHead.objects.filter(id=1).first()
        size = head.size if head is not None else 0
        _guarded(findings, LOG, lambda: _log(register, published, tell))
        _guarded(findings, ("derived.edition", "derived.watermark"), lambda: unsound_editions(size))
        edition = derived_edition() if head is not None else None
        if edition is not None:
            _derived(findings, edition, size, sample=sample, seed=seed, is_full=is_full, tell=tell)
        _guarded(findings, ("balance.closed",), lambda: unsound_closes(register))
        _guarded(findings, ("case.replay", "case.rows"), lambda: unsound_cases(register))
        _guarded(findings, ("case.marks",), unsound_case_marks)
        _guarded(findings, ("licence.replay", "licence.rows"), lambda: unsound_licences(register))
        _guarded(findings, ("screening.lists",), lambda: unsound_lists(register))
        _guarded(findings, ("screening.replay",), lambda: unsound_screenings(register))
        _guarded(findings, ("filed.replay",), lambda: unsound_filings(register))
        _guarded(findings, ("customs.replay",), lambda: unsound_customs(register))
        _guarded(findings, ("audit.replay",), lambda: unsound_audits(register))
        _guarded(findings, ("office.replay",), lambda: unsound_office(register))
        _guarded(findings, ("not_controlled.replay",), lambda: unsound_free_goods(register))
    rows = [_row(one, language) for one in (*findings.unsound, *findings.rest())]
    return {"sound": not rows, "checked": findings.checked, "unsound": rows, "as_of_size": size}


def _guarded(findings: _Findings, invariants: Iterable[str], part: Callable[[], Iterable[Unsound]]) -> None:
    """Look at a part; what is so broken that looking fails is unsound too, and the next parts are looked at."""
    try:
        with part_of_moment():
            findings.add(invariants, part())
    except UNREADABLE as error:
        what = f"it cannot be read: {type(error).__name__}: {error}"
        findings.add(invariants, [Unsound(finding("store.readable"), ", ".join(invariants), what)])


def _log(register: Register, published: PublishedLog, tell: Tell) -> Iterator[Unsound]:
    for failure in log_failures(register, published, tell):
        yield Unsound(failure.problem, at_entry(failure.at), failure.what)


def _derived(
    findings: _Findings,
    edition: Edition,
    size: int,
    *,
    sample: int | None,
    seed: int | None,
    is_full: bool,
    tell: Tell,
) -> None:
    rows = ("derived.threads", "derived.touches", "derived.postings")
    postings = PostingExamination(edition, size)
    _guarded(findings, rows, lambda: postings.unsound(tell))
    _guarded(findings, ("licence.followed",), lambda: unsound_followed(postings.licensed))
    if sample is None and (is_full or EventRecord.objects.count() <= FULL_EVENTS_MAX):
        done = (f"{CELLS} (all, up to log size {edition.derived_to})", *BOOK)
        _guarded(findings, done, lambda: against_whole_book(edition, tell))
        return
    count = SAMPLE if sample is None else sample
    seed = secrets.randbelow(2**31) if seed is None else seed
    in_part = (f"{CELLS} (sample of {count} lots, seed {seed}, up to log size {edition.derived_to})", *NODE)
    _guarded(findings, in_part, lambda: against_parts(edition, count, seed, tell))


def _row(one: Unsound, language: str) -> Json:
    text, cure = sentence(one.problem, language)
    return {"invariant": one.problem.code, "where": one.where, "what": one.what, "text": text, "cure": cure}
