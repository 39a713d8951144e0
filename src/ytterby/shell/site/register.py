"""The register folder: where a register's database, tiles and keys lie, and how one is made and opened.

    DIR/register.yaml       what this register is: id, origin, base, whether it is a demo (for ever)
    DIR/register.sqlite3    the database, unless DATABASE_URL names another (`site.database`)
    DIR/tile/…, checkpoint  the public log as static files, made from the database
    KEYS/                   log and receipt key, the web secret: 700, files 600, never part of a backup

One process has one register open at a time; opening another closes the first.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import yaml

from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.site.database import (
    DATABASE,
    SQLITE,
    DatabaseAddressError,
    configured_url,
    database_settings,
    kind_of,
)
from ytterby.shell.site.schema import bring_tables_up
from ytterby.shell.wording.yaml_text import read_yaml

MARKER = "register.yaml"
LOG_KEY, RECEIPT_KEY, SECRET = "log.key", "receipt.key", "web.secret"
FORMAT = 1
DEMO_ORIGIN_END = ".invalid"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class RegisterMissing(Exception):  # noqa: N818 -- what it says reads as a word
    """There is no register in the folder."""


class RegisterMismatch(Exception):  # noqa: N818 -- the same
    """Folder, database and keys do not belong together."""


class RegisterOutdated(Exception):  # noqa: N818 -- the same
    """What is derived in it was derived by another version, and must be derived anew."""


@dataclass(frozen=True)
class Register:
    """An open register. `origin` names its log; `base` is where it mints identifiers."""

    id: str
    data: Path
    keys: Path
    origin: str
    base: str
    is_demo: bool
    log_key: PrivateKey
    receipt_key: PrivateKey

    @property
    def size(self) -> int:
        """The size of its log."""
        from ytterby.shell.store.models import LogHead

        return LogHead.objects.get(id=1).size


_open: Register | None = None


def current_register() -> Register:
    """Return the register that this process has open.

    Raises:
        RegisterMissing: none is open.
    """
    if _open is None:
        raise RegisterMissing("no register is open")
    return _open


def keys_beside(data: Path) -> Path:
    """Return the default keys folder: the data folder's name with `-keys` appended."""
    return data.with_name(data.name + "-keys")


def make_register(
    data: Path, keys: Path | None = None, *, origin: str, base: str = "", demo: bool = False, at: datetime | None = None
) -> Register:
    """Make an empty register and open it.

    Raises:
        FileExistsError: the folder, or the database that DATABASE_URL names, holds something already.
        RegisterMismatch: the database cannot be used.
        ValueError: a demo's origin that does not end in `.invalid`, or the reverse.
    """
    keys = keys or keys_beside(data)
    name = origin.partition("/")[0]
    if demo != name.endswith(DEMO_ORIGIN_END):
        raise ValueError("the origin of a demo, and only of a demo, ends in .invalid (threat O4)")
    for folder in (data, keys):
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty")
    data.mkdir(parents=True, exist_ok=True)
    url = configured_url(data)
    made_at = at or datetime.now(UTC)
    marker = {
        "format": FORMAT,
        "id": str(uuid4()),
        "origin": origin,
        "base": base or f"https://{name}",
        "demo": demo,
        "made_at": made_at.isoformat(),
        "database": kind_of(url),
    }
    _connect(data, keys, marker, url)
    _refuse_taken(demo=demo)
    # Keys come after all that can refuse, so that nothing half made is left behind.
    _make_keys(keys, origin)
    _use_secret(keys)
    from ytterby.shell.store.founding import found

    bring_tables_up()
    register = _read(data, keys, marker)
    found(register, made_at)
    # The marker is written last: a folder without one is no register, and may be made anew.
    (data / MARKER).write_text(yaml.safe_dump(marker, sort_keys=False), encoding="utf-8")
    return _keep(register)


def open_register(data: Path, keys: Path | None = None, *, outdated: bool = False) -> Register:
    """Open the register of a folder; `outdated` also where what is derived comes from another version.

    Raises:
        RegisterMissing: there is none.
        RegisterMismatch: folder, database and keys do not belong together.
        RegisterOutdated: what is derived must be derived anew.
    """
    keys = keys or keys_beside(data)
    if not (data / MARKER).is_file():
        raise RegisterMissing(f"there is no register in {data}")
    marker = read_yaml((data / MARKER).read_text(encoding="utf-8"))
    if not isinstance(marker, dict) or marker.get("format") != FORMAT:
        raise RegisterMismatch(f"{data / MARKER} is not of a format that this version reads")
    url = configured_url(data)
    lies_in = marker.get("database", SQLITE)
    if lies_in != kind_of(url):
        cure = "set DATABASE_URL to it" if url == "" else "unset DATABASE_URL"
        raise RegisterMismatch(f"the register in {data} lies in {lies_in}: {cure}")
    if lies_in == SQLITE and not (data / DATABASE).is_file():
        raise RegisterMismatch(f"{data} has lost its database")
    _connect(data, keys, marker, url)
    register = _read(data, keys, marker)
    _check_belonging(register)
    if not outdated:
        _refuse_outdated()
    return _keep(register)


def _keep(register: Register) -> Register:
    _refuse_unsafe()
    global _open  # noqa: PLW0603 -- a process has one register open, as it has one database
    _open = register
    return register


def _refuse_unsafe() -> None:
    """Refuse to go on with a database that may lose or mix what it acknowledged (`store.checks`)."""
    from django.core.checks import run_checks

    wrong = run_checks(tags=["ytterby"], databases=["default"])
    if wrong:
        raise RegisterMismatch("; ".join(str(one.msg) for one in wrong))


def _refuse_outdated() -> None:
    from ytterby.chain.posting_record import DERIVATION
    from ytterby.shell.store.models import Edition

    if not Edition.objects.filter(is_live=True, derivation=DERIVATION).exists():
        raise RegisterOutdated


def _check_belonging(register: Register) -> None:
    from django.db import DatabaseError

    from ytterby.shell.store.models import LogHead

    try:
        bring_tables_up()
        head = LogHead.objects.filter(id=1).first()
    except DatabaseError as error:
        raise RegisterMismatch(f"the database of {register.data} cannot be read: {error}") from None
    if head is None or head.register_id != register.id or head.origin != register.origin:
        raise RegisterMismatch(f"the database in {register.data} belongs to another register")


def _read(data: Path, keys: Path, marker: dict[str, Any]) -> Register:
    try:
        log_key = PrivateKey.parse((keys / LOG_KEY).read_text(encoding="utf-8"))
        receipt_key = PrivateKey.parse((keys / RECEIPT_KEY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RegisterMismatch(f"the keys in {keys} cannot be read: {error}") from None
    if (log_key.use, receipt_key.use) != (KeyUse.LOG, KeyUse.RECEIPT) or log_key.name != marker["origin"]:
        raise RegisterMismatch(f"the keys in {keys} are not this register's")
    return Register(
        id=marker["id"],
        data=data,
        keys=keys,
        origin=marker["origin"],
        base=marker["base"],
        is_demo=bool(marker["demo"]),
        log_key=log_key,
        receipt_key=receipt_key,
    )


def _make_keys(keys: Path, origin: str) -> None:
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.chmod(0o700)
    for name, use in ((LOG_KEY, KeyUse.LOG), (RECEIPT_KEY, KeyUse.RECEIPT)):
        write_secret(keys / name, PrivateKey.from_seed(use, origin, secrets.token_bytes(32)).text() + "\n")
    write_secret(keys / SECRET, secrets.token_urlsafe(48))


def write_secret(path: Path, text: str) -> None:
    """Write a file that nobody else may read.

    Raises:
        FileExistsError: there is one already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _connect(data: Path, keys: Path, marker: dict[str, Any], url: str) -> None:
    """Point Django at a register; the first time this also sets Django up.

    Raises:
        RegisterMismatch: DATABASE_URL cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ytterby.shell.site.settings")
    import django
    from django.apps import apps
    from django.conf import settings

    try:
        wanted = database_settings(data, url)
    except DatabaseAddressError as error:
        raise RegisterMismatch(str(error)) from None
    settings.DATABASES["default"] = wanted
    settings.YTTERBY_DEMO = bool(marker["demo"])
    settings.YTTERBY_KEYS = str(keys)
    _use_address(marker)
    _use_secret(keys)
    if not apps.ready:
        django.setup()
    from django.db import connections

    connections["default"].close()
    connections.settings["default"] = connections.configure_settings({"default": wanted})["default"]
    # The next use makes a connection of the new kind.
    del connections["default"]


def _use_address(marker: dict[str, Any]) -> None:
    """Let the pages be asked for under their address, and cookies and forms go by it; a demo's is loopback's alone.

    The address is https:// and the host of the log's origin, or what YTTERBY_ADDRESS says (threat X10).
    """
    from django.conf import settings

    host = str(marker["origin"]).partition("/")[0]
    address = "" if marker["demo"] else os.environ.get("YTTERBY_ADDRESS", "").rstrip("/") or f"https://{host}"
    parts = urlsplit(address)
    if address and (parts.scheme not in {"https", "http"} or not parts.hostname or parts.path):
        raise RegisterMismatch(f"YTTERBY_ADDRESS is no address of pages: {address!r}; write https://HOST")
    settings.YTTERBY_ADDRESS = address
    settings.ALLOWED_HOSTS = [*LOOPBACK, *([parts.hostname] if parts.hostname else [])]
    settings.CSRF_TRUSTED_ORIGINS = [address] if address else []
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = parts.scheme == "https"


def _use_secret(keys: Path) -> None:
    from django.conf import settings

    if (keys / SECRET).is_file():
        settings.SECRET_KEY = (keys / SECRET).read_text(encoding="utf-8")


def _refuse_taken(*, demo: bool) -> None:
    """Refuse a database that holds something; a demo's tables are taken away by the next demo.

    Raises:
        FileExistsError: it holds tables that no demo of ours made.
        RegisterMismatch: it cannot be opened.
    """
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    from ytterby.shell.store.models import LogHead

    try:
        tables = connection.introspection.table_names()
        if set(tables) <= {"django_migrations"}:
            return
        head = LogHead.objects.filter(id=1).first() if LogHead._meta.db_table in tables else None
    except DatabaseError as error:
        raise RegisterMismatch(f"the database cannot be opened: {error}") from None
    if not demo or head is None or not head.origin.partition("/")[0].endswith(DEMO_ORIGIN_END):
        raise FileExistsError("the database that DATABASE_URL names is not empty")
    call_command("migrate", "store", "zero", verbosity=0, interactive=False)
