"""Whole installations for tests that start our commands: a data folder, a database, an environment."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from builders import warm

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse 7"
_FOREIGN = (
    "DJANGO_SETTINGS_MODULE",
    "STRAGAN_TEST_DATABASE",
    "STRAGAN_SECRET_KEY",
    "STRAGAN_FIELD_KEYS",
    "STRAGAN_URL",
)


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it lives and what its commands find in the environment."""

    folder: Path
    environment: dict[str, str]

    def command(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run ``stragan`` to its end."""
        return warm.run(words, environment=self.environment, stdin=stdin)

    def python(self, code: str, *, seconds: float = 180) -> str:
        """Run code with Django set up; gives what it printed."""
        prelude = "from stragan.cli.main import set_up_django\nset_up_django()\n"
        done = warm.run(["-c", prelude + code], environment=self.environment, seconds=seconds)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def init(self) -> None:
        """Make the company and its owner."""
        words = ["--nip", "5260250274", "--name", "Próbna", "--email", "anna@example.com", "--password-stdin"]
        done = self.command("init", *words, stdin=PASSWORD)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, words: Sequence[str]) -> "subprocess.Popen[str]":
        """Start Python with *words*; the test ends it."""
        with (self.folder.parent / "log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, *words], env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )

    @contextmanager
    def serving(self, *words: str) -> Iterator["Serving"]:
        """``stragan serve`` on a free port, until the block ends."""
        process = self.start(["-m", "stragan", "serve", "--port", "0", "--json", *words])
        try:
            assert process.stdout is not None, "asked for"
            line = process.stdout.readline()
            assert line, (self.folder.parent / "log").read_text()
            yield Serving(process, json.loads(line))
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


@dataclass(frozen=True, slots=True)
class Serving:
    """A running ``serve`` and the line it printed when it was ready."""

    process: "subprocess.Popen[str]"
    told: dict[str, str]

    def tree(self) -> list[int]:
        """The process ids of the launcher and of all below it."""
        return descendants(self.process.pid)


@contextmanager
def an_installation(folder: Path, *, is_bare: bool = False) -> Iterator[Installation]:
    """An empty installation on the database the suite runs on.

    On PostgreSQL its tables are there already, copied from a template, unless it is to be *is_bare*.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    environment["STRAGAN_DATA_DIR"] = str(folder / "data")
    if os.environ.get("STRAGAN_TEST_DATABASE") != "postgres":
        yield Installation(folder / "data", environment)
        return
    name = f"stragan_test_{uuid4().hex[:12]}"
    template = "template1" if is_bare else _template()
    _on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield Installation(folder / "data", {**environment, "STRAGAN_DATABASE_URL": _url(name)})
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _template() -> str:
    """A database with all tables and nothing in them, made once for this test process."""
    name = f"stragan_template_{uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}")
    atexit.register(_on_server, f"DROP DATABASE {name} WITH (FORCE)")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STRAGAN_DATA_DIR": folder, "STRAGAN_DATABASE_URL": _url(name)}
        for foreign in _FOREIGN:
            environment.pop(foreign, None)
        Installation(Path(folder), environment).python(
            "from stragan.cli.preparation import prepare_database\nfrom stragan.kit.clock import real_now\n"
            "prepare_database(now=real_now())\n"
        )
    return name


def _url(database: str) -> str:
    return urlunsplit(urlsplit(_server())._replace(path=f"/{database}"))


def _server() -> str:
    return os.environ.get("STRAGAN_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def _on_server(statement: str) -> None:
    import psycopg  # noqa: PLC0415 -- only where PostgreSQL is tested

    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(statement.encode())


def descendants(pid: int) -> list[int]:
    """*pid* and all processes below it."""
    found = [pid]
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += descendants(int(child))
    return found


def alive(pids: Sequence[int]) -> list[int]:
    """Those of *pids* that run (zombies do not)."""
    found = []
    for pid in pids:
        with suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                found.append(pid)
    return found


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Look again and again until *condition* holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
