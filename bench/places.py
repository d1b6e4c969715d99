"""Where measurements live: a kept database of a million orders and a fresh one for work, per kind."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.targets import Database

ROOT: Final = Path(__file__).resolve().parent.parent
DATA: Final = ROOT / "bench-data"
RESULTS: Final = DATA / "results"
KEPT_DATABASE: Final = "stragan_bench"
WORK_DATABASE: Final = "stragan_bench_work"
POSTGRES_URL: Final = "postgres://postgres@127.0.0.1:5432/postgres"
PASSWORD: Final = "correct horse 7"  # noqa: S105 -- of a database of made-up orders
EMAIL: Final = "anna@example.com"
NIP: Final = "5260250274"


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder and what processes that work in it find in the environment."""

    folder: Path
    environment: dict[str, str]


def postgres_url(name: str = "") -> str:
    """Give the server's address, or that of one of its databases."""
    server = os.environ.get("STRAGAN_TEST_POSTGRES_URL", POSTGRES_URL)
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}")) if name else server


def postgres_answers() -> bool:
    """Whether there is a server to measure on."""
    try:
        psycopg.connect(postgres_url(), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def version_of_fill() -> str:
    """Give what the kept million depends on: tables, search index, folding and how it is filled."""
    source = ROOT / "src" / "stragan"
    files = [
        *sorted(source.glob("*/migrations/*.py")),
        source / "kit" / "search.py",
        source / "core" / "folding.py",
        *sorted((ROOT / "bench").glob("filling*.py")),
    ]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_filled(folder: Path) -> bool:
    """Whether filling came to its end."""
    return (folder / "filled").exists()


def kept(database: Database) -> Place:
    """Give the place of the million orders; an older version of it is deleted."""
    version = version_of_fill()
    folder = DATA / database / f"million-{version}"
    for other in (DATA / database).glob("million-*"):
        if other != folder or not is_filled(other):
            shutil.rmtree(other)
    if not folder.exists():
        folder.mkdir(parents=True)
        if database == "postgres":
            _new_database(KEPT_DATABASE)
    return _place(database, folder, KEPT_DATABASE)


def fresh(database: Database) -> Place:
    """Make an empty place for work that writes."""
    folder = DATA / database / "work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if database == "postgres":
        _new_database(WORK_DATABASE)
    place = _place(database, folder, WORK_DATABASE)
    words = ["--nip", NIP, "--name", "Pomiar sp. z o.o.", "--email", EMAIL, "--password-stdin"]
    address = ["--address", "ul. Wzorcowa 8, 00-999 Przykładowo", "--warehouse", "--books", "kpir"]
    subprocess.run(
        [sys.executable, "-m", "stragan", "init", *words, *address, "--json"],
        env=place.environment,
        input=PASSWORD,
        text=True,
        check=True,
        capture_output=True,
    )
    return place


def used(database: Database) -> Place:
    """Give the place for work as earlier parts left it."""
    return _place(database, DATA / database / "work", WORK_DATABASE)


def _place(database: Database, folder: Path, name: str) -> Place:
    kept_out = {
        "DJANGO_SETTINGS_MODULE",
        "STRAGAN_SECRET_KEY",
        "STRAGAN_FIELD_KEYS",
        "STRAGAN_URL",
        "STRAGAN_NOW",
    }
    environment = {name: value for name, value in os.environ.items() if name not in kept_out}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]),
        "STRAGAN_DATA_DIR": str(folder),
        "STRAGAN_STATIC_DIR": str(DATA / "static"),
        "STRAGAN_LOG_LEVEL": "WARNING",
    }
    environment.pop("STRAGAN_DATABASE_URL", None)
    if database == "postgres":
        environment["STRAGAN_DATABASE_URL"] = postgres_url(name)
    return Place(folder, environment)


def _new_database(name: str) -> None:
    with psycopg.connect(postgres_url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
