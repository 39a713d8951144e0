"""Identifiers: GS1 keys in one canonical form, those minted by a register, and any other absolute URI.

The canonical form of a GS1 key is its Digital Link under https://id.gs1.org/, whatever host, EPC URN or
percent-encoding it came with; GTINs have 14 digits. The finest key is the identity: a serial makes a lot
beside it superfluous, a GLN extension 0 is none. A query string or fragment of a Digital Link is no part of
the identity; it is cut with a remark, never silently.

A link is read as GS1's when its path is a key with its qualifiers; a wrong check digit is refused with the
right one. On a host that is not GS1's, a path that only resembles a key is an ordinary URI, with a remark.

Nothing here depends on a document's prefixes: only absolute URIs are read (and cached).

Source: GS1 Digital Link Standard: URI Syntax 1.6; CBV 2.0 section 8 (identifiers of objects and locations);
EPC Tag Data Standard 2.0 section 6; RFC 3986 sections 2, 3, 6.2.2.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ytterby.terms.gs1key import (
    GS1_ROOT,
    KEYS,
    QUALIFIERS,
    Key,
    check_digit,
    link_of_urn,
    percent_decode,
    percent_encode,
)
from ytterby.terms.problem import Problem, refuse, remark

LENGTH_MAX = 1000
_CACHED_LENGTH_MAX = 200
REGISTER = "register"
OTHER = "other"
MINTED_KINDS = ("lot", "item", "site", "party", "product")


@dataclass(frozen=True, slots=True)
class Identifier:
    """An absolute URI in canonical form, and what kind of key it is (`gtin`, `sscc`, ..., `other`)."""

    uri: str
    scheme: str


def read_identifier(
    text: str, pointer: str = "", *, base: str | None = None
) -> tuple[Identifier | None, list[Problem]]:
    """Return the identifier that a text is, in canonical form.

    With `base`, identifiers minted under it have the scheme `register`. Codes: `identifier.not_a_uri`,
    `identifier.too_long`, `identifier.malformed`, `identifier.check_digit` (fact `right`), and the remarks
    `identifier.part_dropped`, `identifier.not_gs1`.
    """
    found, problems = _read_cached(text) if len(text) <= _CACHED_LENGTH_MAX else _read(text)
    if base is not None and found is not None and found.scheme == OTHER and is_minted(found.uri, base):
        found = Identifier(found.uri, REGISTER)
    return found, [problem.at(pointer) for problem in problems]


_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([^\s\x00-\x20\x7f<>\"{}|\\^`]+)")
# A host in letters of ASCII (names in other scripts have an xn-- form), without user and password.
_WEB = re.compile(r"//((?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?)((?:/[^?#]*)?)((?:\?[^#]*)?(?:#.*)?)")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_Result = tuple[Identifier | None, tuple[Problem, ...]]


# The keys that events name most, where they are canonical already: nothing to decode, order or drop.
_CANONICAL = re.compile(
    r"https://id\.gs1\.org/(00|01|414|417)/([0-9]{13,18})(?:/(10|21|254)/(?!0$)[A-Za-z0-9._-]{1,20})?"
).fullmatch
_CANONICAL_SCHEMES = {
    ("00", 18, None): "sscc",
    ("01", 14, None): "gtin",
    ("01", 14, "10"): "lgtin",
    ("01", 14, "21"): "sgtin",
    ("414", 13, None): "sgln",
    ("414", 13, "254"): "sgln",
    ("417", 13, None): "pgln",
}


def _read(text: str) -> _Result:
    """Read an absolute URI; depends on the text alone."""
    plain = _CANONICAL(text)
    if plain is not None:
        ai, digits, qualifier = plain.groups()
        scheme = _CANONICAL_SCHEMES.get((ai, len(digits), qualifier))
        if scheme is not None and check_digit(digits[:-1]) == digits[-1]:
            return Identifier(text, scheme), ()
    return _read_thoroughly(text)


def _read_thoroughly(text: str) -> _Result:
    """Read any text, however its identifier is written."""
    if len(text) > LENGTH_MAX:
        return None, (refuse("identifier.too_long", "", text, limit=LENGTH_MAX),)
    found = _URI.fullmatch(text)
    if found is None:
        return None, (refuse("identifier.not_a_uri", "", text),)
    scheme, rest = found.group(1).lower(), found.group(2)
    if scheme == "urn":
        return _read_urn(text, rest)
    if scheme not in ("http", "https"):
        return _other(text, f"{scheme}:", rest)
    web = _WEB.fullmatch(rest)
    if web is None:
        return None, (refuse("identifier.not_a_uri", "", text),)
    host, path, more = web.group(1).lower().removesuffix(_DEFAULT_PORTS[scheme]), web.group(2), web.group(3)
    return _read_link(text, host, path, more) or _other(text, f"{scheme}://{host}", path + more)


_read_cached = lru_cache(maxsize=65536)(_read)


def _other(text: str, head: str, rest: str, *remarks: Problem) -> _Result:
    """Return an ordinary URI with its percent-encoding normalised (RFC 3986, 6.2.2)."""
    normal = normalise_escapes(rest)
    if normal is None:
        return None, (refuse("identifier.not_a_uri", "", text),)
    return Identifier(head + normal, OTHER), remarks


_ESCAPES = re.compile(r"%([0-9A-Fa-f]{2})|(%)|([^\x00-\x7f])")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def normalise_escapes(text: str) -> str | None:
    """Return a text with escapes in upper case, none where needless, one for each byte beyond ASCII.

    None when a percent sign begins no escape, or a character has no UTF-8.
    """
    if "%" not in text and text.isascii():
        return text
    broken = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal broken
        code, percent, beyond = found.groups()
        if percent:
            broken = True
            return percent
        if beyond:
            if "\ud800" <= beyond <= "\udfff":
                broken = True
                return beyond
            return percent_encode(beyond)
        character = chr(int(code, 16))
        return character if _UNRESERVED.fullmatch(character) else "%" + code.upper()

    normal = _ESCAPES.sub(replaced, text)
    return None if broken else normal


def _read_urn(text: str, rest: str) -> _Result:
    name, _, specific = rest.partition(":")
    if not specific or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}", name):
        return None, (refuse("identifier.not_a_uri", "", text),)
    name = name.lower()
    if name == "uuid":
        return _other(text, "urn:uuid:", specific.lower())
    if name != "epc" or specific.partition(":")[0].lower() not in ("id", "class", "idpat"):
        return _other(text, f"urn:{name}:", specific)
    link = link_of_urn(text)
    if link is None:
        return None, (
            refuse(
                "identifier.malformed",
                "",
                text,
                key="EPC URN",
                expected="urn:epc:id:sgtin:4012345.011111.9876",
            ),
        )
    path, scheme = link
    if path.startswith("urn:"):
        return Identifier(path, scheme), ()
    read = _read_link(text, "id.gs1.org", "/" + path, "")
    assert read is not None, "a path below GS1's root is a key or a problem"
    return read


def _read_link(text: str, host: str, path: str, more: str) -> _Result | None:
    """Read a web address as a Digital Link; None when it is none."""
    segments = path.split("/")[1:]
    is_gs1 = host == "id.gs1.org"
    for start, segment in enumerate(segments):
        key = KEYS.get(segment)
        if key is None:
            continue
        parts = [percent_decode(part) for part in segments[start + 1 :]]
        values = [part for part in parts if part]
        if len(values) == len(parts) and _has_shape(key, values, is_stem=start > 0):
            return _judge_link(text, key, values, more, is_certain=is_gs1 or start == 0)
        if start == 0 and not is_gs1:
            note = remark("identifier.not_gs1", "", text, key=_title(key), expected=key.length)
            return _other(
                text,
                f"https://{host}" if text[:5].lower() == "https" else f"http://{host}",
                path + more,
                note,
            )
        if is_gs1:
            return None, (refuse("identifier.malformed", "", text, key=_title(key), expected=key.length),)
    if is_gs1:
        return None, (
            refuse("identifier.malformed", "", text, key="GS1 Digital Link", expected="/01/, /00/, /414/ ..."),
        )
    return None


def _title(key: Key) -> str:
    return f"{key.scheme.upper()} ({key.ai})"


def _has_shape(key: Key, values: list[str], *, is_stem: bool) -> bool:
    """Tell whether path segments after a key are its value and qualifiers in their order."""
    if (
        len(values) % 2 == 0
        or not key.shape.fullmatch(values[0])
        or (is_stem and key.ai == "01" and len(values[0]) < 14)
    ):
        return False
    names = values[1::2]
    order = [key.qualifiers.index(name) for name in names if name in key.qualifiers]
    if len(order) != len(names) or order != sorted(set(order)):
        return False
    return all(QUALIFIERS[name].fullmatch(value) for name, value in zip(names, values[2::2], strict=True))


def _judge_link(text: str, key: Key, values: list[str], more: str, *, is_certain: bool) -> _Result | None:
    """Check the check digit, then return the canonical link with what was dropped."""
    value = values[0].zfill(14) if key.ai == "01" else values[0]
    if key.check_length:
        body = value[: key.check_length - 1]
        right = check_digit(body)
        if value[key.check_length - 1] != right:
            if not is_certain:
                return None
            wrong = value[key.check_length - 1]
            return None, (refuse("identifier.check_digit", "", text, key=_title(key), wrong=wrong, right=right),)
    named = dict(zip(values[1::2], values[2::2], strict=True))
    kept, scheme = _finest(key, named)
    if re.search(r"[?&](?:01|10|21|22|235|254|8011|8019)=", more):
        return None, (refuse("identifier.malformed", "", text, key=_title(key), expected=key.length),)
    tail = "".join(f"/{name}/{percent_encode(named[name])}" for name in kept)
    uri = f"{GS1_ROOT}{key.ai}/{percent_encode(value)}{tail}"
    dropped = [f"/{name}/{named[name]}" for name in named if name not in kept and (name, named[name]) != ("254", "0")]
    if more:
        dropped.append(more)
    notes = (remark("identifier.part_dropped", "", text, dropped="".join(dropped), uri=uri),) if dropped else ()
    return Identifier(uri, scheme), notes


def _finest(key: Key, named: dict[str, str]) -> tuple[tuple[str, ...], str]:
    """Return which qualifiers make the identity, and its scheme."""
    if key.ai == "01":
        for name, scheme in (("235", "upui"), ("21", "sgtin"), ("10", "lgtin"), ("22", "gtin")):
            if name in named:
                return (name,), scheme
        return (), "gtin"
    if key.ai == "8006":
        return tuple(name for name in ("21", "10", "22") if name in named)[:1], key.scheme
    if key.ai == "414" and named.get("254") == "0":
        return tuple(name for name in named if name != "254"), key.scheme
    return tuple(named), key.scheme


_GTIN_ROOT = GS1_ROOT + "01/"
_SITE_ROOT = GS1_ROOT + "414/"


def lot_of(gtin14: str, lot: str) -> str:
    """Return the canonical URI of a lot of a product (LGTIN); ValueError for a wrong GTIN or lot."""
    found, problems = read_identifier(f"{_GTIN_ROOT}{gtin14}/10/{percent_encode(lot)}")
    if found is None or found.scheme != "lgtin":
        raise ValueError(f"{gtin14!r} and {lot!r} make no LGTIN: {[p.code for p in problems]}")
    return found.uri


def product_class(uri: str) -> str:
    """Return the product that a lot or serial number belongs to.

    The GTIN of an LGTIN or SGTIN; of an identifier minted as `.../lot/PRODUCT/NAME` what stands before the
    name; else the URI itself.
    """
    if uri.startswith(_GTIN_ROOT):
        return uri[: len(_GTIN_ROOT) + 14]
    found = _MINTED_OF_PRODUCT.fullmatch(uri)
    return found.group(1) if found else uri


_MINTED_OF_PRODUCT = re.compile(r"(https?://[^/?#]+/(?:[^?#]+/)?(?:lot|item)/[^/?#]+)/[^/?#]+")


def site_of(uri: str) -> str:
    """Return the site of a place: an SGLN without its extension; any other URI unchanged."""
    if uri.startswith(_SITE_ROOT):
        return uri[: len(_SITE_ROOT) + 13]
    return uri


def is_container(uri: str) -> bool:
    """Tell whether a canonical identifier names packaging: a logistic unit (SSCC) or a returnable asset (GRAI)."""
    return uri.startswith(("https://id.gs1.org/00/", "https://id.gs1.org/8003/"))


def tail(uri: str) -> str:
    """Return the last part of a URI as people say it (`KR-C-0418`), percent-decoded."""
    last = re.split(r"[/#]" if "/" in uri else r"[:#]", uri.rstrip("/"))[-1]
    return percent_decode(last) or last


def mint(base: str, kind: str, name: str, *, product: str = "") -> str:
    """Return the identifier of a thing of somebody without GS1 keys: `{base}/{kind}/{name}`.

    `kind` is one of MINTED_KINDS; a lot or item may stand under its product (`{base}/lot/{product}/{name}`).
    Raises ValueError for an unknown kind, an empty name, or a base that is no web address.
    """
    if kind not in MINTED_KINDS or not name or (product and kind not in ("lot", "item")):
        raise ValueError(f"nothing can be minted of kind {kind!r}, name {name!r}, product {product!r}")
    if not re.fullmatch(r"https?://[^?#\s]+", base):
        raise ValueError(f"a base is a web address without query: {base!r}")
    parts = [base.rstrip("/"), kind, *([percent_encode(product)] if product else []), percent_encode(name)]
    return "/".join(parts)


def is_minted(uri: str, base: str) -> bool:
    """Tell whether an identifier was minted under this base."""
    head = base.rstrip("/") + "/"
    if not uri.startswith(head):
        return False
    kind, *names = uri[len(head) :].split("/")
    most = 2 if kind in ("lot", "item") else 1
    return kind in MINTED_KINDS and 1 <= len(names) <= most and all(names) and not re.search(r"[?#]", uri)
