"""Every pair of a state and a command that the table of individual cases lacks, asked by everybody (casework section 0,
4: there 29 of 34 target states were accepted from `submitted`).
"""

import pytest

from licence.case_story import table_of
from shell.api.office import SAMPLE, key_of
from ytterby.licence.step import VERBS
from ytterby.proof.approval import approval_challenge, sign_approval
from ytterby.shell.api.steps import ASKED

TABLE = table_of("individual")
STAGES = ("office", "review", "drafted", "granted", "issued")
REGISTERS_OWN = {"begin", "rate", "decide_automatically"}


def bodies(world):
    """Return a body of each step that is good where its turn has come."""
    nonce = "A" * 43
    draft = "0" * 64
    signature = sign_approval(key_of("ivo"), approval_challenge(draft, world.case, 1, 1, nonce, "x"), nonce)
    told = {
        "edit": {"application": SAMPLE},
        "supply": {"application": SAMPLE},
        "submit": {"signer": "Mara Quill", "declares": True},
        "answer": {"query": "Q-1", "text": "Yes."},
        "appeal": {"grounds": ["appeal_facts"], "text": "It is otherwise."},
        "notify_missing": {"lacking": [{"where": "/documents", "code": "contract"}]},
        "not_accept": {"reasons": ["not_accepted_not_competent"]},
        "send_back": {"reasons": ["return_disagrees"]},
        "report": {"verdict": "approve", "text": "Fine."},
        "assign": {"order": 0},
        "take_over": {"account": "pia", "order": 0, "reason": "take_over_absence", "text": "Ill."},
        "agree": {"version": 1},
        "declare_conflict": {"party": SAMPLE["parties"][0]["party"], "text": "A brother works there."},
        "query": {"field": "/use", "text": "Which?", "due": "2025-07-20"},
        "stop": {"reason": "expert_opinion", "text": "An opinion is asked."},
        "resume": {"id": "S-1"},
        "lift_limit": {"reason": "x", "text": "y"},
        "adjudicate": {"finding": "x", "verdict": "settled", "reason": "x", "text": "y"},
        "open_work": {"body": "x", "task": "advise"},
        "close_work": {"id": "W-1", "outcome": "done"},
        "advise": {"verdict": "approve", "text": "Fine."},
        "propose": {"outcome": "granted"},
        "approve": {"draft": draft, "order": 1, "signature": {**_fields(signature)}},
        "reject": {"draft": draft, "order": 1, "text": "No."},
        "reopen": {"reason": "reopening_check_failed", "text": "Once more."},
        "record": {"what": "visit", "outcome": "passed", "text": "Seen."},
    }
    return {name: told.get(name, {}) for name in ASKED}


def _fields(signature):
    return {name: getattr(signature, name) for name in signature.__struct_fields__ if getattr(signature, name)}


def marks_of(stage):
    """Return the marks of a stage; the states between take long, and are walked where there is time."""
    return [pytest.mark.stage(stage), *([pytest.mark.long] if stage in {"drafted", "granted"} else [])]


@pytest.mark.parametrize("stage", [pytest.param(one, marks=marks_of(one)) for one in STAGES])
def test_what_the_table_does_not_hold_is_refused_to_everybody_and_changes_nothing(world, stage):
    if not world.case:
        world.case = world.handed_in()
    state = world.get("ada", f"/cases/{world.case}").json["state"]
    lacking = [verb for verb in ASKED if not TABLE.rows_of(state, verb)]
    assert len(lacking) > 10
    assert set(VERBS) == set(ASKED) | REGISTERS_OWN
    before = world.get("ada", f"/cases/{world.case}").version
    for verb, body in bodies(world).items():
        if verb not in lacking:
            continue
        for who in ("clerk", world.get("ada", f"/cases/{world.case}").json["officer"] or "ivo"):
            answer = world.step(who, world.case, verb, **body)
            # An applicant is not told by which of the two, since that would tell where the office stands (threat C7).
            codes = [["case.not_now"], ["case.not_yours"]] if who == "clerk" else [["case.not_now"]]
            assert answer.status == 422
            assert answer.codes in codes, (state, verb)
        assert world.step("rex", world.case, verb, **body).status == 404
    assert world.get("ada", f"/cases/{world.case}").version == before
    for verb in REGISTERS_OWN:
        assert world.step("ivo", world.case, verb).status == 400
