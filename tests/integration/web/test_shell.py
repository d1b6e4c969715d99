"""The frame around all pages: who sees it, in which language, and that it obeys the content policy."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import PASSWORD, a_company, a_member, a_shop
from stragan.shops.models import ShopState

pytestmark = pytest.mark.django_db

PAGES = ["account_login", "account_reset_password", "account_change_password", "account_logout", "mfa_index"]
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)"
)


@pytest.fixture
def owner_client(client: Client) -> Client:
    client.force_login(a_member(a_company()))
    return client


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_account_pages_wear_the_frame_and_hold_nothing_inline(
    owner_client: Client, name: str, language: str
) -> None:
    client = Client() if name in {"account_login", "account_reset_password"} else owner_client
    response = client.get(reverse(name), headers={"accept-language": language})
    html = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}">' in html
    assert "shell/stragan.css" in html
    assert INLINE.findall(html) == []
    assert "style-src 'self'" in response["Content-Security-Policy"]


def test_the_log_in_page_lets_an_owner_in(client: Client) -> None:
    owner = a_member(a_company())
    response = client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_a_wrong_password_is_told_beside_the_form(client: Client) -> None:
    owner = a_member(a_company())
    response = client.post(reverse("account_login"), {"login": owner.email, "password": "wrong password"})
    assert "st-error" in response.content.decode()


def test_strangers_do_not_see_the_freshness_of_shops(client: Client) -> None:
    assert client.get(reverse("shell:freshness")).status_code == 302


def test_a_shop_that_lost_its_consent_is_red_with_the_reason(client: Client) -> None:
    company = a_company()
    a_shop(company, state=ShopState.RECONNECT)
    client.force_login(a_member(company))
    html = client.get(reverse("shell:freshness"), headers={"accept-language": "pl"}).content.decode()
    assert "st-dot--red" in html
    assert "brak zgody" in html
    assert "hx-get" in html, "the fragment asks again by itself"


def test_a_shop_of_another_company_is_not_shown(client: Client) -> None:
    a_shop(a_company(nip="1234563218", name="Obca"), name="Cudzy sklep")
    client.force_login(a_member(a_company()))
    assert "Cudzy sklep" not in client.get(reverse("shell:freshness")).content.decode()


def test_a_missing_page_says_so_in_our_look(owner_client: Client) -> None:
    response = owner_client.get("/nothing/here/", headers={"accept-language": "pl"})
    assert response.status_code == 404
    assert "Nie ma takiej strony" in response.content.decode()


def test_htmx_gets_an_error_as_a_sentence_not_as_a_page(owner_client: Client) -> None:
    response = owner_client.get("/nothing/here/", headers={"hx-request": "true"})
    html = response.content.decode()
    assert 'role="alert"' in html
    assert "<html" not in html


def test_the_language_switch_is_remembered(owner_client: Client) -> None:
    owner_client.post(reverse("set_language"), {"language": "en", "next": "/account/password/change/"})
    assert '<html lang="en">' in owner_client.get(reverse("account_change_password")).content.decode()
