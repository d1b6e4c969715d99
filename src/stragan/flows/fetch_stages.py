"""The stages of fetching a shop: purchases by date, the journal, lists of updates, single forms."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from stragan.core.dates import start_of_warsaw_day
from stragan.flows.hearing import keep_journal
from stragan.flows.import_orders import is_storable
from stragan.flows.list_walk import PAGE, By, Step, walk
from stragan.flows.merged_away import merged_away
from stragan.flows.sync_run import SyncHold, update_shop
from stragan.flows.vanished_forms import settle_gone
from stragan.gateways.allegro import (
    AllegroConflict,
    AllegroRejected,
    AllegroUnavailable,
    EventPage,
    FormGone,
    LatestEvent,
    OrderEvent,
    RateLimited,
    RawForm,
    ScopeMissing,
    UnreadableAnswer,
)
from stragan.kit.clock import real_now
from stragan.kit.jobs import CLOCKS_DIFFER
from stragan.kit.shared_clock import shared_now
from stragan.orders.models import OrderLine
from stragan.shops import pending
from stragan.shops.models import PendingForm, Shop

JOURNAL_PAGE: Final = 1000
JOURNAL_LIFE: Final = timedelta(days=55)  # Allegro keeps 60 days; a little less is safe
OVERLAP: Final = timedelta(hours=3)
RECONCILED_EVERY: Final = timedelta(minutes=15)
_AROUND_EVENT: Final = timedelta(minutes=10)
_SINGLES_AT_ONCE: Final = 25
_PENDING_AT_ONCE: Final = 1000
_OUTAGE: Final = 2  # failures in a row
# What may be wrong with a single form; what is wrong with the shop shows at the next one too.
_TROUBLES: Final = (AllegroUnavailable, AllegroRejected, UnreadableAnswer, AllegroConflict, ScopeMissing)


def is_cursor_stale(shop: Shop, *, now: datetime) -> bool:
    """Whether the journal may have forgotten events since it was last read. Real time.

    Where our clock was ahead when it was read, the event's own instant decides.
    """
    read_at = shop.synced_at
    if read_at is not None and read_at > now:
        read_at = shop.cursor_at
    return bool(shop.cursor) and read_at is not None and now - read_at > JOURNAL_LIFE


def start_over(hold: SyncHold) -> None:
    """Forget the place in the journal: everything is read again, nothing is doubled by it."""
    names = ("cursor_at", "windows_done_until", "first_import_done_at", "updates_until")
    update_shop(hold.shop, cursor="", **dict.fromkeys(names))


def import_windows(hold: SyncHold) -> LatestEvent:
    """Fetch all purchases since the shop's first day, oldest first; goes on where it was killed.

    Gives the newest event from before the first page: what the journal says up to there is in.
    """
    shop, since = hold.shop, start_of_warsaw_day(hold.shop.since_date)
    head = hold.ask(lambda client: client.event_stats())
    # What changes from now on, and whose event gets lost, is found by the next reading of the updates.
    reached = shop.updates_until or min(head.occurred_at or since, real_now())
    is_one_piece = shop.windows_done_until is None
    update_shop(shop, updates_until=reached)
    hold.stage("windows")
    for step in walk(hold.ask, by=By.BOUGHT, start=shop.windows_done_until or since):
        hold.row.to_do = max(hold.row.to_do, step.total)
        hold.store(step.forms, write=lambda: update_shop(shop, windows_done_until=step.reached))  # noqa: B023 -- runs at once
        glance(hold)
    if not (is_one_piece and _are_all_dated(hold, since=since)):
        reached = since
        for step in walk(hold.ask, by=By.UPDATED, start=reached):
            hold.store(step.forms)  # the first walk's too: one that changed since costs more than its hash
            reached = _reached(reached, step)
            glance(hold)
    values = {"first_import_done_at": hold.now(), "reconciled_at": real_now(), "updates_until": reached}
    hold.commit(lambda: update_shop(shop, **values))
    return head


def _are_all_dated(hold: SyncHold, *, since: datetime) -> bool:
    """Whether the list by purchases shows all: forms without a date of purchase are in no window."""
    before = since - timedelta(milliseconds=1)
    everything = hold.ask(lambda client: client.list_forms(limit=1, updated_from=since))
    dated = hold.ask(lambda client: client.list_forms(limit=1, updated_from=since, bought_from=since))
    older = hold.ask(lambda client: client.list_forms(limit=1, updated_from=since, bought_to=before))
    return everything.total_count == dated.total_count + older.total_count


def read_journal(hold: SyncHold, *, head: LatestEvent | None) -> None:
    """Read the journal to its end; each page's forms and the cursor are recorded together.

    Up to *head* the forms that were fetched a moment ago need no second fetch.
    """
    shop = hold.shop
    hold.stage("journal")
    since = start_of_warsaw_day(shop.since_date) if not shop.cursor else None
    lately: tuple[OrderEvent, ...] = ()
    while True:
        after = shop.cursor or None
        page: EventPage = hold.ask(lambda client: client.events(after=after, limit=JOURNAL_PAGE))  # noqa: B023 -- runs at once
        latest = furthest(page, after=after)
        if latest is None:
            break
        forms = _forms_of(shop, page)
        wanted: dict[str, datetime] = {}
        for event in page.events:
            form_id = event.form_id or next((forms[line] for line in event.line_ids if line in forms), None)
            if form_id and not is_storable(form_id):
                form_id = None  # the list shows what this is
            seen = _is_before(event, head) and (form_id is None or form_id in hold.tally)
            if seen or (since and event.occurred_at and event.occurred_at < since):
                continue
            key = form_id or f"{pending.EVENT_PREFIX}{event.id}"[:60]
            at = event.occurred_at or hold.now()
            wanted[key] = max(at, wanted.get(key, at))
        _record(hold, wanted, gone=merged_away((*lately, *page.events)), latest=latest)
        lately = page.events
        glance(hold)
    update_shop(shop, synced_at=real_now())


def furthest(page: EventPage, *, after: str | None) -> OrderEvent | None:
    """The event to read on from: the highest id, wherever it stands; None where the page leads no further."""
    if not page.events:
        return None
    if not all(event.id.isdigit() for event in page.events):
        return page.events[-1] if page.events[-1].id != after else None
    latest = max(page.events, key=lambda event: int(event.id))
    return None if after and after.isdigit() and int(latest.id) <= int(after) else latest


def _forms_of(shop: Shop, page: EventPage) -> dict[str, str]:
    """Line id → form id, for events that name no form: said by another event, or known here already."""
    nameless = {line for event in page.events if not event.form_id for line in event.line_ids}
    if not nameless:
        return {}
    known = (
        OrderLine.objects.for_company(shop.company_id)
        .filter(seller_id=shop.seller_id, line_id__in=nameless)
        .values_list("line_id", "order__allegro_id")
    )
    told = {line: event.form_id for event in page.events if event.form_id for line in event.line_ids}
    return dict(known) | told


def _record(
    hold: SyncHold, wanted: Mapping[str, datetime], *, gone: frozenset[str], latest: OrderEvent
) -> None:
    heard = hold.ears.take() if wanted else []

    def write() -> None:
        keep_journal(hold.shop, heard, at=hold.now())
        pending.add_pending(
            shop=hold.shop,
            events={key: at for key, at in wanted.items() if key not in gone},
            now=real_now(),
        )
        pending.settle_forms(shop=hold.shop, done=gone, readable=(), now=hold.now())
        told = LatestEvent(id=hold.shop.latest_event_id, occurred_at=hold.shop.latest_event_at)
        values: dict[str, object] = {"cursor": latest.id, "cursor_at": latest.occurred_at}
        if not _is_before(latest, told):  # this page leads beyond what the run was told when it began
            values |= {"latest_event_id": latest.id, "latest_event_at": latest.occurred_at}
        update_shop(hold.shop, **values)

    hold.commit(write)


def needs_reconciling(hold: SyncHold) -> bool:
    """Whether the list should be asked for what the journal may have missed."""
    shop = hold.shop
    if hold.row.trigger != "background" or shop.reconciled_at is None:
        return True
    # An instant to come was written by a clock that has been put right since.
    return not timedelta(0) <= real_now() - shop.reconciled_at <= RECONCILED_EVERY


def reconcile(hold: SyncHold) -> None:
    """Fetch what the list says was updated lately: events get lost, and forms appear late."""
    shop = hold.shop
    hold.stage("list")
    since = start_of_warsaw_day(shop.since_date)
    reached = shop.updates_until or since
    if reached > real_now() + CLOCKS_DIFFER:
        reached = since  # a form dated ahead once moved it there, and what came since was not seen
    for step in walk(hold.ask, by=By.UPDATED, start=reached - OVERLAP):
        hold.store(step.forms)
        reached = _reached(reached, step)
        glance(hold)
    hold.commit(lambda: update_shop(shop, updates_until=reached, reconciled_at=real_now()))


def _reached(before: datetime, step: Step) -> datetime:
    """How far the updates were read; a form dated ahead of time says nothing of those to come."""
    return min(max(before, step.reached), real_now())


def glance(hold: SyncHold) -> None:
    """Take in the newest orders now and then while a backlog is worked off, oldest first.

    Those that came before in this run too: they may have been paid since, and as they were they cost a hash.
    """
    if hold.is_time_to_glance():
        page = hold.ask(lambda client: client.list_forms(limit=PAGE, sort=f"-{By.UPDATED.value}"))
        hold.store(page.forms)


def fetch_pending(hold: SyncHold) -> None:
    """Fetch what was recorded: in pages of the list where it has several of them, else one by one."""
    due = _due(hold)
    hold.stage("forms", to_do=len(due))
    while due:
        _look_around_events(hold, [row for row in due if row.form_id.startswith(pending.EVENT_PREFIX)])
        forms = {row.form_id: row for row in due if not row.form_id.startswith(pending.EVENT_PREFIX)}
        _fetch_listed(hold, list(forms.values()))
        _fetch_singles(hold, [row for row in _due(hold) if row.form_id in forms])
        due = _due(hold)


def _due(hold: SyncHold) -> list[PendingForm]:
    """What is to be fetched now: in the background what is due, else all that did not fail in this run."""
    rows = PendingForm.objects.filter(shop=hold.shop).order_by("due_at", "id")
    if hold.row.trigger == "background":
        rows = rows.filter(due_at__lte=real_now())
    return [row for row in rows[:_PENDING_AT_ONCE] if not hold.tally.is_put_off(row.form_id)]


def _look_around_events(hold: SyncHold, rows: Sequence[PendingForm]) -> None:
    """An event without a form: whatever was bought around its time is fetched."""
    if not rows:
        return
    instants = [row.event_at for row in rows]
    start, end = min(instants) - _AROUND_EVENT, max(instants) + _AROUND_EVENT
    for step in walk(hold.ask, by=By.BOUGHT, start=start, end=end):
        hold.store(step.forms)
    ids = [row.form_id for row in rows]
    hold.commit(lambda: pending.settle_forms(shop=hold.shop, done=ids, readable=(), now=hold.now()))


def _fetch_listed(hold: SyncHold, rows: Sequence[PendingForm]) -> None:
    """Use the list while each of its pages saves requests; it ends where a page has one hit or none.

    A form updated by an event stands in the list no earlier than that event.
    """
    waiting = sorted((row.event_at, row.form_id) for row in rows if not row.attempts)
    if len(waiting) < 2:  # noqa: PLR2004 -- one form is asked for by its id
        return
    pages = walk(hold.ask, by=By.UPDATED, start=waiting[0][0] - timedelta(seconds=1))
    step = next(pages, None)
    while step is not None:
        outcome = hold.store(step.forms)
        found = {form.form_id for form in step.forms} | outcome.handled
        hits = [form_id for _, form_id in waiting if form_id in found]
        waiting = [(at, form_id) for at, form_id in waiting if form_id not in found]
        if len(hits) < 2 or len(waiting) < 2:  # noqa: PLR2004 -- no better than singles
            return
        later = [at for at, _ in waiting if at > step.reached]
        try:
            step = pages.send(min(later) if len(later) == len(waiting) else None)
        except StopIteration:
            return


def _fetch_singles(hold: SyncHold, rows: Sequence[PendingForm]) -> None:
    """Fetch forms by id; one that fails waits, two failures in a row are an outage and end the run."""
    fetched: list[RawForm] = []
    asked: list[str] = []
    gone: list[tuple[PendingForm, datetime]] = []
    in_row = 0
    try:
        for row in rows:
            try:
                fetched.append(hold.ask(lambda client: client.get_form(row.form_id)))  # noqa: B023 -- runs at once
                asked.append(row.form_id)
            except FormGone:
                gone.append((row, shared_now()))
            except _TROUBLES as trouble:
                pending.postpone(row, error_code=trouble.code, now=real_now())
                hold.note(row.form_id, "failed")
                in_row += 1
                if in_row >= _OUTAGE or isinstance(trouble, RateLimited):
                    raise
                continue
            in_row = 0
            if len(fetched) >= _SINGLES_AT_ONCE:
                hold.store(fetched, asked=asked)
                fetched, asked = [], []
                glance(hold)
    finally:
        if fetched:
            hold.store(fetched, asked=asked)
    if gone:
        settle_gone(hold, gone)


def _is_before(event: OrderEvent, head: LatestEvent | None) -> bool:
    """Whether the event is no newer than *head*; ids ascend, and where they are no numbers, nobody knows."""
    if head is None or not head.id or not (event.id.isdigit() and head.id.isdigit()):
        return False
    return int(event.id) <= int(head.id)
