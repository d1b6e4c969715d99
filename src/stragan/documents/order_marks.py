"""Keeps on each order which kinds of documents it has now, so that lists can filter by them quickly."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from stragan.documents.models import OrderDocument
from stragan.orders import money_rows
from stragan.orders.models import Order
from stragan.orders.states import KIND_COLUMNS


def refresh_marks(order_ids: Iterable[int]) -> None:
    """Work out the marks of these orders again, in the transaction that made, linked or ended a document.

    One read, then one statement per different set of marks.
    """
    ids = list(order_ids)
    rows = OrderDocument.objects.across_companies().filter(order_id__in=ids, ended_at__isnull=True)
    kinds: dict[int, set[str]] = {pk: set() for pk in ids}
    for order_id, kind in rows.order_by("id").values_list("order_id", "document__kind"):
        kinds[order_id].add(kind)
    alike: dict[frozenset[str], list[int]] = {}
    for pk, found in kinds.items():
        alike.setdefault(frozenset(found), []).append(pk)
    orders = Order.objects.across_companies()
    for have, members in alike.items():
        marks = {column: kind in have for kind, column in KIND_COLUMNS.items()}
        marks["has_document"] = bool(have)
        orders.filter(pk__in=members).update(**marks)
    money_rows.ask_again(ids)


def totals_of_orders(order_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal, date]]:
    """Net, gross and issue date of the fiscal document each order has now; orders without are left out."""
    rows = OrderDocument.objects.across_companies().filter(
        order_id__in=list(order_ids), ended_at__isnull=True, original=True
    )
    columns = ("order_id", "document__net", "document__gross", "document__issue_date")
    found = {}
    for order_id, net, gross, issued in rows.order_by("id").values_list(*columns):
        assert net is not None, "the column is never null"
        assert gross is not None, "the column is never null"
        found[order_id] = (net, gross, issued)
    return found
