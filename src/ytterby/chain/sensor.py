"""Sensor elements of an event: their structure, and the weighings among them.

Source: GS1 EPCIS 2.0 (2022), section 7.3.7 (sensor element, metadata, report); CBV 2.0 section 7.6.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from ytterby.chain.event import Weighing
from ytterby.chain.event_fields import ABSENT, FieldReader
from ytterby.terms.canonical import expand_name
from ytterby.terms.problem import Problem, refuse, remark

_ELEMENT = frozenset(["sensorMetadata", "sensorReport"])
_URIS = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
_REPORT_URIS = (*_URIS, "microorganism", "chemicalSubstance", "coordinateReferenceSystem", "uriValue")
_TIMES = ("time", "startTime", "endTime")
_NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")
_METADATA = frozenset([*_TIMES, *_URIS])
_REPORT_OTHERS = ("type", "exception", "time", "component", "stringValue", "booleanValue", "hexBinaryValue", "uom")
_REPORT = frozenset([*_REPORT_OTHERS, *_REPORT_URIS, *_NUMBERS])
_PLAIN_REPORT = frozenset(["type", "value", "sDev", "uom"])
_HEX = re.compile(r"[0-9A-Fa-f]+")
MASS = "Mass"
MASS_ONLY = ("mass",)


def read_sensors(event: Mapping[str, object], reader: FieldReader) -> tuple[Weighing, ...]:
    """Return the weighings (reports of type Mass with a value) of an event, in kilograms."""
    weighings: list[Weighing] = []
    for i, element in enumerate(reader.rows(event, "sensorElementList")):
        where = f"/sensorElementList/{i}"
        if type(element) is not dict:
            reader.wrong_type(where, element, "object")
            continue
        if not element.keys() <= _ELEMENT:
            reader.names(element, _ELEMENT, where)
        device = _read_metadata(element, where, reader)
        if "sensorReport" not in element:
            reader.problems.append(refuse("field.missing", where, "sensorReport"))
            continue
        reports = reader.rows(element, "sensorReport", where)
        if not reports and type(element["sensorReport"]) is list:
            reader.problems.append(refuse("field.empty", where + "/sensorReport", "sensorReport"))
        for k, report in enumerate(reports):
            weighing = _read_report(report, f"{where}/sensorReport/{k}", device, reader)
            if weighing is not None:
                weighings.append(weighing)
    return tuple(weighings)


def _read_metadata(element: Mapping[str, object], where: str, reader: FieldReader) -> str | None:
    """Check the metadata of an element; return its device."""
    metadata = element.get("sensorMetadata", ABSENT)
    if metadata is ABSENT:
        return None
    where += "/sensorMetadata"
    if type(metadata) is not dict:
        reader.wrong_type(where, metadata, "object")
        return None
    if not metadata.keys() <= _METADATA:
        reader.names(metadata, _METADATA, where)
    device = None
    for name, value in metadata.items():
        if name in _TIMES:
            reader.instant(metadata, name, where)
        elif name == "deviceID":
            device = reader.uri(value, where + "/deviceID")
        elif name in _URIS:
            reader.uri(value, f"{where}/{name}")
    return device


def _read_report(report: object, where: str, device: str | None, reader: FieldReader) -> Weighing | None:
    """Check one report; return it when it is a weighing."""
    if type(report) is not dict:
        reader.wrong_type(where, report, "object")
        return None
    kind = _read_type(report, where, reader)
    if not report.keys() <= _PLAIN_REPORT:
        device = _read_rare_fields(report, where, reader) or device
    value = reader.number(report, "value", where)
    s_dev = reader.number(report, "sDev", where)
    if s_dev is not None and s_dev < 0:
        reader.problems.append(refuse("sensor.negative_deviation", where + "/sDev", s_dev))
    uom = report.get("uom", ABSENT)
    if uom is not ABSENT and type(uom) is not str:
        reader.wrong_type(where + "/uom", uom, "unit code")
        return None
    if kind != MASS or value is None:
        if type(uom) is str and reader.units.unit(uom) is None:
            _unknown_unit(uom, where, reader)
        return None
    return _weighing(value, s_dev, uom, where, device, reader)


def _unknown_unit(uom: str, where: str, reader: FieldReader) -> None:
    """Keep a unit that the table lacks; GS1's schema takes any text here."""
    reader.problems.append(remark("sensor.unit_unknown", where + "/uom", uom, likely=reader.units.likely_code(uom)))


def _weighing(
    value: Decimal, s_dev: Decimal | None, uom: object, where: str, device: str | None, reader: FieldReader
) -> Weighing | None:
    """Return a report of type Mass in kilograms."""
    if value < 0:
        reader.problems.append(refuse("quantity.negative", where + "/value", value))
        return None
    if uom == "KGM":
        return Weighing(value, s_dev, device)
    if type(uom) is not str:
        reader.rule(refuse("sensor.mass_without_unit", where, value))
        return None
    in_kg = reader.units.base(value, uom, where + "/uom", expected=MASS_ONLY)
    if isinstance(in_kg, Problem):
        reader.problems.append(in_kg)
        return None
    if s_dev is not None:
        scaled = reader.units.base(s_dev, uom, where + "/uom", expected=MASS_ONLY)
        s_dev = None if isinstance(scaled, Problem) else scaled[0]
    return Weighing(in_kg[0], s_dev, device)


def _read_type(report: Mapping[str, object], where: str, reader: FieldReader) -> str | None:
    """Return what a report measures; a word that GS1's schema lacks is remarked, for it changes no book.

    A report that tells an exception needs no type (EPCIS 2.0, 7.3.7.3), though GS1's schema asks for one.
    """
    if "type" not in report:
        if "exception" in report:
            reader.problems.append(remark("sensor.exception_without_type", where, "type"))
        else:
            reader.problems.append(refuse("field.missing", where, "type"))
        return None
    value = report["type"]
    words = reader.words
    if type(value) is str and value not in words.meaning["sensorType"]:
        name = expand_name(value, reader.prefixes)
        if ":" not in name or (words.is_reserved("sensorType", name) and words.read("sensorType", name) is None):
            reader.rule(refuse("sensor.type_unknown", where + "/type", value, likely=words.likely("sensorType", name)))
            return None
    kind = reader.word(value, "sensorType", where + "/type")
    if kind in words.loose["sensorType"]:
        reader.problems.append(remark("sensor.type_not_in_schema", where + "/type", kind))
    return kind


def _read_rare_fields(report: Mapping[str, object], where: str, reader: FieldReader) -> str | None:
    """Check the fields beside type, value, sDev and uom; return the report's own device."""
    if not report.keys() <= _REPORT:
        reader.names(report, _REPORT, where)
    device = None
    for name, value in report.items():
        if name in _REPORT_URIS:
            uri = reader.uri(value, f"{where}/{name}")
            device = uri if name == "deviceID" else device
        elif name == "time":
            reader.instant(report, name, where)
        elif name in _NUMBERS and name not in _PLAIN_REPORT:
            reader.number(report, name, where)
        elif name == "component":
            reader.word(value, "component", where + "/component")
        elif name == "exception":
            reader.word(value, "sensorException", where + "/exception")
        elif name == "stringValue" and type(value) is not str:
            reader.wrong_type(where + "/stringValue", value, "text")
        elif name == "booleanValue" and type(value) is not bool:
            reader.wrong_type(where + "/booleanValue", value, "true or false")
        elif name == "hexBinaryValue" and not (type(value) is str and _HEX.fullmatch(value)):
            reader.wrong_type(where + "/hexBinaryValue", value, "hexadecimal digits")
    return device
