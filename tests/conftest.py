"""What all tests share: guards that let tables be emptied, people, a company."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase

# Processes that tests start find the same code, whatever folder they start in.
os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1] / "src")

REQUIRED = frozenset(filter(None, os.environ.get("STRAGAN_TEST_REQUIRE", "").split(",")))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine lacks, unless STRAGAN_TEST_REQUIRE says it must be there."""
    schemas = os.environ.get("STRAGAN_SCHEMAS_DIR", "")
    missing = {
        "schemas": not (schemas and Path(schemas).is_dir()),
        "browser": not Path("/usr/bin/chromium").exists(),
    }
    for item in items:
        for name, is_missing in missing.items():
            if is_missing and name not in REQUIRED and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"{name} not available here"))


_teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # stubs leave it out


def _teardown_guarded(case: TransactionTestCase) -> None:
    # Guarded tables refuse to be emptied; only the suite may lift the guards, and puts them back.
    from stragan.kit.guards import install_guards, remove_guards  # noqa: PLC0415 -- Django is ready here

    remove_guards()
    _teardown(case)
    install_guards()


TransactionTestCase._fixture_teardown = _teardown_guarded  # type: ignore[attr-defined]  # same


@pytest.fixture
def now() -> datetime:
    """The instant tests happen at."""
    return NOW


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRAGAN_NOW", raising=False)


@pytest.fixture
def company(db: Any) -> Any:  # noqa: ARG001 -- opens the database
    """A VAT payer from Warsaw."""
    from builders.companies import a_company  # noqa: PLC0415 -- Django is ready here

    return a_company()
