"""Every kind of document for orders: what each demands, what follows, what it becomes."""

from datetime import date, timedelta
from typing import Any

import pytest

from builders.companies import NOW, a_company, a_shop
from builders.orders import NIP, a_numbered_form, for_a_company, stored, without_rate
from builders.paper import paper
from stragan.contractors.models import Contractor
from stragan.core.snapshot import NOBODY, DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document
from stragan.flows import convert_document, draft_document
from stragan.flows.convert_document import NotConvertible
from stragan.flows.issue_document import Issued, issue_documents, ready_orders
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.orders.models import Order, OrderEvent

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
AUTHOR = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
INVOICE, RECEIPT, PRO_FORMA, OFFER, OTHER = (
    DocumentKind.INVOICE,
    DocumentKind.RECEIPT,
    DocumentKind.PRO_FORMA,
    DocumentKind.OFFER,
    DocumentKind.OTHER_INCOME,
)
FISCAL = [INVOICE, RECEIPT, OTHER]
PAPERS = [PRO_FORMA, OFFER]


def issue(company: Any, orders: list[Order], kind: DocumentKind, **changes: Any) -> list[Any]:
    values = {"company": company, "kind": kind, "issue_date": TODAY, "today": TODAY}
    return issue_documents([order.pk for order in orders], wish=Wish(**(values | changes)), author=AUTHOR)


def an_order(company: Any, form: dict[str, Any] | None = None) -> Order:
    order: Order = stored(a_shop(company), [form or a_numbered_form(1)], now=NOW)[0]
    return order


def issue_draft(company: Any, order: Order, kind: DocumentKind) -> Any:
    return draft_document.issue_draft(
        company=company, order_id=order.pk, kind=kind, author=AUTHOR, role="clerk"
    )


@pytest.mark.parametrize(
    ("kind", "number", "title"),
    [
        (INVOICE, "FV 1/11/2026", "Faktura FV 1/11/2026"),
        (RECEIPT, "PAR 1/11/2026", "Potwierdzenie sprzedaży PAR 1/11/2026 Dokument niefiskalny."),
        (PRO_FORMA, "PRO 1/11/2026", "Pro forma PRO 1/11/2026 Nie jest fakturą"),
        (OFFER, "OF 1/11/2026", "Oferta OF 1/11/2026 Informacja handlowa."),
        (OTHER, "IP 1/11/2026", "Inny przychód – sprzedaż IP 1/11/2026 Dowód wewnętrzny"),
    ],
)
def test_each_kind_has_its_series_and_its_paper(
    company: Any, kind: DocumentKind, number: str, title: str
) -> None:
    [issued] = issue(company, [an_order(company)], kind)
    assert issued.document.number == number
    assert (str(issued.document.net), str(issued.document.vat)) == ("44.71", "10.28")
    assert issued.document.ksef == ("outside" if kind is INVOICE else "none")
    assert paper(issued.snapshot).startswith(title)


@pytest.mark.parametrize("kind", FISCAL)
def test_a_fiscal_kind_is_the_original_and_closes_the_order(company: Any, kind: DocumentKind) -> None:
    company.close_order_on_issue = True
    order = an_order(company)
    issue(company, [order], kind)
    order.refresh_from_db()
    assert (order.has_original, order.status) == (True, "closed")
    assert Document.objects.for_company(company).get().original


@pytest.mark.parametrize("kind", PAPERS)
def test_a_commercial_paper_leaves_the_order_as_it_is(company: Any, kind: DocumentKind) -> None:
    company.close_order_on_issue = True
    order = an_order(company)
    before = (order.status, order.queue)
    [issued] = issue(company, [order], kind)
    order.refresh_from_db()
    assert (order.has_original, order.status, order.queue) == (False, *before)
    assert not issued.document.original
    assert OrderEvent.objects.get(order=order, verb="paper_issued").facts["number"] == issued.document.number
    assert ready_orders(company) == [order.pk]


@pytest.mark.parametrize("kind", [*FISCAL, *PAPERS])
def test_the_same_kind_again_answers_with_the_first(company: Any, kind: DocumentKind) -> None:
    order = an_order(company)
    [first] = issue(company, [order], kind)
    [again] = issue(company, [order], kind)
    assert (again.repeated, again.document.pk) == (True, first.document.pk)
    assert Document.objects.for_company(company).count() == 1


@pytest.mark.parametrize("first", FISCAL)
@pytest.mark.parametrize("second", FISCAL)
def test_an_order_has_one_original_at_a_time(company: Any, first: DocumentKind, second: DocumentKind) -> None:
    order = an_order(company)
    [one] = issue(company, [order], first)
    [other] = issue(company, [order], second)
    if first is second:
        assert other.document.pk == one.document.pk
    else:
        assert (other.refusal.code, other.refusal.params["number"]) == (
            "original_exists",
            one.document.number,
        )


def test_papers_go_beside_an_original_and_beside_each_other(company: Any) -> None:
    order = an_order(company)
    outcomes = [issue(company, [order], kind)[0] for kind in (PRO_FORMA, OFFER, INVOICE)]
    assert all(isinstance(one, Issued) for one in outcomes)
    [again] = issue(company, [order], OFFER)
    assert again.repeated


@pytest.mark.parametrize("status", ["BOUGHT", "FILLED_IN"])
@pytest.mark.parametrize("kind", [*FISCAL, *PAPERS])
def test_only_papers_come_before_the_payment(company: Any, status: str, kind: DocumentKind) -> None:
    [outcome] = issue(company, [an_order(company, a_numbered_form(1, status=status))], kind)
    if kind in PAPERS:
        assert isinstance(outcome, Issued)
    else:
        assert outcome.refusal.code == "order_not_released"


@pytest.mark.parametrize("kind", [*FISCAL, *PAPERS])
def test_no_kind_is_issued_for_a_cancelled_or_deleted_order(company: Any, kind: DocumentKind) -> None:
    forms = [a_numbered_form(1, status="CANCELLED"), a_numbered_form(2)]
    orders = stored(a_shop(company), forms, now=NOW)
    Order.objects.for_company(company).filter(pk=orders[1].pk).update(deleted_at=NOW)
    codes = [one.refusal.code for one in issue(company, orders, kind)]
    assert codes == ["order_cancelled", "order_deleted"]


@pytest.mark.parametrize(
    ("nip", "invoice", "others"),
    [("", "company_nip_missing", ""), ("5260250275", "nip_invalid", ""), (NIP, "", NIP)],
)
def test_a_tax_number_is_the_matter_of_invoices_only(
    company: Any, nip: str, invoice: str, others: str
) -> None:
    forms = [for_a_company(a_numbered_form(number), nip=nip) for number in range(1, 5)]
    orders = stored(a_shop(company), forms, now=NOW)
    for order, kind in zip(orders, (*PAPERS, RECEIPT), strict=False):
        [issued] = issue(company, [order], kind)
        assert (issued.snapshot.buyer.name, issued.snapshot.buyer.nip) == ("Kubki sp. z o.o.", others)
    [outcome] = issue(company, orders[3:], INVOICE)
    assert ("" if isinstance(outcome, Issued) else outcome.refusal.code) == invoice


def test_invoice_data_that_allegro_withholds_stop_only_the_invoice(company: Any) -> None:
    form = a_numbered_form(1, invoice={"required": True, "address": None, "features": None})
    order = an_order(company, form)
    [refused] = issue(company, [order], INVOICE)
    assert refused.refusal.code == "invoice_address_missing"
    [issued] = issue(company, [order], RECEIPT)
    assert issued.snapshot.buyer.source.value == "delivery"


@pytest.mark.parametrize("kind", [*FISCAL, *PAPERS])
def test_a_rate_that_is_not_known_stops_every_kind(company: Any, kind: DocumentKind) -> None:
    [refused] = issue(company, [an_order(company, without_rate(a_numbered_form(1)))], kind)
    assert refused.refusal.code == "vat_missing"


def test_other_income_has_no_buyer_and_no_contractor(company: Any) -> None:
    [issued] = issue(company, [an_order(company, for_a_company(a_numbered_form(1), nip=""))], OTHER)
    assert issued.snapshot.buyer == NOBODY
    assert (issued.document.contractor, issued.document.buyer_name) == (None, "")
    assert not Contractor.objects.for_company(company).exists()
    assert "Nabywca" not in paper(issued.snapshot)


def test_a_seller_without_vat_prints_the_basis_on_every_kind(db: Any) -> None:  # noqa: ARG001 -- opens it
    company = a_company(vat_payer=False, vat_exemption_basis="art. 113 ust. 1 ustawy o VAT")
    orders = stored(a_shop(company), [a_numbered_form(number) for number in range(1, 6)], now=NOW)
    for order, kind in zip(orders, (INVOICE, RECEIPT, PRO_FORMA, OFFER, OTHER), strict=True):
        [issued] = issue(company, [order], kind)
        words = paper(issued.snapshot)
        assert "zwolnienie: art. 113 ust. 1 ustawy o VAT" in words
        assert "Stawka" not in words
        assert issued.document.vat == 0


def test_fiscal_receipts_are_refused_until_their_data_are_known(company: Any) -> None:
    company.receipts = "fiscal"
    company.save()
    order = an_order(company)
    [refused] = issue(company, [order], RECEIPT)
    assert (refused.refusal.code, refused.refusal.field) == (
        "fiscal_receipt_missing",
        "fiscal_receipt.number",
    )


# Conversions


def test_a_pro_forma_becomes_an_invoice_with_its_own_number_and_date(company: Any) -> None:
    order = an_order(company)
    yesterday = TODAY - timedelta(days=1)
    [pro_forma] = issue(company, [order], PRO_FORMA, issue_date=yesterday)
    draft = convert_document.convert(document=pro_forma.document, kind=INVOICE, user=None, now=NOW)
    assert draft.order_id == order.pk
    issued = issue_draft(company, order, INVOICE)
    assert (issued.document.number, issued.document.issue_date) == ("FV 1/11/2026", TODAY)
    assert issued.document.converted_from == pro_forma.document
    assert list(pro_forma.document.conversions.all()) == [issued.document]
    assert issued.snapshot.lines == pro_forma.snapshot.lines
    assert "Na podstawie PRO 1/11/2026" in paper(issued.snapshot)
    with pytest.raises(NotConvertible):
        convert_document.convert(document=pro_forma.document, kind=RECEIPT, user=None, now=NOW)


def test_an_offer_becomes_a_receipt(company: Any) -> None:
    order = an_order(company)
    [offer] = issue(company, [order], OFFER)
    convert_document.convert(document=offer.document, kind=RECEIPT, user=None, now=NOW)
    issued = issue_draft(company, order, RECEIPT)
    assert (issued.document.number, issued.snapshot.converted_from) == ("PAR 1/11/2026", "OF 1/11/2026")
    assert issued.document.original


def test_an_invoice_repeats_a_receipt_and_counts_nowhere_again(company: Any) -> None:
    order = an_order(company, for_a_company(a_numbered_form(1)))
    [receipt] = issue(company, [order], RECEIPT)
    [refused] = issue(company, [order], INVOICE)
    assert refused.refusal.code == "original_exists"
    convert_document.convert(document=receipt.document, kind=INVOICE, user=None, now=NOW)
    [still] = issue(company, [order], INVOICE)
    assert still.refusal.code == "original_exists"  # in bulk, also beside a draft
    issued = issue_draft(company, order, INVOICE)
    assert (issued.document.original, issued.document.converted_from) == (False, receipt.document)
    assert (issued.snapshot.to_receipt, issued.snapshot.converted_from) == ("PAR 1/11/2026", "")
    assert issued.snapshot.buyer.nip == NIP
    assert "Faktura do dokumentu PAR 1/11/2026." in paper(issued.snapshot)
    assert issue_draft(company, order, INVOICE).document == issued.document
    with pytest.raises(NotConvertible):
        convert_document.convert(document=receipt.document, kind=INVOICE, user=None, now=NOW)


def test_what_cannot_become_anything_is_refused(company: Any) -> None:
    orders = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    [invoice] = issue(company, orders[:1], INVOICE)
    [income] = issue(company, orders[1:], OTHER)
    for document in (invoice.document, income.document):
        with pytest.raises(NotConvertible):
            convert_document.convert(document=document, kind=RECEIPT, user=None, now=NOW)
