"""Issue documents for orders: checked first, then numbered and frozen in one short transaction.

One order is a chunk of one. What a chunk does happens wholly or not at all, so numbers have no gap and
no order has two originals, however many processes issue at once and wherever one of them dies.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, OperationalError, transaction

from stragan.books.entries import Keeping
from stragan.companies.models import Company
from stragan.core.numbering import format_number
from stragan.core.snapshot import DocumentSnapshot
from stragan.documents import actions, queries
from stragan.documents.actions import Author
from stragan.documents.content import Refusal
from stragan.documents.freezing import Sums
from stragan.documents.models import Document, Draft, NumberSeries
from stragan.flows import book_effects, change_radar, consequences, goods_facts, stock_effects
from stragan.flows.consequences import NOTHING, Consequences
from stragan.flows.issue_preparing import (
    Checked,
    Wish,
    check_orders,
    documented_orders,
    documented_predecessors,
    late_in_series,
    state_refusal,
)
from stragan.flows.posted import Posted
from stragan.flows.stock_effects import Spent
from stragan.orders.actions import mark_documented, note_papers
from stragan.orders.models import Order
from stragan.orders.states import HIDDEN_STATUSES, AllegroStatus

CHUNK_SIZE: Final = 100
ATTEMPTS: Final = 6
PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A document that exists. ``repeated`` says that it was there before: nothing was done again."""

    order_id: int
    allegro_id: str
    document: Document
    snapshot: DocumentSnapshot
    repeated: bool = False
    consequences: Consequences = NOTHING
    warnings: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOrder:
    """An order that got no document, and every reason for it; the first one is the code to show."""

    order_id: int
    allegro_id: str
    refusals: tuple[Refusal, ...]

    @property
    def refusal(self) -> Refusal:
        """The reason to show first."""
        return self.refusals[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldIssue:
    """What a dry run found possible: the number to be and the sums. Nothing was taken."""

    order_id: int
    allegro_id: str
    number: str
    currency: str
    sums: Sums
    consequences: Consequences = NOTHING
    warnings: tuple[Refusal, ...] = ()


Outcome = Issued | RefusedOrder


def issue_documents(order_ids: Sequence[int], *, wish: Wish, author: Author) -> list[Outcome]:
    """Issue one document per order, in the order given; see ``issue_in_chunks``."""
    return [outcome for chunk in issue_in_chunks(order_ids, wish=wish, author=author) for outcome in chunk]


def issue_in_chunks(
    order_ids: Sequence[int], *, wish: Wish, author: Author, size: int = CHUNK_SIZE
) -> Iterator[list[Outcome]]:
    """Issue one document per order, *size* orders per transaction; yields each chunk once it is durable.

    An order that has its document already answers with it. Ids of other companies are left out.
    """
    for start in range(0, len(order_ids), size):
        yield _issue_chunk(order_ids[start : start + size], wish=wish, author=author)


def ready_orders(company: Company) -> list[int]:
    """Give ids of every live order that Allegro has released and that has no original, oldest first.

    Whether an invoice was asked for does not matter here, nor whether something is wrong with it: that
    is told for each order when its turn comes. The same orders are ready for every kind; one that has its
    pro forma or offer already answers with it.
    """
    rows = Order.objects.for_company(company).filter(
        has_original=False,
        allegro_status=AllegroStatus.READY_FOR_PROCESSING,
        superseded_by__isnull=True,
        gone_at__isnull=True,
        deleted_at__isnull=True,
    )
    return list(
        rows.exclude(status__in=HIDDEN_STATUSES).order_by("created_at", "id").values_list("id", flat=True)
    )


def preview_documents(
    order_ids: Sequence[int], *, wish: Wish, place: int = 0, spent: Spent | None = None
) -> list[WouldIssue | Issued | RefusedOrder]:
    """Say what issuing would do now, and change nothing.

    *place* documents are thought to come before, and to have *spent* goods; what these take is added.
    """
    spent = {} if spent is None else spent
    place += queries.next_sequence(wish.company, kind=wish.kind, issue_date=wish.issue_date)
    pattern = queries.pattern_of(wish.company, wish.kind)
    answers: list[WouldIssue | Issued | RefusedOrder] = []
    for start in range(0, len(order_ids), CHUNK_SIZE):
        ids = order_ids[start : start + CHUNK_SIZE]
        checked = check_orders(ids, wish=wish, spent=spent)
        known = _known([one.order for one in checked.values()], wish=wish)
        foreseen = consequences.foresee(
            [ready for pk in ids if pk in checked and (ready := checked[pk].prepared)],
            company=wish.company,
            spent=spent,
        )
        for one in (checked[pk] for pk in ids if pk in checked):
            if one.order.pk in known:
                answers.append(known[one.order.pk])
            elif one.prepared is None:
                answers.append(_refused(one.order, one.refusals))
            else:
                number = format_number(pattern, sequence=place, issue_date=wish.issue_date)
                place += 1
                answers.append(
                    WouldIssue(
                        order_id=one.order.pk,
                        allegro_id=one.order.allegro_id,
                        number=number,
                        currency=one.prepared.content.currency,
                        sums=one.prepared.sums,
                        consequences=foreseen[one.order.pk],
                        warnings=one.warnings,
                    )
                )
    return answers


def _issue_chunk(order_ids: Sequence[int], *, wish: Wish, author: Author) -> list[Outcome]:
    """Issue a chunk; what changed while it was read is read again, what collided is taken one by one."""
    outcomes: dict[int, Outcome] = {}
    waiting = list(order_ids)
    for attempt in range(ATTEMPTS):
        try:
            done, stale = _try_chunk(waiting, wish=wish, author=author)
        except IntegrityError:
            if len(waiting) > 1:
                for order_id in waiting:
                    outcomes |= {
                        one.order_id: one for one in _issue_chunk([order_id], wish=wish, author=author)
                    }
                waiting = []
                break
            if attempt + 1 == ATTEMPTS:
                raise
            continue
        except OperationalError:
            # A lock waited for too long, or two transactions waited for each other: nothing was done.
            if attempt + 1 == ATTEMPTS:
                raise
            time.sleep(PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 -- spreads load
            continue
        outcomes |= done
        waiting = stale
        if not waiting:
            break
    if waiting:
        changed = Refusal(code="order_changed", params={})
        rows = Order.objects.for_company(wish.company).filter(pk__in=waiting)
        outcomes |= {order.pk: _refused(order, (changed,)) for order in rows}
    return [outcomes[pk] for pk in order_ids if pk in outcomes]


def _try_chunk(
    order_ids: Sequence[int], *, wish: Wish, author: Author
) -> tuple[dict[int, Outcome], list[int]]:
    """Check without a lock, then issue under it; gives outcomes and ids of orders that changed between."""
    checked = check_orders(order_ids, wish=wish, stock_later=True)
    ids = [pk for pk in order_ids if pk in checked]
    outcomes: dict[int, Outcome] = {}
    if not any(one.prepared or one.documented for one in checked.values()):
        return {pk: _refused(checked[pk].order, checked[pk].refusals) for pk in ids}, []
    company = wish.company
    with transaction.atomic(durable=True):
        series = actions.lock_series(company=company, kind=wish.kind, issue_date=wish.issue_date)
        fresh = _reread(ids, wish=wish)
        outcomes |= _known([order for order, _ in fresh.values()], wish=wish)
        keeping = book_effects.hold(company=company)
        bad_day = late_in_series(series, wish=wish) or book_effects.refusal(
            company=company, keeping=keeping, kind=wish.kind, issue_date=wish.issue_date
        )
        merged = documented_predecessors(ids, wish=wish)
        stale, valid = [], []
        for pk in ids:
            if pk in outcomes or pk not in fresh:
                continue
            order, version = fresh[pk]
            one = checked[pk]
            refusal = (
                merged.get(pk) or state_refusal(order, wish=wish) or _receipt_gone(order, one, wish=wish)
            )
            refusals = (refusal,) if refusal else one.refusals or ((bad_day,) if bad_day else ())
            if version != one.version and refusal is None:
                stale.append(pk)
            elif refusals:
                outcomes[pk] = _refused(order, refusals)
            elif one.prepared is None:
                stale.append(pk)  # it had a document when it was checked, and has none now
            else:
                valid.append(one)
        short = _out_of_stock(valid, wish=wish)
        outcomes |= short
        valid = [one for one in valid if one.order.pk not in short]
        outcomes |= _issue_valid(valid, series=series, keeping=keeping, wish=wish, author=author)
    return outcomes, stale


def _out_of_stock(valid: Sequence[Checked], *, wish: Wish) -> dict[int, Outcome]:
    """Refuse, under a lock on what they need, orders that the policy for negative stock forbids."""
    prepared = [one.prepared for one in valid if one.prepared is not None]
    short = stock_effects.refusals(prepared, company=wish.company, is_locked=True)
    return {
        one.order.pk: _refused(one.order, (short[one.order.pk],)) for one in valid if one.order.pk in short
    }


def _issue_valid(
    valid: Sequence[Checked],
    *,
    series: NumberSeries,
    keeping: Keeping | None,
    wish: Wish,
    author: Author,
) -> dict[int, Outcome]:
    prepared = [one.prepared for one in valid if one.prepared is not None]
    if not prepared:
        return {}
    decided = goods_facts.decided(prepared, company=wish.company)
    pairs = actions.issue_prepared(
        [one for one, _ in decided], company=wish.company, series=series, author=author
    )
    followed = consequences.follow(
        [
            Posted(document=document, snapshot=snapshot, order=one.order, products=products)
            for one, (_, products), (document, snapshot) in zip(valid, decided, pairs, strict=True)
        ],
        company=wish.company,
        author=author,
        keeping=keeping,
    )
    _note(valid, pairs, company=wish.company, author=author)
    repeating = [one.order.pk for one in valid if one.order.pk in wish.to_receipts]
    if repeating:
        change_radar.follow_documents(company=wish.company, order_ids=repeating, now=author.now)
    return {
        one.order.pk: Issued(
            order_id=one.order.pk,
            allegro_id=one.order.allegro_id,
            document=document,
            snapshot=snapshot,
            consequences=followed[document.pk],
            warnings=one.warnings,
        )
        for one, (document, snapshot) in zip(valid, pairs, strict=True)
    }


def _note(
    valid: Sequence[Checked],
    pairs: Sequence[tuple[Document, DocumentSnapshot]],
    *,
    company: Company,
    author: Author,
) -> None:
    """Let orders know: an original marks (and closes) its order, any other document is noted beside it."""
    documented = {
        one.order.pk: document.number
        for one, (document, _) in zip(valid, pairs, strict=True)
        if document.original
    }
    papers = {
        one.order.pk: (document.kind, document.number)
        for one, (document, _) in zip(valid, pairs, strict=True)
        if not document.original
    }
    if documented:
        mark_documented(
            numbers=documented, close=company.close_order_on_issue, now=author.now, user=author.user
        )
    note_papers(papers, now=author.now, user=author.user)


def _receipt_gone(order: Order, one: Checked, *, wish: Wish) -> Refusal | None:
    """Say that the receipt an invoice repeats is no longer the order's original: it was voided meanwhile."""
    if order.pk not in wish.to_receipts or one.prepared is None:
        return None
    original = queries.originals_of(wish.company, [order.pk]).get(order.pk)
    if original is not None and original.pk == one.prepared.source_id:
        return None
    return Refusal(code="receipt_gone", params={"number": one.prepared.content.to_receipt})


def _reread(order_ids: Sequence[int], *, wish: Wish) -> dict[int, tuple[Order, tuple[str, object]]]:
    """Read again, under the lock, what may have changed: the orders' state and version, their drafts."""
    orders = (
        Order.objects.for_company(wish.company)
        .select_for_update()
        .filter(pk__in=order_ids)
        .only(
            "allegro_id",
            "status",
            "allegro_status",
            "superseded_by",
            "gone_at",
            "deleted_at",
            "has_original",
            "content_sha256",
        )
        .order_by("id")
    )
    saved = dict(
        Draft.objects.for_company(wish.company)
        .filter(order_id__in=order_ids, kind=wish.kind)
        .values_list("order_id", "saved_at")
    )
    return {order.pk: (order, (order.content_sha256, saved.get(order.pk))) for order in orders}


def _known(orders: Sequence[Order], *, wish: Wish) -> dict[int, Outcome]:
    """Answer for orders that have their document already: with it, or with a refusal for another kind."""
    by_id = {order.pk: order for order in orders}
    answers: dict[int, Outcome] = {}
    found = documented_orders(orders, wish=wish)
    if not found:
        return {}
    recalled = consequences.recall([document.pk for document in found.values()], company=wish.company)
    for pk, document in found.items():
        order = by_id[pk]
        if document.kind == wish.kind:
            answers[pk] = Issued(
                order_id=pk,
                allegro_id=order.allegro_id,
                document=document,
                snapshot=queries.snapshot_of(document),
                repeated=True,
                consequences=recalled[document.pk],
            )
        else:
            refusal = Refusal(code="original_exists", params={"number": document.number})
            answers[pk] = _refused(order, (refusal,))
    return answers


def _refused(order: Order, refusals: tuple[Refusal, ...]) -> RefusedOrder:
    assert refusals, "an order is refused for a reason"
    return RefusedOrder(order_id=order.pk, allegro_id=order.allegro_id, refusals=refusals)
