"""Payouts among the operations of a shop's wallets: when the money went to the bank."""

from datetime import datetime
from typing import Final

from django.db.models import Max

from stragan.shops.models import PaymentOperation, Shop
from stragan.shops.payments import WALLETS, Move

PAYOUT: Final = "PAYOUT"
CANCEL: Final = "PAYOUT_CANCEL"
KINDS: Final = frozenset({PAYOUT, CANCEL})


def latest(shop: Shop) -> dict[tuple[str, str], datetime]:
    """When money of each operator and currency was paid out last; cancelled payouts do not count."""
    rows = PaymentOperation.objects.for_company(shop.company_id).filter(
        shop=shop, wallet=WALLETS[0], kind__in=KINDS
    )
    cancelled = set(rows.filter(kind=CANCEL).exclude(payout_id="").values_list("payout_id", flat=True))
    paid = rows.filter(kind=PAYOUT).exclude(payout_id__in=cancelled).order_by("operator", "currency")
    found = paid.values_list("operator", "currency").annotate(at=Max("occurred_at"))
    return {(operator, currency): at for operator, currency, at in found}


def payments_in(shop: Shop, payout: Move) -> set[str]:
    """Payments named by operations between a payout and the one before it, of any operator.

    *payout* may also be the operation that cancels one.
    """
    rows = PaymentOperation.objects.for_company(shop.company_id).filter(shop=shop)
    instant = payout.occurred_at
    if payout.kind == CANCEL:
        paid = rows.filter(kind=PAYOUT, payout_id=payout.payout_id, occurred_at__lte=instant)
        instant = paid.order_by("-occurred_at").values_list("occurred_at", flat=True).first() or instant
    earlier = rows.filter(kind=PAYOUT, occurred_at__lt=instant).order_by("-occurred_at")
    since = list(earlier.values_list("occurred_at", flat=True)[:1])
    between = rows.filter(occurred_at__lte=instant).exclude(payment_id="")
    if since:
        between = between.filter(occurred_at__gte=since[0])
    return set(between.order_by().values_list("payment_id", flat=True))
