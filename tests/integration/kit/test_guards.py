"""The database itself refuses to change or delete what must stay."""

import pytest
from django.db import DatabaseError, connection, transaction

from builders.companies import NOW
from stragan.kit.guards import missing_guards
from stragan.kit.models import AuditEvent

pytestmark = pytest.mark.django_db


def an_event() -> AuditEvent:
    return AuditEvent.objects.across_companies().create(at=NOW, verb="test", subject="test", facts={"n": 1})


def test_all_guards_are_in_place_after_migrate() -> None:
    assert missing_guards() == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE kit_auditevent SET verb = 'x'", "DELETE FROM kit_auditevent"],
)
def test_an_audit_event_can_not_be_changed_or_deleted(statement: str) -> None:
    an_event()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.across_companies().get().verb == "test"


def test_an_audit_event_can_not_be_replaced() -> None:
    event = an_event()
    if connection.vendor != "sqlite":
        statement = "TRUNCATE kit_auditevent"
    else:
        statement = (
            "INSERT OR REPLACE INTO kit_auditevent "  # noqa: S608 -- an id of our own
            "(id, at, actor, verb, subject, facts) "
            f"VALUES ({event.pk}, '2026-01-01', 'user', 'forged', 'x', '{{}}')"
        )
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.across_companies().get().verb == "test"
