"""A demo register with nothing in it, a browser that is signed in, and readings that answer the sample chain."""

import copy
import importlib

import pytest
from django.db import connections

from listed_register import make_listed_register
from shell.magnet_office import OPENED, TOLD, make_magnet_office
from shell.portal import sample_answers as sample
from shell.portal import sample_reports as reports
from shell.portal.sample_cases import CASES, CLOSED, CLOSES, STORED, row_of

AUDITOR = "ytterby.shell.portal.auditor"
HEAD_SIZE = 24
EVENT = "urn:uuid:e46165af-8e55-5448-8e35-a14e955078e8"


@pytest.fixture
def register(tmp_path):
    """Return an open demo register."""
    from ytterby.shell.site.register import make_register

    return make_register(tmp_path / "demo", origin="demo.ytterby.invalid/log", demo=True)


@pytest.fixture
def password(register):
    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    forget_failures()
    return make_demo_password(register.keys)


@pytest.fixture
def stranger(register, password):
    """Return a browser that nobody has signed in with."""
    from django.test import Client

    return Client(headers={"host": "localhost"})


@pytest.fixture
def answers(monkeypatch, register):
    """Let the readings answer the sample chain, as a test may change it."""
    held = Answers()
    for module, names in PATCHED.items():
        home = importlib.import_module(module)
        for name in names:
            monkeypatch.setattr(home, name, getattr(held, name))
    importlib.import_module(f"{AUDITOR}.months")._lists.clear()
    importlib.import_module(f"{AUDITOR}.closes")._months.clear()
    return held


@pytest.fixture
def browser(stranger, password, answers):
    """Return a browser in which the demo user is signed in."""
    response = stranger.post("/en/sign-in/", {"name": "demo", "password": password})
    assert (response.status_code, response.headers["Location"]) == (302, "/en/lots/")
    return stranger


@pytest.fixture
def listed(tmp_path):
    """Return the register of lists."""
    return make_listed_register(tmp_path / "listed")


@pytest.fixture(scope="session")
def opened(tmp_path_factory):
    """Return the demo's office with a case that is handed in; tests copy it (`office.Desk`)."""
    return _told_until(tmp_path_factory, OPENED)


@pytest.fixture(scope="session")
def issued(tmp_path_factory):
    """Return the same office when its licence is issued and customs know of it."""
    return _told_until(tmp_path_factory, TOLD)


def _told_until(factory, scene):
    made = make_magnet_office(factory.mktemp("office") / "office", scene)
    connections.close_all()
    return made


@pytest.fixture
def sign_in(listed):
    """Return a function that gives a browser of the register of lists in which somebody is signed in."""
    from django.test import Client

    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    password = make_demo_password(listed.register.keys)

    def client_of(name="demo", *, checks=False):
        forget_failures()
        client = Client(headers={"host": "localhost"}, enforce_csrf_checks=False)
        assert client.post("/en/sign-in/", {"name": name, "password": password}).status_code == 302
        client.handler.enforce_csrf_checks = checks
        return client

    return client_of


PATCHED = {
    f"{AUDITOR}.lots": ["list_lots"],
    f"{AUDITOR}.lot": [
        "list_lots",
        "match_lots",
        "lot_trace",
        "lot_origin",
        "lot_destination",
        "step_closures",
        "findings_of_lot",
    ],
    f"{AUDITOR}.findings": ["list_findings", "numbers_of_cases"],
    f"{AUDITOR}.inquiries": ["recorded_cases", "recorded_case"],
    f"{AUDITOR}.closes": ["list_closes", "closed_month"],
    f"{AUDITOR}.deliveries": ["mirror_pairs"],
    f"{AUDITOR}.balance": ["step_closures"],
    f"{AUDITOR}.months": ["balanced", "month_rows"],
    f"{AUDITOR}.returns": ["list_returns"],
    f"{AUDITOR}.flow_return": ["list_returns", "show_return"],
    f"{AUDITOR}.quotas": ["quota_positions"],
    f"{AUDITOR}.quota": ["quota_positions"],
    f"{AUDITOR}.plant_months": ["balanced", "match_lots", "month_rows", "stored_beside"],
    "ytterby.shell.portal.page": ["count_findings"],
    "ytterby.shell.portal.moment": ["known_at"],
}


class Answers:
    """The readings of the sample chain. A test changes the lists in place."""

    def __init__(self):
        self.lots = copy.deepcopy(sample.LOTS)
        self.findings = copy.deepcopy(sample.FINDINGS)
        self.steps = copy.deepcopy(sample.STEPS)
        self.pairs = copy.deepcopy(sample.PAIRS)
        self.traces = copy.deepcopy(sample.TRACES)
        self.origin = copy.deepcopy(sample.ORIGIN)
        self.destination = copy.deepcopy(sample.DESTINATION)
        self.months = copy.deepcopy(sample.MONTHS)
        self.returns = copy.deepcopy(reports.RETURNS)
        self.positions = copy.deepcopy(reports.POSITIONS)
        self.quota_findings = copy.deepcopy(reports.QUOTA_FINDINGS)
        self.cases = copy.deepcopy(CASES)
        self.closes, self.closed, self.stored = (copy.deepcopy(one) for one in (CLOSES, CLOSED, STORED))
        self.asked = []

    def empty(self):
        """Make it the register of a chain that has not begun."""
        self.lots, self.findings, self.steps, self.pairs = [], [], [], []
        self.months = {}
        self.returns, self.positions, self.quota_findings = [], [], []
        self.cases, self.closes = [], []

    def known_at(self, viewer, size):
        from ytterby.shell.store.reading.known import Known

        self.asked.append(size)
        return Known(HEAD_SIZE if size is None else min(size - size % 8, HEAD_SIZE), size)

    def list_lots(self, viewer, *, known):
        return {"as_of_size": known.size, "lots": copy.deepcopy(self.lots)}

    def match_lots(self, viewer, text, *, known):
        ids = [row["lot"] for row in self.lots]
        return [text] if text in ids else [one for one in ids if text and one.endswith(text)]

    def lot_trace(self, viewer, lot, *, direction, element, holder=None, known):
        name = f"magnet_{direction}" if "N42SH" in lot else "concentrate_forward"
        trace = {**copy.deepcopy(self.traces[name]), "direction": direction, "element": element, "lot": lot}
        for node in trace["nodes"]:
            node["is_target"] = node["lot"] == lot
        return trace

    def lot_origin(self, viewer, lot, *, element, holder=None, known):
        return {"as_of_size": known.size, "lot": lot, "elements": {element: self.origin}}

    def lot_destination(self, viewer, lot, *, element, holder=None, known):
        return {"as_of_size": known.size, "lot": lot, "elements": {element: self.destination}}

    def list_findings(self, viewer, *, known, language="en"):
        return {"as_of_size": known.size, "expected_false_alarms": None, "findings": copy.deepcopy(self.findings)}

    def findings_of_lot(self, viewer, lot, *, known, language="en"):
        return None if self.findings is None else [one for one in copy.deepcopy(self.findings) if one.get("lot") == lot]

    def count_findings(self, viewer, *, known):
        return None if self.findings is None else len(self.findings)

    def step_closures(self, viewer, *, site=None, element=None, known):
        steps = [step for step in self.steps if element in (None, step["element"])]
        return {"as_of_size": known.size, "limit": 3.0, "steps": copy.deepcopy(steps)}

    def balanced(self, viewer, *, known):
        return list(self.months)

    def month_rows(self, viewer, site, element, *, known):
        return copy.deepcopy(self.months[site, element])

    def stored_beside(self, viewer, site, element, rows, *, known):
        return copy.deepcopy(self.stored.get((site, element), {}))

    def numbers_of_cases(self, viewer, *, known):
        return {case["finding"]: case["number"] for case in self.cases}

    def recorded_cases(self, viewer, *, known):
        return {"as_of_size": known.size, "cases": [row_of(case) for case in copy.deepcopy(self.cases)]}

    def recorded_case(self, viewer, number, *, known):
        return next((c for c in copy.deepcopy(self.cases) if c["number"] == number), None) or {}[number]

    def list_closes(self, viewer, *, known):
        return {"as_of_size": known.size, "closes": copy.deepcopy(self.closes)}

    def closed_month(self, viewer, month, *, known, language="en"):
        found = copy.deepcopy(self.closed)
        return found if month == found["month"] else {**found, "closes": []}

    def mirror_pairs(self, viewer, *, known, on=None, transit_limit_days):
        self.asked.append((on, transit_limit_days))
        return {"as_of_size": known.size, "transit_limit_days": transit_limit_days, "pairs": copy.deepcopy(self.pairs)}

    def list_returns(self, viewer, *, known, on):
        self.asked.append(on)
        return {"as_of_size": known.size, "on": on.isoformat(), "returns": copy.deepcopy(self.returns)}

    def show_return(self, viewer, party, month, *, known, on):
        (row,) = [one for one in self.returns if (one["party"]["id"], one["month"]) == (party, month)]
        return {"as_of_size": known.size, "on": on.isoformat(), **reports.show(copy.deepcopy(row))}

    def quota_positions(self, viewer, *, known, on, language="en"):
        self.asked.append(on)
        found = {"positions": copy.deepcopy(self.positions), "findings": copy.deepcopy(self.quota_findings)}
        return {"as_of_size": known.size, "on": on.isoformat(), **found}
