"""Which months are closed, whether what their balances were made of is still the same, and what was stored of a plant.

Who may read: auditors, tracing bodies and the register's operator; a party nothing of it (`closed` says why).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ytterby.balance.account import Accounts
from ytterby.balance.account_version import changed_figures, inputs_digests
from ytterby.chain.period import Month
from ytterby.chain.posting_record import DERIVATION
from ytterby.shell.store.account_versions import Close, closes, tables_digest
from ytterby.shell.store.models import AccountVersion
from ytterby.shell.store.reading.accounts import accounts_of
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.months import balanced
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.store.reading.viewer import Viewer

# What a close is beside what is known now: made of the same still, of something else, or closed again since.
SAME, CHANGED, REPLACED = "same", "changed", "replaced"
LISTS_KEPT = 8
_kept = Kept[list[Json]](LISTS_KEPT)


class _MadeOf(NamedTuple):
    """By what the balances of a close were worked out, and of what at each plant."""

    by: tuple[int, str]
    inputs: Mapping[str, bytes]


def list_closes(viewer: Viewer, *, known: Known) -> Json:
    """Return every close up to a log size, of the latest month first and of each month the latest first.

    `state` compares digests of what the balances were made of and no figure: `changed` closes may say the same still,
    `same` ones do. `changed_sites` counts the plants, `same_tables` is whether derivation and tables are those of now.
    """
    if not viewer.reads_all:
        return {"as_of_size": known.size, "closes": []}
    rows = _kept.get((register_id(viewer), known.size, viewer), lambda: _list(viewer, known))
    return {"as_of_size": known.size, "closes": rows}


def stored_beside(viewer: Viewer, site: str, element: str, rows: Sequence[Json], *, known: Known) -> dict[str, Json]:
    """Return, of the months of a plant and element that say otherwise than when they were last closed, by month what
    was stored (None: nothing), the names of the figures that differ, and the close; `rows` are the months as known.
    """
    if not viewer.reads_all:
        return {}
    latest = _latest(closes(known.size))
    wanted = [row for row in rows if row["month"] in latest]
    query = AccountVersion.objects.filter(site=site, element=element, month__in=[row["month"] for row in wanted])
    stored = {(month, size): text for month, size, text in query.values_list("month", "known_at", "figures")}
    found: dict[str, Json] = {}
    for row in wanted:
        close = latest[row["month"]]
        text = stored.get((close.month, close.known_at))
        if text is None and (site, element) not in balanced(viewer, known=known, until=close.period):
            continue
        before = msgspec.json.decode(text) if text else None
        if changed := changed_figures(before or {}, row):
            found[close.month] = {
                "stored": before,
                "changed": list(changed),
                "known_at": close.known_at,
                "at": close.at,
            }
    return found


def _latest(found: Iterable[Close]) -> dict[str, Close]:
    """Return the last close of each month; they come in order of the log."""
    return {one.month: one for one in found}


def _list(viewer: Viewer, known: Known) -> list[Json]:
    found = closes(known.size)
    latest = _latest(found)
    made_of = _made_of(latest.values())
    now = _Now(accounts_of(viewer, known), {one.period for one in found}) if found else None
    rows = []
    for one in sorted(found, key=lambda close: (close.month, close.number), reverse=True):
        is_latest = now is not None and one is latest[one.month]
        judged = now.judge(one, made_of[one.month]) if now is not None and is_latest else _REPLACED
        rows.append({"month": one.month, **one.to_json(), **judged})
    return rows


_REPLACED: Json = {"state": REPLACED, "changed_sites": None, "same_tables": None}


def _made_of(found: Iterable[Close]) -> dict[str, _MadeOf]:
    """Return what the stored balances of each month were made of; the figures themselves are not read."""
    wanted = {(one.month, one.known_at): one for one in found}
    inputs: dict[str, dict[str, bytes]] = {one.month: {} for one in wanted.values()}
    query = AccountVersion.objects.filter(known_at__in={size for _, size in wanted})
    for month, size, site, digest in query.values_list("month", "known_at", "site", "inputs"):
        if (month, size) in wanted:
            inputs[month][site] = bytes(digest)
    return {one.month: _MadeOf((one.derivation, one.tables), inputs[one.month]) for one in wanted.values()}


class _Now:
    """What balances would be made of as known now."""

    def __init__(self, accounts: Accounts, closed: Iterable[Month]) -> None:
        self.accounts, self.closed = accounts, tuple(closed)
        self.digests: dict[str, dict[Month, bytes]] = {}
        self.by = (DERIVATION, tables_digest().hex())
        self.months: dict[str, set[str]] = {}
        for row in {*accounts.rows, *accounts.untestable}:
            if row.link is None:
                self.months.setdefault(str(accounts.months[row.month]), set()).add(row.site)

    def judge(self, close: Close, then: _MadeOf) -> Json:
        """Return whether a close is made of the same as now."""
        here = self.months.get(close.month, set())
        changed = sum(not self._is_same(site, close.period, then, here) for site in then.inputs.keys() | here)
        same_tables = then.by == self.by
        state = CHANGED if changed or not same_tables else SAME
        return {"state": state, "changed_sites": changed, "same_tables": same_tables}

    def _is_same(self, site: str, month: Month, then: _MadeOf, here: set[str]) -> bool:
        stored = then.inputs.get(site)
        if stored is None or site not in here:
            # A plant that held no rare earth up to a month has no balance in it: nothing is stored, then or now.
            return stored is None and not self._holds_any(site, month)
        return self._digests(site)[month] == stored

    def _digests(self, site: str) -> dict[Month, bytes]:
        """Return what the balances of a plant would be made of now, of all closed months at once."""
        if site not in self.digests:
            self.digests[site] = inputs_digests(self.accounts, site, self.closed)
        return self.digests[site]

    def _holds_any(self, site: str, month: Month) -> bool:
        rows = [row for row in self.accounts.rows_of(site) if self.accounts.months[row.month] <= month]
        return any(one.content.mass_kg.any() for one in self.accounts.counted_in(rows))
