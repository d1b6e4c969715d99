"""A run: seen before, worked off, stopped, taken up again, refused orders tried again."""

from datetime import date, datetime
from typing import Any

import pytest

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored, without_rate
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, IssueRun
from stragan.documents.runs import preview_of, progress_of, ready_rows, trouble_rows
from stragan.documents.states import ItemState, RunState
from stragan.flows import issue_many
from stragan.flows.issue_many import Clock, RunNotStartable, prepare_run, start_run, stop_run, work_run
from stragan.kit.models import Job
from stragan.orders.models import Order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def now() -> datetime:
    return NOW


CLOCK = Clock(business=now, real=now)


def a_run(company: Any, forms: list[dict[str, Any]]) -> tuple[IssueRun, list[Order]]:
    orders = stored(a_shop(company), forms, now=NOW)
    run = prepare_run(
        company=company,
        order_ids=[order.pk for order in orders],
        kind=DocumentKind.INVOICE,
        issue_date=TODAY,
        user=None,
        now=NOW,
    )
    return run, orders


def test_a_preview_says_what_each_order_would_become(company: Any) -> None:
    run, orders = a_run(company, [a_numbered_form(1), without_rate(a_numbered_form(2)), a_numbered_form(3)])
    preview = preview_of(run)
    assert (preview.ready, preview.blocked, str(preview.gross)) == (2, {"vat_missing": 1}, "109.98")
    assert (preview.first_number, preview.last_number) == ("FV 1/11/2026", "FV 2/11/2026")
    rows = ready_rows(run, offset=0, limit=100)
    assert [(row.order_number, row.number, row.buyer) for row in rows] == [
        (orders[0].number, "FV 1/11/2026", "Żaneta Bąk"),
        (orders[2].number, "FV 2/11/2026", "Żaneta Bąk"),
    ]
    [blocked] = trouble_rows(run, state=ItemState.BLOCKED)
    assert (blocked.order_id, blocked.code, blocked.params) == (
        orders[1].pk,
        "vat_missing",
        {"offer": "Kubek"},
    )
    assert not Document.objects.for_company(company).exists()


def test_a_run_is_worked_off_by_its_job(company: Any) -> None:
    run, orders = a_run(company, [a_numbered_form(n) for n in range(1, 121)])
    start_run(run=run, user=None, clock=CLOCK)
    assert Job.objects.get().arguments == {"run_id": run.pk}
    work_run(run_id=run.pk, clock=CLOCK)
    progress = progress_of(run, now=NOW)
    assert (progress.state, progress.issued, progress.waiting) == (RunState.DONE, 120, 0)
    assert progress.done_percent == 100
    assert [row.number for row in progress.latest_rows][:2] == ["FV 120/11/2026", "FV 119/11/2026"]
    numbers = Document.objects.for_company(company).order_by("sequence").values_list("order_id", flat=True)
    assert list(numbers) == [order.pk for order in orders]


def test_a_run_stops_between_chunks_and_goes_on_later(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = a_run(company, [a_numbered_form(n) for n in range(1, 8)])
    monkeypatch.setattr(issue_many, "CHUNK_SIZE", 3)
    start_run(run=run, user=None, clock=CLOCK)
    asked = []

    def stopping() -> datetime:
        asked.append(1)
        if len(asked) == 2:  # the start of the run, then its first chunk
            stop_run(run=run)
        return NOW

    work_run(run_id=run.pk, clock=Clock(business=stopping, real=now))
    progress = progress_of(run, now=NOW)
    assert (progress.state, progress.issued, progress.waiting) == (RunState.STOPPED, 3, 4)
    start_run(run=run, user=None, clock=CLOCK)
    work_run(run_id=run.pk, clock=CLOCK)
    assert progress_of(run, now=NOW).issued == 7


def test_a_run_that_died_after_issuing_knows_its_documents(company: Any) -> None:
    run, orders = a_run(company, [a_numbered_form(1), a_numbered_form(2)])
    start_run(run=run, user=None, clock=CLOCK)
    work_run(run_id=run.pk, clock=CLOCK)
    run.items.update(state=ItemState.READY, document=None)  # as if the process died before it noted them
    IssueRun.objects.for_company(company).update(state=RunState.RUNNING)
    work_run(run_id=run.pk, clock=CLOCK)
    assert progress_of(run, now=NOW).issued == 2
    assert Document.objects.for_company(company).count() == len(orders)


def test_an_order_cancelled_after_the_preview_is_refused_and_can_be_tried_again(company: Any) -> None:
    run, orders = a_run(company, [a_numbered_form(1), a_numbered_form(2)])
    Order.objects.for_company(company).filter(pk=orders[0].pk).update(status="cancelled")
    start_run(run=run, user=None, clock=CLOCK)
    work_run(run_id=run.pk, clock=CLOCK)
    progress = progress_of(run, now=NOW)
    assert (progress.issued, progress.refused) == (1, 1)
    assert progress.refused_rows[0].code == "order_cancelled"
    Order.objects.for_company(company).filter(pk=orders[0].pk).update(status="paid")
    start_run(run=run, user=None, clock=CLOCK, retry_refused=True)
    work_run(run_id=run.pk, clock=CLOCK)
    assert progress_of(run, now=NOW).issued == 2


def test_a_run_is_not_started_twice(company: Any) -> None:
    run, _ = a_run(company, [a_numbered_form(1)])
    start_run(run=run, user=None, clock=CLOCK)
    with pytest.raises(RunNotStartable):
        start_run(run=run, user=None, clock=CLOCK)


def test_a_run_whose_job_died_for_good_can_be_started_anew(company: Any) -> None:
    run, _ = a_run(company, [a_numbered_form(1)])
    start_run(run=run, user=None, clock=CLOCK)
    IssueRun.objects.for_company(company).update(state=RunState.RUNNING)
    Job.objects.update(state="failed")
    start_run(run=run, user=None, clock=CLOCK)
    work_run(run_id=run.pk, clock=CLOCK)
    assert progress_of(run, now=NOW).issued == 1
