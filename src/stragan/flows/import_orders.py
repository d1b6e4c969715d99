"""From raw forms to stored orders: what is new, what changed, what cannot be read."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from stragan.companies.models import Company
from stragan.core.dates import start_of_warsaw_day, warsaw_date
from stragan.core.snapshot import BuyerSource
from stragan.documents.content import SellerProfile
from stragan.documents.drafting import blocking_problems
from stragan.documents.sellers import profile_of
from stragan.flows import change_radar
from stragan.flows.order_content import coded, load_many
from stragan.flows.order_mapping import LONGEST_ID, order_of
from stragan.flows.stock_reservations import follow_import
from stragan.gateways.allegro import (
    Digest,
    RawForm,
    UnreadablePayload,
    content_hash,
    digest_of,
    parse_form,
    without_contact,
)
from stragan.orders import actions, money_rows, taking_in
from stragan.orders.assess import is_released
from stragan.orders.data import OrderData
from stragan.orders.models import Order
from stragan.products import queries as products
from stragan.products.matching import Offer
from stragan.shops import pending
from stragan.shops.models import Shop

QUICK_COMPRESSION: Final = 1  # half the time of the default for a tenth more bytes
_REASSESS_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Forms of one page, read and compared, ready to be stored in one short transaction.

    ``outside`` were bought before the shop's first day and are not known here: they are not taken in.
    """

    incoming: tuple[taking_in.Incoming, ...] = ()
    unchanged: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    unreadable: tuple[pending.Unreadable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Form ids of one page by what became of them, and the revisions that hold the new and changed ones."""

    new: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()
    quarantined: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    revisions: Mapping[str, int] = field(default_factory=dict)

    @property
    def handled(self) -> frozenset[str]:
        """Forms that need no fetching any more."""
        return self.new | self.changed | self.unchanged | self.quarantined | self.outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What of the company and shop decides whether an order is ready for a document."""

    profile: SellerProfile
    buyer_source: BuyerSource
    today: date
    has_product_codes: bool = False  # products may say VAT codes, so they are looked for

    def problems(self, order: OrderData) -> tuple[str, ...]:
        """Codes of what blocks a fiscal document; nothing is asked of orders Allegro still holds back."""
        if not is_released(order.status):
            return ()
        found = blocking_problems(
            order, profile=self.profile, buyer_source=self.buyer_source, issue_date=self.today
        )
        return tuple(refusal.code for refusal in found)


@dataclass(slots=True, kw_only=True)
class _Sorted:
    incoming: list[taking_in.Incoming] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    unreadable: list[pending.Unreadable] = field(default_factory=list)


def rules_of(*, company: Company, shop: Shop, now: datetime) -> Rules:
    """The rules that are in force for the orders of *shop* at *now*."""
    today = warsaw_date(now)
    return Rules(
        profile=profile_of(company, on=today),
        buyer_source=BuyerSource(shop.buyer_source),
        today=today,
        has_product_codes=products.has_vat_codes(company.pk),
    )


def prepare_forms(
    *, shop: Shop, forms: Sequence[RawForm], rules: Rules, sealed: Mapping[str, str] | None = None
) -> Prepared:
    """Read what is new or changed; outside any transaction, since reading takes its time.

    *sealed* are forms whose contact data were purged before, with the SHA-256 of the content they had.
    """
    latest = {key_of(form): form for form in forms}
    known = {
        order.allegro_id: order
        for order in Order.objects.for_company(shop.company_id)
        .filter(seller_id=shop.seller_id, allegro_id__in=list(latest))
        .only("id", "allegro_id", "content_sha256", "revision_count", "gone_at", "contact_purged_at")
    }
    found = _Sorted()
    first = start_of_warsaw_day(shop.since_date)
    digests = {form_id: digest_of(form.payload) for form_id, form in latest.items()}
    for form_id, content_sha256 in (sealed or {}).items():
        digests[form_id].content_sha256 = content_sha256
    _cut_contact(latest, digests, [order for order in known.values() if order.contact_purged_at is not None])
    changed = [
        order
        for form_id, order in known.items()
        if order.content_sha256 != digests[form_id].content_sha256 or order.gone_at is not None
    ]
    previous = load_many(changed) if changed else {}
    touched = {order.allegro_id: previous.get(order.pk) for order in changed}
    read: dict[str, OrderData] = {}
    for form_id, form in latest.items():
        if form_id in known and form_id not in touched:
            found.unchanged.add(form_id)
            continue
        try:
            data = order_of(parse_form(form.payload, digest=digests[form_id]))
        except UnreadablePayload as trouble:
            found.unreadable.append(_unreadable(form_id, form, digests[form_id], trouble))
            continue
        if form_id not in known and _is_before(data, first):
            found.outside.add(form_id)
        else:
            read[form_id] = data
    if rules.has_product_codes:
        read = _with_codes_to_be(shop, read)
    for form_id, data in read.items():
        form = latest[form_id]
        found.incoming.append(
            taking_in.Incoming(
                data=data,
                payload=zlib.compress(form.payload, QUICK_COMPRESSION),
                content_sha256=digests[form_id].content_sha256,
                trace_id=form.trace_id,
                problems=rules.problems(data),
                previous=touched.get(form_id),
            )
        )
    return Prepared(
        incoming=tuple(found.incoming),
        unchanged=frozenset(found.unchanged),
        outside=frozenset(found.outside),
        unreadable=tuple(found.unreadable),
    )


def _cut_contact(latest: dict[str, RawForm], digests: Mapping[str, Digest], purged: Iterable[Order]) -> None:
    """What was purged of an order does not come back with its next revision."""
    for order in purged:
        form = latest[order.allegro_id]
        payload = without_contact(form.payload)
        latest[order.allegro_id] = RawForm(form_id=form.form_id, payload=payload, trace_id=form.trace_id)
        digests[order.allegro_id].node = None


def _unreadable(
    form_id: str, form: RawForm, digest: Digest, trouble: UnreadablePayload
) -> pending.Unreadable:
    return pending.Unreadable(
        form_id=form_id,
        payload=form.payload,
        content_sha256=digest.content_sha256,
        path=trouble.path,
        reason=trouble.reason,
        trace_id=form.trace_id,
    )


def _with_codes_to_be(shop: Shop, read: Mapping[str, OrderData]) -> dict[str, OrderData]:
    """Put the VAT codes of the products into orders that their lines will be matched to."""
    offers = {
        line.offer_id: Offer(
            seller_id=shop.seller_id, offer_id=line.offer_id[:40], name=line.offer_name, sku=line.sku
        )
        for data in read.values()
        for line in data.lines
    }
    found = products.foreseen(shop.company_id, list(offers.values()))
    codes = products.vat_codes(shop.company_id, found.values())
    by_offer = {
        offer_id: codes[found[offer.key]]
        for offer_id, offer in offers.items()
        if found.get(offer.key) in codes
    }
    return {
        form_id: coded(data, {line.line_id: by_offer.get(line.offer_id, "") for line in data.lines})
        for form_id, data in read.items()
    }


def store_forms(*, shop: Shop, prepared: Prepared, now: datetime) -> Outcome:
    """Store a prepared page in the caller's transaction; pending forms it settles are no longer pending."""
    taken = taking_in.upsert_orders(shop=shop, incoming=prepared.incoming, now=now)
    is_all_new = not (taken.changed or taken.superseded)
    follow_import(
        company=shop.company,
        order_ids=taken.matched if is_all_new else taken.touched,
        is_all_new=is_all_new,
        now=now,
    )
    if not is_all_new:
        change_radar.follow_import(
            company=shop.company, order_ids=taken.touched, changed=taken.changed, now=now
        )
    if shop.first_import_done_at is not None:  # until then neither fees nor payments are read
        money_rows.ask(shop.company_id, taken.touched)
    fresh = pending.quarantine(shop=shop, unreadable=prepared.unreadable, now=now)
    outcome = Outcome(
        new=taken.new,
        changed=taken.changed,
        unchanged=prepared.unchanged,
        superseded=taken.superseded,
        quarantined=fresh,
        outside=prepared.outside,
        revisions=taken.revisions,
    )
    readable = outcome.new | outcome.changed | outcome.unchanged
    pending.settle_forms(
        shop=shop,
        done=readable | prepared.outside | {form.form_id for form in prepared.unreadable},
        readable=readable,
        now=now,
    )
    return outcome


def reassess_company(*, company: Company, now: datetime) -> None:
    """Work out anew what blocks each waiting order, after the company's tax settings changed."""
    rows = (
        Order.objects.for_company(company)
        .filter(queue__in=["to_issue", "attention"])
        .select_related("shop")
        .order_by("id")
    )
    batch: list[Order] = []
    for order in rows.iterator(chunk_size=_REASSESS_AT_ONCE):
        batch.append(order)
        if len(batch) == _REASSESS_AT_ONCE:
            _reassess(company, batch, now=now)
            batch = []
    _reassess(company, batch, now=now)


def reassess_orders(*, company: Company, order_ids: Sequence[int], now: datetime) -> None:
    """Work out anew what blocks some waiting orders, after their products changed."""
    rows = Order.objects.for_company(company).filter(pk__in=order_ids, queue__in=["to_issue", "attention"])
    _reassess(company, rows.select_related("shop").order_by("id"), now=now)


def _reassess(company: Company, batch: Iterable[Order], *, now: datetime) -> None:
    batch = list(batch)
    contents = load_many(batch)
    shops = {order.shop_id: order.shop for order in batch}
    rules = {pk: rules_of(company=company, shop=shop, now=now) for pk, shop in shops.items()}
    found = {order.pk: rules[order.shop_id].problems(contents[order.pk]) for order in batch}
    changed = {order.pk: found[order.pk] for order in batch if list(found[order.pk]) != order.problems}
    if changed:
        actions.reassess(company=company, problems=changed, now=now)


def _is_before(order: OrderData, first: datetime) -> bool:
    """Whether all purchases of the order were made before that instant; what has no date was not."""
    instants = [line.bought_at for line in order.lines if line.bought_at]
    return bool(instants) and max(instants) < first


def is_storable(form_id: str) -> bool:
    """Whether this can be the id of an order; anything else is put aside under a made-up id."""
    return form_id.isprintable() and 0 < len(form_id) <= LONGEST_ID


def key_of(form: RawForm) -> str:
    """The form's id; where it has none that could be stored, a made-up one, so that it can be put aside."""
    if is_storable(form.form_id):
        return form.form_id
    return f"?{content_hash(form.payload)[: LONGEST_ID - 1]}"
