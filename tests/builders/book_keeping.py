"""A company with documents of all kinds and the rows they wrote: what issuing leaves, without orders."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction

from builders.companies import NOW, a_member
from builders.snapshots import a_line, an_invoice, with_lines
from stragan.companies.models import Company, User
from stragan.core.folding import fold
from stragan.core.money import ZERO
from stragan.core.snapshot import (
    Corrected,
    DocumentKind,
    DocumentSnapshot,
    RateTotal,
    sha256_of,
    to_bytes,
)
from stragan.core.totals import totals_per_rate
from stragan.documents.actions import Author
from stragan.documents.models import Document, DocumentVoid, NumberSeries
from stragan.flows import book_effects
from stragan.flows.posted import Posted
from stragan.kit.audit import Actor

AUTHOR = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)


@dataclass
class Firm:
    """A company with documents stored one after another, as issuing leaves them."""

    company: Company
    count: int = 0
    documents: list[tuple[Document, DocumentSnapshot]] = field(default_factory=list)

    @cached_property
    def boss(self) -> User:
        """Who keeps the books."""
        return a_member(self.company, email=f"boss-{self.company.pk}@example.com")

    def store(self, snapshot: DocumentSnapshot, *, corrects: Document | None = None) -> Document:
        """Freeze a document without its order."""
        self.count += 1
        snapshot = replace(snapshot, number=f"{snapshot.kind.value} {self.count}")
        series, _ = NumberSeries.objects.for_company(self.company).get_or_create(
            company=self.company, pattern="x {nr}", period=""
        )
        data = to_bytes(snapshot)
        document = Document.objects.for_company(self.company).create(
            company=self.company,
            kind=snapshot.kind.value,
            number=snapshot.number,
            series=series,
            sequence=self.count,
            original=snapshot.kind is not DocumentKind.CORRECTION,
            corrects=corrects,
            issue_date=snapshot.issue_date,
            supply_date=snapshot.supply_date,
            currency="PLN",
            net=snapshot.net,
            vat=snapshot.vat,
            gross=snapshot.gross,
            deposit=ZERO,
            to_pay=snapshot.gross,
            buyer_name=snapshot.buyer.name,
            buyer_nip=snapshot.buyer.nip,
            ksef=snapshot.ksef.value,
            search_text=fold(f"{snapshot.number} {snapshot.buyer.name} {snapshot.buyer.nip}"),
            snapshot=data,
            sha256=sha256_of(data),
            issued_at=NOW,
        )
        self.documents.append((document, snapshot))
        return document

    def issue(self, snapshot: DocumentSnapshot, *, corrects: Document | None = None) -> Document:
        """Freeze and post, in one transaction as issuing does."""
        with transaction.atomic():
            document = self.store(snapshot, corrects=corrects)
            book_effects.apply([self.posted(document)], company=self.company, author=AUTHOR)
        return document

    def posted(self, document: Document) -> Posted:
        [snapshot] = [said for one, said in self.documents if one.pk == document.pk]
        return Posted(document=document, snapshot=snapshot, order=None)

    def void(self, document: Document) -> None:
        with transaction.atomic():
            DocumentVoid.objects.for_company(self.company).create(
                company=self.company, document=document, at=NOW, reason="pomyłka"
            )
            book_effects.undo(self.posted(document), company=self.company, author=AUTHOR)


def a_sale(kind: DocumentKind, lines: list[tuple[str, Decimal]], **changes: Any) -> DocumentSnapshot:
    """A document with one line for each ``(VAT code, gross)``; tax once per code."""
    made = [
        a_line(place, vat_code=code, quantity=Decimal(1), unit_gross=gross, sku=f"SKU-{code}")
        for place, (code, gross) in enumerate(lines, start=1)
    ]
    day = changes.get("issue_date", date(2026, 11, 23))
    rates = totals_per_rate(lines, on=day)
    said = with_lines(an_invoice(supply_date=None, supply_kind=None), *made)
    gross = sum((rate.gross for rate in rates), ZERO)
    vat = sum((rate.vat for rate in rates), ZERO)
    return replace(
        said, kind=kind, rates=rates, net=gross - vat, vat=vat, gross=gross, to_pay=gross, **changes
    )


def a_correction(of: DocumentSnapshot, lines: list[tuple[str, Decimal]], *, on: date) -> DocumentSnapshot:
    """What a correction of *of* to *lines* says: differences between rounded sums."""
    before = of.corrected.rates_after if of.corrected else of.rates
    lines_before = of.corrected.after if of.corrected else of.lines
    after = a_sale(of.kind, lines, issue_date=on)
    found = {rate.code: rate for rate in before}
    changed = []
    for code in dict.fromkeys([*(rate.code for rate in after.rates), *found]):
        new = next(
            (rate for rate in after.rates if rate.code == code),
            RateTotal(code=code, net=ZERO, vat=ZERO, gross=ZERO),
        )
        old = found.get(code, RateTotal(code=code, net=ZERO, vat=ZERO, gross=ZERO))
        changed.append(
            RateTotal(code=code, net=new.net - old.net, vat=new.vat - old.vat, gross=new.gross - old.gross)
        )
    kind = of.corrected.kind if of.corrected else of.kind
    return replace(
        of,
        kind=DocumentKind.CORRECTION,
        issue_date=on,
        lines=(),
        rates=tuple(changed),
        net=sum((rate.net for rate in changed), ZERO),
        vat=sum((rate.vat for rate in changed), ZERO),
        gross=sum((rate.gross for rate in changed), ZERO),
        corrected=Corrected(
            number=of.number,
            issue_date=of.issue_date,
            kind=kind,
            reason="zwrot",
            before=lines_before,
            after=after.lines,
            rates_before=before,
            rates_after=after.rates,
        ),
    )
