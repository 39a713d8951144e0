"""The table of GS1's words: complete beside GS1's own schema, and helpful about what somebody meant."""

import csv
import json
from importlib.resources import files

import pytest

from ytterby.chain.vocabulary import FIELDS, likely, parse_vocabulary

TEXT = files("ytterby.chain").joinpath("cbv_words.csv").read_text(encoding="utf-8")
WORDS = parse_vocabulary(TEXT)
DEFINITIONS = {
    "bizStep": "bizStep",
    "disposition": "disposition",
    "bizTransactionType": "bizTransaction-type",
    "sourceDestinationType": "source-dest-type",
    "errorReason": "error-reason",
    "component": "component",
    "sensorType": "measurementType",
    "sensorException": "sensorAlertType",
}


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_has_the_words_of_gs1s_schema_and_no_other_but_the_loose_ones(shared_data, field):
    path = shared_data / "epcis" / "gs1-spec" / "EPCIS-JSON-Schema.json"
    definition = json.loads(path.read_text(encoding="utf-8"))["definitions"][DEFINITIONS[field]]
    published = next(frozenset(choice["enum"]) for choice in definition["anyOf"] if "enum" in choice)
    assert WORDS.words[field] - WORDS.loose[field] == published


def test_every_row_names_its_source():
    assert all(row["source"].strip() for row in csv.DictReader(TEXT.splitlines()))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("shiping", "shipping"),
        ("SHIPPING", "shipping"),
        ("cbv:BizStep-recieving", "receiving"),
        ("stocktaking", "stock_taking"),
    ],
)
def test_a_slip_is_recognised(written, meant):
    assert WORDS.likely("bizStep", written) == meant


def test_what_is_like_nothing_shows_all_words_or_none():
    assert likely("zzzz", ["b", "a"]) == "a, b"
    assert likely("zzzz", ["b", "a"], fallback=False) == ""


@pytest.mark.parametrize(
    "text",
    ["word\n", TEXT.replace("bizStep", "bizstep"), TEXT + TEXT.splitlines()[1] + "\n"],
    ids=["no columns", "unknown field", "a word twice"],
)
def test_a_table_that_is_not_in_order_is_a_programmers_mistake(text):
    with pytest.raises(ValueError, match=r"cbv_words\.csv"):
        parse_vocabulary(text)
