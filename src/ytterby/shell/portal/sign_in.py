"""Signing in, and out. A demo is signed in to with the password of its run, which opens nothing elsewhere (threat O4);
where the register is no demo the same address is the sign-in of people (`people.enter`).
"""

import time
from collections import deque
from threading import Lock

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ytterby.shell.actions.clock import now
from ytterby.shell.actions.demo_people import demo_people, demo_person
from ytterby.shell.actions.demo_user import NAME, check_demo_password, session_mark
from ytterby.shell.actions.web_session import end_session
from ytterby.shell.portal.audience import (
    NUMBER_KEY,
    PARTY_KEY,
    PERSON_KEY,
    PROVED_KEY,
    SESSION_KEY,
    for_everybody,
    party_called,
)
from ytterby.shell.portal.home import home
from ytterby.shell.portal.page import bare_context
from ytterby.shell.portal.people.enter import enter_person
from ytterby.shell.portal.place import is_demo, keys_folder

# Threat X2: guessing is slowed, and never locks the user out for good.
FAILURES_MAX = 10
WINDOW_SECONDS = 60
PASSWORD_LENGTH_MAX = 200

_failures: deque[float] = deque(maxlen=FAILURES_MAX)
_lock = Lock()


@for_everybody
@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """Lead to where somebody's work begins, strangers to the sign-in page."""
    return HttpResponseRedirect(home(request))


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in form, or open a session: of a demo for a user of this run, elsewhere for a person."""
    if not is_demo():
        return enter_person(request)
    if request.method != "POST":
        return _form(request)
    wait = _seconds_to_wait()
    if wait:
        response = _form(request, problem=_("Too many wrong passwords. Try again in a minute."), status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    name = request.POST.get("name", "").strip()
    password = request.POST.get("password", "").strip()[:PASSWORD_LENGTH_MAX]
    keys = keys_folder()
    person = demo_person(keys, name)
    party = None if name == NAME or person else party_called(name)
    if not check_demo_password(keys, name, password, *([name] if party or person else ())):
        with _lock:
            _failures.append(time.monotonic())
        problem = _("Name and password do not belong together. The password is printed where the demo was started.")
        return _form(request, problem=problem, name=name, status=401)
    request.session.flush()
    request.session[SESSION_KEY] = session_mark(keys)
    if person is not None:
        request.session[PERSON_KEY] = person.login
        request.session[PROVED_KEY] = int(now().timestamp())
    if party is not None:
        request.session[PARTY_KEY] = party
    request.session.set_expiry(0)
    return HttpResponseRedirect(home(request))


@for_everybody
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; a person's on the server too, so that a copy of the cookie opens nothing."""
    if not is_demo():
        end_session(str(request.session.get(NUMBER_KEY, "")))
    request.session.flush()
    return HttpResponseRedirect(reverse("sign_in"))


def forget_failures() -> None:
    """Begin counting wrong passwords anew."""
    with _lock:
        _failures.clear()


def _seconds_to_wait() -> int:
    """Return after how many seconds another password may be tried; 0 for now."""
    with _lock:
        if len(_failures) < FAILURES_MAX:
            return 0
        left = WINDOW_SECONDS - (time.monotonic() - _failures[0])
    return max(0, int(left + 1) if left > 0 else 0)


def _form(request: HttpRequest, *, problem: str = "", name: str = NAME, status: int = 200) -> HttpResponse:
    people = demo_people(keys_folder())
    context = {**bare_context(request), "problem": problem, "name": name, "people": people}
    return render(request, "portal/sign_in.html", context, status=status)
