"""Steps from an empty firm to fetched and checked orders, as a person at the screen takes them."""

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, expect

from browser.conftest import Demo, Visitor, a_visitor
from browser.words import WORDS
from standins.allegro.world import World

SHOP = "Pracownia"
ACCOUNT = "dom_i_kubek"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """What a firm chooses in its settings."""

    is_payer: bool
    has_warehouse: bool
    books: str


def at_a_desk(chromium: Browser, demo: Demo, *, language: str) -> Visitor:
    """Log in to Polish pages; who speaks English chooses it from the menu."""
    visitor = a_visitor(chromium, demo, width=1440, height=900, language="pl-PL")
    if language == "en":
        page = visitor.page
        page.locator(".st-top summary", has_text="Język").click()
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        visitor.language = language
    return visitor


def sets_the_firm_up(visitor: Visitor, seller: Seller) -> None:
    """Fill in what is printed, say who pays VAT, choose the packages; the menu follows."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/settings/")
    page.locator("[name=bank_name]").fill("Bank Próbny")
    saves(visitor, told="saved")
    expect(page.locator("[name=bank_name]")).to_have_value("Bank Próbny")
    says_who_pays_vat(visitor, is_payer=seller.is_payer)
    page.locator("[name=warehouse]").set_checked(seller.has_warehouse)
    page.locator(f"[name=books][value={seller.books}]").check()
    page.locator("[name=receipts][value=non_fiscal]").check()
    saves(visitor, told="saved taxes")
    assert page.locator("[name=warehouse]").is_checked() is seller.has_warehouse
    expect(page.locator(f"[name=books][value={seller.books}]")).to_be_checked()
    expect(page.locator("[name=receipts][value=non_fiscal]")).to_be_checked()
    menu = page.locator("#st-nav")
    expect(menu).to_contain_text(words["products"])
    expect(menu.get_by_text(words["warehouse"], exact=True)).to_have_count(int(seller.has_warehouse))
    expect(menu.get_by_text(words["vat register"], exact=True)).to_have_count(int(seller.is_payer))
    visitor.look()


def saves(visitor: Visitor, *, told: str) -> None:
    words = WORDS[visitor.language]
    visitor.page.get_by_role("button", name=words["save"]).click()
    expect(visitor.page.locator(".st-toast")).to_contain_text(words[told])


def says_who_pays_vat(visitor: Visitor, *, is_payer: bool) -> None:
    """Put the status from the start right; leads back to taxes and books."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/settings/taxes/")
    page.locator("a[href$='/taxes/vat/start/']").click()
    page.locator(f"[name=vat_payer][value={'yes' if is_payer else 'no'}]").check()
    page.locator("[name=exemption_basis]").fill("" if is_payer else "art. 113 ust. 1 ustawy o VAT")
    visitor.look()
    page.get_by_role("button", name=words["save VAT"], exact=True).click()
    expect(page.locator(".st-toast")).to_contain_text(words["saved VAT"])
    expect(page.locator("main tbody")).to_contain_text(words["payer" if is_payer else "exempt"])


def connects_by_the_page_of_consent(visitor: Visitor) -> None:
    """Go to Allegro's page, refuse there, and allow the second time; fetching begins by itself."""
    page, words = visitor.page, WORDS[visitor.language]
    asks_for_consent(visitor, says="Nie zezwalaj")
    expect(page.locator(".alert--red")).to_contain_text(words["no consent"])
    asks_for_consent(visitor, says=f"Zezwól jako {ACCOUNT}")
    expect(page.locator("#shop-state")).to_contain_text(words["done"], timeout=60_000)
    expect(page.locator("[name=buyer_source][value=account]")).to_be_checked()
    visitor.look()


def asks_for_consent(visitor: Visitor, *, says: str) -> None:
    """Add the shop in the settings, go to Allegro's page and answer there."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/settings/allegro/")
    page.get_by_role("link", name=words["connect"]).click()
    page.locator("[name=name]").fill(SHOP)
    page.locator("[name=buyer_source][value=account]").check()
    page.get_by_role("button", name=words["go to Allegro"]).click()
    page.get_by_role("button", name=says).click()


def connects_by_a_code(visitor: Visitor, chromium: Browser) -> None:
    """From the first page of a new firm: a code is shown, and confirmed on another device."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/")
    page.get_by_role("link", name=words["connect"]).first.click()
    page.locator("[name=name]").fill(SHOP)
    page.get_by_role("button", name=words["device"]).click()
    page.wait_for_url(re.compile("/device/"))
    visitor.look()
    device = chromium.new_page()
    device.goto(str(page.locator("main a[href*='user_code=']").get_attribute("href")))
    device.get_by_role("button", name=f"Zezwól jako {ACCOUNT}").click()
    expect(device.locator("h1")).to_have_text("Połączono")
    device.close()
    expect(page.locator("#shop-state")).to_contain_text(words["done"], timeout=60_000)


def loses_the_consent_and_gives_it_again(visitor: Visitor, world: World) -> None:
    """What the seller takes back on Allegro shows at the next fetch; after a new consent it goes on."""
    page, words = visitor.page, WORDS[visitor.language]
    world.grants.remove_app(0)
    world.grants.expire_access(0)
    page.goto(f"{visitor.url}/orders/")
    page.get_by_role("button", name=words["fetch"]).click()
    # Where a fetch in the background was first to hear of it, the button is refused.
    told = page.locator(".st-alerts .alert--red, .st-alerts [role=alert]").first
    expect(told).to_contain_text(SHOP, timeout=60_000)
    opens_the_shop(visitor)
    expect(page.locator(".set-trouble")).to_contain_text(words["log in again"])
    visitor.look()
    before = orders_listed(visitor, "/orders/?tab=all")
    world.add_orders(1, seller=0)
    opens_the_shop(visitor)
    page.get_by_role("button", name=words["connect again on Allegro"]).click()
    page.get_by_role("button", name=f"Zezwól jako {ACCOUNT}").click()
    expect(page.locator("#shop-state")).to_be_visible()
    for _ in range(100):
        if orders_listed(visitor, "/orders/?tab=all") > before:
            break
        page.wait_for_timeout(200)
    assert orders_listed(visitor, "/orders/?tab=all") == before + 1


def switches_the_shop_off_and_on(visitor: Visitor) -> None:
    page, words = visitor.page, WORDS[visitor.language]
    opens_the_shop(visitor)
    page.get_by_role("button", name=words["switch off"]).click()
    expect(page.locator("h1 ~ *", has_text=words["disabled"]).first).to_be_visible()
    page.get_by_role("button", name=words["switch on"]).click()
    expect(page.locator("h1 ~ *", has_text=words["connected"]).first).to_be_visible()


def takes_the_shop_away_and_adds_it_again(visitor: Visitor) -> None:
    """Another account is refused; the shop goes, and comes back by Allegro's page; its orders stay."""
    page, words = visitor.page, WORDS[visitor.language]
    opens_the_shop(visitor)
    page.get_by_role("button", name=words["connect again"]).click()
    page.get_by_role("button", name="Zezwól jako lampownia").click()
    expect(page.locator(".alert--red")).to_contain_text(words["known account"])
    opens_the_shop(visitor)
    kept = str(page.locator("main a[href*='shop=']").get_attribute("href"))
    before = orders_listed(visitor, kept)
    assert before > 0
    opens_the_shop(visitor)
    page.get_by_role("link", name=words["remove"]).click()
    page.get_by_role("button", name=words["remove the shop"]).click()
    expect(page.locator("#shops")).not_to_contain_text(SHOP)
    assert orders_listed(visitor, kept) == before
    connects_by_the_page_of_consent(visitor)
    page.locator("#shop-state").get_by_role("link", name=words["see orders"]).click()
    expect(page.locator("[data-list=orders]")).to_have_attribute("data-total", str(before))


def opens_the_shop(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.url}/settings/allegro/")
    visitor.page.locator("#shops").get_by_role("link", name=SHOP, exact=True).click()
    expect(visitor.page.locator("h1")).to_have_text(SHOP)


def orders_listed(visitor: Visitor, address: str) -> int:
    visitor.page.goto(f"{visitor.url}{address}")
    return int(visitor.page.locator("[data-list=orders]").get_attribute("data-total") or 0)


def fetches_by_the_button(visitor: Visitor, world: World) -> None:
    """An order bought just now comes in; the result is told, and the button waits its ten minutes."""
    page, words = visitor.page, WORDS[visitor.language]
    before = orders_listed(visitor, "/orders/?tab=all")
    world.add_orders(1, seller=0)
    page.get_by_role("button", name=words["fetch"]).click()
    expect(page.locator("#fetch-run .alert--green")).to_contain_text(words["fetched"], timeout=60_000)
    expect(page.locator("[data-list=orders]")).to_have_attribute("data-total", str(before + 1))
    expect(page.locator("#fetch-form > button [data-countdown-text]")).to_have_text(re.compile(r"^\d:\d\d$"))
    visitor.look()


def checks_the_orders(visitor: Visitor) -> None:
    """Compare what is here with what Allegro has, to the end."""
    page, words = visitor.page, WORDS[visitor.language]
    page.goto(f"{visitor.url}/checks/")
    button = page.get_by_role("button", name=words["check"])
    button.click()
    page.wait_for_url(re.compile(r"/checks/\d+/"))
    expect(page.locator("#check")).to_contain_text(words["complete"], timeout=60_000)
    expect(button).to_be_enabled()
    visitor.look()
