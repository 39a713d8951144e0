"""Many short texts as two arrays, so that they can lie in a file and be read in place."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


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


@dataclass(frozen=True, slots=True)
class WordList:
    """Different words in the order of their UTF-8."""

    texts: TextArray
    _found: dict[str, int]

    @classmethod
    def of(cls, words: Sequence[str]) -> "WordList":
        """Return these words, which stand in order."""
        return cls(TextArray.of(words), {word: place for place, word in enumerate(words)})

    @classmethod
    def in_place(cls, texts: TextArray) -> "WordList":
        """Return words that lie in arrays; nothing is read before it is asked for."""
        return cls(texts, {})

    def __len__(self) -> int:
        return len(self.texts)

    def find(self, word: str) -> int:
        """Return the place of a word, -1 where it is not among them."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) == len(self.texts):
                return -1
            raw = word.encode("utf-8", "surrogatepass")
            place = bisect_left(_Raw(self.texts), raw)
            found = place if place < len(self.texts) and self.texts.raw(place) == raw else -1
        return found


class _Raw(Sequence[bytes]):
    """The UTF-8 of texts, for a search by halves."""

    def __init__(self, texts: TextArray) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override]
        return self._texts.raw(place)
