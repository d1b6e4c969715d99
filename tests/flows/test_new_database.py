"""A new database is made at once: it must equal what all migrations, one after another, make."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.installations import an_installation

pytestmark = [pytest.mark.slow, pytest.mark.once]
TELL = """
import json
from django.db import connection

def told(table, cursor):
    columns = connection.introspection.get_table_description(cursor, table)
    found = connection.introspection.get_constraints(cursor, table)
    rules = [
        [
            "" if name.startswith(("__", "fk_")) else name,  # SQLite numbers these as they come
            rule["columns"] if rule["index"] else sorted(rule["columns"] or []),
            rule["unique"], rule["primary_key"], rule["check"], rule["index"], rule.get("foreign_key"),
        ]
        for name, rule in found.items()
    ]
    return [
        sorted([one.name, str(one.type_code), one.null_ok, str(one.default)] for one in columns),
        sorted(rules, key=str),
    ]

with connection.cursor() as cursor:
    names = connection.introspection.table_names(cursor)
    # Of groups, which nobody has here, Django's first migration made the ids smaller.
    skipped = {"kit_cache", "auth_group_permissions"}
    print(json.dumps({name: told(name, cursor) for name in names if name not in skipped}, default=str))
"""
AT_ONCE = """
from stragan.cli.preparation import prepare_database
from stragan.kit.clock import real_now
assert prepare_database(now=real_now()) is True
assert prepare_database(now=real_now()) is False
"""
STEP_BY_STEP = "from django.core.management import call_command\ncall_command('migrate', verbosity=0)\n"


def made(folder: Path, way: str) -> dict[str, Any]:
    folder.mkdir()
    with an_installation(folder, is_bare=True) as installation:
        tables: dict[str, Any] = json.loads(installation.python(way + TELL).splitlines()[-1])
        return tables


def test_both_ways_make_the_same_tables(tmp_path: Path) -> None:
    at_once = made(tmp_path / "a", AT_ONCE)
    assert len(at_once) > 40
    assert at_once == made(tmp_path / "b", STEP_BY_STEP)
