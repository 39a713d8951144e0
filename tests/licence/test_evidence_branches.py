"""Each comparison and each branch of the rooms of evidence, turned round, changes the answer to a case that the other
tests hold by hand: so none of them is there for nothing.
"""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from licence import test_finding as findings
from licence import test_lot_evidence as lots
from licence import test_not_controlled as free
from licence import test_precedent as earlier
from licence.flipped_branches import unnoticed
from ytterby.law.basis import Basis
from ytterby.law.completeness import Completeness, Gap, Severity
from ytterby.law.trust import Confidence, Trust
from ytterby.licence import finding, lot_evidence, not_controlled, precedent
from ytterby.licence.evidence import Evidence, ScreeningSection
from ytterby.licence.lot_claim import Held
from ytterby.proof.note import NoteError, sign_note

D = Decimal


def told(value):
    """What an answer says, whichever module's classes it is made of."""
    return repr(msgspec.to_builtins(value, enc_hook=repr, builtin_types=(Decimal,)))


def outcome(action, *given):
    """What an action gives, or what it raises."""
    try:
        return told(action(*given))
    except Exception as error:
        return f"{type(error).__name__}"


def hold(module, shipped, battery):
    """Let a module answer a battery of cases as the shipped one does."""
    for number, (mine, wanted) in enumerate(zip(battery(module), battery(shipped), strict=True)):
        assert mine == wanted, number


EVIDENCES = [
    findings.evidence(),
    Evidence("C", "", "", 0),
    *(findings.evidence(**sections) for _, sections in findings.ADVERSE.values()),
    *(
        findings.evidence(screening=section)
        for section in (
            ScreeningSection("done", "", "alerts", alerts=(findings.HIT,)),
            ScreeningSection("done", "", "passed", reviews=(findings.HIT,)),
            ScreeningSection("done", "", "alerts"),
            ScreeningSection("not_checked", "x", "passed", unregistered=("Acme",)),
            ScreeningSection("not_checked", "x", "not_checked"),
            ScreeningSection("done", "", "passed", unregistered=("Acme",)),
            ScreeningSection("done", "", "passed", alerts=(findings.HIT,)),
        )
    ),
    *(
        findings.evidence(law=msgspec.structs.replace(findings.evidence().law, lines=(line,)))
        for line in (
            findings.LineLaw(1, "not_controlled", by="law"),
            findings.LineLaw(1, "controlled", codes=("CN-1C905.a",), declared_code="1C905.a"),
            findings.LineLaw(1, "controlled", codes=("1-2.a",), declared_code="2.a"),
            findings.LineLaw(1, "controlled", codes=("1C905.a",)),
            findings.LineLaw(1, "controlled", declared_code="1C905.a"),
            findings.LineLaw(1, "controlled", needs=(findings.Needed("R", "c", "licence", ("licence",)),)),
            findings.LineLaw(1, "controlled", described=(("a", "", "controlled"), ("lot", "x", "controlled"))),
        )
    ),
    *(
        findings.evidence(flags=msgspec.structs.replace(findings.evidence().flags, end_users=(
            findings.EndUserFlags("p", "u", "1", "", "0", grade, count,
                                  (findings.FlagFound("D1", "d", grade, "1"),)),)))
        for grade, count in (("weak", 0), ("none", 2), ("unknown", 1))
    ),
    findings.evidence(completeness=msgspec.structs.replace(findings.evidence().completeness, gaps=(
        findings.GapFound("asked", "document_missing", "x"),))),
    findings.evidence(precedents=msgspec.structs.replace(findings.evidence().precedents, found=(
        findings.PrecedentFound("C-0", "granted", "2025-01-01", ("use",)),))),
    findings.evidence(consumption=msgspec.structs.replace(findings.evidence().consumption, end_users=(
        findings.Consumed("p", "Dy", "1", "0", "9", is_within="yes"),))),
    findings.evidence(lots=findings.LotsSection("done", "", (findings.LOT,), (
        findings.LineLots(1, "1", "2", "yes", "", {"Dy": findings.ElementNeed("1", "2", "0", "yes")}),))),
    findings.evidence(statements=findings.ToldSection("done", "", "", (
        {"against": "", "subject": "s"}, {"against": 7}, {"subject": "t"},
        {"against": "ended", "count": 3, "why": "w"},))),
]  # fmt: skip


GAP = Gap(
    Severity.MISSING, "field_missing", "contract", "", "buyer", (("value", "x"),),
    (("field", ({"en": "buyer", "zh": "买方"},)), ("fields", ())), Basis.LAW, "R", None, Trust("s", Confidence.READ),
)  # fmt: skip


def finding_battery(module):
    for one in EVIDENCES:
        for blocking in (findings.ALL, frozenset(), frozenset({"astrology", "screening"})):
            found = module.findings_of(one, blocking)
            yield told(found)
            yield told([each.is_settled_by_words for each in found])
            yield told(module.open_findings(found, [each.key for each in found][::2]))
            yield told(module.not_checked(blocking))
            view = module.ExporterView(one.completeness, one.law, one.lots)
            yield told(module.exporter_findings(view, blocking))
        yield told(module.has_candidate(one))
    yield told(module.completeness_section(Completeness("no", "individual", (GAP, GAP))))


def test_of_findings():
    assert unnoticed(finding, lambda one: hold(one, finding, finding_battery)) == []


def lot_battery(module):
    def standing(lot="a", kg="100", unit="KGM", left=None, u="0", **elements):
        content = {name: module.Content(D(part), D(u)) for name, part in elements.items()}
        held = Held(lot, D(left or kg or "9"), unit, None if kg is None else D(kg))
        return module.LotStanding(lot, held, content, "magnet", "balances", "whole", "matched")

    def line(amount, *of, number=1, unit="KGM", **composition):
        return module.LineAsked(number, D(amount), unit, of, {name: D(part) for name, part in composition.items()})

    other = module.OtherClaim("C-2#1", D("60"), "KGM", ("a",))
    pieces = module.OtherClaim("C-3#1", D("5"), "H87", ("a",))
    elsewhere = module.OtherClaim("C-3#1", D("5"), "H87", ("b",))
    empty = module.LotStanding("e", Held("e", D(0), "KGM", D(0)), {}, "magnet")
    cases = [
        ([line("100", "a")], [standing(Nd="30")], []),
        ([line("100.001", "a")], [standing(Nd="30")], []),
        ([line("40", "a")], [standing(Nd="30")], [other]),
        ([line("41", "a")], [standing(Nd="30")], [other]),
        ([line("60", "a"), line("60", "a", number=2)], [standing(Nd="30")], []),
        ([line("1", "a")], [standing(Nd="30")], [module.OtherClaim("x", D(600), "KGM", ("a",))]),
        ([line("100", "a", Dy="4")], [standing(Dy="1", Nd="30")], []),
        ([line("100", "a", Dy="1.2")], [standing(Dy="1", u="0.1")], []),
        ([line("100", "a", Dy="1.21")], [standing(Dy="1", u="0.1")], []),
        ([line("100", "a", Dy="1.200001")], [standing(Dy="1", u="0.1")], []),
        ([line("100", "a", Dy="1", Tb="0")], [standing(Nd="1")], []),
        ([line("1", "a", Dy="1")], [standing()], []),
        ([line("1", "a")], [standing()], []),
        ([line("1"), line("1", "z", number=2)], [standing(Nd="1")], []),
        ([line("1")], [], []),
        ([line("1", "a")], [module.LotStanding("a", Held("a", D(9), "H87", None))], []),
        ([line("1", "a", "b")], [standing(Nd="1"), module.LotStanding("b", Held("b", D(9), "H87", None))], []),
        ([line("1", "a", unit="H87")], [standing(Nd="1")], []),
        ([line("10", "a", unit="H87")], [standing(kg="1", left="10", unit="H87", Nd="0.3")], []),
        ([line("1", "a")], [standing(Nd="1")], [pieces]),
        ([line("1", "a")], [standing(Nd="1")], [elsewhere]),
        ([line("1", "a")], [standing(Nd="1")], [other, pieces]),
        ([line("1", "a", "e")], [standing(Nd="1"), empty], []),
        ([line("1", "ghost")], [], []),
        ([line("1", "a")], [standing(Nd="1")], [module.OtherClaim("x", D(10), "KGM", ("a", "b")), elsewhere]),
        ([line("50", "a", "b")], [standing(Nd="30"), standing("b", "10", Nd="2", Dy="1")], [other]),
    ]
    for lines, standings, others in cases:
        yield outcome(module.lots_section, lines, {one.lot: one for one in standings}, others, "party:a")


def test_of_lots():
    found = unnoticed(lot_evidence, lambda one: hold(one, lot_evidence, lot_battery))
    # Zero of an element, or of a lot, gives the same with and without a look at it.
    assert [one for one in found if not any(part in one for part in ("kg > 0", "kg <= 0", "<= 0"))] == []
    assert lots.D is Decimal


def precedent_battery(module):
    def goods(form="magnet", **elements):
        return module.Composition(form, {name: D(part) for name, part in elements.items()})

    rich, bare = goods(Nd="29", Dy="2.5"), goods(Nd="30")
    compositions = [
        rich, bare, goods(), goods("alloy", Nd="29", Dy="2.5"), goods(Nd="29", Dy="3"), goods(Nd="29", Dy="3.01"),
        goods(Nd="29", Dy="2.5", Tb="0.5"), goods(Fe="60"),
        goods(Pr="29.5", Nd="30.5", Fe="60"), goods(Nd="30", Pr="28.9"),
    ]  # fmt: skip
    for one in compositions:
        for other in compositions:
            yield repr(one.is_like(other))
        yield repr(module.keys_of(module.Asked((one,), frozenset({"u"}), "ev")))
    asked = module.Asked((rich,), frozenset({"u"}), "ev")
    others = [
        module.Precedent(str(number), module.Asked((composition,), frozenset(users), use), "granted", day)
        for number, (composition, users, use, day) in enumerate([
            (rich, "u", "ev", "2025-01-01"), (bare, "u", "wind", "2025-01-02"), (rich, "x", "wind", "2025-01-03"),
            (bare, "x", "ev", "2025-01-04"), (rich, "u", "ev", "2025-02-01"), (rich, "u", "ev", "2026-01-01"),
            (rich, "u", "ev", "2026-01-02"), (bare, "x", "", "2025-01-01"),
        ])
    ]  # fmt: skip
    for case in ("mine", "0"):
        yield told(module.nearest(asked, others, case=case, before="2026-01-01"))
    yield told(module.nearest(asked, others[3:4], case="mine", before="2026-01-01"))
    for one in others:
        yield repr(module.alike(asked, one.asked))
    unused = module.Asked((bare,), frozenset(), "")
    yield repr(module.alike(unused, module.Asked((rich,), frozenset(), "")))


def test_of_precedents():
    assert unnoticed(precedent, lambda one: hold(one, precedent, precedent_battery)) == []
    assert earlier.NEAREST == 3


def document_battery(module):
    document = module.read_document(not_controlled.document_fields(free.DOCUMENT))
    facts = {"goods": "g", "source": ("lot-1 party:a site",), "law": document.law}
    changes = [{}, {"goods": "x"}, {"goods": None}, {"source": None}, {"law": None}, {"law": "x"}]
    for change in [*changes, *({"challenge": one} for one in ("open", "upheld", "answered"))]:
        yield repr(module.still_holds(document, module.FactsNow(**(facts | change))))
    for change in ({}, {"subjects": ()}, {"report": "x"}, {"rules": ()}):
        for answer in ("not_controlled", "ask"):
            law = msgspec.structs.replace(free.LAW, answer=answer)
            yield repr(module.document_problems(msgspec.structs.replace(document, **change), law))
    for schema in ("ytterby-not-controlled/1", "other"):
        yield outcome(module.read_document, not_controlled.document_fields(free.DOCUMENT) | {"schema": schema})
    note = module.signed_document("r", document, free.KEY)
    texts = ["hello\n", "ytterby/not-controlled/v1\nr\n{}\n", "x\nr\n{}\n", "ytterby/not-controlled/v1\nr\n{}\nmore\n"]
    for one in (note, *(sign_note(text, free.KEY, use=not_controlled.KeyUse.LICENCE) for text in texts)):
        for register in ("r", "s"):
            yield outcome(module.open_document, one, register, [free.KEY.public])


def challenge_battery(module):
    document = module.read_document(not_controlled.document_fields(free.DOCUMENT))

    def same(said):
        return module.read_said(not_controlled.said_fields(said))

    def challenge(one):
        result = None if one.result is None else same(one.result)
        return module.Challenge(same(one.asked), one.at, one.by, [same(each) for each in one.samples], result)

    marks = free.test_what_customs_say_has_its_order_and_its_figures.pytestmark
    rows = next(mark for mark in marks if mark.name == "parametrize").args[1]
    good = [({}, free.asked()), ({}, free.asked(due="2026-11-24")), (free.challenged(()), free.SAMPLE),
            (free.challenged(), free.RESULT), (free.challenged(result=free.RESULT), free.asked(id="Q2")),
            ({}, free.asked(id="x" * 80)), ({}, free.asked(id="x" * 81)), ({}, free.asked(text="x" * 2000)),
            (free.challenged(), msgspec.structs.replace(free.RESULT, text="x" * 2001)),
            (free.challenged(), msgspec.structs.replace(free.RESULT, text="x" * 2000)),
            (free.challenged(()), msgspec.structs.replace(free.SAMPLE, mass_kg="x")),
            (free.challenged([msgspec.structs.replace(free.SAMPLE, label=str(n)) for n in range(49)]), free.SAMPLE),
            (free.challenged(()), msgspec.structs.replace(free.SAMPLE, label=" "))]  # fmt: skip
    for held, said in [*((row[0], row[1]) for row in rows), *good]:
        mine = {name: challenge(one) for name, one in held.items()}
        yield repr(module.challenge_problems(document, mine, same(said), free.ON))
        yield repr([(one.state, one.is_overdue(date(2026, 12, 1)), one.is_overdue(date(2026, 12, 2)))
                    for one in mine.values()])  # fmt: skip
        yield repr(module.challenge_state(mine.values()))
    upheld = free.challenged(result=msgspec.structs.replace(free.RESULT, outcome="controlled"))
    yield repr(module.challenge_state([challenge(one) for one in upheld.values()]))
    leaving = module.Exit("D-1", 1, 0, "10", "KGM", "now")
    for change in ({}, {"quantity": "0"}, {"quantity": "x"}, {"declaration": " "}, {"line": 0}, {"seq": -1}, {"seq": 1},
                   {"quantity": "11"}, {"at": "then"}):  # fmt: skip
        one = msgspec.structs.replace(leaving, **change)
        yield repr([module.exit_problems(held, one) for held in ({}, {leaving.key: leaving})])


@pytest.mark.parametrize("batteries", [(document_battery, challenge_battery)])
def test_of_documents(batteries):
    def check(module):
        for battery in batteries:
            hold(module, not_controlled, battery)

    assert unnoticed(not_controlled, check) == []
    assert NoteError
