"""Signing in as a person: name and password, then the one-time code where there is one or must be one.

Everybody of an office gives a second factor; who has none yet makes one before anything else is seen. Wrong names and
wrong passwords are answered alike. Threats X2 (each failure costs a longer wait, nobody is locked out) and X10 (a new
number for the session at each step; the cookie holds nothing else).
"""

from collections.abc import Mapping
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ytterby.shell.actions import login
from ytterby.shell.actions.attempts import Attempts, codes, hashing, passwords
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.demo_user import check_demo_password
from ytterby.shell.actions.web_session import OpenSession, open_session, session_of
from ytterby.shell.portal.audience import NUMBER_KEY, PERSON_KEY, PROVED_KEY, SEATED, Seat, audience, for_everybody
from ytterby.shell.portal.home import home
from ytterby.shell.portal.page import bare_context
from ytterby.shell.portal.people.problem_lines import told
from ytterby.shell.portal.people.secret_picture import secret_context
from ytterby.shell.portal.place import is_demo, keys_folder
from ytterby.shell.store.reading.people import person_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

SEALED_SECONDS = 900
NOTHING: Mapping[str, object] = {}


def enter_person(request: HttpRequest) -> HttpResponse:
    """Show the form for name and password, or take the first step of signing in."""
    if request.method != "POST":
        return _form(request, "people/sign_in.html")
    name = request.POST.get("name", "")[: login.NAME_LENGTH_MAX]
    refused = _waits(request, passwords, name, "people/sign_in.html", {"name": name})
    if refused is not None:
        return refused
    at = now()
    if not hashing.acquire(blocking=False):
        return _told_to_wait(request, 1, "people/sign_in.html", {"name": name})
    try:
        account = login.check_login(name, request.POST.get("password", ""))
    finally:
        hashing.release()
    person = None if account is None else person_of(OPERATOR_VIEWER, account, at.date())
    if person is None:
        passwords.failed(name)
        problem = _("Name and password do not belong together, or the account is not in force.")
        return _form(request, "people/sign_in.html", {"name": name}, problem=problem, status=401)
    passwords.succeeded(name)
    has_code = login.has_code(person.account)
    owes = has_code or person.is_of_an_office
    begin_session(request, person.account, at, is_proved=not owes)
    if owes:
        return HttpResponseRedirect(reverse("sign_in_code" if has_code else "sign_in_new_code"))
    return HttpResponseRedirect(home(request))


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Show the form for the one-time code, or take the second step of signing in."""
    held = _owing(request)
    if held is None or not login.has_code(held.account):
        return HttpResponseRedirect(reverse("sign_in"))
    if request.method != "POST":
        return _form(request, "people/code.html")
    refused = _waits(request, codes, held.account, "people/code.html")
    if refused is not None:
        return refused
    at = now()
    if not login.check_code(held.account, request.POST.get("code", ""), at):
        codes.failed(held.account)
        return _form(request, "people/code.html", problem=_wrong_code(), status=401)
    codes.succeeded(held.account)
    begin_session(request, held.account, at, is_proved=True)
    return HttpResponseRedirect(home(request))


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_new_code(request: HttpRequest) -> HttpResponse:
    """Let somebody who must have one-time codes and has none make them, and be signed in with the first."""
    held = _owing(request)
    if held is None or login.has_code(held.account):
        # Who has codes gives one: a password alone replaces no second factor.
        return HttpResponseRedirect(reverse("sign_in"))
    if request.method == "POST":
        at = now()
        if take_new_code(request, held.account, at):
            begin_session(request, held.account, at, is_proved=True)
            return HttpResponseRedirect(home(request))
        return _form(request, "people/new_code.html", _secret_of(request), problem=_wrong_code(), status=401)
    return _form(request, "people/new_code.html", _secret_of(request))


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody who was invited choose a password, once."""
    found = None if is_demo() else login.invited_account(token, now())
    if found is None:
        raise Http404
    if request.method != "POST":
        return _form(request, "people/invited.html", {"name": found[1]})
    change = login.accept_invitation(token, request.POST.get("password", ""), now())
    if change.problems:
        return _form(request, "people/invited.html", {"name": found[1]}, problem=told(change.problems), status=400)
    return HttpResponseRedirect(reverse("sign_in"))


@audience(*SEATED)
@require_http_methods(["GET", "HEAD", "POST"])
def prove_again(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Ask for every factor again before keys are changed or used (threat X10)."""
    if not seat.account:
        raise Http404
    has_code = not is_demo() and login.has_code(seat.account)
    onward = _next_of(request)
    context = {"next": onward, "has_code": has_code, "who": seat.name}
    if request.method != "POST":
        return _form(request, "people/again.html", context)
    refused = _waits(request, codes, seat.account, "people/again.html", context)
    if refused is not None:
        return refused
    at = now()
    if not _proves(request, seat, at, has_code=has_code):
        codes.failed(seat.account)
        problem = _("That is not right. Nothing was changed.")
        return _form(request, "people/again.html", context, problem=problem, status=401)
    codes.succeeded(seat.account)
    if is_demo():
        request.session[PROVED_KEY] = int(at.timestamp())
    else:
        begin_session(request, seat.account, at, is_proved=True)
    return HttpResponseRedirect(onward)


def _proves(request: HttpRequest, seat: Seat, at: datetime, *, has_code: bool) -> bool:
    password = request.POST.get("password", "")
    if is_demo():
        name = str(request.session.get(PERSON_KEY, ""))
        return check_demo_password(keys_folder(), name, password.strip(), name)
    is_right = login.check_own_password(seat.account, password)
    return is_right and (not has_code or login.check_code(seat.account, request.POST.get("code", ""), at))


def begin_session(request: HttpRequest, account: str, at: datetime, *, is_proved: bool) -> None:
    """Put a new session in the place of the one that there was."""
    before = str(request.session.get(NUMBER_KEY, ""))
    request.session.flush()
    request.session[NUMBER_KEY] = open_session(account, at, is_proved=is_proved, instead_of=before)
    request.session.set_expiry(0)
    rotate_token(request)


def take_new_code(request: HttpRequest, account: str, at: datetime) -> bool:
    """Take the secret that the page was made with and the first code of it."""
    secret = login.open_secret(request.POST.get("secret", ""), seconds_most=SEALED_SECONDS)
    return secret is not None and login.set_code_secret(account, secret, request.POST.get("code", ""), at)


def _owing(request: HttpRequest) -> OpenSession | None:
    """Return the session of somebody who gave a password and owes a factor."""
    held = None if is_demo() else session_of(str(request.session.get(NUMBER_KEY, "")), now())
    if held is None:
        return None
    if held.proved_at is None:
        return held
    # A mandate came after the sign-in: a second factor is owed from now on.
    person = person_of(OPERATOR_VIEWER, held.account, now().date())
    return held if person is not None and person.is_of_an_office and not login.has_code(held.account) else None


def _secret_of(request: HttpRequest) -> dict[str, object]:
    held = login.open_secret(request.POST.get("secret", ""), seconds_most=SEALED_SECONDS)
    return secret_context(request, login.new_code_secret() if held is None else held)


def _next_of(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else reverse("account")


def _wrong_code() -> str:
    return _("That is no code of the present minute, or it was used. Wait for the next one.")


def _waits(
    request: HttpRequest, attempts: Attempts, name: str, template: str, context: Mapping[str, object] = NOTHING
) -> HttpResponse | None:
    """Return the answer that somebody has to wait; None where nobody has."""
    wait = attempts.seconds_to_wait(name)
    return _told_to_wait(request, wait, template, context) if wait else None


def _told_to_wait(request: HttpRequest, wait: int, template: str, context: Mapping[str, object]) -> HttpResponse:
    text = _("Too many failures. Seconds to wait: %(n)s.")
    response = _form(request, template, context, problem=text % {"n": wait}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _form(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] = NOTHING,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    return render(request, template, {**bare_context(request), "problem": problem, **context}, status=status)
