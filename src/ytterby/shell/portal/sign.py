"""Signing an approval in the portal: a part of pages that decide, and what takes the signature that comes back.

Threat D2. The page is made with `sign_context`, the post is read with `read_approval`:

    subject = Subject(case=number, version=version, draft=draft_digest, order=order)
    show_page(request, seat, "…", {**sign_context(request, seat, subject), …})

    <form method="post" action="…" data-sign="{{ sign.href }}">{% csrf_token %}
      … fields of the page's own …
      {% include "portal/sign.html" %}
    </form>

    signature, problems = read_approval(request, seat, subject, now())
    if signature is not None:
        take_step(…, Approve(draft=…, order=…, signature=msgspec.to_builtins(signature)), …)

`sign.html` has the hidden fields, the button and the script. On sending, `sign.js` asks `sign.href` for a challenge,
calls navigator.credentials.get with user verification required, puts what comes back into the fields and sends the
form. The subject of `read_approval` is the server's own, of the case as it stands: what the browser was shown or told
has no say; what is entered (`take_step`) checks the signature again and notes that the passkey was used. The nonce is
handed to one account for some minutes and is used up by the first look, right or wrong. In a demo the person's key file
can sign instead, shortly after its password was given; it is a signature like any other.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from ytterby.proof.approval import (
    PASSKEY,
    ApprovalSignature,
    approval_challenge,
    sign_approval,
)
from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.demo_people import demo_key
from ytterby.shell.actions.issued_nonce import Purpose, issue_nonce, use_nonce
from ytterby.shell.actions.passkey import check_approval, signing_keys
from ytterby.shell.portal.audience import SEATED, Seat, audience
from ytterby.shell.portal.place import is_demo, passkey_place
from ytterby.shell.site.register import current_register
from ytterby.terms.problem import Problem, refuse

TIMEOUT_MILLISECONDS = 120_000
TEXT_MAX = 16_384
FIELDS = ("nonce", "key", "signature", "authenticator_data", "client_data")
DEMO_KEY = "demo-key"


class Subject(NamedTuple):
    """What is approved: the case, its version, the digest of the draft, which approval of the draft it is."""

    case: str
    version: int
    draft: str
    order: int

    def challenge(self, nonce: str) -> bytes:
        """Return what is signed."""
        return approval_challenge(self.draft, self.case, self.version, self.order, nonce, current_register().id)


def sign_context(request: HttpRequest, seat: Seat, subject: Subject) -> dict[str, Any]:
    """Return what `portal/sign.html` is filled with."""
    del request
    register = current_register()
    has_passkey = bool(signing_keys(register).of_account(seat.account)) if seat.account else False
    has_demo_key = is_demo() and bool(seat.account) and demo_key(register, seat.account) is not None
    return {
        "sign": {
            "href": reverse("approval_challenge"),
            "subject": subject,
            "has_passkey": has_passkey,
            "has_demo_key": has_demo_key,
            "is_fresh": seat.is_fresh(now()),
        }
    }


@audience(*SEATED)
@require_POST
def approval_challenge_view(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Hand out a nonce and what a browser needs to sign with it (PublicKeyCredentialRequestOptions, in base64url)."""
    subject = _told_subject(request)
    if not seat.account or subject is None:
        raise Http404
    place = passkey_place(request)
    nonce = issue_nonce(seat.account, Purpose.APPROVAL, now())
    held = signing_keys(current_register()).of_account(seat.account)
    options = {
        "challenge": to_base64url(subject.challenge(nonce)),
        "rpId": place.rp_id,
        "allowCredentials": [{"type": "public-key", "id": one} for one in held],
        "userVerification": "required",
        "timeout": TIMEOUT_MILLISECONDS,
    }
    return JsonResponse({"nonce": nonce, "publicKey": options})


def _told_subject(request: HttpRequest) -> Subject | None:
    case, draft = request.POST.get("sign_case", ""), request.POST.get("sign_draft", "")
    numbers = [request.POST.get(name, "") for name in ("sign_version", "sign_order")]
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in numbers):
        return None
    return Subject(case[:TEXT_MAX], int(numbers[0]), draft[:TEXT_MAX], int(numbers[1]))


def read_approval(
    request: HttpRequest, seat: Seat, subject: Subject, at: datetime
) -> tuple[ApprovalSignature | None, list[Problem]]:
    """Return the signature that a form brought, or why it does not count. `subject` is of the case as it stands."""
    if not seat.account:
        return None, [_flaw("unknown_key")]
    if request.POST.get("sign_by") == DEMO_KEY:
        return _by_demo_key(seat, subject, at)
    told = {name: request.POST.get(f"sign_{name}", "")[:TEXT_MAX] for name in FIELDS}
    if not use_nonce(told["nonce"], seat.account, Purpose.APPROVAL, at):
        return None, [refuse("people.nonce")]
    signature = ApprovalSignature(suite=PASSKEY, account=seat.account, **told)
    problems = check_approval(current_register(), signature, subject.challenge(signature.nonce), account=seat.account)
    return (None, list(problems)) if problems else (signature, [])


def _by_demo_key(seat: Seat, subject: Subject, at: datetime) -> tuple[ApprovalSignature | None, list[Problem]]:
    register = current_register()
    key = demo_key(register, seat.account) if is_demo() else None
    if key is None:
        return None, [_flaw("unknown_key")]
    if not seat.is_fresh(at):
        return None, [refuse("people.not_fresh")]
    nonce = issue_nonce(seat.account, Purpose.APPROVAL, at)
    use_nonce(nonce, seat.account, Purpose.APPROVAL, at)
    challenge = subject.challenge(nonce)
    signature = sign_approval(key, challenge, nonce)
    problems = check_approval(register, signature, challenge, account=seat.account)
    return (None, list(problems)) if problems else (signature, [])


def _flaw(why: str) -> Problem:
    return refuse("people.signature", "", why, why=why)
