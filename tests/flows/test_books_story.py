"""The posting example of a month, and what each kind of document writes: as an accountant would check it."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from builders.book_keeping import Firm, a_correction, a_sale
from builders.companies import NOW, a_company, a_member
from builders.snapshots import a_company_invoice
from stragan.books import totals
from stragan.books.actions.months import close_month
from stragan.books.actions.posting import PeriodClosed
from stragan.books.actions.reports import (
    CashReportEmpty,
    CashReportExists,
    CashReportVatUnlikely,
    ReportFacts,
    enter_report,
    take_report_back,
)
from stragan.books.models import RevenueRow, VatRow
from stragan.books.queries import awaiting_receipt
from stragan.books.register import revenue_lines, vat_lines
from stragan.books.states import Confirmation, Register
from stragan.core.snapshot import DocumentKind, FiscalReceipt, KsefState, RateTotal, SupplyKind
from stragan.core.statutory_fields import jpk_v7_sums
from stragan.flows import book_checks
from stragan.flows.confirm_receipt import confirm_receipt
from stragan.products.models import Product

pytestmark = pytest.mark.django_db
CASES = Path(os.environ.get("STRAGAN_SCHEMAS_DIR", "/nowhere")).parent / "testdata" / "vat_cases.json"
NOVEMBER_2 = date(2026, 11, 2)
LATER = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
FISCAL = FiscalReceipt(number="W001", register_id="ABC 1", date=NOVEMBER_2)


def d(text: str) -> Decimal:
    return Decimal(text)


def listed(company: Any, period: str) -> list[tuple[Any, ...]]:
    """The VAT register of a month: number, type, mark and fields."""
    return [
        (one.number, one.type, one.mark.value, {name: str(amount) for name, amount in one.fields.items()})
        for one in vat_lines(company, period)
    ]


def earned(company: Any, book: Register, period: str) -> list[tuple[str, str, str]]:
    return [
        (one.number, one.day.isoformat(), str(one.amount)) for one in revenue_lines(company, book, period)
    ]


def test_the_posting_example_of_october() -> None:
    firm = Firm(company=a_company(books="kpir"))
    boss = a_member(firm.company)
    # A: a consumer without an invoice, paid on 31 October, sent on 2 November.
    firm.issue(
        a_sale(
            DocumentKind.RECEIPT,
            [("23", d("73.99")), ("23", d("14.99"))],
            issue_date=NOVEMBER_2,
            supply_date=date(2026, 10, 31),
            supply_kind=SupplyKind.PAYMENT,
        )
    )
    # B: a company, paid and sent on 5 October.
    buyer = replace(a_company_invoice().buyer, nip="5260250274")
    firm.issue(
        a_sale(
            DocumentKind.INVOICE,
            [("23", d("123.00"))],
            issue_date=date(2026, 10, 5),
            buyer=buyer,
            ksef=KsefState.NOT_SENT,
        )
    )
    # C: a consumer's invoice of two rates; half of the goods come back.
    sold = a_sale(
        DocumentKind.INVOICE, [("23", d("100.00")), ("8", d("20.00"))], issue_date=date(2026, 10, 3)
    )
    invoice = firm.issue(sold)
    back = a_correction(sold, [("23", d("50.00")), ("8", d("20.00"))], on=date(2026, 10, 20))
    correction = firm.issue(back, corrects=invoice)

    october = {number: (kind, mark, fields) for number, kind, mark, fields in listed(firm.company, "2026-10")}
    assert october["WEW 31/10/2026"] == ("WEW", "DI", {"K_19": "72.34", "K_20": "16.64"})
    assert october["invoice 2"] == ("", "DI", {"K_19": "100.00", "K_20": "23.00"})
    assert october["invoice 3"] == (
        "", "BFK", {"K_17": "18.52", "K_18": "1.48", "K_19": "81.30", "K_20": "18.70"},
    )  # fmt: skip
    assert "correction 4" not in october  # its tax waits until the buyer got it
    assert earned(firm.company, Register.KPIR, "2026-10") == [
        ("invoice 3", "2026-10-03", "99.82"),
        ("invoice 2", "2026-10-05", "100.00"),
        ("correction 4", "2026-10-20", "-40.65"),
    ]
    assert earned(firm.company, Register.KPIR, "2026-11") == [("WEW 02/11/2026", "2026-11-02", "72.34")]

    # The buyer got the correction in November only: its tax goes down there, revenue stays in October.
    with transaction.atomic():
        confirm_receipt(
            [correction], company=firm.company, day=NOVEMBER_2, how=Confirmation.REPLY, by=boss, now=NOW
        )
    assert "correction 4" not in {one[0] for one in listed(firm.company, "2026-10")}
    assert listed(firm.company, "2026-11") == [
        ("correction 4", "", "BFK", {"K_19": "-40.65", "K_20": "-9.35"}),
    ]
    assert ("correction 4", "2026-10-20", "-40.65") in earned(firm.company, Register.KPIR, "2026-10")
    assert totals.vat_totals(firm.company, ["2026-10"]).vat == d("59.82")
    assert totals.vat_totals(firm.company, ["2026-11"]).vat == d("-9.35")
    for period in ("2026-10", "2026-11"):
        assert book_checks.difference(firm.company, period, book=Register.KPIR).is_none


def test_receipts_of_a_cash_register_stand_in_its_report_only() -> None:
    firm = Firm(company=a_company(books="kpir"))
    sold = a_sale(DocumentKind.RECEIPT, [("23", d("123.00"))], issue_date=NOVEMBER_2, fiscal_receipt=FISCAL)
    receipt = firm.issue(sold)
    assert not VatRow.objects.for_company(firm.company).exists()
    assert not RevenueRow.objects.for_company(firm.company).exists()
    # Its invoice is shown and never added up; what comes back lowers the report.
    firm.issue(
        a_sale(
            DocumentKind.INVOICE,
            [("23", d("123.00"))],
            issue_date=NOVEMBER_2,
            fiscal_receipt=FISCAL,
            to_receipt="receipt 1",
        )
    )
    assert listed(firm.company, "2026-11")[0][1:] == ("FP", "BFK", {"K_19": "100.00", "K_20": "23.00"})
    month = totals.vat_totals(firm.company, ["2026-11"])
    assert (month.shown_only, month.net, month.vat) == (1, d("0"), d("0"))
    assert earned(firm.company, Register.KPIR, "2026-11") == []
    firm.issue(a_correction(sold, [("23", d("0.01"))], on=date(2026, 11, 9)), corrects=receipt)
    assert listed(firm.company, "2026-11")[1][1:] == ("RO", "DI", {"K_19": "-99.99", "K_20": "-23.00"})
    assert totals.revenue_totals(firm.company, Register.KPIR, ["2026-11"]).amount == d("-99.99")


def test_an_invoice_to_a_receipt_without_a_register_leaves_the_daily_record_alone() -> None:
    firm = Firm(company=a_company(books="kpir"))
    firm.issue(a_sale(DocumentKind.RECEIPT, [("23", d("123.00"))], issue_date=NOVEMBER_2))
    firm.issue(
        a_sale(DocumentKind.INVOICE, [("23", d("123.00"))], issue_date=NOVEMBER_2, to_receipt="receipt 1")
    )
    assert [one[0] for one in listed(firm.company, "2026-11")] == ["WEW 02/11/2026"]
    assert earned(firm.company, Register.KPIR, "2026-11") == [("WEW 02/11/2026", "2026-11-02", "100.00")]


def test_revenue_of_goods_delivered_before_the_invoice_belongs_to_the_day_they_left() -> None:
    firm = Firm(company=a_company(books="kpir"))
    firm.issue(
        a_sale(
            DocumentKind.INVOICE,
            [("23", d("123.00"))],
            issue_date=NOVEMBER_2,
            supply_date=date(2026, 10, 30),
            supply_kind=SupplyKind.DELIVERY,
        )
    )
    assert earned(firm.company, Register.KPIR, "2026-10") == [("invoice 1", "2026-10-30", "100.00")]


def test_flat_rates_follow_products_and_a_correction_takes_out_what_came_in() -> None:
    firm = Firm(company=a_company(books="ryczalt"))
    product = Product.objects.for_company(firm.company).create(
        company=firm.company, name="Usługa", name_key="usluga", sku="SKU-8", ryczalt_rate="8.5",
        created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    sold = a_sale(DocumentKind.INVOICE, [("23", d("123.00")), ("8", d("108.00"))], issue_date=NOVEMBER_2)
    invoice = firm.issue(sold)
    month = totals.revenue_totals(firm.company, Register.RYCZALT, ["2026-11"])
    assert month.rates == {"3": d("100.00"), "8.5": d("100.00")}
    # The product has another rate by now; everything comes back all the same.
    product.ryczalt_rate = "5.5"
    product.save(update_fields=["ryczalt_rate"])
    gone = a_correction(sold, [("23", d("123.00"))], on=date(2026, 11, 9))
    firm.issue(gone, corrects=invoice)
    month = totals.revenue_totals(firm.company, Register.RYCZALT, ["2026-11"])
    assert month.rates == {"3": d("100.00")}


def a_report(**changes: Any) -> ReportFacts:
    rates = [RateTotal(code="23", net=d("24.36"), vat=d("5.61"), gross=d("29.97"))]
    values: dict[str, Any] = {"period": "2026-10", "number": "RM 10", "register_id": "ABC 1", "rates": rates}
    return ReportFacts(**(values | changes))


def enter(company: Any, boss: Any, **changes: Any) -> Any:
    with transaction.atomic():
        return enter_report(a_report(**changes), company=company, book=Register.KPIR, by=boss, now=NOW)


def test_a_report_is_posted_as_it_is_and_can_be_taken_back_once() -> None:
    company = a_company(books="kpir")
    boss = a_member(company)
    report = enter(company, boss)
    assert listed(company, "2026-10") == [("RM 10", "RO", "DI", {"K_19": "24.36", "K_20": "5.61"})]
    assert earned(company, Register.KPIR, "2026-10") == [("RM 10", "2026-10-31", "24.36")]
    with pytest.raises(CashReportExists):
        enter(company, boss)
    for _ in range(2):
        with transaction.atomic():
            take_report_back(report, company=company, by=boss, now=NOW)
    assert listed(company, "2026-10") == []
    assert totals.vat_totals(company, ["2026-10"]).vat == d("0")
    enter(company, boss)
    assert totals.vat_totals(company, ["2026-10"]).vat == d("5.61")


def test_a_report_that_cannot_be_right_is_refused() -> None:
    company = a_company(books="kpir")
    boss = a_member(company)
    wrong = [RateTotal(code="23", net=d("100.00"), vat=d("900.00"), gross=d("1000.00"))]
    with pytest.raises(CashReportVatUnlikely):
        enter(company, boss, rates=wrong)
    with pytest.raises(CashReportEmpty):
        enter(company, boss, rates=[])
    close_month(company=company, registers=["kpir"], period="2026-10", by=boss, now=LATER)
    with pytest.raises(PeriodClosed):
        enter(company, boss)


@pytest.mark.schemas
@pytest.mark.skipif(not CASES.exists(), reason="needs the shared worked numbers beside the schemas")
def test_worked_numbers_of_registers_come_out_of_posted_rows() -> None:
    cases = {case["id"]: case for case in json.loads(CASES.read_text())["cases"]}
    firm = Firm(company=a_company(books="kpir"))
    wew = cases["V050"]
    for document in wew["documents_gross_by_rate"]:
        lines = [(code, d(gross)) for code, gross in document.items()]
        firm.issue(a_sale(DocumentKind.RECEIPT, lines, issue_date=NOVEMBER_2))
    [line] = vat_lines(firm.company, "2026-11")
    assert {name: str(amount) for name, amount in line.fields.items()} == wew["expected"]["jpk_v7"]
    assert (line.type, line.mark) == (wew["expected"]["jpk_v7_typ"], wew["expected"]["jpk_v7_mark"])
    [entry] = revenue_lines(firm.company, Register.KPIR, "2026-11")
    assert str(entry.amount) == wew["expected"]["books_revenue_pln"]

    ro = cases["V049"]["expected"]
    rates = [
        RateTotal(code=code, net=d(sums["net"]), vat=d(sums["vat"]), gross=d(sums["gross"]))
        for code, sums in ro["per_rate"].items()
    ]
    enter(firm.company, a_member(firm.company), rates=rates)
    [line] = vat_lines(firm.company, "2026-10")
    assert {name: str(amount) for name, amount in line.fields.items()} == ro["jpk_v7"]
    assert line.fields == jpk_v7_sums(rates)
    assert (line.type, line.mark) == (ro["jpk_v7_typ"], ro["jpk_v7_mark"])
    [entry] = revenue_lines(firm.company, Register.KPIR, "2026-10")
    assert str(entry.amount) == ro["books_revenue_pln"]

    for name in ("V038", "V039", "V040", "V041", "V043"):
        expected = cases[name]["expected"]
        other = Firm(company=a_company(books="kpir", nip=f"00000000{name[2:]}"))
        before, after = (
            [(code, d(sums["gross"])) for code, sums in expected[side]["per_rate"].items()]
            for side in ("before", "after")
        )
        sold = a_sale(DocumentKind.INVOICE, before, issue_date=date(2026, 10, 3))
        invoice = other.issue(sold)
        correction = other.issue(a_correction(sold, after, on=NOVEMBER_2), corrects=invoice)
        if correction in awaiting_receipt(other.company):
            confirm_receipt(
                [correction],
                company=other.company,
                day=NOVEMBER_2,
                how=Confirmation.REPLY,
                by=other.boss,
                now=NOW,
            )
        [line] = vat_lines(other.company, "2026-11")
        assert {key: str(amount) for key, amount in line.fields.items()} == expected["jpk_v7"], name
        [entry] = revenue_lines(other.company, Register.KPIR, "2026-11")
        assert str(entry.amount) == expected["books_revenue_pln"], name
