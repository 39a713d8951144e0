"""Findings: what stands in the way of a grant; nothing but evidence and pack lifts it (threat D6, I8, I14)."""

import inspect
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.licence import finding as room
from ytterby.licence.evidence import (
    CHECKS,
    DONE,
    CompletenessSection,
    Consumed,
    ConsumptionSection,
    ElementNeed,
    EndUserFlags,
    Evidence,
    FlagFound,
    FlagsSection,
    GapFound,
    LawSection,
    LineLaw,
    LineLots,
    LotOffered,
    LotsSection,
    Needed,
    PrecedentFound,
    PrecedentsSection,
    ScreeningGap,
    ScreeningHit,
    ScreeningSection,
    ToldSection,
    evidence_digest,
    evidence_fields,
    kilograms,
    ratio_text,
    read_evidence,
    recorded_digest,
)
from ytterby.licence.finding import (
    BLOCK,
    NOT_RUN,
    OF_EXPORTER,
    ExporterView,
    exporter_findings,
    findings_of,
    has_candidate,
    not_checked,
    open_findings,
)

ALL = frozenset(CHECKS)
PASSED = ScreeningSection(DONE, "", "passed", ("party:a",))
HIT = ScreeningHit("h1", "party:a", "control", "e1", "0.9")


def evidence(**sections):
    """Evidence in which everything was done and nothing found, but for what is said."""
    clean = {
        "completeness": CompletenessSection(DONE, "", "yes"),
        "law": LawSection(DONE, "", "2025-06-24", (LineLaw(1, "controlled", codes=("1C905.a",)),)),
        "screening": PASSED,
        "lots": LotsSection(DONE, ""),
        "flags": FlagsSection(DONE, ""),
        "consumption": ConsumptionSection(DONE, ""),
        "precedents": PrecedentsSection(DONE, ""),
        "end_users": ToldSection(DONE, ""),
        "statements": ToldSection(DONE, ""),
    }
    return Evidence("C-1", "a" * 64, "2025-06-24T08:00:00Z", 32, **(clean | sections))


def kinds(found):
    return {(one.check, one.kind, one.blocks) for one in found}


def test_evidence_without_a_fault_has_no_finding():
    assert findings_of(evidence(), ALL) == ()


@pytest.mark.parametrize("check", CHECKS)
def test_a_blocking_check_that_did_not_run_blocks_and_nobody_settles_it(check):
    found = findings_of(Evidence("C-1", "", "", 0), {check})
    stopping = [one for one in found if one.blocks]
    assert [(one.check, one.kind, one.settles) for one in stopping] == [(check, NOT_RUN, "nobody")]
    # An officer who says that it is settled settles nothing.
    assert open_findings(found, {one.key for one in found}) == tuple(stopping)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_that_the_pack_does_not_list_is_shown_as_not_checked_and_stops_nothing(check):
    found = findings_of(Evidence("C-1", "", "", 0), ALL - {check})
    shown = next(one for one in found if one.check == check)
    assert (shown.kind, shown.severity, shown.blocks) == (NOT_RUN, "note", False)
    # What packs list is named by the decision; how much was used, and what was decided before, no pack lists.
    assert not_checked(ALL - {check}) == (() if check in {"consumption", "precedents"} else (check,))
    assert not_checked(ALL) == ()


def test_a_check_that_this_version_does_not_know_cannot_have_run():
    found = findings_of(evidence(), {"astrology"})
    assert [(one.check, one.kind, one.blocks, one.settles) for one in found] == [("astrology", NOT_RUN, True, "nobody")]


LOT = LotOffered("lot-1", 1, "party:a", "KGM", "10", "10", balance="balances", trace="whole", mirror="matched")
ADVERSE = {
    "completeness": ("document_missing", {"completeness": CompletenessSection(DONE, "", "no", "", (
        GapFound("missing", "document_missing", "contract"),))}),
    "disagrees": ("value_differs", {"completeness": CompletenessSection(DONE, "", "no", "", (
        GapFound("disagrees", "value_differs", "contract", "buyer"),))}),
    **{answer: (answer, {"law": LawSection(DONE, "", "", (LineLaw(1, answer),))})
       for answer in ("ask", "disputed", "unknown")},
    "other_code": ("other_code", {"law": LawSection(DONE, "", "", (
        LineLaw(1, "controlled", codes=("1C905.a",), declared_code="1C902.a"),))}),
    "described": ("described_otherwise", {"law": LawSection(DONE, "", "", (
        LineLaw(1, "controlled", described=(("application", "", "not_controlled"), ("lot", "x", "controlled"))),))}),
    "ban": ("ban", {"law": LawSection(DONE, "", "", (
        LineLaw(1, "controlled", needs=(Needed("R", "c", "ban", ("ban",)),)),))}),
    "open": ("need_open", {"law": LawSection(DONE, "", "", (
        LineLaw(1, "controlled", needs=(Needed("R", "c", "unknown", ("ban", "licence"), ("user",)),)),))}),
    "not held": ("not_held", {"lots": LotsSection(DONE, "", (msgspec.structs.replace(LOT, holder=""),))}),
    "balance": ("balance_off", {"lots": LotsSection(DONE, "", (msgspec.structs.replace(LOT, balance="does_not"),))}),
    "trace": ("trace_open", {"lots": LotsSection(DONE, "", (msgspec.structs.replace(LOT, trace="open"),))}),
    "mirror": ("mirror_differs", {"lots": LotsSection(DONE, "", (msgspec.structs.replace(LOT, mirror="differs"),))}),
    "untested": ("balance_not_checked", {"lots": LotsSection(DONE, "", (
        msgspec.structs.replace(LOT, balance="not_checked"),))}),
    "short": ("not_enough", {"lots": LotsSection(DONE, "", (), (LineLots(1, "9", "8", "no"),))}),
    "unknown mass": ("enough_unknown", {"lots": LotsSection(DONE, "", (), (LineLots(1, why="mass_unknown"),))}),
    "element": ("element_short", {"lots": LotsSection(DONE, "", (), (
        LineLots(1, "9", "9", "yes", "", {"Dy": ElementNeed("2", "1", "0", "no")}),))}),
    "flag": ("strong", {"flags": FlagsSection(DONE, "", "", (
        EndUserFlags("p", "ev", "1", "", "0.8", "strong", 0, (FlagFound("D1", "demand", "strong", "0.8"),)),))}),
    "use": ("more_than_used", {"consumption": ConsumptionSection(DONE, "", "", (
        Consumed("p", "Dy", "9", "0", "1", is_within="no"),))}),
    "use unknown": ("use_unknown", {"consumption": ConsumptionSection(DONE, "", "", (Consumed("p", "Dy", "9", "0"),))}),
    "precedent": ("refused_before", {"precedents": PrecedentsSection(DONE, "", 1, (
        PrecedentFound("C-0", "refused", "2025-01-01", ("end_user",)),))}),
    "level": ("level_low", {"end_users": ToldSection(DONE, "", "", ({"against": "level_low", "subject": "p"},))}),
    "repudiated": ("repudiated", {"statements": ToldSection(DONE, "", "", ({"against": "repudiated"},))}),
}  # fmt: skip


@pytest.mark.parametrize("name", ADVERSE)
def test_what_speaks_against_a_grant_blocks_until_an_officer_settles_that_very_finding(name):
    kind, sections = ADVERSE[name]
    found = findings_of(evidence(**sections), ALL)
    one = next(each for each in found if each.kind == kind)
    assert (one.severity, one.blocks, one.settles) == (BLOCK, True, "officer")
    assert one in open_findings(found, ())
    assert one not in open_findings(found, {one.key})
    # Where the pack does not list the check, it is told and stops nothing.
    lax = next(each for each in findings_of(evidence(**sections), ()) if each.kind == kind)
    assert (lax.severity, lax.blocks) == ("warn", False)


def test_a_hit_is_settled_by_opinions_on_the_hit_alone():
    listed = ScreeningSection(DONE, "", "alerts", ("party:a",), alerts=(HIT,))
    found = findings_of(evidence(screening=listed), ALL)
    assert [(one.kind, one.settles, one.is_settled_by_words) for one in found] == [("alert", "screening", False)]
    assert open_findings(found, {found[0].key}) == found


def test_whom_the_register_does_not_hold_nobody_screened():
    strangers = ScreeningSection("not_checked", "unregistered", "passed", unregistered=("Acme",))
    found = findings_of(evidence(screening=strangers), ALL)
    assert {one.kind for one in found} == {NOT_RUN, "unregistered"}
    assert not any(one.is_settled_by_words for one in found)


def test_an_answer_that_is_not_passed_blocks_even_without_a_reason():
    found = findings_of(evidence(screening=ScreeningSection(DONE, "", "alerts")), ALL)
    assert [(one.kind, one.blocks) for one in found] == [("not_passed", True)]


@pytest.mark.parametrize(
    "section",
    [
        ScreeningSection(),
        ScreeningSection(DONE, "", "alerts"),
        ScreeningSection(DONE, "", "passed", reviews=(HIT,)),
        ScreeningSection(DONE, "", "passed", alerts=(HIT,)),
        ScreeningSection(DONE, "", "passed", unregistered=("Acme",)),
        ScreeningSection("not_checked", "", "passed"),
    ],
)
def test_no_rule_decides_alone_where_anybody_resembles_anybody(section):
    """Invariant I14."""
    assert has_candidate(evidence(screening=section))
    assert not has_candidate(evidence())


def test_what_was_settled_lapses_with_another_figure():
    short = LotsSection(DONE, "", (), (LineLots(1, "9", "8", "no"),))
    shorter = LotsSection(DONE, "", (), (LineLots(1, "9", "7", "no"),))
    (before,), (after,) = (findings_of(evidence(lots=one), ALL) for one in (short, shorter))
    assert before.subject == after.subject
    assert open_findings((after,), {before.key}) == (after,)
    assert findings_of(evidence(lots=short), ALL) == (before,)


def test_no_setting_environment_or_mode_of_a_register_lifts_a_block(monkeypatch):
    """The findings are a function of two arguments: there is nothing else to turn."""
    unrun = Evidence("C-1", "", "", 0)
    wanted = findings_of(unrun, ALL)
    for name in ("YTTERBY_DEMO", "DEBUG", "YTTERBY_SKIP_SCREENING", "YTTERBY_CHECKS", "DJANGO_DEBUG", "YTTERBY_SHORT"):
        monkeypatch.setenv(name, "1")
        assert findings_of(unrun, ALL) == wanted, name
    from django.conf import settings

    for name in ("YTTERBY_DEMO", "DEBUG", "YTTERBY_LIFT_BLOCKS"):
        monkeypatch.setattr(settings, name, True, raising=False)
        assert findings_of(unrun, ALL) == wanted, name
    assert list(inspect.signature(findings_of).parameters) == ["evidence", "blocking"]
    source = inspect.getsource(room)
    assert not any(word in source for word in ("settings", "environ", "is_demo", "getenv"))


# Both sides

words = st.sampled_from(["", "x", "y"])
lots = st.builds(
    LotOffered,
    lot=st.sampled_from(["l1", "l2"]),
    line=st.integers(1, 2),
    holder=st.sampled_from(["", "party:a"]),
    balance=st.sampled_from(["balances", "does_not", "not_checked"]),
    trace=st.sampled_from(["whole", "open", "not_checked"]),
    mirror=st.sampled_from(["matched", "differs", "not_checked"]),
    reserved_kg=st.sampled_from(["0", "7"]),
)
needs = st.builds(ElementNeed, words, words, words, st.sampled_from(["yes", "no", "unknown"]))
line_lots = st.builds(
    LineLots,
    st.integers(1, 2),
    words,
    words,
    st.sampled_from(["yes", "no", "unknown"]),
    words,
    st.dictionaries(st.sampled_from(["Nd", "Dy"]), needs, max_size=2),
)
laws = st.builds(
    LineLaw,
    st.integers(1, 2),
    st.sampled_from(["controlled", "not_controlled", "ask", "disputed", "unknown"]),
    declared_code=st.sampled_from(["", "1C905.a", "1C902.a"]),
    codes=st.sampled_from([(), ("1C905.a",)]),
    needs=st.lists(
        st.builds(Needed, words, words, words, st.sampled_from([("ban",), ("licence",), ("ban", "licence")])),
        max_size=2,
    ).map(tuple),
)
gaps = st.builds(GapFound, st.sampled_from(["missing", "disagrees", "asked", "vague", "near"]), words, words, words)
hits = st.builds(ScreeningHit, words, words, words, words, words)
statuses = st.sampled_from([(DONE, ""), ("not_checked", "x")])


def section(kind, /, **fields):
    return statuses.flatmap(lambda state: st.builds(kind, st.just(state[0]), st.just(state[1]), **fields))


several = section(CompletenessSection, complete=words, kind=words, gaps=st.lists(gaps, max_size=3).map(tuple))
full = st.builds(
    Evidence,
    st.just("C-1"),
    words,
    words,
    st.integers(0, 9),
    completeness=several,
    law=section(LawSection, on=words, lines=st.lists(laws, max_size=2).map(tuple)),
    lots=section(
        LotsSection, lots=st.lists(lots, max_size=2).map(tuple), lines=st.lists(line_lots, max_size=2).map(tuple)
    ),
    screening=section(
        ScreeningSection,
        answer=st.sampled_from(["passed", "alerts"]),
        alerts=st.lists(hits, max_size=1).map(tuple),
        gaps=st.lists(st.builds(ScreeningGap, words, words, words), max_size=1).map(tuple),
    ),
)
# What of the lots hangs on the word of others, and is told to no exporter.
OF_OTHERS = {"balance_off", "trace_open", "mirror_differs"} | {
    f"{name}_not_checked" for name in ("balance", "trace", "mirror")
}


@given(full, st.frozensets(st.sampled_from(CHECKS)))
def test_both_sides_are_told_the_same_of_what_both_see(gathered, blocking):
    view = ExporterView(gathered.completeness, gathered.law, gathered.lots)
    theirs = exporter_findings(view, blocking)
    ours = [one for one in findings_of(gathered, blocking) if one.check in OF_EXPORTER and one.kind not in OF_OTHERS]
    assert list(theirs) == ours


@given(full, st.frozensets(st.sampled_from(CHECKS)))
def test_nothing_of_screening_flags_or_others_reaches_the_exporter(one, blocking):
    """Threats A5, C2, C7: two cases that differ in what the exporter may not see are told alike."""
    theirs = ExporterView(one.completeness, one.law, one.lots)
    shown = msgspec.json.encode(exporter_findings(theirs, blocking)).decode()
    for word in ("screening", "flags", "consumption", "precedents", "end_user", "statements", *OF_OTHERS):
        assert word not in shown
    mixed = msgspec.structs.replace(
        one.lots,
        lots=tuple(msgspec.structs.replace(lot, balance="does_not", trace="open", mirror="differs", reserved_kg="7")
                   for lot in one.lots.lots),
    )  # fmt: skip
    assert exporter_findings(msgspec.structs.replace(theirs, lots=mixed), blocking) == exporter_findings(
        theirs, blocking
    )


# The digest


@given(full)
def test_evidence_is_read_back_as_it_was_written_and_has_one_digest(gathered):
    fields = evidence_fields(gathered)
    again = read_evidence(json.loads(json.dumps(fields)))
    assert again == gathered
    assert recorded_digest(json.loads(json.dumps(fields))) == evidence_digest(gathered)


@given(full, full)
def test_other_evidence_has_another_digest(one, other):
    assert (evidence_digest(one) == evidence_digest(other)) == (one == other)


def test_evidence_of_another_version_is_not_read():
    fields = evidence_fields(evidence()) | {"schema": "ytterby-evidence/2"}
    with pytest.raises(msgspec.ValidationError):
        read_evidence(fields)
    with pytest.raises(msgspec.ValidationError):
        read_evidence(evidence_fields(evidence()) | {"lifted": True})


def test_figures_are_text_and_the_same_everywhere():
    assert [kilograms(one) for one in (0.1 + 0.2, 1e-9, 900, -0.0)] == ["0.3", "0", "900", "0"]
    assert kilograms(0.0000005) == "0"  # half even
    assert ratio_text(2 / 3) == "0.666667"
    assert ratio_text(float("inf")) == ""
    with pytest.raises(ValueError):
        kilograms(float("nan"))
