"""The doctor: recompute every invariant of the register from the stored bytes, name what is unsound and the cure.

What is looked at, in this order; each part is a file:

    surroundings   settings and shape of the database, the keys folder, files left half-written
    verify_log     log, submissions, receipts, events, rights to events, published files (`actions.verify_log`)
    people         roles and rights that the register never gave (`CHECKERS`: add yours in one line)
    inquiries      cases of findings and samples, stepped through and drawn again from their records
    laws           changes of law and settlements, replayed from their records, and whether what is in force fits
    editions       which derived rows answer, by which derivation, up to which log size
    postings       postings, what they touch, ranks, recomputed from the submitted bytes and the registrations
    cells          cells against the whole book, or a sample of lots against the part of the book they make
    closes         stored versions of closed months against the digests in the log
    licences       licences, what is drawn on them and where they stand, gone through again from their records
    lists          files, entries and snapshots of lists against the digests in the log, releases where they were due
    screenings     runs of screening, opinions on hits and samples, gone through again from their records
    audits         samples of decisions by rule, drawn again, and what people found
    filings        what parties of deliveries filed, gone through again from their records

It reads one moment of the register while captures go on, and writes nothing. Memory holds some thousand events; only
the whole book needs more, so above `FULL_EVENTS_MAX` events a sample of lots is recomputed unless the whole is asked
for. Who may: the register's operator.
"""

from ytterby.shell.actions.doctor.examine import FULL_EVENTS_MAX, examine
from ytterby.shell.actions.doctor.people import CHECKERS
from ytterby.shell.actions.doctor.unsound import Unsound

__all__ = ["CHECKERS", "FULL_EVENTS_MAX", "Unsound", "examine"]
