"""Any history of issuing, voiding, correcting and linking keeps numbers, originals and sums straight."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.companies import NOW, a_company, a_shop
from builders.issuing import TODAY, an_author, corrected, voided
from builders.orders import a_numbered_form, stored
from builders.soaking import examples
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, DocumentVoid, NumberSeries, OrderDocument
from stragan.documents.queries import snapshot_of
from stragan.documents.sums import sums_of
from stragan.flows.correct_document import chain_of
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.flows.link_document import link_document, unlink_document
from stragan.orders.models import Order

DEEDS = st.tuples(
    st.sampled_from(["issue", "void", "correct", "zero", "link", "unlink"]),
    st.integers(0, 2),
    st.integers(0, 5),
)


def done(company: Any, orders: list[Order], deed: tuple[str, int, int]) -> None:
    """Do one deed, or be refused: both are answers."""
    verb, order_place, place = deed
    order = orders[order_place]
    documents = list(Document.objects.for_company(company).order_by("id"))
    document = documents[place % len(documents)] if documents else None
    author = an_author()
    if verb == "issue":
        wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
        issue_documents([order.pk], wish=wish, author=author)
    elif document is None:
        return
    elif verb == "void":
        voided(document)
    elif verb == "correct":
        corrected(document, {1: str(place % 4)})
    elif verb == "zero":
        corrected(document)
    elif verb == "link":
        link_document(company=company, document_id=document.pk, order_id=order.pk, author=author)
    else:
        link = OrderDocument.objects.for_company(company).filter(document=document).last()
        if link is not None:
            unlink_document(company=company, link_id=link.pk, reason="pomyłka", author=author)


def assert_straight(company: Any) -> None:
    """What must hold after every deed."""
    links = OrderDocument.objects.for_company(company).filter(ended_at__isnull=True, original=True)
    with_original = list(links.values_list("order_id", flat=True))
    assert len(with_original) == len(set(with_original))
    assert set(with_original) == set(
        Order.objects.for_company(company).filter(has_original=True).values_list("pk", flat=True)
    )
    for series in NumberSeries.objects.for_company(company):
        taken = list(
            Document.objects.for_company(company)
            .filter(series=series)
            .order_by("sequence")
            .values_list("sequence", flat=True)
        )
        assert taken == list(range(1, series.next_sequence))
    void = set(DocumentVoid.objects.for_company(company).values_list("document_id", flat=True))
    assert not links.filter(document_id__in=void).exists()
    standing = Decimal("0.00")
    for root in Document.objects.for_company(company).filter(corrects__isnull=True):
        chain = chain_of(root, company=company)
        parts = [snapshot_of(one) for one in (root, *chain.corrections)]
        sums = chain.state.sums
        assert sum(one.net for one in parts) == sums.net
        assert sum(one.vat for one in parts) == sums.vat
        assert sum(one.to_pay for one in parts) == sums.to_pay
        standing += Decimal(0) if root.pk in void else sums.gross
    totals = sums_of(Document.objects.for_company(company))
    assert sum((one.gross for one in totals), Decimal("0.00")) == standing


@pytest.mark.django_db(transaction=True)
@settings(max_examples=examples(12))
@given(deeds=st.lists(DEEDS, min_size=4, max_size=14))
def test_any_history_keeps_numbers_originals_and_sums(deeds: list[tuple[str, int, int]]) -> None:
    number = Document.objects.across_companies().count() + Order.objects.across_companies().count()
    company = a_company(nip=f"{10**9 + number:010}", name="Próbna")
    shop = a_shop(company, seller_id=f"s{number}")
    forms = [a_numbered_form(place) for place in range(1, 4)]
    for form in forms:
        form["lineItems"][0]["quantity"] = 3
        for part in (form["payment"]["paidAmount"], form["summary"]["totalToPay"]):
            part["amount"] = "134.99"
    orders = stored(shop, forms, now=NOW)
    for deed in deeds:
        done(company, orders, deed)
        assert_straight(company)
