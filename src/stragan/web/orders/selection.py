"""What a form of the list acts on: the ticked orders, or all that match, made a frozen set here."""

from collections.abc import Sequence
from typing import Final

from django.http import Http404, HttpRequest, QueryDict

from stragan.companies.models import Company
from stragan.orders import queries
from stragan.orders.models import Order
from stragan.web.orders import filtering

_LARGEST_ID: Final = 2**62
_AT_ONCE: Final = 5_000  # an IN list that both databases take


def order_ids(request: HttpRequest, company: Company) -> list[int]:
    """Ids the posted form means, in the order of the list; only the company's own.

    :raises Http404: ids were sent, and one of them is not an order of the company.
    """
    if request.POST.get("all") == "1":
        state = filtering.read(QueryDict(request.POST.get("query", "")))
        return queries.ids_matching(company, state.wanted)
    sent = [int(text) for text in request.POST.getlist("order") if text.isascii() and text.isdecimal()]
    ids = list(dict.fromkeys(sent))
    if any(pk > _LARGEST_ID for pk in ids) or len(sent) != len(request.POST.getlist("order")):
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
