"""Everything about a document that can be checked before a number is taken, without any lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

import msgspec

from stragan.companies.models import Company
from stragan.companies.queries import vat_history
from stragan.contractors.actions import BuyerFacts
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.core.totals import DiscountTooLarge
from stragan.documents import queries
from stragan.documents.actions import Prepared, require_order_of_dates
from stragan.documents.comparing import amounts_changed, changes_between
from stragan.documents.content import DraftContent, Refusal, SellerProfile, from_json
from stragan.documents.drafting import content_refusals, draft_from_order, total_refusals, worth_refusals
from stragan.documents.freezing import sums_of
from stragan.documents.models import Document, Draft, NumberSeries
from stragan.documents.rates import place_refusals
from stragan.documents.sellers import profile_of
from stragan.documents.states import AVAILABLE_KINDS, ORIGINAL_KINDS
from stragan.documents.supply_dates import EARLIEST_BEFORE_SALE
from stragan.flows import book_effects, order_content, stock_effects, vat_change
from stragan.flows.stock_effects import Spent
from stragan.orders.assess import is_released
from stragan.orders.data import OrderData
from stragan.orders.models import Order
from stragan.orders.states import AllegroStatus, OrderStatus

# VAT Act art. 106i(7): at most sixty days before the sale or the payment.
# What the reason of an override answers for.
OVERRIDDEN: Final = frozenset({"total_mismatch", "reason_missing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person allowed to do so accepts an order that Allegro has not released, or another total."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be issued for some orders. ``today`` is the Warsaw day of asking.

    ``overrides`` are by order id and only ever given for a single draft, as are ``to_receipts``: orders
    whose draft is the invoice to the receipt they have.
    """

    company: Company
    kind: DocumentKind
    issue_date: date
    today: date
    overrides: Mapping[int, Override] = field(default_factory=dict)
    to_receipts: frozenset[int] = frozenset()

    @property
    def is_fiscal(self) -> bool:
        """Whether the kind is posted, moves stock and closes orders."""
        return self.kind in ORIGINAL_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One order, read and checked. ``version`` tells whether it changed since.

    Exactly one of ``prepared`` and ``refusals`` says something, except for an order that has its
    document already (``documented``): then neither does. ``warnings`` are what a person should know of a
    prepared one.
    """

    order: Order
    version: tuple[str, datetime | None]
    prepared: Prepared | None = None
    refusals: tuple[Refusal, ...] = ()
    content: DraftContent | None = None
    documented: bool = False
    warnings: tuple[Refusal, ...] = ()


def check_orders(
    order_ids: Sequence[int], *, wish: Wish, stock_later: bool = False, spent: Spent | None = None
) -> dict[int, Checked]:
    """Read orders with their content and drafts and check everything that can be refused.

    A handful of statements for any number of orders, two more for a day that is over; ids that are not
    the company's are left out. *stock_later* leaves out what the policy for negative stock forbids: who
    issues asks that again under a lock. *spent* is what the earlier orders of a selection take.
    """
    company = wish.company
    # Fetched apart: joined, each order would bring its own copy of one of a few shops.
    rows = Order.objects.for_company(company).prefetch_related("shop")
    orders = list(rows.filter(pk__in=order_ids).order_by("id"))
    contents = order_content.load_many(orders)
    drafts = {
        draft.order_id: draft
        for draft in Draft.objects.for_company(company)
        .filter(order_id__in=order_ids, kind=wish.kind)
        .select_related("source")
    }
    documented = documented_orders(orders, wish=wish)
    history, keeping = vat_history(company), book_effects.keeping_of(company)
    profile = profile_of(company, on=wish.issue_date, history=history)
    merged = documented_predecessors(order_ids, wish=wish)
    bad_day = too_early_refusal(wish) or book_effects.refusal(
        company=company, keeping=keeping, kind=wish.kind, issue_date=wish.issue_date
    )
    checked = {}
    for order in orders:
        if order.pk in documented:
            checked[order.pk] = Checked(
                order=order, version=_version(order, drafts.get(order.pk)), documented=True
            )
            continue
        one = _check(order, contents.get(order.pk), drafts.get(order.pk), wish=wish, profile=profile)
        if order.pk in merged:
            one = replace(one, prepared=None, refusals=(merged[order.pk], *one.refusals))
        elif bad_day and one.prepared:
            one = replace(one, prepared=None, refusals=(bad_day,))
        if one.prepared:
            warnings = vat_change.warnings_of(
                wish.kind,
                supply_date=one.prepared.content.supply_date,
                issue_date=wish.issue_date,
                history=history,
                closed=book_effects.closed_vat_months(keeping),
            )
            one = replace(one, warnings=warnings)
        checked[order.pk] = one
    return checked if stock_later else _in_stock(order_ids, checked, wish=wish, spent=spent)


def _in_stock(
    order_ids: Sequence[int], checked: dict[int, Checked], *, wish: Wish, spent: Spent | None
) -> dict[int, Checked]:
    """Refuse what stock does not allow; goods go to the orders in the order given."""
    ready = [one for pk in order_ids if pk in checked and (one := checked[pk].prepared)]
    short = stock_effects.refusals(ready, company=wish.company, spent=spent)
    refused = {pk: replace(checked[pk], prepared=None, refusals=(refusal,)) for pk, refusal in short.items()}
    return checked | refused


def does_move(prepared: Prepared) -> bool:
    """Whether the document moves stock and is posted: papers do not, nor does an invoice to a receipt."""
    return prepared.content.kind in ORIGINAL_KINDS and not prepared.content.to_receipt


def documented_orders(orders: Sequence[Order], *, wish: Wish) -> dict[int, Document]:
    """Give the document that stands in the way of another one, by order id.

    It is the order's original for a fiscal kind, or the one it has of the same kind; for an invoice to a
    receipt only an invoice that is there already.
    """
    ids = [order.pk for order in orders]
    if not ids:
        return {}
    if not wish.is_fiscal:
        return queries.current_of_kind(wish.company, ids, kind=wish.kind)
    # Also where the order has no original: an invoice to a receipt is none, and still bills the sale.
    same: dict[int, Document] = {}
    others: dict[int, Document] = {}
    for link in queries.fiscal_links(wish.company, ids):
        if link.document.kind == wish.kind:
            same.setdefault(link.order_id, link.document)
        elif link.order_id not in wish.to_receipts:
            others.setdefault(link.order_id, link.document)
    return others | same


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
    if not wish.is_fiscal:
        return {}
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
    version = _version(order, draft)
    override = wish.overrides.get(order.pk)
    refusal = state_refusal(order, wish=wish) or date_refusal(order, wish=wish)
    if refusal:
        return Checked(order=order, version=version, refusals=(refusal,))
    if data is None:
        return Checked(order=order, version=version, refusals=(Refusal(code="order_unreadable", params={}),))
    content, reason, refusals = content_of(order, data, draft, wish=wish, profile=profile)
    if override is not None:
        refusals = [one for one in refusals if one.code not in OVERRIDDEN]
    if refusals:
        return Checked(order=order, version=version, refusals=tuple(refusals), content=content)
    prepared = prepared_of(order, data, content, reason=override.reason if override else reason, draft=draft)
    return Checked(order=order, version=version, prepared=prepared, content=content)


def prepared_of(
    order: Order, data: OrderData, content: DraftContent, *, reason: str, draft: Draft | None
) -> Prepared:
    """Give a valid content with all that its document needs besides a number."""
    return Prepared(
        order_id=order.pk,
        shop=order.shop.name,
        shop_id=order.shop_id,
        content=content,
        sums=sums_of(content),
        buyer=_facts(content, data),
        reason=reason,
        source_id=draft.source_id if draft else None,
    )


def _version(order: Order, draft: Draft | None) -> tuple[str, datetime | None]:
    return order.content_sha256, draft.saved_at if draft else None


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
        changes = changes_between(original, content)
        if wish.is_fiscal and amounts_changed(changes) and not reason.strip():
            refusals.append(Refusal(code="reason_missing", params={}, field="reason"))
        refusals += source_refusals(content, draft)
    if wish.is_fiscal:
        refusals += total_refusals(content) or worth_refusals(content)
    return content, reason, refusals + content_refusals(content, profile=profile)


def source_refusals(content: DraftContent, draft: Draft) -> list[Refusal]:
    """Say that an invoice to a receipt differs from it: both document one sale."""
    source = draft.source if content.to_receipt else None
    if source is None:
        return []
    try:
        gross, deposit = content.gross, content.deposit
    except DiscountTooLarge:
        return []  # told beside the line already
    if (gross, deposit) == (source.gross, source.deposit):
        return []
    params = {"number": source.number, "amount": f"{source.to_pay:.2f}"}
    return [Refusal(code="receipt_differs", params=params)]


def current(edited: DraftContent, *, original: DraftContent) -> DraftContent:
    """Bring an edited content up to date with what Allegro says now: payment and the amount due."""
    return replace(
        edited,
        kind=original.kind,
        issue_date=original.issue_date,
        to_pay=original.to_pay,
        payment=replace(original.payment, due_date=edited.payment.due_date),
    )


def state_refusal(order: Order, *, wish: Wish) -> Refusal | None:
    """Say why the order itself, whatever it contains, cannot get the wished document now.

    A pro forma or an offer may be issued before Allegro has released the order.
    """
    if order.superseded_by_id is not None:
        successor = order.superseded_by
        return Refusal(code="order_superseded", params={"number": str(successor.number) if successor else ""})
    if order.status == OrderStatus.CANCELLED or order.allegro_status == AllegroStatus.CANCELLED:
        return Refusal(code="order_cancelled", params={})
    if order.gone_at is not None:
        return Refusal(code="order_gone", params={})
    if order.deleted_at is not None:
        return Refusal(code="order_deleted", params={})
    if wish.is_fiscal and not is_released(order.allegro_status) and order.pk not in wish.overrides:
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


def _facts(content: DraftContent, data: OrderData) -> BuyerFacts | None:
    """Give the contractor of a document; none for half of an address, which would overwrite a whole one."""
    buyer = content.buyer
    if content.kind is DocumentKind.OTHER_INCOME or buyer.missing:
        return None
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
