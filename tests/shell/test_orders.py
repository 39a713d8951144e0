"""The sample captured event by event in random orders gives the same lots, rows and findings, byte for byte."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ytterby.chain.book import Book
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

AT = datetime(2026, 1, 1, tzinfo=UTC)


def rows_of(book: Book) -> list[object]:
    return [
        (n.lot, n.site, n.holder, n.amount, n.left, n.parents, n.mass_kg.tobytes(), _bytes(n.weights))
        for n in book.nodes
    ]


def _bytes(weights: list[object]) -> list[bytes]:
    return [np.asarray(weight).tobytes() for weight in weights]


def captured(folder: Path, documents: list[bytes]) -> tuple[list[object], list[object]]:
    """Return rows and findings of a register that took these documents in one by one."""
    register = make_register(folder, origin="test.invalid/log", demo=True, at=AT)
    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    for number, document in enumerate(documents):
        result = capture(register, document, submitter="operator", at=AT + timedelta(hours=number))
        assert result.outcome == "accepted", result.problems
    assert verify_log(register)["ok"]
    known = known_at(OPERATOR_VIEWER, None)
    return rows_of(book_of(OPERATOR_VIEWER, known)), list_findings(OPERATOR_VIEWER, known=known)["findings"]


@pytest.fixture(scope="module")
def singles() -> list[bytes]:
    document = json.loads(packaged_text("chain", "sample/example-chain.json"))
    events = document["epcisBody"]["eventList"]
    return [json.dumps({**document, "epcisBody": {"eventList": [event]}}).encode() for event in events]


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_capture_leaves_no_trace_in_the_book(tmp_path, singles, part_of, seed):
    expected = captured(tmp_path / "whole", [part_of(*range(20))])
    shuffled = singles.copy()
    random.Random(seed).shuffle(shuffled)
    assert captured(tmp_path / "parts", shuffled) == expected
    assert len(expected[1]) == 5
