"""What a description of an end use names, and which words say too little: data of a pack, followed by `end_use`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ytterby.law.trust import Trust, Words

ANYWHERE, ALONE = "anywhere", "alone"


@dataclass(frozen=True, slots=True)
class Element:
    """Something that is to be named: how it is asked for, and how it stands in the sentence (`{value}`).

    `cues` are words after which a text names it.
    """

    id: str
    title: Words
    question: Words
    phrase: Words
    cues: tuple[str, ...]
    trust: Trust


class VagueWord(NamedTuple):
    """A word that says too little: wherever it stands, or where it stands alone."""

    word: str
    where: str
    why: Words
    trust: Trust


@dataclass(frozen=True, slots=True)
class EndUseRules:
    """The elements in the order of the sentence, vague words, and what stands before, between and after them."""

    id: str
    pack: str
    title: Words
    opening: Words
    joint: Words
    closing: Words
    elements: Mapping[str, Element]
    vague: tuple[VagueWord, ...]
    trust: Trust
