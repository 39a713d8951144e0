"""Check a folder of work papers, or of a drawn sample, without any register: nothing but its own files is read.

Every file against the index; every record and event against its proof, and the proof against the signed head; every
event against the document it came in; a sample drawn again from plan, seed and frame. The head's key comes from whoever
checks, else from the folder, which then proves only that it belongs together.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ytterby.balance.sampling_plan import Plan, Unit, draw, wrong_with_record
from ytterby.chain.door import read_document
from ytterby.proof.event_proof import EventProof, verify_event_proof
from ytterby.proof.key import KeyUse, PublicKey
from ytterby.proof.registration import registration_digest
from ytterby.shell.site.packs import door_tables

INDEX, CHECKPOINT, KEYS = "index.csv", "checkpoint", "keys.txt"
DRAW = "sample_draw"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError)

Json = dict[str, Any]


class Wrong(NamedTuple):
    """What does not hold, and in which file."""

    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: files and proofs that were looked at, and what does not hold. `is_trusted`: the key was given."""

    files: int
    proofs: int
    wrong: tuple[Wrong, ...]
    is_trusted: bool


def check_papers(folder: Path, key: PublicKey | None = None) -> Checked:
    """Return what does not hold in a folder; `key` is the log's, as the one who checks knows it."""
    wrong = list(_files(folder))
    try:
        believed = key or PublicKey.parse((folder / KEYS).read_text(encoding="utf-8"))
    except UNREADABLE as error:
        wrong.append(Wrong(KEYS, f"no key: {error}"))
        return Checked(0, 0, tuple(wrong), is_trusted=False)
    if believed.use is not KeyUse.LOG:
        wrong.append(Wrong(KEYS, f"a key for {believed.use} does not sign the log's head"))
    proofs = sorted(folder.rglob("*.proof.json"))
    for path in proofs:
        name = path.relative_to(folder).as_posix()
        try:
            wrong += [Wrong(name, what) for what in _proof(folder, path, believed)]
        except UNREADABLE as error:
            wrong.append(Wrong(name, f"it cannot be read: {error}"))
    return Checked(len(_listed(folder)), len(proofs), tuple(wrong), is_trusted=key is not None)


def _listed(folder: Path) -> list[list[str]]:
    try:
        return list(csv.reader((folder / INDEX).read_text(encoding="utf-8").splitlines()))[1:]
    except (OSError, UnicodeDecodeError):
        return []


def _files(folder: Path) -> Iterator[Wrong]:
    rows = {row[0]: row[1:] for row in _listed(folder) if len(row) == 3}
    if not rows:
        yield Wrong(INDEX, "the index is missing or names nothing")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {INDEX}
    for name in sorted(there - rows.keys()):
        yield Wrong(name, "the index does not name it")
    for name in sorted(rows.keys() - there):
        yield Wrong(name, "it is gone")
    for name in sorted(rows.keys() & there):
        content = (folder / name).read_bytes()
        if rows[name] != [str(len(content)), sha256(content).hexdigest()]:
            yield Wrong(name, "its bytes are not those of the index")


def _proof(folder: Path, path: Path, key: PublicKey) -> Iterator[str]:
    fields = json.loads(path.read_text(encoding="utf-8"))
    proof = EventProof.from_json(fields)
    if proof.checkpoint != (folder / CHECKPOINT).read_text(encoding="utf-8"):
        yield "it is of another head than the folder's"
    why = verify_event_proof(proof, key.name, [key])
    if why is not None:
        yield why
    content = path.with_name(path.name.removesuffix(".proof.json") + ".json").read_bytes()
    if "document" in fields:
        yield from _event(folder, fields, content, proof.digest)
    elif registration_digest(str(fields["kind"]), content.decode()) != proof.digest:
        yield "the record is not the one that the proof is of"
    elif fields["kind"] == DRAW:
        yield from _draw(folder, json.loads(content), proof.index)


def _event(folder: Path, fields: Json, content: bytes, digest: bytes) -> Iterator[str]:
    """Check an event against the document that it came in: its bytes stand there, and its digest is the proved one."""
    text = (folder / str(fields["document"])).read_bytes()
    number = int(fields["number"])
    read = read_document(text, door_tables(), level=str(fields["level"]), numbers={number})
    (event,) = read.events
    if bytes(event.raw) != content:
        yield "the event does not stand so in its document"
    if event.digest != digest:
        yield "the event is not the one that the proof is of"


def _draw(folder: Path, fields: Json, index: int) -> Iterator[str]:
    """Draw again from the plan of the folder, and the seed and frame of the record."""
    plans = {}
    for path in folder.glob("records/*.proof.json"):
        proof = json.loads(path.read_text(encoding="utf-8"))
        plans[proof["digest"]] = path.with_name(path.name.removesuffix(".proof.json") + ".json"), int(proof["index"])
    plan_path, planned = plans[fields["of"]]
    plan = msgspec.convert(json.loads(plan_path.read_bytes())["plan"], Plan)
    frame = msgspec.convert(fields["frame"], tuple[Unit, ...])
    drawn = draw(plan, bytes.fromhex(fields["seed"]), frame)
    yield from wrong_with_record(plan, frame, drawn, fields["drawn"], fields["digest"])
    if not planned < int(fields["frame_size"]) <= index:
        yield "the plan was not in the log before the frame was known"
