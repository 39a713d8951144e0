"""Write the work papers of a case, or a drawn sample, as one folder that can be read and checked without the register.

    README.txt         how to read and check it, in English and Chinese
    index.csv          every other file: its size and SHA-256
    checkpoint         the signed head of the log; keys.txt: the log's public key
    case.json          the case with all its steps; finding.json: the finding as it was known when the case began
    records/N.json     each record as it is stored, N its number in the log; N.proof.json: that it is in the log
    events/N.json      each event concerned as it was submitted, byte for byte; N.proof.json
    documents/…        the documents that these events came in, as submitted, with their arrival receipts
    postings.csv       what the events do to the book; items.csv, figures.csv: what the statistics were worked out from

Who may: the office. What others may read of a case is `store.reading.inquiries`.
"""

import csv
import io
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ytterby.balance.closure import close_steps
from ytterby.balance.finding import finding_id
from ytterby.balance.inquiry import Snapshot
from ytterby.balance.mirror import judge_pairs
from ytterby.balance.sampling_plan import EQUAL
from ytterby.chain.book import Book
from ytterby.chain.door import ReadEvent, read_document
from ytterby.chain.event import Entry
from ytterby.chain.postings import postings_of
from ytterby.matter.element import ELEMENTS
from ytterby.proof.checkpoint import Checkpoint
from ytterby.proof.event_proof import EventProof
from ytterby.proof.merkle import inclusion_proof, subtree_root
from ytterby.shell.actions.check_papers import CHECKPOINT, INDEX, KEYS
from ytterby.shell.actions.publish import write_whole
from ytterby.shell.site.packs import door_tables
from ytterby.shell.site.register import Register
from ytterby.shell.spreadsheets.neutral import neutral
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import EventRecord, Registration, Submission
from ytterby.shell.store.reading.accounts import accounts_of
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.inquiries import entered_steps, show_case
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.log import find_event, signed_checkpoint
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.samples import stored_samples
from ytterby.shell.store.submitted_text import text_of
from ytterby.shell.store.writing import read_hash

README = """Work papers. Everything in this folder can be read and checked without the register.

index.csv names every other file with its SHA-256. Each record and event has a proof: SHA-256 over
"ytterby/entry/v1", a zero byte, salt and digest is the body of entry N of the log; with the hashes of the proof it
leads to the root in `checkpoint`, which the key in keys.txt has signed (C2SP signed note, RFC 6962). Take that key from
somewhere else than this folder to be sure of it. Or let the program check all of it:

    ytterby inquiry papers --check FOLDER

工作底稿。本文件夹无需登记簿即可阅读和核验。index.csv 列明其余每个文件及其 SHA-256；每条记录和每个事件都附有证明，
可据此推至 checkpoint 中由 keys.txt 所载密钥签名的日志根。请另行取得该密钥以资确认，或用上述命令核验。
"""

Json = dict[str, Any]
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Papers:
    """What was written: the folder's files by name with their size, and the log size of the proofs."""

    files: Mapping[str, int]
    size: int


def write_case_papers(register: Register, which: str, out: Path) -> Papers:
    """Write the papers of a case into a new folder.

    Raises:
        KeyError: there is no such case.
        FileExistsError: the folder holds something already.
        OSError: it cannot be written.
    """
    known = known_at(OPERATOR_VIEWER, None)
    case, entered = entered_steps(OPERATOR_VIEWER, which, known=known)
    finding, then = case.finding, Known(case.finding.known_size)
    head = _head(register, known)
    files = _proved(register, known, head, [one.entry for one in entered])
    named = [*finding.events, *(event for one in case.said for event in getattr(one.step, "events", ()))]
    rows = {row.log_index: row for row in (find_event(OPERATOR_VIEWER, one, known) for one in named)}
    events = [_submitted(rows[index]) for index in sorted(rows)]
    for one in events:
        files |= _event(one, known, head)
    files["case.json"] = _json(show_case(OPERATOR_VIEWER, case.number, known=known))
    files["finding.json"] = _json(msgspec.to_builtins(finding))
    files["postings.csv"] = _postings(events, then)
    files["figures.csv"] = _figures(book_of(OPERATOR_VIEWER, then), finding)
    files["items.csv"] = _items(finding, then)
    return _write(out, files, known)


def write_sample_papers(register: Register, key: str, out: Path) -> Papers:
    """Write plan, seed, frame and draw of a period and unit into a new folder, for anybody to draw again.

    Raises:
        KeyError: nothing is drawn for it.
        FileExistsError: the folder holds something already.
        OSError: it cannot be written.
    """
    known = known_at(OPERATOR_VIEWER, None)
    held = stored_samples(register, known.size).by_key[key]
    if held.drawn is None or held.frame is None or held.draw_entry is None:
        raise KeyError(key)
    files = _proved(register, known, _head(register, known), [held.entry, held.draw_entry])
    size = "units" if held.plan.size == EQUAL else f"size_kg_{held.plan.size}"
    files["frame.csv"] = _csv(("id", "stratum", size), held.frame)
    files["sample.csv"] = _csv(("id", "stratum", "probability"), held.drawn)
    return _write(out, files, known)


def _proved(register: Register, known: Known, head: str, entries: Iterable[int]) -> Files:
    """Return head and key of the log, and records by their numbers with their proofs."""
    files = {"README.txt": README.encode(), CHECKPOINT: head.encode()}
    files[KEYS] = (register.log_key.public.text() + "\n").encode()
    for row in Registration.objects.filter(log_index__in=list(entries)).order_by("log_index"):
        name = f"records/{row.log_index}"
        files[f"{name}.json"] = row.document.encode()
        proof = _proof(row.log_index, bytes(row.salt), bytes(row.digest), known, head)
        files[f"{name}.proof.json"] = _json({**proof, "kind": row.kind})
    return files


def _head(register: Register, known: Known) -> str:
    root = subtree_root(0, known.size, read_hash)
    return signed_checkpoint(Checkpoint(register.origin, known.size, root))


def _proof(index: int, salt: bytes, digest: bytes, known: Known, head: str) -> Json:
    path = inclusion_proof(index, known.size, read_hash)
    return EventProof(index, salt, digest, tuple(path), head).to_json()


class _Submitted(NamedTuple):
    """An event with the document that it came in, read again from the submitted bytes."""

    row: EventRecord
    submission: Submission
    text: bytes
    read: ReadEvent


def _submitted(row: EventRecord) -> _Submitted:
    submission = Submission.objects.get(id=row.submission_id)
    text = text_of(submission)
    (read,) = read_document(text, door_tables(), level=submission.level, numbers={row.number}).events
    return _Submitted(row, submission, text, read)


def _event(one: _Submitted, known: Known, head: str) -> Files:
    """Return an event as submitted, its proof, and the document that it came in."""
    row, submission, text, read = one
    name, document = f"events/{row.log_index}", f"documents/{bytes(submission.sha256).hex()}"
    proof = _proof(row.log_index, bytes(row.salt), bytes(row.digest), known, head)
    where = {"document": f"{document}.epcis.json", "number": row.number, "level": submission.level}
    return {
        f"{name}.json": bytes(read.raw),
        f"{name}.proof.json": _json({**proof, **where, "submitter": row.submitter}),
        f"{document}.epcis.json": text,
        f"{document}.submitted": zlib.decompress(submission.document),
        f"{document}.receipt.json": submission.arrival_receipt.encode(),
    }


def _postings(events: Iterable[_Submitted], then: Known) -> bytes:
    """Return what the events that were known then do to the book, one line for each lot."""
    world = world_at(then.size)
    rows = []
    for row, _, _, read in events:
        assert read.event is not None, "it was accepted"
        for posting in postings_of(Entry(read.event, row.submitter, row.log_index), world)[0]:
            for role in ("lines", "inputs", "outputs"):
                for line in getattr(posting, role, ()):
                    what = (row.log_index, type(posting).__name__, role, posting.at.isoformat(), posting.site)
                    document = getattr(posting, "document", None) or ""
                    rows.append((*what, posting.holder, document, line.lot, line.amount, line.unit, line.net_kg))
    head = ("entry", "posting", "part", "at", "site", "holder", "document", "lot", "amount", "unit", "net_kg")
    return _csv(head, rows)


def _figures(book: Book, finding: Snapshot) -> bytes:
    """Return the figures of the step or delivery that the finding rests on, with their units, as known then."""
    rows: list[tuple[object, ...]] = []
    if finding.kind.startswith("step."):
        for one in close_steps(book):
            if finding.id == finding_id(finding.kind, one.step.digest.hex(), one.element):
                figures = {"in": one.in_kg, "out": one.out_kg, "difference": one.difference_kg, "u": one.u_kg}
                rows += [(name, value, f"kg {one.element}") for name, value in figures.items()]
                rows.append(("z", one.z, "1"))
    for state in judge_pairs(book) if finding.kind == "mirror.differs" else ():
        pair = state.pair
        if finding.id == finding_id("mirror.differs", pair.lot, pair.to_site, pair.document or ""):
            unit = f"kg {state.element}" if state.element else state.unit
            rows += [("shipped", state.sent, state.unit), ("received", state.received, state.unit)]
            rows += [("difference", state.difference, unit), ("u", state.u, unit), ("D", state.d, "1")]
    return _csv(("figure", "value", "unit"), rows)


def _items(finding: Snapshot, then: Known) -> bytes:
    """Return the measured items of the finding's plant, as known then, kg by element with their uncertainties."""
    wanted = [finding.element] if finding.element else list(ELEMENTS)
    rows: list[tuple[object, ...]] = []
    for one in accounts_of(OPERATOR_VIEWER, then).counted if finding.site else ():
        if finding.site not in {row.site for row, _ in one.entries} | {one.site}:
            continue
        for element in wanted:
            place = ELEMENTS.index(element)
            mass, random = float(one.content.mass_kg[place]), float(one.content.random_kg[place])
            groups = {group: float(sd[place]) for group, sd in one.content.groups.items() if sd[place]}
            if mass or random or groups:
                shared = json.dumps(groups, sort_keys=True)
                rows.append((one.key, one.what.value, one.at.isoformat(), one.lot, element, mass, random, shared))
    head = ("item", "what", "at", "lot", "element", "mass_kg", "random_sd_kg", "systematic_sd_kg_by_group")
    return _csv(head, rows)


def _csv(head: Iterable[str], rows: Iterable[Any]) -> bytes:
    """Return a table; a text that a spreadsheet would take for a formula is set in quotes of its own (threat X7)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(list(head))
    for row in rows:
        cells = msgspec.structs.astuple(row) if isinstance(row, msgspec.Struct) else row
        writer.writerow([neutral(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in cells])
    return out.getvalue().encode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"


def _write(out: Path, files: Files, known: Known) -> Papers:
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(out)
    rows = [(name, len(content), sha256(content).hexdigest()) for name, content in sorted(files.items())]
    # The index comes last: a folder without one was never finished.
    for name, content in [*sorted(files.items()), (INDEX, _csv(("file", "bytes", "sha256"), rows))]:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return Papers({name: len(content) for name, content in sorted(files.items())}, known.size)
