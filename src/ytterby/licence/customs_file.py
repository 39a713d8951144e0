"""The file that a customs office takes: one message or a batch, in lines of text, and the file of its answers.

Each line is a tag of three letters, a blank, and one value; the order is fixed, and lines that may come several times
say what they are by their tag (docs/customs.md). A message ends with the number of its lines, the file with the number
of its messages, so that nothing can fall off unseen. A value never holds a line break, since no office's characters do.

    YTC 1                       the format
    MSG, LIC, VER, SEQ, ATT, RES?, ACT, ATI, DIG        which message, of which licence, in which place
    STA, HID, HNA, HCO, HAD*    the licence: status, holder
    DES, CID CNA CCO CAD* …     destination, consignees
    VFR, VTO, EXP, TOL, CON*    days, one export or several, tolerance, conditions
    LIN, LNA, LPR, LCD, QTY …   lines: identity, name, product, code, quantity and the office's word for the unit
    END n                       lines of this message before this one
    EOF n                       messages of this file

One message that does not fit never keeps the others from being written, nor one that cannot be read the others from
being read: each comes back with its own problems.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from ytterby.licence.customs_content import ToldLicence, ToldLine, ToldParty, content_of, told_of
from ytterby.licence.customs_file_fit import fit
from ytterby.licence.customs_file_rules import FileRules
from ytterby.licence.customs_message import Action, CustomsAnswer, CustomsMessage, Verdict
from ytterby.terms.instant import read_instant, write_instant
from ytterby.terms.problem import Problem, is_refused, refuse

HEAD, ANSWERS_HEAD = "YTC 1", "YTA 1"
TAG = 3
FILE_BYTES_MAX = 20_000_000


@dataclass(frozen=True, slots=True)
class WrittenBatch:
    """A file, the messages in it by identifier, and those that do not fit with what is wrong with each."""

    text: str
    written: tuple[str, ...]
    left: dict[str, tuple[Problem, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FiledMessage:
    """A message as a file tells it: the content as the office reads it, and the digest of what was sent."""

    message: CustomsMessage
    told: ToldLicence
    digest: str


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer of a file and the line on which it stands."""

    answer: CustomsAnswer
    line: int


def file_problems(told: ToldLicence, rules: FileRules) -> list[Problem]:
    """Return what would keep a licence out of the office's file, and what would be spelled anew: asked when the licence
    is decided on.
    """
    return fit(told, rules)[1]


def write_batch(messages: Sequence[CustomsMessage], rules: FileRules) -> WrittenBatch:
    """Return the file of messages in their order; what does not fit is left out, with its problems."""
    lines, written, left = [HEAD], [], {}
    for message in messages:
        told, problems = _fitted(message, rules)
        if told is None:
            left[message.id] = tuple(problems)
            continue
        own = [f"{tag} {value}" for tag, value in _fields(message, told, rules)]
        lines += [*own, f"END {len(own)}"]
        written.append(message.id)
    lines.append(f"EOF {len(written)}")
    return WrittenBatch("\n".join(lines) + "\n", tuple(written), left)


def _fitted(message: CustomsMessage, rules: FileRules) -> tuple[ToldLicence | None, list[Problem]]:
    try:
        told = told_of(message.content)
    except msgspec.ValidationError as error:
        return None, [refuse("customs_file.content", "", message.id, why=error)]
    if (told.number, told.version) != (message.licence, message.version):
        return None, [refuse("customs_file.content", "", message.id, why="it is about another licence or version")]
    told, problems = fit(told, rules)
    return (None if is_refused(problems) else told), problems


def _fields(message: CustomsMessage, told: ToldLicence, rules: FileRules) -> Iterator[tuple[str, str]]:
    yield from (("MSG", message.id), ("LIC", told.number), ("VER", str(message.version)))
    yield from (("SEQ", str(message.sequence)), ("ATT", str(message.attempt)))
    if message.resends:
        yield "RES", message.resends
    yield from (("ACT", message.action.value), ("ATI", write_instant(message.at)), ("DIG", message.digest))
    yield "STA", told.status
    yield from _party("H", told.holder)
    yield "DES", told.destination
    for party in told.consignees:
        yield from _party("C", party)
    yield from (("VFR", told.valid_from), ("VTO", told.valid_to), ("EXP", told.exports), ("TOL", told.tolerance))
    yield from (("CON", condition) for condition in told.conditions)
    for line in told.lines:
        yield from (("LIN", line.line), ("LNA", line.name), ("LPR", line.product), ("LCD", line.code))
        yield "QTY", f"{line.quantity} {rules.units[line.unit].word}"


def _party(letter: str, party: ToldParty) -> Iterator[tuple[str, str]]:
    yield from ((f"{letter}ID", party.id), (f"{letter}NA", party.name), (f"{letter}CO", party.country))
    yield from ((f"{letter}AD", line) for line in party.address)


class _Unreadable(Exception):  # noqa: N818 -- it ends one message; its problem is the answer
    """A message does not stand as it must."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_batch(text: str, rules: FileRules) -> tuple[list[FiledMessage], list[Problem]]:
    """Return the messages of a file, and everything in it that cannot be read, each with its line."""
    rows = [(n, row) for n, row in enumerate(text.split("\n"), 1) if row]
    if not rows or rows[0][1] != HEAD:
        return [], [refuse("customs_file.head", "/1", rows[0][1] if rows else "", wanted=HEAD)]
    found: list[FiledMessage] = []
    problems: list[Problem] = []
    own: list[tuple[int, str, str]] = []
    is_ended, ends = False, 0
    for n, row in rows[1:]:
        tag, value = row[:TAG], row[TAG + 1 :]
        if is_ended or (tag == "EOF" and own):
            problems.append(refuse("customs_file.after_end", f"/{n}", row))
        elif tag == "EOF":
            is_ended = True
            if value != str(ends):
                problems.append(refuse("customs_file.count", f"/{n}", value, found=ends))
        elif tag == "END":
            ends += 1
            try:
                found.append(_Reader(own, rules).message(n, value))
            except _Unreadable as error:
                problems.append(error.problem)
            own = []
        else:
            own.append((n, tag, value))
    if not is_ended:
        problems.append(refuse("customs_file.cut_off", f"/{rows[-1][0]}"))
    return found, problems


class _Reader:
    """Reads the lines of one message in their order."""

    def __init__(self, rows: Sequence[tuple[int, str, str]], rules: FileRules) -> None:
        self.rows = list(rows)
        self.at = 0
        self.unit_of = {unit.word: code for code, unit in rules.units.items()}

    def message(self, number: int, count: str) -> FiledMessage:
        if count != str(len(self.rows)):
            raise _Unreadable(refuse("customs_file.count", f"/{number}", count, found=len(self.rows)))
        id_, licence, version = self.one("MSG"), self.one("LIC"), self.whole("VER")
        sequence, attempt = self.whole("SEQ"), self.whole("ATT")
        resends = self.one("RES") if self.is_next("RES") else ""
        action, at, digest = self.action(), self.instant(), self.one("DIG")
        told = self.licence(licence, version)
        if self.at != len(self.rows):
            raise self.unexpected("END")
        message = CustomsMessage(id_, licence, version, sequence, action, at, content_of(told), attempt, resends)
        return FiledMessage(message, told, digest)

    def licence(self, number: str, version: int) -> ToldLicence:
        status, holder, destination = self.one("STA"), self.party("H"), self.one("DES")
        consignees = []
        while self.is_next("CID"):
            consignees.append(self.party("C"))
        first, last, exports, tolerance = (self.one(tag) for tag in ("VFR", "VTO", "EXP", "TOL"))
        conditions = self.several("CON")
        lines = []
        while self.is_next("LIN"):
            lines.append(self.line())
        return ToldLicence(
            number, version, status, holder, destination, tuple(consignees), first, last, exports, tuple(lines),
            tolerance, conditions,
        )  # fmt: skip

    def party(self, letter: str) -> ToldParty:
        id_, name, country = (self.one(f"{letter}{tag}") for tag in ("ID", "NA", "CO"))
        return ToldParty(id_, name, country, self.several(f"{letter}AD"))

    def line(self) -> ToldLine:
        line, name, product, code = (self.one(tag) for tag in ("LIN", "LNA", "LPR", "LCD"))
        number = self.number()
        quantity, _, word = self.one("QTY").partition(" ")
        if word not in self.unit_of:
            known = ", ".join(sorted(self.unit_of))
            raise _Unreadable(refuse("customs_file.unit", f"/{number}", word, known=known))
        return ToldLine(line, name, quantity, self.unit_of[word], product, code)

    def is_next(self, tag: str) -> bool:
        return self.at < len(self.rows) and self.rows[self.at][1] == tag

    def one(self, tag: str) -> str:
        if not self.is_next(tag):
            raise self.unexpected(tag)
        self.at += 1
        return self.rows[self.at - 1][2]

    def several(self, tag: str) -> tuple[str, ...]:
        found = []
        while self.is_next(tag):
            found.append(self.one(tag))
        return tuple(found)

    def number(self) -> int:
        """Return the number of the line that is read next; of the last where there is none."""
        return self.rows[min(self.at, len(self.rows) - 1)][0] if self.rows else 0

    def whole(self, tag: str) -> int:
        number, text = self.number(), self.one(tag)
        if not (text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= 9):
            raise _Unreadable(refuse("customs_file.whole_number", f"/{number}", text))
        return int(text)

    def action(self) -> Action:
        number, text = self.number(), self.one("ACT")
        if text not in set(Action):
            raise _Unreadable(refuse("customs_file.action", f"/{number}", text, known=", ".join(Action)))
        return Action(text)

    def instant(self) -> datetime:
        number, text = self.number(), self.one("ATI")
        at, problems = read_instant(text, f"/{number}")
        if at is None:
            raise _Unreadable(problems[0])
        return at

    def unexpected(self, wanted: str) -> _Unreadable:
        there = self.rows[self.at][1] if self.at < len(self.rows) else "END"
        return _Unreadable(refuse("customs_file.tag", f"/{self.number()}", there, wanted=wanted))


def write_answers(answers: Sequence[CustomsAnswer]) -> str:
    """Return the file of answers: `ACK message`, or `REJ message code,code text`."""
    rows = [ANSWERS_HEAD]
    for answer in answers:
        rest = f" {','.join(answer.codes)} {answer.text}".rstrip() if answer.verdict is Verdict.REJECTED else ""
        rows.append(f"{_ANSWER_TAG[answer.verdict]} {answer.message}{rest}")
    return "\n".join([*rows, f"EOF {len(answers)}"]) + "\n"


_ANSWER_TAG = {Verdict.ACKNOWLEDGED: "ACK", Verdict.REJECTED: "REJ"}


def read_answers(text: str) -> tuple[list[ReadAnswer], list[Problem]]:
    """Return the answers of a file, and each line of it that cannot be read; the others count."""
    rows = [(n, row.rstrip("\r")) for n, row in enumerate(text.split("\n"), 1) if row.strip()]
    if not rows or rows[0][1] != ANSWERS_HEAD:
        return [], [refuse("customs_file.head", "/1", rows[0][1] if rows else "", wanted=ANSWERS_HEAD)]
    found, problems = [], []
    for n, row in rows[1:]:
        answer = _answer(row)
        if answer is not None:
            found.append(ReadAnswer(answer, n))
        elif row[: TAG + 1] != "EOF ":
            problems.append(refuse("customs_file.answer", f"/{n}", row))
        elif (n, row) != rows[-1] or row[TAG + 1 :] != str(len(rows) - 2):
            problems.append(refuse("customs_file.count", f"/{n}", row[TAG + 1 :], found=len(rows) - 2))
    if not rows[-1][1].startswith("EOF "):
        problems.append(refuse("customs_file.cut_off", f"/{rows[-1][0]}"))
    return found, problems


def _answer(row: str) -> CustomsAnswer | None:
    tag, _, rest = row.partition(" ")
    words = rest.split(" ", 2)
    if tag == "ACK" and len(words) == 1 and words[0]:
        return CustomsAnswer(words[0], Verdict.ACKNOWLEDGED)
    if tag == "REJ" and len(words) > 1 and all(words[:2]):
        codes = tuple(words[1].split(","))
        return CustomsAnswer(words[0], Verdict.REJECTED, codes, words[2] if len(words) > 2 else "")
    return None
