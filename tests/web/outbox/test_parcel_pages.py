"""Tracking numbers by hand on the order's page, and from a file."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from builders.companies import NOW
from stragan.outbox import parcels
from stragan.outbox.models import Parcel, Sending
from web.offers.test_offer_list import words

pytestmark = pytest.mark.django_db(transaction=True)

IMPORT = reverse("outbox:import_parcels")


@pytest.fixture(autouse=True)
def _carriers(db: Any) -> None:  # noqa: ARG001 -- opens the database
    parcels.keep_carriers({"INPOST": "InPost", "DPD": "DPD", "OTHER": "", "ALLEGRO": "Allegro"}, now=NOW)


def a_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("numery.csv", text.encode())


def test_a_number_is_added_by_hand_and_shown(order: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in("clerk")
    add, detail = reverse("outbox:add_parcel", args=[order.pk]), reverse("orders:detail", args=[order.pk])
    assert "Numer przesyłki" in words(client.get(detail))
    page = words(client.post(add, {"carrier": "DPD", "waybill": "600 1"}, follow=True))
    assert "6001 zapisano tutaj." in page
    assert "DPD 6001" in page
    page = words(client.post(add, {"carrier": "DPD", "waybill": "?"}, follow=True))
    assert "Numer przesyłki składa się z" in page
    owner = signed_in()
    owner.post(reverse("settings:shop_writers", args=[order.shop_id]), {"parcel": "on"})
    page = words(client.post(add, {"carrier": "DPD", "other": "Kurier Jan", "waybill": "7"}, follow=True))
    assert "7 czeka na wysłanie do Allegro." in page
    assert "Kurier Jan 7" in page
    queue = words(client.get(reverse("outbox:queue", args=["parcel"])))
    assert "Kurier Jan 7 Dom i Kubek" in queue
    assert "Add" in words(signed_in("accountant", language="en").get(detail))
    assert "Dodaj przesyłkę" not in words(signed_in("viewer").get(detail))


def test_a_file_says_what_became_of_each_line(order: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in("clerk")
    assert "Numery przesyłek z pliku" in words(client.get(IMPORT))
    text = f"Zamówienie;Przewoźnik;Numer przesyłki\n{order.number};InPost;600\n99;InPost;601\n"
    page = words(client.post(IMPORT, {"file": a_file(text)}))
    assert "Nowe: 1. Były wcześniej: 0. Odrzucone wiersze: 1." in page
    assert "3 99 W tej firmie nie ma zamówienia „99”." in page
    assert f"{order.number} InPost 600 wyłączone" in page
    bad = client.post(IMPORT, {"file": a_file("a;b\n1;2\n")})
    assert bad.status_code == 422
    assert "Nie da się odczytać tego pliku" in words(bad)
    assert client.post(IMPORT).status_code == 422


def test_a_stranger_adds_nothing(order: Any, stranger: Client) -> None:
    add = reverse("outbox:add_parcel", args=[order.pk])
    assert stranger.post(add, {"carrier": "DPD", "waybill": "600"}).status_code == 404
    text = f"order;carrier;waybill\n{order.allegro_id};DPD;600\n"
    assert "Odrzucone wiersze: 1." in words(stranger.post(IMPORT, {"file": a_file(text)}))
    assert not Parcel.objects.for_company(order.company).exists()
    assert not Sending.objects.for_company(order.company).exists()
