"""How far it is: shown in place of a page whose figures are being worked out, which then asks again by itself."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from ytterby.shell.portal.audience import Seat
from ytterby.shell.portal.moment import InWorkError
from ytterby.shell.portal.page import show_page

REFRESH_SECONDS = 3

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Seat, P], HttpResponse]


def shows_progress(here: str) -> Callable[[View[P]], View[P]]:
    """Let a view show how far it is where its moment is in work; `here` is its line of the rail."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def shown(request: HttpRequest, seat: Seat, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                return view(request, seat, *args, **kwargs)
            except InWorkError as work:
                context = {"run": work.run}
                response = show_page(request, seat, "portal/in_work.html", context, moment=work.moment, here=here)
                response.headers["Refresh"] = str(REFRESH_SECONDS)
                return response

        return shown

    return decorate
