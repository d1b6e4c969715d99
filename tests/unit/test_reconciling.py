"""Two sayings about one order: what agrees is silent, and every figure that differs is named."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from builders.orders import an_order
from stragan.orders.reconciling import Ours, Theirs, differences, values_agree
from stragan.orders.states import CheckCause, CheckDifference

AMOUNTS = st.integers(min_value=0, max_value=10**9).map(lambda minor: Decimal(minor).scaleb(-2))
THEIRS = Theirs.of(an_order(), content_sha256="a")
OURS = Ours(
    pk=1,
    number=7,
    allegro_id=THEIRS.allegro_id,
    status="READY_FOR_PROCESSING",
    currency="PLN",
    total=Decimal("54.99"),
    parts=Decimal("54.99"),
    received=Decimal("54.99"),
    content_sha256="a",
    revision=1,
)


def named(ours: Ours, theirs: Theirs) -> dict[str, str]:
    return {found.difference: found.cause for found in differences(ours, theirs)}


def test_what_is_the_same_on_both_sides_is_silent() -> None:
    assert values_agree(OURS, THEIRS)


@given(total=AMOUNTS, parts=AMOUNTS, received=AMOUNTS)
def test_every_figure_that_differs_from_allegros_is_named_and_no_other(
    total: Decimal, parts: Decimal, received: Decimal
) -> None:
    found = named(replace(OURS, total=total, parts=parts, received=received), THEIRS)
    assert (CheckDifference.TOTAL in found) == (total != THEIRS.total)
    assert (CheckDifference.PARTS in found) == (parts != total)
    assert (CheckDifference.PAID in found) == (received != THEIRS.received)
    assert set(found.values()) <= {CheckCause.ALTERED_HERE}


@given(total=AMOUNTS, parts=AMOUNTS, received=AMOUNTS)
def test_allegros_own_contradictions_are_named_even_where_we_agree(
    total: Decimal, parts: Decimal, received: Decimal
) -> None:
    theirs = replace(THEIRS, total=total, parts=parts, received=received)
    found = named(replace(OURS, total=total, parts=parts, received=received), theirs)
    assert (CheckDifference.PARTS in found) == (parts != total)
    assert (CheckDifference.OVERPAID in found) == (received > total)
    assert (CheckDifference.UNDERPAID in found) == (received < total)
    assert not found.keys() & {CheckDifference.TOTAL, CheckDifference.PAID, CheckDifference.STATUS}


def test_a_change_on_its_way_is_told_apart_and_a_gap_like_an_old_one() -> None:
    theirs = replace(
        THEIRS, content_sha256="b", total=Decimal("60.00"), parts=Decimal("60.00"), received=Decimal("60.00")
    )
    assert {found.explained for found in differences(OURS, theirs)} == {False}
    assert {found.cause for found in differences(OURS, theirs)} == {CheckCause.CHANGED}
    assert {found.explained for found in differences(OURS, theirs, is_fresh=True)} == {False}
    assert {found.cause for found in differences(OURS, theirs, is_fresh=True)} == {CheckCause.ARRIVING}


def test_orders_that_are_not_released_may_be_unpaid() -> None:
    theirs = replace(THEIRS, status="FILLED_IN", received=Decimal("0.00"))
    assert values_agree(replace(OURS, status="FILLED_IN", received=Decimal("0.00")), theirs)


def test_an_order_we_retired_and_allegro_shows_is_a_gap() -> None:
    assert named(replace(OURS, successor=9), THEIRS) == {CheckDifference.MISSING: CheckCause.MERGED}
    assert named(replace(OURS, is_gone=True), THEIRS) == {CheckDifference.MISSING: CheckCause.GONE}
    assert not any(found.explained for found in differences(replace(OURS, is_gone=True), THEIRS))


def test_another_currency_is_another_amount() -> None:
    assert CheckDifference.TOTAL in named(replace(OURS, currency="EUR"), THEIRS)
