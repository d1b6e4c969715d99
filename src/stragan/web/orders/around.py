"""What stands around an order: products of its lines with their stock, stock notes, past documents."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from stragan.companies.models import Company, User
from stragan.documents import queries as documents
from stragan.documents.models import Document
from stragan.documents.states import LinkEnd
from stragan.orders.models import Order, OrderLine
from stragan.warehouse import queries as warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """The product a line was matched to; ``available`` is None without a warehouse."""

    name: str
    url: str
    available: Decimal | None

    @property
    def is_short(self) -> bool:
        """Whether more is promised than there is."""
        return self.available is not None and self.available < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLink:
    """A document the order had once, and why it has it no longer."""

    document: Document
    word: str
    ended_at: datetime | None
    ended_by: User | None
    end_reason: str


def goods_of(company: Company, order: Order) -> dict[str, Goods]:
    """The products of the order's lines with what is left of them, by line id: at most three statements."""
    rows = OrderLine.objects.for_company(company).filter(order=order, product__isnull=False)
    lines = list(rows.select_related("product").order_by("position"))
    ids = [line.product_id for line in lines if line.product_id]
    left = warehouse.available(company, ids) if company.warehouse and ids else {}
    found = {}
    for line in lines:
        product = line.product
        if product is not None:
            found[line.line_id] = Goods(
                name=product.name,
                url=_page("products:detail", product.public_id),
                available=left.get(product.pk),
            )
    return found


def warehouse_and_past(company: Company, order: Order) -> dict[str, Any]:
    """Stock notes of the order, and the documents it had once."""
    words_of_ends = {
        LinkEnd.VOIDED.value: _("voided"),
        LinkEnd.CORRECTED.value: _("corrected to zero"),
        LinkEnd.UNLINKED.value: _("unlinked"),
    }
    past = [
        PastLink(
            document=link.document,
            word=words_of_ends.get(link.end_code, link.end_code),
            ended_at=link.ended_at,
            ended_by=link.ended_by,
            end_reason=link.end_reason,
        )
        for link in documents.past_links_of_order(company, order.pk)
    ]
    notes = warehouse.notes_of_order(company, order.pk) if company.warehouse else []
    return {
        "past_links": past,
        "stock_notes": [
            {"number": note.number, "date": note.date, "url": _page("warehouse:note", note.public_id)}
            for note in notes
        ],
    }


def _page(name: str, key: object) -> str:
    """Address of a thing's page, empty where it has none."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""
