"""A plant's month told in events, as a tank: receipts, charges, draws, shipments, a loss, a stock-taking.

Receipts are weighed and assayed by the receiver, and charged to the plant's pool; products, swarf and a loss lot are
drawn from it, weighed and assayed by the plant, shipped and destroyed; on the last day the pool is counted. So the
plant's balance is read back from its own words: opening stock and receipts less shipments, loss and closing stock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from ytterby.nation import event_text as text
from ytterby.nation import identity
from ytterby.nation.declared import LOSS_METHOD, STOCK_METHOD, Declared, Figures
from ytterby.nation.event_text import Lot, Use
from ytterby.nation.lot import Lots, arrival_day, note_of
from ytterby.nation.mistake import MISSING, TYPING, Mistake, mistype
from ytterby.nation.plan import ABROAD, COMPONENT, HOME, Link, Plan, Plant

# Minutes of the day.
MORNING, PASSING, DRAWING, LOSING, CHARGING, SHIPPING, COUNTING = (h * 60 for h in (8, 9, 10, 12, 14, 15, 22))
LATE_DAY = 2
TONNE = "TNE"
NOT_YET_KNOWN = "not_yet_known"
THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """An event: its name, when it was (minutes of the month, to sort by), its text, and what it tells of.

    `about` names the kind of event and the link, for the truth: ("receiving", 12), ("stock_taking", -1).
    """

    event_id: str
    at: int
    text: str
    about: tuple[str, int]


class Clerk:
    """Writes the events of one party in one month, numbered in the order in which they are written."""

    def __init__(self, plan: Plan, month: int, key: int) -> None:
        self.plan, self.month, self.key = plan, month, key
        self.first = plan.scenario.first_day(month)
        self.offset = plan.scenario.offset
        self.told: list[Told] = []

    def write(self, kind: str, day: int, minute: int, rest: str, about: tuple[str, int]) -> str:
        """Add an event of a day of the month, counted from 1; return its name."""
        number = len(self.told) + 1
        event_id = identity.event_id(self.plan.scenario.seed, self.month, self.key, number)
        at = text.instant(self.first + timedelta(days=day - 1), minute, self.offset)
        opened = text.head(kind, event_id, at, self.offset)
        self.told.append(Told(event_id, day * 1440 + minute, f"{opened}{rest}}}", about))
        return event_id

    @property
    def last_day(self) -> int:
        """The last day of the month."""
        return (self.plan.scenario.first_day(self.month + 1) - self.first).days


@dataclass
class PlantBooks:
    """Links of each plant, in and out; uses that component makers declare for what they buy."""

    plan: Plan
    into: dict[int, list[Link]] = field(default_factory=dict)
    out: dict[int, list[Link]] = field(default_factory=dict)
    uses: dict[int, list[Use]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the links."""
        for link in self.plan.links:
            self.out.setdefault(link.sender, []).append(link)
            if link.receiver >= 0:
                self.into.setdefault(link.receiver, []).append(link)
        for plant in self.plan.plants:
            if plant.kind.name == COMPONENT:
                self.uses[plant.number] = self._uses_of(plant)

    def _uses_of(self, plant: Plant) -> list[Use]:
        """Return what a component maker's goods are for, in proportion to his customers' shares."""
        links = self.out.get(plant.number, [])
        flows = [float(self.plan.flow[link.number, 0]) for link in links]
        shares = [int(THOUSANDTHS * flow / sum(flows)) for flow in flows]
        shares[-1] += THOUSANDTHS - sum(shares)
        return [self.use_of(link, share, "order") for link, share in zip(links, shares, strict=True) if share]

    def use_of(self, link: Link, share: int, basis: str) -> Use:
        """Return the use of a delivery to an end user."""
        user = self.plan.end_users[link.end_user]
        return Use(share, user.use.code, user.party, ABROAD if user.is_foreign else HOME, basis)

    def declared_for(self, link: Link) -> list[Use]:
        """Return the uses that a shipment declares; none where it is no magnet and no component."""
        if link.end_user >= 0:
            return [self.use_of(link, THOUSANDTHS, "contract")]
        if link.receiver in self.uses:
            return self.uses[link.receiver]
        if link.form == "magnet":
            return [Use(THOUSANDTHS, NOT_YET_KNOWN, "", "", "estimate")]
        return []


class PlantReport:
    """Writes the events of one plant and month."""

    def __init__(self, books: PlantBooks, lots: Lots, plant: Plant, declared: Declared) -> None:
        self.plan, self.books, self.lots, self.plant = books.plan, books, lots, plant
        self.declared = declared
        self.month = declared.month.number
        self.clerk = Clerk(self.plan, self.month, plant.key)

    def events(self, before: Declared | None, mistake: Mistake | None) -> list[Told]:
        """Return the month's events in their order; `before` is the month before, whose late goods arrive."""
        early, later = self._receive(before, mistake)
        kind = self.plant.kind
        if kind.feed:
            early = [*early, *self._mine()]
        self._charge(early, kind.charge_day, "a")
        if later:
            self._charge([lot for _, found in later for lot in found], max(day for day, _ in later) + 1, "b")
        sent = [
            (link, self.lots.of_link(link, self.month, self.declared.sent, self.plant))
            for link in self.books.out.get(self.plant.number, ())
        ]
        self._draw([lot for _, lots in sent for lot in lots])
        for nth, (link, lots) in enumerate(sent):
            self._ship(link, lots, nth)
        self._count()
        return sorted(self.clerk.told, key=lambda told: told.at)

    def opening(self) -> Told:
        """Return the stock-taking on the eve of the first month: the opening inventory."""
        assert self.declared.opening is not None, "the first month has an opening stock"
        clerk = Clerk(self.plan, -1, self.plant.key)
        self._stock_taking(clerk, self.declared.opening)
        return clerk.told[0]

    # Receipts

    def _receive(
        self, before: Declared | None, mistake: Mistake | None
    ) -> tuple[list[Lot], list[tuple[int, list[Lot]]]]:
        """Write the receipts; return the lots to be charged with the first charge, and the later ones by day."""
        early: list[Lot] = []
        later: list[tuple[int, list[Lot]]] = []
        for nth, link in enumerate(self.books.into.get(self.plant.number, ())):
            if before is not None and before.month.late[link.number]:
                early += self._receipt(link, before, LATE_DAY, nth, slice(-1, None))
            prompt = slice(0, -1) if self.declared.month.late[link.number] else slice(None)
            day = arrival_day(self.plan, link)
            found = self._receipt(link, self.declared, day, nth, prompt, mistake)
            if day <= self.plant.kind.charge_day:
                early += found
            else:
                later.append((day, found))
        return early, later

    def _receipt(
        self, link: Link, declared: Declared, day: int, nth: int, which: slice, mistake: Mistake | None = None
    ) -> list[Lot]:
        """Write one receipt of some lots, unless it is forgotten; return them as they truly were weighed."""
        lots = self.lots.of_link(link, declared.month.number, declared.got, self.plant)[which]
        written = self._written(lots, mistake if mistake and mistake.link == link.number else None)
        if not written:
            return lots
        sender = self.plan.plants[link.sender]
        moved = text.transfer(note_of(self.plan, link, declared.month.number), sender.key, self.plant.key)
        rest = (
            text.handed_over(written, self.plant.key, "receiving", "in_progress", moved)
            + ","
            + text.lot_data(written, self.plan.scenario.elements)
        )
        self.clerk.write("ObjectEvent", day, MORNING + nth, rest, ("receiving", link.number))
        return lots

    @staticmethod
    def _written(lots: list[Lot], mistake: Mistake | None) -> list[Lot]:
        """Return lots as they are written down; none where the receipt is forgotten."""
        if mistake is None or not lots:
            return list(lots)
        if mistake.kind == MISSING:
            return []
        at = min(mistake.lot, len(lots) - 1)
        wrong = lots[at]
        slip = wrong._replace(net_g=mistype(wrong.net_g)) if mistake.kind == TYPING else wrong._replace(unit=TONNE)
        return [*lots[:at], slip, *lots[at + 1 :]]

    def _mine(self) -> list[Lot]:
        lots = self.lots.mined(self.plant, self.month, self.declared.mined)
        rest = (
            ',"action":"ADD"'
            + text.goods("quantityList", lots)
            + text.place(self.plant.key, "commissioning", "active")
            + text.weighings(lots, self.plant.key)
            + f',"ilmd":{{{text.lot_data(lots, self.plan.scenario.elements)}}}'
        )
        self.clerk.write("ObjectEvent", self.plant.kind.receive_day, MORNING, rest, ("commissioning", -1))
        return lots

    # The pool

    def _run(self, name: str) -> str:
        run = f"https://run.example/{self.plant.key}/{self.clerk.first:%y%m}{name}"
        return f',"transformationID":"{run}"'

    def _pool(self) -> str:
        return f',"ree:pool":"{identity.pool_uri(self.plant.key)}","ree:poolRule":"proportional"'

    def _charge(self, lots: Iterable[Lot], day: int, name: str) -> None:
        rest = (
            text.goods("inputQuantityList", lots)
            + self._run(name)
            + text.place(self.plant.key, "commissioning", "active")
            + self._pool()
        )
        self.clerk.write("TransformationEvent", day, CHARGING, rest, ("charging", -1))

    def _draw(self, made: list[Lot]) -> None:
        """Draw all that leaves, and the loss, which is destroyed at noon."""
        form = self.plant.kind.loss_form
        loss = self.lots.single(self.plant, form, self.month, "L", self.declared.lost, LOSS_METHOD)
        rest = (
            text.goods("outputQuantityList", [*made, loss])
            + self._run("d")
            + text.place(self.plant.key, "creating_class_instance", "active")
            + text.weighings([*made, loss], self.plant.key)
            + f',"ilmd":{{{text.lot_data([*made, loss], self.plan.scenario.elements)}}}'
            + self._pool()
        )
        day = self.plant.kind.draw_day
        self.clerk.write("TransformationEvent", day, DRAWING, rest, ("drawing", -1))
        rest = (
            ',"action":"DELETE"'
            + text.goods("quantityList", [loss])
            + text.place(self.plant.key, "destroying", "destroyed")
            + text.weighings([loss], self.plant.key)
        )
        self.clerk.write("ObjectEvent", day, LOSING, rest, ("destroying", -1))

    # Shipments

    def _ship(self, link: Link, lots: list[Lot], nth: int) -> None:
        """Write the shipment of a link; of a swapped delivery the last lots go to another under the same use."""
        instead, count = self.declared.bend.swapped.get(link.number, (-1, 0))
        kept, swapped = lots[: len(lots) - count], lots[len(lots) - count :]
        if kept:
            self._dispatch(link, kept, nth, link.end_user, "")
        if swapped:
            self._dispatch(link, swapped, nth, instead, "b")

    def _dispatch(self, link: Link, lots: list[Lot], nth: int, end_user: int, part: str) -> None:
        """Write a shipment, and the passage of the border where it leaves the country."""
        user = self.plan.end_users[end_user] if end_user >= 0 else None
        receiver = user if user is not None else self.plan.plants[link.receiver]
        moved = text.transfer(note_of(self.plan, link, self.month, part), self.plant.key, receiver.key)
        declared = self.books.declared_for(link)
        rest = text.handed_over(lots, self.plant.key, "shipping", "in_transit", moved)
        if declared:
            rest += text.uses(declared)
        day = self.plant.kind.ship_day
        self.clerk.write("ObjectEvent", day, SHIPPING + nth % 60, rest, ("shipping", link.number))
        if user is not None and user.is_foreign:
            customs = self.plan.customs_site
            rest = (
                ',"action":"OBSERVE"'
                + text.goods("quantityList", lots)
                + f',"bizStep":"departing","disposition":"in_transit","readPoint":{{"id":"{customs}"}}'
                + moved
                + f',"ree:regime":"export","ree:destinationCountry":"{ABROAD}","ree:endUser":"{user.party}"'
                + f',"ree:declaration":"D{self.clerk.first:%y%m}-{link.number:05d}"'
            )
            self.clerk.write("ObjectEvent", day + 1, PASSING + nth % 60, rest, ("departing", link.number))

    # Stock-taking

    def _count(self) -> None:
        self._stock_taking(self.clerk, self.declared.stock)

    def _stock_taking(self, clerk: Clerk, figures: Figures) -> None:
        """Count the pool on the last day; the inventory's own method says what is in it."""
        lot = self.lots.single(self.plant, self.plant.kind.stock_form, clerk.month, "S", figures, STOCK_METHOD)
        rest = (
            ',"action":"OBSERVE"'
            + text.goods("quantityList", [lot])
            + text.place(self.plant.key, "stock_taking", "in_progress")
            + ',"persistentDisposition":{"set":["completeness_verified"]}'
            + text.weighings([lot], self.plant.key)
            + self._pool()
            + ","
            + text.lot_data([lot], self.plan.scenario.elements)
        )
        clerk.write("ObjectEvent", clerk.last_day, COUNTING, rest, ("stock_taking", -1))
