"""Published EPCIS documents of others: the valid ones pass at both levels, the invalid ones are refused where they err.

foreign_remarks.csv lists every problem of every valid document with its reason; the documents themselves are not
copied.
"""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from ytterby.chain.door import read_document

EXPECTED = Path(__file__).with_name("foreign_remarks.csv")
NOT_EVENTS = ("gs1-spec/", "/Invalid/", "/Queries/")


@pytest.fixture(scope="module")
def folder(shared_data):
    found = shared_data / "epcis"
    if not found.is_dir():
        pytest.skip(f"the published EPCIS documents are not at {found}")
    return found


@pytest.fixture(scope="module")
def valid(folder):
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.json*"))
    kept = [name for name in names if not any(part in name for part in NOT_EVENTS)]
    assert len(kept) > 50
    return kept


def listed():
    with EXPECTED.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.mark.parametrize("level", ["gs1", "profile"])
def test_every_valid_document_has_exactly_the_remarks_that_are_listed(folder, valid, tables, level):
    expected = {(r["file"], r["severity"], r["code"]): int(r["times"]) for r in listed()}
    found = Counter(
        (name, problem.severity.value, problem.code)
        for name in valid
        for problem in read_document((folder / name).read_bytes(), tables, level=level).all_problems
    )
    assert dict(found) == expected
    assert "refuse" not in {severity for _, severity, _ in found}


def test_every_remark_of_the_list_has_its_reason():
    assert all(row["reason"].strip() for row in listed())


@pytest.mark.parametrize("level", ["gs1", "profile"])
def test_every_event_of_a_valid_document_is_read(folder, valid, tables, level):
    for name in valid:
        found = read_document((folder / name).read_bytes(), tables, level=level)
        assert found.events, name
        assert len(found.said) == len(found.events), name


@pytest.mark.parametrize("level", ["gs1", "profile"])
def test_every_invalid_document_is_refused_at_a_place(folder, tables, level):
    invalid = sorted(p for p in folder.rglob("*.json") if "Capture/Invalid" in p.as_posix())
    assert len(invalid) == 5
    for path in invalid:
        found = read_document(path.read_bytes(), tables, level=level)
        refusals = [p for p in found.all_problems if p.severity.value == "refuse"]
        assert refusals, path.name
        assert all(p.where.pointer for p in refusals), path.name


def test_where_gs1s_own_schema_complains_of_a_document_called_valid_there_is_a_remark(folder, valid, tables):
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = json.loads((folder / "gs1-spec" / "EPCIS-JSON-Schema.json").read_text(encoding="utf-8"))
    judge = jsonschema_rs.validator_for(schema, validate_formats=True)
    complaints = [n for n in valid if not judge.is_valid(json.loads((folder / n).read_text(encoding="utf-8")))]
    assert complaints
    for name in complaints:
        assert read_document((folder / name).read_bytes(), tables, level="gs1").all_problems, name


def test_query_documents_that_ask_and_hold_no_events_are_told_so(folder, tables):
    queries = sorted(p for p in folder.rglob("*.json") if "/Queries/" in p.as_posix())
    assert queries
    for path in queries:
        assert [p.code for p in read_document(path.read_bytes(), tables).all_problems] == ["document.not_epcis"]
