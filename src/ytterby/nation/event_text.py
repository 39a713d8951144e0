"""EPCIS 2.0 events of the nation as text: filled-in templates, since a country writes millions of them.

Masses are whole grams and written in kilograms, contents are hundredths of mg/kg, as in `declared`; so what is read
back is the figure itself. The terms under `ree:` are those of the register's profile.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from json import dumps
from typing import NamedTuple

from ytterby.nation.identity import party_uri, scale_uri, site_uri

HEAD = (
    '{{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",'
    '{{"ree":"https://w3id.org/ytterby/ree/"}}],"type":"EPCISDocument","schemaVersion":"2.0",'
    '"creationDate":"{at}","sender":"{sender}","epcisBody":{{"eventList":[\n'
)
TAIL = "\n]}}\n"
KILOGRAM = "KGM"


class Assayed(NamedTuple):
    """What somebody found of a lot: form, laboratory, method, epoch; content, u and shared u of each element."""

    form: str
    laboratory: str
    method: str
    epoch: str
    content: Sequence[int]
    u: Sequence[int]
    shared: Sequence[int]


class Lot(NamedTuple):
    """A lot in an event: identifier, net mass and its standard deviation in grams, assay; the unit that is written."""

    uri: str
    net_g: int
    s_dev_g: int
    assayed: Assayed | None = None
    unit: str = KILOGRAM


class Use(NamedTuple):
    """A declared use of a share (thousandths) of a shipment."""

    share: int
    code: str
    end_user: str
    country: str
    basis: str


def document(events: Iterable[str], *, sender: str, at: str) -> bytes:
    """Return a document of one party; its field `sender` names the party."""
    return (HEAD.format(at=at, sender=sender) + ",\n".join(events) + TAIL).encode()


def instant(on: date, minute: int, offset: str) -> str:
    """Return a minute of a day, local time."""
    return f"{on.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00.000{offset}"


def head(kind: str, event_id: str, at: str, offset: str) -> str:
    """Return the first fields of an event, which is left open."""
    return f'{{"type":"{kind}","eventID":"{event_id}","eventTime":"{at}","eventTimeZoneOffset":"{offset}"'


def place(key: int, step: str, disposition: str) -> str:
    """Return business step, disposition and places of a site."""
    site = site_uri(key)
    what = f',"bizStep":"{step}","disposition":"{disposition}"'
    return f'{what},"readPoint":{{"id":"{site}"}},"bizLocation":{{"id":"{site}"}}'


def kilograms(grams: int) -> str:
    """Return a mass as a JSON number of kilograms."""
    return f"{grams // 1000}.{grams % 1000:03d}"


def goods(name: str, lots: Iterable[Lot]) -> str:
    """Return a list of quantities."""
    rows = ",".join(f'{{"epcClass":"{lot.uri}","quantity":{kilograms(lot.net_g)},"uom":"{lot.unit}"}}' for lot in lots)
    return f',"{name}":[{rows}]'


def weighings(lots: Iterable[Lot], key: int) -> str:
    """Return the reports of a site's scale, one for each lot."""
    rows = ",".join(
        f'{{"type":"Mass","value":{kilograms(lot.net_g)},"sDev":{kilograms(lot.s_dev_g)},"uom":"{lot.unit}"}}'
        for lot in lots
    )
    return f',"sensorElementList":[{{"sensorMetadata":{{"deviceID":"{scale_uri(key)}"}},"sensorReport":[{rows}]}}]'


def lot_data(lots: Iterable[Lot], elements: Sequence[str]) -> str:
    """Return what is said of lots, a list."""
    rows = ",".join(_lot_row(lot.uri, lot.assayed, elements) for lot in lots if lot.assayed is not None)
    return f'"ree:lotData":[{rows}]'


def _lot_row(uri: str, found: Assayed, elements: Sequence[str]) -> str:
    tail = f'"ree:method":"{found.method}","ree:laboratory":"{found.laboratory}","ree:epoch":"{found.epoch}"}}'
    rows = ",".join(
        f'{{"ree:element":"{symbol}","ree:milligramPerKilogram":{_hundredths(content)},'
        f'"ree:standardUncertainty":{_hundredths(u)},"ree:systematicUncertainty":{_hundredths(shared)},{tail}'
        for symbol, content, u, shared in zip(elements, found.content, found.u, found.shared, strict=True)
    )
    return f'{{"ree:lot":"{uri}","ree:form":"{found.form}","ree:assay":[{rows}]}}'


def _hundredths(parts: int) -> str:
    return f"{parts // 100}.{parts % 100:02d}"


def transfer(note: str, sender: int, receiver: int) -> str:
    """Return delivery note, source and destination: parties and their sites by their numbers."""
    return (
        f',"bizTransactionList":[{{"type":"desadv","bizTransaction":"{note}"}}],'
        f'"sourceList":[{{"type":"owning_party","source":"{party_uri(sender)}"}},'
        f'{{"type":"location","source":"{site_uri(sender)}"}}],'
        f'"destinationList":[{{"type":"owning_party","destination":"{party_uri(receiver)}"}},'
        f'{{"type":"location","destination":"{site_uri(receiver)}"}}]'
    )


def handed_over(lots: Iterable[Lot], key: int, step: str, disposition: str, moved: str) -> str:
    """Return what one side of a transfer says of it: lots as its own scale shows them, and the transfer's text."""
    told = ',"action":"OBSERVE"' + goods("quantityList", lots) + place(key, step, disposition)
    return told + moved + weighings(lots, key)


def uses(declared: Iterable[Use]) -> str:
    """Return the declared uses of a shipment."""
    rows = []
    for use in declared:
        row: dict[str, object] = {"ree:share": use.share / 1000, "ree:useCode": use.code}
        if use.end_user:
            row["ree:endUser"] = use.end_user
        if use.country:
            row["ree:country"] = use.country
        row["ree:basis"] = use.basis
        rows.append(dumps(row, separators=(",", ":")))
    return f',"ree:use":[{",".join(rows)}]'
