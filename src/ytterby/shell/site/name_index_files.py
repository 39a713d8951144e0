"""An index of names as a folder of arrays that are read in place, beside the list that it was made of.

`index.json` is written last and names what the index was made of; a folder without it, or of another format, is none.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ytterby.screening.name_index import NameIndex
from ytterby.screening.postings import Postings
from ytterby.screening.rarity import Rarity
from ytterby.screening.word_list import TextArray, WordList

FORMAT = 1
HEAD = "index.json"
_TEXTS = ("keys", "lists", "texts")
_ARRAYS = ("bearers", "kinds", "names", "bits", "lengths", "starts", "words", "weights")


def write_index(folder: Path, index: NameIndex, rarity: Rarity, source: str) -> None:
    """Write an index and its rarity into a folder; `source` says of what they were made (a digest).

    Raises:
        OSError: it cannot be written.
    """
    made = folder.with_name(folder.name + ".made")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    arrays = {name: getattr(index, name) for name in _ARRAYS}
    texts = {name: getattr(index, name) for name in _TEXTS}
    texts |= {"vocabulary": index.vocabulary.texts, "rarity": rarity.words.texts}
    for name, text in texts.items():
        arrays |= {f"{name}_blob": text.blob, f"{name}_offsets": text.offsets}
    arrays |= {"postings_starts": index.postings.starts, "postings_names": index.postings.names}
    arrays["rarity_counts"] = rarity.counts
    for name, array in arrays.items():
        np.save(made / f"{name}.npy", array)
    head = {
        "format": FORMAT,
        "source": source,
        "digest": index.digest,
        "tables": index.tables_digest,
        "rarity": rarity.digest,
        "total": rarity.total,
        "size": index.postings.size,
    }
    (made / HEAD).write_text(json.dumps(head, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)


def read_index(folder: Path, source: str, tables_digest: str) -> tuple[NameIndex, Rarity] | None:
    """Return the index of a folder, read in place; None where there is none of this source and these tables.

    Arrays are never unpickled, so that a folder from elsewhere can hold wrong names but runs nothing.
    """
    try:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        if (head["format"], head["source"], head["tables"]) != (FORMAT, source, tables_digest):
            return None
        return _read(head, lambda name: _in_place(folder / f"{name}.npy"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(head: dict[str, object], load: Callable[[str], np.ndarray]) -> tuple[NameIndex, Rarity]:
    def text(name: str) -> TextArray:
        return TextArray(load(f"{name}_blob"), load(f"{name}_offsets"))

    rarity = Rarity(WordList(text("rarity")), load("rarity_counts"), int(str(head["total"])), str(head["rarity"]))
    index = NameIndex(
        keys=text("keys"),
        lists=text("lists"),
        texts=text("texts"),
        bearers=load("bearers"),
        kinds=load("kinds"),
        names=load("names"),
        bits=load("bits"),
        lengths=load("lengths"),
        starts=load("starts"),
        words=load("words"),
        weights=load("weights"),
        vocabulary=WordList(text("vocabulary")),
        postings=Postings(load("postings_starts"), load("postings_names"), int(str(head["size"]))),
        digest=str(head["digest"]),
        rarity_digest=rarity.digest,
        tables_digest=str(head["tables"]),
    )
    return index, rarity


def _in_place(path: Path) -> np.ndarray:
    """Return an array that lies in a file; as a plain array, since one that knows its file is slow to read from."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
