"""The demo, served on loopback as a user would, and the system's Chromium looking at it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
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
PASSWORD = re.compile(r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}")


class Served(NamedTuple):
    """A register that is being served: its address, and the password of this run."""

    address: str
    password: str


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Make the demo and serve it, as `make run` does."""
    folder = tmp_path_factory.mktemp("demo")
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "ytterby",
        "demo",
        "--data",
        str(folder / "register"),
        "--serve",
        "--port",
        str(port),
    ]
    output = folder / "output.txt"
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
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
    """Return the folder of screenshots, emptied at the start of a run."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir(parents=True)
    return SCREENSHOTS


@pytest.fixture(scope="session")
def windows(chromium, served):
    """Return a function that gives the signed-in window of a look, one for each."""
    opened: dict[str, Watched] = {}

    def window(look):
        if look not in opened:
            opened[look] = Watched(chromium, served, look)
        return opened[look]

    return window
