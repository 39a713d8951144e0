"""One lot: the picture of where an element of it came from and went, the same figures as tables, what does not fit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ytterby.shell.drawing import add_stock, draw_sankey, flow_of_trace, join_directions
from ytterby.shell.drawing.label import DUST_KG
from ytterby.shell.drawing.svg import legend_kinds
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.lot_address import IN_QUERY, lot_page
from ytterby.shell.portal.moment import Moment, moment_of
from ytterby.shell.portal.names import Names
from ytterby.shell.portal.page import link_to, show_page
from ytterby.shell.portal.table import answer_csv, answer_json, answer_svg, file_name_of
from ytterby.shell.store.reading.balance import step_closures
from ytterby.shell.store.reading.findings import findings_of_lot
from ytterby.shell.store.reading.lots import list_lots, match_lots
from ytterby.shell.store.reading.traces import lot_destination, lot_origin, lot_trace
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail as tail_of

DIRECTIONS = ("both", "back", "forward")
TRACE_COLUMNS = (
    "direction",
    "lot",
    "form",
    "holder",
    "holder_name",
    "owner",
    "site",
    "site_name",
    "at",
    "mass_kg",
    "u_kg",
    "share",
    "min_share",
    "max_share",
)
# Elements are offered by mass; the one that most lots are asked for comes first where the lot holds it.
FIRST_ELEMENT = "Nd"
LEGEND = {"lot": "declared"}

Json = dict[str, Any]


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def lot(request: HttpRequest, seat: Seat, tail: str) -> HttpResponse:
    """Show one lot; where several lots end like this, which ones."""
    moment = moment_of(request, seat)
    found = _find(request, seat, moment, tail)
    if len(found) > 1:
        choices = [{"lot": one, "tail": tail_of(one)} for one in found]
        return show_page(
            request, seat, "auditor/lot_choice.html", {"tail": tail, "choices": choices}, moment=moment, here="lots"
        )
    page = _LotPage(request, seat, moment, found[0])
    return show_page(request, seat, "auditor/lot.html", page.context(), moment=moment, here="lots")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def lot_file(request: HttpRequest, seat: Seat, tail: str, kind: str) -> HttpResponse:
    """Answer the trace of a lot as JSON (both directions as the command line answers them), CSV or a picture."""
    moment = moment_of(request, seat)
    found = _find(request, seat, moment, tail)
    if len(found) > 1:
        raise Http404
    page = _LotPage(request, seat, moment, found[0])
    name = f"{file_name_of(page.tail, 80)}-{page.element or 'none'}"
    if kind == "svg":
        return answer_svg(page.draw(hrefs=False), f"{name}.svg")
    if kind == "csv":
        rows = [{"direction": t["direction"], **node} for t in page.traces() for node in t["nodes"]]
        return answer_csv(TRACE_COLUMNS, rows, f"{name}.csv")
    answer = {"as_of_size": moment.known.size, "lot": page.lot, "traces": page.traces()}
    return answer_json(answer, f"{name}.json")


def _find(request: HttpRequest, seat: Seat, moment: Moment, tail: str) -> list[str]:
    """Return the lots that an address means; never none."""
    text = request.GET.get("lot", "") if tail == IN_QUERY else tail
    found = match_lots(seat.viewer, text, known=moment.known)
    whole = [one for one in found if tail_of(one) == text]
    found = whole if len(whole) == 1 else found
    if not found:
        raise Http404
    return found


class _LotPage:
    """What a lot's page asks the store for, each question once."""

    def __init__(self, request: HttpRequest, seat: Seat, moment: Moment, lot: str) -> None:
        self.viewer, self.moment, self.lot, self.tail = seat.viewer, moment, lot, tail_of(lot)
        self.language = get_language() or "en"
        rows = list_lots(seat.viewer, known=moment.known)["lots"]
        self.row: Json = next(row for row in rows if row["lot"] == lot)
        self.tails: dict[str, str] = {row["lot"]: row["tail"] for row in rows}
        self.elements = sorted(self.row.get("elements") or {}, key=lambda e: -self.row["elements"][e])
        self.element = self._choose_element(request.GET.get("element", ""))
        asked = request.GET.get("direction", "")
        self.direction = asked if asked in DIRECTIONS else "both"
        self.names = Names(seat, moment, self.language)
        self._traces: list[Json] | None = None
        self._destination: Json | None = None

    def _choose_element(self, asked: str) -> str:
        if asked in self.elements:
            return asked
        if FIRST_ELEMENT in self.elements:
            return FIRST_ELEMENT
        return self.elements[0] if self.elements else ""

    def traces(self) -> list[Json]:
        """Return the traces asked for, one for each direction; none where no element is known."""
        if self._traces is None:
            ways = ("back", "forward") if self.direction == "both" else (self.direction,)
            self._traces = [self._trace(way) for way in (ways if self.element else ())]
        return self._traces

    def _trace(self, way: str) -> Json:
        found = lot_trace(self.viewer, self.lot, direction=way, element=self.element, known=self.moment.known)
        return {**found, "nodes": [self.names.name_row(node) for node in found["nodes"]]}

    def draw(self, *, hrefs: bool) -> str:
        """Return the picture; a page without a known element has none."""
        if not self.element:
            raise Http404
        return draw_sankey(self._drawn(hrefs=hrefs), title=self.title(), language=self.language, hrefs=hrefs)

    def _drawn(self, *, hrefs: bool) -> Mapping[str, Any]:
        drawn: list[Mapping[str, Any]] = []
        for trace in self.traces():
            if trace["direction"] == "forward":
                drawn.append(add_stock(trace, self.destination().get("destinations", ())))
            else:
                drawn.append(trace)
        whole = drawn[0] if len(drawn) == 1 else join_directions(drawn[0], drawn[1])
        if not hrefs:
            return whole
        nodes = [{**node, "href": self._href(node)} for node in whole["nodes"]]
        return {**whole, "nodes": nodes}

    def _href(self, node: Mapping[str, Any]) -> str:
        if node.get("lot") not in self.tails:
            return ""
        return lot_page(node["lot"], self.tails[node["lot"]], self.moment, {"element": self.element})

    def destination(self) -> Json:
        """Return where the element of the lot is now, with declared and realised uses."""
        if self._destination is None:
            answer = lot_destination(self.viewer, self.lot, element=self.element, known=self.moment.known)
            self._destination = self._named(answer, "destinations", "uses")
        return self._destination

    def origin(self) -> Json:
        """Return where the element of the lot came from."""
        answer = lot_origin(self.viewer, self.lot, element=self.element, known=self.moment.known)
        return self._named(answer, "origins")

    def _named(self, answer: Json, *keys: str) -> Json:
        """Return the element's part of an answer, its rows named, what is below a microgram left out."""
        found: Json = dict(answer["elements"].get(self.element, {}))
        for key in keys:
            found[key] = [self.names.name_row(row) for row in found.get(key, ()) if not _is_dust(row)]
        return found

    def title(self) -> str:
        """Return the heading: what is shown of which lot."""
        if not self.element:
            return _("Lot %(lot)s") % {"lot": self.tail}
        facts = {"lot": self.tail, "element": word("element", self.element, self.language)}
        if self.direction == "back":
            return _("Lot %(lot)s, where its %(element)s came from") % facts
        if self.direction == "forward":
            return _("Lot %(lot)s, where its %(element)s went") % facts
        return _("Lot %(lot)s, where its %(element)s came from and went") % facts

    def context(self) -> Json:
        """Return what the page shows."""
        context: Json = {
            "lot": self.row,
            "title": self.title(),
            "elements": self.elements,
            "element": self.element,
            "direction": self.direction,
            "directions": self._direction_links(),
            "findings": findings_of_lot(self.viewer, self.lot, known=self.moment.known, language=self.language),
        }
        if not self.element:
            return context
        traces = self.traces()
        drawn = self._drawn(hrefs=True)
        flow = flow_of_trace(drawn, self.language)
        return context | {
            # The drawing escapes every name itself (threat X1).
            "picture": mark_safe(draw_sankey(drawn, title=self.title(), language=self.language, hrefs=True)),
            "legend": [(LEGEND.get(kind, kind), kind) for kind in legend_kinds(flow)],
            "traces": [self._table(trace) for trace in traces],
            "steps": self._steps(traces),
            "destination": self.destination(),
            "origin": self.origin(),
            "unaccounted_kg": max((t.get("unaccounted_kg") or 0.0 for t in traces), default=0.0),
        }

    def _direction_links(self) -> list[tuple[str, str, bool]]:
        words = {"both": _("Both ways"), "back": _("Where from"), "forward": _("Where to")}
        return [
            (
                words[way],
                lot_page(self.lot, self.tail, self.moment, {"element": self.element, "direction": way}),
                way == self.direction,
            )
            for way in DIRECTIONS
        ]

    def _table(self, trace: Json) -> Json:
        nodes = [{**node, "href": self._href(node)} for node in trace["nodes"]]
        return {**trace, "nodes": nodes, "has_bounds": any(_is_bounded(node) for node in nodes)}

    def _steps(self, traces: Sequence[Json]) -> list[Json]:
        """Return the steps on the way, in book order, for the element shown."""
        events = {edge["event_id"] for trace in traces for edge in trace["edges"]}
        answer = step_closures(self.viewer, element=self.element, known=self.moment.known)
        return [
            {**step, "href": link_to("event", self.moment, step["event_id"]) if step["event_id"] else ""}
            for step in answer["steps"]
            if step["event_id"] in events or self.tail in step["inputs"] or self.tail in step["outputs"]
        ]


def _is_dust(row: Mapping[str, Any]) -> bool:
    """Tell whether a row holds nothing but the rounding of binary figures."""
    return "mass_kg" in row and abs(row["mass_kg"] or 0.0) < DUST_KG


def _is_bounded(node: Mapping[str, Any]) -> bool:
    low, high = node.get("min_share"), node.get("max_share")
    return low is not None and high is not None and high - low > 1e-9
