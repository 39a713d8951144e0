"""A private PostgreSQL for tests, from the system's own binaries: in a folder of its own, reached by its socket alone.

PostgreSQL refuses to run as root, so root runs it as `nobody`. It ends with the process that started it.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg

# `make test-all` runs the store's tests a second time with this set.
ON_POSTGRESQL = os.environ.get("YTTERBY_TEST_DATABASE") == "postgresql"
SERVER_USER = "nobody"
OWNER = "ytterby"
FAST = ("-c", "max_connections=60", "-c", "shared_buffers=64MB", "-c", "listen_addresses=")


def find_binary(name: str) -> str | None:
    """Return a server's binary, where Debian puts it or on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(found[0]) if found else shutil.which(name)


class Cluster:
    """A running server. `url(name)` addresses a database in it."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        # Sockets have short names: a folder right under /tmp, not the test's.
        self.folder = Path(tempfile.mkdtemp(prefix="yt-pg-"))
        self.user = SERVER_USER if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
            self.folder.chmod(0o755)
        self._run(
            find_binary("initdb"), "-D", self.data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        self.start(options)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def start(self, options: Sequence[str] = ()) -> None:
        """Start the server and wait until it answers."""
        arguments = [find_binary("postgres"), "-D", self.data, "-k", str(self.folder), *FAST, *options]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(arguments, user=self.user, stdout=log, stderr=log, cwd="/")
        for _ in range(200):
            try:
                psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres").close()
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL did not answer in ten seconds")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self.process is not None:
            # At once: the gentle ways wait for connections, or write out what is removed in the next line.
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)
        # Hundreds of databases are hundreds of thousands of files; nobody waits for them to go.
        subprocess.Popen(["rm", "-rf", str(self.folder)], start_new_session=True)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database and return its address."""
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database that nobody is connected to."""
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}"')

    def url(self, name: str) -> str:
        return f"postgresql://{OWNER}@/{name}?host={quote(str(self.folder))}"

    def _run(self, *arguments: str | None) -> None:
        subprocess.run([a for a in arguments if a], user=self.user, check=True, capture_output=True, cwd="/")
