"""The sample's parties and sites, as the register would hand them to the book."""

import yaml

from ytterby.chain.party import Directory, Operation, Party, Site, make_directory
from ytterby.shell.site.packs import packaged_text


def directory() -> Directory:
    """Return the packaged sample directory."""
    rows = yaml.safe_load(packaged_text("shell.site", "sample_directory.yaml"))
    return make_directory(
        [Party(p["id"], p["name"], country=p["country"]) for p in rows["parties"]],
        [
            Site(s["id"], s["name"], s["kind"], s["country"], tuple(Operation(o["party"]) for o in s["operations"]))
            for s in rows["sites"]
        ],
    )
