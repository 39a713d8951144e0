"""Provenance vectors by exact fractions, sharing no code with the book: what the answers have to be.

A lot's row is what each source lot brought, kg. Shares and takes never meet a float.
"""

from fractions import Fraction

Row = dict[str, Fraction]


def scaled(row: Row, factor: Fraction) -> Row:
    return {key: kg * factor for key, kg in row.items() if kg * factor}


def added(*rows: Row) -> Row:
    total: Row = {}
    for row in rows:
        for key, kg in row.items():
            total[key] = total.get(key, Fraction(0)) + kg
    return total


def exact(value: object) -> Fraction:
    return Fraction(str(value))


def of_element(value: object, element: str) -> Fraction:
    return exact(value.get(element, 0)) if isinstance(value, dict) else exact(value)


class ExactChain:
    """One element of a vector."""

    def __init__(self, events: list[dict], element: str) -> None:
        self.element = element
        self.row: dict[str, Row] = {}
        self.left: dict[str, Fraction] = {}  # part of the lot's original mass
        self.origin: dict[str, str] = {}
        self.pools: dict[str, list[Row]] = {}
        self.loss: Row = {}
        self.to: dict[str, str] = {}
        for event in events:
            getattr(self, event["type"])(event)

    def source(self, event: dict) -> None:
        self.origin[event["lot"]] = event["origin"]
        self._make(event["lot"], {event["lot"]: of_element(event["mass"], self.element)})

    def _make(self, lot: str, row: Row) -> None:
        self.row[lot] = {key: kg for key, kg in row.items() if kg}
        self.left[lot] = Fraction(1)

    def transform(self, event: dict) -> None:
        consumed: Row = {}
        for part in event["in"]:
            fraction = of_element(part["fraction"], self.element)
            self.left[part["lot"]] -= fraction
            consumed = added(consumed, scaled(self.row[part["lot"]], fraction))
        rest = Fraction(1)
        for out in event["out"]:
            share = of_element(out["share"], self.element)
            rest -= share
            self._make(out["lot"], scaled(consumed, share))
        self.loss = added(self.loss, scaled(consumed, rest))

    def pool_in(self, event: dict) -> None:
        lot = event["lot"]
        self.pools.setdefault(event["pool"], []).append(scaled(self.row[lot], self.left[lot]))
        self.left[lot] = Fraction(0)

    def pool_out(self, event: dict) -> None:
        layers = self.pools[event["pool"]]
        need = of_element(event["take"], self.element)
        if event["policy"] == "proportional":
            whole = sum((sum(layer.values(), Fraction(0)) for layer in layers), Fraction(0))
            part = need / whole if whole else Fraction(0)
            self._make(event["lot"], scaled(added(*layers), part))
            layers[:] = [scaled(layer, 1 - part) for layer in layers]
            return
        got: Row = {}
        for position, layer in enumerate(layers):
            holds = sum(layer.values(), Fraction(0))
            taken = min(need, holds)
            if taken:
                got = added(got, scaled(layer, taken / holds))
                layers[position] = scaled(layer, 1 - taken / holds)
                need -= taken
        self._make(event["lot"], got)

    def ship(self, event: dict) -> None:
        self.to[event["lot"]] = event["to"]

    def lots(self) -> dict[str, dict]:
        found = {}
        for lot, row in self.row.items():
            mass = sum(row.values(), Fraction(0))
            if mass:
                origins: Row = {}
                for key, kg in row.items():
                    origins[self.origin[key]] = origins.get(self.origin[key], Fraction(0)) + kg / mass
                found[lot] = {"mass": mass, "origin_share": origins, "source_lots": row}
        return found

    def destinations(self) -> dict[str, Row]:
        found: dict[str, Row] = {}

        def put(key: str, row: Row) -> None:
            for source, kg in row.items():
                if kg:
                    there = found.setdefault(source, {})
                    there[key] = there.get(key, Fraction(0)) + kg

        for lot, row in self.row.items():
            put(self.to.get(lot, f"stock:{lot}"), scaled(row, self.left[lot]))
        for pool, layers in self.pools.items():
            put(f"pool:{pool}", added(*layers))
        put("loss", self.loss)
        return found
