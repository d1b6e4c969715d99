"""Documents issued, voided and corrected as commands and pages do it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, stored
from stragan.books.actions.months import close_month
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.correcting import LineChange
from stragan.documents.models import Document, Draft
from stragan.flows import hand_document
from stragan.flows.correct_document import Wish as CorrectionWish
from stragan.flows.correct_document import correct_document
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.flows.void_document import void_document
from stragan.kit.audit import Actor

TODAY = date(2026, 11, 23)


def an_author(user: Any = None) -> Author:
    """A command, or a person on a page."""
    actor = Actor.USER if user else Actor.COMMAND
    return Author(user=user, actor=actor, now=NOW, asked_at=NOW)


def an_invoice(order: Any, *, issue_date: date = TODAY) -> Document:
    """Issue an invoice for an order that can have one."""
    return issued(order, DocumentKind.INVOICE, issue_date=issue_date)


def issued(order: Any, kind: DocumentKind, *, issue_date: date = TODAY) -> Document:
    """Issue a document of any kind for an order that can have it."""
    wish = Wish(company=order.company, kind=kind, issue_date=issue_date, today=TODAY)
    [outcome] = issue_documents([order.pk], wish=wish, author=an_author())
    assert isinstance(outcome, Issued), outcome
    return outcome.document


def an_invoice_for_money_of_october(company: Any) -> Document:
    """Keep books, issue an invoice in November for an order paid on 31 October, and close October."""
    company.books = "kpir"
    company.save(update_fields=["books"])
    form = a_numbered_form(1)
    form["payment"]["finishedAt"] = "2026-10-31T10:00:00Z"
    [order] = stored(company.shops.first() or a_shop(company), [form], now=NOW)
    document = an_invoice(order)
    boss = company.memberships.first()
    with transaction.atomic():
        close_month(
            company=company,
            registers=["vat"],
            period="2026-10",
            by=boss.user if boss else a_member(company),
            now=NOW,
        )
    return document


def voided(document: Document, *, reason: str = "pomyłka") -> Any:
    """Void a document; the outcome."""
    return void_document(company=document.company, document_id=document.pk, reason=reason, author=an_author())


def corrected(document: Document, quantities: dict[int, str] | None = None, **changes: Any) -> Any:
    """Correct a document to these quantities by line, or to zero where none are given; the outcome."""
    values: dict[str, Any] = {
        "company": document.company,
        "document_id": document.pk,
        "reason": "zwrot towaru",
        "today": TODAY,
        "to_zero": quantities is None,
        "changes": tuple(
            LineChange(position=place, quantity=Decimal(quantity))
            for place, quantity in (quantities or {}).items()
        ),
    }
    return correct_document(wish=CorrectionWish(**(values | changes)), author=an_author())


def a_hand_draft(company: Any, user: Any) -> Draft:
    """A draft of an invoice without an order."""
    return hand_document.begin(
        company=company, kind=DocumentKind.INVOICE, contractor=None, user=user, now=NOW
    )
