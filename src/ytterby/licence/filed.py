"""Everything that the parties of deliveries filed, folded from their records in order of the log.

`enter` checks one filing against all that was filed before it and, where nothing refuses it, takes it in; `refused`
only checks. It is the one place for both: what is checked when something is filed is checked again whenever the log
is read, so that a record that does not hold has no effect (threat O3). A function of its arguments alone, but that it
changes the state it is given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ytterby.licence import delivery_report as delivery
from ytterby.licence import end_use_statement as statement
from ytterby.licence import end_user_validation as validation
from ytterby.licence import invitation, trade_order, use_profile
from ytterby.licence.filing import Filing, Speech, canonical_text
from ytterby.licence.invitation import BoundKey, Invited
from ytterby.proof.key import PublicKey
from ytterby.terms.problem import Problem, refuse

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FilingRules:
    """What filings are checked by: the register that signatures are for, tables of invitations, uses and stages."""

    register_id: str
    invitations: invitation.InvitationRules
    uses: frozenset[str]
    stages: Mapping[str, tuple[str, ...]]


@dataclass
class Filed:
    """What was filed, as it stands, and the records without effect (number in the log, and why)."""

    requests: dict[str, tuple[invitation.InvitationRequest, str]] = field(default_factory=dict)
    invitations: dict[str, Invited] = field(default_factory=dict)
    keys: dict[str, BoundKey] = field(default_factory=dict)
    profiles: dict[str, use_profile.Profiled] = field(default_factory=dict)
    releases: dict[use_profile.ReleaseKey, use_profile.Released] = field(default_factory=dict)
    statements: dict[str, statement.Stated] = field(default_factory=dict)
    alarms: dict[str, statement.Alarmed] = field(default_factory=dict)
    orders: dict[str, trade_order.Ordered] = field(default_factory=dict)
    reports: list[delivery.Reported] = field(default_factory=list)
    retransfers: dict[str, delivery.Transferring] = field(default_factory=dict)
    visits: dict[str, delivery.EndUseVisit] = field(default_factory=dict)
    validations: dict[str, validation.Validated] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)
    # Where to look: invitations by token and by their two parties, accounts by party and by the bytes of their key.
    of_token: dict[str, str] = field(default_factory=dict)
    newest: dict[tuple[str, str], str] = field(default_factory=dict)
    account_of: dict[str, str] = field(default_factory=dict)
    bound: set[bytes] = field(default_factory=set)

    def has_key(self, party: str) -> bool:
        """Tell whether a party has a signing key that has not ended."""
        return party in self.account_of

    def by_token(self, token: str) -> Invited | None:
        """Return the invitation of a token, in whatever state."""
        return self.invitations.get(self.of_token.get(invitation.token_hash(token), ""))

    def neighbours(self, party: str) -> frozenset[str]:
        """Return who delivers to a party and to whom it delivers, as accepted invitations tell: one step each way."""
        used = [one.invitation for one in self.invitations.values() if one.use is not None]
        found = {one.party for one in used if one.asked_by == party}
        return frozenset(found | {one.asked_by for one in used if one.party == party})

    def level(self, party: str, rules: invitation.InvitationRules) -> str:
        """Return how sure it is that a party is who it says: the best of the invitations that it accepted."""
        used = [one for one in self.invitations.values() if one.use is not None and one.invitation.party == party]
        levels = [invitation.level_of(one.invitation.found, rules) for one in used]
        return max(levels, key=invitation.LEVELS.index, default=invitation.CLAIMED)

    def told_state(self, one: Invited) -> str:
        """Return all that whoever asked for an invitation is told: invited, accepted, or complete once a statement of
        the invited party for it was filed.
        """
        if one.use is None:
            return invitation.INVITED
        pair = (one.invitation.party, one.invitation.asked_by)
        signed = (s for s in self.statements.values() if s.filed.made == statement.SIGNED)
        is_stated = any((s.statement.end_user, s.statement.exporter) == pair for s in signed)
        return invitation.COMPLETE if is_stated else invitation.ACCEPTED

    def stops(self) -> frozenset[statement.Stop]:
        """Return what stops shipping now (`end_use_statement.stops_shipping` reads it)."""
        return statement.stops_of(self.statements.values(), self.alarms.values())


def shipping_stops(filed: Filed) -> frozenset[statement.Stop]:
    """Return the pairs (digest of a statement, order) that must not ship; see `end_use_statement.stops_shipping`."""
    return filed.stops()


def refused(filed: Filed, kind: str, one: Filing, said: Speech, rules: FilingRules) -> list[Problem]:
    """Return what refuses a filing beside all that was filed; it changes nothing.

    Raises:
        KeyError: no filing is of that kind.
    """
    check, _ = ENTRIES[kind]
    return _unwritable(one) or check(filed, one, said, rules)


def enter(filed: Filed, kind: str, one: Filing, said: Speech, rules: FilingRules) -> list[Problem]:
    """Return what refuses a filing; where nothing does, it is taken in.

    Raises:
        KeyError: no filing is of that kind.
    """
    problems = refused(filed, kind, one, said, rules)
    if not problems:
        _, take = ENTRIES[kind]
        take(filed, one, said)
    return problems


def _unwritable(one: Filing) -> list[Problem]:
    """Refuse what no database and no file holds as it is: half a surrogate pair, or a key that is no plain line."""
    try:
        canonical_text(one).encode()
    except UnicodeEncodeError as error:
        return [refuse("filed.form", "", "", why=f"character {error.start} of it is half a character")]
    return (
        [] if key_of(one).isprintable() else [refuse("filed.form", "", key_of(one), why="its number is no plain line")]
    )


Check = Callable[[Filed, Any, Speech, FilingRules], list[Problem]]
Take = Callable[[Filed, Any, Speech], None]


def _check_request(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return invitation.check_request(said, one, {key: request for key, (request, _) in filed.requests.items()})


def _take_request(filed: Filed, one: Any, said: Speech) -> None:
    filed.requests[one.id] = (one, said.party)


def _check_invitation(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    asked = {key: by for key, (_, by) in filed.requests.items()}
    has_key = filed.has_key(one.party)
    is_known = one.id in filed.invitations or one.token_hash in filed.of_token
    return invitation.check_invitation(said, one, rules.invitations, is_known=is_known, requests=asked, has_key=has_key)


def _take_invitation(filed: Filed, one: Any, said: Speech) -> None:
    pair = (one.asked_by, one.party)
    before = filed.newest.get(pair)
    if before is not None:
        filed.invitations[before] = replace(filed.invitations[before], is_newest=False)
    filed.newest[pair] = filed.of_token[one.token_hash] = one.id
    filed.invitations[one.id] = Invited(one, said.at)


def _check_use(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    invited = filed.invitations.get(one.invitation)
    party = invited.invitation.party if invited else ""
    return invitation.check_use(
        said,
        one,
        invited,
        register_id=rules.register_id,
        has_key=filed.has_key(party),
        is_taken=lambda account, raw: account in filed.keys or raw in filed.bound,
    )


def _take_use(filed: Filed, one: Any, said: Speech) -> None:
    invited = filed.invitations[one.invitation]
    filed.invitations[one.invitation] = replace(invited, use=one, used_at=said.at)
    if not one.key:
        return
    party = invited.invitation.party
    before = filed.account_of.get(party)
    if before is not None:
        filed.keys[before] = replace(filed.keys[before], ended=said.at)
    filed.keys[one.account] = BoundKey(party, one.account, one.key, said.at)
    filed.account_of[party] = one.account
    filed.bound.add(PublicKey.parse(one.key).raw)


def _check_end(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return invitation.check_end(said, one, filed.invitations.get(one.invitation))


def _take_end(filed: Filed, one: Any, said: Speech) -> None:
    del said
    filed.invitations[one.invitation] = replace(filed.invitations[one.invitation], end=one)


def _check_profile(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    return use_profile.check_profile(said, one, filed.profiles.get(one.id), rules.uses)


def _take_profile(filed: Filed, one: Any, said: Speech) -> None:
    before = filed.profiles[one.id].versions if one.id in filed.profiles else ()
    filed.profiles[one.id] = use_profile.Profiled((*before, (one, said.at)))


def _check_release(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return use_profile.check_release(said, one, filed.profiles.get(one.profile))


def _take_release(filed: Filed, one: Any, said: Speech) -> None:
    filed.releases[use_profile.release_key(one)] = use_profile.Released(one, said.at)


def _check_statement(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    return statement.check_statement(said, one, filed.statements, filed.keys, rules.register_id)


def _take_statement(filed: Filed, one: Any, said: Speech) -> None:
    digest = statement.statement_digest(one.statement)
    filed.statements[digest] = statement.Stated(digest, one, said.party, said.at)


def _check_repudiation(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return statement.check_repudiation(said, one, filed.statements.get(one.statement))


def _take_repudiation(filed: Filed, one: Any, said: Speech) -> None:
    stated = filed.statements[one.statement]
    filed.statements[one.statement] = replace(stated, repudiation=one, repudiated_at=said.at)


def _check_alarm(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    ordered = filed.orders.get(one.order)
    of_order = ordered.order.parties if ordered else ()
    stated = filed.statements.get(one.statement)
    return statement.check_alarm(said, one, filed.alarms, stated=stated, of_order=of_order)


def _take_alarm(filed: Filed, one: Any, said: Speech) -> None:
    filed.alarms[one.id] = statement.Alarmed(one, said.party, said.at)


def _check_alarm_end(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return statement.check_alarm_end(said, one, filed.alarms.get(one.alarm))


def _take_alarm_end(filed: Filed, one: Any, said: Speech) -> None:
    filed.alarms[one.alarm] = replace(filed.alarms[one.alarm], end=one, ended_at=said.at)


def _check_order(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return trade_order.check_order(said, one, filed.orders.get(one.key))


def _take_order(filed: Filed, one: Any, said: Speech) -> None:
    before = filed.orders[one.key].versions if one.key in filed.orders else ()
    filed.orders[one.key] = trade_order.Ordered((*before, (one, said.at)))


def _order_of(filed: Filed, key: str) -> trade_order.TradeOrder | None:
    return filed.orders[key].order if key in filed.orders else None


def _check_report(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    return delivery.check_report(said, one, _order_of(filed, one.order), rules.stages)


def _take_report(filed: Filed, one: Any, said: Speech) -> None:
    filed.reports.append(delivery.Reported(one, said.party, said.at))


def _check_retransfer(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return delivery.check_retransfer(said, one, _order_of(filed, one.order), filed.retransfers)


def _take_retransfer(filed: Filed, one: Any, said: Speech) -> None:
    filed.retransfers[one.id] = delivery.Transferring(one, said.party, said.at)


def _check_decision(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return delivery.check_decision(said, one, filed.retransfers.get(one.request))


def _take_decision(filed: Filed, one: Any, said: Speech) -> None:
    asked = filed.retransfers[one.request]
    filed.retransfers[one.request] = replace(asked, decision=one, decided_at=said.at)


def _check_visit(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return delivery.check_visit(said, one, filed.visits)


def _take_visit(filed: Filed, one: Any, said: Speech) -> None:
    del said
    filed.visits[one.id] = one


def _check_validation(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return validation.check_validation(said, one, filed.validations)


def _take_validation(filed: Filed, one: Any, said: Speech) -> None:
    filed.validations[one.id] = validation.Validated(one, said.account, said.at)


def _check_confirmation(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return validation.check_confirmation(said, one, filed.validations.get(one.validation))


def _take_confirmation(filed: Filed, one: Any, said: Speech) -> None:
    held = filed.validations[one.validation]
    filed.validations[one.validation] = replace(held, confirmed=(said.account, said.at))


def _check_withdrawal(filed: Filed, one: Any, said: Speech, rules: FilingRules) -> list[Problem]:
    del rules
    return validation.check_withdrawal(said, one, filed.validations.get(one.validation))


def _take_withdrawal(filed: Filed, one: Any, said: Speech) -> None:
    held = filed.validations[one.validation]
    filed.validations[one.validation] = replace(held, withdrawn=(said.account, said.at, one.text))


STRUCTS: Mapping[str, type[Filing]] = {
    "invitation_request": invitation.InvitationRequest,
    "invitation": invitation.Invitation,
    "invitation_use": invitation.InvitationUse,
    "invitation_end": invitation.InvitationEnd,
    "use_profile": use_profile.UseProfile,
    "use_release": use_profile.UseRelease,
    "end_use_statement": statement.FiledStatement,
    "repudiation": statement.Repudiation,
    "shipping_alarm": statement.ShippingAlarm,
    "shipping_alarm_end": statement.AlarmEnd,
    "trade_order": trade_order.TradeOrder,
    "delivery_report": delivery.DeliveryReport,
    "retransfer": delivery.Retransfer,
    "retransfer_decision": delivery.RetransferDecision,
    "end_use_visit": delivery.EndUseVisit,
    "end_user_validation": validation.EndUserValidation,
    "validation_confirmation": validation.ValidationConfirmation,
    "validation_withdrawal": validation.ValidationWithdrawal,
}
ENTRIES: Mapping[str, tuple[Check, Take]] = {
    "invitation_request": (_check_request, _take_request),
    "invitation": (_check_invitation, _take_invitation),
    "invitation_use": (_check_use, _take_use),
    "invitation_end": (_check_end, _take_end),
    "use_profile": (_check_profile, _take_profile),
    "use_release": (_check_release, _take_release),
    "end_use_statement": (_check_statement, _take_statement),
    "repudiation": (_check_repudiation, _take_repudiation),
    "shipping_alarm": (_check_alarm, _take_alarm),
    "shipping_alarm_end": (_check_alarm_end, _take_alarm_end),
    "trade_order": (_check_order, _take_order),
    "delivery_report": (_check_report, _take_report),
    "retransfer": (_check_retransfer, _take_retransfer),
    "retransfer_decision": (_check_decision, _take_decision),
    "end_use_visit": (_check_visit, _take_visit),
    "end_user_validation": (_check_validation, _take_validation),
    "validation_confirmation": (_check_confirmation, _take_confirmation),
    "validation_withdrawal": (_check_withdrawal, _take_withdrawal),
}
KINDS = tuple(STRUCTS)
KIND_OF: Mapping[type[Filing], str] = {held: kind for kind, held in STRUCTS.items()}


def key_of(one: Filing) -> str:
    """Return the key under which the log keeps a filing, of an invitation its token's hash."""
    match one:
        case invitation.Invitation():
            return one.token_hash
        case invitation.InvitationUse() | invitation.InvitationEnd():
            return one.invitation
        case use_profile.UseRelease():
            return " ".join(map(str, use_profile.release_key(one)))
        case statement.FiledStatement():
            return statement.statement_digest(one.statement)
        case statement.Repudiation():
            return one.statement
        case statement.AlarmEnd():
            return one.alarm
        case trade_order.TradeOrder():
            return one.key
        case delivery.DeliveryReport():
            return f"{one.order} {one.delivery} {one.stage}"
        case delivery.RetransferDecision():
            return one.request
        case validation.ValidationConfirmation() | validation.ValidationWithdrawal():
            return one.validation
        case _:
            return str(one.id)  # type: ignore[attr-defined]
