"""Makes the database fit this version of the program: before serving, and before the first command."""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from stragan.kit.data_folder import data_dir, refuse_network_file_system
from stragan.kit.guards import install_guards, missing_guards
from stragan.kit.schema import create_tables

BACKUPS_KEPT: Final = 3
_ADVISORY_LOCK: Final = 7_305_116_001  # ours among the database's advisory locks; any number will do

logger = logging.getLogger("stragan.cli")


def prepare_database(*, now: datetime) -> bool:
    """Migrate when there is something to migrate, SQLite after a copy; gives whether it did.

    Several processes may ask at once: one migrates, the others wait for it.

    :raises FolderUnusable: SQLite on a network file system.
    """
    if connection.vendor == "sqlite":
        refuse_network_file_system(data_dir())
    with _alone():
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            if executor.loader.applied_migrations and connection.vendor == "sqlite":
                _back_up(Path(connection.settings_dict["NAME"]), now=now)
            _bring_up(is_first=not executor.loader.applied_migrations)
            logger.info("database.migrated", extra={"steps": len(plan)})
        if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
            call_command("createcachetable", verbosity=0)
        _check_guards()
    return bool(plan)


def _bring_up(*, is_first: bool) -> None:
    """Migrate; a database without any table gets them all at once."""
    tables = set(connection.introspection.table_names()) - {MigrationRecorder.Migration._meta.db_table}  # noqa: SLF001 -- Django's documented way
    if is_first and not tables:
        create_tables()
    else:
        call_command("migrate", interactive=False, verbosity=0)


def is_migrated() -> bool:
    """Whether the database has all steps this version of the program knows."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _check_guards() -> None:
    missing = missing_guards()
    if missing:
        # Somebody dropped them, or restored a copy made without: put them back, and tell.
        logger.error("database.guards_missing", extra={"guards": missing})
        install_guards()


@contextmanager
def _alone() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
        return
    with (data_dir() / "prepare.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _back_up(database: Path, *, now: datetime) -> None:
    folder = data_dir() / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"before-migration-{now:%Y%m%dT%H%M%SZ}.sqlite3"
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    logger.info("database.backed_up", extra={"file": target.name})
    for old in sorted(folder.glob("before-migration-*.sqlite3"))[:-BACKUPS_KEPT]:
        old.unlink()
