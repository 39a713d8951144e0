"""The secret of one-time codes as a picture that an app reads, drawn as one path of an SVG, and as text beside it."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest

from ytterby.proof.one_time_code import secret_text
from ytterby.shell.actions.login import seal_secret

QUIET = 4  # modules of white about the code (ISO/IEC 18004)


def secret_context(request: HttpRequest, secret: bytes) -> dict[str, object]:
    """Return what the template draws: the path, its size, the text, and the secret sealed for the form's way back."""
    issuer = str(settings.YTTERBY_ADDRESS).partition("//")[2] or request.get_host()
    path, size = picture_path(enrolment_address(secret, issuer=issuer, name="ytterby"))
    text = secret_text(secret)
    grouped = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return {"qr_path": path, "qr_size": size, "secret_text": grouped, "sealed": seal_secret(secret)}


def enrolment_address(secret: bytes, *, issuer: str, name: str) -> str:
    """Return what an app reads from a picture (Key URI format)."""
    label = f"{quote(issuer, safe='')}:{quote(name, safe='')}"
    return f"otpauth://totp/{label}?secret={secret_text(secret)}&issuer={quote(issuer, safe='')}"


def picture_path(text: str) -> tuple[str, int]:
    """Return the dark modules of a QR code as the path of an SVG, and the side of its square."""
    import segno

    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module
    )
    return path, len(rows) + 2 * QUIET
