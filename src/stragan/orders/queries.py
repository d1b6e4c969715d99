"""What lists and pages ask about orders. Every answer is ordered down to the id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact

from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day
from stragan.kit.among import Among
from stragan.kit.by_itself import ByItself
from stragan.kit.compiled import Values, compiled, made_once
from stragan.kit.counting import (
    LIMIT,
    SEARCH_LIMIT,
    Counted,
    Statement,
    count_rows,
    counted,
    counting,
)
from stragan.kit.search import SHORTEST_TRIGRAM, containing
from stragan.orders import search_words
from stragan.orders.models import Order, OrderLine
from stragan.orders.problem_index import HasProblem
from stragan.orders.search_words import Scope
from stragan.orders.states import KIND_COLUMNS, Problem, Queue

COUNT_LIMIT: Final = LIMIT
PAGE_SIZES: Final = (50, 100, 200)
_BEFORE_ALL: Final = date(2000, 1, 1)
_AFTER_ALL: Final = date(9000, 1, 1)
MORE_FIGURES: Final = 3  # of the numbers found by their first one or two


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


_QUEUES: Final = {
    Tab.TO_ISSUE: Queue.TO_ISSUE,
    Tab.ATTENTION: Queue.ATTENTION,
    Tab.WAITING_PAYMENT: Queue.WAITING_PAYMENT,
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
    documents: str = ""  # "no", "yes" or a kind that the order has now
    product_id: int | None = None
    problem: str = ""
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    delivery_method: str = ""
    marketplace: str = ""
    currency: str = ""
    show_hidden: bool = False
    deleted: bool = False  # the bin, whatever the tab
    sort: Sort = Sort.CREATED_NEWEST
    ids: tuple[int, ...] = field(default=())

    @property
    def shows_all(self) -> bool:
        """Whether closed and cancelled orders are in the list: asked for, or found by a name."""
        return bool(self.show_hidden or self.statuses or self.text or self.product_id)

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list but its tab."""
        return self == OrderFilter(tab=self.tab, sort=self.sort)


class OrderRow(NamedTuple):
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
    fulfillment_status: str
    country: str
    delivery_cost: Decimal
    note: str
    delete_reason: str
    offer_id: str
    offer_name: str
    line_count: int
    has_message: bool


_ROW_FIELDS: Final = OrderRow._fields


def orders_matching(company: Company, wanted: OrderFilter) -> QuerySet[Order]:
    """Orders of *company* that the filter lets through, in the filter's order."""
    rows: QuerySet[Order] = Order.objects.for_company(company)
    rows = _in_tab(rows, wanted)
    rows = _narrowed(rows, wanted)
    asked = search_words.read(wanted.text)
    if asked.number is not None:
        rows = rows.filter(number=asked.number)
    elif asked.text and len(asked.text) < SHORTEST_TRIGRAM:
        numbers = _numbers_starting(asked.text) or [0]
        # Without the bounds PostgreSQL walks all numbers from the highest down, looking for the few.
        rows = rows.filter(number__gte=numbers[0], number__lte=numbers[-1], number__in=numbers)
        rows = rows.order_by("-number")
    elif asked.text:
        rows = containing(rows, asked.text)
        if asked.scope is Scope.OFFER and asked.text.isdecimal():
            of_offer = OrderLine.objects.across_companies().filter(order=OuterRef("pk"), offer_id=asked.text)
            rows = rows.filter(Exists(of_offer))
    if wanted.product_id is not None:
        return selling(rows, wanted.product_id, ordered=not is_search(replace(wanted, product_id=None)))
    if is_search(wanted):
        return rows
    direction = "-" if wanted.sort.startswith("-") else ""
    column = _COLUMNS[wanted.sort.lstrip("-")]
    return rows.order_by(f"{direction}{column}", f"{direction}id")


def is_search(wanted: OrderFilter) -> bool:
    """Whether an index of words, numbers or products answers: newest first, whatever sort was asked for."""
    asked = search_words.read(wanted.text)
    return wanted.product_id is not None or (asked.number is None and bool(asked.text))


def selling(rows: QuerySet[Order], product_id: int, *, ordered: bool = True) -> QuerySet[Order]:
    """Orders with a line of the product, read from the product's index: newest id first."""
    lines = OrderLine._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
    return rows.extra(  # noqa: S610 -- our own names, the value is a parameter
        tables=[lines],
        where=[
            f"{lines}.order_id = {rows.model._meta.db_table}.id AND {lines}.product_id = %s",  # noqa: SLF001 -- same
            # An order with two such lines comes once.
            f"NOT EXISTS (SELECT 1 FROM {lines} twin WHERE twin.product_id = {lines}.product_id"  # noqa: S608 -- our own names only
            f" AND twin.order_id = {lines}.order_id AND twin.id < {lines}.id)",
        ],
        params=[product_id],
        order_by=[f"-{lines}.order_id"] if ordered else None,
    )


def page_of_orders(company: Company, wanted: OrderFilter, *, offset: int, limit: int) -> list[OrderRow]:
    """One page of the list: a single statement, *limit* rows from *offset* on."""
    asked = (company, wanted, offset, limit)
    # What somebody typed is seldom asked for twice.
    statement = compiled(_page(*asked)) if wanted.text else _kept_page(*asked)
    return [OrderRow._make(row) for row in statement.rows()]


def _page(company: Company, wanted: OrderFilter, offset: int, limit: int) -> Values:
    return orders_matching(company, wanted).values_list(*_ROW_FIELDS)[offset : offset + limit]


_kept_page: Final = made_once(_page)


def rows_of_orders(company: Company, order_ids: Sequence[int]) -> list[OrderRow]:
    """Rows of these orders of the company, in the order of *order_ids*."""
    rows = Order.objects.for_company(company).filter(pk__in=order_ids).order_by("id")
    found = {row.id: row for row in map(OrderRow._make, rows.values_list(*_ROW_FIELDS))}
    return [found[pk] for pk in order_ids if pk in found]


def exceeds(company: Company, wanted: OrderFilter, *, limit: int) -> bool:
    """Whether more than *limit* orders match."""
    return bool(orders_matching(company, wanted).values_list("id", flat=True)[limit : limit + 1])


def count_orders(company: Company, wanted: OrderFilter) -> Counted:
    """How many orders match, exact up to ``COUNT_LIMIT``, of a search up to ``SEARCH_LIMIT``."""
    limit = SEARCH_LIMIT if is_search(wanted) else COUNT_LIMIT
    return count_rows(_to_count(company, wanted), limit=limit)


def _to_count(company: Company, wanted: OrderFilter) -> QuerySet[Order]:
    """Matching orders in the order in which they are counted quickest.

    By the order of a search or of a partial index SQLite finds it, and does not read all of the company.
    """
    if wanted.problem:
        # Another sort would be read by another index; the problem's own is the smallest.
        wanted = replace(wanted, sort=Sort.CREATED_NEWEST)
    rows = orders_matching(company, wanted)
    has_own_index = wanted.is_plain or wanted.deleted or wanted.documents in KIND_COLUMNS
    return rows if is_search(wanted) or has_own_index or wanted.tab is Tab.CHANGED else rows.order_by()


def lines_of_orders(company: Company, order_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """SKU and name of the product of each line, by order, in the order of the lines."""
    rows = OrderLine.objects.for_company(company).filter(Among("order_id", order_ids))
    found: dict[int, list[tuple[str, str]]] = {}
    values = rows.order_by("order_id", "position").values_list("order_id", "sku", "product__name")
    for order_id, sku, product in values:
        found.setdefault(order_id, []).append((sku, product or ""))
    return found


def count_tabs(company: Company, tabs: Iterable[Tab] = Tab) -> dict[Tab, Counted]:
    """The numbers beside *tabs*, in one statement."""
    asked = tuple(tabs)
    return dict(zip(asked, counted(_counts_of_tabs(company, asked)), strict=True))


def count_problems(company: Company) -> dict[str, Counted]:
    """Waiting orders by each of their problems, as the list filtered by it counts them; in one statement.

    An order with several problems is counted with each: whoever follows a number finds as many orders.
    """
    found = counted(_counts_of_problems(company))
    return {problem.value: count for problem, count in zip(Problem, found, strict=True) if count}


@lru_cache(maxsize=1_000)
def _counts_of_tabs(company: Company, tabs: tuple[Tab, ...]) -> Statement:
    return _counts_of(company, [OrderFilter(tab=tab) for tab in tabs])


@lru_cache(maxsize=1_000)
def _counts_of_problems(company: Company) -> Statement:
    return _counts_of(company, [OrderFilter(tab=Tab.ATTENTION, problem=problem.value) for problem in Problem])


def _counts_of(company: Company, filters: Iterable[OrderFilter]) -> Statement:
    return counting(_to_count(company, wanted) for wanted in filters)


def ids_matching(company: Company, wanted: OrderFilter, *, limit: int) -> list[int]:
    """Ids of matching orders, at most *limit*, in the list's order: the frozen set of "select all"."""
    return list(orders_matching(company, wanted).values_list("id", flat=True)[:limit])


def neighbors(company: Company, wanted: OrderFilter, order: Order) -> tuple[int | None, int | None]:
    """Ids of the orders before and after *order* in the list as filtered, None at its ends."""
    sides = _sides(company, wanted, order)
    if sides is None:
        return None, None
    before, after = (side.values_list("id", flat=True).first() for side in sides)
    return before, after


def rank_of(company: Company, wanted: OrderFilter, order: Order) -> Counted | None:
    """The place of *order* in the list as filtered, from 1; None where its column is empty."""
    sides = _sides(company, wanted, order)
    if sides is None:
        return None
    limit = SEARCH_LIMIT if is_search(wanted) else COUNT_LIMIT
    before = sides[0] if is_search(wanted) else sides[0].order_by()
    return Counted(before.values("pk")[:limit].count() + 1, limit=limit)


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
    return Order.objects.for_company(company).select_related("shop", "deleted_by").filter(pk=order_id).first()


def delivery_methods(company: Company, *, limit: int = 50) -> list[str]:
    """Names of delivery methods seen among the newest orders, for the filter's menu."""
    newest = Order.objects.for_company(company).order_by("-id").values_list("delivery_method", flat=True)
    return sorted({name for name in newest[:2_000] if name})[:limit]


def _in_tab(rows: QuerySet[Order], wanted: OrderFilter) -> QuerySet[Order]:
    if wanted.problem:
        rows = rows.filter(HasProblem(wanted.problem))
    if wanted.deleted:
        return rows.filter(deleted_at__isnull=False)
    is_alone = bool(wanted.problem) and not is_search(wanted)
    if is_alone and (wanted.tab in _QUEUES or wanted.sort.lstrip("-") == "created"):
        return _in_tab_by_problem(rows.filter(deleted_at__isnull=True), wanted)
    match wanted.tab:
        case Tab.TO_ISSUE | Tab.ATTENTION | Tab.WAITING_PAYMENT:
            return rows.filter(queue=_QUEUES[wanted.tab])
        case Tab.CHANGED:
            return rows.filter(changed_after_issue=True, deleted_at__isnull=True)
        case Tab.ALL:
            # What is asked for by name is shown even where the list hides it.
            return rows.filter(deleted_at__isnull=True) if wanted.shows_all else rows.filter(visible=True)


def _in_tab_by_problem(rows: QuerySet[Order], wanted: OrderFilter) -> QuerySet[Order]:
    """As ``_in_tab``, read from the problem's own index; other sorts of all orders have better ones."""
    if wanted.tab in _QUEUES:
        return rows.filter(Exact(ByItself("queue"), _QUEUES[wanted.tab]))
    if wanted.tab is Tab.CHANGED:
        return rows.filter(changed_after_issue=True)
    return rows if wanted.shows_all else rows.filter(ByItself("visible", output_field=BooleanField()))


def _narrowed(rows: QuerySet[Order], wanted: OrderFilter) -> QuerySet[Order]:
    exact: dict[str, object] = {
        "shop_id": wanted.shop_id,
        "payment_state": wanted.payment or None,
        # "IN", for Django writes a truth value bare and SQLite finds no index by that.
        "wants_invoice__in": _alone(wanted.wants_invoice),
        "delivery_method": wanted.delivery_method or None,
        "marketplace": wanted.marketplace or None,
        "currency": wanted.currency or None,
        "total__gte": wanted.total_from,
        "total__lte": wanted.total_to,
        **_created(wanted),
        "bought_at__gte": _start(wanted.bought_from),
        "bought_at__lt": _end(wanted.bought_to),
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.documents in KIND_COLUMNS:
        rows = rows.filter(**{KIND_COLUMNS[wanted.documents]: True})
    elif wanted.documents:
        rows = rows.filter(has_document__in=(wanted.documents == "yes",))
    if len(wanted.statuses) == 1:
        rows = rows.filter(status=wanted.statuses[0])
    elif wanted.statuses:
        rows = rows.filter(status__in=wanted.statuses)
    return rows.filter(pk__in=wanted.ids) if wanted.ids else rows


def _alone(value: bool | None) -> tuple[bool, ...] | None:  # noqa: FBT001 -- the value itself, no switch
    return None if value is None else (value,)


def _created(wanted: OrderFilter) -> dict[str, object]:
    """Both ends even where one is open: with one alone SQLite takes an index that lacks what hides orders."""
    if wanted.created_from is None and wanted.created_to is None:
        return {}
    return {
        "created_at__gte": _start(wanted.created_from or _BEFORE_ALL),
        "created_at__lt": _end(wanted.created_to or _AFTER_ALL),
    }


def _start(day: date | None) -> datetime | None:
    return start_of_warsaw_day(day) if day else None


def _end(day: date | None) -> datetime | None:
    return start_of_warsaw_day(day + timedelta(days=1)) if day else None


def _numbers_starting(text: str) -> list[int]:
    """Numbers of orders that start with one or two figures and have three more at most.

    For 12 that is 12, 120 to 129, 1,200 to 1,299 and 12,000 to 12,999. Longer ones would be a large part
    of all orders; who means one of those types a third figure.
    """
    if not (text.isascii() and text.isdecimal()) or text.startswith("0"):
        return []
    first = int(text)
    lengths = range(MORE_FIGURES + 1)
    return [first * 10**more + rest for more in lengths for rest in range(10**more)]
