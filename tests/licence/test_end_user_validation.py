"""What an end user has shown is entered by one person of the office and confirmed by another (threat D1)."""

from datetime import date
from types import ModuleType

from licence.filings import AT, LUMEN, OFFICE, ORIEL, SECOND, file, later, said, validated
from licence.flipped_branches import unnoticed
from ytterby.licence import end_user_validation as shipped
from ytterby.licence.end_user_validation import ValidationConfirmation, ValidationWithdrawal, record_of
from ytterby.licence.filed import Filed


def codes(problems):
    return [problem.code for problem in problems]


def check_semantics(module: ModuleType) -> None:
    office, other = said(OFFICE), said(SECOND)

    def entered(who=office, known=(), **changes):
        return codes(module.check_validation(who, validated(**changes), dict.fromkeys(known)))

    assert entered() == []
    assert [entered(said(party)) for party in (LUMEN, ORIEL)] == [["filed.office_needed"]] * 2
    assert entered(known=("w1",)) == ["filed.twice"]
    assert entered(shown={}) == ["validation.nothing_shown"]
    assert entered(shown={"visits": AT.date().isoformat()}) == []
    assert entered(shown={"visits": "2026-03-03"}) == ["filed.day_to_come"]
    assert entered(shown={"visits": "soon", "no_finding": "2026-01-01"}) == ["filed.day", "validation.need"]
    assert entered(documents=()) == ["filed.no_documents"]
    assert entered(documents=("x",)) == ["filed.no_digest"]
    assert [entered(text=""), entered(party=" "), entered(number="")] == [["filed.no_text"]] * 3

    proposed = module.Validated(validated(), OFFICE, AT)
    confirmed = module.Validated(validated(), OFFICE, AT, (SECOND, AT))
    withdrawn = module.Validated(validated(), OFFICE, AT, (SECOND, AT), (OFFICE, AT, "sold"))
    assert [one.state for one in (proposed, confirmed, withdrawn)] == ["proposed", "confirmed", "withdrawn"]
    # What nobody confirmed can be withdrawn all the same.
    assert module.Validated(validated(), OFFICE, AT, None, (OFFICE, AT, "typed wrong")).state == "withdrawn"

    def confirms(who, held):
        return codes(module.check_confirmation(who, ValidationConfirmation("w1"), held))

    assert confirms(other, proposed) == []
    assert confirms(office, proposed) == ["validation.same_person"]
    assert confirms(module.Speech(AT, OFFICE, "", is_office=True), proposed) == ["validation.same_person"]
    assert confirms(said(ORIEL), proposed) == ["filed.office_needed"]
    assert [confirms(other, one) for one in (None, confirmed, withdrawn)] == [["filed.unknown"]] * 3

    def withdraws(who, held, text="sold"):
        return codes(module.check_withdrawal(who, ValidationWithdrawal("w1", text), held))

    assert [withdraws(who, one) for who in (office, other) for one in (proposed, confirmed)] == [[]] * 4
    assert [withdraws(office, one) for one in (None, withdrawn)] == [["filed.unknown"]] * 2
    assert withdraws(office, confirmed, " ") == ["filed.no_text"]
    assert withdraws(said(LUMEN), confirmed) == ["filed.office_needed"]

    def days(*held):
        found = module.record_of(held, LUMEN, level="organisation", open_findings=0)
        assert (found.level, found.open_findings) == ("organisation", 0)
        return found.consented_on, found.reconciled_on, found.documents_on

    first = (date(2026, 1, 10), date(2026, 2, 1), date(2026, 2, 2))
    assert days(confirmed) == first
    assert days() == days(proposed) == days(withdrawn) == (None,) * 3
    assert days(module.Validated(validated(party=ORIEL), OFFICE, AT, (SECOND, AT))) == (None,) * 3
    renewed = module.Validated(
        validated("w2", shown={"documents": "2026-02-20", "visits": "2025-12-01"}), OFFICE, AT, (SECOND, AT)
    )
    # Of each thing the latest day counts, whichever validation tells of it.
    assert days(confirmed, renewed) == days(renewed, confirmed) == (*first[:2], date(2026, 2, 20))


def test_a_validation_means_what_it_says():
    check_semantics(shipped)


def test_every_branch_of_validations_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


def test_it_counts_from_its_confirmation_to_its_withdrawal():
    filed = Filed()

    def shown():
        return record_of(filed.validations.values(), LUMEN, level="", open_findings=None).consented_on

    assert file(filed, validated(), OFFICE) == []
    assert shown() is None
    assert file(filed, ValidationConfirmation("w1"), OFFICE) == ["validation.same_person"]
    assert file(filed, ValidationConfirmation("w1"), SECOND, later(days=1)) == []
    assert shown() == date(2026, 1, 10)
    assert file(filed, ValidationConfirmation("w1"), SECOND) == ["filed.unknown"]
    assert file(filed, ValidationWithdrawal("w1", "sold"), SECOND) == []
    assert shown() is None
    assert file(filed, ValidationConfirmation("w1"), SECOND) == ["filed.unknown"]
