"""Write a document by hand, without an order: a draft that is saved, checked and issued like others."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction

from stragan.companies.models import Company, User
from stragan.companies.queries import vat_history
from stragan.contractors.actions import BuyerFacts
from stragan.contractors.models import Contractor
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.money import ZERO
from stragan.core.snapshot import (
    BuyerSource,
    DocumentKind,
    DocumentSnapshot,
    LineKind,
    Payment,
    VatSource,
)
from stragan.core.vat import EXEMPT
from stragan.documents import actions, queries
from stragan.documents.actions import Author, IssueDateTooEarly, Prepared
from stragan.documents.buyers import NOBODY
from stragan.documents.content import (
    DraftBuyer,
    DraftContent,
    DraftLine,
    Refusal,
    SellerProfile,
    Why,
    from_json,
    to_json,
)
from stragan.documents.drafting import allowed_codes, content_refusals
from stragan.documents.editing import DraftEdit, edited
from stragan.documents.freezing import Sums, sums_of
from stragan.documents.models import Document, Draft, NumberSeries
from stragan.documents.rates import PIECE
from stragan.documents.sellers import profile_of
from stragan.documents.supply_dates import supply_warnings
from stragan.flows import book_effects, consequences, goods_facts, stock_effects, vat_change
from stragan.flows.consequences import Consequences
from stragan.flows.draft_document import DraftChanged
from stragan.flows.issue_preparing import source_refusals
from stragan.flows.posted import Posted
from stragan.kit.search import containing
from stragan.products.models import Product

METHODS: Final = ("transfer", "cod", "split", "other")
UNFINISHED_SHOWN: Final = 50
FOUND: Final = 8
ONE: Final = Decimal(1)
BY_HAND: Final = 0  # the order of a document that has none


class DraftNotFound(Refused):
    """There is no such draft in the company: it was issued or discarded."""

    code = "hand_draft_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDraft:
    """A draft with what stands in its way. Sums are None while a line has no VAT code."""

    row: Draft
    content: DraftContent
    profile: SellerProfile
    refusals: tuple[Refusal, ...]
    sums: Sums | None
    warnings: tuple[Refusal, ...] = ()

    @property
    def can_issue(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedByHand:
    """A document that exists."""

    document: Document
    snapshot: DocumentSnapshot
    consequences: Consequences


def begin(
    *, company: Company, kind: DocumentKind, contractor: Contractor | None, user: User | None, now: datetime
) -> Draft:
    """Begin a draft of one empty line, to be paid by transfer, for *contractor* if one is chosen."""
    content = blank(company, kind=kind, contractor=contractor, today=warsaw_date(now))
    return Draft.objects.for_company(company).create(
        company=company,
        kind=kind.value,
        content=to_json(content),
        contractor=contractor,
        created_at=now,
        saved_at=now,
        saved_by=user,
    )


def blank(
    company: Company, *, kind: DocumentKind, contractor: Contractor | None, today: date
) -> DraftContent:
    """Give the content a draft begins with."""
    return DraftContent(
        kind=kind,
        issue_date=today,
        supply_date=None,
        supply_kind=None,
        currency="PLN",
        buyer=NOBODY if kind is DocumentKind.OTHER_INCOME else buyer_from(contractor),
        lines=(empty_line(profile_of(company, on=today)),),
        deposits=(),
        payment=Payment(method="transfer", provider="", paid=ZERO, paid_date=None, due_date=None),
        notes="",
        order_id="",
        to_pay=ZERO,
    )


def is_convertible(document: Document) -> bool:
    """Whether a document written by hand may become another: it stands, and has become none that counts."""
    if queries.void_of(document) is not None or queries.is_linked(document):
        return False
    return not queries.conversions_of(document)


def view(*, company: Company, public_id: UUID, now: datetime) -> HandDraft:
    """Read a draft and say what stands in its way.

    :raises DraftNotFound: it was issued or discarded, or is another company's.
    """
    return _viewed(company, _row(company, public_id), today=warsaw_date(now))


def save(
    *,
    company: Company,
    public_id: UUID,
    edit: DraftEdit,
    method: str,
    seen_at: str,
    user: User | None,
    now: datetime,
) -> HandDraft:
    """Save what was typed; what cannot be read keeps its old value and is named.

    :raises DraftNotFound: it was issued or discarded.
    :raises DraftChanged: somebody else saved it since.
    """
    with transaction.atomic():
        row = _row(company, public_id, is_locked=True)
        if row.saved_by_id not in {None, user.pk if user else None} and row.saved_at.isoformat() != seen_at:
            raise DraftChanged
        content = from_json(row.content or {})
        profile = profile_of(company, on=content.issue_date)
        content, unread = edited(content, edit, profile=profile)
        payment = replace(content.payment, method=method if method in METHODS else content.payment.method)
        _store(row, replace(content, payment=payment), user=user, now=now)
    found = _viewed(company, row, today=warsaw_date(now))
    return replace(found, refusals=(*unread, *found.refusals))


def choose_contractor(
    *, company: Company, public_id: UUID, contractor: Contractor, user: User | None, now: datetime
) -> HandDraft:
    """Take the buyer from a contractor of the company."""
    with transaction.atomic():
        row = _row(company, public_id, is_locked=True)
        content = replace(from_json(row.content or {}), buyer=buyer_from(contractor))
        row.contractor = contractor
        _store(row, content, user=user, now=now)
    return _viewed(company, row, today=warsaw_date(now))


def add_product(
    *, company: Company, public_id: UUID, product: Product, user: User | None, now: datetime
) -> HandDraft:
    """Add a line with a product of the catalog; it takes the place of an untouched empty line."""
    with transaction.atomic():
        row = _row(company, public_id, is_locked=True)
        content = from_json(row.content or {})
        profile = profile_of(company, on=content.issue_date)
        kept = [line for line in content.lines if line.name.strip() or line.unit_gross]
        line = _product_line(product, profile=profile)
        _store(row, replace(content, lines=(*kept, line)), user=user, now=now)
    return _viewed(company, row, today=warsaw_date(now))


def discard(*, company: Company, public_id: UUID) -> None:
    """Forget a draft."""
    Draft.objects.for_company(company).filter(public_id=public_id, order__isnull=True).delete()


def issue(*, company: Company, public_id: UUID, author: Author) -> IssuedByHand | tuple[Refusal, ...]:
    """Issue a draft in one transaction, with stock and books; the draft is used up.

    :raises DraftNotFound: it was issued before or discarded.
    """
    today = warsaw_date(author.now)
    draft = view(company=company, public_id=public_id, now=author.now)
    if draft.refusals:
        return draft.refusals
    content = draft.content
    with transaction.atomic(durable=True):
        series = actions.lock_series(company=company, kind=content.kind, issue_date=content.issue_date)
        draft = _viewed(company, _row(company, public_id, is_locked=True), today=today)
        if draft.content.issue_date != content.issue_date:
            raise DraftChanged
        prepared = _prepared(draft, company=company)
        refusals = draft.refusals or _source_gone(draft.row) or _late(series, draft.content.issue_date)
        if prepared is None or refusals:
            return refusals
        short = stock_effects.refusals([prepared], company=company, is_locked=True)
        if short:
            return tuple(short.values())
        draft.row.delete()
        [(prepared, products)] = goods_facts.decided([prepared], company=company)
        [(document, snapshot)] = actions.issue_prepared(
            [prepared], company=company, series=series, author=author
        )
        followed = consequences.follow(
            [Posted(document=document, snapshot=snapshot, order=None, products=products)],
            company=company,
            author=author,
        )
        return IssuedByHand(document=document, snapshot=snapshot, consequences=followed[document.pk])


def _source_gone(row: Draft) -> tuple[Refusal, ...]:
    """Say that the document this one is made from was voided, linked or converted meanwhile."""
    source = row.source
    if source is None or is_convertible(source):
        return ()
    return (Refusal(code="not_convertible", params={"number": source.number}),)


def foresee(draft: HandDraft, *, company: Company) -> Consequences | None:
    """Say what issuing would move and post; None while the draft cannot be issued."""
    prepared = _prepared(draft, company=company) if draft.can_issue else None
    return consequences.foresee([prepared], company=company)[BY_HAND] if prepared else None


def empty_line(profile: SellerProfile) -> DraftLine:
    """A line to be filled in; an exempt seller's has its only code."""
    return DraftLine(
        kind=LineKind.GOODS,
        name="",
        quantity=ONE,
        unit=PIECE,
        unit_gross=ZERO,
        vat_code=None if profile.vat_payer else EXEMPT,
        vat_source=VatSource.HAND if profile.vat_payer else VatSource.SELLER_EXEMPT,
        why=Why(code="why_hand", facts={}),
    )


def buyer_from(contractor: Contractor | None) -> DraftBuyer:
    """The buyer's data as the contractor has them."""
    if contractor is None:
        return DraftBuyer(source=BuyerSource.HAND, asked=BuyerSource.HAND)
    return DraftBuyer(
        name=contractor.name,
        street=contractor.street,
        postal_code=contractor.postal_code,
        city=contractor.city,
        country=contractor.country,
        nip=contractor.nip,
        vat_eu=contractor.vat_eu,
        company=bool(contractor.nip or contractor.vat_eu),
        source=BuyerSource.HAND,
        asked=BuyerSource.HAND,
    )


def unfinished(company: Company) -> list[Draft]:
    """Drafts written by hand that were not issued yet, latest first."""
    rows = Draft.objects.for_company(company).filter(order__isnull=True).select_related("saved_by")
    return list(rows.order_by("-saved_at", "-id")[:UNFINISHED_SHOWN])


def contractor_with(company: Company, contractor_id: int) -> Contractor | None:
    """Find a contractor of the company."""
    return Contractor.objects.for_company(company).filter(pk=contractor_id).first()


def contractors_like(company: Company, text: str) -> list[Contractor]:
    """Contractors whose name, NIP or town contain *text*, latest first."""
    return list(containing(Contractor.objects.for_company(company), text)[:FOUND])


def products_like(company: Company, text: str) -> list[Product]:
    """Products of the catalog by SKU, EAN or name."""
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True)
    exact = list(rows.filter(sku=text.strip())[:1]) if text.strip() else []
    return [*exact, *(one for one in containing(rows, text)[:FOUND] if one not in exact)]


def product_with(company: Company, product_id: int) -> Product | None:
    """Find a product of the company that can be sold."""
    rows = Product.objects.for_company(company).filter(archived_at__isnull=True)
    return rows.filter(pk=product_id).first()


def _row(company: Company, public_id: UUID, *, is_locked: bool = False) -> Draft:
    rows = Draft.objects.for_company(company).filter(public_id=public_id, order__isnull=True)
    row = (rows.select_for_update() if is_locked else rows).first()
    if row is None:
        raise DraftNotFound
    return row


def _store(row: Draft, content: DraftContent, *, user: User | None, now: datetime) -> None:
    row.content, row.saved_at, row.saved_by = to_json(content), now, user
    row.save(update_fields=["content", "saved_at", "saved_by", "contractor"])


def _viewed(company: Company, row: Draft, *, today: date) -> HandDraft:
    """Check everything that can be refused before a number is taken."""
    try:
        content = from_json(row.content or {})
    except msgspec.ValidationError as unreadable:
        raise DraftNotFound from unreadable
    profile = profile_of(company, on=content.issue_date)
    refusals = content_refusals(content, profile=profile) + source_refusals(content, row)
    if content.issue_date > today:
        params = {"date": content.issue_date.isoformat()}
        refusals.append(Refusal(code="issue_date_future", params=params, field="issue_date"))
    keeping = book_effects.keeping_of(company)
    closed = book_effects.refusal(
        company=company, keeping=keeping, kind=content.kind, issue_date=content.issue_date
    )
    if closed is not None and consequences.does_count(content.kind):
        refusals.append(closed)
    sums: Sums | None = None
    if all(line.vat_code for line in content.lines):
        try:
            sums = sums_of(content)
        except Refused as refused:
            params = {name: str(fact) for name, fact in refused.params.items()}
            if refused.code not in {one.code for one in refusals}:
                refusals.append(Refusal(code=refused.code, params=params, field="lines"))
    if sums is not None and sums.gross <= 0:
        refusals.append(Refusal(code="document_worth_nothing", params={}, field="lines"))
    if sums is not None:
        content = replace(content, to_pay=sums.to_pay)
    warnings = supply_warnings(content) + vat_change.warnings_of(
        content.kind,
        supply_date=content.supply_date,
        issue_date=content.issue_date,
        history=vat_history(company),
        closed=book_effects.closed_vat_months(keeping),
    )
    return HandDraft(
        row=row,
        content=content,
        profile=profile,
        refusals=tuple(refusals),
        sums=sums,
        warnings=warnings,
    )


def _prepared(draft: HandDraft, *, company: Company) -> Prepared | None:
    if draft.sums is None:
        return None
    return Prepared(
        order_id=BY_HAND,
        shop="",
        content=draft.content,
        sums=draft.sums,
        buyer=_facts(draft, company=company),
        source_id=draft.row.source_id,
    )


def _facts(draft: HandDraft, *, company: Company) -> BuyerFacts | None:
    """The buyer as a contractor: the chosen one, the one with that NIP, or a new one; never by name."""
    buyer = draft.content.buyer
    if draft.content.kind is DocumentKind.OTHER_INCOME or not buyer.name.strip():
        return None
    chosen = contractor_with(company, draft.row.contractor_id) if draft.row.contractor_id else None
    kind, _, key = chosen.match_key.partition(":") if chosen else ("", "", "")
    return BuyerFacts(
        name=buyer.name,
        street=buyer.street,
        postal_code=buyer.postal_code,
        city=buyer.city,
        country=buyer.country,
        nip=buyer.nip,
        vat_eu=buyer.vat_eu,
        allegro_buyer_id=key if kind == "allegro" else "",
        allegro_login=chosen.allegro_login if chosen else "",
        order_id=key if kind == "order" else f"hand-{draft.row.public_id}",
    )


def _late(series: NumberSeries, issue_date: date) -> tuple[Refusal, ...]:
    try:
        actions.require_order_of_dates(series, issue_date=issue_date)
    except IssueDateTooEarly as early:
        params = {name: str(fact) for name, fact in early.params.items()}
        return (Refusal(code=early.code, params=params, field="issue_date"),)
    return ()


def _product_line(product: Product, *, profile: SellerProfile) -> DraftLine:
    code = product.vat_code if product.vat_code in allowed_codes(profile) else None
    base = empty_line(profile)
    return replace(
        base,
        name=product.name,
        unit=product.unit or PIECE,
        unit_gross=product.price or ZERO,
        vat_code=base.vat_code or code,
        sku=product.sku,
        ean=product.ean,
    )
