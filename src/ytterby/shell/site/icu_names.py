"""A second opinion on how a name reads, by ICU and rigour where the extra `icu` is installed: `fold_name`'s interface.

No score of the base set hangs on it. With it a queried name is compared under both readings and the higher score
counts, which the version of the scorer then says.
"""

from collections.abc import Callable
from functools import lru_cache

from ytterby.screening.folding import FoldedName, fold_name
from ytterby.screening.name_tables import NameTables

RULES = "Any-Latin; NFKD; [:Nonspacing Mark:] Remove; Latin-ASCII; Lower"
Fold = Callable[[str, bool], FoldedName]


def is_installed() -> bool:
    """Tell whether ICU and rigour can be asked."""
    try:
        import icu  # noqa: F401
        import rigour  # noqa: F401
    except ImportError:
        return False
    return True


@lru_cache(maxsize=1)
def _transliterate() -> Callable[[str], str]:
    import icu

    found: Callable[[str], str] = icu.Transliterator.createInstance(RULES).transliterate
    return found


def fold_by_icu(tables: NameTables) -> Fold:
    """Return what folds a name by ICU's letters and rigour's legal forms; Han stays Han.

    Raises:
        ImportError: the extra is not installed.
    """
    from rigour.names.org_types import remove_org_types

    read = _transliterate()

    def fold(name: str, is_person: bool) -> FoldedName:
        own = fold_name(name, tables, is_person=is_person)
        if own.is_read or own.is_abjad:
            # ICU writes vowels into Han readings of its own, and none into Arabic: there is no second opinion.
            return own
        latin = read(name)
        bare = latin if is_person else remove_org_types(latin) or latin
        words = fold_name(bare, tables, is_person=is_person).words
        return FoldedName(words or own.words, own.han, own.forms)

    return fold
