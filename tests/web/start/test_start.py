"""START: a set-up that ticks itself off, then the day in figures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from builders.checks import a_check
from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, stored
from stragan.orders.models import Order
from stragan.orders.sales import Sales, sales_between, sales_by_day, waiting_for_documents
from stragan.shops.models import SyncRun
from stragan.web.start.chart import chart_of, step_for

TODAY = date(2026, 11, 23)
ONE = Decimal("54.99")


@pytest.fixture(autouse=True)
def _business_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())
    cache.clear()


@pytest.fixture
def owner(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


def bought(shop: Any, *moments: datetime) -> list[Any]:
    """One order of 54.99 for each moment."""
    orders = stored(shop, [a_numbered_form(number) for number in range(1, len(moments) + 1)], now=NOW)
    for order, moment in zip(orders, moments, strict=True):
        Order.objects.for_company(shop.company).filter(pk=order.pk).update(bought_at=moment, total=ONE)
    return orders


@pytest.mark.django_db
def test_a_new_company_is_led_step_by_step_with_one_button(owner: Client) -> None:
    page = owner.get(reverse("start")).content.decode()
    assert page.count("btn-primary") == 1
    assert reverse("settings:shop_add") in page
    assert "1 z 4" in page


@pytest.mark.django_db
def test_the_set_up_ticks_itself_off(owner: Client, company: Any) -> None:
    a_shop(company, synced_at=NOW)
    assert "3 z 4" in owner.get(reverse("start")).content.decode()


@pytest.mark.django_db
def test_the_day_is_told_in_orders_and_amounts(owner: Client, company: Any) -> None:
    shop = a_shop(company, synced_at=NOW)
    yesterday = NOW - timedelta(days=1)
    bought(
        shop, NOW - timedelta(hours=1), NOW - timedelta(hours=2), yesterday, yesterday - timedelta(hours=3)
    )
    page = owner.get(reverse("start")).content.decode().replace("\xa0", " ")
    assert "109,98 zł" in page
    assert "2 zamówienia dziś" in page
    assert "wczoraj cały dzień 109,98 zł" in page


@pytest.mark.django_db
def test_days_are_days_of_warsaw(company: Any) -> None:
    shop = a_shop(company)
    # 23:30 UTC is half past midnight of the next day in winter.
    bought(shop, datetime(2026, 11, 20, 22, 30, tzinfo=UTC), datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    Order.objects.for_company(company).update(created_at=NOW)
    found = sales_by_day(company, first=date(2026, 11, 19), last=TODAY)
    assert found[date(2026, 11, 20)] == Sales(orders=1, amount=ONE)
    assert found[date(2026, 11, 21)] == Sales(orders=1, amount=ONE)
    assert found[date(2026, 11, 19)] == Sales()
    assert len(found) == 5


@pytest.mark.django_db
def test_cancelled_orders_are_not_sales_and_other_currencies_are_counted_apart(company: Any) -> None:
    shop = a_shop(company)
    first, second, third = bought(shop, NOW, NOW, NOW)
    orders = Order.objects.for_company(company)
    orders.filter(pk=first.pk).update(status="cancelled")
    orders.filter(pk=second.pk).update(currency="EUR")
    orders.filter(pk=third.pk).update(status="closed", visible=False)
    sold = sales_between(company, since=NOW - timedelta(hours=1), until=NOW + timedelta(hours=1))
    assert sold == Sales(orders=2, amount=ONE, foreign=1)


@pytest.mark.django_db
def test_what_waits_for_a_document_is_added_up_by_currency(company: Any) -> None:
    assert waiting_for_documents(company) == Sales()
    first, second, *_ = bought(a_shop(company), NOW, NOW, NOW, NOW)
    orders = Order.objects.for_company(company)
    orders.update(queue="to_issue")
    orders.filter(pk=first.pk).update(queue="done")
    orders.filter(pk=second.pk).update(currency="EUR")
    assert waiting_for_documents(company) == Sales(orders=3, amount=2 * ONE, foreign=1)
    orders.update(currency="EUR")
    assert waiting_for_documents(company) == Sales(orders=3, foreign=3)


@pytest.mark.django_db
def test_it_says_how_the_last_check_against_allegro_ended(owner: Client, company: Any) -> None:
    shop = a_shop(company, synced_at=NOW)
    assert "jeszcze nie sprawdzono" in owner.get(reverse("start")).content.decode()
    run = a_check(shop, orders=4812, gaps=2, complete=False)
    page = owner.get(reverse("start")).content.decode().replace("\xa0", " ")
    assert "2 różnice" in page
    assert "4 812 zamówień · 01.11.2026 – 30.11.2026" in page
    run.complete, run.gaps = True, 0
    run.save()
    assert "wszystko się zgadza" in owner.get(reverse("start")).content.decode()


@pytest.mark.django_db
def test_the_last_fetch_with_news_is_told_however_many_found_nothing(owner: Client, company: Any) -> None:
    shop = a_shop(company, synced_at=NOW)
    rows = SyncRun.objects.for_company(company)
    common = {"company": company, "shop": shop, "trigger": "background", "state": "done"}
    times = {"started_at": NOW, "heartbeat_at": NOW, "finished_at": NOW}
    rows.create(**common, **times, new=7)
    rows.bulk_create([SyncRun(**common, **times) for _ in range(40)])
    assert "7 nowych, 0 zmienionych" in owner.get(reverse("start")).content.decode()


@pytest.mark.django_db
def test_another_companys_sales_are_not_told(owner: Client, company: Any) -> None:
    a_shop(company, synced_at=NOW)
    other = a_company(nip="5252248481", name="Inna S.A.")
    bought(a_shop(other, name="Cudzy sklep"), NOW - timedelta(hours=1))
    page = owner.get(reverse("start")).content.decode()
    assert "Cudzy sklep" not in page
    assert "54,99" not in page


@pytest.mark.django_db
def test_the_page_asks_the_database_a_bounded_number_of_times(
    owner: Client, company: Any, django_assert_max_num_queries: Any
) -> None:
    bought(a_shop(company, synced_at=NOW), *[NOW] * 5)
    with django_assert_max_num_queries(45):
        owner.get(reverse("start"))


@pytest.mark.parametrize(
    ("highest", "step"),
    [("0", 1), ("4", 1), ("5", 2), ("5325.37", 2000), ("40000", 10000), ("40000.01", 20000)],
)
def test_lines_of_the_chart_stand_at_round_values(highest: str, step: int) -> None:
    assert step_for(Decimal(highest)) == step


def test_a_chart_has_a_bar_for_each_day_and_marks_today() -> None:
    days = [(TODAY - timedelta(days=back), Decimal(back)) for back in range(29, -1, -1)]
    chart = chart_of(days, today=TODAY)
    assert len(chart.bars) == 30
    assert [bar.css for bar in chart.bars[-3:]] == ["bar bar--weekend", "bar bar--weekend", "bar bar--today"]
    assert all(float(bar.height) >= 0 for bar in chart.bars)
