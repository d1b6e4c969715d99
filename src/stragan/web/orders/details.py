"""Everything the page of one order shows, worked out before the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.snapshot import BuyerSource, DocumentKind, LineKind
from stragan.documents import drafting, rates
from stragan.documents import queries as documents
from stragan.documents.content import DraftContent, DraftLine, Refusal
from stragan.documents.models import Document
from stragan.documents.sellers import profile_of
from stragan.flows import order_content
from stragan.kit import messages
from stragan.orders import check_runs, check_words, queries
from stragan.orders.assess import is_released
from stragan.orders.data import OrderData
from stragan.orders.models import Order, OrderEvent, OrderRevision
from stragan.web.orders import around, links, sent, timeline, words
from stragan.web.orders.around import Goods
from stragan.web.orders.filtering import ListState
from stragan.web.shell import kinds

_REVISIONS_COMPARED: Final = 12
_EVENTS_SHOWN: Final = 60

SOURCES: Final = {
    BuyerSource.INVOICE: "invoice",
    BuyerSource.DELIVERY: "delivery",
    BuyerSource.ACCOUNT: "account",
    BuyerSource.HAND: "hand",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of the table of items."""

    name: str
    url: str
    sku: str
    quantity: int
    price: Decimal
    original: Decimal | None
    value: Decimal
    vat: str
    vat_source: str
    vat_why: str
    kind: str
    goods: Goods | None = None
    offer_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something about the order that a person should know, and where to act on it."""

    color: str
    title: str
    text: str
    url: str = ""
    deed: str = ""


def lines_of(data: OrderData, content: DraftContent, goods: Mapping[str, Goods]) -> list[LineView]:
    """Goods, their services and the delivery, each with its VAT code and where that came from.

    *goods* are the products of lines, by line id.
    """
    drafted = {line.line_id: line for line in content.lines if line.kind is LineKind.GOODS}
    views = []
    for line in data.lines:
        draft = drafted.get(line.line_id)
        views.append(
            LineView(
                name=line.offer_name,
                url=links.offer_url(marketplace=data.marketplace, offer_id=line.offer_id),
                offer_id=line.offer_id,
                sku=line.sku,
                quantity=line.quantity,
                price=line.price,
                original=line.original_price if line.original_price != line.price else None,
                value=line.price * line.quantity,
                vat=_vat(draft.vat_code if draft else None),
                vat_source=_source_word(draft),
                vat_why=_why(draft),
                kind="goods",
                goods=goods.get(line.line_id),
            )
        )
        views += [
            LineView(
                name=service.name,
                url="",
                sku="",
                quantity=service.quantity,
                price=service.price,
                original=None,
                value=service.price * service.quantity,
                vat=_vat(draft.vat_code if draft else None),
                vat_source=_("as the goods"),
                vat_why=messages.text_of("why_goods", {"offer": line.offer_name}),
                kind="service",
            )
            for service in line.services
        ]
    return views + _delivery(data, content)


def _delivery(data: OrderData, content: DraftContent) -> list[LineView]:
    parts = [line for line in content.lines if line.kind is LineKind.DELIVERY]
    if not parts:
        return []
    codes = [_vat(part.vat_code) for part in parts]
    return [
        LineView(
            name=rates.delivery_name(data.delivery.method_name),
            url="",
            sku="",
            quantity=1,
            price=data.delivery.cost,
            original=None,
            value=data.delivery.cost,
            vat=_(" and ").join(codes),
            vat_source="",
            vat_why=_why(parts[0]),
            kind="delivery",
        )
    ]


def delivery_shares(content: DraftContent) -> list[tuple[Decimal, str]]:
    """Amounts of the delivery by VAT code, where it is divided."""
    parts = [line for line in content.lines if line.kind is LineKind.DELIVERY and line.vat_code]
    return [(part.gross, _vat(part.vat_code)) for part in parts] if len(parts) > 1 else []


def _vat(code: str | None) -> str:
    if code is None:
        return "–"
    return f"{code}%" if code.isdecimal() else code


def _source_word(line: DraftLine | None) -> str:
    if line is None or line.vat_code is None:
        return ""
    return {"offer": _("offer"), "seller_exempt": _("exempt seller")}.get(line.vat_source.value, "")


def _why(line: DraftLine | None) -> str:
    if line is None:
        return ""
    if line.trouble is not None:
        return messages.text_of(line.trouble.code, line.trouble.params)
    return messages.text_of(line.why.code, line.why.facts)


def alerts_of(order: Order, refusals: Sequence[Refusal], *, draft_url: str) -> list[Alert]:
    """What stands in the way of a document."""
    alerts = []
    if order.superseded_by is not None:
        alerts.append(
            Alert(
                color="amber",
                title=_("This order was merged."),
                text=_("Its purchases are now in order %(number)s; issue the document there.")
                % {"number": order.superseded_by.number},
                url=reverse("orders:detail", args=[order.superseded_by.pk]),
                deed=_("Open order %(number)s") % {"number": order.superseded_by.number},
            )
        )
    if order.gone_at is not None:
        alerts.append(
            Alert(
                color="red",
                title=_("Allegro no longer has this order."),
                text=_("It is kept here as it was; check it with the buyer before you issue anything."),
            )
        )
    if order.has_original or order.superseded_by is not None or order.deleted_at is not None:
        return alerts
    return alerts + [
        Alert(
            color="red",
            title=f"{words.problem_name(refusal.code)}.",
            text=messages.text_of(refusal.code, refusal.params),
            url=draft_url if refusal.field else "",
            deed=_("Mend in the draft") if refusal.field else "",
        )
        for refusal in refusals
    ]


def check_alerts(order: Order) -> list[Alert]:
    """What the latest check against Allegro says of the order, unless its content changed since."""
    finding = check_runs.open_findings([order.pk]).get(order.pk)
    if finding is None:
        return []
    return [
        Alert(
            color="amber",
            title=_("Differs from Allegro."),
            text=check_words.message_of(finding),
            url=reverse("checks:run", args=[finding.run_id]),
            deed=_("Show the check"),
        )
    ]


def load(company: Company, order: Order, *, today: date) -> dict[str, Any]:
    """Read the content and say what a document made of it would hold."""
    revisions = _revisions(order)
    latest = revisions[-1][1] if revisions else order_content.load(order)
    data = order_content.with_product_codes({order.pk: latest})[order.pk]
    profile = profile_of(company, on=today)
    source = BuyerSource(order.shop.buyer_source)
    content = drafting.draft_from_order(
        data, profile=profile, buyer_source=source, kind=DocumentKind.INVOICE, issue_date=today
    )
    refusals: tuple[Refusal, ...] = ()
    if is_released(data.status):
        refusals = drafting.blocking_problems(data, profile=profile, buyer_source=source, issue_date=today)
    draft_url = reverse("documents:draft", args=[order.pk, DocumentKind.INVOICE.value])
    issued = documents.documents_of_order(company, order.pk)
    events = list(
        OrderEvent.objects.filter(order=order).select_related("user").order_by("-id")[:_EVENTS_SHOWN]
    )[::-1]
    return {
        "data": data,
        "lines": lines_of(data, content, around.goods_of(company, order)),
        **around.warehouse_and_past(company, order),
        "shares": delivery_shares(content),
        "buyer": content.buyer,
        "buyer_source": SOURCES[content.buyer.source],
        "refusals": refusals,
        "alerts": [*check_alerts(order), *alerts_of(order, refusals, draft_url=draft_url)],
        "draft_url": draft_url,
        "documents": issued,
        "links_by_hand": documents.links_by_hand(company, order.pk).items() if issued else (),
        **_issued_so_far(issued),
        **sent.sent_of(company, order, issued),
        "kinds": kinds.menu(vat_payer=profile.vat_payer),
        "kind_name": kinds.kind_name(DocumentKind.INVOICE, vat_payer=profile.vat_payer),
        "number_to_be": ""
        if order.has_original
        else documents.number_to_be(company, kind=DocumentKind.INVOICE, issue_date=today),
        "entries": timeline.entries_of(events, revisions=revisions, data=data, order=order),
        "goods_count": len(data.lines),
        "paid_in_full": data.payment.received >= data.total_to_pay and data.payment.received > ZERO,
        "missing": data.total_to_pay - data.payment.received,
    }


def _issued_so_far(issued: Sequence[Document]) -> dict[str, Any]:
    """Give the original among the documents, and the receipt that may still get its invoice."""
    original = next((one for one in issued if one.original), None)
    has_invoice = any(one.kind == DocumentKind.INVOICE for one in issued)
    is_receipt = original is not None and original.kind == DocumentKind.RECEIPT
    return {"original": original, "receipt": original if is_receipt and not has_invoice else None}


def _revisions(order: Order) -> list[tuple[int, OrderData]]:
    rows = OrderRevision.objects.filter(order=order).order_by("-sequence")
    newest = rows.values_list("sequence", "payload")[:_REVISIONS_COMPARED]
    return [(sequence, order_content.read_payload(bytes(payload))) for sequence, payload in reversed(newest)]


def place(company: Company, order: Order, state: ListState) -> dict[str, Any]:
    """Where the order stands in the list it was opened from, with its neighbors."""
    before, after = queries.neighbors(company, state.wanted, order)
    rank = queries.rank_of(company, state.wanted, order)
    total = queries.count_orders(company, state.wanted)
    tail = state.text if len(state.text) > 1 else ""
    is_known = rank is not None and rank <= total <= total.limit
    return {
        "list_url": f"{reverse('orders:list')}{tail}",
        "list_name": words.TABS[state.wanted.tab],
        "previous_url": f"{reverse('orders:detail', args=[before])}{tail}" if before else "",
        "next_url": f"{reverse('orders:detail', args=[after])}{tail}" if after else "",
        "rank": rank if rank and is_known else 0,
        "total": total,
        "tail": tail,
    }
