"""What the command line says by itself, in English and in Chinese: texts.yaml beside this file, key -> language.

Sentences about problems stand in the catalogue of `ytterby.shell.wording`; here are verdicts, headings of columns
and the story of the demo. A heading may be asked for by a key that a column computes; all other keys are literals.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ytterby.shell.cli.figures import write_count
from ytterby.shell.site.law_texts import law_texts
from ytterby.shell.wording import fill, language_of
from ytterby.shell.wording.yaml_text import read_yaml


class Texts:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language_of(language)

    def __call__(self, key: str, **facts: object) -> str:
        """Return a text with its placeholders filled in.

        Raises:
            KeyError: no text has this key.
        """
        return fill(all_texts()[key][self.language], facts)


def counted(texts: Texts, key: str, count: int, **facts: object) -> str:
    """Return a text with a count: the one for a single thing where it is one."""
    single = f"{key}_one"
    return texts(single if count == 1 and single in all_texts() else key, count=write_count(count), **facts)


@cache
def all_texts() -> Mapping[str, Mapping[str, str]]:
    """Return key -> language -> text."""
    text = files(__package__).joinpath("texts.yaml").read_text(encoding="utf-8")
    return {**law_texts(), **{str(key): said for key, said in read_yaml(text).items()}}
