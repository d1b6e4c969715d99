"""The list under ten fingers: every key that the help names, and what needs a script besides."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import Demo, Visitor, a_visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def clerk(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    visitor = a_visitor(chromium, demo, width=1440, height=900, language="pl-PL")
    visitor.page.goto(f"{visitor.url}/orders/?tab=all")
    expect(visitor.page.locator("tr[data-id]").first).to_be_visible()
    yield visitor
    assert visitor.complaints == []


def selected(visitor: Visitor) -> str:
    return visitor.page.locator("[data-selection-text]").inner_text().replace("\u00a0", " ")


def test_rows_are_walked_marked_in_ranges_and_opened(clerk: Visitor) -> None:
    page = clerk.page
    for key in ("j", "x", "j", "j", "Shift+X", "k"):
        page.keyboard.press(key)
    assert selected(clerk).startswith("Zaznaczono 3 · ")
    expect(page.locator("tr.is-current")).to_have_count(1)
    second = page.locator("tr[data-id]").nth(1).get_attribute("data-href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(str(second))))
    page.keyboard.press("j")
    third = page.url
    page.keyboard.press("k")
    expect(page).not_to_have_url(third)


def test_the_status_menu_opens_by_s_and_the_order_on_allegro_by_o(clerk: Visitor) -> None:
    page = clerk.page
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("s")
    expect(page.locator(".st-bulk .dropdown-item", has_text="Otwarte")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("window.open = (address) => { window.opened = address; }")
    page.keyboard.press("o")
    assert str(page.evaluate("window.opened")).startswith("https://")


def test_slash_searches_the_list_and_question_mark_helps(clerk: Visitor) -> None:
    page = clerk.page
    page.keyboard.press("/")
    expect(page.locator("#st-search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#st-help")).to_be_visible()
    for key in ("Ctrl K", "Enter", "g"):
        expect(page.locator("#st-help kbd", has_text=key).first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("/documents/"))


def test_one_box_finds_everything_and_is_walked_by_arrows(clerk: Visitor) -> None:
    page = clerk.page
    number = page.locator("tr[data-id] .st-key a").first.inner_text()
    page.keyboard.press("Control+k")
    expect(page.locator("#st-everywhere-q")).to_be_focused()
    page.keyboard.type(f"zamówienie {number}", delay=20)
    hit = page.locator("#st-everywhere-found [data-hit]", has_text=f"Zamówienie {number}").first
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/orders/\d+/"))


def test_all_that_match_are_counted_by_the_server(clerk: Visitor) -> None:
    page = clerk.page
    total = int(page.locator("#orders").get_attribute("data-total") or 0)
    page.locator(".st-row-check").first.click()
    with page.expect_response("**/orders/select-all/") as frozen:
        page.locator("[data-select-all]").click()
    assert frozen.value.json()["count"] == total
    expect(page.locator("[data-selection-text]")).to_contain_text(f"Zaznaczono {total}")
    page.reload()
    expect(page.locator("[data-selection-text]")).to_contain_text(f"Zaznaczono {total}")


def test_columns_are_put_in_order_and_a_view_is_saved(clerk: Visitor) -> None:
    page = clerk.page
    page.locator("summary", has_text="Kolumny").click()
    page.locator(".or-order li", has_text="Status").first.locator("[data-move='-1']").click()
    page.locator(".or-chooser .btn", has_text="Pokaż").last.click()
    expect(page.locator("thead th", has_text="Status").locator("+ th")).to_have_text("Data utworzenia")
    page.locator("summary", has_text="Widoki").click()
    page.locator("#view-name").fill("Mój poranek")
    page.locator(".or-viewmenu .btn", has_text="Zapisz widok").click()
    expect(page.locator("summary", has_text="Mój poranek")).to_be_visible()
    page.locator("summary", has_text="Kolumny").click()
    page.locator(".or-chooser .btn", has_text="Domyślne").click()
    clerk.look()
