"""``Among`` finds what ``__in`` finds, on both databases, however many keys there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW
from stragan.kit.among import Among
from stragan.kit.models import Job

pytestmark = pytest.mark.django_db


def test_it_finds_what_in_finds() -> None:
    ids = [job.pk for job in jobs(5)]
    for keys in ([], ids[:1], ids[1:4], [*ids, *ids], [0, -1, ids[2], 2**63 - 1], range(ids[-1] + 2_000)):
        found = Job.objects.filter(Among("id", keys)).order_by("id")
        assert list(found) == list(Job.objects.filter(pk__in=list(keys)).order_by("id")), keys
        assert set(Job.objects.exclude(Among("id", keys))) == set(Job.objects.exclude(pk__in=list(keys)))


def test_postgres_gets_one_value_however_many_keys() -> None:
    with CaptureQueriesContext(connection) as sent:
        list(Job.objects.filter(Among("id", [1, 2, 3])))
    [sql] = [one["sql"] for one in sent.captured_queries]
    assert ("ANY('{1,2,3}'" in sql) is (connection.vendor == "postgresql")
    assert ("IN (1, 2, 3)" in sql) is (connection.vendor == "sqlite")


def jobs(count: int) -> list[Job]:
    return [Job.objects.create(name="some.job", key=str(n), due_at=NOW, created_at=NOW) for n in range(count)]
