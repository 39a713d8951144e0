"""Where licences stand with customs, by the records of the log alone: messages to customs, and what it answered.

Both kinds of record have the licence's number as their key. A message's place in the sequence of its licence is that of
its record among them, and no field: two changes at once cannot take the same place. `CustomsMessageRow` repeats what
the records come to, so that what waits is found without reading all licences; `follow_outbox` brings it up, in the
transaction of the record.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ytterby.licence.customs_message import ACTIVE, CustomsAnswer, CustomsMessage, LicenceAtCustoms, Verdict, at_customs
from ytterby.shell.store.models import CustomsMessageRow, LicenceRow, Registration
from ytterby.shell.store.models.outbox import ACKNOWLEDGED, REJECTED, SETTLED, WAITING
from ytterby.shell.store.reading.viewer import CUSTOMS
from ytterby.shell.store.rights import Record, Rights, rights_by_index, signature_flaw, stored_records
from ytterby.terms.instant import write_instant

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

MESSAGE, ANSWER = "customs_message", "customs_answer"
COLUMNS = ("message", "licence", "version", "sequence", "attempt", "action", "sent_at", "log_index", "state")
UNREADABLE = (KeyError, TypeError, ValueError, msgspec.ValidationError)

Json = dict[str, Any]


class KeptRecord(NamedTuple):
    """A record about a licence at customs: number in the log, kind, fields."""

    number: int
    kind: str
    fields: Json


def records_of(licence: str) -> list[KeptRecord]:
    """Return the messages to customs about a licence and the answers, in order of the log."""
    rows = Registration.objects.filter(kind__in=(MESSAGE, ANSWER), key=licence).order_by("log_index")
    return [
        KeptRecord(number, kind, msgspec.json.decode(text))
        for number, kind, text in rows.values_list("log_index", "kind", "document")
    ]


def message_fields(message: CustomsMessage) -> Json:
    """Return what the record of a message says; its place follows from where it stands in the log."""
    plain = msgspec.to_builtins(message)
    told = {name: plain[name] for name in ("licence", "version", "action", "at", "content", "resends")}
    return {"id": message.licence, "message": message.id, **told}


def answer_fields(licence: str, version: int, answer: CustomsAnswer) -> Json:
    """Return what the record of an answer says, before anybody signs it."""
    return {
        "id": licence,
        "licence": licence,
        "version": version,
        "message": answer.message,
        "result": answer.verdict.value,
        "codes": list(answer.codes),
        "text": answer.text,
    }


def answer_of(fields: Json) -> CustomsAnswer:
    """Return the answer of a record.

    Raises:
        KeyError, msgspec.ValidationError: it is none.
    """
    told = {"message": fields["message"], "verdict": fields["result"]}
    return msgspec.convert({**told, "codes": fields.get("codes", ()), "text": fields.get("text", "")}, CustomsAnswer)


def messages_of(records: Iterable[KeptRecord]) -> Iterator[tuple[int, CustomsMessage]]:
    """Yield (number in the log, message) of records of one licence, each in its place."""
    attempts: dict[int, int] = {}
    sequence_of: dict[str, int] = {}
    for number, kind, fields in records:
        if kind != MESSAGE:
            continue
        sequence = sequence_of.get(fields.get("resends", ""), len(attempts) + 1)
        attempts[sequence] = attempts.get(sequence, 0) + 1
        sequence_of[fields["message"]] = sequence
        names = ("licence", "version", "action", "at", "content", "resends")
        told = {name: fields[name] for name in names if name in fields}
        place = {"id": fields["message"], "sequence": sequence, "attempt": attempts[sequence]}
        yield number, msgspec.convert({**told, **place}, CustomsMessage)


def standing_by(records: Iterable[KeptRecord]) -> LicenceAtCustoms:
    """Return what records of one licence come to."""
    kept = list(records)
    answers = [answer_of(fields) for _, kind, fields in kept if kind == ANSWER]
    return at_customs([message for _, message in messages_of(kept)], answers)


def stored_at_customs(licence: str) -> LicenceAtCustoms:
    """Return where a licence stands with customs, as the log has it."""
    return standing_by(records_of(licence))


def holds_active(so_far: LicenceAtCustoms, version: int) -> bool:
    """Tell whether customs acknowledged that goods may leave on a version: the newest message that it took says so."""
    known = so_far.known
    return known is not None and known.version == version and known.action in ACTIVE


def state_of(so_far: LicenceAtCustoms, message: CustomsMessage) -> str:
    """Return what became of a message: it waits, it was answered, or another one made it needless."""
    if message in so_far.waiting:
        return WAITING
    if so_far.verdict_on(message.id) is Verdict.ACKNOWLEDGED:
        return ACKNOWLEDGED
    return REJECTED if message.id in {error.message for error in so_far.errors} else SETTLED


def outbox_rows(records: Iterable[KeptRecord]) -> list[tuple[object, ...]]:
    """Return the rows of the messages of one licence, in the order of COLUMNS."""
    kept = list(records)
    so_far = standing_by(kept)
    return [
        (
            one.id, one.licence, one.version, one.sequence, one.attempt, one.action.value, write_instant(one.at),
            number, state_of(so_far, one),
        )
        for number, one in messages_of(kept)
    ]  # fmt: skip


def follow_outbox(
    licence: str, country: str, records: Sequence[KeptRecord], *, is_new: bool = False
) -> LicenceAtCustoms:
    """Bring the rows of a licence's messages up to its records, and return what these come to; the caller holds the
    lock. `is_new` spares looking for rows of a licence that was issued just now.
    """
    rows = CustomsMessageRow.objects.filter(licence=licence)
    held = {} if is_new else dict(rows.values_list("message", "state"))
    new = []
    for values in outbox_rows(records):
        row = dict(zip(COLUMNS, values, strict=True))
        if row["message"] not in held:
            new.append(CustomsMessageRow(country=country, **row))
        elif held[str(row["message"])] != row["state"]:
            CustomsMessageRow.objects.filter(message=row["message"]).update(state=row["state"])
    CustomsMessageRow.objects.bulk_create(new)
    return standing_by(records)


def customs_flaw(rights: Rights, register: "Register", record: Record) -> str | None:
    """Return what is wrong with who gave an answer; None when nothing is."""
    fields, party = record.fields, str(record.fields.get("party", ""))
    day = date.fromisoformat(fields["registered_at"][:10])
    if not any(one.mandate == CUSTOMS for one in rights.of_party(party, day)):
        return "it is by nobody who is customs"
    if register.is_demo or "signature" not in fields:
        return None if register.is_demo or fields.get("via") in {"session", "token"} else "nobody signed it"
    account = rights.accounts().get(str(fields.get("by", "")))
    if account is None or account.party != party:
        return "it is by no account of customs that was in force"
    return signature_flaw(account.key, register.id, ANSWER, fields)


def customs_flaws(register: "Register") -> Iterator[tuple[int, str]]:
    """Yield (number in the log, what) for each answer that does not hold, and each row that is not as the log says."""
    rights_at = rights_by_index(register)
    by_licence: dict[str, list[KeptRecord]] = {}
    for record in stored_records(kinds=(MESSAGE, ANSWER)):
        licence = str(record.fields.get("licence", ""))
        by_licence.setdefault(licence, []).append(KeptRecord(record.number, record.kind, record.fields))
        if record.kind == ANSWER:
            try:
                flaw = customs_flaw(rights_at(record.number), register, record)
            except UNREADABLE as error:
                flaw = f"it cannot be read: {type(error).__name__}"
            if flaw:
                yield record.number, flaw
    yield from _wrong_rows(by_licence)


def _wrong_rows(by_licence: dict[str, list[KeptRecord]]) -> Iterator[tuple[int, str]]:
    issued = set(LicenceRow.objects.values_list("number", flat=True))
    wanted = {row[0]: row for licence in issued for row in outbox_rows(by_licence.get(licence, ()))}
    there = {row[0]: row for row in CustomsMessageRow.objects.values_list(*COLUMNS)}
    for message in wanted.keys() | there.keys():
        if wanted.get(message) != there.get(message):
            row = wanted.get(message) or there[message]
            yield int(str(row[7])), f"the row of message {message} is not what the log says"
