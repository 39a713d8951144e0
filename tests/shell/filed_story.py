"""What parties of a delivery file in the sample: Kestrel exports, Norrvik uses, the office has invited it."""

from datetime import date, timedelta

from shell.strangers import AT, KESTREL, NORRVIK, TAMARACK
from ytterby.law.licence_kind import ReportOwed
from ytterby.law.span import Span
from ytterby.licence.filing import order_key
from ytterby.licence.invitation import Found
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.actions.file_statement import file_statement, raise_alarm, read_statement, sign_statement
from ytterby.shell.actions.invite import (
    accept_invitation,
    invite,
    make_party_key,
    open_invitation,
    request_invitation,
    signed_binding,
)
from ytterby.shell.actions.release_use import file_profile, release_use
from ytterby.shell.actions.report_delivery import ask_retransfer, record_visit, report_delivery
from ytterby.shell.actions.validate_end_user import confirm_validation, enter_validation
from ytterby.shell.store.case_speakers import Speaker, demo_speaker
from ytterby.shell.store.reading.filed import (
    list_alarms,
    list_invitations,
    list_orders,
    list_reports,
    list_requests,
    list_retransfers,
    list_statements,
    list_visits,
    owed_reports,
    show_statement,
)
from ytterby.shell.store.reading.use_profiles import list_profiles, list_releases
from ytterby.shell.store.reading.validations import list_validations

PROCEDURE = "CN-procedure"
ORDER = order_key(KESTREL, "PO-7")
DAY = date(2026, 2, 1)
OWED = (ReportOwed("arrival", "end_user", Span(30, "calendar_day"), "", "exit", None),)
FOUND = Found("company_register", "register of firms, sheet 12", "2025-12-01", ("ab" * 32,))


def done(change):
    assert all(one.severity != "refuse" for one in change.problems), change.problems
    return change


def link_of(token):
    return f"https://register.example/invitation#{token}"


class Mail:
    """Keeps what is sent."""

    def __init__(self):
        self.notices = []

    def __call__(self, notice):
        self.notices.append(notice)

    @property
    def token(self):
        return self.notices[-1].facts["link"].partition("#")[2]


def send_invitation(register, office, asked_by=KESTREL, party=NORRVIK, *, at=AT, mail=None, **how):
    """Invite, and return the mail with the token."""
    mail = mail or Mail()
    fields = {"address": "office@norrvik.example", "found": FOUND, "link_of": link_of, "send": mail, **how}
    speaker = office if isinstance(office, Speaker) else demo_speaker(office)
    return done(invite(register, asked_by=asked_by, party=party, speaker=speaker, at=at, **fields)), mail


def accept(register, token, key=None, at=AT, **how):
    """Take an invitation up with a key; return what came of it."""
    key = key or make_party_key()
    opened = open_invitation(register, token, at=at, **{name: how[name] for name in ("speaker",) if name in how})
    signature = signed_binding(register, opened, key) if not opened.problems else ""
    return accept_invitation(
        register, token, account=key.name, key=key.public.text(), signature=signature, at=at, **how
    )


def invited(register, office, asked_by=KESTREL, party=NORRVIK, *, at=AT, **how):
    """Return the key of a party that was invited and accepted."""
    _, mail = send_invitation(register, office, asked_by, party, at=at, **how)
    key = make_party_key()
    done(accept(register, mail.token, key, at))
    return key


def statement_of(register, end_user=NORRVIK, exporter=KESTREL, at=AT, **changes):
    fields = {
        "end_user": end_user, "exporter": exporter, "procedure": PROCEDURE,
        "goods": [{"name": "magnets N42SH", "quantity": "900", "unit": "KGM"}],
        "use": {"code": "traction_motor_car", "function": "rotor magnet"},
        "undertakings": ["commitment_no_other_use", "commitment_no_transfer", "commitment_no_wmd"],
        "signer": {"name": "A. Lind", "title": "head of purchasing"},
        "valid_from": "2026-01-01", "valid_to": "2026-12-31", **changes,
    }  # fmt: skip
    statement, problems = read_statement(register, fields, at=at)
    assert not problems, problems
    return statement


def state(register, key, end_user=NORRVIK, exporter=KESTREL, at=AT, **changes):
    """File a signed statement; return its digest."""
    statement = statement_of(register, end_user, exporter, at, **changes)
    speaker = Speaker(key.name, end_user, "key", key)
    return done(file_statement(register, sign_statement(register, statement, key), speaker, at=at)).key


def order_fields(seller=KESTREL, end_user=NORRVIK, **changes):
    lines = [{"line": 1, "name": "magnets N42SH", "quantity": "900", "unit": "KGM", "value": "5", "currency": "CNY"}]
    return {
        "number": "PO-7", "seller": seller, "buyer": "", "end_user": end_user, "destination": "XB",
        "on": "2025-12-01", "lines": lines, **changes,
    }  # fmt: skip


def profile_fields(**changes):
    return {
        "plant": "works 1", "product": "traction motor", "model": "M-3", "use": "traction_motor_car",
        "needs": {"Dy": "100"}, "valid_from": "2026-01-01", "valid_to": "2026-12-31", **changes,
    }  # fmt: skip


def validate(register, party, office, at=AT, **changes):
    """Enter what an end user has shown by the day, as somebody of the office."""
    shown = dict.fromkeys(("visits", "reconciliation", "documents"), (at - timedelta(days=9)).date().isoformat())
    told = {"shown": shown, "text": "visit report 12", "documents": ("ab" * 32,), **changes}
    return enter_validation(register, party, speaker=demo_speaker(office), at=at, **told)


def file_story(register, office):
    """Let everybody file what it can."""
    key = invited(register, office)
    user, seller = demo_speaker(NORRVIK), demo_speaker(KESTREL)
    done(request_invitation(register, "Next tier", "XC", "our customer", user, at=AT))
    done(enter_order(register, order_fields(), seller, at=AT))
    digest = state(register, key)
    profile = done(file_profile(register, profile_fields(), user, at=AT)).key
    for exporter, number in ((KESTREL, "PO-7"), (TAMARACK, "A-1")):
        release = {"exporter": exporter, "number": number, "year": 2026, "amounts": {"Dy": "60"}}
        done(release_use(register, profile, **release, speaker=user, at=AT))
    for stage, speaker in (("transport", seller), ("arrival", user)):
        told = {
            "order": ORDER,
            "delivery": "D-1",
            "stage": stage,
            "on": "2025-12-20",
            "quantity": "899.5",
            "unit": "KGM",
        }
        done(report_delivery(register, told, speaker, at=AT))
    asked = {"order": ORDER, "to_name": "Next", "to_country": "XC", "amounts": {"Dy": "1"}, "use": "u", "text": "moved"}
    done(ask_retransfer(register, asked, user, at=AT))
    visit = {
        "party": NORRVIK, "party_country": "XB", "body": "office", "body_country": "XB", "on": "2025-12-24",
        "outcome": "confirmed", "text": "seen",
    }  # fmt: skip
    done(record_visit(register, visit, demo_speaker(office), at=AT))
    shown = done(validate(register, NORRVIK, office)).key
    done(confirm_validation(register, shown, demo_speaker(office, "another"), at=AT))
    later = AT + timedelta(days=1)
    done(raise_alarm(register, "use_changed", "another line", seller, statement=digest, at=later))
    return key


def filed_probes(known):
    """Return how it is told whether a viewer reads each kind of data; `known` gives the log size."""
    return {
        "invitation": lambda viewer: bool(list_invitations(viewer, known())),
        "end-use statement": lambda viewer: bool(list_statements(viewer, known(), DAY)),
        "use profile": lambda viewer: bool(list_profiles(viewer, known(), DAY)),
        "use release": lambda viewer: any(row["exporter"] == KESTREL for row in list_releases(viewer, known())),
        "trade order": lambda viewer: bool(list_orders(viewer, known())),
        "delivery report": lambda viewer: bool(list_reports(viewer, known()) and list_alarms(viewer, known())),
        "validation of an end user": lambda viewer: bool(list_validations(viewer, known())),
        "re-transfer and visit": lambda viewer: bool(list_retransfers(viewer, known()) or list_visits(viewer, known())),
    }


def filed_rows(viewer, known):
    """Return every row of what was filed that a viewer is answered, with the name of its list of fields."""
    rows = [("invitation", row) for row in list_invitations(viewer, known)]
    rows += [("invitation request", row) for row in list_requests(viewer, known)]
    for row in list_statements(viewer, known, DAY):
        shown = show_statement(viewer, row["digest"], known, DAY)
        rows += [("statement", row), ("statement shown", shown), *(("stated goods", one) for one in shown["goods"])]
    rows += [("shipping alarm", row) for row in list_alarms(viewer, known)]
    for row in list_orders(viewer, known):
        rows += [("order", row), *(("order line", line) for line in row["lines"])]
    rows += [("delivery report", row) for row in list_reports(viewer, known)]
    rows += [("report owed", row) for row in owed_reports(viewer, known, OWED, {}, DAY)]
    rows += [("re-transfer", row) for row in list_retransfers(viewer, known)]
    rows += [("visit", row) for row in list_visits(viewer, known)]
    for row in list_profiles(viewer, known, DAY):
        rows += [("profile", row), *(("position", one) for one in row["positions"])]
    rows += [("validation", row) for row in list_validations(viewer, known)]
    return rows + [("release", row) for row in list_releases(viewer, known)]
