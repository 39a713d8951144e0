"""A demo register with lists: one in force with what vanished, one that waits, one that is missing; and who keeps them.

Firms and lists are invented; `MARKUP` is a name that would be markup if a page let it.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shell.listing import house
from shell.strangers import LUMEN

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

LICENSING = LUMEN
MARKUP = "<b>Example</b> & Söhne"
# Parties that are like two that are listed, in band alert and by another order of words, and one that is like nobody.
TWIN, SISTER = "https://party.example/zelenka", "https://party.example/havel"
PARTIES = f"""
parties:
  - {{id: {TWIN}, name: Zelenka Magnetwerke Ostrava, country: CZ}}
  - {{id: {SISTER}, name: Havlik & Sohn Pumpen, country: SE}}
  - {{id: https://party.example/quarry, name: Quarrington Beads}}
"""


class Listed(NamedTuple):
    """The register, the number of the body that keeps lists, and the import that waits."""

    register: "Register"
    keeper: str
    waiting: str


def make_listed_register(data: Path) -> Listed:
    """Make it: an own list in force with an entry that vanished and a smaller file that waits, MOFCOM's in two rows."""
    from screening.listed_files import ALL, text_file
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.actions.import_list import import_list
    from ytterby.shell.actions.release_list import release_list
    from ytterby.shell.actions.screen_parties import screen_parties
    from ytterby.shell.site.packs import packaged_text
    from ytterby.shell.site.register import make_register

    now = datetime.now(UTC) - timedelta(hours=3)
    register = make_register(data, origin="lists.invalid/log", demo=True, at=now)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=now).problems
    text = f"bodies: [{{party: '{LICENSING}', as: licensing, start: 2020-01-01, end: 2090-01-01}}]"
    assert not import_directory(register, text, at=now).problems
    assert not import_directory(register, PARTIES, at=now).problems
    firms = house(*range(1, 131)).raw.decode().replace("Example Works 107,", MARKUP + ",")
    firms = firms.replace("Example Works 50,SE", "Ostrava Magnetwerke Zelenka s.r.o.,CZ")
    firms = firms.replace("Example Works 51,", "Havlik und Sohn Pumpenbau GmbH,")
    without = firms.replace("1,Organization,Example Works 1,SE,here\n", "", 1)
    for hours, file in enumerate(
        (
            text_file("house.csv", firms),
            text_file("house.csv", without),
        )
    ):
        at = now + timedelta(hours=hours)
        assert import_list(register, [file], list_id="own-house", at=at).state == "in_force"
    small = text_file("house.csv", without.replace("here", "moved", 3).partition("100,")[0] + "900,Person,,SE,here\n")
    waiting = import_list(register, [small], list_id="own-house", at=now + timedelta(hours=2))
    assert waiting.state == "held"
    mofcom = import_list(register, ALL["mofcom-csv"], list_id="cn-export-control", at=now)
    assert not release_list(register, mofcom.record, reason="Looked at both rows.", at=now).problems
    # One run: the hits of parties, which nobody has spoken of yet.
    assert screen_parties(register, at=now + timedelta(hours=2)).hits > 0
    return Listed(register, LICENSING, waiting.record)
