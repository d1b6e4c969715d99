"""The database itself keeps issued documents as they are, and one original per order."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document, OrderDocument
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def document(company: Any) -> Document:
    orders = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issue_documents([orders[0].pk], wish=wish, author=author)
    return Document.objects.for_company(company).get()


def refused(statement: str, message: str) -> None:
    with (
        pytest.raises(DatabaseError, match=message),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_document SET gross = 1",
        "UPDATE documents_document SET number = 'FV 9/11/2026'",
        "DELETE FROM documents_document",
    ],
)
def test_an_issued_document_cannot_be_changed_or_deleted(document: Document, statement: str) -> None:
    refused(statement, "cannot be changed or deleted")
    assert Document.objects.for_company(document.company_id).get().number == "FV 1/11/2026"


def test_an_issued_document_cannot_be_replaced(document: Document) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would do
        refused("TRUNCATE documents_document CASCADE", "cannot be changed or deleted")
        return
    copy = copied(document, "INSERT OR REPLACE", {"buyer_name": "'forged'"}, keep_id=True)
    refused(copy, "cannot be changed or deleted")


def test_a_second_original_for_an_order_is_refused(document: Document) -> None:
    uuid = "'0f0e0d0c0b0a09080706050403020100'"
    other = {
        "public_id": f"{uuid}::uuid" if connection.vendor == "postgresql" else uuid,
        "number": "'FV 2/11/2026'",
        "sequence": "2",
    }
    with connection.cursor() as cursor:
        cursor.execute(copied(document, "INSERT", other))
    second = Document.objects.for_company(document.company_id).get(sequence=2)
    rows = OrderDocument.objects.for_company(document.company_id)
    link = {"company_id": document.company_id, "order_id": document.order_id, "document": second}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.create(**link, original=True, origin="issued", at=NOW)
    rows.update(ended_at=NOW, end_code="voided", end_reason="pomyłka")
    rows.create(**link, original=True, origin="issued", at=NOW)


def copied(document: Document, verb: str, changes: dict[str, str], *, keep_id: bool = False) -> str:
    """Give the statement that copies a document's row with some columns changed."""
    fields = [field.column or "" for field in Document._meta.concrete_fields]
    columns = [column for column in fields if keep_id or column != "id"]
    wanted = ", ".join(changes.get(column, column) for column in columns)
    into = f"{verb} INTO documents_document ({', '.join(columns)})"
    return " ".join((into, "SELECT", wanted, "FROM documents_document", f"WHERE id = {document.pk}"))
