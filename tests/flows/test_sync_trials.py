"""Hundreds of trials: whatever goes wrong between Allegro and us, in the end we have what Allegro has."""

import os
from pathlib import Path
from typing import Any

import pytest

from builders.trial_mishaps import MISHAPS, befall
from builders.trials import FAULTS, a_trial
from standins.allegro.faults import JOURNAL_KINDS, KINDS

SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))
TRIALS = 10 * SOAK or max(len(FAULTS), len(MISHAPS))
IS_SECOND = os.environ.get("STRAGAN_TEST_DATABASE") == "postgres" and not SOAK
CHOSEN = range(1, TRIALS, 2) if IS_SECOND else range(TRIALS)  # the second database gets half of them


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", CHOSEN)
def test_in_the_end_we_have_what_allegro_has(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, record_property: Any
) -> None:
    with a_trial(settings, monkeypatch, tmp_path, number=number) as trial:
        trial.look()
        trial.disturb()
        for deed in (befall, type(trial).look) if number % 2 else (type(trial).look, befall):
            trial.turns.take(5)
            trial.expire_tokens()
            deed(trial)
            trial.minutes_pass()
            trial.reconnect_where_asked()
        trial.heal()
        trial.turns.take(1)
        trial.settle()
        trial.assert_survived()
        record_property("survived", dict(trial.survived))


def test_each_fault_the_stand_in_knows_is_the_chief_one_of_a_trial() -> None:
    assert {given["kind"] for given in FAULTS.values() if "kind" in given} == KINDS
    assert {name for name, given in FAULTS.items() if "share" in given} == set(JOURNAL_KINDS)
    assert max(len(FAULTS), len(MISHAPS)) <= TRIALS
