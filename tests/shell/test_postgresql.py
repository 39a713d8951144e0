"""What is PostgreSQL's own: addresses, refused settings, folders and databases that do not belong together."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from postgres import OWNER, Cluster
from short_run import fewer
from ytterby.shell.site.database import DatabaseAddressError, postgresql_settings
from ytterby.shell.site.register import RegisterMismatch, make_register, open_register


def test_an_address_says_where_and_as_whom():
    settings = postgresql_settings("postgresql://a%40b:p%2Fw@db.example:6432/trade%20register?sslmode=verify-full")
    named = {key: settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    assert named == {
        "NAME": "trade register",
        "USER": "a@b",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full"},
    }


@pytest.mark.parametrize(("url", "says"), [("mysql://a/b", "mysql"), ("postgresql://host/", "names no database")])
def test_an_address_that_cannot_be_used_says_why(url, says):
    with pytest.raises(DatabaseAddressError, match=says):
        postgresql_settings(url)


def run(data: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATABASE_URL": url}
    arguments = [Path(sys.executable).with_name("ytterby"), *words, "--data", str(data)]
    return subprocess.run(arguments, capture_output=True, text=True, env=env, check=False)


@pytest.mark.postgresql
def test_the_demo_runs_on_postgresql_twice_and_says_what_it_says_on_sqlite(cluster: Cluster, tmp_path):
    url = cluster.create("demo")
    for _ in range(fewer(2, 1)):
        done = run(tmp_path / "pg", url, "demo")
        assert done.returncode == 0, done.stderr
    origin = run(tmp_path / "pg", url, "lot", "origin", "KR-C-0418", "--json")
    other = run(tmp_path / "lite", "", "demo")
    assert other.returncode == 0, other.stderr
    assert json.loads(origin.stdout) == json.loads(
        run(tmp_path / "lite", "", "lot", "origin", "KR-C-0418", "--json").stdout
    )


@pytest.mark.postgresql
def test_a_folder_and_a_database_that_do_not_belong_together_are_refused(cluster: Cluster, tmp_path, monkeypatch):
    first, second = cluster.create("first"), cluster.create("second")
    monkeypatch.setenv("DATABASE_URL", first)
    make_register(tmp_path / "a", origin="a.invalid/log", demo=True)
    monkeypatch.setenv("DATABASE_URL", second)
    make_register(tmp_path / "b", origin="b.invalid/log", demo=True)
    with pytest.raises(RegisterMismatch, match="another register"):
        open_register(tmp_path / "a")
    with pytest.raises(FileExistsError, match="not empty"):
        make_register(tmp_path / "c", origin="log.example.org")
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(RegisterMismatch, match="set DATABASE_URL"):
        open_register(tmp_path / "a")
    make_register(tmp_path / "d", origin="d.invalid/log", demo=True)
    monkeypatch.setenv("DATABASE_URL", second)
    with pytest.raises(RegisterMismatch, match="unset DATABASE_URL"):
        open_register(tmp_path / "d")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("setting", "value"),
    [("synchronous_commit", "off"), ("default_transaction_isolation", "serializable")],
)
def test_a_server_that_could_lose_or_mix_what_it_acknowledged_is_refused(
    cluster: Cluster, tmp_path, monkeypatch, setting, value
):
    url = cluster.create(f"unsafe_{setting}")
    monkeypatch.setenv("DATABASE_URL", url)
    make_register(tmp_path / "a", origin="a.invalid/log", demo=True)
    with psycopg.connect(host=str(cluster.folder), user=OWNER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE \"unsafe_{setting}\" SET {setting} = '{value}'")
    with pytest.raises(RegisterMismatch, match=setting.removeprefix("default_")):
        open_register(tmp_path / "a")
