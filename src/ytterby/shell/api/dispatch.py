"""The one way in: who asks, whether too often, for what, whether that is there for it; then the view.

The order matters. Nobody learns of an address, of a thing or of a mistake in its own body before it is known that the
address is there for it: a stranger, a wrong token, an address of others and an address of nobody are one 404, made in
one place, whatever the method, also for HEAD and with If-None-Match (which is not looked at: no answer here is kept by
a cache). Alone the root answers 401 to whoever sends no token at all.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from ytterby.shell.actions.clock import now
from ytterby.shell.actions.repeat import Answered, begin_once, digest_of, forget_request, keep_answer, repeat_problems
from ytterby.shell.api import api_limits
from ytterby.shell.api.api_limits import ACCOUNT, INVITATION, PARTY, STRANGER
from ytterby.shell.api.asked import Asked, NotThere, Told
from ytterby.shell.api.problem_body import problems_json
from ytterby.shell.api.route import Route
from ytterby.shell.api.routes import ROUTES, methods_at
from ytterby.shell.api.who import Asker, asker_of, told_token
from ytterby.shell.api.wire import JSON, BadRequest, read_body, take, take_query, write_json
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import LawUnfitError
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.terms.problem import Problem, is_refused, refuse

ROOT, SIZE = "/", "as_of_size"
LANGUAGES = ("en", "zh")


@csrf_exempt
def dispatch(request: HttpRequest, address: str) -> HttpResponse:
    """Answer a request to an address under /api/v1."""
    language = language_of_request(request)
    try:
        return _answer(request, "/" + address.strip("/"), language)
    except NotThere:
        return _problems(404, [refuse("api.not_there")], language)
    except BadRequest as bad:
        return _problems(bad.status, list(bad.problems), language)
    except LawUnfitError:
        return _problems(503, [refuse("api.law_unfit")], language)


def _answer(request: HttpRequest, address: str, language: str) -> HttpResponse:
    at, token = now(), told_token(request)
    asker = asker_of(token, at)
    wait = _seconds_to_wait(request, asker)
    if wait:
        return _too_often(wait, language)
    methods, parts = methods_at(address)
    if address == ROOT and token is None:
        response = _problems(401, [refuse("api.no_token")], language)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    here = {name: route for name, route in methods.items() if route.is_for(asker)}
    if not here:
        raise NotThere
    method = "GET" if request.method == "HEAD" else str(request.method)
    route = here.get(method)
    if route is None:
        response = _problems(405, [refuse("api.method", "", method, allowed=", ".join(sorted(here)))], language)
        response.headers["Allow"] = ", ".join(sorted(here))
        return response
    if route.is_tried and (wait := api_limits.buckets.seconds_to_wait(INVITATION, _address(request))):
        return _too_often(wait, language)
    if asker is not None and route.scope and route.scope not in asker.scopes:
        return _problems(403, [refuse("api.scope", "", route.scope)], language)
    asked = _read(request, route, asker, parts, language, at)
    return _once(request, route, asked) if route.method == "POST" else _respond(route.view(asked), asked)


def _read(
    request: HttpRequest, route: Route, asker: Asker | None, parts: dict[str, str], language: str, at: datetime
) -> Asked:
    """Read what a route takes.

    Raises:
        BadRequest: it cannot be read.
    """
    raw: Any = read_body(request) if route.takes is not None else None
    body = take(raw, route.takes) if route.takes is not None else None
    told = {name: request.GET.getlist(name) for name in request.GET}
    query = take_query(told, route.query)
    return Asked(
        asker=asker,
        at=at,
        known=known_at(OPERATOR_VIEWER, None),
        language=language,
        parts=parts,
        query=query,
        body=body,
        expected=_expected(request),
        raw=raw,
        origin=settings.YTTERBY_ADDRESS or f"{request.scheme}://{request.get_host()}",
    )


def _expected(request: HttpRequest) -> int | None:
    """Return the version that If-Match names; None for none, or any.

    Raises:
        BadRequest: it names no version.
    """
    told = request.headers.get("If-Match", "*").strip()
    if told == "*":
        return None
    number = told[1:-1] if len(told) > 2 and told[0] == told[-1] == '"' else ""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise BadRequest(400, refuse("api.if_match", "", told))
    return int(number)


def _once(request: HttpRequest, route: Route, asked: Asked) -> HttpResponse:
    """Answer a request that enters something; under an Idempotency-Key once, and then alike."""
    told = request.headers.get("Idempotency-Key")
    if told is None:
        return _respond(route.view(asked), asked)
    if asked.asker is None:
        raise BadRequest(400, refuse("api.key_without_account"))
    if wrong := repeat_problems(told, longest=api_limits.api_limits().repeat_key_characters):
        raise BadRequest(400, *wrong)
    key = digest_of(asked.asker.account, told)
    what = digest_of(route.method, request.path, request.headers.get("If-Match", ""), write_json(asked.raw))
    before = begin_once(key, what, asked.at, hours=api_limits.api_limits().repeat_hours)
    if isinstance(before, Problem):
        return _problems(409, [before], asked.language)
    if before is not None:
        return _response(before.status, before.body.encode(), before.version)
    try:
        answer = route.view(asked)
    except (NotThere, BadRequest):
        forget_request(key)
        raise
    response = _respond(answer, asked)
    if answer.is_entered:
        keep_answer(key, Answered(answer.status, response.content.decode(), _tag(answer)))
    else:
        forget_request(key)
    return response


def _respond(told: Told, asked: Asked) -> HttpResponse:
    body = told.body
    # How many records the log holds counts what the office did in a party's case (threat C7).
    if asked.asker is not None and asked.asker.is_party and isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != SIZE}
    response = _response(told.status, write_json(body), _tag(told))
    for name, value in told.headers.items():
        response.headers[name] = value
    return response


def _tag(told: Told) -> str:
    return "" if told.version is None else f'"{told.version}"'


def _response(status: int, body: bytes, tag: str) -> HttpResponse:
    response = HttpResponse(body, content_type=JSON, status=status)
    response.headers["Vary"] = "Authorization, Accept-Language"
    if tag:
        response.headers["ETag"] = tag
    return response


def _problems(status: int, problems: list[Problem], language: str) -> HttpResponse:
    assert is_refused(problems), "an answer without a body says why"
    return _response(status, write_json({"problems": problems_json(problems, language)}), "")


# How often


def _seconds_to_wait(request: HttpRequest, asker: Asker | None) -> int:
    """Count a request: of its account and party, or of the address of a stranger (threat X2)."""
    counted = api_limits.buckets.seconds_to_wait
    if asker is None:
        return counted(STRANGER, _address(request))
    return counted(ACCOUNT, asker.account) or counted(PARTY, asker.party)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _too_often(wait: int, language: str) -> HttpResponse:
    response = _problems(429, [refuse("api.too_often", "", wait)], language)
    response.headers["Retry-After"] = str(wait)
    return response


def language_of_request(request: HttpRequest) -> str:
    """Return the language that Accept-Language likes best of those there are; no cookie is looked at."""
    for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        name = tag.partition("-")[0].casefold()
        if name in LANGUAGES:
            return name
    return LANGUAGES[0]


__all__ = ["ROUTES", "dispatch", "language_of_request"]
