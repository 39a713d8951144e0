"""Two processes at once through the interface: one is entered, and the other is told why not; no lock reaches anybody.

Casework section 3, 1: "Handle users clicking finalise multiple times", "a race condition when multiple amendments are
made". Threats D1, Q2; invariant I10.
"""

import pytest

from shell.api.office import ORIEL as OWNER
from shell.api.office import PORT as SITE
from shell.api.office import SAMPLE
from shell.api.race import race
from ytterby.shell.store.models import ApprovalRow, LicenceEntryRow, LicenceRow


@pytest.mark.stage("granted")
def test_of_two_who_issue_at_once_one_issues_and_there_is_one_licence(world, tmp_path):
    lead, other = world.officer(world.case), world.signer(world.case)
    address = f"/cases/{world.case}/steps"
    told = race(tmp_path / "race", world, *((who, address, {"verb": "issue"}, {}) for who in (lead, other)))
    assert sorted(one["status"] for one in told) == [200, 422]
    assert LicenceRow.objects.count() == 1


@pytest.mark.stage("granted")
def test_the_same_request_at_once_under_one_key_issues_once_and_is_never_answered_two_ways(world, tmp_path):
    lead = world.officer(world.case)
    asked = (lead, f"/cases/{world.case}/steps", {"verb": "issue"}, {"Idempotency_Key": "finalise"})
    told = race(tmp_path / "race", world, asked, asked, asked)
    assert {one["status"] for one in told} <= {200, 409}
    assert LicenceRow.objects.count() == 1
    after = world.post(lead, asked[1], asked[2], **asked[3])
    assert after.status == 200
    assert all(one["body"] == after.json for one in told if one["status"] == 200)


@pytest.mark.long
@pytest.mark.stage("drafted")
def test_of_one_approval_that_comes_twice_at_once_one_counts(world, tmp_path):
    signer = world.signer(world.case)
    body = {"verb": "approve", **world.signed(signer, world.case)}
    told = race(tmp_path / "race", world, *[(signer, f"/cases/{world.case}/steps", body, {})] * 2)
    assert sorted(one["status"] for one in told) == [200, 422]
    assert ApprovalRow.objects.count() == 1


@pytest.mark.long
@pytest.mark.stage("active")
def test_of_two_amendments_of_one_licence_one_is_handed_in(world, tmp_path):
    """Amendments under a lock: begun at once, and handed in at once."""
    application = {**SAMPLE, "licence": world.licence, "freight_mode": "air"}
    body = {"kind": "amendment", "application": application, "amends": world.licence}
    told = race(tmp_path / "race", world, *[("clerk", "/cases", body, {})] * 2)
    begun = [one["body"]["case"] for one in told if one["status"] == 201]
    if len(begun) == 2:
        step = {"verb": "submit", "signer": "Mara Quill", "declares": True}
        told = race(tmp_path / "hand", world, *(("clerk", f"/cases/{case}/steps", step, {}) for case in begun))
        assert sorted(one["status"] for one in told) == [200, 422], told
    assert any("case.amended_already" in str(one["body"]) for one in told), told


@pytest.mark.long
@pytest.mark.stage("active")
def test_two_who_draw_the_whole_at_once_never_draw_more_than_there_is(world, tmp_path):
    """Threat Q2."""
    asked = []
    for number in range(2):
        body = {"line": "L1", "kind": "exit", "quantity": "900", "on": "2025-07-02", "seq": 1}
        body |= {"declaration": f"D-{number}", "site": SITE, "owner": OWNER}
        asked.append(("otto", f"/licences/{world.licence}/entries", body, {}))
    told = race(tmp_path / "race", world, *asked)
    assert [one["status"] for one in told] == [200, 200]
    assert sorted(one["body"]["drawn"] for one in told) == ["0", "900"]
    assert world.left(world.licence)[0::3] == ("900", "900")
    assert LicenceEntryRow.objects.filter(kind="exit").count() == 2
