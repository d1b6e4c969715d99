"""Everything about a document that can be checked before a number is taken, without any lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from stragan.companies.models import Company
from stragan.contractors.actions import BuyerFacts
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.documents import queries
from stragan.documents.actions import Prepared, require_order_of_dates
from stragan.documents.comparing import amounts_changed, changes_between
from stragan.documents.content import DraftContent, Refusal, SellerProfile, from_json
from stragan.documents.drafting import content_refusals, draft_from_order, total_refusals
from stragan.documents.freezing import sums_of
from stragan.documents.models import Draft, NumberSeries
from stragan.documents.rates import place_refusals
from stragan.documents.sellers import profile_of
from stragan.documents.states import AVAILABLE_KINDS
from stragan.flows import order_content
from stragan.orders.assess import is_released
from stragan.orders.data import OrderData
from stragan.orders.models import Order
from stragan.orders.states import AllegroStatus, OrderStatus

# VAT Act art. 106i(7): at most sixty days before the sale or the payment.
EARLIEST_BEFORE_SALE: Final = timedelta(days=60)
# What the reason of an override answers for.
OVERRIDDEN: Final = frozenset({"total_mismatch", "reason_missing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person allowed to do so accepts an order that Allegro has not released, or another total."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be issued for some orders. ``today`` is the Warsaw day of asking.

    ``overrides`` are by order id and only ever given for a single draft.
    """

    company: Company
    kind: DocumentKind
    issue_date: date
    today: date
    overrides: Mapping[int, Override] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One order, read and checked. ``version`` tells whether it changed since.

    Exactly one of ``prepared`` and ``refusals`` says something, except for an order that has its
    document already: then neither does.
    """

    order: Order
    version: tuple[str, datetime | None]
    prepared: Prepared | None = None
    refusals: tuple[Refusal, ...] = ()
    content: DraftContent | None = None


def check_orders(order_ids: Sequence[int], *, wish: Wish) -> dict[int, Checked]:
    """Read orders with their content and drafts and check everything that can be refused.

    Four statements for any number of orders, two more for a day that is over; ids that are not the
    company's are left out.
    """
    company = wish.company
    orders = list(
        Order.objects.for_company(company).select_related("shop").filter(pk__in=order_ids).order_by("id")
    )
    contents = order_content.load_many(orders)
    drafts = {
        draft.order_id: draft
        for draft in Draft.objects.for_company(company).filter(order_id__in=order_ids, kind=wish.kind)
    }
    profile = profile_of(company)
    merged = documented_predecessors(order_ids, wish=wish)
    too_early = too_early_refusal(wish)
    checked = {}
    for order in orders:
        one = _check(order, contents.get(order.pk), drafts.get(order.pk), wish=wish, profile=profile)
        if order.pk in merged and not order.has_original:
            one = replace(one, prepared=None, refusals=(merged[order.pk], *one.refusals))
        elif too_early and one.prepared:
            one = replace(one, prepared=None, refusals=(too_early,))
        checked[order.pk] = one
    return checked


def too_early_refusal(wish: Wish) -> Refusal | None:
    """Say that a later document of the series exists already: asked before, without its lock."""
    if wish.issue_date >= wish.today:
        return None
    series = queries.series_of(wish.company, kind=wish.kind, issue_date=wish.issue_date)
    return late_in_series(series, wish=wish) if series else None


def late_in_series(series: NumberSeries, *, wish: Wish) -> Refusal | None:
    """Say that the latest document of *series* is dated after the wished day."""
    try:
        require_order_of_dates(series, issue_date=wish.issue_date)
    except Refused as refusal:
        params = {name: str(fact) for name, fact in refusal.params.items()}
        return Refusal(code=refusal.code, params=params, field="issue_date")
    return None


def documented_predecessors(order_ids: Sequence[int], *, wish: Wish) -> dict[int, Refusal]:
    """Refuse orders that took over purchases of an order with a document: they would be billed twice."""
    rows = (
        Order.objects.for_company(wish.company)
        .filter(superseded_by__in=order_ids, has_original=True)
        .order_by("id")
        .values_list("superseded_by_id", "number")
    )
    return {
        pk: Refusal(code="predecessor_documented", params={"number": str(number)})
        for pk, number in rows
        if pk is not None and pk not in wish.overrides
    }


def _check(
    order: Order, data: OrderData | None, draft: Draft | None, *, wish: Wish, profile: SellerProfile
) -> Checked:
    version = (order.content_sha256, draft.saved_at if draft else None)
    override = wish.overrides.get(order.pk)
    refusal = state_refusal(order, override=override) or date_refusal(order, wish=wish)
    if order.has_original or refusal:
        return Checked(order=order, version=version, refusals=(refusal,) if refusal else ())
    if data is None:
        return Checked(order=order, version=version, refusals=(Refusal(code="order_unreadable", params={}),))
    content, reason, refusals = content_of(order, data, draft, wish=wish, profile=profile)
    if override is not None:
        refusals = [one for one in refusals if one.code not in OVERRIDDEN]
    if refusals:
        return Checked(order=order, version=version, refusals=tuple(refusals), content=content)
    prepared = Prepared(
        order_id=order.pk,
        shop=order.shop.name,
        content=content,
        sums=sums_of(content),
        buyer=_facts(content, data),
        reason=override.reason if override else reason,
    )
    return Checked(order=order, version=version, prepared=prepared, content=content)


def content_of(
    order: Order, data: OrderData, draft: Draft | None, *, wish: Wish, profile: SellerProfile
) -> tuple[DraftContent, str, list[Refusal]]:
    """Give the content of an order's document, edits included, the reason for them, and what is wrong."""
    original = draft_from_order(
        data,
        profile=profile,
        buyer_source=BuyerSource(order.shop.buyer_source),
        kind=wish.kind,
        issue_date=wish.issue_date,
    )
    content, reason = original, ""
    refusals = place_refusals(data)
    if draft is not None and draft.content is not None:
        reason = draft.reason
        try:
            content = current(from_json(draft.content), original=original)
        except msgspec.ValidationError:
            return original, reason, [Refusal(code="draft_unreadable", params={})]
        if amounts_changed(changes_between(original, content)) and not reason.strip():
            refusals.append(Refusal(code="reason_missing", params={}, field="reason"))
    refusals += total_refusals(content) + content_refusals(content, profile=profile)
    return content, reason, refusals


def current(edited: DraftContent, *, original: DraftContent) -> DraftContent:
    """Bring an edited content up to date with what Allegro says now: payment and the amount due."""
    return replace(
        edited,
        kind=original.kind,
        issue_date=original.issue_date,
        to_pay=original.to_pay,
        payment=replace(original.payment, due_date=edited.payment.due_date),
    )


def state_refusal(order: Order, *, override: Override | None = None) -> Refusal | None:
    """Say why the order itself, whatever it contains, cannot get a fiscal document now."""
    if order.superseded_by_id is not None:
        successor = order.superseded_by
        return Refusal(code="order_superseded", params={"number": str(successor.number) if successor else ""})
    if order.status == OrderStatus.CANCELLED or order.allegro_status == AllegroStatus.CANCELLED:
        return Refusal(code="order_cancelled", params={})
    if order.gone_at is not None:
        return Refusal(code="order_gone", params={})
    if not is_released(order.allegro_status) and override is None:
        return Refusal(code="order_not_released", params={"status": order.allegro_status})
    return None


def date_refusal(order: Order, *, wish: Wish) -> Refusal | None:
    """Say that this kind cannot be issued, or not with the wished date for this order."""
    if wish.kind not in AVAILABLE_KINDS:
        return Refusal(code="kind_unavailable", params={"kind": wish.kind.value})
    if wish.issue_date > wish.today:
        return Refusal(
            code="issue_date_future", params={"date": wish.issue_date.isoformat()}, field="issue_date"
        )
    if order.bought_at and wish.issue_date + EARLIEST_BEFORE_SALE < warsaw_date(order.bought_at):
        params = {"date": wish.issue_date.isoformat(), "bought": warsaw_date(order.bought_at).isoformat()}
        return Refusal(code="issue_date_before_sale", params=params, field="issue_date")
    return None


def _facts(content: DraftContent, data: OrderData) -> BuyerFacts:
    buyer = content.buyer
    return BuyerFacts(
        name=buyer.name,
        street=buyer.street,
        postal_code=buyer.postal_code,
        city=buyer.city,
        country=buyer.country,
        nip=buyer.nip,
        vat_eu=buyer.vat_eu,
        allegro_buyer_id=data.buyer.buyer_id,
        allegro_login=data.buyer.login,
        order_id=data.allegro_id,
    )
