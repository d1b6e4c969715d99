"""One document before it has a number: seen beside what Allegro says, edited, saved, issued."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec
from django.db import transaction

from stragan.companies.models import Company, User
from stragan.companies.queries import vat_history
from stragan.companies.states import Ability, may
from stragan.core.dates import warsaw_date
from stragan.core.errors import Conflict, Refused
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.core.totals import rate_total
from stragan.documents import buyers, queries
from stragan.documents.actions import Author
from stragan.documents.comparing import Change, changes_between
from stragan.documents.content import DraftContent, Refusal, from_json, to_json
from stragan.documents.drafting import allowed_codes, draft_from_order
from stragan.documents.editing import DraftEdit, by_hand, edited
from stragan.documents.freezing import Sums, freeze, sums_of
from stragan.documents.models import Document, Draft
from stragan.documents.rates import following_goods
from stragan.documents.sellers import profile_of, seller_of
from stragan.documents.supply_dates import supply_warnings
from stragan.flows import book_effects, consequences, document_files, order_content, vat_change
from stragan.flows.consequences import NOTHING, Consequences
from stragan.flows.issue_document import Outcome, issue_documents
from stragan.flows.issue_preparing import (
    Override,
    Wish,
    content_of,
    date_refusal,
    documented_orders,
    prepared_of,
    state_refusal,
    too_early_refusal,
)
from stragan.kit import audit
from stragan.orders.data import OrderData
from stragan.orders.models import Order

DRAFT_NUMBER: Final = "SZKIC"
NEEDS_OVERRIDE: Final = frozenset({"order_not_released", "total_mismatch"})


# Refusals after which there may be no percent to work sums out with.
_SUMLESS: Final = frozenset({"vat_code_not_allowed", "vat_code_not_in_force", "supply_date_lapsed"})


class DraftChanged(Conflict):
    """Somebody saved the draft since it was shown."""

    code = "draft_changed"


class OrderNotFound(Refused):
    """The order is not the company's."""

    code = "order_unknown"


class OverrideNotAllowed(Refused):
    """The role may not accept an unreleased order or another total."""

    code = "override_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line with the amounts the page shows; None while its VAT code is not known."""

    net: Decimal | None
    vat: Decimal | None
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """All a page needs: what Allegro says, what the document says, where they differ, what is wrong.

    ``seen_at`` goes back with a save, so that nobody overwrites another's edit; None while nothing was
    saved. ``issued`` is the document the order has already, ``source`` the one this is made from.
    """

    order: Order
    data: OrderData
    kind: DocumentKind
    original: DraftContent
    content: DraftContent
    reason: str
    line_views: tuple[LineView, ...]
    sums: Sums | None
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    number_to_be: str
    vat_codes: tuple[str, ...]
    vat_payer: bool  # on the issue date
    seen_at: datetime | None
    issued: Document | None = None
    source: Document | None = None
    asks_fiscal: bool = False  # number, register and day of the receipt are part of the document
    consequences: Consequences = NOTHING  # what issuing would move and post
    warnings: tuple[Refusal, ...] = ()  # what a person should know first

    @property
    def can_issue(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.refusals and self.issued is None

    @property
    def can_override(self) -> bool:
        """Whether only things stand in the way that a person with the ability may accept with a reason."""
        return bool(self.refusals) and all(one.code in NEEDS_OVERRIDE for one in self.refusals)

    def refusals_of(self, field: str) -> list[Refusal]:
        """Give what is wrong with one field, such as ``buyer.postal_code``."""
        return [one for one in self.refusals if one.field == field]


def view_draft(*, company: Company, order_id: int, kind: DocumentKind, now: datetime) -> DraftView:
    """Show the draft of an order: the saved one, or one prefilled now. Writes nothing.

    :raises OrderNotFound: the order is not the company's.
    """
    return _view(company, order_id, kind, now=now)


def save_draft(
    *,
    company: Company,
    order_id: int,
    kind: DocumentKind,
    edit: DraftEdit,
    seen_at: datetime | None,
    user: User | None,
    now: datetime,
) -> DraftView:
    """Save what was typed. What cannot be read keeps its old value and is among the view's refusals.

    :raises DraftChanged: somebody saved it since it was shown.
    :raises OrderNotFound: the order is not the company's.
    """
    unread: list[Refusal] = []

    def apply(content: DraftContent, _: OrderData) -> DraftContent:
        new, refusals = edited(content, edit, profile=profile_of(company, on=content.issue_date))
        unread.extend(refusals)
        return new

    view = _save(
        company, order_id, kind, change=apply, reason=edit.reason, seen_at=seen_at, user=user, now=now
    )
    return replace(view, refusals=(*unread, *view.refusals))


def use_buyer_source(
    *,
    company: Company,
    order_id: int,
    kind: DocumentKind,
    source: BuyerSource,
    seen_at: datetime | None,
    user: User | None,
    now: datetime,
) -> DraftView:
    """Take the buyer from the delivery, account or invoice data of the order.

    :raises DraftChanged: somebody saved the draft since it was shown.
    :raises OrderNotFound: the order is not the company's.
    """

    def apply(content: DraftContent, data: OrderData) -> DraftContent:
        buyer = buyers.buyer_from(data, source=source, asked=source)
        return replace(
            content, buyer=buyer if kind is DocumentKind.INVOICE else buyers.without_demands(buyer)
        )

    return _save(company, order_id, kind, change=apply, reason=None, seen_at=seen_at, user=user, now=now)


def set_offer_rate(
    *,
    company: Company,
    order_ids: list[int],
    kind: DocumentKind,
    offer_id: str,
    vat_code: str,
    user: User | None,
    now: datetime,
) -> int:
    """Give one offer's lines a VAT code by hand in the drafts of many orders; says how many it changed.

    Lines that have a code keep it. :raises OrderNotFound: an order is not the company's.
    """
    count = 0

    def apply(content: DraftContent, _: OrderData) -> DraftContent:
        profile = profile_of(company, on=content.issue_date)
        lines = [
            by_hand(line, vat_code) if line.vat_code is None and line.offer_id == offer_id else line
            for line in content.lines
        ]
        return replace(content, lines=following_goods(lines, profile=profile))

    for order_id in order_ids:
        view = _view(company, order_id, kind, now=now)
        if any(line.vat_code is None and line.offer_id == offer_id for line in view.content.lines):
            _save(
                company, order_id, kind, change=apply, reason=None, seen_at=view.seen_at, user=user, now=now
            )
            count += 1
    return count


def discard_draft(*, company: Company, order_id: int, kind: DocumentKind) -> None:
    """Forget what was edited; the next look is prefilled from the order again."""
    Draft.objects.for_company(company).filter(order_id=order_id, kind=kind).delete()


def issue_draft(
    *,
    company: Company,
    order_id: int,
    kind: DocumentKind,
    author: Author,
    role: str,
    override_reason: str = "",
) -> Outcome:
    """Issue the document of one order as its draft says, dated as the draft says.

    With *override_reason* an order that Allegro has not released, or another total, is accepted.

    :raises OverrideNotAllowed: the role may not do that.
    :raises OrderNotFound: the order is not the company's.
    """
    overrides = {}
    if override_reason.strip():
        if not may(role, Ability.ISSUE_UNRELEASED):
            raise OverrideNotAllowed
        overrides[order_id] = Override(reason=override_reason.strip())
    today = warsaw_date(author.now)
    draft = _draft_of(company, order_id, kind)
    wish = replace(_wish(company, order_id, kind, draft, today=today), overrides=overrides)
    outcomes = issue_documents([order_id], wish=wish, author=author)
    if not outcomes:
        raise OrderNotFound(order=order_id)
    return outcomes[0]


def draft_pdf(view: DraftView, *, now: datetime) -> bytes | None:
    """Print the draft as it stands, with a word in the place of the number; None while sums lack."""
    if view.sums is None:
        return None
    company = view.order.company
    profile = profile_of(company, on=view.content.issue_date)
    snapshot = freeze(
        view.content,
        sums=view.sums,
        seller=seller_of(company, profile=profile),
        profile=profile,
        number=DRAFT_NUMBER,
        shop=view.order.shop.name,
        issued_at=now,
    )
    return document_files.printed(snapshot)


def _save(
    company: Company,
    order_id: int,
    kind: DocumentKind,
    *,
    change: Callable[[DraftContent, OrderData], DraftContent],
    reason: str | None,
    seen_at: datetime | None,
    user: User | None,
    now: datetime,
) -> DraftView:
    view = _view(company, order_id, kind, now=now)
    content = change(view.content, view.data)
    with transaction.atomic():
        rows = Draft.objects.for_company(company).select_for_update()
        draft = rows.filter(order_id=order_id, kind=kind).first()
        if (draft.saved_at if draft else None) != seen_at:
            raise DraftChanged
        if draft is None:
            draft = Draft(company=company, order_id=order_id, kind=kind.value, created_at=now)
        draft.content = to_json(content)
        draft.reason = draft.reason if reason is None else reason.strip()[:300]
        draft.saved_at, draft.saved_by = now, user
        draft.save()
        fields = [one.field for one in changes_between(view.content, content)]
        if fields:
            deed = audit.Deed(
                verb="draft.changed",
                subject="order",
                subject_id=order_id,
                company_id=company.pk,
                user_id=user.pk if user else None,
                facts={"fields": fields},
            )
            audit.record([deed], at=now)
    return _view(company, order_id, kind, now=now)


def _view(company: Company, order_id: int, kind: DocumentKind, *, now: datetime) -> DraftView:
    order = (
        Order.objects.for_company(company)
        .select_related("shop", "company", "superseded_by")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise OrderNotFound(order=order_id)
    data = order_content.load(order)
    draft = _draft_of(company, order_id, kind)
    wish = _wish(company, order_id, kind, draft, today=warsaw_date(now))
    history, keeping = vat_history(company), book_effects.keeping_of(company)
    profile = profile_of(company, on=wish.issue_date, history=history)
    content, reason, refusals = content_of(order, data, draft, wish=wish, profile=profile)
    original = draft_from_order(
        data,
        profile=profile,
        buyer_source=BuyerSource(order.shop.buyer_source),
        kind=kind,
        issue_date=wish.issue_date,
    )
    stopped = (
        state_refusal(order, wish=wish)
        or date_refusal(order, wish=wish)
        or too_early_refusal(wish)
        or book_effects.refusal(company=company, keeping=keeping, kind=kind, issue_date=wish.issue_date)
    )
    has_codes = all(line.vat_code is not None for line in content.lines)
    sums_known = has_codes and not any(one.code in _SUMLESS for one in refusals)
    issued = documented_orders([order], wish=wish).get(order_id)
    foreseen = NOTHING
    if not (stopped or refusals or issued):
        prepared = prepared_of(order, data, content, reason=reason, draft=draft)
        foreseen = consequences.foresee([prepared], company=company)[order_id]
    return DraftView(
        order=order,
        data=data,
        kind=kind,
        original=original,
        content=content,
        reason=reason,
        line_views=tuple(_line_view(content, place) for place in range(len(content.lines))),
        sums=sums_of(content) if sums_known else None,
        changes=changes_between(original, content),
        refusals=tuple(([stopped] if stopped else []) + refusals),
        number_to_be=queries.number_to_be(company, kind=kind, issue_date=wish.issue_date),
        vat_codes=allowed_codes(profile),
        vat_payer=profile.vat_payer,
        seen_at=draft.saved_at if draft else None,
        issued=issued,
        source=draft.source if draft else None,
        asks_fiscal=kind is DocumentKind.RECEIPT and profile.fiscal_receipts,
        consequences=foreseen,
        warnings=supply_warnings(content)
        + vat_change.warnings_of(
            kind,
            supply_date=content.supply_date,
            issue_date=wish.issue_date,
            history=history,
            closed=book_effects.closed_vat_months(keeping),
        ),
    )


def _draft_of(company: Company, order_id: int, kind: DocumentKind) -> Draft | None:
    rows = Draft.objects.for_company(company).select_related("source")
    return rows.filter(order_id=order_id, kind=kind).first()


def _wish(company: Company, order_id: int, kind: DocumentKind, draft: Draft | None, *, today: date) -> Wish:
    """Make the wish of a single draft: dated as it says; made from a receipt, it is the invoice to it."""
    source = draft.source if draft else None
    repeats = source is not None and source.kind == DocumentKind.RECEIPT
    return Wish(
        company=company,
        kind=kind,
        issue_date=_saved_date(draft) or today,
        today=today,
        to_receipts=frozenset({order_id} if repeats else ()),
    )


def _line_view(content: DraftContent, place: int) -> LineView:
    line = content.lines[place]
    try:
        rate = rate_total(line.vat_code or "", line.gross, on=content.law_date)
    except Refused:
        return LineView(net=None, vat=None, gross=line.gross)
    return LineView(net=rate.net, vat=rate.vat, gross=line.gross)


def _saved_date(draft: Draft | None) -> date | None:
    if draft is None or draft.content is None:
        return None
    try:
        return from_json(draft.content).issue_date
    except msgspec.ValidationError:
        return None
