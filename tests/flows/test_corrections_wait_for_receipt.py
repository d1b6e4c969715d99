"""Tax of a correction in minus outside KSeF goes down when the buyer got it, and not before."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from builders.book_keeping import AUTHOR, Firm, a_correction, a_sale
from builders.companies import NOW, a_company, a_shop
from builders.issuing import corrected, voided
from builders.orders import a_numbered_form, stored
from stragan.books import totals
from stragan.books.actions.corrections import ReceiptDayWrong
from stragan.books.actions.months import close_month
from stragan.books.actions.posting import PeriodClosed, Posting, post
from stragan.books.entries import entries_of, sale_of
from stragan.books.models import AwaitedReceipt, CorrectionReceipt, RevenueRow, VatRow
from stragan.books.queries import BooksOff, awaited_sums, awaiting_receipt, keeping_of
from stragan.books.register import standing
from stragan.books.states import Confirmation, Register
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, FiscalReceipt, KsefState
from stragan.documents.models import Document
from stragan.flows import book_checks, book_effects, book_past
from stragan.flows.confirm_receipt import confirm_receipt
from stragan.flows.correct_document import Corrected
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.models import AuditEvent

pytestmark = pytest.mark.django_db
SOLD_ON = date(2026, 10, 3)
CORRECTED_ON = date(2026, 10, 20)
NOVEMBER_3 = date(2026, 11, 3)
DECEMBER = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)


def d(text: str) -> Decimal:
    return Decimal(text)


def a_firm(book: str = "kpir", **changes: Any) -> Firm:
    return Firm(company=a_company(books=book, **changes))


def an_invoice_said(gross: str = "123.00", **changes: Any) -> DocumentSnapshot:
    return a_sale(DocumentKind.INVOICE, [("23", d(gross))], issue_date=SOLD_ON, **changes)


def given_back(firm: Firm, *, posts: bool = True, left: str = "12.30", **changes: Any) -> Document:
    """An invoice of 123.00 corrected in October to what is *left* of it."""
    put = firm.issue if posts else firm.store
    said = an_invoice_said(**changes)
    return put(a_correction(said, [("23", d(left))], on=CORRECTED_ON), corrects=put(said))


def confirm(firm: Firm, *documents: Document, on: date = NOVEMBER_3, now: datetime = NOW) -> list[Document]:
    boss = firm.boss  # made before: a refusal takes back what was written in the transaction
    with transaction.atomic():
        return confirm_receipt(
            documents, company=firm.company, day=on, how=Confirmation.REPLY, by=boss, now=now
        )


def months_of(firm: Firm, document: Document) -> list[str]:
    rows = standing(VatRow.objects.for_company(firm.company)).filter(document=document)
    return list(rows.order_by("id").values_list("period", flat=True))


def assert_no_difference(firm: Firm, book: Register = Register.KPIR) -> None:
    for period in ("2026-10", "2026-11", "2026-12"):
        assert book_checks.difference(firm.company, period, book=book).is_none


@pytest.mark.parametrize("book", [Register.KPIR, Register.RYCZALT])
def test_tax_waits_and_revenue_does_not(book: Register) -> None:
    firm = a_firm(book.value)
    correction = given_back(firm)
    assert list(awaiting_receipt(firm.company)) == [correction]
    assert totals.vat_totals(firm.company, ["2026-10", "2026-11"]).vat == d("23.00")
    assert totals.revenue_totals(firm.company, book, ["2026-10"]).amount == d("10.00")
    assert [
        one.register for one in book_effects.recall([correction.pk], company=firm.company)[correction.pk]
    ] == [book.value]
    assert_no_difference(firm, book)
    confirm(firm, correction)
    assert not awaiting_receipt(firm.company).exists()
    [row] = standing(VatRow.objects.for_company(firm.company)).filter(document=correction)
    assert (row.period, row.day, row.due_period, row.k_19, row.k_20) == (
        "2026-11", NOVEMBER_3, "", d("-90.00"), d("-20.70"),
    )  # fmt: skip
    assert row.issue_date == CORRECTED_ON
    assert totals.vat_totals(firm.company, ["2026-10"]).vat == d("23.00")
    assert totals.vat_totals(firm.company, ["2026-11"]).vat == d("-20.70")
    assert totals.revenue_totals(firm.company, book, ["2026-10"]).amount == d("10.00")
    assert totals.revenue_totals(firm.company, book, ["2026-11"]).amount == d("0")
    assert_no_difference(firm, book)


def test_several_are_confirmed_at_once_or_none() -> None:
    firm = a_firm()
    first, second = given_back(firm), given_back(firm, left="61.50")
    with pytest.raises(ReceiptDayWrong):
        confirm(firm, first, second, on=date(2026, 10, 19))
    with pytest.raises(ReceiptDayWrong):
        confirm(firm, first, on=date(2026, 11, 24))  # tomorrow
    assert awaited_sums(awaiting_receipt(firm.company)).count == 2
    assert not CorrectionReceipt.objects.for_company(firm.company).exists()
    assert confirm(firm, first, second) == [first, second]
    assert totals.vat_totals(firm.company, ["2026-11"]).vat == d("-32.20")
    told = AuditEvent.objects.for_company(firm.company).filter(verb="books.correction_received")
    assert [one.subject_id for one in told.order_by("id")] == [first.pk, second.pk]


def test_saying_it_twice_writes_it_once_and_another_day_moves_it() -> None:
    firm = a_firm()
    correction = given_back(firm)
    confirm(firm, correction)
    assert confirm(firm, correction) == []
    assert CorrectionReceipt.objects.for_company(firm.company).count() == 1
    assert VatRow.objects.for_company(firm.company).filter(document=correction).count() == 1
    confirm(firm, correction, on=date(2026, 10, 31))
    assert months_of(firm, correction) == ["2026-10"]
    assert totals.vat_totals(firm.company, ["2026-11"]).vat == d("0")
    assert_no_difference(firm)


def test_a_closed_month_refuses_and_names_the_next_open_one() -> None:
    firm = a_firm()
    correction = given_back(firm)
    with transaction.atomic():
        for period in ("2026-10", "2026-11"):
            close_month(
                company=firm.company, registers=["vat", "kpir"], period=period, by=firm.boss, now=DECEMBER
            )
    with pytest.raises(PeriodClosed) as refused:
        confirm(firm, correction, on=CORRECTED_ON, now=DECEMBER)
    assert refused.value.params == {"month": "2026-10", "next": "2026-12", "date": "2026-12-01"}
    assert list(awaiting_receipt(firm.company)) == [correction]
    assert not CorrectionReceipt.objects.for_company(firm.company).exists()
    confirm(firm, correction, on=date(2026, 12, 1), now=DECEMBER)
    assert months_of(firm, correction) == ["2026-12"]
    assert_no_difference(firm)


def test_what_waits_is_told_before_closing_and_closes_all_the_same() -> None:
    firm = a_firm()
    correction = given_back(firm)
    for period in ("2026-10", "2026-11"):
        checks = book_checks.checklist(firm.company, period, book=Register.KPIR)
        assert (checks.awaited.count, checks.awaited.net, checks.awaited.vat, checks.awaited.gross) == (
            1, d("-90.00"), d("-20.70"), d("-110.70"),
        )  # fmt: skip
        assert checks.unconfirmed_corrections == 0
    assert book_checks.checklist(firm.company, "2026-09", book=Register.KPIR).awaited.count == 0
    close_month(company=firm.company, registers=["vat"], period="2026-10", by=firm.boss, now=NOW)
    confirm(firm, correction)
    assert book_checks.checklist(firm.company, "2026-11", book=Register.KPIR).awaited.count == 0


RECEIPT = FiscalReceipt(number="W001", register_id="ABC 1", date=SOLD_ON)


@pytest.mark.parametrize(
    ("sold", "left", "month"),
    [
        pytest.param({"ksef": KsefState.NOT_SENT}, "12.30", ["2026-10"], id="belongs in KSeF"),
        pytest.param({}, "246.00", ["2026-10"], id="in plus"),
        pytest.param(
            {"kind": DocumentKind.RECEIPT, "ksef": KsefState.NONE}, "1.00", ["2026-10"], id="receipt"
        ),
        pytest.param(
            {"kind": DocumentKind.RECEIPT, "ksef": KsefState.NONE, "fiscal_receipt": RECEIPT},
            "1.00",
            ["2026-10"],
            id="return to a cash register",
        ),
        pytest.param(
            {"fiscal_receipt": RECEIPT, "to_receipt": "W001"},
            "1.00",
            ["2026-10"],
            id="invoice to a receipt, FP",
        ),
        pytest.param({"to_receipt": "receipt 1"}, "1.00", [], id="invoice to a receipt without a register"),
    ],
)
def test_others_post_in_the_month_of_issue_as_before(sold: Any, left: str, month: list[str]) -> None:
    firm = a_firm()
    said = replace(an_invoice_said(), **sold)
    correction = firm.issue(a_correction(said, [("23", d(left))], on=CORRECTED_ON), corrects=firm.issue(said))
    assert not AwaitedReceipt.objects.for_company(firm.company).exists()
    assert months_of(firm, correction) == month
    assert_no_difference(firm)


def test_an_exempt_seller_has_no_tax_that_could_wait() -> None:
    firm = a_firm(vat_payer=False, vat_exemption_basis="art. 113 ust. 1 ustawy o VAT")
    said = an_invoice_said()
    exempt = replace(said, seller=replace(said.seller, vat_payer=False))
    firm.issue(a_correction(exempt, [("23", d("12.30"))], on=CORRECTED_ON), corrects=firm.issue(exempt))
    assert not awaiting_receipt(firm.company).exists()
    assert not VatRow.objects.for_company(firm.company).exists()


def test_what_stood_in_the_month_of_issue_before_stays_there_until_a_day_is_said() -> None:
    firm = a_firm()
    correction = given_back(firm, posts=False)
    (invoice, sold), (_, said) = firm.documents
    keeping = keeping_of(firm.company, Register.KPIR)
    at_once = replace(sale_of(said, original=sold), received=CORRECTED_ON)  # as it was posted then
    postings = [
        Posting(document_id=invoice.pk, entries=entries_of(sale_of(sold), keeping=keeping)),
        Posting(document_id=correction.pk, entries=entries_of(at_once, keeping=keeping)),
    ]
    post(postings, company=firm.company, now=NOW)
    assert months_of(firm, correction) == ["2026-10"]
    assert not awaiting_receipt(firm.company).exists()
    assert not book_past.candidates(firm.company, book=Register.KPIR).exists()
    assert_no_difference(firm)
    checks = book_checks.checklist(firm.company, "2026-10", book=Register.KPIR)
    assert (checks.awaited.count, checks.unconfirmed_corrections) == (0, 1)
    confirm(firm, correction)
    assert months_of(firm, correction) == ["2026-11"]
    assert book_checks.checklist(firm.company, "2026-10", book=Register.KPIR).unconfirmed_corrections == 0
    assert_no_difference(firm)


def post_past(firm: Firm, book: str) -> None:
    firm.company.books = book
    firm.company.save(update_fields=["books"])
    run = book_past.start(firm.company, by=firm.boss, now=NOW, asked_at=NOW)
    book_past.work(run_id=run.pk, clock=lambda: NOW)


def test_the_past_posted_later_waits_too_and_its_preview_says_so() -> None:
    firm = a_firm("none")
    correction = given_back(firm, posts=False)
    with pytest.raises(BooksOff):
        confirm(firm, correction)
    [october] = book_past.preview(firm.company, book=Register.KPIR)
    assert (october.documents, october.net, october.vat, october.awaited) == (
        2, d("10.00"), d("23.00"), d("-20.70"),
    )  # fmt: skip
    post_past(firm, "kpir")
    assert list(awaiting_receipt(firm.company)) == [correction]
    assert book_past.preview(firm.company, book=Register.KPIR) == []
    confirm(firm, correction)
    assert months_of(firm, correction) == ["2026-11"]
    assert_no_difference(firm)


def test_the_past_does_not_wait_for_a_day_that_was_said_before_it_was_posted() -> None:
    firm = a_firm("kpir")
    correction = given_back(firm, posts=False)
    confirm(firm, correction)
    assert not VatRow.objects.for_company(firm.company).exists()
    [october] = book_past.preview(firm.company, book=Register.KPIR)
    assert (october.vat, october.awaited) == (d("2.30"), d("0"))
    post_past(firm, "kpir")
    assert not awaiting_receipt(firm.company).exists()
    assert months_of(firm, correction) == ["2026-11"]
    assert_no_difference(firm)


def test_another_book_does_not_take_what_waits_a_second_time() -> None:
    firm = a_firm("kpir")
    correction = given_back(firm)
    post_past(firm, "ryczalt")
    assert not RevenueRow.objects.for_company(firm.company).filter(book="ryczalt").exists()
    confirm(firm, correction)
    assert months_of(firm, correction) == ["2026-11"]


def test_each_correction_of_a_chain_waits_or_not_by_itself() -> None:
    firm = a_firm()
    said = an_invoice_said()
    invoice = firm.issue(said)
    down = a_correction(said, [("23", d("12.30"))], on=CORRECTED_ON)
    first = firm.issue(down, corrects=invoice)
    up = a_correction(down, [("23", d("24.60"))], on=CORRECTED_ON)
    second = firm.issue(up, corrects=invoice)
    gone = a_correction(up, [("23", d("0.00"))], on=NOVEMBER_3)
    third = firm.issue(gone, corrects=invoice)
    assert list(awaiting_receipt(firm.company)) == [first, third]
    assert months_of(firm, second) == ["2026-10"]
    confirm(firm, third)
    confirm(firm, first, on=date(2026, 11, 10))
    assert totals.vat_totals(firm.company, ["2026-10", "2026-11"]).vat == d("0")
    assert totals.revenue_totals(firm.company, Register.KPIR, ["2026-10", "2026-11"]).amount == d("0")
    assert_no_difference(firm)


def test_a_correction_that_waits_is_not_posted_twice() -> None:
    firm = a_firm()
    correction = given_back(firm)
    with pytest.raises(IntegrityError), transaction.atomic():
        book_effects.apply([firm.posted(correction)], company=firm.company, author=AUTHOR)
    confirm(firm, correction)
    with pytest.raises(IntegrityError), transaction.atomic():
        book_effects.apply([firm.posted(correction)], company=firm.company, author=AUTHOR)


def test_tax_that_stands_nowhere_and_waits_for_nothing_is_a_difference() -> None:
    firm = a_firm()
    correction = given_back(firm)
    AwaitedReceipt.objects.for_company(firm.company).filter(document=correction).delete()
    found = book_checks.difference(firm.company, "2026-10", book=Register.KPIR)
    assert (found.unposted, found.examples) == (1, (correction.number,))


@pytest.mark.django_db(transaction=True)
def test_a_consumers_invoice_corrected_from_its_order_waits_and_is_never_voided() -> None:
    company = a_company(books="kpir")
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=NOW.date(), today=NOW.date())
    [issued] = issue_documents([order.pk], wish=wish, author=AUTHOR)
    assert isinstance(issued, Issued)
    done = corrected(issued.document)
    assert isinstance(done, Corrected)
    assert [one.register for one in done.consequences.books] == ["kpir"]
    assert list(awaiting_receipt(company)) == [done.document]
    assert voided(done.document).code == "correction_not_voidable"
    assert voided(issued.document).code == "document_has_correction"
    assert list(awaiting_receipt(company)) == [done.document]
    assert book_checks.difference(company, "2026-11", book=Register.KPIR).is_none


@pytest.mark.django_db(transaction=True)
def test_two_people_who_confirm_at_once_leave_one_row() -> None:
    firm = a_firm()
    correction = given_back(firm)
    boss = firm.boss
    failures: list[BaseException] = []
    ready = threading.Barrier(2, timeout=60)

    def work(day: date) -> None:
        try:
            ready.wait()
            with transaction.atomic():
                confirm_receipt(
                    [correction], company=firm.company, day=day, how=Confirmation.REPLY, by=boss, now=NOW
                )
        except BaseException as failure:  # noqa: BLE001 -- told to the main thread
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(day,)) for day in (date(2026, 10, 31), NOVEMBER_3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures, failures
    latest = CorrectionReceipt.objects.for_company(firm.company).order_by("-id")[0]
    assert months_of(firm, correction) == [latest.day.isoformat()[:7]]
    assert not awaiting_receipt(firm.company).exists()
    assert totals.vat_totals(firm.company, ["2026-10", "2026-11"]).vat == d("2.30")
    assert_no_difference(firm)
