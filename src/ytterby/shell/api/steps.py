"""The steps that somebody may ask for, as bodies: the fields of `licence.step` without what the register fills in.

Who speaks, for whom, when and in which team is no field of any of them: `by` or `approved_by` in a body is an unknown
field, and refused (threat D1). What the register alone says (the tier, a decision by rule) is not asked for.
"""

import secrets
from typing import Any, Union

import msgspec

from ytterby.licence.application import Application, read_application
from ytterby.licence.step import STEPS, Begin, DecideAutomatically, Rate, Step, read_step
from ytterby.proof.approval import ApprovalSignature
from ytterby.shell.site.packs import door_tables
from ytterby.terms.problem import Problem

ID_BYTES = 4
Json = dict[str, Any]
# What the register fills in, by step: with what it is handed to the action.
FILLED: dict[str, Json] = {
    "gather": {"evidence": {}, "digest": ""},
    "assign": {"account": "", "seed": "", "pool": ()},
    "propose": {"evidence": "", "packs": {}},
    "issue": {"licence": "", "content": {}},
}
# Their id is drawn where none is given.
DRAWN = frozenset({"query", "stop", "open_work"})
# Begun at an address of its own, or said by the register alone.
NOT_ASKED = (Begin, Rate, DecideAutomatically)


def _asked(step: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return a step as it is asked for."""
    tag = str(step.__struct_config__.tag)
    needed: list[Any] = []
    optional: list[Any] = []
    for one in msgspec.structs.fields(step):
        if one.name in FILLED.get(tag, {}):
            continue
        kind = ApprovalSignature if (tag, one.name) == ("approve", "signature") else one.type
        if one.default_factory is not msgspec.NODEFAULT:
            optional.append((one.name, kind, msgspec.field(default_factory=one.default_factory)))
        elif one.default is not msgspec.NODEFAULT or (one.name == "id" and tag in DRAWN):
            optional.append((one.name, kind, "" if one.default is msgspec.NODEFAULT else one.default))
        else:
            needed.append((one.name, kind))
    made = msgspec.defstruct(
        f"{step.__name__}Step",
        [*needed, *optional],
        tag_field="verb",
        tag=tag,
        frozen=True,
        forbid_unknown_fields=True,
        module=__name__,
    )
    made.__doc__ = step.__doc__
    return made


ASKED: dict[str, type[msgspec.Struct]] = {
    str(one.__struct_config__.tag): _asked(one) for one in STEPS if one not in NOT_ASKED
}
AskedStep: Any = Union[tuple(ASKED.values())]  # noqa: UP007 -- made of a tuple


def step_of(asked: msgspec.Struct) -> Step:
    """Return the step that is asked for, to be handed to the action."""
    tag = str(type(asked).__struct_config__.tag)
    fields: Json = {**msgspec.to_builtins(asked), **FILLED.get(tag, {}), "verb": tag}
    if tag in DRAWN and not fields["id"]:
        fields["id"] = secrets.token_hex(ID_BYTES)
    return read_step(fields)


def application_of(value: Any, where: str = "") -> tuple[Application | None, list[Problem]]:
    """Return the application of decoded JSON, or everything that is wrong with its form, at its place in the body."""
    found, problems = read_application(value, door_tables().units)
    return found, [one.at(where) for one in problems]
