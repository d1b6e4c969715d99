"""GTU and flat rate come from the product that was matched, and stay what they were when it was issued."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW, a_company, a_member, a_shop
from builders.issuing import a_hand_draft, an_author, corrected, issued
from builders.orders import for_a_company, stored
from builders.products import a_product
from builders.stock import a_form_of, match
from stragan.books import totals
from stragan.books.models import VatRow
from stragan.books.states import Register
from stragan.core.snapshot import DocumentKind, from_bytes, to_bytes
from stragan.documents.content import from_json, to_json
from stragan.documents.models import Document
from stragan.flows import book_past, hand_document, issue_document, issue_preparing
from stragan.flows.convert_document import convert
from stragan.orders.models import OrderLine
from stragan.products.models import Product
from stragan.warehouse.models import StockMove

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
# The line of the order says KUB-1 and "Kubek emaliowany"; its product is found otherwise.
MATCHED = {
    "by the exact name": {"sku": "KOD-SPRZEDAWCY"},
    "by the exact name, without SKU": {"sku": ""},
}


def a_kept_company(books: str = "ryczalt") -> Any:
    return a_company(books=books)


def with_facts(company: Any, name: str = "Kubek emaliowany", **changes: Any) -> Product:
    return a_product(company, name, **({"gtu": "06", "ryczalt_rate": "8.5"} | changes))


def changed(product: Product, **values: str) -> None:
    Product.objects.for_company(product.company_id).filter(pk=product.pk).update(**values)


def rates(company: Any) -> dict[str, str]:
    month = totals.revenue_totals(company, Register.RYCZALT, ["2026-11"])
    return {rate: f"{amount}" for rate, amount in month.rates.items() if amount}


def gtus(company: Any) -> list[str]:
    return list(VatRow.objects.for_company(company).order_by("id").values_list("gtu", flat=True))


def an_order_of(company: Any, number: int = 1) -> Any:
    form = for_a_company(a_form_of(number, quantity=2))
    form["lineItems"][0]["offer"]["name"] = "Kubek emaliowany"
    [order] = stored(company.shops.first() or a_shop(company), [form], now=NOW)
    return order


def post_the_past(company: Any, *, book: str = "ryczalt") -> None:
    company.books = book
    company.save(update_fields=["books"])
    run = book_past.start(company, by=a_member(company), now=NOW, asked_at=NOW)
    book_past.work(run_id=run.pk, clock=lambda: NOW)


@pytest.mark.parametrize("product", MATCHED.values(), ids=MATCHED.keys())
def test_an_order_line_has_the_facts_of_the_product_it_was_matched_to(product: dict[str, str]) -> None:
    company = a_kept_company()
    with_facts(company, **product)
    order = an_order_of(company)
    wish = issue_preparing.Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    [foreseen] = issue_document.preview_documents([order.pk], wish=wish)
    document = issued(order, DocumentKind.INVOICE)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})
    assert isinstance(foreseen, issue_document.WouldIssue)
    [again] = issue_document.issue_documents([order.pk], wish=wish, author=an_author())
    assert isinstance(again, issue_document.Issued)
    assert (again.document.pk, again.consequences.books) == (document.pk, foreseen.consequences.books)


@pytest.mark.parametrize("sku", ["KOD-SPRZEDAWCY", ""])
def test_a_remembered_link_says_the_product_whatever_the_offer_says(sku: str) -> None:
    company = a_kept_company()
    with_facts(company, "Zupełnie inna nazwa", sku=sku)
    with_facts(company, "Nie ten produkt", sku="KUB-1", gtu="01", ryczalt_rate="5.5")
    order = an_order_of(company)
    match([order], Product.objects.for_company(company).get(name="Zupełnie inna nazwa"))
    issued(order, DocumentKind.INVOICE)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})


def test_a_product_somebody_took_away_from_the_line_says_nothing() -> None:
    company = a_kept_company()
    with_facts(company, sku="KUB-1")
    order = an_order_of(company)
    match([order], None)
    issued(order, DocumentKind.INVOICE)
    assert (gtus(company), rates(company)) == ([""], {"3": "77.23"})


def test_what_stands_under_the_lock_is_asked_once_for_books_and_stock() -> None:
    company = a_company(books="ryczalt", warehouse=True)
    with_facts(company, sku="KUB-1")
    first, second = an_order_of(company, 1), an_order_of(company, 2)
    issued(first, DocumentKind.INVOICE)
    with CaptureQueriesContext(connection) as asked:
        issued(second, DocumentKind.INVOICE)
    under_lock = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    start = next(place for place, sql in enumerate(under_lock) if 'FROM "documents_numberseries"' in sql)
    tables = [sql.partition('FROM "')[2].partition('"')[0] for sql in under_lock[start:]]
    once = ("orders_orderline", "books_ledger", "books_closedmonth")
    assert {table: tables.count(table) for table in once} == dict.fromkeys(once, 1)
    assert len(gtus(company)) == StockMove.objects.for_company(company).count() == 2


def test_many_documents_know_their_goods_with_as_many_statements_as_one() -> None:
    company = a_kept_company()
    mug, plate = with_facts(company, sku=""), with_facts(company, "Talerz", gtu="07", ryczalt_rate="5.5")
    orders = [an_order_of(company, number) for number in range(1, 13)]
    match(orders[6:], plate)

    def issue(some: list[Any]) -> int:
        wish = issue_preparing.Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
        with CaptureQueriesContext(connection) as asked:
            issue_document.issue_documents([one.pk for one in some], wish=wish, author=an_author())
        return len(asked)

    issue(orders[:1])
    few, many = issue(orders[1:3]), issue(orders[3:])
    assert few == many
    assert gtus(company) == [mug.gtu] * 6 + [plate.gtu] * 6
    assert rates(company) == {"8.5": "463.38", "5.5": "463.38"}


@pytest.mark.parametrize("sku", ["KOD-SPRZEDAWCY", ""])
def test_the_past_is_posted_with_what_the_product_said_at_issue(sku: str) -> None:
    company = a_kept_company("none")
    product = with_facts(company, sku=sku)
    issued(an_order_of(company), DocumentKind.INVOICE)
    changed(product, gtu="01", ryczalt_rate="5.5")
    post_the_past(company)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})


@pytest.mark.parametrize("sku", ["KOD-SPRZEDAWCY", ""])
def test_what_the_product_learned_only_afterwards_serves_the_past(sku: str) -> None:
    company = a_kept_company("none")
    product = with_facts(company, sku=sku, gtu="", ryczalt_rate="")
    issued(an_order_of(company), DocumentKind.INVOICE)
    changed(product, gtu="06", ryczalt_rate="8.5")
    post_the_past(company)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})


def test_a_catalog_younger_than_the_past_is_known_by_sku_archived_or_not() -> None:
    company = a_kept_company("none")
    issued(an_order_of(company), DocumentKind.INVOICE)
    product = with_facts(company, "Kubek z katalogu", sku="KUB-1")
    Product.objects.for_company(company).filter(pk=product.pk).update(archived_at=NOW)
    post_the_past(company)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})


def test_a_document_frozen_before_lines_said_their_goods_is_posted_by_the_matched_product() -> None:
    company = a_kept_company("none")
    with_facts(company, "Inna nazwa", sku="KOD-SPRZEDAWCY", gtu="", ryczalt_rate="")
    order = an_order_of(company)
    match([order], Product.objects.for_company(company).get())
    document = issued(order, DocumentKind.INVOICE)
    stored_bytes = bytes(Document.objects.for_company(company).get(pk=document.pk).snapshot)
    old = stored_bytes.replace(b',"gtu":null,"ryczalt_rate":null', b"")
    assert old != stored_bytes
    assert from_bytes(old) == from_bytes(stored_bytes)
    assert to_bytes(from_bytes(old)) == stored_bytes
    changed(Product.objects.for_company(company).get(), gtu="06", ryczalt_rate="8.5")
    post_the_past(company)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})


def forget_nothing(_: Any) -> None:
    """The product stays as it was."""


def change_product(company: Any) -> None:
    changed(Product.objects.for_company(company).get(), gtu="01", ryczalt_rate="5.5")


def lose_line(company: Any) -> None:
    OrderLine.objects.for_company(company).delete()


def change_usual_rate(company: Any) -> None:
    company.ryczalt_rate = "12"
    company.save(update_fields=["ryczalt_rate"])


@pytest.mark.parametrize("meanwhile", [forget_nothing, change_product, lose_line, change_usual_rate])
@pytest.mark.parametrize("sku", ["KOD-SPRZEDAWCY", ""])
@pytest.mark.parametrize("is_past", [False, True], ids=["kept", "past"])
def test_a_correction_says_of_the_goods_what_its_document_said(
    meanwhile: Callable[[Any], None], sku: str, *, is_past: bool
) -> None:
    company = a_kept_company("none" if is_past else "ryczalt")
    with_facts(company, sku=sku)
    document = issued(an_order_of(company), DocumentKind.INVOICE)
    if is_past:
        post_the_past(company)
    meanwhile(company)
    document.company = company
    corrected(document, {1: "1"})
    assert (gtus(company), rates(company)) == (["06", "06"], {"8.5": "44.71"})
    corrected(document)
    assert (gtus(company), rates(company)) == (["06", "06", "06"], {})


def test_goods_without_facts_stay_at_the_rate_of_their_day_when_corrected() -> None:
    company = a_kept_company()
    with_facts(company, gtu="", ryczalt_rate="")
    document = issued(an_order_of(company), DocumentKind.INVOICE)
    change_product(company)
    corrected(document, {1: "1"})
    assert (gtus(company), rates(company)) == (["", ""], {"3": "44.71"})


def test_a_correction_of_an_unposted_past_is_posted_with_it() -> None:
    company = a_kept_company("none")
    product = with_facts(company, sku="", gtu="", ryczalt_rate="")
    document = issued(an_order_of(company), DocumentKind.INVOICE)
    corrected(document, {1: "1"})
    changed(product, gtu="06", ryczalt_rate="8.5")
    post_the_past(company)
    assert (gtus(company), rates(company)) == (["06", "06"], {"8.5": "44.71"})


def test_a_pro_forma_made_into_an_invoice_knows_its_goods() -> None:
    company = a_kept_company()
    product = with_facts(company, sku="", gtu="01", ryczalt_rate="5.5")
    order = an_order_of(company)
    paper = issued(order, DocumentKind.PRO_FORMA)
    changed(product, gtu="06", ryczalt_rate="8.5")
    convert(document=paper, kind=DocumentKind.INVOICE, user=a_member(company), now=NOW)
    issued(order, DocumentKind.INVOICE)
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "77.23"})


@pytest.mark.parametrize(
    "said",
    [{"sku": "KUB-1"}, {"sku": "INNE", "ean": "5901234123457"}, {"name": "Kubek emaliowany"}],
    ids=["sku", "ean", "name"],
)
def test_a_line_by_hand_is_known_by_sku_ean_or_name(said: dict[str, str]) -> None:
    company = a_kept_company()
    user = a_member(company)
    with_facts(company, sku="KUB-1", ean="5901234123457")
    draft = a_hand_draft(company, user)
    content = from_json(draft.content or {})
    values: dict[str, Any] = {
        "name": "Cokolwiek", "unit_gross": Decimal("123.00"), "vat_code": "23", "sku": "", "ean": "",
    }  # fmt: skip
    [line] = to_json(content)["lines"]
    draft.content = to_json(content) | {"lines": [line | values | said]}
    draft.content["lines"][0]["unit_gross"] = "123.00"
    draft.content["buyer"] |= {
        "name": "Kubki", "street": "ul. Firmowa 3", "postal_code": "00-950", "city": "Warszawa",
    }  # fmt: skip
    draft.save()
    made = hand_document.issue(company=company, public_id=draft.public_id, author=an_author(user))
    assert isinstance(made, hand_document.IssuedByHand), made
    assert (gtus(company), rates(company)) == (["06"], {"8.5": "100.00"})


def test_services_and_delivery_have_no_facts_of_their_own() -> None:
    company = a_kept_company("kpir")
    with_facts(company, sku="")
    document = issued(an_order_of(company), DocumentKind.INVOICE)
    lines = from_bytes(bytes(document.snapshot)).lines
    assert [(line.kind.value, line.gtu, line.ryczalt_rate) for line in lines] == [
        ("goods", "06", "8.5"),
        ("delivery", None, None),
    ]
    assert gtus(company) == ["06"]
