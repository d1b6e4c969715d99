"""The button POBIERZ NOWE ZAMÓWIENIA: a run and its job per shop, committed together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from stragan.companies.models import User
from stragan.core.errors import StraganError
from stragan.kit import jobs
from stragan.kit.jobs import Request
from stragan.shops.actions import FetchedRecently, ModuleOff, ShopNotConnected, start_fetch_by_hand
from stragan.shops.models import Shop, SyncRun

JOB: Final = "shops.sync_now"
_PRIORITY: Final = 1  # a person waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Runs that will fetch (or do already), and why other shops were refused."""

    runs: tuple[SyncRun, ...]
    refusals: tuple[StraganError, ...]


def ask_for_fetch(*, shops: Sequence[Shop], user: User, now: datetime) -> Asked:
    """Ask for a fetch of each shop; the ten minutes are kept per shop (S20). *now* is real time."""
    runs: list[SyncRun] = []
    refusals: list[StraganError] = []
    for shop in shops:
        try:
            with transaction.atomic(durable=True):
                run = start_fetch_by_hand(shop=shop, user=user, now=now)
                jobs.enqueue(
                    Request(
                        name=JOB,
                        key=f"{JOB}:{run.pk}",
                        arguments={"run_id": run.pk},
                        company_id=shop.company_id,
                        priority=_PRIORITY,
                    ),
                    now=now,
                )
                runs.append(run)
        except (FetchedRecently, ModuleOff, ShopNotConnected) as refusal:
            refusals.append(refusal)
    return Asked(runs=tuple(runs), refusals=tuple(refusals))
