"""What lists and pages ask about orders. Every answer is ordered down to the id."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day
from stragan.core.folding import fold
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.orders.models import Order
from stragan.orders.states import Queue

COUNT_LIMIT: Final = 10_000
PAGE_SIZES: Final = (50, 100, 200)
LONGEST_NUMBER: Final = 10


class Tab(StrEnum):
    """The tabs of the list, in their order."""

    TO_ISSUE = "to_issue"
    ATTENTION = "attention"
    WAITING_PAYMENT = "waiting_payment"
    CHANGED = "changed"
    ALL = "all"


class Sort(StrEnum):
    """Orders of the list; each is backed by an index."""

    CREATED_NEWEST = "-created"
    CREATED_OLDEST = "created"
    BOUGHT_NEWEST = "-bought"
    BOUGHT_OLDEST = "bought"
    NUMBER_NEWEST = "-number"
    NUMBER_OLDEST = "number"
    TOTAL_HIGHEST = "-total"
    TOTAL_LOWEST = "total"


_COLUMNS: Final[dict[str, str]] = {
    "created": "created_at",
    "bought": "bought_at",
    "number": "number",
    "total": "total",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What the filter bar says. Days are Warsaw days, both ends included."""

    tab: Tab = Tab.ALL
    text: str = ""
    created_from: date | None = None
    created_to: date | None = None
    bought_from: date | None = None
    bought_to: date | None = None
    statuses: tuple[str, ...] = ()
    shop_id: int | None = None
    payment: str = ""
    wants_invoice: bool | None = None
    documented: bool | None = None
    problem: str = ""
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    delivery_method: str = ""
    marketplace: str = ""
    currency: str = ""
    show_hidden: bool = False
    sort: Sort = Sort.CREATED_NEWEST
    ids: tuple[int, ...] = field(default=())

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list but its tab."""
        return self == OrderFilter(tab=self.tab, sort=self.sort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count that is exact up to ``COUNT_LIMIT``; beyond it only "more than" is known."""

    number: int

    @property
    def is_capped(self) -> bool:
        """Whether there are more than can be shown exactly."""
        return self.number > COUNT_LIMIT

    @property
    def shown(self) -> int:
        """The number to print."""
        return min(self.number, COUNT_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One line of the list."""

    id: int
    number: int
    allegro_id: str
    shop_id: int
    created_at: datetime
    bought_at: datetime | None
    status: str
    allegro_status: str
    queue: str
    payment_state: str
    paid_at: datetime | None
    wants_invoice: bool
    has_original: bool
    changed_after_issue: bool
    problem: str
    problems: list[str]
    currency: str
    total: Decimal
    buyer_login: str
    buyer_name: str
    buyer_nip: str
    delivery_method: str
    marketplace: str
    offer_id: str
    offer_name: str
    line_count: int
    has_message: bool


_ROW_FIELDS: Final = tuple(OrderRow.__dataclass_fields__)


def orders_matching(company: Company, wanted: OrderFilter) -> QuerySet[Order]:
    """Orders of *company* that the filter lets through, in the filter's order."""
    rows: QuerySet[Order] = Order.objects.for_company(company)
    rows = _in_tab(rows, wanted)
    rows = _narrowed(rows, wanted)
    text = wanted.text.strip()
    if text and len(fold(text)) < SHORTEST_TRIGRAM:
        rows = rows.filter(_number_or_nip_starts(fold(text)))
    elif text:
        return containing(rows, text)
    direction = "-" if wanted.sort.startswith("-") else ""
    column = _COLUMNS[wanted.sort.lstrip("-")]
    return rows.order_by(f"{direction}{column}", f"{direction}id")


def is_search(wanted: OrderFilter) -> bool:
    """Whether the search index answers: its results come newest first, whatever sort was asked for."""
    return len(fold(wanted.text.strip())) >= SHORTEST_TRIGRAM


def page_of_orders(company: Company, wanted: OrderFilter, *, offset: int, limit: int) -> list[OrderRow]:
    """One page of the list: a single statement, *limit* rows from *offset* on."""
    rows = orders_matching(company, wanted).values_list(*_ROW_FIELDS)[offset : offset + limit]
    return [OrderRow(**dict(zip(_ROW_FIELDS, row, strict=True))) for row in rows]


def count_orders(company: Company, wanted: OrderFilter) -> Count:
    """How many orders match, exact up to ``COUNT_LIMIT``."""
    rows = orders_matching(company, wanted)
    # The order of a search makes SQLite start from the search index, not from all orders of the company.
    rows = rows if is_search(wanted) else rows.order_by()
    return Count(number=rows.values("pk")[: COUNT_LIMIT + 1].count())


def count_tabs(company: Company) -> dict[Tab, Count]:
    """The numbers beside the tabs."""
    return {tab: count_orders(company, OrderFilter(tab=tab)) for tab in Tab}


def ids_matching(company: Company, wanted: OrderFilter) -> list[int]:
    """Ids of all matching orders, in the list's order: the frozen set of "select all"."""
    return list(orders_matching(company, wanted).values_list("id", flat=True))


def neighbors(company: Company, wanted: OrderFilter, order: Order) -> tuple[int | None, int | None]:
    """Ids of the orders before and after *order* in the list as filtered, None at its ends."""
    sides = _sides(company, wanted, order)
    if sides is None:
        return None, None
    before, after = (side.values_list("id", flat=True).first() for side in sides)
    return before, after


def rank_of(company: Company, wanted: OrderFilter, order: Order) -> Count | None:
    """The place of *order* in the list as filtered, from 1; None where its column is empty."""
    sides = _sides(company, wanted, order)
    if sides is None:
        return None
    before = sides[0] if is_search(wanted) else sides[0].order_by()
    return Count(number=before.values("pk")[:COUNT_LIMIT].count() + 1)


def _sides(
    company: Company, wanted: OrderFilter, order: Order
) -> tuple[QuerySet[Order], QuerySet[Order]] | None:
    """Orders before and after *order* in the list, each from the nearest on."""
    rows = orders_matching(company, wanted)
    if is_search(wanted):
        return rows.filter(pk__gt=order.pk).reverse(), rows.filter(pk__lt=order.pk)
    is_descending = wanted.sort.startswith("-")
    column = _COLUMNS[wanted.sort.lstrip("-")]
    value = getattr(order, column)
    if value is None:
        return None
    rows = rows.order_by()
    # The range beside the tie-break is what lets an index start at the right place.
    lower = rows.filter(Q(**{f"{column}__lt": value}) | Q(id__lt=order.pk), **{f"{column}__lte": value})
    higher = rows.filter(Q(**{f"{column}__gt": value}) | Q(id__gt=order.pk), **{f"{column}__gte": value})
    below = lower.order_by(f"-{column}", "-id")
    above = higher.order_by(column, "id")
    return (above, below) if is_descending else (below, above)


def order_of(company: Company, order_id: int) -> Order | None:
    """The order with this id, if it is the company's."""
    return Order.objects.for_company(company).select_related("shop").filter(pk=order_id).first()


def delivery_methods(company: Company, *, limit: int = 50) -> list[str]:
    """Names of delivery methods seen among the newest orders, for the filter's menu."""
    newest = Order.objects.for_company(company).order_by("-id").values_list("delivery_method", flat=True)
    return sorted({name for name in newest[:2_000] if name})[:limit]


def _in_tab(rows: QuerySet[Order], wanted: OrderFilter) -> QuerySet[Order]:
    match wanted.tab:
        case Tab.TO_ISSUE:
            return rows.filter(queue=Queue.TO_ISSUE)
        case Tab.ATTENTION:
            return rows.filter(queue=Queue.ATTENTION)
        case Tab.WAITING_PAYMENT:
            return rows.filter(queue=Queue.WAITING_PAYMENT)
        case Tab.CHANGED:
            return rows.filter(changed_after_issue=True)
        case Tab.ALL:
            # A status that is asked for by name is shown even where the list hides it.
            return rows if wanted.show_hidden or wanted.statuses or wanted.text else rows.filter(visible=True)


def _narrowed(rows: QuerySet[Order], wanted: OrderFilter) -> QuerySet[Order]:
    exact: dict[str, object] = {
        "shop_id": wanted.shop_id,
        "payment_state": wanted.payment or None,
        # "IN", for Django writes a truth value bare and SQLite finds no index by that.
        "wants_invoice__in": _alone(wanted.wants_invoice),
        "has_original__in": _alone(wanted.documented),
        "problem": wanted.problem or None,
        "delivery_method": wanted.delivery_method or None,
        "marketplace": wanted.marketplace or None,
        "currency": wanted.currency or None,
        "total__gte": wanted.total_from,
        "total__lte": wanted.total_to,
        "created_at__gte": _start(wanted.created_from),
        "created_at__lt": _end(wanted.created_to),
        "bought_at__gte": _start(wanted.bought_from),
        "bought_at__lt": _end(wanted.bought_to),
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if len(wanted.statuses) == 1:
        rows = rows.filter(status=wanted.statuses[0])
    elif wanted.statuses:
        rows = rows.filter(status__in=wanted.statuses)
    return rows.filter(pk__in=wanted.ids) if wanted.ids else rows


def _alone(value: bool | None) -> tuple[bool, ...] | None:  # noqa: FBT001 -- the value itself, no switch
    return None if value is None else (value,)


def _start(day: date | None) -> datetime | None:
    return start_of_warsaw_day(day) if day else None


def _end(day: date | None) -> datetime | None:
    return start_of_warsaw_day(day + timedelta(days=1)) if day else None


def _number_or_nip_starts(text: str) -> Q:
    """Orders whose number or NIP starts with *text*, by ranges that an index can answer."""
    if not text.isdecimal():
        return Q(pk__in=())
    first = int(text)
    found = Q(buyer_nip__gte=text, buyer_nip__lt=str(first + 1).zfill(len(text)))
    if first == 0:
        return found
    for zeros in range(LONGEST_NUMBER - len(text)):
        found |= Q(number__gte=first * 10**zeros, number__lt=(first + 1) * 10**zeros)
    return found
