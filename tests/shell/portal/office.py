"""A copy of the demo's office for one test, its people signed in, and the clock of the sample."""

from datetime import timedelta

from django.test import Client

from shell.portal.reader import Page
from shell.register_copy import copy_register
from ytterby.shell.actions import clock
from ytterby.shell.actions.demo_people import demo_people
from ytterby.shell.actions.demo_user import make_demo_password
from ytterby.shell.portal.sign_in import forget_failures

CLERK, OFFICER, SECOND, CUSTOMS, USER = "clerk", "officer", "second", "customs", "enduser"


class Desk:
    """The office of one test: who is signed in, what time it is, and how a page's form is sent."""

    def __init__(self, made, folder, monkeypatch):
        self.register = copy_register(made.register.data, folder)
        self.case, self.licence, self.at = made.case, made.licence, made.at
        self.password = make_demo_password(self.register.keys)
        self.people = {one.login: one.account for one in demo_people(self.register.keys)}
        self._clients = {}
        monkeypatch.setattr(clock, "now", self.tick)

    def tick(self):
        """Return the time, which goes on a second at each look."""
        self.at += timedelta(seconds=1)
        return self.at

    def __call__(self, name):
        if name not in self._clients:
            forget_failures()
            client = Client(headers={"host": "localhost"})
            assert client.post("/en/sign-in/", {"name": name, "password": self.password}).status_code == 302
            self._clients[name] = client
        return self._clients[name]

    def page(self, name, path):
        """Return a page as somebody reads it."""
        answer = self(name).get(f"/en/{path}")
        assert answer.status_code == 200, (name, path, answer.status_code)
        return Page(answer)

    def send(self, name, form, case=None, **fields):
        """Send a form of a case, with the version that its page shows; return the answer."""
        case = case or self.case
        told = {"seen": self.version(name, case), **fields}
        return self(name).post(f"/en/cases/{case}/steps/{form}/", told)

    def take(self, name, form, case=None, **fields):
        """Send a form that is entered."""
        answer = self.send(name, form, case, **fields)
        assert answer.status_code == 302, Page(answer).text[:3000]

    def version(self, name, case=None):
        """Return the version of a case that somebody sees."""
        return self(name).get(f"/en/cases/{case or self.case}/case.json").json()["version"]
