"""A database that cannot go on is told as what it is, wherever it shows."""

import sqlite3
from collections.abc import Callable

import pytest
from django.db import InterfaceError, OperationalError, connection

from builders.database_troubles import (
    a_broken_disk,
    a_closed_line,
    a_file_nobody_may_write,
    a_full_disk,
    a_lock_of_somebody_else,
    a_missing_table,
)
from stragan.cli import shop
from stragan.cli.main import main
from stragan.kit.database_trouble import DatabaseAway, told_as_trouble, trouble_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (a_full_disk, "database_full"),
        (a_lock_of_somebody_else, "database_busy"),
        (a_file_nobody_may_write, "database_away"),
    ],
)
def test_each_trouble_has_its_own_code(made: Callable[[], OperationalError], code: str) -> None:
    trouble = trouble_of(made())
    assert trouble is not None
    assert trouble.code == code


def test_a_server_that_was_never_reached_is_away() -> None:
    error = OperationalError("connection refused")
    error.__cause__ = ConnectionError()
    trouble = trouble_of(error)
    assert trouble is not None
    assert trouble.code == "database_away"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a word of PostgreSQL's")
def test_a_server_that_cannot_reach_its_disk_is_away() -> None:
    trouble = trouble_of(a_broken_disk())
    assert trouble is not None
    assert trouble.code == "database_away"


def test_a_line_that_is_closed_already_is_away() -> None:
    trouble = trouble_of(a_closed_line())
    assert trouble is not None
    assert trouble.code == "database_away"
    with pytest.raises(DatabaseAway), told_as_trouble():
        raise a_closed_line()


def test_bugs_stay_bugs() -> None:
    assert trouble_of(a_missing_table()) is None
    assert trouble_of(sqlite3.OperationalError("not Django's")) is None
    assert trouble_of(InterfaceError("Error binding parameter 0")) is None
    assert trouble_of(None) is None
    with pytest.raises(OperationalError), told_as_trouble():
        raise a_missing_table()


def test_a_command_says_it_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_arguments: object, **_names: object) -> None:
        raise a_full_disk()

    monkeypatch.setattr(shop, "add_commands", lambda group: group.set_defaults(run=full))
    assert main(["shop", "--json"]) == 1
    assert '"code": "database_full"' in capsys.readouterr().out
