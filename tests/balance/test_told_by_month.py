"""What is told of a delivery of which one side speaks by month: one answer, whatever names are used later."""

from hashlib import sha256

import msgspec
import pytest

from chain.spreadsheet.cells_of import CONCENTRATE, KESTREL, NORRVIK, PARTY, entries_of, grid, read
from chain.spreadsheet.test_monthly_return import HEADER, LOT_HEADER, MINER, P1, kestrel_lots, world
from ytterby.balance.told import Report, told_answers
from ytterby.chain.event import Entry, ErrorDeclaration, Event

NOTE = "553"


def norrvik_month(text: str, received: object) -> list[Entry]:
    """Norrvik's return of a month, which received so many tonnes from Kestrel."""
    row = (text, NORRVIK, CONCENTRATE, KESTREL, KESTREL, "yes", 5, received, "", "", "", "", 1, NOTE)
    return entries_of(read(grid(HEADER, row, name="return")), submitter=PARTY)


def kestrel_month(text: str, shipped: object) -> list[Entry]:
    row = (text, KESTREL, CONCENTRATE, NORRVIK, NORRVIK, "yes", 90, "", "", "", shipped, "", 1, NOTE)
    return entries_of(read(grid(HEADER, row, name="return")), submitter=MINER)


def kestrel_lot(*tons: float) -> list[Entry]:
    return kestrel_lots(*tons, note=NOTE)


def norrvik_lot(lot: str, tons: float) -> list[Entry]:
    header = (*LOT_HEADER[:-1], "From site", "Shipper")
    row = ("received", "2026-03-09 08:00", "+01:00", NORRVIK, CONCENTRATE, lot, tons, "", "", NOTE, KESTREL, KESTREL)
    return entries_of(read(grid(header, row)), submitter=PARTY)


def declared_wrong(entries: list[Entry]) -> list[Entry]:
    """Return declarations that these events are wrong."""
    return [Entry(declaration(e.event), e.submitter, e.index) for e in entries]


def declaration(event: Event) -> Event:
    digest = sha256(b"wrong" + event.digest).digest()
    return msgspec.structs.replace(event, digest=digest, original=event.digest, error=ErrorDeclaration(event.at, None))


def told(*submissions: list[Entry]) -> dict[str, str]:
    """Return the word told of each lot, when each submission came after the one in front of it."""
    reports, size = [], 0
    for entries in submissions:
        size += len(entries)
        first = size - len(entries)
        reports += [Report(size, Entry(e.event, e.submitter, first + n)) for n, e in enumerate(entries)]
    return {key.lot: answer.state for key, answer in told_answers(reports, lambda size: world()).items()}


@pytest.mark.parametrize(("tons", "word"), [((6, 5), "matched"), ((6, 8), "differs")])
def test_a_month_against_lots_is_told_once_both_have_spoken(tons, word):
    assert told(kestrel_lot(*tons)) == {}
    ((lot, said),) = told(kestrel_lot(*tons), norrvik_month("2026-03", 11)).items()
    assert (lot.startswith(f"{P1}/10/R2603"), said) == (True, word)
    assert told(norrvik_month("2026-03", 11), kestrel_lot(*tons)) == {lot: word}


def test_no_second_answer_is_had_under_another_month_or_another_lot():
    """Threat C3: who knows its own figure learns no other by saying it again under another name."""
    first = told(kestrel_lot(6, 8), norrvik_month("2026-03", 11))
    assert list(first.values()) == ["differs"]
    probes = [
        *(kestrel_month(f"2026-{month:02d}", tons) for month, tons in ((1, 11), (2, 12), (3, 11))),
        kestrel_lot(11),
        *(norrvik_month(f"2026-{month:02d}", tons) for month, tons in ((1, 14), (2, 14), (4, 14))),
    ]
    for probe in probes:
        assert told(kestrel_lot(6, 8), norrvik_month("2026-03", 11), probe) == first
    assert told(kestrel_lot(6, 8), norrvik_month("2026-03", 11), *probes) == first


def test_after_two_months_met_no_lot_is_told():
    """Threat C3: a month's answer is not asked for again by lot, the other side's month being the same goods."""
    first = told(kestrel_month("2026-03", 14), norrvik_month("2026-03", 11))
    assert list(first.values()) == ["differs"]
    own = kestrel_month("2026-03", 14)
    assert told(own, norrvik_month("2026-03", 11), kestrel_lot(11)) == first
    assert told(own, norrvik_month("2026-03", 11), declared_wrong(own), kestrel_lot(11)) == first
    assert told(own, norrvik_month("2026-03", 11), declared_wrong(own), kestrel_month("2026-04", 11)) == first


def test_after_a_lot_was_told_no_month_of_its_product_is():
    """Threat C3: the other way round."""
    lots = kestrel_lot(11)
    first = told(lots, norrvik_lot("K-1", 14))
    assert first == {f"{P1}/10/K-1": "differs"}
    assert told(lots, norrvik_lot("K-1", 14), declared_wrong(lots), kestrel_month("2026-03", 14)) == first
