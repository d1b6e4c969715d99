"""From settings to undoing, in both languages: a firm with VAT, stock and books, and an exempt seller."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Demo, Visitor, a_visitor
from browser.new_firm import a_new_firm
from browser.selling import (
    changes_a_status_and_back,
    changes_several_statuses_and_back,
    corrects,
    counts_goods,
    follows_registers,
    follows_stock,
    issues,
    issues_each_kind,
    issues_each_kind_at_once,
    links_a_document_and_takes_it_back,
    orders_to_issue,
    voids,
)
from browser.setting_up import (
    Seller,
    at_a_desk,
    checks_the_orders,
    connects_by_a_code,
    connects_by_the_page_of_consent,
    fetches_by_the_button,
    loses_the_consent_and_gives_it_again,
    sets_the_firm_up,
    switches_the_shop_off_and_on,
    takes_the_shop_away_and_adds_it_again,
)
from browser.words import WORDS
from standins.allegro.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYER = Seller(is_payer=True, has_warehouse=True, books="kpir")
EXEMPT = Seller(is_payer=False, has_warehouse=False, books="ryczalt")
BOTH_LANGUAGES = pytest.mark.parametrize("language", ["pl", "en"])
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


@pytest.fixture
def firm() -> Iterator[tuple[Demo, World]]:
    """A firm that has just begun, and its Allegro."""
    with a_new_firm() as firm:
        yield firm


@BOTH_LANGUAGES
def test_a_vat_payer_from_settings_to_undoing(
    chromium: Browser, firm: tuple[Demo, World], language: str
) -> None:
    demo, world = firm
    visitor = at_a_desk(chromium, demo, language=language)
    sets_the_firm_up(visitor, PAYER)
    connects_by_the_page_of_consent(visitor)
    fetches_by_the_button(visitor, world)
    checks_the_orders(visitor)
    orders = orders_to_issue(visitor, count=15)
    counts_goods(visitor, orders)
    made = sells(visitor, PAYER, orders)
    follows_stock(visitor, made["invoice"])
    follows_registers(visitor, made["invoice"], names=("vat", "revenue"))
    undoes(visitor, orders, made)
    corrects(visitor, issues(visitor, PAYER, orders[14], "invoice"))


@BOTH_LANGUAGES
def test_an_exempt_seller_from_settings_to_undoing(
    chromium: Browser, firm: tuple[Demo, World], language: str
) -> None:
    demo, world = firm
    visitor = at_a_desk(chromium, demo, language=language)
    sets_the_firm_up(visitor, EXEMPT)
    connects_by_a_code(visitor, chromium)
    if language == "pl":  # once is enough: it waits long for the background
        loses_the_consent_and_gives_it_again(visitor, world)
    switches_the_shop_off_and_on(visitor)
    takes_the_shop_away_and_adds_it_again(visitor)
    fetches_by_the_button(visitor, world)
    checks_the_orders(visitor)
    orders = orders_to_issue(visitor, count=14)
    made = sells(visitor, EXEMPT, orders)
    shows_no_vat(visitor, made["invoice"])
    follows_registers(visitor, made["invoice"], names=("revenue",))
    undoes(visitor, orders, made)


def sells(visitor: Visitor, seller: Seller, orders: list[str]) -> dict[str, str]:
    """Issue every kind for the first eleven orders, one by one and at once; gives pages of single ones."""
    made = issues_each_kind(visitor, seller, orders[:5])
    issues_each_kind_at_once(visitor, seller, orders[5:11])
    return made


def undoes(visitor: Visitor, orders: list[str], made: dict[str, str]) -> None:
    """Link a document, change statuses and take both back; void an invoice."""
    links_a_document_and_takes_it_back(visitor, orders[11])
    changes_a_status_and_back(visitor, orders[12])
    changes_several_statuses_and_back(visitor, orders[12:14])
    voids(visitor, made["invoice"], order=orders[0])


def shows_no_vat(visitor: Visitor, document: str) -> None:
    words = WORDS[visitor.language]
    visitor.page.goto(document)
    expect(visitor.page.locator(".do-kind")).to_have_text(f"{words['invoice']} {words['without VAT']}")
    expect(visitor.page.locator("main th", has_text="VAT")).to_have_count(0)


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
