"""A document that never left the house is voided: the number stays, the order waits again."""

import io
from typing import Any

import pypdf
import pytest

from builders.companies import NOW, a_company, a_member, a_shop
from builders.issuing import (
    an_author,
    an_invoice,
    an_invoice_for_money_of_october,
    corrected,
    voided,
)
from builders.orders import a_numbered_form, stored
from stragan.books.models import ClosedMonth, VatRow
from stragan.companies.models import Company
from stragan.documents.content import Refusal
from stragan.documents.models import Document, DocumentVoid, OrderDocument
from stragan.flows import stock_effects
from stragan.flows.document_files import pdf_of
from stragan.flows.void_document import Voided, void_document
from stragan.kit.models import AuditEvent
from stragan.orders.actions import set_status
from stragan.orders.models import Order, OrderEvent
from stragan.orders.states import OrderStatus, Queue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(company: Any) -> Order:
    [made] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    assert isinstance(made, Order)
    return made


def test_a_voided_document_keeps_its_number_and_the_order_waits_again(order: Order) -> None:
    document = an_invoice(order)
    outcome = voided(document, reason="podwójna")
    assert isinstance(outcome, Voided)
    order.refresh_from_db()
    assert (order.has_original, order.queue, order.visible) == (False, Queue.TO_ISSUE, True)
    link = OrderDocument.objects.for_company(order.company_id).get()
    assert (link.end_code, link.end_reason, link.ended_at) == ("voided", "podwójna", NOW)
    assert Document.objects.for_company(order.company_id).get().number == "FV 1/11/2026"
    event = OrderEvent.objects.get(order=order, verb="document_voided")
    assert event.facts == {"number": "FV 1/11/2026", "reason": "podwójna"}
    assert AuditEvent.objects.across_companies().get(verb="document.voided").subject_id == document.pk
    assert an_invoice(order).number == "FV 2/11/2026"


def test_voiding_again_gives_the_first_result(order: Order) -> None:
    document = an_invoice(order)
    first, again = voided(document), voided(document, reason="inny powód")
    assert (again.void.pk, again.void.reason, again.repeated) == (first.void.pk, "pomyłka", True)
    assert AuditEvent.objects.across_companies().filter(verb="document.voided").count() == 1


def test_a_status_that_issuing_closed_follows_payment_again(order: Order) -> None:
    order.company.close_order_on_issue = True
    order.company.save()
    document = an_invoice(order)
    order.refresh_from_db()
    assert order.status == OrderStatus.CLOSED
    voided(document)
    order.refresh_from_db()
    assert (order.status, order.visible) == (OrderStatus.PAID, True)


def test_a_status_that_a_person_closed_stays_closed(order: Order) -> None:
    document = an_invoice(order)
    set_status(company=order.company, order_ids=[order.pk], status=OrderStatus.CLOSED, user=None, now=NOW)
    voided(document)
    order.refresh_from_db()
    assert (order.status, order.has_original) == (OrderStatus.CLOSED, False)


def test_a_status_that_a_person_set_before_issuing_comes_back(order: Order) -> None:
    order.company.close_order_on_issue = True
    order.company.save()
    set_status(company=order.company, order_ids=[order.pk], status=OrderStatus.OPEN, user=None, now=NOW)
    voided(an_invoice(order))
    order.refresh_from_db()
    assert (order.status, order.status_by_hand) == (OrderStatus.OPEN, True)


def test_a_corrected_document_is_not_voided_and_neither_is_its_correction(order: Order) -> None:
    document = an_invoice(order)
    correction = corrected(document).document
    refused = voided(document)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.params["number"]) == ("document_has_correction", "KOR 1/11/2026")
    assert voided(correction).code == "correction_not_voidable"


def test_what_went_to_ksef_or_was_converted_is_not_voided(order: Order) -> None:
    document = an_invoice(order)
    columns = {
        field.attname: getattr(document, field.attname)
        for field in Document._meta.concrete_fields
        if field.attname not in {"id", "public_id"}
    }
    sent = Document.objects.across_companies().create(
        **(columns | {"number": "FV 9", "sequence": 9, "ksef": "sent"})
    )
    assert voided(sent).code == "document_in_ksef"
    Document.objects.across_companies().create(
        **(columns | {"number": "FV 8", "sequence": 8, "converted_from_id": document.pk})
    )
    refused = voided(document)
    assert (refused.code, refused.params["number"]) == ("document_converted", "FV 8")


def test_no_reason_or_another_company_is_refused(order: Order) -> None:
    document = an_invoice(order)
    assert voided(document, reason="  ").code == "void_reason_missing"
    stranger = a_company(nip="1234563218", name="Obca")
    outcome = void_document(
        company=stranger, document_id=document.pk, reason="x", author=an_author(a_member(stranger))
    )
    assert isinstance(outcome, Refusal)
    assert outcome.code == "document_unknown"
    assert not DocumentVoid.objects.across_companies().exists()


def test_a_fault_in_what_follows_leaves_everything_as_it_was(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = an_invoice(order)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stock_effects, "undo", broken)
    with pytest.raises(ZeroDivisionError):
        voided(document)
    order.refresh_from_db()
    assert order.has_original
    assert not DocumentVoid.objects.across_companies().exists()
    assert OrderDocument.objects.across_companies().get().ended_at is None


def test_the_paper_of_a_void_document_says_so(order: Order, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = an_invoice(order)
    before = pdf_of(document, now=NOW)
    voided(document)
    after = pdf_of(document, now=NOW)
    assert "ANULOWANY" in pypdf.PdfReader(io.BytesIO(after)).pages[0].extract_text()
    assert after == pdf_of(document, now=NOW) != before


def test_a_document_whose_tax_stands_in_a_closed_month_is_corrected_instead(company: Any) -> None:
    document = an_invoice_for_money_of_october(company)
    refused = voided(document)
    assert isinstance(refused, Refusal)
    assert (refused.code, dict(refused.params)) == (
        "document_in_closed_month", {"number": "FV 1/11/2026", "month": "2026-10"},
    )  # fmt: skip
    assert not DocumentVoid.objects.across_companies().exists()
    Company.objects.filter(pk=company.pk).update(books="none")
    document.company.refresh_from_db()
    assert voided(document).code == "document_in_closed_month", "rows stay where books are kept no more"
    correction = corrected(document).document
    assert [row.period for row in VatRow.objects.for_company(company).order_by("id")] == ["2026-10"]
    assert correction.issue_date == document.issue_date


def test_a_closed_month_that_a_document_does_not_stand_in_leaves_it_voidable(company: Any) -> None:
    document = an_invoice_for_money_of_october(company)
    ClosedMonth.objects.for_company(company).update(period="2026-09")
    assert isinstance(voided(document), Voided)
    assert [row.period for row in VatRow.objects.for_company(company).order_by("id")] == ["2026-10"] * 2
