"""What is wrong with a name before it is screened: empty, one letter, too long, signs that steer, scripts in one word.

A name is refused only where nothing could be compared; all else is screened and remarked.
"""

import re
import unicodedata

from ytterby.screening.folding import NAME_LENGTH_MAX
from ytterby.screening.romanisation import is_han
from ytterby.terms.problem import Problem, refuse, remark

# Longer than this is no name; it is not even looked at.
REFUSED_LENGTH = 5_000
_WORD = re.compile(r"[^\W\d_]+")
# Scripts whose letters look like Latin ones.
_LOOKALIKE = ("CYRILLIC", "GREEK", "ARMENIAN")


def check_name(name: str, pointer: str = "") -> list[Problem]:
    """Return what is wrong with a name: a refusal where it cannot be compared, else remarks."""
    if len(name) > REFUSED_LENGTH:
        return [refuse("screening.name_too_long", pointer, name, length=len(name), most=REFUSED_LENGTH)]
    letters = [letter for letter in unicodedata.normalize("NFKC", name) if letter.isalnum()]
    if not letters:
        return [refuse("screening.name_empty", pointer, name)]
    if len(letters) == 1 and not is_han(letters[0]):
        return [refuse("screening.name_one_letter", pointer, name)]
    found = []
    if len(name) > NAME_LENGTH_MAX:
        found.append(remark("screening.name_cut", pointer, name, most=NAME_LENGTH_MAX))
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} for letter in name):
        found.append(remark("screening.name_signs", pointer, name))
    found += [remark("screening.name_scripts", pointer, word) for word in _mixed_words(name[:NAME_LENGTH_MAX])[:1]]
    return found


def _mixed_words(name: str) -> list[str]:
    """Return the words that mix Latin letters with letters of another script that look like them."""
    found = []
    for word in _WORD.findall(name):
        if word.isascii():
            continue
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word}
        if "LATIN" in scripts and scripts & set(_LOOKALIKE):
            found.append(word)
    return found
