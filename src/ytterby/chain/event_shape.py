"""The structure of the five event types: which fields each has, which it must have, and what they must hold.

Everything that GS1's JSON schema demands, and what it lets pass although the standard's text does not: a misspelt
field, an undeclared prefix, a wrong check digit, a negative mass, an unknown unit, an aggregation without parent, a
transformation that lacks a side and names no run. All problems of an event are found at once.

Source: GS1 EPCIS 2.0 (2022), sections 7.3.1 and 7.4.1 to 7.4.7.
"""

import re
from collections.abc import Mapping
from typing import Any

from ytterby.chain.event import ErrorDeclaration
from ytterby.chain.event_fields import ABSENT, FieldReader
from ytterby.chain.sensor import read_sensors
from ytterby.terms.instant import read_offset
from ytterby.terms.problem import refuse, remark

COMPLETE = "completeness_verified"
ACTIONS = frozenset(["OBSERVE", "ADD", "DELETE"])
_COMMON = frozenset(["@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID"])
_DECLARED = frozenset(["certificationInfo", "errorDeclaration"])
_WHY = frozenset(["bizStep", "disposition", "persistentDisposition", "bizTransactionList"])
_WHERE = frozenset(["readPoint", "bizLocation", "sourceList", "destinationList", "sensorElementList"])
_BASE = _COMMON | _DECLARED | _WHY | _WHERE
FIELDS: Mapping[str, frozenset[str]] = {
    "ObjectEvent": _BASE | {"action", "epcList", "quantityList", "ilmd"},
    "AggregationEvent": _BASE | {"action", "parentID", "childEPCs", "childQuantityList"},
    "AssociationEvent": _BASE | {"action", "parentID", "childEPCs", "childQuantityList"},
    "TransactionEvent": _BASE | {"action", "parentID", "epcList", "quantityList"},
    "TransformationEvent": _BASE
    | {"inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd"},
}
_ALL_FIELDS = frozenset().union(*FIELDS.values())
_ERROR_FIELDS = frozenset(["declarationTime", "reason", "correctiveEventIDs"])
_PERSISTENT_FIELDS = frozenset(["set", "unset"])
_PERSISTENT_KINDS = frozenset(["ObjectEvent", "TransformationEvent"])


def read_shape(event: Mapping[str, object], kind: str, reader: FieldReader) -> dict[str, Any]:
    """Return the standard fields of an event as arguments of `Event` (without digest); problems are in the reader.

    `kind` is one of FIELDS, or the URI of a type of somebody else's, of which only the common fields are read.
    """
    known = FIELDS.get(kind)
    if known is not None:
        if not event.keys() <= known:
            _check_names(event, kind, known, reader)
        read = _read_circumstances(event, kind, reader)
        _READERS[kind](event, read, reader)
    else:
        reader.names(event, _ALL_FIELDS, "", has_profile=True)
        read = {"kind": kind}
    _read_common(event, read, reader)
    return read


def _check_names(event: Mapping[str, object], kind: str, known: frozenset[str], reader: FieldReader) -> None:
    """Keep a problem for each field that this type does not have."""
    misplaced = (event.keys() - known) & _ALL_FIELDS
    for name in misplaced:
        homes = ", ".join(sorted(k for k, fields in FIELDS.items() if name in fields))
        reader.problems.append(refuse("event.field_misplaced", "/" + name, name, kind=kind, homes=homes))
    reader.names(event, known | misplaced, "", has_profile=True)


def _read_common(event: Mapping[str, object], read: dict[str, Any], reader: FieldReader) -> None:
    """Read when, which event, and whether it declares an error."""
    for name in ("eventTime", "eventTimeZoneOffset"):
        if name not in event:
            reader.problems.append(refuse("field.missing", "", name))
    read["at"] = reader.instant(event, "eventTime")
    offset = event.get("eventTimeZoneOffset", ABSENT)
    if type(offset) is str:
        _, wrong = read_offset(offset)
        reader.problems += [problem.at("/eventTimeZoneOffset") for problem in wrong]
        read["offset"] = offset
    elif offset is not ABSENT:
        reader.wrong_type("/eventTimeZoneOffset", offset, "+08:00")
    if "eventID" in event:
        named = event["eventID"]
        # The usual form is canonical already, and new with each event: nothing to remember.
        is_usual = type(named) is str and _UUID(named)
        read["event_id"] = named if is_usual else reader.uri(named, "/eventID")
    if "recordTime" in event:
        reader.instant(event, "recordTime")
    if "certificationInfo" in event:
        certified = event["certificationInfo"]
        for i, value in enumerate(certified if type(certified) is list else [certified]):
            reader.uri(value, "/certificationInfo", i if type(certified) is list else None)
    if "errorDeclaration" in event:
        read["error"] = _read_error(event["errorDeclaration"], reader)


def _read_error(declared: object, reader: FieldReader) -> ErrorDeclaration | None:
    """Return the error declaration (EPCIS 2.0, 7.4.1.2)."""
    where = "/errorDeclaration"
    if type(declared) is not dict:
        reader.wrong_type(where, declared, "object")
        return None
    if not declared.keys() <= _ERROR_FIELDS:
        reader.names(declared, _ERROR_FIELDS, where)
    if "declarationTime" not in declared:
        reader.problems.append(refuse("field.missing", where, "declarationTime"))
    at = reader.instant(declared, "declarationTime", where)
    reason = reader.word(declared["reason"], "errorReason", where + "/reason") if "reason" in declared else None
    named = reader.rows(declared, "correctiveEventIDs", where)
    found = [reader.uri(value, where + "/correctiveEventIDs", i) for i, value in enumerate(named)]
    if at is None:
        return None
    return ErrorDeclaration(at, reason, tuple([uri for uri in found if uri is not None]))


def _read_circumstances(event: Mapping[str, object], kind: str, reader: FieldReader) -> dict[str, Any]:
    """Read where and why: the fields that all five types share."""
    read: dict[str, Any] = {"kind": kind}
    if "bizStep" in event:
        read["biz_step"] = reader.word(event["bizStep"], "bizStep", "/bizStep")
    if "disposition" in event:
        read["disposition"] = reader.word(event["disposition"], "disposition", "/disposition")
    if "readPoint" in event:
        read["read_point"] = reader.place(event, "readPoint")
    if "bizLocation" in event:
        read["biz_location"] = reader.place(event, "bizLocation")
    if "bizTransactionList" in event:
        read["transactions"] = reader.pairs(event, "bizTransactionList", "bizTransaction", "bizTransactionType")
    if "sourceList" in event:
        read["sources"] = reader.pairs(event, "sourceList", "source", "sourceDestinationType")
    if "destinationList" in event:
        read["destinations"] = reader.pairs(event, "destinationList", "destination", "sourceDestinationType")
    if "sensorElementList" in event:
        read["weighings"] = read_sensors(event, reader)
    if "persistentDisposition" in event:
        if kind not in _PERSISTENT_KINDS:
            reader.problems.append(remark("event.persistent_disposition_not_in_schema", "/persistentDisposition", kind))
        read["is_complete"] = _read_persistent(event["persistentDisposition"], reader)
    return read


def _read_persistent(value: object, reader: FieldReader) -> bool:
    """Tell whether a persistent disposition sets completeness (EPCIS 2.0, 7.3.5.5)."""
    where = "/persistentDisposition"
    if type(value) is not dict:
        reader.wrong_type(where, value, "object")
        return False
    reader.names(value, _PERSISTENT_FIELDS, where, is_closed=True)
    if not value.keys() & _PERSISTENT_FIELDS:
        reader.problems.append(refuse("field.missing", where, "set"))
    is_complete = False
    for name in ("set", "unset"):
        rows = reader.rows(value, name, where)
        if type(value.get(name)) is list and not rows:
            reader.problems.append(refuse("field.empty", f"{where}/{name}", name))
        words = [reader.word(row, "disposition", f"{where}/{name}", i) for i, row in enumerate(rows)]
        is_complete = is_complete or (name == "set" and COMPLETE in words)
    return is_complete


def _read_action(event: Mapping[str, object], read: dict[str, Any], reader: FieldReader) -> None:
    if "action" not in event:
        reader.problems.append(refuse("field.missing", "", "action"))
        return
    action = event["action"]
    if type(action) is str and action in ACTIONS:
        read["action"] = action
    else:
        reader.problems.append(refuse("event.action", "/action", "null" if action is None else action))


def _read_object(event: Mapping[str, object], read: dict[str, Any], reader: FieldReader) -> None:
    _read_action(event, read, reader)
    read["epcs"] = reader.uris(event, "epcList")
    read["quantities"] = reader.goods(event, "quantityList")
    is_sensed = bool(event.get("sensorElementList")) and "readPoint" in event
    if "epcList" not in event and not event.get("quantityList") and not is_sensed:
        reader.problems.append(refuse("event.nothing_named", "", "ObjectEvent", needed="epcList, quantityList"))
    if "ilmd" in event and read.get("action", "ADD") != "ADD":
        reader.problems.append(refuse("event.ilmd_without_add", "/ilmd", read["action"]))


def _read_family(event: Mapping[str, object], read: dict[str, Any], reader: FieldReader) -> None:
    """Read parent and children of an aggregation or association."""
    kind = read["kind"]
    _read_action(event, read, reader)
    if "parentID" in event:
        read["parent"] = reader.uri(event["parentID"], "/parentID")
    elif kind == "AssociationEvent" or read.get("action") in ("ADD", "DELETE"):
        reader.problems.append(refuse("event.parent_missing", "", read.get("action", kind)))
    read["child_epcs"] = reader.uris(event, "childEPCs")
    read["child_quantities"] = reader.goods(event, "childQuantityList")
    if not event.get("childEPCs") and not event.get("childQuantityList") and read.get("action", "DELETE") != "DELETE":
        reader.problems.append(refuse("event.nothing_named", "", kind, needed="childEPCs, childQuantityList"))


def _read_transaction(event: Mapping[str, object], read: dict[str, Any], reader: FieldReader) -> None:
    _read_action(event, read, reader)
    if "bizTransactionList" not in event:
        reader.problems.append(refuse("field.missing", "", "bizTransactionList"))
    elif event["bizTransactionList"] == []:
        reader.problems.append(refuse("field.empty", "/bizTransactionList", "bizTransactionList"))
    if "parentID" in event:
        read["parent"] = reader.uri(event["parentID"], "/parentID")
    read["epcs"] = reader.uris(event, "epcList")
    read["quantities"] = reader.goods(event, "quantityList")
    is_named = "epcList" in event or event.get("quantityList") or "parentID" in event
    if not is_named and read.get("action", "DELETE") != "DELETE":
        reader.problems.append(refuse("event.nothing_named", "", "TransactionEvent", needed="epcList, quantityList"))


def _read_transformation(event: Mapping[str, object], read: dict[str, Any], reader: FieldReader) -> None:
    read["input_epcs"] = reader.uris(event, "inputEPCList")
    read["input_quantities"] = reader.goods(event, "inputQuantityList")
    read["output_epcs"] = reader.uris(event, "outputEPCList")
    read["output_quantities"] = reader.goods(event, "outputQuantityList")
    if "transformationID" in event:
        read["run"] = reader.uri(event["transformationID"], "/transformationID")
    has_inputs = bool(event.get("inputEPCList") or event.get("inputQuantityList"))
    has_outputs = bool(event.get("outputEPCList") or event.get("outputQuantityList"))
    if not has_inputs and not has_outputs:
        needed = "inputQuantityList, outputQuantityList"
        reader.problems.append(refuse("event.nothing_named", "", "TransformationEvent", needed=needed))
    elif not (has_inputs and has_outputs) and "transformationID" not in event:
        side = "inputQuantityList" if has_outputs else "outputQuantityList"
        reader.problems.append(refuse("event.one_sided_without_run", "", side))


_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_READERS = {
    "ObjectEvent": _read_object,
    "AggregationEvent": _read_family,
    "AssociationEvent": _read_family,
    "TransactionEvent": _read_transaction,
    "TransformationEvent": _read_transformation,
}
