"""A register with an office in it, and applications for it: what the benchmark of casework works on.

Everything is invented. The required lists are small files of their documented formats, so that screening runs against
lists that stand; parties are on none of them.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.private_postgresql import TESTS

HERE = Path(__file__).parent
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
EXPORTER, END_USER, OFFICE, CUSTOMS = (
    f"https://party.example/{name}" for name in ("seller", "user", "office", "border")
)
PARTIES = f"""
parties:
  - {{id: "{EXPORTER}", name: Quartz Meadow Magnets, country: CN}}
  - {{id: "{END_USER}", name: Heron Rotor Works, country: SE}}
  - {{id: "{OFFICE}", name: Licensing Office, country: CN}}
  - {{id: "{CUSTOMS}", name: Border, country: CN}}
bodies:
  - {{party: "{OFFICE}", as: licensing, for: office}}
  - {{party: "{CUSTOMS}", as: customs}}
"""
BY_HAND = "BENCH-hand"
BY_RULE = "BENCH-rule"
OFFICERS = ("ann", "bo", "cy")
LISTS = ("cn-export-control", "cn-watch", "cn-unreliable")


def make_office(folder: Path, *, listed: str = "") -> Any:
    """Return a new demo register with parties, packs, officers and lists, everybody screened; `listed` is a name more
    that stands on a list.
    """
    from ytterby.law.pack_reader import read_pack
    from ytterby.licence.office_roster import Post, Presence
    from ytterby.shell.actions.change_law import activate_law, propose_law
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.actions.rights import add_account
    from ytterby.shell.actions.say_of_office import say_of_office
    from ytterby.shell.actions.screen_parties import screen_parties
    from ytterby.shell.site.register import make_register

    register = make_register(folder / "data", origin="bench.invalid/log", demo=True, at=AT - timedelta(days=1201))
    before = AT - timedelta(days=8)
    # Long ago, so that nobody is new to the register.
    assert not import_directory(register, PARTIES, at=AT - timedelta(days=1200)).problems
    packs = []
    for content in _packs():
        pack, problems = read_pack(content)
        assert pack is not None, problems
        packs.append(pack)
    proposed = propose_law(register, packs, start=before + timedelta(hours=2), at=before)
    assert not proposed.problems, proposed.problems
    assert activate_law(register, proposed.id[:12], at=before).state == "in_force"
    for name in OFFICERS:
        done = add_account(register, key_of(name), name=name, party=OFFICE, at=before)
        assert done.state == "in_force", done.problems
        for said in (Post(name, "desk"), Presence(name, True)):
            told = say_of_office(register, said, at=before)
            assert not told.problems, told.problems
    _import_lists(register, listed)
    screen_parties(register, at=AT)
    _validate(register)
    return register


def _validate(register: Any) -> None:
    """Let one person enter what the end user has shown, and another confirm it: without that nothing is by rule."""
    from ytterby.shell.actions.speaker import key_speaker
    from ytterby.shell.actions.validate_end_user import confirm_validation, enter_validation

    first, second = (key_speaker(register, key_of(name)) for name in OFFICERS[:2])
    shown = dict.fromkeys(("visits", "reconciliation", "documents"), f"{AT - timedelta(days=30):%Y-%m-%d}")
    how = {"documents": ("cd" * 32,), "at": AT - timedelta(hours=2)}
    entered = enter_validation(register, END_USER, shown, "Visit report 12.", first, **how)
    assert not entered.problems, entered.problems
    confirmed = confirm_validation(register, entered.key, second, at=AT - timedelta(hours=1))
    assert not confirmed.problems, confirmed.problems


def _packs() -> list[Any]:
    """Return the two packs: an office where the register may decide by itself, and one where people do."""
    from ytterby.shell.wording.yaml_text import read_yaml

    text = (HERE / "casework_pack.yaml").read_text(encoding="utf-8")
    by_rule = read_yaml(text)
    by_hand = read_yaml(text.replace("bench-rule", "bench-hand").replace("BENCH-rule", "BENCH-hand"))
    casework = by_hand["procedure"]["casework"]
    del casework["score_card"], casework["validated_end_user"]
    casework["tiers"] = [one for one in casework["tiers"] if not one.get("is_automatic")]
    return [by_rule, by_hand]


def _import_lists(register: Any, listed: str) -> None:
    sys.path.insert(0, str(TESTS))
    from screening.listed_files import ALL, text_file
    from ytterby.shell.actions.import_list import import_list
    from ytterby.shell.actions.release_list import release_list
    from ytterby.shell.store.screening_lists import stored_list_states

    at = AT - timedelta(hours=1)
    un = ALL["un-xml"][0].raw.decode().replace("2026-02-27T", f"{at:%Y-%m-%d}T")
    own = [text_file("own.csv", f"id,schema,name,country,remark\n1,Organization,{listed or 'Nobody Known'},SE,\n")]
    for name in LISTS:
        import_list(register, own, list_id=name, at=at)
    import_list(register, [text_file("un.xml", un)], list_id="un-consolidated", at=at)
    for state in stored_list_states(register).by_list.values():
        if state.held is not None:
            assert not release_list(register, state.held.record, reason="Looked at.", at=at).problems


def key_of(name: str) -> Any:
    """Return the key file of an officer."""
    from ytterby.proof.key import KeyUse, PrivateKey

    return PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))


def application(lines: int, procedure: str) -> Any:
    """Return an application for magnets in so many lines, each with what it holds."""
    from ytterby.licence.application import Application, Line, PartyOnCase

    goods = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 29.0, "Dy": 2.0}, "built_in": False}
    return Application(
        procedure=procedure,
        licence_kind="plain",
        destination="SE",
        order="PO-1",
        use={"code": "traction_motor"},
        lines=tuple(
            Line(n, f"sintered magnets {n}", "900", "KGM", value="1000", currency="CNY", goods=goods)
            for n in range(1, lines + 1)
        ),
        parties=(
            PartyOnCase("exporter", party=EXPORTER),
            PartyOnCase("consignee", party=END_USER, country="SE"),
            PartyOnCase("end_user", party=END_USER, country="SE"),
        ),
    )
