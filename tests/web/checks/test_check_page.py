"""The page of the check before issuing: started, watched, read, and put right."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.checks import a_check
from builders.companies import NOW, a_shop
from stragan.kit.models import Job
from stragan.orders.models import Order, ReconcileFinding, ReconcileRun
from stragan.shops.models import PendingForm

pytestmark = pytest.mark.django_db(transaction=True)

PERIOD = {"from": "2026-11-01", "to": "2026-11-23"}


def words(response: Any) -> str:
    html = re.sub(r"<(script|style|svg).*?</\\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


@pytest.mark.usefixtures("shop")
def test_the_first_visit_says_what_a_check_is(signed_in: Callable[..., Client]) -> None:
    page = words(signed_in().get(reverse("checks:latest")))
    assert "Upewnij się, że niczego nie brakuje" in page
    english = signed_in("clerk", language="en").get(reverse("checks:latest"))
    assert "Make sure that nothing is missing" in words(english)


def test_a_check_is_asked_for_and_its_progress_watched(shop: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in("clerk")
    response = client.post(reverse("checks:start"), {**PERIOD, "shop": shop.pk})
    run = ReconcileRun.objects.for_company(shop.company).get()
    assert response.headers["Location"] == reverse("checks:run", args=[run.pk])
    assert Job.objects.get(name="orders.reconcile").arguments == {"run_id": run.pk}
    assert run.shop == shop
    assert run.started_by is not None
    assert run.started_by.email == "clerk@example.com"
    page = client.get(reverse("checks:run", args=[run.pk]))
    assert reverse("checks:progress", args=[run.pk]) in page.content.decode()
    assert "Czeka na swoją kolej" in words(page)
    ReconcileRun.objects.for_company(shop.company).update(
        state="running", read=120, to_do=400, stage=shop.name, heartbeat_at=datetime.now(tz=UTC)
    )
    part = client.get(reverse("checks:progress", args=[run.pk]), headers={"HX-Request": "true"})
    assert "120 z 400 zamówień odczytanych z Allegro" in words(part)
    ReconcileRun.objects.for_company(shop.company).update(heartbeat_at=NOW)
    assert "przerwane" in words(client.get(reverse("checks:progress", args=[run.pk])))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"from": "", "to": ""}, "Wybierz pierwszy i ostatni dzień"),
        ({"from": "2026-11-20", "to": "2026-11-01"}, "Wybierz okres najwyżej 400 dni"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_period_that_makes_no_sense_is_refused(
    signed_in: Callable[..., Client], days: dict[str, str], said: str
) -> None:
    page = signed_in().post(reverse("checks:start"), days, follow=True)
    assert said in words(page)
    assert not Job.objects.exists()


def test_a_shop_of_another_company_is_not_there(stranger: Client, shop: Any) -> None:
    assert stranger.post(reverse("checks:start"), {**PERIOD, "shop": shop.pk}).status_code == 404


def test_each_difference_stands_with_its_cause_and_deed(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    run = a_check(shop, order, finding_of="5f1a0099-aaaa-11f1-9000-000000000099")
    response = signed_in().get(reverse("checks:latest"))
    page = words(response)
    assert "2 niewyjaśnione różnice" in page
    assert "Niekompletne" in page
    assert "To zamówienie jest na Allegro, a nie ma go w Straganie." in page
    assert (
        "Według Allegro zapłacono 0,00 PLN, a tutaj zapisano 54,99. Po pobraniu zmieniło się na Allegro."
        in page
    )
    html = response.content.decode()
    assert reverse("orders:detail", args=[order.pk]) in html
    assert "salescenter.allegro.com/orders/5f1a0099" in html
    assert html.count('name="finding"') == 2
    viewer = signed_in("viewer").get(reverse("checks:run", args=[run.pk])).content.decode()
    assert 'name="finding"' not in viewer
    assert reverse("checks:start") not in viewer


def test_a_complete_check_leads_to_issuing(shop: Any, signed_in: Callable[..., Client]) -> None:
    a_check(shop)
    page = words(signed_in().get(reverse("checks:latest")))
    assert "Nic się nie różni. Wszystkie 3 zamówienia z tego okresu na Allegro są tutaj" in page
    assert "164,97 zł" in page


def test_explained_differences_have_a_tab_of_their_own(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    run = a_check(shop, order)
    common = {"company": shop.company, "run": run, "shop": shop, "explained": True}
    ReconcileFinding.objects.for_company(shop.company).create(
        **common, difference="order_extra", cause="merged", facts={"number": 7, "successor": 9}
    )
    client = signed_in()
    url = reverse("checks:run", args=[run.pk])
    assert "są teraz w zamówieniu 9" not in words(client.get(url))
    assert "są teraz w zamówieniu 9" in words(client.get(url, {"tab": "explained"}))


def test_shops_that_were_not_asked_lead_to_their_settings(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    other = a_shop(shop.company, name="Outlet", seller_id="7002")
    run = a_check(shop, gaps=2, complete=False)
    rows = ReconcileFinding.objects.for_company(shop.company)
    common = {"company": shop.company, "run": run, "difference": "shop_not_asked"}
    rows.create(**common, shop=shop, cause="reconnect")
    rows.create(**common, shop=other, cause="no_answer", facts={"code": "allegro_unavailable"})
    response = signed_in().get(reverse("checks:latest"))
    assert "Sklep trzeba połączyć ponownie." in words(response)
    assert "Allegro teraz nie odpowiada" in words(response)
    for one in (shop, other):
        assert reverse("settings:shop", args=[one.pk]) in response.content.decode()


def test_one_order_or_all_are_fetched_once_more(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    run = a_check(shop, order, finding_of="5f1a0099-aaaa-11f1-9000-000000000099")
    one = ReconcileFinding.objects.for_company(shop.company).get(order=order)
    client, url = signed_in("clerk"), reverse("checks:fetch", args=[run.pk])
    assert "1 zamówienie zostanie za chwilę pobrane" in words(
        client.post(url, {"finding": one.pk}, follow=True)
    )
    assert [row.form_id for row in PendingForm.objects.all()] == [order.allegro_id]
    assert "2 zamówienia zostaną za chwilę pobrane" in words(client.post(url, follow=True))
    assert PendingForm.objects.count() == 2
    assert Job.objects.get(name="shops.sync").company_id == shop.company_id
    assert "Tej różnicy już nie ma" in words(client.post(url, {"finding": "x"}, follow=True))
    shop.state = "reconnect"
    shop.save()
    assert "nie jest połączony" in words(client.post(url, follow=True))


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_result_can_be_taken_away(
    shop: Any, order: Any, signed_in: Callable[..., Client], file_format: str
) -> None:
    run = a_check(shop, order, finding_of="x-1")
    response: Any = signed_in().get(reverse("checks:export", args=[run.pk]), {"format": file_format})
    assert response.status_code == 200
    assert file_format in response.headers["Content-Disposition"]
    if file_format == "csv":
        text = b"".join(response.streaming_content).decode()
        assert "Inna wpłata;54,99;0,00;PLN" in text
    assert (
        signed_in("viewer").get(reverse("checks:export", args=[run.pk]), {"format": "pdf"}).status_code == 404
    )


def test_an_incomplete_check_needs_attention(shop: Any, order: Any, signed_in: Callable[..., Client]) -> None:
    run = a_check(shop, order)
    client = signed_in()
    page = client.get(reverse("attention:list"))
    assert "1 niewyjaśniona różnica" in words(page)
    assert reverse("checks:run", args=[run.pk]) in page.content.decode()
    assert reverse("checks:latest") in client.get(reverse("orders:list")).content.decode()
    a_check(shop)
    assert "niewyjaśniona" not in words(client.get(reverse("attention:list")))


def test_an_order_that_differs_bears_a_badge_until_it_changed(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    run = a_check(shop, order)
    client = signed_in()
    listing, detail = reverse("orders:list"), reverse("orders:detail", args=[order.pk])
    assert "Różni się od Allegro" in words(client.get(listing))
    page = client.get(detail)
    assert "Różni się od Allegro. Według Allegro zapłacono 0,00 PLN" in words(page)
    assert reverse("checks:run", args=[run.pk]) in page.content.decode()
    Order.objects.for_company(shop.company).update(revision_count=2)
    assert "Różni się od Allegro" not in words(client.get(listing))
    assert "Różni się od Allegro" not in words(client.get(detail))


def test_the_page_needs_few_statements(
    shop: Any, order: Any, signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    run = a_check(shop, order)
    rows = ReconcileFinding.objects.for_company(shop.company)
    for number in range(60):
        rows.create(
            company=shop.company,
            run=run,
            shop=shop,
            order=order,
            allegro_id=str(number),
            difference="underpaid",
        )
    assert Order.objects.for_company(shop.company).count() == 1
    client = signed_in()
    client.get(reverse("checks:latest"))
    with django_assert_max_num_queries(17):
        client.get(reverse("checks:latest"))


@pytest.mark.parametrize(
    "case",
    [
        (
            "refund_missing",
            "vanished",
            "Zwrot bez operacji Według listy zwrotów Allegro zwrócono 10,00 PLN",
            "Refund without an operation 10.00 PLN was refunded by Allegro’s list",
        ),
        (
            "refund_missing",
            "refunded_lately",
            "W drodze Według listy zwrotów Allegro zwrócono 10,00 PLN",
            "On its way 10.00 PLN was refunded by Allegro’s list",
        ),
        (
            "refund_unlisted",
            "refund_under_way",
            "Zwrot na Allegro jeszcze się nie zakończył (IN_PROGRESS).",
            "The refund is not finished on Allegro (IN_PROGRESS).",
        ),
        (
            "refund_unlisted",
            "refund_stopped",
            "Zwrot został na Allegro przerwany (IN_PROGRESS)",
            "The refund was stopped on Allegro (IN_PROGRESS)",
        ),
        (
            "refund_unlisted",
            "refund_partial",
            "Zwrócono tylko część: obejrzyj płatność p-1 na Allegro.",
            "Only a part was given back: look at payment p-1 on Allegro.",
        ),
        ("refund_differs", "", "Inna kwota zwrotów", "Refunds differ"),
        ("refund_unknown", "", "Zwrot bez zamówienia", "Refund without an order"),
        (
            "refund_too_high",
            "",
            "Zwrócono 9,00 PLN, a zapłacono 10,00.",
            "9.00 PLN was refunded of 10.00 paid.",
        ),
    ],
)
def test_a_difference_between_refunds_and_operations_is_told_in_both_languages(
    shop: Any,
    order: Any,
    signed_in: Callable[..., Client],
    case: tuple[str, str, str, str],
) -> None:
    difference, cause, polish, english = case
    sources = {
        "payments": {"state": "compared", "operations": 3, "refunded": {"PLN": "9.00"}},
        "refunds": {"state": "compared", "refunds": 1, "refunded": {"PLN": "10.00"}},
    }
    run = a_check(shop, order, sources={str(shop.pk): sources})
    ReconcileFinding.objects.for_company(shop.company).update(
        difference=difference,
        cause=cause,
        ours="10.00",
        allegro="9.00",
        facts={"payment": "p-1", "status": "IN_PROGRESS"},
    )
    address = reverse("checks:run", args=[run.pk])
    response = signed_in().get(address)
    assert polish in words(response)
    assert "Lista zwrotów wpłat 1 zwrot, zwrócono 10,00 zł" in words(response)
    assert "nie porównane" not in words(response)
    assert reverse("orders:detail", args=[order.pk]) in response.content.decode()
    assert 'name="finding"' not in response.content.decode(), "fetching the order mends nothing"
    assert english in words(signed_in("clerk", language="en").get(address))


def test_refunds_that_were_too_many_to_ask_about_are_told_in_both_languages(
    shop: Any, order: Any, signed_in: Callable[..., Client]
) -> None:
    told = {"state": "compared", "refunds": 9, "refunded": {"PLN": "90.00"}, "not_asked": 4}
    run = a_check(shop, order, sources={str(shop.pk): {"refunds": told}})
    ReconcileFinding.objects.for_company(shop.company).update(
        order=None,
        difference="source_not_asked",
        cause="too_many_refunds",
        ours="",
        allegro="",
        facts={"source": "refunds", "count": 4, "asked": 300},
    )
    address = reverse("checks:run", args=[run.pk])
    polish = words(signed_in().get(address))
    english = words(signed_in("clerk", language="en").get(address))
    assert "Za dużo, by zapytać o wszystkie" in polish
    assert (
        "o których zwroty nie udało się zapytać pojedynczo: 4. Jedna kontrola pyta najwyżej o 300." in polish
    )
    assert "9 zwrotów, nie zapytano: 4, zwrócono 90,00 zł" in polish
    assert "could not be asked about one by one: 4. One check asks about 300 at most." in english


def test_an_order_on_its_way_is_told_apart_and_still_to_put_right(
    shop: Any, signed_in: Callable[..., Client]
) -> None:
    run = a_check(shop, finding_of="11111111-aaaa-bbbb-cccc-000000000009")
    ReconcileFinding.objects.for_company(shop.company).update(cause="arriving")
    address = reverse("checks:run", args=[run.pk])
    page = words(signed_in().get(address))
    assert "Niekompletne" in page
    assert "W drodze" in page
    assert "pobieranie w tle przyniesie je w ciągu minuty. Sprawdź wtedy jeszcze raz." in page
    assert "On its way" in words(signed_in("clerk", language="en").get(address))
