"""The tables of transitions: a story reaches every state, and whatever no row names is refused and changes nothing.

Attack tests of the casework page, 5.7: issue from `submitted`, every (state, command) pair that is not in the table.
"""

import copy
from dataclasses import replace
from itertools import combinations

import pytest

from licence.case_story import APPLICATION, KINDS, PEOPLE, SAMPLES, Story, rules_of, story_in, table_of, told_table
from ytterby.licence import entering, step
from ytterby.licence.case import Case, Event
from ytterby.licence.guard import CHOICES, GUARDS
from ytterby.licence.office import Speaking
from ytterby.licence.step import VERBS
from ytterby.licence.transition import ROLES, read_transition_table
from ytterby.shell.store.reading.casework import BEGUN_BY_OFFICE
from ytterby.terms.problem import refuse

STATES = [(kind, state) for kind in KINDS for state in table_of(kind).states]
BEFORE = [(kind, state) for kind, state in STATES if state in {"draft", "submitted", "supplement", "returned"}]
BEFORE += [(kind, state) for kind, state in STATES if state in {"pre_check", "review", "proposed"}]
BEFORE += [(kind, state) for kind, state in STATES if state in {"appeal", "appeal_proposed", "open"}]
ALL_ROLES = Speaking("nemo", "urn:party:nobody", frozenset(ROLES))
# Which of two choices excludes the other; outcomes exclude one another.
CONTRARY = (
    {"phase_received", "no_phase_received"},
    {"more_approvals", "last_approval"},
    {"record_open", "record_passed"},
    {"record_open", "record_failed"},
    {"record_passed", "record_failed"},
)


def with_speaker(story: Story, speaker: Speaking) -> Story:
    return replace(story, people={**PEOPLE, "nemo": speaker})


# What the tables allow


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_every_state_is_reached_by_a_story(kind, state):
    assert story_in(kind, state).case.state == state


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_a_last_state_has_no_exit_and_every_other_one_has(kind, state):
    table = table_of(kind)
    ways = {after for origin, _, after in table.steps() if origin == state} - {state}
    assert bool(ways) is not table.states[state].is_last
    if table.states[state].is_last:
        assert table.commands_of(state) == ()


@pytest.mark.parametrize(("kind", "state"), BEFORE)
def test_a_case_is_withdrawn_from_every_state_before_its_decision(kind, state):
    story = story_in(kind, state)
    who = "pia" if kind == "post_shipment_check" else "clerk"
    assert story.tell(who, step.Withdraw()).case.state == "withdrawn"


def test_all_states_before_a_decision_are_tried():
    decided = {"granted", "issued", "refused", "no_licence", "ruled"}
    wanted = {(k, s) for k, s in STATES if not table_of(k).states[s].is_last and s not in decided}
    assert wanted == set(BEFORE)


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_rows_of_one_state_and_command_exclude_one_another(kind, state):
    table = table_of(kind)
    for command in table.commands_of(state):
        for one, other in combinations(table.rows_of(state, command), 2):
            outcomes = [{name for name in row.when if name.startswith("outcome_")} for row in (one, other)]
            contrary = any(
                not pair & set(one.when) & set(other.when)
                and len(pair & set(one.when)) == len(pair & set(other.when)) == 1
                for pair in CONTRARY
            )
            assert contrary or (all(outcomes) and not outcomes[0] & outcomes[1]), (command, one.when, other.when)


# What they forbid: the complement, generated


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_what_no_row_names_is_refused_from_everybody_and_changes_nothing(kind, state):
    """I10: whoever speaks, in all roles at once, before any guard is asked."""
    story = with_speaker(story_in(kind, state), ALL_ROLES)
    before = story.case
    for verb in set(VERBS) - set(table_of(kind).commands_of(state)):
        assert story.codes("nemo", SAMPLES[verb]) == ["case.not_now"], verb
    assert story.case == before


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_whom_no_row_names_is_refused_whatever_it_says(kind, state):
    story, table = story_in(kind, state), table_of(kind)
    for command in table.commands_of(state):
        named = {role for row in table.rows_of(state, command) for role in row.who}
        for role in set(ROLES) - named:
            # Nobody is assigned, author or signer by saying so: an officer who was not drawn is none of them.
            plain = "officer" if role in {"assigned", "author", "signer"} else role
            if plain in named:
                continue
            speaker = Speaking("nemo", "urn:party:nobody", frozenset({plain}))
            assert with_speaker(story, speaker).codes("nemo", SAMPLES[command]) == ["case.not_yours"], (command, role)


# What they forbid: by hand, with the reason

# kind, state, command, who says it, why not
FORBIDDEN = [
    ("individual", "draft", "accept", "pia", "nothing was handed in, so there is nothing to accept"),
    ("individual", "draft", "approve", "omar", "there is no draft of a decision to approve"),
    ("individual", "draft", "issue", "register", "a licence without a decision is what the office is there to prevent"),
    ("individual", "draft", "query", "pia", "an office that asks about a draft reads what was not handed in"),
    ("individual", "submitted", "issue", "register", "LITE issued from submitted: no decision was made"),
    ("individual", "submitted", "propose", "lena", "what was not accepted is not decided on its merits"),
    ("individual", "submitted", "approve", "omar", "approval is of a draft, and none exists before review"),
    ("individual", "submitted", "edit", "clerk", "what was handed in changes by an answer or a supplement, on record"),
    ("individual", "submitted", "submit", "clerk", "handing in twice would start the days anew"),
    ("individual", "submitted", "decide_automatically", "register", "a rule decides after the evidence, not before it"),
    ("individual", "submitted", "adjudicate", "lena", "findings come from evidence, which is gathered in review"),
    ("individual", "supplement", "accept", "pia", "it is the applicant's turn: what is missing was not supplied yet"),
    ("individual", "supplement", "edit", "clerk", "a supplement is one answer to one notice, not a silent change"),
    ("individual", "supplement", "notify_missing", "pia", "all that is missing is told once, in one notice"),
    ("individual", "returned", "accept", "pia", "it went back: it has to be handed in again first"),
    ("individual", "not_accepted", "submit", "clerk", "a case that was not accepted has ended; another one is begun"),
    ("individual", "not_accepted", "appeal", "clerk", "the pack gives an appeal against refusals; nothing was decided"),
    ("individual", "pre_check", "propose", "lena", "the province has not reported"),
    ("individual", "pre_check", "pass_on", "pia", "it was passed on already"),
    ("individual", "review", "issue", "register", "review is no decision"),
    ("individual", "review", "approve", "omar", "nobody proposed anything that could be approved"),
    ("individual", "review", "edit", "clerk", "evidence and draft rest on the application as it stands"),
    ("individual", "review", "accept", "pia", "it was accepted, and the days of the decision run since then"),
    ("individual", "review", "not_accept", "pia", "after acceptance only a decision ends it"),
    ("individual", "proposed", "issue", "register", "a draft is no decision, however good it is"),
    ("individual", "proposed", "gather", "register", "evidence that changes under a draft changes what was signed"),
    ("individual", "proposed", "propose", "lena", "a second draft beside the first leaves open which one was approved"),
    ("individual", "proposed", "query", "lena", "a question is settled before a draft, or the draft is taken back"),
    ("individual", "proposed", "adjudicate", "lena", "signers sign what they saw: no finding is settled behind them"),
    ("individual", "granted", "approve", "omar", "a second finalising must not make a second decision"),
    ("individual", "granted", "withdraw", "clerk", "it is decided; a licence that is not wanted is surrendered"),
    ("individual", "granted", "appeal", "clerk", "a grant is not appealed; an amendment is applied for"),
    ("individual", "granted", "reject", "omar", "whoever finds a mistake after the decision has it decided again"),
    ("individual", "issued", "issue", "register", "one decision, one licence: LITE issued twice by two clicks"),
    ("individual", "issued", "reopen", "pia", "an issued licence is suspended or revoked, not undecided"),
    ("individual", "issued", "withdraw", "clerk", "a licence in use is surrendered, so that customs hears of it"),
    ("individual", "refused", "issue", "register", "a refusal licenses nothing"),
    ("individual", "refused", "reopen", "pia", "a refusal is looked at again by others, on appeal"),
    ("individual", "refused", "submit", "clerk", "after a refusal comes an appeal, or another case"),
    ("individual", "no_licence", "issue", "register", "what needs no licence gets a document of its own"),
    ("individual", "appeal", "decide_automatically", "register", "an appeal is decided by people, and by others"),
    ("individual", "appeal", "submit", "clerk", "an appeal is about what was refused, not about something new"),
    ("individual", "appeal_proposed", "issue", "register", "a draft on appeal is no decision"),
    ("individual", "withdrawn", "submit", "clerk", "a withdrawn case has ended; it may be copied"),
    ("individual", "withdrawn", "propose", "lena", "nobody asks for a decision any more"),
    ("individual", "closed", "reopen", "pia", "closed is last, whatever an officer wishes"),
    ("individual", "closed", "appeal", "clerk", "the days of the appeal are over, or it was decided"),
    ("general_registration", "draft", "accept", "pia", "a registration has no reception of its own"),
    ("general_registration", "review", "issue", "register", "a registration is granted first, by rule or by people"),
    ("amendment", "review", "decide_automatically", "register", "no rule alone changes an issued licence"),
    ("amendment", "refused", "appeal", "clerk", "the licence stands as it was; another amendment is applied for"),
    ("amendment", "granted", "withdraw", "clerk", "the amendment is decided"),
    ("classification", "ruled", "issue", "register", "a ruling on codes is no licence"),
    ("classification", "review", "decide_automatically", "register", "a ruling that others rely on is given by people"),
    ("consultation", "ruled", "issue", "register", "an answer binds nobody's licence and is none"),
    ("consultation", "ruled", "appeal", "clerk", "an answer decides nothing that could be appealed"),
    ("post_shipment_check", "open", "issue", "register", "a check licenses nothing"),
    ("post_shipment_check", "passed", "record", "pia", "what was found stands; a new doubt is a new check"),
]  # fmt: skip
NOT_YOURS = [
    ("individual", "draft", "submit", "pia", "no officer hands in for an applicant"),
    ("individual", "draft", "submit", "uma", "the end user tells its part and applies for nothing"),
    ("individual", "submitted", "accept", "clerk", "no applicant accepts its own application"),
    ("individual", "submitted", "notify_missing", "provo", "reception is the office's"),
    ("individual", "pre_check", "report", "pia", "the province examines, not the office in its name"),
    ("individual", "review", "assign", "lena", "the register draws: no officer picks a case"),
    ("individual", "review", "gather", "lena", "evidence is gathered by the register, nobody writes it"),
    ("individual", "review", "rate", "lena", "the tier follows from the card, no person chooses it"),
    ("individual", "review", "decide_automatically", "lena", "an officer's decision is signed, and no rule's"),
    ("individual", "review", "propose", "nils", "an officer of the office who was not drawn for this case"),
    ("individual", "review", "propose", "register", "what a person has to weigh the register does not draft"),
    ("individual", "review", "adjudicate", "nils", "findings are settled by the officer who was drawn"),
    ("individual", "review", "withdraw", "pia", "only the applicant gives up its application"),
    ("individual", "review", "answer", "pia", "an officer who answers his own question"),
    ("individual", "review", "stop", "clerk", "an applicant does not stop the office's days"),
    ("individual", "review", "advise", "uma", "the end user is no adviser in its own matter"),
    ("individual", "review", "advise", "cara", "customs confirms exits and advises on no case"),
    ("individual", "proposed", "approve", "clerk", "no applicant approves its own licence"),
    ("individual", "proposed", "approve", "nils", "an officer who was not drawn to sign"),
    ("individual", "proposed", "approve", "register", "the server cannot make a person's approval (I7)"),
    ("individual", "proposed", "retract", "omar", "only the author takes a draft back; others reject it"),
    ("individual", "proposed", "reject", "provo", "the province has reported and signs nothing"),
    ("individual", "granted", "issue", "clerk", "an exporter does not issue its licence"),
    ("individual", "granted", "issue", "cara", "a customs office draws on licences and issues none"),
    ("individual", "refused", "appeal", "pia", "an office does not appeal its own refusal"),
    ("individual", "refused", "appeal", "uma", "the refusal was addressed to the exporter"),
    ("post_shipment_check", "open", "record", "clerk", "who is checked does not write what was found"),
    ("post_shipment_check", "open", "withdraw", "clerk", "who is checked does not call the check off"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "state", "command", "who", "code"),
    [(*one[:4], "case.not_now") for one in FORBIDDEN] + [(*one[:4], "case.not_yours") for one in NOT_YOURS],
)
def test_what_was_listed_by_hand_is_forbidden(kind, state, command, who, code):
    story = story_in(kind, state)
    if command == "approve" and code == "case.not_yours":
        assert story.case.assigned[1] == "omar"
    assert story.codes(who, SAMPLES[command]) == [code]


def test_the_list_by_hand_has_forty_pairs_and_a_reason_for_each():
    assert len({one[:3] for one in FORBIDDEN}) == len(FORBIDDEN) >= 40
    assert len({one[:4] for one in NOT_YOURS}) == len(NOT_YOURS)
    assert len({one[4] for one in [*FORBIDDEN, *NOT_YOURS]}) == len(FORBIDDEN) + len(NOT_YOURS)


def test_a_case_begins_once_and_as_what_it_is():
    story = Story(rules_of("individual"))
    begin = step.Begin("individual", APPLICATION)
    assert story.tell("clerk", begin).codes("clerk", begin) == ["case.not_now"]
    assert story.codes("clerk", step.Begin("open", APPLICATION)) == ["case.other_kind"]
    assert story.codes("pia", begin) == ["case.not_yours_to_begin", "case.other_exporter"]
    assert Story(rules_of("post_shipment_check")).codes("clerk", step.Begin("post_shipment_check", APPLICATION)) == [
        "case.not_yours_to_begin"
    ]
    assert story.case == Case("C-1")


def test_an_event_that_the_table_has_no_row_for_cannot_be_folded():
    story = story_in("individual", "review")
    forged = replace_event(story.told[-1][1], SAMPLES["issue"])
    with pytest.raises(ValueError, match=r"issue in the state review: case\.not_now"):
        story.entering.after(story.case, forged, story.rules.table, story.office("register"))


def replace_event(event, said):
    return type(event)(event.version + 1, event.at, "register", "urn:party:operator", "system", said)


# Tables that cannot be


def told(kind="individual"):
    return copy.deepcopy(told_table(kind))


def without(command):
    one = told()
    one["rows"] = [row for row in one["rows"] if row["command"] != command]
    return one


def with_row(**row):
    one = told()
    one["rows"].append({"from": ["review"], "command": "advise", "to": "same", "who": ["officer"]} | row)
    return one


def with_state(name, **state):
    one = told()
    one["states"][name] = {"phase": "review", "holder": "officer"} | state
    return one


def dead_end():
    one = with_state("limbo", phase="delivered")
    one["rows"].append({"from": ["issued"], "command": "report", "to": "limbo", "who": ["officer"]})
    return one


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (dead_end(), "limbo is not last and has no exit"),
        (with_state("island"), "island cannot be reached"),
        (without("withdraw"), "draft is before the decision and cannot be withdrawn from"),
        (without("withdraw"), "appeal_proposed is before the decision and cannot be withdrawn from"),
        (with_row(**{"from": ["closed"], "to": "review"}), "closed is last and is left by advise"),
        (with_row(**{"from": ["nowhere"]}), "advise names nowhere"),
        (with_row(to="nowhere"), "advise names nowhere"),
        (with_row(command="bless"), "bless names bless"),
        (with_row(who=["minister"]), "advise names minister"),
        (with_row(guard=["good_mood"]), "advise names good_mood"),
        (with_row(when=["full_moon"]), "advise names full_moon"),
        (with_row(clock="rewind"), "advise names rewind"),
        (with_state("draft", phase="dreaming", holder="applicant"), "state draft has the phase dreaming"),
        (with_state("draft", phase="none", holder="minister"), "the holder minister"),
        ({**told(), "begins": "nowhere"}, "it begins in nowhere"),
        ({**told(), "begun_by": "minister"}, "by minister"),
    ],
)
def test_a_table_that_cases_cannot_follow_is_refused(table, match):
    with pytest.raises(ValueError, match=match):
        read_transition_table(table, GUARDS, CHOICES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_refused_where_the_kernel_knows_none_of_its_names(kind):
    assert read_transition_table(told(kind), GUARDS, CHOICES) == table_of(kind)
    with pytest.raises(ValueError, match=f"the table of {kind}"):
        read_transition_table(told(kind), (), CHOICES)


@pytest.mark.parametrize("name", ["kind", "begins", "states", "rows"])
def test_a_table_that_lacks_a_part_is_refused(name):
    one = told()
    del one[name]
    with pytest.raises(KeyError, match=name):
        read_transition_table(one, GUARDS, CHOICES)


def test_every_guard_and_every_choice_stands_in_some_table():
    rows = [row for kind in KINDS for row in table_of(kind).rows]
    assert {name for row in rows for name in row.guard} == set(GUARDS)
    assert {name for row in rows for name in row.when} == set(CHOICES)
    assert {row.command for row in rows} == set(VERBS) - {"begin"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_guard_of_every_row_is_asked(kind, monkeypatch):
    """No row's guard is passed over: each of them refuses under its own name, in the order of the table."""
    monkeypatch.setattr(entering, "plays", lambda *_: True)
    monkeypatch.setattr(entering, "GUARDS", {name: _refusal(name) for name in GUARDS})
    for state, row, _ in table_of(kind).steps():
        monkeypatch.setattr(entering, "CHOICES", dict.fromkeys(CHOICES, lambda *_: False) | _true(row.when))
        story = with_speaker(story_in_plain(kind, state), ALL_ROLES)
        found = story.ask("nemo", SAMPLES[row.command])
        named = [] if isinstance(found, Event) else [one.code for one in found if not one.code.startswith("case.")]
        assert named == list(row.guard), (state, row.command)


def _refusal(name):
    return lambda case, step, office: [refuse(name)]


def _true(names):
    return dict.fromkeys(names, lambda *_: True)


def story_in_plain(kind, state):
    """Return a case that is said to be in a state, with no more than its beginning."""
    begun = PLAIN[kind]
    return replace(begun, case=replace(begun.case, state=state))


PLAIN = {kind: story_in(kind, "open" if kind == "post_shipment_check" else "draft") for kind in KINDS}


def test_only_what_the_office_begins_is_read_before_it_is_handed_in():
    """What a list leaves out by the kind of a case (`store.reading.casework`), the tables say by whom it is begun."""
    assert tuple(kind for kind in KINDS if table_of(kind).begun_by != "applicant") == BEGUN_BY_OFFICE
