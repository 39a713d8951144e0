"""Packs, officers and instants of tests that change the law of a register; and a register to be looked at."""

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

from law.law_case import content_of, pack_of
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.change_law import activate_law, propose_law, settle_dispute
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.rights import add_account, confirm_right
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register, make_register
from ytterby.shell.store.rights import stored_rights

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)
DISPUTE = "CN-70-extension"
PACK = "cn-57-61-62"
KESTREL, TAMARACK, LICENSER = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "34", "72"))


def key_of(name: str) -> PrivateKey:
    return PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))


def newer(name: str = PACK, to: str = "2026-12-05", **changes):
    """Return a packaged pack that knows more, with other changes where they are given."""
    content = content_of(name)
    return pack_of({**content, "knows": {**content["knows"], "to": to}, **copy.deepcopy(changes)})


def on(days: float) -> datetime:
    return AT + timedelta(days=days)


def staff(register: Register) -> Register:
    """Enrol two accounts of the operator, and one each of a licensing body, of an auditing one, and of a mine."""
    for name in ("ann", "bo"):
        assert add_account(register, key_of(name), name=name, at=AT).state == "in_force"
    bodies = f"bodies: [{{party: '{TAMARACK}', as: audit}}, {{party: '{LICENSER}', as: licensing}}]"
    assert not import_directory(register, bodies, at=AT, by=key_of("ann")).problems
    for name, party in (("lee", LICENSER), ("ada", TAMARACK), ("kim", KESTREL)):
        assert add_account(register, key_of(name), name=name, party=party, by=key_of("ann"), at=AT).state == "proposed"
    for one in [one for one in stored_rights(register).granted.values() if one.state == "proposed"]:
        assert confirm_right(register, one.digest, by=key_of("bo"), at=AT).state == "in_force"
    return register


def changed(register: Register, packs, *, start=START, at=AT, by="ann", second="bo", **more):
    """Propose and activate; return the digest of the proposal."""
    keys = (None, None) if register.is_demo else (key_of(by), key_of(second))
    made = propose_law(register, packs, start=start, by=keys[0], at=at, **more)
    assert not made.problems, made.problems
    done = activate_law(register, made.id[:12], by=keys[1], at=at)
    assert done.state == "in_force", done.problems
    return made.id


def make_changed_register(folder: Path) -> None:
    """Make a demo with an activation that has come, one that will, a proposal, and a dispute settled and corrected."""
    register = make_register(folder, origin="test.invalid/log", demo=True)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml")).problems
    now = datetime.now(UTC)
    changed(register, [newer(to="2026-12-01")], start=now + timedelta(seconds=2), at=None, reason="Announcement 71")
    changed(register, [newer(to="2026-12-05"), newer("eu-crma", "2026-12-04")], start=now + timedelta(days=3), at=None)
    title = {"en": "Another title <b>&", "zh": "另一标题"}
    packs = [newer(to="2026-12-07", title=title)]
    assert not propose_law(register, packs, start=now + timedelta(days=9), reason="To be confirmed").problems
    for source in ("notice 1 of the licensing authority", "notice 2 of the licensing authority, which corrects 1"):
        assert not settle_dispute(register, DISPUTE, "ended", source=source).problems
