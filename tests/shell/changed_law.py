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
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER as ME
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


def codes(change):
    return [problem.code for problem in change.problems]


def head():
    return known_at(ME, None)


def knows_to(at, known=None, pack=PACK):
    return str(law_at(ME, known or head(), at).packs[pack].knows[1])


def propose(register, packs=None, *, by="ann", at=AT, start=START, **more):
    key = None if register.is_demo or by is None else key_of(by)
    return propose_law(register, packs or [newer()], start=start, by=key, at=at, **more)


def activate(register, which, by="bo", at=AT):
    return activate_law(register, which, by=None if by is None else key_of(by), at=at)


def alone(name):
    """Return a pack that holds one parameter, always of the same name."""
    parameter = {"value": "1", "unit": "wt%", "basis": "practice", "text": {"en": "x", "zh": "x"}}
    return pack_of(
        {
            "schema": "ytterby-pack/1",
            "id": name,
            "group": "eu",
            "title": {"en": "Alone", "zh": "单独"},
            "knows": {"from": "2026-01-01", "to": "2026-12-31"},
            "parameters": {"one-name": {**parameter, "source": "s", "confidence": "practice"}},
        }
    )


def staffed_register(folder: Path) -> Register:
    """Make a register that is no demo, with accounts of the operator, of two bodies and of a mine."""
    made = make_register(folder / "real", origin="log.example.org/register", at=AT)
    assert not import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    return staff(made)


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
