"""EPCIS events of a made-up province as text: filled-in templates, since a million of them are wanted in minutes."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from ytterby.terms.gs1key import check_digit

ELEMENTS = ("La", "Ce", "Pr", "Nd", "Tb", "Dy", "Y")
# Element per oxide by mass, of the element table's weights; for the sizes of lots only, never checked against.
FACTORS = (0.8527, 0.8141, 0.8277, 0.8574, 0.8502, 0.8713, 0.7874)
HEAD = (
    '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",'
    '{"ree":"https://w3id.org/ytterby/ree/"}],"type":"EPCISDocument","schemaVersion":"2.0",'
    '"creationDate":"2019-01-01T00:00:00.000Z","epcisBody":{"eventList":[\n'
)
TAIL = "\n]}}"
FORMS = (
    ("ore", "011"),
    ("concentrate", "028"),
    ("tailings", "035"),
    ("La oxide", "110"),
    ("Ce oxide", "127"),
    ("NdPr oxide", "134"),
    ("Tb oxide", "141"),
    ("Dy oxide", "158"),
    ("Y oxide", "165"),
    ("residue", "172"),
    ("metal", "219"),
    ("slag", "233"),
    ("alloy", "264"),
    ("dross", "271"),
    ("magnet", "318"),
    ("swarf", "325"),
    ("recovered oxide", "417"),
    ("cake", "424"),
    ("component", "516"),
)
GTINS = {name: f"https://id.gs1.org/01/09520000000{code}" for name, code in FORMS}
UNCERTAINTY = {"ore": 0.03, "tailings": 0.05, "residue": 0.1, "slag": 0.1, "cake": 0.1, "swarf": 0.02, "dross": 0.05}


class Lot(NamedTuple):
    """A lot or a part of it: identifier, amount (grams, or pieces), and grams of each element."""

    uri: str
    amount: int
    elements: tuple[float, ...]
    is_pieces: bool = False

    def part(self, amount: int) -> "Lot":
        """Return an amount of it."""
        share = amount / self.amount
        return Lot(self.uri, amount, tuple(e * share for e in self.elements), self.is_pieces)


class Told(NamedTuple):
    """An event: when it was (ms since 1970), who tells it, its text before and after the place of a correction."""

    at: int
    party: int
    head: str
    rest: str

    @property
    def text(self) -> str:
        """The event as JSON."""
        return self.head + self.rest

    def declared_wrong(self, at: str) -> str:
        """Return its error declaration, of an instant."""
        return f'{self.head},"errorDeclaration":{{"declarationTime":"{at}","reason":"incorrect_data"}}{self.rest}'


def gln(number: int) -> str:
    """Return a global location number under GS1's prefix for examples."""
    digits = f"952000{number:06d}"
    return digits + check_digit(digits)


def party_uri(number: int) -> str:
    """Return the identifier of a party."""
    return "https://id.gs1.org/417/" + gln(number)


def site_uri(number: int) -> str:
    """Return the identifier of a party's site."""
    return "https://id.gs1.org/414/" + gln(number)


def kilograms(grams: int) -> str:
    """Return a mass as a JSON number."""
    return f"{grams // 1000}.{grams % 1000:03d}"


def goods(lot: Lot, *, amount: int | None = None) -> str:
    """Return a quantity element."""
    told = lot.amount if amount is None else amount
    if lot.is_pieces:
        return f'{{"epcClass":"{lot.uri}","quantity":{told}}}'
    return f'{{"epcClass":"{lot.uri}","quantity":{kilograms(told)},"uom":"KGM"}}'


def head(kind: str, event_id: str, instant: str) -> str:
    """Return the first fields of an event."""
    return f'{{"type":"{kind}","eventID":"{event_id}","eventTime":"{instant}","eventTimeZoneOffset":"+08:00"'


def place(site: int, point: str, step: str, disposition: str) -> str:
    """Return business step, disposition and places."""
    uri = site_uri(site)
    return (
        f'"bizStep":"{step}","disposition":"{disposition}","readPoint":{{"id":"{uri}/254/{point}"}},'
        f'"bizLocation":{{"id":"{uri}"}}'
    )


def weighing(instant: str, site: int, grams: int) -> str:
    """Return the sensor element of a weighbridge: a standard deviation of half a thousandth."""
    return (
        f'"sensorElementList":[{{"sensorMetadata":{{"time":"{instant}","deviceID":"https://id.gs1.org/8004/952000WB'
        f'{site:03d}"}},"sensorReport":[{{"type":"Mass","value":{kilograms(grams)},"sDev":{grams * 5e-7:.3f},'
        f'"uom":"KGM"}}]}}]'
    )


def assay(lot: Lot, form: str, grams: int) -> str:
    """Return form and assay of a lot whose mass is given."""
    u = UNCERTAINTY.get(form, 0.004)
    word = "oxide" if form.endswith("oxide") else form
    method = "XRF" if word == "magnet" else "ICP-OES"
    rows = []
    for symbol, mass in zip(ELEMENTS, lot.elements, strict=True):
        if mass > 0:
            ppm = mass / grams * 1e6
            rows.append(
                f'{{"ree:element":"{symbol}","ree:milligramPerKilogram":{ppm:.1f},'
                f'"ree:standardUncertainty":{ppm * u:.1f},"ree:method":"{method}"}}'
            )
    return f'"ree:lot":"{lot.uri}","ree:form":"{word}","ree:assay":[{",".join(rows)}]'


def transfer(event: str, sender: int, receiver: int) -> str:
    """Return document, source and destination of a shipment."""
    return (
        f'"bizTransactionList":[{{"type":"desadv","bizTransaction":"https://desadv.example/{event}"}}],'
        f'"sourceList":[{{"type":"owning_party","source":"{party_uri(sender)}"}},'
        f'{{"type":"location","source":"{site_uri(sender)}"}}],'
        f'"destinationList":[{{"type":"owning_party","destination":"{party_uri(receiver)}"}},'
        f'{{"type":"location","destination":"{site_uri(receiver)}"}}]'
    )


def divided(random: Random, elements: Sequence[float], recovery: float) -> tuple[float, ...]:
    """Return what a step recovers of each element, a little more or less."""
    return tuple(e * recovery * (1 + 0.004 * (random.random() - 0.5)) for e in elements)


def oxide_grams(elements: Sequence[float]) -> int:
    """Return the mass of these elements as oxide of 99.5 %."""
    return max(1, round(sum(e / f for e, f in zip(elements, FACTORS, strict=True)) / 0.995))


def only(elements: Sequence[float], *symbols: str) -> tuple[float, ...]:
    """Return these elements alone."""
    return tuple(e if s in symbols else 0.0 for e, s in zip(elements, ELEMENTS, strict=True))
