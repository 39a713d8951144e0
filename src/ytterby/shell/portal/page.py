"""How a page is put together: the frame around it, its moment, its links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from ytterby.shell.portal import casework, licences
from ytterby.shell.portal.audience import Audience, Seat
from ytterby.shell.portal.moment import PARAMETER, Moment, moment_of
from ytterby.shell.portal.place import is_demo
from ytterby.shell.store.reading.end_use import reads_flags
from ytterby.shell.store.reading.findings import count_findings
from ytterby.shell.store.reading.screening import reads_screening
from ytterby.shell.store.reading.screening_lists import reads_lists

LANGUAGES = (("en", "EN", "English"), ("zh-hans", "中文", "中文"))


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the rail."""

    name: str
    word: str
    href: str
    count: int | None = None


def show_page(
    request: HttpRequest,
    seat: Seat,
    template: str,
    context: Mapping[str, Any],
    *,
    moment: Moment | None = None,
    here: str = "",
) -> HttpResponse:
    """Return a page in its frame. `here` is the line of the rail that the page belongs to."""
    moment = moment or moment_of(request, seat)
    frame = {
        "seat": seat,
        "moment": moment,
        "here": here,
        "rail": _rail(seat, moment),
        "now_href": _without_moment(request),
        **bare_context(request),
        **context,
    }
    return render(request, template, frame)


def _without_moment(request: HttpRequest) -> str:
    """Return the address of the same page as known now."""
    query = [(key, value) for key, values in request.GET.lists() for value in values if key != PARAMETER]
    return f"{request.path}?{urlencode(query)}" if query else request.path


def bare_context(request: HttpRequest, *, has_place: bool = True) -> dict[str, Any]:
    """Return what every page needs, the ones for strangers too. `has_place` is false where the address is no page."""
    code = get_language() or "en"
    tags = []
    for language, short, name in LANGUAGES:
        home = f"/{language}/"
        href = translate_url(request.get_full_path(), language) if has_place else home
        tags.append({"code": language, "tag": _tag(language), "short": short, "name": name, "href": href})
    return {"language": code, "language_tag": _tag(code), "languages": tags, "is_demo": is_demo()}


def _tag(code: str) -> str:
    """Return the language tag as HTML writes it (BCP 47): zh-Hans."""
    return to_locale(code).replace("_", "-")


def link_to(name: str, moment: Moment | None, *args: str, query: Mapping[str, object] | None = None) -> str:
    """Return the address of a page; the log size asked for is kept."""
    pairs = [(key, value) for key, value in (query or {}).items() if value not in (None, "")]
    if moment is not None and moment.is_past and PARAMETER not in dict(pairs):
        pairs.append((PARAMETER, moment.asked))
    path = reverse(name, args=args)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _rail(seat: Seat, moment: Moment) -> list[tuple[str, list[Item]]]:
    def item(name: str, word: str, count: int | None = None) -> Item:
        return Item(name, word, link_to(name, moment), count)

    # No count of hits: to tell it, all of them would be read for every page.
    hits = [item("screening_names", _("Screen a name")), item("screening_alerts", _("Alerts"))]
    screening = hits if reads_screening(seat.viewer) else []
    screening += [item("end_users", _("End users"))] if reads_flags(seat.viewer) else []
    screening += [item("screening_lists", _("Lists"))] if reads_lists(seat.viewer) else []
    office = _office_lines(seat, item)
    return [
        *([(_("Licence office"), office)] if office else []),
        (
            _("Chain"),
            [
                item("lots", _("Lots")),
                item("deliveries", _("Deliveries")),
                item("balance", _("Step balances")),
                item("months", _("Month balances")),
                item("findings", _("Findings"), count_findings(seat.viewer, known=moment.known)),
                item("inquiries", _("Inquiries")),
                *([item("closes", _("Closes"))] if seat.role is Audience.AUDITOR else []),
            ],
        ),
        (_("Reports"), [item("returns", _("Returns")), item("quotas", _("Quotas"))]),
        (
            _("Law"),
            [
                item("law", _("What is in force")),
                item("law_classify", _("Classify goods")),
                item("law_due", _("Due dates")),
                item("law_end_use", _("Describe an end use")),
                item("law_fields", _("Fields and their basis")),
                item("law_packs", _("Packs")),
                item("law_changes", _("Changes of law")),
                item("law_impact", _("Whom a change of law concerns")),
            ],
        ),
        *([(_("Screening"), screening)] if screening else []),
        (_("Proof"), [item("log", _("Log"))]),
    ]


def _office_lines(seat: Seat, item: Callable[[str, str], Item]) -> list[Item]:
    """Return the lines of cases and licences, each to whom its page exists for. No counts: one more reading a page."""
    work = _("Worklist") if seat.is_one_of(casework.BODIES) else _("Your cases")
    return [
        *([item("cases", work)] if seat.is_one_of(casework.EVERY_READER) else []),
        *([item("licences", _("Licences"))] if seat.is_one_of(licences.READERS) else []),
        *([item("customs_messages", _("Messages to customs"))] if seat.is_one_of(licences.OF_CUSTOMS) else []),
    ]
