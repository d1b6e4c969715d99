"""Forms of a run are counted once each, however many there are, and in little memory."""

import tracemalloc
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.flows.sync_tally import Tally

KINDS = ("outside", "failed", "unchanged", "quarantined", "changed", "new", "superseded")


def told(tally: Tally) -> dict[str, int]:
    return {kind: count for kind, count in tally.counts.items() if count}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(KINDS)), max_size=40))
def test_a_form_counts_once_as_the_strongest_of_what_happened_to_it(story: list[tuple[str, str]]) -> None:
    tally = Tally()
    strongest: dict[str, int] = {}
    for form_id, kind in story:
        tally.note(form_id, kind)
        strongest[form_id] = max(strongest.get(form_id, 0), KINDS.index(kind))
    assert told(tally) == dict(Counter(KINDS[place] for place in strongest.values()))
    assert all(form_id in tally for form_id in strongest)
    assert "z" not in tally


@pytest.mark.parametrize(("again", "counts"), [
    ("unchanged", {"new": 100}),
    ("changed", {"new": 100, "changed": 1}),
    ("superseded", {"new": 100, "superseded": 1}),
])  # fmt: skip
def test_a_form_seen_long_before_is_not_counted_again_without_news(
    again: str, counts: dict[str, int]
) -> None:
    tally = Tally(known=10)
    for number in range(100):
        tally.note(f"f{number}", "new")
    tally.note("f3", again)
    assert told(tally) == counts
    assert all(f"f{number}" in tally for number in range(100))
    assert "f100" not in tally


def test_what_failed_is_known_to_the_end() -> None:
    tally = Tally(known=10)
    tally.note("bad", "failed")
    for number in range(100):
        tally.note(f"f{number}", "new")
    assert tally.is_put_off("bad")
    assert not tally.is_put_off("f3")


@given(st.data())
def test_taking_a_page_back_leaves_all_as_it_was_before(data: st.DataObject) -> None:
    page = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(KINDS)), max_size=2)
    tally = Tally(known=2)
    for number in range(6):
        tally.begin_page()
        for form_id, kind in data.draw(page, label=f"page {number}"):
            tally.note(form_id, kind)
    before = told(tally), {one for one in "abcdef" if one in tally}
    tally.begin_page()
    for form_id, kind in data.draw(page, label="not stored"):
        tally.note(form_id, kind)
    tally.take_back_page()
    assert (told(tally), {one for one in "abcdef" if one in tally}) == before


def test_a_new_form_whose_page_is_stored_form_by_form_stays_new() -> None:
    tally = Tally()
    for kind in ("new", "unchanged"):
        tally.begin_page()
        tally.note("f1", kind)
    tally.take_back_page()
    tally.note("f1", "unchanged")
    assert told(tally) == {"new": 1}


def test_a_form_that_came_before_it_failed_is_put_off_and_counts_as_what_it_brought() -> None:
    tally = Tally()
    tally.note("f1", "unchanged")
    tally.note("f1", "failed")
    assert tally.is_put_off("f1")
    assert told(tally) == {"unchanged": 1}


def test_two_hundred_thousand_forms_take_little_more_than_twenty_thousand() -> None:
    tally = Tally()
    tracemalloc.start()
    try:
        held = []
        for number in range(200_000):
            tally.note(f"{number:036}", "new")
            if number in {20_000, 199_999}:
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < 4 * 2**20
    assert tally.counts["new"] == 200_000
