"""How a setting comes from the environment: typed, and loud when it is wrong."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The variable NAME, or the content of the file that NAME_FILE points to."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {path}: {error.strerror}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} (or {name}_FILE) is not set")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value in {"1", "true"}


def number(name: str, default: float, minimum: float = 0) -> float:
    value = text(name, str(default))
    try:
        result = float(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}") from error
    if not result >= minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}")
    return result


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


# What DATABASE_URL may say of TLS, as libpq names it.
DATABASE_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def database(url: str) -> dict[str, Any]:
    """postgres://user:password@host:port/name?sslmode=verify-full, or postgres://user@/name?host=/socket/folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "postgis"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must read postgres://user:password@host:port/name")
    query = parse_qs(parts.query)
    if unknown := sorted(set(query) - {"host", "port", *DATABASE_TLS}):
        raise ImproperlyConfigured(f"DATABASE_URL asks for what nobody reads: {', '.join(unknown)}")
    lock_ms = round(number("LOCK_TIMEOUT_SECONDS", 3, 0.1) * 1000)
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": text("DATABASE_PASSWORD", unquote(parts.password or "")),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # A waiter gives up instead of piling up; commands turn this into "try again".
            "options": f"-c lock_timeout={lock_ms}ms -c idle_in_transaction_session_timeout=60s",
            **{name: query[name][0] for name in DATABASE_TLS if name in query},
        },
    }


def broker_tls(url: str) -> dict[str, str] | bool:
    """Celery's BROKER_USE_SSL. Left to itself, Celery checks no certificate for an address that only says rediss://."""
    return {"ssl_cert_reqs": "required"} if url.startswith("rediss://") else False


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of the words; the first when nothing is set."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value
