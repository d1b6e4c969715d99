"""Which document an order may belong to, and the other way round: best first, each with its reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

from django.db.models import Q, QuerySet

from stragan.companies.models import Company
from stragan.core.dates import warsaw_date
from stragan.core.folding import fold
from stragan.documents.models import Document
from stragan.documents.queries import free_documents
from stragan.kit.search import containing
from stragan.orders.models import Order
from stragan.orders.states import AllegroStatus, OrderStatus

M = TypeVar("M", Document, Order)

LOOKED_AT: Final = 20  # of each sign
SHOWN: Final = 12
FORM_ID_LENGTH: Final = 36
FORM_ID_DASHES: Final = 4
NEAR: Final = timedelta(days=14)

# What speaks for a pair, and how loudly.
WEIGHTS: Final[dict[str, int]] = {"noted": 8, "nip": 4, "amount": 4, "buyer": 3, "near": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSuggestion:
    """A document that may be the order's. ``reasons`` are keys of ``WEIGHTS``, strongest first."""

    document: Document
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSuggestion:
    """An order that the document may belong to."""

    order: Order
    reasons: tuple[str, ...]


def documents_for(company: Company, order: Order, *, text: str = "") -> list[DocumentSuggestion]:
    """Suggest documents that no order has, or find them by *text* (number, buyer, NIP)."""
    rows = free_documents(company)
    if text.strip():
        found = _gathered([rows.filter(number__iexact=text.strip()), containing(rows, text)])
    else:
        found = _gathered(
            [
                containing(rows, order.allegro_id),
                rows.filter(Q(to_pay=order.total), currency=order.currency).order_by("-issue_date", "-id"),
                _if(order.buyer_nip, rows.filter(buyer_nip=order.buyer_nip).order_by("-issue_date", "-id")),
                _if(order.buyer_name, containing(rows, order.buyer_name)),
            ],
        )
    scored = [DocumentSuggestion(document=one, reasons=_reasons(one, order)) for one in found]
    scored.sort(key=lambda one: (-_score(one.reasons), -one.document.issue_date.toordinal()))
    return [one for one in scored if one.reasons or text.strip()][:SHOWN]


def orders_for(company: Company, document: Document, *, text: str = "") -> list[OrderSuggestion]:
    """Suggest orders without a fiscal document for *document*, or find them by *text*."""
    rows = Order.objects.for_company(company).filter(
        has_original=False, superseded_by__isnull=True, gone_at__isnull=True, deleted_at__isnull=True
    )
    rows = rows.exclude(status=OrderStatus.CANCELLED).exclude(allegro_status=AllegroStatus.CANCELLED)
    if text.strip():
        digits = text.strip() if text.strip().isascii() and text.strip().isdigit() else ""
        found = _gathered([_if(digits, rows.filter(number=digits or 0)), containing(rows, text)])
    else:
        found = _gathered(
            [
                _if(_allegro_id(document), rows.filter(allegro_id=_allegro_id(document))),
                rows.filter(Q(total=document.to_pay), currency=document.currency).order_by("-total", "-id"),
                _if(document.buyer_nip, rows.filter(buyer_nip=document.buyer_nip).order_by("-id")),
                _if(document.buyer_name, containing(rows, document.buyer_name)),
            ],
        )
    scored = [OrderSuggestion(order=one, reasons=_reasons(document, one)) for one in found]
    scored.sort(key=lambda one: (-_score(one.reasons), -one.order.pk))
    return [one for one in scored if one.reasons or text.strip()][:SHOWN]


def _reasons(document: Document, order: Order) -> tuple[str, ...]:
    """Say what speaks for the pair; being near in time alone says nothing."""
    text = document.search_text
    signs = {
        "noted": fold(order.allegro_id) in text or f"zamowienie {order.number} " in f"{text} ",
        "nip": bool(order.buyer_nip) and order.buyer_nip == document.buyer_nip,
        "amount": (document.to_pay, document.currency) == (order.total, order.currency),
        "buyer": bool(order.buyer_name) and fold(order.buyer_name) == fold(document.buyer_name),
    }
    found = [name for name, holds in signs.items() if holds]
    if found and _is_near(document.issue_date, order):
        found.append("near")
    return tuple(sorted(found, key=lambda name: -WEIGHTS[name]))


def _is_near(day: date, order: Order) -> bool:
    return order.bought_at is not None and abs(day - warsaw_date(order.bought_at)) <= NEAR


def _score(reasons: Iterable[str]) -> int:
    return sum(WEIGHTS[name] for name in reasons)


def _allegro_id(document: Document) -> str:
    """The form id in a document's text, if there is one."""
    words = document.search_text.split()
    return next(
        (word for word in words if len(word) == FORM_ID_LENGTH and word.count("-") == FORM_ID_DASHES), ""
    )


def _if(wanted: str, rows: QuerySet[M]) -> QuerySet[M]:
    return rows if wanted else rows.none()


def _gathered(parts: Sequence[QuerySet[M]]) -> list[M]:
    """The first few of each part, each row once."""
    found: dict[object, M] = {}
    for rows in parts:
        for row in rows[:LOOKED_AT]:
            found.setdefault(row.pk, row)
    return list(found.values())
