"""The slow search for equal keys in a JSON text that is known to be well-formed.

Only called when the fast count of `ytterby.terms.jsontext` cannot rule duplicates out. The text is read a
second time, object by object, and each key that occurs twice in one object is named with its pointer.
"""

import re

import msgspec

from ytterby.terms.problem import Problem, refuse
from ytterby.terms.problem import pointer as pointer_of

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_TEXT = msgspec.json.Decoder(str)


def count_keys(tree: object) -> int:
    """Return the number of keys of all objects in a decoded value."""
    count = 0
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            count += len(node)
            todo.extend(node.values())
        elif isinstance(node, list):
            todo.extend(node)
    return count


_STRING = re.compile(rb'"[^"]*"')
_SPLIT_MAX = 1_000_000


def text_outside_strings(raw: bytes) -> bytes:
    """Return a well-formed JSON text without its strings."""
    if b"\\" in raw:
        # Backslashes pair from the left, so a quote with one left before it is inside a string.
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    if len(raw) > _SPLIT_MAX:
        return _STRING.sub(b"", raw)  # slower, without a list of all strings
    return b"".join(raw.split(b'"')[::2])


def scan_duplicates(raw: bytes, tree: object, limit: int) -> list[Problem]:
    """Return a problem `json.duplicate_key` for each key that stands twice in an object, up to `limit`."""
    if text_outside_strings(raw).count(b":") == count_keys(tree):
        return []
    problems: list[Problem] = []
    # One frame per open array or object: keys seen (None for an array), and the key or position read last.
    frames: list[tuple[set[str] | None, list[str | int]]] = []
    text = b""
    for match in _TOKEN.finditer(raw):
        token = match.group()
        if token == b"{":
            frames.append((set(), [""]))
        elif token == b"[":
            frames.append((None, [0]))
        elif token in (b"}", b"]"):
            frames.pop()
        elif token == b",":
            seen, last = frames[-1]
            if seen is None and isinstance(last[0], int):
                last[0] += 1
        elif token == b":":
            seen, last = frames[-1]
            key = _TEXT.decode(text)
            last[0] = key
            if seen is not None and key in seen:
                problems.append(refuse("json.duplicate_key", pointer_of(*(f[1][0] for f in frames)), key))
                if len(problems) >= limit:
                    break
            elif seen is not None:
                seen.add(key)
        else:
            text = token
    return problems
