"""Where a person's work begins: an office's at its worklist, customs' at the licences, everybody else's at the lots."""

from django.http import HttpRequest
from django.urls import reverse

from ytterby.shell.portal.audience import Audience, Seat, seat_of

DECIDING = (Audience.OFFICER, Audience.PROVINCE, Audience.DEPARTMENT)


def home(request: HttpRequest) -> str:
    """Return the address of the first page of whoever is signed in; that of the sign-in page where nobody is."""
    seat = seat_of(request)
    return reverse("sign_in" if seat is None else _first_page(seat))


def _first_page(seat: Seat) -> str:
    if seat.is_one_of(DECIDING):
        return "cases"
    return "licences" if seat.is_one_of((Audience.CUSTOMS,)) else "lots"
