"""Pages of screening, for those who screen: licensing, tracing and auditing bodies, and the operator.

To a party nothing of it exists: no page, no line of the rail, no count (threats A5, C7).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase

from ytterby.shell.portal.audience import Audience, Seat, SeatedView, View, audience
from ytterby.shell.store.reading.screening import reads_screening
from ytterby.shell.store.reading.screening_lists import keeps_lists, reads_lists
from ytterby.shell.store.reading.viewer import Viewer

Arguments = ParamSpec("Arguments")


def for_readers(view: SeatedView[Arguments]) -> View:
    """Let a view be seen by those alone who read lists."""
    return audience(Audience.AUDITOR, Audience.PARTY)(_only(reads_lists, view))


def for_screeners(view: SeatedView[Arguments]) -> View:
    """Let a view be seen by those alone who read hits; a tracing body reads lists and no hit."""
    return audience(Audience.AUDITOR, Audience.PARTY)(_only(reads_screening, view))


def for_keepers(view: SeatedView[Arguments]) -> View:
    """Let a view be used by those alone who keep lists."""
    return audience(Audience.AUDITOR, Audience.PARTY)(_only(keeps_lists, view))


def _only(may: Callable[[Viewer], bool], view: SeatedView[Arguments]) -> SeatedView[Arguments]:
    @wraps(view)
    def guarded(
        request: HttpRequest, seat: Seat, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponseBase:
        if not may(seat.viewer):
            raise Http404
        return view(request, seat, *args, **kwargs)

    made: Callable[Concatenate[HttpRequest, Seat, Arguments], HttpResponseBase] = guarded
    return made
