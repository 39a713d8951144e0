"""Registered parties are screened against the lists that stand, whole or by what changed (threat D6)."""

from datetime import timedelta

import pytest

from screening.listed_files import text_file
from shell.case_of import now, on
from ytterby.screening.run import ScreeningRun
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.actions.judge_hit import give_opinion
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.store.reading.listed_names import listed_names
from ytterby.shell.store.reading.screening import check_parties, list_alerts
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.screenings import stored_screenings

AT = on(0)
LIST = "own-house"
HEAD = "id,schema,name,country,remark\n"
ROWS = """1,Organization,Kestrel Velda Metall GmbH,SE,
2,Person,Aleksandr Ivanovich Petrukhin,,
3,Organization,Zhongyuan Brightwater Trading Co.,CN,
"""
LISTED = "https://id.gs1.org/417/9520000020019"
SISTER = "https://id.gs1.org/417/9520000020026"
PARTIES = f"""
parties:
  - {{id: {LISTED}, name: Kestrel Velda Metall, country: SE}}
  - {{id: {SISTER}, name: Orrefors Fiskeri, country: SE}}
"""


def lists(register, rows=ROWS, at=AT, **how):
    return import_list(register, [text_file("house.csv", HEAD + rows)], list_id=LIST, at=at, **how)


@pytest.fixture
def listed(register):
    assert not import_directory(register, PARTIES, at=AT).problems
    assert lists(register).state == "in_force"
    return register


def hits(register):
    rows = list_alerts(OPERATOR_VIEWER, now(), AT.date())
    return sorted((one.hit.party, one.hit.entry, one.is_found) for one in rows)


def runs(register) -> list[ScreeningRun]:
    found = stored_screenings(register)
    assert found.flaws == []
    return found.runs


def test_a_listed_name_is_a_hit_with_its_words_and_another_is_none(listed):
    done = screen_parties(listed, at=AT)
    assert (done.by_difference, done.hits) == (0, 1)
    assert hits(listed) == [(LISTED, "1", True)]
    (hit,) = runs(listed)[0].hits
    assert hit.band.value == "alert"
    pairs = {(one["query"], one["listed"]) for one in hit.reasons if one["kind"] == "pair"}
    assert {("kestrel", "kestrel"), ("velda", "velda")} <= pairs


def test_who_is_screened_by_whom_is_pinned_and_the_same_again_gives_the_same(listed):
    screen_parties(listed, at=AT)
    screen_parties(listed, is_whole=True, at=AT + timedelta(hours=1))
    first, second = runs(listed)
    assert (first.hits, first.lists, first.weights) == (second.hits, second.lists, second.weights)
    assert first.weights == listed_names(OPERATOR_VIEWER, listed, now(), AT.date()).screener.rarity.digest


def test_nothing_is_recorded_where_nothing_is_missing(listed):
    screen_parties(listed, at=AT)
    size = listed.size
    again = screen_parties(listed, at=AT + timedelta(hours=1))
    assert (again.whole, again.by_difference, listed.size) == (0, 0, size)


def test_what_changed_on_a_list_is_compared_with_everybody_and_nothing_else(listed):
    screen_parties(listed, at=AT)
    rows = ROWS.replace("Brightwater", "Fiskeri") + "4,Organization,Orrefors Fiskeri AB,SE,\n"
    later = AT + timedelta(hours=1)
    assert lists(listed, rows, at=later, published=None).state in {"in_force", "held"}
    release(listed, later)
    done = screen_parties(listed, at=later)
    assert (done.whole, done.changed) == (0, 2)
    assert runs(listed)[-1].compared == {LIST: ("3", "4")}
    assert (SISTER, "4", True) in hits(listed)
    assert (LISTED, "1", True) in hits(listed)


def release(register, at):
    """Let an import that waits be in force."""
    from ytterby.shell.actions.release_list import release_list
    from ytterby.shell.store.screening_lists import stored_list_states

    held = stored_list_states(register).by_list[LIST].held
    if held is not None:
        assert not release_list(register, held.record, reason="Looked at.", at=at).problems


def test_a_new_or_changed_party_is_screened_by_itself_against_everything(listed):
    screen_parties(listed, at=AT)
    changed = f"parties: [{{id: {SISTER}, name: Kestrel Velda Metall Nord, country: SE}}]"
    assert not import_directory(listed, changed, at=AT).problems
    assert check_parties(OPERATOR_VIEWER, now(), [SISTER], AT).missing[-1].gap.value == "party_changed"
    done = screen_parties(listed, at=AT + timedelta(hours=1))
    assert (done.whole, done.by_difference) == (1, 0)
    assert runs(listed)[-1].parties == (SISTER,)


def test_check_says_not_checked_until_required_lists_stand_and_never_passes_a_listed_one(listed):
    screen_parties(listed, at=AT)
    found = check_parties(OPERATOR_VIEWER, now(), [SISTER], AT)
    assert found.answer.value == "not_checked"
    assert {one.gap.value for one in found.missing} == {"list_missing"}
    assert [hit.entry for hit in check_parties(OPERATOR_VIEWER, now(), [LISTED], AT).alerts] == ["1"]


def test_a_party_passes_where_every_required_list_stands(listed, monkeypatch):
    from ytterby.shell.store.reading import screening

    kept = screening.lists_in_force
    only_own = lambda *asked: tuple(one for one in kept(*asked) if one.list_id == LIST)  # noqa: E731
    monkeypatch.setattr(screening, "lists_in_force", only_own)
    screen_parties(listed, at=AT)
    assert check_parties(OPERATOR_VIEWER, now(), [SISTER], AT).answer.value == "passed"
    assert check_parties(OPERATOR_VIEWER, now(), [LISTED], AT).answer.value == "alerts"
    number = runs(listed)[0].hits[0].number
    until = (AT + timedelta(days=30)).date()
    for who in "ab":
        said = {"reason": "other_name", "text": "another firm", "until": until, "person": who, "at": AT}
        assert not give_opinion(listed, number, "no_match", **said).problems
    assert check_parties(OPERATOR_VIEWER, now(), [LISTED], AT).answer.value == "passed"
    assert check_parties(OPERATOR_VIEWER, now(), [LISTED], AT + timedelta(days=31)).answer.value == "alerts"
    # A list that changed means that nobody is checked until everybody was screened again.
    later = AT + timedelta(hours=2)
    lists(listed, ROWS + "5,Organization,Another Firm,SE,\n", at=later)
    release(listed, later)
    gaps = {one.gap.value for one in check_parties(OPERATOR_VIEWER, now(), [SISTER], later).missing}
    assert gaps == {"list_changed"}
    screen_parties(listed, at=later)
    assert check_parties(OPERATOR_VIEWER, now(), [SISTER], later).answer.value == "passed"


def test_an_identifier_hits_whatever_the_name(register):
    parties = f"""
parties:
  - {{id: {LISTED}, name: Harmless Bakery, identifiers: {{lei: 529900T8BM49AURSDO55}}}}
"""
    assert not import_directory(register, parties, at=AT).problems
    text = "id,schema,name,identifiers\n1,Organization,Velda Metall,lei:529900T8BM49AURSDO55\n"
    import_list(register, [text_file("house.csv", text)], list_id=LIST, at=AT)
    release(register, AT)
    screen_parties(register, at=AT)
    (hit,) = runs(register)[0].hits
    assert (hit.ground.value, hit.band.value, hit.entry) == ("identifier", "alert", "1")


def test_nobody_screens_against_lists_that_are_not_theirs_to_read(listed):
    with pytest.raises(PermissionError):
        listed_names(Viewer(SISTER), listed, now(), AT.date())
