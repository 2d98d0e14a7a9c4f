"""What keeps a book from being opened is told in a sentence: no traceback, and no password."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from netterms.site.config import ConfigError, read_config
from netterms.store import server
from tests.doors.cli.commands import NETTERMS, environment

URL = "DATABASE_URL"


@pytest.fixture
def home() -> Iterator[Path]:
    # The folder is short: a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="nt-o-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def asked(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NETTERMS, *(words or ("seller", "list"))], env=environment(home) | settings, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NETTERMS_SMTP_PORT", "post"),
        ("NETTERMS_SMTP_PORT", "99999"),
        ("NETTERMS_HTTPS", "true"),
        ("NETTERMS_DEBUG", "yes"),
        ("NETTERMS_SMTP_TLS", "off"),
        ("NETTERMS_GATEWAY_CONNECTIONS", "0"),
        ("NETTERMS_GATEWAY_QUEUE", "-1"),
        ("NETTERMS_GATEWAY_DEADLINE", "nan"),
        ("NETTERMS_RATE_LIMIT", "many"),
        ("DATABASE_URL", "mysql://app:hunter2@db/book"),
        ("DATABASE_URL", "postgresql://app:hunter2@db:99999/book"),
        ("DATABASE_URL", "postgresql://app:hun[ter2@db/book"),
        ("NETTERMS_HOME", "/tmp/a,b"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(tmp_path, variable, value):
    env = {"NETTERMS_HOME": str(tmp_path)} | {variable: value}
    with pytest.raises(ConfigError) as refused:
        read_config(env)
    assert str(refused.value).startswith(f"{variable}: ")
    assert "hunter2" not in str(refused.value)
    assert "hun[ter2" not in str(refused.value)


def test_an_empty_setting_is_the_default(tmp_path):
    settings = {"NETTERMS_SMTP_PORT": "", "NETTERMS_SMTP_TLS": "", "NETTERMS_HOSTS": ""}
    found = read_config({"NETTERMS_HOME": str(tmp_path)} | settings)
    assert (found.smtp_port, found.smtp_tls) == (587, True)
    assert "127.0.0.1" in found.hosts


def test_names_of_hosts_may_have_blanks_between_them(tmp_path):
    env = {"NETTERMS_HOME": str(tmp_path), "NETTERMS_HOSTS": "pay.example, books.example"}
    assert read_config(env).hosts == ("pay.example", "books.example")


def test_the_signing_key_is_whole_and_for_its_owner_alone(tmp_path):
    env = {"NETTERMS_HOME": str(tmp_path)}
    key = read_config(env).secret_key
    assert read_config(env).secret_key == key
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_signing_key_that_cannot_be_written_leaves_no_empty_file(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("netterms.site.config.secrets.token_urlsafe", full)
    with pytest.raises(OSError, match="No space"):
        read_config({"NETTERMS_HOME": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_a_sentence_in_the_language_of_the_terminal(home):
    english = asked(home, NETTERMS_SMTP_PORT="post")
    assert english.stderr == "NETTERMS_SMTP_PORT has to be a number from 1 to 65535.\n"
    assert english.returncode == 1
    chinese = asked(home, NETTERMS_SMTP_PORT="post", LANG="zh_CN.UTF-8")
    assert chinese.stderr.startswith("NETTERMS_SMTP_PORT")


@pytest.mark.parametrize("command", ["seller list", "day", "migrate", "key add erp --scope read"])
def test_a_server_that_does_not_answer_is_told(home, command):
    url = "postgresql://app:hunter2@127.0.0.1:1/book"
    told = asked(home, *command.split(), DATABASE_URL=url)
    assert (told.returncode, told.stdout) == (1, "")
    assert "Connection refused" in told.stderr
    assert "Traceback" not in told.stderr
    assert "hunter2" not in told.stderr


def test_a_folder_that_cannot_be_used_is_told(home):
    (home / "file").touch()
    told = asked(home / "file" / "home")
    assert told.returncode == 1
    assert f"{home / 'file' / 'home'} cannot be used" in told.stderr
    assert "Traceback" not in told.stderr


def test_tables_that_were_never_made_are_told(database, home):
    """Only the embedded server's tables are made by any command: elsewhere `migrate` is asked."""
    told = asked(home, DATABASE_URL=login("postgres", "postgres", database))
    assert told.returncode == 1
    assert "netterms migrate" in told.stderr


@pytest.mark.parametrize("command", ["seller list", "migrate"])
def test_data_that_a_newer_program_made_is_left_alone(home, command):
    assert asked(home, "migrate").returncode == 0
    known = "insert into django_migrations (app, name, applied) values (%s, '9999_later', now())"
    with psycopg.connect(login(server.OWNER_ROLE, server.DATABASE, home)) as database:
        database.execute(known, ["limits"])
        # What another package gave up is no sign of it.
        database.execute(known, ["mfa"])
    server.leave(home)
    told = asked(home, *command.split())
    assert (told.returncode, told.stdout) == (1, "")
    assert "limits.9999_later" in told.stderr
    assert "Traceback" not in told.stderr


def test_tables_that_the_login_may_not_make_are_told(database, home):
    told = asked(home, "migrate", DATABASE_URL=login(server.APP_ROLE, server.DATABASE, database))
    assert told.returncode == 1
    assert "permission denied" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("command", ["seller list", "day", "work --once"])
def test_a_login_that_sees_no_seller_is_told_and_not_taken_for_an_empty_book(
    new_seller, database, home, command
):
    new_seller()
    app = login(server.APP_ROLE, server.DATABASE, database)
    told = asked(home, *command.split(), DATABASE_URL=app)
    assert (told.returncode, told.stdout) == (1, "")
    assert "DATABASE_OWNER_URL" in told.stderr
    owner = login(server.OWNER_ROLE, server.DATABASE, database)
    both = asked(home, "seller", "list", DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    assert "Test Seller" in both.stdout


def login(role: str, name: str, database: Path) -> str:
    """The address of a database of the embedded server, as if it were somebody's own."""
    return f"postgresql://{role}@/{name}?host={server.start(database).host}"


def test_what_an_address_asks_of_the_connection_is_kept(tmp_path):
    """Without it a connection that has to be encrypted was not."""
    url = "postgresql://app@db/book?sslmode=verify-full&options=-c%20work_mem%3D8MB"
    found = read_config({"NETTERMS_HOME": str(tmp_path), URL: url})
    assert found.owner_database.options() == {
        "sslmode": "verify-full",
        "options": "-c work_mem=8MB",
    }
    assert found.app_database.options("statement_timeout=9ms") == {
        "sslmode": "verify-full",
        "options": "-c work_mem=8MB -c role=netterms_app -c statement_timeout=9ms",
    }


@pytest.mark.parametrize("asked_of_it", ["sslmod=require", "sslmode", "sslmode=require&x"])
def test_what_no_connection_understands_is_refused(tmp_path, asked_of_it):
    url = f"postgresql://app@db/book?{asked_of_it}"
    with pytest.raises(ConfigError, match=URL):
        read_config({"NETTERMS_HOME": str(tmp_path), URL: url})


@pytest.mark.parametrize("name", ["our books", "账本 一", "it's"])
def test_a_home_may_have_blanks_and_chinese_in_its_name(home, name):
    told = asked(home / name)
    assert told.returncode == 0, told.stderr
    assert "Sellers" in told.stdout


def test_what_a_program_reads_is_not_broken_into_lines(home):
    env = environment(home)
    del env["COLUMNS"]
    wrong = {"NETTERMS_HOME": "/dev/null/" + "long/" * 30}
    told = subprocess.run(
        [NETTERMS, "day"], env=env | wrong, text=True, capture_output=True, timeout=60, check=False
    )
    assert told.stderr.count("\n") == 1
