"""What answers of law say by themselves, in English and in Chinese: law_texts.yaml beside this file.

The command line and the pages both tell why, how sure and by which reading; so the sentences stand once. What a pack
says in its own words stands in the pack.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ytterby.shell.wording import fill, language_of
from ytterby.shell.wording.yaml_text import read_yaml


def law_text(key: str, language: str, **facts: object) -> str:
    """Return a text with its placeholders filled in.

    Raises:
        KeyError: no text has this key.
    """
    return fill(law_texts()[key][language_of(language)], facts)


@cache
def law_texts() -> Mapping[str, Mapping[str, str]]:
    """Return key -> language -> text."""
    text = files(__package__).joinpath("law_texts.yaml").read_text(encoding="utf-8")
    return {str(key): said for key, said in read_yaml(text).items()}
