"""Who has a case, and who signs it: drawn by the register among those able, present and not conflicted (threat D3).

Nobody picks his case and nobody his second. The draw is a function of a seed, the case and the order: order 0 is the
officer, order k the k-th signer. The seed is made by whoever records the draw, at the moment of drawing, and is kept
with all who could have been drawn, so that everybody can draw again and nobody knew before. Somebody with fewer cases
has more tickets: one for each case that he has less than the busiest, and one more; so nobody is certain and nobody is
out of reach.

Taking over and handing on needs a reason that the pack lists, a text, and a second person who agrees. A conflict is
declared per party and keeps its owner out of all cases of that party. A team is where somebody stands on the day of an
event, and is stamped on the event: who changes team takes no case along and changes nothing that is recorded.

Source: shared/domain/threats.md D3; shared/domain/casework.md 5.2 I6.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ytterby.terms.problem import Problem, refuse

SEED_BYTES = 32
TEXT_MAX = 1_000
_CONTEXT = b"ytterby/assignment/v1\x00"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may have a case: for whom he acts, in which team, what he is able to, with which parties he is in
    conflict, and how many cases he has.
    """

    account: str
    party: str
    team: str
    is_present: bool
    able: frozenset[str] = frozenset()
    conflicts: frozenset[str] = frozenset()
    load: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn: the account, and all who could have been drawn with their tickets, in order of account."""

    account: str
    order: int
    seed: str
    pool: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """That a case (order 0), or the signature of an order, goes to another account: who had it, why, and who asks."""

    account: str
    former: str
    order: int
    text: str
    asked_by: str


def eligible(
    candidates: Sequence[Candidate],
    excluded: Collection[str] = (),
    *,
    needs: Collection[str] = (),
    parties: Collection[str] = (),
) -> list[Candidate]:
    """Return who could be drawn, in order of account.

    `needs` is what the case asks an officer to be able to, `parties` are those of the case: nobody who acts for one of
    them or declared a conflict with one; `excluded` are accounts that had a part in it already.
    """
    return sorted(
        (one for one in candidates if bar_of(one, excluded, needs=needs, parties=parties) is None),
        key=lambda one: one.account,
    )


def bar_of(
    candidate: Candidate,
    excluded: Collection[str] = (),
    *,
    needs: Collection[str] = (),
    parties: Collection[str] = (),
) -> Problem | None:
    """Return why somebody cannot be drawn; None where he can."""
    if not candidate.is_present:
        return refuse("assignment.absent", "/account", candidate.account)
    lacking = sorted(set(needs) - candidate.able)
    if lacking:
        return refuse("assignment.not_able", "/account", candidate.account, needed=", ".join(lacking))
    if candidate.party in parties:
        return refuse("assignment.party", "/account", candidate.account)
    if not candidate.conflicts.isdisjoint(parties):
        return refuse("assignment.conflict", "/account", candidate.account)
    if candidate.account in excluded:
        return refuse("assignment.had_a_part", "/account", candidate.account)
    return None


def draw(pool: Sequence[Candidate], seed: bytes, case: str, order: int) -> Draw | None:
    """Return what is drawn among those who can be; None where there is nobody.

    Raises:
        ValueError: the seed has not 32 bytes, or somebody stands twice.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed of {SEED_BYTES} bytes")
    if len({one.account for one in pool}) < len(pool):
        raise ValueError("an account stands twice among the candidates")
    if not pool:
        return None
    busiest = max(one.load for one in pool)
    tickets = tuple(sorted((one.account, busiest - one.load + 1) for one in pool))
    return Draw(_drawn(tickets, seed, case, order), order, seed.hex(), tickets)


def draw_officer(
    candidates: Sequence[Candidate],
    seed: bytes,
    case: str,
    order: int,
    excluded: Collection[str],
    *,
    needs: Collection[str] = (),
    parties: Collection[str] = (),
) -> str | None:
    """Return the account that is drawn for a case and an order; None where nobody can be."""
    found = draw(eligible(candidates, excluded, needs=needs, parties=parties), seed, case, order)
    return None if found is None else found.account


def _drawn(tickets: Sequence[tuple[str, int]], seed: bytes, case: str, order: int) -> str:
    total = sum(count for _, count in tickets)
    digest = sha256(_CONTEXT + seed + case.encode() + b"\x00" + str(order).encode()).digest()
    # 256 bits modulo so few tickets: no ticket is more likely than another by more than 1 in 10^60.
    ticket = int.from_bytes(digest, "big") % total
    for account, count in tickets:
        if ticket < count:
            return account
        ticket -= count
    raise AssertionError("the ticket is below the sum of all")


def wrong_with_draw(recorded: Draw, case: str, pool: Sequence[Candidate] | None = None) -> list[Problem]:
    """Return what a recorded draw says otherwise than its seed and pool give: a choice that somebody forced.

    With `pool`, who could have been drawn is compared too.
    """
    try:
        seed = bytes.fromhex(recorded.seed)
    except ValueError:
        seed = b""
    is_whole = len(seed) == SEED_BYTES and recorded.pool and all(count > 0 for _, count in recorded.pool)
    if not is_whole or list(recorded.pool) != sorted(dict(recorded.pool).items()):
        return [refuse("assignment.no_draw", "/seed", recorded.account)]
    if pool is not None:
        again = draw(pool, seed, case, recorded.order)
        if again is None or again.pool != recorded.pool:
            return [refuse("assignment.other_pool", "/pool", recorded.account)]
    drawn = _drawn(recorded.pool, seed, case, recorded.order)
    return [] if drawn == recorded.account else [refuse("assignment.forced", "/account", recorded.account)]


def hand_over_problems(
    asked: HandOver,
    candidates: Sequence[Candidate],
    excluded: Collection[str] = (),
    *,
    needs: Collection[str] = (),
    parties: Collection[str] = (),
) -> list[Problem]:
    """Return why a case, or a signature, cannot go to an account: whoever gets it could have been drawn."""
    problems = []
    if not asked.text.strip() or len(asked.text) > TEXT_MAX:
        problems.append(refuse("assignment.text", "/text", asked.text, limit=TEXT_MAX))
    new = next((one for one in candidates if one.account == asked.account), None)
    if new is None:
        problems.append(refuse("assignment.unknown", "/account", asked.account))
    elif asked.account == asked.former:
        problems.append(refuse("assignment.has_it", "/account", asked.account))
    elif (bar := bar_of(new, excluded, needs=needs, parties=parties)) is not None:
        problems.append(bar)
    return problems


def second_person_problems(asked: HandOver, agreed_by: str) -> list[Problem]:
    """Return why somebody is no second person: it is another than who asks, who had the case and who gets it."""
    if agreed_by in {asked.asked_by, asked.account, asked.former}:
        return [refuse("assignment.second_person", "", agreed_by)]
    return []
