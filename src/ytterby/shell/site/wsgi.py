"""The portal as a WSGI application, over the register that the environment names (YTTERBY_DATA, YTTERBY_KEYS)."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from ytterby.shell.site.register import open_register

_keys = os.environ.get("YTTERBY_KEYS")
open_register(Path(os.environ["YTTERBY_DATA"]), Path(_keys) if _keys else None)
application = get_wsgi_application()
