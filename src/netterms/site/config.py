"""Deployment settings: environment in, one frozen `Config` out, complete or refused at start."""

from __future__ import annotations

import math
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


def gettext_noop(text: str) -> str:
    """Marks a text to be translated. Django's own asks for the settings, which begin here."""
    return text


# Where PostgreSQL and its tools read something else than a part of a folder's name.
NOT_IN_HOME = frozenset(',"$`\n')
MANY = 1_000_000_000
# Seconds.
SHORTEST, LONGEST = 0.1, 3600

URL = gettext_noop("an address like postgresql://user:password@host:5432/name")
NUMBER = gettext_noop("a number from %(least)s to %(most)s")
SWITCH = gettext_noop("1 for yes, 0 for no")
FOLDER = gettext_noop("a folder without comma, quotation mark, $ or ` in its path")


class ConfigError(ValueError):
    """What a variable of the environment holds is not what it may; `mend` says what it may.

    The value is not told: it may be, or hold, a password.
    """

    def __init__(self, variable: str, mend: str, **facts: object) -> None:
        super().__init__(f"{variable}: {mend % facts}")
        self.variable, self.mend, self.facts = variable, mend, facts


@dataclass(frozen=True, slots=True)
class Database:
    """One way into PostgreSQL. An empty host means the embedded server, found when it starts."""

    name: str = "netterms"
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    role: str = ""
    # What else libpq is told, such as sslmode.
    more: tuple[tuple[str, str], ...] = ()

    def options(self, *settings: str) -> dict[str, str]:
        """What libpq is told beside the login: `more`, and `settings` of the session."""
        told = dict(self.more)
        role = [f"role={self.role}"] if self.role else []
        words = [told.get("options", ""), *(f"-c {each}" for each in [*role, *settings])]
        joined = " ".join(word for word in words if word)
        return told | ({"options": joined} if joined else {})

    @classmethod
    def from_url(cls, url: str) -> Database:
        """`postgresql://user:password@host:port/name?sslmode=require`; else a ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise ValueError(URL)
        return cls(
            name=unquote(parts.path.strip("/")),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=unquote(parts.hostname or ""),
            port=str(parts.port or ""),
            more=tuple(_of_libpq(parse_qsl(parts.query, strict_parsing=bool(parts.query)))),
        )


def _of_libpq(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """`pairs`; a ValueError where libpq would not know one of them."""
    if pairs:
        from psycopg import ProgrammingError, conninfo

        try:
            conninfo.make_conninfo(**dict(pairs))
        except ProgrammingError as error:
            raise ValueError(str(error)) from error
    return pairs


@dataclass(frozen=True, slots=True)
class Gateway:
    """How much one process of the gateway takes on; docs/operations.md says more.

    `connections` to the database, the last of them never for a seller that has another; orders of
    one seller that may wait (`queue`), seconds until a request is given up (`deadline`), requests a
    second and API key (`rate`).
    """

    connections: int = 3
    queue: int = 4096
    deadline: float = 10
    rate: int = 50_000


@dataclass(frozen=True, slots=True)
class Imap:
    """The mailbox that answers to letters come to. `seller` is the id of whose it is."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: bool
    seller: str


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the environment decides. Names of the variables: docs/operations.md."""

    home: Path
    embedded: bool
    app_database: Database
    owner_database: Database
    secret_key: str
    debug: bool
    hosts: tuple[str, ...]
    https: bool
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    mail_from: str
    webhook_loopback: bool
    gateway: Gateway = Gateway()
    companies_house_key: str = ""
    imap: Imap | None = None
    # Where buyers reach this installation, without a slash at the end; empty: no links in letters.
    public_url: str = ""


APP_ROLE = "netterms_app"
OWNER_ROLE = "netterms_owner"


def _home(env: Mapping[str, str]) -> Path:
    if env.get("NETTERMS_HOME"):
        return Path(env["NETTERMS_HOME"]).expanduser().absolute()
    data = env.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "netterms"


def _kept_secret(home: Path) -> str:
    """The signing key of this installation: made once, readable by its owner only."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".secret_key.{os.getpid()}"
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
            # Only a whole file gets the name, and the first who makes one.
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text()


def _database(env: Mapping[str, str], name: str) -> Database:
    try:
        return Database.from_url(env[name])
    except ValueError:
        # Without the cause: it may quote a part of the password.
        raise ConfigError(name, URL) from None


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """The whole number that `name` holds."""
    text = env.get(name) or str(default)
    number = int(text) if text.isdecimal() else least - 1
    if not least <= number <= most:
        raise ConfigError(name, NUMBER, least=least, most=most)
    return number


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        seconds = float(env.get(name) or default)
    except ValueError:
        seconds = math.nan
    # What is no number is not between any two.
    if not SHORTEST <= seconds <= LONGEST:
        raise ConfigError(name, NUMBER, least=SHORTEST, most=LONGEST)
    return seconds


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    return _number(env, name, default, 1, 65535)


def _hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    names = env.get("NETTERMS_HOSTS") or "127.0.0.1,localhost,[::1]"
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _switch(env: Mapping[str, str], name: str, default: str = "0") -> bool:
    """Whether `name` is on. Another word, such as `true`, is refused: it was taken for off."""
    text = env.get(name) or default
    if text not in {"0", "1"}:
        raise ConfigError(name, SWITCH)
    return text == "1"


def _databases(env: Mapping[str, str]) -> tuple[bool, Database, Database]:
    if not env.get("DATABASE_URL"):
        return True, Database(user=APP_ROLE), Database(user=OWNER_ROLE)
    app = _database(env, "DATABASE_URL")
    if env.get("DATABASE_OWNER_URL"):
        return False, app, _database(env, "DATABASE_OWNER_URL")
    # One login for both: the application then steps down to the lesser role on every connection.
    return False, replace(app, role=APP_ROLE), app


def read_config(env: Mapping[str, str]) -> Config:
    """The configuration `env` asks for. A malformed value is a ConfigError that names it."""
    home = _home(env)
    embedded, app, owner = _databases(env)
    if embedded and NOT_IN_HOME & set(str(home)):
        raise ConfigError("NETTERMS_HOME", FOLDER)
    return Config(
        home=home,
        embedded=embedded,
        app_database=app,
        owner_database=owner,
        secret_key=env.get("NETTERMS_SECRET_KEY") or _kept_secret(home),
        debug=_switch(env, "NETTERMS_DEBUG"),
        hosts=_hosts(env),
        https=_switch(env, "NETTERMS_HTTPS"),
        smtp_host=env.get("NETTERMS_SMTP_HOST", ""),
        smtp_port=_port(env, "NETTERMS_SMTP_PORT", 587),
        smtp_user=env.get("NETTERMS_SMTP_USER", ""),
        smtp_password=env.get("NETTERMS_SMTP_PASSWORD", ""),
        smtp_tls=_switch(env, "NETTERMS_SMTP_TLS", "1"),
        mail_from=env.get("NETTERMS_MAIL_FROM", "receivables@localhost"),
        companies_house_key=env.get("NETTERMS_COMPANIES_HOUSE_KEY", ""),
        imap=_imap(env),
        public_url=env.get("NETTERMS_PUBLIC_URL", "").rstrip("/"),
        webhook_loopback=_switch(env, "NETTERMS_WEBHOOK_LOOPBACK"),
        gateway=Gateway(
            connections=_number(env, "NETTERMS_GATEWAY_CONNECTIONS", 3, 1, 1000),
            queue=_number(env, "NETTERMS_GATEWAY_QUEUE", 4096, 1, MANY),
            deadline=_seconds(env, "NETTERMS_GATEWAY_DEADLINE", 10),
            rate=_number(env, "NETTERMS_RATE_LIMIT", 50_000, 1, MANY),
        ),
    )


def _imap(env: Mapping[str, str]) -> Imap | None:
    if not env.get("NETTERMS_IMAP_HOST"):
        return None
    return Imap(
        host=env["NETTERMS_IMAP_HOST"],
        port=_port(env, "NETTERMS_IMAP_PORT", 993),
        user=env.get("NETTERMS_IMAP_USER", ""),
        password=env.get("NETTERMS_IMAP_PASSWORD", ""),
        folder=env.get("NETTERMS_IMAP_FOLDER", "INBOX"),
        tls=_switch(env, "NETTERMS_IMAP_TLS", "1"),
        seller=env.get("NETTERMS_IMAP_SELLER", ""),
    )


@cache
def config() -> Config:
    """The configuration of this process."""
    return read_config(os.environ)
