"""The forms that archived answers brought: their bytes stand in the revisions of the orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stragan.archive.content import Part
from stragan.orders.models import Order, OrderRevision
from stragan.shops.models import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """One form as a revision keeps it (zlib); after ``purged_at`` without contact data."""

    form_id: str
    payload: bytes
    content_sha256: str
    purged_at: datetime | None


def forms_of(shop: Shop, parts: Sequence[Part]) -> dict[tuple[str, int], KeptForm]:
    """The forms of *parts* that are revisions, by form id and number; two queries."""
    orders = {
        pk: (form_id, purged_at)
        for pk, form_id, purged_at in Order.objects.for_company(shop.company_id)
        .filter(seller_id=shop.seller_id, allegro_id__in={part.name for part in parts if part.number})
        .values_list("pk", "allegro_id", "contact_purged_at")
    }
    rows = OrderRevision.objects.filter(order_id__in=list(orders)).values_list(
        "order_id", "sequence", "payload", "content_sha256"
    )
    found = {
        (form_id, sequence): KeptForm(
            form_id=form_id, payload=bytes(payload), content_sha256=sha256, purged_at=purged_at
        )
        for pk, sequence, payload, sha256 in rows.order_by("id")
        for form_id, purged_at in [orders[pk]]
    }
    keys = dict.fromkeys((part.name, part.number) for part in parts)
    return {key: found[key] for key in keys if key in found}
