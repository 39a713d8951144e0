"""Files that mean harm, and files that are broken: a problem with its place, in bounded time and memory (threat X5)."""

import json
import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.listed_files import ALL, codes, read, real, text_file
from ytterby.screening.lists.gathering import ListFile, ListLimits
from ytterby.screening.lists.reading import FORMATS, sniff
from ytterby.terms.problem import is_refused

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><CONSOLIDATED_LIST>&j;</CONSOLIDATED_LIST>"
)
FETCHES = (
    '<?xml version="1.0"?><!DOCTYPE CONSOLIDATED_LIST [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>&x;</FIRST_NAME></INDIVIDUAL>"
    "</INDIVIDUALS></CONSOLIDATED_LIST>"
)
HOSTILE = {
    "a billion laughs": (LAUGHS, "list.xml_doctype"),
    "a file that is fetched": (FETCHES, "list.xml_doctype"),
    "a document type alone": ("<!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><CONSOLIDATED_LIST/>", "list.xml_doctype"),
    "depth": (
        "<CONSOLIDATED_LIST>" + "<INDIVIDUAL>" * 10_000 + "</INDIVIDUAL>" * 10_000 + "</CONSOLIDATED_LIST>",
        "list.xml_too_deep",
    ),
    "a thousand attributes": (
        "<CONSOLIDATED_LIST " + " ".join(f'a{n}="1"' for n in range(1_000)) + "/>",
        "list.xml_too_many_attributes",
    ),
    "a million attributes": (
        "<CONSOLIDATED_LIST " + " ".join(f'a{n}="1"' for n in range(1_000_000)) + "/>",
        "list.xml_token_too_long",
    ),
    "one entry of ten million characters": (
        "<CONSOLIDATED_LIST><INDIVIDUAL><COMMENTS1>"
        + "x" * 10_000_000
        + "</COMMENTS1></INDIVIDUAL></CONSOLIDATED_LIST>",
        "list.xml_record_too_large",
    ),
    "an entry of a million elements": (
        "<CONSOLIDATED_LIST><INDIVIDUAL>" + "<A/>" * 1_000_000 + "</INDIVIDUAL></CONSOLIDATED_LIST>",
        "list.xml_record_too_large",
    ),
    "an end that is missing": ("<CONSOLIDATED_LIST><INDIVIDUALS>", "list.xml_unreadable"),
    "a list of nobody": ("<CONSOLIDATED_LIST/>", "list.nobody_listed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_bounded_time_and_memory(name):
    """Threat X5."""
    text, code = HOSTILE[name]
    file = ListFile("un.xml", text.encode())
    tracemalloc.start()
    began = time.process_time()
    found = read(file, format_id="un-xml")
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.entries, codes(found)[0]) == ((), code)
    assert found.problems[0].where.file == "un.xml"
    assert seconds < 20
    assert peak < 40_000_000 + len(file.raw)


@pytest.mark.parametrize("format_id", [f for f in FORMATS if f.endswith("xml")])
def test_no_xml_importer_takes_a_document_type(format_id):
    (file,) = ALL[format_id]
    start = file.raw.decode()
    head, _, rest = start.partition("?>") if start.startswith("<?") else ("", "", start)
    text = (head + "?>" if head else "") + '<!DOCTYPE x [<!ENTITY a "b">]>' + rest
    found = read(text_file(file.name, text), format_id=format_id)
    assert codes(found) == ["list.xml_doctype"]


def test_a_problem_in_xml_names_line_and_path():
    text = ALL["un-xml"][0].raw.decode().replace("<DATAID>8", "\n<DATAID>8&nosuch;")
    found = read(text_file("un.xml", text))
    problem = found.problems[0]
    assert problem.code == "list.xml_unreadable"
    assert (problem.where.row, problem.where.pointer) == (2, "/CONSOLIDATED_LIST/ENTITIES/ENTITY/DATAID")


def test_an_unknown_encoding_and_null_bytes_are_refused():
    assert codes(read(text_file("a.xml", '<?xml version="1.0" encoding="x-none"?><export/>'))) == [
        "list.xml_unreadable"
    ]
    assert codes(read(ListFile("a.xml", b"<export>\x00</export>"))) == ["list.xml_unreadable"]


def test_json_that_lies_deep_or_is_broken_is_refused():
    for text in ('{"results": ' + "[" * 200_000 + "]" * 200_000 + "}", '{"results": [1, 2'):
        assert codes(read(text_file("csl.json", text), format_id="us-csl-json"))[0] == "list.json_unreadable"
    assert codes(read(text_file("csl.json", '{"results": 7}'), format_id="us-csl-json"))[0] == "list.not_this_format"
    assert "list.line_unreadable" in codes(read(text_file("f.json", "[" * 200_000), format_id="ftm-json-lines"))


def test_csv_without_heading_or_with_endless_cells_is_refused():
    assert codes(read(text_file("a.csv", "a,b\n1,2\n"), format_id="own-csv")) == ["list.no_heading"]
    assert codes(read(text_file("a.csv", "id,name\n1," + "x" * 300_000), format_id="own-csv"))[0] in {
        "list.csv_unreadable",
        "list.text_too_long",
    }
    assert codes(read(text_file("a.csv", "id,name\n" + "," * 1_000), format_id="own-csv")) == ["list.too_many_columns"]
    long_name = read(text_file("a.csv", "id,name\n1,Somebody\n2," + "x" * 10_000 + "\n"))
    assert {"list.name_too_long", "list.no_name"} <= set(codes(long_name))


def test_more_entries_or_names_than_the_limits_allow_are_refused():
    few = ListLimits(entries=1, names=2)
    assert codes(read(*ALL["own-csv"], limits=few))[0] in {"list.too_many_entries", "list.too_many_names"}


def test_a_file_that_no_importer_knows_is_refused_with_the_formats():
    found = read(text_file("a.bin", "what is this"))
    assert codes(found) == ["list.unknown_format"]
    assert "un-xml" in dict(found.problems[0].facts)["known"] or found.problems[0].facts["known"].endswith("…")
    assert codes(read(*ALL["un-xml"], *ALL["un-xml"])) == ["list.too_many_files"]


# No bytes raise


def sound(found):
    """Hold what every reading must hold, whatever the bytes."""
    assert found.entries or is_refused(found.problems)
    assert not (found.entries and is_refused(found.problems))
    ids = [entry.id for entry in found.entries]
    assert len(set(ids)) == len(ids)
    assert all(entry.names and all(name.text for name in entry.names) for entry in found.entries)
    assert all("\n" not in entry.id and "\x00" not in entry.id for entry in found.entries)


@given(st.sampled_from(list(FORMATS)), st.binary(max_size=400))
@settings(max_examples=400, deadline=None)
def test_no_bytes_raise(format_id, raw):
    sound(read(ListFile("x", raw), format_id=format_id))
    sniff(ListFile("x", raw))


@given(st.sampled_from(list(FORMATS)), st.data())
@settings(max_examples=600, deadline=None)
def test_no_cut_or_changed_file_raises(format_id, data):
    changed = []
    for file in ALL[format_id]:
        raw = bytearray(file.raw)
        for _ in range(data.draw(st.integers(0, 4))):
            place = data.draw(st.integers(0, len(raw) - 1))
            raw[place] = data.draw(st.integers(0, 255))
        end = data.draw(st.one_of(st.just(len(raw)), st.integers(0, len(raw))))
        changed.append(ListFile(file.name, bytes(raw[:end])))
    sound(read(*changed, format_id=format_id))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CSL_FIELDS = (
    "id",
    "name",
    "source",
    "type",
    "alt_names",
    "addresses",
    "ids",
    "start_date",
    "dates_of_birth",
    "programs",
)
FTM_FIELDS = ("name", "alias", "country", "birthDate", "addressEntity", "entity", "leiCode", "startDate")


@given(st.dictionaries(st.sampled_from(CSL_FIELDS), JSON), JSON)
@settings(max_examples=200, deadline=None)
def test_no_fields_of_json_raise(fields, other):
    text = json.dumps({"results": [fields, other, {"name": "Example", "id": "1"}]})
    sound(read(text_file("csl.json", text), format_id="us-csl-json"))


@given(
    st.sampled_from(["Company", "Person", "Sanction", "Address", "Identification", "Ownership"]),
    st.dictionaries(st.sampled_from(FTM_FIELDS), JSON),
    JSON,
)
@settings(max_examples=200, deadline=None)
def test_no_entity_raises(schema, properties, id_):
    first = {"id": "a", "schema": "Company", "properties": {"name": ["Example"], "addressEntity": ["b"]}}
    text = "\n".join(json.dumps(one) for one in (first, {"id": id_, "schema": schema, "properties": properties}))
    sound(read(text_file("x.json", text), format_id="ftm-json-lines"))


@given(
    st.lists(st.lists(st.text(max_size=30), max_size=14), max_size=5),
    st.sampled_from(["own-csv", "mofcom-csv", "uk-csv"]),
)
@settings(max_examples=200, deadline=None)
def test_no_cells_raise(rows, format_id):
    (file,) = ALL[format_id]
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    sound(read(ListFile("x.csv", file.raw + quoted.encode("utf-8", "replace")), format_id=format_id))


@pytest.mark.parametrize("names", [["un_consolidated.xml"], ["ofac_sdn.csv", "ofac_alt.csv"], ["us_csl_sample.csv"]])
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_real_files_that_were_cut_or_changed_do_not_raise(names, data):
    cut = []
    for file in real(*names):
        end = data.draw(st.integers(1, len(file.raw)))
        raw = bytearray(file.raw[max(0, end - 200_000) if names[0].endswith("csv") else 0 : end])
        for _ in range(data.draw(st.integers(0, 20))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        cut.append(ListFile(file.name, bytes(raw[-200_000:] if names[0].endswith("csv") else raw[:200_000])))
    format_id = {"un": "un-xml", "of": "ofac-legacy", "us": "us-csl-csv"}[names[0][:2]]
    sound(read(*cut, format_id=format_id))


def test_real_files_need_little_memory():
    """The XML is read as a stream: memory holds the entries and no tree."""
    files = real("un_consolidated.xml")
    tracemalloc.start()
    found = read(*files)
    current, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.entries) == 1003
    assert peak - current < 3_000_000
    assert peak < 20_000_000
