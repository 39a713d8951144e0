"""The tables that names are read by: letters, Han characters, legal forms, words of the trade, short words.

Each table is a CSV file beside this module with its source in `name_tables.yaml`; the shell hands in their texts.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from ytterby.screening.romanisation import romanise, script_of

FILES = (
    "romanisation.csv",
    "han_readings.csv",
    "han_simplified.csv",
    "han_places.csv",
    "legal_forms.csv",
    "trade_words.csv",
    "short_words.csv",
    "titles.csv",
)


@dataclass(frozen=True, slots=True)
class NameTables:
    """How names are read.

    `letters`: letter -> Latin letters. `scripts`: letter -> script. `simplified`: code point -> simplified character.
    `readings`: character -> pinyin. `han_words`: Han word -> Latin words (places and trade). `common_words`: their
    Latin words, `common_pairs`: their Han characters two by two. `pinyin_words`: pinyin words -> English words.
    `forms`: written legal form as words -> its kind; `han_forms`: the same in Han. `syllables`: of pinyin.
    `short_words`: short -> long. `titles`: of persons. `digest`: of all texts.
    """

    letters: Mapping[str, str]
    scripts: Mapping[str, str]
    simplified: Mapping[int, str]
    readings: Mapping[str, str]
    han_words: Mapping[str, tuple[str, ...]]
    common_words: frozenset[str]
    common_pairs: frozenset[str]
    pinyin_words: Mapping[tuple[str, ...], tuple[str, ...]]
    forms: Mapping[tuple[str, ...], str]
    form_first: frozenset[str]
    pinyin_first: frozenset[str]
    han_forms: tuple[tuple[str, str], ...]
    syllables: frozenset[str]
    short_words: Mapping[str, str]
    titles: frozenset[str]
    digest: str


def read_name_tables(texts: Mapping[str, str]) -> NameTables:
    """Return the tables of these files' texts, keyed by file name (`FILES`).

    Raises:
        KeyError: a file or a column is missing.
    """
    rows = {name: list(csv.DictReader(texts[name].splitlines())) for name in FILES}
    han_words = {row["han"]: tuple(row["latin"].split()) for row in rows["han_places.csv"]}
    for row in rows["trade_words.csv"]:
        han_words.setdefault(row["han"], tuple(row["english"].split()))
    letters = {row["letter"]: row["latin"] for row in rows["romanisation.csv"]}
    scripts = {row["letter"]: row["script"] for row in rows["romanisation.csv"]}
    forms, glued = _forms(rows["legal_forms.csv"], letters, scripts)
    pinyin = dict(_pinyin(rows["trade_words.csv"]))
    return NameTables(
        letters=MappingProxyType(letters),
        scripts=MappingProxyType(scripts),
        simplified=MappingProxyType(
            {ord(one): row["simplified"] for row in rows["han_simplified.csv"] for one in row["variants"]}
        ),
        readings=MappingProxyType(
            {one: row["pinyin"] for row in rows["han_readings.csv"] for one in row["characters"]}
        ),
        han_words=MappingProxyType(han_words),
        common_words=frozenset(word for words in han_words.values() for word in words),
        common_pairs=frozenset(han[place : place + 2] for han in han_words for place in range(len(han) - 1)),
        pinyin_words=MappingProxyType(pinyin),
        forms=MappingProxyType(forms),
        form_first=frozenset(words[0] for words in forms),
        pinyin_first=frozenset(words[0] for words in pinyin),
        han_forms=tuple(sorted(glued, key=lambda one: (-len(one[0]), one[0]))),
        syllables=frozenset(row["pinyin"] for row in rows["han_readings.csv"]),
        short_words=MappingProxyType({row["short"]: row["long"] for row in rows["short_words.csv"]}),
        titles=frozenset(row["title"] for row in rows["titles.csv"]),
        digest=tables_digest(texts),
    )


def tables_digest(texts: Mapping[str, str]) -> str:
    """Return the digest of the tables (hex, SHA-256)."""
    whole = sha256(b"ytterby/names/v1\x00")
    for name in FILES:
        whole.update(sha256(texts[name].encode()).digest())
    return whole.hexdigest()


Forms = dict[tuple[str, ...], str]


def _forms(
    rows: list[dict[str, str]], letters: Mapping[str, str], scripts: Mapping[str, str]
) -> tuple[Forms, list[tuple[str, str]]]:
    """Return legal forms as words in Latin letters, and those of scripts without blanks as they are."""
    forms: Forms = {}
    glued = []
    for row in rows:
        written = row["written"]
        script = script_of(written, scripts)
        if script == "Han":
            glued.append((written, row["form"]))
            continue
        words = [one for word in written.split() for one in romanise(word, script_of(word, scripts), letters)]
        forms.setdefault(tuple(words), row["form"])
    return forms, glued


def _pinyin(rows: list[dict[str, str]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for row in rows:
        # One word of pinyin is often the name of somebody; three syllables or two words are not.
        words = tuple(row["pinyin"].split())
        yield words, tuple(row["english"].split())
        yield ("".join(words),), tuple(row["english"].split())
