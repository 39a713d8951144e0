"""How tests ask the interface: over HTTP as Django's test client speaks it; every answer is held to the description."""

import json
from functools import cache
from typing import NamedTuple

import jsonschema_rs
import pytest
from django.test import Client

from ytterby.shell.api.openapi import PREFIX, description
from ytterby.shell.api.routes import methods_at

JSON = "application/json"


class Answer(NamedTuple):
    """What was answered; `text` is the body byte for byte."""

    status: int
    headers: dict
    text: str

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def codes(self):
        return [one["code"] for one in self.json.get("problems", ())]

    @property
    def places(self):
        return [one["where"]["pointer"] for one in self.json["problems"]]

    @property
    def version(self):
        return self.headers.get("ETag")


@cache
def schemas_of(operation, status):
    """Return what checks the answers of an operation with a status, one for each audience that is told otherwise."""
    whole = description()
    for methods in whole["paths"].values():
        for one in methods.values():
            if one["operationId"] == operation:
                told = one["responses"][str(status)]["content"][JSON]["schema"]
                return [
                    jsonschema_rs.validator_for({**each, "components": whole["components"]})
                    for each in told.get("anyOf", [told])
                ]
    raise KeyError(operation)


def flaws_of(operation, status, body):
    """Return where an answer is not what the description says, by the kind of answer that it is nearest to."""
    found = ([flaw_text(one) for one in schema.iter_errors(body)] for schema in schemas_of(operation, status))
    return min(found, key=len)


def flaw_text(error):
    path = "/".join(str(one) for one in error.instance_path)
    return f"/{path}: {error.message[-160:]}"


def ask(method, address, body=None, *, token=None, host="localhost", peer="127.0.0.1", checks=True, **headers):
    """Ask, and hold the answer to the description. `headers` are named with underscores."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        told["Authorization"] = f"Bearer {token}"
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(SERVER_NAME=host, REMOTE_ADDR=peer)
    kind = told.pop("Content-Type", JSON)
    response = client.generic(method, PREFIX + address, content, kind, headers=told)
    answer = Answer(response.status_code, dict(response.headers), response.content.decode())
    if checks:
        check(method, address, answer)
    return answer


def check(method, address, answer):
    """Hold an answer to the description of its operation; what there is no operation for holds problems alone."""
    path = address.partition("?")[0].rstrip("/") or "/"
    route = methods_at(path)[0].get("GET" if method == "HEAD" else method)
    if method == "HEAD":
        assert answer.text == ""
        return
    name = route.name if route is not None else "whoami"
    flaws = flaws_of(name, answer.status, answer.json)
    if flaws:
        pytest.fail(f"{method} {address} answers {answer.status} otherwise than described: {flaws[:4]}", pytrace=False)
