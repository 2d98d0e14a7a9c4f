"""Deployment settings: environment in, one frozen `Config` out, complete or refused at start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Database:
    """One way into PostgreSQL. An empty host means the embedded server, found when it starts."""

    name: str = "netterms"
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    role: str = ""

    @classmethod
    def from_url(cls, url: str) -> Database:
        """`postgresql://user:password@host:port/name`; anything else is a ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise ValueError("a database URL looks like postgresql://user:password@host:5432/name")
        return cls(
            name=unquote(parts.path.strip("/")),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=unquote(parts.hostname or ""),
            port=str(parts.port or ""),
        )


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
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _databases(env: Mapping[str, str]) -> tuple[bool, Database, Database]:
    if not env.get("DATABASE_URL"):
        return True, Database(user=APP_ROLE), Database(user=OWNER_ROLE)
    app = Database.from_url(env["DATABASE_URL"])
    if env.get("DATABASE_OWNER_URL"):
        return False, app, Database.from_url(env["DATABASE_OWNER_URL"])
    # One login for both: the application then steps down to the lesser role on every connection.
    lesser = Database(app.name, app.user, app.password, app.host, app.port, role=APP_ROLE)
    return False, lesser, app


def read_config(env: Mapping[str, str]) -> Config:
    """The configuration `env` asks for. A malformed value is a ValueError that names it."""
    home = _home(env)
    embedded, app, owner = _databases(env)
    return Config(
        home=home,
        embedded=embedded,
        app_database=app,
        owner_database=owner,
        secret_key=env.get("NETTERMS_SECRET_KEY") or _kept_secret(home),
        debug=env.get("NETTERMS_DEBUG") == "1",
        hosts=tuple(env.get("NETTERMS_HOSTS", "127.0.0.1,localhost,[::1]").split(",")),
        https=env.get("NETTERMS_HTTPS") == "1",
        smtp_host=env.get("NETTERMS_SMTP_HOST", ""),
        smtp_port=int(env.get("NETTERMS_SMTP_PORT", "587")),
        smtp_user=env.get("NETTERMS_SMTP_USER", ""),
        smtp_password=env.get("NETTERMS_SMTP_PASSWORD", ""),
        smtp_tls=env.get("NETTERMS_SMTP_TLS", "1") == "1",
        mail_from=env.get("NETTERMS_MAIL_FROM", "receivables@localhost"),
        companies_house_key=env.get("NETTERMS_COMPANIES_HOUSE_KEY", ""),
        imap=_imap(env),
        public_url=env.get("NETTERMS_PUBLIC_URL", "").rstrip("/"),
        webhook_loopback=env.get("NETTERMS_WEBHOOK_LOOPBACK") == "1",
        gateway=Gateway(
            connections=int(env.get("NETTERMS_GATEWAY_CONNECTIONS", "3")),
            queue=int(env.get("NETTERMS_GATEWAY_QUEUE", "4096")),
            deadline=float(env.get("NETTERMS_GATEWAY_DEADLINE", "10")),
            rate=int(env.get("NETTERMS_RATE_LIMIT", "50000")),
        ),
    )


def _imap(env: Mapping[str, str]) -> Imap | None:
    if not env.get("NETTERMS_IMAP_HOST"):
        return None
    return Imap(
        host=env["NETTERMS_IMAP_HOST"],
        port=int(env.get("NETTERMS_IMAP_PORT", "993")),
        user=env.get("NETTERMS_IMAP_USER", ""),
        password=env.get("NETTERMS_IMAP_PASSWORD", ""),
        folder=env.get("NETTERMS_IMAP_FOLDER", "INBOX"),
        tls=env.get("NETTERMS_IMAP_TLS", "1") == "1",
        seller=env.get("NETTERMS_IMAP_SELLER", ""),
    )


@cache
def config() -> Config:
    """The configuration of this process."""
    return read_config(os.environ)
