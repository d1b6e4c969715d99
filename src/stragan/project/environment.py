"""What the environment says, read once; secrets made at first start and kept in the data folder."""

import os
import secrets
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.fernet import Fernet

from stragan.kit.data_folder import data_dir

SECRET_FILE_MODE: Final = 0o600
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# A new connection knows no table and has read no page: the first answer over it takes half as long again.
CONNECTION_KEPT_S: Final = 3600


def secret(variable: str, filename: str, make: str) -> str:
    """The secret of *variable*, else of the file, else a new one written there with mode 0600."""
    value = os.environ.get(variable)
    if value:
        return value
    path = data_dir() / filename
    if not path.exists():
        text = secrets.token_urlsafe(50) if make == "token" else Fernet.generate_key().decode()
        temporary = path.with_name(f".{filename}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET_FILE_MODE)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        try:
            # A hard link never replaces: of two processes that start at once, one wins for both.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text().strip()


def database(url: str | None) -> dict[str, Any]:
    """Django's database settings for ``STRAGAN_DATABASE_URL``, or SQLite in the data folder."""
    if not url:
        return sqlite(data_dir() / "stragan.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(f"STRAGAN_DATABASE_URL: {parts.scheme} is not supported; use postgres://…")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": CONNECTION_KEPT_S,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite as a production database: WAL, IMMEDIATE transactions, nothing lost at power loss."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": CONNECTION_KEPT_S,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA recursive_triggers=ON;PRAGMA temp_store=MEMORY;PRAGMA mmap_size=33554432;"
            "PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-20000;",
        },
    }


def public_url() -> str:
    """The address people use, without a slash at the end; https unless it is loopback."""
    url = os.environ.get("STRAGAN_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SystemExit(f"STRAGAN_URL: {url!r} is not an address such as https://stragan.example.com")
    return url
