"""A demo with its people, to be served to a browser, and a look at what a browser signed, from another process."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ytterby.shell.actions.demo_people import enrol_demo_people
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
LOOK = """
import json, os, sys
from pathlib import Path
from ytterby.shell.site.register import open_register
register = open_register(Path(sys.argv[1]))
from ytterby.proof.approval import ApprovalSignature, approval_challenge, signature_flaw
from ytterby.shell.actions.demo_people import demo_person
from ytterby.shell.actions.passkey import signing_keys
sent = json.loads(sys.argv[2])
account = demo_person(register.keys, sys.argv[3]).account
challenge = approval_challenge(sent["sign_draft"], sent["sign_case"], int(sent["sign_version"]),
                               int(sent["sign_order"]), sent["sign_nonce"], register.id)
names = ("key", "nonce", "signature", "authenticator_data", "client_data")
signature = ApprovalSignature("webauthn", account, **{name: sent["sign_" + name] for name in names})
print(json.dumps({"flaw": signature_flaw(signature, challenge, signing_keys(register))}))
"""


class Made(NamedTuple):
    """Where the register lies."""

    data: str


def make_demo_of_people(folder: Path) -> Made:
    """Make a demo with the sample's parties, an office, and people."""
    register = make_register(folder, origin="demo.ytterby.invalid", demo=True, at=AT)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    enrol_demo_people(register, AT)
    return Made(str(folder.resolve()))


def flaw_of(data: str, sent: dict[str, str], login: str) -> str:
    """Return as JSON what the register says of what a browser sent."""
    made = subprocess.run(
        [sys.executable, "-c", LOOK, data, json.dumps(sent), login], check=True, stdout=subprocess.PIPE, text=True
    )
    return made.stdout.splitlines()[-1]
