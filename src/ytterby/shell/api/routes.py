"""Every address of the interface: who it is there for, what its token must be for, what it takes and gives.

The list is whole: what is not in it does not exist. The OpenAPI description is made of it (`openapi.py`).
"""

import re
from collections import defaultdict

from ytterby.licence.application import Application
from ytterby.licence.delivery_report import DeliveryReport
from ytterby.licence.end_use_statement import FiledStatement
from ytterby.shell.actions.token import CASEWORK, CUSTOMS, READ
from ytterby.shell.api import (
    answers,
    approvals,
    case_answers,
    cases,
    customs,
    deliveries,
    filed_answers,
    invitations,
    licence_answers,
    licences,
    openapi,
    orders,
    parties,
    statements,
    statistics,
    use_profiles,
)
from ytterby.shell.api.asked import ALL, EVERYBODY, OFFICE, OFFICE_AND_AUDIT, PARTIES
from ytterby.shell.api.route import Route
from ytterby.shell.api.steps import AskedStep
from ytterby.shell.api.who import Audience

APPLICANT, END_USER = frozenset({Audience.APPLICANT}), frozenset({Audience.END_USER})
ON_CASES = ALL - {Audience.CUSTOMS}
ON_LICENCES = ALL - {Audience.PROVINCE, Audience.DEPARTMENT}
AT_CUSTOMS = frozenset({Audience.CUSTOMS})
CUSTOMS_READERS = AT_CUSTOMS | OFFICE_AND_AUDIT
FILERS = PARTIES | OFFICE
CASE_VIEWS = (case_answers.OfficeCase, case_answers.ConsultedCase, case_answers.ApplicantCase, case_answers.EndUserCase)
LICENCE_VIEWS = (licence_answers.OfficeLicence, licence_answers.CustomsLicence, licence_answers.HolderLicence)
INVITATION_VIEWS = (filed_answers.OfficeInvitations, filed_answers.PartyInvitations)
FILED = (filed_answers.Filed,)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", "whoami", parties.whoami, ALL, "", "Who asks, and for whom.", (answers.Me,)),
    Route("GET", "/openapi.json", "openapi", openapi.described, EVERYBODY, "", "This description.", ()),
    Route("GET", "/statistics", "statistics", statistics.published, EVERYBODY, "", "What the office published.",
          (answers.Statistics,)),
    # Cases
    Route("POST", "/check", "check", cases.check, ON_CASES, CASEWORK,
          "What an application lacks, before it is handed in. Nothing is entered.", (case_answers.CheckAnswer,),
          takes=Application),
    Route("GET", "/cases", "cases", cases.listed, ON_CASES, READ, "Cases, those that are due first.",
          (case_answers.CaseList,), query=cases.ListCases),
    Route("POST", "/cases", "begin", cases.begin, ON_CASES, CASEWORK, "Begin a case.", (case_answers.StepAnswer,),
          takes=cases.BeginCase, status=201, has_version=True),
    Route("GET", "/cases/{case}", "case", cases.shown, ON_CASES, READ, "A case, in the fields of its reader.",
          CASE_VIEWS, has_version=True),
    Route("GET", "/cases/{case}/check", "check_case", cases.checked, ON_CASES, READ,
          "What the application of a case lacks.", (case_answers.CheckAnswer,)),
    Route("POST", "/cases/{case}/steps", "step", cases.step, ON_CASES, CASEWORK,
          "Take a step in a case. If-Match names the version that was seen.", (case_answers.StepAnswer,),
          takes=AskedStep, has_version=True),
    Route("GET", "/cases/{case}/approval", "approval", approvals.challenge, OFFICE, CASEWORK,
          "What an approval of the draft has to sign, with a fresh nonce.", (case_answers.Challenge,),
          query=approvals.WhichApproval, has_version=True),
    Route("GET", "/cases/{case}/replay", "replay", cases.replayed, OFFICE_AND_AUDIT, READ,
          "Work a case out again from the log.", (case_answers.Replay,)),
    # Licences
    Route("GET", "/licences", "licences", licences.listed, ON_LICENCES, READ, "Licences, and where each stands.",
          (licence_answers.LicenceList,), query=licences.ListLicences),
    Route("GET", "/licences/{licence}", "licence", licences.shown, ON_LICENCES, READ,
          "A licence, in the fields of its reader.", LICENCE_VIEWS),
    Route("POST", "/licences/{licence}/entries", "enter", licences.enter, ON_LICENCES - {Audience.AUDITOR}, CUSTOMS,
          "Reserve, draw, release, correct, confirm an exit; the same again is answered as the first time.",
          (licence_answers.EntryAnswer,), takes=licences.NewEntry),
    Route("POST", "/licences/{licence}/status", "change_status", licences.change_status, FILERS, CASEWORK,
          "Propose, confirm or give a command: suspend, reinstate, revoke, surrender, amend, resume.",
          (licence_answers.StatusAnswer,), takes=licences.StatusChange),
    # Customs
    Route("GET", "/customs/messages", "messages", customs.listed, CUSTOMS_READERS, READ,
          "Messages to customs, without what they say.", (licence_answers.MessageList,), query=customs.WhichMessages),
    Route("GET", "/customs/messages/waiting", "waiting", customs.waiting, CUSTOMS_READERS, READ,
          "Messages that wait for an answer, whole.", (licence_answers.WaitingMessages,)),
    Route("POST", "/customs/answers", "answer", customs.answer, AT_CUSTOMS, CUSTOMS, "Answer messages.",
          (licence_answers.AnswersTold,), takes=customs.Answers),
    Route("GET", "/customs/alarms", "customs_alarms", customs.late, CUSTOMS_READERS, READ,
          "What waits too long, and what was rejected.", (licence_answers.CustomsAlarms,)),
    Route("POST", "/customs/messages/{message}/resend", "resend", customs.resend, OFFICE, CASEWORK,
          "Send a rejected message again.", (licence_answers.Resent,)),
    # Invitations
    Route("GET", "/invitations", "invitations", invitations.listed, FILERS, READ, "Invitations.", INVITATION_VIEWS),
    Route("POST", "/invitations", "invite", invitations.send, OFFICE, CASEWORK, "Invite an end user.", FILED,
          takes=invitations.NewInvitation, status=201),
    Route("POST", "/invitations/{invitation}/end", "end_invitation", invitations.end, OFFICE, CASEWORK,
          "End an invitation that was not used.", FILED, takes=invitations.EndOfInvitation, status=201),
    Route("POST", "/invitation/open", "open_link", invitations.open_link, EVERYBODY, "",
          "What a link opens; it is not used.", (filed_answers.OpenedLink,), takes=invitations.OpenLink, is_tried=True),
    Route("POST", "/invitation/use", "use_link", invitations.use_link, EVERYBODY, "",
          "Take an invitation up, once.", FILED, takes=invitations.UseLink, status=201, is_tried=True),
    Route("GET", "/invitation-requests", "requests", invitations.requests, FILERS, READ, "Requests for invitations.",
          (filed_answers.Requests,)),
    Route("POST", "/invitation-requests", "request", invitations.ask, APPLICANT, CASEWORK,
          "Ask the office to invite a customer.", FILED, takes=invitations.NewRequest, status=201),
    # Statements
    Route("GET", "/statements", "statements", statements.listed, FILERS, READ, "Statements of end use.",
          (filed_answers.StatementList,)),
    Route("POST", "/statements/drafts", "draft_statement", statements.draft, PARTIES, CASEWORK,
          "A statement as it will be filed, and what is to be signed. Nothing is entered.",
          (filed_answers.DraftedStatement,), takes=statements.DraftStatement),
    Route("POST", "/statements", "file_statement", statements.file, FILERS, CASEWORK,
          "File a statement, signed by the end user's key or on paper.", FILED, takes=FiledStatement, status=201),
    Route("GET", "/statements/{statement}", "statement", statements.shown, FILERS, READ, "A statement whole.",
          (filed_answers.StatementTold,)),
    Route("POST", "/statements/{statement}/repudiation", "repudiate", statements.repudiate, END_USER, CASEWORK,
          "Say that a statement in one's name does not stand.", FILED, takes=statements.RepudiateStatement, status=201),
    # Use, orders, deliveries
    Route("GET", "/use-profiles", "profiles", use_profiles.listed, FILERS, READ, "Use profiles.",
          (filed_answers.ProfileList,)),
    Route("POST", "/use-profiles", "file_profile", use_profiles.file, END_USER, CASEWORK,
          "File what a plant needs, or its next version.", FILED, takes=use_profiles.NewProfile, status=201),
    Route("GET", "/use-releases", "releases", use_profiles.releases, FILERS, READ, "What was released to orders.",
          (filed_answers.ReleaseList,)),
    Route("POST", "/use-releases", "release", use_profiles.release, END_USER, CASEWORK,
          "Release an amount of a profile to an order.", FILED, takes=use_profiles.NewRelease, status=201),
    Route("GET", "/orders", "orders", orders.listed, FILERS, READ, "Orders.", (filed_answers.OrderList,)),
    Route("POST", "/orders", "enter_order", orders.enter, APPLICANT, CASEWORK,
          "Enter an order, or its next version.", FILED, takes=orders.NewOrder, status=201),
    Route("GET", "/delivery-reports", "reports", deliveries.reports, FILERS, READ, "Reports of deliveries.",
          (filed_answers.ReportList,)),
    Route("POST", "/delivery-reports", "report", deliveries.report, PARTIES, CASEWORK,
          "Report a stage of a delivery.", FILED, takes=DeliveryReport, status=201),
    Route("GET", "/alarms", "alarms", deliveries.alarms, FILERS, READ, "What stops shipping, or did.",
          (filed_answers.AlarmList,)),
    Route("POST", "/alarms", "alarm", deliveries.alarm, FILERS, CASEWORK, "Stop shipping.", FILED,
          takes=deliveries.NewAlarm, status=201),
    Route("POST", "/alarms/{alarm}/end", "end_alarm", deliveries.alarm_over, OFFICE, CASEWORK,
          "Let shipping go on.", FILED, takes=deliveries.EndOfAlarm, status=201),
    Route("GET", "/retransfers", "retransfers", deliveries.retransfers, FILERS, READ,
          "Requests that goods may go to somebody else.", (filed_answers.RetransferList,)),
    Route("POST", "/retransfers", "ask_retransfer", deliveries.retransfer, END_USER, CASEWORK,
          "Ask that goods may go to somebody else.", FILED, takes=deliveries.NewRetransfer, status=201),
    Route("POST", "/retransfers/{retransfer}/decision", "decide_retransfer", deliveries.retransfer_decided, OFFICE,
          CASEWORK, "Decide on such a request.", FILED, takes=deliveries.DecideRetransfer, status=201),
    Route("GET", "/visits", "visits", deliveries.visits, FILERS, READ, "Visits that verified an end use.",
          (filed_answers.VisitList,)),
    Route("POST", "/visits", "visit", deliveries.visit, FILERS, CASEWORK, "Record a visit.", FILED,
          takes=deliveries.NewVisit, status=201),
)  # fmt: skip

_PART = re.compile(r"\{(\w+)\}")


def _pattern(address: str) -> re.Pattern[str]:
    return re.compile(_PART.sub(r"(?P<\1>[^/]{1,200})", address))


_AT: dict[str, dict[str, Route]] = defaultdict(dict)
for _route in ROUTES:
    _AT[_route.address][_route.method] = _route
# An address without parts is found before one that has some.
_PATTERNS = [(_pattern(address), _AT[address]) for address in sorted(_AT, key=lambda one: (one.count("{"), one))]


def methods_at(address: str) -> tuple[dict[str, Route], dict[str, str]]:
    """Return the routes at an address by method, and the parts of the address; none where there is none."""
    for pattern, methods in _PATTERNS:
        if found := pattern.fullmatch(address):
            return methods, found.groupdict()
    return {}, {}
