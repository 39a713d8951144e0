"""Who works in the office: presence, team, abilities, conflicts, folded from what was recorded (threat D3).

Three things are kept apart, so that nobody can make the draw fall on himself or on his friend: that he is present or
away says each for himself, or the register's operator, who draws no case; team and abilities are given by another
person than the one whom they are about; a conflict each declares for himself, and another person ends it.

A roster is a function of the records up to one: what holds for an event is the roster before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from ytterby.licence.assignment import TEXT_MAX, Candidate
from ytterby.terms.problem import Problem, refuse

WORDS_MAX, WORD_MAX = 30, 40


class Presence(msgspec.Struct, frozen=True, tag_field="kind", tag="presence", forbid_unknown_fields=True):
    """That an account is there or away."""

    account: str
    is_present: bool


class Post(msgspec.Struct, frozen=True, tag_field="kind", tag="post", forbid_unknown_fields=True):
    """In which team an account works from now on, and what it is able to."""

    account: str
    team: str
    able: tuple[str, ...] = ()


class Conflict(msgspec.Struct, frozen=True, tag_field="kind", tag="conflict", forbid_unknown_fields=True):
    """That an account has a conflict with a party, or (`is_over`) that it has none any more; `text` says why."""

    account: str
    party: str
    text: str
    is_over: bool = False


Said = Presence | Post | Conflict


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the office: its party, team, abilities, whether it is there, and with whom it has conflicts."""

    account: str
    party: str
    team: str = ""
    able: frozenset[str] = frozenset()
    is_present: bool = False
    conflicts: frozenset[str] = frozenset()

    def candidate(self, load: int) -> Candidate:
        """Return it as one who may be drawn."""
        return Candidate(self.account, self.party, self.team, self.is_present, self.able, self.conflicts, load)


@dataclass(frozen=True)
class Roster:
    """All accounts of the office by account."""

    members: Mapping[str, Member] = field(default_factory=dict)

    def team_of(self, account: str) -> str:
        """Return the team of an account, empty where it has none: what is stamped on its events."""
        member = self.members.get(account)
        return member.team if member is not None else ""

    def candidates(self, accounts: Mapping[str, str], loads: Mapping[str, int]) -> list[Candidate]:
        """Return those of the accounts (account -> party) who have a post, with how many cases each has."""
        members = (self.members.get(account) for account in sorted(accounts))
        return [
            one.candidate(loads.get(one.account, 0))
            for one in members
            if one is not None and one.team and accounts[one.account] == one.party
        ]

    def after(self, said: Said, party: str) -> "Roster":
        """Return the roster after something was said about an account that acts for a party."""
        member = self.members.get(said.account)
        if member is None or member.party != party:
            # Who acts for another party now begins anew there; conflicts are the person's and stay.
            member = Member(said.account, party, conflicts=member.conflicts if member else frozenset())
        if isinstance(said, Presence):
            member = replace(member, is_present=said.is_present)
        elif isinstance(said, Post):
            member = replace(member, team=said.team, able=frozenset(said.able))
        else:
            kept = member.conflicts - {said.party}
            member = replace(member, conflicts=kept if said.is_over else kept | {said.party})
        return Roster({**self.members, said.account: member})


def roster_of(said: Iterable[tuple[Said, str]]) -> Roster:
    """Return what (what was said, party of the account) come to, in order."""
    roster = Roster()
    for one, party in said:
        roster = roster.after(one, party)
    return roster


def said_problems(said: Said, by: str, *, is_operator: bool, roster: Roster) -> list[Problem]:
    """Return why somebody (`by`, an account) cannot say something about an account."""
    if isinstance(said, Presence):
        return [] if by == said.account or is_operator else [refuse("office.presence_of_another", "", said.account)]
    if isinstance(said, Post):
        problems = [refuse("office.own_post", "", said.account)] if by == said.account else []
        words = (said.team, *said.able)
        if not said.team or len(words) > WORDS_MAX or any(not _is_word(word) for word in words):
            problems.append(refuse("office.word", "", ", ".join(words), limit=WORD_MAX))
        return problems
    return _conflict_problems(said, by, roster.members.get(said.account))


def _conflict_problems(said: Conflict, by: str, member: Member | None) -> list[Problem]:
    problems = []
    is_there = member is not None and said.party in member.conflicts
    if said.is_over and by == said.account:
        problems.append(refuse("office.conflict_ends_by_another", "", said.account))
    if not said.is_over and by != said.account:
        problems.append(refuse("office.conflict_of_another", "", said.account))
    if said.is_over and not is_there:
        problems.append(refuse("office.no_conflict", "", said.party))
    if not said.text.strip() or len(said.text) > TEXT_MAX:
        problems.append(refuse("assignment.text", "/text", said.text, limit=TEXT_MAX))
    return problems


def _is_word(text: str) -> bool:
    return 0 < len(text) <= WORD_MAX and text.isprintable() and text == text.strip()
