"""The description is whole: it keeps to OpenAPI 3.1, and every route, field, parameter and answer is in it."""

import jsonschema_rs
import msgspec
import pytest

from shell.api.openapi_structure import STRUCTURE
from ytterby.licence.step import STEPS
from ytterby.shell.api import steps
from ytterby.shell.api.openapi import PREFIX, description
from ytterby.shell.api.routes import ROUTES
from ytterby.shell.api.wire import write_json


def test_it_is_told_to_everybody_and_keeps_to_the_structure_of_openapi(world):
    told = world.get(None, "/openapi.json")
    assert (told.status, told.text.encode()) == (200, write_json(description()))
    schema = jsonschema_rs.validator_for(STRUCTURE)
    assert [one.message for one in schema.iter_errors(told.json)] == []
    # It can fail: a path that does not begin with a slash, an operation without responses.
    for spoil in ({"paths": {"cases": {}}}, {"paths": {"/cases": {"get": {"operationId": 7}}}}, {"openapi": "2.0"}):
        assert not schema.is_valid({**told.json, **spoil})


def test_every_schema_is_one_and_every_reference_leads_to_one():
    whole = description()
    held = whole["components"]["schemas"]
    for name, one in held.items():
        jsonschema_rs.meta.validate({**one, "$schema": whole["jsonSchemaDialect"]})
        assert one.get("additionalProperties", False) is False or one["type"] != "object", name
    assert {ref.rpartition("/")[2] for ref in references(whole)} <= set(held)
    names = [one["operationId"] for methods in whole["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names)) == len(ROUTES)


def references(value):
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "$ref":
                yield one
            else:
                yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: one.name)
def test_every_route_is_described_with_its_fields_its_parameters_and_who_it_is_for(route):
    told = description()["paths"][PREFIX + route.address][route.method.lower()]
    assert told["x-audience"] == sorted(one.value for one in route.audience)
    assert {one["name"] for one in told["parameters"] if one["in"] == "query"} == set(route.query.__struct_fields__)
    assert all("{" + one["name"] + "}" in route.address for one in told["parameters"] if one["in"] == "path")
    if route.takes is not None:
        taken = told["requestBody"]["content"]["application/json"]["schema"]
        kinds = steps.ASKED.values() if route.name == "step" else [route.takes]
        for kind in kinds:
            assert set(fields_of(kind, taken)) == {one.encode_name for one in msgspec.structs.fields(kind)}, kind
    for kind in route.gives:
        assert set(fields_of(kind, {})) == {one.encode_name for one in msgspec.structs.fields(kind)}, kind
    assert {"400", "404", "429", str(route.status)} <= set(told["responses"])


def fields_of(kind, taken):
    """Return the fields that the description tells of a struct, without the tag."""
    held = description()["components"]["schemas"][kind.__name__]
    tag = kind.__struct_config__.tag_field
    return [name for name in held["properties"] if name != tag]


def test_the_steps_that_are_asked_for_are_all_steps_but_the_registers_own():
    tags = {str(one.__struct_config__.tag) for one in STEPS}
    assert set(steps.ASKED) == tags - {"begin", "rate", "decide_automatically"}
    # A conflict names the party that it is with.
    never = {"by", "party", "role", "team", "at", "approved_by", "via"}
    for name, kind in steps.ASKED.items():
        assert never & set(kind.__struct_fields__) == ({"party"} if name == "declare_conflict" else set()), name
        assert kind.__struct_config__.forbid_unknown_fields
    assert "evidence" not in steps.ASKED["propose"].__struct_fields__
    assert "content" not in steps.ASKED["issue"].__struct_fields__
