"""Sentences write amounts, days and reasons as their reader does."""

import pytest
from django.utils.translation import override

from stragan.kit.messages import text_of
from stragan.kit.messages.reasons import reason_text


def test_amounts_follow_the_language() -> None:
    with override("pl"):
        assert (
            text_of("total_mismatch", {"difference": "-1234.50"}).replace("\u00a0", " ").count("−1 234,50")
            == 1
        )
    with override("en"):
        assert "−1,234.50" in text_of("total_mismatch", {"difference": "-1234.50"})


def test_a_code_without_a_sentence_comes_back() -> None:
    assert text_of("nobody_knows_this") == "nobody_knows_this"


def test_days_and_months_follow_the_language() -> None:
    with override("pl"):
        assert "23.11.2026" in text_of("issue_date_future", {"date": "2026-11-23"})
        assert "11/2026" in text_of("period_not_over", {"month": "2026-11"})
    with override("en"):
        assert "2026-11-23" in text_of("issue_date_future", {"date": "2026-11-23"})


@pytest.mark.parametrize(
    ("reason", "polish"),
    [
        ("expected an amount such as 12.34, found abc", "powinno być: kwota w postaci 12.34, jest: abc"),
        ("the required field id is missing", "brakuje wymaganego pola id"),
        ("not JSON", "to nie jest JSON"),
        ("status_503", "status 503"),
        ("two lines share one id ($.lineItems)", "dwie pozycje mają ten sam identyfikator ($.lineItems)"),
        ("MS_UNAVAILABLE", "MS_UNAVAILABLE"),
    ],
)
def test_a_reason_from_below_is_said_in_the_language_of_the_sentence(reason: str, polish: str) -> None:
    with override("pl"):
        assert reason_text(reason) == polish
        assert polish in text_of("correction_unreadable", {"line": 2, "reason": reason})
    with override("en"):
        assert text_of("correction_unreadable", {"line": 2, "reason": "not an object"}).endswith(
            "cannot be read: this is not a JSON object."
        )
