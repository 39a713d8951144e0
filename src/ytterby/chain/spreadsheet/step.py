"""The steps of a sheet, and the event of EPCIS that each is.

Source: GS1 CBV 2.0 (2022), sections 7.1 and 7.2; the table of postings of `ytterby.chain`.
"""

from collections.abc import Mapping
from typing import NamedTuple

OBJECT, TRANSFORMATION, AGGREGATION = "ObjectEvent", "TransformationEvent", "AggregationEvent"
NONE = "none"


class Step(NamedTuple):
    """Event type, action, business step and the disposition that follows from it."""

    kind: str
    action: str
    biz_step: str
    disposition: str = NONE
    side: str = ""  # on which side of a transformation its rows stand, where the step says it


STEPS: Mapping[str, Step] = {
    "mined": Step(OBJECT, "ADD", "commissioning", "active"),
    "commissioned": Step(OBJECT, "ADD", "commissioning", "active"),
    "class_created": Step(OBJECT, "ADD", "creating_class_instance", "active"),
    "processed": Step(TRANSFORMATION, "", "creating_class_instance", "active"),
    "charged": Step(TRANSFORMATION, "", "creating_class_instance", "active", "in"),
    "drawn": Step(TRANSFORMATION, "", "creating_class_instance", "active", "out"),
    "shipped": Step(OBJECT, "OBSERVE", "shipping", "in_transit"),
    "departed": Step(OBJECT, "OBSERVE", "departing", "in_transit"),
    "arrived": Step(OBJECT, "OBSERVE", "arriving", "in_transit"),
    "received": Step(OBJECT, "OBSERVE", "receiving", "in_progress"),
    "counted": Step(OBJECT, "OBSERVE", "stock_taking"),
    "cycle_counted": Step(OBJECT, "OBSERVE", "cycle_counting"),
    "lost": Step(OBJECT, "DELETE", "destroying", "destroyed"),
    "packed": Step(AGGREGATION, "ADD", "packing", "in_progress"),
    "unpacked": Step(AGGREGATION, "DELETE", "unpacking", "in_progress"),
    "voided": Step(OBJECT, "OBSERVE", "void_shipping"),
    "accepted": Step(OBJECT, "OBSERVE", "accepting"),
}
LEAVING = frozenset({"shipped", "departed", "voided"})
# One name of each step for the way out; `mined` and `commissioned` are the same event.
STEP_OF: Mapping[tuple[str, str, str], str] = {
    (step.kind, step.action, step.biz_step): name
    for name, step in STEPS.items()
    if name not in ("mined", "charged", "drawn")
}
