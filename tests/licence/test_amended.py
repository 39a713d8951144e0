"""What of a licence an application changes, element by element, and what three packs let be amended of it."""

from itertools import product
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from licence.flipped_branches import unnoticed
from ytterby.law.casework_rule import ELEMENTS
from ytterby.licence import amended as shipped
from ytterby.licence.application import Application, Line, PartyOnCase
from ytterby.shell.site.case_rules import case_rules
from ytterby.shell.site.law_packs import law_of

PACKS = Path(__file__).resolve().parents[1] / "law" / "packs"
HELD = {
    "kind": "individual",
    "holder": "p1",
    "destination": "XA",
    "end_users": ["p2"],
    "consignees": ["p3"],
    "use": "U07",
    "lines": [
        {"product": "n42", "name": "magnets", "quantity": "900", "unit": "KGM"},
        {"product": "", "name": "powder", "quantity": "2.50", "unit": "KGM"},
    ],
}
WANTED = Application(
    procedure="P",
    licence_kind="individual",
    destination="XA",
    lines=(Line(1, "magnets", "900.0", "KGM", product="n42"), Line(2, "powder", "2.5", "KGM")),
    parties=(PartyOnCase("exporter", "p1"), PartyOnCase("end_user", "p2"), PartyOnCase("consignee", "p3")),
    use={"code": "U07"},
)

# Phase before, phase after, what is said of the licence.
RESTS = [
    ("none", "none", ""),
    ("none", "amending", "amend"),
    ("amending", "amending", ""),
    ("amending", "granted", ""),
    ("granted", "amending", ""),
    ("granted", "delivered", "resume"),
    ("amending", "refused", "resume"),
    ("amending", "none", "resume"),
    ("amending", "ended", "resume"),
    ("refused", "ended", ""),
    ("none", "ended", ""),
]


def check_semantics(module: ModuleType) -> None:
    def changed(held=None, **changes):
        return module.changed_elements({**HELD, **(held or {})}, msgspec.structs.replace(WANTED, **changes))

    assert changed() == ()
    assert changed(destination="XB") == ("destination",)
    assert changed(licence_kind="general") == ("licence_kind",)
    assert changed(use={"code": "U08"}) == ("end_use",)
    assert changed(use={}) == ("end_use",)
    # A licence may hold its use with its words.
    assert changed({"use": {"code": "U07", "text": "motors"}}) == ()
    assert changed({"use": {"text": "motors"}}, use={}) == ()
    one, two = WANTED.lines
    assert changed(lines=(one,)) == ("item", "quantity")
    assert changed(lines=(one, msgspec.structs.replace(two, name="oxide"))) == ("item", "quantity")
    assert changed(lines=(one, msgspec.structs.replace(two, quantity="2.6"))) == ("quantity",)
    assert changed(lines=(one, msgspec.structs.replace(two, unit="TNE"))) == ("quantity",)
    # A registered product goes by its number, whatever it is called.
    assert changed(lines=(msgspec.structs.replace(one, name="sintered"), two)) == ()
    assert changed(parties=WANTED.parties[1:]) == ("exporter",)
    exporter, user, consignee = WANTED.parties
    assert changed(parties=(exporter, consignee)) == ("end_user",)
    more = PartyOnCase("end_user", name="Uma Motors")
    assert changed(parties=(exporter, user, more, consignee)) == ("end_user",)
    assert changed({"end_users": ["Uma Motors", "p2"]}, parties=(exporter, user, more, consignee)) == ()
    assert changed(parties=(exporter, user)) == ("consignee",)
    # Where no consignee is named the importer is it, as the licence was issued.
    importer = PartyOnCase("importer", "p3")
    assert changed(parties=(exporter, user, importer)) == ()
    assert changed(parties=(exporter, user, consignee, PartyOnCase("importer", "p9"))) == ()
    # Of a licence of which nothing is known everything is another one that it must say.
    bare = module.changed_elements({}, WANTED)
    assert bare == ("destination", "end_user", "end_use", "item", "quantity")
    assert all(module.resting_command(before, after, is_issued=False) == said for before, after, said in RESTS)
    assert module.resting_command("granted", "delivered", is_issued=True) == ""
    assert module.resting_command("none", "amending", is_issued=True) == "amend"
    assert {
        (command, is_locked, is_resting)
        for command, is_locked, is_resting in product(("", "amend", "resume"), (True, False), (True, False))
        if module.is_told(command, is_locked=is_locked, is_resting=is_resting)
    } == {("amend", True, True), ("amend", True, False), ("resume", True, True), ("resume", False, True)}


def test_what_changes_is_named_in_the_words_of_packs():
    check_semantics(shipped)
    assert set(shipped.changed_elements({}, WANTED)) <= set(ELEMENTS)


def test_every_branch_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


@pytest.mark.parametrize(
    ("folder", "procedure", "name", "may"),
    [
        (None, "CN-procedure", "destination", False),
        (None, "CN-procedure", "end_user", False),
        (None, "CN-procedure", "exporter", False),
        (None, "CN-procedure", "quantity", True),
        ("terra", "TERRA-procedure", "destination", True),
        ("terra", "TERRA-procedure", "end_user", True),
        ("terra", "TERRA-procedure", "end_use", False),
        ("group", "HOUSE-procedure", "quantity", False),
    ],
)
def test_what_may_be_amended_is_the_packs_word(folder, procedure, name, may):
    held = law_of(folder and PACKS / folder)[0].procedures[procedure]
    rules = case_rules(held, "amendment")
    assert (name in rules.amendable) is may
    # Terra lets what it licensed go on while it is amended.
    assert rules.locks_amended is (folder != "terra")
