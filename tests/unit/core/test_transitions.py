"""Declared changes of state."""

from enum import StrEnum

import pytest

from stragan.core.transitions import TransitionNotAllowed, check, declare, targets


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


DOOR = declare(
    "door",
    [
        (Door.OPEN, "shut", Door.SHUT),
        (Door.SHUT, "open", Door.OPEN),
        (Door.SHUT, "lock", Door.LOCKED),
    ],
)


def test_a_declared_change_names_its_verb() -> None:
    assert check(DOOR, from_=Door.SHUT, to=Door.LOCKED).verb == "lock"


def test_an_undeclared_change_is_a_conflict() -> None:
    with pytest.raises(TransitionNotAllowed) as conflict:
        check(DOOR, from_=Door.OPEN, to=Door.LOCKED)
    assert conflict.value.params == {"machine": "door", "from_": "open", "to": "locked"}


def test_staying_is_no_change() -> None:
    with pytest.raises(TransitionNotAllowed):
        check(DOOR, from_=Door.OPEN, to=Door.OPEN)


def test_possible_next_states_are_listed_as_declared() -> None:
    assert targets(DOOR, from_=Door.SHUT) == (Door.OPEN, Door.LOCKED)
    assert targets(DOOR, from_=Door.LOCKED) == ()


def test_a_pair_is_declared_once() -> None:
    with pytest.raises(AssertionError, match="declares a pair twice"):
        declare("door", [(Door.OPEN, "shut", Door.SHUT), (Door.OPEN, "slam", Door.SHUT)])
