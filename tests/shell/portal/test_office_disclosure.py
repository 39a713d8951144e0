"""What an applicant and an end user are shown hangs on nothing that the office found: threat C7, page by page.

Two registers differ in one line of one list, which names the end user or somebody else, and in what officers do about
it. Until the decision every page of the applicant and of the end user is the same in both, byte for byte, in both
languages; so are the answers to what they send.
"""

import re
from datetime import timedelta

import pytest
from django.db import connections

from shell.portal.office import CLERK, OFFICER, SECOND, USER, Desk
from ytterby.screening.lists.gathering import ListFile
from ytterby.shell.actions.demo_people import demo_people
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.actions.screen_parties import screen_parties

LIST = (
    'id,schema,name,country,address\nW-1,Organization,Brindle Harbour Trading,,"22 Tallow Street, Brindle"\n'
    "W-2,Organization,{name},,\n"
)
LISTED, UNLIKE = "Lumen Motors", "Quarrel Weir Shipping"
PATHS = (
    *("cases/", "cases.csv", "cases.json", "cases/{case}/", "cases/{case}/case.json", "cases/{case}/status/"),
    *("cases/{case}/status.json", "cases/{case}/application/", "licences/", "licences.json", "customs/"),
    *("cases/?queue=all", "screening/alerts/", "screening/names/", "findings/"),
)
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
# What a log holds of two registers is another in each: their digests; how much it holds is made the same.
DIGEST = re.compile(rb"[0-9a-f]{64}|[A-Za-z0-9+/]{43}=")


pytestmark = pytest.mark.xdist_group("office-pages")


class Told:
    """One register, and all that its applicant and end user were shown and answered."""

    def __init__(self, opened, folder, monkeypatch, name, size=0):
        self.desk = Desk(opened, folder, monkeypatch)
        self.shown, self.began, self.hours = [], self.desk.at, 0
        register, at = self.desk.register, self.desk.at
        import_list(register, [ListFile("cn-watch.csv", LIST.format(name=name).encode())], list_id="cn-watch", at=at)
        screen_parties(register, at=at)
        # The other one screens to a hit, or to none: one record more, or less.
        self.begun = size or register.size + 1
        self.even(self.begun)
        self.look()
        self.desk.take(OFFICER, "accept")
        self.even(self.begun + 20)
        self.look()
        self.work(is_listed=name == LISTED)
        self.even(self.begun + 40)
        self.look()
        for form, fields in (("submit", {"signer": "M", "declares": "1"}), ("accept", {}), ("answer-x", {"text": "."})):
            answer = self.desk(CLERK).post(f"/en/cases/{self.desk.case}/steps/{form}/", {"seen": "3", **fields})
            self.shown.append((form, answer.status_code, plain(answer.content)))
        stale = self.desk(CLERK).post(f"/en/cases/{self.desk.case}/steps/withdraw/", {"seen": "1"})
        self.shown.append(("stale", stale.status_code, plain(stale.content)))

    def work(self, *, is_listed):
        """Let officers do what they do: advise and draft where nothing stands in the way, else ask each other."""
        desk, people = self.desk, {one.account: one.login for one in demo_people(self.desk.register.keys)}
        mine = people[desk(OFFICER).get(f"/en/cases/{desk.case}/case.json").json()["officer"]]
        if is_listed:
            assert "Party beside entry" in desk.page(OFFICER, f"cases/{desk.case}/").text
            refused = desk.send(mine, "propose", outcome="granted", **{"quantity-1": "900"})
            assert refused.status_code == 400
            party = next(one for one in ("https://id.gs1.org/417/9520000010058",))
            desk.take(SECOND if mine == OFFICER else OFFICER, "declare_conflict", party=party, text="A cousin.")
        reasons = {"reasons": "refused_security"} if is_listed else {}
        desk.take(mine, "advise", verdict="refuse" if is_listed else "approve", text="So I think.", **reasons)
        if not is_listed:
            desk.take(mine, "propose", outcome="granted", **{"quantity-1": "900"})

    def even(self, size):
        """Make the log as long as another: its length is public and tells nothing then."""
        register = self.desk.register
        while register.size < size:
            text = f"parties: [{{id: 'https://x.example/{register.size}', name: X}}]"
            assert not import_directory(register, text, at=self.desk.at).problems

    def look(self):
        # What officers did in between took them as long as it took.
        self.hours += 1
        self.desk.at = self.began + timedelta(hours=self.hours)
        for who in (CLERK, USER):
            for language in ("en", "zh-hans"):
                for path in PATHS:
                    answer = self.desk(who).get(f"/{language}/{path.format(case=self.desk.case)}")
                    self.shown.append((who, language, path, answer.status_code, plain(answer.content)))


def plain(content):
    return DIGEST.sub(b"", TOKEN.sub(b"", content))


def test_pages_are_the_same_whatever_screening_found_until_the_decision(opened, tmp_path, monkeypatch):
    """Threat C7."""
    with monkeypatch.context() as one:
        listed = Told(opened, tmp_path / "listed", one, LISTED)
    connections.close_all()
    with monkeypatch.context() as other:
        unlike = Told(opened, tmp_path / "unlike", other, UNLIKE, listed.begun)
    assert len(listed.shown) == len(unlike.shown) > 150
    differ = [pair for pair in zip(listed.shown, unlike.shown, strict=True) if pair[0] != pair[1]]
    assert [(one[:-1], difference(one[-1], two[-1])) for one, two in differ[:3]] == []


def difference(one, two):
    """Return where two pages begin to differ."""
    place = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return one[max(0, place - 60) : place + 60], two[max(0, place - 60) : place + 60]
