"""Findings as a viewer may read them, with the sentence and what would settle it.

Who may read: auditors and the register's operator all; a party those on its own sites, and of a delivery that it
differs, without a figure.
"""

from dataclasses import replace

from ytterby.balance.finding import Finding
from ytterby.chain.book import Book
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, figure, name_in, party_name, site_name
from ytterby.shell.store.reading.told import readable_findings
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.wording import sentence
from ytterby.terms.identifier import tail
from ytterby.terms.problem import Problem

# Facts that are identifiers.
TAILS = frozenset({"document", "pool"})


def list_findings(viewer: Viewer, *, known: Known, language: str = "en") -> Json:
    """Return all findings, each with its events; the expected number of false alarms is unknown for single steps."""
    book = book_of(viewer, known)
    event_ids = _event_ids(book)
    return {
        "as_of_size": known.size,
        "expected_false_alarms": None,
        "findings": [_row(book, one, event_ids, language) for one in readable_findings(viewer, known)],
    }


def _for_people(book: Book, one: Finding, language: str) -> Problem:
    """Return the finding's problem with names where it has identifiers: people say the tail of a lot."""

    def site(identifier: str) -> str:
        return name_in(site_name(book, identifier), language)

    facts = {k: site(v) if k == "from" else tail(v) if k in TAILS else v for k, v in one.problem.facts.items()}
    return replace(one.problem, value=tail(one.problem.value) if one.problem.value else "", facts=facts)


def _event_ids(book: Book) -> dict[bytes, str | None]:
    return {node.digest: node.event_id for node in book.nodes}


def _row(book: Book, one: Finding, event_ids: dict[bytes, str | None], language: str) -> Json:
    text, cure = sentence(_for_people(book, one, language), language)
    return {
        "id": one.id,
        "kind": one.problem.code,
        "parties": [[party] for party in one.parties],
        "party_names": [name_in(party_name(book, party), language) for party in one.parties],
        "element": one.element,
        "months": [],
        "lot": one.lot or None,
        "tail": tail(one.lot) if one.lot else None,
        "site": site_name(book, one.site) if one.site else None,
        "size_kg": figure(one.size_kg),
        "sd_kg": figure(one.sd_kg),
        "statistic": figure(one.statistic),
        "false_alarms_per_plant_year": None,
        "text": text,
        "hypotheses": [],
        "settles": [cure],
        "events": [event_ids.get(digest) or digest.hex() for digest in one.events],
        "facts": dict(one.problem.facts),
        "state": "open",
    }
