"""The order list and its search at a million orders: in the view, and as a whole page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from bench.filling_sql import METHODS
from bench.measuring import Figure, median, tell, timed
from bench.pages import TIMES_WHOLE, Pages, Timing, slowest_of
from bench.targets import Database

_DAY: Final = "2026-11-20"
_TABS: Final = ("to_issue", "attention", "waiting_payment", "changed")
_SEARCHES: Final = {
    "rare number": "876543",
    "none": "zzqxv",
    "frequent": "kubek",
    "very frequent": "sku",
    "two words": "zolw doniczka",
    "folded": "Źdźbło",
    "two figures": "12",
}


def filters() -> dict[str, dict[str, str]]:
    """Every single filter of the bar, with the list's own sort."""
    from stragan.orders.states import OrderStatus, PaymentState, Problem
    from stragan.shops.models import Shop

    shops = Shop.objects.across_companies().order_by("id").values_list("id", flat=True)
    singles = [
        {"created_from": _DAY, "created_to": _DAY},
        {"created_from": "2026-11-01"},
        {"created_to": "2025-06-30"},
        {"bought_from": _DAY, "bought_to": _DAY},
        {"bought_from": "2025-03-01", "bought_to": "2025-03-31"},
        {"bought_to": "2025-06-30"},
        *({"status": status.value} for status in OrderStatus),
        *({"shop": str(pk)} for pk in shops),
        *({"payment": state.value} for state in PaymentState),
        {"invoice": "yes"},
        {"invoice": "no"},
        {"document": "yes"},
        {"document": "no"},
        *({"document": kind} for kind in ("invoice", "pro_forma", "correction")),
        {"product": "5"},
        {"bin": "1"},
        *({"problem": problem.value} for problem in list(Problem)[:2]),
        {"total_from": "1000"},
        {"total_from": "100", "total_to": "101"},
        {"total_to": "11"},
        *({"delivery": METHODS[place][0]} for place in (0, 4, 5)),
        {"market": "allegro-cz"},
        {"market": "allegro-hu"},
        {"currency": "CZK"},
        {"currency": "HUF"},
        {"currency": "PLN"},
        {"hidden": "1"},
    ]
    return {"&".join(f"{name}={value}" for name, value in query.items()): query for query in singles}


def measure(_database: Database) -> None:
    """Time each address, then tell the slowest of each kind."""
    pages = Pages()
    default = _timings(pages, {"default": {}})
    tabs = _timings(pages, {name: {"tab": name} for name in _TABS})
    narrowed = _timings(pages, filters())
    words = {"rare": _a_login(pages)} | _SEARCHES
    searches = _timings(pages, {name: {"q": text} for name, text in words.items()})
    _tell_slowest("list_default", default)
    _tell_slowest("list_tabs", tabs)
    _tell_slowest("list_filters", narrowed)
    everything = default | tabs | narrowed
    name, slowest = slowest_of({name: found.timing.whole for name, found in everything.items()})
    floor = everything[name].raw_ms
    tell(Figure(key="list_layout", value=slowest.p95, pace=slowest.pace, floor=floor, note=name))
    _tell_slowest("search", searches)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The timing of an address of the list, and the median of its raw SELECT in ms."""

    timing: Timing
    raw_ms: float


def _timings(pages: Pages, queries: Mapping[str, Mapping[str, str]]) -> dict[str, _Found]:
    found = {}
    for name, query in queries.items():
        timing = pages.timing(f"/orders/?{urlencode(query)}")
        raw = timed(_raw(pages, query), times=TIMES_WHOLE)
        found[name] = _Found(timing=timing, raw_ms=raw.p50)
    return found


def _tell_slowest(key: str, found: Mapping[str, _Found]) -> None:
    name, slowest = slowest_of({name: one.timing.view for name, one in found.items()})
    middle = median([one.timing.view.p50 for one in found.values()])
    tell(
        Figure(
            key=key,
            value=slowest.p95,
            pace=slowest.pace,
            floor=found[name].raw_ms,
            note="" if len(found) == 1 else f"{name}; median of all {middle:.0f} ms",
            details={
                name: one.timing.told | {"raw_select": round(one.raw_ms, 1)} for name, one in found.items()
            },
        )
    )


def _a_login(pages: Pages) -> str:
    """Give the login of an order in the middle."""
    from stragan.orders.models import Order

    return Order.objects.for_company(pages.membership.company).get(number=456_789).buyer_login


def _raw(pages: Pages, query: Mapping[str, str]) -> Callable[[], object]:
    """The page's own SELECT, sent as it is and fetched without a row object."""
    from django.db import connection
    from django.http import QueryDict

    from stragan.orders import queries
    from stragan.web.orders import filtering

    state = filtering.read(QueryDict(urlencode(query)))
    rows = queries.orders_matching(pages.membership.company, state.wanted)
    fields = queries.OrderRow._fields
    sql, params = rows.values_list(*fields)[: state.size].query.sql_with_params()

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()

    return work
