"""What a person does about a difference: have the order fetched once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.core.errors import Conflict
from stragan.flows.replay_orders import Tally, replay
from stragan.kit import jobs
from stragan.kit.audit import Deed, record
from stragan.orders.models import Order, ReconcileFinding
from stragan.orders.states import AMONG_SOURCES, MENDED_BY_FETCHING, CheckCause
from stragan.shops.actions import ShopNotConnected
from stragan.shops.models import Shop, ShopState
from stragan.shops.pending import add_pending

AT_ONCE: Final = 1_000
_PRIORITY: Final = 1  # a person waits for it


class FindingGone(Conflict):
    """The difference was found by a check that is current no more."""

    code = "check_finding_gone"


def can_be_fetched(finding: ReconcileFinding) -> bool:
    """Whether fetching the order once more may close this gap."""
    is_real = bool(finding.allegro_id) and not finding.allegro_id.startswith("?")
    if finding.explained or finding.difference in AMONG_SOURCES:
        return False
    return is_real and finding.cause in MENDED_BY_FETCHING


def fetch_again(*, company: Company, findings: Sequence[ReconcileFinding], by: User, now: datetime) -> int:
    """Have the orders of *findings* fetched, those of connected shops; gives how many. Real time.

    Where Allegro's content is what it was and the figures here were altered, they are derived from it anew.

    :raises FindingGone: none of them can be fetched any more.
    :raises ShopNotConnected: all of their shops must be connected first.
    """
    wanted = [finding for finding in findings if can_be_fetched(finding)][:AT_ONCE]
    if not wanted:
        raise FindingGone
    by_shop: dict[int, list[ReconcileFinding]] = {}
    for finding in wanted:
        by_shop.setdefault(finding.shop_id, []).append(finding)
    shops = Shop.objects.for_company(company).filter(pk__in=by_shop, state=ShopState.CONNECTED)
    connected = list(shops.select_related("company").order_by("id"))
    if not connected:
        raise ShopNotConnected(shop=wanted[0].shop.name)
    with transaction.atomic(durable=True):
        for shop in connected:
            _ask(shop, by_shop[shop.pk], by=by, now=now)
    return sum(len(by_shop[shop.pk]) for shop in connected)


def _derive_anew(shop: Shop, order_ids: Sequence[int], *, now: datetime) -> None:
    """Put the figures of orders back to what Allegro's latest answers say, in the caller's transaction."""
    orders = Order.objects.for_company(shop.company_id).filter(pk__in=order_ids)
    for _ in replay(orders, company=shop.company, is_dry=False, now=now, tally=Tally()):
        pass  # each is told on its timeline


def _ask(shop: Shop, findings: Sequence[ReconcileFinding], *, by: User, now: datetime) -> None:
    altered = [row.order_id for row in findings if row.cause == CheckCause.ALTERED_HERE and row.order_id]
    if altered:
        # Allegro will answer what is kept already, and what is the same writes nothing, no second revision.
        _derive_anew(shop, altered, now=now)
    add_pending(shop=shop, events=dict.fromkeys((row.allegro_id for row in findings), now), now=now)
    jobs.enqueue(
        jobs.Request(
            name="shops.sync",
            key=f"sync:{shop.pk}",
            arguments={"shop_id": shop.pk},
            company_id=shop.company_id,
            priority=_PRIORITY,
        ),
        now=now,
    )
    deed = Deed(
        verb="shop.forms_fetched_again",
        subject="shop",
        subject_id=shop.pk,
        company_id=shop.company_id,
        user_id=by.pk,
        facts={"count": len(findings)},
    )
    record([deed], at=now)
