"""What end users at home tell of a month: what they received, and into what they put it.

An end user realises a use with an event of his own: a TransformationEvent that takes the components of a month and
makes end products, with `ree:endUse` and himself as `ree:endUser`. He weighs what he receives and assays nothing.
"""

from collections.abc import Iterator

from ytterby.nation import event_text as text
from ytterby.nation import identity
from ytterby.nation.declared import Declared
from ytterby.nation.event_text import Lot
from ytterby.nation.lot import Lots, arrival_day, note_of
from ytterby.nation.plan import EndUser, Link, Plan
from ytterby.nation.plant_report import MORNING, Clerk, Told

ASSEMBLING_AFTER = 2  # days after the last arrival
UNIT_GRAMS = 50_000  # components in one end product


class EndUserReport:
    """Writes the events of end users."""

    def __init__(self, plan: Plan, lots: Lots) -> None:
        self.plan, self.lots = plan, lots
        self.deliveries: dict[int, list[Link]] = {}
        for link in plan.links[plan.between :]:
            self.deliveries.setdefault(link.end_user, []).append(link)

    def events(self, user: EndUser, declared: Declared) -> list[Told]:
        """Return the month's events of an end user at home; none of one abroad, who reports to nobody here."""
        if user.is_foreign:
            return []
        clerk = Clerk(self.plan, declared.month.number, user.key)
        used: list[Lot] = []
        day = 1
        for link, part, lots in self._arriving(user, declared):
            day = max(day, arrival_day(self.plan, link))
            used += lots
            self._receive(clerk, user, link, part, lots)
        if used:
            self._assemble(clerk, user, used, day + ASSEMBLING_AFTER)
        return clerk.told

    def _arriving(self, user: EndUser, declared: Declared) -> Iterator[tuple[Link, str, list[Lot]]]:
        """Yield the deliveries to an end user, those that were meant for another included."""
        swapped = declared.bend.swapped
        given = [self.plan.links[number] for number, (instead, _) in swapped.items() if instead == user.number]
        for link in sorted([*self.deliveries[user.number], *given], key=lambda link: link.number):
            _, count = swapped.get(link.number, (-1, 0))
            lots = self._weighed(link, declared)
            kept = len(lots) - count
            mine, part = (lots[:kept], "") if link.end_user == user.number else (lots[kept:], "b")
            if mine:
                yield link, part, mine

    def _weighed(self, link: Link, declared: Declared) -> list[Lot]:
        """Return the lots of a delivery as the end user's scale shows them."""
        sender = self.plan.plants[link.sender]
        sent = self.lots.of_link(link, declared.month.number, declared.sent, sender)
        net = declared.weighed[link.number].tolist()
        return [
            lot._replace(net_g=grams, s_dev_g=max(round(grams * self.plan.scenario.weighing), 1), assayed=None)
            for lot, grams in zip(sent, net, strict=True)
        ]

    def _receive(self, clerk: Clerk, user: EndUser, link: Link, part: str, lots: list[Lot]) -> None:
        sender = self.plan.plants[link.sender]
        moved = text.transfer(note_of(self.plan, link, clerk.month, part), sender.key, user.key)
        rest = text.handed_over(lots, user.key, "receiving", "in_progress", moved)
        minute = MORNING + len(clerk.told)
        clerk.write("ObjectEvent", arrival_day(self.plan, link), minute, rest, ("receiving", link.number))

    def _assemble(self, clerk: Clerk, user: EndUser, lots: list[Lot], day: int) -> None:
        product = identity.product_uri(identity.END_PRODUCTS + user.number)
        units = max(1, sum(lot.net_g for lot in lots) // UNIT_GRAMS)
        rest = (
            text.goods("inputQuantityList", lots)
            + f',"outputQuantityList":[{{"epcClass":"{product}/10/{clerk.first:%y%m}","quantity":{units}}}]'
            + text.place(user.key, "assembling", "active")
            + f',"ree:process":"assembly","ree:endUse":"{user.use.name}","ree:endUser":"{user.party}"'
        )
        clerk.write("TransformationEvent", day, MORNING, rest, ("assembling", -1))
