"""`ytterby serve`: the pages of a register, on loopback unless told otherwise, until Ctrl-C.

A demo register is served on loopback alone (threat O4): its one user signs in with a password that is made anew each
time and shown on the terminal. Beside the pages goes the register's own work (`actions.work`).
"""

import argparse
import errno
import http.client
import ipaddress
import multiprocessing
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

from ytterby.shell.cli.arguments import Nouns, add_command
from ytterby.shell.cli.opening import open_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.screen import Screen

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

    from ytterby.shell.site.register import Register

HOST, PORT = "127.0.0.1", 8000
PORT_MAX = 65535
APPLICATION = "ytterby.shell.cli.serve:make_application"
START_SECONDS = 30.0
STOP_SECONDS = 10
THREADS = 4


def add(nouns: Nouns) -> None:
    """Add the command."""
    parser = add_command(nouns, "serve", run, "serve the pages of a register until Ctrl-C")
    add_address(parser)


def add_address(parser: argparse.ArgumentParser) -> None:
    """Add where to serve."""
    parser.add_argument("--host", default=HOST, metavar="HOST", help="address to listen on (default: loopback)")
    parser.add_argument("--port", type=port_number, default=PORT, metavar="PORT", help=f"default: {PORT}")


def port_number(text: str) -> int:
    """Return a port from 1 to 65535."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= PORT_MAX):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to {PORT_MAX}")
    return int(text)


def run(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Serve the register in --data."""
    return serve(open_data(args), screen, args.host, args.port)


def serve(register: "Register", screen: Screen, host: str, port: int) -> Outcome:
    """Serve a register until Ctrl-C.

    Raises:
        WrongUse: a demo register beyond loopback.
        CouldNotRun: the port is taken, or the host is not this machine's.
    """
    if register.is_demo and not is_loopback(host):
        raise WrongUse("serve.demo_on_loopback", host=host, next_commands=("ytterby serve --host 127.0.0.1",))
    check_address(host, port)
    login = _make_login(register) if register.is_demo else None
    os.environ["YTTERBY_DATA"] = str(register.data)
    os.environ["YTTERBY_KEYS"] = str(register.keys)
    _announce_when_ready(screen, host, port, login, _people_of(register))
    # In this process, so that pages need not wait for the work.
    from ytterby.shell.actions.work import Worker

    worker = Worker(
        register, on_failure=lambda error: screen.remark(screen.texts("register.work.round_failed", why=error))
    )
    with worker:
        _run_server(host, port)
    screen.remark(screen.texts("serve.stopped"))
    return Outcome.GOOD


def _run_server(host: str, port: int) -> None:
    """Run one worker until Ctrl-C, or until the terminal is closed."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # A forked worker would inherit the database connection, which SQLite forbids.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        APPLICATION,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=STOP_SECONDS,
    )
    # By itself it would begin anew when the terminal goes away, and keep the port for nobody.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    try:
        server.serve()
    except SystemExit:
        raise CouldNotRun("serve.failed") from None


def make_application() -> "WSGIHandler":
    """Return the pages' application; the server calls this in its worker.

    The worker leaves the terminal's group, so that Ctrl-C reaches it once, through the server: twice it would not end.
    """
    os.setpgid(0, 0)
    from ytterby.shell.site.wsgi import application

    return application


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine talking to itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(host: str, port: int) -> str:
    """Return the address to type into a browser."""
    name = "localhost" if host in {HOST, "localhost"} else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def check_address(host: str, port: int, command: str = "ytterby serve") -> None:
    """Try the port before a worker would fail on it; `command` is what to type again with another one.

    Raises:
        CouldNotRun: it is taken, or the host is not this machine's.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = f"{command} --port {port + 1 if port < PORT_MAX else PORT}"
            raise CouldNotRun("serve.port_taken", port=port, next_commands=(other,)) from None
        raise CouldNotRun("serve.no_address", host=host, port=port, why=error.strerror or error) from None


def _make_login(register: "Register") -> tuple[str, str]:
    from ytterby.shell.actions.demo_user import NAME, make_demo_password

    return NAME, make_demo_password(register.keys)


def _people_of(register: "Register") -> list[str]:
    """Return by which names people of a demo sign in; none where it is no demo."""
    from ytterby.shell.actions.demo_people import demo_people

    return [one.login for one in demo_people(register.keys)] if register.is_demo else []


def _announce_when_ready(
    screen: Screen, host: str, port: int, login: tuple[str, str] | None, people: list[str]
) -> None:
    """Print the address once a page is answered, so that whoever opens it at once finds it there."""

    def announce() -> None:
        if _answers(host, port):
            address = address_of(host, port)
            screen.verdict(True, address, screen.texts("serve.how_to_stop"))
            if login is not None:
                screen.line("  " + screen.texts("serve.login", name=login[0], password=login[1]))
                if people:
                    screen.line("  " + screen.texts("serve.people", people=screen.joint.join(people)))

    threading.Thread(target=announce, daemon=True).start()


def _answers(host: str, port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return True
        finally:
            connection.close()
    return False
