"""A reader of the CBOR that authenticators write: definite lengths only, no tags, no floats, nothing after the end.

Source: RFC 8949; CTAP 2.1 section 8 (canonical form), of which keys and lengths are held here, the order of keys is
not: browsers hand on what older authenticators wrote. Depth and length are bounded (threat X5).
"""

from typing import Any

DEPTH_MAX = 8
ITEMS_MAX = 4096
_SIMPLE = {20: False, 21: True, 22: None}


class CborError(ValueError):
    """Bytes that are no CBOR of this kind."""


def read_cbor(data: bytes) -> Any:
    """Return the one value that bytes hold.

    Raises:
        CborError: they hold something else, or more.
    """
    value, end = read_first_cbor(data)
    if end != len(data):
        raise CborError("something follows the value")
    return value


def read_first_cbor(data: bytes) -> tuple[Any, int]:
    """Return the value that bytes begin with, and where it ends.

    Raises:
        CborError: they begin with something else.
    """
    reader = _Reader(data)
    return reader.value(0), reader.at


class _Reader:
    __slots__ = ("at", "data", "items")

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.items = data, 0, 0

    def value(self, depth: int) -> Any:
        """Read one value."""
        self.items += 1
        if depth > DEPTH_MAX or self.items > ITEMS_MAX:
            raise CborError("too deep, or too much of it")
        major, number = self._head()
        match major:
            case 0:
                return number
            case 1:
                return -1 - number
            case 2:
                return self._take(number)
            case 3:
                return self._text(number)
            case 4:
                return [self.value(depth + 1) for _ in range(self._count(number))]
            case 5:
                return self._map(number, depth)
            case 7 if number in _SIMPLE:
                return _SIMPLE[number]
        raise CborError("a tag, a float, or an unknown simple value")

    def _head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        major, short = first >> 5, first & 31
        if short < 24:
            return major, short
        if short > 27 or major == 7:
            raise CborError("an indefinite length, a float, or a reserved value")
        number = int.from_bytes(self._take(1 << (short - 24)), "big")
        least = 24 if short == 24 else 1 << (8 << (short - 25))
        if number < least:
            raise CborError("a number written longer than it is")
        return major, number

    def _text(self, length: int) -> str:
        try:
            return self._take(length).decode()
        except UnicodeDecodeError:
            raise CborError("a text that is not UTF-8") from None

    def _map(self, count: int, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(self._count(count)):
            key = self.value(depth + 1)
            if not isinstance(key, int | str | bytes) or key in found:
                raise CborError("a key that stands twice, or is neither number nor text")
            found[key] = self.value(depth + 1)
        return found

    def _count(self, number: int) -> int:
        if number > len(self.data) - self.at:
            raise CborError("more items than bytes")
        return number

    def _take(self, length: int) -> bytes:
        end = self.at + length
        if end > len(self.data):
            raise CborError("the bytes end in the middle of a value")
        taken, self.at = self.data[self.at : end], end
        return taken
