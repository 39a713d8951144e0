"""Addresses of the portal, to be included under a language prefix: /en/…, /zh-hans/….

Every list has its twins (`.csv`, `.json`); every view names its audience.
"""

from django.urls import path, register_converter

from ytterby.shell.portal import sign
from ytterby.shell.portal.auditor import (
    balance,
    deliveries,
    event,
    findings,
    flow_return,
    log,
    lot,
    lots,
    months,
    plant_months,
    quota,
    quotas,
    returns,
)
from ytterby.shell.portal.auditor.closes import close, close_file, closes, closes_file
from ytterby.shell.portal.auditor.inquiries import inquiries, inquiries_file, inquiry, inquiry_file
from ytterby.shell.portal.casework import application, case, lists, status, steps
from ytterby.shell.portal.guide import show_help
from ytterby.shell.portal.law import changes, classify, compare, due, end_use, fields, impact, in_force, packs
from ytterby.shell.portal.licences import entries, licence, messages, standing
from ytterby.shell.portal.people import account, enter
from ytterby.shell.portal.screening import alerts as screening_alerts
from ytterby.shell.portal.screening import end_users, flags
from ytterby.shell.portal.screening import lists as screening_lists
from ytterby.shell.portal.screening import names as screening_names
from ytterby.shell.portal.sign_in import front_door, sign_in, sign_out


class FileKind:
    """csv or json."""

    regex = "csv|json"

    def to_python(self, value: str) -> str:
        """Return the kind as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the kind as it stands."""
        return value


class PictureKind(FileKind):
    """csv, json or svg."""

    regex = "csv|json|svg"


register_converter(FileKind, "file")
register_converter(PictureKind, "picture")

urlpatterns = [
    path("", front_door, name="front_door"),
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/code/", enter.sign_in_code, name="sign_in_code"),
    path("sign-in/new-code/", enter.sign_in_new_code, name="sign_in_new_code"),
    path("sign-out/", sign_out, name="sign_out"),
    path("invited/<str:token>/", enter.invited, name="invited"),
    path("account/", account.account, name="account"),
    path("account/again/", enter.prove_again, name="prove_again"),
    path("account/codes/", account.new_code, name="new_code"),
    path("account/passkeys/", account.add_passkey, name="add_passkey"),
    path("account/passkeys/challenge/", account.passkey_challenge, name="passkey_challenge"),
    path("account/passkeys/withdrawal/", account.withdraw_passkey, name="withdraw_passkey"),
    path("approvals/challenge/", sign.approval_challenge_view, name="approval_challenge"),
    path("help/", show_help, name="help"),
    path("cases/", lists.cases, name="cases"),
    path("cases.<file:kind>", lists.cases_file, name="cases_file"),
    path("cases/new/", application.new, name="case_new"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/case.json", case.case_file, name="case_file"),
    path("cases/<str:number>/status/", status.status, name="case_status"),
    path("cases/<str:number>/status.json", status.status_file, name="case_status_file"),
    path("cases/<str:number>/application/", application.application, name="case_application"),
    path("cases/<str:number>/approval/", steps.approve, name="case_approve"),
    path("cases/<str:number>/steps/<str:form>/", steps.step, name="case_step"),
    path("licences/", licence.licences, name="licences"),
    path("licences.<file:kind>", licence.licences_file, name="licences_file"),
    path("licences/<str:number>/", licence.licence, name="licence"),
    path("licences/<str:number>/licence.json", licence.licence_file, name="licence_file"),
    path("licences/<str:number>/reservations/", entries.reserve, name="licence_reserve"),
    path("licences/<str:number>/exits/", entries.confirm, name="licence_confirm"),
    path("licences/<str:number>/status/", standing.change, name="licence_change"),
    path("licences/<str:number>/confirmations/", standing.confirm, name="licence_change_confirm"),
    path("licences/<str:number>/amendments/", standing.amend, name="licence_amend"),
    path("customs/", messages.messages, name="customs_messages"),
    path("customs.<file:kind>", messages.messages_file, name="customs_messages_file"),
    path("customs/<str:message>/answer/", messages.answer, name="customs_answer"),
    path("lots/", lots.lots, name="lots"),
    path("lots.<file:kind>", lots.lots_file, name="lots_file"),
    path("lots/<str:tail>/trace.<picture:kind>", lot.lot_file, name="lot_file"),
    path("lots/<str:tail>/", lot.lot, name="lot"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries.<file:kind>", deliveries.deliveries_file, name="deliveries_file"),
    path("balance/", balance.balance, name="balance"),
    path("balance.<file:kind>", balance.balance_file, name="balance_file"),
    path("months/", months.months, name="months"),
    path("months.<file:kind>", months.months_file, name="months_file"),
    path(
        "months/<str:site>/<str:element>/months.<picture:kind>",
        plant_months.plant_months_file,
        name="plant_months_file",
    ),
    path("months/<str:site>/<str:element>/", plant_months.plant_months, name="plant_months"),
    path("returns/", returns.returns, name="returns"),
    path("returns.<file:kind>", returns.returns_file, name="returns_file"),
    path("returns/<str:party>/<str:month>/return.<file:kind>", flow_return.flow_return_file, name="flow_return_file"),
    path("returns/<str:party>/<str:month>/", flow_return.flow_return, name="flow_return"),
    path("quotas/", quotas.quotas, name="quotas"),
    path("quotas.<file:kind>", quotas.quotas_file, name="quotas_file"),
    path("quotas/<str:party>/<int:year>/<str:of>/quota.<picture:kind>", quota.quota_file, name="quota_file"),
    path("quotas/<str:party>/<int:year>/<str:of>/", quota.quota, name="quota"),
    path("findings/", findings.findings, name="findings"),
    path("findings.<file:kind>", findings.findings_file, name="findings_file"),
    path("inquiries/", inquiries, name="inquiries"),
    path("inquiries.<file:kind>", inquiries_file, name="inquiries_file"),
    path("inquiries/<str:number>/", inquiry, name="inquiry"),
    path("inquiries/<str:number>/case.json", inquiry_file, name="inquiry_file"),
    path("closes/", closes, name="closes"),
    path("closes.<file:kind>", closes_file, name="closes_file"),
    path("closes/<str:month>/", close, name="close"),
    path("closes/<str:month>/accounts.<file:kind>", close_file, name="close_file"),
    path("screening/flags/", end_users.end_users, name="end_users"),
    path("screening/flags.<file:kind>", end_users.end_users_file, name="end_users_file"),
    path("screening/flags/<str:party>/flags.json", flags.flags_file, name="flags_file"),
    path("screening/flags/<str:party>/", flags.flags, name="flags"),
    path("law/", in_force.in_force, name="law"),
    path("law.<file:kind>", in_force.in_force_file, name="law_file"),
    path("law/classify/", classify.classify, name="law_classify"),
    path("law/classify.json", classify.classify_file, name="law_classify_json"),
    path("law/due/", due.due, name="law_due"),
    path("law/due.json", due.due_file, name="law_due_json"),
    path("law/end-use/", end_use.end_use, name="law_end_use"),
    path("law/end-use.json", end_use.end_use_file, name="law_end_use_json"),
    path("law/fields/", fields.fields, name="law_fields"),
    path("law/fields.<file:kind>", fields.fields_file, name="law_fields_file"),
    path("law/impact/", impact.impact, name="law_impact"),
    path("law/impact.<file:kind>", impact.impact_file, name="law_impact_file"),
    path("law/compare/", compare.compare, name="law_compare"),
    path("law/compare.csv", compare.compare_csv, name="law_compare_csv"),
    path("law/compare.json", compare.compare_json, name="law_compare_json"),
    path("law/packs/", packs.packs, name="law_packs"),
    path("law/packs.<file:kind>", packs.packs_file, name="law_packs_file"),
    path("law/changes/", changes.changes, name="law_changes"),
    path("law/changes.<file:kind>", changes.changes_file, name="law_changes_file"),
    path("law/rules/<str:name>/rule.json", packs.rule_file, name="law_rule_json"),
    path("law/rules/<str:name>/", packs.rule, name="law_rule"),
    path("screening/names/", screening_names.names, name="screening_names"),
    path("screening/names.json", screening_names.names_json, name="screening_names_json"),
    path("screening/alerts/", screening_alerts.alerts, name="screening_alerts"),
    path("screening/alerts.<file:kind>", screening_alerts.alerts_file, name="screening_alerts_file"),
    path("screening/alerts/<str:number>/", screening_alerts.alert, name="screening_alert"),
    path("screening/alerts/<str:number>/hit.json", screening_alerts.alert_file, name="screening_alert_json"),
    path("screening/alerts/<str:number>/opinion/", screening_alerts.opinion, name="screening_opinion"),
    path("screening/lists/", screening_lists.lists, name="screening_lists"),
    path("screening/lists.<file:kind>", screening_lists.lists_file, name="screening_lists_file"),
    path("screening/lists/<str:list_id>/", screening_lists.one_list, name="screening_list"),
    path("screening/lists/<str:list_id>/changes.<file:kind>", screening_lists.changes_file, name="screening_list_file"),
    path("screening/lists/<str:list_id>/release/", screening_lists.release, name="screening_list_release"),
    path("screening/lists/<str:list_id>/delist/", screening_lists.delist, name="screening_list_delist"),
    path("log/", log.log, name="log"),
    path("log.<file:kind>", log.log_file, name="log_file"),
    path("log/checkpoint", log.checkpoint, name="checkpoint"),
    path("events/<path:event>/proof.json", event.proof_file, name="proof_file"),
    path("events/<path:event>/event.json", event.event_file, name="event_file"),
    path("events/<path:event>/", event.event, name="event"),
]
