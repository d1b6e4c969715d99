"""The fulfilment status on the order's page, and which deeds change it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stragan.outbox.models import Sending, Writer
from web.offers.test_offer_list import words

pytestmark = pytest.mark.django_db(transaction=True)


def test_deeds_are_chosen_per_shop_and_a_person_sets_it_on_the_order(
    order: Any, signed_in: Callable[..., Client]
) -> None:
    owner, detail = signed_in(), reverse("orders:detail", args=[order.pk])
    page = reverse("settings:shop", args=[order.shop_id])
    assert "Statusy ze Straganu nigdy nie trafiają do Allegro." in words(owner.get(page))
    assert "Ustaw na Allegro" not in words(owner.get(detail))
    given = {"status": "on", "on_issue": "PROCESSING", "on_parcel": "COS"}
    owner.post(reverse("settings:shop_writers", args=[order.shop_id]), given)
    writer = Writer.objects.for_company(order.company).get(kind="status")
    assert (writer.is_on, writer.on_issue, writer.on_parcel) == (True, "PROCESSING", "")
    clerk = signed_in("clerk")
    assert "Ustaw na Allegro" in words(clerk.get(detail))
    send = reverse("outbox:send_status", args=[order.pk])
    assert "„Wysłane” czeka na wysłanie do Allegro." in words(
        clerk.post(send, {"target": "SENT"}, follow=True)
    )
    queue = words(clerk.get(reverse("outbox:queue", args=["status"])))
    assert "Wysłane Dom i Kubek" in queue
    assert "Wybierz status" in words(clerk.post(send, {"target": "RETURNED"}, follow=True))
    assert signed_in("viewer").post(send, {"target": "SENT"}).status_code == 403


def test_a_stranger_sets_nothing(order: Any, stranger: Client) -> None:
    assert (
        stranger.post(reverse("outbox:send_status", args=[order.pk]), {"target": "SENT"}).status_code == 404
    )
    assert not Sending.objects.for_company(order.company).exists()
