"""JSON of lists: never a traceback, however deep or broken."""

import json
from typing import Any

from ytterby.screening.lists.gathering import FileRefused, Place
from ytterby.terms.problem import refuse


def read_json(raw: bytes, place: Place) -> Any:
    """Return a JSON text.

    Raises:
        FileRefused: it is none, or lies deeper than the reader goes.
    """
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileRefused(place.of(refuse("list.json_unreadable", "", f"byte {error.start} is no UTF-8"))) from None
    except (ValueError, RecursionError) as error:
        raise FileRefused(place.of(refuse("list.json_unreadable", "", str(error)))) from None
