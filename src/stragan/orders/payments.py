"""Which order a payment or a fee belongs to, however often it was merged since."""

from collections.abc import Iterable
from typing import Final

from stragan.orders.models import Order, OrderPayment
from stragan.orders.reconciling_refunds import Holder
from stragan.orders.states import PaymentState
from stragan.shops.models import Shop

_AT_ONCE: Final = 500
_LONGEST_CHAIN: Final = 20  # of orders merged again and again


def orders_by_payment(shop: Shop, payment_ids: Iterable[str]) -> dict[str, int]:
    """Payment id → id of the order that holds its purchases now; payments no order named are left out."""
    naming = _naming(shop, payment_ids)
    replaced = {payment_id: new for payment_id, (_pk, new) in naming.items() if new is not None}
    return {payment_id: pk for payment_id, (pk, _new) in naming.items()} | _latest(replaced)


def first_payments(shop: Shop, payment_ids: Iterable[str]) -> dict[str, str]:
    """Payment id → the first that its order ever named; where that is another one, it is a surcharge's.

    Payments no order named are left out.
    """
    naming = _naming(shop, payment_ids)
    first: dict[int, str] = {}
    pks = list({pk for pk, _new in naming.values()})
    for start in range(0, len(pks), _AT_ONCE):
        rows = OrderPayment.objects.filter(order_id__in=pks[start : start + _AT_ONCE])
        first |= dict(rows.order_by("-id").values_list("order_id", "payment_id"))
    return {payment_id: first[pk] for payment_id, (pk, _new) in naming.items()}


def _naming(shop: Shop, payment_ids: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    """Payment id → id of the latest order that named it, and of the one that replaced it since, if any."""
    found: dict[str, tuple[int, int | None]] = {}
    ids = list(dict.fromkeys(payment_ids))
    for start in range(0, len(ids), _AT_ONCE):
        rows = OrderPayment.objects.filter(
            payment_id__in=ids[start : start + _AT_ONCE],
            order__company=shop.company_id,
            order__seller_id=shop.seller_id,
        )
        # Of an order that was merged away and its successor the later one counts.
        named = rows.order_by("order_id").values_list("payment_id", "order_id", "order__superseded_by_id")
        found |= {payment_id: (pk, new) for payment_id, pk, new in named}
    return found


def holders_of(shop: Shop, payment_ids: Iterable[str]) -> dict[str, Holder]:
    """Payment id → the order that holds its purchases now, with what was received for it."""
    by_payment = orders_by_payment(shop, payment_ids)
    found: dict[int, Holder] = {}
    ids = list(dict.fromkeys(by_payment.values()))
    for start in range(0, len(ids), _AT_ONCE):
        rows = Order.objects.for_company(shop.company_id).filter(pk__in=ids[start : start + _AT_ONCE])
        for pk, allegro_id, received, currency, state in rows.order_by().values_list(
            "id", "allegro_id", "received", "currency", "payment_state"
        ):
            found[pk] = Holder(
                order_id=pk,
                allegro_id=allegro_id,
                received=None if state == PaymentState.COD else received,
                currency=currency,
            )
    return {payment_id: found[pk] for payment_id, pk in by_payment.items()}


def gone_orders(order_ids: Iterable[int]) -> set[int]:
    """Ids of those orders that Allegro is said to have no more."""
    found: set[int] = set()
    ids = list(dict.fromkeys(order_ids))
    for start in range(0, len(ids), _AT_ONCE):
        rows = Order.objects.across_companies().filter(
            pk__in=ids[start : start + _AT_ONCE], gone_at__isnull=False
        )
        found.update(rows.order_by().values_list("id", flat=True))
    return found


def orders_by_form(shop: Shop, form_ids: Iterable[str]) -> dict[str, int]:
    """Form id → id of the order that holds its purchases now; forms that are not here are left out."""
    found: dict[str, int] = {}
    ids = list(dict.fromkeys(form_ids))
    for start in range(0, len(ids), _AT_ONCE):
        rows = Order.objects.for_company(shop.company_id).filter(
            seller_id=shop.seller_id, allegro_id__in=ids[start : start + _AT_ONCE]
        )
        found |= dict(rows.order_by("id").values_list("allegro_id", "id"))
    return _latest(found)


def _latest(found: dict[str, int]) -> dict[str, int]:
    """Follow each order to the one that replaced it."""
    for _ in range(_LONGEST_CHAIN):
        pks = list(set(found.values()))
        after: dict[int, int] = {}
        for start in range(0, len(pks), _AT_ONCE):
            rows = Order.objects.across_companies().filter(
                pk__in=pks[start : start + _AT_ONCE], superseded_by__isnull=False
            )
            after |= {pk: new for pk, new in rows.values_list("pk", "superseded_by_id") if new is not None}
        if not after:
            break
        found = {payment_id: after.get(pk, pk) for payment_id, pk in found.items()}
    return found
