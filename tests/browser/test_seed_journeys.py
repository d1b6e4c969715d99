"""From settings to books: a firm with VAT and stock in Polish, all lists in English, an exempt seller."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Demo, Visitor, a_visitor
from browser.exempt_seller import an_exempt_seller
from standins.allegro.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KINDS = ("invoice", "receipt", "pro_forma", "offer", "other_income")
NUMBERS = {"invoice": "FV", "receipt": "PAR", "pro_forma": "PRO", "offer": "OF", "other_income": "IP"}
DOCUMENT = re.compile(r"/documents/[0-9a-f-]{36}/")
LISTS = (
    "/documents/",
    "/products/",
    "/products/offers/",
    "/offers/",
    "/offers/stock/",
    "/warehouse/",
    "/warehouse/notes/",
    "/contractors/",
    "/books/vat/",
    "/books/vat/waiting/",
    "/books/revenue/",
    "/books/daily/",
    "/books/months/",
    "/checks/",
)


WORDS = {
    "pl": {
        "save": "Zapisz zmiany",
        "check": "Sprawdź zamówienia",
        "preview": "Pokaż, co się zmieni",
        "ended": "Zakończ",
        "linked": "Powiązano z",
        "cancelled": "Anulowane",
        "void": "Anuluj",
    },
    "en": {
        "save": "Save changes",
        "check": "Check the orders",
        "preview": "Show what would change",
        "ended": "Ended",
        "linked": "Linked",
        "cancelled": "Cancelled",
        "void": "Void",
    },
}


@pytest.fixture(scope="module")
def exempt() -> Iterator[tuple[Demo, World]]:
    """An exempt seller without a warehouse, who has just begun, and their Allegro."""
    with an_exempt_seller() as seller:
        yield seller


def test_a_vat_payer_from_settings_to_a_correction(chromium: Browser, demo: Demo) -> None:
    visitor = a_visitor(chromium, demo, width=1440, height=900, language="pl-PL")
    says_what_receipts_are(visitor)
    connects_by_the_page_of_consent(visitor)
    checks_the_orders(visitor)
    spare = sells_with_vat_and_stock(visitor)
    corrects(visitor, issues(visitor, spare, "invoice"))


def test_a_vat_payer_does_the_same_in_english(chromium: Browser, demo: Demo) -> None:
    visitor = a_visitor(chromium, demo, width=1440, height=900, language="en-US")
    says_what_receipts_are(visitor)
    checks_the_orders(visitor)
    sells_with_vat_and_stock(visitor)


def sells_with_vat_and_stock(visitor: Visitor) -> str:
    """From goods to a void invoice; gives an order that still waits."""
    orders = orders_to_issue(visitor, count=12)
    counts_goods(visitor, orders)
    made = issues_each_kind(visitor, orders[:5])
    issues_receipts_at_once(visitor, after=10, count=3)
    links_a_document(visitor, orders[5])
    number = follows_stock_and_registers(visitor, made["invoice"])
    changes_a_status_and_back(visitor, orders[6])
    voids(visitor, made["invoice"], number=number)
    return orders[7]


def issues_each_kind(visitor: Visitor, orders: list[str]) -> dict[str, str]:
    made = {kind: issues(visitor, order, kind) for kind, order in zip(KINDS, orders, strict=True)}
    for kind, number in NUMBERS.items():
        visitor.page.goto(made[kind])
        expect(visitor.page.locator("h1")).to_contain_text(re.compile(rf"^{number} \d+/\d\d/\d{{4}}$"))
    return made


def says_what_receipts_are(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{visitor.url}/settings/taxes/")
    page.locator("input[name=receipts][value=non_fiscal]").check()
    page.get_by_role("button", name=WORDS[visitor.language]["save"]).click()
    expect(page.locator("input[name=receipts][value=non_fiscal]")).to_be_checked()
    visitor.look()


def connects_by_the_page_of_consent(visitor: Visitor) -> None:
    """Take a shop away and add it again by Allegro's page; orders stay, another account is refused."""
    page = visitor.page
    opens_a_shop(visitor, "Lampownia")
    page.get_by_role("button", name="Połącz ponownie").click()
    page.get_by_role("button", name="Zezwól jako dom_i_kubek").click()
    expect(page.locator(".alert--red")).to_contain_text("„Lampownia” należy do konta Allegro lampownia")
    opens_a_shop(visitor, "Lampownia")
    kept = page.locator("main a[href*='shop=']").get_attribute("href")
    before = orders_listed(visitor, str(kept))
    assert before > 0
    opens_a_shop(visitor, "Lampownia")
    page.get_by_role("link", name="Usuń…").click()
    page.get_by_role("button", name="Usuń sklep").click()
    expect(page.locator("#shops")).not_to_contain_text("Lampownia")
    assert orders_listed(visitor, str(kept)) == before
    asks_for_consent(visitor, "Lampownia", says="Nie zezwalaj")
    expect(page.locator(".alert--red")).to_contain_text("odmówiono zgody")
    asks_for_consent(visitor, "Lampownia", says="Zezwól jako lampownia")
    expect(page.locator("#shop-state")).to_contain_text("zakończone", timeout=60_000)
    expect(page.locator("[name=buyer_source][value=account]")).to_be_checked()
    visitor.look()
    page.locator("#shop-state").get_by_role("link", name="Zobacz zamówienia").click()
    expect(page.locator("[data-list=orders]")).to_have_attribute("data-total", str(before))


def opens_a_shop(visitor: Visitor, name: str) -> None:
    visitor.page.goto(f"{visitor.url}/settings/allegro/")
    visitor.page.locator("#shops").get_by_role("link", name=name, exact=True).click()
    expect(visitor.page.locator("h1")).to_have_text(name)


def orders_listed(visitor: Visitor, address: str) -> int:
    visitor.page.goto(f"{visitor.url}{address}")
    return int(visitor.page.locator("[data-list=orders]").get_attribute("data-total") or 0)


def asks_for_consent(visitor: Visitor, name: str, *, says: str) -> None:
    """Add a shop in the settings, go to Allegro's page and answer there."""
    page = visitor.page
    page.goto(f"{visitor.url}/settings/allegro/add/")
    page.locator("[name=name]").fill(name)
    page.locator("[name=buyer_source][value=account]").check()
    page.get_by_role("button", name="Przejdź do Allegro").click()
    page.get_by_role("button", name=says).click()


def checks_the_orders(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{visitor.url}/checks/")
    button = page.get_by_role("button", name=WORDS[visitor.language]["check"])
    button.click()
    page.wait_for_url(re.compile(r"/checks/\d+/"))
    expect(button).to_be_enabled(timeout=60_000)
    visitor.look()


def orders_to_issue(visitor: Visitor, *, count: int) -> list[str]:
    """Ids of orders in złoty that wait for a document, the newest first."""
    visitor.page.goto(f"{visitor.url}/orders/?tab=to_issue&size=50")
    rows = visitor.page.locator("tr[data-currency=PLN]")
    expect(rows.first).to_be_visible()
    return [row.get_attribute("data-id") or "" for row in rows.all()[:count]]


def counts_goods(visitor: Visitor, orders: list[str]) -> None:
    """Bring in the products of the first order from a file, with what is on hand."""
    page = visitor.page
    page.goto(f"{visitor.url}/orders/{orders[0]}/")
    names = page.locator("tr.or-line--goods .st-offer > span").all_inner_texts()
    skus = page.locator("tr.or-line--goods .or-sku").all_inner_texts()
    rows = [f'"{sku}";"{name}";40' for sku, name in zip(skus, names, strict=True)]
    page.goto(f"{visitor.url}/products/import/")
    visitor.look()
    sheet = "\n".join(["sku;nazwa;stan", *rows]).encode()
    page.locator("#file").set_input_files({"name": "towary.csv", "mimeType": "text/csv", "buffer": sheet})
    page.get_by_role("button", name=WORDS[visitor.language]["preview"]).click()
    page.locator("form[action*='/products/import/'] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/products/$"))
    expect(page.locator("tbody")).to_contain_text(skus[0])


def issues(visitor: Visitor, order: str, kind: str) -> str:
    """Issue one document from its draft; gives its page."""
    page = visitor.page
    page.goto(f"{visitor.url}/documents/draft/{order}/{kind}/")
    page.locator("button[name=do][value=issue]").first.click()
    page.wait_for_url(DOCUMENT)
    return page.url.partition("?")[0]


def issues_receipts_at_once(visitor: Visitor, *, after: int, count: int) -> None:
    page = visitor.page
    page.goto(f"{visitor.url}/orders/?tab=to_issue&size=50")
    boxes = page.locator("tr[data-currency=PLN] input.st-row-check")
    for place in range(after, after + count):
        boxes.nth(place).check()
    page.locator("#orders-form details.or-first summary").click()
    page.locator("#orders-form button[name=kind][value=receipt]").click()
    page.wait_for_url(re.compile(r"/documents/issue/"))
    page.locator("form[action$='/start/'] button.btn-primary").click()
    expect(page.locator("#progress .do-state")).to_contain_text(
        WORDS[visitor.language]["ended"], timeout=60_000
    )
    assert page.locator(".st-progress-big").inner_text() == str(count)
    visitor.look()


def links_a_document(visitor: Visitor, order: str) -> None:
    """Write an invoice by hand, as one that was made elsewhere, and give it to an order."""
    page = visitor.page
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
    expect(page.locator("main")).to_contain_text(f"{WORDS[visitor.language]['linked']} {number}")
    visitor.look()


def follows_stock_and_registers(visitor: Visitor, document: str) -> str:
    """Go from the document to its stock note, the product's card and the VAT register, and back."""
    page = visitor.page
    page.goto(document)
    number = page.locator("h1").inner_text()
    visitor.look()
    page.locator("main .st-rows a[href*='/warehouse/notes/']").first.click()
    expect(page.locator("h1")).to_contain_text("WZ ")
    visitor.look()
    page.locator("main a[href*='/warehouse/products/']").first.click()
    expect(page.locator("main")).to_contain_text(number)
    visitor.look()
    page.goto(document)
    page.locator("main a[href*='/books/vat/']").click()
    page.locator(".bo-search input[name=q]").fill(number)
    page.wait_for_url(re.compile("q=FV"))
    visitor.look()
    page.locator("tbody").get_by_role("link", name=number, exact=True).click()
    expect(page.locator("h1")).to_have_text(number)
    return number


def changes_a_status_and_back(visitor: Visitor, order: str) -> None:
    page = visitor.page
    page.goto(f"{visitor.url}/orders/{order}/")
    menu = page.locator(".st-subhead details.st-menu, .st-head details.st-menu").filter(
        has=page.locator("button[name=status]")
    )
    before = menu.locator("summary").inner_text()
    menu.locator("summary").click()
    menu.locator("button[name=status][value=cancelled]").click()
    expect(menu.locator("summary")).to_contain_text(WORDS[visitor.language]["cancelled"])
    page.locator(".st-timeline form button[name=status]").first.click()
    expect(menu.locator("summary")).to_contain_text(before.strip())


def voids(visitor: Visitor, document: str, *, number: str) -> None:
    page = visitor.page
    page.goto(f"{document}void/")
    visitor.look()
    page.locator("input[name=confirmed]").check()
    page.locator("#id_reason").fill("pomyłka w zamówieniu")
    page.get_by_role("button", name=f"{WORDS[visitor.language]['void']} {number}").click()
    page.wait_for_url(DOCUMENT)
    expect(page.locator("main")).to_contain_text("pomyłka w zamówieniu")
    visitor.look()


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


def test_every_list_reads_in_english(chromium: Browser, demo: Demo) -> None:
    visitor = a_visitor(chromium, demo, width=1440, height=900, language="en-US")
    for address in LISTS:
        answer = visitor.page.goto(f"{visitor.url}{address}")
        assert answer is not None
        assert answer.status == 200, address
        assert untranslated(visitor.page) == [], address
        visitor.look()


def untranslated(page: Page) -> list[str]:
    """Polish words of the product itself; names of buyers, goods and tax terms are data."""
    texts = page.locator("h1, thead th, .st-tab, .btn, .form-label").all_inner_texts()
    return [text for text in texts if re.search("[ąćęłńóśźż]", text.lower())]


def connects_by_a_code(visitor: Visitor, chromium: Browser) -> None:
    """From the first page of a new firm: a code is shown, and confirmed on another device."""
    page = visitor.page
    page.get_by_role("link", name="Dodaj sklep").first.click()
    page.locator("[name=name]").fill("Pracownia")
    page.get_by_role("button", name="Użyj kodu na innym urządzeniu").click()
    page.wait_for_url(re.compile("/device/"))
    visitor.look()
    device = chromium.new_page()
    device.goto(str(page.locator("main a[href*='user_code=']").get_attribute("href")))
    device.get_by_role("button", name="Zezwól jako dom_i_kubek").click()
    expect(device.locator("h1")).to_have_text("Połączono")
    device.close()
    expect(page.locator("#shop-state")).to_contain_text("zakończone", timeout=60_000)


def loses_the_consent_and_gives_it_again(visitor: Visitor, world: World) -> None:
    """What the seller takes back on Allegro shows at the next fetch; after a new consent it goes on."""
    page = visitor.page
    world.grants.remove_app(0)
    world.grants.expire_access(0)
    page.goto(f"{visitor.url}/orders/")
    page.get_by_role("button", name="POBIERZ NOWE ZAMÓWIENIA").click()
    # Where a fetch in the background was first to hear of it, the button is refused.
    told = page.locator(".st-alerts .alert--red, .st-alerts [role=alert]").first
    expect(told).to_contain_text("Pracownia", timeout=60_000)
    opens_a_shop(visitor, "Pracownia")
    expect(page.locator(".set-trouble")).to_contain_text("Zaloguj się na Allegro tym samym kontem")
    visitor.look()
    before = orders_listed(visitor, "/orders/?tab=all")
    world.add_orders(1, seller=0)
    opens_a_shop(visitor, "Pracownia")
    page.get_by_role("button", name="Połącz ponownie na Allegro").click()
    page.get_by_role("button", name="Zezwól jako dom_i_kubek").click()
    expect(page.locator("#shop-state")).to_be_visible()
    for _ in range(100):
        if orders_listed(visitor, "/orders/?tab=all") > before:
            break
        page.wait_for_timeout(200)
    assert orders_listed(visitor, "/orders/?tab=all") == before + 1


def switches_it_off_and_on(visitor: Visitor) -> None:
    page = visitor.page
    opens_a_shop(visitor, "Pracownia")
    page.get_by_role("button", name="Wyłącz sklep").click()
    expect(page.locator("h1 ~ *", has_text="Wyłączony").first).to_be_visible()
    page.get_by_role("button", name="Włącz sklep").click()
    expect(page.locator("h1 ~ *", has_text="Połączony").first).to_be_visible()


def test_an_exempt_seller_sees_no_vat_and_no_warehouse(chromium: Browser, exempt: tuple[Demo, World]) -> None:
    seller, world = exempt
    visitor = a_visitor(chromium, seller, width=1440, height=900, language="pl-PL")
    page = visitor.page
    connects_by_a_code(visitor, chromium)
    loses_the_consent_and_gives_it_again(visitor, world)
    switches_it_off_and_on(visitor)
    page.goto(f"{visitor.url}/")
    menu = page.locator("nav", has=page.locator("a[href='/orders/']")).first
    expect(menu).not_to_contain_text("MAGAZYN")
    expect(menu).not_to_contain_text("Rejestr VAT")
    expect(menu).to_contain_text("Produkty")
    says_what_receipts_are(visitor)
    checks_the_orders(visitor)
    orders = orders_to_issue(visitor, count=9)
    page.goto(f"{visitor.url}/documents/draft/{orders[0]}/invoice/")
    expect(page.locator("[name$='vat_code']:visible")).to_have_count(0)
    visitor.look()
    made = issues_each_kind(visitor, orders[:5])
    page.goto(made["invoice"])
    expect(page.locator("main")).to_contain_text("Faktura (bez VAT)")
    expect(page.locator("main th", has_text="VAT")).to_have_count(0)
    number = page.locator("h1").inner_text()
    visitor.look()
    issues_receipts_at_once(visitor, after=5, count=2)
    links_a_document(visitor, orders[5])
    page.goto(f"{visitor.url}/books/revenue/")
    expect(page.locator("tbody")).to_contain_text(number)
    visitor.look()
    changes_a_status_and_back(visitor, orders[6])
    voids(visitor, made["invoice"], number=number)
    does_the_same_in_english(chromium, seller)


def does_the_same_in_english(chromium: Browser, seller: Demo) -> None:
    visitor = a_visitor(chromium, seller, width=1440, height=900, language="en-US")
    page = visitor.page
    checks_the_orders(visitor)
    orders = orders_to_issue(visitor, count=7)
    made = issues_each_kind(visitor, orders[:5])
    page.goto(made["invoice"])
    expect(page.locator("main")).to_contain_text("Invoice (without VAT)")
    number = page.locator("h1").inner_text()
    issues_receipts_at_once(visitor, after=3, count=2)
    links_a_document(visitor, orders[5])
    page.goto(f"{visitor.url}/books/revenue/")
    expect(page.locator("tbody")).to_contain_text(number)
    visitor.look()
    changes_a_status_and_back(visitor, orders[6])
    voids(visitor, made["invoice"], number=number)
