"""File a statement of end use, repudiate one, raise an alarm that stops shipping, and end it.

Who may file: an end user whom an invitation bound to a key, signed by that key; an exporter a paper, by its scan. Who
may repudiate: the end user in whose name it stands. Who may raise an alarm: everybody whom statement or order names,
and the office, which alone ends it.
"""

import secrets
from base64 import b64encode
from datetime import datetime

from ytterby.law.procedure import Procedure
from ytterby.licence.end_use_statement import (
    PAPER,
    SIGNED,
    AlarmEnd,
    EndUseStatement,
    FiledStatement,
    Repudiation,
    ShippingAlarm,
    check_against_procedure,
    signed_bytes,
    undertakings_of,
)
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.filing import FilingChange, file_with, read_filing, unregistered
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.terms.problem import Problem, is_refused, refuse

ID_BYTES = 6
NONCE_BYTES = 32

Json = dict[str, object]


def read_statement(
    register: Register, fields: Json, *, at: datetime | None = None
) -> tuple[EndUseStatement | None, list[Problem]]:
    """Return a statement of fields of JSON. A nonce is drawn where there is none, and undertakings that are listed by
    their codes alone get the texts of the procedure, which are then what is signed.
    """
    procedure = _procedure(str(fields.get("procedure", "")), at or now())
    codes = fields.get("undertakings")
    if isinstance(codes, list) and procedure is not None:
        asked = undertakings_of(procedure)
        fields = {**fields, "undertakings": {str(code): asked.get(str(code), {}) for code in codes}}
    found, problems = read_filing({"nonce": secrets.token_hex(NONCE_BYTES), **fields}, EndUseStatement)
    return (None, list(problems)) if found is None else (found, _against_law(register, found, procedure))


def sign_statement(register: Register, statement: EndUseStatement, key: PrivateKey) -> FiledStatement:
    """Return a statement signed by the end user's key, ready to be filed."""
    signature = key.sign(signed_bytes(register.id, statement), use=key.use)
    return FiledStatement(statement, SIGNED, key.name, b64encode(signature).decode())


def file_statement(
    register: Register, filed: FiledStatement, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """File a statement that is signed, or on paper; its key is the statement's digest. What the procedure asks for and
    the statement lacks comes back as remarks.
    """
    one = filed.statement
    said = _against_law(register, one, _procedure(one.procedure, at or now()))
    if is_refused(said):
        return FilingChange(tuple(said), register.size)
    change = file_with(register, filed, speaker, at=at)
    return FilingChange((*change.problems, *said), change.size, change.key)


def file_paper(
    register: Register, statement: EndUseStatement, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """File a statement that an end user is said to have made on paper."""
    return file_statement(register, FiledStatement(statement, PAPER), speaker, at=at)


def repudiate_statement(
    register: Register, digest: str, reason: str, text: str, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """Say that a statement in one's name does not stand; goods under it must not ship from then on."""
    return file_with(register, Repudiation(digest, reason, text), speaker, at=at)


def raise_alarm(
    register: Register,
    kind: str,
    text: str,
    speaker: Speaker,
    *,
    statement: str = "",
    order: str = "",
    documents: tuple[str, ...] = (),
    at: datetime | None = None,
) -> FilingChange:
    """Say that user, use or certificate is not what it was taken for; goods stop until the office lets them go."""
    alarm = ShippingAlarm(secrets.token_hex(ID_BYTES), kind, text, statement, order, documents)
    return file_with(register, alarm, speaker, at=at)


def end_alarm(
    register: Register,
    alarm: str,
    text: str,
    speaker: Speaker,
    *,
    documents: tuple[str, ...] = (),
    at: datetime | None = None,
) -> FilingChange:
    """Let shipping go on, as the office, with what was looked into."""
    return file_with(register, AlarmEnd(alarm, text, documents), speaker, at=at)


def _procedure(name: str, at: datetime) -> Procedure | None:
    return law_at(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), at).procedures.get(name)


def _against_law(register: Register, one: EndUseStatement, procedure: Procedure | None) -> list[Problem]:
    problems = unregistered(exporter=one.exporter, end_user=one.end_user, importer=one.importer)
    if procedure is None:
        return [*problems, refuse("statement.procedure", "/procedure", one.procedure)]
    return problems + check_against_procedure(one, procedure)
