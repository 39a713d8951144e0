import http.client
import os
import signal
import socket
import subprocess
import sys

import pytest

from shell.cli.conftest import run
from ytterby.shell.cli.serve import address_of, is_loopback


@pytest.fixture
def taken():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_taken_port_says_how_to_choose_another(ask, taken):
    found = ask("serve", "--port", str(taken))
    assert found.code == 3
    assert str(taken) in found.err
    assert f"ytterby serve --port {taken + 1}" in found.err


def test_the_demo_sees_a_taken_port_before_it_begins(tmp_path, taken):
    found = run("demo", "--serve", "--port", str(taken), "--data", tmp_path / "ytterby-demo")
    assert found.code == 3
    assert not (tmp_path / "ytterby-demo").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_a_demo_register_is_served_on_loopback_alone_o4(ask, host):
    found = ask("serve", "--host", host)
    assert found.code == 2
    assert host in found.err


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_wrong_use(ask, port):
    assert ask("serve", "--port", port).code == 2


def test_an_address_that_is_not_this_machine_s_could_not_be_served(tmp_path):
    data = tmp_path / "register"
    assert run("register", "make", data, "--origin", "log.example.org").code == 0
    found = run("serve", "--host", "192.0.2.1", "--data", data)
    assert found.code == 3
    assert "192.0.2.1" in found.err


def test_loopback_is_known_by_number_and_name():
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "localhost"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "10.0.0.1", "localhost.example.org"]))


def test_the_address_is_one_to_type():
    assert address_of("127.0.0.1", 8000) == "http://localhost:8000"
    assert address_of("::1", 8001) == "http://[::1]:8001"


def test_pages_are_served_until_it_is_interrupted(demo):
    port = free_port()
    command = [sys.executable, "-m", "ytterby", "serve", "--data", str(demo.data), "--port", str(port)]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        ready = server.stdout.readline()
        login = server.stdout.readline()
        assert f"http://localhost:{port}" in ready
        assert "demo" in login
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/en/")
        assert connection.getresponse().status in {200, 302}
        connection.close()
        os.killpg(server.pid, signal.SIGINT)
        _, err = server.communicate(timeout=20)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
    assert server.returncode == 0
    assert "Traceback" not in err
    assert "Stopped serving." in err
