"""What a form of the list acts on: the ticked orders, or all that matched when that was asked for."""

from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, QueryDict

from stragan.companies.models import Company
from stragan.orders import queries
from stragan.orders.models import Order
from stragan.web.orders import filtering
from stragan.web.shell.frozen import LARGEST_SET, FrozenSet, keep, kept

LARGEST_ID: Final = 2**62
_AREA: Final = "orders"
_AT_ONCE: Final = 5_000  # an IN list that both databases take


def freeze(company: Company, query: str) -> FrozenSet:
    """Keep the orders that match the address now.

    :raises SelectionTooLarge: more match than can be worked on at once.
    """
    wanted = filtering.read(QueryDict(query)).wanted
    return keep(company, _AREA, queries.ids_matching(company, wanted, limit=LARGEST_SET + 1))


def order_ids(request: HttpRequest, company: Company) -> list[int]:
    """Ids the posted form means, in the order of the list; only the company's own.

    :raises Http404: ids were sent, and one of them is not an order of the company.
    :raises SelectionGone: the frozen set that is meant was made too long ago.
    :raises SelectionTooLarge: more match than can be worked on at once.
    """
    if token := request.POST.get("set"):
        return kept(company, _AREA, token)
    if request.POST.get("all") == "1":
        return kept(company, _AREA, freeze(company, request.POST.get("query", "")).token)
    sent = [int(text) for text in request.POST.getlist("order") if text.isascii() and text.isdecimal()]
    ids = list(dict.fromkeys(sent))
    if any(pk > LARGEST_ID for pk in ids) or len(sent) != len(request.POST.getlist("order")):
        raise Http404
    known: set[int] = set()
    for chunk in chunks(ids):
        rows = Order.objects.for_company(company).filter(pk__in=chunk)
        known.update(rows.order_by("id").values_list("id", flat=True))
    if known != set(ids):
        raise Http404
    return ids


def chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    """Cut *ids* into parts that one statement can hold."""
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
