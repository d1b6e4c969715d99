"""The books as an accountant opens them: registers, daily record, months, reports, the past."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.book_keeping import Firm, a_correction, a_sale
from builders.companies import NOW, a_company, a_member
from builders.snapshots import a_company_invoice
from stragan.books.models import ClosedMonth, PastPosting, RevenueRow, VatRow
from stragan.core.snapshot import DocumentKind
from stragan.flows import book_past

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 9)


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())


def a_firm(**changes: Any) -> Firm:
    return Firm(company=a_company(**({"books": "kpir"} | changes)))


def opened(firm: Firm, *, role: str = "owner") -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(firm.company, email=f"{role}@firma.example", role=role))
    return client


def text(response: Any) -> str:
    found: str = response.content.decode().replace("\xa0", " ")
    return found


def sold(firm: Firm, gross: str = "123.00", kind: DocumentKind = DocumentKind.INVOICE, **changes: Any) -> Any:
    return firm.issue(a_sale(kind, [("23", d(gross))], **({"issue_date": DAY} | changes)))


def test_the_vat_register_shows_rows_days_and_totals_with_ways_to_their_documents() -> None:
    firm = a_firm()
    invoice = sold(firm, buyer=a_company_invoice().buyer)
    for gross in ("0.99", "0.99"):
        sold(firm, gross, DocumentKind.RECEIPT)
    page = text(opened(firm).get(reverse("books:vat"), {"period": "2026-11"}))
    assert reverse("documents:detail", args=[invoice.public_id]) in page
    assert reverse("books:day", args=["2026-11-09"]) in page
    assert "WEW 09/11/2026" in page
    assert "2 dokumenty" in page
    assert "555-555-55-55" in page
    assert "Razem miesiąc, 3 dokumenty" in page
    assert "101,60" in page  # 100.00 + 0.80 + 0.80
    assert "23,38" in page  # tax rounded on each document: 23.00 + 0.19 + 0.19


def test_the_register_can_be_narrowed_and_totals_are_of_the_whole_filter() -> None:
    firm = a_firm()
    sold(firm, "123.00")
    sold(firm, "246.00", DocumentKind.RECEIPT)
    client = opened(firm)
    daily = text(client.get(reverse("books:vat"), {"period": "2026-11", "part": "daily"}))
    assert "invoice 1" not in daily
    assert "200,00" in daily
    named = text(client.get(reverse("books:vat"), {"period": "2026-11", "part": "named"}))
    assert "WEW 09/11/2026" not in named
    found = text(client.get(reverse("books:vat"), {"period": "2026-11", "q": "re"}))
    assert "receipt 2" in found
    assert "invoice 1" not in found


def test_a_void_document_is_in_no_register_and_takes_no_place() -> None:
    firm = a_firm()
    firm.void(sold(firm))
    sold(firm, "246.00")
    page = text(opened(firm).get(reverse("books:vat"), {"period": "2026-11"}))
    assert "invoice 1" not in page
    assert "Razem miesiąc, 1 dokument" in page


def test_pages_of_a_register_miss_nothing_and_repeat_nothing() -> None:
    firm = a_firm()
    for place in range(60):
        sold(firm, issue_date=date(2026, 11, 1 + place % 20))
    for place in (3, 18):
        sold(firm, "12.30", DocumentKind.RECEIPT, issue_date=date(2026, 11, place))
    client = opened(firm)
    seen: list[str] = []
    for number in (1, 2):
        query = {"period": "2026-11", "size": "50", "page": str(number)}
        response = client.get(reverse("books:vat"), query)
        seen += [row.number for row in response.context["rows"]]
    assert len(seen) == len(set(seen)) == 62
    days = [seen.index("WEW 03/11/2026"), seen.index("WEW 18/11/2026")]
    assert days == [9, 55]  # behind the last invoice of their day
    assert response.context["pages"].last == 62


def test_the_book_of_revenue_adds_up_the_year() -> None:
    firm = a_firm()
    sold(firm, "123.00", issue_date=date(2026, 3, 9))
    sold(firm, "246.00")
    page = text(opened(firm).get(reverse("books:revenue"), {"period": "2026-11"}))
    assert "Z poprzednich miesięcy roku 100,00" in page
    assert "300,00" in page


def test_an_exempt_seller_is_told_why_there_is_no_vat_register() -> None:
    firm = a_firm(books="ryczalt", vat_payer=False, vat_exemption_basis="art. 113 ust. 1 ustawy o VAT")
    client = opened(firm)
    assert "zwolniona z VAT" in text(client.get(reverse("books:vat"), {"period": "2026-11"}))
    revenue = text(client.get(reverse("books:revenue"), {"period": "2026-11"}))
    assert "Ewidencja przychodów" in revenue
    assert "Rejestr VAT" not in revenue


def test_without_books_each_page_says_how_to_switch_them_on() -> None:
    firm = a_firm(books="none")
    client = opened(firm)
    for name in ("vat", "revenue", "daily", "months", "past"):
        page = text(client.get(reverse(f"books:{name}")))
        assert reverse("settings:taxes") in page, name


def test_the_daily_record_names_each_payer() -> None:
    firm = a_firm()
    sold(firm, "123.00", DocumentKind.RECEIPT)
    client = opened(firm)
    month = text(client.get(reverse("books:daily"), {"period": "2026-11"}))
    assert "09.11.2026" in month
    day = text(client.get(reverse("books:day", args=["2026-11-09"])))
    assert "receipt 1" in day
    assert "Anna Próbna-Wzorcowa" in day
    assert client.get(reverse("books:day", args=["wczoraj"])).status_code == 404


def test_files_hold_every_row_of_the_month() -> None:
    firm = a_firm()
    sold(firm, buyer=a_company_invoice().buyer)
    sold(firm, "12.30", DocumentKind.RECEIPT)
    client = opened(firm)
    for name, rows in (("vat", 2), ("revenue", 2), ("daily", 1)):
        response = client.get(reverse(f"books:{name}"), {"period": "2026-11", "export": "csv"})
        said = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streams
        table = list(csv.reader(io.StringIO(said), delimiter=";"))
        assert len(table) == rows + 1, name
    xlsx = client.get(reverse("books:vat"), {"period": "2026-11", "export": "xlsx"})
    assert xlsx.content.startswith(b"PK")


def test_months_tell_their_sums_and_that_nothing_differs() -> None:
    firm = a_firm()
    sold(firm)
    client = opened(firm)
    page = text(client.get(reverse("books:months"), {"year": "2026"}))
    assert "Listopad 2026" in page
    assert 'hx-trigger="load"' in page
    checked = text(client.get(reverse("books:months"), {"year": "2026", "check": "1"}))
    assert "1 dokument" in checked
    assert 'hx-trigger="load"' not in checked


def test_the_checks_of_a_month_come_after_its_page() -> None:
    firm = a_firm()
    sold(firm)
    sold(firm, issue_date=date(2026, 10, 9))
    client = opened(firm)
    client.post(reverse("books:close", args=["2026-10"]), {"register": ["vat", "kpir"]})
    sold(firm, issue_date=date(2026, 10, 30))  # belonged to the closed month
    url = reverse("books:month", args=["2026-11"])
    page = text(client.get(url))
    assert f'hx-get="{url}?check=1"' in page
    assert "stoją w księgach" not in page
    fragment = text(client.get(url, {"check": "1"}, headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert "1 dokument tego miesiąca jest w księgach co do grosza" in fragment
    assert "należał do wcześniejszego, zamkniętego miesiąca" in fragment
    assert fragment[fragment.index("<ul") :] in text(client.get(url, {"check": "1"}))
    october = text(client.get(reverse("books:month", args=["2026-10"]), {"check": "1"}))
    assert "1 zapis należał do tego miesiąca" in october


def test_a_search_finds_every_document_of_the_month_and_of_this_company_only() -> None:
    firm = a_firm()
    other = Firm(company=a_company(nip="5252248481", books="kpir"))
    buyer = a_company_invoice().buyer
    sold(firm, "123.00", buyer=buyer)
    sold(firm, "246.00", DocumentKind.RECEIPT, buyer=buyer)
    sold(firm, "369.00", buyer=buyer, issue_date=date(2026, 10, 9))
    sold(firm, "492.00")
    sold(other, "615.00", buyer=buyer)
    client = opened(firm)
    for name, sums in (("vat", "369,00"), ("revenue", "300,00")):
        response = client.get(reverse(f"books:{name}"), {"period": "2026-11", "q": buyer.name[:7]})
        assert [row.number for row in response.context["rows"]] == ["invoice 1", "receipt 2"], name
        assert sums in text(response)
    short = client.get(reverse("books:vat"), {"period": "2026-11", "q": buyer.nip[:2]})
    assert [row.number for row in short.context["rows"]] == ["invoice 1"]


def test_a_month_is_closed_and_reopened_with_a_reason_that_stays() -> None:
    firm = a_firm()
    sold(firm, issue_date=date(2026, 10, 9))
    client = opened(firm, role="accountant")
    close, reopen = (reverse(f"books:{name}", args=["2026-10"]) for name in ("close", "reopen"))
    client.post(close, {"register": ["vat", "kpir"]})
    assert ClosedMonth.objects.for_company(firm.company).filter(reopened_at__isnull=True).count() == 2
    assert client.post(close, {"register": ["vat"]}).status_code == 422
    assert "Napisz, dlaczego" in text(client.post(reopen, {"register": ["vat"], "reason": " "}))
    client.post(reopen, {"register": ["vat"], "reason": "zapomniana faktura"})
    page = text(client.get(reverse("books:month", args=["2026-10"])))
    assert "zapomniana faktura" in page
    assert "Rejestr VAT: otwarty" in page
    assert "KPiR: zamknięty" in page
    assert opened(firm, role="clerk").post(close, {"register": ["vat"]}).status_code == 403


def test_a_report_of_the_cash_register_is_typed_in_and_taken_back() -> None:
    firm = a_firm()
    client = opened(firm)
    form = reverse("books:report", args=["2026-10"])
    wrong = client.post(form, {"number": "RM 10", "register_id": "ABC", "gross_23": "100", "vat_23": "90"})
    assert wrong.status_code == 422
    assert "powinno być około 18,70" in text(wrong)
    client.post(form, {"number": "RM 10", "register_id": "ABC", "gross_23": "29,97", "vat_23": "5,61"})
    assert VatRow.objects.for_company(firm.company).get().vat == d("5.61")
    page = text(client.get(reverse("books:month", args=["2026-10"])))
    assert "RM 10" in page
    report = RevenueRow.objects.for_company(firm.company).get().report
    assert report is not None
    client.post(reverse("books:report_take_back", args=[report.public_id]), follow=True)
    assert "RM 10" not in text(client.get(reverse("books:vat"), {"period": "2026-10"}))


def test_the_day_a_correction_was_received_moves_its_tax() -> None:
    firm = a_firm()
    said = a_sale(DocumentKind.INVOICE, [("23", d("123.00"))], issue_date=date(2026, 10, 3))
    invoice = firm.issue(said)
    correction = firm.issue(a_correction(said, [("23", d("12.30"))], on=date(2026, 10, 20)), corrects=invoice)
    client = opened(firm)
    address = reverse("books:received", args=["2026-10", correction.public_id])
    waits = text(client.get(reverse("books:month", args=["2026-10"]), {"check": "1"}))
    assert "do rozliczenia" in waits
    assert "nie ma jej jeszcze w żadnym miesiącu rejestru VAT: netto −90,00, VAT −20,70" in waits
    assert client.post(address, {"day": "kiedyś", "how": "reply"}).status_code == 422
    assert client.post(address, {"day": "2026-11-03", "how": "somehow"}).status_code == 422
    client.post(address, {"day": "2026-11-03", "how": "return_receipt"})
    assert "(zwrotne potwierdzenie odbioru)" in text(client.get(reverse("books:month", args=["2026-10"])))
    standing = VatRow.objects.for_company(firm.company).filter(reversals=None, reverses__isnull=True)
    assert standing.get(document=correction).period == "2026-11"


def test_the_past_is_shown_per_month_and_posted_by_a_job_once() -> None:
    firm = a_firm(books="none")
    firm.store(a_sale(DocumentKind.INVOICE, [("23", d("123.00"))], issue_date=date(2026, 10, 3)))
    firm.store(a_sale(DocumentKind.RECEIPT, [("23", d("12.30"))], issue_date=DAY))
    firm.company.books = "kpir"
    firm.company.save(update_fields=["books"])
    client = opened(firm)
    assert "Zaksięguj przeszłość" in text(client.get(reverse("books:months")))
    page = text(client.get(reverse("books:past")))
    assert "Październik 2026" in page
    assert "2 dokumenty" in page
    for _ in range(2):
        client.post(reverse("books:past"))
    run = PastPosting.objects.for_company(firm.company).get()
    assert 'hx-trigger="every 1s"' in text(client.get(reverse("books:past_progress")))
    for _ in range(2):
        book_past.work(run_id=run.pk, clock=lambda: NOW)
    assert VatRow.objects.for_company(firm.company).count() == 2
    assert "Zaksięgowano 2 dokumenty." in text(client.get(reverse("books:past")))
    assert "Wszystko jest w księgach" in text(client.get(reverse("books:past")))
