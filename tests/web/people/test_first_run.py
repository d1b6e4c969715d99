"""The first page ever seen makes the company and lets its owner in."""

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_company
from stragan.companies import actions
from stragan.companies.models import Company, Membership
from stragan.kit import clock

pytestmark = pytest.mark.django_db
GIVEN = {
    "nip": "526-025-02-74",
    "name": "Próbna Joanna Kowal",
    "street": "ul. Próbna 1",
    "postal_code": "00-999",
    "city": "Przykładowo",
    "vat_payer": "yes",
    "vat_exemption_basis": "",
    "books": "kpir",
    "warehouse": "on",
    "email": "joanna@example.com",
    "password": "zdanie jest dobrym hasłem",
}


@pytest.fixture
def url() -> str:
    return reverse("people:setup", args=[actions.make_setup_token(now=clock.real_now())])


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Accept-Language": "pl"})


def test_the_link_makes_the_company_and_its_owner_once(visitor: Client, url: str) -> None:
    assert "Twoja firma" in visitor.get(url).content.decode()
    answer = visitor.post(url, GIVEN)
    assert answer.headers["Location"] == reverse("start")
    company = Company.objects.get()
    assert (company.nip, company.vat_payer, company.books, company.warehouse) == (
        "5260250274",
        True,
        "kpir",
        True,
    )
    assert Membership.objects.for_company(company).get().role == "owner"
    assert visitor.get(reverse("start")).status_code == 200
    assert visitor.get(url).status_code == 404


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("nip", "5260250275"),
        ("name", ""),
        ("postal_code", "00950"),
        ("email", "joanna"),
        ("password", "haslo"),
        ("password", "joanna@example.com"),
    ],
)
def test_an_error_stands_beside_its_field(visitor: Client, url: str, field: str, text: str) -> None:
    answer = visitor.post(url, GIVEN | {field: text})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page
    assert not Company.objects.exists()


def test_an_exempt_company_names_the_basis(visitor: Client, url: str) -> None:
    answer = visitor.post(url, GIVEN | {"vat_payer": "no"})
    assert 'id="id_vat_exemption_basis_error"' in answer.content.decode()
    basis = "art. 113 ust. 1 ustawy o VAT"
    assert visitor.post(url, GIVEN | {"vat_payer": "no", "vat_exemption_basis": basis}).status_code == 302
    assert Company.objects.get().vat_exemption_basis == basis


def test_a_made_up_or_old_link_says_what_to_do(visitor: Client) -> None:
    assert visitor.get(reverse("people:setup", args=["zmyslony"])).status_code == 404
    old = actions.make_setup_token(now=NOW.replace(year=2020))
    page = visitor.get(reverse("people:setup", args=[old]))
    assert page.status_code == 404
    assert "Ten link już nie działa" in page.content.decode()


def test_the_page_speaks_english_to_those_who_ask_for_it(url: str) -> None:
    page = Client(headers={"Accept-Language": "en"}).get(url).content.decode()
    assert '<html lang="en">' in page
    assert "Your company" in page


def test_a_log_in_page_without_any_company_names_the_printed_link(client: Client) -> None:
    assert "Nie ma tu jeszcze żadnej firmy." in client.get("/account/login/").content.decode()
    a_company()
    assert "Nie ma tu jeszcze żadnej firmy." not in client.get("/account/login/").content.decode()
