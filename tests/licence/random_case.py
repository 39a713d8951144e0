"""Random histories of cases: sensible steps among mistakes, tricks and whatever else somebody might send."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from licence.case_story import (
    APPLICATION,
    LACKING,
    PEOPLE,
    SAMPLES,
    SUBMIT,
    Story,
    advise,
    approve,
    assign,
    begun,
    decide_automatically,
    gather,
    issue,
    lines_of,
    propose,
    query,
    rate,
    rules_of,
)
from licence.evidence_stories import LACKS, SCREENED
from ytterby.licence import step
from ytterby.licence.case import Case, Event
from ytterby.licence.evidence import LotsSection
from ytterby.licence.office import Speaking

Move = Callable[[Story, int], tuple[str, step.Step]]
# One more who may sign as senior, so that an appeal in the tier H can be decided by others.
TESS = Speaking("tess", PEOPLE["pia"].party, frozenset({"officer"}), frozenset({"senior"}), "heads")
CROWD: Mapping[str, Speaking] = {**PEOPLE, "tess": TESS}
NAMES = tuple(CROWD)
OUTCOMES = ("granted", "granted", "refused", "no_licence_required", "returned", "perhaps")
VERDICTS = ("approve", "proviso", "refuse", "no_licence_required", "perhaps")
TIER_NAMES = ("S", "H", "G", "S", "Z")


# What a diligent office does next


def next_step(story: Story, chance: int) -> tuple[str, step.Step]:
    """Return a step that leads on from where the case stands."""
    case = story.case
    if case.state in {"review", "appeal"}:
        return _review(story, chance)
    if case.state in {"proposed", "appeal_proposed"}:
        return _signing(story)
    told: Mapping[str, tuple[str, Any]] = {
        "": ("clerk", begun(story.rules.table.kind)),
        "draft": ("clerk", SUBMIT),
        "returned": ("clerk", SUBMIT),
        "submitted": ("pia", LACKING if chance % 7 == 0 else step.Accept()),
        "supplement": ("clerk", step.Supply(APPLICATION)),
        "pre_check": ("pia", step.Accept()) if case.is_reported else ("provo", step.Report("approve", "Known.")),
        "granted": ("register", issue(case)) if case.state == "granted" else ("register", step.Retract()),
        "refused": ("clerk", step.Appeal(("wrong_facts",), "It was proved.")),
    }
    return told.get(case.state, ("pia", step.Close()))


def _review(story: Story, chance: int) -> tuple[str, step.Step]:
    case = story.case
    for name in case.open_queries:
        return "clerk", step.Answer(name, "A motor of cars.")
    for name in case.open_stops:
        return "lena", step.Resume(name)
    for name in case.open_work:
        return "dora", step.CloseWork(name, "done")
    officer = case.assigned.get(0)
    if officer is None or officer in case.conflicted:
        return "register", assign("lena" if case.state == "review" else "nils")
    if not case.is_evidence_current:
        return "register", gather(case)
    if "rate" in story.rules.table.commands_of(case.state) and case.rated is None:
        return "register", rate(case, TIER_NAMES[chance % 3])
    for one in story.office(officer).findings or ():
        if one.blocks and one.settles == "officer" and one.key not in case.adjudicated:
            return officer, step.Adjudicate(one.key, "settled", "", "It was seen.")
        if one.blocks and one.settles != "officer":
            return "register", gather(case)
    if case.rated is not None and case.rated.tier == "G" and case.state == "review" and chance % 2:
        return "register", decide_automatically(case)
    outcome = ("granted", "refused", "granted")[chance % 3]
    return officer, propose(case, outcome, settles="It was weighed.", conditions=("visit",))


def _signing(story: Story) -> tuple[str, step.Step]:
    case = story.case
    order = len({said.order for _, said in case.approvals}) + 1
    if order not in case.assigned:
        pair = ("omar", "sara") if case.state == "proposed" else ("pia", "tess")
        return "register", assign(pair[(order - 1) % 2], order)
    return case.assigned[order], approve(case, order)


# What else is tried


def _odd_draft(story: Story, chance: int) -> tuple[str, step.Step]:
    case = story.case
    quantity = ("900", "20.5", "900.000001", "0", "1e3", "12")[chance % 6]
    more = (
        {"lines": lines_of(case, quantity=quantity)},
        {"evidence": "0" * 64},
        {"packs": {"CN-procedure": "other"}},
        {"reasons": ()},
        {"settles": "", "conditions": ()},
        {"valid_to": "2030-01-01"},
    )[chance % 6]
    return case.assigned.get(0, "lena"), propose(case, OUTCOMES[chance // 6 % len(OUTCOMES)], **more)


def _odd_approval(story: Story, chance: int) -> tuple[str, step.Step]:
    case = story.case
    old = [said.draft for _, said in case.of(step.Approve)] or ["0" * 64]
    digest = case.draft_digest if chance % 3 else old[0]
    who = NAMES[chance // 3 % len(NAMES)]
    return who, step.Approve(digest, chance % 4, {"by": "key"})


def _odd_draw(story: Story, chance: int) -> tuple[str, step.Step]:
    return "register", assign(NAMES[chance % len(NAMES)], chance % 3)


def _odd_evidence(story: Story, chance: int) -> tuple[str, step.Step]:
    sections: Sequence[dict[str, Any]] = (
        {"screening": SCREENED["alert"]},
        {"screening": SCREENED["review"]},
        {"screening": SCREENED["not run"]},
        {"completeness": LACKS},
        {"lots": LotsSection()},
        {},
    )
    return "register", gather(story.case, **sections[chance % len(sections)])


def _odd_rating(story: Story, chance: int) -> tuple[str, step.Step]:
    return "register", rate(story.case, TIER_NAMES[chance % len(TIER_NAMES)])


def _odd_rule(story: Story, chance: int) -> tuple[str, step.Step]:
    return "register", decide_automatically(story.case, outcome=OUTCOMES[chance % len(OUTCOMES)])


def _odd_word(story: Story, chance: int) -> tuple[str, step.Step]:
    findings = story.office("lena").findings or ()
    key = findings[chance % len(findings)].key if findings else "lots-0"
    verdict = ("stands", "settled", "ignore")[chance % 3]
    return story.case.assigned.get(0, "lena"), step.Adjudicate(key, verdict, "", "So it is.")


def _advice(story: Story, chance: int) -> tuple[str, step.Step]:
    who = ("dora", "provo", "nils", "omar", "uma", "clerk")[chance % 6]
    own = [event.version for event, _ in story.case.advice if event.team == CROWD[who].team]
    supersedes = own[0] if own and chance % 2 else None
    return who, advise(VERDICTS[chance % len(VERDICTS)], supersedes=supersedes)


def _busy_work(story: Story, chance: int) -> tuple[str, step.Step]:
    name = f"X-{story.case.version if chance % 5 else 1}"
    return "lena", (
        query(name),
        query(name, kind="change_form"),
        step.Stop(name, "expert_opinion", "Experts."),
        step.OpenWork(name, "experts", "Look at it."),
    )[chance % 4]


def _change(story: Story, chance: int) -> tuple[str, step.Step]:
    changed = msgspec.structs.replace(APPLICATION, order=f"PO-{chance}")
    waiting = next(iter(story.case.open_queries), "X-1")
    return "clerk", (step.Answer(waiting, "So.", application=changed), step.Edit(changed))[chance % 2]


def _hand_over(story: Story, chance: int) -> tuple[str, step.Step]:
    who = NAMES[chance % len(NAMES)]
    if chance % 2:
        return who, step.TakeOver(("omar", "nils", "tess", "lena")[chance // 2 % 4], chance % 3, "illness", "Ill.")
    asked = [event.version for event, _ in story.case.of(step.TakeOver)] or [1]
    return who, step.Agree(asked[-1])


def _back(story: Story, chance: int) -> tuple[str, step.Step]:
    digest, order = story.case.draft_digest, chance % 3
    holder = story.case.assigned.get(order, "omar")
    return (
        ("lena", step.Retract()),
        (holder, step.Reject(digest, order, "Not so.")),
        ("pia", step.Reopen("new_fact", "New.")),
        ("clerk", step.Withdraw()) if chance % 11 == 0 else ("nils", step.Retract()),
        (NAMES[chance % len(NAMES)], step.DeclareConflict("urn:party:user", "My sister.")),
    )[chance % 5]


def _anything(story: Story, chance: int) -> tuple[str, step.Step]:
    # Without what ends a case at once.
    verbs = [verb for verb in SAMPLES if verb not in {"withdraw", "gather", "close"}]
    return NAMES[chance % len(NAMES)], SAMPLES[verbs[chance // len(NAMES) % len(verbs)]]


ODD: tuple[Move, ...] = (
    *(_odd_draft, _odd_approval, _odd_draw, _odd_evidence, _odd_rating, _odd_rule, _odd_word),
    *(_advice, _busy_work, _change, _hand_over, _back, _anything),
)


def tell_history(kind: str, chances: Sequence[int], on_refusal: Callable[[list[Any]], None]) -> Story:
    """Return a history of a kind of case: what of so many steps, chosen by numbers, was entered."""
    story = replace(Story(rules_of(kind), people=CROWD), facts={"appeal_until": date(2025, 7, 1)})
    table = story.rules.table
    for number in chances:
        if story.case.state and table.states[story.case.state].is_last:
            break
        chance, is_odd = divmod(number, 3)
        move = _odd_move(story, chance) if is_odd == 2 and story.case.events else next_step
        who, said = move(story, chance // len(ODD))
        found = story.ask(who, said)
        if isinstance(found, Event):
            story = story.tell(who, said)
        else:
            on_refusal(found)
    return story


def _odd_move(story: Story, chance: int) -> Move:
    """Return something odd; mostly of a command that the state knows, so that it is refused for a better reason."""
    moves = [ODD[(chance + at) % len(ODD)] for at in range(len(ODD))]
    known = story.rules.table.commands_of(story.case.state)
    fits = (move for move in moves if chance % 5 and step.verb_of(move(story, chance // len(ODD))[1]) in known)
    return next(fits, moves[0])


def folded(story: Story) -> Case:
    """Return the case of a story, folded anew from its events as they are recorded."""
    case = Case(story.case.number)
    for _, event, _, office in story.told:
        case = story.entering.after(case, event, story.rules.table, office)
    return case
