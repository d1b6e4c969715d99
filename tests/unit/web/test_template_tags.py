"""How amounts, days and icons come out of templates, in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from stragan.kit.counting import Counted
from stragan.web.shell import listing, show
from stragan.web.shell.listing import Pages
from stragan.web.shell.templatetags import st

WEB = Path(st.__file__).resolve().parents[2]
MOMENT = datetime(2026, 11, 23, 7, 14, 42, tzinfo=UTC)


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def polish() -> Iterator[None]:
    with translation.override("pl"):
        yield


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_amounts_are_polish_with_no_break_spaces() -> None:
    assert rendered("{{ x|money }}", x=Decimal("1234.56")) == "1\u00a0234,56\u00a0zł"
    assert rendered("{{ x|amount }}", x=Decimal(0)) == "0,00"
    assert rendered('{{ x|money:"EUR" }}', x=Decimal("-1.50")) == "−1,50\u00a0EUR"
    assert rendered("{{ x|money }}", x=None) == "–"


@pytest.mark.usefixtures("english")
def test_amounts_are_english_when_the_page_is() -> None:
    assert show.money(Decimal("1234.56")) == "1,234.56\u00a0zł"
    assert show.counted(12_000) == "10,000+"


def test_counts_are_exact_up_to_ten_thousand() -> None:
    assert show.counted(4812) == "4\u00a0812"
    assert show.counted(10_000) == "10\u00a0000"
    assert show.counted(10_001) == "10\u00a0000+"


def test_days_and_moments_are_told_in_warsaw() -> None:
    assert show.day(date(2026, 11, 3)) == "03.11.2026"
    assert show.day(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "23.11.2026"
    assert show.moment(MOMENT) == "23.11.2026\u00a008:14"
    assert show.moment(MOMENT, "short") == "23.11\u00a008:14"
    assert show.moment(MOMENT, "long") == "23.11.2026\u00a008:14:42"
    assert show.moment(MOMENT, "time") == "08:14"
    assert show.moment(None) == "–"


@pytest.mark.usefixtures("english")
def test_days_are_english_when_the_page_is() -> None:
    assert show.day(date(2026, 11, 3)) == "3 Nov 2026"
    assert show.moment(MOMENT, "short") == "23 Nov\u00a008:14"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_cells_of_long_tables_are_written_as_everywhere(language: str) -> None:
    with translation.override(language):
        money, moment = show.moneys(), show.moments(2026)
        for value, currency in ((Decimal("1234.56"), "PLN"), (Decimal("-0.50"), "CZK"), (None, "PLN")):
            assert money(value, currency) == show.money(value, currency)
        year_before = datetime(2025, 12, 31, 22, 59, tzinfo=UTC)
        new_year = datetime(2025, 12, 31, 23, 1, tzinfo=UTC)  # in Warsaw
        assert [moment(MOMENT), moment(new_year)] == [
            show.moment(MOMENT, "short"),
            show.moment(new_year, "short"),
        ]
        assert moment(year_before) == show.moment(year_before)
        assert moment(None) == show.NONE
        to_the_second = show.moments(seconds=True)
        for instant in (MOMENT, year_before, new_year, None):
            assert to_the_second(instant) == show.moment(instant, "long")


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({}, "?q=%C5%BC%C3%B3%C5%82w+%26+2&kind=a&kind=b&page=3"),
        ({"page": 4}, "?q=%C5%BC%C3%B3%C5%82w+%26+2&kind=a&kind=b&page=4"),
        ({"page": None, "size": 50}, "?q=%C5%BC%C3%B3%C5%82w+%26+2&kind=a&kind=b&size=50"),
        ({"kind": "c", "q": None}, "?kind=c&page=3"),
        ({"q": None, "kind": None, "page": None, "sort": None}, "?"),
    ],
)
def test_the_address_beside_a_list_keeps_all_but_what_is_changed(
    changes: dict[str, object], query: str
) -> None:
    request = RequestFactory().get("/x/?q=żółw+%26+2&kind=a&kind=b&page=3")
    assert listing.address(request, **changes) == query
    assert request.GET["page"] == "3"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=12), "12\u00a0s"),
        (timedelta(minutes=6), "6\u00a0min"),
        (timedelta(hours=15), "15\u00a0godz."),
        (timedelta(days=3), "3\u00a0dni"),
        (timedelta(seconds=-5), "0\u00a0s"),
    ],
)
def test_age_is_told_in_its_largest_unit(passed: timedelta, words: str) -> None:
    assert show.age(MOMENT, MOMENT + passed) == words


def test_a_count_that_stopped_says_so_and_has_a_page_after_it() -> None:
    assert [show.counted(number) for number in (812, 10_000, 10_001)] == [
        "812",
        "10\u00a0000",
        "10\u00a0000+",
    ]
    found = Counted(1_001, limit=1_000)
    assert show.counted(found) == "1\u00a0000+"
    request = RequestFactory().get("/orders/", {"page": "11"})
    pages = Pages.of(request, number=11, size=100, shown=100, total=found)
    assert pages.next == "?page=12"
    assert Pages.of(request, number=11, size=100, shown=40, total=found).next == ""
    assert Pages.of(request, number=10, size=100, shown=100, total=Counted(1_000, limit=1_000)).next == ""


def test_a_page_past_the_end_is_the_last_one_unless_counting_stopped_early() -> None:
    assert [listing.page_within(number, size=100, total=Counted(250)) for number in (2, 3, 9)] == [2, 3, 3]
    assert listing.page_within(9, size=100, total=0) == 1
    assert listing.page_within(900, size=100, total=Counted(501, limit=500)) == 900


def test_nip_is_grouped_and_anything_else_is_left_alone() -> None:
    assert show.nip("1234563218") == "123-456-32-18"
    assert show.nip("DE123") == "DE123"


def test_icons_without_a_label_are_decoration() -> None:
    assert 'aria-hidden="true"' in st.icon("check")
    assert 'aria-label="gotowe"' in st.icon("check", "", "gotowe")


def test_text_in_a_badge_is_escaped() -> None:
    assert "&lt;b&gt;" in st.badge("red", "alert-circle", "<b>")


def test_progress_needs_no_style_attribute() -> None:
    bar = st.progress(226, 398, 2, "Wystawianie")
    assert 'width="56.78%"' in bar
    assert 'aria-valuenow="228"' in bar
    assert "style" not in bar


def test_sort_header_turns_round_on_the_second_press() -> None:
    request = RequestFactory().get("/orders/", {"status": "paid", "page": "3"})
    head = rendered('{% sort_header "total" "Kwota" %}', request=request, sort="-total")
    assert 'href="?status=paid&amp;sort=total"' in head
    assert 'aria-sort="descending"' in head


def test_pages_know_where_they_end() -> None:
    request = RequestFactory().get("/orders/", {"page": "2", "q": "kubek"})
    pages = listing.Pages.of(request, number=2, size=50, shown=50, total=101)
    assert (pages.first, pages.last) == (51, 100)
    assert (pages.previous, pages.next) == ("?q=kubek", "?page=3&q=kubek")
    last = listing.Pages.of(request, number=3, size=50, shown=1, total=101)
    assert last.next == ""


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "²", "9" * 30])
def test_a_strange_page_number_is_harmless(text: str) -> None:
    assert 1 <= listing.page_number(RequestFactory().get("/", {"page": text})) <= 1_000_000


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = (WEB / "shell" / "static" / st.SPRITE).read_text()
    named = {
        word.split('"')[1]
        for path in WEB.rglob("templates/**/*.html")
        for word in path.read_text().split("{% icon ")[1:]
        if word.startswith('"')
    }
    assert named, "templates use icons"
    assert {name for name in named if f'id="{name}"' not in sprite} == set()
