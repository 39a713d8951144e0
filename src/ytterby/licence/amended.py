"""What of a licence an application would change, in the words in which a pack says what may be amended; and when the
licence rests for it, where the pack wants that.

Only what both a licence and an application hold is compared; whether value, order, freight mode or lots changed is not
told by a licence. Names stand in for parties and products that the register does not hold.

Source: `law.casework_rule.ELEMENTS`; Order 792 article 18 as the CN packs hold it.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ytterby.licence.application import CONSIGNEE, END_USER, IMPORTER, Application
from ytterby.licence.licence_state import AMEND, RESUME
from ytterby.terms.quantity import plain_decimal

# From its submission to the new version, or to whatever else ends it, a licence is being amended.
RESTING_PHASES = frozenset({"amending", "granted"})

Json = Mapping[str, Any]


def changed_elements(held: Json, wanted: Application) -> tuple[str, ...]:
    """Return the elements of a licence (its content as it was issued) that an application tells otherwise."""
    consignees = _parties(wanted, CONSIGNEE) or _parties(wanted, IMPORTER)
    told = (
        ("destination", wanted.destination, held.get("destination", "")),
        ("end_user", _parties(wanted, END_USER), frozenset(held.get("end_users", ()))),
        ("end_use", wanted.use.get("code", ""), _use(held)),
        ("item", _items(wanted), frozenset(_item_of(row) for row in held.get("lines", ()))),
        ("licence_kind", wanted.licence_kind, held.get("kind", wanted.licence_kind)),
        ("exporter", wanted.exporter, held.get("holder", wanted.exporter)),
        ("consignee", consignees, frozenset(held.get("consignees", consignees))),
        ("quantity", _quantities(wanted), _held_quantities(held.get("lines", ()))),
    )
    return tuple(name for name, new, old in told if new != old)


def resting_command(before: str, after: str, *, is_issued: bool) -> str:
    """Return what a step of an amendment says of a licence that rests meanwhile, by the phases before and after it;
    empty: nothing. A new version says it by itself.
    """
    rested, rests = before in RESTING_PHASES, after in RESTING_PHASES
    if rested == rests:
        return ""
    return AMEND if rests else "" if is_issued else RESUME


def is_told(command: str, *, is_locked: bool, is_resting: bool) -> bool:
    """Tell whether a licence hears of such a command: that it is to rest where the pack locks what is amended, and that
    it rests no longer where it does, whatever the pack says by then.
    """
    return is_locked if command == AMEND else is_resting if command == RESUME else False


def _use(held: Json) -> str:
    """Return the code of the use of a licence, which holds it bare or with its words."""
    use = held.get("use", "")
    return str(use.get("code", "") if isinstance(use, Mapping) else use)


def _parties(wanted: Application, role: str) -> frozenset[str]:
    return frozenset(one.party or one.name for one in wanted.of_role(role))


def _items(wanted: Application) -> frozenset[str]:
    return frozenset(line.product or line.name for line in wanted.lines)


def _item_of(row: Json) -> str:
    return str(row.get("product") or row.get("name", ""))


def _quantities(wanted: Application) -> frozenset[tuple[str, str, Decimal | None]]:
    lines = ((line.product or line.name, line.unit, line.quantity) for line in wanted.lines)
    return frozenset((item, unit, plain_decimal(quantity)) for item, unit, quantity in lines)


def _held_quantities(rows: Iterable[Json]) -> frozenset[tuple[str, str, Decimal | None]]:
    told = ((_item_of(row), str(row.get("unit", "")), str(row.get("quantity", ""))) for row in rows)
    return frozenset((item, unit, plain_decimal(quantity)) for item, unit, quantity in told)
