"""JSON text to values, strictly: what two readers could understand differently is refused.

RFC 8259 leaves open what a reader does with equal keys, with numbers that no machine type holds, with deep
nesting and with halves of surrogate pairs. A register of evidence cannot: each of these is refused with its
place. Numbers stay exact: whole numbers are `int`, all others `Decimal` with the zeros that were written.

Limits: nesting 64; a number is zero or has a magnitude from 1e-9 to 1e12 and at most 30 digits.

Fast path: one strict decode (msgspec), then one compact encode of the result. Where that gives the text
back (save for white space), no key was dropped as a duplicate of another: each object of the encoded text
has as many keys as the decoded one, so as the text. Anything else goes to the slow search, which names
every place.

Source: RFC 8259 (JSON), sections 4, 6, 7, 8.1; RFC 7493 (I-JSON), sections 2.1 to 2.3.
"""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import msgspec

from ytterby.terms.jsonscan import scan_duplicates, text_outside_strings
from ytterby.terms.problem import Problem, Severity, refuse
from ytterby.terms.problem import pointer as pointer_of

NESTING_MAX = 64
DIGITS_MAX = 30
MAGNITUDE_MIN = Decimal("1E-9")
MAGNITUDE_MAX = Decimal("1E+12")
PROBLEMS_MAX = 100

_SHORT = 11  # a plain literal of 11 characters has at most 9 decimals and is below 1e10
_TEXT_MAX = 200  # a literal longer than this has more than 30 digits or is not worth reading


class _Unreadable:
    """A number literal outside the limits, kept in the tree until its place is named."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def read_number(text: str) -> Decimal | None:
    """Return the exact value of a JSON number with fraction or exponent; None outside the limits.

    Zeros at the end stay as written, the sign of zero does not; an exponent is written out.
    """
    if len(text) > _TEXT_MAX:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or len(digits) > DIGITS_MAX or exponent < -(DIGITS_MAX + 9):
        return None
    if not value:
        return abs(value) if -DIGITS_MAX <= exponent <= 0 else (Decimal(0) if 0 < exponent <= DIGITS_MAX else None)
    if not MAGNITUDE_MIN <= value.copy_abs() <= MAGNITUDE_MAX:  # abs() would round, and overflow beyond 1e999999
        return None
    return value if exponent <= 0 else Decimal(int(value))


def _hold_number(text: str) -> object:
    """Return the value of a literal, or a mark that makes the slow search name its place."""
    if len(text) <= _SHORT and "e" not in text and "E" not in text and text[0] != "-":
        return Decimal(text)
    value = read_number(text)
    return _Unreadable(text) if value is None else value


_DECODER = msgspec.json.Decoder(float_hook=_hold_number)
_ENCODER = msgspec.json.Encoder(decimal_format="number")

# Digits become 0 and what may stand before a number becomes ':', so that one search finds a long number.
_LONG_TABLE = bytes(0x30 if 0x30 <= c <= 0x39 else 0x3A if c in b":,[ \t\n\r-" else c for c in range(256))
_LONG_NUMBER = b":" + b"0" * 13


def decode(raw: bytes, *, depth_max: int = NESTING_MAX, is_last_taken: bool = False) -> tuple[object, list[Problem]]:
    """Return what a JSON text says, and every reason why it cannot be relied on.

    Whole numbers are `int`, others `Decimal`, objects `dict`, arrays `list`. With any problem the value is
    None: all problems refuse. With `is_last_taken` a key that stands twice has its last value, as JSON Schema and
    most readers take it, and is remarked; the value is then returned. Codes: `json.empty`, `json.encoding`,
    `json.truncated`, `json.malformed`, `json.not_a_number`, `json.surrogate`, `json.nesting`,
    `json.duplicate_key`, `json.number_range`. No input raises.
    """
    try:
        tree = _DECODER.decode(raw)
    except RecursionError:
        return None, [refuse("json.nesting", limit=depth_max)]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return None, [_explain_failure(raw, error)]
    problems = _check_tree(raw, tree, depth_max)
    if is_last_taken and all(problem.code == "json.duplicate_key" for problem in problems):
        return tree, [replace(problem, severity=Severity.REMARK) for problem in problems]
    return (None, problems) if problems else (tree, problems)


def _check_tree(raw: bytes, tree: object, depth_max: int) -> list[Problem]:
    """Return what is wrong with a text that is well-formed."""
    if raw.count(b"{") + raw.count(b"[") > depth_max and is_nested_beyond(raw, depth_max):
        return [refuse("json.nesting", limit=depth_max)]
    problems: list[Problem] = []
    try:
        compact = _ENCODER.encode(tree)
        is_long = _LONG_NUMBER in raw.translate(_LONG_TABLE)
    except TypeError:
        compact, is_long = b"", True
    if is_long or type(tree) is int:
        _find_numbers(tree, "", problems)
    if raw != compact and raw.translate(None, _SPACE) != compact.translate(None, _SPACE):
        problems += scan_duplicates(raw, tree, PROBLEMS_MAX)
    return problems[:PROBLEMS_MAX]


_SPACE = b" \t\n\r"
_ONE_BRACKET = bytes(0x5B if c == 0x7B else 0x5D if c == 0x7D else c for c in range(256))
_NO_BRACKET = bytes(c for c in range(256) if c not in b"{}[]")


def is_nested_beyond(raw: bytes, depth: int) -> bool:
    """Tell whether arrays and objects of a well-formed JSON text are nested deeper than `depth`."""
    brackets = text_outside_strings(raw).translate(_ONE_BRACKET, _NO_BRACKET)
    for _ in range(depth):
        if not brackets:
            return False
        # One pass takes away all that hold nothing: one level.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _find_numbers(node: object, where: str, problems: list[Problem]) -> None:
    """Add a problem for each number outside the limits."""
    if len(problems) >= PROBLEMS_MAX:
        return
    if isinstance(node, dict):
        for key, value in node.items():
            if not isinstance(value, str):
                _find_numbers(value, where + pointer_of(key), problems)
    elif isinstance(node, list):
        for position, value in enumerate(node):
            if not isinstance(value, str):
                _find_numbers(value, f"{where}/{position}", problems)
    elif isinstance(node, _Unreadable):
        problems.append(_number_problem(where, node.text))
    elif isinstance(node, int) and abs(node) > MAGNITUDE_MAX:
        problems.append(_number_problem(where, str(node)))


def _number_problem(where: str, text: str) -> Problem:
    return refuse("json.number_range", where, text, least="0.000000001", most="1000000000000", digits=DIGITS_MAX)


_BYTE_OFFSET = re.compile(r"\(byte (\d+)\)")
_NOT_A_NUMBER = re.compile(rb"[+-]?(?:NaN|Infinity|inf|nan)\b")
_BOMS = (
    (b"\xef\xbb\xbf", "UTF-8 with a byte order mark"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def _explain_failure(raw: bytes, error: Exception) -> Problem:
    """Return why a text could not be decoded at all, and where."""
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return refuse("json.encoding", "", name, byte=0)
    if b"\x00" in raw[:4]:
        return refuse("json.encoding", "", "UTF-32" if b"\x00\x00" in raw[:4] else "UTF-16", byte=0)
    if not raw.strip(b" \t\r\n"):
        return refuse("json.empty")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return refuse("json.encoding", "", f"0x{raw[wrong.start]:02x}", **_place(raw, wrong.start))
    text = str(error)
    if "out of range" in text:
        return _huge_integer(raw)
    found = _BYTE_OFFSET.search(text)
    offset = int(found.group(1)) if found else len(raw)
    if "surrogate" in text or (not found and _ends_in_surrogate(raw)):
        return refuse("json.surrogate", "", _around(raw, offset), **_place(raw, offset))
    if not found:
        return refuse("json.truncated", "", _around(raw, len(raw)), **_place(raw, len(raw)))
    word = _NOT_A_NUMBER.match(raw, max(0, offset - 1)) or _NOT_A_NUMBER.match(raw, offset)
    if word:
        return refuse("json.not_a_number", "", word.group().decode("ascii"), **_place(raw, offset))
    return refuse("json.malformed", "", _around(raw, offset), **_place(raw, offset), reason=_reason(text))


def _huge_integer(raw: bytes) -> Problem:
    longest = max(re.findall(rb"\d{400,}", text_outside_strings(raw)) or [b""], key=len)
    return _number_problem("", longest[:DIGITS_MAX].decode("ascii") + "…")


def _ends_in_surrogate(raw: bytes) -> bool:
    """Tell whether the text is complete, so that the decoder can only have missed half of a pair."""
    return re.search(rb"\\u[dD][89aAbB][0-9a-fA-F]{2}(?!\\u)", raw) is not None


def _place(raw: bytes, offset: int) -> dict[str, int]:
    """Return the line and column (from 1, in characters) and byte (from 0) of an offset."""
    start = raw.rfind(b"\n", 0, offset) + 1
    column = len(raw[start:offset].decode("utf-8", "replace")) + 1
    return {"line": raw.count(b"\n", 0, offset) + 1, "column": column, "byte": offset}


def _around(raw: bytes, offset: int) -> str:
    """Return the few characters about an offset."""
    return raw[max(0, offset - 20) : offset + 10].decode("utf-8", "replace")


def _reason(text: str) -> str:
    return text.removeprefix("JSON is malformed: ").partition(" (byte")[0]
