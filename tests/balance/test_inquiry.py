"""The case of a finding: every transition and every forbidden pair, versions, hearings, custody, what a party sees."""

import json
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.balance.custody import FOLLOWS, Count, Hand, Result, Sample, check_visit
from ytterby.balance.finding_state import START, Judgement, Verb, read_transitions
from ytterby.balance.inquiry import (
    Answer,
    Ask,
    Case,
    Command,
    Confirm,
    Decide,
    Explain,
    Hear,
    Open,
    Order,
    Said,
    SetAside,
    Snapshot,
    Visit,
    apply_step,
    closed_figures,
    enter,
    judgement_of,
    read_step,
    told_state,
)
from ytterby.shell.site.packs import inquiry_rules, packaged_text
from ytterby.shell.wording.yaml_text import read_yaml

RULES = inquiry_rules()
SHIPPER, RECEIVER, STRANGER = "https://a.example/s", "https://a.example/r", "https://a.example/x"
DAY = date(2026, 3, 2)
DUE, LATER = "2026-03-20", "2026-04-20"
MIRROR = Snapshot(
    id="F-1", kind="mirror.differs", known_size=40, parties=(SHIPPER, RECEIVER), lot="https://a.example/lot/7",
    site="https://a.example/site", element="Nd", size_kg=-406.0, sd_kg=24.4, statistic=-16.61,
    facts={"sent": "11000 KGM", "received": "10594 KGM", "d": "-16.61", "document": "D-553"}, events=("ab" * 32,),
)  # fmt: skip
CASE = Case("Q-1", MIRROR)


def hands(*more):
    """Return the hands of a sample from the taking on, and further ones."""
    chain = [("took", "B-1", "S"), ("sealed", "B-1", "S-77"), ("carried", "C-9", "")]
    chain += [("received", "L-3", "S-77"), ("assayed", "L-4", "")]
    return tuple(Hand(did, by, f"2026-03-{3 + n:02d}T10:00:00Z", seal) for n, (did, by, seal) in enumerate(chain))


SAMPLE = Sample("V-1", MIRROR.lot, "0.250", "0.001", hands()[:3])
VISIT = Visit(
    to=RECEIVER, site=MIRROR.site, day="2026-03-02", order_number="O-12", inspectors=("B-1", "B-2"),
    counts=(Count(MIRROR.lot, "10600.5", "5.3"),), samples=(SAMPLE,),
)  # fmt: skip
STEPS = {
    Verb.ASK: Ask(RECEIVER, "What did the scale show?", DUE),
    Verb.ANSWER: Answer("The slip shows it.", ("urn:uuid:1",), ("cd" * 32,)),
    Verb.EXPLAIN: Explain("Weighed wet.", ("urn:uuid:1",)),
    Verb.SET_ASIDE: SetAside("chance", "Within what is expected."),
    Verb.CONFIRM: Confirm("No slip was shown."),
    Verb.OPEN: Open("Handed to the inspectors."),
    Verb.ORDER: Order(RECEIVER, "Report the weight anew.", LATER, ("urn:uuid:1",)),
    Verb.VISIT: VISIT,
    Verb.HEAR: Hear(RECEIVER, ("sent",), "This is held against you.", LATER),
    Verb.DECIDE: Decide("corrected", "Reported anew.", (RECEIVER,)),
}
# The day after every due day of `STEPS`.
AFTER = date(2026, 5, 1)


def command(step, **how):
    party = RECEIVER if isinstance(step, Answer) else ""
    return Command(step, **{"on": DAY, "party": party, **how})


def done(case, *steps, **how):
    for step in steps:
        found = enter(case, command(step, **how), RULES)
        assert isinstance(found, Said), found
        case = apply_step(case, found, RULES)
    return case


def codes(case, step, **how):
    found = enter(case, command(step, **how), RULES)
    return [] if isinstance(found, Said) else [problem.code for problem in found]


def dated(step, on):
    """Return the same step with a due day that is not past on a day."""
    return msgspec.structs.replace(step, due=on.isoformat()) if hasattr(step, "due") else step


def way_to(state):
    """Return a shortest list of verbs that leads from the start to a state."""
    ways = {START: []}
    queue = [START]
    while queue:
        here = queue.pop(0)
        for verb, to in RULES.states[here].may.items():
            if to not in ways:
                ways[to] = [*ways[here], verb]
                queue.append(to)
    return ways[state]


def case_in(state):
    """Return a case that stands in a state, in which the receiver was asked something."""
    case, on = CASE, DAY
    for verb in way_to(state):
        on += timedelta(days=1)
        case = done(case, dated(STEPS[verb], on), on=on)
    return case, on + timedelta(days=1)


def forbidden(rules):
    return {(state, verb) for state, standing in rules.states.items() for verb in Verb if verb not in standing.may}


def reachable(rules):
    """Return the states to which some way leads from the start."""
    found, new = {START}, {START}
    while new:
        new = {state for one in new for state in rules.states[one].may.values()} - found
        found |= new
    return found


def is_terminal(rules, state):
    return set(rules.states[state].may.values()) <= {state}


def test_every_state_is_reached_and_all_but_the_last_have_a_way_out():
    assert reachable(RULES) == set(RULES.states)
    rest = {state for state in RULES.states if is_terminal(RULES, state)}
    assert rest == {"decided"}
    assert {standing.phase for standing in RULES.states.values()} == {
        *("open", "asked", "explained", "set_aside", "confirmed", "inquiry", "decided")
    }
    assert set(RULES.told) == {verb for verb in Verb if hasattr(STEPS[verb], "to")} | {Verb.ANSWER, Verb.DECIDE}


@pytest.mark.parametrize("state", sorted(RULES.states))
def test_each_state_takes_what_the_table_names_and_nothing_else(state):
    """Allowed and forbidden pairs together are all pairs: the complement is generated, not listed."""
    case, on = case_in(state)
    assert case.state == state
    allowed = set(RULES.states[state].may)
    asked = any(getattr(one.step, "to", "") == RECEIVER for one in case.said)
    for verb, plain in STEPS.items():
        step = msgspec.structs.replace(plain, samples=()) if verb is Verb.VISIT else dated(plain, on)
        found = codes(case, step, on=on)
        if verb is Verb.ANSWER and not asked:
            assert found == ["inquiry.not_asked"]
        elif verb in allowed:
            assert found == [], (state, verb)
            assert apply_step(case, enter(case, command(step, on=on), RULES), RULES).state == RULES.after(state, verb)
        else:
            assert found == ["inquiry.not_now"], (state, verb)
    left = {verb for one, verb in forbidden(RULES) if one == state}
    assert left == set(Verb) - allowed
    for verb in left:
        with pytest.raises(ValueError):
            apply_step(case, Said(STEPS[verb], "", "", DAY.isoformat()), RULES)


def test_a_table_that_leads_nowhere_or_names_an_unknown_verb_is_not_read():
    table = read_yaml(packaged_text("balance", "inquiry_transitions.yaml"))
    table["states"]["open"]["may"]["ask"] = "limbo"
    with pytest.raises(ValueError, match="limbo"):
        read_transitions(table)
    table["states"]["open"]["may"] = {"shout": "asked"}
    with pytest.raises(ValueError):
        read_transitions(table)


def test_a_version_that_is_past_is_refused_and_a_partys_counts_what_it_sees():
    case = done(CASE, Ask(SHIPPER, "And you?", DUE), STEPS[Verb.ASK])
    assert codes(case, STEPS[Verb.EXPLAIN], expected=1) == ["inquiry.changed_meanwhile"]
    assert codes(case, STEPS[Verb.EXPLAIN], expected=2) == []
    assert codes(case, STEPS[Verb.ANSWER], expected=2) == ["inquiry.changed_meanwhile"]
    assert codes(case, STEPS[Verb.ANSWER], expected=1) == []


def test_nothing_is_confirmed_or_decided_before_an_answer_or_its_day():
    case = done(CASE, STEPS[Verb.ASK])
    assert codes(case, STEPS[Verb.CONFIRM], on=date(2026, 3, 20)) == ["inquiry.answer_awaited"]
    assert codes(case, STEPS[Verb.CONFIRM], on=date(2026, 3, 21)) == []
    assert codes(done(case, STEPS[Verb.ANSWER]), STEPS[Verb.CONFIRM]) == []
    both = done(case, Ask(SHIPPER, "And you?", LATER), STEPS[Verb.ANSWER])
    assert codes(both, STEPS[Verb.CONFIRM], on=date(2026, 3, 21)) == ["inquiry.answer_awaited"]


def test_only_who_was_asked_answers_and_all_else_is_the_offices():
    case = done(CASE, STEPS[Verb.ASK])
    for party in (SHIPPER, STRANGER, ""):
        assert codes(case, STEPS[Verb.ANSWER], party=party) == ["inquiry.not_asked"]
    for verb, step in STEPS.items():
        if verb is not Verb.ANSWER:
            assert codes(case, step, party=RECEIVER) == ["inquiry.not_for_parties"]


def test_who_confirmed_does_not_decide_alone():
    case = done(CASE, STEPS[Verb.ASK], STEPS[Verb.ANSWER], by="ann")
    case = done(case, STEPS[Verb.CONFIRM], STEPS[Verb.OPEN], by="ann")
    assert codes(case, STEPS[Verb.DECIDE], by="ann") == ["inquiry.same_person"]
    assert codes(case, STEPS[Verb.DECIDE], by="bo") == []


def test_an_outcome_against_a_party_needs_its_hearing():
    case = done(CASE, STEPS[Verb.ASK], STEPS[Verb.ANSWER], STEPS[Verb.CONFIRM], STEPS[Verb.OPEN])
    breach = Decide("breach", "Sold beside the books.", (RECEIVER,))
    assert codes(case, breach) == ["inquiry.not_heard"]
    heard = done(case, STEPS[Verb.HEAR])
    assert codes(heard, breach) == ["inquiry.answer_awaited"]
    assert codes(heard, breach, on=AFTER) == []
    assert codes(done(heard, STEPS[Verb.ANSWER]), breach) == []
    assert codes(heard, Decide("breach", "x", (SHIPPER, RECEIVER)), on=AFTER) == ["inquiry.not_heard"]
    assert codes(heard, Decide("breach", "x", ()), on=AFTER) == ["inquiry.nobody_told"]
    assert codes(heard, Decide("guilty", "x", (RECEIVER,)), on=AFTER) == ["inquiry.unknown_outcome"]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Ask(STRANGER, "x", DUE), "inquiry.not_concerned"),
        (Ask(RECEIVER, "x", "2026-03-01"), "inquiry.due_past"),
        (Ask(RECEIVER, "x", "20 March"), "inquiry.no_day"),
        (Ask(RECEIVER, " ", DUE), "inquiry.no_text"),
        (Ask(RECEIVER, "x" * 4001, DUE), "inquiry.text_too_long"),
        (Explain("x"), "inquiry.no_evidence"),
        (Explain("x", (), ("AB",)), "inquiry.no_digest"),
        (Explain("x", tuple(map(str, range(201)))), "inquiry.too_much_evidence"),
        (SetAside("boredom", "x"), "inquiry.unknown_reason"),
    ],
)
def test_what_a_step_lacks_is_named(step, code):
    assert codes(CASE, step) == [code]


@pytest.mark.parametrize(
    ("party", "text", "refused"),
    [
        (RECEIVER, "They say 11000 kg.", ["sent"]),
        (RECEIVER, "They say 11,000.0 kg.", ["sent"]),
        (RECEIVER, "They say 11\u00a0000 kg.", ["sent"]),
        (RECEIVER, "You said 10594 kg under D-553.", []),
        (SHIPPER, "They say 10594 kg.", ["received"]),
        (SHIPPER, "It is 406 kg.", ["size_kg"]),
        (SHIPPER, "D is -16.61.", ["statistic", "d"]),
        (SHIPPER, "You said 11000 kg.", []),
    ],
)
def test_a_text_does_not_quote_the_other_sides_figure(party, text, refused):
    """Threat C3; whatever its sign and however its thousands are set apart."""
    found = enter(CASE, command(Ask(party, text, DUE)), RULES)
    assert [p.value for p in ([] if isinstance(found, Said) else found)] == refused


def test_a_hearing_opens_the_named_fields_to_the_named_party_alone():
    case = done(CASE, STEPS[Verb.ASK], STEPS[Verb.ANSWER], STEPS[Verb.CONFIRM], STEPS[Verb.OPEN])
    assert set(closed_figures(case, RECEIVER, RULES)) == {"element", "size_kg", "sd_kg", "statistic"} | {
        *("sent", "d", "document")
    }
    assert codes(case, Hear(RECEIVER, ("salt",), "x", LATER)) == ["inquiry.unknown_field"]
    case = done(case, Hear(RECEIVER, ("sent", "size_kg"), "They say 11000 kg.", LATER))
    assert case.disclosed_to(RECEIVER) == {"sent": "11000 KGM", "size_kg": -406.0}
    assert case.disclosed_to(SHIPPER) == {}
    assert "sent" not in closed_figures(case, RECEIVER, RULES)
    assert closed_figures(case, STRANGER, RULES).keys() >= {"sent", "received", "d"}


def test_judgements_follow_the_state():
    asked = done(CASE, STEPS[Verb.ASK], STEPS[Verb.ANSWER])
    assert judgement_of(CASE, RULES) is judgement_of(asked, RULES) is None
    assert judgement_of(done(asked, STEPS[Verb.EXPLAIN]), RULES) is Judgement.EXPLAINED
    assert judgement_of(done(asked, STEPS[Verb.SET_ASIDE]), RULES) is Judgement.FALSE_ALARM
    assert judgement_of(done(asked, SetAside("duplicate", "x")), RULES) is Judgement.NONE
    confirmed = done(asked, STEPS[Verb.CONFIRM])
    opened = done(confirmed, STEPS[Verb.OPEN])
    assert judgement_of(confirmed, RULES) is judgement_of(opened, RULES) is Judgement.REAL
    unfounded = done(opened, Decide("unfounded", "Nothing was found.", (RECEIVER,)))
    assert judgement_of(unfounded, RULES) is Judgement.FALSE_ALARM
    assert judgement_of(done(opened, STEPS[Verb.DECIDE]), RULES) is Judgement.EXPLAINED


# Visits


def visit(**changes):
    return msgspec.structs.replace(VISIT, **changes)


def in_inquiry():
    return done(CASE, STEPS[Verb.ASK], STEPS[Verb.ANSWER], STEPS[Verb.CONFIRM], STEPS[Verb.OPEN])


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (visit(inspectors=("B-1",)), "inquiry.too_few_inspectors"),
        (visit(inspectors=("B-1", "B-1")), "inquiry.too_few_inspectors"),
        (visit(inspectors=("B-1", "Ann Smith")), "inquiry.no_badge"),
        (visit(order_number=" "), "inquiry.no_order_number"),
        (visit(day="2026-03-03"), "inquiry.visit_to_come"),
        (visit(to=STRANGER), "inquiry.not_concerned"),
        (visit(inspectors=("B-2", "B-3")), "inquiry.taken_by_another"),
        (visit(counts=(Count("l", "1e3", "1"),)), "inquiry.not_measured"),
        (visit(counts=(Count("l", "-5", "1"),)), "inquiry.not_measured"),
        (visit(counts=(Count("l", "5", "0"),)), "inquiry.not_measured"),
        (visit(samples=(SAMPLE, SAMPLE)), "inquiry.sample_twice"),
    ],
)
def test_what_is_wrong_with_a_visit_is_named(step, code):
    assert codes(in_inquiry(), step) == [code]


def test_a_samples_chain_goes_on_in_later_records_and_its_results_come_with_the_assay():
    case = done(in_inquiry(), VISIT)
    result = Result("Nd", "151300.5", "700", "L-3")
    early = msgspec.structs.replace(SAMPLE, custody=hands()[3:4], results=(result,))
    assert codes(case, visit(samples=(early,))) == ["inquiry.result_without_assay"]
    heavier = msgspec.structs.replace(SAMPLE, mass_kg="0.300", custody=hands()[3:])
    assert codes(case, visit(samples=(heavier,))) == ["inquiry.another_sample"]
    rest = msgspec.structs.replace(SAMPLE, custody=hands()[3:], results=(result,))
    whole = done(case, visit(samples=(rest,), counts=())).samples()["V-1"]
    assert [hand.did for hand in whole.custody] == ["took", "sealed", "carried", "received", "assayed"]
    assert Decimal(whole.results[0].milligram_per_kilogram) == Decimal("151300.5")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(sorted({did for did in FOLLOWS if did})), min_size=1, max_size=7))
def test_a_chain_of_hands_holds_exactly_when_each_may_follow_the_one_before(order):
    """Compared with a regular expression of the whole chain, which is another way to say the table."""
    import re

    letters = {"took": "t", "sealed": "s", "carried": "c", "received": "r", "assayed": "a"}
    chain = tuple(Hand(did, "B-1", f"2026-03-{3 + n:02d}T10:00:00Z", "S-1") for n, did in enumerate(order))
    found = check_visit(("B-1", "B-2"), (), (Sample("V", "l", "1", "0.1", chain),))
    is_whole = re.fullmatch(r"t(s(c+(ra?)?)?)?", "".join(letters[did] for did in order)) is not None
    assert ([] if is_whole else ["inquiry.chain_broken"]) == [problem.code for problem in found]


def test_a_broken_seal_and_a_hand_before_its_time_are_named():
    chain = list(hands())
    for n, change, code in (
        (3, {"seal": "S-78"}, "inquiry.chain_seal"),
        (1, {"seal": ""}, "inquiry.chain_seal"),
        (2, {"at": "2026-03-01T00:00:00Z"}, "inquiry.chain_time"),
        (2, {"at": "yesterday"}, "inquiry.chain_time"),
    ):
        spoilt = [*chain]
        spoilt[n] = msgspec.structs.replace(chain[n], **change)
        sample = msgspec.structs.replace(SAMPLE, custody=tuple(spoilt))
        assert [p.code for p in check_visit(("B-1", "B-2"), (), (sample,))] == [code]
    nothing = msgspec.structs.replace(SAMPLE, custody=())
    assert [p.code for p in check_visit(("B-1", "B-2"), (), (nothing,))] == ["inquiry.chain_broken"]


# What a party sees


@pytest.mark.parametrize("verb", sorted(Verb))
def test_a_step_is_read_again_as_it_was_written(verb):
    text = msgspec.json.encode(STEPS[verb])
    assert read_step(json.loads(text)) == STEPS[verb]
    with pytest.raises(msgspec.ValidationError):
        read_step({**json.loads(text), "more": 1})


def to_shipper(verb):
    """Return the same step as said to the shipper."""
    step = STEPS[verb]
    changes = {"to": SHIPPER} if hasattr(step, "to") else {"told": (SHIPPER,)} if verb is Verb.DECIDE else {}
    return msgspec.structs.replace(step, **changes)


moves = st.lists(st.tuples(st.sampled_from(sorted(Verb)), st.booleans()), max_size=14)


def play(moves, *, with_shipper):
    """Play moves as far as they are allowed; the shipper's own and those to it are left out where asked."""
    case, on = CASE, DAY
    for verb, to_receiver in moves:
        party = (RECEIVER if to_receiver else SHIPPER) if verb is Verb.ANSWER else ""
        step = dated(STEPS[verb] if to_receiver else to_shipper(verb), on)
        if verb is Verb.VISIT:
            step = msgspec.structs.replace(step, samples=())
        if not to_receiver and not with_shipper:
            continue
        on += timedelta(days=2)
        found = enter(case, Command(dated(step, on), on=on, party=party), RULES)
        if isinstance(found, Said):
            case = apply_step(case, found, RULES)
    return case


@settings(max_examples=300, deadline=None)
@given(moves)
def test_the_answer_of_a_party_that_was_asked_is_taken_wherever_the_case_stands(moves):
    """Threats C2, C3: a refusal would tell it what was said to or by others."""
    case = play(moves, with_shipper=True)
    for party in (SHIPPER, RECEIVER):
        asked = any(getattr(one.step, "to", "") == party for one in case.said)
        assert codes(case, STEPS[Verb.ANSWER], party=party) == ([] if asked else ["inquiry.not_asked"])


@settings(max_examples=300, deadline=None)
@given(moves)
def test_what_a_party_sees_is_its_own_and_its_state_and_version_hang_on_nothing_else(moves):
    """Threats C2, C3."""
    case = play(moves, with_shipper=True)
    seen = case.seen_by(RECEIVER)
    for one in case.said:
        is_own = RECEIVER in {one.party, getattr(one.step, "to", None)} or RECEIVER in getattr(one.step, "told", ())
        assert (one in seen) == is_own
    assert not case.seen_by(STRANGER)
    assert not case.seen_by("")
    if seen:
        alone = msgspec.structs.replace(case, said=seen, state=START)
        assert told_state(case, RECEIVER, RULES) == told_state(alone, RECEIVER, RULES)
        assert case.disclosed_to(RECEIVER) == alone.disclosed_to(RECEIVER)


@settings(max_examples=200, deadline=None)
@given(moves)
def test_a_case_is_the_fold_of_its_events(moves):
    case = play(moves, with_shipper=True)
    again = CASE
    for said in case.said:
        again = apply_step(again, said, RULES)
    assert again == case
    assert case.state in RULES.states
