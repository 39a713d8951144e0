"""What broke the open systems of other states, tried on ours through the interface: licences, draws, customs.

Casework 5.7; threats Q2, Q3, Q4. Each refusal leaves the ledger as it was; an exit that has happened is always told.
"""

from datetime import timedelta

import pytest

from shell.api.office import FOREIGN_PORT, LEFT, ORIEL, PORT, listed_by_alias
from shell.strangers import KESTREL
from ytterby.shell.store.models import CustomsMessageRow

FULL = ("0", "0", "900", "0")


def two_people(world, command, reason, who=("ivo", "uma")):
    """Let one person propose a change of the licence, and another confirm it."""
    address = f"/licences/{world.licence}/status"
    told = world.good(who[0], address, {"command": command, "reason": reason})
    assert told["state"] == "proposed"
    return world.good(who[1], address, {"confirms": told["proposal"]})


# Over-draw, decrease, replay


@pytest.mark.stage("active")
def test_what_does_not_fit_is_refused_and_what_has_left_is_recorded_as_unlicensed(world):
    over = world.enter("otto", world.licence, "draw", "900.000001")
    assert over.status == 422
    assert world.left(world.licence) == FULL
    assert world.enter("clerk", world.licence, "reserve", "901").status == 422
    told = world.enter("otto", world.licence, "exit", "925", declaration="D-2").json
    assert (told["verdict"], told["drawn"], told["unlicensed"]) == ("drawn_in_part", "900", "25")
    assert world.left(world.licence)[0::3] == ("900", "25")


@pytest.mark.stage("active")
def test_usage_never_decreases_and_never_changes_under_its_key(world):
    """Casework section 0, 1: a later message with 3 lowered 25 to 3."""
    first = world.enter("otto", world.licence, "draw", "25")
    assert first.json["code"] == "ok"
    same = world.enter("otto", world.licence, "draw", "25")
    assert {**same.json, "as_of_size": 0} == {**first.json, "as_of_size": 0}
    lower = world.enter("otto", world.licence, "draw", "3")
    assert (lower.status, lower.codes) == (422, ["licence.same_key"])
    for wrong in ("-3", "1e2", "0x3", "3,0", "NaN", ""):
        assert world.enter("otto", world.licence, "draw", wrong, seq=2).status == 422
    assert world.left(world.licence)[0] == "25"


@pytest.mark.stage("active")
def test_three_tenths_less_two_tenths_are_one_tenth(world):
    """Casework section 0, 1: 0.1 + 0.2 was stored as 0.30000000000000004."""
    assert world.enter("otto", world.licence, "draw", "0.3").json["code"] == "ok"
    for number in (2, 3):
        assert world.enter("otto", world.licence, "correct", "0.1", seq=number).json["code"] == "ok"
    assert world.left(world.licence)[0] == "0.1"


@pytest.mark.stage("active")
def test_a_number_of_json_is_no_quantity_and_no_field_says_who_draws(world):
    body = {"line": "L1", "kind": "draw", "quantity": 3, "on": "2025-07-02", "seq": 1, "declaration": "D-1"}
    address = f"/licences/{world.licence}/entries"
    assert world.post("otto", address, body).codes == ["api.wrong_type"]
    for field in ("by", "party", "event", "instant", "corrects", "checks_hold", "via"):
        assert world.post("otto", address, {**body, "quantity": "3", field: "x"}).codes == ["api.unknown_field"]
    assert world.left(world.licence) == FULL


@pytest.mark.stage("active")
def test_a_correction_never_takes_back_more_than_was_drawn(world):
    world.enter("otto", world.licence, "draw", "25")
    assert world.enter("otto", world.licence, "correct", "26", seq=2).status == 422
    assert world.enter("otto", world.licence, "correct", "5", seq=3).json["code"] == "ok"
    assert world.left(world.licence)[0] == "20"


# Who draws


@pytest.mark.stage("active")
def test_nobody_draws_but_customs_of_the_country_at_its_own_place_for_goods_of_the_holder(world):
    """Threat Q4."""
    for who, more, status in (
        ("clerk", {}, 422),
        ("clerk", {"site": "", "owner": ""}, 422),
        ("otto", {"owner": KESTREL}, 422),
        ("otto", {"site": FOREIGN_PORT}, 422),
        ("otto", {"site": ""}, 422),
        ("fritz", {}, 404),
        ("fritz", {"site": FOREIGN_PORT}, 404),
        ("rex", {}, 404),
        ("lena", {}, 404),
        ("ivo", {}, 422),
    ):
        for kind in ("draw", "exit"):
            answer = world.enter(who, world.licence, kind, "10", **more)
            assert answer.status in {status, 404}, (who, more, kind, answer.text)
    assert world.enter("rex", world.licence, "reserve", "10").status == 404
    assert world.left(world.licence) == FULL
    assert (PORT, ORIEL) != (FOREIGN_PORT, KESTREL)


@pytest.mark.stage("active")
def test_a_licence_does_not_exist_for_who_is_not_on_it(world):
    there = world.get(None, "/nothing").text
    for who in ("rex", "nils", "lena", "fritz"):
        assert world.get(who, f"/licences/{world.licence}").text == there
        assert world.get(who, "/licences").json["licences"] == []
        answer = world.post(who, f"/licences/{world.licence}/status", {"command": "revoke", "reason": "revoked_fraud"})
        assert (answer.status, answer.text) == (404, there)
    assert world.post("clerk", f"/licences/{world.licence}/status", {"command": "revoke", "reason": "x"}).status == 422
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "active"


# Licences that are not open


@pytest.mark.stage("active")
@pytest.mark.parametrize(
    ("command", "reason", "status"),
    [("suspend", "suspended_factors", "suspended"), ("revoke", "revoked_fraud", "revoked")],
)
def test_nothing_more_is_used_on_a_licence_that_is_suspended_or_revoked_but_what_was_reserved(
    world, command, reason, status
):
    """Casework section 0, 1 and 2: usage on a revoked licence was stored."""
    assert world.enter("clerk", world.licence, "reserve", "100", declaration="D-R").json["code"] == "ok"
    assert two_people(world, command, reason)["status"] == status
    for who, kind in (("clerk", "reserve"), ("otto", "draw")):
        assert world.enter(who, world.licence, kind, "10").status == 422
    told = world.enter("otto", world.licence, "exit", "25", declaration="D-2").json
    assert (told["verdict"], told["reason"], told["drawn"], told["unlicensed"]) == ("not_drawn", status, "0", "25")
    covered = world.enter("otto", world.licence, "exit", "120", declaration="D-R", seq=2).json
    assert (covered["drawn"], covered["unlicensed"]) == ("100", "20")
    assert covered["problems"] != []


@pytest.mark.stage("active")
def test_nobody_suspends_or_revokes_alone(world):
    """Threat D1."""
    address = f"/licences/{world.licence}/status"
    told = world.good("ivo", address, {"command": "revoke", "reason": "revoked_fraud"})
    alone = world.post("ivo", address, {"confirms": told["proposal"]})
    assert (alone.status, alone.codes) == (422, ["licence.same_person"])
    both = world.post("uma", address, {"confirms": told["proposal"], "command": "revoke", "reason": "x"})
    assert both.codes == ["api.confirms_alone"]
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "active"


@pytest.mark.stage("active")
def test_an_expired_licence_is_not_used_any_more(world):
    valid_to = world.get("clerk", f"/licences/{world.licence}").json["validity"]["to"]
    world.clock.at = world.clock.at.fromisoformat(f"{valid_to}T23:00:00+00:00") + timedelta(days=2)
    on = world.clock.at.date().isoformat()
    world.tokens.clear()
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "expired"
    assert world.enter("clerk", world.licence, "reserve", "10", on=on).status == 422
    told = world.enter("otto", world.licence, "exit", "10", declaration="D-2", on=on).json
    assert (told["verdict"], told["drawn"], told["unlicensed"]) == ("not_drawn", "0", "10")


@pytest.mark.stage("issued")
def test_a_licence_that_customs_does_not_know_yet_is_not_used(world):
    world.screened(LEFT)
    assert world.enter("clerk", world.licence, "reserve", "10").status == 422
    assert world.enter("otto", world.licence, "exit", "10", declaration="D-2").json["unlicensed"] == "10"
    world.acknowledge()
    assert world.enter("clerk", world.licence, "reserve", "10", declaration="D-3").json["code"] == "ok"


# Customs' messages


def messages(world):
    return list(CustomsMessageRow.objects.order_by("sequence", "attempt").values_list("message", flat=True))


def answer(world, *said, who="otto"):
    answers = [{"message": message, "verdict": verdict, **more} for message, verdict, more in said]
    return world.post(who, "/customs/answers", {"answers": answers})


@pytest.mark.stage("active")
def test_replayed_and_reordered_answers_of_customs_come_to_the_same(world):
    """Casework 2.6: duplicates, order."""
    two_people(world, "suspend", "suspended_factors")
    two_people(world, "reinstate", "suspended_factors")
    first, suspended, again = messages(world)
    told = answer(world, (first, "acknowledged", {}))
    assert told.json["taken"] == [{"message": first, "did": "duplicate"}]
    # The newest one first; what comes late for the older one changes nothing any more.
    answer(world, (again, "acknowledged", {}))
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "active"
    late = answer(world, (suspended, "acknowledged", {}), (again, "acknowledged", {}))
    assert late.status == 200
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "active"


@pytest.mark.stage("issued")
def test_nobody_answers_for_customs_and_a_foreign_customs_learns_of_no_message(world):
    """Threat Q4."""
    (message,) = messages(world)
    there = world.get(None, "/nothing").text
    for who in ("fritz", "clerk", "ivo", "ada", "rex"):
        told = answer(world, (message, "acknowledged", {}), who=who)
        assert (told.status, told.text) == (404, there), who
    assert world.get("fritz", "/customs/messages").json["messages"] == []
    assert world.get("fritz", "/customs/messages/waiting").json["messages"] == []
    assert answer(world, ("ffffffff", "acknowledged", {})).status == 404
    assert answer(world, (message, "perhaps", {})).codes == ["api.wrong_type"]
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "issued"


@pytest.mark.stage("issued")
def test_a_rejected_message_is_sent_again_by_the_office_and_holds_nothing_else_up(world):
    (message,) = messages(world)
    told = answer(world, (message, "rejected", {"codes": ["E12"], "text": "no such unit"}))
    assert told.status == 200
    assert world.get("ivo", "/customs/alarms").json["errors"][0]["codes"] == ["E12"]
    assert world.post("clerk", f"/customs/messages/{message}/resend").status == 404
    again = world.good("ivo", f"/customs/messages/{message}/resend")["message"]
    assert again != message
    answer(world, (again, "acknowledged", {}))
    assert world.get("clerk", f"/licences/{world.licence}").json["status"] == "active"


@pytest.mark.stage("issued")
def test_a_message_that_waits_too_long_is_an_alarm(world):
    """Casework section 0, 2."""
    assert world.get("ivo", "/customs/alarms").json["overdue"] == []
    world.clock.at += timedelta(days=2)
    assert len(world.get("ivo", "/customs/alarms").json["overdue"]) == 1
    assert len(world.get("otto", "/customs/alarms").json["overdue"]) == 1
    assert world.get("clerk", "/customs/alarms").status == 404


# Screening at the draw


@pytest.mark.stage("active")
def test_nothing_is_reserved_or_drawn_when_a_consignee_came_onto_a_list_after_the_issue(world):
    """Sanctioned consignee; an exit that has happened is recorded all the same."""
    world.screened(LEFT + timedelta(hours=1), un_consolidated=listed_by_alias("Lumen Motors"))
    for who, kind in (("clerk", "reserve"), ("otto", "draw")):
        refused = world.enter(who, world.licence, kind, "10")
        assert refused.status == 422
        assert "umen" not in refused.text.replace("Column", "")
    assert world.enter("otto", world.licence, "exit", "10", declaration="D-2").json["drawn"] == "0"


@pytest.mark.stage("active")
def test_nothing_is_reserved_by_lists_that_are_too_old(world):
    """Threat D6: fails closed."""
    world.clock.at += timedelta(days=40)
    on = world.clock.at.date().isoformat()
    assert world.enter("clerk", world.licence, "reserve", "10", on=on).status == 422
