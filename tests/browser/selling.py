"""Steps from waiting orders to documents, stock, books and back, as a person at the screen takes them."""

import re

from playwright.sync_api import Locator, expect

from browser.conftest import Visitor
from browser.setting_up import Seller
from browser.words import WORDS

KINDS = ("invoice", "receipt", "pro_forma", "offer", "other_income")
WITHOUT_VAT = ("invoice", "pro_forma")  # a seller without VAT reads so in the name
NUMBERS = {"invoice": "FV", "receipt": "PAR", "pro_forma": "PRO", "offer": "OF", "other_income": "IP"}
DOCUMENT = re.compile(r"/documents/[0-9a-f-]{36}/")


def orders_to_issue(visitor: Visitor, *, count: int) -> list[str]:
    """Ids of orders in złoty that wait for a document, the newest first."""
    visitor.page.goto(f"{visitor.url}/orders/?tab=to_issue&size=50")
    rows = visitor.page.locator("tr[data-currency=PLN]")
    expect(rows.first).to_be_visible()
    return [row.get_attribute("data-id") or "" for row in rows.all()[:count]]


def counts_goods(visitor: Visitor, orders: list[str]) -> None:
    """Bring in the products of the first order from a file, with what is on hand."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/orders/{orders[0]}/")
    names = page.locator("tr.or-line--goods .st-offer > span").all_inner_texts()
    skus = page.locator("tr.or-line--goods .or-sku").all_inner_texts()
    rows = [f'"{sku}";"{name}";40' for sku, name in zip(skus, names, strict=True)]
    page.goto(f"{visitor.url}/products/import/")
    visitor.look()
    sheet = "\n".join(["sku;nazwa;stan", *rows]).encode()
    page.locator("#file").set_input_files({"name": "towary.csv", "mimeType": "text/csv", "buffer": sheet})
    page.get_by_role("button", name=words["preview"]).click()
    page.locator("form[action*='/products/import/'] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/products/$"))
    expect(page.locator("tbody")).to_contain_text(skus[0])


def issues_each_kind(visitor: Visitor, seller: Seller, orders: list[str]) -> dict[str, str]:
    """Issue each kind for an order of its own; gives the documents' pages."""
    return {kind: issues(visitor, seller, order, kind) for kind, order in zip(KINDS, orders, strict=True)}


def issues(visitor: Visitor, seller: Seller, order: str, kind: str) -> str:
    """Issue one document from its draft; gives its page."""
    page = visitor.page
    page.goto(f"{visitor.url}/documents/draft/{order}/{kind}/")
    expect(page.locator("select[name$='vat_code']").first).to_be_visible(visible=seller.is_payer)
    page.locator("button[name=do][value=issue]").first.click()
    page.wait_for_url(DOCUMENT)
    expect(page.locator("h1")).to_contain_text(re.compile(rf"^{NUMBERS[kind]} \d+/\d\d/\d{{4}}$"))
    return page.url.partition("?")[0]


def chooses(visitor: Visitor, seller: Seller, menu: Locator, kind: str) -> None:
    """Open a menu of the five kinds, in the words of the seller, and choose one."""
    words = WORDS[visitor.language]
    suffix = {kind: f" {words['without VAT']}" for kind in WITHOUT_VAT if not seller.is_payer}
    names = [re.escape(f"{words[kind]}{suffix.get(kind, '')}") for kind in KINDS]
    menu.locator("summary").click()
    items = menu.locator(".dropdown-item")
    expect(items).to_have_text([re.compile(rf"^\s*{name}\s*[a-z]\s*$") for name in names])
    items.nth(KINDS.index(kind)).click()


def issues_each_kind_at_once(visitor: Visitor, seller: Seller, orders: list[str]) -> None:
    """Issue each kind for two orders at a time; commercial papers go before an invoice of the same orders."""
    first, second, third = orders[:2], orders[2:4], orders[4:6]
    chosen = {"offer": first, "pro_forma": first, "invoice": first, "receipt": second, "other_income": third}
    runs = {kind: starts_issuing(visitor, seller, two, kind) for kind, two in chosen.items()}
    for kind, run in runs.items():
        ends_issuing(visitor, run, kind)
    visitor.look()


def starts_issuing(visitor: Visitor, seller: Seller, orders: list[str], kind: str) -> str:
    """Start it from the preview of selected orders and leave, as one may; gives the page of the run."""
    page = visitor.page
    selects(visitor, orders)
    chooses(visitor, seller, page.locator("#orders-form details.or-first"), kind)
    page.wait_for_url(re.compile(r"/documents/issue/"))
    page.locator("form[action$='/start/'] button.btn-primary").click()
    expect(page.locator("#progress")).to_be_visible()
    return page.url


def ends_issuing(visitor: Visitor, run: str, kind: str) -> None:
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(run)
    expect(page.locator("#progress .do-state")).to_have_text(words["ended"], timeout=60_000)
    number = re.compile(rf"^{NUMBERS[kind]} \d+/\d\d/\d{{4}}$")
    expect(page.locator("#progress td a")).to_have_text([number, number])


def selects(visitor: Visitor, orders: list[str]) -> None:
    visitor.page.goto(f"{visitor.url}/orders/?tab=to_issue&size=50")
    for order in orders:
        visitor.page.locator(f"tr[data-id='{order}'] input.st-row-check").check()


def links_a_document_and_takes_it_back(visitor: Visitor, order: str) -> None:
    """Write an invoice by hand, as one that was made elsewhere, and give it to an order."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/documents/new/")
    page.locator("button[name=kind][value=invoice]").click()
    page.wait_for_url(re.compile(r"/documents/drafts/"))
    fields = {
        "buyer.name": "Jan Próbny",
        "buyer.street": "ul. Próbna 1",
        "buyer.postal_code": "00-001",
        "buyer.city": "Warszawa",
        "lines.0.name": "Usługa",
        "lines.0.quantity": "1",
        "lines.0.unit_gross": "123,00",
    }
    if page.locator("[name='lines.0.name']").count() == 0:
        page.locator("button[name=do][value=add]").click()
    for name, value in fields.items():
        page.locator(f"[name='{name}']").fill(value)
    rates = page.locator("select[name='lines.0.vat_code']")
    if rates.count():  # a seller without VAT chooses none
        rates.select_option("23")
    page.keyboard.press("Tab")
    expect(page.locator("#hand-form aside")).to_contain_text(re.compile(r"123[.,]00"))
    visitor.look()
    page.locator("button[formaction$='/issue/']").click()
    page.wait_for_url(DOCUMENT)
    number = page.locator("h1").inner_text()
    page.goto(f"{visitor.url}/documents/link/{order}/?q={number}")
    visitor.look()
    page.locator(f"button[name=document][value='{number}']").click()
    page.goto(f"{visitor.url}/orders/{order}/")
    expect(page.locator("main")).to_contain_text(f"{words['linked']} {number}")
    visitor.look()
    page.locator("main a[href*='/unlink/']").first.click()
    page.locator("#id_reason").fill("nie to zamówienie")
    page.get_by_role("button", name=words["unlink"]).click()
    waits_for_a_document(visitor, order)


def waits_for_a_document(visitor: Visitor, order: str) -> None:
    visitor.page.goto(f"{visitor.url}/orders/{order}/")
    expect(visitor.page.locator("summary[data-shortcut=w]")).to_be_visible()


def follows_stock(visitor: Visitor, document: str) -> None:
    """Go from the document to its stock note and the product's card, which names the document."""
    page = visitor.page
    page.goto(document)
    number = page.locator("h1").inner_text()
    page.locator("main .st-rows a[href*='/warehouse/notes/']").first.click()
    expect(page.locator("h1")).to_contain_text("WZ ")
    visitor.look()
    page.locator("main a[href*='/warehouse/products/']").first.click()
    expect(page.locator("main")).to_contain_text(number)
    visitor.look()


def follows_registers(visitor: Visitor, document: str, *, names: tuple[str, ...]) -> None:
    """Go from the document to each register it stands in, and from there back."""
    page = visitor.page
    page.goto(document)
    number = page.locator("h1").inner_text()
    visitor.look()
    expect(page.locator("main .st-rows a[href*='/books/']")).to_have_count(len(names))
    for name in names:
        page.locator(f"main .st-rows a[href*='/books/{name}/']").click()
        page.locator(".bo-search input[name=q]").fill(number)
        page.wait_for_url(re.compile("q=FV"))
        visitor.look()
        page.locator("tbody").get_by_role("link", name=number, exact=True).click()
        expect(page.locator("h1")).to_have_text(number)


def changes_a_status_and_back(visitor: Visitor, order: str) -> None:
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/orders/{order}/")
    menu = page.locator(".st-subhead details.st-menu, .st-head details.st-menu").filter(
        has=page.locator("button[name=status]")
    )
    before = menu.locator("summary").inner_text()
    menu.locator("summary").click()
    menu.locator("button[name=status][value=cancelled]").click()
    expect(menu.locator("summary")).to_contain_text(words["cancelled"])
    page.locator(".st-timeline form button[name=status]").first.click()
    expect(menu.locator("summary")).to_contain_text(before.strip())


def changes_several_statuses_and_back(visitor: Visitor, orders: list[str]) -> None:
    page, words = visitor.page, WORDS[visitor.language]
    selects(visitor, orders)
    menu = page.locator("#orders-form details.st-menu", has=page.locator("button[name=status]"))
    menu.locator("summary").click()
    menu.locator("button[name=status][value=cancelled]").click()
    toast = page.locator(".st-toast", has_text=words["status changed"])
    toast.get_by_role("button", name=words["undo"]).click()
    expect(page.locator(".st-toast", has_text=words["restored"])).to_be_visible()
    for order in orders:
        expect(page.locator(f"tr[data-id='{order}']")).to_be_visible()


def voids(visitor: Visitor, document: str, *, order: str) -> None:
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(document)
    number = page.locator("h1").inner_text()
    page.locator("a[href$='/void/']").first.click()
    visitor.look()
    page.locator("input[name=confirmed]").check()
    page.locator("#id_reason").fill("pomyłka w zamówieniu")
    page.get_by_role("button", name=f"{words['void']} {number}").click()
    page.wait_for_url(DOCUMENT)
    expect(page.locator("main")).to_contain_text("pomyłka w zamówieniu")
    visitor.look()
    waits_for_a_document(visitor, order)


def corrects(visitor: Visitor, document: str) -> None:
    page = visitor.page
    page.goto(f"{document}correct/")
    page.locator("#id_reason").fill("rabat")
    price = page.locator("[name='price.1']")
    price.fill("1,00")
    expect(page.locator(".do-changed")).to_have_count(1)
    visitor.look()
    page.locator("button[name=do][value=issue]").click()
    page.wait_for_url(DOCUMENT)
    expect(page.locator("h1")).to_contain_text("KOR ")
    visitor.look()
