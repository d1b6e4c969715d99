"""What a document writes into the books: pure, from its frozen content and what the company keeps.

Two dates are kept apart. The *VAT date* is the day of supply or, where money came first, of payment (VAT Act
art. 19a(1) and (8)); where neither is known, the issue date. The *revenue date* is the day goods left, at the
latest the issue date (PIT Act art. 14(1c)); money that came first makes no revenue (art. 14(3)(1)). Both of a
correction are its issue date (VAT Act art. 29a(13), (17); PIT Act art. 14(1m)). Outside KSeF a correction in
minus has no VAT date until it is confirmed that the buyer got it (VAT Act art. 29a(13a)): its tax waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from stragan.books.states import Register, RowType, next_period, period_of
from stragan.core.money import ZERO, spread
from stragan.core.snapshot import (
    Corrected,
    DocumentKind,
    DocumentSnapshot,
    KsefState,
    LineKind,
    RateTotal,
    SnapshotLine,
    SupplyKind,
)
from stragan.core.statutory_fields import jpk_v7_sums
from stragan.documents.content import DraftLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How a company keeps its books now: which one, its usual flat rate, months closed per register."""

    book: Register
    ryczalt_rate: str
    closed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_closed(self, register: str, period: str) -> bool:
        """Whether the month of that register takes no more rows."""
        return period in self.closed.get(register, ())

    def open_period(self, register: str, period: str) -> str:
        """Give *period*, or the first month after it that is not closed."""
        while self.is_closed(register, period):
            period = next_period(period)
        return period


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A document as the books see it; for a correction ``kind`` and receipts are those of its original.

    Its lines say their GTU and flat rate: whoever makes it fills in what was not decided at issue.
    ``repeats_receipt``: an invoice to a receipt; ``is_fiscal``: a cash register has recorded that sale;
    ``received``: the day the seller had it confirmed that the buyer got a correction.
    """

    kind: DocumentKind
    number: str
    issue_date: date
    supply_date: date | None
    supply_kind: SupplyKind | None
    vat_payer: bool
    rates: tuple[RateTotal, ...]
    lines: Sequence[SnapshotLine | DraftLine]
    is_fiscal: bool
    repeats_receipt: bool
    is_outside_ksef: bool = False
    corrected: Corrected | None = None
    received: date | None = None
    country: str = ""
    tax_id: str = ""
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatEntry:
    """A row of the VAT register to be; ``fields`` are sums per field of JPK_V7(3), in PLN."""

    type: RowType
    daily: bool
    number: str
    issue_date: date
    sale_date: date | None
    day: date
    period: str
    due_period: str
    country: str
    tax_id: str
    name: str
    gtu: str
    fields: Mapping[str, Decimal]
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueEntry:
    """A row of KPiR or of the flat-rate register to be. ``amount`` in PLN, ``rate`` in percent or empty."""

    book: Register
    type: RowType
    daily: bool
    number: str
    issue_date: date
    day: date
    period: str
    due_period: str
    country: str
    tax_id: str
    name: str
    address: str
    description: str
    rate: str
    amount: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Everything one document writes; empty for those that are not posted.

    ``awaits_receipt``: it has tax, which waits until it is confirmed that the buyer got the correction.
    """

    vat: VatEntry | None = None
    revenue: tuple[RevenueEntry, ...] = ()
    awaits_receipt: bool = False


NO_ENTRIES: Final = Entries()


def sale_of(snapshot: DocumentSnapshot, *, original: DocumentSnapshot | None = None) -> Sale:
    """Read a snapshot for the books; a correction needs its *original*."""
    buyer = snapshot.buyer
    base = original or snapshot
    country, tax_id = ("PL", buyer.nip) if buyer.nip else (buyer.vat_eu[:2], buyer.vat_eu[2:])
    return Sale(
        kind=base.kind,
        number=snapshot.number,
        issue_date=snapshot.issue_date,
        supply_date=snapshot.supply_date,
        supply_kind=snapshot.supply_kind,
        vat_payer=base.seller.vat_payer,
        rates=snapshot.rates,
        lines=snapshot.lines,
        is_fiscal=base.fiscal_receipt is not None,
        repeats_receipt=bool(base.to_receipt),
        is_outside_ksef=snapshot.ksef is KsefState.OUTSIDE,
        corrected=snapshot.corrected,
        country=country,
        tax_id=tax_id,
        name=buyer.name,
        address=f"{buyer.street}, {buyer.postal_code} {buyer.city}" if buyer.name else "",
    )


def entries_of(
    sale: Sale, *, keeping: Keeping, posted_before: Mapping[str, Decimal] | None = None
) -> Entries:
    """Say what a document writes into the registers of *keeping*, in months that are open.

    *posted_before* holds what the chain of a correction has in the flat-rate register so far, per rate:
    a rate may be another one today, and what goes out must be what came in.
    """
    row_type = type_of(sale)
    if row_type is None or (sale.corrected and not any(one.net or one.vat for one in sale.rates)):
        return NO_ENTRIES
    awaits = awaits_receipt(sale)
    return Entries(
        vat=_vat_entry(sale, row_type, keeping) if sale.vat_payer and not awaits else None,
        revenue=_revenue_entries(sale, row_type, keeping, posted_before),
        awaits_receipt=awaits,
    )


def awaits_receipt(sale: Sale) -> bool:
    """Whether tax goes down only when it is confirmed that the buyer got the document, and it is not yet.

    True of corrections in minus outside KSeF (VAT Act art. 29a(13a)), unless what they correct writes no row
    that is added up: of a receipt the seller's records tell when goods came back, an invoice to a receipt is
    only shown. Where tax does not change nothing waits, so neither do WDT and export (art. 29a(15)(1)).
    """
    is_in_minus = sale.corrected is not None and sum((rate.vat for rate in sale.rates), ZERO) < ZERO
    is_own = type_of(sale) is RowType.OWN
    return is_in_minus and is_own and sale.vat_payer and sale.is_outside_ksef and sale.received is None


def type_of(sale: Sale) -> RowType | None:
    """Give the type of a document's rows; None where it writes none.

    A sale that a cash register recorded is in the register's monthly report: the receipt's reference writes
    nothing, its invoice is only shown (FP), and a return lowers the report (RO in minus). An invoice to a
    receipt that no cash register has seen stays in the daily record of sales and is not written again.
    """
    if sale.kind is DocumentKind.INVOICE:
        if not sale.repeats_receipt:
            return RowType.OWN
        return RowType.FP if sale.is_fiscal else None
    if sale.kind is DocumentKind.RECEIPT and sale.is_fiscal:
        return RowType.RO if sale.corrected else None
    return RowType.WEW if sale.kind in {DocumentKind.RECEIPT, DocumentKind.OTHER_INCOME} else None


def vat_date_of(sale: Sale) -> date:
    """Give the day whose month the tax is due in."""
    if sale.corrected:
        return sale.received or sale.issue_date
    return sale.supply_date or sale.issue_date


def revenue_date_of(sale: Sale) -> date:
    """Give the day whose month the revenue belongs to."""
    if sale.corrected or sale.supply_kind is not SupplyKind.DELIVERY or sale.supply_date is None:
        return sale.issue_date
    return min(sale.supply_date, sale.issue_date)


def _vat_entry(sale: Sale, row_type: RowType, keeping: Keeping) -> VatEntry:
    day = vat_date_of(sale)
    due = period_of(day)
    period = keeping.open_period(Register.VAT, due)
    is_named = row_type in {RowType.OWN, RowType.FP}
    net = sum((rate.net for rate in sale.rates), ZERO)
    vat = sum((rate.vat for rate in sale.rates), ZERO)
    return VatEntry(
        type=row_type,
        daily=row_type is RowType.WEW,
        number=sale.number,
        issue_date=sale.issue_date,
        sale_date=sale.supply_date if sale.supply_date != sale.issue_date and is_named else None,
        day=day,
        period=period,
        due_period=due if period != due else "",
        country=sale.country if is_named else "",
        tax_id=sale.tax_id if is_named else "",
        name=sale.name if is_named else "",
        gtu=",".join(sorted({line.gtu for line in sale.lines if line.gtu})) if is_named else "",
        fields=jpk_v7_sums(sale.rates),
        net=net,
        vat=vat,
        gross=net + vat,
    )


def _revenue_entries(
    sale: Sale, row_type: RowType, keeping: Keeping, posted_before: Mapping[str, Decimal] | None
) -> tuple[RevenueEntry, ...]:
    if row_type is RowType.FP:
        return ()
    day = revenue_date_of(sale)
    due = period_of(day)
    period = keeping.open_period(keeping.book, due)
    is_named = row_type is RowType.OWN and not sale.tax_id
    net = sum((rate.net for rate in sale.rates), ZERO)
    vat = sum((rate.vat for rate in sale.rates), ZERO)
    entry = RevenueEntry(
        book=keeping.book,
        type=row_type,
        daily=row_type is RowType.WEW,
        number=sale.number,
        issue_date=sale.issue_date,
        day=day,
        period=period,
        due_period=due if period != due else "",
        country=sale.country if row_type is RowType.OWN else "",
        tax_id=sale.tax_id if row_type is RowType.OWN else "",
        name=sale.name if is_named else "",
        address=sale.address if is_named else "",
        description="correction" if sale.corrected else "daily" if row_type is RowType.WEW else "sale",
        rate="",
        amount=net,
        vat=vat,
        gross=net + vat,
    )
    if keeping.book is Register.KPIR:
        return (entry,)
    amounts = ryczalt_amounts(sale, keeping=keeping, posted_before=posted_before)
    return tuple(
        replace(entry, rate=rate, amount=amount, vat=ZERO, gross=amount) for rate, amount in amounts.items()
    )


def ryczalt_amounts(
    sale: Sale, *, keeping: Keeping, posted_before: Mapping[str, Decimal] | None = None
) -> dict[str, Decimal]:
    """Divide the revenue of a document over rates of the flat tax, in PLN, to the grosz.

    Goods have the rate of their line, else the company's; delivery and services follow the goods of their VAT
    code by value (largest remainder). A correction writes what is due afterwards less what stands there.
    """
    if sale.corrected is None:
        return _by_rate(sale.rates, sale.lines, keeping)
    after = _by_rate(sale.corrected.rates_after, sale.corrected.after, keeping)
    before = posted_before or _by_rate(sale.corrected.rates_before, sale.corrected.before, keeping)
    changed = {
        rate: after.get(rate, ZERO) - before.get(rate, ZERO)
        for rate in sorted({*after, *before}, key=Decimal)
    }
    return {rate: amount for rate, amount in changed.items() if amount}


def _by_rate(
    rates: Iterable[RateTotal], lines: Iterable[SnapshotLine | DraftLine], keeping: Keeping
) -> dict[str, Decimal]:
    weights: dict[str, dict[str, Decimal]] = {}
    for line in lines:
        if line.kind is LineKind.GOODS and line.gross and line.vat_code is not None:
            rate = line.ryczalt_rate or keeping.ryczalt_rate
            of_code = weights.setdefault(line.vat_code, {})
            of_code[rate] = of_code.get(rate, ZERO) + line.gross
    amounts: dict[str, Decimal] = {}
    for total in rates:
        of_code = weights.get(total.code) or {keeping.ryczalt_rate: Decimal(1)}
        shares = spread(total.net, list(of_code.values())) if len(of_code) > 1 else [total.net]
        for rate, share in zip(of_code, shares, strict=True):
            amounts[rate] = amounts.get(rate, ZERO) + share
    return amounts
