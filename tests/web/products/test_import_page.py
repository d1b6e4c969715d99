"""A file of products in the browser: looked at first, then read in, nothing in between."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from builders.products import a_product
from stragan.products.models import Product

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "sku;nazwa;cena;vat;kolor;stan\nKUB-1;Kubek;44,90;23;x;5\nTAL-1;Talerz;12;23;x;\nZLE;;1;24;x;\n"


def sent(client: Client, content: str | bytes, name: str = "produkty.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(reverse("products:import"), {"file": SimpleUploadedFile(name, data)})


def test_the_preview_says_what_would_become_of_each_row(client: Client, company: Any) -> None:
    a_product(company, "Kubek", sku="KUB-1")
    text = sent(client, FILE).content.decode().replace("\xa0", " ")
    for words in (
        "<del>40,00 zł</del>",
        "<ins>44,90 zł</ins>",
        "Podaj nazwę produktu",
        "kolor → pominięta",
        "1 wiersz jest odrzucony i zostanie pominięty",
        "Stan 1 produktu zostanie ustawiony",
        "Wczytaj 2 produkty",
    ):
        assert words in text
    assert Product.objects.for_company(company).count() == 1


def test_the_file_is_read_in_when_confirmed_once(client: Client, company: Any) -> None:
    text = sent(client, FILE).content.decode()
    address = text.split(f'action="{reverse("products:import")}')[1].split('"')[0]
    confirm = f"{reverse('products:import')}{address}"
    response = client.post(confirm, follow=True)
    assert "2 nowe produkty, 1 odrzucony wiersz" in response.content.decode().replace("\xa0", " ")
    assert Product.objects.for_company(company).count() == 2
    response = client.post(confirm, follow=True)
    assert "Pliku już nie ma" in response.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [("cena\n1\n", "Pierwszy wiersz musi zawierać nagłówki"), (b"PK\x03\x04x", "Plik nie jest tabelą")],
)
def test_files_that_cannot_be_read_say_why(client: Client, content: str | bytes, words: str) -> None:
    response = sent(client, content)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_no_file_is_asked_for(client: Client) -> None:
    response = client.post(reverse("products:import"), {})
    assert response.status_code == 422
    assert "Najpierw wybierz plik" in response.content.decode()


def test_a_stranger_cannot_confirm_what_another_looked_at(
    client: Client, stranger: Client, company: Any
) -> None:
    text = sent(client, FILE).content.decode()
    address = text.split(f'action="{reverse("products:import")}')[1].split('"')[0]
    stranger.post(f"{reverse('products:import')}{address}")
    assert not Product.objects.across_companies().exists()
    assert company.pk
