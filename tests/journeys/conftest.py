"""The demo, served on loopback as a user would, and the system's Chromium looking at it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from journeys.window import Watched

CHROMIUM = Path(os.environ.get("YTTERBY_CHROMIUM", "/usr/bin/chromium"))
SCREENSHOTS = Path(__file__).parent / "screenshots"
START_SECONDS = 120
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What a function makes may tell texts and numbers, which nobody knows beforehand.
MAKE = """
import importlib, json, os, sys
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
module, make = sys.argv[1].split(":")
made = getattr(importlib.import_module(module), make)(Path(sys.argv[2]))
told = made._asdict() if hasattr(made, "_asdict") else {}
print(json.dumps({name: value for name, value in told.items() if isinstance(value, str | int)}))
"""
PASSWORD = re.compile(r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}")


class Served(NamedTuple):
    """A register that is being served: its address, and the password of this run."""

    address: str
    password: str


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Make the demo and serve it, as `make run` does."""
    folder = tmp_path_factory.mktemp("demo")
    with _serving(folder, "demo", "--data", str(folder / "register"), "--serve") as found:
        yield found


@pytest.fixture(scope="session")
def served_months(tmp_path_factory):
    """Serve a register of two years of a plant that counts its stock."""
    with _serving_made(tmp_path_factory.mktemp("months"), "counted_months:make_register_of_months") as (found, _):
        yield found


@pytest.fixture(scope="session")
def served_year(tmp_path_factory):
    """Serve a register of five months of returns, and quotas."""
    with _serving_made(tmp_path_factory.mktemp("year"), "reported_year:make_reported_year") as (found, _):
        yield found


@pytest.fixture(scope="session")
def served_judged(tmp_path_factory):
    """Serve a register of closed months and cases; with it what its cases are numbered."""
    with _serving_made(tmp_path_factory.mktemp("judged"), "judged_months:make_judged_register") as found:
        yield found


@pytest.fixture(scope="session")
def served_law(tmp_path_factory):
    """Serve a register whose law changed, will change, and may."""
    with _serving_made(tmp_path_factory.mktemp("law"), "shell.changed_law:make_changed_register") as (found, _):
        yield found


@pytest.fixture(scope="session")
def served_pending(tmp_path_factory):
    """Serve the demo while changes of law wait."""
    folder = tmp_path_factory.mktemp("pending")
    with _serving(folder, "demo", "--data", str(folder / "register"), "--serve", program="pending_law") as found:
        yield found


@pytest.fixture(scope="session")
def served_listed(tmp_path_factory):
    """Serve a register of lists of the listed; with it who keeps them."""
    with _serving_made(tmp_path_factory.mktemp("listed"), "listed_register:make_listed_register") as found:
        yield found


@pytest.fixture(scope="session")
def served_people(tmp_path_factory):
    """Serve a demo with its people; with it where it lies."""
    with _serving_made(tmp_path_factory.mktemp("people"), "shell.served_people:make_demo_of_people") as found:
        yield found


@pytest.fixture(scope="module")
def served_office(tmp_path_factory):
    """Serve the demo's office in June 2025, its magnets made and nothing applied for; with it where its papers lie."""
    with _serving_made(tmp_path_factory.mktemp("office"), "shell.magnet_office:make_office", "sample_clock") as found:
        yield found


@contextmanager
def _serving_made(folder: Path, make: str, program: str = "ytterby") -> Iterator[tuple[Served, dict[str, str | int]]]:
    """Serve a register that a function of the tests makes, `module:function`, with what that tells."""
    # In a process of its own: this one may have a register open.
    made = subprocess.run(
        [sys.executable, "-c", MAKE, make, str(folder / "register")],
        check=True,
        timeout=START_SECONDS,
        env=_with_tests(),
        stdout=subprocess.PIPE,
    )
    with _serving(folder, "serve", "--data", str(folder / "register"), program=program) as found:
        yield found, json.loads(made.stdout.splitlines()[-1])


@contextmanager
def _serving(folder: Path, *words: str, program: str = "ytterby") -> Iterator[Served]:
    """Run a command that serves, until the end; `program` is ytterby or what stands for it with something handed in."""
    port = _free_port()
    output = folder / "output.txt"
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", program, *words, "--port", str(port)],
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**_with_tests(), "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield Served(f"http://localhost:{port}", _wait_for_password(process, output))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _with_tests() -> dict[str, str]:
    paths = [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _wait_for_password(process: subprocess.Popen[bytes], output: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        text = output.read_text(encoding="utf-8")
        if found := PASSWORD.search(text):
            return found.group()
        if process.poll() is not None:
            pytest.fail(f"the demo ended with {process.returncode} before it served:\n{text[-3000:]}")
        time.sleep(0.2)
    return pytest.fail(
        f"the demo did not serve within {START_SECONDS} s:\n{output.read_text(encoding='utf-8')[-3000:]}"
    )


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="session")
def chromium():
    """Start the system's Chromium; without it the journeys are skipped."""
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no Chromium at {CHROMIUM}; install it or set YTTERBY_CHROMIUM")
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots():
    """Return the folder of screenshots, emptied at the start of a run; those that run side by side have one each."""
    folder = SCREENSHOTS / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def windows(chromium, served):
    """Return a function that gives the signed-in window of a look, one for each."""
    return _windows_of(chromium, served)


@pytest.fixture(scope="session")
def month_windows(chromium, served_months):
    """Return the same for the register of months; with a party's number it is that party's window."""
    return _windows_of(chromium, served_months)


@pytest.fixture(scope="session")
def year_windows(chromium, served_year):
    """Return the same for the register of returns and quotas."""
    return _windows_of(chromium, served_year)


@pytest.fixture(scope="session")
def judged_windows(chromium, served_judged):
    """Return the same for the register of closed months and cases."""
    return _windows_of(chromium, served_judged[0])


@pytest.fixture(scope="session")
def law_windows(chromium, served_law):
    """Return the same for the register whose law changed."""
    return _windows_of(chromium, served_law)


@pytest.fixture(scope="session")
def pending_windows(chromium, served_pending):
    """Return the same for the demo in which changes of law wait."""
    return _windows_of(chromium, served_pending)


@pytest.fixture(scope="session")
def listed_windows(chromium, served_listed):
    """Return the same for the register of lists."""
    return _windows_of(chromium, served_listed[0])


def _windows_of(chromium, served):
    opened: dict[tuple[str, str], Watched] = {}

    def window(look, name="demo"):
        if (look, name) not in opened:
            opened[look, name] = Watched(chromium, served, look, name=name)
        return opened[look, name]

    return window
