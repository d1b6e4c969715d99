"""Rows that keep what an order brought and cost: asked for anew, read, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from typing import Final

from stragan.companies.models import Company
from stragan.kit.among import Among
from stragan.kit.bulk import insert_rows
from stragan.orders.models import OrderMoney
from stragan.orders.money import Sums
from stragan.orders.states import MoneyGap
from stragan.shops.models import Shop

_COLUMNS: Final = tuple(field.name for field in fields(Sums))
_AT_ONCE: Final = 500


def ask(company_id: int, order_ids: Iterable[int]) -> None:
    """Ask for the money of these orders to be worked out, in the caller's transaction."""
    insert_rows(
        OrderMoney,
        columns=("company", "order", "due"),
        rows=[(company_id, pk, True) for pk in sorted(set(order_ids))],
        unique=("order",),
        refreshed=("due",),
    )


def ask_again(order_ids: Iterable[int]) -> None:
    """The same where it was worked out before: something about these orders changed beside their money."""
    OrderMoney.objects.across_companies().filter(order_id__in=list(order_ids)).update(due=True)


def ask_again_of_shop(shop: Shop, gap: MoneyGap) -> None:
    """The same for orders of a shop that miss what has now been read for the first time."""
    rows = OrderMoney.objects.for_company(shop.company_id).filter(gap=gap)
    rows.filter(order__shop=shop).update(due=True)


def due_companies() -> list[int]:
    """Companies with orders whose money is to be worked out."""
    rows = OrderMoney.objects.across_companies().filter(due=True)
    return sorted(set(rows.order_by().values_list("company_id", flat=True).distinct()))


def take_due(company_id: int) -> list[int]:
    """Give some orders that are due, and keep them from being asked for until the caller commits.

    Who asks meanwhile waits for these rows, and his wish stands afterwards.
    """
    rows = OrderMoney.objects.for_company(company_id).filter(due=True)
    ids = list(rows.select_for_update().order_by("order_id").values_list("order_id", flat=True)[:_AT_ONCE])
    OrderMoney.objects.for_company(company_id).filter(order_id__in=ids).update(due=False)
    return ids


def write(company_id: int, sums: Mapping[int, Sums]) -> None:
    """Keep what was worked out, by order id."""
    insert_rows(
        OrderMoney,
        columns=("company", "order", "due", *_COLUMNS),
        rows=[(company_id, pk, False, *astuple(sums[pk])) for pk in sorted(sums)],
        unique=("order",),
        refreshed=("due", *_COLUMNS),
    )


def forget(order_ids: Iterable[int]) -> None:
    """Drop what was kept for orders that were merged away."""
    ids = list(order_ids)
    if ids:
        OrderMoney.objects.across_companies().filter(order_id__in=ids).delete()


def sums_of(company: Company, order_ids: Sequence[int]) -> dict[int, Sums]:
    """What was worked out for these orders; those without a fee or a payment are left out."""
    rows = OrderMoney.objects.for_company(company).filter(
        Among("order_id", order_ids), received__isnull=False
    )
    return {
        row[0]: Sums(**dict(zip(_COLUMNS, row[1:], strict=True)))
        for row in rows.order_by("order_id").values_list("order_id", *_COLUMNS)
    }
