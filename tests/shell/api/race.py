"""Two processes that ask the interface at once, each with a token of its own."""

import json
import os
import subprocess
import sys

RACE = """
import json, os, sys, time, traceback
from datetime import datetime
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from shell.api.told import ask
from ytterby.shell.api import dispatch
from ytterby.shell.site.register import open_register
folder, data = Path(sys.argv[1]), Path(sys.argv[2])
at, requests = datetime.fromisoformat(sys.argv[3]), json.loads(sys.argv[4])
dispatch.now = lambda: at
begin = time.time() + 0.5
children = []
for number, one in enumerate(requests):
    pid = os.fork()
    if pid:
        children.append(pid)
        continue
    try:
        open_register(data)
        time.sleep(max(0.0, begin - time.time()))
        answer = ask("POST", one["address"], one["body"], token=one["token"], checks=False, **one.get("more", {}))
        told = {"status": answer.status, "body": answer.json}
    except BaseException:
        told = {"failed": traceback.format_exc()}
    (folder / f"told-{number}.json").write_text(json.dumps(told))
    os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""


def race(folder, world, *asked):
    """Let several processes ask at once; return status and body of each. `asked` are who, address, body, headers."""
    folder.mkdir(exist_ok=True)
    requests = [
        {
            "token": world.tokens.setdefault(who, None) or world.token(who),
            "address": address,
            "body": body,
            "more": more,
        }
        for who, address, body, more in asked
    ]
    arguments = [sys.executable, "-c", RACE, str(folder), str(world.register.data), world.clock.at.isoformat()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    subprocess.run([*arguments, json.dumps(requests)], check=True, timeout=600, env=environment)
    told = [json.loads((folder / f"told-{number}.json").read_text()) for number in range(len(requests))]
    assert all("failed" not in one for one in told), told
    return told
