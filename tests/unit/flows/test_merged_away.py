"""A form is left unasked only where the journal shows that another one took it over afterwards."""

import pytest

from stragan.flows.merged_away import merged_away
from stragan.gateways.allegro import OrderEvent


def journal(*told: str) -> list[OrderEvent]:
    """Events from words such as ``X:ab``: form X with the purchases a and b."""
    return [
        OrderEvent(id=str(number), type="", occurred_at=None, form_id=form or None, line_ids=tuple(lines))
        for number, (form, lines) in enumerate(one.split(":") for one in told)
    ]


@pytest.mark.parametrize(("told", "gone"), [
    (["X:a", "Y:b", "Z:ab"], "XY"),
    (["X:a", "X:a", "Z:ab", "Z:ab"], "X"),
    (["X:a", "Y:ab", "Z:abc"], "XY"),
    (["Y:ab", "Z:a"], ""),  # parted: Z was paid alone
    (["Y:ab", "Z:a", "Y:ab"], ""),
    (["X:a", "Y:ab", "X:a"], ""),
    (["X:a", "Y:a"], ""),
    (["X:", "Y:ab"], ""),
    ([":a", "Y:ab"], ""),
])  # fmt: skip
def test_only_what_a_later_form_holds_with_others_is_gone(told: list[str], gone: str) -> None:
    assert merged_away(journal(*told)) == frozenset(gone)
