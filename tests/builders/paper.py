"""Issued documents as an accountant meets them: the outcome of issuing, and the words on the paper."""

import io
from datetime import date
from typing import Any

import pypdf

from builders.companies import NOW
from stragan.core.snapshot import DocumentKind, DocumentSnapshot
from stragan.documents.actions import Author
from stragan.flows.document_files import printed
from stragan.flows.issue_document import Issued, RefusedOrder, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor

TODAY = date(2026, 11, 23)


def a_wish(company: Any, *, issue_date: date = TODAY) -> Wish:
    """Invoices, dated today unless told."""
    return Wish(company=company, kind=DocumentKind.INVOICE, issue_date=issue_date, today=TODAY)


def issued_or_refused(company: Any, orders: list[Any], *, issue_date: date = TODAY) -> list[Any]:
    """Issue invoices; a snapshot or the code of the refusal for each order."""
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    wish = a_wish(company, issue_date=issue_date)
    outcomes = issue_documents([order.pk for order in orders], wish=wish, author=author)
    return [told(one) for one in outcomes]


def told(outcome: Issued | RefusedOrder) -> DocumentSnapshot | str:
    """Give what a document says, or why there is none."""
    return outcome.snapshot if isinstance(outcome, Issued) else outcome.refusal.code


def paper(snapshot: DocumentSnapshot) -> str:
    """Read the printed document as one line of words."""
    pages = pypdf.PdfReader(io.BytesIO(printed(snapshot))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
