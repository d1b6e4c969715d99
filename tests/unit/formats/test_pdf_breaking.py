"""Lines, sizes, pages: the arithmetic of a printed document."""

from hypothesis import given
from hypothesis import strategies as st

from stragan.formats.pdf.breaking import fit, wrap, wrap_all
from stragan.formats.pdf.faces import width
from stragan.formats.pdf.pagination import Space, pages_of
from stragan.formats.pdf.styles import FLOOR, MM, STYLES

COLUMN = 54 * MM


def test_words_joined_by_a_hyphen_repeat_it_on_the_next_line() -> None:
    name = "Testowa Firma Budowlano-Usługowa Źdźbło i Wspólnicy sp. k."
    assert wrap(name, style="party", limit=COLUMN) == [
        "Testowa Firma Budowlano-",
        "-Usługowa Źdźbło i Wspólnicy",
        "sp. k.",
    ]


def test_one_letter_words_and_units_stay_with_their_neighbor() -> None:
    lines = wrap("Lampka biurkowa LED ze ściemniaczem i ładowarką", style="line", limit=60 * MM)
    assert lines == ["Lampka biurkowa LED ze ściemniaczem", "i ładowarką"]
    assert wrap("Przedłużacz bębnowy bardzo długi 25 m", style="line", limit=54.5 * MM)[-1] == "25 m"


def test_a_long_word_is_cut_where_the_column_ends_without_a_hyphen() -> None:
    email = "bardzo.dlugi.adres.poczty.elektronicznej@bardzo-dluga-domena.example.com"
    lines = wrap(email, style="body", limit=COLUMN)
    assert "".join(lines) == email
    assert lines == ["bardzo.dlugi.adres.poczty.", "elektronicznej@bardzo-dluga-domena.", "example.com"]


def test_an_exact_text_is_never_hyphenated() -> None:
    assert wrap("SKU DRUGA-SYGNATURA-OFERTY-SKLEPU", style="code", limit=30 * MM, exact=True) == [
        "SKU DRUGA-",
        "SYGNATURA-OFERTY-",
        "SKLEPU",
    ]


def test_an_identifier_shrinks_to_its_column() -> None:
    fitted = fit("1111111111-20261123-0100A2F4C19E-42", style="value", limit=COLUMN)
    assert fitted.lines == ["1111111111-20261123-0100A2F4C19E-42"]
    assert FLOOR < fitted.size < STYLES["value"].size


def test_an_identifier_too_long_for_the_smallest_print_is_cut_into_lines() -> None:
    number = "1234567890-" * 12
    fitted = fit(number, style="value", limit=COLUMN)
    assert fitted.size == FLOOR
    assert "".join(fitted.lines) == number


def test_own_line_ends_of_notes_stay() -> None:
    assert wrap_all("raz\n\ndwa trzy", style="body", limit=COLUMN) == ["raz", "dwa trzy"]


@given(st.text(alphabet="ab żW-.,1@ \u00a0", max_size=200), st.floats(min_value=20, max_value=300))
def test_no_line_is_wider_than_its_column_and_no_character_is_lost(text: str, limit: float) -> None:
    lines = wrap(text, style="line", limit=limit)
    assert all(width(line) * STYLES["line"].size <= limit or len(line) == 1 for line in lines)
    left = "".join(lines).replace(" ", "").replace("-", "")
    assert left == text.replace(" ", "").replace("-", "")


def test_all_lines_and_the_end_stand_on_one_page_when_they_fit() -> None:
    assert pages_of([10, 10, 10], Space(page=100, first=30, later=5, tail=39)) == [[0, 1, 2]]


def test_two_lines_go_with_the_end_when_it_does_not_fit() -> None:
    assert pages_of([10, 10, 10], Space(page=100, first=30, later=5, tail=41)) == [[0], [1, 2]]


def test_a_single_overflowing_line_takes_its_neighbor_along() -> None:
    rows = [10.0] * 7
    assert pages_of(rows, Space(page=100, first=30, later=5, tail=20)) == [[0, 1, 2, 3, 4], [5, 6]]


def test_a_document_of_one_line_leaves_its_head_alone_rather_than_its_totals() -> None:
    assert pages_of([10], Space(page=100, first=60, later=5, tail=40)) == [[], [0]]


def test_what_is_taller_than_a_page_cannot_be_planned() -> None:
    assert pages_of([96], Space(page=100, first=10, later=5, tail=10)) is None
    assert pages_of([10, 10], Space(page=100, first=10, later=5, tail=90)) is None


HEIGHTS = st.floats(min_value=8, max_value=60)


@given(
    st.lists(HEIGHTS, max_size=120),
    st.floats(min_value=20, max_value=600),
    st.floats(min_value=20, max_value=500),
)
def test_planned_pages_hold_every_line_once_and_the_end_is_never_orphaned(
    rows: list[float], first: float, tail: float
) -> None:
    space = Space(page=720, first=first, later=15, tail=tail)
    pages = pages_of(rows, space)
    assert pages is not None
    assert [place for page in pages for place in page] == list(range(len(rows)))
    for number, page in enumerate(pages):
        start = first if number == 0 else 15
        end = tail if number == len(pages) - 1 else 0
        assert start + sum(rows[place] for place in page) + end <= space.page
    assert len(pages) == 1 or len(pages[-1]) >= min(2, len(rows))
