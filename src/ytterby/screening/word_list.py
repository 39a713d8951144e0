"""Many short texts as two arrays, so that they can lie in a file and be read in place."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class TextArray(Sequence[str]):
    """Texts one after the other: `blob` their UTF-8, `offsets` where each begins, one more at the end."""

    blob: np.ndarray
    offsets: np.ndarray

    @classmethod
    def of(cls, texts: Iterable[str]) -> "TextArray":
        """Return these texts."""
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.zeros(len(parts) + 1, dtype=np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, place: int) -> str:  # type: ignore[override]
        return self.raw(place).decode("utf-8", "surrogatepass")

    def raw(self, place: int) -> bytes:
        """Return the UTF-8 of one text."""
        return self.blob[self.offsets[place] : self.offsets[place + 1]].tobytes()


class WordList:
    """Different words in the order of their UTF-8, with what was looked up kept in memory up to a limit."""

    __slots__ = ("_found", "_is_whole", "texts")

    def __init__(self, texts: TextArray) -> None:
        """Take words that lie in arrays; nothing is read before it is asked for."""
        self.texts = texts
        self._found: dict[str, int] = {}
        self._is_whole = False

    @classmethod
    def of(cls, words: Sequence[str]) -> "WordList":
        """Return these words, which stand in order, with all their places in memory."""
        made = cls(TextArray.of(words))
        made._found = {word: place for place, word in enumerate(words)}
        made._is_whole = True
        return made

    def __len__(self) -> int:
        return len(self.texts)

    def find(self, word: str) -> int:
        """Return the place of a word, -1 where it is not among them."""
        found = self._found.get(word)
        if found is not None:
            return found
        if self._is_whole:
            return -1
        raw = word.encode("utf-8", "surrogatepass")
        place = bisect_left(range(len(self.texts)), raw, key=self.texts.raw)
        found = place if place < len(self.texts) and self.texts.raw(place) == raw else -1
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[word] = found
        return found
