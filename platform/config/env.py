"""The only place that reads the environment: every variable, its type, its default, its meaning.

``VARIABLES`` is the table; ``deploy/env.example`` is compared with it by a test. A value that
cannot be read stops the start with the variable's name.
"""

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import ModuleType
from typing import Literal

BASE_DIR = Path(__file__).resolve().parents[2]


class BadEnvironment(RuntimeError):
    """A variable is missing or cannot be read."""


@dataclass(frozen=True)
class Variable:
    """One environment variable; ``default=None`` means that production must set it."""

    name: str
    kind: Literal["text", "int", "bool", "list"]
    default: str | None
    meaning: str


VARIABLES = {
    variable.name: variable
    for variable in [
        Variable("DATABASE_URL", "text", "", "PostgreSQL 15+; empty: the embedded server"),
        Variable("REDIS_URL", "text", "", "Valkey or Redis 7+; empty: the embedded server"),
        Variable("TILLGATE_DATA_DIR", "text", ".data", "Folder of the embedded servers and logs"),
        Variable("TILLGATE_SECRET_KEY", "text", None, "Signs sessions and tokens; 50+ characters"),
        Variable(
            "TILLGATE_MASTER_KEYS",
            "list",
            None,
            "Master keys of secrets at rest, newest first: 32 random bytes each, in Base64",
        ),
        Variable("TILLGATE_ALLOWED_HOSTS", "list", None, "Host names served, separated by commas"),
        Variable(
            "TILLGATE_PUBLIC_URL",
            "text",
            None,
            "Our address as Alipay and browsers reach it, without a slash at the end",
        ),
        Variable(
            "TILLGATE_TRUSTED_PROXIES",
            "list",
            "",
            "Networks of our own proxies, whose X-Forwarded-For names the caller; empty: none",
        ),
        Variable("TILLGATE_DATABASE_ROLE", "text", "tillgate_app", "Role the code runs under"),
        Variable("TILLGATE_DATABASE_POOL", "int", "16", "Database connections per process"),
        Variable("TILLGATE_CARRIED_LIMIT", "int", "2000", "Pay calls in flight per web process"),
        Variable("TILLGATE_WORKER_CONCURRENCY", "int", "100", "Greenlets of a worker process"),
        Variable(
            "TILLGATE_BOOKS_PROCESSES",
            "int",
            "0",
            "Workers that settle, reconcile and write files; 0: the payments' worker does it",
        ),
        Variable("TILLGATE_WEBHOOK_CONCURRENCY", "int", "200", "Webhooks sent at the same time"),
        Variable(
            "TILLGATE_WEBHOOK_ALLOWED_NETWORKS",
            "list",
            "",
            "Private networks that webhooks may reach all the same, such as 10.1.0.0/16",
        ),
        Variable("TILLGATE_SMTP_URL", "text", "", "smtp(s)://user:secret@host:587; empty: no mail"),
        Variable("TILLGATE_MAIL_FROM", "text", "tillgate@localhost", "Sender of our e-mails"),
        Variable("TILLGATE_CLOCK_SKEW_SECONDS", "int", "0", "For drills: how far the clock is off"),
        Variable(
            "TILLGATE_DOCUMENTS_DIR",
            "text",
            "",
            "Private folder of merchants' documents, shared by web servers; empty: with the data",
        ),
        Variable(
            "TILLGATE_SETTLEMENT_FILES_DIR",
            "text",
            "",
            "Private folder of settlement files, shared by web servers and workers; empty: "
            "with the data",
        ),
        Variable(
            "TILLGATE_SCHEME_FILES_DIR",
            "text",
            "",
            "Private folder of Alipay's daily files, shared by all processes; empty: with the data",
        ),
        Variable(
            "TILLGATE_S3_BUCKET",
            "text",
            "",
            "Bucket of an S3-compatible storage for all of these files; empty: the folders",
        ),
        Variable("TILLGATE_S3_ENDPOINT", "text", "", "Its address; empty: Amazon's"),
        Variable("TILLGATE_S3_REGION", "text", "", "Its region, where it has such"),
        Variable("TILLGATE_S3_ACCESS_KEY", "text", "", "Empty: the machine's own role"),
        Variable("TILLGATE_S3_SECRET_KEY", "text", "", "The secret of that key"),
        Variable("TILLGATE_PROPOSAL_DAYS", "int", "7", "Days a proposal waits for a second person"),
        Variable("TILLGATE_DELIVERY_DAYS", "int", "90", "Days that webhooks' tries are kept"),
        Variable("TILLGATE_EVENT_DAYS", "int", "400", "Days that events are kept; 30 at least"),
        Variable(
            "TILLGATE_EVIDENCE_DAYS",
            "int",
            "400",
            "Days that calls to Alipay and its notifications are kept; the history stays",
        ),
        Variable(
            "TILLGATE_INSIGHTS_SMALLEST_GROUP",
            "int",
            "5",
            "Groups of fewer people are not told in insights; 2 at least",
        ),
        Variable("TILLGATE_LOG_LEVEL", "text", "INFO", "DEBUG, INFO, WARNING or ERROR"),
        Variable("TILLGATE_LOG_FORMAT", "text", "json", "json, or console for people"),
        Variable(
            "TILLGATE_METRICS_TOKEN", "text", "", "Bearer token of /metrics; empty: no such address"
        ),
        Variable(
            "TILLGATE_SECOND_FACTOR_ROLES",
            "list",
            "operator,owner,finance",
            "Roles that need a second factor, or `none`; an acquirer may ask it of every role",
        ),
        Variable("TILLGATE_SESSION_SECONDS", "int", "43200", "How long a person stays signed in"),
        Variable("TILLGATE_SESSION_IDLE_SECONDS", "int", "1800", "Signed out after so much rest"),
        Variable("TILLGATE_SECURE_COOKIES", "bool", "true", "Only false behind no TLS at all"),
    ]
}


def _raw(name: str) -> str:
    variable = VARIABLES[name]
    value = os.environ.get(name)
    if value is not None and value.strip():
        return value.strip()
    if variable.default is None:
        raise BadEnvironment(f"{name} is not set: {variable.meaning}")
    return variable.default


def text(name: str) -> str:
    """The variable as text; raises BadEnvironment if it must be set and is not."""
    return _raw(name)


def integer(name: str) -> int:
    """The variable as a whole number; raises BadEnvironment otherwise."""
    try:
        return int(_raw(name))
    except ValueError:
        raise BadEnvironment(f"{name} must be a whole number, not {_raw(name)!r}") from None


def boolean(name: str) -> bool:
    """The variable as ``true`` or ``false``; raises BadEnvironment otherwise."""
    value = _raw(name).lower()
    if value not in {"true", "false"}:
        raise BadEnvironment(f"{name} must be true or false, not {value!r}")
    return value == "true"


def listing(name: str) -> list[str]:
    """The variable as a list of comma-separated, trimmed, non-empty parts."""
    return [part.strip() for part in _raw(name).split(",") if part.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """The variable as IP networks; raises BadEnvironment for a part that is none."""
    try:
        return [ip_network(part) for part in listing(name)]
    except ValueError as error:
        raise BadEnvironment(f"{name} must list networks such as 10.1.0.0/16: {error}") from None


def provide(**defaults: str) -> None:
    """Let settings for development and tests answer for what production must set."""
    for name, value in defaults.items():
        if name not in VARIABLES:
            raise BadEnvironment(f"{name} is no variable of Tillgate")
        os.environ.setdefault(name, value)


def data_dir() -> Path:
    """The folder for everything that this checkout keeps, relative paths from the checkout."""
    return BASE_DIR / text("TILLGATE_DATA_DIR")


def database_url() -> str:
    """DATABASE_URL, or where this checkout's embedded PostgreSQL is or would be.

    Production has no embedded servers: there BadEnvironment is raised.
    """
    if url := text("DATABASE_URL"):
        return url
    return str(_embedded("DATABASE_URL").database_url(data_dir()))


def redis_url() -> str:
    """REDIS_URL, or where this checkout's embedded Valkey is or would be."""
    if url := text("REDIS_URL"):
        return url
    return str(_embedded("REDIS_URL").redis_url(data_dir()))


def _embedded(name: str) -> ModuleType:
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        raise BadEnvironment(f"{name} is not set: {VARIABLES[name].meaning}")
    from config import embedded

    return embedded
