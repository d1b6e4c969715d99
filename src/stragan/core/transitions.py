"""State machines as data: allowed pairs of states, each with its verb, and one check for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from stragan.core.errors import Conflict

StateT = TypeVar("StateT", bound=StrEnum)


class TransitionNotAllowed(Conflict):
    """The state is not one from which this change is possible: most often it changed meanwhile."""

    code = "transition_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[StateT]):
    """One allowed change of state and the verb that makes it."""

    from_: StateT
    to: StateT
    verb: str


@dataclass(frozen=True, slots=True)
class Machine(Generic[StateT]):
    """A declared set of transitions, at most one for each pair of states."""

    name: str
    transitions: tuple[Transition[StateT], ...]

    def __post_init__(self) -> None:
        pairs = {(transition.from_, transition.to) for transition in self.transitions}
        assert len(pairs) == len(self.transitions), f"{self.name} declares a pair twice"


def declare(name: str, triples: Iterable[tuple[StateT, str, StateT]]) -> Machine[StateT]:
    """Make a machine of ``(from, verb, to)`` triples."""
    return Machine(name, tuple(Transition(from_=from_, to=to, verb=verb) for from_, verb, to in triples))


def check(machine: Machine[StateT], *, from_: StateT, to: StateT) -> Transition[StateT]:
    """Give the declared transition between two states.

    :raises TransitionNotAllowed: the machine declares none.
    """
    for transition in machine.transitions:
        if transition.from_ == from_ and transition.to == to:
            return transition
    raise TransitionNotAllowed(machine=machine.name, from_=str(from_), to=str(to))


def targets(machine: Machine[StateT], *, from_: StateT) -> tuple[StateT, ...]:
    """Give the states that can follow *from_*, as declared."""
    return tuple(transition.to for transition in machine.transitions if transition.from_ == from_)
