"""What is shown when there is nothing to show: not there, not yours, not now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ytterby.shell.portal.audience import for_everybody, seat_of
from ytterby.shell.portal.page import bare_context


@for_everybody
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: the same page for what does not exist and for what is not the reader's."""
    context = {**bare_context(request, has_place=False), "is_signed_in": seat_of(request) is not None}
    return render(request, "portal/not_found.html", context, status=404)


@for_everybody
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403: a form without its token, most often one that stood open too long (threat X10)."""
    return render(request, "portal/form_expired.html", bare_context(request, has_place=False), status=403)


@for_everybody
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the store for anything."""
    return render(request, "portal/server_error.html", {}, status=500)
