"""The list under the hands of a clerk: what scripts do must not lose what was selected."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import Demo, Visitor, a_visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def clerk(chromium: Browser, demo: Demo) -> Iterator[Visitor]:
    visitor = a_visitor(chromium, demo, width=1440, height=900, language="pl-PL")
    yield visitor
    assert visitor.complaints == []


def selected(visitor: Visitor) -> str:
    return visitor.page.locator("[data-selection-text]").inner_text().replace("\u00a0", " ")


def test_a_filter_answers_in_place_and_going_back_undoes_it(clerk: Visitor) -> None:
    page = clerk.page
    page.goto(f"{clerk.url}/orders/")
    page.evaluate("window.sameDocument = true")
    page.locator(".st-filterbar summary", has_text="Płatność").click()
    page.locator(".st-filterbar .dropdown-item:visible", has_text="pobranie").click()
    expect(page).to_have_url(re.compile(r"/orders/\?payment=cod$"))
    expect(page.locator(".st-chip--set", has_text="Płatność: pobranie")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    page.go_back()
    expect(page).to_have_url(re.compile(r"/orders/$"))
    expect(page.locator(".st-chip--set")).to_have_count(0)


def test_a_selection_survives_sorting_and_its_status_can_be_undone(clerk: Visitor) -> None:
    page = clerk.page
    page.goto(f"{clerk.url}/orders/?tab=to_issue")
    page.locator(".st-row-check").nth(0).click()
    page.locator(".st-row-check").nth(2).click(modifiers=["Shift"])
    before = selected(clerk)
    assert before.startswith("Zaznaczono 3 · ")
    page.locator("th a", has_text="Kwota").click()
    expect(page).to_have_url(re.compile("sort=-total"))
    assert selected(clerk) == before
    page.locator(".st-bulk summary", has_text="Status").click()
    page.locator(".st-bulk .dropdown-item", has_text="Otwarte").click()
    toast = page.locator(".st-toast", has_text="Zmieniono status 3 zamówień na Otwarte")
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Cofnij").click()
    expect(page.locator(".st-toast", has_text="Przywrócono status 3 zamówień")).to_be_visible()


def test_the_keyboard_selects_and_opens_the_menu(clerk: Visitor) -> None:
    page = clerk.page
    page.goto(f"{clerk.url}/orders/")
    expect(page.locator("tr[data-id]").first).to_be_visible()
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    assert selected(clerk).startswith("Zaznaczono 2 · ")
    page.keyboard.press("w")
    expect(page.locator(".st-bulk .dropdown-item", has_text="Faktura")).to_be_visible()
    page.keyboard.press("f")
    expect(page).to_have_url(re.compile(r"/documents/issue/[0-9a-f-]{36}/"))


def test_fetching_shows_its_result_and_then_waits_ten_minutes(clerk: Visitor) -> None:
    page = clerk.page
    page.goto(f"{clerk.url}/orders/")
    page.get_by_role("button", name="POBIERZ NOWE ZAMÓWIENIA").click()
    expect(page.locator("#fetch-run .alert").first).to_be_visible()
    expect(page.locator("#fetch-run[hx-get]")).to_have_count(0, timeout=60_000)
    expect(page.locator("#fetch-run .alert--green").first).to_contain_text("pobrano")
    expect(page.locator("#fetch-form > button")).to_be_disabled()
    expect(page.locator("#fetch-form > button [data-countdown-text]")).to_have_text(re.compile(r"^\d:\d\d$"))
