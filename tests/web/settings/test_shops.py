"""Connecting shops against the stand-in, as a browser does it."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_member, a_shop
from builders.markets import a_world
from standins.allegro.server import running
from stragan.flows import connect_shop
from stragan.shops.models import Authorization, Shop
from stragan.web.settings.shop_rows import lag_of

pytestmark = pytest.mark.django_db
NEW = {"name": "Lampownia", "buyer_source": "account", "since_date": "2026-11-01", "client_id": ""}


@pytest.fixture(autouse=True)
def _business_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", "2026-11-23T09:00:00+00:00")


@pytest.fixture
def owner(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


@pytest.fixture
def market(settings: Any) -> Iterator[Any]:
    world = a_world()
    with running(world) as url:
        settings.ALLEGRO_API_URL = settings.ALLEGRO_AUTH_URL = url
        settings.ALLEGRO_CLIENT_ID = settings.ALLEGRO_CLIENT_SECRET = "client"
        yield SimpleNamespace(url=url, world=world)


def consent(market: Any, answer: Any, *, account: str) -> str:
    """Say yes on the stand-in's page; gives the query Allegro sends the browser back with."""
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    values = {name: each[0] for name, each in query.items()} | {"account": account}
    back = httpx2.post(f"{market.url}/auth/oauth/authorize", data=values)
    return urlsplit(back.headers["Location"]).query


def callback(query: str) -> str:
    return f"{reverse('settings:allegro_callback')}?{query}"


def test_without_a_client_id_the_page_says_how_to_get_one(owner: Client, settings: Any) -> None:
    settings.ALLEGRO_CLIENT_ID = ""
    page = owner.get(reverse("settings:shop_add")).content.decode()
    assert "apps.developer.allegro.pl" in page
    assert "/settings/allegro/callback/" in page
    answer = owner.post(reverse("settings:shop_add"), NEW)
    assert answer.status_code == 422
    assert 'id="id_client_id_error"' in answer.content.decode()


def test_the_first_day_lies_in_the_past_year(owner: Client, settings: Any) -> None:
    settings.ALLEGRO_CLIENT_ID = "client"
    for day in ("2026-11-24", "2025-01-01", "kiedyś"):
        answer = owner.post(reverse("settings:shop_add"), NEW | {"since_date": day})
        assert answer.status_code == 422, day
        assert 'id="id_since_date_error"' in answer.content.decode()


def test_an_answer_of_allegro_for_another_browser_is_refused(owner: Client, company: Any) -> None:
    answer = owner.get(callback("state=obcy&code=abc"), follow=True)
    assert "alert--red" in answer.content.decode()
    assert not Shop.objects.for_company(company).exists()


def test_a_shop_is_edited_disabled_enabled_and_removed(owner: Client, company: Any) -> None:
    shop = a_shop(company)
    edit = {"name": "Kubki", "buyer_source": "account", "since_date": "2026-10-01"}
    assert owner.post(reverse("settings:shop", args=[shop.pk]), edit).status_code == 302
    later = owner.post(reverse("settings:shop", args=[shop.pk]), edit | {"since_date": "2026-11-01"})
    assert later.status_code == 422
    shop.refresh_from_db()
    assert (shop.name, shop.buyer_source) == ("Kubki", "account")
    for name, state in (("disable", "disabled"), ("enable", "connected")):
        owner.post(reverse(f"settings:shop_{name}", args=[shop.pk]))
        shop.refresh_from_db()
        assert shop.state == state
    assert "zostają" in owner.get(reverse("settings:shop_remove", args=[shop.pk])).content.decode()
    assert owner.post(reverse("settings:shop_remove", args=[shop.pk])).status_code == 302
    shop.refresh_from_db()
    assert (shop.state, shop.refresh_token) == ("removed", "")
    assert owner.get(reverse("settings:shop", args=[shop.pk])).status_code == 404


def test_a_shop_that_lost_its_consent_says_what_to_do(owner: Client, company: Any) -> None:
    shop = a_shop(company, state="reconnect", state_reason="allegro_reconnect_needed")
    page = owner.get(reverse("settings:shop", args=[shop.pk])).content.decode()
    assert "Co zrobić" in page
    assert reverse("settings:shop_reconnect", args=[shop.pk]) in page
    assert "Pozostałe sklepy działają normalnie" not in page
    other = a_shop(company, seller_id="s2", name="Drugi")
    address = reverse("settings:shop", args=[shop.pk])
    assert "Pozostałe sklepy działają normalnie" in owner.get(address).content.decode()
    Shop.objects.for_company(company).filter(pk=other.pk).update(state="reconnect")
    assert "Pozostałe sklepy działają normalnie" not in owner.get(address).content.decode()


def test_permissions_that_are_lacking_are_named(owner: Client, company: Any) -> None:
    asked = sorted(connect_shop.ASKED_SCOPES)
    shop = a_shop(company, scopes=asked)
    address = reverse("settings:shop", args=[shop.pk])
    assert f"pełne, {len(asked)} z {len(asked)}" in owner.get(address).content.decode()
    Shop.objects.for_company(company).update(
        scopes=[s for s in asked if s != "allegro:api:sale:offers:write"]
    )
    assert "brakuje: zmiana ofert" in owner.get(address).content.decode()


def test_a_shop_is_connected_by_allegros_page(owner: Client, company: Any, market: Any) -> None:
    sent = owner.post(reverse("settings:shop_add"), NEW | {"way": "code"})
    assert sent.headers["Location"].startswith(market.url)
    back = consent(market, sent, account="lampownia")
    answer = owner.get(callback(back), follow=True)
    shop = Shop.objects.for_company(company).get()
    assert (shop.name, shop.allegro_login, shop.buyer_source) == ("Lampownia", "lampownia", "account")
    assert "Lampownia" in answer.content.decode()
    again = owner.get(callback(back), follow=True)
    assert "alert--red" in again.content.decode()


def test_reconnecting_with_another_account_is_refused(owner: Client, company: Any, market: Any) -> None:
    sent = owner.post(reverse("settings:shop_add"), NEW)
    owner.get(callback(consent(market, sent, account="lampownia")))
    shop = Shop.objects.for_company(company).get()
    sent = owner.post(reverse("settings:shop_reconnect", args=[shop.pk]))
    answer = owner.get(callback(consent(market, sent, account="dom_i_kubek")), follow=True)
    assert "alert--red" in answer.content.decode()
    shop.refresh_from_db()
    assert shop.allegro_login == "lampownia"


def test_somebody_who_says_no_on_allegro_comes_back_to_a_sentence(
    owner: Client, company: Any, market: Any
) -> None:
    sent = owner.post(reverse("settings:shop_add"), NEW)
    state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
    query = urlencode({"state": state, "error": "access_denied"})
    answer = owner.get(callback(query), follow=True)
    assert market.url
    assert "alert--red" in answer.content.decode()
    assert not Shop.objects.for_company(company).exists()
    assert f'value="{NEW["name"]}"' in answer.content.decode(), "what was typed is typed once"
    sent = owner.post(reverse("settings:shop_add"), NEW)
    owner.get(callback(consent(market, sent, account="lampownia")))
    assert f'value="{NEW["name"]}"' not in owner.get(reverse("settings:shop_add")).content.decode()


def test_a_shop_is_connected_by_a_code_on_another_device(owner: Client, company: Any, market: Any) -> None:
    market.world.settings.approve_device_after = 1
    sent = owner.post(reverse("settings:shop_add"), NEW | {"way": "device"})
    row = Authorization.objects.for_company(company).get()
    assert sent.headers["Location"] == reverse("settings:device", args=[row.pk])
    page = owner.get(sent.headers["Location"]).content.decode()
    assert row.user_code in page
    poll = reverse("settings:device_poll", args=[row.pk])
    waiting = owner.post(poll, headers={"HX-Request": "true"})
    assert "hx-post" in waiting.content.decode()
    Authorization.objects.for_company(company).update(next_poll_at=None)
    answer = owner.post(poll, headers={"HX-Request": "true"})
    if answer.status_code == 200:  # the first question was answered with "not yet"
        Authorization.objects.for_company(company).update(next_poll_at=None)
        answer = owner.post(poll, headers={"HX-Request": "true"})
    shop = Shop.objects.for_company(company).get()
    assert answer.headers["HX-Redirect"] == reverse("settings:shop", args=[shop.pk])


@pytest.mark.parametrize(
    ("cursor", "read", "shown"),
    [
        ("9", timedelta(seconds=20), timedelta(seconds=20)),
        ("9", timedelta(hours=5), timedelta(hours=5)),
        ("4", timedelta(seconds=20), timedelta(hours=2)),
        ("4", timedelta(hours=5), timedelta(hours=5)),
    ],
)
def test_a_shop_is_never_less_behind_than_it_was_not_read(
    company: Any, cursor: str, read: timedelta, shown: timedelta
) -> None:
    shop = a_shop(
        company,
        synced_at=NOW - read,
        cursor=cursor,
        cursor_at=NOW - timedelta(hours=2 if cursor == "4" else 0),
        latest_event_id="9",
        latest_event_at=NOW,
    )
    assert lag_of(shop, now=NOW) == shown
