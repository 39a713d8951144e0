"""The OpenAPI 3.1 description, made of the routes and of the structs that they take and give; nothing is typed twice.

Source: OpenAPI Specification 3.1.0; schemas are JSON Schema 2020-12, as msgspec writes them.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from ytterby.shell.api.asked import Asked, Told
from ytterby.shell.api.who import Audience
from ytterby.shell.api.wire import JSON

if TYPE_CHECKING:
    from ytterby.shell.api.route import Route

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
REF = "#/components/schemas/{name}"
PREFIX = "/api/v1"
# Status -> what it says, beside the answer itself; each holds problems with codes.
REFUSALS = {
    "400": "The request cannot be read.",
    "403": "The token is for something else.",
    "404": "There is nothing there for whoever asks.",
    "405": "There is another method here.",
    "409": "The same request is not done, or its key was used for another.",
    "412": "The case has changed since the version that If-Match names.",
    "413": "The body is too long.",
    "415": "The body is no JSON.",
    "422": "Nothing was entered: it is refused, with all that refuses it.",
    "429": "Too often; Retry-After says when to come again.",
    "503": "The packs in force do not fit together.",
}
OF_WRITING = frozenset({"409", "412", "413", "415", "422"})


def described(asked: Asked) -> Told:
    """Return the description."""
    del asked
    return Told(description())


@lru_cache(maxsize=1)
def description() -> Json:
    """Return the whole description."""
    from ytterby.shell.api.answers import Problems
    from ytterby.shell.api.routes import ROUTES

    kinds = list(dict.fromkeys([*_kinds(ROUTES), Problems]))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    by_kind = dict(zip(kinds, schemas, strict=True))
    paths: Json = {}
    for route in ROUTES:
        paths.setdefault(PREFIX + route.address, {})[route.method.lower()] = _operation(route, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ytterby",
            "version": "1",
            "summary": "Applications, licences and what is drawn on them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _kinds(routes: "tuple[Route, ...]") -> Iterator[Any]:
    for route in routes:
        yield from (one for one in (route.takes, route.query, *route.gives) if one is not None)


def _operation(route: "Route", by_kind: dict[Any, Json]) -> Json:
    from ytterby.shell.api.answers import Problems

    found: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.address.split("/")[1] or "root"],
        "x-audience": sorted(one.value for one in route.audience),
        "x-scope": route.scope or None,
    }
    parameters = [*_parts(route), *_query(route), *_headers(route)]
    if parameters:
        found["parameters"] = parameters
    if route.takes is not None:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": by_kind[route.takes]}}}
    responses: Json = {str(route.status): _good(route, by_kind)}
    for status, text in REFUSALS.items():
        if route.method == "POST" or status not in OF_WRITING:
            responses[status] = {"description": text, "content": {JSON: {"schema": by_kind[Problems]}}}
    if route.address == "/":
        responses["401"] = {"description": "No token was sent.", "content": {JSON: {"schema": by_kind[Problems]}}}
    found["responses"] = responses
    if Audience.EVERYBODY in route.audience:
        either: list[Json] = [{}, {"token": []}]
        found["security"] = either
    return found


def _good(route: "Route", by_kind: dict[Any, Json]) -> Json:
    schemas = [by_kind[one] for one in route.gives] or [{"type": "object"}]
    either: Json = {"anyOf": schemas}
    schema = schemas[0] if len(schemas) == 1 else either
    found: Json = {"description": route.summary, "content": {JSON: {"schema": schema}}}
    if route.has_version:
        text = "The version of the case, as its reader counts; none where the reader counts none."
        found["headers"] = {"ETag": {"description": text, "schema": {"type": "string"}}}
    return found


def _parts(route: "Route") -> Iterator[Json]:
    for piece in route.address.split("/"):
        if piece.startswith("{"):
            yield {"name": piece[1:-1], "in": "path", "required": True, "schema": dict(TEXT)}


def _query(route: "Route") -> Iterator[Json]:
    (schema,), components = msgspec.json.schema_components([route.query])
    held = components[schema["$ref"].rpartition("/")[2]]
    for name, one in held["properties"].items():
        yield {"name": name, "in": "query", "required": name in held.get("required", ()), "schema": one}


def _headers(route: "Route") -> Iterator[Json]:
    text: Json = {"type": "string"}
    yield {"name": "Accept-Language", "in": "header", "required": False, "schema": text, "description": "en or zh"}
    if route.method == "POST":
        told = "The same request under the same key enters nothing twice, and is answered alike."
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": text, "description": told}
    if route.name == "step":
        told = "The version that was seen, in quotes; another one refuses the step."
        yield {"name": "If-Match", "in": "header", "required": False, "schema": text, "description": told}
