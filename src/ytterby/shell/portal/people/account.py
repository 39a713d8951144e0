"""One's own account: what one is by the log, one's one-time codes, one's passkeys.

A passkey that is made here is a proposal in the log; the operator's second person confirms it (in a demo at once).
Threat X10: keys are changed only shortly after every factor was given.
"""

from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ytterby.proof.assertion import AssertionFlaw, read_new_passkey
from ytterby.proof.base64url import from_base64url, to_base64url
from ytterby.proof.credential import ALGORITHMS
from ytterby.shell.actions import login
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.issued_nonce import Purpose, issue_nonce, use_nonce
from ytterby.shell.actions.passkey import propose_passkey, withdraw_own_passkey
from ytterby.shell.portal.audience import SEATED, Seat, SeatedView, audience
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.people.enter import begin_session, take_new_code
from ytterby.shell.portal.people.problem_lines import told
from ytterby.shell.portal.people.secret_picture import secret_context
from ytterby.shell.portal.place import is_demo, passkey_place
from ytterby.shell.site.register import current_register
from ytterby.shell.store.reading.people import list_passkeys
from ytterby.shell.wording import word
from ytterby.terms.problem import Problem, refuse

TIMEOUT_MILLISECONDS = 120_000
TEXT_MAX = 16_384


def freshly_proved(view: SeatedView[Any]) -> SeatedView[Any]:
    """Let a view be used shortly after every factor was given, and lead to giving them again otherwise."""

    @wraps(view)
    def guarded(request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not seat.account:
            raise Http404
        if seat.is_fresh(now()):
            return view(request, seat, *args, **kwargs)
        return HttpResponseRedirect(f"{reverse('prove_again')}?{urlencode({'next': reverse('account')})}")

    return guarded


@audience(*SEATED)
@require_safe
def account(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show one's own account."""
    if not seat.account:
        raise Http404
    return _show(request, seat)


def _show(request: HttpRequest, seat: Seat, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    language = get_language() or "en"
    passkeys = [
        {"row": one, "state": word("right", one.state, language), "is_over": one.state == "withdrawn"}
        for one in list_passkeys(seat.viewer, seat.account)
    ]
    context = {
        "passkeys": passkeys,
        "mandates": [word("mandate", one, language) for one in sorted(seat.viewer.mandates)],
        "has_code": login.has_code(seat.account),
        "problem": told(problems),
        "is_fresh": seat.is_fresh(now()),
    }
    response = show_page(request, seat, "people/account.html", context, here="account")
    response.status_code = status
    return response


@audience(*SEATED)
@require_http_methods(["GET", "HEAD", "POST"])
@freshly_proved
def new_code(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Let somebody make one-time codes, or new ones; other sessions than this end."""
    if is_demo():
        raise Http404
    problem = ""
    if request.method == "POST":
        if take_new_code(request, seat.account, now()):
            begin_session(request, seat.account, now(), is_proved=True)
            return HttpResponseRedirect(reverse("account"))
        problem = _("That is no code of this picture. Read it in again.")
    context = {"problem": problem, **secret_context(request, login.new_code_secret())}
    return show_page(request, seat, "people/own_code.html", context, here="account")


@audience(*SEATED)
@require_POST
@freshly_proved
def passkey_challenge(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Hand out what a browser needs to make a passkey (PublicKeyCredentialCreationOptions, in base64url)."""
    place = passkey_place(request)
    nonce = issue_nonce(seat.account, Purpose.PASSKEY, now())
    held = list_passkeys(seat.viewer, seat.account)
    options = {
        "challenge": nonce,
        "rp": {"id": place.rp_id, "name": "Ytterby"},
        "user": {
            "id": to_base64url(sha256(f"ytterby/user/v1\x00{seat.account}".encode()).digest()),
            "name": seat.name,
            "displayName": seat.name,
        },
        "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": one.id} for one in held],
        "authenticatorSelection": {"userVerification": "required", "residentKey": "discouraged"},
        "attestation": "none",
        "timeout": TIMEOUT_MILLISECONDS,
    }
    return JsonResponse({"nonce": nonce, "publicKey": options})


@audience(*SEATED)
@require_POST
@freshly_proved
def add_passkey(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Enter the passkey that the browser has made."""
    nonce, at = request.POST.get("nonce", ""), now()
    if not use_nonce(nonce, seat.account, Purpose.PASSKEY, at):
        return _show(request, seat, (refuse("people.nonce"),), 400)
    place = passkey_place(request)
    sent = [request.POST.get(name, "") for name in ("attestation", "client_data")]
    try:
        attestation, client_data = (from_base64url(text[:TEXT_MAX]) for text in sent)
        challenge = from_base64url(nonce)
    except ValueError:
        return _show(request, seat, (_wrong(AssertionFlaw.UNREADABLE),), 400)
    made = read_new_passkey(attestation, client_data, challenge=challenge, origin=place.origin, rp_id=place.rp_id)
    if isinstance(made, AssertionFlaw):
        return _show(request, seat, (_wrong(made),), 400)
    name = request.POST.get("name", "")
    change = propose_passkey(current_register(), seat.account, made, place, name=name, at=at)
    if change.problems:
        return _show(request, seat, change.problems, 400)
    return HttpResponseRedirect(reverse("account"))


def _wrong(flaw: AssertionFlaw) -> Problem:
    return refuse("people.passkey_wrong", "", flaw.value, why=flaw.value)


@audience(*SEATED)
@require_POST
@freshly_proved
def withdraw_passkey(request: HttpRequest, seat: Seat) -> HttpResponse:
    """End a passkey of one's own."""
    change = withdraw_own_passkey(current_register(), seat.account, request.POST.get("passkey", ""), at=now())
    if change.problems:
        return _show(request, seat, change.problems, 400)
    return HttpResponseRedirect(reverse("account"))
