"""Files of sentences that test packs: those beside the packaged packs, and those of a folder.

They are read without YAML's own types, so that what a lawyer writes is what is compared: `no` stays a word, `2.10` a
figure with its zero, a day needs no quotes.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ytterby.law.law_sentence import Sentence, read_sentences
from ytterby.shell.site.law_packs import BYTES_MAX, ENDING, first_line, in_file, yaml_problems
from ytterby.terms.problem import Problem, refuse

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class SentenceFile(NamedTuple):
    """A file of sentences; none of them where the file is bad, with its problems."""

    path: Path
    sentences: tuple[Sentence, ...]
    problems: tuple[Problem, ...]


def packaged_sentences() -> list[SentenceFile]:
    """Return the files that test the packaged packs."""
    with as_file(files("ytterby.law").joinpath("packs", "tests")) as folder:
        return read_sentence_files(folder)


def read_sentence_files(path: Path) -> list[SentenceFile]:
    """Return the files of a folder, in order of name, or one file alone.

    Raises:
        OSError: the folder, or a file, cannot be read.
    """
    names = sorted(one for one in path.iterdir() if one.suffix in {ENDING, ".yml"}) if path.is_dir() else [path]
    return [_read_file(name) for name in names]


def _read_file(path: Path) -> SentenceFile:
    with path.open("rb") as file:
        raw = file.read(BYTES_MAX + 1)
    try:
        sentences, problems = read_sentence_text(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        sentences, problems = (), [refuse("pack.unreadable", "", "", why=first_line(error))]
    return SentenceFile(path, sentences, tuple(in_file(problem, path) for problem in problems))


def read_sentence_text(text: str) -> tuple[tuple[Sentence, ...], list[Problem]]:
    """Return the sentences of a text in YAML; none, and everything that is wrong, where it is bad."""
    problems = list(yaml_problems(text))
    if problems:
        return (), problems
    try:
        content: Any = yaml.load(text, Loader=_LOADER)  # noqa: S506 -- it makes text, lists and names alone
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return (), [refuse("pack.unreadable", "", "", why=first_line(error))]
    return read_sentences(content)
