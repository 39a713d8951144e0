"""Statements of end use: drafted, signed by the end user's own key where that key is, filed, read, repudiated."""

from typing import Any

import msgspec

from ytterby.licence.end_use_statement import EndUseStatement, FiledStatement, StatedGoods, signed_bytes
from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.file_statement import file_statement, read_statement, repudiate_statement
from ytterby.shell.api.asked import Asked, NotThere, Told, entered
from ytterby.shell.api.filed import UNKNOWN, filed, rows
from ytterby.shell.store.reading.filed import list_statements, show_statement
from ytterby.terms.problem import is_refused

Json = dict[str, Any]


class SignerOfDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs for the end user."""

    name: str
    title: str


class DraftStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A statement to be drafted: undertakings by code, with the procedure's texts; a nonce is drawn."""

    end_user: str
    exporter: str
    procedure: str
    goods: tuple[StatedGoods, ...]
    use: Json
    undertakings: tuple[str, ...]
    signer: SignerOfDraft
    valid_from: str
    valid_to: str
    orders: tuple[str, ...] = ()
    importer: str = ""
    profile: str = ""
    documents: tuple[str, ...] = ()


class RepudiateStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a statement does not stand: not_made, no_longer_true, taken_back."""

    reason: str
    text: str


def listed(asked: Asked) -> Told:
    """Return statements without their content."""
    return rows(asked, "statements", list_statements(asked.me.viewer, asked.known, asked.today))


def shown(asked: Asked) -> Told:
    """Return a statement whole, by its digest or the beginning of it."""
    found = show_statement(asked.me.viewer, asked.parts["statement"], asked.known, asked.today)
    if found is None:
        raise NotThere
    return Told(found)


def draft(asked: Asked) -> Told:
    """Return a statement as it will be filed, and the bytes that the end user's key signs; nothing is entered."""
    made, problems = read_statement(asked.register, asked.raw, at=asked.at)
    if made is None or is_refused(problems):
        return entered(asked, {}, problems, asked.known.size)
    body: Json = {"statement": msgspec.to_builtins(made), "signs": to_base64url(signed_bytes(asked.register.id, made))}
    return entered(asked, body, problems, asked.known.size)


def file(asked: Asked) -> Told:
    """File a statement that its end user signed, or that an exporter has on paper."""
    one: FiledStatement = asked.body
    assert isinstance(one.statement, EndUseStatement), "the body was read into its struct"
    return filed(asked, file_statement(asked.register, one, asked.me.speaker, at=asked.at))


def repudiate(asked: Asked) -> Told:
    """Say that a statement in one's name does not stand."""
    one: RepudiateStatement = asked.body
    which = asked.parts["statement"]
    change = repudiate_statement(asked.register, which, one.reason, one.text, asked.me.speaker, at=asked.at)
    return filed(asked, change, named=UNKNOWN)
