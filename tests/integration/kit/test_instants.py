"""Instants come from the database as they went in, to the microsecond and in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DataError, connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from builders.companies import NOW
from stragan.kit.models import Job

# Zones come from the strategy; the first and last years would leave what Python holds on their way to UTC.
INSTANTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


class Kept(TestCase):
    """On both databases."""

    @settings(max_examples=50, deadline=None)
    @given(INSTANTS)
    def test_every_instant_comes_back_in_utc(self, instant: datetime) -> None:
        job = Job.objects.create(name="some.job", key="k", due_at=instant, created_at=NOW)
        [found] = Job.objects.filter(pk=job.pk).values_list("due_at", flat=True)
        assert found == instant
        assert found.tzinfo is UTC


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'")
class TestAsPostgresWritesThem:
    @pytest.mark.parametrize(
        "written", ["2026-11-26 10:11:12", "2026-11-26 10:11:12.3", "0001-01-01 00:00:00"]
    )
    def test_with_any_number_of_figures(self, written: str) -> None:
        assert ask(f"TIMESTAMPTZ '{written}+00'") == datetime.fromisoformat(f"{written}+00:00")

    def test_on_a_connection_that_shows_another_zone(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Europe/Warsaw'")
        found = ask("TIMESTAMPTZ '2026-07-01 10:00:00+00'")
        assert (found, found.tzinfo) == (datetime(2026, 7, 1, 10, tzinfo=UTC), UTC)

    @pytest.mark.parametrize("odd", ["infinity", "0044-03-15 12:00:00+00 BC", "20026-01-01 00:00:00+00"])
    def test_what_python_cannot_hold_is_refused(self, odd: str) -> None:
        with pytest.raises(DataError):
            ask(f"TIMESTAMPTZ '{odd}'")


def ask(expression: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        [found] = cursor.fetchone()
    assert isinstance(found, datetime)
    return found
