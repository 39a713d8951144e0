"""Who asks, as the register knows it now: the root of the interface."""

from ytterby.shell.api.asked import Asked, Told


def whoami(asked: Asked) -> Told:
    """Return account, party, what it is, and what its token is for."""
    me = asked.me
    return Told(
        {
            "account": me.account,
            "party": me.party,
            "roles": sorted(one.value for one in me.roles),
            "scopes": sorted(me.scopes),
            "register": asked.register.id,
            "as_of_size": asked.known.size,
        }
    )
