"""The register that the portal stands on: whether it is a demo, where its keys lie, under which address it is read."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from ytterby.shell.actions.passkey import Place


def is_demo() -> bool:
    """Tell whether the register was made as a demo; it stays one for ever (threat O4)."""
    return bool(settings.YTTERBY_DEMO)


def keys_folder() -> Path:
    """Return the folder of keys."""
    return Path(settings.YTTERBY_KEYS)


def passkey_place(request: HttpRequest) -> Place:
    """Return where passkeys are made and used: the register's own address; of a demo the one that was asked for.

    What a request says counts in a demo alone, which is served on loopback alone (threats D2, O4).
    """
    address = settings.YTTERBY_ADDRESS if not is_demo() else f"{request.scheme}://{request.get_host()}"
    return Place(urlsplit(address).hostname or "", address)
