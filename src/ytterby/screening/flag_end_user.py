"""Flags of who the end user and the consignee are (E1 to E6, O1)."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from unicodedata import normalize

from ytterby.screening.flag import CONTEXT, Figure, FlagRule, Grade, Judged, graded, unknown
from ytterby.screening.flag_facts import FlagInput, Identity
from ytterby.screening.flag_tables import FlagTables

ADDRESSES_MAX = 100_000
_WORD = re.compile(r"\w+")
_SEPARATOR = re.compile(r"[\W_]+")


def new_end_user(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """E1: months since registration, where no earlier delivery was verified; strong needs a foundation after the
    control too.
    """
    del tables
    facts, limit = given.end_user, rule.limits["months"]
    if facts.has_verified_delivery:
        return Judged(Grade.NONE)
    if facts.on is None or facts.registered_on is None:
        return unknown("registered_on", *([] if facts.has_verified_delivery is not None else ["verified_delivery"]))
    months = Fraction(_months(facts.registered_on, facts.on))
    figures = (Figure("months", months, months, months),)
    if months >= limit.weak:
        return Judged(Grade.NONE, figures)
    if facts.has_verified_delivery is None:
        return unknown("verified_delivery", figures=figures)
    if months >= limit.strong:
        return Judged(Grade.WEAK, figures)
    lacks = tuple(
        name
        for name, one in (("founded_on", facts.founded_on), ("controlled_since", facts.controlled_since))
        if one is None
    )
    if facts.founded_on is None or facts.controlled_since is None:
        return Judged(Grade.WEAK, figures, lacks)
    return Judged(Grade.STRONG if facts.founded_on > facts.controlled_since else Grade.WEAK, figures)


def _months(start: date, end: date) -> int:
    """Return the whole months between two days; none where the second comes first."""
    whole = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return max(whole, 0)


def consignee_role(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """E2: whether the consignee only passes goods on, and whether an end user is named beside it."""
    del tables
    facts = given.end_user
    if facts.consignee_roles is None and facts.consignee_activities is None:
        return unknown("consignee")
    found = sorted((facts.consignee_roles or frozenset()) & set(rule.parameters["roles"]))
    found += sorted((facts.consignee_activities or frozenset()) & set(rule.parameters["activities"]))
    if not found:
        return Judged(Grade.NONE)
    said = {"role": ", ".join(found)}
    if facts.names_end_user is None:
        return Judged(Grade.WEAK, (), ("named_end_user",), said)
    return Judged(Grade.WEAK if facts.names_end_user else Grade.STRONG, (), (), said)


def business_line(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """E3: 1 less the largest cosine between the end user's lines of business and a class of the use.

    Lines of business that the table does not hold count as lines of their own, which fit no use.
    """
    activities, use = given.end_user.activities, given.use.use_code
    classes = None if use is None else tables.classes.get(use)
    if not activities or classes is None:
        return unknown(*(["activities"] if not activities else []), *(["use"] if classes is None else []))
    sums: dict[str, Decimal] = {}
    for activity in sorted(set(activities)):
        for name, weight in tables.activities.get(activity, {f"activity {activity}": Decimal(1)}).items():
            sums[name] = sums.get(name, Decimal(0)) + weight
    length = CONTEXT.sqrt(sum((weight * weight for weight in sums.values()), Decimal(0)))
    closest = max((sums.get(name, Decimal(0)) for name in classes), default=Decimal(0))
    distance = Fraction(1) - Fraction(CONTEXT.divide(closest, length)) if length else Fraction(1)
    figure = Figure("distance", distance, distance, distance)
    return Judged(graded(rule.limits["distance"], distance, distance), (figure,))


def military_tie(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """E4: steps to a military or government-research tie, of who states a civil use."""
    del tables
    facts = given.end_user
    if facts.states_civil_use is False:
        return Judged(Grade.NONE)
    if facts.ties is None and facts.texts is None:
        return unknown("ties")
    steps = [tie.steps for tie in facts.ties or ()]
    found = [tie.what for tie in facts.ties or ()]
    for word in rule.parameters["words"]:
        if any(_holds(text, word) for text in facts.texts or ()):
            steps.append(rule.parameters["direct"])
            found.append(word)
    lacks = () if facts.ties is not None else ("ties",)
    if not steps:
        return Judged(Grade.NONE) if not lacks else unknown(*lacks)
    nearest = min(steps)
    figures = (Figure("steps", Fraction(nearest), Fraction(nearest), Fraction(nearest)),)
    said = {"tie": "; ".join(sorted(set(found)))}
    if nearest <= rule.parameters["direct"]:
        return Judged(Grade.STRONG, figures, (), said)
    return Judged(Grade.WEAK if nearest <= rule.parameters["near"] else Grade.NONE, figures, (), said)


def _holds(text: str, word: str) -> bool:
    """Tell whether a text holds a word: as a word where it is of an alphabet, anywhere where it is not."""
    folded = normalize("NFKC", text).casefold()
    return word.casefold() in _WORD.findall(folded) if word.isascii() else word in folded


def contact_elsewhere(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """E5: how many contacts are of another country than the seat, or of a free mail service."""
    del tables
    facts = given.end_user
    contacts = {"telephone": facts.telephone_country, "mail": facts.mail_domain}
    known = {kind for kind, one in contacts.items() if one}
    if not facts.seat or not known:
        return unknown(*([] if facts.seat else ["seat"]), *([] if known else ["contacts"]))
    odd = []
    if facts.telephone_country and facts.telephone_country.upper() != facts.seat.upper():
        odd.append(f"telephone {facts.telephone_country}")
    if facts.mail_domain:
        domain = facts.mail_domain.casefold().rstrip(".")
        if domain in rule.parameters["free_mail"] or not _is_of(domain.rpartition(".")[2], facts.seat, rule):
            odd.append(domain)
    count = Fraction(len(odd))
    figure = Figure("count", count, count, count)
    lacks = () if len(known) == len(contacts) else ("contacts",)
    if not odd and lacks:
        return unknown(*lacks, figures=(figure,))
    return Judged(graded(rule.limits["count"], count, count), (figure,), lacks, {"contacts": ", ".join(odd)})


def _is_of(ending: str, seat: str, rule: FlagRule) -> bool:
    """Tell whether the ending of a domain is the seat's own, or no country's."""
    own = rule.parameters["ending_of"].get(seat.upper(), [seat.casefold()])
    return ending in rule.parameters["generic"] or ending in own or len(ending) != 2


def shared_identity(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """E6: an identifier shared with a listed or refused party, or an address that is as good as the same."""
    del tables
    mine, suspects = given.end_user.identity, given.end_user.suspects
    if mine is None or suspects is None:
        return unknown(*(["identity"] if mine is None else []), *(["listed_identities"] if suspects is None else []))
    own = {_identifier(*one) for one in mine.identifiers}
    shared = sorted({who for who, one in suspects if own & {_identifier(*each) for each in one.identifiers}})
    if shared:
        return Judged(Grade.STRONG, (), (), {"with": "; ".join(shared)})
    closest, who = _closest_address(mine, suspects)
    figures = (Figure("similarity", closest, closest, closest),)
    if closest >= Fraction(Decimal(rule.parameters["address_similarity"])):
        return Judged(Grade.WEAK, figures, (), {"with": who})
    return Judged(Grade.NONE, figures)


def _identifier(kind: str, value: str) -> tuple[str, str]:
    return kind.casefold(), _SEPARATOR.sub("", normalize("NFKC", value).casefold())


def _closest_address(mine: Identity, suspects: Iterable[tuple[str, Identity]]) -> tuple[Fraction, str]:
    own = [_pairs(address) for address in mine.addresses[:ADDRESSES_MAX]]
    closest, who = Fraction(0), ""
    for name, one in suspects:
        for address in one.addresses:
            pairs = _pairs(address)
            for each in own:
                similarity = _dice(each, pairs)
                if (similarity, name) > (closest, who) and similarity:
                    closest, who = similarity, name
    return closest, who


def _pairs(text: str) -> frozenset[str]:
    """Return the words of an address; of scripts without blanks its pairs of characters."""
    folded = normalize("NFKC", text).casefold()
    found: set[str] = set()
    for word in _WORD.findall(folded):
        if word.isascii() or len(word) < 3:
            found.add(word)
        else:
            found.update(word[n : n + 2] for n in range(len(word) - 1))
    return frozenset(found)


def _dice(first: frozenset[str], second: frozenset[str]) -> Fraction:
    whole = len(first) + len(second)
    return Fraction(2 * len(first & second), whole) if whole else Fraction(0)


def owned_by_listed(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """O1: captured, or possible, or a listed minority."""
    del rule, tables
    facts = given.ownership
    said = {"verdict": facts.verdict or ""}
    if facts.verdict in {"captured", "listed"}:
        return Judged(Grade.STRONG, (), (), said)
    if facts.verdict == "possible" or facts.is_minority:
        return Judged(Grade.WEAK, (), (), said)
    return Judged(Grade.NONE, (), (), said) if facts.verdict == "clear" else unknown("owners")
