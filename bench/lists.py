"""The order list and its search at a million orders: in the view, and as a whole page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.filling_sql import METHODS
from bench.measuring import Figure, median, p95, say, tell, timed_ms
from bench.places import EMAIL
from bench.targets import Database
from stragan.cli.main import set_up_django
from stragan.cli.web import clear_away

TIMES: Final = 20
TIMES_WHOLE: Final = 10
ROUNDS: Final = 2
ENOUGH_MS: Final = 30.0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One address of the list: median and p95 in the view and of the whole page, and its raw SELECT."""

    view_ms: float
    view_p95_ms: float
    whole_p95_ms: float
    raw_ms: float

    @property
    def told(self) -> dict[str, float]:
        """Rounded, for the report."""
        return {
            "view_p50": round(self.view_ms, 1),
            "view_p95": round(self.view_p95_ms, 1),
            "whole_p95": round(self.whole_p95_ms, 1),
            "raw_select": round(self.raw_ms, 1),
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
    set_up_django()
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.management import call_command

    if not staticfiles_storage.exists("staticfiles.json"):
        call_command("collectstatic", interactive=False, verbosity=0)
    pages = _Pages()
    default = {"default": pages.timing({})}
    tabs = {name: pages.timing({"tab": name}) for name in _TABS}
    narrowed = {name: pages.timing(query) for name, query in filters().items()}
    searches = {"rare": pages.timing({"q": pages.a_login()})}
    searches |= {name: pages.timing({"q": text}) for name, text in _SEARCHES.items()}
    _tell_slowest("list_default", default)
    _tell_slowest("list_tabs", tabs)
    _tell_slowest("list_filters", narrowed)
    everything = default | tabs | narrowed
    name, slowest = max(everything.items(), key=lambda pair: pair[1].whole_p95_ms)
    tell(Figure(key="list_layout", value=slowest.whole_p95_ms, floor=slowest.raw_ms, note=name))
    _tell_slowest("search", searches)


def _tell_slowest(key: str, timings: Mapping[str, Timing]) -> None:
    name, slowest = max(timings.items(), key=lambda pair: pair[1].view_p95_ms)
    middle = median([timing.view_ms for timing in timings.values()])
    tell(
        Figure(
            key=key,
            value=slowest.view_p95_ms,
            floor=slowest.raw_ms,
            note="" if len(timings) == 1 else f"{name}; median of all {middle:.0f} ms",
            details={name: timing.told for name, timing in timings.items()},
        )
    )


class _Pages:
    """The list's view called as the frame calls it, and the whole page through all middleware."""

    def __init__(self) -> None:
        from django.test import Client, RequestFactory

        from stragan.companies.models import Membership, User

        self.user = User.objects.get(email=EMAIL)
        self.membership = Membership.objects.across_companies().select_related("company").get(user=self.user)
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(self.user)
        self.factory = RequestFactory(headers={"HX-Request": "true", "host": "127.0.0.1"})

    def a_login(self) -> str:
        """Give the login of an order in the middle."""
        from stragan.orders.models import Order

        return Order.objects.for_company(self.membership.company).get(number=456_789).buyer_login

    def timing(self, query: Mapping[str, str], *, enough_ms: float = ENOUGH_MS) -> Timing:
        """Time one address; again where it looks slow, since other programs may have had the cores."""
        rounds = [self._timing(query)]
        while rounds[-1].view_p95_ms > enough_ms and len(rounds) < ROUNDS:
            rounds.append(self._timing(query))
        found = Timing(
            view_ms=min(one.view_ms for one in rounds),
            view_p95_ms=min(one.view_p95_ms for one in rounds),
            whole_p95_ms=min(one.whole_p95_ms for one in rounds),
            raw_ms=min(one.raw_ms for one in rounds),
        )
        say(f"{dict(query)}: {found.told} of {len(rounds)}")
        return found

    def _timing(self, query: Mapping[str, str]) -> Timing:
        view = timed_ms(self._view(query), times=TIMES, warm_up=3, between=clear_away)
        whole = timed_ms(self._whole(query), times=TIMES_WHOLE, warm_up=1, between=clear_away)
        raw = timed_ms(self._raw(query), times=TIMES_WHOLE)
        return Timing(
            view_ms=median(view), view_p95_ms=p95(view), whole_p95_ms=p95(whole), raw_ms=median(raw)
        )

    def _view(self, query: Mapping[str, str]) -> Callable[[], object]:
        from stragan.web.orders.list_views import order_list

        def work() -> None:
            request: Any = self.factory.get("/orders/", query)
            request.user, request.membership = self.user, self.membership
            request.company, request.session = self.membership.company, {}
            assert order_list(request).status_code == 200, query

        return work

    def _whole(self, query: Mapping[str, str]) -> Callable[[], object]:
        from django.urls import reverse

        address = reverse("orders:list")

        def work() -> None:
            answer = self.client.get(address, query)
            assert answer.status_code == 200, (answer.status_code, query)

        return work

    def _raw(self, query: Mapping[str, str]) -> Callable[[], object]:
        """The page's own SELECT, sent as it is and fetched without a row object."""
        from django.db import connection
        from django.http import QueryDict
        from django.utils.http import urlencode

        from stragan.orders import queries
        from stragan.web.orders import filtering

        state = filtering.read(QueryDict(urlencode(query)))
        rows = queries.orders_matching(self.membership.company, state.wanted)
        fields = queries.OrderRow._fields
        sql, params = rows.values_list(*fields)[: state.size].query.sql_with_params()

        def work() -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                cursor.fetchall()

        return work
