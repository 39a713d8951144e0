"""The nation's parties and sites as `party import` takes them."""

from collections.abc import Iterator

from ytterby.nation import identity
from ytterby.nation.plan import ABROAD, HOME, Plan

ZONE = "Etc/GMT-8"  # the sign of these names is turned round: eight hours before UTC's noon


def directory_yaml(plan: Plan) -> str:
    """Return parties and sites: plants, laboratories, end users at home and abroad, customs."""
    parties, sites = ["parties:"], ["sites:"]
    for key, kind, country, name, name_zh in _rows(plan):
        party = identity.party_uri(key)
        parties.append(f'  - {{id: "{party}", name: "{name}", name_zh: "{name_zh}", country: {country}}}')
        sites.append(
            f'  - {{id: "{identity.site_uri(key)}", name: "{name}", name_zh: "{name_zh}", kind: {kind}, '
            f'country: {country}, zone: "{ZONE}", operations: [{{party: "{party}"}}]}}'
        )
    return "\n".join([*parties, *sites]) + "\n"


def _rows(plan: Plan) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield number, kind, country and names of each party, which has one site."""
    for plant in plan.plants:
        kind = plant.kind
        yield plant.key, kind.name, HOME, plant.name, f"{kind.name_zh}{plant.rank}号"
    common = len(set(plan.laboratories)) - sum(plant.has_own_laboratory for plant in plan.plants)
    for number in range(common):
        yield identity.LABORATORIES + number, "laboratory", HOME, f"Laboratory {number + 1}", f"检测所{number + 1}号"
    for user in plan.end_users:
        country = ABROAD if user.is_foreign else HOME
        yield user.key, "other", country, f"End user {user.number + 1}", f"最终用户{user.number + 1}号"
    yield identity.CUSTOMS, "customs", HOME, "Customs", "海关"
