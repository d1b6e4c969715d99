"""Issuing posts in its own transaction: what stands where, and what a closed month refuses."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from stragan.books.actions.months import PeriodNotOver, close_month, reopen_month
from stragan.books.actions.posting import PeriodClosed
from stragan.books.models import RevenueRow, RevenueSum, VatRow, VatSum
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document
from stragan.flows import book_effects
from stragan.flows.issue_document import Issued, issue_documents, preview_documents
from stragan.flows.issue_preparing import Wish
from stragan.flows.posted import Posted
from stragan.kit.audit import Actor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DECEMBER = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def an_author() -> Author:
    return Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)


def a_wish(company: Any, **changes: Any) -> Wish:
    values = {"company": company, "kind": DocumentKind.INVOICE, "issue_date": TODAY, "today": TODAY}
    return Wish(**(values | changes))


def issue(company: Any, forms: list[Any], **changes: Any) -> list[Any]:
    shop = company.shops.first() or a_shop(company)
    orders = stored(shop, forms, now=NOW)
    return issue_documents(
        [order.pk for order in orders], wish=a_wish(company, **changes), author=an_author()
    )


def told(entries: Any) -> list[tuple[str, ...]]:
    return [
        (one.register, one.period, str(one.day), f"{one.net}", f"{one.vat}", f"{one.gross}")
        for one in entries
    ]


def test_an_invoice_of_a_payer_stands_in_the_vat_register_and_in_kpir() -> None:
    company = a_company(books="kpir")
    [issued] = issue(company, [for_a_company(a_numbered_form(1))])
    assert told(issued.consequences.books) == [
        ("vat", "2026-11", "2026-11-20", "44.71", "10.28", "54.99"),
        ("kpir", "2026-11", "2026-11-23", "44.71", "10.28", "54.99"),
    ]
    row = VatRow.objects.for_company(company).get()
    assert (row.number, row.type, row.country, row.tax_id) == ("FV 1/11/2026", "", "PL", "5260250274")
    assert (row.k_19, row.k_20, row.sale_date) == (Decimal("44.71"), Decimal("10.28"), date(2026, 11, 20))
    entry = RevenueRow.objects.for_company(company).get()
    assert (entry.amount, entry.tax_id, entry.name, entry.address) == (
        Decimal("44.71"), "5260250274", "", "",
    )  # fmt: skip


def test_a_consumer_is_named_in_kpir_where_there_is_no_tax_id() -> None:
    company = a_company(books="kpir")
    issue(company, [a_numbered_form(1)])
    entry = RevenueRow.objects.for_company(company).get()
    assert entry.tax_id == ""
    assert entry.name
    assert entry.address


def test_an_exempt_seller_has_revenue_in_gross_and_no_vat_register() -> None:
    company = a_company(books="ryczalt", vat_payer=False, vat_exemption_basis="art. 113 ust. 1 ustawy o VAT")
    [issued] = issue(company, [a_numbered_form(1)])
    assert told(issued.consequences.books) == [
        ("ryczalt", "2026-11", "2026-11-23", "54.99", "0.00", "54.99"),
    ]
    assert not VatRow.objects.for_company(company).exists()
    assert RevenueRow.objects.for_company(company).get().rate == "3"


def test_without_books_nothing_is_posted(company: Any) -> None:
    [issued] = issue(company, [a_numbered_form(1)])
    assert isinstance(issued, Issued)
    assert issued.consequences.books == ()
    assert not VatRow.objects.for_company(company).exists()


def test_a_dry_run_foresees_what_issuing_posts_and_repeating_recalls_it() -> None:
    company = a_company(books="ryczalt")
    orders = stored(a_shop(company), [a_numbered_form(1), for_a_company(a_numbered_form(2))], now=NOW)
    ids = [order.pk for order in orders]
    foreseen: list[Any] = preview_documents(ids, wish=a_wish(company))
    first: list[Any] = issue_documents(ids, wish=a_wish(company), author=an_author())
    again: list[Any] = issue_documents(ids, wish=a_wish(company), author=an_author())
    assert [told(one.consequences.books) for one in foreseen] == [
        told(one.consequences.books) for one in first
    ]
    assert [told(one.consequences.books) for one in again] == [told(one.consequences.books) for one in first]
    assert VatRow.objects.for_company(company).count() == 2


def test_sums_follow_rows() -> None:
    company = a_company(books="kpir")
    issue(company, [a_numbered_form(number) for number in range(1, 4)])
    issue(company, [a_numbered_form(4)])
    total = VatSum.objects.for_company(company).get()
    assert (total.count, total.rows, total.k_19, total.k_20, total.gross) == (
        4, 4, Decimal("178.84"), Decimal("41.12"), Decimal("219.96"),
    )  # fmt: skip
    assert RevenueSum.objects.for_company(company).get().amount == Decimal("178.84")


def test_posted_rows_cannot_be_changed_or_deleted() -> None:
    company = a_company(books="kpir")
    issue(company, [a_numbered_form(1)])
    for rows in (VatRow.objects.for_company(company), RevenueRow.objects.for_company(company)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(period="2026-10")
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all()._raw_delete(rows.db)


def close(company: Any, period: str, *registers: str) -> Any:
    boss = company.memberships.first()
    user = boss.user if boss else a_member(company)
    with transaction.atomic():
        close_month(company=company, registers=registers, period=period, by=user, now=DECEMBER)
    return user


def test_a_closed_month_refuses_before_a_number_is_taken_and_names_the_next() -> None:
    company = a_company(books="kpir")
    close(company, "2026-11", "vat", "kpir")
    [refused] = issue(company, [a_numbered_form(1)])
    assert refused.refusal.code == "period_closed"
    assert dict(refused.refusal.params) == {"month": "2026-11", "next": "2026-12", "date": "2026-12-01"}
    assert refused.refusal.field == "issue_date"
    assert not Document.objects.for_company(company).exists()


def test_one_closed_register_is_enough_to_refuse() -> None:
    company = a_company(books="kpir")
    close(company, "2026-11", "kpir")
    [refused] = issue(company, [a_numbered_form(1)])
    assert refused.refusal.code == "period_closed"


def test_a_reopened_month_takes_documents_again() -> None:
    company = a_company(books="kpir")
    user = close(company, "2026-11", "vat", "kpir")
    with transaction.atomic():
        reopen_month(
            company=company, registers=("vat", "kpir"), period="2026-11", reason="brak faktury", by=user,
            now=DECEMBER,
        )  # fmt: skip
    [issued] = issue(company, [a_numbered_form(1)])
    assert isinstance(issued, Issued)


def test_a_month_that_is_not_over_cannot_be_closed() -> None:
    company = a_company(books="kpir")
    with pytest.raises(PeriodNotOver):
        close_month(company=company, registers=("vat",), period="2026-12", by=a_member(company), now=DECEMBER)


def test_tax_of_a_closed_month_goes_to_the_next_open_one_with_a_trace() -> None:
    company = a_company(books="kpir")
    close(company, "2026-11", "vat", "kpir")
    [issued] = issue(company, [a_numbered_form(1)], issue_date=date(2026, 12, 2), today=date(2026, 12, 2))
    row = VatRow.objects.for_company(company).get()
    assert (row.day, row.period, row.due_period) == (date(2026, 11, 20), "2026-12", "2026-11")
    assert told(issued.consequences.books)[0][1] == "2026-12"


def test_undoing_takes_rows_and_sums_back() -> None:
    company = a_company(books="kpir")
    [issued] = issue(company, [a_numbered_form(1)])
    posted = Posted(document=issued.document, snapshot=issued.snapshot, order=None)
    with transaction.atomic():
        taken = book_effects.undo(posted, company=company, author=an_author())
    assert [str(one.gross) for one in taken] == ["-54.99", "-54.99"]
    total = VatSum.objects.for_company(company).get()
    assert (total.count, total.rows, total.gross, total.k_19) == (0, 2, Decimal(0), Decimal(0))
    assert RevenueSum.objects.for_company(company).get().amount == Decimal(0)
    with transaction.atomic():
        assert book_effects.undo(posted, company=company, author=an_author()) == ()
    assert book_effects.recall([issued.document.pk], company=company) == {issued.document.pk: taken}


def test_what_stands_in_a_closed_month_is_not_taken_back() -> None:
    company = a_company(books="kpir")
    [issued] = issue(company, [a_numbered_form(1)])
    close(company, "2026-11", "vat")
    posted = Posted(document=issued.document, snapshot=issued.snapshot, order=None)
    with pytest.raises(PeriodClosed), transaction.atomic():
        book_effects.undo(posted, company=company, author=an_author())
    assert VatRow.objects.for_company(company).count() == 1


def test_paper_that_is_no_invoice_is_not_posted_and_not_refused() -> None:
    company = a_company(books="kpir")
    close(company, "2026-11", "vat", "kpir")
    [issued] = issue(company, [a_numbered_form(1)], issue_date=date(2026, 12, 2), today=date(2026, 12, 2))
    offer = replace(issued.snapshot, kind=DocumentKind.OFFER)
    posted = Posted(document=issued.document, snapshot=offer, order=None)
    assert book_effects.apply([posted], company=company, author=an_author()) == {}
    keeping = book_effects.keeping_of(company)
    refusal = book_effects.refusal(
        company=company, keeping=keeping, kind=DocumentKind.OFFER, issue_date=TODAY
    )
    assert refusal is None
