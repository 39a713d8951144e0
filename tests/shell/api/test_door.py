"""The door of the interface: who is let in, what a stranger learns, what is read strictly, how often, and once."""

import itertools
import json
from datetime import timedelta

import pytest

from shell.api.office import ORIEL, SAMPLE, key_of
from shell.api.told import JSON, ask
from ytterby.shell.actions.rights import withdraw_right
from ytterby.shell.actions.token import list_tokens, revoke_token
from ytterby.shell.api import api_limits
from ytterby.shell.api.routes import ROUTES
from ytterby.shell.store.models import RepeatedAnswer
from ytterby.shell.store.rights import stored_rights

SAME = "There is nothing here for you."
# Of each address one that could be there.
CASE = "C-0000000000"


def address_of(route):
    text = route.address
    for name in ("case", "licence", "message", "invitation", "statement", "alarm", "retransfer"):
        text = text.replace("{" + name + "}", CASE)
    return text


@pytest.fixture
def told(world):
    """What an address of nobody answers a stranger: the answer that all others are held to."""
    answer = world.get(None, "/nothing")
    assert (answer.status, answer.codes) == (404, ["api.not_there"])
    return answer


def test_a_stranger_and_a_wrong_token_get_one_and_the_same_404_at_each_address_and_with_each_method(world, told):
    """Threats section 4."""
    everybody = {route.address for route in ROUTES if "everybody" in route.audience}
    for address, method in itertools.product(sorted({one.address for one in ROUTES} - everybody - {"/"}), METHODS):
        place = address_of(next(one for one in ROUTES if one.address == address))
        for token in (None, "ytt_" + "A" * 43, "nonsense"):
            api_limits.buckets.forget()
            answer = ask(method, place, {"x": 1} if method == "POST" else None, token=token, checks=False)
            assert (answer.status, answer.headers["Content-Type"]) == (404, JSON), (method, place)
            assert answer.text == ("" if method == "HEAD" else told.text)


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def test_what_is_not_ones_own_answers_like_what_does_not_exist(world, told):
    """Threats section 4: HEAD, If-None-Match, whatever the body."""
    case = world.begin()
    for who in ("rex", "nils", "lena", "otto", "fritz"):
        for number in (case, CASE):
            for address in (f"/cases/{number}", f"/cases/{number}/check"):
                assert world.get(who, address).text == told.text
                assert world.get(who, address, If_None_Match='"1"').text == told.text
                assert world.ask(who, "HEAD", address).status == 404
            answer = world.step(who, number, "withdraw")
            assert (answer.status, answer.text) == (404, told.text)
    assert world.get("rex", "/cases").json["cases"] == []


def test_the_root_alone_says_that_a_token_is_missing(world, told):
    bare = world.get(None, "/")
    assert (bare.status, bare.codes, bare.headers["WWW-Authenticate"]) == (401, ["api.no_token"], "Bearer")
    assert ask("GET", "/", token="ytt_wrong").text == told.text
    me = world.get("clerk", "/").json
    assert (me["account"], me["party"], me["roles"]) == ("clerk", ORIEL, ["applicant", "end_user"])


def test_a_cookie_of_the_pages_is_not_looked_at(world, told):
    assert ask("GET", "/cases", Cookie="sessionid=anything; csrftoken=x").text == told.text


def test_a_right_that_was_withdrawn_counts_at_the_next_request(world):
    """Threat X10."""
    assert world.get("ivo", "/cases").status == 200
    held = next(one for one in stored_rights(world.register).granted.values() if one.id == "ivo")
    assert withdraw_right(world.register, held.digest, by=key_of("ann"), at=world.clock.at).problems == ()
    assert world.get("ivo", "/cases").status == 404


def test_a_token_that_was_revoked_or_is_for_something_else_opens_nothing(world):
    """Threat O1."""
    reads = world.token("clerk", ["read"])
    assert ask("GET", "/cases", token=reads).status == 200
    refused = ask("POST", "/check", SAMPLE, token=reads)
    assert (refused.status, refused.codes) == (403, ["api.scope"])
    number = next(row for row in list_tokens() if row.account == "clerk").number
    assert revoke_token(number) == ()
    assert ask("GET", "/cases", token=reads).status == 404


@pytest.mark.parametrize(
    ("body", "status", "code", "place"),
    [
        (b"{", 400, "json.truncated", ""),
        (b'{"a": 1, "a": 2}', 400, "json.duplicate_key", "/a"),
        (b"[" * 100 + b"]" * 100, 400, "json.nesting", ""),
        ({**SAMPLE, "approved_by": "ivo"}, 400, "api.unknown_field", "/approved_by"),
        ({**SAMPLE, "lines": [{**SAMPLE["lines"][0], "by": "x"}]}, 400, "api.unknown_field", "/lines/0/by"),
        ({"procedure": "CN-procedure", "lines": []}, 400, "api.field_missing", "/parties"),
        ({**SAMPLE, "destination": 7}, 400, "api.wrong_type", "/destination"),
        ({**SAMPLE, "procedure": "XX-procedure"}, 422, "api.no_procedure", "/procedure"),
        (
            {**SAMPLE, "lines": [{**SAMPLE["lines"][0], "unit": "ZZZ", "quantity": "-1"}]},
            400,
            "application.quantity",
            "/lines/0/quantity",
        ),
    ],
)
def test_a_body_is_read_strictly_and_what_is_wrong_is_told_with_its_place(world, body, status, code, place):
    """Threat X5, and unknown units."""
    answer = world.post("clerk", "/check", body)
    assert (answer.status, answer.codes[0], answer.places[0]) == (status, code, place)
    assert all(one["cure"] for one in answer.json["problems"])


def test_a_unit_that_nobody_knows_is_refused_where_the_application_is_written(world):
    line = {**SAMPLE["lines"][0], "unit": "ZZZ"}
    answer = world.post("clerk", "/cases", {"kind": "individual", "application": {**SAMPLE, "lines": [line]}})
    assert (answer.status, answer.places) == (400, ["/application/lines/0/unit"])


def test_a_body_that_is_too_long_or_no_json_is_not_parsed(world, monkeypatch):
    """Threat X5."""
    limit = api_limits.api_limits().json_bytes
    assert world.post("clerk", "/check", b" " * (limit + 1)).status == 413
    assert ask("POST", "/check", SAMPLE, token=world.tokens["clerk"], Content_Type="text/plain").status == 415


def test_problems_are_told_in_the_language_that_is_asked_for(world):
    told = world.post("clerk", "/check", {**SAMPLE, "x": 1}, Accept_Language="fr, zh-Hans;q=0.8, en;q=0.5")
    assert "此处没有字段" in told.json["problems"][0]["text"]
    assert "There is no field" in world.post("clerk", "/check", {**SAMPLE, "x": 1}).json["problems"][0]["text"]


def test_each_limit_once_over_answers_429_and_others_are_unhurt(world, monkeypatch):
    """Threat X2."""
    seconds = [0.0]
    monkeypatch.setattr(api_limits.buckets, "clock", lambda: seconds[0])
    small = {name: getattr(api_limits.api_limits(), name) for name in api_limits.ApiLimits.__slots__}
    small |= {"account_burst": 3, "party_burst": 5, "stranger_burst": 2, "invitation_burst": 1}
    monkeypatch.setattr(api_limits, "api_limits", lambda: api_limits.ApiLimits(**small))
    world.tokens |= {name: world.token(name) for name in ("ivo", "uma", "clerk")}

    def statuses(who, count, address="/cases", **more):
        return [world.get(who, address, **more).status for _ in range(count)]

    assert statuses("ivo", 4) == [200, 200, 200, 429]
    assert statuses("uma", 3) == [200, 200, 429]  # the party of both has had five
    assert statuses("clerk", 3) == [200, 200, 200]
    assert statuses(None, 3) == [404, 404, 429]
    assert statuses(None, 1, peer="192.0.2.7") == [404]
    late = world.get("ivo", "/cases")
    assert (late.status, late.codes, late.headers["Retry-After"]) == (429, ["api.too_often"], "1")
    tries = [world.post(None, "/invitation/open", {"token": "guess"}, peer="192.0.2.8").status for _ in range(2)]
    assert tries == [422, 429]
    seconds[0] = 1.0
    assert world.get("ivo", "/cases").status == 200


def test_the_same_request_under_the_same_key_begins_one_case_and_is_answered_alike(world):
    body = {"kind": "individual", "application": SAMPLE}
    first, again = (world.post("clerk", "/cases", body, Idempotency_Key="k-1") for _ in range(2))
    assert (first.status, first.text, first.version) == (201, again.text, again.version)
    assert len(world.get("clerk", "/cases").json["cases"]) == 1
    other = world.post("clerk", "/cases", {**body, "kind": "open"}, Idempotency_Key="k-1")
    assert (other.status, other.codes) == (409, ["api.key_of_another_request"])
    # A key counts for one account: another's answer is not told again.
    assert world.post("rex", "/cases", body, Idempotency_Key="k-1").status == 422


def test_what_was_refused_entered_nothing_and_its_key_may_be_used_again(world):
    case = world.begin()
    body = {"verb": "submit", "signer": "Mara Quill"}
    refused = world.post("clerk", f"/cases/{case}/steps", body, Idempotency_Key="k-2")
    assert refused.status == 422
    body = {**body, "declares": True}
    assert world.post("clerk", f"/cases/{case}/steps", body, Idempotency_Key="k-2").status == 200
    assert world.post("clerk", "/cases", {}, Idempotency_Key="é" * 3).status == 400


def test_a_request_that_was_cut_off_is_not_done_again_and_its_key_is_forgotten_in_time(world):
    body = {"kind": "individual", "application": SAMPLE}
    world.post("clerk", "/cases", body, Idempotency_Key="k-3")
    RepeatedAnswer.objects.update(status=0)
    again = world.post("clerk", "/cases", body, Idempotency_Key="k-3")
    assert (again.status, again.codes) == (409, ["api.not_known_yet"])
    world.clock.at += timedelta(hours=25)
    assert world.post("clerk", "/cases", body, Idempotency_Key="k-3").status == 201


def test_a_step_that_names_another_version_than_the_one_there_is_refused(world):
    """Invariant I10."""
    case = world.begin()
    seen = world.get("clerk", f"/cases/{case}").version
    body = {"verb": "submit", "signer": "Mara Quill", "declares": True}
    done = world.post("clerk", f"/cases/{case}/steps", body, If_Match=seen)
    assert (done.status, seen, done.version) == (200, '"1"', '"2"')
    late = world.post("clerk", f"/cases/{case}/steps", {"verb": "withdraw"}, If_Match=seen)
    assert (late.status, late.codes) == (412, ["case.changed_meanwhile"])
    wrong = world.post("clerk", f"/cases/{case}/steps", {"verb": "withdraw"}, If_Match="W/1")
    assert (wrong.status, wrong.codes) == (400, ["api.if_match"])


def test_pages_of_cases_hold_each_case_once_and_a_parameter_that_is_unknown_is_refused(world):
    made = [world.begin() for _ in range(3)]
    found, after = [], ""
    while after is not None:
        page = world.get("clerk", f"/cases?limit=2&after={after}" if after else "/cases?limit=2").json
        found += [row["case"] for row in page["cases"]]
        after = page["next"]
    assert sorted(found) == sorted(made)
    refused = world.get("clerk", "/cases?officer=ivo&colour=red")
    assert (refused.status, refused.codes, refused.places) == (400, ["api.unknown_field"], ["/colour"])
    assert world.get("clerk", "/cases?limit=1&limit=2").codes == ["api.parameter_twice"]
    assert json.loads(world.get("clerk", "/cases?officer=ivo").text)["cases"] != []


def test_no_address_takes_anything_away_or_changes_it_in_place():
    """Documents are named by what they hold: nothing that a case shares can be deleted."""
    assert {route.method for route in ROUTES} == {"GET", "POST"}
