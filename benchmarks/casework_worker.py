"""Casework in a process of its own: `python -m benchmarks.casework_worker TASK FOLDER NUMBER…` prints one JSON object.

DATABASE_URL says where the register lies. A step is what `take_step` does, from the door on: reading rights and law,
judging, writing under the lock, publishing the log; its statements are counted beside, in a round of its own.
"""

import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.casework_office import (
    AT,
    BY_HAND,
    BY_RULE,
    EXPORTER,
    OFFICE,
    application,
    key_of,
    make_office,
)

Json = dict[str, Any]
STEPS = ("submit", "open", "advise", "decide", "draft", "issue")


def main() -> None:
    """Do a task and print what it found."""
    task, folder, *rest = sys.argv[1:]
    print(json.dumps(TASKS[task](Path(folder), *map(int, rest))))


class Office:
    """The office, and one case after the other going through it."""

    def __init__(self, register: Any) -> None:
        from ytterby.shell.store.case_speakers import demo_speaker
        from ytterby.shell.store.rights import stored_rights

        self.register = register
        self.exporter = demo_speaker(EXPORTER)
        self.rights = stored_rights(register)
        self.at = AT

    def officer(self, name: str) -> Any:
        from ytterby.shell.store.case_speakers import key_speaker

        return key_speaker(self.rights, key_of(name))

    def take(self, number: str, step: Any, speaker: Any) -> Any:
        from ytterby.shell.actions.casework import take_step

        self.at += timedelta(seconds=1)
        done = take_step(self.register, number, step, speaker, at=self.at)
        assert not done.problems, (type(step).__name__, done.problems)
        return done

    def draft(self, lines: int, procedure: str, number: str = "") -> str:
        """Begin a case; it is not part of the six steps, as it is none in what they are compared with."""
        from ytterby.shell.actions.casework import begin_case

        self.at += timedelta(seconds=1)
        told = application(lines, procedure)
        done = begin_case(self.register, "individual", told, self.exporter, number=number, at=self.at)
        assert not done.problems, done.problems
        return str(done.number)

    def submit(self, number: str) -> Any:
        from ytterby.licence.step import Submit

        return self.take(number, Submit("A. Signer", declares=True, declaration="d" * 64), self.exporter)

    def steps(self, number: str) -> list[tuple[str, Callable[[], Any]]]:
        """Return the six steps of a case in order."""
        return [
            ("submit", lambda: self.submit(number)),
            ("open", lambda: self._open(number)),
            ("advise", lambda: self._advise(number)),
            ("decide", lambda: self._propose(number)),
            ("draft", lambda: self._approve(number)),
            ("issue", lambda: self._issue(number)),
        ]

    def _open(self, number: str) -> Any:
        from ytterby.shell.store.reading.casework import show_case
        from ytterby.shell.store.reading.known import known_at
        from ytterby.shell.store.reading.rights import viewer_of
        from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

        viewer = viewer_of(OPERATOR_VIEWER, OFFICE, self.at.date())
        found = show_case(viewer, number, self.at, known_at(viewer, None))
        assert found["case"] == number
        return found

    def case(self, number: str) -> Any:
        from ytterby.shell.store.cases import stored_case

        return stored_case(number)

    def _advise(self, number: str) -> Any:
        from ytterby.licence.step import Advise

        return self.take(number, Advise("approve", "Nothing against it."), self.officer(self.assigned[number][0]))

    def _propose(self, number: str) -> Any:
        from ytterby.licence.step import LineDecision, Propose

        told = self.applied[number]
        lines = tuple(LineDecision(one.line, one.quantity, one.unit) for one in told.lines)
        valid = {"valid_from": f"{self.at:%Y-%m-%d}", "valid_to": f"{self.at + timedelta(days=300):%Y-%m-%d}"}
        step = Propose("granted", "", {}, lines, text="As asked.", licence_kind="plain", **valid)
        return self.take(number, step, self.officer(self.assigned[number][0]))

    def _approve(self, number: str) -> Any:
        import msgspec

        from ytterby.licence.step import Approve
        from ytterby.proof.approval import approval_challenge, sign_approval
        from ytterby.proof.base64url import to_base64url

        digest, version, signer = self.drafted[number]
        nonce = to_base64url(secrets.token_bytes(16))
        challenge = approval_challenge(digest, number, version, 1, nonce, self.register.id)
        signature = msgspec.to_builtins(sign_approval(key_of(signer), challenge, nonce))
        return self.take(number, Approve(digest, 1, signature), self.officer(signer))

    def _issue(self, number: str) -> Any:
        from ytterby.licence.step import Issue

        return self.take(number, Issue("", {}), self.officer(self.assigned[number][0]))

    def look(self, number: str) -> None:
        """Look up, unmeasured, what whoever goes on knows from its page: who is assigned, and the draft."""
        case = self.case(number)
        self.applied[number] = case.application
        self.assigned[number] = case.assigned
        if case.draft is not None:
            self.drafted[number] = (case.draft_digest, case.version, case.assigned.get(1, ""))

    applied: dict[str, Any] = {}
    assigned: dict[str, Any] = {}
    drafted: dict[str, Any] = {}


def six(folder: Path, cases: int, lines: int) -> Json:
    """Take cases through the six steps; return medians of ms, and the statements of one more case, by step."""
    from django.db import connection

    register = make_office(folder)
    office = Office(register)
    times: dict[str, list[float]] = {name: [] for name in STEPS}
    counts: dict[str, int] = {}
    for n in range(cases + 2):  # the first warms what is kept, the last is counted
        number = office.draft(lines, BY_HAND)
        for name, step in office.steps(number):
            if n <= cases:
                began = time.perf_counter()
                step()
                if n:
                    times[name].append((time.perf_counter() - began) * 1000)
            else:
                counts[name] = _statements(connection, step)
            office.look(number)
    whole = [sum(one) for one in zip(*times.values(), strict=True)]
    return {
        "ms": {name: statistics.median(found) for name, found in times.items()},
        "sum_ms": statistics.median(whole),
        "sql": counts,
        "sum_sql": sum(counts.values()),
    }


def _statements(connection: Any, step: Callable[[], Any]) -> int:
    told: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        step()
    return len(told)


def worklist(folder: Path, cases: int, asked: int) -> Json:
    """Fill the table of cases and ask for pages of a worklist; return ms at the median and at 95 of 100."""
    import random

    from django.db import connection

    from ytterby.shell.store.models import CaseRow
    from ytterby.shell.store.reading.casework import Wanted, list_cases
    from ytterby.shell.store.reading.rights import viewer_of
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

    make_office(folder)
    chance = random.Random(1)
    _fill(CaseRow, cases, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    office = viewer_of(OPERATOR_VIEWER, OFFICE, AT.date())
    found: dict[str, list[float]] = {"office": [], "officer": [], "exporter": []}
    for _ in range(asked):
        day = (AT + timedelta(days=chance.randrange(400))).date().isoformat()
        for who, viewer, wanted in (
            ("office", office, Wanted(holder="officer", after=f"{day}~C-0")),
            ("officer", office, Wanted(officer=chance.choice(("ann", "bo", "cy")), after=f"{day}~C-0")),
            ("exporter", Viewer(f"https://party.example/{chance.randrange(2000)}"), Wanted(closed_too=True)),
        ):
            began = time.perf_counter()
            page = list_cases(viewer, wanted)
            found[who].append((time.perf_counter() - began) * 1000)
            assert page["cases"]
    return {
        who: {"median_ms": statistics.median(ms), "p95_ms": statistics.quantiles(ms, n=20)[-1]}
        for who, ms in found.items()
    }


def _fill(table: Any, cases: int, chance: Any) -> None:
    """Fill the table as a year of an office would: one in ten is open, 2,000 exporters, three officers."""
    for start in range(0, cases, 20_000):
        rows = []
        for n in range(start, min(cases, start + 20_000)):
            begun = AT - timedelta(minutes=chance.randrange(500_000))
            is_open = n % 10 == 0
            at = f"{begun:%Y-%m-%dT%H:%M:%S}Z"
            rows.append(
                table(
                    number=f"C-{n:08d}", kind="individual", procedure=BY_HAND, state="review" if is_open else "issued",
                    holder="officer" if is_open else "applicant", version=6,
                    applicant=f"https://party.example/{n % 2000}", officer=chance.choice(("ann", "bo", "cy")), tier="S",
                    destination="SE", begun_at=at, received_at=at, decided_at=None if is_open else at, changed_at=at,
                    due=(AT + timedelta(days=chance.randrange(500))).date().isoformat(), is_open=is_open,
                )
            )  # fmt: skip
        table.objects.bulk_create(rows)


def automatic(folder: Path, cases: int) -> Json:
    """Submit cases that the register decides and issues by itself; return how many a second, or what keeps it."""
    register = make_office(folder)
    office = Office(register)
    numbers = [office.draft(1, BY_RULE) for _ in range(cases + 1)]
    if office.submit(numbers[0]).state != "issued":
        rated = office.case(numbers[0]).rated
        return {"kept": [row["id"] for row in rated.rows if row["standing"] != "fails"] if rated else ["not rated"]}
    began = time.perf_counter()
    for number in numbers[1:]:
        assert office.submit(number).state == "issued"
    return {"cases_s": cases / (time.perf_counter() - began)}


TASKS: dict[str, Callable[..., Json]] = {"six": six, "worklist": worklist, "automatic": automatic}

if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ytterby.shell.site.settings")
    django.setup()
    main()
