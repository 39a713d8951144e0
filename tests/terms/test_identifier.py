import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.terms import identifier
from ytterby.terms.gs1key import check_digit, percent_decode, percent_encode
from ytterby.terms.identifier import (
    LENGTH_MAX,
    Identifier,
    is_minted,
    lot_of,
    mint,
    product_class,
    read_identifier,
    site_of,
    tail,
)

ROOT = "https://id.gs1.org/"


def read(text: str) -> tuple[str, str]:
    found, problems = read_identifier(text)
    assert problems == []
    assert found is not None
    return found.uri.removeprefix(ROOT), found.scheme


def refusal(text: str) -> str:
    found, problems = read_identifier(text, "/epcList/0")
    assert found is None
    (problem,) = problems
    assert problem.where.pointer == "/epcList/0"
    return problem.code


# EPC Tag Data Standard 2.0, section 6.3: the examples of the schemes; check digits by GS1's calculator rule.
URNS = {
    "urn:epc:id:sgtin:0614141.112345.400": ("01/10614141123459/21/400", "sgtin"),
    "urn:epc:id:sgtin:9521141.012345.4711": ("01/09521141123454/21/4711", "sgtin"),
    "urn:epc:id:sgtin:952001.1012345.22222223333": ("01/19520010123455/21/22222223333", "sgtin"),
    "urn:epc:id:sscc:0614141.1234567890": ("00/106141412345678908", "sscc"),
    "urn:epc:id:sgln:0614141.12345.400": ("414/0614141123452/254/400", "sgln"),
    "urn:epc:id:sgln:0614141.12345.0": ("414/0614141123452", "sgln"),
    "urn:epc:id:pgln:0614141.12345": ("417/0614141123452", "pgln"),
    "urn:epc:id:grai:0614141.12345.400": ("8003/00614141123452400", "grai"),
    "urn:epc:id:giai:0614141.12345400": ("8004/061414112345400", "giai"),
    "urn:epc:id:gsrn:0614141.1234567890": ("8018/061414112345678902", "gsrn"),
    "urn:epc:id:gsrnp:0614141.1234567890": ("8017/061414112345678902", "gsrnp"),
    "urn:epc:id:gdti:0614141.12345.400": ("253/0614141123452400", "gdti"),
    "urn:epc:id:cpi:0614141.123ABC.123456789": ("8010/0614141123ABC/8011/123456789", "cpi"),
    "urn:epc:id:cpi:0614141.5PQ7%2FZ43.12345": ("8010/06141415PQ7%2FZ43/8011/12345", "cpi"),
    "urn:epc:id:sgcn:4012345.67890.04711": ("255/401234567890104711", "gcn"),
    "urn:epc:id:ginc:0614141.xyz47%2F11": ("401/0614141xyz47%2F11", "ginc"),
    "urn:epc:id:gsin:0614141.123456789": ("402/06141411234567890", "gsin"),
    "urn:epc:id:itip:4012345.012345.01.02.987": ("8006/040123451234560102/21/987", "itip"),
    "urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7'SDB": (
        "01/01234567894560/235/51qIgY%29%3C%26Jp3%2Aj7%27SDB",
        "upui",
    ),
    "urn:epc:class:lgtin:4012345.012345.998877": ("01/04012345123456/10/998877", "lgtin"),
    "urn:epc:class:lgtin:4023333.002000.2019-10-07": ("01/04023333020008/10/2019-10-07", "lgtin"),
    "urn:epc:class:lgtin:4012345.012345.a.b%2Fc": ("01/04012345123456/10/a.b%2Fc", "lgtin"),
    "urn:epc:idpat:sgtin:4012345.066666.*": ("01/04012345666663", "gtin"),
    "urn:epc:idpat:grai:4012345.66666.*": ("8003/04012345666663", "grai"),
    "urn:epc:idpat:gdti:4012345.55555.*": ("253/4012345555554", "gdti"),
    "urn:epc:idpat:sgcn:4012345.99999.*": ("255/4012345999990", "gcn"),
    "urn:epc:idpat:cpi:4012345.ABC.*": ("8010/4012345ABC", "cpi"),
    "urn:epc:idpat:itip:4012345.012345.01.02.*": ("8006/040123451234560102", "itip"),
    "urn:epc:idpat:upui:4012345.012345.*": ("01/04012345123456", "gtin"),
    "urn:epc:id:gid:95100000.12345.400": ("urn:epc:id:gid:95100000.12345.400", "gid"),
    "urn:epc:id:usdod:2S194.12345678901": ("urn:epc:id:usdod:2S194.12345678901", "usdod"),
    "urn:epc:id:adi:2S194.12345ABC.6789DEF": ("urn:epc:id:adi:2S194.12345ABC.6789DEF", "adi"),
    "urn:epc:id:bic:CSQU3054383": ("urn:epc:id:bic:CSQU3054383", "bic"),
    "urn:epc:id:imovn:9176187": ("urn:epc:id:imovn:9176187", "imovn"),
    "URN:EPC:ID:SSCC:0614141.1234567890": ("00/106141412345678908", "sscc"),
}


@pytest.mark.parametrize(("urn", "link"), URNS.items())
def test_an_epc_urn_becomes_its_digital_link(urn: str, link: tuple[str, str]) -> None:
    assert read(urn) == link


LINKS = {
    "https://id.gs1.org/01/09520000000028/10/KR-C-0418": ("01/09520000000028/10/KR-C-0418", "lgtin"),
    "http://id.gs1.org/01/09520000000028/21/1": ("01/09520000000028/21/1", "sgtin"),
    "HTTPS://ID.GS1.ORG/01/09520000000028": ("01/09520000000028", "gtin"),
    "https://kestrel.example/01/09520000000028/10/KR-C-0418": ("01/09520000000028/10/KR-C-0418", "lgtin"),
    "https://kestrel.example:8443/some/shop/01/09520000000028/10/L1": ("01/09520000000028/10/L1", "lgtin"),
    "https://id.gs1.org/01/9520000000028/10/A": ("01/09520000000028/10/A", "lgtin"),
    "https://id.gs1.org/01/614141123452": ("01/00614141123452", "gtin"),
    "https://id.gs1.org/01/40170725": ("01/00000040170725", "gtin"),
    "https://id.gs1.org/01/09520000000028/22/2A": ("01/09520000000028/22/2A", "gtin"),
    "https://id.gs1.org/01/09520000000028/10/a%2fb%41": ("01/09520000000028/10/a%2FbA", "lgtin"),
    "https://id.gs1.org/01/09520000000028/10/a+b": ("01/09520000000028/10/a%2Bb", "lgtin"),
    "https://id.gs1.org/00/095200000000000011": ("00/095200000000000011", "sscc"),
    "https://id.gs1.org/414/9520000010010/254/PIT-2": ("414/9520000010010/254/PIT-2", "sgln"),
    "https://id.gs1.org/414/9520000010010/254/0": ("414/9520000010010", "sgln"),
    "https://id.gs1.org/417/9520000010010": ("417/9520000010010", "pgln"),
    "https://id.gs1.org/8003/00614141123452400": ("8003/00614141123452400", "grai"),
    "https://id.gs1.org/8004/952000WB01": ("8004/952000WB01", "giai"),
    "https://id.gs1.org/8010/0614141123ABC": ("8010/0614141123ABC", "cpi"),
    "https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K": ("8013/1987654Ad4X4bL5ttr2310c2K", "gmn"),
    "https://id.gs1.org/8018/061414112345678902/8019/3": ("8018/061414112345678902/8019/3", "gsrn"),
    "https://id.gs1.org/255/4012345678901": ("255/4012345678901", "gcn"),
}


@pytest.mark.parametrize(("text", "link"), LINKS.items())
def test_a_digital_link_on_any_host_has_one_canonical_form(text: str, link: tuple[str, str]) -> None:
    assert read(text) == link


@pytest.mark.parametrize(
    "text", [*LINKS, "https://id.gs1.org/414/9520000010010/254/0A", "https://id.gs1.org/01/09520000000028/21/0"]
)
def test_the_short_way_for_canonical_keys_equals_the_thorough_one(text: str) -> None:
    assert identifier._read(text) == identifier._read_thoroughly(text)


@pytest.mark.parametrize("text", [*LINKS, *URNS])
def test_what_is_canonical_is_read_as_itself(text: str) -> None:
    once, _ = read_identifier(text)
    assert once is not None
    again, problems = read_identifier(once.uri)
    assert (again and again.uri, problems) == (once.uri, [])


ORDINARY = {
    "https://norrvik.example/po/7781": "https://norrvik.example/po/7781",
    "urn:uuid:5ECB6462-a66d-5f61-821c-22cd57cf94a8": "urn:uuid:5ecb6462-a66d-5f61-821c-22cd57cf94a8",
    "urn:epcglobal:cbv:bt:0614141073467:1152": "urn:epcglobal:cbv:bt:0614141073467:1152",
    "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk": "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk",
    "did:web:kestrel.example": "did:web:kestrel.example",
    "HTTPS://Kestrel.Example/%7elot/%e7%a8%80": "https://kestrel.example/~lot/%E7%A8%80",
    "https://kestrel.example/批次/1": "https://kestrel.example/%E6%89%B9%E6%AC%A1/1",
    "https://kestrel.example/x?a=1#b": "https://kestrel.example/x?a=1#b",
    "http://a.example:80/x": "http://a.example/x",
    "https://[2001:DB8::1]:8443/x": "https://[2001:db8::1]:8443/x",
    # A date behind a stem is no GTIN-8, and a stem does not make a wrong check digit GS1's.
    "https://kestrel.example/2025/01/20250104": "https://kestrel.example/2025/01/20250104",
    "https://kestrel.example/po/01/09520000000029": "https://kestrel.example/po/01/09520000000029",
    "urn:epc:tag:sgtin-96:3.0614141.812345.6789": "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
}


@pytest.mark.parametrize(("text", "uri"), ORDINARY.items())
def test_any_other_absolute_uri_is_accepted_and_normalised(text: str, uri: str) -> None:
    assert read(text) == (uri, "other")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("https://id.gs1.org/01/09520000000027/10/A", "8"),
        ("https://kestrel.example/01/09520000000027/21/A", "8"),
        ("https://id.gs1.org/00/095200000000000010", "1"),
        ("https://id.gs1.org/414/9520000010011", "0"),
        ("https://id.gs1.org/417/9520000010011", "0"),
        ("https://id.gs1.org/8003/00614141123453400", "2"),
        ("https://id.gs1.org/8017/061414112345678901", "2"),
        ("https://id.gs1.org/8018/061414112345678901", "2"),
        ("https://id.gs1.org/253/0614141123453400", "2"),
        ("https://id.gs1.org/255/4012345678902", "1"),
        ("https://id.gs1.org/402/06141411234567891", "0"),
        ("https://id.gs1.org/8006/040123451234570102", "6"),
        ("https://id.gs1.org/01/40170726", "5"),
    ],
)
def test_a_wrong_check_digit_is_refused_with_the_right_one(text: str, right: str) -> None:
    found, (problem,) = read_identifier(text, "/x")
    assert found is None
    assert (problem.code, problem.where.pointer, problem.facts["right"]) == ("identifier.check_digit", "/x", right)


@pytest.mark.parametrize(
    "text",
    [
        "https://id.gs1.org/01/09520000000",
        "https://id.gs1.org/01/095200000000281/10/A",
        "https://id.gs1.org/01/09520000000028/10/",
        "https://id.gs1.org/01/09520000000028/10",
        "https://id.gs1.org/01/09520000000028/10/A/10/B",
        "https://id.gs1.org/01/09520000000028/21/A/10/B",
        "https://id.gs1.org/01/09520000000028/254/A",
        "https://id.gs1.org/01/09520000000028/10/" + "A" * 21,
        "https://id.gs1.org/01/09520000000028/10/%E7%A8%80",
        "https://id.gs1.org/01/09520000000028/10/a%2",
        "https://id.gs1.org/01/09520000000028?10=A",
        "https://id.gs1.org/00/09520000000000001",
        "https://id.gs1.org/8003/10614141123452400",
        "https://id.gs1.org/8010/0614141abc",
        "https://id.gs1.org/gtin/09520000000028",
        "https://id.gs1.org/",
        "https://id.gs1.org",
        "urn:epc:id:sgtin:0614141.11234.400",
        "urn:epc:id:sgtin:061414112345.400",
        "urn:epc:id:sgtin:0614141.112345.",
        "urn:epc:id:sgtin:0614141.112345.*",
        "urn:epc:id:sgtin:0614141.112345." + "1" * 21,
        "urn:epc:id:lgtin:4012345.012345.998877",
        "urn:epc:class:sgtin:4012345.012345.998877",
        "urn:epc:idpat:sgtin:4012345.*.*",
        "urn:epc:idpat:sscc:0614141.*",
        "urn:epc:id:sgtn:0614141.112345.400",
        "urn:epc:id:itip:4012345.012345.1.02.987",
        "urn:epc:id:imovn:917618",
        "urn:epc:id:cpi:0614141.123abc.1",
        "urn:epc:id:giai:0614141.%",
        "urn:epc:id:sgln:061414.12345.0",
    ],
)
def test_a_gs1_key_of_wrong_length_or_characters_is_refused(text: str) -> None:
    assert refusal(text) == "identifier.malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KR-C-0418",
        "kr c 0418",
        "ree:",
        "/01/09520000000028",
        "01/09520000000028",
        "//a.example/b",
        "https://",
        "https:/a/b",
        "http:a",
        "https://a.example/a b",
        "https://a.example/a\nb",
        "https://a.example/<b>",
        "urn:",
        "urn:x",
        "urn:-x:y",
        "1a:b",
        "https://a.example/100%",
        "https://a.example/\ud800",
        "https://a.example/\u00a0",
        "https://?x",
        "公司:1",
        "https://公司.example/1",
        "https://user:pass@a.example/1",
        "https://a.example:x/1",
    ],
)
def test_what_is_no_absolute_uri_is_refused(text: str) -> None:
    assert refusal(text) == "identifier.not_a_uri"


def test_an_endless_identifier_is_refused() -> None:
    assert refusal("https://a.example/" + "a" * LENGTH_MAX) == "identifier.too_long"
    start = time.process_time()
    for text in (
        "https://a.example" + "/01" * 300,
        "https://id.gs1.org/01/" + "%41" * 300,
        "urn:epc:id:sgtin:" + "1." * 400,
    ):
        read_identifier(text)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("text", "uri", "dropped"),
    [
        ("https://id.gs1.org/01/09520000000028/10/A?17=251231", "01/09520000000028/10/A", "?17=251231"),
        ("https://id.gs1.org/01/09520000000028/10/A#page", "01/09520000000028/10/A", "#page"),
        ("https://id.gs1.org/01/09520000000028/22/1/10/A/21/S", "01/09520000000028/21/S", "/22/1/10/A"),
    ],
)
def test_what_is_no_part_of_the_identity_is_never_dropped_silently(text: str, uri: str, dropped: str) -> None:
    found, (problem,) = read_identifier(text)
    assert found is not None
    assert found.uri == ROOT + uri
    assert (problem.code, problem.severity) == ("identifier.part_dropped", "remark")
    assert (problem.facts["dropped"], problem.facts["uri"]) == (dropped, ROOT + uri)


def test_a_path_that_only_resembles_a_key_is_an_ordinary_uri_with_a_remark() -> None:
    text = "https://id.example.com/8003/952012200000001004"
    found, (problem,) = read_identifier(text)
    assert found == Identifier(text, "other")
    assert (problem.code, problem.severity, problem.facts["key"]) == ("identifier.not_gs1", "remark", "GRAI (8003)")


@settings(max_examples=300, deadline=None)
@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.text(st.sampled_from("!\"%&'()*+,-./:;<=>?_abcXYZ019"), min_size=1, max_size=20),
    st.sampled_from(["10", "21"]),
)
def test_link_and_urn_of_one_lot_or_serial_are_one_identifier(body: str, name: str, ai: str) -> None:
    gtin = body + check_digit(body)
    link, problems = read_identifier(f"http://a.example/01/{gtin}/{ai}/{percent_encode(name)}")
    assert problems == []
    assert link is not None
    assert percent_decode(link.uri.rsplit("/", 1)[1]) == name
    scheme = "class:lgtin" if ai == "10" else "id:sgtin"
    urn, problems = read_identifier(f"urn:epc:{scheme}:{body[1:8]}.{body[0]}{body[8:]}.{percent_encode(name)}")
    if name != "*":
        assert urn == link
    assert product_class(link.uri) == f"{ROOT}01/{gtin}"
    assert tail(link.uri) == name
    if ai == "10":
        assert lot_of(gtin, name) == link.uri


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789", min_size=7, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_a_check_digit_finds_every_single_wrong_digit(body: str, place: int, shift: int) -> None:
    digits = body + check_digit(body)
    place %= len(digits)
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    assert check_digit(wrong[:-1]) != wrong[-1]


PIECES = [
    "https://",
    "id.gs1.org",
    "urn:epc:",
    "id:",
    "sgtin:",
    "/01/",
    "/10/",
    "09520000000028",
    "%",
    "%41",
    "*",
    ".",
    "0614141",
    "414",
    "//",
    "?",
    "#",
    "稀",
    ":",
]


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=9).map("".join)))
def test_any_text_is_read_or_refused_and_a_canonical_form_is_stable(text: str) -> None:
    found, problems = read_identifier(text)
    assert (found is None) == any(p.severity == "refuse" for p in problems)
    assert identifier._read(text) == identifier._read_thoroughly(text)
    if found is not None:
        again, _ = read_identifier(found.uri)
        assert again is not None
        assert again.uri == found.uri
        assert found.uri.isascii()


def test_the_cache_gives_each_call_its_own_pointer() -> None:
    for pointer in ("/a", "/b"):
        _, (problem,) = read_identifier("no uri", pointer)
        assert problem.where.pointer == pointer


def test_parts_of_an_identifier() -> None:
    assert product_class(f"{ROOT}01/09520000000028/10/KR") == f"{ROOT}01/09520000000028"
    assert product_class(f"{ROOT}00/095200000000000011") == f"{ROOT}00/095200000000000011"
    assert product_class("https://a.example/po/1") == "https://a.example/po/1"
    assert site_of(f"{ROOT}414/9520000010010/254/GATE") == f"{ROOT}414/9520000010010"
    assert site_of("https://a.example/site/1") == "https://a.example/site/1"
    assert [tail(u) for u in (f"{ROOT}01/1/10/KR-C-0418", "urn:uuid:5e", "https://a.example/x/%E7%A8%80/")] == [
        "KR-C-0418",
        "5e",
        "稀",
    ]
    with pytest.raises(ValueError, match="LGTIN"):
        lot_of("09520000000027", "A")


def test_those_without_gs1_keys_get_identifiers_under_the_registers_base() -> None:
    base = "https://register.example/id/kestrel"
    lot = mint(base, "lot", "KR/2025 批-1", product="NdPr oxide")
    assert lot == f"{base}/lot/NdPr%20oxide/KR%2F2025%20%E6%89%B9-1"
    assert mint(base + "/", "site", "Pit 2") == f"{base}/site/Pit%202"
    assert read_identifier(lot, base=base) == (Identifier(lot, "register"), [])
    assert read_identifier(lot) == (Identifier(lot, "other"), [])
    assert tail(lot) == "KR/2025 批-1"
    assert product_class(lot) == f"{base}/lot/NdPr%20oxide"
    assert product_class(mint(base, "lot", "L1")) == f"{base}/lot/L1"
    for uri in (
        f"{base}/lot",
        f"{base}/lot/",
        f"{base}/lot/a/b/c",
        f"{base}/site/a/b",
        f"{base}/order/a",
        f"{base}x/lot/a",
        f"{base}/lot/a?b",
    ):
        assert not is_minted(uri, base)
    for wrong in (
        (base, "order", "a", ""),
        (base, "lot", "", ""),
        ("kestrel", "lot", "a", ""),
        (base, "site", "a", "p"),
    ):
        with pytest.raises(ValueError):
            mint(wrong[0], wrong[1], wrong[2], product=wrong[3])


def test_every_identifier_of_the_documents_of_others_is_read(shared_data: Path) -> None:
    names = {
        "epcList",
        "childEPCs",
        "inputEPCList",
        "outputEPCList",
        "epcClass",
        "parentID",
        "source",
        "destination",
        "bizTransaction",
    }
    seen = 0

    def walk(node: object, field: str) -> None:
        nonlocal seen
        if isinstance(node, dict):
            for key, value in node.items():
                walk(value, key)
        elif isinstance(node, list):
            for value in node:
                walk(value, field)
        elif isinstance(node, str) and field in names and not node.startswith("cbv:"):
            found, problems = read_identifier(node)
            assert found is not None, node
            assert [p.code for p in problems] in ([], ["identifier.not_gs1"]), node
            seen += 1

    for path in sorted((shared_data / "epcis").rglob("*.json*")):
        if "gs1-spec" not in path.parts and "Invalid" not in path.parts and "Queries" not in path.parts:
            walk(json.loads(path.read_bytes()), "")
    assert seen > 300
