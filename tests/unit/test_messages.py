"""Sentences write amounts as their reader does."""

from django.utils.translation import override

from stragan.kit.messages import text_of


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
