"""A real `stragan demo` and a real browser that notes every complaint of the page."""

import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    ViewportSize,
    sync_playwright,
)

import browsers
from ports import a_free_port

AXE = next((Path(__file__).parent / "vendor").rglob("axe.min.js"), None)
START_LIMIT_S = 90
# Every kind of element on a page, told by its tag, classes and names of attributes, with its parent's.
PARTS = """() => {
    const told = element => `${element.tagName}.${[...element.classList].sort().join('.')}`;
    const named = element => element.getAttributeNames().sort().join(' ');
    const parts = element => `${told(element.parentElement)}>${told(element)}[${named(element)}]`;
    return [...new Set([...document.querySelectorAll('body, body *')].map(parts))];
}"""
# Rows of a table that are made of the same kinds of elements are the same to axe: one of each stays.
LIKE_ROWS_AWAY = """() => {
    for (const body of document.querySelectorAll('tbody')) {
        const seen = new Set();
        for (const row of [...body.rows]) {
            const told = [row, ...row.querySelectorAll('*')].map(
                element => `${element.tagName}.${element.className.baseVal ?? element.className}`
                    + `[${element.getAttributeNames().join(' ')}]`);
            const kind = [...new Set(told)].sort().join(' ');
            if (seen.has(kind)) row.remove();
            seen.add(kind);
        }
    }
}"""
AUDITED: dict[int, set[str]] = {}  # parts and addresses without ids, by width of the screen


@dataclass(frozen=True)
class Demo:
    """Where the demo answers and how to log in."""

    url: str
    email: str
    password: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo as a user would, in a folder of its own."""
    url = f"http://127.0.0.1:{a_free_port()}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STRAGAN_")}
    environment["STRAGAN_DATA_DIR"] = str(tmp_path_factory.mktemp("demo"))
    environment["DJANGO_SETTINGS_MODULE"] = "stragan.project.settings"
    process = subprocess.Popen(
        [sys.executable, "-m", "stragan", "demo", "--json", "--port", url.rpartition(":")[2]],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Demo(url=url, **_login_of(process))
    finally:
        process.terminate()
        process.communicate(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


def _login_of(process: "subprocess.Popen[str]") -> dict[str, str]:
    assert process.stdout is not None
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        if select.select([process.stdout], [], [], 1)[0]:
            row = json.loads(process.stdout.readline() or "{}")
            if "password" in row:
                return {"email": row["email"], "password": row["password"]}
    pytest.fail(f"the demo did not print a log-in (exit code {process.poll()})")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    with sync_playwright() as playwright:
        path = browsers.found()
        assert path is not None, "without a browser these tests are left out"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _closed_windows(chromium: Browser) -> Iterator[None]:
    """Close what a test opened: left open, its pages would ask and draw to the end of the run."""
    yield
    for context in chromium.contexts:
        context.close()


@dataclass
class Visitor:
    """A person at a screen, who hears every complaint of browser and page."""

    page: Page
    url: str
    language: str = "pl"
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note console errors (refused content is one) and uncaught errors of scripts."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type} at {self.page.url}: {message.text}")

    def log_in(self, demo: Demo) -> None:
        """Log in as the demo printed it."""
        self.page.goto(f"{demo.url}/")
        self.page.locator("input[name=login]").fill(demo.email)
        self.page.locator("input[name=password]").fill(demo.password)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url(f"{demo.url}/")

    def look(self) -> None:
        """Check the page: accessible to everybody, no wider than the screen, no complaint so far."""
        self.page.wait_for_load_state("networkidle")
        wide, screen = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= screen, f"{self.page.url} is {wide} px wide on a screen of {screen} px"
        assert self.complaints == []
        parts = {re.sub(r"[0-9a-f-]{36}|\d+", "#", urlsplit(self.page.url).path), *self.page.evaluate(PARTS)}
        if not parts <= AUDITED.setdefault(screen, set()):
            self._audit()
            AUDITED[screen] |= parts

    def _audit(self) -> None:
        """Let axe judge the page.

        Axe tries colors out with inline styles, which the content policy rightly refuses: it looks at the
        same address in a second window that has no policy. It takes its time over each row of a list, so
        lists are short there.
        """
        auditor, address = self._auditor, self.page.url
        if self.page.locator("[data-list]").count():
            parts = urlsplit(address)
            pairs = [pair for pair in parse_qsl(parts.query) if pair[0] != "size"]
            address = urlunsplit(parts._replace(query=urlencode([*pairs, ("size", "50")])))
        assert AXE is not None, "axe-core is vendored beside this file"
        auditor.goto(address)
        auditor.evaluate(LIKE_ROWS_AWAY)
        auditor.evaluate(AXE.read_text())
        found = auditor.evaluate("axe.run(document, {resultTypes: ['violations']})")
        told = [
            f"{violation['id']}: {violation['nodes'][0]['html'][:160]}" for violation in found["violations"]
        ]
        assert told == [], f"axe at {self.page.url}"

    @cached_property
    def _auditor(self) -> Page:
        """A window for axe, logged in as the visitor is; many tests need none."""
        browser = self.page.context.browser
        assert browser is not None
        auditing = browser.new_context(
            viewport=self.page.viewport_size,
            locale={"pl": "pl-PL", "en": "en-US"}[self.language],
            bypass_csp=True,
            storage_state=self.page.context.storage_state(),
        )
        return auditing.new_page()

    def amounts(self, selector: str) -> list[str]:
        """Amounts as printed, with plain spaces."""
        texts = self.page.locator(selector).all_inner_texts()
        return [re.sub(r"[\u00a0\u202f]", " ", text).strip() for text in texts]


def a_visitor(browser: Browser, demo: Demo, *, width: int, height: int, language: str) -> Visitor:
    """A person with a screen and a language of their own, logged in."""
    screen = ViewportSize(width=width, height=height)
    context = browser.new_context(viewport=screen, locale=language)
    context.add_cookies([{"name": "django_language", "value": language[:2], "url": demo.url}])
    page = context.new_page()
    visitor = Visitor(page=page, url=demo.url, language=language[:2])
    visitor.page.set_default_timeout(20_000)
    visitor.listen()
    visitor.log_in(demo)
    return visitor
