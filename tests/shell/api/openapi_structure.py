"""What an OpenAPI 3.1 description has to look like, as JSON Schema; written by hand from the specification.

Source: OpenAPI Specification 3.1.0, sections 4.8.1 (OpenAPI Object) to 4.8.30 (Security Requirement Object), as far as
our description uses them; what it does not use is refused.
"""

TEXT = {"type": "string"}


def held(required, /, **properties):
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    }


def map_of(pattern, value):
    return {"type": "object", "patternProperties": {pattern: value}, "additionalProperties": False}


SCHEMA = {"type": ["object", "boolean"]}
CONTENT = map_of("^[a-z]+/[a-z.+-]+$", held(["schema"], schema=SCHEMA))
HEADER = held(["schema"], description=TEXT, schema=SCHEMA, required={"type": "boolean"})
RESPONSE = held(["description"], description=TEXT, content=CONTENT, headers=map_of("^[A-Za-z-]+$", HEADER))
PARAMETER = {
    **held(
        ["name", "in", "schema"],
        name=TEXT,
        **{"in": {"enum": ["query", "header", "path", "cookie"]}},
        required={"type": "boolean"},
        schema=SCHEMA,
        description=TEXT,
    ),
    # A part of the path is always there.
    "if": {"properties": {"in": {"const": "path"}}},
    "then": {"required": ["required"], "properties": {"required": {"const": True}}},
}
SECURITY = {"type": "array", "items": map_of("^token$", {"type": "array", "items": TEXT})}
OPERATION = held(
    ["operationId", "responses"],
    operationId={"type": "string", "pattern": "^[a-z_]+$"},
    summary=TEXT,
    tags={"type": "array", "items": TEXT},
    parameters={"type": "array", "items": PARAMETER, "uniqueItems": True},
    requestBody=held(["content"], content=CONTENT, required={"type": "boolean"}),
    responses={**map_of("^[1-5][0-9]{2}$", RESPONSE), "minProperties": 1},
    security=SECURITY,
)
STRUCTURE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **held(
        ["openapi", "info", "paths"],
        openapi={"type": "string", "pattern": r"^3\.1\.\d+$"},
        info=held(
            ["title", "version"],
            title=TEXT,
            version=TEXT,
            summary=TEXT,
            license=held(["name"], name=TEXT, identifier=TEXT),
        ),
        jsonSchemaDialect={"type": "string", "pattern": "^https://"},
        security=SECURITY,
        paths=map_of("^/", held([], get=OPERATION, post=OPERATION)),
        components=held(
            [],
            schemas=map_of(r"^[A-Za-z0-9._-]+$", SCHEMA),
            securitySchemes=map_of("^token$", held(["type", "scheme"], type={"const": "http"}, scheme=TEXT)),
        ),
    ),
}
