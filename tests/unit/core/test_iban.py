"""Account numbers are checked before they are printed on invoices."""

import pytest

from stragan.core.iban import InvalidIban, checked_iban


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        ("PL61 1090 1014 0000 0712 1981 2874", "PL61109010140000071219812874"),
        ("61 1090 1014 0000 0712 1981 2874", "PL61109010140000071219812874"),
        ("pl61-1090-1014-0000-0712-1981-2874", "PL61109010140000071219812874"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_an_account_number_is_given_without_spaces(text: str, iban: str) -> None:
    assert checked_iban(text) == iban


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PL61 1090 1014 0000 0712 1981 2875",  # another last digit
        "PL61 1090 1014 0000 0712 1981 287",  # a digit is missing
        "61 1090 1014 0000 0712 1981 2847",  # two digits swapped
        "PL6110901014000007121981287A",
        "account",
        "٦١109010140000071219812874",
    ],
)
def test_a_mistyped_account_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidIban):
        checked_iban(text)
