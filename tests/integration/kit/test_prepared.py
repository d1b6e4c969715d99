"""A statement that PostgreSQL has planned once gives what it gives when sent whole, come what may between."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW
from stragan.kit import prepared
from stragan.kit.counting import counted, counting
from stragan.kit.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = "SELECT COUNT(*) FROM kit_job WHERE name = %s AND key LIKE '%%1'"


@pytest.fixture(autouse=True)
def _connected_anew() -> Iterator[None]:
    connection.close()
    yield
    connection.close()


def jobs(*keys: str) -> None:
    Job.objects.bulk_create(Job(name="some.job", key=key, due_at=NOW, created_at=NOW) for key in keys)


def ask() -> tuple[int, list[str]]:
    """Give the count and the first words of the statements that were sent."""
    with CaptureQueriesContext(connection) as sent:
        [count] = prepared.row_of(COUNT, ("some.job",))
    return count, [one["sql"].split()[0] for one in sent.captured_queries]


def plain_or(*words: str) -> list[str]:
    return list(words) if connection.vendor == "postgresql" else ["SELECT"]


def test_it_is_planned_once_and_counts_what_came_after() -> None:
    jobs("a1", "a2", "b1")
    assert ask() == (2, plain_or("PREPARE", "EXECUTE"))
    jobs("c1")
    assert ask() == (3, plain_or("EXECUTE"))


def test_other_values_are_another_statement() -> None:
    jobs("a1")
    assert ask()[0] == 1
    assert prepared.row_of(COUNT, ("other.job",)) == (0,)
    assert ask()[0] == 1


def test_a_new_connection_prepares_again() -> None:
    ask()
    connection.close()
    assert ask() == (0, plain_or("PREPARE", "EXECUTE"))


def test_within_a_transaction_it_is_sent_as_it_is() -> None:
    with transaction.atomic():
        jobs("a1")
        assert ask() == (1, ["SELECT"])


def test_a_server_process_that_does_not_know_it_is_told_it_whole() -> None:
    jobs("a1")
    ask()
    if connection.vendor == "postgresql":
        connection.cursor().execute("DEALLOCATE ALL")  # as if a pooler had given us another one
    assert ask() == (1, plain_or("EXECUTE", "SELECT"))


def test_a_server_process_that_knows_it_from_another_client_answers_too() -> None:
    jobs("a1")
    ask()
    prepared._prepared.clear()  # as if a pooler had given us that one
    assert ask() == (1, plain_or("PREPARE", "SELECT"))
    assert ask() == (1, plain_or("EXECUTE"))


def test_other_errors_are_told() -> None:
    with pytest.raises(ProgrammingError if connection.vendor == "postgresql" else Exception):
        prepared.row_of("SELECT nothing FROM nowhere", ())


def test_no_more_than_some_are_kept(monkeypatch: Any) -> None:
    monkeypatch.setattr(prepared, "_MOST", 0)
    assert ask() == (0, ["SELECT"])


def test_tables_may_change_between() -> None:
    jobs("a1", "b1")
    ask()
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX some_name ON kit_job (name)")
        cursor.execute("ANALYZE")
        assert ask()[0] == 2
        cursor.execute("DROP INDEX some_name")
    assert ask()[0] == 2


def test_counts_are_planned_for_their_values() -> None:
    """Else the partial index of failed work could not be used."""
    jobs(*(str(place) for place in range(20)))
    Job.objects.filter(key__in=["1", "2"]).update(state="failed", company_id=1)
    statement = counting([Job.objects.filter(company_id=1, state="failed")])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")  # before it is planned: twenty rows need no index
    assert [counted(statement), counted(statement)] == [[2], [2]]
    if connection.vendor != "postgresql":
        return
    [name] = prepared._prepared[connection.connection]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN EXECUTE {name}")
        assert "job_failed" in str(cursor.fetchall())
