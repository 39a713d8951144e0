"""Numbers as people write them, read exactly and never guessed: decimal point or comma, thousands, full width.

`1.234` may be one and a bit or one thousand two hundred: what the other cells of its column show settles it, or the
declared decimal sign; else it stays open and is a problem. Digits are kept as written.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from ytterby.chain.spreadsheet.cell import NUMBER, PERCENT, TEXT, Cell

POINT, COMMA = ".", ","
SIGNS = (POINT, COMMA)
LENGTH_MAX = 60
_SPACES = re.compile(r"(?<=\d)[\s'’_](?=\d{3}(?:\D|$))")
_NUMBER = re.compile(r"([+-]?)([0-9]*(?:[.,][0-9]+)*[.,]?)(?:[eE]([+-]?[0-9]{1,3}))?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")


def is_open(text: str) -> bool:
    """Tell whether a number's only separator could be the decimal sign or that of thousands."""
    body = _body(text)
    return body is not None and _sign_of(body, _tight(text)) == ""


def decimal_sign(cells: Iterable[Cell]) -> str:
    """Return the decimal sign that the texts of a column agree on; empty where none tells, or they differ."""
    signs = set()
    for cell in cells:
        body = _body(cell.text) if cell.kind == TEXT else None
        sign = _sign_of(body, _tight(cell.text)) if body is not None else None
        if sign:
            signs.add(sign)
    return signs.pop() if len(signs) == 1 else ""


def read_number(cell: Cell, sign: str) -> Decimal | str | None:
    """Return the number of a cell; None when it is none, and the text itself when it stays open.

    `sign` is the decimal sign of the column, empty where it is not settled.
    """
    if cell.kind in (NUMBER, PERCENT):
        return cell.number
    if cell.kind != TEXT:
        return None
    body = _body(cell.text)
    if body is None:
        return None
    own = _sign_of(body, _tight(cell.text))
    if own is None or (own in SIGNS and sign and own != sign):
        return None
    if own == "" and not sign:
        return cell.text
    return _value(body, own if own in SIGNS else sign or POINT, cell.text)


def _tight(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _plain(text: str) -> str:
    tight = _tight(text).replace("−", "-").removesuffix("%").rstrip()
    return _SPACES.sub("", tight)


def _body(text: str) -> str | None:
    """Return digits and separators of a number; None when the text is none."""
    if len(text) > LENGTH_MAX:
        return None
    found = _NUMBER.fullmatch(_plain(text))
    return found.group(2) if found and any(c.isdigit() for c in found.group(2)) else None


def _sign_of(body: str, written: str) -> str | None:
    """Return the decimal sign that a number shows by itself: `-` for none needed, empty where it stays open.

    Both signs: the last is the decimal one. One several times: it parts thousands. One once: it is the decimal sign
    unless exactly three digits follow one to three that do not begin with 0.
    """
    seps: list[str] = re.findall(r"[.,]", body)
    if not seps:
        return "-"
    if len(set(seps)) == 2:
        return seps[-1] if seps.count(seps[-1]) == 1 else None
    if len(seps) > 1:
        return (COMMA if seps[0] == POINT else POINT) if _GROUPED.fullmatch(body) else None
    is_spaced = bool(_SPACES.search(written))
    if _GROUPED.fullmatch(body) and not body.startswith("0") and not is_spaced and "e" not in written.casefold():
        return ""
    return seps[0]


def _value(body: str, sign: str, text: str) -> Decimal | None:
    found = _NUMBER.fullmatch(_plain(text))
    assert found, "only what is a number comes here"
    other = COMMA if sign == POINT else POINT
    whole, _, rest = body.partition(sign)
    if other in rest or (other in whole and not _GROUPED.fullmatch(whole)):
        return None
    digits = whole.replace(other, "") + (f".{rest}" if rest else "")
    exponent = f"E{found.group(3)}" if found.group(3) else ""
    return Decimal(f"{found.group(1)}{digits or '0'}{exponent}")
