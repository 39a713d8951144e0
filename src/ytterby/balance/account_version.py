"""What a stored month balance was made of, and whether it still says the same.

Figures that come of a factorisation differ in their last bits from one machine to the next, so that two are held to be
the same within 1e-9, and never by their bytes; what they were made of is one digest, and that is exact.

Names: `inputs_digest`, `inputs_digests`, `changed_figures`.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ytterby.chain.period import Month
from ytterby.terms.canonical import framed

if TYPE_CHECKING:
    # Accounts bring scipy along, for which whoever compares stored figures need not wait.
    from ytterby.balance.account import Accounts, Counted, Row

TOLERANCE = 1e-9
DOMAIN = b"ytterby/account-inputs/v1\x00"
# Which parts make up most of a variance follows from the same inputs as the variance, and says nothing more.
EXPLANATION = "contributors"


def inputs_digest(accounts: "Accounts", site: str, month: Month) -> bytes:
    """Return the SHA-256 over all that counts at a plant up to a month: keys, contents of all elements, rows, signs,
    and which of its months cannot be tested.

    Later months do not enter it: a month's figures hang on none of them.
    """
    return inputs_digests(accounts, site, [month])[month]


def inputs_digests(accounts: "Accounts", site: str, months: Iterable[Month]) -> dict[Month, bytes]:
    """Return the same for several months: what counts in none that is later is written down once for all of them."""
    written: dict[str, bytes] = {}
    # In order of time: what lies in the months up to one lies in those up to the next.
    return {month: _digest(accounts, site, month, written) for month in sorted(months)}


def _digest(accounts: "Accounts", site: str, month: Month, written: dict[str, bytes]) -> bytes:
    rows = {row for row in accounts.rows_of(site) if accounts.months[row.month] <= month}
    digest = sha256(DOMAIN)
    for one in accounts.counted_in(rows):
        part = written.get(one.key)
        if part is None:
            part = framed(_text(accounts, one, rows)) + framed(_content(one))
            if all(row in rows for row, _ in one.entries if row.site == site):
                written[one.key] = part
        digest.update(part)
    for row in sorted(row for row in accounts.untestable if _is_among(accounts, row, site, month)):
        reason = accounts.untestable[row]
        digest.update(framed(json.dumps([str(accounts.months[row.month]), *reason]).encode()))
    return digest.digest()


def _is_among(accounts: "Accounts", row: "Row", site: str, month: Month) -> bool:
    return row.link is None and row.site == site and accounts.months[row.month] <= month


def _text(accounts: "Accounts", one: "Counted", rows: set["Row"]) -> bytes:
    # Rows are numbered from the first month of the register, which a late event may move: months are named.
    entries = [[str(accounts.months[row.month]), sign] for row, sign in one.entries if row in rows]
    return json.dumps([one.key, one.what.value, one.is_known, entries, sorted(one.content.groups)]).encode()


def _content(one: "Counted") -> bytes:
    content = one.content
    parts = [content.mass_kg, content.random_kg, *(content.groups[name] for name in sorted(content.groups))]
    return b"".join(part.astype("<f8").tobytes() for part in parts)


def changed_figures(stored: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the figures of a month that differ between two versions, in order of name.

    Figures in kg are compared with the larger of themselves and the month's sigma, others with the larger of
    themselves and 1; what is unknown in one and known in the other differs.
    """
    sigma = max(abs(one.get("sigma_kg") or 0.0) for one in (stored, now))
    names = (stored.keys() | now.keys()) - {EXPLANATION}
    return tuple(
        sorted(
            name
            for name in names
            if not _is_same(stored.get(name), now.get(name), sigma if name.endswith("_kg") else 1.0)
        )
    )


def _is_same(first: Any, second: Any, scale: float) -> bool:
    if not (_is_number(first) and _is_number(second)):
        return bool(first == second and type(first) is type(second))
    return bool(abs(first - second) <= TOLERANCE * max(abs(first), abs(second), scale))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
