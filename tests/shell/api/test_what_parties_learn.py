"""What an exporter and an end user learn through the interface: what was said to them, and nothing that hangs on more.

Threats A5, C5, C7, X3; invariant I16.
"""

import json
import random
import secrets
import shutil
from datetime import timedelta

import pytest
from django.db import connections

from shell.api.office import HANDED_IN, ORIEL, SAMPLE, World, copied, listed_by_alias
from shell.register_copy import forget_answers
from shell.strangers import LUMEN, NORRVIK, fix_chance
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.api.routes import ROUTES
from ytterby.shell.api.who import Audience


def key_set(value):
    """Return the names of all fields of an answer, wherever they stand."""
    if isinstance(value, dict):
        return set(value).union(*(key_set(one) for one in value.values()))
    return set().union(*(key_set(one) for one in value)) if isinstance(value, list) else set()


def readable(world, who, *audiences):
    """Yield address and answer of all that somebody can read."""
    for route in ROUTES:
        if route.method == "GET" and not route.audience.isdisjoint(audiences) and route.address != "/openapi.json":
            numbers = {"{case}": world.case, "{licence}": world.licence, "{statement}": "0" * 64}
            address = route.address
            for name, number in numbers.items():
                address = address.replace(name, number)
            answer = world.get(who, address)
            if answer.status == 200:
                yield address, answer.json


OFFICE_ALONE = (
    *("evidence", "evidence_digest", "is_evidence_current", "findings", "screening", "tier", "points", "rows"),
    *("advice", "advice_together", "work", "draft", "approvals", "approvals_wanted", "officer", "signers", "may"),
    *("conflicted", "flags", "alerts", "candidates", "score", "team", "seed", "pool", "level", "adjudicate"),
    *("waiting", "unlinked", "proposal", "customs_flaws", "packs", "precedents", "consumption", "signature", "step"),
)


@pytest.mark.stage("active")
def test_no_field_that_is_the_offices_alone_is_in_anything_that_an_exporter_or_end_user_reads(world):
    """Threat C5, invariant I16: recursive sets of names."""
    parties = (Audience.APPLICANT, Audience.END_USER)
    office = set().union(*(key_set(told) for _, told in readable(world, "ivo", Audience.OFFICER)))
    exporter = list(readable(world, "clerk", *parties))
    user = list(readable(world, "lena", *parties))
    assert {f"/cases/{world.case}", f"/licences/{world.licence}", "/statements"} <= {address for address, _ in exporter}
    # The office does read each of these names, else the list would name nothing.
    assert {"evidence", "tier", "advice", "signers", "draft", "level", "pool", "seed", "team"} <= office
    for address, told in exporter + user:
        if address == f"/licences/{world.licence}":
            told.pop("findings")  # of a licence they are what left beyond it, which its holder is told
        if address == f"/cases/{world.case}/check":
            told.pop("findings")  # the exporter's own run, by its own lots and the law
        held = key_set(told) & set(OFFICE_ALONE)
        assert not held, (address, held)
        text = json.dumps(told)
        # No name of anybody in the office either.
        assert not any(f'"{name}"' in text for name in ("ivo", "uma", "pia")), address


@pytest.mark.stage("active")
def test_an_end_user_reads_that_it_is_on_a_case_and_of_other_cases_nothing(world):
    there = world.get(None, "/nothing").text
    told = world.get("lena", f"/cases/{world.case}").json
    assert set(told) == {"case", "kind", "applicant", "state", "order"}
    other = {**SAMPLE, "parties": [SAMPLE["parties"][0], {"role": "end_user", "party": NORRVIK}]}
    second = world.begin(other)
    for who in ("lena", "nils"):
        for address in (f"/cases/{second}", f"/cases/{second}/check"):
            assert world.get(who, address).text == there
    assert world.get("nils", f"/cases/{world.case}").text == there
    assert [row["case"] for row in world.get("lena", "/cases?closed=true").json["cases"]] == [world.case]


@pytest.mark.stage("active")
def test_a_statement_exists_for_whom_it_names_alone(world):
    (row,) = world.get("clerk", "/statements").json["statements"]
    there = world.get(None, "/nothing").text
    for who in ("clerk", "lena", "ivo"):
        assert world.get(who, f"/statements/{row['digest']}").status == 200
    for who in ("rex", "nils"):
        assert world.get(who, f"/statements/{row['digest']}").text == there
        assert world.get(who, "/statements").json["statements"] == []
        said = {"reason": "not_made", "text": "Not ours."}
        assert world.post(who, f"/statements/{row['digest']}/repudiation", said).text == there
    assert world.post("clerk", f"/statements/{row['digest']}/repudiation", said).text == there
    world.good("lena", f"/statements/{row['digest']}/repudiation", said)
    assert world.get("clerk", "/alarms").json["alarms"][0]["kind"] == "repudiated"


# Invitations


def invite(world):
    found = {"how": "company_register", "where": "XB-1188", "on": "2025-06-24"}
    body = {"asked_by": ORIEL, "party": LUMEN, "address": "trade@lumen.example", "found": found}
    world.good("ivo", "/invitations", body)
    return world.link()


def new_key(seed=b"k"):
    return PrivateKey.from_seed(KeyUse.PARTY, seed.hex() * 16, seed * 32)


def test_a_copied_link_is_dead_after_its_first_use(world):
    """Threat X3."""
    token = invite(world)
    assert world.use_link(token, new_key()).status == 201
    for who in (None, "clerk", "lena"):
        again = world.use_link(token, new_key(b"m"), who)
        assert (again.status, again.codes) == (422, ["invitation.not_valid"])


def test_a_link_that_comes_from_the_exporters_session_is_refused_and_ends(world):
    """Threat X3: first use from the exporter's session; the office sees why."""
    token = invite(world)
    used = world.use_link(token, new_key(), "clerk")
    assert (used.status, used.codes) == (422, ["invitation.other_session"])
    assert world.use_link(token, new_key(), None).codes == ["invitation.not_valid"]
    (row,) = world.get("ivo", "/invitations").json["invitations"]
    assert (row["ended"], row["used_at"]) == ("leaked", None)
    assert "own_session" in row["flags"]
    (told,) = world.get("clerk", "/invitations").json["invitations"]
    assert set(told) == {"party", "asked_by", "state"}


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "../../etc", "ytt_" + "A" * 43])
def test_a_guessed_link_answers_like_one_that_was_used(world, token):
    """Threat X3."""
    real = invite(world)
    world.use_link(real, new_key())
    one, other = (world.post(None, "/invitation/open", {"token": each}) for each in (real, token))
    assert (one.status, one.text) == (other.status, other.text) == (422, one.text)


def test_an_expired_link_opens_nothing(world):
    """Threat X3: 14 days."""
    token = invite(world)
    world.clock.at += timedelta(days=14, minutes=1)
    assert world.use_link(token, new_key()).codes == ["invitation.not_valid"]


def test_an_exporter_invites_nobody_and_learns_no_address(world):
    """Threat X3."""
    found = {"how": "company_register", "where": "XB-1188", "on": "2025-06-24"}
    body = {"asked_by": ORIEL, "party": LUMEN, "address": "me@oriel.example", "found": found}
    assert world.post("clerk", "/invitations", body).headers["Allow"] == "GET"
    asked = world.good("clerk", "/invitation-requests", {"name": "Lumen Motors", "country": "XB", "text": "Customer."})
    assert world.get("ivo", "/invitation-requests").json["requests"][0]["id"] == asked["key"]
    assert world.get("rex", "/invitation-requests").json["requests"] == []
    invite(world)
    assert "lumen.example" not in world.get("clerk", "/invitations").text + world.get("ivo", "/invitations").text


# Threat C7


def tell(register, clock, listed):
    """Tell a register until a question is answered; return all that its parties were answered, and what blocks."""
    clock.at = HANDED_IN
    world = World(register, clock)
    lists = {"un_consolidated": listed_by_alias("Lumen Motors" if listed else "Nobodys Motors Inc")}
    world.to_review(**lists)
    answers = []

    def look():
        for language in ("en", "zh"):
            for address in ("/cases", "/cases?closed=true", f"/cases/{world.case}", f"/cases/{world.case}/check"):
                answers.append(world.get("clerk", address, Accept_Language=language))
                answers.append(world.get("lena", address, Accept_Language=language))
        answers.append(world.get("clerk", "/licences"))
        answers.append(world.step("clerk", world.case, "submit", signer="M", declares=True))

    look()
    lead = world.officer(world.case)
    world.do(lead, world.case, "query", field="/use/model", text="Which motor?", due="2025-07-20", id="Q-1")
    look()
    answers.append(world.step("clerk", world.case, "answer", query="Q-1", text="The LM-120."))
    look()
    seen = f'"{world.get("clerk", f"/cases/{world.case}").json["version"]}"'
    body = {"verb": "edit", "application": SAMPLE}
    answers.append(world.post("clerk", f"/cases/{world.case}/steps", body, If_Match=seen))
    answers.append(world.post("clerk", f"/cases/{world.case}/steps", body, If_Match='"1"'))
    blocks = [one for one in world.get("ivo", f"/cases/{world.case}").json["findings"] if one["blocks"]]
    return [(one.status, one.version, one.text) for one in answers], blocks


def test_two_registers_that_differ_in_a_screening_candidate_alone_answer_the_exporter_byte_for_byte_alike(
    tmp_path, tmp_path_factory, sample, clock, monkeypatch
):
    """Threat C7."""
    told, blocks = [], []
    for listed in (False, True):
        register, _ = copied(tmp_path / "data", tmp_path_factory, sample)
        with monkeypatch.context() as patched:
            fix_chance(patched)
            patched.setattr(secrets, "choice", random.Random(7).choice)
            answers, found = tell(register, clock, listed)
        told.append(answers)
        blocks.append(found)
        connections.close_all()
        shutil.rmtree(tmp_path / "data")
        shutil.rmtree(tmp_path / "data-keys")
        forget_answers()
    # The registers do differ, and the office sees in what.
    assert blocks[0] == []
    assert {one["check"] for one in blocks[1]} == {"screening"}
    different = [n for n, (one, other) in enumerate(zip(*told, strict=True)) if one != other]
    assert different == [], [told[n][different[0]] for n in (0, 1)]


def test_what_an_applicant_has_not_handed_in_exists_for_nobody_else(world):
    """An office learns nothing of what its applicants only think of, withdrawn drafts too."""
    held, dropped = world.begin(), world.begin()
    world.do("clerk", dropped, "withdraw")
    nothing = world.get("ivo", "/cases/C-NOSUCH000").text
    readers = {"clerk": True, "ivo": False, "ada": False, "otto": False, "lena": False, "rex": False}
    for case in (held, dropped):
        for who, may in readers.items():
            for part in ("", "/check"):
                answer = world.get(who, f"/cases/{case}{part}")
                assert (answer.status == 200) is may, (who, part)
                assert may or answer.text == nothing
            listed = {one["case"] for one in world.get(who, "/cases?closed=true").json.get("cases", ())}
            assert (case in listed) is may, who
        for who, verb in (("ivo", "accept"), ("ivo", "gather"), ("lena", "withdraw")):
            assert world.step(who, case, verb).status == 404, (who, verb)
        assert (
            world.get("ivo", f"/cases/{case}/replay").status == world.get("ada", f"/cases/{case}/replay").status == 404
        )
    world.do("clerk", held, "submit", signer="Mara Quill", declares=True)
    assert held in {one["case"] for one in world.get("ivo", "/cases").json["cases"]}
    assert world.get("ivo", f"/cases/{held}").status == 200
