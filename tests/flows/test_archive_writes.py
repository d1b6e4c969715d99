"""What Allegro said to writes of ours is kept: what was sent, of a file its hash, refusals too, no token."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.companies import a_member
from builders.issuing import an_invoice
from builders.markets import Market, a_market
from builders.sendings import a_desk, impatient
from builders.stock import a_product, in_stock
from standins.allegro.faults import Fault
from stragan.archive.content import unpacked
from stragan.archive.models import ArchivedAnswer
from stragan.flows import archive_proof, push_stock
from stragan.flows.document_files import pdf_of
from stragan.flows.refresh_offers import refresh
from stragan.kit.clock import business_now
from stragan.outbox.states import Kind
from stragan.products.models import OfferLink

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(tz=UTC)


@pytest.fixture
def market(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr("stragan.flows.tokens.client_of", impatient)
    with a_market(settings) as found:
        yield found


def writes(market: Market) -> list[ArchivedAnswer]:
    return list(ArchivedAnswer.objects.for_company(market.company).filter(kind="write").order_by("id"))


def test_an_invoice_that_was_sent_is_told_with_its_number_and_the_hash_of_its_file(market: Market) -> None:
    desk = a_desk(market)
    desk.switch(Kind.INVOICE)
    document = an_invoice(desk.order(1))
    desk.settle()
    announced, uploaded = writes(market)
    form_id = desk.order(1).allegro_id
    assert (announced.method, announced.path) == ("POST", f"/order/checkout-forms/{form_id}/invoices")
    assert json.loads(zlib.decompress(bytes(announced.sent)))["invoiceNumber"] == document.number
    record = json.loads(unpacked(bytes(announced.content)).body)["id"]
    assert uploaded.path == f"/order/checkout-forms/{form_id}/invoices/{record}/file"
    assert bytes(uploaded.sent) == b""
    assert uploaded.sent_sha256 == hashlib.sha256(pdf_of(document, now=business_now())).hexdigest()
    assert archive_proof.prove(market.company).altered == []
    desk.look()
    assert len(writes(market)) == 2, "looking writes nothing"


def test_a_refusal_is_kept_and_an_outage_is_no_answer(market: Market) -> None:
    desk = a_desk(market)
    desk.switch(Kind.INVOICE)
    an_invoice(desk.order(1))
    market.world.faults.add(Fault(kind="server_error", path="/invoices", method="POST", status=503, count=1))
    desk.look()
    assert writes(market) == []
    market.world.faults.add(Fault(kind="server_error", path="/invoices", method="POST", status=422, count=1))
    desk.look()
    assert [row.status for row in writes(market)] == [422]


def test_a_stock_that_was_sent_is_kept_with_its_quantity(market: Market) -> None:
    shop = market.connect()
    market.fetch(shop)
    offer_id = next(
        offer.id
        for offer in market.world.sellers[0].catalog.common
        if not market.world.stock.is_ended(offer.id)
    )
    product = a_product(market.company)
    in_stock(market.company, product, 7)
    OfferLink.objects.for_company(market.company).create(
        company=market.company,
        seller_id=shop.seller_id,
        offer_id=offer_id,
        product=product,
        by_hand=True,
        at=NOW,
    )
    refresh(shop_id=shop.pk, now=NOW)
    push_stock.switch(company=market.company, on=True, by=a_member(market.company), now=NOW)
    push_stock.plan(company_id=market.company.pk, now=NOW, everything=True)
    push_stock.work(shop_id=shop.pk)
    [sent] = writes(market)
    assert sent.path.startswith("/sale/offer-quantity-change-commands/")
    assert "7" in zlib.decompress(bytes(sent.sent)).decode()
