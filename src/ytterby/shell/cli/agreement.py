"""Whether computed figures agree with expected ones: keys, lengths, texts equal, numbers within a tolerance.

|a - b| <= tolerance x max(|b|, s), s the largest expected size in the same list or matrix, |b| itself for a number
alone; or an absolute tolerance where the kind says so. A key may have a tolerance of its own. Only keys that are
expected are compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf, isfinite
from typing import Any

DIFFER_MAX = 20
Json = dict[str, Any]


@dataclass
class Agreement:
    """What came of a comparison. `error` is relative to what the tolerance is relative to, absolute otherwise."""

    tolerance: float
    is_absolute: bool = False
    has_whole_rows: bool = False  # a row of numbers by name holds all of them: one that is not expected differs
    tolerance_of: Mapping[str, float] = field(default_factory=dict)
    compared: int = 0
    worst: Json | None = None
    differ: list[Json] = field(default_factory=list)
    differing: int = 0

    @property
    def agrees(self) -> bool:
        """Nothing differs."""
        return not self.differing

    def compare(self, path: str, computed: Any, expected: Any, scale: float | None = None) -> None:
        """Compare a value and all it holds."""
        if isinstance(expected, dict):
            self._compare_object(path, computed, expected)
        elif isinstance(expected, list):
            self._compare_list(path, computed, expected, scale)
        elif is_number(expected):
            self._compare_number(path, computed, expected, scale)
        else:
            self._note(path, computed, expected, 0.0 if computed == expected else None, is_equal=computed == expected)

    def _compare_object(self, path: str, computed: Any, expected: Json) -> None:
        if not isinstance(computed, dict):
            self._note(path, computed, expected, None, is_equal=False)
            return
        for key, value in expected.items():
            here = f"{path}/{key}"
            if key in computed:
                self.compare(here, computed[key], value)
            else:
                self._note(here, None, value, None, is_equal=False)
        if self.has_whole_rows and all(is_number(v) for v in (*expected.values(), *computed.values())):
            for key in sorted(computed.keys() - expected.keys()):
                self._note(f"{path}/{key}", computed[key], None, None, is_equal=False)

    def _compare_list(self, path: str, computed: Any, expected: list[Any], scale: float | None) -> None:
        if not isinstance(computed, list) or len(computed) != len(expected):
            self._note(path, computed, expected, None, is_equal=False)
            return
        within = scale if scale is not None else max((abs(n) for n in _numbers(expected)), default=None)
        for position, (got, wanted) in enumerate(zip(computed, expected, strict=True)):
            self.compare(f"{path}/{position}", got, wanted, within)

    def _compare_number(self, path: str, computed: Any, expected: Any, scale: float | None) -> None:
        if not is_number(computed):
            self._note(path, computed, expected, None, is_equal=False)
            return
        got, wanted = float(computed), float(expected)
        size = 1.0 if self.is_absolute else max(abs(wanted), scale or 0.0)
        apart = abs(got - wanted)
        error = apart / size if size else (0.0 if not apart else inf)
        tolerance = self.tolerance_of.get(path.rpartition("/")[2], self.tolerance)
        self._note(path, computed, expected, error, is_equal=apart <= tolerance * size)

    def _note(self, path: str, computed: Any, expected: Any, error: float | None, *, is_equal: bool) -> None:
        self.compared += 1
        finite = error if error is not None and isfinite(error) else None
        row = {"path": path, "computed": _plain(computed), "expected": _plain(expected), "error": finite}
        size = inf if finite is None else finite
        if self.worst is None or size > self._worst_size:
            self.worst, self._worst_size = row, size
        if not is_equal:
            self.differing += 1
            if len(self.differ) < DIFFER_MAX:
                self.differ.append(row)

    _worst_size: float = -1.0


def is_number(value: Any) -> bool:
    """Tell whether a value is a JSON number."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif is_number(value):
        yield float(value)


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
