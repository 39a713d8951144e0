"""The GS1 keys: their shapes, check digits and qualifiers, and their EPC URNs as Digital Links.

One row for each key of the Digital Link syntax. A shape is a pattern over the percent-decoded value; the
check digit, where a key has one, closes the first `check_length` digits.

Source: GS1 General Specifications, section 3 (application identifiers) and 7.9 (check digit); GS1 Digital
Link Standard: URI Syntax, sections 4 and 6; EPC Tag Data Standard 2.0, section 6 (URN syntax and
equivalents).
"""

import re
from dataclasses import dataclass

GS1_ROOT = "https://id.gs1.org/"
_CHARACTERS_82 = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Key:
    """One primary key: its application identifier, scheme, shape of value, and qualifiers in their order."""

    ai: str
    scheme: str
    shape: re.Pattern[str]
    length: str
    check_length: int = 0
    qualifiers: tuple[str, ...] = ()


def _key(ai: str, scheme: str, shape: str, length: str, check_length: int = 0, *qualifiers: str) -> Key:
    return Key(ai, scheme, re.compile(shape), length, check_length, qualifiers)


KEYS: dict[str, Key] = {
    key.ai: key
    for key in (
        _key("00", "sscc", r"[0-9]{18}", "18 digits", 18),
        _key("01", "gtin", r"[0-9]{8}|[0-9]{12,14}", "8, 12, 13 or 14 digits", 14, "22", "10", "21", "235"),
        _key("253", "gdti", rf"[0-9]{{13}}{_CHARACTERS_82}{{0,17}}", "13 digits and a serial of up to 17", 13),
        _key("255", "gcn", r"[0-9]{13,25}", "13 digits and a serial of up to 12 digits", 13),
        _key("401", "ginc", rf"[0-9]{{4}}{_CHARACTERS_82}{{0,26}}", "4 digits and up to 26 characters"),
        _key("402", "gsin", r"[0-9]{17}", "17 digits", 17),
        _key("414", "sgln", r"[0-9]{13}", "13 digits", 13, "254", "7040"),
        _key("417", "pgln", r"[0-9]{13}", "13 digits", 13, "7040"),
        _key(
            "8003",
            "grai",
            rf"0[0-9]{{13}}{_CHARACTERS_82}{{0,16}}",
            "0, 13 digits and a serial of up to 16",
            14,
        ),
        _key("8004", "giai", rf"[0-9]{{4}}{_CHARACTERS_82}{{0,26}}", "4 digits and up to 26 characters"),
        _key("8006", "itip", r"[0-9]{18}", "18 digits", 14, "22", "10", "21"),
        _key("8010", "cpi", r"[0-9]{4}[#\-/0-9A-Z]{0,26}", "4 digits and up to 26 of #-/0-9A-Z", 0, "8011"),
        _key("8013", "gmn", rf"[0-9]{{4}}{_CHARACTERS_82}{{0,21}}", "4 digits and up to 21 characters"),
        _key("8017", "gsrnp", r"[0-9]{18}", "18 digits", 18, "8019"),
        _key("8018", "gsrn", r"[0-9]{18}", "18 digits", 18, "8019"),
    )
}
QUALIFIERS: dict[str, re.Pattern[str]] = {
    "10": re.compile(rf"{_CHARACTERS_82}{{1,20}}"),
    "21": re.compile(rf"{_CHARACTERS_82}{{1,20}}"),
    "22": re.compile(rf"{_CHARACTERS_82}{{1,20}}"),
    "235": re.compile(rf"{_CHARACTERS_82}{{1,28}}"),
    "254": re.compile(rf"{_CHARACTERS_82}{{1,20}}"),
    "7040": re.compile(r"[0-9][!-~]{3}"),
    "8011": re.compile(r"[0-9]{1,12}"),
    "8019": re.compile(r"[0-9]{1,10}"),
}


def check_digit(digits: str) -> str:
    """Return the check digit that closes these digits: weights 3 and 1 from the right, modulo 10."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def percent_encode(text: str) -> str:
    """Return a text as one path segment: all but RFC 3986 unreserved characters as %XX of UTF-8."""
    return "".join(chr(b) if b in _UNRESERVED else f"%{b:02X}" for b in text.encode("utf-8"))


_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


def percent_decode(text: str) -> str | None:
    """Return a segment without percent-encoding; None when an escape is broken or is not UTF-8."""
    if "%" not in text:
        return text
    raw = text.encode("utf-8")
    if raw.count(b"%") != len(_ESCAPE.findall(raw)):
        return None
    try:
        return _ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), raw).decode("utf-8")
    except UnicodeDecodeError:
        return None


# URN scheme -> (application identifier, digits of company prefix and reference together, what follows).
# The first digit of the reference leads (indicator, extension) where the key has one.
_URN_RULES: dict[str, tuple[str, int, str]] = {
    "sgtin": ("01", 13, "21"),
    "lgtin": ("01", 13, "10"),
    "upui": ("01", 13, "235"),
    "sscc": ("00", 17, ""),
    "sgln": ("414", 12, "254"),
    "pgln": ("417", 12, ""),
    "grai": ("8003", 12, "+"),
    "gdti": ("253", 12, "+"),
    "sgcn": ("255", 12, "+"),
    "gsrn": ("8018", 17, ""),
    "gsrnp": ("8017", 17, ""),
    "gsin": ("402", 16, ""),
    "itip": ("8006", 13, "itip"),
    "giai": ("8004", 0, ""),
    "ginc": ("401", 0, ""),
    "cpi": ("8010", 0, "8011"),
}
_INDICATOR_LEADS = frozenset({"sgtin", "lgtin", "upui", "sscc", "itip"})
_KEPT_URNS: dict[str, re.Pattern[str]] = {
    "gid": re.compile(r"[0-9]{1,9}\.[0-9]{1,8}\.[0-9]{1,11}"),
    "usdod": re.compile(r"[0-9A-HJ-NP-Z]{5,6}\.[0-9]{1,11}"),
    "adi": re.compile(r"[0-9A-HJ-NP-Z]{5,6}\.[^.]{0,32}\.[^.]{1,30}"),
    "bic": re.compile(r"[A-Z]{3}[JUZ][0-9]{7}"),
    "imovn": re.compile(r"[0-9]{7}"),
}
_EPC_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)", re.IGNORECASE)


def link_of_urn(text: str) -> tuple[str, str] | None:
    """Return (path of the Digital Link below the root, scheme) of an `urn:epc:` URN; None if malformed.

    A URN that has no Digital Link (gid, usdod, adi, bic, imovn) comes back whole, with its scheme. The check
    digit, which a URN does not carry, is computed; the dots of the URN give the company prefix.
    """
    found = _EPC_URN.fullmatch(text)
    if found is None:
        return None
    kind, scheme, rest = found.group(1).lower(), found.group(2).lower(), found.group(3)
    if kind == "id" and scheme in _KEPT_URNS and _KEPT_URNS[scheme].fullmatch(rest):
        return f"urn:epc:id:{scheme}:{rest}", scheme
    if scheme not in _URN_RULES or (scheme == "lgtin") != (kind == "class"):
        return None
    tail = _URN_RULES[scheme][2]
    parts = rest.split(".", 2 if tail not in ("", "itip") else 4 if tail else 1)
    wanted = {"": 2, "itip": 5}.get(tail, 3)
    if len(parts) != wanted or not re.fullmatch(r"[0-9]{6,12}", parts[0]):
        return None
    if kind == "idpat" and (not tail or parts[-1] != "*"):
        return None
    return _link_path(scheme, parts, is_pattern=kind == "idpat")


def _link_path(scheme: str, parts: list[str], *, is_pattern: bool) -> tuple[str, str] | None:
    """Return the path of a Digital Link from the parts of a URN; a pattern ends before its `*`."""
    ai, digits, tail = _URN_RULES[scheme]
    prefix, reference = parts[0], parts[1]
    if digits:
        body = reference[:1] + prefix + reference[1:] if scheme in _INDICATOR_LEADS else prefix + reference
        if not re.fullmatch(rf"[0-9]{{{digits}}}", body):
            return None
        value = ("0" if ai == "8003" else "") + body + check_digit(body)
    else:
        decoded = percent_decode(reference)
        if not decoded:
            return None
        value = percent_encode(prefix + decoded)
    if tail == "itip":
        if not (re.fullmatch(r"[0-9]{2}", parts[2]) and re.fullmatch(r"[0-9]{2}", parts[3])):
            return None
        value += parts[2] + parts[3]
        tail = "21"
    if tail == "" or is_pattern:
        return f"{ai}/{value}", KEYS[ai].scheme
    last = percent_decode(parts[-1])
    if not last or last == "*":
        return None
    if scheme == "sgln" and last == "0":
        return f"{ai}/{value}", "sgln"
    joint = "" if tail == "+" else f"/{tail}/"
    return f"{ai}/{value}{joint}{percent_encode(last)}", scheme
