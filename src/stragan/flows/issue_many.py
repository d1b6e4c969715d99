"""Issue many documents: a frozen set is looked at first, then worked off by a job that can be stopped.

A run that died is taken up where it stopped: orders that got their document meanwhile answer with it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, Subquery

from stragan.companies.models import Company, User
from stragan.core.dates import warsaw_date
from stragan.core.errors import Conflict
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import IssueItem, IssueRun, OrderDocument
from stragan.documents.states import RUN_TRANSITIONS, ItemState, RunState
from stragan.flows import consequences
from stragan.flows import run_effects as effects
from stragan.flows.consequences import NOTHING
from stragan.flows.issue_document import Issued, Outcome, issue_documents
from stragan.flows.issue_preparing import Checked, Wish, check_orders
from stragan.flows.stock_effects import Spent
from stragan.kit import jobs
from stragan.kit.audit import Actor

JOB: Final = "documents.issue_run"
CHUNK_SIZE: Final = 50
PREVIEW_CHUNK: Final = 200
LARGEST_RUN: Final = 10_000


class RunNotStartable(Conflict):
    """The run is being worked off already, or what was asked does not fit its state."""

    code = "run_not_startable"


class RunTooLarge(Conflict):
    """More orders than one run takes."""

    code = "run_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The two clocks of the edges: ``business`` dates documents, ``real`` drives the queue."""

    business: Callable[[], datetime]
    real: Callable[[], datetime]


def prepare_run(
    *,
    company: Company,
    order_ids: Sequence[int],
    kind: DocumentKind,
    issue_date: date,
    user: User | None,
    now: datetime,
) -> IssueRun:
    """Freeze a set of orders and say for each what it would become or what blocks it; issues nothing.

    :raises RunTooLarge: more than ``LARGEST_RUN`` orders.
    """
    # Oldest download first, however the list was sorted: numbers follow the orders' own order.
    wanted = sorted(set(order_ids))
    if len(wanted) > LARGEST_RUN:
        raise RunTooLarge(limit=LARGEST_RUN)
    wish = Wish(company=company, kind=kind, issue_date=issue_date, today=warsaw_date(now))
    run = IssueRun(
        company=company,
        kind=kind.value,
        issue_date=issue_date,
        state=RunState.PREVIEW.value,
        started_by=user,
        created_at=now,
    )
    items = _items(run, wanted, wish=wish)
    run.foreseen = effects.together(items)
    with transaction.atomic():
        run.save()
        IssueItem.objects.bulk_create(items, batch_size=500)
    return run


def recheck_run(*, run: IssueRun, now: datetime, issue_date: date | None = None) -> None:
    """Look again at every order of a run that has not been started, perhaps for another date.

    :raises RunNotStartable: it was started meanwhile.
    """
    order_ids = list(run.items.order_by("position").values_list("order_id", flat=True))
    run.issue_date = issue_date or run.issue_date
    wish = _wish(run, today=warsaw_date(now))
    items = _items(run, order_ids, wish=wish)
    with transaction.atomic():
        locked = IssueRun.objects.for_company(run.company_id).select_for_update().get(pk=run.pk)
        if locked.state != RunState.PREVIEW:
            raise RunNotStartable
        run.foreseen = effects.together(items)
        run.save(update_fields=["issue_date", "foreseen"])
        run.items.all().delete()
        IssueItem.objects.bulk_create(items, batch_size=500)


def start_run(*, run: IssueRun, user: User | None, clock: Clock, retry_refused: bool = False) -> None:
    """Have a job work off what is ready; with *retry_refused* also what was refused before.

    :raises RunNotStartable: it is being worked off already.
    """
    with transaction.atomic():
        # A run whose job died for good stands still in the middle; it may be started anew.
        is_abandoned = not jobs.is_unfinished(_key(run))
        locked = _moved(run, "restart" if is_abandoned else "start")
        if retry_refused:
            run.items.filter(state=ItemState.REFUSED).update(state=ItemState.READY, code="", params={})
        locked.started_by = user or locked.started_by
        locked.started_at, locked.finished_at = None, None
        locked.save(update_fields=["started_by", "started_at", "finished_at"])
        request = jobs.Request(
            name=JOB,
            # Of its own for each start: the job of the last one may not have ended yet.
            key=f"{_key(run)}{clock.real():%Y%m%dT%H%M%S%f}",
            arguments={"run_id": run.pk},
            company_id=run.company_id,
            priority=2,
        )
        jobs.enqueue(request, now=clock.real())
    run.refresh_from_db()


def stop_run(*, run: IssueRun) -> None:
    """Have the job stop after the documents it is issuing now; what is not issued stays ready.

    :raises RunNotStartable: nothing is being worked off.
    """
    with transaction.atomic():
        _moved(run, "stop")
    run.refresh_from_db()


def work_run(*, run_id: int, clock: Clock) -> None:
    """Work off a run, chunk by chunk: what the job ``documents.issue_run`` does. Safe to repeat."""
    run = IssueRun.objects.across_companies().select_related("company", "started_by").get(pk=run_id)
    if run.state not in {RunState.WAITING, RunState.RUNNING, RunState.STOPPING}:
        return
    if run.state == RunState.WAITING:
        with transaction.atomic():
            _moved(run, "work")
            IssueRun.objects.across_companies().filter(pk=run.pk).update(started_at=clock.business())
    while True:
        state = IssueRun.objects.across_companies().values_list("state", flat=True).get(pk=run_id)
        items = list(run.items.filter(state=ItemState.READY).order_by("position")[:CHUNK_SIZE])
        if state == RunState.STOPPING or not items:
            break
        _issue_items(run, items, clock=clock)
    # Two workers may hold one run when a lease ran out; the first to end it has ended it.
    with suppress(RunNotStartable), transaction.atomic():
        _moved(run, "end_stopped" if items else "end")
        IssueRun.objects.across_companies().filter(pk=run_id).update(finished_at=clock.business())


def _key(run: IssueRun) -> str:
    return f"{JOB}:{run.pk}:"


def _issue_items(run: IssueRun, items: Sequence[IssueItem], *, clock: Clock) -> None:
    now = clock.business()
    author = Author(user=run.started_by, actor=Actor.USER, now=now, asked_at=clock.real())
    wish = _wish(run, today=warsaw_date(now))
    outcomes = {
        one.order_id: one
        for one in issue_documents([item.order_id for item in items], wish=wish, author=author)
    }
    _settle(items, outcomes)


def _settle(items: Sequence[IssueItem], outcomes: Mapping[int, Outcome]) -> None:
    """Note what became of each item; issued ones in one statement, however many they are."""
    issued, refused, documents = [], [], []
    for item in items:
        outcome = outcomes[item.order_id]
        if isinstance(outcome, Issued):
            issued.append(item.pk)
            documents.append(outcome.document.pk)
            continue
        item.state, item.code = ItemState.REFUSED.value, outcome.refusal.code
        item.params = dict(outcome.refusal.params)
        refused.append(item)
    link = OrderDocument.objects.across_companies().filter(
        order_id=OuterRef("order_id"), document_id__in=documents, ended_at__isnull=True
    )
    IssueItem.objects.filter(pk__in=issued).update(
        state=ItemState.ISSUED.value, code="", params={}, document_id=Subquery(link.values("document_id")[:1])
    )
    IssueItem.objects.bulk_update(refused, ["state", "code", "params"])


def _moved(run: IssueRun, verb: str) -> IssueRun:
    """Move a run from a state that allows it; the row stays locked until the transaction ends."""
    allowed, target = RUN_TRANSITIONS[verb]
    locked = IssueRun.objects.for_company(run.company_id).select_for_update().get(pk=run.pk)
    if locked.state not in allowed:
        raise RunNotStartable
    locked.state = target.value
    locked.save(update_fields=["state"])
    return locked


def _wish(run: IssueRun, *, today: date) -> Wish:
    return Wish(company=run.company, kind=DocumentKind(run.kind), issue_date=run.issue_date, today=today)


def _items(run: IssueRun, order_ids: Sequence[int], *, wish: Wish) -> list[IssueItem]:
    items: list[IssueItem] = []
    spent: Spent = {}
    for start in range(0, len(order_ids), PREVIEW_CHUNK):
        ids = order_ids[start : start + PREVIEW_CHUNK]
        checked = check_orders(ids, wish=wish, spent=spent)
        ready = [one for pk in ids if pk in checked and (one := checked[pk].prepared)]
        foreseen = consequences.foresee(ready, company=run.company, spent=spent)
        for pk in ids:
            if pk in checked:
                item = _item(run, checked[pk], position=len(items))
                item.params |= effects.facts_of(foreseen.get(pk, NOTHING))
                item.params |= effects.warnings_in(checked[pk].warnings)
                items.append(item)
    return items


def _item(run: IssueRun, one: Checked, *, position: int) -> IssueItem:
    item = IssueItem(run=run, order_id=one.order.pk, position=position, state=ItemState.BLOCKED.value)
    if one.prepared is not None:
        buyer, sums = one.prepared.content.buyer, one.prepared.sums
        item.state = ItemState.READY.value
        item.params = {
            "buyer": buyer.name,
            "source": buyer.source.value,
            "replaced": buyer.replaced,
            "nip": buyer.nip,
        }
        item.net, item.vat, item.gross = sums.net, sums.vat, sums.gross
    elif one.refusals:
        item.code, item.params = one.refusals[0].code, dict(one.refusals[0].params)
    else:
        item.code = "already_issued"
    return item
