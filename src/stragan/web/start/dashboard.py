"""What START shows: how far the set-up is, what was sold, what waits, what ran."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.core.cache import cache
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day, warsaw_date
from stragan.documents.models import Document
from stragan.orders.sales import NOTHING, Sales, sales_between, sales_by_day, sales_by_day_and_shop
from stragan.shops.models import Shop, ShopState
from stragan.web.shell import frame, show

DAYS: Final = 30
_DAY: Final = timedelta(days=1)
PAST_KEPT_S: Final = 300  # days that are over hardly change; today is always counted anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the set-up with the page that does it."""

    name: str | Promise
    hint: str | Promise
    url: str
    deed: str | Promise
    is_done: bool
    is_for_all: bool = False  # not only the owner may do it


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A line of the table beside the chart, in words."""

    day: str
    orders: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The day so far and the day before."""

    today: Sales
    yesterday: Sales
    yesterday_by_now: Sales

    @property
    def change_percent(self) -> int | None:
        """How many percent more orders than yesterday by this time; None without any to compare."""
        before = self.yesterday_by_now.orders
        return None if not before else round(100 * (self.today.orders - before) / before)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLine:
    """A shop: how fresh, and what it sold today."""

    id: int
    name: str
    color: str
    word: str
    orders: str
    amount: Decimal


def steps(company: Company, shops: Sequence[Shop]) -> tuple[Step, ...]:
    """The set-up, each step done or not, in the order it is done."""
    orders_url = reverse("orders:list")
    return (
        Step(
            name=_("Company"),
            hint=_("name, NIP, VAT, books"),
            url=reverse("settings:company"),
            deed=_("Fill in"),
            is_done=bool(company.street and company.postal_code and company.city),
        ),
        Step(
            name=_("Allegro shop"),
            hint=_("consent on Allegro’s page, no password"),
            url=reverse("settings:shop_add"),
            deed=_("Add a shop"),
            is_done=bool(shops),
        ),
        Step(
            name=_("First fetch"),
            hint=_("begins by itself as soon as a shop is connected"),
            url=orders_url,
            deed=_("See the orders"),
            is_done=any(shop.synced_at for shop in shops),
            is_for_all=True,
        ),
        Step(
            name=_("First document"),
            hint=_("choose an order, look at the preview, issue"),
            url=orders_url,
            deed=_("Choose an order"),
            is_done=Document.objects.for_company(company).exists(),
            is_for_all=True,
        ),
    )


def figures(company: Company, days: Mapping[date, Sales], *, now: datetime) -> Figures:
    """Today so far, yesterday, and yesterday up to this time of day; *days* are those of ``month``."""
    today = warsaw_date(now)
    yesterday = start_of_warsaw_day(today - _DAY)
    since_midnight = now - start_of_warsaw_day(today)
    return Figures(
        today=days[today],
        yesterday=days[today - _DAY],
        yesterday_by_now=sales_between(company, since=yesterday, until=yesterday + since_midnight),
    )


def month(company: Company, *, now: datetime) -> tuple[dict[date, Sales], dict[int, Sales]]:
    """The last 30 days, oldest first, and today by shop.

    Days before yesterday are remembered for a few minutes.
    """
    today = warsaw_date(now)
    first = today - _DAY * (DAYS - 1)
    key = f"start:{company.pk}:{today.isoformat()}"
    past: dict[date, Sales] | None = cache.get(key)
    if past is None:
        past = sales_by_day(company, first=first, last=today - _DAY * 2)
        cache.set(key, past, PAST_KEPT_S)
    latest = sales_by_day_and_shop(company, first=today - _DAY, last=today)
    return past | {day: sum(sold.values(), start=Sales()) for day, sold in latest.items()}, latest[today]


def day_rows(days: Mapping[date, Sales]) -> list[DayRow]:
    """The table beside the chart, newest day first."""
    return [
        DayRow(day=show.day(day), orders=show.number(days[day].orders), amount=show.money(days[day].amount))
        for day in sorted(days, reverse=True)
    ]


def shop_lines(shops: Sequence[Shop], sold: Mapping[int, Sales], *, real: datetime) -> list[ShopLine]:
    """Each shop with its freshness and what it *sold* today."""
    lines = []
    for shop in shops:
        color, word = frame.freshness(state=shop.state, synced_at=shop.synced_at, now=real)
        sales = sold.get(shop.pk, Sales(amount=NOTHING))
        is_fresh = shop.state == ShopState.CONNECTED and shop.synced_at is not None
        lines.append(
            ShopLine(
                id=shop.pk,
                name=shop.name,
                color=color,
                word=_("%(age)s ago") % {"age": word} if is_fresh else word,
                orders=ngettext("%(n)s order today", "%(n)s orders today", sales.orders)
                % {"n": show.number(sales.orders)},
                amount=sales.amount,
            )
        )
    return lines
