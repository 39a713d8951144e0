"""How templates write masses, shares, instants and words of the trade, and link to each other."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from math import ceil, floor, log10
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ytterby.law.return_period import QUARTER, read_period
from ytterby.shell.drawing.label import SIGN_MINUS, write_mass, write_signed
from ytterby.shell.drawing.month_axis import MONTHS_IN_YEAR, month_number
from ytterby.shell.portal.lot_address import lot_page
from ytterby.shell.portal.page import link_to
from ytterby.shell.wording import language_of
from ytterby.shell.wording import word as word_of

register = template.Library()

SECONDS_IN_MINUTE, MINUTES_IN_HOUR, HOURS_IN_DAY = 60, 60, 24
# The bar of a score: limit 3 at a fifth from each end.
BAR_WIDTH, BAR_MARK, SCORE_LIMIT = 90.0, 3.0, 3.0


@register.filter
def kg(value: object) -> str:
    """Write kilograms with four figures; a dash where they are unknown."""
    return write_mass(value).replace("-", SIGN_MINUS) if isinstance(value, int | float) else "–"


@register.filter
def brief_kg(value: object) -> str:
    """Write kilograms with three figures, for a list."""
    return write_mass(value, 3) if isinstance(value, int | float) else "–"


@register.filter
def uncertainty(value: object) -> str:
    """Write a standard uncertainty with two figures (GUM 7.2.6)."""
    return write_mass(value, 2) if isinstance(value, int | float) else "–"


@register.simple_tag
def difference(value: object, u: object) -> str:
    """Write a signed difference to the last figure of its uncertainty."""
    if not isinstance(value, int | float):
        return "–"
    if not isinstance(u, int | float) or u <= 0:
        return signed_kg(value)
    decimals = max(0, 1 - floor(log10(u)))
    text = f"{value:+,.{decimals}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", SIGN_MINUS)


@register.simple_tag
def measured(value: object, u: object) -> str:
    """Write a value to the last figure of its standard uncertainty, and that beside it."""
    if not isinstance(value, int | float):
        return "–"
    if not isinstance(u, int | float) or u <= 0:
        return kg(value)
    decimals = max(0, 1 - floor(log10(u)))
    return f"{value:,.{decimals}f} ± {write_mass(u, 2)}".replace("-", SIGN_MINUS)


@register.filter
def span(seconds: object) -> str:
    """Write by how much something was late: days and hours, or hours and minutes; a part counts as a whole minute."""
    if not isinstance(seconds, int | float):
        return "–"
    minutes = max(ceil(seconds / SECONDS_IN_MINUTE), 1)
    hours, rest = divmod(minutes, MINUTES_IN_HOUR)
    days, left = divmod(hours, HOURS_IN_DAY)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": left}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


@register.filter
def day(text: object) -> str:
    """Write a day of 2026-03-31 as people do; a dash where there is none."""
    if not text:
        return "–"
    at = date.fromisoformat(str(text))
    language = get_language() or "en"
    if language_of(language) == "zh":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {word_of('month', at.month)} {at.year}"


@register.filter
def signed_kg(value: object) -> str:
    """Write a difference in kilograms with its sign."""
    return write_signed(value) if isinstance(value, int | float) else "–"


@register.filter
def percent(value: object) -> str:
    """Write a share of 0 to 1 in per cent; a dash where it is unknown."""
    if not isinstance(value, int | float):
        return "–"
    text = f"{100 * value:.2f}"
    return f"{text.rstrip('0').rstrip('.')} %" if abs(value) >= 0.0001 or value == 0 else "< 0.01 %"


@register.filter
def percent_of_quota(value: object) -> str:
    """Write how much of a quota is used in per cent, to a tenth; a dash where it is unknown."""
    return f"{100 * value:,.1f} %" if isinstance(value, int | float) else "–"


@register.filter
def from_nothing(value: object) -> object:
    """Return a lower end of an interval of what cannot be below zero."""
    return max(value, 0.0) if isinstance(value, int | float) else value


@register.filter
def score(value: object) -> str:
    """Write a score z with two decimals; a dash where nothing was tested."""
    if not isinstance(value, int | float):
        return "–"
    text = f"{value:.2f}"
    return ("0.00" if text == "-0.00" else text).replace("-", SIGN_MINUS)


@register.filter
def amount(value: object) -> str:
    """Write an exact quantity with thousands apart; nothing is rounded."""
    if value in (None, ""):
        return "–"
    whole, _, rest = str(value).removeprefix("-").partition(".")
    rest = rest.rstrip("0")
    shown = f"{int(whole):,}" + (f".{rest}" if rest else "")
    return SIGN_MINUS + shown if str(value).startswith("-") and shown != "0" else shown


@register.filter
def unit(code: object) -> str:
    """Write a unit of UN/ECE Rec 20 as people do."""
    return word_of("unit", code or "H87", get_language() or "en")


@register.simple_tag
def unit_of(quantity: object, code: object) -> str:
    """Write the unit of a quantity: one piece, two pieces."""
    kind = str(code or "H87")
    return word_of("unit", f"{kind}_one" if kind == "H87" and str(quantity) == "1" else kind, get_language() or "en")


@register.filter
def word(code: object, group: str) -> str:
    """Write the word of the trade for a code: `{{ row.form|word:"form" }}`."""
    return word_of(group, code, get_language() or "en")


@register.filter
def name(party: object) -> str:
    """Write the name of a party or site in the reader's language."""
    if not isinstance(party, Mapping):
        return ""
    if language_of(get_language() or "en") == "zh" and party.get("name_zh"):
        return str(party["name_zh"])
    return str(party.get("name") or party.get("id") or "")


@register.filter
def short_id(identifier: object) -> str:
    """Write the end of an identifier that is told apart by it."""
    return str(identifier or "").rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


@register.simple_tag
def instant(text: object, precision: str = "minute") -> SafeString:
    """Write an instant (RFC 3339) as a day, or a day and the minute, in UTC."""
    if not text:
        return mark_safe("–")
    at = datetime.fromisoformat(str(text).replace("Z", "+00:00")).astimezone(UTC)
    if language_of(get_language() or "en") == "zh":
        day = f"{at.year}年{at.month}月{at.day}日"
    else:
        day = f"{at.day} {word_of('month', at.month)} {at.year}"
    shown = f"{day} {at:%H:%M} UTC" if precision == "minute" else day
    return format_html('<time datetime="{}">{}</time>', text, shown)


@register.filter
def month(text: object) -> str:
    """Write a month of 2026-03 as people do; a dash where there is none, and anything else as it stands."""
    if not text:
        return "–"
    try:
        year, place = divmod(month_number(str(text)), MONTHS_IN_YEAR)
    except ValueError:
        return str(text)
    language = get_language() or "en"
    named = word_of("month", place + 1, language)
    return f"{year}年{named}" if language_of(language) == "zh" else f"{named} {year}"


@register.filter
def period(text: object) -> str:
    """Write a month as people do, a quarter of 2026-Q1 too, and a year as it stands."""
    found = read_period(str(text))
    if found is None or found.every != QUARTER:
        return month(text)
    facts = {"n": found.month // found.months, "year": found.year}
    return _("quarter %(n)s of %(year)s") % facts


@register.simple_tag
def score_bar(z: object) -> SafeString:
    """Draw a score between its limits; the figure stands beside it."""
    if not isinstance(z, int | float):
        return mark_safe("")
    place = BAR_WIDTH / 2 + z / SCORE_LIMIT * (0.3 * BAR_WIDTH)
    place = min(max(place, BAR_MARK / 2), BAR_WIDTH - BAR_MARK / 2) - BAR_MARK / 2
    kind = "mark bad" if abs(z) > SCORE_LIMIT else "mark"
    return format_html(
        '<svg class="zbar" viewBox="0 0 90 14" aria-hidden="true"><rect y="2" width="90" height="10" class="ground"/>'
        '<rect y="2" width="18" height="10" class="beyond"/><rect y="2" x="72" width="18" height="10" class="beyond"/>'
        '<rect x="{}" width="3" height="14" class="{}"/></svg>',
        f"{place:.1f}",
        kind,
    )


@register.simple_tag(takes_context=True)
def link(context: Context, name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page: arguments of its path, then of its query; the log size asked for is kept."""
    return link_to(name, context.get("moment"), *(str(arg) for arg in args), query=query)


@register.simple_tag(takes_context=True)
def link_query(context: Context, name: str, query: Mapping[str, object], *args: Any, **more: Any) -> str:
    """Return the address of a page with a whole query, such as a facet's; what is empty is no argument of its path."""
    path = (str(arg) for arg in args if arg not in ("", None))
    return link_to(name, context.get("moment"), *path, query={**query, **more})


@register.simple_tag(takes_context=True)
def lot_link(context: Context, lot: str, tail: str = "", kind: str = "", **query: Any) -> str:
    """Return the address of a lot's page, or of the file of its trace (svg, csv, json)."""
    return lot_page(lot, tail, context.get("moment"), query, kind=kind)
