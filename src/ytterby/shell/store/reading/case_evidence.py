"""What is gathered for a case: every check that the register can make of an application, at an instant and a log size.

Who may read: bodies with the mandate licensing, and the register itself. Nobody else is given any of it; an exporter's
own run before it submits (`exporter_run`) is made of its dossier, its goods and its lots, read as it reads them itself.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ytterby.chain.party import OPERATOR
from ytterby.law.completeness import judge_completeness
from ytterby.law.dossier import read_dossier
from ytterby.licence.application import Application, dossier_of
from ytterby.licence.case import application_digest
from ytterby.licence.case_mark import end_users_of, lines_asked
from ytterby.licence.end_user_validation import CONFIRMED
from ytterby.licence.evidence import (
    DONE,
    CompletenessSection,
    Evidence,
    GapFound,
    LawSection,
    LotsSection,
    PrecedentsSection,
    ScreeningGap,
    ScreeningHit,
    ScreeningSection,
    ToldSection,
    ratio_text,
)
from ytterby.licence.filed import Filed
from ytterby.licence.finding import ExporterView, completeness_section
from ytterby.licence.law_evidence import LineGoods, Transaction, law_section
from ytterby.licence.lot_evidence import LineAsked, lots_section
from ytterby.licence.precedent import Asked, Composition, Precedent, nearest
from ytterby.licence.told_section import EndUserLaw, end_users_section, statements_section
from ytterby.screening.check import Answer, Check
from ytterby.screening.hit import Hit
from ytterby.shell.site.filing_tables import filing_rules
from ytterby.shell.site.packs import door_tables, use_limits
from ytterby.shell.site.register import current_register
from ytterby.shell.store.case_marks import asked_elsewhere, other_claims, precedents_of
from ytterby.shell.store.casework.case_desk import Desk, name_of_party
from ytterby.shell.store.filed import kept_filed
from ytterby.shell.store.reading.book_size import book_known
from ytterby.shell.store.reading.case_end_users import Wanted, consumption_section, flags_section
from ytterby.shell.store.reading.case_goods import line_goods
from ytterby.shell.store.reading.case_lots import OfferedLots, own_goods, own_lots
from ytterby.shell.store.reading.findings import open_findings_of
from ytterby.shell.store.reading.screening import check_parties, digests_of_lists
from ytterby.shell.store.reading.viewer import LICENSING, OPERATOR_VIEWER, Viewer
from ytterby.terms.instant import write_instant


def gathers_evidence(viewer: Viewer) -> bool:
    """Tell whether a viewer may gather evidence for cases."""
    return viewer.party == OPERATOR or LICENSING in viewer.mandates


def gather_evidence(
    viewer: Viewer,
    desk: Desk,
    case: str,
    application: Application,
    *,
    amends: str = "",
) -> Evidence:
    """Return the evidence of a case at the instant and log size of its desk.

    `amends` is the licence that the case amends.

    Raises:
        PermissionError: the viewer does not license; evidence with half of it missing would mislead.
    """
    if not gathers_evidence(viewer):
        raise PermissionError("evidence is gathered by those who license")
    known, on = desk.known, desk.today
    offered = OfferedLots(viewer, known, application.lots, application.exporter)
    described = line_goods(viewer, known, application, offered.goods, on)
    asked = lines_asked(application, described, door_tables().units)
    law = _law(desk, application, described)
    others = other_claims(case, application.exporter, application.lots, licence=amends) if application.lots else []
    more = {lot for one in others for lot in one.lots} - set(application.lots)
    beside = OfferedLots(viewer, known, more, application.exporter).standings() if more else {}
    lots = lots_section(asked, {**beside, **offered.standings()}, others, application.exporter)
    wanted = _wanted(lots, law, asked)
    compared = _compared(law, application)
    precedents = tuple(precedents_of(compared))
    told = book_known(OPERATOR_VIEWER, known)
    elsewhere = asked_elsewhere(case, end_users_of(application))
    end_users, statements = _filed(desk, application)
    return Evidence(
        case=case,
        application=application_digest(application),
        at=write_instant(desk.at),
        as_of_size=known.size,
        packs=desk.packs,
        lists=dict(digests_of_lists(viewer, known)),
        completeness=_completeness(desk, application),
        law=law,
        screening=_screening(viewer, desk, application),
        lots=lots,
        flags=flags_section(viewer, application, wanted, precedents, elsewhere, on=on, known=told),
        consumption=consumption_section(viewer, application, wanted, elsewhere, on=on, known=told),
        precedents=_precedents(compared, precedents, case, on),
        end_users=end_users,
        statements=statements,
    )


def _filed(desk: Desk, application: Application) -> tuple[ToldSection, ToldSection]:
    """Return what the parties filed: how well end users are known, and what they stated."""
    register = current_register()
    filed = kept_filed(register, desk.known.size)
    law = _end_user_law(desk, application, filed)
    end_users = end_users_section(application, filed, filing_rules(register.id).invitations, law)
    return end_users, statements_section(application, filed, desk.today)


def _end_user_law(desk: Desk, application: Application, filed: Filed) -> EndUserLaw:
    """Return what end users are held against: by the pack, and what is open against those of whom that may count."""
    rules = desk.procedure.casework
    kind = desk.procedure.licence_kinds.get(application.licence_kind)
    validated = {one.validation.party for one in filed.validations.values() if one.state == CONFIRMED}
    validation = rules.validated_end_user if rules is not None else None
    users = [user for user in end_users_of(application) if user in validated]
    return EndUserLaw(
        on=desk.today,
        validation=validation,
        owed=kind.reports if kind is not None else (),
        calendars=desk.calendars,
        open_findings=open_findings_of(OPERATOR_VIEWER, desk.known, users) if validation is not None else {},
    )


def _completeness(desk: Desk, application: Application) -> CompletenessSection:
    """Return what the dossier of an application lacks; what cannot be read as one is told gap by gap."""
    rules = desk.book.dossiers.get(desk.procedure.id)
    told = dossier_of(application, rules, name_of_party(desk.known))
    dossier, problems = read_dossier(told, desk.procedure, rules, door_tables().units)
    if dossier is None:
        gaps = tuple(GapFound("missing", one.code, field=one.where.pointer) for one in problems)
        return CompletenessSection(DONE, "", "no", application.licence_kind, gaps)
    return completeness_section(judge_completeness(dossier, desk.procedure, rules, desk.book.end_uses, desk.today))


def _law(desk: Desk, application: Application, described: Sequence[LineGoods]) -> LawSection:
    use = str(application.use.get("code", ""))
    transaction = Transaction(application.destination, use, desk.today, desk.known.law_day(desk.today))
    return law_section(described, desk.book, desk.procedure, transaction)


def _wanted(lots: LotsSection, law: LawSection, asked: Sequence[LineAsked]) -> Wanted:
    """Return what is asked for: by what the lots section found, else by what the lines state."""
    found = {line.line: line for line in lots.lines}
    goods: Decimal | None = Decimal(0)
    elements: dict[str, Decimal] = {}
    for line in asked:
        row = found.get(line.line)
        kg = Decimal(row.asked_kg) if row is not None and row.asked_kg else None
        if kg is None and line.unit == "KGM":
            kg = line.amount
        goods = None if kg is None or goods is None else goods + kg
        stated = {name: kg * part / 100 for name, part in line.composition.items()} if kg is not None else {}
        measured = {} if row is None else {name: Decimal(need.asked_kg) for name, need in row.elements.items()}
        for name, mass in (measured or stated).items():
            elements[name] = elements.get(name, Decimal(0)) + mass
    forms = {line.form for line in law.lines}
    is_counted = bool(forms) and forms <= use_limits().counted_forms
    return Wanted(goods, {name: kg for name, kg in elements.items() if kg > 0}, is_counted)


def _compared(law: LawSection, application: Application) -> Asked:
    goods = (
        Composition(one.form, {symbol: Decimal(part) for symbol, part in one.composition.items()}) for one in law.lines
    )
    return Asked(tuple(goods), frozenset(end_users_of(application)), str(application.use.get("code", "")))


def _precedents(compared: Asked, found: Sequence[Precedent], case: str, on: date) -> PrecedentsSection:
    return nearest(compared, found, case=case, before=on.isoformat())


def _screening(viewer: Viewer, desk: Desk, application: Application) -> ScreeningSection:
    """Return what screening says of everybody on the case; whom the register does not hold, nobody screens."""
    strangers = tuple(dict.fromkeys(one.name for one in application.parties if not one.party))
    found = check_parties(viewer, desk.known, application.party_ids, desk.at)
    return _screening_section(found, application.party_ids, strangers)


def _screening_section(found: Check, parties: Sequence[str], strangers: tuple[str, ...]) -> ScreeningSection:
    """Return the section of what screening answered of parties, and of those whom the register does not hold."""
    gaps = tuple(ScreeningGap(one.gap.value, one.party, one.list) for one in found.missing)
    is_done = found.answer is not Answer.NOT_CHECKED and not strangers
    why = "" if is_done else "unregistered" if strangers else gaps[0].gap
    return ScreeningSection(
        status=DONE if is_done else "not_checked",
        why=why,
        answer=found.answer.value if not strangers else Answer.NOT_CHECKED.value,
        parties=tuple(parties),
        unregistered=strangers,
        gaps=gaps,
        alerts=tuple(_hit(one) for one in found.alerts),
        reviews=tuple(_hit(one) for one in found.reviews),
        suppressed=tuple(sorted(one.number for one in found.suppressed)),
    )


def _hit(one: Hit) -> ScreeningHit:
    return ScreeningHit(one.number, one.party, one.list, one.entry, ratio_text(one.score))


# The exporter's own run


def exporter_run(viewer: Viewer, desk: Desk, case: str, application: Application) -> ExporterView:
    """Return what an exporter's run before submission rests on: its dossier, its own goods, what it holds of its lots.

    Raises:
        PermissionError: the viewer is not the exporter of the application.
    """
    if viewer.party is None or viewer.party != application.exporter:
        raise PermissionError("an exporter checks its own applications")
    owner = Viewer(viewer.party)
    described = line_goods(owner, desk.known, application, lambda lot: own_goods(owner, desk.known, lot), desk.today)
    others = other_claims(case, viewer.party, application.lots) if application.lots else []
    lots = {*application.lots, *(lot for one in others for lot in one.lots)}
    standings = own_lots(owner, desk.known, sorted(lots))
    return ExporterView(
        completeness=_completeness(desk, application),
        law=_law(desk, application, described),
        lots=lots_section(lines_asked(application, described, door_tables().units), standings, others, viewer.party),
    )
