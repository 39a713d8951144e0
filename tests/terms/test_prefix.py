import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.terms.prefix import BUILT_IN, REE_NAMESPACE, is_gs1_context, read_context

GS1 = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def codes(context: object) -> list[tuple[str, str, str]]:
    return [(p.code, p.where.pointer, p.severity.value) for p in read_context(context)[1]]


def test_the_sample_context_gives_the_built_in_prefixes_and_its_own() -> None:
    prefixes, problems = read_context([GS1, {"ree": REE_NAMESPACE}])
    assert problems == []
    assert prefixes == {**BUILT_IN, "ree": REE_NAMESPACE}


@pytest.mark.parametrize(
    "address",
    [
        GS1,
        "http://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "https://gs1.github.io/EPCIS/epcis-context.jsonld",
        "https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld",
    ],
)
def test_every_address_of_gs1s_context_is_known(address: str) -> None:
    assert is_gs1_context(address)
    assert read_context(address) == (dict(BUILT_IN), [])


@pytest.mark.parametrize(
    "address",
    [
        "https://ref.gs1.org.evil.example/standards/epcis/epcis-context.jsonld",
        "https://evil.example/epcis-context.jsonld",
        GS1 + "?x",
        "ftp://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "",
    ],
)
def test_any_other_address_is_remarked_and_gives_no_prefix(address: str) -> None:
    assert read_context(address)[0] == {}
    assert codes([GS1, address]) == [("context.not_read", "/1", "remark")]


def test_no_context_is_refused() -> None:
    assert codes(None) == [("context.missing", "", "refuse")]
    assert codes([]) == []


@pytest.mark.parametrize(
    ("context", "place"),
    [
        (7, ""),
        ([None], "/0"),
        ([["x"]], "/0"),
        ({"ex": 7}, "/ex"),
        ({"ex": {"@type": "@id"}}, "/ex"),
        ({"": "https://a.example/"}, "/"),
        ({"a:b": "https://a.example/"}, "/a:b"),
        ({"ex": "no namespace"}, "/ex"),
        ({"ex": ""}, "/ex"),
        ({"a": "b:x/", "b": "a:y/"}, "/a"),
        ({"ex": "unknown/"}, "/ex"),
        ([GS1] * 201, ""),
        ({f"p{n}": "https://a.example/" for n in range(201)}, ""),
    ],
)
def test_what_is_no_context_is_refused(context: object, place: str) -> None:
    assert ("context.malformed", place, "refuse") in codes(context)


def test_prefixes_that_standard_fields_depend_on_are_fixed() -> None:
    prefixes, problems = read_context([GS1, {"cbv": "https://evil.example/"}])
    assert [(p.code, p.where.pointer) for p in problems] == [("context.fixed_prefix", "/1/cbv")]
    assert prefixes["cbv"] == BUILT_IN["cbv"]
    assert codes([GS1, {"gs1": "https://gs1.org/voc/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}]) == []


def test_other_built_in_prefixes_may_be_redefined_with_a_remark() -> None:
    prefixes, problems = read_context([GS1, {"cbvmda": "http://example.com/cbvmda/"}])
    assert [(p.code, p.severity.value) for p in problems] == [("context.prefix_redefined", "remark")]
    assert prefixes["cbvmda"] == "http://example.com/cbvmda/"


@pytest.mark.parametrize("name", ["urn", "https", "HTTP", "ni", "did"])
def test_a_prefix_that_would_rewrite_identifiers_is_refused(name: str) -> None:
    prefixes, problems = read_context({name: "https://evil.example/"})
    assert [p.code for p in problems] == ["context.prefix_is_scheme"]
    assert prefixes == {}


def test_a_namespace_without_an_end_is_remarked() -> None:
    assert codes({"ex": "https://ns.example.com/epcis"}) == [("context.namespace_end", "/ex", "remark")]
    assert codes({"a": "https://a.example/#", "b": "https://b.example/", "rail": "urn:gs1:epcisapp:rail:"}) == []


def test_a_term_may_be_an_object_and_may_use_another_prefix() -> None:
    prefixes, problems = read_context(
        [{"ex": "https://ex.example/"}, {"sub": "ex:sub/", "obj": {"@id": "sub:o/", "@type": "@id"}}]
    )
    assert problems == []
    assert prefixes == {
        "ex": "https://ex.example/",
        "sub": "https://ex.example/sub/",
        "obj": "https://ex.example/sub/o/",
    }


def test_keywords_are_not_applied_and_the_later_entry_wins() -> None:
    assert codes({"@version": 1.1, "@protected": True, "id": "@id"}) == []
    assert codes({"@vocab": "https://v.example/"}) == [("context.keyword_not_applied", "/@vocab", "remark")]
    assert read_context([{"ex": "https://a.example/"}, {"ex": "https://b.example/"}])[0] == {"ex": "https://b.example/"}


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=8),
        st.sampled_from([GS1, "https://a.example/", "a:b", "@id"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "@id", "@vocab", ""]), inner)
    ),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_value_is_read_or_refused(context: object) -> None:
    prefixes, _ = read_context(context)
    assert all(isinstance(k, str) and ":" in v for k, v in prefixes.items())


def test_the_fixed_table_is_gs1s(shared_data: Path) -> None:
    path = shared_data / "epcis" / "gs1-spec" / "epcis-context.jsonld"
    context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    declared = {k: v for k, v in context.items() if isinstance(v, str) and v.endswith(("/", "#", ":")) and "@" not in k}
    assert declared == BUILT_IN


def test_no_context_of_the_documents_of_others_is_refused(shared_data: Path) -> None:
    count = 0
    for path in (shared_data / "epcis").rglob("*.json*"):
        if "gs1-spec" in path.parts or "Invalid" in path.parts:
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict) and "@context" in document:
            count += 1
            assert [c for c in codes(document["@context"]) if c[2] == "refuse"] == [], path
    assert count > 40
