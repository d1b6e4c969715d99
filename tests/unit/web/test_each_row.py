"""A line of a long table, set once and filled for each row."""

from dataclasses import dataclass
from html import escape
from typing import ClassVar

import pytest
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given
from hypothesis import strategies as st

from stragan.web.shell.templatetags.rows import filled

PATTERN = ('<td title="', "name", '">', "end_html", "</td>")

END = mark_safe("<b>end</b>")


@dataclass
class Row:
    """A row of two values; those of ``WORDS`` would be made, these are looked up."""

    name: str
    end_html: SafeString = END


@given(st.lists(st.text()))
def test_each_value_is_escaped_by_itself(names: list[str]) -> None:
    expected = "".join(f'<td title="{escape(name)}"><b>end</b></td>' for name in names)
    assert filled(PATTERN, [Row(name) for name in names]) == expected


@pytest.mark.parametrize("names", [["\0"], ["a\0b", "<"], ["\0\0", "", "&"], ["", ""], ["<", "\0<\0"]])
def test_a_value_that_holds_the_mark_stays_in_its_row(names: list[str]) -> None:
    expected = "".join(f'<td title="{escape(name)}"><b>end</b></td>' for name in names)
    assert filled(PATTERN, [Row(name) for name in names]) == expected


def test_words_are_made_for_each_row_and_numbers_are_written() -> None:
    class Counted:
        WORDS: ClassVar = {"double": lambda row: row.number * 2}

        def __init__(self, number: int) -> None:
            self.number = number

    rows = [Counted(1), Counted(21)]
    assert filled(("<i>", "number", "</i>", "double", ";"), rows) == "<i>1</i>2;<i>21</i>42;"


def test_what_comes_out_is_safe_and_nothing_makes_nothing() -> None:
    assert isinstance(filled(PATTERN, [Row("<")]), SafeString)
    assert filled(PATTERN, []) == ""
