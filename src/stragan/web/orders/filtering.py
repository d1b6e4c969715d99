"""The filter of the order list as an address: read tolerantly, written without what says nothing."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from stragan.orders.queries import PAGE_SIZES, OrderFilter, Sort, Tab
from stragan.orders.states import KIND_COLUMNS, OrderStatus, PaymentState, Problem

DEFAULT_SIZE: Final = 100
LAST_PAGE: Final = 1_000_000
_LONGEST_TEXT: Final = 200
_LARGEST_ID: Final = 2**31
DOCUMENTS: Final = ("no", "yes", *KIND_COLUMNS)
_YES_NO: Final = {"yes": True, "no": False}
_NAME_OF: Final = {True: "yes", False: "no"}


_FIELDS: Final[dict[str, forms.Field]] = {
    "tab": forms.ChoiceField(choices=[(tab.value, tab.value) for tab in Tab]),
    "q": forms.CharField(max_length=_LONGEST_TEXT),
    "created_from": forms.DateField(),
    "created_to": forms.DateField(),
    "bought_from": forms.DateField(),
    "bought_to": forms.DateField(),
    "status": forms.MultipleChoiceField(choices=[(status.value, status.value) for status in OrderStatus]),
    "shop": forms.IntegerField(min_value=1, max_value=_LARGEST_ID),
    "payment": forms.ChoiceField(choices=[(state.value, state.value) for state in PaymentState]),
    "invoice": forms.ChoiceField(choices=[(name, name) for name in _YES_NO]),
    "document": forms.ChoiceField(choices=[(name, name) for name in DOCUMENTS]),
    "product": forms.IntegerField(min_value=1, max_value=_LARGEST_ID),
    "problem": forms.ChoiceField(choices=[(problem.value, problem.value) for problem in Problem]),
    "total_from": forms.DecimalField(max_digits=12, decimal_places=2, localize=True),
    "total_to": forms.DecimalField(max_digits=12, decimal_places=2, localize=True),
    "delivery": forms.CharField(max_length=_LONGEST_TEXT),
    "market": forms.CharField(max_length=40),
    "currency": forms.CharField(max_length=3),
    "hidden": forms.BooleanField(),
    "bin": forms.BooleanField(),
    "sort": forms.ChoiceField(choices=[(sort.value, sort.value) for sort in Sort]),
    "size": forms.TypedChoiceField(choices=[(size, size) for size in PAGE_SIZES], coerce=int),
    "view": forms.IntegerField(min_value=1, max_value=_LARGEST_ID),
    "page": forms.IntegerField(min_value=1, max_value=LAST_PAGE),
}  # names of the address; whatever cannot be read is left out: a filter never fails


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """What an address of the list says: the filter and the page."""

    wanted: OrderFilter
    page: int = 1
    size: int = DEFAULT_SIZE
    view: int | None = None  # the saved view it was opened with, for its columns

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.size

    def query(self, **changes: Any) -> str:
        """The address of this list with parts of its filter changed, on its first page: ``?…`` or ``?``."""
        wanted = replace(self.wanted, **changes)
        if "sort" not in changes and self.wanted.sort is default_sort(self.wanted) is not default_sort(
            wanted
        ):
            wanted = replace(wanted, sort=default_sort(wanted))
        return ListState(wanted=wanted, size=self.size, view=self.view).text

    @property
    def text(self) -> str:
        """The address itself: only what differs from the default, always in one order."""
        return f"?{urlencode(_pairs(self))}"


def default_sort(wanted: OrderFilter) -> Sort:
    """The sort where none is asked for: newest download first, or newest purchase for days of purchase.

    One index gives one order: days of purchase in the order of downloads would pass over the rest.
    """
    by_purchase = (wanted.bought_from or wanted.bought_to) and not (wanted.created_from or wanted.created_to)
    return Sort.BOUGHT_NEWEST if by_purchase else Sort.CREATED_NEWEST


def read(query: QueryDict) -> ListState:
    """Read an address of the list; parts that make no sense are left out."""
    given = _given(query)
    wanted = OrderFilter(
        tab=Tab(given.get("tab", Tab.ALL)),
        text=given.get("q", ""),
        created_from=given.get("created_from"),
        created_to=given.get("created_to"),
        bought_from=given.get("bought_from"),
        bought_to=given.get("bought_to"),
        statuses=tuple(given.get("status", ())),
        shop_id=given.get("shop"),
        payment=given.get("payment", ""),
        wants_invoice=_YES_NO.get(given.get("invoice", "")),
        documents=given.get("document", ""),
        product_id=given.get("product"),
        problem=given.get("problem", ""),
        total_from=given.get("total_from"),
        total_to=given.get("total_to"),
        delivery_method=given.get("delivery", ""),
        marketplace=given.get("market", ""),
        currency=given.get("currency", "").upper(),
        show_hidden=bool(given.get("hidden")),
        deleted=bool(given.get("bin")),
    )
    wanted = replace(wanted, sort=Sort(given.get("sort", default_sort(wanted))))
    return ListState(
        wanted=wanted,
        page=given.get("page", 1),
        size=given.get("size", DEFAULT_SIZE),
        view=given.get("view"),
    )


def _given(query: QueryDict) -> dict[str, Any]:
    """What can be read of an address, by name.

    Field by field: a form would keep an error for each absent one, and with it all that the page holds.
    """
    found: dict[str, Any] = {}
    for name, field in _FIELDS.items():
        if name in query:
            with suppress(ValidationError):
                found[name] = field.clean(field.widget.value_from_datadict(query, {}, name))
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _pairs(state: ListState) -> list[tuple[str, str]]:
    wanted = state.wanted
    values: list[tuple[str, object]] = [
        ("tab", "" if wanted.tab is Tab.ALL else wanted.tab.value),
        ("q", wanted.text),
        ("created_from", wanted.created_from),
        ("created_to", wanted.created_to),
        ("bought_from", wanted.bought_from),
        ("bought_to", wanted.bought_to),
        *(("status", status) for status in wanted.statuses),
        ("shop", wanted.shop_id),
        ("payment", wanted.payment),
        ("invoice", "" if wanted.wants_invoice is None else _NAME_OF[wanted.wants_invoice]),
        ("document", wanted.documents),
        ("product", wanted.product_id),
        ("problem", wanted.problem),
        ("total_from", wanted.total_from),
        ("total_to", wanted.total_to),
        ("delivery", wanted.delivery_method),
        ("market", wanted.marketplace),
        ("currency", wanted.currency),
        ("hidden", "1" if wanted.show_hidden else ""),
        ("bin", "1" if wanted.deleted else ""),
        ("sort", "" if wanted.sort is default_sort(wanted) else wanted.sort.value),
        ("size", "" if state.size == DEFAULT_SIZE else state.size),
        ("view", state.view),
        ("page", "" if state.page == 1 else state.page),
    ]
    return [(name, _written(value)) for name, value in values if value not in (None, "")]


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
