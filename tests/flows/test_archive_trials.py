"""Whatever went wrong while it was filled, the archive makes the same orders, row for row."""

import os
from pathlib import Path
from typing import Any

import pytest

from builders.archives import tables_of
from builders.companies import a_company
from builders.trial_mishaps import befall
from builders.trials import a_trial
from stragan.companies.models import Company
from stragan.flows.archive_export import export
from stragan.flows.archive_feed import feed
from stragan.flows.archive_proof import prove
from stragan.kit.clock import real_now

SOAK = int(os.environ.get("STRAGAN_SOAK", "0"))
CHOSEN = range(10 * SOAK) if SOAK else (5, 12, 20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", CHOSEN)
def test_after_faults_and_mishaps_the_archive_makes_the_same_orders(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    with a_trial(settings, monkeypatch, tmp_path, number=number) as trial:
        trial.look()
        trial.disturb()
        for deed in (befall, type(trial).look):
            trial.turns.take(5)
            trial.expire_tokens()
            deed(trial)
            trial.minutes_pass()
            trial.reconnect_where_asked()
        trial.heal()
        trial.turns.take(1)
        trial.settle()
        original = Company.objects.get(pk=trial.market.company.pk)
        assert prove(original).altered == []
        path = tmp_path / "archive.gz"
        assert export(original, path, now=real_now()) > 0
        nip, original.nip = original.nip, "1234563218"
        original.save(update_fields=["nip"])
        copy = a_company(nip=nip)
        feed(copy, path, now=real_now())
        ours, theirs = tables_of(copy), tables_of(original)
        for name, rows in theirs.items():
            assert ours[name] == rows, name
