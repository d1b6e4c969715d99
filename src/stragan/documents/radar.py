"""Orders that changed after their documents were issued: found, kept, settled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.core.snapshot import DocumentKind
from stragan.documents import queries
from stragan.documents.changes import PERSONAL, Change, Deed, Found, Item, Paper, weightiest
from stragan.documents.correcting import state_of
from stragan.documents.models import Document, OrderChange, OrderDocument
from stragan.documents.states import ChangeState, SettledHow
from stragan.kit import audit
from stragan.kit.audit import Actor
from stragan.kit.counting import Counted, Statement, count_rows, counted, counting
from stragan.kit.tenancy import CompanyQuerySet
from stragan.orders.documenting import mark_changed, tell
from stragan.orders.models import Order

REASON_LENGTH: Final = 300
_OF_A_LINE: Final = (
    *("state", "deed", "items", "found_at", "settled_at", "settled_how", "settle_reason"),
    *("order", "document", "settled_by"),
    *(f"order__{name}" for name in ("number", "buyer_name", "buyer_login", "currency")),
    *(f"document__{name}" for name in ("number", "public_id")),
    *(f"settled_by__{name}" for name in ("first_name", "last_name", "email")),
)
Kept = dict[str, str | int]  # a change as JSON holds it


class ChangeReasonMissing(Refused):
    """Somebody settles a change and does not say why nothing is to be done."""

    code = "change_reason_missing"


class ChangeNotOpen(Refused):
    """It was settled meanwhile, or it never waited for anybody."""

    code = "change_not_open"


def items_of(row: OrderChange) -> list[Item]:
    """Read what was found last."""
    return [
        Item(
            change=Change(item["change"]),
            deed=Deed(item["deed"]),
            paper=int(item.get("paper", 0)),
            line=item.get("line", ""),
            old=item.get("old", ""),
            new=item.get("new", ""),
        )
        for item in row.items
    ]


def changes_in(company: Company, state: ChangeState) -> CompanyQuerySet[OrderChange]:
    """Give changes in a state, the newest first, with their orders and documents."""
    rows = OrderChange.objects.for_company(company).filter(state=state.value)
    rows = rows.select_related("order", "order__shop", "document", "settled_by")
    return rows.defer("order__search_text", "document__snapshot").order_by("-found_at", "-id")


def page_of_changes(company: Company, state: ChangeState, *, start: int, size: int) -> list[OrderChange]:
    """Give *size* of ``changes_in`` from *start* on: first their ids, which the index of the list holds.

    Of orders, documents and people only what names them is read.
    """
    rows = OrderChange.objects.for_company(company).filter(state=state.value).order_by("-found_at", "-id")
    ids = list(rows.values_list("pk", flat=True)[start : start + size])
    found = changes_in(company, state).filter(pk__in=ids).select_related(None).defer(None)
    return list(found.select_related("order", "document", "settled_by").only(*_OF_A_LINE))


def counts(company: Company) -> dict[ChangeState, Counted]:
    """Count changes by state, each up to the limit of lists."""
    return dict(zip(ChangeState, counted(_counts_of(company)), strict=True))


@lru_cache(maxsize=1_000)
def _counts_of(company: Company) -> Statement:
    rows = OrderChange.objects.for_company(company).order_by("-found_at", "-id")
    return counting(rows.filter(state=state.value) for state in ChangeState)


def change_of(company: Company, order_id: int) -> OrderChange | None:
    """Give what is known of the changes of an order."""
    rows = OrderChange.objects.for_company(company).select_related("document", "settled_by")
    return rows.defer("document__snapshot").filter(order_id=order_id).first()


def open_count(company: Company) -> Counted:
    """Count what waits, up to the limit of lists."""
    return count_rows(open_changes(company))


def open_changes(company: Company) -> CompanyQuerySet[OrderChange]:
    """Give what waits, the newest first."""
    rows = OrderChange.objects.for_company(company).filter(state=ChangeState.OPEN.value)
    return rows.order_by("-found_at", "-id")


def order_waiting_for(document: Document) -> int | None:
    """Give the order that has *document*, or the one it corrects, and whose change waits."""
    root_id = document.corrects_id or document.pk
    links = OrderDocument.objects.for_company(document.company_id).filter(
        document_id=root_id, ended_at__isnull=True
    )
    ids = list(links.values_list("order_id", flat=True))
    rows = OrderChange.objects.for_company(document.company_id).filter(order_id__in=ids)
    return rows.filter(state=ChangeState.OPEN.value).values_list("order_id", flat=True).first()


def documents_watched(company: Company, order_ids: Iterable[int]) -> dict[int, list[Document]]:
    """Give the original of each order, and the invoice that repeats it where it is a receipt.

    The invoice is there also when the receipt was corrected to zero before it.
    """
    links = OrderDocument.objects.for_company(company).filter(
        order_id__in=list(order_ids), ended_at__isnull=True
    )
    rows = links.select_related("document").order_by("-original", "id")
    found: dict[int, list[Document]] = {}
    for link in rows:
        if link.original or link.document.kind == DocumentKind.INVOICE:
            found.setdefault(link.order_id, []).append(link.document)
    return found


def latest_of(company: Company, roots: Iterable[int]) -> dict[int, int]:
    """Give the id of the latest correction of each document, or its own where it has none."""
    ids = list(roots)
    rows = Document.objects.for_company(company).filter(corrects_id__in=ids, corrects__isnull=False)
    found = {pk: pk for pk in ids}
    pairs = rows.order_by("id").values_list("corrects_id", "id")
    return found | {root: pk for root, pk in pairs if root is not None}


def papers_kept(latest: Mapping[int, int]) -> dict[str, int]:
    """Give documents with their latest corrections as JSON can hold them."""
    return {str(pk): value for pk, value in latest.items()}


def papers_then(row: OrderChange) -> dict[int, int]:
    """Read the documents with their latest corrections of the base."""
    return {int(pk): value for pk, value in row.base_papers.items()}


def papers_of(
    company: Company, documents: Sequence[Document], *, base: Mapping[int, int], latest: Mapping[int, int]
) -> list[Paper]:
    """Read how documents were issued, stood at the *base* and stand now (document → latest correction)."""
    wanted = {pk for known in (base, latest) for pk in known.values()}
    rows = Document.objects.for_company(company).filter(pk__in=wanted - {one.pk for one in documents})
    corrections = {row.pk: queries.snapshot_of(row) for row in rows}
    papers = []
    for document in documents:
        original = queries.snapshot_of(document)
        papers.append(
            Paper(
                id=document.pk,
                original=original,
                base=state_of(original, corrections.get(base.get(document.pk, document.pk))),
                now=state_of(original, corrections.get(latest[document.pk])),
            )
        )
    # An invoice that repeats a receipt is corrected before it: so it is told first.
    return sorted(papers, key=lambda paper: not paper.original.to_receipt)


def keep(
    row: OrderChange,
    found: Sequence[Found],
    *,
    revision: int,
    latest: Mapping[int, int],
    now: datetime,
) -> None:
    """Keep what was *found* of an order whose content is *revision*; *row* may be new.

    What waits keeps its base; anything else makes order and documents of now the new base.
    """
    was_open = row.pk is not None and row.state == ChangeState.OPEN
    noted = row.items if row.state == ChangeState.NOTED else []
    waiting = [one for one in found if one.waits]
    if waiting:
        _keep_open(row, found, noted, now=now, was_open=was_open)
        return
    has_papers_changed = papers_then(row) != dict(latest)
    row.base_revision, row.base_papers = revision, papers_kept(latest)
    if was_open:
        how = SettledHow.CORRECTED if has_papers_changed else SettledHow.UNDONE
        _settle(row, how=how, by=None, reason="", now=now)
        return
    if found:
        row.items = _merged([_kept(one) for one in found], noted)
        row.state, row.deed, row.found_at = ChangeState.NOTED.value, Deed.NOTHING.value, now
        row.settled_at = row.settled_by = None
        row.settled_how = row.settle_reason = ""
    if found or row.pk is not None:
        row.save()


def rebase(row: OrderChange, *, latest: Mapping[int, int]) -> None:
    """Note that a person issued a correction of their own accord: it is no change of the order."""
    row.base_papers = papers_kept(latest)
    row.save(update_fields=["base_papers"])


def settle_by_hand(order: Order, *, reason: str, by: User | None, actor: Actor, now: datetime) -> OrderChange:
    """Note that nothing is to be done about what changed, and why. A later change opens it again.

    :raises ChangeNotOpen: nothing of the order waits.
    :raises ChangeReasonMissing: no reason was given.
    """
    company = order.company
    rows = OrderChange.objects.for_company(company).select_for_update()
    row = rows.filter(order_id=order.pk, state=ChangeState.OPEN.value).first()
    if row is None:
        raise ChangeNotOpen
    if not reason.strip():
        raise ChangeReasonMissing
    documents = documents_watched(company, [order.pk]).get(order.pk, [])
    latest = latest_of(company, [one.pk for one in documents])
    row.base_revision, row.base_papers = order.revision_count, papers_kept(latest)
    row.base_merged = order.superseded_by_id is not None
    _settle(row, how=SettledHow.BY_HAND, by=by, reason=reason.strip()[:REASON_LENGTH], now=now)
    deed = audit.Deed(
        verb="order.change_settled",
        subject="order",
        subject_id=order.pk,
        company_id=company.pk,
        user_id=by.pk if by else None,
        actor=actor,
        facts={
            "reason": row.settle_reason,
            "changes": [item.change.value for item in items_of(row)],
            "revision": order.revision_count,
        },
    )
    audit.record([deed], at=now)
    return row


def forget(company: Company, order_ids: Iterable[int], *, now: datetime) -> None:
    """End what waits for orders that have no document any more."""
    rows = OrderChange.objects.for_company(company).filter(order_id__in=list(order_ids))
    for row in rows.select_for_update().exclude(state=ChangeState.SETTLED.value).order_by("id"):
        _settle(row, how=SettledHow.UNDOCUMENTED, by=None, reason="", now=now)


def _keep_open(
    row: OrderChange, found: Sequence[Found], noted: list[Kept], *, now: datetime, was_open: bool
) -> None:
    row.state, row.deed = ChangeState.OPEN.value, weightiest(found).value
    row.items = _merged([_kept(one) for one in found], noted)
    if not was_open:
        row.found_at = now
    row.settled_at = row.settled_by = None
    row.settled_how = row.settle_reason = ""
    row.save()
    mark_changed([row.order_id], is_changed=True)


def _settle(row: OrderChange, *, how: SettledHow, by: User | None, reason: str, now: datetime) -> None:
    was_open = row.state == ChangeState.OPEN
    row.state, row.settled_at, row.settled_by = ChangeState.SETTLED.value, now, by
    row.settled_how, row.settle_reason = how.value, reason
    row.save()
    if was_open:
        mark_changed([row.order_id], is_changed=False)
    if was_open and how is not SettledHow.UNDOCUMENTED:  # what was done with the document is told already
        facts = {"how": how.value, "reason": reason}
        tell(order_ids=[row.order_id], verb="change_settled", facts=facts, now=now, user=by)


def _kept(one: Found) -> Kept:
    kept: Kept = {"change": one.change.value, "deed": one.deed.value, "paper": one.paper, "line": one.line}
    if one.change not in PERSONAL:
        kept |= {"old": one.old, "new": one.new}
    return {name: value for name, value in kept.items() if value}


def _merged(found: list[Kept], noted: list[Kept]) -> list[Kept]:
    """Put what was noted before behind what was found, unless it is told again."""
    names = {item["change"] for item in found}
    return [*found, *(item for item in noted if item["change"] not in names)]
