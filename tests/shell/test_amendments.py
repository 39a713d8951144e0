"""A licence is amended by its holder, in what is no key element, and rests meanwhile; its ledger goes on."""

import json
import os
import subprocess
import sys

import pytest

from shell.casework_story import EXPORTER, LICENCE, Work, sample_application
from shell.licensed import answer, codes, say, status
from shell.register_copy import copy_register
from shell.tampering import named
from ytterby.licence.step import Gather, Issue, Reject, Submit, Withdraw
from ytterby.shell.actions.casework import begin_case
from ytterby.shell.actions.change_licence import change_licence, confirm_change
from ytterby.shell.actions.doctor.cases import unsound_cases
from ytterby.shell.actions.doctor.customs import unsound_customs
from ytterby.shell.actions.doctor.licences import unsound_licences
from ytterby.shell.store.customs import stored_at_customs
from ytterby.shell.store.models import CaseRow, LicenceLineRow, LicenceRow, Registration


@pytest.fixture
def work(licensed_folder, tmp_path):
    return Work(copy_register(licensed_folder, tmp_path / "data"))


def begun(work, quantity="800", **changes):
    return work.begin("amendment", sample_application(quantity, **changes), amends=LICENCE)


def submitted(work, quantity="800"):
    """Hand an amendment in; customs takes note that the licence rests."""
    number = begun(work, quantity)
    work.submit(number)
    answer(LICENCE, at=work.later())
    return number


def decided(work, number, outcome="granted", **more):
    """Let the amendment be decided by two."""
    work.propose(number, outcome, **more)
    return work.approve(number)


def reserve(work, quantity, decl="d1"):
    how = {"number": LICENCE}
    return say(work.register, "reserve", quantity, by=EXPORTER, how=how, at=work.later(), on="2025-07-01", decl=decl)


def left():
    row = LicenceLineRow.objects.get(number=LICENCE, line="L1")
    return tuple(value / 10**6 for value in (row.quantity, row.drawn, row.reserved))


def told_customs():
    """Return what customs was told of the licence, in order."""
    return [one.action.value for one in stored_at_customs(LICENCE).current]


def is_sound(work, number):
    """Tell whether the case follows from the log, and what the doctor says of licences and customs."""
    register = work.register
    found = [*work.follows(number), *unsound_licences(register), *unsound_cases(register), *unsound_customs(register)]
    assert found == []
    return True


def test_a_licence_rests_from_the_submission_of_its_amendment_and_goes_on_in_a_new_version(work):
    """Feature of casework 2.6: customs and the office know of the change in the transaction that makes it."""
    assert reserve(work, "600").code == "ok"
    number = begun(work)
    assert status(LICENCE) == "active"  # a draft is nothing yet
    work.submit(number)
    assert (status(LICENCE), told_customs()) == ("amending", ["issued", "suspended"])
    assert codes(reserve(work, "10", "d2")) == ["licence.not_usable"]
    assert is_sound(work, number)
    assert decided(work, number).state == "granted"
    assert codes(reserve(work, "10", "d2")) == ["licence.not_usable"]
    assert work.issue(number).licence == LICENCE
    assert (status(LICENCE, 1), status(LICENCE), left()) == ("superseded", "issued", (800, 0, 600))
    assert told_customs()[-1] == "issued"
    assert codes(reserve(work, "10", "d2")) == ["licence.not_usable"]
    answer(LICENCE, at=work.later())
    assert status(LICENCE) == "active"
    assert reserve(work, "210", "d2").problems
    assert is_sound(work, number)
    assert named(work.register) == set()


def test_nothing_goes_below_what_was_drawn_and_reserved(work):
    assert reserve(work, "600").code == "ok"
    number = submitted(work, "500")
    decided(work, number)
    assert work.refused(number, Issue("", {}), work.drawn(number)) == ["licence.below_used"]
    assert (status(LICENCE), left()) == ("amending", (900, 0, 600))
    assert is_sound(work, number)


@pytest.mark.parametrize("ends", ["withdrawn", "refused", "returned"])
def test_the_old_licence_is_usable_again_where_it_was_not_amended(work, ends):
    number = submitted(work)
    if ends == "withdrawn":
        work.take(number, Withdraw("not needed"), "clerk")
    else:
        reason = {"refused": "refused_kind", "returned": "return_disagrees"}[ends]
        decided(work, number, ends, reasons=(reason,), text="See the reason.", settles="No advice was asked.")
    assert work.case(number).state == ends
    assert (status(LICENCE), told_customs()) == ("issued", ["issued", "suspended", "reinstated"])
    answer(LICENCE, at=work.later())
    assert status(LICENCE) == "active"
    assert reserve(work, "600").code == "ok"
    assert is_sound(work, number)
    if ends == "returned":
        work.submit(number)
        assert status(LICENCE) == "amending"
    else:
        assert status(LICENCE) == "active"
        assert submitted(work) != number
        assert status(LICENCE) == "amending"
    assert is_sound(work, number)


def test_a_draft_that_is_sent_back_to_its_author_keeps_the_licence_at_rest(work):
    number = submitted(work)
    work.take(number, Gather({}, ""), work.drawn(number))
    work.propose(number)
    work.take(number, Reject(work.case(number).draft_digest, 1, "Look again."), work.drawn(number, 1))
    assert (status(LICENCE), told_customs()) == ("amending", ["issued", "suspended"])
    assert is_sound(work, number)


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"destination": "XM"}, "destination"),
        ({"licence_kind": "general"}, "licence_kind"),
        ({"use": {"code": "wind_turbine"}}, "end_use"),
    ],
)
def test_a_key_element_is_not_amended(work, changes, element):
    number = begun(work, **changes)
    change = work.try_step(number, Submit("Mara Quill", declares=True), "clerk")
    assert [(one.code, one.value) for one in change.problems] == [("case.key_element", element)]
    assert status(LICENCE) == "active"


def test_only_the_holder_amends_a_licence_and_nobody_else_keeps_it_from_being_amended(work):
    """Threat C4: whoever holds none is told the same of a licence that is there and of one that is not."""
    for amends in (LICENCE, "XA-DU-2025-009999"):
        mine = sample_application(parties=[{"role": "end_user", "party": EXPORTER}])
        change = begin_case(work.register, "amendment", mine, work.speaker("enduser"), amends=amends, at=work.later())
        assert [(one.code, one.value) for one in change.problems] == [("case.nothing_to_amend", amends)]
    for kind in ("individual", "consultation"):
        change = begin_case(
            work.register, kind, sample_application(), work.speaker("clerk"), amends=LICENCE, at=work.later()
        )
        assert codes(change) == ["case.amends_nothing"]
    assert not CaseRow.objects.filter(amending=LICENCE).exists()


def both(work, command, reason):
    """Two officers change the licence."""
    first = change_licence(work.register, LICENCE, command, work.speaker("officer"), reason=reason, at=work.later())
    assert not first.problems, first.problems
    second = confirm_change(work.register, LICENCE, first.proposal, work.speaker("second"), at=work.later())
    assert not second.problems, second.problems


def test_a_suspension_that_ends_does_not_end_the_amendment(work):
    number = submitted(work)
    both(work, "suspend", "suspended_factors")
    assert status(LICENCE) == "suspended"
    assert is_sound(work, number)
    both(work, "reinstate", "over")
    assert (status(LICENCE), told_customs()) == ("amending", ["issued", "suspended", "suspended"])
    assert is_sound(work, number)
    work.take(number, Withdraw(), "clerk")
    assert status(LICENCE) == "issued"
    assert is_sound(work, number)


def test_a_suspended_licence_is_neither_amended_nor_issued_anew(work):
    number = submitted(work)
    decided(work, number)
    both(work, "suspend", "suspended_factors")
    assert work.refused(number, Issue("", {}), work.drawn(number)) == ["licence.ended"]
    assert status(LICENCE) == "suspended"
    both(work, "reinstate", "over")
    assert work.issue(number).state == "issued"
    both(work, "suspend", "suspended_factors")
    other = begun(work)
    change = work.try_step(other, Submit("Mara Quill", declares=True), "clerk")
    assert [(one.code, one.facts["status"]) for one in change.problems] == [("case.licence_rests", "suspended")]
    assert is_sound(work, number)
    assert is_sound(work, other)


def test_what_was_withdrawn_while_suspended_leaves_the_suspension(work):
    number = submitted(work)
    both(work, "suspend", "suspended_factors")
    work.take(number, Withdraw(), "clerk")
    assert (status(LICENCE), told_customs()[-1]) == ("suspended", "suspended")
    both(work, "reinstate", "over")
    assert status(LICENCE) == "issued"
    assert is_sound(work, number)


@pytest.mark.parametrize("command", ["amend", "resume"])
def test_no_person_says_that_a_licence_is_amended(work, command):
    submitted(work)
    change = change_licence(work.register, LICENCE, command, work.speaker("officer"), reason="x", at=work.later())
    assert codes(change) == ["licence.not_now"]
    assert status(LICENCE) == "amending"


def test_who_forges_rest_or_use_is_named(work):
    """Threats D1, O3: a record of the licence without the case, the case without the record, the row alone."""
    number = submitted(work)
    row = Registration.objects.filter(kind="licence_status", key=LICENCE).get()
    for name, value in (("case", "C-OTHER"), ("event", 1), ("command", "resume")):
        text = json.dumps({**json.loads(row.document), name: value}, sort_keys=True, separators=(",", ":"))
        Registration.objects.filter(pk=row.pk).update(document=text)
        assert "licence.replay" in {one.problem.code for one in unsound_licences(work.register)}
        assert [what for _, what in work.follows(number)] == ["nothing says of the licence that it is to amend"]
    Registration.objects.filter(pk=row.pk).update(document=row.document)
    assert is_sound(work, number)
    LicenceRow.objects.filter(number=LICENCE).update(status="active")
    assert "licence.rows" in {one.problem.code for one in unsound_licences(work.register)}


RACE = """
import json, os, sys, time, traceback
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from shell.casework_story import LICENCE, Work, sample_application
from ytterby.shell.actions.casework import begin_case
from ytterby.shell.site.register import open_register
folder, data = Path(sys.argv[1]), Path(sys.argv[2])
begin = time.time() + 0.5
children = []
for number in range(2):
    pid = os.fork()
    if pid:
        children.append(pid)
        continue
    try:
        work = Work(open_register(data))
        time.sleep(max(0.0, begin - time.time()))
        change = begin_case(work.register, "amendment", sample_application("800"), work.speaker("clerk"),
                            amends=LICENCE, at=work.later())
        told = [[one.code for one in change.problems], change.state]
    except BaseException:
        told = traceback.format_exc()
    (folder / f"told-{number}.json").write_text(json.dumps(told))
    os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""


def test_of_two_amendments_at_once_one_is_begun(work, tmp_path):
    """Casework 5.7: two amendments in parallel."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    arguments = [sys.executable, "-c", RACE, str(tmp_path), str(work.register.data)]
    subprocess.run(arguments, check=True, timeout=300, env=environment)
    told = [json.loads((tmp_path / f"told-{number}.json").read_text()) for number in range(2)]
    assert sorted(told) == [[[], "draft"], [["case.amended_already"], ""]]
    assert CaseRow.objects.filter(amending=LICENCE).count() == 1
    assert list(unsound_cases(work.register)) == []
