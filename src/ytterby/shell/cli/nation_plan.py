"""The nation that commands make: the packaged tables, and a plan of numbers that can be simulated.

Only commands know the room `nation`, so that its tables are read here and not beside the others.
"""

from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.outcome import WrongUse
from ytterby.shell.site.packs import packaged_text

if TYPE_CHECKING:
    from ytterby.nation.plan import Plan
    from ytterby.nation.tables import NationTables


def nation_tables() -> "NationTables":
    """Return the packaged tables of the nation."""
    from ytterby.nation.tables import FILES, USE_CODES, read_nation_tables

    texts = {name: packaged_text("nation", name) for name in FILES}
    return read_nation_tables({**texts, USE_CODES: packaged_text("chain", USE_CODES)})


def plan_of(**numbers: Any) -> "Plan":
    """Return the plan of a scenario of these numbers, the others as usual.

    Raises:
        WrongUse: a number is outside what can be simulated.
    """
    from ytterby.nation.plan import make_plan
    from ytterby.nation.scenario import Scenario

    try:
        scenario = Scenario(**numbers)
    except ValueError as error:
        raise WrongUse("nation.cannot", why=error) from None
    return make_plan(scenario, nation_tables())
