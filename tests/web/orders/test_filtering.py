"""The filter as an address, read and written."""

import pytest
from django.http import QueryDict

from stragan.web.orders.filtering import read


@pytest.mark.parametrize(
    "address",
    [
        "tab=to_issue",
        "created_from=2026-11-01&created_to=2026-11-23",
        "status=open&status=paid",
        "shop=3&payment=cod&invoice=no&document=yes&problem=vat_missing",
        "total_from=10.50&total_to=20.00&delivery=Paczkomat&market=allegro-cz&currency=CZK",
        "q=%C5%BC%C3%B3%C5%82w&hidden=1&sort=-total&size=50&page=3",
    ],
)
def test_an_address_reads_back_as_it_was_written(address: str) -> None:
    assert read(QueryDict(address)).text == f"?{address}"


def test_what_says_nothing_is_not_written() -> None:
    assert read(QueryDict("tab=all&sort=-created&size=100&page=1&payment=&hidden=")).text == "?"


def test_changing_a_condition_returns_to_the_first_page() -> None:
    state = read(QueryDict("payment=cod&page=7&size=50"))
    assert state.query(payment="") == "?size=50"
    assert state.query(wants_invoice=True) == "?payment=cod&invoice=yes&size=50"


def test_amounts_are_read_as_poles_write_them() -> None:
    from django.utils import translation  # noqa: PLC0415 -- only this test needs a language

    with translation.override("pl"):
        assert str(read(QueryDict("total_from=1234,56")).wanted.total_from) == "1234.56"
