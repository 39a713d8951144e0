"""The help page: one for all, in one place (WCAG 2.2, 3.2.6)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.page import show_page


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def show_help(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show how the pages are read."""
    return show_page(request, seat, "portal/help.html", {}, here="help")
