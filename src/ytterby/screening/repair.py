"""What a word may have been meant to be, where nobody on any list bears it: a slip of pen, scanner or blank.

Only a word that is unknown is repaired, and only into known words or legal forms.
"""

from collections.abc import Callable, Iterator

from rapidfuzz.distance import OSA

from ytterby.screening.name_tables import NameTables

# A form shorter than this is not looked for in a word that is spelled otherwise, or glued to another.
FORM_LEAST = 5
GLUED_LEAST = 3
_DIGITS = str.maketrans("015896", "olsbgb")


class Repair:
    """Repairs words by what a rarity knows (`knows`) and by the legal forms of the tables."""

    def __init__(self, tables: NameTables, knows: Callable[[str], bool]) -> None:
        self._tables = tables
        self._knows = knows
        self._forms = tuple(sorted({one[0] for one in tables.forms if len(one) == 1 and len(one[0]) >= FORM_LEAST}))
        self._glued = tuple(sorted({one[0] for one in tables.forms if len(one) == 1}, key=lambda one: (-len(one), one)))
        self._found: dict[str, tuple[str, ...]] = {}

    def __call__(self, word: str) -> tuple[str, ...]:
        """Return the word, or the words that it may have been meant to be."""
        if len(word) < GLUED_LEAST - 1 or len(word) > 60 or self._is_word(word):
            return (word,)
        found = self._found.get(word)
        if found is None:
            if len(self._found) > 100_000:
                self._found.clear()
            found = self._found[word] = next(self._repaired(word), (word,))
        return found

    def _is_word(self, word: str) -> bool:
        return (word,) in self._tables.forms or word in self._tables.pinyin_first or self._knows(word)

    def _repaired(self, word: str) -> Iterator[tuple[str, ...]]:
        if not word.isalpha() and not word.isdigit():
            spelled = word.translate(_DIGITS)
            if self._is_word(spelled):
                yield (spelled,)
            word = spelled
        for form in self._forms:
            if abs(len(form) - len(word)) <= 2:
                most = 1 if len(form) < 7 else 2
                if OSA.distance(word, form, score_cutoff=most) <= most:
                    yield (form,)
        yield from self._apart(word)

    def _apart(self, word: str) -> Iterator[tuple[str, ...]]:
        """Return a word and the legal form that is glued to its end or, from four letters on, to its beginning."""
        for form in self._glued:
            rest = len(word) - len(form)
            if rest < GLUED_LEAST:
                continue
            if word.endswith(form):
                head = word[:rest]
                if self._is_word(head) or len(form) > FORM_LEAST:
                    yield (*next(self._apart(head), (head,)), form) if not self._is_word(head) else (head, form)
