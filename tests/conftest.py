"""What all tests share: guards that let tables be emptied, people, a company."""

import gc
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

import browsers

# Processes that tests start find the same code, whatever folder they start in.
os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1] / "src")

REQUIRED = frozenset(filter(None, os.environ.get("STRAGAN_TEST_REQUIRE", "").split(",")))
# Search indexes follow their tables; types and permissions are made once.
_IS_KEPT = re.compile(r"\w+_search(_\w+)?$|django_migrations|django_content_type|auth_permission")
# Fixtures of a property test are made once for all of its examples; a busy machine is no flaw of a test.
settings.register_profile(
    "stragan",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("stragan")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine lacks, unless STRAGAN_TEST_REQUIRE says it must be there.

    Left out are tests that need no second database, on the second.
    """
    if os.environ.get("STRAGAN_TEST_DATABASE") == "postgres" and not os.environ.get("STRAGAN_SOAK"):
        items[:] = [item for item in items if not item.get_closest_marker("once")]
    schemas = os.environ.get("STRAGAN_SCHEMAS_DIR", "")
    missing = {
        "schemas": not (schemas and Path(schemas).is_dir()),
        "browser": browsers.found() is None,
    }
    for item in items:
        for name, is_missing in missing.items():
            if is_missing and name not in REQUIRED and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"{name} not available here"))


def pytest_collection_finish() -> None:
    """Look for garbage as rarely as the product does, and never among what was loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def _no_common_pause() -> Iterator[None]:
    """A 429 makes all processes wait a minute in life; in tests the next call is made at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stragan.flows.clients.SharedQuota.limited", lambda _self, *, wait_s: None)  # noqa: ARG005 -- as called
        yield


@cache
def _tables() -> dict[str, str]:
    """Tables that are emptied, each with its sequence of ids, if it has one."""
    from django.db import connection  # noqa: PLC0415 -- Django is ready here

    names = [name for name in connection.introspection.table_names() if not _IS_KEPT.match(name)]
    sequences: dict[str, str] = {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
                " FROM information_schema.columns"
                " WHERE is_identity = 'YES' AND table_schema = current_schema()"
            )
            sequences = dict(cursor.fetchall())
    return {name: sequences.get(name, "") for name in names}


def _emptied(_case: TransactionTestCase) -> None:
    """Empty the tables that hold rows: Django's own flush would ask every table and migrate signals anew.

    Few rows are deleted many times quicker than a table is truncated. Guarded tables refuse to be emptied;
    only the suite may lift their guards, and puts them back.
    """
    from django.db import connection, transaction  # noqa: PLC0415 -- Django is ready here

    from stragan.kit.guards import GUARDED  # noqa: PLC0415 -- same

    tables = _tables()
    with connection.cursor() as cursor:
        some = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)  # noqa: S608 -- our own tables
        cursor.execute(some)
        filled = [name for (name,) in cursor.fetchall()]
    if not filled:
        return
    guarded = [name for name in filled if name in GUARDED]
    deletes = [f"DELETE FROM {name}" for name in filled]  # noqa: S608 -- our own tables
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statements = [
                *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in guarded),
                *deletes,
                "SET CONSTRAINTS ALL IMMEDIATE",
                *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in guarded),
                *(f"SELECT setval('{tables[name]}', 1, false)" for name in filled if tables[name]),
            ]
            with transaction.atomic():
                cursor.execute("; ".join(statements))
            return
        cursor.execute("PRAGMA foreign_keys=OFF")
        with transaction.atomic():
            guards = ", ".join(f"'{name}_no_delete'" for name in guarded)
            cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE name IN ({guards})")  # noqa: S608 -- same
            lifted = cursor.fetchall()
            drops = [f"DROP TRIGGER {name}" for name, _sql in lifted]
            for statement in (
                *drops,
                *deletes,
                "DELETE FROM sqlite_sequence",
                *(sql for _name, sql in lifted),
            ):
                cursor.execute(statement)
        cursor.execute("PRAGMA foreign_keys=ON")


TransactionTestCase._fixture_teardown = _emptied  # type: ignore[attr-defined]  # same


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many faults the trials of this run survived, of which kinds, and what long runs measured."""
    passed = terminalreporter.stats.get("passed", [])
    for report in passed:
        for name, given in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {given}")
    told = [given for report in passed for name, given in report.user_properties if name == "survived"]
    total = sum((Counter(one) for one in told), Counter())
    if told:
        terminalreporter.write_sep("=", f"{len(told)} trials, {total.total()} faults survived")
        terminalreporter.write_line(", ".join(f"{name} {count}" for name, count in total.most_common()))


@pytest.fixture
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks Allegro again in this process does so at once; asking in vain takes eight seconds else."""
    from stragan.gateways.allegro.transport import Transport  # noqa: PLC0415 -- as below

    monkeypatch.setattr(Transport, "_pause", lambda transport, _seconds: transport._still_here())


@pytest.fixture
def now() -> datetime:
    """The instant tests happen at."""
    return NOW


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRAGAN_NOW", raising=False)


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A page leaves its language behind in the thread; the next test begins with that of the product."""
    translation.deactivate()


@pytest.fixture
def company(db: Any) -> Any:  # noqa: ARG001 -- opens the database
    """A VAT payer from Warsaw."""
    from builders.companies import a_company  # noqa: PLC0415 -- Django is ready here

    return a_company()
