"""A made-up province, day by day: mines, separation plants, metal, magnet and component makers, recyclers.

Same seed, same bytes. It is a shape of data, not a forecast: each kind of work takes lots from a store, blends several
of them, makes lots of its own, sends parts of them on, and the next in the chain weighs what arrives. Most instants
are distinct; gates open at eight, stores are counted at the month's last second. Some plants run through a tank. About
one report in thirty comes weeks late, one in a hundred was wrong and is declared so. Iron and boron are left out.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks import province_text as text
from benchmarks.province_text import GTINS, Lot, Told

START = datetime(2019, 1, 1, tzinfo=UTC)
HOUR = 3_600_000
DAY = 24 * HOUR
# Numbers of parties; each has one site of the same number.
MINES = range(1, 9)
SEPARATORS = range(21, 25)
WITH_TANK = frozenset({22, 24})
METALS = range(31, 34)
MAGNETS = range(41, 46)
COMPONENTS = range(51, 59)
RECYCLERS = range(61, 63)
TRADER, ABROAD = 71, 81
KINDS = (
    (MINES, "mine"),
    (SEPARATORS, "separation"),
    (METALS, "metal"),
    (MAGNETS, "magnet"),
    (COMPONENTS, "component"),
    (RECYCLERS, "recycler"),
    (range(TRADER, TRADER + 1), "trader"),
    (range(ABROAD, ABROAD + 1), "component"),
)
LATE, WRONG = 0.03, 0.01
_QUOTED = '","'
ORE = (12.5, 21.7, 2.5, 9.2, 0.1, 0.5, 3.3)  # g/kg


def directory() -> str:
    """Return the province's parties and sites as YAML for `party import`."""
    parties, sites = ["parties:"], ["sites:"]
    for numbers, kind in KINDS:
        for number in numbers:
            country = "XB" if number == ABROAD else "XA"
            party = text.party_uri(number)
            parties.append(f'  - {{id: "{party}", name: {kind} {number}, country: {country}}}')
            sites.append(
                f'  - {{id: "{text.site_uri(number)}", name: {kind} {number}, kind: {kind}, country: {country}, '
                f'operations: [{{party: "{party}"}}]}}'
            )
    return "\n".join(parties + sites) + "\n"


def documents(events: int, size: int, *, seed: int = 1, of_party: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield submitters and documents of `size` events each, in the order in which they are handed in.

    With `of_party` each party hands in its own, which are then up to its next full document late; else the register's
    operator hands in all.
    """
    waiting: dict[str, list[str]] = {}
    told = Province(seed).reports()
    for _ in range(events):
        report = next(told)
        submitter = text.party_uri(report[0]) if of_party else "operator"
        rows = waiting.setdefault(submitter, [])
        rows.append(report[1])
        if len(rows) == size:
            yield submitter, document(rows)
            rows.clear()
    for submitter, rows in sorted(waiting.items()):
        if rows:
            yield submitter, document(rows)


def document(rows: list[str]) -> bytes:
    """Return a document of these events."""
    return (text.HEAD + ",\n".join(rows) + text.TAIL).encode()


class Province:
    """The stores of all sites, and what happens on a day."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.number = 0
        self.day = 0
        self.stores: dict[tuple[int, str], deque[Lot]] = {}
        self.arrivals: dict[int, list[tuple[int, int, str, Lot, str]]] = {}
        self.reports_due: list[tuple[int, int, int, str]] = []
        self.ores = [tuple(g * self.random.uniform(0.5, 1.6) for g in ORE) for _ in MINES]
        self.told: list[Told] = []

    def reports(self) -> Iterator[tuple[int, str]]:
        """Yield for ever party and text of each report, in the order in which they are made."""
        while True:
            self.told = []
            self._work()
            for one in sorted(self.told):
                self._report(one)
            self.day += 1
            while self.reports_due and self.reports_due[0][0] < self.day * DAY:
                _, _, party, told = heapq.heappop(self.reports_due)
                yield party, told

    def _report(self, one: Told) -> None:
        """Let an event be reported at once, or late."""
        late = self.random.randint(5, 40) * DAY if self.random.random() < LATE else 0
        self._due(one.at + late, one.party, one.text)

    def _due(self, at: int, party: int, told: str) -> None:
        self.number += 1
        heapq.heappush(self.reports_due, (at, self.number, party, told))

    def _work(self) -> None:
        for number in MINES:
            self._mine(number)
        for arrival in self.arrivals.pop(self.day, ()):
            self._receive(*arrival)
        for number in SEPARATORS:
            self._separate(number)
        for number in METALS:
            self._smelt(number)
        for number in MAGNETS:
            self._sinter(number)
        for number in COMPONENTS:
            self._assemble(number)
        for number in RECYCLERS:
            self._recycle(number)
        if (self._date() + timedelta(days=1)).day == 1:
            self._count_stores()

    # What the sites do

    def _mine(self, number: int) -> None:
        random, elements = self.random, self.ores[number - MINES.start]
        for _ in range(random.choice((10, 11, 12, 13))):
            grams = random.randrange(100_000_000, 130_000_000, 20_000)
            lot = self._lot("ore", grams, tuple(grams * g * random.uniform(0.9, 1.1) / 1000 for g in elements))
            at = self._at(0, 6)
            self._event(
                "ObjectEvent",
                number,
                at,
                f'"action":"ADD","quantityList":[{text.goods(lot)}],'
                f"{text.place(number, 'PIT', 'commissioning', 'active')},"
                f"{text.weighing(_instant(at - 600_000), number, grams)},"
                f'"ilmd":{{{text.assay(lot, "ore", grams)},"ree:originCountry":"XA"}}',
            )
            self._keep(number, "ore", lot)
        for inputs in self._batches(number, "ore", (3, 3, 4)):
            total = _sum(inputs)
            grams = sum(lot.amount for lot in inputs) // 11
            conc = self._lot("concentrate", grams, text.divided(random, total, 0.85))
            tails = self._lot("tailings", grams * 10, text.divided(random, total, 0.145))
            self._step(number, "MILL", "flotation", inputs, (("concentrate", conc), ("tailings", tails)), 9)
            self._send(number, random.choice(SEPARATORS), "concentrate", conc)

    def _separate(self, number: int) -> None:
        for inputs in self._batches(number, "concentrate", (6, 8, 10, 12, 12, 20)):
            total = _sum(inputs)
            outputs: list[tuple[str, Lot]] = []
            for symbols, form in ((("La",), "La oxide"), (("Ce",), "Ce oxide"), (("Y",), "Y oxide")):
                outputs.append((form, self._oxide(form, total, symbols)))
            for _ in range(4):
                outputs.append(("NdPr oxide", self._oxide("NdPr oxide", total, ("Nd", "Pr"), 4)))
            outputs.append(("Tb oxide", self._oxide("Tb oxide", total, ("Tb",))))
            outputs.append(("Dy oxide", self._oxide("Dy oxide", total, ("Dy",))))
            residue = text.divided(self.random, total, 0.035)
            outputs.append(("residue", self._lot("residue", sum(lot.amount for lot in inputs) * 3 // 4, residue)))
            if number in WITH_TANK:
                self._through_tank(number, inputs, outputs)
            else:
                self._step(number, "SX", "solvent extraction", inputs, outputs, 9)
            for form, lot in outputs:
                if form in {"NdPr oxide", "Dy oxide"}:
                    for part in self._parts(lot, 2 if form == "NdPr oxide" else 3):
                        self._send(number, self.random.choice(METALS), form, part)
                elif form == "La oxide" or form == "Y oxide":
                    self._send(number, TRADER, form, lot)

    def _oxide(self, form: str, total: tuple[float, ...], symbols: tuple[str, ...], among: int = 1) -> Lot:
        elements = text.divided(self.random, text.only(total, *symbols), 0.96 / among)
        return self._lot(form, text.oxide_grams(elements), elements)

    def _through_tank(self, number: int, inputs: list[Lot], outputs: list[tuple[str, Lot]]) -> None:
        """Charge and draw a campaign of its own: a tank that is never emptied would hold all that ever was."""
        self.number += 1
        pool = f'"ree:pool":"{text.site_uri(number)}/254/TANK-{self.number}","ree:process":"solvent extraction"'
        where = text.place(number, "TANK", "creating_class_instance", "active")
        run = f'"transformationID":"https://run.example/{self.number}"'
        for half in (inputs[::2], inputs[1::2]):
            told = f'"inputQuantityList":[{_list(half)}],{run},{where},{pool}'
            self._event("TransformationEvent", number, self._at(8, 9), told)
        for start in range(0, len(outputs), 3):
            made = outputs[start : start + 3]
            rows = ",".join(f"{{{text.assay(lot, form, lot.amount)}}}" for form, lot in made)
            told = (
                f'"outputQuantityList":[{_list([lot for _, lot in made])}],{run},{where},'
                f'"ilmd":{{"ree:lotData":[{rows}]}},{pool}'
            )
            self._event("TransformationEvent", number, self._at(10, 13), told)

    def _smelt(self, number: int) -> None:
        """Oxide to metal in the morning, metal to alloy at noon."""
        for inputs in self._batches(number, "NdPr oxide", (2, 2, 3, 3, 4)):
            total = _sum(inputs)
            metal = text.divided(self.random, total, 0.97)
            slag = text.divided(self.random, total, 0.025)
            outputs = [
                ("metal", self._lot("metal", round(sum(metal) / 0.998), metal)),
                ("slag", self._lot("slag", round(sum(slag) / 0.5), slag)),
            ]
            self._step(number, "CELL", "molten-salt electrolysis", inputs, outputs, 9, 11)
            for part in self._parts(outputs[0][1], 2):
                self._keep(number, "metal", part)
        for inputs in self._batches(number, "metal", (1, 2, 3, 3, 4)):
            dysprosium = self.stores.get((number, "Dy oxide"))
            if dysprosium and self.random.random() < 0.3:
                inputs.append(dysprosium.popleft())
            total = _sum(inputs)
            grams = round(sum(total) * 3.1)
            outputs = [
                ("alloy", self._lot("alloy", grams, text.divided(self.random, total, 0.975))),
                ("dross", self._lot("dross", grams // 60, text.divided(self.random, total, 0.016))),
            ]
            self._step(number, "CASTER", "strip casting", inputs, outputs, 12, 14)
            for part in self._parts(outputs[0][1], 2):
                self._send(number, self.random.choice(MAGNETS), "alloy", part)

    def _sinter(self, number: int) -> None:
        for inputs in self._batches(number, "alloy", (1, 2, 3, 4)):
            total, grams = _sum(inputs), sum(lot.amount for lot in inputs)
            outputs = []
            for _ in range(8):
                pieces = max(1, grams * 78 // 100 // 8 // 45)
                lot = self._lot("magnet", pieces, text.divided(self.random, total, 0.78 / 8), is_pieces=True)
                outputs.append(("magnet", lot))
            swarf = self._lot("swarf", grams * 21 // 100, text.divided(self.random, total, 0.21))
            self._step(number, "SINTER", "sintering, grinding", inputs, [*outputs, ("swarf", swarf)], 9)
            for form, lot in outputs:
                self._send(number, self.random.choice(COMPONENTS), form, lot)
            if self.random.random() < 0.3:
                self._send(number, self.random.choice(RECYCLERS), "swarf", swarf)

    def _assemble(self, number: int) -> None:
        """Magnets into machines, each with a serial number; some leave the country."""
        for inputs in self._batches(number, "magnet", (1, 1, 2, 3, 4)):
            self.number += 1
            serials = [f"{GTINS['component']}/21/{self.number}-{n}" for n in range(7)]
            told = (
                f'"inputQuantityList":[{_list(inputs)}],"outputEPCList":["{_QUOTED.join(serials)}"],'
                f'"transformationID":"https://run.example/{self.number}",'
                f"{text.place(number, 'LINE', 'assembling', 'active')},"
                '"ilmd":{"ree:form":"component"}'
            )
            self._event("TransformationEvent", number, self._at(9, 14), told)
            if self.random.random() < 0.4:
                self.number += 1
                told = (
                    f'"action":"OBSERVE","epcList":["{_QUOTED.join(serials)}"],'
                    f"{text.place(number, 'GATE', 'shipping', 'in_transit')},"
                    f"{text.transfer(f'{number}-{self.number}', number, ABROAD)}"
                )
                self._event("ObjectEvent", number, self._at(15, 18), told)

    def _recycle(self, number: int) -> None:
        for inputs in self._batches(number, "swarf", (2, 3)):
            total = _sum(inputs)
            oxide = text.divided(self.random, total, 0.95)
            cake = text.divided(self.random, total, 0.045)
            outputs = [
                ("recovered oxide", self._lot("recovered oxide", text.oxide_grams(oxide), oxide)),
                ("cake", self._lot("cake", sum(lot.amount for lot in inputs) * 9 // 10, cake)),
            ]
            self._step(number, "LEACH", "leach and precipitation", inputs, outputs, 9)
            self._send(number, self.random.choice(METALS), "NdPr oxide", outputs[0][1])

    def _count_stores(self) -> None:
        """Count what lies in the stores, all at the month's last second."""
        at = (self.day + 1) * DAY - 1000
        for (number, _), lots in sorted(self.stores.items()):
            held: dict[str, Lot] = {}
            for lot in lots:
                known = held.get(lot.uri)
                held[lot.uri] = lot._replace(amount=lot.amount + (known.amount if known else 0))
            if held:
                told = (
                    f'"action":"OBSERVE","quantityList":[{_list(list(held.values())[:20])}],'
                    f"{text.place(number, 'STORE', 'stock_taking', 'in_progress')}"
                )
                self._event("ObjectEvent", number, at, told)

    # Moves

    def _send(self, sender: int, receiver: int, form: str, lot: Lot) -> None:
        """Ship a lot in the afternoon, or at eight the next morning; it arrives some days later."""
        at = self._at(15, 18) if self.random.random() < 0.85 else (self.day + 1) * DAY
        self.number += 1
        event = f"{sender}-{self.number}"
        told = (
            f'"action":"OBSERVE","quantityList":[{text.goods(lot)}],'
            f"{text.place(sender, 'GATE', 'shipping', 'in_transit')},"
            f"{text.transfer(event, sender, receiver)}"
        )
        if not lot.is_pieces:
            told += f",{text.weighing(_instant(at - 300_000), sender, lot.amount)}"
        self._event("ObjectEvent", sender, at, told)
        arrival = (sender, receiver, form, lot, event)
        self.arrivals.setdefault(self.day + self.random.randint(2, 6), []).append(arrival)

    def _receive(self, sender: int, receiver: int, form: str, lot: Lot, event: str) -> None:
        """Weigh what arrives: a little more or less than was sent, once in a while a slip of the pen."""
        at = self._at(6, 8)
        if not lot.is_pieces:
            lot = lot.part(max(1, round(lot.amount * (1 + self.random.gauss(0, 3e-4)))))

        def told(grams: int) -> str:
            weighed = "" if lot.is_pieces else f",{text.weighing(_instant(at - 300_000), receiver, grams)}"
            return (
                f'"action":"OBSERVE","quantityList":[{text.goods(lot, amount=grams)}],'
                f"{text.place(receiver, 'GATE', 'receiving', 'in_progress')},"
                f"{text.transfer(event, sender, receiver)}{weighed}"
            )

        if self.random.random() < WRONG * 4 and not lot.is_pieces:
            wrong = self._made("ObjectEvent", receiver, at, told(max(1, lot.amount * 97 // 100)))
            self.told.append(wrong)
            seen = at + self.random.randint(42, 40 * 24) * HOUR
            self._due(seen, receiver, wrong.declared_wrong(_instant(seen)))
            self._due(seen + 1, receiver, self._made("ObjectEvent", receiver, at, told(lot.amount)).text)
        else:
            self._event("ObjectEvent", receiver, at, told(lot.amount))
        self._keep(receiver, form, lot)

    def _step(
        self,
        number: int,
        point: str,
        process: str,
        inputs: list[Lot],
        outputs: "list[tuple[str, Lot]] | tuple[tuple[str, Lot], ...]",
        after: int,
        before: int = 14,
    ) -> None:
        self.number += 1
        rows = []
        for form, lot in outputs:
            grams = lot.amount * 45 if lot.is_pieces else lot.amount
            pieces = ',"ree:pieceMassGram":45.0' if lot.is_pieces else ""
            rows.append(f"{{{text.assay(lot, form, grams)}{pieces}}}")
        told = (
            f'"inputQuantityList":[{_list(inputs)}],"outputQuantityList":[{_list([lot for _, lot in outputs])}],'
            f'"transformationID":"https://run.example/{self.number}",'
            f"{text.place(number, point, 'creating_class_instance', 'active')},"
            f'"ilmd":{{"ree:lotData":[{",".join(rows)}]}},"ree:process":"{process}"'
        )
        self._event("TransformationEvent", number, self._at(after, before), told)

    # Stores, instants, names

    def _batches(self, number: int, form: str, sizes: tuple[int, ...]) -> Iterator[list[Lot]]:
        """Yield blends of lots from a store, as long as it holds enough."""
        store = self.stores.get((number, form))
        while store:
            size = self.random.choice(sizes)
            if len(store) < size:
                return
            yield [store.popleft() for _ in range(size)]

    def _parts(self, lot: Lot, count: int) -> list[Lot]:
        share = max(1, lot.amount // count)
        last = lot.amount - share * (count - 1)
        return [lot.part(share) for _ in range(count - 1)] + [lot.part(last)] if last > 0 else [lot]

    def _keep(self, number: int, form: str, lot: Lot) -> None:
        self.stores.setdefault((number, form), deque()).append(lot)

    def _lot(self, form: str, amount: int, elements: tuple[float, ...], *, is_pieces: bool = False) -> Lot:
        self.number += 1
        return Lot(f"{GTINS[form]}/10/L{self.number}", max(1, amount), elements, is_pieces)

    def _event(self, kind: str, party: int, at: int, told: str) -> None:
        self.told.append(self._made(kind, party, at, told))

    def _made(self, kind: str, party: int, at: int, told: str) -> Told:
        self.number += 1
        event_id = f"urn:uuid:00000000-0000-8000-8000-{self.number:012x}"
        return Told(at, party, text.head(kind, event_id, _instant(at)), f",{told}}}")

    def _at(self, after: int, before: int) -> int:
        """Return an instant between two hours of the day, to the millisecond."""
        return self.day * DAY + self.random.randrange(after * HOUR, before * HOUR)

    def _date(self) -> datetime:
        return START + timedelta(days=self.day)


def _list(lots: list[Lot]) -> str:
    return ",".join(text.goods(lot) for lot in lots)


def _sum(lots: list[Lot]) -> tuple[float, ...]:
    return tuple(map(sum, zip(*(lot.elements for lot in lots), strict=True)))


def _instant(at: int) -> str:
    days, rest = divmod(at, DAY)
    seconds, milliseconds = divmod(rest, 1000)
    return f"{_day(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{milliseconds:03d}Z"


_DAYS: dict[int, str] = {}


def _day(number: int) -> str:
    if number not in _DAYS:
        _DAYS[number] = (START + timedelta(days=number)).date().isoformat()
    return _DAYS[number]
