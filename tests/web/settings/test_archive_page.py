"""How long buyers' data are kept: said with what would go, saved by the owner, seen by the others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, stored
from stragan.flows.purge_contact import purge
from stragan.kit.models import AuditEvent
from stragan.orders.models import Order
from web.documents.pages import text_of

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
URL = "/settings/archive/"


@pytest.fixture
def owner(company: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    stored(a_shop(company), [a_numbered_form(number) for number in range(1, 5)], now=NOW)
    Order.objects.for_company(company).filter(number__lte=3).update(bought_at=NOW - timedelta(days=400))
    return client


def test_what_would_go_is_said_before_it_is_saved(owner: Client, company: Any) -> None:
    page = owner.get(URL)
    assert page.status_code == 200
    assert 'value="25"' in page.content.decode()
    assert "Nic tu nie kupiono" in text_of(page)
    look = owner.post(URL, {"contact_months": "12"}, headers={"HX-Request": "true"})
    assert (look.status_code, "zamówień: 3" in text_of(look)) == (200, True)
    look = owner.post(URL, {"contact_months": "12", "look": "1"})
    assert (look.status_code, "zamówień: 3" in text_of(look)) == (200, True)
    company.refresh_from_db()
    assert company.contact_months == 25, "looking saves nothing"
    assert owner.post(URL, {"contact_months": "12"}, follow=True).status_code == 200
    company.refresh_from_db()
    assert company.contact_months == 12
    facts = AuditEvent.objects.for_company(company).filter(verb="company.changed").latest("id").facts
    assert facts == {"columns": ["contact_months"], "from": 25, "to": 12}
    run = purge(company_id=company.pk, now=NOW)
    assert run is not None
    assert run.orders == 3
    order = Order.objects.for_company(company).get(number=1)
    assert "Dane kontaktowe kupującego usunięto" in text_of(owner.get(f"/orders/{order.pk}/"))
    told = text_of(owner.get(URL))
    assert "Ostatnie czyszczenie" in told
    assert "Nic tu nie kupiono" in told


@pytest.mark.parametrize("months", ["", "5", "121", "rok"])
def test_a_number_that_does_not_fit_is_refused(owner: Client, company: Any, months: str) -> None:
    assert owner.post(URL, {"contact_months": months}).status_code == 422
    assert owner.post(URL, {"contact_months": months}, headers={"HX-Request": "true"}).status_code == 200
    company.refresh_from_db()
    assert company.contact_months == 25


def test_others_see_it_and_do_not_change_it(company: Any) -> None:
    viewer = Client(headers={"Accept-Language": "en"})
    viewer.force_login(a_member(company, email="v@example.com", role="viewer"))
    page = viewer.get(URL)
    assert (page.status_code, "disabled" in page.content.decode()) == (200, True)
    assert viewer.post(URL, {"contact_months": "12"}).status_code == 403
